"""Names that users gave: what is made anew beside what bears the name already cannot have it.

"CloudFormation cannot update a stack when a custom-named resource requires replacing" (its own words; `Name type`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from labspec.diff.difference import Refusal
from labspec.diff.scene import Scene, spoken
from labspec.given_names import ACCOUNT, WORLD
from labspec.template.intrinsics import call, key

NAMES: Final = {**ACCOUNT, **{kind: path for kind, path in WORLD.items() if kind != "AWS::CloudFront::Distribution"}}
"""Where one name stands; the names of a distribution are several, and are told by `onces`."""
GROUP: Final = "AWS::EC2::SecurityGroup"
PAGE: Final = "Name type, AWS CloudFormation"


def taken_names(scene: Scene) -> Iterator[Refusal]:
    """What is to be made under a name that something bears which still stands then."""
    bearers = {_scoped(scene, address): address for address in scene.formerly(*NAMES, GROUP)}
    for address in scene.of(*NAMES, GROUP):
        change = scene.makes(address)
        name = _name(scene.new.resources[address].type, scene.now, address)
        bearer = bearers.get((scene.new.resources[address].type, *_identity(scene, name, address))) if name else None
        if (
            change is None
            or bearer is None
            or _is_free(scene, address)
            or (call(name)[0] == "Fn::If" and bearer != address)
        ):
            continue
        path = ("Properties", *NAMES.get(scene.new.resources[address].type, ("GroupName",)))
        yield Refusal(
            address,
            path,
            _message(name, bearer == address),
            _help(bearer, address),
            PAGE,
            change.sure and call(name)[0] != "Fn::If",
        )


def _is_free(scene: Scene, address: str) -> bool:
    """Whether a security group's name is free, for its VPC is a new one."""
    vpc = spoken(scene.now(address, "VpcId"))
    return scene.new.resources[address].type == GROUP and vpc is not None and scene.anew(vpc) is not None


def _message(name: Any, is_itself: bool) -> str:
    said = f"name {name}" if isinstance(name, str) else "name that it is given"
    whose = "what it replaces" if is_itself else "another resource"
    return f"It is made anew, and the {said} still belongs to {whose}."


def _help(bearer: str, address: str) -> str:
    if bearer == address:
        return "Give it another name in the same update, or no name, so that AWS makes one up."
    return f"Give it another name, or remove {bearer} in an update before this one."


def _name(kind: str, said: Any, address: str) -> Any:
    """A name as AWS keeps it: RDS does in small letters (`ModifyDBInstance`, Amazon RDS API Reference)."""
    name = said(address, *NAMES.get(kind, ("GroupName",)))
    return name.lower() if isinstance(name, str) and kind.startswith("AWS::RDS::") else name


def _identity(scene: Scene, name: Any, address: str) -> tuple[str, str]:
    """What is unique: the name, of security groups within their VPC."""
    scope = scene.now(address, "VpcId") if scene.new.resources[address].type == GROUP else None
    return key(name), key(scope)


def _scoped(scene: Scene, address: str) -> tuple[str, ...]:
    kind = scene.former_type(address)
    name = _name(kind, scene.was, address)
    scope = scene.was(address, "VpcId") if kind == GROUP else None
    return (kind, key(name) if name else f"none of {address}", key(scope))
