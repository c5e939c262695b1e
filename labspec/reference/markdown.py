"""Pages of Markdown."""

from __future__ import annotations

from collections.abc import Iterable

GENERATED = "Written by `labspec reference`; do not edit."
FIRST_LINE = f"<!-- {GENERATED} Change the docstrings and rules that it is made from. -->"
"""Every page begins so: nobody edits one by mistake, and a page that is left over can be told from what is not ours."""


def page(heading: str, blocks: Iterable[str]) -> str:
    """A page: its heading, and blocks apart from one another."""
    return "\n\n".join([FIRST_LINE, f"# {heading}", *blocks]) + "\n"


def fenced(example: str) -> str:
    """A piece of YAML."""
    return f"```yaml\n{example.rstrip()}\n```"


def table(columns: Iterable[str], rows: Iterable[str]) -> str:
    """A table of rows."""
    head = list(columns)
    return "\n".join([row(*head), row(*("---" for _ in head)), *rows])


def row(*cells: str) -> str:
    """A row of a table. A bar inside a cell would end it."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
