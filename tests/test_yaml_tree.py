"""What YAML allows and a spec does not, each refused where it stands."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from labspec.compiler import Options, compile_spec
from labspec.diagnostic import Rejected
from labspec.yaml_tree import parse
from tests.building import HEAD, build, messages, plain

VPC = "vpcs: {net: {cidr: 10.0.0.0/16}}\n"
RAW = frozenset({("raw",)})


def wrong(content: bytes | str, folder: Path) -> list[str]:
    """The findings about a file, as `LS001 line:column message`."""
    file = folder / "spec.yaml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return messages(compile_spec(str(file), Options()))


# ------------------------------------------------------------------ files that are no text, or no spec


@pytest.mark.parametrize(
    ("content", "finding"),
    [
        (b"", "LS016 1:1 "),
        (b"# nothing\n", "LS016 1:1 "),
        (b"- a\n", "LS016 1:1 "),
        (b"hello\n", "LS016 1:1 "),
        (b"labspec: 1\nname: caf\xc3\xa9 \xff\n", "LS010 2:12 "),
        ("labspec: 1\n".encode("utf-16"), "LS010 1:1 `{file}` is text in UTF-16"),
        ("labspec: 1\n".encode("utf-16-le"), "LS010 1:1 `{file}` is text in UTF-16"),
        ("labspec: 1\n".encode("utf-16-be"), "LS010 1:1 `{file}` is text in UTF-16"),
        ("labspec: 1\n".encode("utf-32"), "LS010 1:1 `{file}` is text in UTF-32"),
        ("labspec: 1\nname: \ud55c\n".encode("cp949"), "LS010 2:7 `{file}` is not text in UTF-8: byte 17, 0xc7,"),
        (b"AWSTemplateFormatVersion: '2010-09-09'\n", "LS016 1:1 `{file}` is a template of CloudFormation"),
        (b"labspec:1\n", "LS006 1:8 A blank is missing after this colon."),
        (b"labspec: 1\nname: a\x00b\n", "LS001 2:8 "),
        (b"\x7fELF\x02\x01\x01\x00", "LS001 1:1 "),
        (b"labspec: 1\nname: \x1b[31m\n", "LS001 2:7 "),
        ("labspec: 1\nname: a\u2028b\n".encode(), "LS001 2:8 "),
        (b"a: " + b"x" * (2 << 20), "LS010 1:1 "),
    ],
)
def test_what_is_no_text_of_a_spec_is_refused(content: bytes, finding: str, tmp_path: Path) -> None:
    (found,) = wrong(content, tmp_path)
    assert found.startswith(finding.format(file=tmp_path / "spec.yaml"))


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for file in (tmp_path / "pipe", tmp_path, tmp_path / "absent.yaml", Path("/dev/zero")):
        (found,) = messages(compile_spec(str(file), Options()))
        assert found.startswith("LS010 1:1 ")


@pytest.mark.skipif(not Path("/proc/kallsyms").exists(), reason="only Linux has such files")
def test_a_file_that_says_it_is_empty_is_not_read_without_end() -> None:
    (found,) = messages(compile_spec("/proc/kallsyms", Options()))
    assert found.startswith("LS010 1:1 ")


def test_a_byte_order_mark_and_windows_line_ends_are_no_part_of_the_text(tmp_path: Path) -> None:
    text = (HEAD + VPC).replace("\n", "\r\n")
    assert wrong(b"\xef\xbb\xbf" + text.encode(), tmp_path) == []
    (found,) = wrong(b"\xef\xbb\xbf" + text.replace("name", "nama").encode(), tmp_path)
    assert found.startswith("LS101 2:1 ")


# ------------------------------------------------------------------ what is no YAML


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("vpcs:\n\tnet: {}\n", "2:1", "A tab indents"),
        ("vpcs:\n  net: {}\n\tapp: {}\n", "3:1", "A tab indents"),
        ("name: 'x\nvpcs: {}\n", "1:7", "This quote is never closed"),
        ('name: "x\nvpcs: {}\n', "1:7", "This quote is never closed"),
        ("name: 'it's\nvpcs: 'x'\n", "1:11", "Text follows a closing quote"),
        ("name: 'one\nvpcs: it's\n", "1:7", "This quoted text ends lines below"),
        ("vpcs: {net: {cidr: a}\nname: b\n", "1:7", "This `{` is never closed"),
        ("vpcs: [a, b\nname: b\n", "1:7", "This `[` is never closed"),
        ("vpcs: [a, b]]\n", "1:13", "Nothing is open here that `]` closes"),
        ("name: a: b\n", "1:8", "This colon cannot stand here"),
        ("name: a\n   vpcs: b\n", "2:4", "`name` has a value already"),
        ("vpcs:\n    net: a\n  app: b\n", "3:3", "This line is indented by 2, which no line around it is"),
        ("name\nvpcs: a\n", "1:1", "No colon follows this key"),
        ("name: a\nvpcs\n", "2:1", "No colon follows this key"),
        ("name: @a\n", "1:7", "A value cannot begin with `@`"),
        ("name: *.yaml\n", "1:7", "`*` begins the name of an anchor"),
        ("name: *a\n", "1:7", "There is no anchor `&a`"),
        ('name: "\\d"\n', "1:8", "YAML knows no such escape"),
        ("tags: {a: ${{ X }}}\n", "1:12", "A comma, or the end of the braces"),
        ("tags: {a: b: c}\n", "1:12", "A comma, or the end of the braces"),
        ("name: {{ a }}\n", "1:8", "An expression begins with `${{`"),
        ("name: [a, b,, c]\n", "1:13", "Nothing stands before this comma"),
        ("...\n", "1:1", "This ends the document"),
        ("? [a]\n: b\n", "1:3", "A key is a single word"),
        ("%YAML 1.3\n---\nname: a\n", "1:1", "This is another version of YAML"),
    ],
)
def test_what_is_no_yaml_is_shown_where_it_can_be_mended(text: str, place: str, words: str, tmp_path: Path) -> None:
    (found,) = wrong(text, tmp_path)
    assert found.startswith(f"LS001 {place} {words}")


@pytest.mark.parametrize(
    ("text", "help_"),
    [
        ("tags: {a: ${{ X }}}\n", 'an expression needs quotes: "${{ ... }}"'),
        ("tags: [a ${{ X }}]\n", 'an expression needs quotes: "${{ ... }}"'),
        ("name: a: b\n", "needs quotes"),
        ("tags: {a: b: c}\n", "A text that holds `: ` needs quotes."),
        ("name: {{ a.url }}\n", 'Write `"${{ a.url }}"`.'),
        ("name: 'it\n", "written twice"),
    ],
)
def test_the_help_says_how(text: str, help_: str, tmp_path: Path) -> None:
    (found,) = build(tmp_path, "labspec: 1\n" + text).diagnostics
    assert help_ in found.help


def test_a_tab_inside_a_text_indents_nothing(tmp_path: Path) -> None:
    assert wrong(HEAD + VPC + "tags: {A: 'one\n\ttwo\n\tthree'}\n", tmp_path) == []


# ------------------------------------------------------------------ what is YAML, and hides something


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("description: a\ndescription: b\n", "LS002 4:1 "),
        ("vpcs:\n  net: {cidr: 10.0.0.0/16, cidr: 10.1.0.0/16}\n", "LS002 4:28 "),
        ("x-a: &a {cidr: 10.0.0.0/16}\nvpcs: {net: {<<: *a}}\n", "LS003 4:14 "),
        ("x-a: &a {dns_support: true}\nx-b: &b {cidr: 10.0.0.0/16}\nvpcs: {net: {<<: [*a, *b]}}\n", "LS003 5:14 "),
        ("region: !Ref A\n", "LS003 3:9 "),
        ("region: !!str a\n", "LS003 3:9 "),
        ("x-a: &a 1\nx-b: &a 2\n", "LS003 4:6 "),
        ("? &a vpcs\n: {}\n", "LS003 3:3 "),
        ("---\n", "LS003 3:1 "),
        ("---\nname: b\n", "LS003 3:1 "),
        ("vpcs: {? {a: b} : c}\n", "LS001 3:10 "),
        ("x-a: &a {b: *a}\n", "LS003 3:13 "),
    ],
)
def test_a_feature_that_hides_something_is_the_one_mistake(text: str, finding: str, tmp_path: Path) -> None:
    """Nothing is said of what it would have brought."""
    (found,) = wrong(HEAD + text, tmp_path)
    assert found.startswith(finding)


def test_yaml_1_1_is_refused(tmp_path: Path) -> None:
    (found,) = wrong("%YAML 1.1\n---\n" + HEAD, tmp_path)
    assert found.startswith("LS003 1:1 ")


def test_what_stands_under_a_doubled_key_is_all_known(tmp_path: Path) -> None:
    text = "vpcs: {net: {cidr: 10.0.0.0/16}}\nsecurity_groups: {a: {vpc: net}, b: {vpc: more}}\n"
    (found,) = wrong(HEAD + text + "vpcs: {more: {cidr: 10.1.0.0/16}}\n", tmp_path)
    assert found.startswith("LS002 5:1 ")


def test_every_mistake_that_can_be_gone_on_from_is_told(tmp_path: Path) -> None:
    text = "tags: {}\ntags: {}\nx-a: {<<: {}}\ndescription: !Sub a\nvpcs: {net: {cidr: 10.0.0.0/33}}\n---\n"
    found = wrong(HEAD + text, tmp_path)
    assert sorted(line.split(" ")[0] + " " + line.split(" ")[1] for line in found) == [
        "LS002 4:1",
        "LS003 5:7",
        "LS003 6:14",
        "LS003 8:1",
        "LS103 7:20",
    ]


def test_a_comma_in_braces_is_explained(tmp_path: Path) -> None:
    (found,) = build(tmp_path, "parameters: {Name: {type: text, description: your name, in full}}\n").diagnostics
    assert found.span
    assert (found.rule.code, found.span.column) == ("LS101", 57)
    assert "A comma ends a value" in found.help


# ------------------------------------------------------------------ what would exhaust the machine


LAUGHS = "\n".join(f"x-{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9) if n else 'b'}]" for n in range(100))
LADDER = "\n".join(f"x-{n}: &a{n} {'[' * 50}{f'*a{n - 1}' if n else 'b'}{']' * 50}" for n in range(100))


@pytest.mark.parametrize(
    "text",
    [
        f"x-a: {'[' * 10_000}",
        f"x-a: {'[' * 10_000}{']' * 10_000}",
        f"x-a: {'{a: ' * 10_000}{'}' * 10_000}",
        "\n".join(" " * depth + "a:" for depth in range(1000)),
        "x-a:\n" + "- " * 10_000,
        LAUGHS,
        "\n".join(LAUGHS.splitlines()[:9]),
        LADDER,
        "x-a: [" + "a, " * 200_000 + "]",
    ],
    ids=["open", "lists", "maps", "block", "dashes", "laughs", "few laughs", "ladder", "long"],
)
def test_what_is_too_deep_or_too_much_is_refused(text: str, tmp_path: Path) -> None:
    (found,) = wrong(HEAD + text + "\n", tmp_path)
    assert found.startswith("LS004 ")


def test_a_document_of_mistakes_is_not_read_on(tmp_path: Path) -> None:
    assert len(wrong(HEAD + "tags: {}\n" * 50_000, tmp_path)) == 100


# ------------------------------------------------------------------ raw bodies


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("5", 5),
        ("-0", 0),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("0x1F", 31),
        ("0o17", 15),
        ("true", True),
        ("FALSE", False),
        ("~", None),
        ("", None),
        ("1_000", "1_000"),
        ("22:30", "22:30"),
        ("2026-01-01", "2026-01-01"),
        ("1e999", "1e999"),
        ("'5'", "5"),
        ("!!str 5", "5"),
        ("!Ref A", {"Ref": "A"}),
        ("!Ref On", {"Ref": "On"}),
        ("!ImportValue 012", {"Fn::ImportValue": "012"}),
        ("!GetAtt A.B.C", {"Fn::GetAtt": ["A", "B.C"]}),
        ("!Sub [a, {b: !Ref C}]", {"Fn::Sub": ["a", {"b": {"Ref": "C"}}]}),
    ],
)
def test_raw_bodies_are_typed_by_the_core_schema_of_yaml_1_2(written: str, value: object) -> None:
    made = plain(f"raw: {{a: {written}}}", RAW)["raw"]["a"]
    assert made == value
    assert isinstance(made, type(value))


@pytest.mark.parametrize("written", ["012345678901", "yes", "Off", "!Rfe a", "!!int '5'"])
def test_what_readers_of_yaml_do_not_agree_on_is_refused(written: str, tmp_path: Path) -> None:
    text = f"resources:\n  Key:\n    Type: AWS::KMS::Alias\n    Properties: {{AliasName: {written}}}\n"
    assert [line.split(" ")[:2] for line in wrong(HEAD + text, tmp_path)] == [["LS003", "6:29"]]


def test_outside_raw_bodies_text_stays_as_it_was_typed() -> None:
    made = plain("{a: on, b: 22:30, c: 010, d: 1.10, e: '0', f: null}")
    assert {key: str(value) for key, value in made.items()} == {
        "a": "on",
        "b": "22:30",
        "c": "010",
        "d": "1.10",
        "e": "0",
        "f": "null",
    }


def test_what_cannot_be_read_is_one_exception() -> None:
    with pytest.raises(Rejected):
        parse("a: [", "")
