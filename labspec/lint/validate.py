"""The door to AWS's cloudformation-validate. Making its engine takes a quarter of a second: only a loader does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from cloudformation_validate import (
    CelEngine,
    DetailLevel,
    PseudoParameterOverrides,
    RuleFilterConfig,
    TemplateContent,
    ValidateConfig,
)
from cloudformation_validate import Diagnostic as Reported
from cloudformation_validate import Severity as Level

from labspec.diagnostic import Path, Severity
from labspec.lint.finding import Finding, failure
from labspec.linters import VALIDATOR

_SEVERITIES = {"FATAL": Severity.ERROR, "ERROR": Severity.ERROR, "WARN": Severity.WARNING}

# W3002 says that a relative TemplateURL needs `aws cloudformation package`: here templates have them to be compared.
# I9003 says that no region was given.
_EXPECTED = ["W3002", "I9003"]

_SECTIONS = {
    "RESOURCE": "Resources",
    "PARAMETER": "Parameters",
    "OUTPUT": "Outputs",
    "MAPPING": "Mappings",
    "CONDITION": "Conditions",
    "RULE": "Rules",
    "METADATA": "Metadata",
}


def findings(templates: Mapping[str, str], region: str | None, informational: bool) -> list[Finding]:
    """What the validator says. Without a region a value is right that is right in any region."""
    engine = CelEngine()  # The same findings as the other engines', in a tenth of the Rego engine's time.
    config = ValidateConfig(
        exclude=RuleFilterConfig(ids=_EXPECTED),
        # The detailed level adds the addresses of the resource providers' repositories, none of the rule's own page.
        detail_level=DetailLevel.STANDARD,
        severity_level=Level.INFO if informational else Level.WARN,
        pseudo_parameter_overrides=PseudoParameterOverrides(region=region),
    )
    return [finding for file, text in templates.items() for finding in _file(engine, config, file, text)]


def _file(engine: CelEngine, config: ValidateConfig, file: str, text: str) -> Iterator[Finding]:
    try:
        for found in engine.validate_template(TemplateContent(text, file), config).diagnostics:
            yield _finding(file, found)
    except Exception as error:  # A crash on one template must not silence the others.
        yield failure(VALIDATOR, [file], error)


def _finding(file: str, found: Reported) -> Finding:
    line, column = found.start_line or 1, found.start_column or 1
    return Finding(
        VALIDATOR,
        found.rule_id,
        _SEVERITIES.get(found.severity.name, Severity.HINT),
        found.message,
        file,
        _place(found),
        line,
        column,
        found.end_line or line,
        found.end_column or column,
        help=found.suggested_fix or "",
    )


def _place(found: Reported) -> Path:
    """The place in the template.

    The validator writes `Properties.Tags.0.Key` (from the resource), `Parameters/Vpc/Type`, `Outputs/Id/Value.Ref`
    (from the root), or nothing where it means the whole resource.
    """
    written = found.property_path or ""
    parts: Path = tuple(int(part) if part.isdecimal() else part for part in re.split(r"[./]", written) if part)
    if found.entity is None:
        return parts
    section = _SECTIONS.get(found.entity.entity_type.name)
    return parts if section is None or parts[:1] == (section,) else (section, found.entity.logical_id, *parts)
