"""Data to a `Spec`: variables filled in, everything validated, every independent mistake reported in one run.

The whole document is validated at once. Where that fails, the members at fault are taken out and the rest is validated
again; their names stay known as *poisoned*, so that later rooms say nothing about what speaks of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from labspec.diagnostic import At, Diagnostic, Fix, Path, Rule
from labspec.model.bodies import move_bodies
from labspec.model.kind import EXPRESSION, Part
from labspec.model.spec import Spec
from labspec.nearest import did_you_mean, nearest
from labspec.scalar import Scalar

UNKNOWN_KEY = Rule(
    "LS101",
    "unknown-key",
    "A key that the language does not have here.",
    "A key that is not understood would be ignored, and what it says would be lost.",
    "vpcs:\n  web: {cird: 10.0.0.0/16}",
    "vpcs:\n  web: {cidr: 10.0.0.0/16}",
)
MISSING = Rule(
    "LS102",
    "missing-key",
    "A key that must be said is not there.",
    "It has no default, because none would be right for everybody.",
    "load_balancers:\n  front: {subnets: public, listeners: {80: web}}",
    "load_balancers:\n  front: {scheme: internal, subnets: public, listeners: {80: web}}",
)
WRONG_VALUE = Rule(
    "LS103",
    "wrong-value",
    "A value that its field cannot take.",
    "Each field has a type with a notation of its own; units are always written.",
    "storage: 20",
    "storage: 20GiB",
)
VARIABLE = Rule(
    "LS104",
    "variable",
    "A build-time variable is not what it is used or set as.",
    "Variables are declared under `variables`, given a value there or by `--set`, and used as `${{ variables.name }}`.",
    "tags: {Stage: '${{ variables.stgae }}'}",
    "variables: {stage: dev}\ntags: {Stage: '${{ variables.stage }}'}",
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What could be understood of a document, and what was wrong with the rest."""

    spec: Spec
    poisoned: frozenset[tuple[str, str]]
    """Members (section, name) that are declared and wrong."""
    diagnostics: tuple[Diagnostic, ...]
    moved: Mapping[Path, Path]
    """Members that stood as bodies in the place of their names: where each one was written."""


def load(document: Mapping[str, Any], settings: Mapping[str, str]) -> Loaded:
    """Validate a document. `settings` are the variables given on the command line."""
    filled, found = _with_variables(dict(document), settings)
    bodies = move_bodies(filled)
    data, found = bodies.document, [*found, *bodies.diagnostics]
    try:
        return Loaded(Spec.model_validate(data), frozenset(), tuple(found), bodies.places)
    except ValidationError as error:
        diagnostics = [_diagnostic(detail) for detail in error.errors(include_url=False, include_input=False)]
    spec, poisoned = _without(data, diagnostics)
    return Loaded(spec, poisoned, (*found, *diagnostics), bodies.places)


def _without(data: dict[str, Any], diagnostics: list[Diagnostic]) -> tuple[Spec, frozenset[tuple[str, str]]]:
    """The spec of what is not wrong, and the names of what was taken out."""
    kept: dict[str, Any] = {"labspec": Scalar("1"), "name": Scalar("spec"), **data}
    poisoned: set[tuple[str, str]] = set()
    for path in {diagnostic.path[:2] for diagnostic in diagnostics}:
        section = str(path[0]) if path else ""
        value = kept.get(section)
        if len(path) == 2 and isinstance(value, dict):
            poisoned |= _names(section, str(path[1]), value.get(str(path[1])))
            kept[section] = {key: inner for key, inner in value.items() if key != path[1]}
        elif section in ("labspec", "name"):
            kept[section] = Scalar("1" if section == "labspec" else "spec")
        else:
            kept.pop(section, None)
    return Spec.model_validate(kept), frozenset(poisoned)


def _names(section: str, name: str, value: Any) -> set[tuple[str, str]]:
    """A member's name and those of the members inside it."""
    names = {(section, name)}
    if isinstance(value, dict):
        for nested in ("subnets", "nat_gateways", "route_tables", "replicas"):
            if isinstance(value.get(nested), dict):
                names |= {(nested, str(inner)) for inner in value[nested]}
        if section == "vpcs":
            names.add(("internet_gateways", str(value.get("internet_gateway", ""))))
    return names


# ------------------------------------------------------------------ pydantic's errors in our words


def _diagnostic(detail: ErrorDetails) -> Diagnostic:
    path, at = _place(detail["loc"])
    kind = detail["type"]
    context = detail.get("ctx", {})
    if kind == "missing":
        noun = _owner_noun(path[:-1])
        return Diagnostic(MISSING, f"`{path[-1]}` is missing: {noun} needs it.", path[:-1], "key")
    if kind == "extra_forbidden":
        return _unknown(path)
    if kind == "labspec":
        fix = Fix(f"Write `{context['fix']}`.", context["fix"]) if context.get("fix") else None
        return Diagnostic(
            WRONG_VALUE, context["message"], path, at, context.get("chars"), help=context["help"], fix=fix
        )
    return Diagnostic(WRONG_VALUE, f"This cannot stand here: {detail['msg'][0].lower()}{detail['msg'][1:]}.", path, at)


