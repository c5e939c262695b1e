"""Where members and raw bodies stand in a document, and what each section is called."""

from __future__ import annotations

SECTIONS = (
    "vpcs",
    "security_groups",
    "key_pairs",
    "roles",
    "instances",
    "images",
    "launch_templates",
    "file_systems",
    "target_groups",
    "load_balancers",
    "databases",
    "auto_scaling_groups",
    "notifications",
    "websites",
)
"""Top-level sections whose entries are members."""

NESTED = {"subnets": "vpcs", "nat_gateways": "vpcs", "route_tables": "vpcs", "replicas": "databases"}
"""Sections that stand inside members, and the section of those."""

JOINED = frozenset({*SECTIONS, "variables", "parameters", "outputs", "resources", "expect", "layout", "checks"})
"""What `include` takes of another file."""
JOINED_DEEP = frozenset({"expect", "layout"})
"""Those of them whose entries stand one level deeper."""

MEMBERS = frozenset(
    {
        *((section, "*") for section in SECTIONS),
        ("parameters", "*"),
        *((owner, "*", section, "*") for section, owner in NESTED.items()),
        ("load_balancers", "*", "listeners", "*"),
        ("*", "*", "ingress", "*"),
        ("*", "*", "egress", "*"),
    }
)
"""Where `like` works."""

RAW = frozenset(
    {
        ("resources", "*"),
        ("*", "*", "override", "*"),
        ("*", "*", "*", "*", "override", "*"),
        ("*", "*", "permissions", "statements"),
    }
)
"""Where CloudFormation's (or IAM's) own notation stands."""

RAW_IN_BODIES = frozenset(
    {
        ("*", "*", "*", "override", "*"),
        ("*", "*", "*", "permissions", "statements"),
        ("load_balancers", "*", "listeners", "*", "forward", "override", "*"),
    }
)
"""Where it stands in a member's body that stands in the place of its name."""

NOT_COPIED = frozenset({"aws_name", "was", "existing", "silence"})
"""What `like` leaves behind."""
