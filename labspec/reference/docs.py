"""What docstrings say: of a class, and of its fields, whose docstrings Python itself forgets.

They are read from the source files when the reference is made, never when the compiler is imported.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from functools import cache
from pathlib import Path as FilePath

FENCE = re.compile(r"```yaml\n(.*?)```", re.DOTALL)


def summary(described: type) -> str:
    """What a class's docstring says before its example."""
    return FENCE.sub("", inspect.getdoc(described) or "").strip()


def example(described: type) -> str:
    """The YAML example of a class's own docstring; empty where it has none."""
    found = FENCE.search(inspect.cleandoc(described.__dict__.get("__doc__") or ""))
    return found[1] if found else ""


def field_docs(described: type) -> dict[str, str]:
    """The docstrings of a class's fields, also of those that it has from its bases, by name."""
    docs: dict[str, str] = {}
    for base in reversed(described.__mro__):
        if base.__module__.startswith("labspec."):
            docs |= _written(base.__module__).get(base.__name__, {})
    return docs


@cache
def _written(module: str) -> dict[str, dict[str, str]]:
    """The field docstrings in a module's source, by class and field."""
    file = sys.modules[module].__file__
    assert file is not None
    tree = ast.parse(FilePath(file).read_text("utf-8"))
    return {node.name: _of(node) for node in tree.body if isinstance(node, ast.ClassDef)}


def _of(node: ast.ClassDef) -> dict[str, str]:
    docs = {}
    for field, after in zip(node.body, node.body[1:], strict=False):
        if not (isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)):
            continue
        if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            docs[field.target.id] = " ".join(str(after.value.value).split())
    return docs
