"""A type or a property that there is not: told once by each linter, at the word, with what was meant."""

from __future__ import annotations

import functools
from pathlib import Path as FilePath

import pytest

from labspec.compiler import Linters, Options, compile_spec
from labspec.diagnostic import Diagnostic
from labspec.layout import Form
from labspec.lint import Loader, cfn_lint, lint, validate
from tests.building import HEAD, NETWORK

ENGINES: dict[str, Loader] = {
    "cloudformation-validate": lambda: validate.findings,
    "cfn-lint": lambda: cfn_lint.findings,
}
QUEUE = "resources:\n  Q:\n    Type: AWS::SQS::Queue\n"
POLICY = """\
resources:
  Q:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queue: [a]
      PolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Deny, Principal: "*", Action: "sqs:*", Resource: "*"}]
"""


def found(folder: FilePath, text: str, engine: str, layout: Form = "flat") -> list[Diagnostic]:
    (folder / "spec.yaml").write_text(HEAD + text, "utf-8")
    linters = Linters(frozenset(ENGINES), functools.partial(_linted, engine))
    return compile_spec(str(folder / "spec.yaml"), Options(layout=layout), linters).diagnostics


def _linted(engine: str, templates, origin_of, region):  # type: ignore[no-untyped-def]
    engines = ENGINES if engine == "both" else {engine: ENGINES[engine]}
    return lint(templates, origin_of, engines=engines, region=region)


@pytest.mark.parametrize("engine", [*ENGINES, "both"])
@pytest.mark.parametrize(
    ("text", "place", "message", "help_"),
    [
        (
            "resources:\n  Q:\n    Type: AWS::SQS::Queu\n",
            "5:11",
            "There is no resource type `AWS::SQS::Queu`.",
            "Did you mean `AWS::SQS::Queue`?",
        ),
        (
            QUEUE + "    Properties: {DelaySecond: 5}\n",
            "6:18",
            "AWS::SQS::Queue has no property `DelaySecond`.",
            "Did you mean `DelaySeconds`?",
        ),
        (
            QUEUE + "    Properties: {Tags: [{Ky: a, Value: b}]}\n",
            "6:26",
            "`Tags` of AWS::SQS::Queue has no property `Ky`.",
            "Did you mean `Key`?",
        ),
        (
            QUEUE + "    Propertis: {DelaySeconds: 5}\n",
            "6:5",
            "A resource has no attribute `Propertis`.",
            "Did you mean `Properties`?",
        ),
        (
            QUEUE + "    DelaySeconds: 5\n",
            "6:5",
            "A resource has no attribute `DelaySeconds`.",
            "Write it under `Properties`: it is a property of AWS::SQS::Queue.",
        ),
        (
            POLICY,
            "7:7",
            "AWS::SQS::QueuePolicy has no property `Queue`.",
            "Did you mean `Queues`?",
        ),
        (
            NETWORK
            + "instances:\n  i:\n    subnet: public-a\n    override:\n"
            + "      instance: {Properties: {CpuOptions: {CoreCont: 1}}}\n",
            "16:44",
            "`CpuOptions` of AWS::EC2::Instance has no property `CoreCont`.",
            "Did you mean `CoreCount`?",
        ),
    ],
)
def test_an_unknown_word_is_shown_with_the_right_one(
    text: str, place: str, message: str, help_: str, engine: str, tmp_path: FilePath
) -> None:
    (told,) = found(tmp_path, text, engine)
    assert told.span
    assert (f"{told.span.line}:{told.span.column}", told.message, told.help) == (place, message, help_)


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_missing_beside_an_unknown_word_is_still_told(engine: str, tmp_path: FilePath) -> None:
    text = "resources:\n  Q:\n    Type: AWS::SQS::QueuePolicy\n    Properties: {Queue: [a]}\n"
    assert sorted(told.message for told in found(tmp_path, text, engine)) == [
        "'PolicyDocument' is a required property.",
        "AWS::SQS::QueuePolicy has no property `Queue`.",
    ]


def test_a_type_that_is_told_is_not_told_by_the_linters_again(tmp_path: FilePath) -> None:
    text = "parameters: {T: {type: instance_type, default: t33.micro}}\n" + NETWORK
    made = found(tmp_path, text + "instances: {i: {subnet: public-a, type: T}}\n", "both")
    assert [told.rule.code for told in made] == ["LS109"]


def test_how_an_image_that_may_be_absent_travels_is_nothing_to_advise_on(tmp_path: FilePath) -> None:
    text = "parameters: {Big: {type: boolean, default: false}}\n" + NETWORK
    text += (
        "instances: {base: {subnet: public-a, public_ip: true, ingress: {}}}\n"
        "images: {golden: {from: base, when: Big}}\n"
        "launch_templates: {node: {image: golden, ingress: {}}}\n"
        "auto_scaling_groups: {g: {launch_template: node, subnets: public-a, size: {min: 1, max: 2}, when: Big}}\n"
    )
    assert found(tmp_path, text, "both", "nested") == []
