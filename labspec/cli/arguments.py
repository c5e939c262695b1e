"""What several commands take."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from typing import Any

STACK = r"[A-Za-z][A-Za-z0-9-]{0,127}"
LONGEST_KEY, LONGEST_VALUE = 128, 256


def command(
    commands: Any, name: str, run: Callable[[argparse.Namespace], int], help: str, example: str
) -> argparse.ArgumentParser:
    """Add a command; its help ends in an example."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=help, description=help, epilog=f"Example: {example}"
    )
    parser.set_defaults(run=run, verbose=False, changed=False, publishes=False, reads=None, answers=False)
    return parser


def specs(parser: argparse.ArgumentParser, metavar: str = "SPEC") -> None:
    """Specs, what is laid over them, and how to work and report."""
    parser.add_argument("specs", nargs="+", metavar=metavar, help="a spec; several are independent of one another")
    composition(parser)


def composition(parser: argparse.ArgumentParser) -> None:
    """What is laid over a spec, and how to work and report."""
    parser.add_argument(
        "--overlay", action="append", default=[], metavar="FILE", help="lay a document over each spec (repeatable)"
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        type=pair,
        metavar="VARIABLE=VALUE",
        help="give a variable a value (repeatable)",
    )
    shared(parser)


def shared(parser: argparse.ArgumentParser) -> None:
    """How to work and report."""
    parser.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="colours in the report")
    parser.add_argument("--no-cache", action="store_true", help="do not use earlier answers of the linters")
    parser.add_argument("--timings", action="store_true", help="print how long each stage took")
    parser.add_argument("-q", "--quiet", action="store_true", help="print findings only")
    parser.add_argument("-v", "--verbose", action="store_true", help="print more: what is silenced, and where we fail")


def shape(parser: argparse.ArgumentParser) -> None:
    """How many templates there are to be, and in what notation."""
    parser.add_argument(
        "--layout", choices=("nested", "flat"), default="nested", help="nested stacks, or one flat template"
    )
    parser.add_argument("--format", choices=("yaml", "json"), default="yaml", help="the notation of the templates")


def form(parser: argparse.ArgumentParser) -> None:
    """What the templates are to look like."""
    shape(parser)
    parser.add_argument(
        "--template-urls",
        choices=("parameters", "relative"),
        default="parameters",
        help="where the root finds its nested templates",
    )


def account(
    parser: argparse.ArgumentParser, region: str = "the region of the stack; the AWS CLI's own unless said"
) -> None:
    """Whose AWS account, and where in the world."""
    parser.add_argument("--profile", help="a profile of the AWS CLI; its own choice unless said")
    parser.add_argument("--region", help=region)


def lacks_aws(command: str) -> str:
    """What a command that calls AWS needs and is not installed; empty where nothing is missing."""
    from importlib.util import find_spec

    missing = f"`labspec {command}` calls AWS and needs boto3: pip install '.[aws]' in labspec's own folder."
    return "" if find_spec("boto3") else missing


def parameters(parser: argparse.ArgumentParser, of: str) -> None:
    """What gives parameters values; `of` says whose."""
    parser.add_argument(
        "--parameter", action="append", default=[], type=pair, metavar="NAME=VALUE", help=f"a value {of} (repeatable)"
    )


def allowed_losses(parser: argparse.ArgumentParser) -> None:
    """What may be lost."""
    parser.add_argument(
        "--allow-data-loss",
        action="append",
        default=[],
        metavar="NAME",
        help="what holds data and may be replaced or removed: its logical id, or its name in the spec (repeatable)",
    )


def pair(text: str) -> tuple[str, str]:
    """A name and its value."""
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise argparse.ArgumentTypeError(f"`{text}` gives nothing a value: write NAME=VALUE")
    return name, value


def stack(text: str) -> str:
    """A stack's name or id (`CreateChangeSet`, AWS CloudFormation API Reference)."""
    if re.fullmatch(rf"{STACK}|arn:[\w:/.+-]+", text):
        return text
    meant = re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")
    help_ = f"; did you mean `{meant}`?" if re.fullmatch(STACK, meant) else ""
    raise argparse.ArgumentTypeError(
        f"`{text}` is no name of a stack: it is letters, digits and dashes, a letter first, 128 at most{help_}"
    )


def role(text: str) -> str:
    """A role's ARN (`IAM identifiers`, AWS IAM)."""
    if re.fullmatch(r"arn:[\w-]+:iam::\d{12}:role/.+", text):
        return text
    raise argparse.ArgumentTypeError(f"`{text}` is no role: write it as `arn:aws:iam::111122223333:role/NAME`")


def tag(text: str) -> tuple[str, str]:
    """A tag's key and value (`Tag`, AWS CloudFormation API Reference)."""
    key, value = pair(text)
    if key.lower().startswith("aws:"):
        raise argparse.ArgumentTypeError(f"`{key}` is no key for a tag: those that begin with `aws:` are AWS's own")
    if len(key) > LONGEST_KEY or len(value) > LONGEST_VALUE:
        raise argparse.ArgumentTypeError(
            f"the tag `{key}` is too long: a key has {LONGEST_KEY} characters at most, a value {LONGEST_VALUE}"
        )
    return key, value


def validation(parser: argparse.ArgumentParser) -> None:
    """Whether the output is validated."""
    parser.add_argument("--no-validate", action="store_true", help="do not run cloudformation-validate on the output")
