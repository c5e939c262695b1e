"""A template that cannot be read, as a finding."""

from __future__ import annotations

from pathlib import Path as FilePath

from labspec.diagnostic import Diagnostic, Rule
from labspec.template.tree import TemplateError

UNREADABLE = Rule(
    "LS520",
    "unreadable-template",
    "A template cannot be read, or templates cannot be joined.",
    "What judges finished stacks reads them as CloudFormation does: YAML or JSON, a root, and the templates that it"
    " includes beside it.",
)


def unreadable(error: TemplateError, target: FilePath) -> Diagnostic:
    """What is told of it. `target` is the directory, or the file, that the template's name is relative to."""
    folder = target if target.is_dir() else target.parent
    return Diagnostic(UNREADABLE, error.message, span=error.span._replace(file=str(folder / error.span.file)))
