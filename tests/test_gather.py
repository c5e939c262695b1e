"""Files that are used as texts are texts of the spec: read once, filled in, linked, and told of at their own lines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from labspec.compiler import Build, Options, compile_spec, understand
from labspec.model.architecture import Architecture
from labspec.model.text import Text
from labspec.report import Outcome, to_text
from tests.building import HEAD, NETWORK, build, messages
from tests.emit.test_database import database

SPEC = f"""\
parameters: {{Stage: {{type: text}}}}
variables: {{workers: "4"}}
{NETWORK}instances:
  web:
    subnet: public-a
    public_ip: true
    setup: {{files: {{/etc/app.conf: {{source: app.conf, render: true}}}}}}
"""
SCRIPT = SPEC.replace("setup: {files: {/etc/app.conf: {source: app.conf, render: true}}}", "user_data: {USE}")
LINE = 18
"""Where the specs mention the file, with the two lines before them."""


def built(folder: Path, content: bytes | str, spec: str = SPEC) -> Build:
    """A spec with a file beside it."""
    (folder / "app.conf").write_bytes(content if isinstance(content, bytes) else content.encode())
    return build(folder, spec)


def places(made: Build) -> list[tuple[str, str, int, int, int, int]]:
    """Code, file, and the stretch of each finding."""
    spans = [(d.rule.code, d.span) for d in made.diagnostics]
    return [(code, Path(s.file).name, s.line, s.column, s.end_line, s.end_column) for code, s in spans if s is not None]


def architecture(folder: Path, text: str) -> Architecture:
    (folder / "spec.yaml").write_text(HEAD + text, "utf-8")
    made = Build(str(folder / "spec.yaml"), Options())
    found = understand(made)
    assert found is not None, messages(made)
    return found


def user_data(made: Build) -> str:
    assert made.graph is not None, messages(made)
    (template,) = [node for node in made.graph.nodes.values() if node.type.endswith("LaunchTemplate")]
    value = template.body["Properties"]["LaunchTemplateData"]["UserData"]["Fn::Base64"]
    text = value["Fn::Sub"] if isinstance(value, dict) else value
    return str(text if isinstance(text, str) else text[0])


# ------------------------------------------------------------------ where a finding stands


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("${{ Stgae }}", (1, 1, 1, 13)),
        ("\ufeffé ${{ Stgae }}\n", (1, 3, 1, 15)),
        ("a\r\nb\r\n\t${{ Stgae }}\r\n", (3, 2, 3, 14)),
        ("a\rb\n\n${{ Stgae }}", (4, 1, 4, 13)),
        ("a\fb\u2028c\x85\n\U0001f600 ${{ Stgae }}", (2, 3, 2, 15)),
        ("${{ variables.workers }} ${{ variables.workers }} ${{\nStgae }}", (1, 51, 2, 9)),
    ],
    ids=["alone", "mark", "crlf", "cr", "separators", "variables before"],
)
def test_an_expression_is_told_of_where_it_stands_in_the_file(
    content: str, place: tuple[int, int, int, int], tmp_path: Path
) -> None:
    made = built(tmp_path, content)
    assert places(made) == [("LS206", "app.conf", *place)]
    label = made.diagnostics[0].related[0]
    assert label.span is not None
    assert (Path(label.span.file).name, label.span.line) == ("spec.yaml", LINE)


def test_the_report_shows_the_line_of_the_file_and_who_mentions_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = built(Path(), "on ${{ Stgae }}\r\n")
    assert made.source is not None
    assert to_text(Outcome("spec.yaml", made.diagnostics, made.source.texts)).startswith(
        "error[LS206]: There is no parameter `Stgae`.\n"
        "   --> app.conf:1:4\n"
        "   |\n"
        " 1 | on ${{ Stgae }}\n"
        "   |    ^^^^^^^^^^^^\n"
        "   ::: spec.yaml:18:45\n"
    )


def test_a_file_that_several_mention_is_told_of_once(tmp_path: Path) -> None:
    made = built(tmp_path, "${{ Stgae }} ${{ 1 }} ${{ variables.x }}", f"{SPEC}  other: {{like: web}}\n")
    assert [code for code, *_ in places(made)] == ["LS022", "LS104", "LS205"]


def test_a_file_of_a_member_that_is_wrong_is_looked_into_all_the_same(tmp_path: Path) -> None:
    made = built(tmp_path, "${{ Stgae }}", SPEC.replace("public_ip: true", "public_ip: maybe"))
    assert [(code, file) for code, file, *_ in places(made)] == [("LS103", "spec.yaml"), ("LS206", "app.conf")]


def test_laws_say_nothing_of_a_machine_whose_file_speaks_of_what_is_not_there(tmp_path: Path) -> None:
    untold = SPEC.replace("public-a\n", "data-a\n").replace("    public_ip: true\n", "")
    assert [code for code, *_ in places(built(tmp_path, "${{ Stage }}", untold))] == ["LS387", "LS375"]
    assert [code for code, *_ in places(built(tmp_path, "${{ Stgae }}", untold))] == ["LS206"]


def test_laws_about_expressions_look_into_files(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/index.html").write_text("<!DOCTYPE html>", "utf-8")
    made = built(tmp_path, "page: ${{ websites.docs.url }}", f"{SPEC}websites: {{docs: {{content: site}}}}\n")
    assert places(made) == [("LS344", "app.conf", 1, 7, 1, 31)]


def test_a_variable_that_is_wrong_is_not_told_of_again_in_files(tmp_path: Path) -> None:
    made = built(tmp_path, "${{ variables.workers }}", SPEC.replace('workers: "4"', "workers: null"))
    assert [file for _, file, *_ in places(made)] == ["spec.yaml"]


def test_variables_cannot_make_a_file_endless(tmp_path: Path) -> None:
    long = SPEC.replace('"4"', "x" * 5000)
    assert messages(built(tmp_path, "${{ variables.workers }}" * 1000, long)) == [
        "LS104 1:4921 Variables make this spec larger than any needs to be."
    ]


# ------------------------------------------------------------------ what becomes of a text


def test_the_text_of_a_file_is_among_what_the_spec_speaks_of(tmp_path: Path) -> None:
    (tmp_path / "app.conf").write_text("${{ Stage }} ${{ variables.workers }} ${{ vpcs.net.id }}", "utf-8")
    path = ("instances", "web", "setup", "files", "/etc/app.conf", "source")
    (text,) = [leaf for place, leaf in architecture(tmp_path, SPEC).leaves if place == path and isinstance(leaf, Text)]
    assert [str(expression) for expression in text.expressions] == ["Stage", "vpcs.net.id"]
    assert text.parts[2] == "4"


def test_a_variables_own_expressions_are_filled_in(tmp_path: Path) -> None:
    made = built(tmp_path, "in ${{ variables.workers }}", SPEC.replace('"4"', '"${{ aws.region }}, ${{ Stage }}"'))
    assert "in ${AWS::Region}, ${Stage}\n" in user_data(made)


def test_what_is_wrong_in_a_variable_is_told_where_it_is_used(tmp_path: Path) -> None:
    made = built(tmp_path, "in ${{ variables.workers }}", SPEC.replace('"4"', '"${{ Stgae }}${{ 1 }}"'))
    assert places(made) == [("LS104", "app.conf", 1, 4, 1, 28), ("LS206", "app.conf", 1, 4, 1, 28)]


@pytest.mark.parametrize("use", ["source: app.conf", "source: app.conf, render: true"])
def test_a_script_is_user_data_without_its_byte_order_mark(use: str, tmp_path: Path) -> None:
    made = built(tmp_path, b"\xef\xbb\xbf#!/bin/bash\necho ${HOME}\n", SCRIPT.replace("USE", use))
    assert user_data(made) == ("#!/bin/bash\necho ${HOME}\n")


def test_a_script_is_filled_in_only_where_it_is_to_be_rendered(tmp_path: Path) -> None:
    content = "#!/bin/bash\n# $${{ this }}\necho ${{ Stage }} ${{ variables.workers }} $HOME ${HOME}\n"
    copied = built(tmp_path, content, SCRIPT.replace("USE", "source: app.conf"))
    assert user_data(copied) == content
    assert [code for code, *_ in places(copied)] == ["LS023", "LS023"]
    rendered = built(tmp_path, content, SCRIPT.replace("USE", "source: app.conf, render: true"))
    assert user_data(rendered) == "#!/bin/bash\n# ${Dollar}{{ this }}\necho ${Stage} 4 $HOME ${!HOME}\n"
    assert messages(rendered) == []


def test_a_copied_file_may_hold_anything(tmp_path: Path) -> None:
    copied = SPEC.replace(", render: true", "").replace('variables: {workers: "4"}\n', "")
    for content in (b"", b"\0\xff\xfe", b"\xef\xbb\xbf", b"${{", b"${{ a + b }} ${{ variables.x }} ${{ Stgae }}"):
        assert messages(built(tmp_path, content, copied)) == []


def test_nothing_is_said_of_expressions_where_none_could_be_rendered(tmp_path: Path) -> None:
    (tmp_path / "orders.sql").write_text("SELECT '${{ aws.region }}';\n", "utf-8")
    reader = "instances:\n  reader: {subnet: public-a, public_ip: true, secrets: {/run/orders.json: orders}}\n"
    made = build(tmp_path, database("schema: {source: orders.sql, through: reader}", reader))
    assert "LS023" not in [code for code, *_ in places(made)]
    assert made.graph is not None


# ------------------------------------------------------------------ what is no text


@pytest.mark.parametrize(
    ("content", "byte"),
    [(b"caf\xe9\n", "byte 3 is 0xE9"), ("Straße".encode("utf-16"), "byte 0 is 0xFF"), (b"a\0b", "byte 1 is 0x00")],
    ids=["latin-1", "utf-16", "zero"],
)
@pytest.mark.parametrize("use", ["source: app.conf", "source: app.conf, render: true"])
def test_what_is_no_text_is_told_at_the_spec_with_its_first_odd_byte(
    use: str, content: bytes, byte: str, tmp_path: Path
) -> None:
    made = built(tmp_path, content, SCRIPT.replace("USE", use))
    (found,) = made.diagnostics
    assert found.rule.code == "LS021"
    assert f"app.conf` is not text in UTF-8 ({byte})." in found.message
    assert found.span is not None
    assert (Path(found.span.file).name, found.span.line) == ("spec.yaml", LINE)


# ------------------------------------------------------------------ the manifest


def test_inputs_are_named_as_the_specs_folder_sees_them(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts/app.conf").write_text("of the part", "utf-8")
    (tmp_path / "app.conf").write_text("of the spec", "utf-8")
    part = SPEC.partition("instances:\n")[2].replace("web:", "other:")
    (tmp_path / "parts/machine.yaml").write_text(f"{HEAD}instances:\n{part}", "utf-8")
    (tmp_path / "spec.yaml").write_text(f"{HEAD}include: [parts/machine.yaml]\n{SPEC}", "utf-8")
    made = compile_spec(str(tmp_path / "spec.yaml"), Options())
    inputs = json.loads(made.files["manifest.json"])["inputs"]
    assert set(inputs) == {"app.conf", "parts/app.conf", "parts/machine.yaml", "spec.yaml"}
