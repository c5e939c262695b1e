"""One emulated account for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from labspec.cloud import change_sets, events
from tests.emulated.account import emulated


@pytest.fixture(scope="package", autouse=True)
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A server whose clients boto3 and the AWS CLI make by themselves."""
    with pytest.MonkeyPatch.context() as patch, emulated(tmp_path_factory.mktemp("emulated")) as environment:
        for name, value in environment.items():
            patch.setenv(name, value)
        for module in (change_sets, events):
            patch.setattr(module, "PAUSE", 0.1)
        yield


@pytest.fixture(autouse=True)
def change_sets_go_with_their_stack(account: None) -> Iterator[None]:
    """MiniStack keeps a change set that nobody carried out, and lists it of the next stack of that name."""
    yield
    cloudformation: Any = boto3.client("cloudformation")
    for each in cloudformation.list_change_sets(StackName="site")["Summaries"]:
        cloudformation.delete_change_set(ChangeSetName=each["ChangeSetId"])
