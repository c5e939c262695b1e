"""Updates that AWS refuses, each by the documentation that it names, with the way out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from labspec.diff.difference import Refusal
from labspec.diff.effects import CUSTOM
from labspec.diff.moves import MOVES
from labspec.diff.names import taken_names
from labspec.diff.onces import taken_places
from labspec.diff.scene import Scene, spoken
from labspec.diff.subnets import overlapping_subnets
from labspec.diff.turns import TURNS

ANEW = "Give it another logical id (in a spec: another name, without `was`), so that a new one is made beside it"
IMMUTABLE_OF_VOLUMES = ("AvailabilityZone", "Encrypted", "KmsKeyId", "SnapshotId")


def refusals(scene: Scene) -> Iterator[Refusal]:
    """Everything that AWS would refuse: only perhaps where the change hangs on a condition."""
    for rule in RULES:
        for refusal in rule(scene):
            change = scene.changes.get(refusal.address)
            yield refusal._replace(sure=refusal.sure and (change is None or change.when is True))


def _other_types(scene: Scene) -> Iterator[Refusal]:
    for address, change in scene.changes.items():
        if change.was and change.verb == "replace" and scene.old.resources[change.was].type != change.type:
            before = scene.old.resources[change.was].type
            message = f"It was of the type {before}: CloudFormation does not update a resource to another type."
            yield Refusal(address, ("Type",), message, f"{ANEW}.", "Update behaviors of stack resources")


def _fixed_addresses(scene: Scene) -> Iterator[Refusal]:
    """The old machine still holds the address that the new one is to have."""
    for address in scene.of("AWS::EC2::Instance"):
        change = scene.makes(address)
        if change is None or not change.was:
            continue
        before, after = _private_address(address, scene.was), _private_address(address, scene.now)
        if isinstance(after, str) and before == after:
            yield Refusal(
                address,
                ("Properties",),
                f"The new machine is made first, and the old one still holds the private address {after}.",
                "Give the new machine another private address, or none.",
                "AWS::EC2::Instance, PrivateIpAddress",
                change.sure,
            )


def _private_address(address: str, said: Callable[..., Any]) -> Any:
    """The private address that a machine, or its launch template, says."""
    own = said(address, "PrivateIpAddress") or _first(said(address, "NetworkInterfaces"))
    template = spoken(said(address, "LaunchTemplate", "LaunchTemplateId"))
    if own or template is None:
        return own
    return _first(said(template, "LaunchTemplateData", "NetworkInterfaces"))


def _first(interfaces: Any) -> Any:
    found = interfaces[0] if isinstance(interfaces, list) and interfaces else None
    return found.get("PrivateIpAddress") if isinstance(found, dict) else None


def _volumes(scene: Scene) -> Iterator[Refusal]:
    for address in scene.of("AWS::EC2::Volume"):
        change = scene.change(address, "change")
        for edit in change.edits if change else ():
            if edit.path[1:2] and edit.path[1] in IMMUTABLE_OF_VOLUMES:
                message = f"AWS does not update {edit.path[1]} of a volume."
                yield Refusal(address, edit.path, message, f"{ANEW} from a snapshot.", "AWS::EC2::Volume", edit.sure)


def _service_tokens(scene: Scene) -> Iterator[Refusal]:
    for address, change in scene.changes.items():
        if not change.type.startswith(CUSTOM) or change.verb in ("add", "remove", "move"):
            continue
        for edit in change.edits:
            if edit.path[:2] == ("Properties", "ServiceToken"):
                message = "CloudFormation does not let the function behind a custom resource become another one."
                page = "Issue 802 of aws-cloudformation/cloudformation-coverage-roadmap"
                yield Refusal(address, edit.path, message, f"{ANEW}.", page, edit.sure)


def _held_addresses(scene: Scene) -> Iterator[Refusal]:
    """A NAT gateway is made while the old one still holds the elastic address."""
    for address in scene.of("AWS::EC2::NatGateway"):
        change = scene.makes(address)
        target = spoken(scene.now(address, "AllocationId"))
        if change is None or not change.was or target is None or scene.anew(target):
            continue
        if spoken(scene.was(address, "AllocationId")) == target:
            yield Refusal(
                address,
                ("Properties", "AllocationId"),
                f"The new NAT gateway is made first, and the old one still holds the elastic address of {target}.",
                "Give it a new elastic address in the same update (in a spec: another name, without `was`).",
                "Resource.AlreadyAssociated, troubleshooting NAT gateways, Amazon VPC User Guide",
                change.sure,
            )


RULES: Final[tuple[Callable[[Scene], Iterator[Refusal]], ...]] = (
    _other_types,
    *MOVES,
    taken_names,
    taken_places,
    overlapping_subnets,
    _fixed_addresses,
    _held_addresses,
    _volumes,
    _service_tokens,
    *TURNS,
)
"""Each looks for one kind of refusal."""
