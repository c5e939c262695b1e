"""A difference for a terminal: a tree, what is grave on top, one line of sums at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from labspec.cli.change_words import condition_said
from labspec.cli.plan import Plan, Row
from labspec.wording import plural, series

if TYPE_CHECKING:
    from labspec.cli.openings import Opened
    from labspec.diff import Loss, OutputChange, Refusal

Paint = Callable[[str, str], str]
GREEN, YELLOW, RED, MAGENTA, BOLD, GREY = "32", "33", "31", "35", "1", "90"
SIGNS: Mapping[str, tuple[str, str]] = {
    "add": ("+", GREEN),
    "change": ("~", YELLOW),
    "replace": ("+/-", MAGENTA),
    "move": (">", MAGENTA),
    "remove": ("-", RED),
}
SWAPPED = "-/+"
FATES = {
    "kept": "the old one is kept, outside of the stack",
    "snapshot": "a snapshot is kept",
    "protected": "AWS refuses to delete the old one, which stays, outside of the stack",
    "unless-empty": "the old one goes if it is empty; else AWS refuses to delete it, and it stays outside of the stack",
    "waits": "it is deleted after a waiting time, and what it holds with it; `CancelKeyDeletion` keeps it until then",
    "gone": "what it holds is gone",
    "unsure": "what becomes of it is not known",
}
VERBS = {"replace": "is replaced", "move": "is made anew in another stack", "remove": "is removed"}
MOST_FOLLOWING = 2
"""So many values that only follow are shown of a resource; of more, how many they are."""
MOST_UNKNOWN = 5
MOST_OPENINGS, MOST_SOURCES = 12, 4


def told(plan: Plan, whole: bool, paint: Paint) -> list[str]:
    """The difference in lines. Unless `whole`, values that only follow from others are counted."""
    if not plan.rows and not plan.difference.outputs:
        return [*left_open(plan), f"Nothing changes; {plural(plan.difference.unchanged, 'resource')}."]
    return [
        *_losses(plan, paint),
        *_refusals(plan, paint),
        *_groups(plan, whole, paint),
        *_chains(plan, paint),
        *_openings(plan, whole, paint),
        *_outputs(plan),
        *left_open(plan),
        summed(plan),
    ]


def _losses(plan: Plan, paint: Paint) -> Iterator[str]:
    if plan.difference.losses:
        yield paint(f"{BOLD};{RED}", "Data at risk:")
        for loss in plan.difference.losses:
            yield paint(RED, f"  ! {loss_said(plan, loss)}")
            if note := plan.renamed(plan.difference.changes[loss.address]):
                yield f"      {note}"


def loss_said(plan: Plan, loss: Loss) -> str:
    """One that holds data, and what becomes of it: by which policy, and where it is said."""
    change = plan.difference.changes[loss.address]
    perhaps = "perhaps " if not change.sure else ""
    when = "" if change.when is True else f" if {condition_said(change.when)}"
    verb = VERBS[change.verb]
    return (
        f"{loss.noun} {plan.called(loss.address)}{_at(plan.at(loss.address))} {perhaps}{verb}{when}:"
        f" {FATES[loss.fate]} ({loss.policy})"
    )


def _at(place: str) -> str:
    return f" ({place})" if place else ""


def _refusals(plan: Plan, paint: Paint) -> Iterator[str]:
    surely = [refusal for refusal in plan.difference.refusals if refusal.sure]
    perhaps = [refusal for refusal in plan.difference.refusals if not refusal.sure]
    for head, found in (("The update will fail:", surely), ("The update may fail:", perhaps)):
        if found:
            yield paint(f"{BOLD};{RED}", head)
        for message, together in alike(found):
            names = ", ".join(f"{plan.called(one.address)}{_at(plan.at(one.address, one.path))}" for one in together)
            yield paint(RED, f"  x {names}: ") + message
            yield f"      {together[0].help}"
            yield paint(GREY, f"      See {together[0].page}.")


def alike(found: Sequence[Refusal]) -> list[tuple[str, list[Refusal]]]:
    """Refusals of one kind together."""
    messages: dict[str, list[Refusal]] = {}
    for refusal in found:
        messages.setdefault(refusal.message, []).append(refusal)
    return list(messages.items())


def grouped(plan: Plan) -> list[tuple[str, list[Row]]]:
    """The rows of each group, in the order in which these are found."""
    groups: dict[str, list[Row]] = {}
    for row in plan.rows:
        groups.setdefault(row.group, []).append(row)
    return list(groups.items())


def _groups(plan: Plan, whole: bool, paint: Paint) -> Iterator[str]:
    totals = unchanged(plan)
    for group, rows in grouped(plan):
        yield paint(BOLD, f"{group}:")
        for row in rows:
            yield from _row(row, whole, paint)
        if totals.get(group):
            yield paint(GREY, f"  ({totals[group]} unchanged)")


def unchanged(plan: Plan) -> dict[str, int]:
    """How many resources of each group stay as they are."""
    found: dict[str, int] = {}
    for address, resource in plan.new.reading.joined.resources.items():
        if address not in plan.difference.changes and resource.condition is not False:
            group = plan.group(address)
            found[group] = found.get(group, 0) + 1
    return found


def sign(row: Row) -> str:
    """What stands before a row."""
    return SWAPPED if row.is_swapped else SIGNS[row.verb][0]


def title(row: Row) -> str:
    """A row's resource: what it is called, its logical id and type, where it is said, and how surely it changes."""
    named = f"{row.member} " if row.member else ""
    perhaps = "" if row.sure else ", perhaps"
    when = f", if {row.if_}" if row.if_ else ""
    fails = ", will fail" if row.is_refused else ""
    return f"{named}{row.id} ({row.type}){perhaps}{when}{fails}"


