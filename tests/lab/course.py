"""The tables of docs/lab.md, and the lab as it was built."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labspec.compiler import Build, Options, compile_spec
from labspec.template import Condition, Joined, read_folder
from tests.joining import Thing, joined_of, order, outputs, things

ROOT = Path(__file__).parents[2]
BUILT = ROOT / "out/full"
LAYOUTS = ("nested", "flat")
ROW = re.compile(r"\| ([A-F][0-9]?\.[0-9]+) \| (.*) \|")
MARK = re.compile(r"(?:G|AWS-|TRAP-)[0-9]+")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: what the course has, what became of it, what stands now."""

    id: str
    cells: tuple[str, ...]

    @property
    def chapter(self) -> str:
        """`C2` of `C2.3`."""
        return self.id.partition(".")[0]

    @property
    def status(self) -> str:
        """`kept`, `changed G1 AWS-2` or `left to the guide`."""
        return self.cells[1]

    @property
    def marks(self) -> list[str]:
        """The reasons for a change."""
        return MARK.findall(self.status)


@functools.cache
def rows() -> tuple[Row, ...]:
    """Every row of every table."""
    lines = (ROOT / "docs/lab.md").read_text("utf-8").splitlines()
    found = (ROW.fullmatch(line) for line in lines)
    return tuple(Row(match[1], tuple(cell.strip() for cell in match[2].split(" | "))) for match in found if match)


def stated(*chapters: str) -> list[str]:
    """The ids of the rows of these chapters that a template can keep."""
    return [row.id for row in rows() if row.chapter in chapters and not row.status.startswith("left")]


@dataclass(frozen=True)
class Lab:
    """A build of the lab, joined: what there is, what it is created after, what the console shows."""

    things: dict[str, Thing]
    order: dict[str, frozenset[str]]
    outputs: dict[str, tuple[Any, Condition]]
    parameters: dict[str, Any]

    def of(self, kind: str) -> list[Thing]:
        """Everything of a type, such as `EC2::VPC`."""
        return [thing for thing in self.things.values() if thing.type == f"AWS::{kind}"]

    def named(self, kind: str, name: str) -> Thing:
        """The one of a type with this Name tag."""
        (thing,) = (thing for thing in self.of(kind) if tag(thing, "Name") == name)
        return thing

    def properties(self, identity: str) -> dict[str, Any]:
        """The properties of a resource."""
        return self.things[identity].properties


Check = Callable[[Lab], None]


def lab_of(joined: Joined) -> Lab:
    """What a joined graph says."""
    return Lab(things(joined), order(joined), outputs(joined), dict(joined.parameters))


@functools.cache
def built() -> Lab:
    """The lab as it lies in out/full."""
    joined = read_folder(BUILT, "root.yaml")
    assert joined.unresolved == ()
    return lab_of(joined)


@functools.cache
def compiled(spec: str, layout: str = "flat") -> Build:
    """A spec, compiled now."""
    return compile_spec(str(ROOT / "specs" / spec), Options(layout=layout))  # type: ignore[arg-type]


@functools.cache
def fresh(spec: str, layout: str = "flat") -> Lab:
    """The same, joined."""
    return lab_of(joined_of(compiled(spec, layout)))


def finished(layout: str) -> Lab:
    """The finished lab: nested as it lies in out/full, or flat, which shows every order that whole stacks hide."""
    return built() if layout == "nested" else fresh("full.yaml")


def tag(thing: Thing, key: str) -> Any:
    """The value of a tag."""
    tags = thing.properties.get("Tags") or thing.properties.get("FileSystemTags") or []
    return next((pair["Value"] for pair in tags if pair["Key"] == key), None)


def ref(identity: str) -> Any:
    """A reference to a resource or parameter."""
    return {"Ref": identity}


def attribute(identity: str, name: str) -> Any:
    """An attribute of a resource."""
    return {"Fn::GetAtt": [identity, name]}


def group(identity: str) -> Any:
    """The id of a security group."""
    return attribute(identity, "GroupId")


def zone(letter: str) -> Any:
    """A zone of the stack's region."""
    return {"Fn::Sub": [ref("AWS::Region"), letter]}


def user_data(lab: Lab, template: str) -> str:
    """The user data of a launch template; values that only CloudFormation knows are left out."""
    pieces = lab.properties(template)["LaunchTemplateData"]["UserData"]["Fn::Base64"]["Fn::Sub"]
    return "".join(piece for piece in pieces if isinstance(piece, str))


def rules(lab: Lab, identity: str) -> dict[str, Any]:
    """What a security group lets in: the rules' ports and sources, by their ids."""
    found = [rule for rule in lab.of("EC2::SecurityGroupIngress") if rule.properties["GroupId"] == group(identity)]
    return {rule.id: (_ports(rule.properties), _source(rule.properties)) for rule in found}


def _ports(rule: dict[str, Any]) -> tuple[Any, ...]:
    return rule["IpProtocol"], rule.get("FromPort"), rule.get("ToPort")


def _source(rule: dict[str, Any]) -> Any:
    return rule.get("CidrIp") or rule["SourceSecurityGroupId"]
