"""The forms of a report say the same of one build, each in its own words."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest

from labspec.diagnostic import Diagnostic, Fix, Label, Rule, Severity, Span
from labspec.diagnostic import Path as Place
from labspec.report import Outcome, Run, silenced_to_text, to_text
from labspec.report.forms import FORMS
from tests.building import build
from tests.report.sarif import SARIF
from tests.schemas import published

ROOT = Path(__file__).parents[2]

SPEC = """\
vpcs:
  net:
    cidr: 10.0.0.0/16
    subnets:
      app: {zone: a, cidr: 10.0.1.0/24, access: isolated}
      data: {zone: c, cidr: 10.0.1.0/25, access: isolated}
instances:
  server: {subnet: app, storage: 20, setup: {commands: [id]}}
  quiet: {subnet: app, setup: {commands: [id]}}
"""
FOUND = {("LS371", "error", 8), ("LS103", "error", 10), ("LS375", "warning", 11)}
"""Code, severity and line of the three findings; the second has a fix, the first a second place."""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    made = build(Path(), SPEC)
    assert made.source is not None
    return Run("check", "0.0.0", (Outcome("spec.yaml", made.diagnostics, made.source.texts, 0.25),))


def test_every_form_tells_the_same_three_findings(run: Run) -> None:
    """Nothing is lost or added between forms: codes, severities, lines, columns and messages agree."""
    whole = {
        (d.rule.code, d.level.value, d.span.file, d.span.line, d.span.column, d.message)
        for d in run.outcomes[0].diagnostics
        if d.span
    }
    assert {(code, severity, line) for code, severity, _, line, _, _ in whole} == FOUND
    assert _read_text(FORMS["text"](run)) == whole
    assert _read_json(FORMS["json"](run)) == whole
    assert _read_sarif(FORMS["sarif"](run)) == whole
    assert _read_junit(FORMS["junit"](run)) == whole
    assert _read_github(FORMS["github"](run)) == whole
    assert _read_gitlab(FORMS["gitlab"](run)) == {(*one[:4], one[5]) for one in whole}


def test_every_form_is_compared() -> None:
    assert set(FORMS) == {"text", "json", "sarif", "junit", "github", "gitlab"}


Findings = set[tuple[str, str, str, int, int, str]]


def _read_text(text: str) -> Findings:
    found = re.findall(r"^(\w+)\[(LS\d+)\]: (.*)\n +--> (.*):(\d+):(\d+)$", text, re.MULTILINE)
    return {(code, level, file, int(line), int(column), said) for level, code, said, file, line, column in found}


def _read_json(text: str) -> Findings:
    return {
        (f["code"], f["severity"], f["place"]["file"], f["place"]["line"], f["place"]["column"], f["message"])
        for f in json.loads(text)["findings"]
    }


def _read_sarif(text: str) -> Findings:
    found = set()
    for result in json.loads(text)["runs"][0]["results"]:
        place = result["locations"][0]["physicalLocation"]
        region, file = place["region"], place["artifactLocation"]["uri"]
        said = result["message"]["text"].split(". ")[0].removesuffix(".") + "."
        found.add((result["ruleId"], result["level"], file, region["startLine"], region["startColumn"], said))
    return found


def _read_junit(text: str) -> Findings:
    case = ElementTree.fromstring(text).findall("testsuite/testcase")[0]
    lines = "\n".join(part.text or "" for part in case)
    found = re.findall(r"^(.*?):(\d+):(\d+): (\w+)\[(LS\d+)\]: (.*?\.)(?: .*)?$", lines, re.MULTILINE)
    return {(code, level, file, int(line), int(column), said) for file, line, column, level, code, said in found}


def _read_github(text: str) -> Findings:
    found = set()
    for line in text.splitlines():
        match = re.fullmatch(r"::(\w+) (.*?)::(.*)", line)
        assert match
        said = dict(word.split("=", 1) for word in match[2].split(","))
        message = match[3].split("%0A")[0].replace("%25", "%")
        found.add((said["title"], match[1], said["file"], int(said["line"]), int(said["col"]), message))
    return found


def _read_gitlab(text: str) -> set[tuple[str, str, str, int, str]]:
    """GitLab has no columns."""
    levels = {"major": "error", "minor": "warning", "info": "hint"}
    found = set()
    for violation in json.loads(text):
        place = violation["location"]
        said = violation["description"].split(". ")[0].removesuffix(".") + "."
        code = violation["check_name"].split(" ")[0]
        found.add((code, levels[violation["severity"]], place["path"], place["lines"]["begin"], said))
    return found


# ------------------------------------------------------------------ what the spec accepts


@pytest.fixture
def accepted() -> Run:
    """One finding that a spec accepts, and one that it does not."""
    span = Span("a.yaml", 3, 5, 3, 9)
    silenced = Diagnostic(RULE, "Accepted.", help="Mend it.", note="a linter", span=span, silenced="it is a test")
    told = Diagnostic(RULE, "Told.", severity=Severity.WARNING, span=Span("a.yaml", 4, 5, 4, 9))
    return Run("check", "0", (Outcome("a.yaml", [told], {"a.yaml": "\n\n    text\n    text\n"}, silenced=[silenced]),))


def test_text_counts_what_is_accepted(accepted: Run) -> None:
    text = FORMS["text"](accepted)
    assert "Accepted." not in text
    assert text.endswith("\na.yaml: 1 warning, 1 silenced.\n")


def test_text_shows_what_is_accepted_with_the_reason_where_it_is_asked_for(accepted: Run) -> None:
    """At its line, and without what to do about it."""
    (outcome,) = accepted.outcomes
    assert silenced_to_text(outcome) == (
        "silenced[LS999]: Accepted.\n  --> a.yaml:3:5\n  |\n3 |     text\n  |     ^^^^\n"
        "  = note: a linter\n  = reason: it is a test\n"
    )


def test_json_has_what_is_accepted_with_the_reason(accepted: Run) -> None:
    made = json.loads(FORMS["json"](accepted))
    schema = json.loads((ROOT / "docs/reference/report.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(made)
    assert {finding["message"]: finding["silenced"] for finding in made["findings"]} == {
        "Accepted.": "it is a test",
        "Told.": "",
    }
    (target,) = made["targets"]
    assert (target["failed"], target["errors"], target["warnings"], target["silenced"]) == (False, 0, 1, 1)


def test_sarif_suppresses_what_is_accepted(accepted: Run) -> None:
    """All results have the property, also those that are not suppressed (section 3.27.23)."""
    log = json.loads(FORMS["sarif"](accepted))
    jsonschema.Draft202012Validator(SARIF).validate(log)
    suppressions = {result["message"]["text"]: result["suppressions"] for result in log["runs"][0]["results"]}
    assert suppressions == {
        "Accepted. Mend it. (a linter)": [{"kind": "inSource", "justification": "it is a test"}],
        "Told.": [],
    }


def test_junit_passes_with_what_is_accepted(accepted: Run) -> None:
    (case,) = ElementTree.fromstring(FORMS["junit"](accepted)).findall("testsuite/testcase")
    (output,) = case
    assert output.tag == "system-out"
    assert (output.text or "").splitlines() == [
        "a.yaml:4:5: warning[LS999]: Told.",
        "a.yaml:3:5: silenced[LS999]: Accepted. (a linter) Reason: it is a test",
    ]


def test_github_does_not_show_what_is_accepted(accepted: Run) -> None:
    assert FORMS["github"](accepted) == "::warning file=a.yaml,line=4,col=5,endColumn=9,title=LS999::Told.\n"


# ------------------------------------------------------------------ JSON


def test_json_follows_its_documented_schema(run: Run) -> None:
    schema = json.loads((ROOT / "docs/reference/report.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(json.loads(FORMS["json"](run)))


def test_json_has_second_places_and_fixes(run: Run) -> None:
    findings = {finding["code"]: finding for finding in json.loads(FORMS["json"](run))["findings"]}
    assert [label["place"]["line"] for label in findings["LS371"]["related"]] == [7]
    place = findings["LS103"]["place"]
    assert findings["LS103"]["fix"] == {"title": "Write `20GiB`.", "place": place, "text": "20GiB", "safe": False}
    assert findings["LS103"]["path"] == ["instances", "server", "storage", "size"]


# ------------------------------------------------------------------ SARIF


def test_sarif_has_the_shape_of_version_2_1_0(run: Run) -> None:
    """That of OASIS's own schema, and of ours, which knows nothing but what labspec writes and requires all of it."""
    log = json.loads(FORMS["sarif"](run))
    schema = published("sarif-2.1.0.json")
    assert "oasis-tcs/sarif-spec" in schema["$id"]
    jsonschema.Draft7Validator(schema).validate(log)
    jsonschema.Draft202012Validator(SARIF).validate(log)
    assert log["version"] == "2.1.0"


