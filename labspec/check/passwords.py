"""Passwords of databases come from parameters that hide them."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.diagnostic import Diagnostic, Label, Rule
from labspec.model.architecture import Architecture
from labspec.model.database import Database
from labspec.model.word import Parameter

SHOWN = Rule(
    "LS331",
    "password-shown",
    "The parameter of a password would show it.",
    "A parameter of type `secret` is hidden in the console and in the stack's description. A default writes the"
    " password into the spec and the template.",
    "parameters: {Password: {type: text}}\ndatabases:\n  orders: {password: Password, ...}",
    "parameters: {Password: {type: secret}}\ndatabases:\n  orders: {password: Password, ...}",
)


def check_passwords(architecture: Architecture) -> Iterator[Diagnostic]:
    """Passwords from parameters that are no secrets, and secrets that the spec gives away."""
    passwords = set[str]()
    for member in architecture.of("databases"):
        assert isinstance(member.body, Database)
        said = member.body.password
        if not isinstance(said, Parameter):
            continue
        parameter = architecture.spec.parameters[said.name]
        passwords.add(said.name)
        if parameter.type != "secret":
            label = Label(f"It is of type `{parameter.type}`.", ("parameters", said.name, "type"))
            message = f"`{said.name}` would show the password of `{member.name}`."
            help_ = f"Give `{said.name}` the type `secret`, or write `password: generated`."
            yield Diagnostic(SHOWN, message, (*member.path, "password"), related=(label,), help=help_)
    for name, parameter in architecture.spec.parameters.items():
        # An empty one stands for none, but no database takes that.
        if parameter.type == "secret" and (parameter.default or (parameter.default == "" and name in passwords)):
            message = "A password must not stand in a spec."
            help_ = "Remove the default: the console asks."
            yield Diagnostic(SHOWN, message, ("parameters", name, "default"), help=help_, hides=True)
