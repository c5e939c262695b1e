"""What a spec makes of its findings: the levels that `checks` sets, and what its members accept by `silence`.

It stands between the rooms, which find, and the reports, which tell. `silence` goes first, the nearest around what was
found; then `checks`. A linter's own rule goes before the linter as a whole. What is accepted is kept with its reason:
so reports can show it, and what is accepted in vain is found as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AnySet
from dataclasses import dataclass
from typing import Any

from labspec.diagnostic import Diagnostic, Fix, Label, Path, Rule, Severity
from labspec.linters import LINTERS
from labspec.model.document import Level
from labspec.model.kind import Part
from labspec.model.notation import LINTER_RULE
from labspec.model.spec import Spec
from labspec.nearest import did_you_mean, nearest
from labspec.rules import rule_named, rules
from labspec.wording import an

UNKNOWN = Rule(
    "LS110",
    "unknown-rule",
    "`checks` or `silence` names a rule that there is not.",
    "What is mistyped would change nothing. Rules go by their names, those of linters by a letter and four digits, such"
    " as `W3010`. Linters are not asked for what is merely informational (`I3011`).",
    "checks: {pubic-website: error}",
    "checks: {public-website: error}",
)
REASON = Rule(
    "LS111",
    "lowered-without-reason",
    "A rule is lowered, and nobody says why.",
    "Who reads the spec later must be able to see whether the reason still holds. To raise a rule needs none.",
    "checks: {public-website: hint}",
    "checks: {public-website: {level: hint, reason: every page is public anyway}}",
)
BINDING = Rule(
    "LS112",
    "cannot-be-lowered",
    "A rule is named that is always an error.",
    "Where such a rule is broken, nothing sensible can be built: there is no level to choose, and nothing to accept."
    " Laws can be lowered, unless what is built relies on them, and so can what linters find.",
    "checks: {unknown-name: {level: warning, reason: it will be there soon}}",
    "instances:\n  web: {subnet: public-1}     # mend what it finds",
)
UNUSED = Rule(
    "LS113",
    "unused-silence",
    "A finding is accepted that is not there.",
    "It was mended, or never was there: the line says what is not true, and would hide the finding if it came back."
    " This is only told where the finding would have been made: in a build without errors, and of linters' rules where"
    " these linters were asked.",
    "websites:\n  docs: {content: site, silence: {public-website: the lesson}}",
    "websites:\n  docs: {content: site}",
    Severity.WARNING,
)

WEIGHTS = (*Severity, "off")
"""Levels, the heaviest first."""
LEVELS = {"W": Severity.WARNING}
"""The levels of linters' rules, by the letter; the others are errors."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What a spec says of findings: levels by the names of rules, reasons by member and name."""

    levels: Mapping[str, Level]
    silences: Mapping[Path, Mapping[str, str]]

    @classmethod
    def of(cls, spec: Spec) -> Policy:
        """What a spec says."""
        return cls(spec.checks, dict(_silences(spec)))

    def judged(self, found: Diagnostic) -> Diagnostic:
        """A finding at its level; with the reason where it is accepted."""
        if not found.rule.can_be_lowered:
            return found
        reasons = (self.silences[place] for place in _around(found.path) if place in self.silences)
        if accepted := next((said[name] for said in reasons for name in _names(found) if name in said), ""):
            return found._replace(silenced=accepted)
        name = next((name for name in _names(found) if name in self.levels), "")
        return _leveled(found, name, self.levels[name]) if name else found

    def mistakes(self) -> Iterator[Diagnostic]:
        """What is wrong with it."""
        silenced = [(*place, "silence", name) for place, reasons in self.silences.items() for name in reasons]
        for path in (*(("checks", name) for name in self.levels), *silenced):
            yield from _misnamed(str(path[-1]), path)
        for name, said in self.levels.items():
            if not said.reason and _weight(said.level) > _weight(own := _own_level(name)):
                message = f"`{name}` is {_noun(own)} unless said: to make it {_noun(said.level)} needs a reason."
                help_ = f"Write `{name}: {{level: {said.level}, reason: ...}}`."
                yield Diagnostic(REASON, message, ("checks", name, "level"), help=help_)

    def unused(self, silenced: Sequence[Diagnostic], asked: AnySet[str]) -> Iterator[Diagnostic]:
        """What is accepted and was not found by a build that came to its end and asked these linters."""
        for place, reasons in self.silences.items():
            here = {name for found in silenced if found.path[: len(place)] == place for name in _names(found)}
            for name in reasons:
                if name not in here and _linters_of(name) <= asked:
                    message = f"`{place[-1]}` accepts what `{name}` finds, and it finds nothing here."
                    help_ = "Take this out: it would hide the finding if it came back."
                    yield Diagnostic(UNUSED, message, (*place, "silence", name), "key", help=help_)


