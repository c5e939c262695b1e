"""The pages that list: notations, attributes, roles for overrides, rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby, takewhile

from labspec.diagnostic import Rule
from labspec.model.attributes import ATTRIBUTES, AWS_VALUES
from labspec.reference.markdown import fenced, page, row, table
from labspec.reference.notation import Node
from labspec.reference.parts import parts, title
from labspec.reference.schema import bare_schemas
from labspec.rules import ROOMS, lowering

Role = tuple[str, str, str]
"""A section, a role of its members' resources, and the type of the resource."""

SHOWN = 4
"""So many users of a notation are named."""


def notations() -> str:
    """Each notation, the pattern that it follows, and some of the fields that take it."""
    users: dict[tuple[str, str], list[str]] = {}
    bare = bare_schemas()
    for part in parts():
        for name, node in bare[part.__name__]["properties"].items():
            for key in dict.fromkeys(_scalars(node)):
                users.setdefault(key, []).append(f"`{name}` ({title(part)})")
    rows = (row(takes, f"`{pattern}`" if pattern else "", _named(who)) for (takes, pattern), who in users.items())
    return page("Notations", [NOTATIONS, table(("takes", "pattern", "fields"), rows)])


NOTATIONS = """\
A field reads its value as it was typed, so YAML never guesses: `8.10` stays 8.10, `22:30` is no number and `on` no
boolean. Units are always written. Where a field also takes a parameter, its PascalCase name stands there bare; in text,
expressions such as `${{ AdminCidr }}` do. A list of one item may be written as the item alone, and an empty value means
all defaults where there are some for everything.

`internet` (everyone), `all`, `self`, `endpoints` and `aws` are reserved words. Any value may be a variable,
`${{ variables.name }}`: they are filled in before anything is read."""


def _named(users: list[str]) -> str:
    unique = list(dict.fromkeys(users))
    return ", ".join(unique[:SHOWN]) + (f" and {len(unique) - SHOWN} more" if len(unique) > SHOWN else "")


def _scalars(node: Node) -> Iterator[tuple[str, str]]:
    """The notations inside a field, each with its pattern."""
    if "description" in node and "type" in node and node["type"] != "object":
        yield node["description"], node.get("pattern", "")
    inner = [*node.get("anyOf", []), node.get("items"), node.get("additionalProperties")]
    for value in [*inner, *node.get("patternProperties", {}).values()]:
        if isinstance(value, dict):
            yield from _scalars(value)


def attributes() -> str:
    """What an expression can ask of members, and of AWS."""
    words = [ATTRIBUTES_ARE]
    for section, table_ in ATTRIBUTES.items():
        rows = (row(f"`{name}`", meaning) for name, meaning in table_.items())
        words += [f"## {section}", table(("attribute", "meaning"), rows)]
    rows = (row(f"`${{{{ aws.{name} }}}}`", f"`{pseudo}`") for name, pseudo in AWS_VALUES.items())
    words += ["## aws", table(("expression", "pseudo-parameter"), rows)]
    return page("Attributes", words)


ATTRIBUTES_ARE = """\
`${{ section.member.attribute }}` asks for these, and so does `${{ member.attribute }}` for members that stand inside
others. An attribute in PascalCase is CloudFormation's own, of the member's main resource."""


def overrides(roles: Iterable[Role]) -> str:
    """The roles that `override` can name, as the specs of the project's own tests have them."""
    words = [OVERRIDES, fenced(OVERRIDE), IDS, OWN_DOMAIN_SAYS, fenced(OWN_DOMAIN)]
    every = set(roles)
    names = {kind: _pattern(sorted({role for _, role, other in every if other == kind})) for _, _, kind in every}
    shown = sorted({(section, names[kind] or role, kind) for section, role, kind in every})
    for section, group in groupby(shown, key=lambda role: role[0]):
        rows = (row(f"`{role}`", f"`{kind}`") for _, role, kind in group)
        words += [f"## {section}", table(("role", "resource"), rows)]
    return page("Overrides", words)


OVERRIDES = """\
A member becomes one or more resources, each with a role. `override` lays a piece of CloudFormation over the resource of
a role, as a merge patch. Below are the roles that members of each section can have; `...` stands for a rule, port,
destination or subnet, with `_` for `-`: the ingress rule `http` has the role `http_ingress`."""
OVERRIDE = """\
target_groups:
  web:
    port: 80
    override:
      target_group: {Properties: {Name: web}}"""


IDS = """\
A resource's logical id is its member's name and its role in PascalCase: the role `eip` of `web-1` is `Web1Eip`. The
resource that is the member itself has its kind's name there, unless its own ends so: `web-1` is `Web1Instance`."""
OWN_DOMAIN_SAYS = """\
`null` takes a property away. A website under a domain of its own, whose certificate CloudFront takes from us-east-1
only (`Requirements for using SSL/TLS certificates with CloudFront`), in the zone of that domain; `Z2FDTNDATAQYW2` is
CloudFront's own zone (`AWS::Route53::RecordSet AliasTarget`):"""
OWN_DOMAIN = """\
parameters:
  Certificate: {type: certificate, label: ARN of the certificate in us-east-1}
websites:
  docs:
    content: site
    override:
      distribution:
        Properties:
          DistributionConfig:
            Aliases: [docs.example.com]
            ViewerCertificate:
              CloudFrontDefaultCertificate: null
              AcmCertificateArn: !Ref Certificate
              MinimumProtocolVersion: TLSv1.2_2021
              SslSupportMethod: sni-only
resources:
  DocsRecord:
    Type: AWS::Route53::RecordSet
    Properties:
      HostedZoneName: example.com.
      Name: docs.example.com
      Type: A
      AliasTarget: {HostedZoneId: Z2FDTNDATAQYW2, DNSName: "${{ docs.cdn_domain }}"}"""


def _pattern(roles: list[str]) -> str:
    """The roles of one type of resource in one: what differs is left open. Empty where they have nothing in common."""
    words = [role.split("_") for role in roles]
    before, after = _alike(words), _alike([role[::-1] for role in words])
    if len(roles) == 1 or not (before or after):
        return ""
    return "_".join([*words[0][:before], "...", *words[0][len(words[0]) - after :]])


def _alike(names: list[list[str]]) -> int:
    """With how many words all the names begin."""
    return len(list(takewhile(lambda column: len(set(column)) == 1, zip(*names, strict=False))))


def rule_list(rules: Iterable[Rule]) -> str:
    """Every rule, room by room."""
    words = [RULES]
    for block, group in groupby(sorted(rules, key=lambda rule: rule.code), key=lambda rule: rule.code[2]):
        words.append(f"## {ROOMS[block]}")
        for rule in group:
            words += _rule(rule)
    return page("Rules", words)


RULES = """\
What can be found, by code, each with its severity unless said; `labspec explain CODE` prints the same. What can be
lowered is accepted for one member by `silence: {rule-name: reason}`, and gets another level in the whole spec under
[checks](checks.md). What is always an error cannot: nothing is built where it is broken."""


def _rule(rule: Rule) -> Iterator[str]:
    yield f"### {rule.code}"
    yield f"`{rule.name}` ({rule.severity}, {lowering(rule)}). {rule.summary}"
    if rule.why:
        yield rule.why
    for heading, example in (("Wrong:", rule.wrong), ("Right:", rule.right)):
        if example:
            yield heading
            yield fenced(example)
