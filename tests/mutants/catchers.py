"""Who may catch a mutant: the linters, an emulated deployment, the laws, the tests of the lab."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import boto3
from botocore.exceptions import ClientError

from labspec.diagnostic import Diagnostic
from labspec.lint import Engine, lint_directory
from labspec.lint.cfn_lint import findings as cfn_lint
from labspec.lint.validate import findings as validate
from labspec.linters import CFN_LINT, VALIDATOR
from labspec.template import read_directory
from tests.emulated.account import BUCKET, REGION, Stacks
from tests.lab import (
    test_auto_scaling,
    test_database,
    test_network,
    test_prologue_and_website,
    test_servers,
    test_sharing,
)
from tests.lab.course import Check, lab_of
from tests.mutants.built import assets_of, digest_of, templates_of, written
from tests.mutants.mutants import FULL, MUTANTS

LABSPEC = "labspec"
LINTERS: dict[str, Engine] = {CFN_LINT: cfn_lint, VALIDATOR: validate}
ROWS: dict[str, Check] = {
    **test_prologue_and_website.WEBSITE,
    **test_network.CHECKS,
    **test_servers.CHECKS,
    **test_sharing.CHECKS,
    **test_database.CHECKS,
    **test_auto_scaling.CHECKS,
}
"""What the lab's tests ask of its templates, by the rows of docs/lab.md."""


def mutated(mark: str) -> dict[str, str]:
    """The files of a mutant, the root first."""
    mutant = MUTANTS[mark]
    templates = templates_of(mutant.case, mutant.layout)
    mutant.edit(templates)
    return written(templates)


def linted(mark: str, linter: str) -> set[str]:
    """The rules by which a linter, or labspec itself, finds a mutant, as `labspec lint DIR` runs it, on what the
    mistake is about."""
    files = mutated(mark)
    shown = {name: files[name] for name in _concerned(mark)}
    own = linter == LABSPEC
    found = lint_directory(shown, engines={} if own else {linter: lambda: LINTERS[linter]})
    return {each.rule.code if own else _rule(each) for each in found if own or each.note}


def _rule(found: Diagnostic) -> str:
    """The linter's own rule."""
    return found.note.partition(";")[0].rpartition(" ")[2]


def _concerned(mark: str) -> list[str]:
    """The templates that differ; with those that they are joined with, where what travels between them differs."""
    mutant = MUTANTS[mark]
    before, after = (templates_of(mutant.case, mutant.layout) for _ in range(2))
    mutant.edit(after)
    names = {name for name in after if after[name] != before[name]}
    if any(after[name].get(part) != before[name].get(part) for name in names for part in ("Parameters", "Outputs")):
        names.add(next(iter(after)))
    if "root" in names:
        was = before["root"]["Resources"]
        stacks = [stack for name, stack in after["root"]["Resources"].items() if stack != was[name]]
        names |= {
            name for name in after for stack in stacks if f"/{name}.yaml" in str(stack["Properties"]["TemplateURL"])
        }
    return [f"{name}.yaml" for name in after if name in names]


def rows(mark: str) -> Iterator[str]:
    """The rows of docs/lab.md that a mutant of the lab does not keep."""
    if MUTANTS[mark].case != FULL:
        return
    files = mutated(mark)
    try:
        lab = lab_of(read_directory(files, next(iter(files))))
    except AssertionError:
        yield "all"
        return
    for row, check in ROWS.items():
        try:
            check(lab)
        except (AssertionError, LookupError, TypeError, ValueError):
            yield row


def undeployable() -> set[str]:
    """The mutants whose stacks do not come to stand in an emulated account; all are made at once."""
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    stacks = Stacks()
    refused = {mark for mark in MUTANTS if not _begun(stacks, mark)}
    return refused | {mark for mark in set(MUTANTS) - refused if stacks.end(mark) != "CREATE_COMPLETE"}


def _begun(stacks: Stacks, mark: str) -> bool:
    """Upload a mutant's templates into a folder of its own, and begin its stack."""
    mutant, files = MUTANTS[mark], mutated(mark)
    (root, _), *children = files.items()
    folder = f"{mark}/{digest_of(mutant.case, mutant.layout)}"
    _upload({f"{mark}/{root}": files[root].encode(), **{f"{folder}/{name}": text.encode() for name, text in children}})
    _upload({f"{mark}/{key}": asset for key, asset in assets_of(mutant.case, mutant.layout).items()})
    declared = next(iter(templates_of(mutant.case, mutant.layout).values()))["Parameters"]
    values = {"AdminCidr": "203.0.113.7/32", "TemplateBucket": BUCKET, "TemplateFolder": mark}
    try:
        url = f"https://{BUCKET}.s3.{REGION}.amazonaws.com/{mark}/{root}"
        stacks.begin(mark, url, **{name: value for name, value in values.items() if name in declared})
    except (AssertionError, ClientError):
        return False
    return True


def _upload(files: Mapping[str, bytes]) -> None:
    s3 = boto3.client("s3")
    for key, content in files.items():
        s3.put_object(Bucket=BUCKET, Key=key, Body=content)
