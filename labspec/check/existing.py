"""What is there already: nothing can be changed about it, and what is not said of it is not known."""

from __future__ import annotations

import re
from collections.abc import Iterator

from labspec.diagnostic import Diagnostic, Label, Path, Rule
from labspec.model.architecture import Architecture, Member
from labspec.model.kind import Kind, leaves
from labspec.model.network import InternetGateway, Subnet, Vpc
from labspec.model.parts import EACH, Existing, existing_of
from labspec.model.word import Name

SAID = Rule(
    "LS376",
    "said-of-existing",
    "Something is said of a member that exists, and cannot become true.",
    "labspec changes nothing about what exists. What is said beside `existing` are facts about it: they are believed,"
    " and feed checks.",
    "vpcs: {company: {existing: vpc-0123456789abcdef0, tags: {Team: web}}}",
    "vpcs: {company: {existing: vpc-0123456789abcdef0, cidr: 10.0.0.0/16}}",
)
UNSAID = Rule(
    "LS377",
    "existing-without-fact",
    "The addresses of a VPC that exists are needed, and not said.",
    "A rule that names a VPC, and `${{ vpcs.company.cidr }}`, need its addresses. labspec does not look into the"
    " account.",
    "vpcs: {company: {existing: vpc-0123456789abcdef0}}\n# ...\nfrom: company",
    "vpcs: {company: {existing: vpc-0123456789abcdef0, cidr: 10.0.0.0/16}}\n# ...\nfrom: company",
    binding=True,
)
IMPOSSIBLE = Rule(
    "LS378",
    "existing-in-new",
    "What exists stands in what is yet to be made, or gets what it has already.",
    "A subnet that exists stands in a VPC that exists. Such a VPC has a gateway to the internet, or is meant to have"
    " none: a VPC has one at most.",
    "vpcs: {web: {cidr: 10.0.0.0/16, subnets: {a: {existing: subnet-0123456789abcdef0}}}}",
    "vpcs: {web: {existing: vpc-0123456789abcdef0, subnets: {a: {existing: subnet-0123456789abcdef0}}}}",
)
FORM = Rule(
    "LS379",
    "existing-id",
    "What `existing` says cannot be how this is found.",
    "An id begins with what it is the id of. A path in Parameter Store and an export have characters of their own"
    " (`Get a plaintext value from Systems Manager Parameter Store`, `Outputs`, AWS CloudFormation User Guide).",
    "vpcs: {company: {existing: company}}",
    "vpcs: {company: {existing: vpc-0123456789abcdef0}}",
)

ALWAYS = {"existing", "silence"}
FACTS = {
    "vpcs": {"cidr", "zones", "subnets", "nat", "nat_gateways", "route_tables", "internet_gateway"},
    "subnets": {"cidr", "zone", "each", "access", "auto_public_ip"},
    "security_groups": {"vpc", "ingress", "egress"},
    "key_pairs": set[str](),
    "roles": {"trust"},
    "file_systems": {"subnets", "security_groups"},
}
"""What can be said of a member that exists: facts about it, and what the spec puts into it."""

HEX = "([0-9a-f]{8}|[0-9a-f]{17})"
IDS = {
    "vpcs": (f"vpc-{HEX}", "vpc-0123456789abcdef0"),
    "subnets": (f"subnet-{HEX}", "subnet-0123456789abcdef0"),
    "security_groups": (f"sg-{HEX}", "sg-0123456789abcdef0"),
    "file_systems": (f"fs-{HEX}", "fs-0123456789abcdef0"),
    "roles": (r"[\w+=,.@-]{1,64}", "worker"),
}
"""The ids of each kind, and one of them; a role is found by its name, and so is a key pair, whose name is any text."""
SSM = r"[a-zA-Z0-9_.\-/]+(:[0-9]+)?"
EXPORT = r"[A-Za-z0-9:-]+"


def check_existing(architecture: Architecture) -> Iterator[Diagnostic]:
    """Members that exist, and what they are asked for."""
    told: set[Path] = set()
    for member in architecture.members.values():
        if (existing := existing_of(member.body)) is not None and member.path not in told:
            told.add(member.path)  # those of a family are written once
            yield from _said(member)
            yield from _form(member, existing)
        yield from _impossible(member)
        yield from _unsaid(architecture, member)


def _said(member: Member) -> Iterator[Diagnostic]:
    for field in sorted(member.body.model_fields_set - FACTS[member.section] - ALWAYS):
        message = f"`{member.name}` is there already: `{field}` cannot be said of it."
        facts = ", ".join(f"`{fact}`" for fact in sorted(FACTS[member.section]))
        help_ = f"Facts about it are {facts}." if facts else ""
        yield Diagnostic(SAID, message, (*member.path, field), "key", help=help_)


def _form(member: Member, existing: Existing) -> Iterator[Diagnostic]:
    pattern, example = IDS.get(member.section, (r".{1,255}", "a-name"))
    forms = {
        "id": (existing.id, pattern, f"It looks like `{example}`."),
        "ssm": (existing.ssm, SSM, "It is a path, such as `/network/vpc-id`, or a version of it: `/network/vpc-id:3`."),
        "export": (existing.export, EXPORT, "It has letters, digits, colons and hyphens."),
    }
    for way, (text, form, help_) in forms.items():
        if text is None or re.fullmatch(form, text):
            continue
        path = (*member.path, "existing", way)
        if EACH in text:
            said = "It is the zone of subnets that stand in several."
            yield Diagnostic(FORM, f"`{EACH}` means nothing here.", path, help=said)
        else:
            yield Diagnostic(FORM, f"`{text}` cannot be how `{member.name}` is found.", path, help=help_)


def _impossible(member: Member) -> Iterator[Diagnostic]:
    owner = member.owner
    if owner is None or not isinstance(owner.body, Vpc):
        return
    is_new = owner.body.existing is None
    if isinstance(member.body, Subnet) and member.body.existing is not None and is_new:
        message = f"`{member.name}` is there already, and `{owner.name}`, which it stands in, is not."
        label = Label(f"`{owner.name}` is made by this spec.", owner.path, "key")
        yield Diagnostic(IMPOSSIBLE, message, (*member.path, "existing"), "key", related=(label,))
    if isinstance(member.body, InternetGateway) and not is_new and owner.body.internet_gateway is None:
        message = f"`{owner.name}` is there already: its new public subnets need to know its gateway to the internet."
        help_ = "Say `internet_gateway` if it has none yet; otherwise make such subnets where the gateway is made."
        yield Diagnostic(IMPOSSIBLE, message, member.path, "key", help=help_)


def _unsaid(architecture: Architecture, member: Member) -> Iterator[Diagnostic]:
    """Rules that name a VPC whose addresses nobody knows."""
    for field in ("ingress", "egress"):
        for path, leaf in leaves(getattr(member.body, field, None) or {}, (*member.path, field)):
            if not isinstance(leaf, Name) or "vpcs" not in leaf.sections:
                continue
            for vpc in architecture.meant(leaf):
                if lacks_addresses(vpc.body):
                    label = Label("It is here.", vpc.path, "key")
                    message = f"The addresses of `{vpc.name}` are not known."
                    help_ = "Say its `cidr`."
                    yield Diagnostic(UNSAID, message, path, related=(label,), help=help_)


def lacks_addresses(body: Kind) -> bool:
    """Whether a VPC exists whose addresses are not said."""
    return isinstance(body, Vpc) and body.existing is not None and body.cidr is None
