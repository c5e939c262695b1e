"""What a spec makes of findings, as no file in tests/diagnostics can show it: linters, files, laws that are lowered."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from labspec.compiler import Build, Linters, Options, compile_spec
from labspec.diagnostic import Room, Severity
from labspec.lint import Engine, Finding, lint
from labspec.linters import LINTERS
from labspec.rules import rules
from tests.building import HEAD, NETWORK, build, messages

ROOT = Path(__file__).parents[1]

# ------------------------------------------------------------------ linters

RULE_OF_GROUP = """\
instances: {{web: {{subnet: public-a, security_groups: [web-sg]}}}}
security_groups:
  web-sg:
    ingress:
      http: {{port: 80, from: internet{}}}
"""


def finding(rule: str, logical_id: str, engine: str = "cloudformation-validate") -> Finding:
    level = Severity.WARNING if rule.startswith("W") else Severity.ERROR
    place = ("Resources", logical_id, "Properties", "CidrIp")
    return Finding(engine, rule, level, f"{rule} was found", "flat.yaml", place)


def linted(folder: Path, text: str, *found: Finding, names: frozenset[str] = frozenset(LINTERS)) -> Build:
    """Compile a spec on whose flat template linters of these names find something."""

    def engine(name: str) -> Engine:
        return lambda *_: [one for one in found if one.engine == name]

    engines = {name: (lambda name=name: engine(name)) for name in sorted(names)}
    linters = Linters(names, lambda templates, origin_of, _: lint(templates, origin_of, engines=engines))
    (folder / "spec.yaml").write_text(HEAD + text, "utf-8")
    return compile_spec(str(folder / "spec.yaml"), Options(layout="flat"), linters)


def told(made: Build) -> list[str]:
    """Each finding as `LS602 warning`."""
    return [f"{d.rule.code} {d.level}" for d in made.diagnostics]


@pytest.mark.parametrize("name", ["E3012", "F3012", "cloudformation-validate"])
@pytest.mark.parametrize("place", ["the rule", "the group"])
def test_a_linters_finding_is_accepted_by_its_code_or_by_the_linter(tmp_path: Path, name: str, place: str) -> None:
    """`E3012` of one linter is `F3012` of the other: which of them speaks depends on the command."""
    silence = f"silence: {{{name}: it is wrong about this}}"
    inside, beside = (f", {silence}", "") if place == "the rule" else ("", f"    {silence}\n")
    text = RULE_OF_GROUP.format(inside) + beside
    made = linted(tmp_path, NETWORK + text, finding("F3012", "WebSgHttpIngress"))
    assert told(made) == []
    assert [(d.rule.code, d.silenced) for d in made.silenced] == [("LS602", "it is wrong about this")]
    assert made.files


def test_the_nearest_reason_counts(tmp_path: Path) -> None:
    text = RULE_OF_GROUP.format(", silence: {E3012: of the rule}") + "    silence: {E3012: of the group}\n"
    made = linted(tmp_path, NETWORK + text, finding("E3012", "WebSgHttpIngress"))
    assert [d.silenced for d in made.silenced] == ["of the rule"]


def test_two_members_accept_what_is_written_once(tmp_path: Path) -> None:
    """Where one is like the other, both findings stand at one line: neither is accepted in vain."""
    text = RULE_OF_GROUP.format("") + "    silence: {E3012: why}\n  api-sg: {like: web-sg, silence: {E3012: why}}\n"
    text = text.replace("[web-sg]", "[web-sg, api-sg]")
    made = linted(tmp_path, NETWORK + text, *(finding("E3012", f"{one}SgHttpIngress") for one in ("Web", "Api")))
    assert told(made) == []


def test_another_code_accepts_nothing(tmp_path: Path) -> None:
    text = NETWORK + RULE_OF_GROUP.format(", silence: {E3013: not this}")
    assert told(linted(tmp_path, text, finding("F3012", "WebSgHttpIngress"))) == ["LS602 error"]


def test_a_code_goes_before_its_linter(tmp_path: Path) -> None:
    checks = "checks:\n  W3010: {level: off, reason: a test}\n  cloudformation-validate: error\n"
    found = [finding("W3010", "NetVpc"), finding("W2001", "NetVpc")]
    made = linted(tmp_path, NETWORK + checks, *found)
    assert [d.message for d in made.diagnostics] == ["W2001 was found."]
    assert told(made) == ["LS602 error"]
    assert [d.message for d in made.silenced] == ["W3010 was found."]
    assert made.files == {}


def test_a_level_without_a_reason_only_raises(tmp_path: Path) -> None:
    """`W3030` is a warning, and what cfn-lint calls `E3030` is the same rule and an error: that is not lowered."""
    text = NETWORK + "checks: {W3030: warning, W2001: error}\n"
    found = [finding("E3030", "NetVpc", "cfn-lint"), finding("W2001", "NetVpc", "cfn-lint")]
    assert told(linted(tmp_path, text, *found)) == ["LS601 error", "LS601 error"]


@pytest.mark.parametrize(
    ("name", "asked", "unused"),
    [
        ("W3010", {"cloudformation-validate"}, False),
        ("W3010", {"cfn-lint"}, False),
        ("W3010", {"cloudformation-validate", "cfn-lint"}, True),
        ("cfn-lint", {"cloudformation-validate"}, False),
        ("cfn-lint", {"cfn-lint"}, True),
        ("cloudformation-validate", {"cloudformation-validate"}, True),
        ("fixed-name", set[str](), True),
    ],
)
def test_what_is_accepted_in_vain_is_told_where_the_linters_were_asked(
    tmp_path: Path, name: str, asked: set[str], unused: bool
) -> None:
    text = NETWORK + f"    silence: {{{name}: it was there once}}\n"
    made = linted(tmp_path, text, names=frozenset(asked))
    assert told(made) == (["LS113 warning"] if unused else [])


def test_nothing_is_called_unused_where_a_linter_failed(tmp_path: Path) -> None:
    """Nor where an error stopped the build."""
    text = NETWORK + "    silence: {W3010: it was there once, fixed-name: and this}\n"
    failed = Finding("cfn-lint", "", Severity.ERROR, "It broke", "flat.yaml")
    assert told(linted(tmp_path, text, failed)) == ["LS603 error"]
    lowered = "checks: {linter-failed: {level: warning, reason: until it is mended}}\n"
    assert told(linted(tmp_path, text + lowered, failed)) == ["LS603 warning", "LS113 warning"]


def test_a_linter_that_is_not_asked_is_a_rule_all_the_same(tmp_path: Path) -> None:
    """Nothing has loaded it then, so it is a process of its own that has to know it."""
    checks = "checks: {cfn-lint: {level: off, reason: a test}}\n"
    (tmp_path / "spec.yaml").write_text(HEAD + NETWORK + checks, "utf-8")
    command = [sys.executable, "-m", "labspec.cli", "check", "spec.yaml", "--no-validate"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_linters_that_stand_for_all_they_find_are_rules() -> None:
    assert set(LINTERS) <= {rule.name for rule in rules()}


# ------------------------------------------------------------------ levels

PUBLIC = "websites: {docs: {content: site, access: public}}\n"


@pytest.fixture(autouse=True)
def site(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/index.html").write_text("Hello", "utf-8")


@pytest.mark.parametrize(
    ("checks", "level"),
    [
        ("", "warning"),
        ("checks: {public-website: error}", "error"),
        ("checks: {public-website: {level: error, reason: not even here}}", "error"),
        ("checks: {public-website: {level: hint, reason: the lesson}}", "hint"),
        ("checks: {public-website: {level: off, reason: the lesson}}", "silenced"),
        ("checks:", "warning"),
    ],
)
def test_a_rule_has_the_level_that_the_spec_gives_it(tmp_path: Path, checks: str, level: str) -> None:
    made = build(tmp_path, PUBLIC + checks)
    (found,) = (*made.diagnostics, *made.silenced)
    assert ("silenced" if found.silenced else found.level) == level
    assert bool(made.files) == (level != "error")


def test_a_finding_whose_level_was_changed_shows_where(tmp_path: Path) -> None:
    (found,) = build(tmp_path, PUBLIC + "checks: {public-website: error}").diagnostics
    (label,) = found.related
    assert label.text == "Here it is made an error."
    assert label.span is not None
    assert (label.span.line, label.span.column, label.span.end_column) == (4, 10, 24)


def test_a_finding_whose_level_was_changed_shows_all_that_it_did(tmp_path: Path) -> None:
    group = "{launch_template: {}, subnets: data-a, size: {min: 2, max: Most}}"
    text = f"parameters: {{Most: {{type: integer}}}}\n{NETWORK}auto_scaling_groups: {{web: {group}}}\n"
    (found,) = build(tmp_path, text + "checks: {sizes-cross: error}").diagnostics
    assert [label.path for label in found.related] == [("parameters", "Most"), ("checks", "sizes-cross")]


def test_an_error_that_is_lowered_does_not_stop_the_build(tmp_path: Path) -> None:
    text = "websites: {docs: {content: site, error: no.html}}\n"
    assert build(tmp_path, text).files == {}
    lowered = build(tmp_path, text + "checks: {missing-page: {level: warning, reason: it comes later}}")
    assert told(lowered) == ["LS341 warning"]
    assert lowered.files


def test_a_level_says_nothing_of_other_rules(tmp_path: Path) -> None:
    text = PUBLIC + "checks: {missing-page: {level: off, reason: a test}, fixed-name: error}"
    assert told(build(tmp_path, text)) == ["LS340 warning"]


# ------------------------------------------------------------------ composition


def composed(folder: Path, **documents: str) -> Build:
    for name, text in documents.items():
        (folder / f"{name}.yaml").write_text(textwrap.dedent(text), "utf-8")
    return compile_spec(str(folder / "spec.yaml"), Options(layout="flat"))


BASE = HEAD + PUBLIC + "checks: {public-website: {level: off, reason: the lesson}}\n"


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ("", []),
        ("checks: {fixed-name: error}\n", []),
        ("checks: {public-website: {level: error}}\n", ["LS340 error"]),
        ("checks: {public-website: null}\n", ["LS340 warning"]),
        ("checks: null\n", ["LS340 warning"]),
        ("checks: {public-website: error}\n", ["LS012 error"]),
    ],
)
def test_a_document_lays_its_levels_over_those_of_its_base(tmp_path: Path, own: str, expected: list[str]) -> None:
    """As a merge patch, like all sections: rule by rule, and a null gives a rule its own level back."""
    assert told(composed(tmp_path, base=BASE, spec="extends: base.yaml\n" + own)) == expected


def test_levels_can_be_shared_by_include(tmp_path: Path) -> None:
    shared = "checks: {public-website: {level: off, reason: the lesson}}\n"
    made = composed(tmp_path, shared=shared, spec=HEAD + "include: shared.yaml\n" + PUBLIC)
    assert told(made) == []
    assert [d.silenced for d in made.silenced] == ["the lesson"]


def test_two_included_files_cannot_give_a_rule_its_level(tmp_path: Path) -> None:
    one, other = "checks: {fixed-name: error}\n", "checks: {fixed-name: error, public-website: error}\n"
    made = composed(tmp_path, one=one, other=other, spec=HEAD + "include: [one.yaml, other.yaml]\n")
    assert told(made) == ["LS013 error"]


def test_what_the_base_accepts_can_be_taken_back(tmp_path: Path) -> None:
    base = HEAD + "websites: {docs: {content: site, access: public, silence: {public-website: the lesson}}}\n"
    assert told(composed(tmp_path, base=base, spec="extends: base.yaml\n")) == []
    own = "extends: base.yaml\nwebsites: {docs: {silence: {public-website: null}}}\n"
    assert told(composed(tmp_path, base=base, spec=own)) == ["LS340 warning"]
    mended = "extends: base.yaml\nwebsites: {docs: {access: private}}\n"
    made = composed(tmp_path, base=base, spec=mended)
    assert [message.split(" ", 1)[1] for message in messages(made)] == [
        "3:60 `docs` accepts what `public-website` finds, and it finds nothing here."
    ]


# ------------------------------------------------------------------ what can be lowered

LAWS = sorted((ROOT / "tests/diagnostics").glob("LS3*.yaml"))


@pytest.mark.parametrize("layout", ["nested", "flat"])
@pytest.mark.parametrize("case", LAWS, ids=lambda path: path.stem)
def test_a_law_that_can_be_lowered_can_be_broken(
    case: Path, layout: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is broken with a reason is built: no emitter relies on a law that is not `binding`."""
    names = [rule.name for rule in rules() if rule.room is Room.CHECK and rule.can_be_lowered]
    levels = "".join(f"  {name}: {{level: hint, reason: a test}}\n" for name in names)
    (tmp_path / "lowered.yaml").write_text(f"checks:\n{levels}", "utf-8")
    monkeypatch.chdir(case.parent)
    overlay = os.path.relpath(tmp_path / "lowered.yaml")
    made = compile_spec(case.name, Options(layout=layout, overlays=[overlay]))  # type: ignore[arg-type]
    errors = {d.rule for d in made.diagnostics if d.level is Severity.ERROR}
    assert [rule.code for rule in errors if rule.can_be_lowered] == []
    assert made.files or errors
    assert not any(": None\n" in text for text in made.files.values())
