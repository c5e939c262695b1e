"""Machines, what they are made from, and groups of them."""

from __future__ import annotations

from typing import Any

from tests.random_specs.ground import groups_of, permissions, rules
from tests.random_specs.plan import Place, Plan

USER_DATA = ["#!/bin/bash\necho ready\n", {"source": "start.sh"}, {"source": "motd", "render": True}]
SERVICES = {"packages": ["httpd"], "services": ["httpd"]}


def instances(plan: Plan) -> None:
    """Machines here and there, the later ones like the first, or from an image of it."""
    for usual in plan.some(["server", "worker", "bastion"], 0, 3):
        name = plan.name("instances", usual)
        place = plan.pick(*plan.places)
        first = next(iter(plan.spec.get("instances", {})), None)
        if first and plan.chance(4):
            vpc = plan.homes[f"instances.{first}"]
            same = plan.standing(vpc, "public") or plan.standing(vpc)
            place = plan.pick(*same)
            body: dict[str, Any] = {"like": first, "subnet": place.name}
        else:
            body = _instance(plan, place)
        plan.add("instances", name, body)
        stands(plan, "instances", name, place.vpc)
        if plan.chance(5):
            _image(plan, name, place)


def stands(plan: Plan, section: str, name: str, vpc: str) -> None:
    """Where something stands, kept beside the spec."""
    plan.homes[f"{section}.{name}"] = vpc


def _instance(plan: Plan, place: Place) -> dict[str, Any]:
    body: dict[str, Any] = {"subnet": place.name}
    if place.access == "public":
        plan.maybe(body, 2, **plan.pick({"elastic_ip": [True]}, {"public_ip": [True]}))
    plan.maybe(body, 12, was=["old-server"], silence=[{"default-group": "drawn"}, {"W3010": "drawn"}])
    plan.maybe(body, 12, keep_on_change=[True], termination_protection=[True], shutdown=["terminate"])
    if body.get("keep_on_change") and plan.chance():
        body["private_ip"] = "10.0.0.77"
    body |= software(plan, place.vpc)
    if plan.chance(6):
        body["when"] = plan.pick(plan.parameter("Busy"), {"not": plan.parameter("Busy")})
    if plan.chance(12):
        body["override"] = {"instance": {"Properties": {"SourceDestCheck": False}, "DeletionPolicy": "Retain"}}
    return body


def _image(plan: Plan, original: str, place: Place) -> None:
    body: dict[str, Any] = {"from": original}
    if when := plan.spec["instances"][original].get("when"):
        body["when"] = when
    image = plan.add("images", plan.name("images", "golden"), body)
    if "when" not in body and plan.chance():
        name = plan.name("instances", "copy")
        plan.add("instances", name, {"subnet": place.name, "image": f"images.{image}"} | _groups(plan, place.vpc))
        stands(plan, "instances", name, place.vpc)


def images(plan: Plan) -> None:
    """Images that are given."""
    if plan.chance(5):
        forms = ({"id": "ami-0123456789abcdef0"}, {"public": "/golden/image"})
        body = plan.pick(*forms, {"public": "/golden/image", "pinned": "ami-0123456789abcdef0"})
        plan.add("images", plan.name("images", "given"), body)


def _groups(plan: Plan, vpc: str) -> dict[str, Any]:
    body: dict[str, Any] = {}
    if groups := groups_of(plan, vpc, 0, 2):
        body["security_groups"] = groups
    if not groups or plan.chance(3):
        body["ingress"] = rules(plan, "from", vpc)
        if plan.chance(4):
            body["egress"] = rules(plan, "to", vpc)
    return body


def software(plan: Plan, vpc: str) -> dict[str, Any]:
    """What instances and templates of groups have in common."""
    body = _groups(plan, vpc)
    plan.maybe(
        body,
        8,
        type=["t3.small", "t4g.micro", "m7i.large", "t3.nano"],
        image=["amazon-linux-2", {"ssm": "/some/image"}, "ami-0123456789abcdef0"],
        storage=["20GiB", {"size": "1TiB", "type": "gp2"}, {"encrypted": False}],
        access=["none", "ssm"],
        metadata=[{"hops": 2}, "optional", "required"],
        monitoring=["detailed", "basic"],
        credits=["standard", "unlimited"],
        tenancy=["default", "dedicated"],
        ready_within=["5m", "30m"],
        tags=[{"Role": "machine"}, {"Role": "in ${{ aws.region }}"}],
    )
    if plan.chance(20):
        body["type"] = plan.parameter("Machine")
    if made := [name for name, image in plan.spec.get("images", {}).items() if not image.get("from")]:
        plan.maybe(body, 3, image=[f"images.{name}" for name in made])
    if plan.names("key_pairs") and plan.chance(3):
        body["key_pair"] = plan.pick(*plan.names("key_pairs"), {})
    elif plan.chance(12):
        body["key_pair"] = plan.parameter("Key")
    if plan.names("roles") and plan.chance(3):
        body["role"] = plan.pick(*plan.names("roles"))
    elif plan.chance(4):
        body["permissions"] = permissions(plan)
    if plan.chance(5):
        body["user_data"] = plan.pick(*USER_DATA, {"text": plan.text()})
    else:
        _setup(plan, body, vpc)
    return body