def _row(row: Row, whole: bool, paint: Paint) -> Iterator[str]:
    color = SIGNS[row.verb][1]
    place = paint(GREY, f"  {row.place}") if row.place else ""
    yield paint(color, f"  {sign(row):<3} {title(row)}") + place
    if row.note:
        yield f"        {row.note}"
    lines = [line for line in row.lines if row.verb != "move" or not line.cause]
    following = [line for line in lines if line.cause]
    shown = [line for line in lines if whole or not line.cause or line in following[:MOST_FOLLOWING]]
    for line in shown:
        mark = paint(MAGENTA if "replacement" in line.mark else YELLOW, f"  # {line.mark}") if line.mark else ""
        yield f"        {line_said(line)}{mark}"
        if line.note and (whole or not line.cause or "interrupts" in line.mark):
            yield paint(GREY, f"          {line.note}")
    if len(shown) < len(lines):
        yield paint(GREY, f"        ... and {plural(len(lines) - len(shown), 'value')} more that follow")


def line_said(line: Any) -> str:
    """An edit: what it was and is, or what it follows from."""
    if line.cause:
        if line.after.partition(".")[0] == line.cause:
            return f"{line.path}: {line.after} becomes another one"
        return f"{line.path}: it speaks of {line.cause}, which becomes another one"
    if line.before and line.after:
        return f"{line.path}: {line.before} -> {line.after}"
    if line.before:
        return f"{line.path}: {line.before} -> nothing"
    return (
        f"{line.path}: {line.after}" if line.after.startswith("a text of") else f"{line.path}: nothing -> {line.after}"
    )


def _chains(plan: Plan, paint: Paint) -> Iterator[str]:
    if plan.chains:
        yield paint(BOLD, "What follows from what:")
        yield from (f"  {chain_said(chain.root, chain.steps)}" for chain in plan.chains)


def chain_said(root: str, steps: Sequence[str]) -> str:
    """`lab-vpc CidrBlock -> 6 subnets, 5 route tables -> 2 mount targets`."""
    return " -> ".join([root, *steps])


def _openings(plan: Plan, whole: bool, paint: Paint) -> Iterator[str]:
    """Who newly reaches whom, and who no longer does."""
    if plan.openings:
        yield paint(BOLD, "What is opened (+) and shut (-) in the network:")
        shown = plan.openings if whole else plan.openings[:MOST_OPENINGS]
        for each in shown:
            yield paint(RED if each.opened else GREEN, f"  {opening_said(each)}")
        if len(shown) < len(plan.openings):
            yield f"  ... and {len(plan.openings) - len(shown)} more; -v shows all."


def opening_said(each: Opened) -> str:
    """A line of what is opened or shut: `+ the internet reaches web by tcp 80`."""
    names = [*each.sources[:MOST_SOURCES]]
    names += [f"{len(each.sources) - len(names)} more"] if len(each.sources) > len(names) else []
    perhaps = "perhaps " if not each.certain else ""
    return f"{'+' if each.opened else '-'} {perhaps}{series(names, 'and')} to {each.target} by {each.ports}"


def _outputs(plan: Plan) -> Iterator[str]:
    if plan.difference.outputs:
        yield "Outputs:"
        for output in plan.difference.outputs:
            yield f"  {output_said(output)}"


def output_said(output: OutputChange) -> str:
    """What becomes of an output of the root: `~   Address, perhaps`."""
    return f"{SIGNS[output.verb][0]:<3} {output.name}{'' if output.sure else ', perhaps'}"


def left_open(plan: Plan) -> Iterator[str]:
    """What the templates alone do not tell: values that stay as they stand, and places that were not followed."""
    if not plan.is_compared:
        yield "What it opens and shuts in the network is not told: there are too many pairs to compare."
    yield from _defaults(plan)
    yield from _unknown(plan)


def _defaults(plan: Plan) -> Iterator[str]:
    for name in sorted(plan.difference.defaults):
        yield f"The parameter {name} has another default: a stack that stands keeps the value that it has."


def _unknown(plan: Plan) -> Iterator[str]:
    found = list(plan.unresolved())
    for side, note in found[:MOST_UNKNOWN]:
        where = "/".join(str(step) for step in note.path)
        yield f"Not known in {side.name}: {note.file}, {where}: {note.reason}"
    if len(found) > MOST_UNKNOWN:
        yield f"... and {plural(len(found) - MOST_UNKNOWN, 'place')} more that could not be followed."


def summed(plan: Plan) -> str:
    """How many: 1 to add, 2 to change in place, 3 to replace (1 of them perhaps), 0 to remove; 4 unchanged."""
    counts = plan.counts()
    perhaps = sum(1 for row in plan.rows if row.verb == "replace" and (not row.sure or row.if_))
    moves = f", {counts['move']} to move" if counts["move"] else ""
    return (
        f"{counts['add']} to add, {counts['change']} to change in place, {counts['replace']} to replace"
        f"{f' ({perhaps} of them perhaps)' if perhaps else ''}{moves}, {counts['remove']} to remove;"
        f" {plan.difference.unchanged} unchanged."
    )
