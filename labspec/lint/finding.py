"""What a linter found in a template, in one form for every linter, and which findings are the same one twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from labspec.diagnostic import Path, Severity

FAILED = ""
"""The rule of a finding that says that the linter itself failed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a linter said. `rule` is the linter's own id, `message` and `help` are the linter's own words.

    `place` leads to the value in the template `file`: `("Resources", "LabVpc", "Properties", "CidrBlock")`, and is
    empty where the linter names none. Lines and columns count from 1, the end is exclusive. Plain data: it is cached
    as JSON.
    """

    engine: str
    rule: str
    severity: Severity
    message: str
    file: str
    place: Path = ()
    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1
    url: str = ""
    help: str = ""


Engine = Callable[[Mapping[str, str], str | None, bool], list[Finding]]
"""A linter: templates by file name, the region (None: the linter's default), and whether to include what is merely
informational. It reads all templates as one set, so that it may check parents against their children."""

Loader = Callable[[], Engine]
"""Fetches a linter. Importing one takes half a second, so it is called only when the answer is not known yet."""


def failure(engine: str, files: Iterable[str], reason: Exception | str) -> Finding:
    """The finding that a linter broke while it read these files."""
    named = list(files)
    said = reason if isinstance(reason, str) else f"{type(reason).__name__}: {reason}"
    message = f"The linter {engine} failed on {', '.join(named)}: {said}"
    return Finding(engine, FAILED, Severity.ERROR, message, named[0] if len(named) == 1 else "")


# AWS's validator took its numbers from cfn-lint: E3012 and W2001 are the same rule in both, and where it is sure that
# CloudFormation refuses the template it writes F3012. These ids are the exceptions, found by giving both the same
# broken templates; the numbers of some (F1018, F3016) belong to another rule of cfn-lint.
COUNTERPARTS: Mapping[str, frozenset[str]] = {
    "E2504": frozenset({"E3501"}),  # name of a FIFO queue
    "E8002": frozenset({"E3015"}),  # unknown condition on a resource
    "E9004": frozenset({"E1010", "E1019"}),  # unknown attribute, in GetAtt and in Sub
    "E9006": frozenset({"E3690", "E3691", "E3695"}),  # engine and version of databases and caches
    "F0000": frozenset({"E0000"}),  # a key twice
    "F0001": frozenset({"E1001"}),  # no resources
    "F0002": frozenset({"E1001"}),  # template version
    "F0004": frozenset({"E6010"}),  # too many outputs
    "F0005": frozenset({"E1001"}),  # unknown section
    "F0006": frozenset({"E3001"}),  # form of a logical id
    "F0007": frozenset({"E3010"}),  # too many resources
    "F0010": frozenset({"E1019"}),  # arguments of Sub
    "F0011": frozenset({"E1003"}),  # description too long
    "F0013": frozenset({"E1028"}),  # arguments of If
    "F0017": frozenset({"E7001"}),  # shape of a mapping
    "F0018": frozenset({"E3036"}),  # UpdateReplacePolicy
    "F1012": frozenset({"E1011"}),  # unknown mapping
    "F1018": frozenset({"E1019"}),  # unknown name in Sub
    "F1020": frozenset({"E1010", "E1020"}),  # unknown target of GetAtt and of Ref
    "F1101": frozenset({"E0000"}),  # not YAML
    "F2003": frozenset({"E2001"}),  # form of a parameter's name
    "F2012": frozenset({"E2015"}),  # default outside the allowed values
    "F3016": frozenset({"E3035"}),  # DeletionPolicy
    "F6004": frozenset({"E6001"}),  # form of an output's name
    "W3030": frozenset({"E3030"}),  # not one of the values
    "W9007": frozenset({"E3037"}),  # an item twice
}


def families(rule: str) -> frozenset[str]:
    """The rules of cfn-lint that an id of either linter stands for."""
    return COUNTERPARTS.get(rule) or frozenset({f"E{rule[1:]}" if rule.startswith("F") else rule})


def called(rule: str) -> tuple[str, ...]:
    """A linter's rule and what either linter calls the same: which of them speaks depends on who was asked."""
    mine = families(rule)
    others = {*mine, *COUNTERPARTS, *(f"F{family[1:]}" for family in mine)}
    return (rule, *sorted(other for other in others - {rule} if families(other) & mine))


def distinct(findings: Iterable[Finding]) -> list[Finding]:
    """The findings without those that another rule or linter reported too, in the order of their text.

    Of the same finding the most severe stays, then the most exactly placed, then the earlier one. One rule may find
    several faults at one place; they all stay.
    """
    weight = list(Severity)
    kept: list[Finding] = []
    for finding in sorted(dict.fromkeys(findings), key=lambda f: (weight.index(f.severity), -len(f.place))):
        if not any(_same(finding, other) for other in kept):
            kept.append(finding)
    return sorted(kept, key=lambda f: (f.line, f.column, tuple(map(str, f.place)), f.rule, f.message, f.engine))


def _same(one: Finding, other: Finding) -> bool:
    """Whether two rules speak of the same fault: linters differ in how deep into the value they point."""
    if one.file != other.file or (one.engine, one.rule) == (other.engine, other.rule):
        return False
    shorter = min(len(one.place), len(other.place))
    return one.place[:shorter] == other.place[:shorter] and bool(families(one.rule) & families(other.rule))
