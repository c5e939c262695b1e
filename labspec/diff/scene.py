"""What those look at who say what AWS would refuse: both sides, and all that changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from labspec.diff.canonical import FORMER, references
from labspec.diff.difference import Change
from labspec.template import Joined
from labspec.template.intrinsics import call

SUBNET, VPC = "AWS::EC2::Subnet", "AWS::EC2::VPC"


class Scene(NamedTuple):
    """Two graphs, their resources' bodies in canonical form by (new) address, and what changes."""

    old: Joined
    new: Joined
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    changes: Mapping[str, Change]
    region: str

    def of(self, *kinds: str) -> Iterator[str]:
        """The addresses of resources of some types afterwards."""
        yield from (address for address in self.after if self.new.resources[address].type in kinds)

    def formerly(self, *kinds: str) -> Iterator[str]:
        """The same of before."""
        yield from (address for address in self.before if self.former_type(address) in kinds)

    def former_type(self, address: str) -> str:
        """The type that a resource had before."""
        change = self.changes.get(address)
        return self.old.resources[change.was].type if change and change.was else self.new.resources[address].type

    def change(self, address: str, verb: str) -> Change | None:
        """The change of a resource, if it is of this kind."""
        change = self.changes.get(address)
        return change if change and change.verb == verb else None

    def makes(self, address: str) -> Change | None:
        """The change that makes a resource while what stood before still stands."""
        change = self.changes.get(address)
        return change if change and change.makes else None

    def anew(self, address: str) -> Change | None:
        """The change after which a resource is another one: made, replaced or moved."""
        change = self.changes.get(address)
        return change if change and change.verb in ("add", "replace", "move") else None

    def was(self, address: str, *steps: str) -> Any:
        """A property of a resource before; None where there is none."""
        return _inside(self.before.get(address, {}).get("Properties"), steps)

    def now(self, address: str, *steps: str) -> Any:
        """A property of a resource afterwards; None where there is none."""
        return _inside(self.after.get(address, {}).get("Properties"), steps)


class Network(NamedTuple):
    """The VPC that something stands in, and whether it is another one afterwards; None where that is not known."""

    before: str | None
    after: str | None
    has_changed: bool
    sure: bool = True


def _inside(value: Any, steps: tuple[str, ...]) -> Any:
    for step in steps:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def vpc_before(scene: Scene, value: Any) -> str | None:
    """The address of the one VPC that subnets, or security groups, in a value stand in before."""
    return _vpc(value, scene.before, lambda address: scene.was(address, "VpcId"))


def vpc_after(scene: Scene, value: Any) -> str | None:
    """The same of afterwards."""
    return _vpc(value, scene.after, lambda address: scene.now(address, "VpcId"))


def _vpc(value: Any, bodies: Mapping[str, Any], vpc_of: Any) -> str | None:
    members = {address.removeprefix(f"{FORMER}.") for _, address, _ in references({"": value})}
    found = {spoken(vpc_of(address)) for address in members if address in bodies}
    return found.pop() if len(found) == 1 else None


def spoken(value: Any) -> str | None:
    """What a value is a reference to, or a literal says; None where it is neither."""
    name, argument = call(value)
    if name == "Ref":
        return str(argument).removeprefix(f"{FORMER}.")
    if name == "Fn::GetAtt":
        return str(argument[0]).removeprefix(f"{FORMER}.")
    return value if isinstance(value, str) else None


def moves_to_another_vpc(scene: Scene, address: str, *steps: str) -> Network:
    """Whether what a property says stands in another VPC afterwards."""
    before = vpc_before(scene, scene.was(address, *steps))
    after = vpc_after(scene, scene.now(address, *steps))
    if before is None or after is None:
        return Network(before, after, False)
    anew = scene.anew(after)
    return Network(before, after, before != after or anew is not None, before != after or bool(anew and anew.sure))