def _silences(value: Any, path: Path = ()) -> Iterator[tuple[Path, Mapping[str, str]]]:
    """Everything in a spec that accepts findings, the whole before what stands inside it."""
    if isinstance(value, Part):
        if said := getattr(value, "silence", None):
            yield path, said
        for field, info in type(value).model_fields.items():
            yield from _silences(getattr(value, field), (*path, info.alias or field))
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _silences(inner, (*path, key))


def _around(path: Path) -> Iterator[Path]:
    """A place, and all that it stands in, from the inside."""
    return (path[:end] for end in range(len(path), 0, -1))


def _names(found: Diagnostic) -> tuple[str, ...]:
    """What the rule of a finding is called, the most telling name first."""
    return (*found.also, found.rule.name)


def _leveled(found: Diagnostic, name: str, said: Level) -> Diagnostic:
    """A finding at the level that `checks` says. Nothing is lowered without a reason."""
    if said.level == found.level or (_weight(said.level) > _weight(found.level) and not said.reason):
        return found
    if said.level == "off":
        return found._replace(silenced=said.reason)
    label = Label(f"Here it is made {_noun(said.level)}.", ("checks", name), "key")
    return found._replace(severity=Severity(said.level), related=(*found.related, label))


def _weight(level: str) -> int:
    return WEIGHTS.index(level)


def _noun(level: str) -> str:
    return level if level == "off" else an(level)


# ------------------------------------------------------------------ the names of rules


def _is_linters(name: str) -> bool:
    return re.fullmatch(LINTER_RULE, name) is not None


def _own_level(name: str) -> str:
    """The level that a rule has unless said; nothing is lower than what an unknown one has."""
    if (rule := rule_named(name)) is not None:
        return rule.severity if rule.can_be_lowered else "off"
    return LEVELS.get(name[0], Severity.ERROR) if _is_linters(name) else "off"


def _linters_of(name: str) -> AnySet[str]:
    """The linters that must be asked before it is known that a rule finds nothing. Its own rule has a linter's name."""
    if name in LINTERS:
        return {name}
    return set(LINTERS) if _is_linters(name) or name == "linter-failed" else frozenset()


def _misnamed(name: str, path: Path) -> Iterator[Diagnostic]:
    """What is wrong with naming a rule."""
    rule = rule_named(name)
    if rule is None and not _is_linters(name):
        yield _unknown(name, path)
    elif rule is not None and not rule.can_be_lowered:
        message = f"`{name}` is always an error: nothing is built where it is broken."
        help_ = f"`labspec explain {name}` tells how to mend what it finds."
        yield Diagnostic(BINDING, message, path, "key", help=help_)


def _unknown(name: str, path: Path) -> Diagnostic:
    every = [rule.name for rule in rules() if rule.can_be_lowered]
    meant = next((rule.name for rule in rules() if rule.code == name), "")
    near = meant or nearest(name, every) or ""
    help_ = f"`{name}` is called `{meant}` here." if meant else did_you_mean(name, every)
    fix = Fix(f"Write `{near}`.", near, name) if near else None
    help_ = help_ or "`labspec explain` lists all; a linter's own is a letter and four digits, such as `W3010`."
    if re.fullmatch(r"I[0-9]{4}", name):
        help_ = "Linters are not asked for what is merely informational."
    return Diagnostic(UNKNOWN, f"There is no rule `{name}`.", path, "key", help=help_, fix=fix)
