"""The list of what labspec's commands call is that of the code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import botocore.session
import pytest
from botocore import xform_name
from botocore.exceptions import DataNotFoundError, UnknownServiceError

from labspec.cli.iam import COMMANDS
from labspec.iam.authority import read_authority
from labspec.iam.commands import ASIDE, CALLS, actions_of

CLOUD = Path(__file__).parents[2] / "labspec" / "cloud"
LISTED = {operation for operations in CALLS.values() for operation in operations} | ASIDE
SERVICES = sorted({operation.partition(":")[0] for operation in LISTED} | {"iam", "sts", "kms", "sns", "lambda"})
SESSION = botocore.session.get_session()


def operations() -> dict[str, set[str]]:
    """What boto3's methods are called, and the operations that each may mean."""
    found: dict[str, set[str]] = {}
    for service in SERVICES:
        for name in SESSION.get_service_model(service).operation_names:
            found.setdefault(xform_name(name), set()).add(f"{service}:{name}")
    return found


def waited(said: set[str]) -> Iterator[str]:
    """What boto3 asks for while it waits."""
    for service in SERVICES:
        with suppress(UnknownServiceError, DataNotFoundError):
            model = SESSION.get_waiter_model(service)
            names = {xform_name(name): name for name in model.waiter_names}
            yield from (f"{service}:{model.get_waiter(names[word]).operation}" for word in said if word in names)


def words(tree: ast.AST) -> Iterator[str]:
    """Attributes, and texts such as the names of paginated operations."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_every_operation_that_the_cloud_asks_for_is_listed_and_no_other() -> None:
    meant = operations()
    said = {word for file in CLOUD.glob("*.py") for word in words(ast.parse(file.read_text("utf-8")))}
    called = [meant[word] for word in said if word in meant]
    assert [each for each in called if not each & LISTED] == []
    asked = {operation for each in called for operation in each} | set(waited(said))
    assert LISTED - asked == set()
    assert set(waited(said)) - LISTED == set()


def test_commands_are_those_of_the_command_line() -> None:
    assert set(CALLS) == set(COMMANDS)


@pytest.mark.parametrize("operation", sorted(LISTED))
def test_an_operation_takes_actions_that_iam_has(operation: str) -> None:
    known = read_authority()
    assert known is not None
    assert [action for action in actions_of(operation) if known.action(action) is None] == []
