"""The machines of a stack, by the names that their spec gives them, and which of them leads to another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from ipaddress import ip_address, ip_network
from typing import Any, NamedTuple

from labspec.cloud.account import answered, plainly
from labspec.cloud.refusal import WHOSE, Refused
from labspec.cloud.standing import Standing
from labspec.logical_ids import main_id
from labspec.nearest import did_you_mean
from labspec.wording import series

INSTANCE, GROUP = "AWS::EC2::Instance", "AWS::AutoScaling::AutoScalingGroup"
SUFFIXES = ("Instance", "AutoScalingGroup")
"""How the logical ids of what has machines end (`suffix` of `instances` and `auto_scaling_groups`)."""
AT_A_TIME = 100
SSH = 22


class Machine(NamedTuple):
    """A machine as EC2 describes it. Addresses and the key pair's name are empty where it has none."""

    id: str
    name: str
    """Its tag `Name`."""
    state: str
    healthy: bool
    """Whether its group says so; always, where it is in none."""
    vpc: str
    private: str
    public: str
    groups: frozenset[str]
    """The ids of its security groups."""
    key: str

    @property
    def called(self) -> str:
        """What a person calls it."""
        return f"{self.name} ({self.id})" if self.name else self.id


class Fleet(NamedTuple):
    """The machines of a stack: each member of its spec, by its logical id, with what it has of them."""

    stack: str
    members: Mapping[str, Sequence[Machine]]

    def all(self) -> Iterator[Machine]:
        """Every machine."""
        for machines in self.members.values():
            yield from machines


def fleet(ec2: Any, autoscaling: Any, stack: Standing) -> Fleet:
    """The machines of a stack that are still there."""
    held = [each for each in stack.all() if each.physical and each.status != "DELETE_COMPLETE"]
    alone = {each.physical: each.id for each in held if each.type == INSTANCE}
    groups = {each.physical: each.id for each in held if each.type == GROUP}
    with plainly():
        grouped = dict(_grouped(autoscaling, list(groups)))
        wanted = {**dict.fromkeys(alone, True), **{name: well for name, (_, well) in grouped.items()}}
        there = {name: _machine(said, wanted[name]) for name, said in _described(ec2, list(wanted))}
    members: dict[str, list[Machine]] = {identity: [] for identity in (*alone.values(), *groups.values())}
    for name, machine in sorted(there.items()):
        members[alone[name] if name in alone else groups[grouped[name][0]]].append(machine)
    return Fleet(stack.name, members)


def _grouped(autoscaling: Any, groups: Sequence[str]) -> Iterator[tuple[str, tuple[str, bool]]]:
    """Each machine of these groups, with its group and whether it is well."""
    for some in _some(groups):
        pages = autoscaling.get_paginator("describe_auto_scaling_groups").paginate(AutoScalingGroupNames=some)
        for group in (each for page in pages for each in page["AutoScalingGroups"]):
            for each in group["Instances"]:
                well = (each["HealthStatus"], each["LifecycleState"]) == ("Healthy", "InService")
                yield each["InstanceId"], (group["AutoScalingGroupName"], well)


