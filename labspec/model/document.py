"""What a document declares beside members: parameters, variables, outputs, and which stack holds what."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, model_validator

from labspec.model.kind import Entries, Part, SomeOf
from labspec.model.notation import NAME, noted
from labspec.model.refusal import read_in, wrong
from labspec.model.text import PlainText, Reason, Text
from labspec.model.word import Choice, ParameterType, scalar_of
from labspec.model.words import read_boolean, read_integer, read_percent
from labspec.scalar import Scalar

PATTERNS = {
    "cidr": (
        r"((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])/([0-9]|[12][0-9]|3[0-2])",
        "An address block, such as 203.0.113.7/32",
    ),
    "email": (r"[^\s@]+@[^\s@]+\.[^\s@]+", "An e-mail address, such as ops@example.com"),
    "bucket_name": (r"[a-z0-9]+((-+|\.)[a-z0-9]+)*", "3 to 63 lower-case letters, digits, dots and dashes"),
    "certificate": (r"arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[A-Za-z0-9-]+", "The ARN of a certificate"),
    "instance_type": (r"[a-z0-9-]+\.[a-z0-9-]+", "An instance type, such as t3.micro"),
    "zone": (r"[a-z]", "The letter of a zone"),
    "key_pair": (r".{1,255}", "The name of a key pair"),
}
"""What a value of a type must match, and the sentence that says so. Anchored by CloudFormation."""

NUMBERS = ("integer", "percent")
"""Types whose values are numbers, and never empty."""


def _written(value: Any) -> str:
    """A parameter's value as it was typed; an empty one is written `""`."""
    if isinstance(value, Scalar) and value.style == "quoted":
        return str(value)
    return str(scalar_of(value, "a value of the parameter's type", null_help='Write `""` for an empty one.'))


Written = Annotated[str, BeforeValidator(_written), noted("a value, as its type is written")]


class ParameterDeclared(Part):
    """A value that is asked for when the stack is deployed.

    ```yaml
    parameters:
      AdminCidr: {type: cidr, label: Where SSH may come from}
    ```
    """

    type: Annotated[ParameterType, Choice()]
    """`text`, `integer`, `percent`, `boolean`, `cidr`, `email`, `zone`, `key_pair`, `secret`, `bucket_name`,
    `instance_type` or `certificate`."""
    default: Written | None = None
    """Its value unless the console is told another. Without one the console asks; `""` where empty means unset."""
    label: PlainText = ""
    """What the console calls it."""
    description: PlainText = ""
    """A sentence beside the field."""
    group: PlainText = ""
    """The heading under which the console shows it."""
    min: Written | None = None
    """The smallest number, or the shortest text."""
    max: Written | None = None
    """The largest number, or the longest text."""
    allowed: SomeOf[Written] = ()
    """The only values there are."""
    pattern: PlainText | None = None
    """A regular expression that the whole value matches."""
    error: PlainText | None = None
    """What the console says about a value that does not fit."""

    @property
    def may_be_empty(self) -> bool:
        """Whether an empty value means that it is not set."""
        return self.default == "" or "" in self.allowed

    @model_validator(mode="after")
    def _values_of_its_type(self) -> ParameterDeclared:
        read = {"integer": read_integer, "percent": read_percent, "boolean": read_boolean}.get(self.type)
        for index, value in enumerate(self.allowed):
            if read:
                read_in(("allowed", index), read, value)
        if read and self.default is not None:
            read_in(("default",), read, self.default)
        for place, bound in (("min", self.min), ("max", self.max)):
            if bound is not None:
                read_in((place,), read_percent if self.type == "percent" else read_integer, bound)
        return self


class Variable(Part):
    """A value known when the spec is built; it may decide anything.

    ```yaml
    variables:
      stage: {default: dev, one_of: [dev, prod]}
    ```
    """

    short: ClassVar[str] = "default"

    default: Any
    """Its value unless `--set` gives another."""
    one_of: SomeOf[Written] = ()
    """The only values there are."""


class OutputDeclared(Part):
    """A value that the console shows when the stack is there.

    ```yaml
    outputs:
      Page: http://${{ server.public_ip }}
    ```
    """

    short: ClassVar[str] = "value"

    value: Text
    """The value."""
    description: PlainText = ""
    """A sentence beside it."""
    export: PlainText | None = None
    """A name under which other stacks import it."""


class Level(Part):
    """What the findings of a rule are in the whole spec. One member accepts them by `silence`.

    A rule goes by its name. A linter's own rule goes by its code, as the note below a finding tells it; `cfn-lint` and
    `cloudformation-validate` stand for all that they find, and the code goes first. A level that is lower than the
    rule's own needs a reason. Some rules are always errors, because nothing is built where they are broken:
    [rules](rules.md) tells which.

    ```yaml
    checks:
      public-website: error
      W3010: {level: off, reason: the course names its zones}
    ```
    """

    short: ClassVar[str] = "level"

    level: Annotated[Literal["error", "warning", "hint", "off"], Choice()]
    """`error` stops the build, `warning` and `hint` are shown; what is `off` is only counted."""
    reason: Reason = ""
    """Why the level is lower than the rule's own. Required there."""


SELECTOR = r"[a-z_]+(\.[A-Za-z0-9-]+)?"


def _selector(value: Any) -> str:
    text = scalar_of(value, "a section, or `section.member`")
    if not re.fullmatch(SELECTOR, text):
        wrong(f"`{text}` selects nothing.", "Write a section, such as `instances`, or one member: `instances.web`.")
    return str(text)


def _stack_name(value: Any) -> str:
    text = scalar_of(value, "the name of a stack")
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", text) or text in ("root", "flat", "manifest"):
        wrong(f"`{text}` cannot be the name of a stack.", "Names are kebab-case; `root` and `flat` are taken.")
    return str(text)


Selector = Annotated[str, BeforeValidator(_selector), noted("a section, or section.member", SELECTOR)]
StackName = Annotated[str, BeforeValidator(_stack_name), noted("the name of a stack, in kebab-case", NAME)]


class Layout(Part):
    """Which stack holds what, where the default does not please."""

    stacks: Annotated[dict[StackName, SomeOf[Selector]], Entries()] = {}
    """Names of stacks, each with sections or single members (`instances.web`). A stack with one of labspec's own names
    (`network`, `security`, `compute`, `scaling`, `storage`, `balancing`, `database`, `watching`, `website`,
    `resources`) holds what is listed beside what stands there anyway."""
