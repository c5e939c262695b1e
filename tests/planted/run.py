"""Plants mistakes and judges what is told of them."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from labspec.compiler import Build, Options, compile_spec
from labspec.diagnostic import Diagnostic, Severity
from labspec.model.grammar import NESTED, SECTIONS
from labspec.yaml_tree import parse
from tests.planted.mistakes import CLASSES, Excluded, Mutant
from tests.planted.scalars import Spot, spots

ROOT = Path(__file__).parents[2]
SPECS = [*sorted(ROOT.glob("specs/*.yaml")), *sorted(ROOT.glob("tests/golden/*/spec.yaml"))]
FREE = ("resources", "expect", "override", "statements", "silence")
"""Under these stand CloudFormation, sentences and names of rules, which other tests are about."""


@dataclass
class Tally:
    """What became of the mistakes of one class."""

    right: int = 0
    valid: int = 0
    judged: int = 0
    """Valid values of their fields that only laws about the architecture speak of, by what they concern."""
    excluded: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    @property
    def percent(self) -> float:
        told = self.right + len(self.wrong)
        return 100 * self.right / told if told else 100.0

    def __iadd__(self, other: Tally) -> Tally:
        self.right += other.right
        self.valid += other.valid
        self.judged += other.judged
        self.excluded += other.excluded
        self.wrong += other.wrong
        return self


def plant(spec: Path, folder: Path, every: int = 1, offset: int = 0) -> dict[str, Tally]:
    """Plant each class in each scalar of a spec, or in one of `every`; `folder` gets a copy of the spec's own."""
    shutil.copytree(spec.parent, folder, dirs_exist_ok=True)
    file, text = folder / spec.name, spec.read_text("utf-8")
    tallies = {name: Tally() for name in CLASSES}
    before = _build(file)
    members = _members(before)
    known = Counter(_said(found) for found in before.diagnostics)
    for number, (name, spot) in enumerate(_pairs(text, spec)):
        if number % every != offset % every:
            continue
        tally = tallies[name]
        try:
            mutants = list(CLASSES[name](text, spot, members))
        except Excluded as reason:
            tally.excluded[str(reason)] += 1
            continue
        for mutant in mutants:
            file.write_text(mutant.text, "utf-8")
            found = list(_new(_build(file).diagnostics, known))
            if not found:
                tally.valid += 1
            elif not mutant.meant and _is_judged(spot, found):
                tally.judged += 1
            elif verdict := _verdict(name, spot, mutant, found):
                line = mutant.text.splitlines()[mutant.line - 1].strip()
                where = f"{spec.relative_to(ROOT)}:{mutant.line}:{mutant.column}"
                tally.wrong.append(f"{where} {verdict}: {line} {[_text(each) for each in found]}")
            else:
                tally.right += 1
    return tallies


def _pairs(text: str, spec: Path) -> Iterator[tuple[str, Spot]]:
    for spot in spots(parse(text, spec.name)[0]):
        if not any(step in FREE for step in spot.path[:-1]):
            for name in CLASSES:
                yield name, spot


def _build(file: Path) -> Build:
    return compile_spec(str(file), Options())


def _members(build: Build) -> Mapping[str, Sequence[str]]:
    """The names of the members of each section, as one file or several declare them."""
    found: dict[str, list[str]] = {}
    for node in build.graph.nodes.values() if build.graph else ():
        if node.section in SECTIONS or node.section in NESTED:
            found.setdefault(node.section, []).append(node.member)
    return {section: sorted(set(names)) for section, names in found.items()}


def _said(found: Diagnostic) -> tuple[str, str]:
    return found.rule.code, found.message


def _new(found: Sequence[Diagnostic], known: Counter[tuple[str, str]]) -> Iterator[Diagnostic]:
    left = Counter(known)
    for each in found:
        if left[_said(each)]:
            left[_said(each)] -= 1
        elif each.level is not Severity.HINT:
            yield each


def _text(found: Diagnostic) -> str:
    place = f"{found.span.line}:{found.span.column}" if found.span else "nowhere"
    return f"{found.rule.code} {place} {found.message} {found.help}"


def _is_judged(spot: Spot, found: Sequence[Diagnostic]) -> bool:
    """Whether a value fits its field, and laws speak of what it makes of the architecture."""
    return not spot.is_key and all(each.rule.code.startswith("LS3") for each in found)


def _verdict(name: str, spot: Spot, mutant: Mutant, found: Sequence[Diagnostic]) -> str:
    """What is not right; nothing where all is."""
    if len(found) > 1:
        return "several findings"
    (one,) = found
    if name != "missing" and not _is_at(one, mutant) and not any(_is_at_label(label, mutant) for label in one.related):
        return "elsewhere"
    shown = one.message + one.help + " ".join(label.text for label in one.related)
    if mutant.meant.rpartition(".")[2].casefold() not in shown.casefold():
        return "not what was meant"
    return ""


def _is_at(found: Diagnostic, mutant: Mutant) -> bool:
    span = found.span
    return bool(span and span.line == mutant.line and mutant.column <= span.column <= mutant.end)


def _is_at_label(label: object, mutant: Mutant) -> bool:
    span = getattr(label, "span", None)
    return bool(span and span.line == mutant.line and mutant.column <= span.column <= mutant.end)
