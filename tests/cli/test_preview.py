"""What is to be known of a change as a whole is said before the question."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from labspec.cli.aws import agree
from labspec.cli.compiling import Made
from labspec.cli.preview import agreed_to
from labspec.cloud.change_sets import ChangeSet
from labspec.cloud.changes import STACK, Change
from labspec.cloud.refusal import Refused

STANDS = ChangeSet("arn:change", "arn:stack", "lab", made=False)
REPLACES = [Change("replace", "WebInstance", "AWS::EC2::Instance")]
LAYOUT = "The stack `lab` is nested, and this is flat: what moves is destroyed and made anew."
FAILED = "The stack failed without a rollback: AWS changes it without one only, and so it is changed."
REPLACED = "Without a rollback AWS may refuse to replace anything (`Replacement type updates not supported`)."


def shown(
    proposed: ChangeSet, held: list[str], capsys: pytest.CaptureFixture[str], *, layout: str = "flat", **more: Any
) -> list[str]:
    """What is said before what would change."""
    asked = {"stack": "lab", "verbose": False, "allow_data_loss": [], "allow_moves": False, "no_execute": False}
    arguments = Namespace(**{**asked, "no_rollback": False, "yes": False, "quiet": False, "report": None, **more})
    templates = {"root.yaml": "", "network.yaml": ""} if layout == "nested" else {"flat.yaml": ""}
    target = Made("lab", templates, {}, {"layout": layout} if layout else {}, Path(), {})
    resources = [{"ResourceType": each, "ResourceStatus": "CREATE_COMPLETE"} for each in held]
    pages = Mock(paginate=Mock(return_value=[{"StackResourceSummaries": resources}]))
    with pytest.raises(Refused, match="nobody can be asked"):
        agreed_to(arguments, target, Mock(get_paginator=Mock(return_value=pages)), proposed, REPLACES)
    return capsys.readouterr().out.splitlines()[:-3]


@pytest.mark.parametrize(
    ("held", "layout", "said"),
    [
        ([STACK], "flat", [LAYOUT, "To leave it as it is laid out, add `--layout nested`."]),
        (["AWS::EC2::VPC"], "nested", [LAYOUT.replace("nested", "x").replace("flat", "nested").replace("x", "flat")]),
        ([STACK, "AWS::EC2::VPC"], "nested", []),
        (["AWS::EC2::VPC"], "flat", []),
        (["AWS::EC2::VPC"], "", []),  # templates that labspec did not build
        ([], "nested", []),
    ],
)
def test_another_layout_than_the_stack_has_is_said(
    held: list[str], layout: str, said: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert shown(STANDS, held, capsys, layout=layout)[: len(said) or None] == said
    assert shown(STANDS._replace(made=True), held, capsys, layout=layout) == []


@pytest.mark.parametrize(
    ("proposed", "without", "said"),
    [
        (STANDS, False, []),
        (STANDS, True, [REPLACED]),
        (STANDS._replace(failed=True), False, [FAILED, REPLACED]),
        (STANDS._replace(made=True), True, []),
    ],
)
def test_what_aws_may_not_do_without_a_rollback_is_said(
    proposed: ChangeSet, without: bool, said: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert shown(proposed, ["AWS::EC2::Instance"], capsys, no_rollback=without) == said


def test_ctrl_c_at_the_question_is_no_change_although_templates_were_published(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", Mock(side_effect=KeyboardInterrupt))
    arguments = Namespace(yes=False, changed=True, report=[])
    with pytest.raises(KeyboardInterrupt):
        agree(arguments, "Change it?")
    assert not arguments.changed
