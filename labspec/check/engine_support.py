"""Versions of engines that are still looked after."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.diagnostic import Diagnostic, Rule, Severity
from labspec.model.architecture import Architecture
from labspec.model.database import Database

PAST_SUPPORT = Rule(
    "LS329",
    "engine-past-support",
    "A version of MySQL that has left standard support.",
    "RDS charges extended support for every vCPU and hour, from which databases are kept here; and then it refuses to"
    " create one of such a version (`AWS::RDS::DBInstance EngineLifecycleSupport`).",
    "databases:\n  orders: {engine: mysql, version: 8.0.46, ...}",
    "databases:\n  orders: {engine: mysql, version: 8.4.7, ...}",
    Severity.WARNING,
)

ENDED = {"5.5": "2021-05-25", "5.6": "2022-03-01", "5.7": "2024-02-29", "8.0": "2026-07-31"}
"""When each version left (`MySQL on Amazon RDS versions`, Amazon RDS User Guide). Which full versions there are, the
linters know."""
EXTENDED = "open-source-rds-extended-support"


def check_engine_support(architecture: Architecture) -> Iterator[Diagnostic]:
    """Databases of such a version."""
    for member in architecture.of("databases"):
        body = member.body
        assert isinstance(body, Database)
        series = ".".join(body.version.split(".")[:2])
        if series not in ENDED:
            continue
        left = f"MySQL {series} left standard support on {ENDED[series]}"
        path = (*member.path, "version")
        if _enrolled(body):
            message = f"{left}: extended support of `{member.name}` is charged for every vCPU and hour."
            yield Diagnostic(PAST_SUPPORT, message, path, help="MySQL 8.4 costs nothing extra.")
            continue
        help_ = (
            "Take a version of MySQL 8.4. Or pay for extended support:"
            f" `override: {{database: {{Properties: {{EngineLifecycleSupport: {EXTENDED}}}}}}}`."
        )
        yield Diagnostic(PAST_SUPPORT, f"{left}: RDS refuses to create `{member.name}`.", path, help=help_)


def _enrolled(body: Database) -> bool:
    """Whether the spec itself asks for extended support."""
    properties = body.override.get("database", {}).get("Properties")
    return isinstance(properties, dict) and properties.get("EngineLifecycleSupport") == EXTENDED
