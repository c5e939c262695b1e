"""What linters say about finished templates, told at the place in the spec that caused it.

This room is light. The linters are heavy: they stand behind `cfn_lint` and `validate`, which the caller imports and
hands in as loaders, called only when the answer for these very templates is not in the cache.
"""

from __future__ import annotations

import pathlib
import re
from collections.abc import Callable, Iterator, Mapping

from labspec.diagnostic import At, Diagnostic, Path, Rule, Span
from labspec.lint import cache as memory
from labspec.lint.finding import FAILED, Engine, Finding, Loader, called, distinct, failure, families
from labspec.lint.outputs import LS604, unknown_outputs
from labspec.lint.unknown import explained
from labspec.lint.urls import relative_urls
from labspec.nearest import offered

__all__ = ["RULES", "Engine", "Finding", "Loader", "OriginOf", "lint", "lint_directory", "relative_urls"]

OriginOf = Callable[[str, Path], Path]
"""The spec path behind a place in a template: `origin_of("network.yaml", ("Resources", "LabVpc", "Properties"))`."""

_ROLE = """\
resources:
  Reader:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: {effect}
            Principal: {{Service: ec2.amazonaws.com}}
            Action: sts:AssumeRole
"""

LS601 = Rule(
    "LS601",
    "cfn-lint",
    "cfn-lint found a fault in a template that was built.",
    why="cfn-lint compares every template with the schemas of its resources and with what is known to fail in"
    " CloudFormation. The finding is shown at the line of the spec that caused it; the note names cfn-lint's own rule.",
    wrong=_ROLE.format(effect="Allowed"),
    right=_ROLE.format(effect="Allow"),
)
LS602 = Rule(
    "LS602",
    "cloudformation-validate",
    "AWS's own validator found a fault in a template that was built.",
    why="Every build is checked with AWS's validator, which knows the resource schemas and some of what CloudFormation"
    " checks before it starts. The finding is shown at the line of the spec that caused it; the note names the rule.",
    wrong='resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties: {DelaySeconds: "soon"}\n',
    right="resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties: {DelaySeconds: 5}\n",
)
LS603 = Rule(
    "LS603",
    "linter-failed",
    "A linter broke while it read the templates, so they were not checked.",
    why="A template that no linter could read must not pass for a checked one. The fault is the linter's: update it, or"
    " lower this rule under `checks`, with the reason, until it is mended.",
)
RULES = (LS601, LS602, LS603, LS604)

_BY_ENGINE = {rule.name: rule for rule in (LS601, LS602)}
_UNKNOWN_KEY = frozenset({"E3001", "E3002"})  # here the key is at fault, not its value
_UNUSED = frozenset({"W2001", "W7001", "W8001"})  # parameters, mappings and conditions, in both linters
_TOLD = {
    "W2508": ("CidrIp", "FromPort", "ToPort"),  # open ports
    "W9008": ("StorageEncrypted",),
    "W9011": ("PubliclyAccessible",),
}
"""What laws tell of members, and the properties that say it."""
_OURS = frozenset({"W2506"})
"""Advice on types of parameters: whether a value that travels to a stack can be empty decides of its type."""
_SECRET = frozenset({"W2501"})  # here the value is a password
_MANY = 12  # values that a message still lists


def lint(
    templates: Mapping[str, str],
    origin_of: OriginOf,
    *,
    engines: Mapping[str, Loader],
    region: str | None = None,
    cache: pathlib.Path | None = None,
    informational: bool = False,
) -> list[Diagnostic]:
    """The findings of the linters, at spec paths, in the order of the templates.

    `templates` maps file names to texts as they are built; linters are shown them with relative `TemplateURL`s, so that
    they compare what a parent hands to its children. `engines` maps a linter's name, which is also its distribution's,
    to its loader. `cache` is a folder for answers already given; None keeps none.
    """
    found = _findings(templates, engines, region, cache, informational)
    return [_at_origin(finding, origin_of) for finding in found if not _is_told(finding, origin_of)]


def lint_directory(
    files: Mapping[str, str],
    *,
    engines: Mapping[str, Loader],
    region: str | None = None,
    cache: pathlib.Path | None = None,
    informational: bool = False,
) -> list[Diagnostic]:
    """The findings of the linters on anybody's templates, and what they do not look at, at lines of the templates."""
    found = _findings(files, engines, region, cache, informational)
    return [*(_at_line(finding) for finding in found), *unknown_outputs(relative_urls(files))]


