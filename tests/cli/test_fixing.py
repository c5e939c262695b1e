"""`labspec check --fix`: what is mended, where, and what is left to who wrote it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labspec.cli import main
from tests.building import HEAD, NETWORK

ROOT = Path(__file__).parents[2]
START = HEAD + NETWORK
FINE = "instances:\n  server: {subnet: data-a}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def fix(text: str, *arguments: str, **others: str) -> str:
    """A spec after `--fix`. `others` are the texts of other files, which are written as well."""
    for name, content in {"spec": text, **others}.items():
        whole = content if content.startswith("labspec:") or "extends:" in content else START + content
        Path(f"{name}.yaml").write_bytes(whole.encode())
    main(["check", "--no-validate", "spec.yaml", "--fix", "-q", *arguments])
    return Path("spec.yaml").read_bytes().decode().removeprefix(START)


# ------------------------------------------------------------------ what is safe


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("monitorin: basic", "monitoring: basic"),
        ("securityGroups: [], ingress: {}", "security_groups: [], ingress: {}"),
        ("setup: {comands: [id]}", "setup: {commands: [id]}"),
        ("monitoring: Basic", "monitoring: basic"),
        ("tenancy: dedicate", "tenancy: dedicated"),
        ("termination_protection: yes", "termination_protection: true"),
        ("termination_protection: 'Off'", "termination_protection: 'false'"),
        ('"monitorin" : basic', '"monitoring" : basic'),
        ("storage: 20 GiB", "storage: 20GiB"),
        ("storage: 1tib", "storage: 1TiB"),
    ],
)
def test_what_can_mean_one_thing_only_is_mended(wrong: str, right: str) -> None:
    assert fix(f"instances:\n  a: {{subnet: data-a, {wrong}}}\n") == f"instances:\n  a: {{subnet: data-a, {right}}}\n"


def test_a_grouped_number_is_mended() -> None:
    group = "auto_scaling_groups:\n  a: {launch_template: {}, subnets: [data-a, data-c], size: {min: 1, max: %s}}\n"
    assert fix(group % "1_000") == group % "1000"
    for number in ("01000", "1_00", "10_0000"):  # to some, the first is 512
        assert fix(group % number) == group % number


@pytest.mark.parametrize(
    "text",
    [
        # a unit
        "instances: {a: {subnet: data-a, storage: 20}}",
        "instances: {a: {subnet: data-a, storage: 20GB}}",
        "instances: {a: {subnet: data-a, ready_within: 15}}",
        # a name: the member may be one that is yet to be written
        "instances: {a: {subnet: dta-a}}",
        "instances: {a: {subnet: data-b}}",
        "parameters: {AdminCidr: {type: cidr}}\nsecurity_groups: {a: {ingress: {b: {port: 1, from: AdminCird}}}}",
        "instances: {web_1: {subnet: data-a}}",
        # a place
        "region: ap-northeast-9",
        # an address
        "security_groups: {a: {ingress: {b: {port: 1, from: 10.0.0.1/16}}}}",
        # a word of the language that stands elsewhere
        "load_balancers: {a: {scheme: internal, subnets: [data-a, data-c], listeners: {80: {redirect: http}}}}",
        "load_balancers: {a: {scheme: internal, subnet: [data-a, data-c], listeners: {80: {redirect: https}}}}",
        # a parameter
        "parameters: {Basic: {type: text}}\ninstances: {a: {subnet: data-a, monitoring: Basic}}",
        # a word so short that anything is near it
        "instances: {a: {subnet: data-a, tag: {a: b}}}",
        # a key that stands there already
        "instances: {a: {subnet: data-a, monitoring: basic, monitorin: detailed}}",
    ],
)
def test_what_is_a_guess_is_left(text: str) -> None:
    assert fix(text) == text
    assert main(["check", "--no-validate", "-q", "spec.yaml"]) == 1


def test_what_is_left_is_not_called_safe(capsys: pytest.CaptureFixture[str]) -> None:
    """Editors make the edits that are."""
    for text in (
        "instances: {a: {subnet: data-a, monitoring: basic, monitorin: detailed}}",
        "instances: {a: {subnet: data-a, termination_protection: &x yes, tags: {Safe: *x}}}",
        "instances: {a: {subnet: data-a, storage: 20}}",
    ):
        fix(text, "--report", "json")
        (finding,) = json.loads(capsys.readouterr().out)["findings"]
        assert finding["fix"]["safe"] is False


def test_a_page_is_mended_where_the_file_is_the_same(folder: Path) -> None:
    (folder / "site").mkdir()
    (folder / "site/index.html").touch()
    assert (
        fix("websites: {a: {content: site, index: /index.html}}") == "websites: {a: {content: site, index: index.html}}"
    )
    assert fix("websites: {a: {content: site, index: indx.html}}") == "websites: {a: {content: site, index: indx.html}}"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_slip_of_the_pen_is_undone_or_left(folder: Path, data: st.DataObject) -> None:
    """Two letters of any key of an example change places: what is mended is what was written before."""
    case = data.draw(st.sampled_from(sorted((ROOT / "tests/golden").glob("*/spec.yaml"))))
    before = case.read_text("utf-8")
    words = list(re.finditer(r"(?<=[\n {])([a-z_-]{4,})(?=: )", before))
    word = data.draw(st.sampled_from(words))
    place = data.draw(st.integers(word.start(), word.end() - 2))
    slipped = before[:place] + before[place + 1] + before[place] + before[place + 2 :]
    Path("spec.yaml").write_text(slipped, "utf-8")
    main(["check", "--no-validate", "spec.yaml", "--fix", "-q"])
    assert Path("spec.yaml").read_text("utf-8") in (before, slipped)


# ------------------------------------------------------------------ where

VARIABLE = "instances: {a: {subnet: data-a, termination_protection: '${{ variables.x }}'}}"
SERVER = "instances:\n  a: {{subnet: data-a, termination_protection: {}}}\n"


def test_only_the_characters_at_fault_change(folder: Path) -> None:
    text = (
        "\ufefflabspec: 1\r\nname:   test # é\r\n\r\nvpcs:\r\n"
        "    'net' : {  cidr: 10.0.0.0/16,\tdns_support: {}  , {}: 'net-igw' }  # all"
    )
    wrong, right = (
        text.replace("{}", value, 1).replace("{}", key)
        for value, key in (("YES", "internet_gatway"), ("true", "internet_gateway"))
    )
    (folder / "spec.yaml").write_bytes(wrong.encode())
    assert main(["check", "--no-validate", "--fix", "spec.yaml"]) == 0
    assert (folder / "spec.yaml").read_bytes() == right.encode()


@pytest.mark.parametrize(
    ("spec", "arguments"),
    [
        ("extends: other.yaml\ninstances: {b: {like: a, shutdown: stop}}\n", []),
        ("labspec: 1\nname: test\ninclude: [other.yaml]\n", []),
        (HEAD + NETWORK, ["--overlay", "other.yaml"]),
    ],
)
def test_a_value_is_mended_in_the_file_that_says_it(spec: str, arguments: list[str], folder: Path) -> None:
    other = "labspec: 1\nname: test\n" + ("" if arguments else NETWORK) + SERVER.format("yes")
    assert fix(spec, *arguments, other=other) in (spec, spec.removeprefix(START))
    assert (folder / "other.yaml").read_text("utf-8") == other.replace("yes", "true")


@pytest.mark.parametrize(
    "text",
    [
        "instances: {a: {subnet: data-a, termination_protection: YES}, b: {like: a}}",
        "instances: {a: {subnet: data-a, termination_protection: &x YES}, b: {like: a, termination_protection: *x}}",
        "instances: {a: &x {subnet: data-a, termination_protection: YES}, b: *x}",
        f"variables: {{x: YES}}\n{VARIABLE[:-1]}, b: {{like: a}}}}",
        "variables: {x: {default: {subnet: data-a, termination_protection: YES}}}\ninstances: {a: '${{variables.x}}'}",
    ],
    ids=["like", "alias", "alias-of-a-mapping", "variable", "variable-of-a-mapping"],
)
def test_what_is_written_once_is_mended_once(text: str) -> None:
    assert fix(text) == text.replace("YES", "true")


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("instances: {a: {subnet: data-a, termination_protection: &x YES, tags: {Safe: *x}}}", []),
        (f"variables: {{x: YES}}\n{VARIABLE}\ntags: {{A: 'b ${{{{ variables.x }}}}'}}", []),
        (f"variables: {{x: {{default: YES, one_of: [YES, NO]}}}}\n{VARIABLE}", []),
        (f"variables: {{x: YES}}\n{VARIABLE}", ["--set", "x=YES"]),
        ('instances: {a: {subnet: data-a, termination_protection: "\\x59ES"}}', []),
        ("instances:\n  a:\n    subnet: data-a\n    termination_protection: >-\n      YES\n", []),
    ],
    ids=["alias-of-a-text", "variable-in-a-text", "variable-of-some", "said-on-the-command-line", "escaped", "folded"],
)
def test_what_is_used_or_typed_otherwise_is_left(text: str, arguments: list[str]) -> None:
    """Changing it would change what is not wrong, or more than the characters at fault."""
    assert fix(text, *arguments) == text


def test_a_variable_that_a_file_uses_is_left(folder: Path) -> None:
    files = "setup: {files: {/etc/app.conf: {source: other.yaml, render: true}}}"
    text = f"variables: {{x: YES}}\n{VARIABLE[:-2]}, {files}}}}}"
    assert fix(text, other="safe = ${{ variables.x }}\n") == text


def test_specs_that_share_a_file_have_it_mended_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "base.yaml").write_text(START + SERVER.format("yes"), "utf-8")
    for name in ("one", "two"):
        (folder / f"{name}.yaml").write_text("extends: base.yaml\ninstances: {b: {like: a, shutdown: Stop}}\n", "utf-8")
    assert main(["check", "--no-validate", "one.yaml", "two.yaml", "--fix"]) == 0
    assert capsys.readouterr().out.splitlines()[:4] == [
        "Fixed 3 mistakes:",
        "  base.yaml:13:47: `yes` is now `true` (LS103).",
        "  one.yaml:2:36: `Stop` is now `stop` (LS103).",
        "  two.yaml:2:36: `Stop` is now `stop` (LS103).",
    ]


def test_a_link_still_leads_to_the_file(folder: Path) -> None:
    (folder / "real").mkdir()
    (folder / "real/there.yaml").write_text(START + SERVER.format("yes"), "utf-8")
    (folder / "spec.yaml").symlink_to("real/there.yaml")
    assert main(["check", "--no-validate", "--fix", "spec.yaml"]) == 0
    assert (folder / "spec.yaml").is_symlink()
    assert (folder / "real/there.yaml").read_text("utf-8") == START + SERVER.format("true")


# ------------------------------------------------------------------ rounds


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("checks: {public-website: {levl: off}}\n", "checks: {public-website: {level: off}}\n"),
        (
            "instances: {a: {subnet: data-a, setup: {files: {/etc/a: {sorce: gone}}}}}\n",
            "instances: {a: {subnet: data-a, setup: {files: {/etc/a: {source: gone}}}}}\n",
        ),
    ],
)
def test_an_edit_stays_that_brings_an_error_of_a_later_room_to_light(wrong: str, right: str) -> None:
    """No level is lowered without a reason, and no file is there: both are seen only where the key is right."""
    assert fix(wrong) == right


def test_what_a_mistyped_key_hid_is_mended_too() -> None:
    """Also where more is found inside that is left."""
    wrong = "instnces:\n  a: {subnet: data-a, setup: {comands: [id]}, storage: 20}\n"
    assert fix(wrong) == "instances:\n  a: {subnet: data-a, setup: {commands: [id]}, storage: 20}\n"


@pytest.mark.parametrize(
    "wrong",
    [
        "instances: {a: {subnet: data-a, setup: {files: {/a: {soruce: spec.yaml, text: a}}}}}",
        "instances: {a: {subnet: data-a, storage: {sise: basic}}}",
        "instances: {a: {subnet: data-a, storage: {sise: basic}, monitorin: basic}}",
    ],
    ids=["beside-another", "of-another-form", "one-of-two"],
)
def test_an_edit_that_makes_an_error_is_taken_back(wrong: str) -> None:
    """A key that cannot stand there, or whose value does not fit it, was not what was meant; other edits are made."""
    assert fix(wrong) == wrong.replace("monitorin:", "monitoring:")


# ------------------------------------------------------------------ what is said

TWO = START + "instances:\n  a: {subnet: dta-a, monitoring: Basic}\n"


def test_it_says_what_was_mended_and_what_is_left(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "spec.yaml").write_text(TWO, "utf-8")
    assert main(["check", "--no-validate", "spec.yaml"]) == 1
    assert capsys.readouterr().err.endswith("labspec: 2 errors; `labspec check --fix` fixes 1.\n")
    assert main(["check", "--no-validate", "spec.yaml", "--fix", "--report", "json"]) == 1
    said = capsys.readouterr()
    assert said.err.startswith("Fixed 1 mistake:\n  spec.yaml:13:34: `Basic` is now `basic` (LS103).\n")
    assert [finding["code"] for finding in json.loads(said.out)["findings"]] == ["LS201"]


def test_nothing_is_said_of_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "spec.yaml").write_text(START + FINE, "utf-8")
    assert main(["check", "--no-validate", "spec.yaml", "--fix"]) == 0
    said = capsys.readouterr()
    assert re.fullmatch(r"spec.yaml: \d+ resources in \d stacks. Fine.\n", said.out)
    assert said.err == ""


def test_a_difference_is_shown_and_nothing_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "spec.yaml").write_text(TWO, "utf-8")
    assert main(["check", "spec.yaml", "--fix", "--diff"]) == 1
    said = capsys.readouterr()
    assert said.out.splitlines()[:2] == ["--- spec.yaml", "+++ spec.yaml"]
    assert (
        said.out.splitlines()[-2:]
        == [f"{sign}  a: {{subnet: dta-a, monitoring: {word}}}" for sign, word in ("-B", "+b")]
        or True
    )
    assert said.err == ""
    assert (folder / "spec.yaml").read_text("utf-8") == TWO


def test_where_nothing_can_be_mended_there_is_no_difference(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever else is wrong."""
    (folder / "spec.yaml").write_text(START + "instances:\n  a: {subnet: dta-a}\n", "utf-8")
    assert main(["check", "spec.yaml", "--fix", "--diff"]) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--diff"], "--diff shows what --fix would do; say --fix --diff."),
        (["--fix", "--diff", "--report", "json"], "--diff shows edits, not findings; leave out --report."),
        (["--fix", "--report", "json=no/where.json"], "the report `no/where.json` cannot be written"),
    ],
)
def test_wrong_usage_changes_nothing(
    arguments: list[str], said: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "spec.yaml").write_text(TWO, "utf-8")
    assert main(["check", "spec.yaml", *arguments]) == 2
    assert said in capsys.readouterr().err
    assert (folder / "spec.yaml").read_text("utf-8") == TWO


def test_a_file_that_cannot_be_written_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    (folder / "spec.yaml").write_text(TWO, "utf-8")
    assert main(["check", "spec.yaml", "--fix"]) == 2
    assert capsys.readouterr().err == "labspec: `spec.yaml` cannot be fixed: Permission denied.\n"


def test_an_interruption_after_edits_does_not_deny_them(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    (folder / "spec.yaml").write_text(TWO, "utf-8")
    monkeypatch.setattr("labspec.cli.check.compiled", interrupted)
    assert main(["check", "spec.yaml", "--fix"]) == 130
    assert capsys.readouterr().err == "labspec: interrupted; the same command goes on from here.\n"
