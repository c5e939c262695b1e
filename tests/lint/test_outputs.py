"""Outputs that a nested stack does not have, where a directory of templates is linted."""

from __future__ import annotations

import pytest

from labspec.lint import lint_directory

ROOT = """\
Resources:
  Network: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: https://example.com/net.yaml}}
Outputs:
  A:
    Value: """
CHILD = "Resources: {T: {Type: AWS::SNS::Topic}}\nOutputs: {VpcId: {Value: !Ref T}}\n"


@pytest.mark.parametrize(
    "value",
    [
        "!GetAtt Network.Outputs.VpcIds",
        "{Fn::GetAtt: [Network, Outputs.VpcIds]}",
        "!Sub '${Network.Outputs.VpcIds}-${!Network.Outputs.Nope}'",
        "!Sub ['${Network.Outputs.VpcIds}-${A}', {A: b}]",
        "!If [C, a, !Select [0, [!GetAtt Network.Outputs.VpcIds]]]",
    ],
)
def test_an_output_that_there_is_not_is_found_where_it_is_asked_for(value: str) -> None:
    files = {"root.yaml": f"{ROOT}{value}\n", "net.yaml": CHILD}
    (found,) = lint_directory(files, engines={})
    assert (found.rule.code, found.message) == ("LS604", "The template of `Network` has no output `VpcIds`.")
    assert found.help == "Did you mean `VpcId`?"
    assert found.span is not None
    assert (found.span.file, found.span.line) == ("root.yaml", 5)
    assert lint_directory({**files, "root.yaml": f"{ROOT}{value.replace('VpcIds', 'VpcId')}\n"}, engines={}) == []


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"other.yaml": CHILD}, id="its template is not here"),
        pytest.param({"net.yaml": f"Transform: Mine\n{CHILD}"}, id="a transform may add outputs"),
        pytest.param({"net.yaml": "Resources: ["}, id="its template cannot be read"),
        pytest.param({"net.yaml": "Outputs: {VpcIds: {Value: a}}", "bad.yaml": "Resources: [a]"}, id="odd neighbours"),
    ],
)
def test_nothing_is_said_where_nobody_can_know(files: dict[str, str]) -> None:
    assert lint_directory({"root.yaml": f"{ROOT}!GetAtt Network.Outputs.VpcIds\n", **files}, engines={}) == []
