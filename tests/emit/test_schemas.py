from __future__ import annotations

import json
from pathlib import Path

import pytest

from labspec.emit.schemas import PATIENCE, SECONDS
from labspec.graph import Graph
from tests.building import build, graph_of
from tests.emit.test_boot import shellcheck
from tests.emit.test_database import database, properties

WAITED_FOR_A_LOGIN = 300
"""Seconds after which a machine fetches a changed password."""


READER = "instances:\n  reader: {subnet: public-a, public_ip: true, secrets: {/run/orders.json: orders}}\n"


def with_schema(folder: Path, script: bytes = b"DO 0;\n", more: str = "", rest: str = READER) -> Graph:
    (folder / "orders.sql").write_bytes(script)
    return graph_of(folder, database(f"schema: {{source: orders.sql, through: reader}}{more}", rest))


def command(graph: Graph) -> str:
    content = properties(graph, "OrdersSchemaDocument")["Content"]
    (text,) = content["mainSteps"][0]["inputs"]["runCommand"]
    return str(text)


def test_a_schema_is_run_on_the_database_by_the_machine(tmp_path: Path) -> None:
    graph = with_schema(tmp_path, more=", database: shop")
    document = properties(graph, "OrdersSchemaDocument")
    assert (document["DocumentType"], document["UpdateMethod"]) == ("Command", "NewVersion")
    assert "Name" not in document
    made = properties(graph, "OrdersSchemaAssociation")
    assert made["Name"] == {"Ref": "OrdersSchemaDocument"}
    assert made["Targets"] == [{"Key": "InstanceIds", "Values": [{"Ref": "ReaderInstance"}]}]
    assert made["Parameters"]["Host"] == [{"Fn::GetAtt": ["OrdersDatabase", "Endpoint.Address"]}]
    assert made["Parameters"]["Port"] == [{"Fn::GetAtt": ["OrdersDatabase", "Endpoint.Port"]}]
    assert "\nsql shop <<'END'\nDO 0;\nEND\n" in command(graph)


@pytest.mark.parametrize("line", [b"DO 0;\n", b'"""""""""\n', "\u00e9\n".encode(), b"{{\n"])
def test_a_document_has_64_kb_as_json_with_what_is_filled_in(tmp_path: Path, line: bytes) -> None:
    one, many = (
        len(json.dumps(properties(with_schema(tmp_path, line * count), "OrdersSchemaDocument")["Content"]))
        for count in (100, 1_100)
    )
    fits = 100 + (65_536 - 1_024 - one) * 1_000 // (many - one)
    for count, codes in ((fits - 100, set()), (fits + 100, {"LS410"})):
        (tmp_path / "orders.sql").write_bytes(line * count)
        made = build(tmp_path, database("schema: {source: orders.sql, through: reader}", READER))
        assert {found.rule.code for found in made.diagnostics if found.level.value == "error"} == codes


def test_the_command_is_sound(tmp_path: Path) -> None:
    path = tmp_path / "command"
    path.write_text(command(with_schema(tmp_path)))
    shellcheck(path)


def test_what_an_association_fills_in_is_what_the_document_asks_for(tmp_path: Path) -> None:
    graph = with_schema(tmp_path)
    asked = properties(graph, "OrdersSchemaDocument")["Content"]["parameters"]
    assert list(properties(graph, "OrdersSchemaAssociation")["Parameters"]) == list(asked)
    assert all(f"{{{{ {name} }}}}" in command(graph) for name in asked)


def test_cloudformation_waits_for_the_script(tmp_path: Path) -> None:
    """Longer than the script may take, and that longer than a changed password needs to arrive."""
    made = properties(with_schema(tmp_path), "OrdersSchemaAssociation")
    assert made["WaitForSuccessTimeoutSeconds"] > SECONDS > PATIENCE > WAITED_FOR_A_LOGIN


def test_a_changed_script_is_run_again(tmp_path: Path) -> None:
    """The association itself changes, and nothing else changes it."""

    def revision(script: bytes) -> str:
        return str(properties(with_schema(tmp_path, script), "OrdersSchemaAssociation")["Parameters"]["Revision"])

    assert revision(b"DO 0;\n") == revision(b"DO 0;\n") != revision(b"DO 1;\n")


def test_a_schema_comes_after_the_database_and_the_machine(tmp_path: Path) -> None:
    graph = with_schema(tmp_path)
    order = {(edge.source, edge.target) for edge in graph.edges}
    assert ("OrdersSchemaAssociation", "OrdersDatabase") in order
    assert ("OrdersSchemaAssociation", "ReaderInstance") in order


@pytest.mark.parametrize(
    ("secrets", "path"),
    [
        ("{/run/b.json: orders, /run/c.json: orders}", "/run/b.json"),
        ("{/run/a.json: copy, /run/b.json: orders}", "/run/b.json"),
        ("{/run/a.json: copy}", "/run/a.json"),
    ],
)
def test_the_login_may_be_that_of_a_replica(tmp_path: Path, secrets: str, path: str) -> None:
    """User and password are the same; host and port are always the primary's, where tables can be made."""
    machine = f"instances:\n  reader: {{subnet: public-a, public_ip: true, secrets: {secrets}}}\n"
    graph = with_schema(tmp_path, more=", replicas: {copy: {}}", rest=machine)
    assert f"python3 - {path} >" in command(graph)
    made = properties(graph, "OrdersSchemaAssociation")["Parameters"]
    assert made["Host"] == [{"Fn::GetAtt": ["OrdersDatabase", "Endpoint.Address"]}]


@pytest.mark.parametrize("script", [b"SELECT '{{resolve:ssm:x}}';", "SELECT '\u00e9';".encode(), b"\xff\x00"])
def test_what_others_would_change_on_the_way_travels_encoded(tmp_path: Path, script: bytes) -> None:
    """Systems Manager and CloudFormation fill in pairs of braces; templates are ASCII."""
    text = command(with_schema(tmp_path, script))
    assert text.isascii()
    assert "resolve" not in text
    assert text.count("{{") == 3
    assert "base64 -d <<'END' | sql\n" in text


@pytest.mark.parametrize("moved", ["instances", "databases", "instances, databases"])
def test_a_schema_stays_with_the_machines_wherever_others_are_placed(tmp_path: Path, moved: str) -> None:
    (tmp_path / "orders.sql").write_text("DO 0;\n")
    rest = f"{READER}layout: {{stacks: {{elsewhere: [{moved}]}}}}\n"
    made = build(tmp_path, database("schema: {source: orders.sql, through: reader}", rest), layout="nested")
    assert not made.failed, made.diagnostics
    placed = {stack.name: stack.template["Resources"] for stack in made.stacks}
    assert {"OrdersSchemaDocument", "OrdersSchemaAssociation"} <= set(placed["compute"])
