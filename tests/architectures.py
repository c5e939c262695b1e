"""Small architectures, drawn at random, as the data of a spec that compiles."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

PARAMETERS: dict[str, Any] = {
    "AdminCidr": {"type": "cidr", "label": "Where SSH may come from", "group": "Access"},
    "Busy": {"type": "boolean", "default": True, "group": "Size"},
    "Email": {"type": "email", "default": ""},
    "Spare": {"type": "text", "default": "none", "group": "Size"},
}
MOVES: dict[str, list[str]] = {
    "firewall": ["security_groups"],
    "network": ["security_groups"],
    "machines": ["instances", "images"],
    "front": ["load_balancers"],
    "data": ["databases"],
    "shared": ["file_systems"],
    "mail": ["notifications"],
}
"""Placements that never make stacks wait for one another."""


@dataclass
class Plan:
    """A spec while it is drawn: its sections, and the members of each so far."""

    draw: st.DrawFn
    spec: dict[str, Any] = field(default_factory=lambda: {"labspec": 1, "name": "drawn", "parameters": {}})

    def chance(self, of: int = 2) -> bool:
        """One time in so many."""
        return self.draw(st.integers(1, of)) == of

    def add(self, section: str, name: str, body: dict[str, Any]) -> None:
        self.spec.setdefault(section, {})[name] = body

    def names(self, section: str) -> list[str]:
        return list(self.spec.get(section, {}))

    def some(self, items: list[str], least: int = 0, most: int = 2) -> list[str]:
        """Some of these, each once."""
        most = min(most, len(items))
        return self.draw(st.lists(st.sampled_from(items), min_size=least, max_size=most, unique=True)) if most else []

    def parameter(self, name: str) -> str:
        """A parameter, declared where it is used."""
        self.spec["parameters"].setdefault(name, PARAMETERS[name])
        return name


@st.composite
def architectures(draw: st.DrawFn) -> dict[str, Any]:
    """A spec with a network and some of everything else that may stand in it."""
    plan = Plan(draw)
    for part in (_network, _groups, _data, _machines, _fleet, _front, _raw, _outputs):
        part(plan)
    return plan.spec


def _network(plan: Plan) -> None:
    zones = plan.draw(st.sampled_from([["a", "c"], ["b", "c", "d"], [1, 2]]))
    nat = plan.draw(st.sampled_from(["none", "single", "per_zone"]))
    access = {"public": "public", "app": "isolated" if nat == "none" else "private", "data": "isolated"}
    subnets = {
        name: {"access": kind, "cidr": f"10.0.{number * 16}.0/20", "each": "/24"}
        for number, (name, kind) in enumerate(access.items())
    }
    plan.add("vpcs", "net", {"cidr": "10.0.0.0/16", "zones": zones, "nat": nat, "subnets": subnets})
    if plan.chance(3):
        plan.add("vpcs", "away", {"cidr": "10.1.0.0/16", "dns_hostnames": False})


def _groups(plan: Plan) -> None:
    names = ["web-sg", "app-sg", "data-sg"]
    sources = ["internet", "self", "10.0.0.0/8", "net", "AdminCidr", *names]
    for name in names:
        body: dict[str, Any] = {"vpc": "net", "ingress": _rules(plan, "from", sources)}
        if plan.chance():
            body["egress"] = _rules(plan, "to", sources)
        plan.add("security_groups", name, body)


def _rules(plan: Plan, side: str, sources: list[str]) -> dict[str, Any]:
    """No two with one port, so that no two say the same."""
    ports = plan.draw(st.lists(st.sampled_from([22, 80, 443, 3306, "8000-8010"]), max_size=3, unique=True))
    made = {}
    for number, port in enumerate(ports):
        ends = plan.some(sources, 1, 3)
        if "AdminCidr" in ends:
            plan.parameter("AdminCidr")
        made[f"rule-{number}"] = {"port": port, side: ends[0] if len(ends) == 1 else ends}
    return made


def _data(plan: Plan) -> None:
    if plan.chance():
        body: dict[str, Any] = {"engine": "mysql", "version": "8.4.7", "subnets": "data", "database": "shop"}
        body["security_groups"] = ["data-sg"]
        body["multi_az"] = plan.chance()
        body["on_delete"] = plan.draw(st.sampled_from(["snapshot", "keep", "delete"]))
        if plan.chance():
            body["replicas"] = {"reader": {}}
        plan.add("databases", "db", body)
    if plan.chance():
        plan.add("file_systems", "share", {"subnets": "public", "security_groups": plan.some(["data-sg", "app-sg"], 1)})
    if plan.chance():
        own = {"notification": {"Properties": {"TracingConfig": "Active", "DisplayName": "Alerts"}}}
        plan.add("notifications", "alerts", {"email": plan.parameter("Email"), "when": "Email", "override": own})


def _machines(plan: Plan) -> None:
    if plan.chance():
        plan.add("key_pairs", "office", {})
    for name in plan.some(["web-1", "web-2", "worker"], 0, 3):
        plan.add("instances", name, _machine(plan, plan.draw(st.sampled_from(_places(plan, "public", "app")))))
    if (machines := plan.names("instances")) and plan.chance():
        plan.add("images", "golden", {"from": machines[0]})
        if not plan.spec["instances"][machines[0]].get("when"):
            place = _places(plan, "public")[0]
            plan.add("instances", "clone", {"subnet": place, "image": "golden", "security_groups": ["web-sg"]})
        else:
            plan.spec["images"]["golden"]["when"] = plan.parameter("Busy")


def _places(plan: Plan, *families: str) -> list[str]:
    return [f"{family}-{zone}" for family in families for zone in plan.spec["vpcs"]["net"]["zones"]]


def _machine(plan: Plan, place: str) -> dict[str, Any]:
    body: dict[str, Any] = {"subnet": place}
    if place.startswith("public") and plan.chance():
        body["elastic_ip"] = True
    if plan.chance(3):
        body["when"] = plan.parameter("Busy")
    if plan.chance():
        body["ingress"] = _rules(plan, "from", ["internet", "net", "web-sg"])
    return {**body, **_software(plan)}


def _software(plan: Plan) -> dict[str, Any]:
    """What instances and templates of groups have in common."""
    body: dict[str, Any] = {}
    if groups := plan.some(["web-sg", "app-sg"]):
        body["security_groups"] = groups
    if plan.names("key_pairs"):
        body["key_pair"] = "office"
    if plan.chance():
        texts = ["plain", "in ${{ aws.region }}", "${{ Spare }}"]
        texts += ["${{ db.endpoint }}:${{ databases.db.port }}"] if plan.names("databases") else []
        text = plan.draw(st.sampled_from(texts))
        if "Spare" in text:
            plan.parameter("Spare")
        body["setup"] = {"packages": ["httpd"], "files": {"/etc/motd": {"text": text}}}
    if plan.names("file_systems") and plan.chance():
        body["mounts"] = {"/srv/share": "share"}
        plan.spec["security_groups"]["data-sg"]["ingress"]["nfs"] = {"port": 2049, "from": "net"}
        plan.spec["security_groups"]["app-sg"]["ingress"]["nfs"] = {"port": 2049, "from": "net"}
    if plan.names("databases") and plan.chance():
        body["secrets"] = {"/run/db.json": plan.draw(st.sampled_from(["db", *_replicas(plan)]))}
    return body


def _replicas(plan: Plan) -> list[str]:
    return list(plan.spec.get("databases", {}).get("db", {}).get("replicas", {}))


def _fleet(plan: Plan) -> None:
    if not plan.chance():
        return
    plan.add("launch_templates", "node", _software(plan))
    body: dict[str, Any] = {"launch_template": "node", "subnets": "public", "size": {"min": 1, "max": 3}}
    if plan.chance():
        body["scaling"] = {"cpu": "50%"}
    if plan.names("notifications") and plan.chance():
        body["notify"] = "alerts"
    plan.add("auto_scaling_groups", "nodes", body)


def _front(plan: Plan) -> None:
    if not plan.chance():
        return
    plan.add("target_groups", "web", {"port": 80, "vpc": "net", "targets": plan.some(plan.names("instances"))})
    if plan.names("auto_scaling_groups") and plan.chance():
        plan.spec["auto_scaling_groups"]["nodes"]["target_groups"] = ["web"]
    scheme = plan.draw(st.sampled_from(["internet-facing", "internal"]))
    body = {"scheme": scheme, "subnets": "public", "security_groups": ["web-sg"], "listeners": {80: "web"}}
    plan.add("load_balancers", "front", body)


RAW_VALUES: list[Any] = [
    "plain",
    "net ${{ vpcs.net.id }}",
    "${{ aws.region }}",
    {"Ref": "NetVpc"},
    {"Fn::GetAtt": ["NetVpc", "CidrBlock"]},
    {"Fn::Sub": "${AWS::StackName} ${NetVpc.CidrBlock} ${NetVpc}"},
]


def _raw(plan: Plan) -> None:
    """A resource in CloudFormation's own words, which names members by expressions or by their logical ids."""
    if plan.chance(3):
        tags = [{"Key": "A", "Value": plan.draw(st.sampled_from(RAW_VALUES))}]
        waits = {"DependsOn": "WebSgSecurityGroup"} if plan.chance() else {}
        plan.add(
            "resources", "Queue", {"Type": "AWS::SQS::Queue", "Properties": {"Tags": tags, "DelaySeconds": 5}, **waits}
        )


def _outputs(plan: Plan) -> None:
    sure = [name for name, body in plan.spec.get("instances", {}).items() if "when" not in body]
    texts = {f"Machine{number}": f"${{{{ instances.{name}.private_ip }}}}" for number, name in enumerate(sure)}
    if plan.names("notifications") and plan.names("instances"):
        texts["Both"] = f"${{{{ alerts.arn }}}} ${{{{ instances.{plan.names('instances')[0]}.id }}}}"
    if plan.names("load_balancers"):
        texts["Url"] = "${{ load_balancers.front.url }}"
    if plan.names("databases"):
        texts["Database"] = "mysql -h ${{ db.endpoint }} -P ${{ db.port }}"
    if plan.names("notifications"):
        texts["Alerts"] = "${{ notifications.alerts.arn }}"
    for name in plan.some(list(texts), 0, 4):
        plan.add("outputs", name, texts[name])  # type: ignore[arg-type]


def movable(spec: dict[str, Any]) -> st.SearchStrategy[dict[str, list[str]]]:
    """Some other placement of a section that the spec has."""
    possible = {stack: [section for section in sections if section in spec] for stack, sections in MOVES.items()}
    return st.sampled_from([{stack: sections} for stack, sections in possible.items() if sections])
