"""What is foreseen, as a document of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from labspec.cli.reading import Reading
from labspec.diagnostic import Diagnostic
from labspec.preflight.amounts import Amount
from labspec.preflight.asked import Asked
from labspec.preflight.costs import Line, Sum, sums
from labspec.preflight.durations import PATIENCE_SOURCE, SOURCE
from labspec.preflight.names import Name
from labspec.preflight.needs import Need
from labspec.preflight.path import Estimate, Way
from labspec.preflight.report import Report


def data(report: Report, reading: Reading, told: Sequence[Diagnostic]) -> str:
    """The whole report. What is not known is null."""
    document = {
        "target": reading.target,
        "region": report.region or None,
        "findings": [_finding(each) for each in told],
        "quotas": [_need(need, report.asked, reading) for need in report.needs],
        "capabilities": list(report.capabilities),
        "parameters": [each._asdict() for each in report.parameters],
        "names": [_name(name, reading) for name in report.names],
        "time": _estimate(report.estimate, reading) if report.estimate else None,
        "cost": {
            "month": [_sum(each) for each in sums(report.lines)],
            "lines": [_line(line, reading) for line in report.lines],
            "unpriced": report.unpriced,
        },
        "unresolved": list(_unresolved(reading)),
    }
    return json.dumps(document, indent=1, ensure_ascii=False)


def _finding(found: Diagnostic) -> dict[str, Any]:
    span = found.span._asdict() if found.span else None
    said = {"rule": found.rule.code, "name": found.rule.name, "level": str(found.level), "message": found.message}
    return {**said, "help": found.help or None, "at": span}


def _need(need: Need, asked: Asked, reading: Reading) -> dict[str, Any]:
    quota = need.quota
    return {
        "what": quota.noun,
        "per": quota.per,
        "of": need.holder or None,
        "first": _amount(need.first),
        "ever": _amount(need.ever),
        "default": quota.most,
        "account": asked.quotas.get((quota.service, quota.code)),
        "used": asked.in_use(quota),
        "source": quota.source or None,
        "code": f"{quota.service}/{quota.code}" if quota.code else None,
        "by": [{"address": each, "called": reading.called(each)} for each in need.by],
    }


def _amount(amount: Amount) -> dict[str, float | None]:
    return {"least": amount.least, "most": amount.most}


def _name(name: Name, reading: Reading) -> dict[str, Any]:
    return {
        "address": name.address,
        "called": reading.called(name.address),
        "name": name.text,
        "parameter": name.parameter or None,
        "unique": "world" if name.world else "account",
    }


def _estimate(estimate: Estimate, reading: Reading) -> dict[str, Any]:
    return {
        "usual": _way(estimate.usual, 0, reading),
        "allowed": _way(estimate.allowed, 1, reading),
        "unknown": list(estimate.unknown),
        "sources": [SOURCE, PATIENCE_SOURCE],
    }


def _way(way: Way, index: int, reading: Reading) -> dict[str, Any]:
    steps = [
        {"address": step.address, "called": reading.called(step.address), "seconds": step.time[index]}
        for step in way.steps
    ]
    return {"seconds": way.seconds, "steps": steps}


def _line(line: Line, reading: Reading) -> dict[str, Any]:
    charge = line.charge
    priced = line.price is not None
    return {
        "address": charge.address,
        "called": reading.called(charge.address),
        "what": charge.what,
        "quantity": _amount(charge.quantity) if charge.sought or line.problem else None,
        "unit": line.unit or charge.unit or None,
        "price": str(line.price) if priced else None,
        "currency": line.currency or None,
        "least": str(line.least) if priced else None,
        "most": str(line.most) if priced and line.most is not None else None,
        "source": line.source or None,
        "date": line.date or None,
        "problem": line.problem or None,
        "by_use": not priced and not line.problem,
    }


def _sum(found: Sum) -> dict[str, str | None]:
    most = None if found.most is None else str(found.most)
    return {"currency": found.currency, "least": str(found.least), "most": most}


def _unresolved(reading: Reading) -> Iterator[dict[str, Any]]:
    for each in reading.joined.unresolved:
        yield {"file": each.file, "path": list(each.path), "reason": each.reason}
