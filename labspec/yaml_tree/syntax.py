"""What is wrong with a text as YAML, in the user's words and at the place that they must mend.

The parser says where it could not go on. What was opened and never closed is shown where it was opened.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import yaml

from labspec.diagnostic import Diagnostic, Label, Span
from labspec.yaml_tree.mends import mended
from labspec.yaml_tree.rules import SYNTAX
from labspec.yaml_tree.tree import at

COMMA = "A comma ends a value inside braces and brackets: quote a text that holds one."
BRACES = re.compile(r"\{\{[^{}]*\}\}")
COLON = "A text that holds `: ` needs quotes."
EXPRESSION = 'Inside `{ }` or `[ ]`, an expression needs quotes: "${{ ... }}".'


def separator(text: str, file: str) -> Diagnostic | None:
    """Characters that nobody sees and readers of YAML do not agree on: line ends of YAML 1.1, marks of byte order."""
    found = re.search("[\x85\u2028\u2029\ufeff]", text)
    if found is None:
        return None
    line = text.count("\n", 0, found.start())
    column = found.start() - (text.rfind("\n", 0, found.start()) + 1)
    what = "mark of byte order" if found[0] == "\ufeff" else "line separator"
    message = f"An invisible {what} (U+{ord(found[0]):04X}) stands here."
    return Diagnostic(SYNTAX, message, span=at(file, line, column), help="Remove it; it came from elsewhere.")


def control(error: yaml.reader.ReaderError, text: str, file: str) -> Diagnostic:
    """A character that no text holds. The parser counts bytes."""
    before = text.encode("utf-8", "surrogatepass")[: error.position].decode("utf-8", "ignore")
    line, column = before.count("\n"), len(before) - (before.rfind("\n") + 1)
    character = text[len(before) : len(before) + 1] or "\0"
    message = f"The control character U+{ord(character):04X} stands here: this is not a text."
    return Diagnostic(SYNTAX, message, span=at(file, line, column), help="A spec is a text file in UTF-8.")


def syntax(error: yaml.MarkedYAMLError, file: str, text: str, quoted: Span | None, braces: Span | None) -> Diagnostic:
    """A finding of the parser. `quoted` is the last quoted text before it, `braces` the innermost that are open."""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    lines = text.splitlines()
    typed = lines[line] if line < len(lines) else ""
    if "\t" in typed[: len(typed) - len(typed.lstrip())]:
        return tab(file, line, typed)
    if typed.rstrip() == "...":
        message, help_ = "This ends the document, in which something is open or missing.", "Remove the line."
        return Diagnostic(SYNTAX, message, span=at(file, line, 0, 3), help=help_)
    opened = error.context_mark
    if opened and "quoted scalar" in (error.context or "") and "end of stream" in (error.problem or ""):
        start = at(file, opened.line, opened.column)
        return Diagnostic(SYNTAX, "This quote is never closed.", span=start, help=f"Close it. {QUOTES}")
    began = opened.line if opened else line
    if (sign := mended(text, file, line, began, signs=True)) is not None:
        return sign
    if braces and not "".join(lines[line:])[column:].strip():
        return _brace(braces, lines)
    return (
        _unclosed(error, file, lines, quoted)
        or mended(text, file, line, began)
        or _misread(error, at(file, line, column), typed)
    )


def tab(file: str, line: int, typed: str) -> Diagnostic:
    """A tab where YAML takes spaces."""
    message = "A tab indents this line; YAML takes spaces only."
    return Diagnostic(SYNTAX, message, span=at(file, line, typed.index("\t")), help="Replace the tab by spaces.")


def key_in_braces(span: Span, lines: Sequence[str]) -> tuple[str, str]:
    """What is wrong with a mapping or a list that stands where a key should, and what helps."""
    typed = lines[span.line - 1]
    if (expression := BRACES.match(typed, span.column - 2)) is None:
        return "A key is a single word, not a mapping or a list.", "Quote a text."
    return "An expression begins with `${{`, and stands in quotes.", f'Write `"${expression[0]}"`.'


def _unclosed(error: yaml.MarkedYAMLError, file: str, lines: list[str], quoted: Span | None) -> Diagnostic | None:
    """What was opened and not closed, or closed where it should not have been."""
    opened, stopped = error.context_mark, error.problem_mark
    if opened is None or stopped is None:
        return None
    start, here = at(file, opened.line, opened.column), at(file, stopped.line, stopped.column)
    if quoted and (quoted.end_line, quoted.end_column) == (here.line, here.column):
        return _closed_early(quoted, here)
    if "parsing a flow" in (error.context or "") and opened.line != stopped.line:
        return _brace(start, lines, Label("Before this it should have ended.", span=here))
    return None


def _brace(start: Span, lines: list[str], *related: Label) -> Diagnostic:
    typed = lines[start.line - 1]
    bracket = typed[start.column - 1]
    help_ = EXPRESSION if "${{" in typed else f"Close it by `{'}' if bracket == '{' else ']'}`."
    span = Span(start.file, start.line, start.column, start.line, start.column + 1)
    return Diagnostic(SYNTAX, f"This `{bracket}` is never closed.", span=span, related=related, help=help_)


def _closed_early(quoted: Span, here: Span) -> Diagnostic:
    """A quoted text that more text follows: its quote closed another one's."""
    if quoted.line == quoted.end_line:
        return Diagnostic(SYNTAX, "Text follows a closing quote.", span=here, help=QUOTES)
    start = Span(quoted.file, quoted.line, quoted.column, quoted.line, quoted.column + 1)
    label = Label("It ends here, and more text follows.", span=here)
    message = "This quoted text ends lines below: was it closed?"
    return Diagnostic(SYNTAX, message, span=start, related=(label,), help=QUOTES)


