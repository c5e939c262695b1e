"""What stands beside members: raw resources, outputs, variables, levels, placements, and what is expected."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.random_specs.plan import Plan

ATTRIBUTES = {
    "vpcs": ("id", "cidr"),
    "instances": ("id", "private_ip", "public_ip", "arn"),
    "key_pairs": ("id", "name"),
    "roles": ("arn", "name"),
    "security_groups": ("id",),
    "images": ("id",),
    "launch_templates": ("id",),
    "file_systems": ("id", "arn"),
    "target_groups": ("arn", "name"),
    "load_balancers": ("url", "domain", "arn"),
    "databases": ("endpoint", "port", "secret", "arn"),
    "auto_scaling_groups": ("name", "arn"),
    "notifications": ("arn",),
    "websites": ("cdn_url", "bucket", "arn"),
}
GROUPED = ("instances", "load_balancers", "databases")
MOVES: tuple[dict[str, list[str]], ...] = (
    {"firewall": ["security_groups"]},
    {"network": ["security_groups"]},
    {"machines": ["instances", "images"]},
    {"front": ["load_balancers", "target_groups"]},
    {"data": ["databases"]},
    {"shared": ["file_systems"]},
    {"keys": ["key_pairs", "roles"]},
    {"compute": ["auto_scaling_groups", "launch_templates"]},
    {"pages": ["websites", "notifications"]},
)


def opening(plan: Plan) -> None:
    """What a document says of itself."""
    plan.maybe(
        plan.spec,
        3,
        description=["Drawn at random", "With: a colon, and 'quotes'"],
        region=["ap-northeast-2", "us-east-1", "eu-west-1"],
        tags=[{"Project": "drawn"}, {"Where": "${{ aws.region }}", "Name": "all"}, {"A": "1"}, {"B": "2"}],
        variables=[{"stage": "dev"}, {"stage": {"default": "dev", "one_of": ["dev", "prod"]}}],
    )


def raw(plan: Plan) -> None:
    """Resources in CloudFormation's own words, which name members by expressions."""
    if plan.chance(3):
        body: dict[str, Any] = {"Type": "AWS::SQS::Queue", "Properties": {"SqsManagedSseEnabled": True}}
        body["Properties"]["Tags"] = [{"Key": "A", "Value": plan.pick("plain", "${{ aws.region }}")}]
        plan.add("resources", "Queue", body)
    if plan.names("resources") and plan.chance():
        ids: list[Any] = [{"Ref": "NetVpc"}, {"Fn::Sub": "${NetVpc.CidrBlock}"}] if "net" in plan.names("vpcs") else []
        properties: dict[str, Any] = {"Name": "/drawn", "Type": "String", "Value": plan.text()}
        body = {"Type": "AWS::SSM::Parameter", "Properties": properties}
        if plan.chance():
            body["DependsOn"] = plan.pick("Queue", ["Queue"])
        if plan.chance():
            forms: list[Any] = [{"Ref": "Queue"}, {"Fn::GetAtt": ["Queue", "Arn"]}, {"Fn::Sub": "${Queue}"}]
            properties["Value"] = plan.pick(*forms, *ids)
        plan.add("resources", "Said", body)


ROLES = {
    "instances": "instance",
    "databases": "database",
    "load_balancers": "load_balancer",
    "target_groups": "target_group",
    "security_groups": "security_group",
    "vpcs": "vpc",
    "websites": "bucket",
    "file_systems": "file_system",
    "auto_scaling_groups": "auto_scaling_group",
    "key_pairs": "key_pair",
    "roles": "role",
}
"""The main resource of what a member becomes."""


def overrides(plan: Plan) -> None:
    """CloudFormation laid over some members: what adds to the order, takes from it, or names other members."""
    for _ in range(plan.pick(0, 0, 0, 1, 2)):
        section = plan.pick(*(section for section in ROLES if plan.names(section)))
        body = plan.spec[section][plan.pick(*plan.names(section))]
        if not isinstance(body, dict) or "existing" in body:
            continue
        laid: list[Any] = [{"Metadata": {"Said": plan.text()}}, {"DeletionPolicy": "Retain"}, {"DependsOn": None}]
        laid += [{"DependsOn": name} for name in plan.names("resources")]
        body["override"] = {ROLES[section]: plan.pick(*laid)}


def conditions(plan: Plan) -> None:
    """What needs a member that is there only sometimes is there only then: mostly, so that it can be built."""
    if plan.chance(6):
        _make_conditional(plan)
    sections = [section for section in ATTRIBUTES if section not in ("vpcs", "security_groups")]
    for _ in range(4):
        for section in sections:
            for body in plan.spec.get(section, {}).values():
                if isinstance(body, dict) and "when" not in body and (when := _needed(plan, body, sections)):
                    body["when"] = when


def _make_conditional(plan: Plan) -> None:
    may_be = ("key_pairs", "roles", "target_groups", "launch_templates")
    if sections := [section for section in may_be if plan.names(section)]:
        section = plan.pick(*sections)
        body = plan.spec[section][plan.pick(*plan.names(section))]
        body["when"] = plan.pick(plan.parameter("Busy"), {"not": plan.parameter("Busy")})


def _needed(plan: Plan, body: dict[str, Any], sections: list[str]) -> Any:
    """The `when` of something that a member mentions."""
    said = {word for text in _texts(body) for word in (text, *text.split("."))}
    for section in sections:
        for name, other in plan.spec.get(section, {}).items():
            if name in said and other is not body and isinstance(other, dict) and "when" in other:
                return other["when"]
    return None


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(inner)


def ending(plan: Plan) -> None:
    """Outputs of all kinds; parameters last, so that none is declared in vain."""
    asked = [
        f"${{{{ {section}.{name}.{attribute} }}}}"
        for section, attributes in ATTRIBUTES.items()
        for name in (plan.names(section) if plan.chance(6) else plan.sure(section))
        for attribute in attributes
        if attribute != "public_ip" or set(plan.spec[section][name]) & {"public_ip", "elastic_ip"}
        if attribute != "cdn_url" or plan.spec[section][name].get("cdn") is not False
        if attribute == "id" or "existing" not in (plan.spec[section][name] or ())
    ]
    for number, text in enumerate(plan.some(asked, 0, 4)):
        forms: list[Any] = [text, {"value": f"it is {text}", "description": "Drawn"}]
        plan.add("outputs", f"Value{number}", plan.pick(*forms, {"value": text, "export": f"drawn-{number}"}))
    if plan.chance(5):
        members = [f"{section}.{name}" for section in ATTRIBUTES for name in plan.names(section)]
        moves: list[dict[str, list[str]]] = [{"aside": plan.some(members, 1, 2)}]
        moves += [each for each in MOVES if all(section in plan.spec for section in next(iter(each.values())))]
        plan.spec["layout"] = {"stacks": plan.pick(*moves)}
    if plan.chance(6) and (ends := [f"{section}.{name}" for section in GROUPED for name in plan.sure(section)]):
        one = {"from": plan.pick("internet", *ends), "to": plan.pick(*ends), "port": plan.pick(80, 22, "all")}
        plan.spec["expect"] = {plan.pick("reachable", "blocked"): {"the one reaches the other": one}}
    if plan.chance(6):
        plan.spec["checks"] = {"open-to-the-world": {"level": "off", "reason": "drawn"}}
    if not plan.spec["parameters"]:
        del plan.spec["parameters"]
