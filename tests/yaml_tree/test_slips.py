"""Slips of the hand: a character that only looks right, a missing blank, a line that is indented as it cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from labspec.diagnostic import Diagnostic
from tests.building import NETWORK, build

VPC = "vpcs:\n  net:\n"
MACHINE = NETWORK + "instances:\n  web:\n    subnet: public-a\n    elastic_ip: true\n"


def found(folder: Path, text: str) -> tuple[str, str, str]:
    """The place of the one finding, its message and its help; `labspec: 1` and the name are lines 1 and 2."""
    diagnostics = build(folder, text).diagnostics
    assert len(diagnostics) == 1, [diagnostic.message for diagnostic in diagnostics]
    return place(diagnostics[0]), diagnostics[0].message, diagnostics[0].help


def place(diagnostic: Diagnostic) -> str:
    assert diagnostic.span
    return f"{diagnostic.rule.code} {diagnostic.span.line}:{diagnostic.span.column}"


# ------------------------------------------------------------------ characters

BLANK = "This only looks like a blank: it is U+00A0, no-break space."


@pytest.mark.parametrize(
    ("text", "at", "message", "help_"),
    [
        (VPC + "    cidr\uff1a10.0.0.0/16\n", "5:9", "This `\uff1a` only looks like `:`", "Write `cidr: 10.0.0.0/16`."),
        (VPC + "    cidr\uff1a 10.0.0.0/16\n", "5:9", "This `\uff1a` only", "Write `cidr: 10.0.0.0/16`."),
        ("vpcs\uff1a\n  net: {}\n", "3:5", "This `\uff1a` only looks like `:`", "Write `:`."),
        ("vpcs: {net: {cidr\uff1a10.0.0.0/16}}\n", "3:18", "This `\uff1a` only", "Write `cidr: 10.0.0.0/16`."),
        ("vpcs: {net: {cidr: 10.0.0.0/16\uff0c dns_support: true}}\n", "3:31", "This `\uff0c` only", "Write `,`."),
        ("vpcs: {net: {cidr: 10.0.0.0/16\u3001 dns_support: true}}\n", "3:31", "This `\u3001` only", "Write `,`."),
        ("vpcs: {net: \uff5bcidr: 10.0.0.0/16\uff5d}\n", "3:13", "This `\uff5b` only looks like `{`", "Write `{`."),
        ("region: \u2018us-east-1\u2019\n", "3:9", "This `\u2018` only looks like `'`", "Write `'us-east-1'`."),
        ("tags: {A: \u201cx: y\u201d}\n", "3:11", "This `\u201c` only", 'Write `"`.'),
        ("region: us\u2013east\u20131\n", "3:11", "This `\u2013` only looks like `-`", "Write `us-east-1`."),
        ("include:\n  \u2013 a.yaml\n", "4:3", "This `\u2013` only looks like `-`", "Write `- a.yaml`."),
        ("include:\n\uff0d a.yaml\n", "4:1", "This `\uff0d` only looks like `-`", "Write `-`."),
        (VPC + "    \u0441idr: 10.0.0.0/16\n", "5:5", "This `\u0441` only looks like `c`: it is U+0441, cyrillic", ""),
        (VPC + "    cidr: \uff110.0.0.0/16\n", "5:11", "This `\uff11` only looks like `1`", "Write `10.0.0.0/16`."),
        ("vpcs:\n\xa0\xa0net:\n\xa0\xa0\xa0\xa0cidr: 10.0.0.0/16\n", "4:1", BLANK, "Replace all 6 of them by blanks."),
        (VPC + " \xa0  cidr: 10.0.0.0/16\n", "5:2", BLANK, "Replace it by a blank."),
        (VPC + "    cidr:\xa010.0.0.0/16\n", "5:10", BLANK, "Write `cidr: 10.0.0.0/16`."),
        (VPC + "    cidr: 10.0.0.0/16\xa0\n", "5:22", BLANK, "Write `10.0.0.0/16`."),
        (VPC + "    cidr\xa0: 10.0.0.0/16\n", "5:9", BLANK, "Replace it by a blank."),
        ("vpcs:\n\xa0\n  net: {cidr: 10.0.0.0/16}\n", "4:1", BLANK, "Replace it by a blank."),
        ("vpcs:\n\u3000net: {}\n", "4:1", "This only looks like a blank: it is U+3000", "Replace it by a blank."),
        (VPC + "    ci\u200bdr: 10.0.0.0/16\n", "5:7", "An invisible character stands here: U+200B", "Write `cidr`."),
        ("\u200bregion: us-east-1\n", "3:1", "An invisible character stands here: U+200B", "Remove it."),
        ("\u2060region: us-east-1\n", "3:1", "An invisible character stands here: U+2060", "Remove it."),
        ("description: a\xa0b\n", "3:15", BLANK, "Write `a b`."),
    ],
)
def test_a_character_that_only_looks_right_is_shown(
    text: str, at: str, message: str, help_: str, tmp_path: Path
) -> None:
    where, said, helped = found(tmp_path, text)
    assert where == f"LS005 {at}"
    assert said.startswith(message)
    assert help_ in helped


@pytest.mark.parametrize(
    "text",
    [
        MACHINE + "    setup: {files: {/a: {text: 'a\uff1ab\uff0c\u201cc\u201d\xa0d'}}}\n",
        MACHINE + "    setup:\n      files:\n        /a:\n          text: |\n            \xa0\u3000x\uff1ay\n",
        NETWORK + "# a comment\uff1a\u201cquoted\u201d\xa0\n",
        NETWORK + '"x-\xa0": 1\n',
    ],
)
def test_where_it_may_stand_nothing_is_said(text: str, tmp_path: Path) -> None:
    assert build(tmp_path, text).diagnostics == []


# ------------------------------------------------------------------ entries and items


@pytest.mark.parametrize(
    ("text", "at", "message", "help_"),
    [
        (VPC + "    cidr:10.0.0.0/16\n", "LS006 5:9", "A blank is missing after this colon.", "`cidr: 10.0.0.0/16`"),
        (
            VPC + "    cidr:10.0.0.0/16\n    dns_support: true\n",
            "LS006 5:9",
            "A blank is missing after this colon.",
            "",
        ),
        (
            VPC + "    dns_support: true\n    cidr:10.0.0.0/16\n",
            "LS006 6:9",
            "A blank is missing after this colon.",
            "",
        ),
        ("description:hello\n", "LS006 3:12", "A blank is missing after this colon.", "Write `description: hello`."),
        ("vpcs: {net: {cidr:10.0.0.0/16}}\n", "LS006 3:18", "A blank is missing after this colon.", ""),
        ("vpcs:\n  net:{cidr: 10.0.0.0/16}\n", "LS006 4:6", "A blank is missing after this colon.", ""),
        (NETWORK.replace("zone: a", "zone:a", 1), "LS006 8:22", "A blank is missing after this colon.", "`zone: a`"),
        (NETWORK.replace("cidr: 10.0.1", "cidr:10.0.1"), "LS006 8:31", "A blank is missing after this colon.", ""),
        (VPC + "    cidr = 10.0.0.0/16\n", "LS006 5:10", "A colon stands between", "Write `cidr: 10.0.0.0/16`."),
        ("region=us-east-1\n", "LS006 3:7", "A colon stands between a key and its value", "Write `region: us-east-1`."),
        ("vpcs:\n  net {cidr: a}\n", "LS006 4:3", "No colon follows this key.", "Write `net: {cidr`."),
        (
            "vpcs:\n  net {cidr: a, zones: b}\n  b: {}\n",
            "LS006 4:3",
            "No colon follows this key.",
            "Write `net: {cidr: a, zones: b}`.",
        ),
        ("vpcs: {net: {cidr = 10.0.0.0/16}}\n", "LS006 3:19", "A colon stands between", ""),
        ("region us-east-1\n", "LS001 3:1", "No colon follows this key.", "Write `region: us-east-1`."),
        (VPC.replace("net:", "net") + "    cidr: 10.0.0.0/16\n", "LS001 4:3", "No colon follows this key.", "`net:`"),
        ("include:\n  -a.yaml\n  -b.yaml\n", "LS006 4:3", "A blank is missing after this dash.", "Write `- a.yaml`."),
        (
            MACHINE + "    security_groups:\n      -web\n",
            "LS006 17:7",
            "A blank is missing after this dash.",
            "`- web`",
        ),
        (
            MACHINE + "    setup:\n      commands:\n        -echo a\n",
            "LS006 18:9",
            "A blank is missing after this dash.",
            "Write `- echo a`.",
        ),
    ],
)
def test_an_entry_that_is_read_as_a_text_is_shown(text: str, at: str, message: str, help_: str, tmp_path: Path) -> None:
    where, said, helped = found(tmp_path, text)
    assert where == at
    assert said.startswith(message)
    assert help_ in helped


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("    setup: {packages: [php=8]}\n", "LS103 16:24"),
        ("    setup: {commands: ['a'], packages: [httpd:2 x]}\n", "LS103 16:41"),
        ("    setup: {commands: ['A=1', 'B=$${{ c', 'D=${{ e }']}\n", "LS103 16:46"),
    ],
)
def test_a_text_that_is_wrong_for_another_reason_is_no_entry(text: str, place: str, tmp_path: Path) -> None:
    assert found(tmp_path, MACHINE + text)[0] == place


# ------------------------------------------------------------------ signs


@pytest.mark.parametrize(
    ("text", "at", "message", "help_"),
    [
        ("region: us-east-1 // where\n", "LS006 3:19", "A comment begins with `#`.", "Write `us-east-1 # where`."),
        ("// where\nregion: us-east-1\n", "LS001 3:1", "A comment begins with `#`.", "Write `# where`."),
        ("/* where */\nregion: us-east-1\n", "LS001 3:1", "A comment begins with `#`.", "Write `# where`."),
        ("tags: {A: b, C: d E: f}\n", "LS001 3:19", "A comma is missing before `E`.", ""),
        ("tags: {A: b; C: d}\n", "LS001 3:12", "A comma stands between entries in braces, not a semicolon.", ""),
        ("tags: {\n  A: b\n  C: d\n}\n", "LS001 4:6", "A comma is missing at the end of this line.", ""),
        ("tags: {A: b]\n", "LS001 3:12", "`]` stands where `}` should close what is open.", "Write `}`."),
        ("include: [a.yaml, b.yaml}\n", "LS001 3:25", "`}` stands where `]` should close what is open.", "Write `]`."),
        ('tags: {A: "b, C: d}\n', "LS001 3:11", "This quote is never closed.", ""),
        ("tags:\n  A: [ -f /x ] && echo\n", "LS001 4:6", "A text that begins with `[` needs quotes.", "&& echo'`"),
        ("tags:\n  A: `b`\n", "LS001 4:6", "A value cannot begin with a backtick.", "Put it in quotes."),
        ("tags: {A: *}\n", "LS001 3:11", "`*` begins the name of an anchor.", "Quote a text that begins with `*`."),
        ("tags: {A: !b}\n", "LS001 3:11", "`!` begins a tag.", "Quote a text that begins with `!`."),
        ("...\nregion: a\n", "LS001 4:1", "The document has ended, and more follows.", "without `...`"),
        ("vpcs:\n\ufeff  net: {}\n", "LS001 4:1", "An invisible mark of byte order (U+FEFF) stands here.", ""),
    ],
)
def test_a_sign_that_yaml_reads_otherwise_is_shown(
    text: str, at: str, message: str, help_: str, tmp_path: Path
) -> None:
    where, said, helped = found(tmp_path, text)
    assert (where, said) == (at, message)
    assert help_ in helped


@pytest.mark.parametrize("text", ["tags: {A: a // b}\n", "tags: {A: http://a, B: a -- b}\n", "tags: {A: /* b}\n"])
def test_a_text_may_hold_what_begins_a_comment_elsewhere(text: str, tmp_path: Path) -> None:
    assert build(tmp_path, NETWORK + text).diagnostics == []


# ------------------------------------------------------------------ indentation


@pytest.mark.parametrize(
    ("text", "at", "message", "help_"),
    [
        (VPC + "    cidr: a\n   dns_support: true\n", "6:4", "This line is indented by 3", "Indent it by 4 blanks."),
        (VPC + "    cidr: a\n     dns_support: true\n", "6:6", "`cidr` has a value already", "Indent it by 4 blanks."),
        (
            VPC + "    cidr: a\n  nat: none\n    zones: b\n",
            "6:3",
            "This line is indented less",
            "Indent it by 4 blanks.",
        ),
        (
            VPC + "    subnets:\n    a: {zone: a}\n      b: {zone: b}\n",
            "6:5",
            "This line is indented less",
            "6 blanks.",
        ),
        (VPC + "   cidr: a\n    nat: none\n    zones: b\n", "5:4", "This line is indented less", "4 blanks."),
        (VPC + "    cidr: a\n      nat: none\n      zones: b\n    was: c\n", "6:7", "`cidr` has a value", "4 blanks."),
        ("vpcs:\n net:\n   cidr: a\n  nat: b\n", "6:3", "This line is indented by 2", "Indent it by 3 blanks."),
        ("vpcs:\n net: a\n   cidr: b\n", "5:4", "`net` has a value already", "Indent it by 1 blank."),
        ("region: us-east-1\n vpcs: {}\n", "4:2", "`region` has a value already", "Begin it at the left margin."),
        ("vpcs:\n  net: a\n    cidr: b\n", "5:5", "`net` has a value already", "Indent it by 2 blanks."),
        ("include:\n  - a.yaml\n  b: c\n", "5:3", "A key cannot stand among the items of a list.", ""),
        ("include:\n  b: c\n  - a.yaml\n", "5:5", "An item cannot stand among keys.", ""),
        (MACHINE + "    user_data: |\n    echo hi\n", "17:5", "A text under `|` is indented deeper", "two blanks more"),
        (MACHINE + "    user_data: >-\n    echo hi\n", "17:5", "A text under `>` is indented deeper", ""),
        (
            MACHINE + "    user_data: |\n          echo hi\n      echo ho\n",
            "18:7",
            "This line is indented less than the first line of its text",
            "Indent both by 6 blanks.",
        ),
    ],
)
def test_a_line_that_is_indented_as_it_cannot_be(text: str, at: str, message: str, help_: str, tmp_path: Path) -> None:
    where, said, helped = found(tmp_path, text)
    assert where == f"LS001 {at}"
    assert said.startswith(message)
    assert help_ in helped


def test_a_long_text_is_not_read_again_and_again(tmp_path: Path) -> None:
    text = "".join(f"x-{number}: [a, b, c, d, e, f]\n" for number in range(10_000)) + "region us-east-1\n"
    assert found(tmp_path, text)[:2] == ("LS001 10003:1", "No colon follows this key.")


def test_a_key_below_a_text_may_be_a_line_of_it(tmp_path: Path) -> None:
    text = MACHINE + "    user_data: |\n      #!/bin/bash\n    echo: hi\n"
    assert found(tmp_path, text) == (
        "LS101 18:5",
        "There is no `echo` in an instance.",
        "If it is a line of the text of `user_data`, indent it deeper.",
    )
