"""What no file in tests/diagnostics can show: the words of findings, and silence about what is wrong already."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from labspec.check.windows import DAY, meet, minutes
from labspec.model.windows import Window, read_weekly_window, read_window
from tests.building import NETWORK, build, messages

HEAD = f"{NETWORK}databases:\n  orders:\n    ingress: {{}}\n    engine: mysql\n    subnets: [data-a, data-c]\n"
OVERRIDE = "override: {database: {Properties: {EngineLifecycleSupport: open-source-rds-extended-support}}}"


def test_a_version_past_its_end_is_refused_by_aws_or_paid_for(tmp_path: Path) -> None:
    (refused,) = build(tmp_path, f"{HEAD}    version: 8.0.46\n").diagnostics
    assert refused.message == "MySQL 8.0 left standard support on 2026-07-31: RDS refuses to create `orders`."
    assert OVERRIDE in refused.help
    (paid,) = build(tmp_path, f"{HEAD}    version: 8.0.46\n    {OVERRIDE}\n").diagnostics
    assert paid.message.endswith("extended support of `orders` is charged for every vCPU and hour.")


def test_what_is_wrong_already_is_not_wrong_again(tmp_path: Path) -> None:
    """Members that other lines need are broken here: their own mistakes are told, and nothing that follows."""
    (tmp_path / "orders.sql").write_text("DO 0;\n")
    text = f"{HEAD}    version: 8.4.7\n    schema: {{source: orders.sql, through: reader}}\n    password: Pass\n"
    text = text.replace("zone: c, cidr: 10.0.4.0/24", "zone: 99, cidr: 10.0.4.0/24")
    text += "instances:\n  reader: {subnet: public-a, publik_ip: true}\nparameters: {Pass: {type: secrets}}\n"
    codes = {message.split()[0] for message in messages(build(tmp_path, text))}
    assert codes
    assert not {code for code in codes if code.startswith("LS3")}


def test_a_day_has_24_hours(tmp_path: Path) -> None:
    (found,) = messages(build(tmp_path, f"{HEAD}    version: 8.4.7\n    backups: {{window: 24:00-25:00 UTC}}\n"))
    assert "is not a daily window" in found


@pytest.mark.parametrize(
    ("text", "span"),
    [("17:00-18:00", (1020, 1080)), ("23:30-00:30", (1410, 1470)), ("sun:23:30-mon:00:30", (1410, 1470))],
)
def test_a_window_ends_after_it_starts(text: str, span: tuple[int, int]) -> None:
    assert minutes(Window(text)) == span


TIMES = st.integers(0, DAY - 1).map(lambda minute: f"{minute // 60:02}:{minute % 60:02}")


@given(TIMES, TIMES, TIMES, TIMES, st.sampled_from(["mon", "wed", "sun"]))
def test_windows_meet_where_a_minute_is_in_both(one: str, two: str, three: str, four: str, day: str) -> None:
    daily = minutes(read_window(f"{one}-{two} UTC"))
    weekly = minutes(read_weekly_window(f"{day} {three}-{four} UTC"))
    assume(daily[0] < daily[1] and weekly[0] < weekly[1])
    backup = {minute % DAY for minute in range(*daily)}
    assert meet(daily, weekly) == any(minute % DAY in backup for minute in range(*weekly))
