"""The shape of SARIF 2.1.0, as far as labspec writes it: property names, types and what is required.

The names are those of the standard (OASIS, Static Analysis Results Interchange Format, sections 3.13 to 3.57). This
schema is stricter than the standard's own in that it knows nothing that labspec does not write.
"""

from __future__ import annotations

from typing import Any


def _object(required: str, optional: str = "", **properties: Any) -> dict[str, Any]:
    """An object with these properties and no others."""
    assert set(properties) == {*required.split(), *optional.split()}
    return {
        "type": "object",
        "properties": properties,
        "required": required.split(),
        "additionalProperties": False,
    }


def _list(items: Any) -> dict[str, Any]:
    return {"type": "array", "items": items}


TEXT = {"type": "string", "minLength": 1}
POSITIVE = {"type": "integer", "minimum": 1}
MESSAGE = _object("text", text=TEXT)
WORDS = _object("text", "markdown", text=TEXT, markdown=TEXT)
LEVEL = {"enum": ["none", "note", "warning", "error"]}
REGION = _object(
    "startLine startColumn endLine endColumn",
    startLine=POSITIVE,
    startColumn=POSITIVE,
    endLine=POSITIVE,
    endColumn=POSITIVE,
)
ARTIFACT = _object("uri", uri={**TEXT, "format": "uri-reference"})
PHYSICAL = _object("artifactLocation region", artifactLocation=ARTIFACT, region=REGION)
RELATED = _object(
    "id physicalLocation message", id={"type": "integer", "minimum": 0}, physicalLocation=PHYSICAL, message=MESSAGE
)
REPLACEMENT = _object("deletedRegion insertedContent", deletedRegion=REGION, insertedContent=MESSAGE)
CHANGE = _object("artifactLocation replacements", artifactLocation=ARTIFACT, replacements=_list(REPLACEMENT))
FIX = _object(
    "description artifactChanges properties",
    description=MESSAGE,
    artifactChanges=_list(CHANGE),
    properties=_object("safe", safe={"type": "boolean"}),
)
RULE = _object(
    "id name shortDescription fullDescription help defaultConfiguration",
    id=TEXT,
    name=TEXT,
    shortDescription=MESSAGE,
    fullDescription=MESSAGE,
    help=WORDS,
    defaultConfiguration=_object("level", level=LEVEL),
)
SUPPRESSION = _object("kind justification", kind={"enum": ["inSource", "external"]}, justification=TEXT)
RESULT = _object(
    "ruleId ruleIndex level message suppressions partialFingerprints",
    "locations relatedLocations fixes",
    ruleId=TEXT,
    ruleIndex={"type": "integer", "minimum": 0},
    level=LEVEL,
    message=MESSAGE,
    suppressions=_list(SUPPRESSION),
    partialFingerprints={"type": "object", "additionalProperties": TEXT, "minProperties": 1},
    locations=_list(_object("physicalLocation", physicalLocation=PHYSICAL)),
    relatedLocations=_list(RELATED),
    fixes=_list(FIX),
)
DRIVER = _object("name version rules", name={"const": "labspec"}, version=TEXT, rules=_list(RULE))
RUN = _object(
    "tool columnKind results",
    tool=_object("driver", driver=DRIVER),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    results=_list(RESULT),
)
SARIF = {
    "type": "object",
    "properties": {"$schema": {"type": "string"}, "version": {"const": "2.1.0"}, "runs": _list(RUN)},
    "required": ["$schema", "version", "runs"],
    "additionalProperties": False,
}
