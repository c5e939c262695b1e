"""Which stack each resource stands in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from labspec.diagnostic import Diagnostic, Label, Path, Rule
from labspec.graph import Graph, Node
from labspec.layout.part import stack_id
from labspec.nearest import did_you_mean, offer

SELECTS_NOTHING = Rule(
    "LS501",
    "layout-selects-nothing",
    "A selector in `layout` matches nothing, or what another one has.",
    "Each resource stands in one stack. A selector names a section, or one member of it.",
    "layout: {stacks: {data: [database]}}",
    "layout: {stacks: {data: [databases]}}",
)
SAME_ID = Rule(
    "LS506",
    "stack-id-twice",
    "Two stacks, or a stack and a parameter, would get the same logical id.",
    "In the root, a stack is a resource: `data` is `DataStack` there, and names that differ in a dash only can read"
    " alike. CloudFormation knows stacks by these ids.",
    "layout: {stacks: {zone-1: [vpcs], zone1: [instances]}}",
    "layout: {stacks: {network: [vpcs], machines: [instances]}}",
)

PLACES = {
    "vpcs": "network",
    "internet_gateways": "network",
    "subnets": "network",
    "nat_gateways": "network",
    "route_tables": "network",
    "security_groups": "security",
    "roles": "compute",  # what it permits may be in any stack before: a database, a file system, a bucket
    "key_pairs": "compute",
    "instances": "compute",
    "images": "compute",
    "launch_templates": "scaling",
    "file_systems": "storage",
    "target_groups": "balancing",
    "load_balancers": "balancing",
    "databases": "database",
    "replicas": "database",
    "schemas": "compute",
    "auto_scaling_groups": "scaling",
    "notifications": "watching",
    "websites": "website",
}
"""The stack of each section."""

NESTED_IN = {
    "internet_gateways": "vpcs",
    "subnets": "vpcs",
    "nat_gateways": "vpcs",
    "route_tables": "vpcs",
    "replicas": "databases",
}
"""Sections that follow another one's placement."""

SERVICES = {
    "RDS": "database",
    "EFS": "storage",
    "S3": "storage",
    "ElasticLoadBalancingV2": "balancing",
    "AutoScaling": "scaling",
    "CloudWatch": "watching",
    "SNS": "watching",
    "IAM": "security",
    "CloudFront": "website",
}
"""The stack of raw resources, by their service."""


def placed(graph: Graph, wanted: Mapping[str, Sequence[str]]) -> tuple[dict[str, str], list[Diagnostic]]:
    """The stack of every resource: as `layout` in the spec says, else by its section."""
    chosen: dict[str, str] = {}
    first: dict[str, Path] = {}
    found: list[Diagnostic] = []
    known = {name for node in graph.nodes.values() for name in _selectors(node)} if wanted else set()
    for stack, selectors in wanted.items():
        for index, selector in enumerate(selectors):
            path: Path = ("layout", "stacks", stack, index)
            if selector in chosen:
                twice = "listed twice" if chosen[selector] == stack else "placed in two stacks"
                label = Label("It is placed here already.", first[selector])
                found.append(Diagnostic(SELECTS_NOTHING, f"`{selector}` is {twice}.", path, related=(label,)))
            elif selector not in known:
                members = sorted(name for name in known if name.endswith(f".{selector}"))
                message, help_ = f"`{selector}` selects nothing.", offer(members) or did_you_mean(selector, known)
                found.append(Diagnostic(SELECTS_NOTHING, message, path, help=help_))
            chosen[selector] = stack
            first.setdefault(selector, path)
    places = {node.id: _place(node, chosen) for node in graph.nodes.values()}
    found += [*_stacks_alike(wanted), *_parameters_like_stacks(graph, set(places.values()))]
    return places, found


def _stacks_alike(wanted: Iterable[str]) -> Iterator[Diagnostic]:
    """Stacks that would get one id. Those that labspec names by itself differ in their letters from any other."""
    names: dict[str, str] = {}
    for name in wanted:
        other = names.setdefault(stack_id(name), name)
        if other != name:
            message = f"The stacks `{other}` and `{name}` would both be `{stack_id(name)}`."
            label = Label("This is the other one.", ("layout", "stacks", other), "key")
            path: Path = ("layout", "stacks", name)
            yield Diagnostic(SAME_ID, message, path, "key", related=(label,), help="Rename one of them.")


def _parameters_like_stacks(graph: Graph, stacks: set[str]) -> Iterator[Diagnostic]:
    for identity, name in sorted({stack_id(name): name for name in sorted(stacks)}.items()):
        if (declared := graph.parameters.get(identity)) is not None:
            message = f"The parameter `{identity}` has the logical id of the stack `{name}`."
            yield Diagnostic(SAME_ID, message, declared.origin, "key", help="Rename the parameter.")


def _selectors(node: Node) -> list[str]:
    """What selects a resource, the most particular first."""
    sections = [node.section, *([NESTED_IN[node.section]] if node.section in NESTED_IN else [])]
    return [
        f"{sections[0]}.{node.member}",
        *([f"{sections[-1]}.{node.origin[1]}"] if len(sections) > 1 else []),
        *sections,
    ]


def _place(node: Node, chosen: Mapping[str, str]) -> str:
    for selector in _selectors(node):
        if selector in chosen:
            return chosen[selector]
    if node.section == "resources":
        service = node.type.split("::")[1] if node.type.count("::") == 2 else ""
        return SERVICES.get(service, "resources")
    return PLACES[node.section]
