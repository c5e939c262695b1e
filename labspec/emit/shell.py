"""Shell text in which some values are known to CloudFormation only."""

from __future__ import annotations

import base64
import json
import re
import shlex
from collections.abc import Iterator, Mapping

from labspec.emit.substitution import Hole

Script = tuple[str | Hole, ...]
"""Text in pieces: what is literal, and the holes between."""

Text = str | Hole | Script
"""Any text that may have holes."""


def pieces(*texts: Text) -> Script:
    """All texts as one script; neighbouring literals become one piece and empty ones vanish."""
    merged: list[str | Hole] = []
    for piece in _flat(texts):
        if isinstance(piece, str) and merged and isinstance(merged[-1], str):
            merged[-1] += piece
        elif piece != "":
            merged.append(piece)
    return tuple(merged)


def _flat(texts: tuple[Text, ...]) -> Iterator[str | Hole]:
    for text in texts:
        if isinstance(text, tuple):
            yield from text
        else:
            yield text


def joined(separator: str, texts: list[Script]) -> Script:
    """The texts one after another with the separator between them."""
    spread = [part for text in texts for part in (separator, text)]
    return pieces(*spread[1:])


def shown(text: Text) -> str:
    """The text for people, with `<name>` where a hole is."""
    return "".join(piece if isinstance(piece, str) else f"<{piece.name}>" for piece in pieces(text))


def word(text: Text) -> Script:
    """One word of a command line. What fills a hole must not contain a single quote: ids, names and ARNs do not."""
    parts = pieces(text)
    if all(isinstance(piece, str) for piece in parts):
        return pieces(shlex.quote(shown(parts)))
    inside = (piece.replace("'", "'\\''") if isinstance(piece, str) else piece for piece in parts)
    return pieces("'", *inside, "'")


def words(*texts: Text) -> Script:
    """A command line."""
    return joined(" ", [word(text) for text in texts])


def step(text: str) -> Script:
    """Says what a script does next, by its function `step`."""
    return pieces("\nstep ", word(text), "\n")


def json_object(values: Mapping[str, Text]) -> Script:
    """A JSON object of strings. What fills a hole must need no escape in JSON."""
    members = [pieces(json.dumps(key), ": ", _json_string(text)) for key, text in values.items()]
    return pieces("{", joined(", ", members), "}")


def _json_string(text: Text) -> Script:
    inside = (json.dumps(piece)[1:-1] if isinstance(piece, str) else piece for piece in pieces(text))
    return pieces('"', *inside, '"')


def fed(command: Text, content: Text | bytes) -> Script:
    """The command with the content on its standard input, byte for byte, ending in a line break.

    Plain ASCII stands readable in a quoted here-document. CloudFormation templates are kept in ASCII, so anything else
    travels as base64.
    """
    parts = _decoded(content)
    if not parts:
        return pieces(command, " </dev/null\n")
    if all(_readable(piece) for piece in parts):
        return _plain(command, parts)
    if len(parts) == 1:
        return pieces("base64 -d <<'END' | ", command, "\n", _encoded(shown(parts)), "END\n")
    return pieces("{\n", *(fed("cat", piece) for piece in parts), "} | ", command, "\n")


_PRINTABLE = re.compile(r"[\t\n\x20-\x7e]*")


def _decoded(content: Text | bytes) -> Script:
    if not isinstance(content, bytes):
        return pieces(content)
    # Bytes that are no UTF-8 come back unchanged when they are encoded for base64.
    return pieces(content.decode("utf-8", "surrogateescape"))


def _readable(piece: str | Hole) -> bool:
    return isinstance(piece, Hole) or _PRINTABLE.fullmatch(piece) is not None


def _plain(command: Text, parts: Script) -> Script:
    end = _delimiter(parts)
    if isinstance(parts[-1], str) and parts[-1].endswith("\n"):
        return pieces(command, f" <<'{end}'\n", parts, f"{end}\n")
    # A here-document always ends in a line break; this text does not.
    return pieces(f"head -c -1 <<'{end}' | ", command, "\n", parts, f"\n{end}\n")


def _encoded(text: str) -> str:
    return base64.encodebytes(text.encode("utf-8", "surrogateescape")).decode("ascii")


def _delimiter(parts: Script) -> str:
    """A line that does not occur in the text."""
    lines, end = shown(parts).split("\n"), "END"
    while end in lines:
        end += "_"
    return end
