"""The pages tell of everything that the language has."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from labspec.model.attributes import ATTRIBUTES
from labspec.model.kind import Kind, Part
from labspec.reference.defaults import default_text
from labspec.reference.docs import example, field_docs, summary
from labspec.reference.lists import OWN_DOMAIN, overrides
from labspec.reference.pages import reference
from labspec.reference.parts import MEMBERS, pages, parts, sections, title
from labspec.reference.sections import OVERLAID, OVERLAY, RESOURCES
from labspec.report.data import Report
from labspec.rules import rules
from tests.building import build, graph_of

ROLES = [
    ("websites", "bucket", "AWS::S3::Bucket"),
    ("instances", "http_ingress", "AWS::EC2::SecurityGroupIngress"),
    ("load_balancers", "from_all_ingress", "AWS::EC2::SecurityGroupIngress"),
    ("load_balancers", "listener_80", "AWS::ElasticLoadBalancingV2::Listener"),
    ("load_balancers", "listener_443", "AWS::ElasticLoadBalancingV2::Listener"),
]
PAGES = reference(rules(), ROLES, Report)


@pytest.mark.parametrize("part", parts(), ids=lambda part: part.__name__)
def test_every_field_is_on_the_page_of_its_class(part: type[Part]) -> None:
    """With its docstring; what all members have is on their own page."""
    docs = field_docs(part)
    for name, info in part.model_fields.items():
        is_shared = issubclass(part, Kind) and name in Kind.model_fields
        text = PAGES[f"{MEMBERS if is_shared else pages()[part]}.md"]
        said = info.alias or name
        if said not in sections():
            assert re.search(
                rf"^\| `{said}`( \*\*required\*\*)? \| .* \| {re.escape(docs[name])} \|$", text, re.MULTILINE
            )


def test_every_section_has_a_page_that_the_index_links() -> None:
    for name in sections():
        assert f"# {name}\n" in PAGES[f"{name}.md"]
        assert f"({name}.md)" in PAGES["index.md"]


def test_every_link_leads_somewhere() -> None:
    """To a file of the reference, and to a heading in it."""
    for file, text in PAGES.items():
        for target, anchor in re.findall(r"\]\(([a-z_.]*)(?:#([a-z-]+))?\)", text):
            there = PAGES[target or file]
            headings = [line.lstrip("# ").lower().replace(" ", "-") for line in there.splitlines() if line[:1] == "#"]
            assert not anchor or anchor in headings, (file, target, anchor)


def test_examples_are_shown() -> None:
    for part in parts():
        assert example(part) in PAGES[f"{pages()[part]}.md"]
        assert summary(part).split("\n")[0] in PAGES[f"{pages()[part]}.md"] or title(part) == "spec"


def test_a_website_gets_a_domain_of_its_own_as_the_page_says(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/index.html").write_text("<p>Hello</p>", "utf-8")
    graph = graph_of(tmp_path, OWN_DOMAIN)
    config = graph.nodes["DocsDistribution"].body["Properties"]["DistributionConfig"]
    assert "CloudFrontDefaultCertificate" not in config["ViewerCertificate"]
    alias = graph.nodes["DocsRecord"].body["Properties"]["AliasTarget"]
    assert alias["DNSName"] == {"Fn::GetAtt": ["DocsDistribution", "DomainName"]}


def test_an_overlay_does_what_the_page_says(tmp_path: Path) -> None:
    (tmp_path / "prod.yaml").write_text(OVERLAID, "utf-8")
    text = OVERLAY.partition("\n")[2]
    spec = graph_of(tmp_path, text)
    prod = graph_of(tmp_path, text, overlays=[str(tmp_path / "prod.yaml")])
    assert spec.nodes.keys() - prod.nodes.keys() >= {"SpareInstance"}
    assert prod.nodes["WebInstance"].body["Properties"]["InstanceType"] == "t3.large"
    (tmp_path / "prod.yaml").write_text(OVERLAID.replace("default: prod", "default: live"), "utf-8")
    assert build(tmp_path, text, overlays=[str(tmp_path / "prod.yaml")]).failed


def test_resources_are_named_from_elsewhere_as_the_page_says(tmp_path: Path) -> None:
    subnets = "{app: {cidr: 10.0.0.0/20, each: /24, access: public}}"
    graph = graph_of(tmp_path, f"vpcs: {{net: {{cidr: 10.0.0.0/16, zones: [a], subnets: {subnets}}}}}\n{RESOURCES}")
    uses = {node.id for node in graph.nodes.values() if "'Jobs'" in str(node.body)}
    assert {"Waiting", "WorkerRole"} <= uses


def test_every_rule_has_an_anchor() -> None:
    for rule in rules():
        assert f"\n### {rule.code}\n" in PAGES["rules.md"]


def test_every_attribute_is_listed() -> None:
    for section, names in ATTRIBUTES.items():
        block = PAGES["attributes.md"].split(f"\n## {section}\n")[1].split("\n## ")[0]
        assert re.findall(r"^\| `(\w+)`", block, re.MULTILINE) == list(names)


def test_roles_that_differ_in_a_name_are_one_line() -> None:
    """`http_ingress` and `from_all_ingress` are the roles of rules that users name, so their part is left open."""
    lines = [line for line in overrides(ROLES).splitlines() if line.startswith("| `") and "AWS::" in line]
    assert lines == [
        "| `..._ingress` | `AWS::EC2::SecurityGroupIngress` |",
        "| `..._ingress` | `AWS::EC2::SecurityGroupIngress` |",
        "| `listener_...` | `AWS::ElasticLoadBalancingV2::Listener` |",
        "| `bucket` | `AWS::S3::Bucket` |",
    ]


def test_tables_have_the_same_number_of_cells_in_each_row() -> None:
    """A bar inside a notation does not end its cell."""
    for file, text in PAGES.items():
        for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
            assert len({len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()}) == 1, file


def test_nothing_depends_on_this_machine() -> None:
    for text in PAGES.values():
        assert str(Path.cwd()) not in text
    assert reference(rules(), reversed(ROLES), Report) == PAGES


DEFAULTED = [
    (part, name)
    for part in parts()
    for name, info in part.model_fields.items()
    if not info.is_required() and info.get_default() not in (None, (), {}) and not isinstance(info.get_default(), Part)
]


@pytest.mark.parametrize(("part", "name"), DEFAULTED, ids=lambda value: getattr(value, "__name__", value))
def test_a_default_is_told_as_a_user_would_write_it(part: type[Part], name: str) -> None:
    """Written out, it means the same as left out."""
    info = part.model_fields[name]
    text = default_text(info)
    assert text or info.get_default() == ""
    assert len(text) < 40


def test_the_schema_of_the_report_describes_every_field() -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(Report)
    fields = re.findall(r'"(\w+)": {\n', PAGES["report.schema.json"])
    assert set(adapter.json_schema()["properties"]) <= set(fields)
    assert PAGES["report.schema.json"].count('"description"') >= len(field_docs(Report))
