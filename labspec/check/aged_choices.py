"""Choices that were good once: what they are, since when there is a better one, and what that is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labspec.diagnostic import Diagnostic, Path, Rule, Severity
from labspec.model.architecture import Architecture, Member
from labspec.model.compute import Machine
from labspec.model.database import Database
from labspec.model.storage import FileSystem
from labspec.model.word import Parameter

AGED = Rule(
    "LS318",
    "aged-choice",
    "A choice of an older course or template, for which there is a better one today.",
    "T2 machines cost more than T3 (of August 2018); but T2 starts with CPU credits, and T3 with `credits: standard`"
    " does not. A gp2 disk of less than 33 GiB has 100 I/O operations a second for good, where gp3 (of December 2020)"
    " has 3,000 and costs less (`General Purpose SSD volumes`, Amazon EBS User Guide). A small file system with"
    " bursting throughput is as slow once its credit is used up, which one with elastic throughput (of November 2022)"
    " is not (`Amazon EFS performance specifications`). None of them is wrong: say why, and it is accepted.",
    "instances: {web: {type: t2.micro, storage: {size: 8GiB, type: gp2}, ...}}",
    "instances: {web: {type: t3.micro, storage: 8GiB, ...}}",
    Severity.WARNING,
)
DISK = "A gp2 disk is slower than gp3 once its credit is used up, and costs more; there is gp3 since December 2020"
DATABASE_DISK = "A gp2 disk is slower than gp3 once its credit is used up; RDS has gp3 since November 2022"
TYPE = "T2 machines cost more than T3, which there are since August 2018"
BURSTING = "A small file system that bursts is slow once its credit is used up; others are there since November 2022"
CREDITS = " It starts without CPU credits if `credits: standard` is said."


def check_aged_choices(architecture: Architecture) -> Iterator[Diagnostic]:
    """Machines, disks and file systems."""
    for member in architecture.members.values():
        body = member.body
        if isinstance(body, Machine):
            yield from _type(architecture, member, body.type, "type")
        if isinstance(body, Database):
            yield from _type(architecture, member, body.class_, "class")
        if isinstance(body, (Machine, Database)) and body.storage.type == "gp2":
            said = DISK if isinstance(body, Machine) else DATABASE_DISK
            yield _aged(said, (*member.path, "storage", "type"), "Leave it out: it is gp3 unless said.")
        if isinstance(body, FileSystem) and _bursts(body):
            yield _aged(BURSTING, (*member.path, "throughput"), "Leave it out: it is elastic unless said.")


def _bursts(body: FileSystem) -> bool:
    """Whether a file system could have elastic throughput, and has not; one of max I/O performance cannot."""
    return body.existing is None and (body.performance, body.throughput) == ("general-purpose", "bursting")


def _type(architecture: Architecture, member: Member, said: Any, field: str) -> Iterator[Diagnostic]:
    """A type of machine, or the one that a parameter offers."""
    path: Path = (*member.path, field)
    if isinstance(said, Parameter):
        said, path = architecture.spec.parameters[said.name].default, ("parameters", said.name, "default")
    kind = (said or "").removeprefix("db.")
    if kind.startswith("t2."):
        better = f"Take `{(said or '').replace('t2.', 't3.')}`."
        yield _aged(TYPE, path, better + (CREDITS if field == "type" else ""))


def _aged(said: str, path: Path, help: str) -> Diagnostic:
    return Diagnostic(AGED, f"{said}.", path, help=help)
