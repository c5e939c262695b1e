"""Availability zones, as the language names them and as CloudFormation does."""

from __future__ import annotations

from typing import Any

from troposphere import GetAZs, Ref, Select, Sub

from labspec.model.word import Parameter


def zone(value: str | int | Parameter | None) -> Any:
    """A zone letter is the region's name and the letter; a number counts the zones that the account has."""
    if isinstance(value, Parameter):
        return Sub("${AWS::Region}${" + value.name + "}", {value.name: Ref(value.name)})
    if isinstance(value, int):
        return Select(value - 1, GetAZs(Ref("AWS::Region")))
    return Sub("${AWS::Region}" + str(value))
