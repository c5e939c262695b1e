"""Diagnostics for people: what is wrong, the line it stands in, and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AnySet
from dataclasses import dataclass
from functools import lru_cache

from labspec.diagnostic import LINE_BREAK, Diagnostic, Severity, Span
from labspec.report.order import ordered, summed
from labspec.report.run import Outcome, Run

COLORS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.HINT: "36"}
GREY = "90"
MOST = 50
"""More findings than these are counted, not shown: the most severe are, and of those the first."""
WIDEST = 240
"""Of a line that is longer, only what is around a finding is shown."""
CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""Characters that a terminal would obey, and those that turn around what stands beside them."""


@dataclass(frozen=True, slots=True)
class Paint:
    """Colours, where the terminal has them."""

    on: bool

    def __call__(self, code: str, text: str) -> str:
        """The text in a colour (an ANSI code), or as it is."""
        return f"\x1b[{code}m{text}\x1b[0m" if self.on else text


@dataclass(frozen=True, slots=True)
class Sources:
    """The files that were read, and their lines that no finding may show, for one of them hides what stands there."""

    texts: Mapping[str, str]
    hidden: AnySet[tuple[str, int]]

    @classmethod
    def of(cls, outcome: Outcome) -> Sources:
        """What was read for an outcome, and what all that was found there hides."""
        spans = [found.span for found in outcome.all if found.hides and found.span]
        return cls(outcome.texts, {line for span in spans for line in _covered(span)})

    def at(self, span: Span) -> str | None:
        """The line that a span begins in; None where it is hidden, or in no file."""
        lines = _lines(self.texts.get(span.file, ""))
        seen = 0 < span.line <= len(lines) and (span.file, span.line) not in self.hidden
        return lines[span.line - 1] if seen else None


def _covered(span: Span) -> Iterator[tuple[str, int]]:
    return ((span.file, line) for line in range(span.line, span.end_line + 1))


def to_text(outcome: Outcome, color: bool = False) -> str:
    """All findings, at most `MOST` of them in full, and the number of the rest."""
    sources, paint = Sources.of(outcome), Paint(color)
    severities = list(Severity)
    found = sorted(ordered(outcome.diagnostics), key=lambda diagnostic: severities.index(diagnostic.level))
    shown = [_one(diagnostic, sources, paint) for diagnostic in ordered(found[:MOST])]
    if len(found) > MOST:
        shown.append(f"... and {len(found) - MOST} more; --report json has them all.\n")
    return "\n".join(shown)


def run_to_text(run: Run) -> str:
    """The findings in every spec of a run, each followed by their sum; without colours."""
    return "".join(
        f"{_told(outcome)}{outcome.target}: {sum_}.\n" for outcome in run.outcomes if (sum_ := summed(outcome))
    )


def _told(outcome: Outcome) -> str:
    return f"{to_text(outcome)}\n" if outcome.diagnostics else ""


def silenced_to_text(outcome: Outcome, color: bool = False) -> str:
    """What the spec accepts, each finding with the reason."""
    sources, paint = Sources.of(outcome), Paint(color)
    return "\n".join(_one(diagnostic, sources, paint) for diagnostic in ordered(outcome.silenced))


def _one(diagnostic: Diagnostic, sources: Sources, paint: Paint) -> str:
    color = GREY if diagnostic.silenced else COLORS[diagnostic.level]
    level = "silenced" if diagnostic.silenced else diagnostic.level
    head = paint(f"1;{color}", f"{level}[{diagnostic.rule.code}]") + paint("1", f": {diagnostic.message}")
    lines = [head]
    width = _gutter(diagnostic)
    if diagnostic.span:
        lines += _snippet(diagnostic.span, "", sources, paint, color, "^", width)
    for label in diagnostic.related:
        if label.span:
            lines += _snippet(label.span, label.text, sources, paint, "34", "-", width)
    said = {"help": "" if diagnostic.silenced else diagnostic.help, "note": diagnostic.note}
    for word, text in {**said, "reason": diagnostic.silenced}.items():
        if text:
            lines.append(f"{' ' * width} {paint('34', '=')} {paint('1', word)}: {text}")
    return "\n".join(lines) + "\n"


def _gutter(diagnostic: Diagnostic) -> int:
    spans = [diagnostic.span, *(label.span for label in diagnostic.related)]
    return max((len(str(span.line)) for span in spans if span), default=1)


def _snippet(span: Span, text: str, sources: Sources, paint: Paint, color: str, mark: str, width: int) -> list[str]:
    arrow = paint("34", "-->" if mark == "^" else ":::")
    lines = [f"{' ' * width} {arrow} {span.file}:{span.line}:{span.column}"]
    source = sources.at(span)
    if source is None:
        return [*lines, f"{' ' * width}     {text}"] if text else lines
    typed, start, end = _shown(source, span)
    marks = mark * max(1, min(end, len(typed)) - start)
    pad = "".join("\t" if char == "\t" else " " for char in typed[:start])
    bar = paint("34", "|")
    under = paint(f"1;{color}", f"{pad}{marks}" + (f" {text}" if text else ""))
    return [
        *lines,
        f"{' ' * width} {bar}",
        f"{paint('34', str(span.line).rjust(width))} {bar} {typed}",
        f"{' ' * width} {bar} {under}",
    ]


@lru_cache(maxsize=8)
def _lines(text: str) -> list[str]:
    """The lines of a text; kept, since many findings may stand in one."""
    lines = LINE_BREAK.split(text)
    return lines if lines[-1] else lines[:-1]


def _shown(line: str, span: Span) -> tuple[str, int, int]:
    """What is shown of a line, and the part of it that a span marks there."""
    start, end = span.column - 1, span.end_column - 1 if span.end_line == span.line else len(line)
    if len(line) > WIDEST:
        left = max(0, start - WIDEST // 4)
        before, after = "..." if left else "", "..." if left + WIDEST < len(line) else ""
        line = f"{before}{line[left : left + WIDEST]}{after}"
        start, end = start - left + len(before), end - left + len(before)
    return CONTROL.sub("\ufffd", line), start, end
