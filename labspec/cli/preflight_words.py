"""What is foreseen, in words: quotas that are nearly used, what has to be given, the time, the cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from labspec.preflight.amounts import Amount
from labspec.preflight.asked import Asked
from labspec.preflight.charges import HOURS
from labspec.preflight.costs import Line, Sum, sums
from labspec.preflight.durations import PATIENCE_SOURCE, SOURCE
from labspec.preflight.findings import words
from labspec.preflight.needs import Need
from labspec.preflight.path import Estimate, Step
from labspec.preflight.report import Report
from labspec.template import Unresolved
from labspec.wording import plural, series

Called = Callable[[str], str]
NEAR = 0.5
"""A quota of which less is needed is counted, and not shown."""
SHORT = 60
"""Seconds: what takes less is no step that anybody waits for."""


def told(report: Report, called: Called, whole: bool) -> Iterator[str]:
    """All that is foreseen; what is well within bounds only where the `whole` is wanted."""
    yield from _quotas(report, called, whole)
    yield from _asks(report)
    yield from _names(report, called)
    yield from _time(report.estimate, called, whole)
    yield from _cost(report, called, whole)


def unfollowed(unresolved: Sequence[Unresolved], whole: bool) -> Iterator[str]:
    """What could not be followed in the templates: what depends on it is not known."""
    if unresolved:
        places = plural(len(unresolved), "place")
        yield f"Not followed: {places} in the templates; what depends on them is not known." + (
            "" if whole else " Add -v to see them."
        )
        yield from _table([(each.file, each.reason) for each in unresolved] if whole else [])


def _quotas(report: Report, called: Called, whole: bool) -> Iterator[str]:
    rows = _fullest(report.needs, report.asked)
    shown = [need for need in rows if whole or _share(need, report.asked) >= NEAR]
    asked = report.asked.quotas
    yield "Quotas" + (":" if asked else ", against AWS's defaults (what the account has and uses is known to `--ask`):")
    yield from _table([_row(need, report.asked, called) for need in shown])
    if rest := len(rows) - len(shown):
        yield f"  {rest} more, of each of which less than half is needed. Add -v to see them."


def _fullest(needs: Sequence[Need], asked: Asked) -> list[Need]:
    """Of each quota the one need that is nearest to it."""
    fullest: dict[tuple[str, str], Need] = {}
    for need in needs:
        name = (need.quota.noun, need.quota.per)
        if asked.most(need.quota) == 1 and _share(need, asked) <= 1:
            continue  # one of one is how it is meant
        if name not in fullest or _share(need, asked) > _share(fullest[name], asked):
            fullest[name] = need
    return sorted(fullest.values(), key=lambda need: -_share(need, asked))


def _share(need: Need, asked: Asked) -> float:
    """How much of a quota is needed; of what has none, or of which no end is known, nothing can be said."""
    most = asked.most(need.quota)
    much = (need.ever.most if need.ever.most is not None else need.ever.least) + (asked.in_use(need.quota) or 0)
    if most is None:
        return 0
    return much / most if most else float(much > 0)


def _row(need: Need, asked: Asked, called: Called) -> tuple[str, ...]:
    most, used = asked.most(need.quota), asked.in_use(need.quota)
    limit = "not known" if most is None else words(Amount(most, most))
    of = f"of {limit}" + (f", {words(Amount(used, used))} in use" if used is not None else "")
    return words(need.ever), of, need.quota.noun + _where(need, called), need.quota.source


def _where(need: Need, called: Called) -> str:
    if not need.holder:
        return "" if need.quota.per == "operation" else f" in the {need.quota.per}"
    if need.quota.per == "zone":
        return f" in zone {need.holder}"
    address, _, rest = need.holder.partition(" ")
    return f" of {called(address)}" + (f" {rest}" if rest else "")


def _asks(report: Report) -> Iterator[str]:
    if report.capabilities:
        yield f"To acknowledge: {series(report.capabilities, 'and')}."
    if report.parameters:
        yield f"To give: {series([each.name for each in report.parameters], 'and')}."


def _names(report: Report, called: Called) -> Iterator[str]:
    given = [name for name in report.names if name.text]
    world = [f"{name.text} ({called(name.address)})" for name in given if name.world]
    fixed = [f"{name.text} ({called(name.address)})" for name in given if not name.world]
    if world:
        yield f"Must be free in the whole world: {series(world, 'and')}."
    if fixed:
        yield f"Must be free in the account: {series(fixed, 'and')}."


def _time(estimate: Estimate | None, called: Called, whole: bool) -> Iterator[str]:
    if estimate is None:
        yield "Time: not known, since some resources wait for each other."
        return
    usual, allowed = span(estimate.usual.seconds), span(estimate.allowed.seconds)
    yield f"Time: about {usual}; {allowed} where each step takes all that it is allowed, and it may take longer still."
    steps = [step for step in estimate.usual.steps if whole or step.time.allowed >= SHORT]
    yield from _table([_step(step, called) for step in steps])
    if estimate.unknown:
        yield f"  How long {plural(len(estimate.unknown), 'resource')} will take is not known, and not in it."
    yield f"  Usually: {SOURCE}, without what machines do until they signal."
    yield f"  Allowed: {PATIENCE_SOURCE}, and the stacks' own timeouts. CloudFormation itself may wait for hours."


def _step(step: Step, called: Called) -> tuple[str, ...]:
    allowed = f"allowed {span(step.time.allowed)} ({step.time.why})" if step.time.why else ""
    kind = step.type.rpartition("::")[2]
    return span(step.time.usual), f"{called(step.address)} ({kind})", allowed


def span(seconds: float) -> str:
    """A time in words: `16 s`, `34 min`, `4 h 11 min`."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return " ".join(f"{number} {unit}" for number, unit in ((hours, "h"), (minutes, "min")) if number)


