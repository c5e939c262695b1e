"""Parameters where they are used: of a type that fits there, and not shown where they are secrets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from labspec.diagnostic import Diagnostic, Label, Path, Rule
from labspec.model.document import NUMBERS, ParameterDeclared
from labspec.model.text import Expression
from labspec.model.word import Parameter
from labspec.wording import series

PARAMETER_TYPE = Rule(
    "LS207",
    "parameter-type",
    "A parameter of a type that does not fit where it stands.",
    "The console takes what the parameter's type allows. Where a field needs something else, CloudFormation finds out"
    " while it creates resources, and rolls back. A `secret` fits a password alone: whatever else it were written into"
    " would show it. `when` takes a `boolean`, or what may be empty.",
    "parameters: {AdminCidr: {type: text}}\n# ...\nfrom: AdminCidr",
    "parameters: {AdminCidr: {type: cidr}}\n# ...\nfrom: AdminCidr",
)
SECRET_SHOWN = Rule(
    "LS208",
    "secret-shown",
    "A text would show a secret.",
    "A parameter of type `secret` is hidden where the stack's parameters are shown, and nowhere else (`NoEcho`,"
    " `CloudFormation template Parameters syntax`): whoever may look at a tag, an output or a machine's user data can"
    " read it there.",
    "parameters: {Token: {type: secret}}\noutputs: {Page: 'https://example.com/?token=${{ Token }}'}",
    "parameters: {Account: {type: text}}\noutputs: {Page: 'https://example.com/?account=${{ Account }}'}",
)

FEW = 3
"""So many of the parameters that would fit are named."""

Declared = Mapping[str, ParameterDeclared]


def misfit(declared: Declared, path: Path, parameter: Parameter) -> Iterator[Diagnostic]:
    """A parameter of a type that does not fit where it stands."""
    given = declared[parameter.name]
    if given.type in parameter.types or (parameter.or_unset and given.may_be_empty):
        return
    types = series([f"`{kind}`" for kind in parameter.types], "or")
    needed = f"this field takes one of type {types}"
    if parameter.or_unset:
        needed = "nothing says that it may be empty"
    label = Label("It is declared here.", ("parameters", parameter.name, "type"))
    message = f"`{parameter.name}` is of type `{given.type}`; {needed}."
    yield Diagnostic(PARAMETER_TYPE, message, path, related=(label,), help=_help(declared, parameter))


def _help(declared: Declared, parameter: Parameter) -> str:
    """What to change: the parameter where it is declared, or which one is named."""
    name, given, needed = parameter.name, declared[parameter.name], parameter.types[0]
    fitting = [f"`{other}`" for other, it in declared.items() if it.type in parameter.types][:FEW]
    if given.type == "secret" and not parameter.or_unset:
        return f"A secret would be shown here: name {series(fitting or [f'a parameter of type `{needed}`'], 'or')}."
    ways = [f"Give `{name}` the type `{needed}`"]
    if parameter.or_unset and given.type not in NUMBERS:
        ways.append(f'write `default: ""` at `{name}`')
    return series([*ways, *([f"name {series(fitting, 'or')}"] if fitting else [])], "or") + "."


def shown(declared: Declared, path: Path, expression: Expression) -> Iterator[Diagnostic]:
    """A secret in a text that others can read."""
    name = str(expression)
    if name in declared and declared[name].type == "secret":
        label = Label("It is declared here.", ("parameters", name, "type"))
        message = f"`{name}` is a secret, and this text would show it."
        help_ = "Say where it lies instead, in Secrets Manager; a machine gets a database's credentials by `secrets`."
        yield Diagnostic(SECRET_SHOWN, message, path, chars=expression.chars, related=(label,), help=help_)
