"""The stack fills a website's bucket by itself, where there is a bucket to copy from."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from labspec import files
from labspec.graph import Graph
from labspec.layout import layout
from tests.building import build, graph_of

KEPT = {"index.html": "<!DOCTYPE html>", "img/c\u00e9.txt": "x"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in KEPT.items():
        path = tmp_path / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path


def website(folder: Path, fields: str = "", more: str = "") -> Graph:
    return graph_of(folder, f"websites: {{docs: {{content: site{fields}}}}}\n{more}")


def properties(graph: Graph, identity: str) -> Any:
    return graph.nodes[identity].body["Properties"]


def actions(graph: Graph) -> set[str]:
    (policy,) = properties(graph, "DocsContentRole")["Policies"]
    documents = policy["PolicyDocument"], properties(graph, "DocsContentPolicy")["PolicyDocument"]
    return {action for document in documents for said in document["Statement"] for action in said["Action"]}


def test_the_files_are_one_archive_whose_name_says_what_it_holds(folder: Path) -> None:
    graph = website(folder)
    ((name, content),) = graph.assets.items()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {each: archive.read(each).decode() for each in archive.namelist()} == KEPT
    assert properties(graph, "DocsContent") == {
        "ServiceToken": {"Fn::GetAtt": ["DocsContentFunction", "Arn"]},
        "ServiceTimeout": 1800,
        "SourceBucket": {"Ref": "TemplateBucket"},
        "SourceKey": {"Fn::Sub": [f"${{Folder}}/{name}", {"Folder": {"Ref": "TemplateFolder"}}]},
        "Bucket": {"Ref": "DocsBucket"},
        "Distribution": {"Ref": "DocsDistribution"},
    }
    (folder / "site/index.html").touch()
    assert website(folder).assets == graph.assets
    (folder / "site/index.html").write_text("other", "utf-8")
    assert website(folder).assets.keys().isdisjoint({name})


@pytest.mark.parametrize("on_delete", ["keep", "delete"])
def test_only_a_bucket_that_goes_is_emptied(folder: Path, on_delete: str) -> None:
    graph, goes = website(folder, f", on_delete: {on_delete}"), on_delete == "delete"
    assert properties(graph, "DocsContent").get("Empty") == ("true" if goes else None)
    assert ("s3:DeleteObjectVersion" in actions(graph)) is goes


@pytest.mark.parametrize("cdn", [True, False])
def test_the_distribution_is_told_where_there_is_one(folder: Path, cdn: bool) -> None:
    graph = website(folder, f", cdn: {str(cdn).lower()}")
    assert ("Distribution" in properties(graph, "DocsContent")) is cdn
    assert ("cloudfront:CreateInvalidation" in actions(graph)) is cdn


def test_what_it_may_do_with_a_former_bucket_stays_until_that_is_done(folder: Path) -> None:
    """What is replaced goes last, and another description is another policy; a role would be changed at once."""
    graph = website(folder, ", on_delete: delete")
    (policy,) = properties(graph, "DocsContentRole")["Policies"]
    said = {action for each in policy["PolicyDocument"]["Statement"] for action in each["Action"]}
    assert not {action for action in said if action.startswith("s3:")}
    _, values = properties(graph, "DocsContentPolicy")["Description"]["Fn::Sub"]
    assert list(values.values()) == [
        {"Ref": "TemplateBucket"},
        {"Ref": "TemplateFolder"},
        {"Fn::GetAtt": ["DocsBucket", "Arn"]},
    ]
    assert ("DocsContent", "DocsContentPolicy") in {(edge.source, edge.target) for edge in graph.edges}


def test_it_reads_nothing_but_its_own_archives(folder: Path) -> None:
    statements = properties(website(folder), "DocsContentPolicy")["PolicyDocument"]["Statement"]
    (said,) = (each["Resource"] for each in statements if each["Action"] == ["s3:GetObject"])
    assert said[0]["Fn::Sub"][0].endswith(":s3:::${TemplateBucket}/${TemplateFolder}/docs-????????????????.zip")


def test_everything_of_it_can_be_switched_off(folder: Path) -> None:
    graph = website(folder, ", when: Shown", "parameters: {Shown: {type: boolean, default: true}}\n")
    assert {node.body.get("Condition") for node in graph.nodes.values()} == {"ShownTrue"}


def test_the_bucket_is_asked_for_once_and_handed_down(folder: Path) -> None:
    more = "vpcs: {net: {cidr: 10.0.0.0/16}}\n"
    nested = build(folder, f"websites: {{docs: {{content: site}}}}\n{more}", layout="nested")
    root = nested.stacks[0].template
    assert list(root["Parameters"]) == ["TemplateBucket", "TemplateFolder"]
    assert [group["Parameters"] for group in root["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]] == [
        ["TemplateBucket", "TemplateFolder"]
    ]
    handed = {
        name: set(body["Properties"].get("Parameters", {})) & {"TemplateBucket", "TemplateFolder"}
        for name, body in root["Resources"].items()
    }
    assert handed == {"NetworkStack": set(), "WebsiteStack": {"TemplateBucket", "TemplateFolder"}}
    (flat,), _ = layout(website(folder), "flat", {})
    assert set(flat.template["Parameters"]) == {"TemplateBucket", "TemplateFolder"}


def test_without_a_bucket_or_with_too_much_the_site_starts_empty(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "websites: {docs: {content: site}}\n"
    alone = graph_of(folder, text, has_bucket=False)
    monkeypatch.setattr(files, "MAX_PACKED", 10)
    for graph in alone, graph_of(folder, text):
        assert "DocsContent" not in graph.nodes
        assert not graph.assets
        assert not graph.parameters
        assert "DocsUploadCommand" in graph.outputs


def test_a_file_that_goes_while_it_is_packed_is_told(folder: Path) -> None:
    with pytest.raises(files.Unreadable, match=r"gone\.html` cannot be read"):
        files.packed(folder / "site", ["index.html", "gone.html"])
