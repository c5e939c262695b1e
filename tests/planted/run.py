"""Plants mistakes and judges what is told of them."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from labspec.compiler import Build, Options, compile_spec
from labspec.diagnostic import Diagnostic, Severity, Span
from labspec.model.grammar import NESTED, SECTIONS
from labspec.yaml_tree import parse
from tests.planted.mistakes import CLASSES, Excluded, Mutant
from tests.planted.scalars import Field, Spot, field_of, spots

ROOT = Path(__file__).parents[2]
SPECS = [
    *sorted(ROOT.glob("specs/*.yaml")),
    *sorted(ROOT.glob("tests/golden/*/spec.yaml")),
    ROOT / "tests/planted/specs/whole.yaml",
]
FREE = ("resources", "expect", "override", "statements", "silence")
"""Under these stand CloudFormation, sentences and names of rules, which other tests are about."""


@dataclass
class Tally:
    """What became of the mistakes of one class."""

    right: int = 0
    either: int = 0
    """Declarations that one place names, otherwise: nobody can know which of the two is meant. Told at that place, with
    a label at the declaration."""
    valid: int = 0
    excluded: Counter[str] = field(default_factory=Counter)
    fields: set[Field] = field(default_factory=set)
    """The fields of the language where such a mistake was planted."""
    wrong: list[str] = field(default_factory=list)

    @property
    def told(self) -> int:
        return self.right + self.either + len(self.wrong)

    @property
    def percent(self) -> float:
        return 100 * (self.right + self.either) / self.told if self.told else 100.0

    def __iadd__(self, other: Tally) -> Tally:
        self.right += other.right
        self.either += other.either
        self.valid += other.valid
        self.excluded += other.excluded
        self.fields |= other.fields
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
        if free := next((step for step in spot.path[:-1] if step in FREE), None):
            tally.excluded[f"under `{free}`"] += 1
            continue
        try:
            mutants = list(CLASSES[name](text, spot, members))
        except Excluded as reason:
            tally.excluded[str(reason)] += 1
            continue
        if (of := field_of(spot.path)) is not None:
            tally.fields.add(of)
        for mutant in mutants:
            file.write_text(mutant.text, "utf-8")
            found = list(_new(_build(file).diagnostics, known))
            verdict = _verdict(name, spot, mutant, found) if found else "valid"
            if verdict in ("valid", "right", "either"):
                setattr(tally, verdict, getattr(tally, verdict) + 1)
            else:
                line = mutant.text.splitlines()[mutant.line - 1].strip()
                where = f"{spec.relative_to(ROOT)}:{mutant.line}:{mutant.column}"
                tally.wrong.append(f"{where} {verdict}: {line} {[_text(each) for each in found]}")
    return tallies


def _pairs(text: str, spec: Path) -> Iterator[tuple[str, Spot]]:
    for spot in spots(parse(text, spec.name)[0]):
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


def _verdict(name: str, spot: Spot, mutant: Mutant, found: Sequence[Diagnostic]) -> str:
    """What is not right; `right`, or `either`, where all is."""
    if len(found) > 1:
        return "several findings"
    (one,) = found
    if not _shows(one, mutant.meant, quoted=name != "wrong reference"):
        return "not what was meant"
    if name == "missing":
        return "right" if _lacks(one, spot) else "elsewhere"
    if _is_at(one.span, mutant):
        return "right"
    labelled = any(_is_at(label.span, mutant) for label in one.related)
    if not spot.is_key and one.rule.code.startswith(
        "LS3"
    ):  # the value fits its field; what it does is told of its line
        return "right" if labelled or (one.span and one.span.line == mutant.line) else "elsewhere"
    if labelled and spot.is_declared and not any("named here, too" in label.text for label in one.related):
        return "either"
    return "elsewhere"


def _is_at(span: Span | None, mutant: Mutant) -> bool:
    return bool(span and span.line == mutant.line and mutant.column <= span.column <= mutant.end)


def _shows(one: Diagnostic, meant: str, quoted: bool) -> bool:
    """Whether a finding shows a word: as a name of the spec's, which a zone may follow, or as a word of its own."""
    shown = one.message + one.help + " ".join(label.text for label in one.related)
    word = re.escape(meant.rpartition(".")[2])
    pattern = rf"`([^`]*\W)?{word}(-[a-z0-9])?`" if quoted else rf"\b{word}\b"
    return not meant or re.search(pattern, shown, re.IGNORECASE) is not None


def _lacks(one: Diagnostic, spot: Spot) -> bool:
    """Whether a finding stands at the mapping that lacks something, or at what names it, and says what it lacks."""
    span, around = one.span, spot.around.span
    law = one.rule.code.startswith("LS3")  # nothing is missing, and a law tells what comes of it
    if span is None or not (law or f"`{spot.text}`" in one.message + one.help or spot.text == "like"):
        return False
    above = spot.above or Span(span.file, 1, 1, 1, 1)
    shown = [span, *(label.span for label in one.related if label.span)]
    inside = any(
        (around.line, around.column) <= (each.line, each.column) <= (around.end_line, around.end_column)
        for each in shown
    )
    return spot.is_declared or inside or any(each.line == above.line for each in shown)
