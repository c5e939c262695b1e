"""Findings about types and properties that there are not: in one form, at the word, with what was meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from labspec import schema
from labspec.diagnostic import Path
from labspec.lint.finding import Finding, families
from labspec.nearest import alike, offered
from labspec.template import TemplateError, read

ATTRIBUTES = (
    *("Type", "Properties", "DependsOn", "Condition", "Metadata", "DeletionPolicy", "UpdateReplacePolicy"),
    *("UpdatePolicy", "CreationPolicy"),
)
"""What a resource can say beside its properties (`Resource attribute reference`)."""
TYPE = re.compile(r"[Rr]esource type '([^']+)'")
PROPERTY = re.compile(r"'([^']+)' was unexpected|has invalid property '([^']+)'")
REQUIRED = re.compile(r"'([^']+)' is a required property")


def explained(found: Iterable[Finding], templates: Mapping[str, str], region: str | None) -> list[Finding]:
    """The findings, with what was meant by unknown words; without what is missing only because of one."""
    kinds: dict[str, Mapping[str, Any]] = {}

    def kind_of(finding: Finding) -> str:
        if finding.file not in kinds:
            kinds[finding.file] = _resources(templates.get(finding.file, ""), finding.file)
        resource = kinds[finding.file].get(str(finding.place[1]))
        return str(resource.get("Type", "")) if isinstance(resource, dict) else ""

    told = [_explained(finding, kind_of, region or schema.REGION) for finding in found]
    unknown: dict[tuple[str, Path], list[str]] = {}
    for finding in told:
        if families(finding.rule) & {"E3001", "E3002"} and finding.place:
            unknown.setdefault((finding.file, finding.place[:-1]), []).append(str(finding.place[-1]))
    return [finding for finding in told if not _is_meant(finding, unknown.get((finding.file, finding.place), []))]


def _is_meant(finding: Finding, unknown: list[str]) -> bool:
    """Whether what is missing stands there by a mistyped name."""
    missing = REQUIRED.search(finding.message)
    return bool(missing and any(missing[1] in alike(word, [missing[1]]) for word in unknown))


def _explained(finding: Finding, kind_of: Callable[[Finding], str], region: str) -> Finding:
    if finding.place[:1] != ("Resources",) or len(finding.place) < 2:
        return finding
    rules = families(finding.rule)
    if "E3006" in rules and (match := TYPE.search(finding.message)) and match[1] not in schema.resource_types():
        help_ = offered(match[1], schema.resource_types(region))
        place = (*finding.place[:2], "Type")
        return replace(finding, message=f"There is no resource type `{match[1]}`", place=place, help=help_)
    if not rules & {"E3001", "E3002"} or not (match := PROPERTY.search(finding.message)):
        return finding
    word = match[1] or match[2]
    around = finding.place[:-1] if finding.place[-1] == word else finding.place
    message, help_ = _unknown(word, around[2:], kind_of(finding), region)
    return replace(finding, message=message, place=(*around, word), help=help_)


def _unknown(word: str, around: Path, kind: str, region: str) -> tuple[str, str]:
    """What to say of a property that there is not, and what helps."""
    if around[:1] != ("Properties",):
        of_type = not around and word in schema.properties_at(kind, (), region)
        help_ = f"Write it under `Properties`: it is a property of {kind}." if of_type else offered(word, ATTRIBUTES)
        return f"A resource has no attribute `{word}`", help_
    inside = [step for step in around[1:] if isinstance(step, str)]
    where = f"`{inside[-1]}` of {kind}" if inside else kind or "This"
    help_ = offered(word, schema.properties_at(kind, around[1:], region))
    return f"{where} has no property `{word}`", help_


def _resources(text: str, file: str) -> Mapping[str, Any]:
    try:
        return read(text, file).section("Resources")
    except TemplateError:
        return {}
