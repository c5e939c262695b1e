"""Databases, file systems, load balancers, websites, notifications."""

from __future__ import annotations

from typing import Any

from tests.random_specs.ground import groups_of, rules
from tests.random_specs.machines import stands
from tests.random_specs.plan import ODD_TAGS, Plan


def _walls(plan: Plan, body: dict[str, Any], vpc: str) -> None:
    """Groups that are named, or rules of its own."""
    if groups := groups_of(plan, vpc, 0, 2):
        body["security_groups"] = groups
    if not groups or plan.chance(4):
        body["ingress"] = rules(plan, "from", vpc)


def file_systems(plan: Plan) -> None:
    """A file system with a mount target in each zone, or one that is there."""
    if not plan.chance(3):
        return
    vpc = plan.pick(*plan.names("vpcs"))
    name = plan.name("file_systems", "share")
    if plan.chance(6):
        body: dict[str, Any] = {"existing": plan.pick("fs-0cccccccccccccccc", {"export": "the-share"})}
        if groups := groups_of(plan, vpc, 0, 1):
            body["security_groups"] = groups
    else:
        body = {"subnets": plan.spread(vpc, *plan.pick((), ("public",), ("isolated",)))}
        _walls(plan, body, vpc)
        plan.maybe(
            body,
            5,
            throughput=["bursting", "elastic"],
            performance=["max-io", "general-purpose"],
            to_infrequent_access=["7d", "never"],
            back_on_access=[True],
            backup=[False],
            encrypted=[False],
            require_tls=[True],
            on_delete=["delete", "keep"],
            tags=[{"Files": "shared"}],
        )
        if plan.chance(8):
            body["when"] = plan.parameter("Busy")
    plan.add("file_systems", name, body)
    stands(plan, "file_systems", name, vpc)


def databases(plan: Plan) -> None:
    """A database with replicas, of any size and care."""
    if not plan.chance(2):
        return
    vpc = plan.pick(*plan.names("vpcs"))
    name = plan.name("databases", "orders")
    body: dict[str, Any] = {"engine": "mysql", "version": plan.pick("8.4.7", "8.4.7", "8.0.43")}
    body["subnets"] = plan.spread(vpc, *plan.pick((), ("isolated",), ("isolated",)))
    _walls(plan, body, vpc)
    plan.maybe(
        body,
        5,
        class_=["db.t4g.small", "db.m7g.large"],
        storage=["50GiB", {"size": "20GiB", "type": "gp2"}, {"encrypted": False}],
        multi_az=[True],
        database=["shop", "orders"],
        username=["clerk", "admin"],
        port=[3307, 3306],
        backups=["14d", {"keep": "1d", "window": "17:00-18:00 UTC"}],
        maintenance_window=["sun 19:00-20:00 UTC"],
        logs=["general", ["error", "slowquery"]],
        protected=[True],
        minor_upgrades=[False],
        on_delete=["keep", "delete", "snapshot"],
        tags=[{"Data": "orders"}, {"Data": "${{ aws.account }}"}, ODD_TAGS],
    )
    if plan.chance(12):
        body["class"] = plan.parameter("Class")
    if plan.chance(6):
        body["password"] = plan.parameter("Password")
    if plan.chance(10):
        body["when"] = plan.parameter("Busy")
    elif plan.chance(3):
        zones = [place.zone for place in plan.places if place.name in body["subnets"]]
        replicas: list[Any] = [{}, {"zone": plan.pick(*zones)}, {"class": "db.t4g.small"}]
        body["replicas"] = {f"copy-{number}": plan.pick(*replicas) for number in range(plan.pick(1, 1, 2))}
    plan.add("databases", name, body)
    stands(plan, "databases", name, vpc)


def schemas(plan: Plan) -> None:
    """A script that is run through a machine with the database's login."""
    for name, body in plan.spec.get("databases", {}).items():
        logged = [
            machine
            for machine, each in plan.spec.get("instances", {}).items()
            if not each.get("when") and any(name in str(secret) for secret in each.get("secrets", {}).values())
        ]
        if logged and not body.get("when") and plan.chance():
            body["schema"] = {"source": "shop.sql", "through": plan.pick(*logged)}


def target_groups(plan: Plan) -> None:
    """Targets behind load balancers."""
    for usual in plan.some(["pages", "calls"], 0, 2):
        vpc = plan.pick(*plan.names("vpcs"))
        there = [name for name in plan.names("instances") if plan.homes[f"instances.{name}"] == vpc]
        body: dict[str, Any] = {"port": plan.pick(80, 8080), "vpc": vpc}
        if targets := plan.some(there):
            body["targets"] = targets
        plan.maybe(
            body,
            5,
            protocol=["https", "http"],
            health_check=["/health", {"path": "/", "codes": "200-299", "interval": "10s", "timeout": "4s"}],
            drain=["30s", "0s"],
            tags=[{"Front": "yes"}, {"Front": "a b"}],
        )
        name = plan.add("target_groups", plan.name("target_groups", usual), body)
        stands(plan, "target_groups", name, vpc)


def load_balancers(plan: Plan) -> None:
    """Listeners on HTTP and HTTPS, redirects between them."""
    for number, usual in enumerate(plan.names("target_groups")):
        if not plan.chance(3) and number:
            continue
        vpc = plan.homes[f"target_groups.{usual}"]
        scheme = plan.pick("internet-facing", "internal")
        subnets = plan.spread(vpc, *(("public",) if scheme == "internet-facing" else plan.pick(("public",), ())))
        body: dict[str, Any] = {"scheme": scheme, "subnets": subnets, "listeners": {80: f"target_groups.{usual}"}}
        if plan.chance(3):
            certificate = plan.parameter("Certificate")
            body["listeners"][443] = {"forward": f"target_groups.{usual}", "certificate": certificate}
            if plan.chance():
                body["listeners"][80] = {"redirect": "https"}
        if plan.chance(8):
            body["listeners"][8080] = plan.pick(
                {"forward": {"port": 8080, "drain": "5s"}}, {"forward": usual, "was": 81}
            )
        _walls(plan, body, vpc)
        plan.maybe(body, 10, aws_name=["front-door"], tags=[{"Front": "yes"}, {"Front": "a b"}])
        name = plan.add("load_balancers", plan.name("load_balancers", f"door-{number}"), body)
        stands(plan, "load_balancers", name, vpc)


def notifications(plan: Plan) -> None:
    """Who hears what happens, where somebody does."""
    if plan.chance(3):
        body: Any = {"email": plan.parameter("Email"), "when": "Email"}
        if plan.chance(3):
            body["override"] = {"notification": {"Properties": {"DisplayName": "Alerts"}}}
        plan.add("notifications", plan.name("notifications", "alerts"), plan.pick(body, "ops@example.com"))


def websites(plan: Plan) -> None:
    """A website, private or not, with a distribution or without."""
    if not plan.chance(4):
        return
    body: dict[str, Any] = {"content": "site"}
    plan.maybe(
        body,
        4,
        error=["lost.html"],
        access=["public", "private"],
        versioning=[True],
        on_delete=["delete"],
        cdn=[False, {"cache": "disabled", "edges": 100, "viewers": "https-only"}, {"ipv6": False, "compress": False}],
        tags=[{"Site": "${{ aws.region }}"}],
    )
    if plan.chance(5):
        body["aws_name"] = plan.pick("a-site-of-no-other-name", f"${{{{ {plan.parameter('Bucket')} }}}}")
    if plan.chance(6):
        body["when"] = plan.parameter("Busy")
    plan.add("websites", plan.name("websites", "pages"), body)
