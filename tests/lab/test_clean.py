"""What both linters say about the lab, its chapters and the smallest spec: nothing, but what traps.md explains."""

from __future__ import annotations

import functools
import re

import pytest

from labspec.lint import lint
from labspec.lint.cfn_lint import findings as cfn_lint
from labspec.lint.finding import Engine
from labspec.lint.validate import findings as validate
from labspec.linters import CFN_LINT, VALIDATOR
from tests.lab.course import LAYOUTS, ROOT, compiled

SPECS = sorted(path.name for path in (ROOT / "specs").glob("*.yaml"))
LINTERS: dict[str, Engine] = {CFN_LINT: cfn_lint, VALIDATOR: validate}
NOTE = re.compile(r"(?P<linter>\S+) (?P<rule>\S+) at (?P<file>[^,;]+)(?:, (?P<place>[^;]+))?(?:; .*)?")
ROW = re.compile(r"\| (?P<linter>[a-z-]+) \| (?P<rule>[A-Z][0-9]+) \| (?P<where>[^|]+) \| [^|]+ \|")
KIND = re.compile(r"`(AWS::[A-Za-z0-9:]+)`")
Rule = tuple[str, str]
"""A linter and the number of its rule."""


@functools.cache
def said(spec: str, layout: str, linter: str) -> tuple[tuple[str, str, str], ...]:
    """What a linter says about a spec: how grave, which rule, and the type of the resource that it is about."""
    build = compiled(spec, layout)
    assert not build.failed
    assert build.spec is not None
    stacks = {f"{stack.name}.yaml": stack for stack in build.stacks}
    templates = {name: text for name, text in build.files.items() if name in stacks}
    engines = {linter: lambda: LINTERS[linter]}
    found = lint(templates, lambda *_: (), engines=engines, region=build.spec.region, informational=True)
    told = []
    for diagnostic in found:
        note = NOTE.fullmatch(diagnostic.note)
        assert note is not None, diagnostic
        section, _, place = (note["place"] or "").partition("/")
        resources = stacks[note["file"]].template[section] if section == "Resources" else {}
        kind = resources.get(place.partition("/")[0], {}).get("Type", "")
        told.append((diagnostic.level.value, note["rule"], kind))
    return tuple(told)


@pytest.mark.parametrize("linter", LINTERS)
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("spec", SPECS)
def test_linters_find_no_fault(spec: str, layout: str, linter: str) -> None:
    """No error and no warning; what is merely informational is explained, rule by rule and type by type."""
    assert not compiled(spec, layout).diagnostics
    explained = explanations()
    for level, rule, kind in said(spec, layout, linter):
        assert level == "hint", (rule, kind)
        kinds = explained[linter, rule]
        assert kind in kinds or not kinds, (rule, kind)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_nothing_is_explained_that_nobody_says(layout: str) -> None:
    """The finished lab has all of it; what concerns nested stacks is of course not said of a flat one."""
    for (linter, rule), kinds in explanations().items():
        wanted = kinds - {"AWS::CloudFormation::Stack"} if layout == "flat" else kinds
        found = {kind for _, number, kind in said("full.yaml", layout, linter) if number == rule}
        assert found
        assert wanted <= found


def explanations() -> dict[Rule, set[str]]:
    """The rules at the end of traps.md with the types that they are about; no types where it is about all."""
    text = (ROOT / "docs/traps.md").read_text("utf-8")
    rows = (ROW.fullmatch(line) for line in text.splitlines())
    return {(row["linter"], row["rule"]): set(KIND.findall(row["where"])) for row in rows if row}
