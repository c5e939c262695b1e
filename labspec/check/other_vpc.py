"""What works together stands in one VPC."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from labspec.check.rule_ends import named, rule_ends
from labspec.diagnostic import Diagnostic, Label, Path, Rule
from labspec.model.architecture import Architecture, Member
from labspec.model.database import Database
from labspec.model.kind import leaves
from labspec.model.parts import existing_of
from labspec.model.word import Name

OTHER_VPC = Rule(
    "LS380",
    "other-vpc",
    "Something works together with what stands in another VPC.",
    "Security groups, subnets, target groups and gateways are of one VPC. AWS refuses what mixes two: the resources"
    " `belong to different networks`. The other side of a rule is a group of another VPC only where the two are peered"
    " (`Update your security groups to reference peer security groups`, Amazon VPC Peering Guide), or joined by a"
    " transit gateway.",
    "vpcs: {shop: {...}, tools: {...}}\nsecurity_groups: {web-sg: {vpc: tools, ...}}\n"
    "instances: {web: {subnet: shop-a, security_groups: web-sg}}",
    "vpcs: {shop: {...}, tools: {...}}\nsecurity_groups: {web-sg: {vpc: shop, ...}}\n"
    "instances: {web: {subnet: shop-a, security_groups: web-sg}}",
)

TIES = ("subnet", "subnets", "security_groups", "targets", "target_groups", "listeners", "routes")
"""Fields that name what stands in the same VPC."""
JOINS = ("AWS::EC2::VPCPeeringConnection", "AWS::EC2::TransitGateway")
"""What joins VPCs: beginnings of types of raw resources."""


def check_other_vpc(architecture: Architecture) -> Iterator[Diagnostic]:
    """Members, rules and schemas that reach into another VPC."""
    if len(architecture.of("vpcs")) < 2:
        return
    for member in architecture.members.values():
        yield from _ties(architecture, member)
    yield from _rules(architecture)
    yield from _schemas(architecture)


def _ties(architecture: Architecture, member: Member) -> Iterator[Diagnostic]:
    homes = architecture.vpcs_of(member)
    if len(homes) > 1 and architecture.has_own_group(member):
        return  # where that group is cannot be told, and is said
    stands = f"`{member.name}` stands"
    if member.section == "launch_templates":
        stands = f"a group of machines made from `{member.name}` stands"
    for field in (field for field in TIES if field in type(member.body).model_fields):
        for path, leaf in leaves(getattr(member.body, field), (*member.path, field)):
            for thing in architecture.meant(leaf) if isinstance(leaf, Name) else ():
                if apart := _apart(architecture, homes, thing):
                    home, other = apart
                    words = thing.section.replace("_", " ").replace("nat ", "NAT ")
                    message = f"The {words[:-1]} `{thing.name}` is in `{other.name}`, and {stands} in `{home.name}`."
                    yield _other(message, path, thing, f"Name one of the {words} of `{home.name}`.")
                    break  # of a family's, one is enough


def _rules(architecture: Architecture) -> Iterator[Diagnostic]:
    for end in rule_ends(architecture):
        homes = architecture.vpcs_of(end.holder)
        for group in (group for member in named(architecture, end) for group in architecture.groups_of(member)):
            apart = _apart(architecture, homes, group) if len(homes) == 1 else None
            if apart and not _joined(architecture, *apart):
                home, other = apart
                message = f"The group of `{group.name}` is in `{other.name}`, and this rule's is in `{home.name}`."
                yield _other(message, end.path, group, f"Name a group of `{home.name}`, or addresses.")
                break


def _schemas(architecture: Architecture) -> Iterator[Diagnostic]:
    """A machine that runs a schema reaches its database from where it stands."""
    for member in architecture.of("databases"):
        assert isinstance(member.body, Database)
        schema = member.body.schema_
        for machine in architecture.many([schema.through]) if schema and not member.body.public else ():
            apart = _apart(architecture, architecture.vpcs_of(member), machine)
            if apart and not _joined(architecture, *apart):
                home, other = apart
                message = f"`{machine.name}` is in `{other.name}`, and does not reach `{member.name}` in `{home.name}`."
                path = (*member.path, "schema", "through")
                yield _other(message, path, machine, f"Name one of the instances of `{home.name}`.")


def _apart(architecture: Architecture, homes: Iterable[Member], thing: Member) -> tuple[Member, Member] | None:
    """The VPC that something should stand in, and the other that it stands in for sure."""
    stands = architecture.vpcs_of(thing)
    if len(stands) != 1:
        return None
    return next(((home, stands[0]) for home in homes if home.selector != stands[0].selector), None)


def _joined(architecture: Architecture, one: Member, other: Member) -> bool:
    """Whether two VPCs may be joined: by raw resources, or long ago, where both exist."""
    exist = all(existing_of(vpc.body) for vpc in (one, other))
    return exist or any(type_.startswith(JOINS) for type_ in architecture.raw_types)


def _other(message: str, path: Path, thing: Member, help_: str) -> Diagnostic:
    label = Label(f"`{thing.name}` is declared here.", thing.path, "key")
    return Diagnostic(OTHER_VPC, message, path, related=(label,), help=help_)
