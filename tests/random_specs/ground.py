"""What members stand on: networks, security groups, keys, roles."""

from __future__ import annotations

from typing import Any

from tests.random_specs.plan import ODD_TAGS, Place, Plan

MANAGED = "CloudWatchAgentServerPolicy"
STATEMENT = {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}


def networks(plan: Plan) -> None:
    """A VPC or two, in any of the forms in which one is written."""
    for number in range(plan.pick(1, 1, 1, 2)):
        name = plan.name("vpcs", f"net-{number}" if number else "net")
        plan.pick(_zoned, _zoned, _spelled, _spelled, _existing)(plan, name, number)
        if "existing" not in plan.spec["vpcs"][name]:
            tags = [{"Owner": "network"}, {"Name": "${{ aws.region }}-net"}, ODD_TAGS]
            plan.maybe(plan.spec["vpcs"][name], 8, tags=tags, was=[f"old-{name}"])


def _zoned(plan: Plan, name: str, number: int) -> None:
    zones = plan.pick(["a", "c"], ["b", "c", "d"], [1, 2], ["a", "b", "c"])
    nat = plan.pick("none", "single", "per_zone")
    families = {"public": "public", "data": "isolated"} | ({} if nat == "none" else {"app": "private"})
    subnets = {
        f"{family}-two" if number else family: {
            "access": access,
            "cidr": f"10.{number}.{16 * place}.0/20",
            "each": plan.pick("/24", "/24", "/22"),
        }
        for place, (family, access) in enumerate(families.items())
    }
    plan.add("vpcs", name, {"cidr": f"10.{number}.0.0/16", "zones": zones, "nat": nat, "subnets": subnets})
    plan.places += [
        Place(f"{family}-{zone}", name, zone, body["access"]) for family, body in subnets.items() for zone in zones
    ]


def _spelled(plan: Plan, name: str, number: int) -> None:
    """Every subnet for itself; with `access`, or with route tables and NAT gateways in their own words."""
    zones = plan.pick(["a", "c"], ["a", "b", "c"], [1, 2])
    by_access = plan.chance()
    end = "-two" if number else ""
    subnets: dict[str, Any] = {}
    for place, kind in enumerate(("public", "private", "isolated")):
        for piece, zone in enumerate(zones):
            body: dict[str, Any] = {"zone": zone, "cidr": f"10.{number}.{16 * place + piece}.0/24"}
            if by_access:
                body["access"] = kind
            plan.maybe(body, 8, auto_public_ip=[kind == "public"], tags=[{"Tier": kind}])
            subnets[f"{kind}-{zone}{end}"] = body
            plan.places.append(Place(f"{kind}-{zone}{end}", name, zone, kind))
    vpc: dict[str, Any] = {"cidr": f"10.{number}.0.0/16", "internet_gateway": f"igw{end}", "subnets": subnets}
    first = f"public-{zones[0]}{end}"
    if by_access:
        vpc["nat"] = plan.pick("single", "per_zone")
    else:
        vpc["nat_gateways"] = {f"nat{end}": plan.pick(first, {"subnet": first, "tags": {"Way": "out"}})}
        vpc["route_tables"] = {
            f"public-rt{end}": {"subnets": plan_names(subnets, "public"), "routes": {"internet": f"igw{end}"}},
            f"private-rt{end}": {
                "subnets": plan_names(subnets, "private"),
                "routes": plan.pick({"internet": f"nat{end}"}, {"0.0.0.0/0": f"nat{end}"}),
            },
            f"isolated-rt{end}": {"subnets": plan_names(subnets, "isolated")},
        }
    plan.maybe(vpc, 8, dns_hostnames=[True, False], dns_support=[True])
    plan.add("vpcs", name, vpc)


def plan_names(subnets: dict[str, Any], kind: str) -> list[str]:
    """The subnets of one kind."""
    return [name for name in subnets if name.startswith(kind)]


def _existing(plan: Plan, name: str, number: int) -> None:
    end = "-two" if number else ""
    zones = plan.pick(["a", "c"], ["b", "c"])
    found = plan.pick(
        {"ssm": "/network/vpc"}, "vpc-0aaaaaaaaaaaaaaaa", {"export": "network-vpc"}, {"parameter": "Given"}
    )
    if found == {"parameter": "Given"}:
        plan.parameter("Given")
    ways = [{"ssm": "/network/${{ each.key }}"}, {"export": "subnet-${{ each.key }}"}]
    subnets: dict[str, Any] = {
        f"public{end}": {"existing": ways[0], "access": "public"},
        f"app{end}": {"existing": plan.pick(*ways), "access": "private"},
        f"data{end}": {"access": "isolated", "cidr": f"10.{number}.32.0/20", "each": "/24"},
    }
    plan.add("vpcs", name, {"existing": found, "cidr": f"10.{number}.0.0/16", "zones": zones, "subnets": subnets})
    plan.places += [
        Place(f"{family}-{zone}", name, zone, body["access"]) for family, body in subnets.items() for zone in zones
    ]