def _setup(plan: Plan, body: dict[str, Any], vpc: str) -> None:
    if plan.chance():
        setup: dict[str, Any] = plan.pick(SERVICES, {"packages": "mariadb105"}, {})
        setup = {**setup, "files": {"/etc/motd": plan.pick({"text": plan.text()}, {"source": "motd", "render": True})}}
        if plan.chance(3):
            setup["files"]["/srv/drawn/"] = {"owner": "ec2-user", "mode": "2775"}
            setup["commands"] = ["echo done", plan.text()]
        body["setup"] = setup
    shares = [name for name in plan.names("file_systems") if plan.homes.get(f"file_systems.{name}") in (vpc, None)]
    if shares and plan.chance():
        body["mounts"] = {"/srv/share": plan.pick(*shares)}
    if databases := plan.sure("databases"):
        replicas = [name for each in databases for name in plan.spec["databases"][each].get("replicas", {})]
        choices = [f"databases.{name}" for name in databases] + [f"replicas.{name}" for name in replicas]
        if plan.chance(3):
            source = plan.pick(*choices)
            body["secrets"] = {"/run/app/db.json": plan.pick(source, {"from": source, "group": "apache"})}


def fleets(plan: Plan) -> None:
    """A launch template, and groups of machines made from it."""
    if not plan.chance():
        return
    vpc = plan.pick(*plan.names("vpcs"))
    template = plan.name("launch_templates", "node")
    plan.add("launch_templates", template, software(plan, vpc))
    groups = [
        group
        for group in plan.names("target_groups")
        if plan.homes.get(f"target_groups.{group}") == vpc and not plan.spec["target_groups"][group].get("when")
    ]
    for usual in plan.some(["nodes", "spares"], 1, 2):
        places = plan.spread(vpc, *plan.pick((), ("public",), ("private", "public")))
        body: dict[str, Any] = {"launch_template": template, "subnets": plan.some(places, 1, 3)}
        if plan.chance(8):
            body["launch_template"] = software(plan, vpc)
        body["size"] = plan.pick({"min": 1, "max": 3}, {"min": 0, "max": 1}, {"min": 2, "max": 2})
        if plan.chance(4):
            body["size"] = {"min": plan.parameter("Least"), "max": plan.parameter("Most")}
        if groups and plan.chance():
            body["target_groups"] = plan.some(groups, 1, 2)
        _scaling(plan, body)
        plan.add("auto_scaling_groups", plan.name("auto_scaling_groups", usual), body)


def _counted(plan: Plan, body: dict[str, Any]) -> list[str]:
    """The target groups of a group of machines whose requests a load balancer counts."""
    doors = plan.spec.get("load_balancers", {}).values()
    return [group for group in body.get("target_groups", ()) if any(group in str(door["listeners"]) for door in doors)]


def _scaling(plan: Plan, body: dict[str, Any]) -> None:
    plan.maybe(
        body,
        5,
        health_check=["elb", {"type": "elb", "grace": "10m"}, "ec2"],
        termination=["oldest-instance", ["newest-instance", "default"]],
        update=[{"batch": 1}, {"keep_in_service": 0}, {"batch": 2, "wait_for_signal": "15m"}],
        tags=[{"Part": "fleet"}],
    )
    follows: dict[str, Any] = {}
    plan.maybe(follows, 3, cpu=["50%", {"target": "70%", "scale_in": False, "warmup": "3m"}])
    if len(_counted(plan, body)) == 1 or plan.chance(20):
        plan.maybe(follows, 3, requests=[{"target": 1000}, 500])
    if plan.chance(8):
        follows["cpu"] = {"target": plan.parameter("Share")}
    if follows:
        body["scaling"] = follows
    if plan.names("notifications") and plan.chance():
        body["notify"] = plan.pick(*plan.names("notifications"), {"email": "ops@example.com"})
    if plan.chance(8):
        body["when"] = plan.parameter("Busy")