def _cost(report: Report, called: Called, whole: bool) -> Iterator[str]:
    priced = [line for line in report.lines if line.price is not None]
    if not priced:
        yield f"Cost: {_no_cost(report)}"
    for sum_ in sums(priced):
        every = [line for line in priced if line.currency == sum_.currency]
        yield f"Cost: {money(sum_)} a month of {HOURS} hours ({_sources(every)}):"
        yield from _table([_priced(line, called) for line in every] if whole else _members(every, called))
    yield from _without(report, called, whole or report.sold is not None)


def _no_cost(report: Report) -> str:
    """Why nothing has a price."""
    if report.sold is None:
        return "no prices are built in. Give them by `--prices FILE`, or let `--ask` ask for them."
    if report.region and report.sold and report.region not in report.sold:
        return (
            f"not known. The stacks are for {report.region}, and the prices are of {series(report.sold, 'and')} only."
        )
    return "not known. Of the prices that were given none fits."


def _sources(priced: Sequence[Line]) -> str:
    """Where prices are from, and of when."""
    by_date: dict[str, dict[str, None]] = {}
    for line in priced:
        by_date.setdefault(line.date[:10], {})[line.source] = None
    return "; ".join(f"{series(sorted(names), 'and')} of {date}" for date, names in sorted(by_date.items()))


def _members(priced: Sequence[Line], called: Called) -> list[tuple[str, ...]]:
    """What each member costs, the dearest first."""
    by_member: dict[str, list[Line]] = {}
    for line in priced:
        by_member.setdefault(called(line.charge.address), []).append(line)
    found = [(sums(every)[0], member, every) for member, every in by_member.items()]
    found.sort(key=lambda each: -each[0].least)
    return [(money(sum_), member, _whats(every)) for sum_, member, every in found]


def _whats(every: Sequence[Line]) -> str:
    return series(list(dict.fromkeys(line.charge.what for line in every)), "and")


def money(sum_: Sum) -> str:
    """An amount of money: `12.34 USD`, `12.34 to 24.68 USD`."""
    if sum_.most is None:
        return f"{sum_.least:,.2f} {sum_.currency} or more"
    if sum_.least == sum_.most:
        return f"{sum_.least:,.2f} {sum_.currency}"
    return f"{sum_.least:,.2f} to {sum_.most:,.2f} {sum_.currency}"


def _priced(line: Line, called: Called) -> tuple[str, ...]:
    price = f"{words(line.charge.quantity)} x {line.price} per {line.unit}"
    return money(sums([line])[0]), called(line.charge.address), line.charge.what, price


def _without(report: Report, called: Called, whole: bool) -> Iterator[str]:
    """What has no price, and what is paid for by use."""
    lacking = [line for line in report.lines if line.problem]
    if whole and lacking:
        yield "  Without a price:"
        yield from _table([(called(line.charge.address), line.charge.what, line.problem) for line in lacking], "    ")
    by_use = dict.fromkeys(line.charge.what for line in report.lines if line.price is None and not line.problem)
    if by_use:
        yield f"  By use, and not in it: {series(list(by_use), 'and')}."
    if report.unpriced:
        yield f"  Not known what they cost: {series(sorted(report.unpriced), 'and')}."


def _table(rows: Sequence[tuple[str, ...]], indent: str = "  ") -> Iterator[str]:
    """Rows with their columns one below the other."""
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))] if rows else []
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield (indent + "  ".join(cells)).rstrip()