QUOTES = "A quote inside a quoted text is written twice ('it''s') or escaped (\"a \\\" b\")."


def _misread(error: yaml.MarkedYAMLError, here: Span, typed: str) -> Diagnostic:
    problem, context = error.problem or "", error.context or ""
    before, char = typed[: here.column - 1], typed[here.column - 1 : here.column]
    opened = error.context_mark
    start = at(here.file, opened.line, opened.column) if opened else None
    if "mapping values" in problem:
        return _colon(here, before)
    if "could not find expected ':'" in problem and start:
        return Diagnostic(SYNTAX, "No colon follows this key.", span=start, help="Write `key: value`.")
    if (wrong := _in_braces(problem, start, here, typed)) is not None:
        return wrong
    for (part, where), (message, help_) in PROBLEMS.items():
        if part in problem and where in context:
            begins = start if "scanning a" in where and start else here
            return Diagnostic(
                SYNTAX, message.format(char="a backtick" if char == "`" else f"`{char}`"), span=begins, help=help_
            )
    if char and char in "]}":
        return Diagnostic(SYNTAX, f"Nothing is open here that `{char}` closes.", span=here)
    if "expected key" in problem or "'-' indicator" in problem:
        label = (Label("It stands in what began here.", span=start),) if start else ()
        message = "This line does not fit those around it."
        return Diagnostic(SYNTAX, message, span=here, related=label, help="Is it indented as they are?")
    related = (Label("It began here.", span=start),) if start and start.line != here.line else ()
    return Diagnostic(SYNTAX, f"This is not YAML: {problem or 'it cannot be read'}.", span=here, related=related)


def _in_braces(problem: str, start: Span | None, here: Span, typed: str) -> Diagnostic | None:
    """What is wrong between braces or brackets."""
    char = typed[here.column - 1 : here.column]
    if "',' or" in problem and char and char in "]}" and start:
        right = "}" if char == "]" else "]"
        opener = Label("It was opened here.", span=start)
        message = f"`{char}` stands where `{right}` should close what is open."
        return Diagnostic(SYNTAX, message, span=here, related=(opener,), help=f"Write `{right}`.")
    if "',' or" in problem:
        help_ = EXPRESSION if "${{" in typed else COLON if char == ":" else COMMA
        return Diagnostic(SYNTAX, "A comma, or the end of the braces, is missing here.", span=here, help=help_)
    if "node content" in problem and char == ",":
        help_ = "Remove it, or write what is missing."
        return Diagnostic(SYNTAX, "Nothing stands before this comma.", span=here, help=help_)
    return None


def _colon(here: Span, before: str) -> Diagnostic:
    if len(before) > 1000:
        help_ = "A key has 1,024 characters at most."
    elif re.search(r"\S: |\S:\s*$", before):
        help_ = COLON
    else:
        help_ = "Is this line indented too far, or does the one above lack its colon?"
    return Diagnostic(SYNTAX, "This colon cannot stand here.", span=here, help=help_)


PROBLEMS = {
    ("cannot start any token", ""): ("A value cannot begin with {char}.", "Put it in quotes."),
    ("", "scanning an alias"): ("`*` begins the name of an anchor.", "Quote a text that begins with `*`."),
    ("", "scanning an anchor"): ("`&` begins the name of an anchor.", "Quote a text that begins with `&`."),
    ("", "scanning a tag"): ("`!` begins a tag.", "Quote a text that begins with `!`."),
    ("expected <document start>", ""): (
        "The document has ended, and more follows.",
        "A spec is one mapping, without `...` or another end in it.",
    ),
    ("unknown escape", ""): ("YAML knows no such escape.", "Write `\\\\` for a backslash, or use single quotes."),
    ("escape code", ""): ("This escape stands for no character.", "Write the character itself."),
    ("comment or line break", "block scalar"): (
        "Nothing but a comment may follow `|` on its line.",
        "Begin the text below.",
    ),
    ("incompatible YAML document", ""): ("This is another version of YAML.", "A spec is YAML 1.2."),
}
"""The parser's problems, each with its context, and what to say of them."""
