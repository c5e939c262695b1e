"""A function's module, made small for the inside of a template.

CloudFormation takes 4 MB of inline code, but a template that is passed directly may have no more than 51,200 bytes, and
people read it. So what only serves the readers of the module goes: docstrings, comments, runs of blank lines, and what
only type checkers look at. The rest stays to the letter: it is cut out of the text rather than printed from the syntax
tree, because `ast.unparse` prints differently from one version of Python to the next. Comparing the syntax trees
before and after shows that nothing else was lost.
"""

from __future__ import annotations

import ast
import importlib.resources
import io
import tokenize
from collections.abc import Iterator


def source_of(name: str) -> str:
    """Read the source of one of the functions of this package, by the name of its module."""
    return importlib.resources.files("labspec.lambdas").joinpath(f"{name}.py").read_text(encoding="utf-8")


def inline(module_source: str) -> str:
    """Make a module's source small; raise ValueError where that would change its meaning, or where it is not ASCII."""
    lines = module_source.split("\n")
    for statement in _idle(ast.parse(module_source)):
        _cut(lines, statement)
    small = _without_gaps(_without_comments("\n".join(lines)))
    if not small.isascii():
        raise ValueError("inline code must be ASCII: CloudFormation mangles other characters")
    if any(isinstance(node, ast.Name) and node.id == "TYPE_CHECKING" for node in ast.walk(ast.parse(small))):
        raise ValueError("TYPE_CHECKING may only decide over what is not there at all when the code runs")
    if _meaning(small) != _meaning(module_source):
        raise ValueError("the module would mean something else without what only its readers need")
    return small


def _idle(tree: ast.Module) -> Iterator[ast.stmt]:
    """Find the statements that do nothing when the code runs, but leave one where a body has no other."""
    for node in ast.walk(tree):
        for _, field in ast.iter_fields(node):
            body = [part for part in field if isinstance(part, ast.stmt)] if isinstance(field, list) else []
            idle = [statement for statement in body if _is_string(statement) or _is_for_types(statement)]
            yield from idle[len(idle) == len(body) and not isinstance(node, ast.Module) :]


def _is_string(statement: ast.stmt) -> bool:
    """Tell whether a statement is a mere string: a docstring, or a remark."""
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Constant):
        return False
    return isinstance(statement.value.value, str)


def _is_for_types(statement: ast.stmt) -> bool:
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


def _without_comments(text: str) -> str:
    """Take the comments out, and the spaces before them."""
    lines = text.split("\n")
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column].rstrip()
    return "\n".join(lines)


def _without_gaps(text: str) -> str:
    """Take blank lines out, but for one between statements of the module that stood apart."""
    kept: list[str] = []
    apart = False
    strings = _rows_of_strings(text)
    for row, line in enumerate(text.split("\n"), start=1):
        if not line.strip() and row not in strings:
            apart = True
            continue
        if apart and kept and not line[:1].isspace():
            kept.append("")
        kept.append(line)
        apart = False
    return "\n".join(kept) + "\n"


def _rows_of_strings(text: str) -> set[int]:
    """Give the numbers of the lines that strings cover: a blank one among them is part of its string."""
    literals = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant | ast.JoinedStr)]
    return {row for node in literals for row in range(node.lineno, (node.end_lineno or node.lineno) + 1)}


def _meaning(source: str) -> str:
    """Give what the code does: its syntax tree without the statements that do nothing."""
    tree = ast.parse(source)
    idle = {id(statement) for statement in _idle(tree)}
    for node in ast.walk(tree):
        for name, field in ast.iter_fields(node):
            if isinstance(field, list):
                setattr(node, name, [part for part in field if id(part) not in idle])
    return ast.dump(tree)
