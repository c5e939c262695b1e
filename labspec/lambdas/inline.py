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
import re
from collections.abc import Iterator

BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
"""The fields of a statement, and of its clauses, in which statements stand."""
STRING_OR_COMMENT = re.compile(
    r"""(\"{3}|'{3})(?:\\.|(?!\1).)*\1|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[ \t]*\#[^\n]*""", re.DOTALL
)
"""A string, in which a hash begins no comment; or a comment and the spaces before it."""
TAKEN = re.compile(r"^from labspec\.lambdas\.(\w+) import [\w, ]+\n", re.MULTILINE)
"""The import of another module of this package."""
IMPORT = re.compile(r"import |from \S+ import ")
INNER_END = "\0"
"""Stands for the end of a line inside a string for a while: no source holds it."""


def source_of(name: str) -> str:
    """Read the source of one of the functions of this package, by the name of its module.

    What it takes of the package's other modules stands in it, where it imports them: Lambda gets one file.
    """
    source = _text(name)
    for taken in TAKEN.finditer(source):
        lines = set(source.split("\n"))
        more = (line for line in source_of(taken[1]).split("\n") if line not in lines or not IMPORT.match(line))
        source = source.replace(taken[0], "\n".join(more))
    return source


def _text(name: str) -> str:
    return importlib.resources.files("labspec.lambdas").joinpath(f"{name}.py").read_text(encoding="utf-8")


def inline(module_source: str) -> str:
    """Make a module's source small; raise ValueError where it is not ASCII."""
    lines = module_source.split("\n")
    for statement in _idle(ast.parse(module_source)):
        _cut(lines, statement)
    small = _without_gaps(STRING_OR_COMMENT.sub(_kept, "\n".join(lines)))
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


def _kept(string_or_comment: re.Match[str]) -> str:
    """Keep a string as if it stood on one line, so that a blank line in it is none, and nothing of a comment."""
    text = string_or_comment[0]
    return "" if text.lstrip().startswith("#") else text.replace("\n", INNER_END)


def _without_gaps(text: str) -> str:
    """Take blank lines out, but for one between statements of the module that stood apart."""
    kept: list[str] = []
    apart = False
    for line in text.split("\n"):
        if not line.strip():
            apart = True
            continue
        if apart and kept and not line[:1].isspace():
            kept.append("")
        kept.append(line.replace(INNER_END, "\n"))
        apart = False
    return "\n".join(kept) + "\n"
