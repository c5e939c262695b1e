"""What has aged is told once: by the linters, or by a law."""

from __future__ import annotations

import json

import pytest

from labspec.check.aged_resources import TYPES
from labspec.lint import lint
from labspec.lint.cfn_lint import findings as cfn_lint
from labspec.lint.validate import findings as validate

TOLD_BY_LINTERS = {
    "AWS::AutoScaling::LaunchConfiguration": {"ImageId": "ami-0123456789abcdef0", "InstanceType": "t3.micro"},
    "AWS::Lambda::Function": {
        "Runtime": "python3.9",
        "Handler": "index.handler",
        "Role": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/worker"},
        "Code": {"ZipFile": "def handler(event, context): pass"},
    },
}


def told(kind: str, properties: object) -> set[str]:
    """The numbers of the rules that speak of a resource."""
    template = {"Resources": {"Old": {"Type": kind, "Properties": properties}}}
    engines = {"cfn-lint": lambda: cfn_lint, "cloudformation-validate": lambda: validate}
    found = lint({"a.json": json.dumps(template)}, lambda *_: (), engines=engines)
    return {diagnostic.note.split()[1] for diagnostic in found}


@pytest.mark.parametrize("kind", TYPES)
def test_laws_tell_what_no_linter_does(kind: str) -> None:
    assert "W3697" not in told(kind, {})


def test_linters_tell_what_they_know_and_laws_the_rest() -> None:
    for kind, properties in TOLD_BY_LINTERS.items():
        # A runtime's number changes as its end comes nearer.
        assert told(kind, properties) & {"W3697", "W2531", "E2531", "E2533"}
        assert kind not in TYPES
