"""The templates of a stack that stands, those of its nested stacks too, joined as they were deployed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from labspec.cloud.account import Account, plainly
from labspec.cloud.refusal import Refused
from labspec.cloud.standing import STACK, Standing, standing
from labspec.template import Joined, Template, TemplateError, join, read

FILE = "stack.template"
UNSAID = "****"
"""What AWS says in place of a value that is not echoed."""


class Deployed(NamedTuple):
    """What a stack was deployed from. A parameter whose value AWS does not say is a reference to itself."""

    joined: Joined
    parameters: dict[str, Any]


def deployed(account: Account, stack: str) -> Deployed:
    """The templates of a stack and the values of its parameters. Raises `Refused` where one cannot be read."""
    cloudformation = account.client("cloudformation")
    root = standing(cloudformation, stack)
    parameters: dict[str, Any] = {
        name: {"Ref": name} if value == UNSAID else value for name, value in root.parameters.items()
    }
    parameters["AWS::Region"] = account.region
    try:
        templates = dict(_templates(cloudformation, root, ""))
        return Deployed(join(templates, FILE, parameters=parameters), parameters)
    except TemplateError as error:
        raise Refused(f"The templates of the stack `{root.name}` cannot be read: {error.message}") from error


def _templates(cloudformation: Any, stack: Standing, folder: str) -> Iterator[tuple[str, Template]]:
    """Each stack's template under a name of its own, by which the one that includes it names it."""
    with plainly():
        body = cloudformation.get_template(StackName=stack.id, TemplateStage="Processed")["TemplateBody"]
    name = f"{folder}{FILE}"
    template = read(body if isinstance(body, str) else json.dumps(body), name)
    nested = {inner.name for inner in stack.nested}
    resources = {
        identity: _included(identity, said) if identity in nested else said
        for identity, said in template.section("Resources").items()
    }
    yield name, Template(name, {**template.data, "Resources": resources}, template.text)
    for inner in stack.nested:
        yield from _templates(cloudformation, inner, f"{folder}{inner.name}/")


def _included(identity: str, said: Any) -> Any:
    """A nested stack whose template is the one that was fetched for it."""
    if not isinstance(said, dict) or said.get("Type") != STACK:
        return said
    return {**said, "Properties": {**(said.get("Properties") or {}), "TemplateURL": f"{identity}/{FILE}"}}