def _findings(
    templates: Mapping[str, str],
    engines: Mapping[str, Loader],
    region: str | None,
    cache: pathlib.Path | None,
    informational: bool,
) -> Iterator[Finding]:
    """What all linters found: first what is about no single template, then template by template."""
    shown = relative_urls(templates)
    found: list[Finding] = []
    for name, load in engines.items():
        found += explained(_answer(name, load, shown, region, cache, informational), shown, region)
    for file in ("", *templates):
        here = [finding for finding in found if finding.file == file]
        yield from distinct(f for f in here if not _used_in_url(f, templates.get(file, ""), shown.get(file, "")))


def _used_in_url(finding: Finding, text: str, shown: str) -> bool:
    """Whether the linter calls unused what only a url used that it was not shown."""
    if finding.rule not in _UNUSED:
        return False
    name = re.compile(rf"\b{re.escape(str(finding.place[-1]))}\b")
    return len(name.findall(text)) > len(name.findall(shown))


def _answer(
    name: str,
    load: Loader,
    templates: Mapping[str, str],
    region: str | None,
    cache: pathlib.Path | None,
    informational: bool,
) -> list[Finding]:
    """One linter's findings, from the cache if it has them. Failures are not kept: the next run tries again."""
    if cache is None:
        return _asked(name, load, templates, region, informational)
    key = memory.key(name, templates, region, informational)
    if (known := memory.read(cache, key)) is not None:
        return known
    found = _asked(name, load, templates, region, informational)
    if not any(finding.rule == FAILED for finding in found):
        memory.write(cache, key, found)
    return found


def _asked(
    name: str, load: Loader, templates: Mapping[str, str], region: str | None, informational: bool
) -> list[Finding]:
    try:
        return load()(templates, region, informational)
    except Exception as error:  # Whatever breaks inside a linter is told as a finding; a user never sees its traceback.
        return [failure(name, templates, error)]


def _at_origin(finding: Finding, origin_of: OriginOf) -> Diagnostic:
    path = origin_of(finding.file, finding.place) if finding.file else ()
    named = bool(path) and path[-1:] == finding.place[-1:]
    at: At = "key" if named and families(finding.rule) & _UNKNOWN_KEY else "value"
    where = "/".join(map(str, finding.place))
    return _diagnostic(finding, path, at, None, f" at {finding.file}, {where}" if where else f" at {finding.file}")


def _is_told(finding: Finding, origin_of: OriginOf) -> bool:
    """Whether a law tells this of a member, by its name. Of CloudFormation of the user's own, laws say nothing."""
    if finding.rule in _OURS and finding.place[:1] == ("Parameters",):
        return True
    if finding.rule not in _TOLD:
        return False
    resource: Path = (*finding.place[:2], "Properties")
    origins = [origin_of(finding.file, (*resource, name)) for name in _TOLD[finding.rule]]
    return not any(path[:1] == ("resources",) or "override" in path for path in origins)


def _at_line(finding: Finding) -> Diagnostic:
    end = (finding.end_line, finding.end_column)
    if end <= (finding.line, finding.column):
        end = (finding.line, finding.column + 1)
    span = Span(finding.file, finding.line, finding.column, *end) if finding.file else None
    return _diagnostic(finding, (), "value", span, "")


def _diagnostic(finding: Finding, path: Path, at: At, span: Span | None, where: str) -> Diagnostic:
    if finding.rule == FAILED:
        return Diagnostic(LS603, _sentence(finding.message), path, help=_FAILED_HELP, span=span)
    message, help_ = _readable(finding.message)
    return Diagnostic(
        _BY_ENGINE[finding.engine],
        _sentence(message),
        path,
        at,
        help=_sentence(finding.help) or help_,
        note=f"{finding.engine} {finding.rule}{where}" + (f"; see {finding.url}" if finding.url else ""),
        severity=finding.severity,
        span=span,
        also=called(finding.rule),
        hides=finding.rule in _SECRET,
    )


_FAILED_HELP = "The fault is the linter's. Until it is mended, these templates are not checked by it."


def _readable(message: str) -> tuple[str, str]:
    """The message with a long list of values replaced by their number, and the nearest of them as help."""
    match = re.search(r"'([^']*)' is not one of (\[.*?\])", message)
    if match is None:
        return message, ""
    options = re.findall(r"'([^']*)'", match[2])
    if len(options) > _MANY:
        message = f"{message[: match.start(2)]}{len(options)} values{message[match.end(2) :]}"
    return message, offered(match[1], options)


def _sentence(words: str) -> str:
    """A linter's words on one line, with a capital and a full stop."""
    line = " ".join(words.split())
    if not line:
        return ""
    return line[0].upper() + line[1:] + ("" if line[-1] in ".!?" else ".")
