"""Values that a parameter's own lines refuse: CloudFormation looks at its default, too."""

from __future__ import annotations

import re
from collections.abc import Iterator

from labspec import schema
from labspec.diagnostic import Diagnostic, Label, Path, Rule
from labspec.model.architecture import Architecture
from labspec.model.document import NUMBERS, PATTERNS, ParameterDeclared

REFUSED_DEFAULT = Rule(
    "LS368",
    "refused-default",
    "A parameter's own lines refuse its default, or refuse every value.",
    "CloudFormation compares the default of a parameter with its bounds, its allowed values and its pattern, and"
    " refuses the template where it does not fit (`Parameters`, AWS CloudFormation).",
    "parameters: {Share: {type: percent, default: 5%, min: 10%}}",
    "parameters: {Share: {type: percent, default: 10%, min: 10%}}",
    binding=True,
)


def check_parameter_values(architecture: Architecture) -> Iterator[Diagnostic]:
    """The default and the bounds of each parameter. A pattern of the user's own is left to the validator."""
    for name, declared in architecture.spec.parameters.items():
        path: Path = ("parameters", name)
        if _is_crossed(declared):
            message = f"The smallest value of `{name}`, {declared.min}, is above its largest, {declared.max}."
            label = Label("Its largest value stands here.", (*path, "max"))
            yield Diagnostic(REFUSED_DEFAULT, message, (*path, "min"), related=(label,))
        elif declared.default and not _is_told(declared) and (fault := _fault(declared, declared.default)):
            yield _refused(name, declared, *fault)


def _refused(name: str, declared: ParameterDeclared, place: str, words: str, help_: str) -> Diagnostic:
    path: Path = ("parameters", name)
    label = Label("This says so.", (*path, place))
    secret = declared.type == "secret"
    shown = "" if secret else f", `{declared.default}`,"
    message = f"The default of `{name}`{shown} {words}."
    return Diagnostic(REFUSED_DEFAULT, message, (*path, "default"), related=(label,), help=help_, hides=secret)


def refuses_itself(declared: ParameterDeclared) -> bool:
    """Whether a parameter is told of here: other laws take its numbers for what they are."""
    return _is_crossed(declared) or bool(declared.default and _fault(declared, declared.default))


def _is_crossed(declared: ParameterDeclared) -> bool:
    return declared.min is not None and declared.max is not None and _number(declared.min) > _number(declared.max)


def _fault(declared: ParameterDeclared, default: str) -> tuple[str, str, str] | None:
    """The field that refuses a default, in what way, and what to do."""
    counted = declared.type not in NUMBERS
    size = len(default) if counted else _number(default)
    if declared.allowed and default not in declared.allowed:
        return (
            "allowed",
            "is not one of the values that are allowed",
            "Add it to them, or make one of them the default.",
        )
    if declared.min is not None and size < _number(declared.min):
        return "min", _words("shorter" if counted else "below", declared.min, counted), "Change it, or lower `min`."
    if declared.max is not None and size > _number(declared.max):
        return "max", _words("longer" if counted else "above", declared.max, counted), "Change it, or raise `max`."
    pattern, sentence = PATTERNS.get(declared.type, ("", ""))
    if pattern and declared.pattern is None and not re.fullmatch(pattern, default):
        return (
            "type",
            f"is no value of the type `{declared.type}`",
            f"What it takes: {sentence[0].lower()}{sentence[1:]}.",
        )
    return None


def _is_told(declared: ParameterDeclared) -> bool:
    """Whether its default is no instance type at all, which another rule tells."""
    return declared.type == "instance_type" and not schema.has_instance_type(declared.default or "")


def _words(way: str, bound: str, counted: bool) -> str:
    return f"is {way} than {bound} characters" if counted else f"is {way} {bound}"


def _number(text: str) -> float:
    return float(text.removesuffix("%"))