def _described(ec2: Any, names: Sequence[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What EC2 says of machines. A filter, unlike a list of ids, lets those be missing that are gone."""
    for some in _some(names):
        pages = ec2.get_paginator("describe_instances").paginate(Filters=[{"Name": "instance-id", "Values": some}])
        for said in (each for page in pages for held in page["Reservations"] for each in held["Instances"]):
            yield said["InstanceId"], said


def _some(names: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(names), AT_A_TIME):
        yield list(names[start : start + AT_A_TIME])


def _machine(said: Mapping[str, Any], healthy: bool) -> Machine:
    return Machine(
        said["InstanceId"],
        next((tag["Value"] for tag in said.get("Tags", ()) if tag["Key"] == "Name"), ""),
        said["State"]["Name"],
        healthy,
        said.get("VpcId", ""),
        said.get("PrivateIpAddress", ""),
        said.get("PublicIpAddress", ""),
        frozenset(group["GroupId"] for group in said.get("SecurityGroups", ())),
        said.get("KeyName", ""),
    )


# ------------------------------------------------------------------ the one that is meant


def chosen(fleet: Fleet, name: str, instance: str = "") -> Machine:
    """The machine that a name means: of a group the one that is named by its id, or else the first that is healthy.

    Raises `Refused` where there is none, or it does not run.
    """
    machines = fleet.members[_member(fleet, name)]
    if instance:
        found = next((each for each in machines if each.id == instance), None)
        if found is None:
            raise Refused(f"`{name}` has no machine `{instance}`.", f"It has {_listed(machines)}.")
        return _running(found)
    if not machines:
        raise Refused(f"`{name}` has no machine.", f"`labspec status {fleet.stack}{WHOSE}` shows how the stack stands.")
    well = next((each for each in machines if each.healthy and each.state == "running"), None)
    if well is None and len(machines) > 1:
        raise Refused(f"No machine of `{name}` is healthy.", f"Choose one by `--instance`: {_listed(machines)}.")
    return well or _running(machines[0])


def _member(fleet: Fleet, name: str) -> str:
    """The logical id that a name means: the member's own, or, for one that was renamed, by the tag of its machines."""
    ids = [name, *(main_id(name, suffix) for suffix in SUFFIXES)]
    found = [identity for identity in dict.fromkeys(ids) if identity in fleet.members]
    found = found or [key for key, machines in fleet.members.items() if any(each.name == name for each in machines)]
    if len(found) > 1:
        said = series([f"`{identity}`" for identity in found], "and")
        raise Refused(f"`{name}` means several: {said}.", "Write one of these.")
    if not found:
        names = {name for identity, machines in fleet.members.items() for name in _names(identity, machines)}
        help_ = did_you_mean(name, sorted(names)) if names else "None of its resources has machines."
        raise Refused(f"The stack `{fleet.stack}` has no machine `{name}`.", help_)
    return found[0]


def _names(identity: str, machines: Sequence[Machine]) -> set[str]:
    """What a member can be called: as its machines are, or, where it has none that has a name, by its logical id.

    That is written as a name is, if it is one's own.
    """
    for suffix in SUFFIXES:
        words = re.findall(r"[A-Z]+[a-z0-9]*|[a-z0-9]+", identity.removesuffix(suffix))
        if main_id(name := "-".join(words).lower(), suffix) == identity:
            return {each.name for each in machines if each.name} or {name}
    return {each.name for each in machines if each.name} or {identity}


def _running(machine: Machine) -> Machine:
    if machine.state != "running":
        start = f"aws ec2 start-instances --instance-ids {machine.id}{WHOSE}"
        help_ = f"Start it: `{start}`." if machine.state == "stopped" else ""
        raise Refused(f"The machine {machine.called} does not run: it is {machine.state}.", help_)
    return machine


def _listed(machines: Iterable[Machine]) -> str:
    return series([f"`{each.id}`" for each in machines] or ["none"], "and")


# ------------------------------------------------------------------ the one that leads there


def bastion(ec2: Any, fleet: Fleet, target: Machine, through: str = "") -> Machine | None:
    """The machine through which another is reached; None where it can be reached without.

    It is the one that is named, or the only one that has a public address and that the other's security groups let in.
    Raises `Refused` where there is none, or several are.
    """
    if through:
        found = chosen(fleet, through)
        if not found.public:
            raise Refused(f"`{through}` has no public address.", "Name a machine that has one.")
        return found
    if target.public:
        return None
    with plainly():
        rules = list(_rules(ec2, sorted(target.groups)))
    others = [each for each in fleet.all() if each.public and each.vpc == target.vpc and each.state == "running"]
    fit = [each for each in others if any(_lets_in(rule, each) for rule in rules)]
    if len(fit) != 1:
        why = f"{_listed(fit)} could lead there" if fit else "no machine with one is let in by its security groups"
        help_ = "Name the machine between by `--through`" + ("." if fit else ", or use `--via session-manager`.")
        raise Refused(f"The machine {target.called} has no public address, and {why}.", help_)
    return fit[0]


def _rules(ec2: Any, groups: list[str]) -> Iterator[Mapping[str, Any]]:
    filters = [{"Name": "group-id", "Values": groups}]
    for page in ec2.get_paginator("describe_security_groups").paginate(Filters=filters) if groups else ():
        for group in page["SecurityGroups"]:
            yield from group["IpPermissions"]


def _lets_in(rule: Mapping[str, Any], machine: Machine) -> bool:
    """Whether a rule lets SSH in from a machine, by its groups or its private address."""
    if rule["IpProtocol"] not in ("-1", "tcp"):
        return False
    if rule["IpProtocol"] == "tcp" and not rule["FromPort"] <= SSH <= rule["ToPort"]:
        return False
    if any(pair.get("GroupId") in machine.groups for pair in rule.get("UserIdGroupPairs", ())):
        return True
    ranges = (ip_network(each["CidrIp"], strict=False) for each in rule.get("IpRanges", ()))
    return bool(machine.private) and any(ip_address(machine.private) in each for each in ranges)


def is_managed(ssm: Any, machine: Machine) -> bool:
    """Whether a machine answers to Session Manager; where that may not be asked, it counts as if not."""
    filters = [{"Key": "InstanceIds", "Values": [machine.id]}]
    nothing: list[Mapping[str, Any]] = []
    said = answered(lambda: ssm.describe_instance_information(Filters=filters)["InstanceInformationList"], nothing)
    return any((each["InstanceId"], each["PingStatus"]) == (machine.id, "Online") for each in said)