def _place(loc: tuple[int | str, ...]) -> tuple[Path, At]:
    if loc and loc[-1] == "[key]":
        return tuple(loc[:-1]), "key"
    return tuple(loc), "value"


def _unknown(path: Path) -> Diagnostic:
    key = str(path[-1])
    part = part_at(path[:-1])
    fields = [info.alias or name for name, info in part.model_fields.items()] if part else []
    near = nearest(key, fields)
    owner = "the document" if len(path) == 1 else _owner_noun(path[:-1])
    help_ = did_you_mean(key, fields) or "It has " + ", ".join(f"`{field}`" for field in sorted(fields)) + "."
    fix = Fix(f"Write `{near}`.", near) if near else None
    return Diagnostic(UNKNOWN_KEY, f"There is no `{key}` in {owner}.", path, "key", help=help_, fix=fix)


def _owner_noun(path: Path) -> str:
    part = part_at(path)
    if part is None or part is Spec:
        return "the spec"
    words = "".join(f" {char.lower()}" if char.isupper() else char for char in part.__name__).strip()
    words = {"image made": "image", "parameter declared": "parameter", "output declared": "output"}.get(words, words)
    return ("an " if words[0] in "aeiou" else "a ") + words


def part_at(path: Path) -> type[Part] | None:
    """The class of what stands at a path, where it is a part of the language."""
    part: type[Part] | None = Spec
    annotation: Any = Spec
    for step in path:
        part = next(_parts(annotation), None)
        field = _field(part, str(step)) if part and not _is_mapping(annotation) else None
        annotation = field if field is not None else _inner(annotation)
        if annotation is None:
            return None
    return next(_parts(annotation), None)


def _field(part: type[Part], name: str) -> Any:
    for field, info in part.model_fields.items():
        if name == (info.alias or field):
            return info.annotation
    return None


def _is_mapping(annotation: Any) -> bool:
    return getattr(annotation, "__origin__", None) in (dict, tuple)


def _inner(annotation: Any) -> Any:
    arguments = get_args(annotation)
    return arguments[1] if getattr(annotation, "__origin__", None) is dict else arguments[0] if arguments else None


def _parts(annotation: Any) -> Iterator[type[Part]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation  # type: ignore[misc]  # every model of the language is a Part
        return
    for argument in get_args(annotation):
        yield from _parts(argument)


# ------------------------------------------------------------------ variables


def _with_variables(data: dict[str, Any], settings: Mapping[str, str]) -> tuple[dict[str, Any], list[Diagnostic]]:
    """The document with every `${{ variables.x }}` replaced."""
    found: list[Diagnostic] = []
    values: dict[str, Any] = {}
    declared = data.get("variables")
    declared = declared if isinstance(declared, dict) else {}
    for name, body in declared.items():
        values[str(name)] = settings.get(
            name, body.get("default") if isinstance(body, dict) and "default" in body else body
        )
        if isinstance(values[str(name)], str) and not isinstance(values[str(name)], Scalar):
            values[str(name)] = Scalar(values[str(name)], "quoted")
        found.extend(_allowed(str(name), body, values[str(name)]))
    found += [
        Diagnostic(VARIABLE, f"There is no variable `{name}` to set.", help=did_you_mean(name, values))
        for name in settings
        if name not in declared
    ]
    filled = {key: value if key == "variables" else _fill(value, values, (key,), found) for key, value in data.items()}
    return filled, found


def _allowed(name: str, body: Any, value: Any) -> Iterator[Diagnostic]:
    one_of = body.get("one_of") if isinstance(body, dict) else None
    if isinstance(one_of, list) and value not in one_of:
        options = ", ".join(f"`{option}`" for option in one_of)
        yield Diagnostic(
            VARIABLE,
            f"The variable `{name}` cannot be `{value}`.",
            ("variables", name),
            help=f"It is one of {options}.",
        )


def _fill(value: Any, values: Mapping[str, Any], path: Path, found: list[Diagnostic]) -> Any:
    if isinstance(value, dict):
        return {key: _fill(inner, values, (*path, str(key)), found) for key, inner in value.items()}
    if isinstance(value, list):
        return [_fill(inner, values, (*path, index), found) for index, inner in enumerate(value)]
    if isinstance(value, Scalar) and "${{" in value:
        return _fill_scalar(value, values, path, found)
    return value


def _fill_scalar(scalar: Scalar, values: Mapping[str, Any], path: Path, found: list[Diagnostic]) -> Any:
    pieces: list[str] = []
    start = 0
    for match in EXPRESSION.finditer(scalar):
        words = match[2].strip().split(".")
        if match[1] or words[0] != "variables":
            continue
        name = ".".join(words[1:])
        if name not in values:
            help_ = did_you_mean(name, values)
            found.append(Diagnostic(VARIABLE, f"There is no variable `{name}`.", path, chars=match.span(), help=help_))
            continue
        value = values[name]
        if match.span() == (0, len(scalar)):
            return value
        if not isinstance(value, str):
            found.append(
                Diagnostic(VARIABLE, f"The variable `{name}` is not a single value.", path, chars=match.span())
            )
            continue
        pieces += [scalar[start : match.start()], value]
        start = match.end()
    return Scalar("".join([*pieces, scalar[start:]]), scalar.style, scalar.folder) if pieces else scalar
