"""Every finding has a code of its own, in the block of its room, that is explained and shown by an example."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from labspec.diagnostic import Room, Rule
from labspec.rules import ROOMS, rules

ROOT = Path(__file__).parents[2]
RULES = rules()

FILES = {
    Room.SOURCE: ("source/", "yaml_tree/"),
    Room.MODEL: ("model/",),
    Room.POLICY: ("policy",),
    Room.GATHER: ("gather",),
    Room.LINK: ("link/", "model/expand", "model/pieces"),
    Room.CHECK: ("check/",),
    Room.EMIT: ("emit/",),
    Room.LAYOUT: ("layout/",),
    Room.OUTPUT: ("output",),
    Room.LINT: ("lint/",),
    Room.TEMPLATE: ("template/",),
    Room.FORESIGHT: ("reach/", "diff/", "iam/", "preflight/"),
    Room.CLOUD: ("cloud/",),
}
"""The files that declare the rules of each room."""

WITHOUT_EXAMPLE = {
    "LS704": "it is about where a spec goes, not the spec",
    "LS004": "no small example is too large",
    "LS410": "no small example is too large",
    "LS504": "no small example is over a limit",
    "LS510": "it is about the output directory, not the spec",
    "LS511": "it is about the output directory, not the spec",
    "LS512": "it is about the output directory, not the spec",
    "LS513": "it is about the output directory, not the spec",
    "LS520": "it is about templates, not the spec",
    "LS603": "it is the linter's fault, not the spec's",
    "LS604": "it is about templates that labspec did not build so",
    "LS701": "it is AWS's answer, not the spec's",
    "LS720": "it is about two specs, not one",
    "LS721": "it is about two specs, not one",
    "LS722": "it is about git, not the spec",
    "LS702": "it is AWS's answer, not the spec's",
    "LS703": "it is the user's answer, not the spec's",
    "LS740": "it is about an account, not the spec",
    "LS741": "it is about an account, not the spec",
    "LS742": "it is about finished stacks, not the spec",
    "LS743": "it is about a region, not the spec",
    "LS744": "it is AWS's answer, not the spec's",
    "LS745": "it is AWS's answer, not the spec's",
    "LS746": "it is about finished stacks, not the spec",
    "LS733": "no small example takes so many permissions",
}


def declarations() -> list[tuple[str, str]]:
    """Where each code is declared: the file, without its suffix, and the code."""
    package = ROOT / "labspec"
    declared = re.compile(r"^[A-Z0-9_]+ = Rule\(\s*(?:code=)?\"(LS[0-9]{3})\"", re.MULTILINE)
    return [
        (path.relative_to(package).with_suffix("").as_posix(), code)
        for path in sorted(package.rglob("*.py"))
        for code in declared.findall(path.read_text("utf-8"))
    ]


def test_every_rule_that_is_declared_is_found() -> None:
    assert sorted(code for _, code in declarations()) == [rule.code for rule in RULES]


def test_codes_and_names_are_unique() -> None:
    assert len({rule.code for rule in RULES}) == len({rule.name for rule in RULES}) == len(RULES)


def test_codes_are_numbered_by_room() -> None:
    rooms = {rule.code: rule.room for rule in RULES}
    strays = [(file, code) for file, code in declarations() if not file.startswith(FILES[rooms[code]])]
    assert strays == []
    assert set(FILES) == set(Room)
    assert set(ROOMS) == {rule.code[2] for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_is_explained(rule: Rule) -> None:
    """A kebab-case name that can be silenced, whole sentences, and a wrong and a right example, or a reason why not."""
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.name)
    assert rule.summary.endswith(".")
    assert rule.why.endswith(".")
    assert (bool(rule.wrong), bool(rule.right)) == ((False, False) if rule.code in WITHOUT_EXAMPLE else (True, True))
    assert rule.wrong != rule.right or not rule.wrong


RAISED_IN = {
    "LS403": "tests/emit/test_user_data.py",
    "LS504": "tests/test_layout.py",
    "LS520": "tests/cli/test_reach.py",
    "LS701": "tests/cloud/test_publish.py",
    "LS702": "tests/cloud/test_why.py",
    "LS720": "tests/cli/test_diff.py",
    "LS721": "tests/cli/test_diff.py",
    "LS722": "tests/cli/test_diff.py",
    "LS703": "tests/cloud/test_destroy.py",
    "LS704": "tests/cloud/test_publish.py",
    "LS740": "tests/cli/test_preflight.py",
    "LS741": "tests/cli/test_preflight.py",
    "LS742": "tests/cli/test_preflight.py",
    "LS743": "tests/cli/test_preflight.py",
    "LS744": "tests/cloud/test_preflight.py",
    "LS745": "tests/cloud/test_preflight.py",
    "LS746": "tests/cli/test_preflight.py",
    "LS730": "tests/cli/test_iam.py",
    "LS731": "tests/cli/test_iam.py",
    "LS732": "tests/iam/test_lab.py",
    "LS733": "tests/iam/test_change.py",
    "LS713": "tests/reach/test_uses.py",
    "LS510": "tests/test_cli.py",
    "LS511": "tests/test_cli.py",
    "LS512": "tests/test_cli.py",
    "LS513": "tests/test_kill.py",
    "LS601": "tests/test_lint.py",
    "LS602": "tests/test_lint.py",
    "LS603": "tests/test_lint.py",
    "LS604": "tests/lint/test_outputs.py",
}
"""Codes that need something else than a small spec, and the test that raises them."""


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_is_raised_by_a_test(rule: Rule) -> None:
    """By a file in tests/diagnostics, or by the test that is named here."""
    if list((ROOT / "tests/diagnostics").rglob(f"{rule.code}-*.yaml")):
        assert rule.code not in RAISED_IN
    else:
        assert rule.code in (ROOT / RAISED_IN[rule.code]).read_text("utf-8")
