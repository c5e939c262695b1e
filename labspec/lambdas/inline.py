"""A function's module, made small for the inside of a template.

CloudFormation takes 4 MB of inline code, but a template that is passed directly may have no more than 51,200 bytes, and
people read it. So what only serves the readers of the module goes: docstrings, comments, runs of blank lines, and what
only type checkers look at. The rest stays to the letter: it is cut out of the text rather than printed from the syntax
tree, because `ast.unparse` prints differently from one version of Python to the next. That nothing else is lost is
shown by the tests, once for each module of this package: they compare the syntax trees before and after.
"""

from __future__ import annotations

import ast
import importlib.resources
import tokenize
from collections.abc import Iterator

BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
"""The fields of a statement, and of its clauses, in which statements stand."""


def source_of(name: str) -> str:
    """Read the source of one of the functions of this package, by the name of its module."""
    return importlib.resources.files("labspec.lambdas").joinpath(f"{name}.py").read_text(encoding="utf-8")


def inline(module_source: str) -> str:
    """Make a module's source small; raise ValueError where it is not ASCII."""
    lines = module_source.removesuffix("\n").split("\n")
    for statement in _idle(ast.parse(module_source)):
        _cut(lines, statement)
    blank = _without_comments(lines)
    small = _without_gaps(lines, blank)
    if not small.isascii():
        raise ValueError("inline code must be ASCII: CloudFormation mangles other characters")
    return small


def _idle(node: ast.AST) -> Iterator[ast.stmt]:
    """Find the statements that do nothing when the code runs, but leave one where a body has no other."""
    for block in BLOCKS:
        body = getattr(node, block, [])
        idle = [statement for statement in body if _is_string(statement) or _is_for_types(statement)]
        yield from idle[len(idle) == len(body) and not isinstance(node, ast.Module) :]
        for statement in body:
            yield from _idle(statement)


def _is_string(statement: ast.AST) -> bool:
    """Tell whether a statement is a mere string: a docstring, or a remark."""
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Constant):
        return False
    return isinstance(statement.value.value, str)


def _is_for_types(statement: ast.AST) -> bool:
    """Tell whether a statement is `if TYPE_CHECKING:` without an `else`, or imports that name alone."""
    if isinstance(statement, ast.If):
        test = statement.test
        return isinstance(test, ast.Name) and test.id == "TYPE_CHECKING" and not statement.orelse
    return isinstance(statement, ast.ImportFrom) and [name.name for name in statement.names] == ["TYPE_CHECKING"]


def _cut(lines: list[str], statement: ast.stmt) -> None:
    """Blank out a statement, unless it shares a line with another one."""
    first, last = statement.lineno - 1, (statement.end_lineno or statement.lineno) - 1
    before = lines[first].encode()[: statement.col_offset].decode()  # the syntax tree counts bytes
    after = lines[last].encode()[statement.end_col_offset :].decode()
    if not before.strip() and not after.partition("#")[0].strip():
        lines[first : last + 1] = [""] * (last + 1 - first)


def _without_comments(lines: list[str]) -> set[int]:
    """Take the comments out, and the spaces before them; give the indices of the lines that are blank now.

    Where a blank line ends, there is a token of its own, but none where it is part of a string.
    """
    blank: set[int] = set()
    rest = iter(lines.copy())
    for token in tokenize.generate_tokens(lambda: next(rest) + "\n"):
        row, column = token.start[0] - 1, token.start[1]
        if token.type == tokenize.COMMENT:
            lines[row] = lines[row][:column].rstrip()
        elif token.type == tokenize.NL and not lines[row].strip():
            blank.add(row)
    return blank


def _without_gaps(lines: list[str], blank: set[int]) -> str:
    """Take blank lines out, but for one between statements of the module that stood apart."""
    kept: list[str] = []
    for row, line in enumerate(lines):
        if row in blank:
            continue
        if row - 1 in blank and kept and not line[:1].isspace():
            kept.append("")
        kept.append(line)
    return "\n".join(kept) + "\n"
