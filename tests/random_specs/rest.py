"""What stands beside members: raw resources, outputs, variables, levels, placements, and what is expected."""

from __future__ import annotations

from typing import Any

from tests.random_specs.plan import ODD_TAGS, Plan

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
        tags=[
            {"Project": "drawn"},
            {"Where": "${{ aws.region }}", "Name": "all"},
            {"Project": "drawn"},
            {"A": "1"},
            ODD_TAGS,
        ],
        variables=[{"stage": "dev"}, {"stage": {"default": "dev", "one_of": ["dev", "prod"]}}],
    )


def raw(plan: Plan) -> None:
    """Resources in CloudFormation's own words, which name members by expressions."""
    if plan.chance(3):
        body: dict[str, Any] = {"Type": "AWS::SQS::Queue", "Properties": {"SqsManagedSseEnabled": True}}
        body["Properties"]["Tags"] = [{"Key": "A", "Value": plan.pick("plain", "${{ aws.region }}")}]
        plan.add("resources", "Queue", body)
    if plan.names("resources") and plan.chance():
        properties: dict[str, Any] = {"Name": "/drawn", "Type": "String", "Value": plan.text()}
        body = {"Type": "AWS::SSM::Parameter", "Properties": properties}
        if plan.chance():
            body["DependsOn"] = plan.pick("Queue", ["Queue"])
        if plan.chance():
            properties["Value"] = plan.pick(
                {"Ref": "Queue"}, {"Fn::GetAtt": ["Queue", "Arn"]}, {"Fn::Sub": "${Queue} x"}
            )
        plan.add("resources", "Said", body)


def ending(plan: Plan) -> None:
    """Outputs of all kinds; parameters last, so that none is declared in vain."""
    asked = [
        f"${{{{ {section}.{name}.{attribute} }}}}"
        for section, attributes in ATTRIBUTES.items()
        for name in plan.sure(section)
        for attribute in attributes
        if attribute != "public_ip" or set(plan.spec[section][name]) & {"public_ip", "elastic_ip"}
        if attribute != "cdn_url" or plan.spec[section][name].get("cdn") is not False
        if attribute == "id" or "existing" not in (plan.spec[section][name] or ())
    ]
    for number, text in enumerate(plan.some(asked, 0, 4)):
        forms: list[Any] = [text, {"value": f"it is {text}", "description": "Drawn"}]
        plan.add("outputs", f"Value{number}", plan.pick(*forms, {"value": text, "export": f"drawn-{number}"}))
    if plan.chance(5):
        moves = [each for each in MOVES if all(section in plan.spec for section in next(iter(each.values())))]
        if moves:
            plan.spec["layout"] = {"stacks": plan.pick(*moves)}
    if plan.chance(6):
        plan.spec["checks"] = {"open-to-the-world": {"level": "off", "reason": "drawn"}}
    if not plan.spec["parameters"]:
        del plan.spec["parameters"]
