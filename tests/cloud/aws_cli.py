"""The AWS CLI's reading of a command that is shown."""

from __future__ import annotations

import shlex

import boto3
from botocore import xform_name


def understood(command: str) -> tuple[str, dict[str, str]]:
    """The operation of a command, and its options: each is one that AWS has, and none is missing that it requires."""
    program, service, operation, *words = shlex.split(command)
    assert program == "aws"
    model = boto3.client(service).meta.service_model  # type: ignore[call-overload]
    (name,) = (each for each in model.operation_names if xform_name(each, "-") == operation)
    shape = model.operation_model(name).input_shape
    known = {f"--{xform_name(member, '-')}": value for member, value in shape.members.items()}
    options = {}
    while words:
        option = words.pop(0)
        is_switch = known[option].type_name == "boolean"
        options[option] = "" if is_switch else words.pop(0)
    assert {f"--{xform_name(member, '-')}" for member in shape.required_members} <= options.keys()
    return name, options
