"""What is not known is not proved: of networks that are easily misread, neither passage nor the lack of it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from labspec.reach import site_of
from labspec.reach.matrix import matrix
from labspec.reach.proof import prove
from labspec.template import join, read


class Case(NamedTuple):
    """A template, and questions with the verdicts that would be wrong."""

    name: str
    text: str
    asked: list[tuple[str, str, str, str, list[str]]]


def cases() -> list[Case]:
    shared, *found = (Path(__file__).parent / "doubts.txt").read_text("utf-8").split("\n== ")[1:]
    base = {line.strip().partition(":")[0]: line for line in shared.splitlines()[1:]}
    return [_case(base, *each.split("\n", 1)) for each in found]


def _case(base: dict[str, str], name: str, body: str) -> Case:
    lines = body.splitlines()
    asked, own = [], [line for line in lines if line[:2] not in ("? ", "+ ")]
    for line in lines:
        if line.startswith("? "):
            question, _, kinds = line[2:].partition(": ")
            source, target, port, protocol = question.split()
            asked.append((source, target, port, protocol, kinds.split()))
    names = next(line for line in lines if line.startswith("+"))[1:].split()
    at = own.index("Resources:") + 1
    return Case(name, "\n".join([*own[:at], *(base[each] for each in names), *own[at:]]), asked)


CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "-"))
def test_what_is_not_known_is_not_proved(case: Case) -> None:
    joined = join({"t": read(case.text, "t")}, "t")
    site = site_of(joined)
    list(matrix(site))
    for source, target, port, protocol, kinds in case.asked:
        said = {"from": [_end(source)], "to": [_end(target)], "protocol": protocol}
        for kind in kinds:
            proof = prove(site, joined, kind, "it", {**said, **({} if port == "-" else {"port": port})})
            assert proof.verdict != "proved", (source, target, port, kind)
            assert proof.pair or site.unread, proof.unknown  # the names are those of the template


def _end(name: str) -> str | dict[str, str]:
    return name if name == "internet" else {"cidr" if "/" in name else "id": name}
