"""Times at which a service may work on what it runs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from labspec.model.refusal import wrong
from labspec.model.word import Word

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOURS = "[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]"


@dataclass(frozen=True, slots=True)
class Window:
    """A time of day in UTC, in the notation of the service: `17:00-18:00`, or `sun:18:00-sun:19:00`."""

    text: str


def read_window(text: str) -> Window:
    """`17:00-18:00 UTC`, every day."""
    match = re.fullmatch(r"((?:[01][0-9]|2[0-3]):[0-5][0-9])-((?:[01][0-9]|2[0-3]):[0-5][0-9])( UTC)?", text)
    if not match or not match[3]:
        fix = f"{text} UTC" if match else ""
        wrong(f"`{text}` is not a daily window.", f"Write `{fix or '17:00-18:00 UTC'}`: windows are in UTC.", fix)
    return Window(f"{match[1]}-{match[2]}")


def read_weekly_window(text: str) -> Window:
    """`sun 18:00-19:00 UTC`, once a week. An end before the start is on the next day."""
    match = re.fullmatch(r"([a-z]{3}) ((?:[01][0-9]|2[0-3]):[0-5][0-9])-((?:[01][0-9]|2[0-3]):[0-5][0-9]) UTC", text)
    if not match or match[1] not in DAYS:
        wrong(f"`{text}` is not a weekly window.", "Write it as `sun 18:00-19:00 UTC`.")
    end = DAYS[(DAYS.index(match[1]) + (match[3] < match[2])) % 7]
    return Window(f"{match[1]}:{match[2]}-{end}:{match[3]}")


DailyWindow = Annotated[Window, Word(read_window, "a time of day, such as 17:00-18:00 UTC", f"{HOURS} UTC")]
WeeklyWindow = Annotated[
    Window,
    Word(read_weekly_window, "a time of the week, such as sun 18:00-19:00 UTC", f"({'|'.join(DAYS)}) {HOURS} UTC"),
]
