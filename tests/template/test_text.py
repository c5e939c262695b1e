"""Text to data: YAML and JSON, short and long, and the line of everything."""

import json

import pytest

from labspec.template import TemplateError, read


def test_short_long_and_json_forms_are_the_same_data() -> None:
    short = "A: !GetAtt a.b.c\nB: !Sub ['${x}', {x: !Ref y}]\nC: !If [P, !GetAZs '', !Base64 z]\nD: !Condition Q"
    long = """
A: {Fn::GetAtt: [a, b, c]}
B: {Fn::Sub: ['${x}', {x: {Ref: y}}]}
C: {Fn::If: [P, {Fn::GetAZs: ''}, {Fn::Base64: z}]}
D: {Condition: Q}"""
    expected = {
        "A": {"Fn::GetAtt": ["a", "b.c"]},
        "B": {"Fn::Sub": ["${x}", {"x": {"Ref": "y"}}]},
        "C": {"Fn::If": ["P", {"Fn::GetAZs": ""}, {"Fn::Base64": "z"}]},
        "D": {"Condition": "Q"},
    }
    assert read(short, "f").data == read(long, "f").data == read(json.dumps(expected), "f").data == expected


def test_scalars_have_yamls_types_but_dates_and_keys_are_text() -> None:
    text = "Version: 2012-10-17\nPort: 80\nQuoted: '80'\nOn: true\non: off\n012: ~\nBlock: |\n  1\n"
    data = read(text, "f").data
    assert data == {
        "Version": "2012-10-17",
        "Port": 80,
        "Quoted": "80",
        "On": True,
        "on": False,
        "012": None,
        "Block": "1\n",
    }


def test_aliases_and_merges_are_written_out() -> None:
    text = "A: &a {x: 1, y: 2}\nB: {<<: *a, y: 3}\nC: *a"
    assert read(text, "f").data == {"A": {"x": 1, "y": 2}, "B": {"x": 1, "y": 3}, "C": {"x": 1, "y": 2}}


BOMB = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
    f"{after}: &{after} [{', '.join(['*' + before] * 9)}]\n" for before, after in zip("abcdef", "bcdefg", strict=True)
)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "a mapping"),
        ("- a", 1, "a mapping"),
        ("a: 1\nb: [1", 3, "not YAML"),
        ("a: 1\nb: \x07", 2, "control characters"),
        ("a: 1\nb: \udc00", 2, "surrogate"),
        ("a: 1\nb: 2\na: 3", 3, "`a` stands twice"),
        ('{"a": 1,\n"a": 2}', 2, "`a` stands twice"),
        ("a: 1\n[b]: 2", 2, "key is text"),
        ("a:\n  b: !Reff x", 2, "no tag !Reff"),
        ("a: !!python/name:os.system x", 1, "no tag"),
        ("a: 1\n---\nb: 2", 2, "second document"),
        ("a: &x\n  - *x", 2, "inside what it names"),
        ("a: *x", 1, "no anchor"),
        (BOMB, 1, "absurdly large"),
        ("[" * 100_000, 1, "nested more than 100"),
        ('{"a":' * 500 + "1" + "}" * 500, 1, "nested more than 100"),
    ],
)
def test_what_is_no_template_is_refused_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(TemplateError, match=words) as caught:
        read(text, "some.yaml")
    assert (caught.value.span.file, caught.value.span.line) == ("some.yaml", line)


def test_every_place_knows_its_line_and_column() -> None:
    template = read(
        "Resources:\n  Vpc:\n    Type: T\n    Properties:\n      Name: !Sub\n        - ${x}\n        - {x: 1}\n", "f"
    )
    assert template.line(("Resources", "Vpc")) == (2, 3)
    assert template.line(("Resources", "Vpc", "Properties", "Name", "Fn::Sub", 1, "x")) == (7, 12)
    assert template.line(("Resources", "Vpc", "Properties", "Missing", "Deeper")) == (4, 5)
    span = template.span(("Resources", "Vpc", "Type"), "value")
    assert (span.line, span.column, span.end_column) == (3, 11, 12)
    assert read('{\n\t"Resources": {\n\t\t"A": {}}}', "f").line(("Resources", "A")) == (3, 3)
