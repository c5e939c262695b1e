"""A difference for machines (JSON) and for pull requests (Markdown)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from labspec.cli.plan import Plan, Row
from labspec.cli.plan_text import (
    chain_said,
    grouped,
    line_said,
    loss_said,
    opening_said,
    sign,
    summed,
    title,
    unchanged,
)

if TYPE_CHECKING:
    from labspec.diff import Change, Edit

MOST = 60_000
"""Characters that GitHub's comments, which take 65,536, hold well."""
FORMAT = 1


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
    if plan.difference.losses:
        yield "> [!CAUTION]\n> **Data at risk**"
        yield from (f"> - {_plain(loss_said(plan, loss))}" for loss in plan.difference.losses[:100])
        yield ""
    refusals = [refusal for refusal in plan.difference.refusals if refusal.sure]
    if refusals:
        yield "> [!WARNING]\n> **The update will fail**"
        for refusal in refusals[:50]:
            name = f"{plan.called(refusal.address)} ({plan.at(refusal.address, refusal.path)})"
            yield f"> - {_plain(f'{name}: {refusal.message} {refusal.help}')}"
        yield ""


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
        yield "```diff"
        yield from (opening_said(each) for each in plan.openings[:50])
        yield "```"
    for chain in plan.chains[:50]:
        yield f"- {_plain(chain_said(chain.root, chain.steps))}"


def _fenced(row: Row) -> Iterator[str]:
    """A row within a fence of the language `diff`: its first character is its colour."""
    first = {"add": "+", "remove": "-"}.get(row.verb, "!")
    yield f"{first} {sign(row)} {title(row)}  {row.place}".replace("```", "'''")
    for line in row.lines[:20]:
        mark = f"  # {line.mark}" if line.mark else ""
        yield f"    {line_said(line)}{mark}".replace("```", "'''")
