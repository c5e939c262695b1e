"""Parameters that may be empty, where a value has to be."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.diagnostic import Diagnostic, Label, Path, Rule, Severity
from labspec.model.architecture import Architecture, Member
from labspec.model.kind import When, leaves
from labspec.model.word import Parameter

MAY_BE_EMPTY = Rule(
    "LS361",
    "value-may-be-empty",
    "A field takes its value from a parameter that may be empty.",
    "An address, a key pair, a certificate or a source of traffic that is empty is refused, and the deployment fails"
    " with the very values that the console suggests.",
    'parameters: {AlertEmail: {type: email, default: ""}}\nnotifications: {ops: AlertEmail}',
    'parameters: {AlertEmail: {type: email, default: ""}}\nnotifications: {ops: {email: AlertEmail, when: AlertEmail}}',
)


def check_empty_values(architecture: Architecture) -> Iterator[Diagnostic]:
    """Every parameter in a typed field of a member that is there while the parameter is empty."""
    empty = {name for name, declared in architecture.spec.parameters.items() if declared.default == ""}
    for member in architecture.members.values() if empty else ():
        for path, leaf in leaves(member.body):
            if isinstance(leaf, Parameter) and leaf.name in empty and not leaf.or_unset:
                yield from _needed(member, leaf, path)


def _needed(member: Member, parameter: Parameter, path: Path) -> Iterator[Diagnostic]:
    if member.body.when == When(parameter):
        return
    label = Label("It is empty unless the console is told another.", ("parameters", parameter.name, "default"))
    message = f"`{parameter.name}` may be empty, and `{member.name}` needs a value here."
    yield Diagnostic(
        MAY_BE_EMPTY,
        message,
        (*member.path, *path),
        related=(label,),
        help=f"Say `when: {parameter.name}` at `{member.name}`, or give the parameter no default.",
        # Another switch may be off whenever the value is empty.
        severity=Severity.ERROR if member.body.when is None else Severity.WARNING,
    )