def groups(plan: Plan) -> None:
    """Security groups that name one another, each in a VPC."""
    for usual in plan.some(["web-sg", "app-sg", "data-sg", "load-sg"], 1, 4):
        name = plan.name("security_groups", usual)
        if plan.chance(10):
            ways = ({"ssm": "/groups/one"}, "sg-0bbbbbbbbbbbbbbbb", {"export": "one-group"})
            plan.add("security_groups", name, {"existing": plan.pick(*ways)})
            continue
        body: dict[str, Any] = {"vpc": plan.pick(*plan.names("vpcs"))}
        plan.maybe(body, 6, description=["Drawn at random"], tags=[{"Kind": "wall"}, ODD_TAGS], was=[f"old-{name}"])
        plan.add("security_groups", name, body)
    for body in plan.spec["security_groups"].values():
        if "existing" not in body:
            vpc = body["vpc"]
            body["ingress"] = rules(plan, "from", vpc)
            if plan.chance(3):
                body["egress"] = rules(plan, "to", vpc)


def groups_of(plan: Plan, vpc: str, least: int = 0, most: int = 2) -> list[str]:
    """Groups that something in a VPC may have."""
    there = [name for name, body in plan.spec["security_groups"].items() if body.get("vpc", vpc) == vpc]
    return plan.some(there, min(least, len(there)), most)


def rules(plan: Plan, side: str, vpc: str) -> dict[str, Any]:
    """Rules by block, group, VPC, parameter and member; no two with one port, so that no two say the same."""
    near = [name for name, body in plan.spec.get("security_groups", {}).items() if body.get("vpc") == vpc]
    members = [
        f"{section}.{name}"
        for section in ("instances", "databases", "load_balancers", "file_systems")
        for name, body in plan.spec.get(section, {}).items()
        if plan.homes.get(f"{section}.{name}") == vpc and ("ingress" in body or "security_groups" in body)
    ]
    ends = ["internet", "self", "10.0.0.0/16", "192.0.2.7/32", vpc, "AdminCidr", "pl-0aaaaaaaaaaaaaaaa"]
    ends += [f"security_groups.{name}" for name in near] + members
    made: dict[str, Any] = {}
    for number, port in enumerate(plan.some([22, 80, 443, 3306, 2049, "8000-8010", "all"], 0, 3)):
        peers = plan.some(ends, 1, 2)
        if "AdminCidr" in peers:
            plan.parameter("AdminCidr")
        rule: dict[str, Any] = {"port": port, side: peers[0] if len(peers) == 1 else peers}
        if port == "all":
            plan.maybe(rule, 2, protocol=["all", "icmp", "tcp", "udp"])
        plan.maybe(rule, 10, description=["Said by hand"], protocol=["udp", "tcp"])
        made[f"rule-{number}"] = rule
    return made


def keys(plan: Plan) -> None:
    """Key pairs that are made, and ones that are there."""
    if plan.chance():
        found: tuple[Any, ...] = ({}, {"format": "ppk"}, {"existing": "office-key"}, {"tags": {"Who": "admin"}})
        plan.add("key_pairs", plan.name("key_pairs", "admin"), plan.pick(*found))


def roles(plan: Plan) -> None:
    """Roles that are shared."""
    if not plan.chance(3):
        return
    if plan.chance(4):
        plan.add("roles", plan.name("roles", "clerk"), {"existing": plan.pick("worker-role", {"ssm": "/roles/worker"})})
        return
    body: dict[str, Any] = {"permissions": permissions(plan)}
    plan.maybe(body, 6, trust=["ec2.amazonaws.com"], tags=[{"Team": "data"}, ODD_TAGS])
    plan.add("roles", plan.name("roles", "clerk"), body)


def permissions(plan: Plan) -> dict[str, Any]:
    """What something may do: its members, policies of AWS, statements of its own."""
    body: dict[str, Any] = {}
    readable = [
        f"{section}.{name}"
        for section in ("databases", "file_systems", "websites")
        for name in plan.sure(section)
        if "existing" not in plan.spec[section][name]
    ]
    if readable:
        plan.maybe(body, 2, read=readable)
        plan.maybe(body, 3, write=readable)
    plan.maybe(body, 3, managed=[MANAGED, [MANAGED, "AmazonSSMReadOnlyAccess"]], statements=[STATEMENT])
    return body
