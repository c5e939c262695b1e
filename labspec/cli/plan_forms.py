"""A difference for machines (JSON) and for pull requests (Markdown)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from labspec.cli.plan import Plan, Row
from labspec.cli.plan_text import (
    alike,
    chain_said,
    grouped,
    left_open,
    line_said,
    loss_said,
    opening_said,
    output_said,
    sign,
    summed,
    title,
    unchanged,
)
from labspec.wording import plural

if TYPE_CHECKING:
    from labspec.diff import Change, Edit, Refusal

MOST = 60_000
"""Characters that GitHub's comments, which take 65,536, hold well."""
FORMAT = 1
MOST_VALUES = 20


def to_json(plan: Plan) -> str:
    """The whole difference; values are in canonical form, with what is secret left out."""
    difference = plan.difference
    return json.dumps(
        {
            "format": FORMAT,
            "old": plan.old.name,
            "new": plan.new.name,
            "summary": {**plan.counts(), "unchanged": difference.unchanged},
            "losses": [{**loss._asdict(), "at": plan.at(loss.address)} for loss in difference.losses],
            "refusals": [
                {**refusal._asdict(), "path": list(refusal.path), "at": plan.at(refusal.address, refusal.path)}
                for refusal in difference.refusals
            ],
            "changes": [_change(plan, row, difference.changes[row.address]) for row in plan.rows],
            "causes": [chain._asdict() for chain in plan.chains],
            "network": [each._asdict() for each in plan.openings],
            "outputs": [output._asdict() for output in difference.outputs],
            "defaults": sorted(difference.defaults),
            "unresolved": [
                {"side": side.name, "file": note.file, "path": list(note.path), "reason": note.reason}
                for side, note in plan.unresolved()
            ],
        },
        indent=2,
        default=str,
    )


def _change(plan: Plan, row: Row, change: Change) -> dict[str, Any]:
    return {
        "verb": change.verb,
        "address": change.address,
        "was": change.was,
        "type": change.type,
        "member": row.member,
        "at": row.place,
        "sure": change.sure,
        "when": change.when,
        "deletes_first": change.is_swapped,
        "fails": row.is_refused,
        "twin": change.twin,
        "edits": [_edit(plan, edit) for edit in change.edits],
    }


def _edit(plan: Plan, edit: Edit) -> dict[str, Any]:
    from labspec.diff import ABSENT

    values = {
        name: plan.words.whole(value, edit.path)
        for name, value in (("before", edit.before), ("after", edit.after))
        if value is not ABSENT
    }
    return {
        "path": list(edit.path),
        **values,
        "effect": edit.effect,
        "sure": edit.sure,
        "when": edit.when,
        "causes": list(edit.causes),
        "written": edit.is_written,
        "note": edit.note,
    }


def to_markdown(plan: Plan) -> str:
    """What changes, as a comment of at most `MOST` characters."""
    head, tail = "\n".join(_head(plan)), f"\n\n**{summed(plan)}**\n"
    room, lines = MOST - len(head) - len(tail) - 100, []
    all_lines = list(_body(plan))
    for index, line in enumerate(all_lines):
        room -= len(line) + 1
        if room < 0:
            lines += ["```", f"\n... and {len(all_lines) - index:,} lines more, which a comment does not hold."]
            return _cut(head, lines, tail)
        lines.append(line)
    return _cut(head, lines, tail)


def _cut(head: str, lines: list[str], tail: str) -> str:
    return ("\n".join([head, *lines]) + tail)[:MOST]


def _head(plan: Plan) -> Iterator[str]:
    yield f"### `{plan.old.name}` → `{plan.new.name}`\n"
    yield f"**{summed(plan)}**\n"
    yield from _warning("CAUTION", "Data at risk", [*_losses(plan)][:100])
    surely = [refusal for refusal in plan.difference.refusals if refusal.sure]
    perhaps = [refusal for refusal in plan.difference.refusals if not refusal.sure]
    yield from _warning("WARNING", "The update will fail", [*_refusals(plan, surely)][:50])
    yield from _warning("WARNING", "The update may fail", [*_refusals(plan, perhaps)][:50])
    yield from _warning("IMPORTANT", "Not everything is known", [*left_open(plan)])


def _warning(kind: str, title: str, lines: Sequence[str]) -> Iterator[str]:
    """A box that GitHub colours; nothing where there is nothing to say."""
    if lines:
        yield f"> [!{kind}]\n> **{title}**"
        yield from (f"> - {_plain(line)}" for line in lines)
        yield ""


def _losses(plan: Plan) -> Iterator[str]:
    for loss in plan.difference.losses:
        note = plan.renamed(plan.difference.changes[loss.address])
        yield loss_said(plan, loss) + (f". {note}." if note else "")


def _refusals(plan: Plan, found: Sequence[Refusal]) -> Iterator[str]:
    for message, together in alike(found):
        names = ", ".join(f"{plan.called(one.address)} ({plan.at(one.address, one.path)})" for one in together[:20])
        names += f" and {len(together) - 20} more" if len(together) > 20 else ""
        yield f"{names}: {message} {together[0].help}"


def _plain(text: str) -> str:
    """A text without what Markdown or HTML would take for its own."""
    return text.replace("<", "&lt;").replace("*", "\\*").replace("|", "\\|")


def _body(plan: Plan) -> Iterator[str]:
    totals = unchanged(plan)
    for group, rows in grouped(plan):
        yield f"<details><summary>{_plain(group)}: {len(rows)} of {len(rows) + totals.get(group, 0)} change</summary>\n"
        yield "```diff"
        for row in rows:
            yield from _fenced(row)
        yield "```\n</details>\n"
    if plan.openings:
        yield "**What is opened (+) and shut (-) in the network**\n\n```diff"
        yield from (opening_said(each) for each in plan.openings[:50])
        if len(plan.openings) > 50:
            yield f"... and {len(plan.openings) - 50} more"
        yield "```\n"
    yield from _listed("What follows from what", [chain_said(chain.root, chain.steps) for chain in plan.chains[:50]])
    yield from _listed("Outputs", [output_said(output) for output in plan.difference.outputs])


def _listed(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield f"**{title}**\n"
        yield from (f"- {_plain(line)}" for line in lines)
        yield ""


def _fenced(row: Row) -> Iterator[str]:
    """A row within a fence of the language `diff`: its first character is its colour."""
    first = {"add": "+", "remove": "-"}.get(row.verb, "!")
    yield f"{first} {sign(row)} {title(row)}  {row.place}".replace("```", "'''")
    if row.note:
        yield f"    {row.note}"
    for line in row.lines[:MOST_VALUES]:
        mark = f"  # {line.mark}" if line.mark else ""
        yield f"    {line_said(line)}{mark}".replace("```", "'''")
        if line.note:
            yield f"      {line.note}"
    if len(row.lines) > MOST_VALUES:
        yield f"    ... and {plural(len(row.lines) - MOST_VALUES, 'value')} more"