def test_sarif_tells_of_each_rule_once(run: Run) -> None:
    (only,) = json.loads(FORMS["sarif"](run))["runs"]
    rules = only["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["LS103", "LS371", "LS375"]
    assert {rule["id"]: rule["defaultConfiguration"]["level"] for rule in rules}["LS375"] == "warning"
    assert all(only["tool"]["driver"]["rules"][r["ruleIndex"]]["id"] == r["ruleId"] for r in only["results"])
    assert "```yaml" in rules[0]["help"]["markdown"]


def test_sarif_has_second_places_and_fixes(run: Run) -> None:
    results = {result["ruleId"]: result for result in json.loads(FORMS["sarif"](run))["runs"][0]["results"]}
    (related,) = results["LS371"]["relatedLocations"]
    assert related["physicalLocation"]["region"]["startLine"] == 7
    (change,) = results["LS103"]["fixes"][0]["artifactChanges"]
    (replacement,) = change["replacements"]
    assert replacement["insertedContent"]["text"] == "20GiB"
    assert replacement["deletedRegion"] == results["LS103"]["locations"][0]["physicalLocation"]["region"]
    assert results["LS103"]["fixes"][0]["properties"] == {"safe": False}


def test_sarif_counts_columns_in_characters(run: Run) -> None:
    """SARIF takes UTF-16 units for granted; ours are characters, and the run says so."""
    assert json.loads(FORMS["sarif"](run))["runs"][0]["columnKind"] == "unicodeCodePoints"


def test_sarif_writes_files_as_addresses() -> None:
    for file, uri in {"my specs/a#b.yaml": "my%20specs/a%23b.yaml", "/x/y.yaml": "file:///x/y.yaml"}.items():
        run = _run(Diagnostic(RULE, "No.", span=Span(file, 1, 1, 1, 2)))
        (result,) = json.loads(FORMS["sarif"](run))["runs"][0]["results"]
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


# ------------------------------------------------------------------ JUnit


def test_junit_has_a_case_for_each_spec() -> None:
    """A spec without errors passes; its warnings stand in its output."""
    warned = Outcome("warned.yaml", [Diagnostic(RULE, "Mind.", severity=Severity.WARNING)], {})
    wrong = Outcome("wrong.yaml", [Diagnostic(RULE, "One."), Diagnostic(RULE, "Two.")], {})
    suites = ElementTree.fromstring(FORMS["junit"](Run("build", "0", (Outcome("fine.yaml", [], {}), warned, wrong))))
    (suite,) = suites
    assert (suite.get("name"), suite.get("tests"), suite.get("failures")) == ("labspec build", "3", "1")
    fine, mind, fail = suite
    assert (fine.get("name"), list(fine)) == ("fine.yaml", [])
    assert [part.tag for part in mind] == ["system-out"]
    (failure,) = fail
    assert failure.get("message") == "2 errors; the first: One."
    assert (failure.text or "").splitlines() == ["error[LS999]: One.", "error[LS999]: Two."]


def test_junit_is_xml_whatever_a_message_or_a_name_holds() -> None:
    found = Diagnostic(RULE, "a\x1b[1m <b> & \x00 \ud800 é")
    case = ElementTree.fromstring(FORMS["junit"](Run("check", "0", (Outcome("\x1b.yaml", [found], {}),))))
    assert case.findall("testsuite/testcase")[0].get("name") == "\ufffd.yaml"
    assert case.findall("testsuite/testcase/failure")[0].get("message") == "a\ufffd[1m <b> & \ufffd \ufffd é"


# ------------------------------------------------------------------ GitHub


def test_github_commands_are_escaped() -> None:
    """What would end a message or a property is escaped as GitHub's own toolkit does it."""
    run = _run(Diagnostic(RULE, "50% of\nit :: all, yes", span=Span("a,b:c%.yaml", 3, 5, 3, 9)))
    assert FORMS["github"](run) == (
        "::error file=a%2Cb%3Ac%25.yaml,line=3,col=5,endColumn=9,title=LS999::50%25 of%0Ait :: all, yes\n"
    )


def test_github_takes_columns_on_one_line_only() -> None:
    run = _run(Diagnostic(RULE, "No.", span=Span("a.yaml", 3, 5, 6, 9)), Diagnostic(RULE, "Nowhere."))
    assert FORMS["github"](run).splitlines() == [
        "::error title=LS999::Nowhere.",
        "::error file=a.yaml,line=3,endLine=6,title=LS999::No.",
    ]


def test_github_shows_errors_first() -> None:
    mild = Diagnostic(RULE, "Mild.", severity=Severity.HINT, span=Span("a.yaml", 1, 1, 1, 2))
    lines = FORMS["github"](_run(mild, Diagnostic(RULE, "Bad.", span=Span("a.yaml", 9, 1, 9, 2)))).splitlines()
    assert [line.split(" ")[0] for line in lines] == ["::error", "::notice"]


# ------------------------------------------------------------------ GitLab


def test_gitlab_knows_a_finding_again_when_lines_move(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What GitLab calls a new violation is new: the fingerprints of the others stay, and no two are alike."""
    monkeypatch.chdir(tmp_path)

    def violations(text: str) -> dict[str, str]:
        made = build(Path(), text)
        found = json.loads(FORMS["gitlab"](Run("check", "0", (Outcome("spec.yaml", made.diagnostics, {}),))))
        assert len({violation["fingerprint"] for violation in found}) == len(found)
        return {violation["fingerprint"]: violation["description"] for violation in found}

    before = violations(SPEC)
    after = violations(
        "# Another line.\n" + SPEC.replace("setup: {commands: [id]}}\n  quiet", "ready_in: 5m}\n  quiet")
    )
    assert set(before) < set(after)
    (new,) = after.keys() - before.keys()
    assert after[new].startswith("There is no `ready_in` in an instance.")


def test_gitlab_tells_findings_apart_that_are_alike() -> None:
    alike = [Diagnostic(RULE, "No.", span=Span("a.yaml", line, 1, line, 2)) for line in (1, 2)]
    prints = [violation["fingerprint"] for violation in json.loads(FORMS["gitlab"](_run(*alike)))]
    assert len(set(prints)) == 2


@pytest.mark.parametrize(("file", "path"), [("a.yaml", ("vpcs", "other")), ("A.yaml", ("vpcs", "net"))])
def test_gitlab_knows_a_finding_again_when_one_that_is_alike_is_mended(file: str, path: Place) -> None:
    mended = Diagnostic(RULE, "No.", path, span=Span(file, 1, 1, 1, 2))
    stays = Diagnostic(RULE, "No.", ("vpcs", "net"), span=Span("a.yaml", 2, 1, 2, 2))
    before, after = (json.loads(FORMS["gitlab"](_run(*found))) for found in ([mended, stays], [stays]))
    assert [violation["fingerprint"] for violation in after] == [before[1]["fingerprint"]]


def test_gitlab_puts_what_has_no_place_at_the_beginning() -> None:
    (violation,) = json.loads(FORMS["gitlab"](_run(Diagnostic(RULE, "Nowhere."))))
    assert violation["location"] == {"path": "a.yaml", "lines": {"begin": 1}}


# ------------------------------------------------------------------ all of them

RULE = Rule("LS999", "a-rule", "A rule.", "Why.", "wrong: 1\n", "right: 1\n")


def _run(*found: Diagnostic) -> Run:
    return Run("check", "0", (Outcome("a.yaml", found, {}),))


def test_specs_that_share_a_file_share_its_findings() -> None:
    """Where an annotation would stand twice at one place, it stands once; JSON says for each spec what it found."""
    found = (Diagnostic(RULE, "No.", span=Span("base.yaml", 1, 1, 1, 2)),)
    run = Run("check", "0", (Outcome("a.yaml", found, {}), Outcome("b.yaml", found, {})))
    assert len(FORMS["github"](run).splitlines()) == 1
    assert len(json.loads(FORMS["sarif"](run))["runs"][0]["results"]) == 1
    assert len(json.loads(FORMS["gitlab"](run))) == 1
    assert [finding["target"] for finding in json.loads(FORMS["json"](run))["findings"]] == ["a.yaml", "b.yaml"]


@pytest.mark.parametrize("form", sorted(FORMS))
def test_a_finding_without_a_place_is_told(form: str) -> None:
    """A second place without a file, and a fix without one, do no harm."""
    found = Diagnostic(RULE, "Nowhere to be seen.", related=(Label("Here."),), fix=Fix("Mend.", "x", "y"))
    assert "Nowhere to be seen." in FORMS[form](_run(found))


@pytest.mark.parametrize("form", sorted(FORMS))
def test_nothing_found_is_a_report_too(form: str) -> None:
    text = FORMS[form](Run("check", "0", (Outcome("a.yaml", [], {}),)))
    assert text == "" if form in ("text", "github") else text.endswith("\n")


def test_text_shows_fifty_findings_and_the_machines_all() -> None:
    """None that matters more is left out for one that matters less; the order is that of the file."""
    mild = [Diagnostic(RULE, "Mild.", severity=Severity.HINT, span=Span("a.yaml", n, 1, n, 2)) for n in range(1, 62)]
    run = _run(*mild, Diagnostic(RULE, "Bad.", span=Span("a.yaml", 99, 1, 99, 2)))
    text = FORMS["text"](run)
    lines = [line for line in text.splitlines() if line.startswith(("hint", "error"))]
    assert lines == ["hint[LS999]: Mild."] * 49 + ["error[LS999]: Bad."]
    assert "... and 12 more; --report json has them all.\n" in text
    assert len(json.loads(FORMS["json"](run))["findings"]) == 62
    assert len(FORMS["github"](run).splitlines()) == 62


def test_colors_are_only_where_they_are_wanted() -> None:
    found = Outcome("a.yaml", [Diagnostic(RULE, "No.")], {})
    assert "\x1b[" in to_text(found, color=True)
    assert "\x1b[" not in to_text(found)


@pytest.mark.parametrize("silenced", ["", "it is a test"])
def test_text_shows_a_hidden_line_beside_no_finding(silenced: str) -> None:
    """Neither at another finding of the line, nor at one that mentions it, nor where what hides it is accepted."""
    place = Span("a.yaml", 2, 1, 2, 4)
    hiding = Diagnostic(RULE, "Hidden.", span=Span("a.yaml", 2, 10, 3, 2), hides=True, silenced=silenced)
    beside = Diagnostic(RULE, "Beside.", span=place)
    below = Diagnostic(RULE, "Below.", span=Span("a.yaml", 3, 1, 3, 2))
    near = Diagnostic(RULE, "Near.", span=Span("a.yaml", 1, 1, 1, 2), related=(Label("Here.", span=place),))
    told, accepted = [beside, below, near], [hiding]
    if not silenced:
        told, accepted = [*told, hiding], []
    outcome = Outcome("a.yaml", told, {"a.yaml": "shown: {}\nkey: hunter2\n  hunter3\n"}, silenced=accepted)
    shown = to_text(outcome) + silenced_to_text(outcome)
    assert "hunter" not in shown
    assert "1 | shown: {}" in shown
    assert "::: a.yaml:2:1\n      Here.\n" in shown


def _shown(text: str, span: Span) -> list[str]:
    """The line that is shown, and its marks."""
    *_, typed, marks = to_text(Outcome("a.yaml", [Diagnostic(RULE, "No.", span=span)], {span.file: text})).splitlines()
    return [typed.partition(" | ")[2], marks.partition(" | ")[2]]


def test_a_terminal_obeys_nothing_that_stands_in_a_file() -> None:
    assert _shown("\x1b[2J\tno\x9b1m\n", Span("a", 1, 6, 1, 8)) == ["\ufffd[2J\tno\ufffd1m", "    \t^^"]
    turned = "\u202a\u202e\u2066\u2069"
    assert _shown(f"{turned}no\n", Span("a", 1, 5, 1, 7)) == ["\ufffd" * 4 + "no", "    ^^"]


@pytest.mark.parametrize(("at", "shown"), [(1, "x" * 240 + "..."), (1000, "..." + "x" * 240 + "..."), (1990, None)])
def test_of_a_long_line_only_the_part_that_matters_is_shown(at: int, shown: str | None) -> None:
    line = "x" * (at - 1) + "no" + "x" * (1999 - at)
    typed, marks = _shown(line, Span("a", 1, at, 1, at + 2))
    assert typed[marks.index("^") :].startswith("no")
    assert marks.count("^") == 2
    assert typed.replace("no", "xx") == (shown or "..." + "x" * 71)


def test_lines_end_where_editors_end_them() -> None:
    text = "a\r\nb\rc\n\fd\u2028e\x85f\n"
    assert _shown(text, Span("a", 4, 2, 4, 3)) == ["\ufffdd\ufffde\ufffdf", " ^"]
