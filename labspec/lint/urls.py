"""Rewrites `TemplateURL`s to relative paths: linters compare a stack with its children only where these are files.

The text is edited, not parsed and written again, so that every other line and column stays where it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from posixpath import dirname, relpath

_GAP = r"(?:\s|\#[^\n]*\n)*+"
_URL = rf"""
    (?P<key>(?:^[ \t]*(?:-[ ]+)?|[{{,]{_GAP})["']?TemplateURL["']?[ \t]*:)
    (?P<head>{_GAP}
        (?P<sub>!Sub\b|\{{?{_GAP}["']?Fn::Sub["']?[ \t]*:)?{_GAP}
        (?P<list>\[|-[ ])?{_GAP}
        (?:[|>][-+]?[ \t]*\n\s*)?)
    (?P<quote>["']?)
    (?P<url>(?:[^\s"']*?[/}}])?(?P<name>%s))
    (?P=quote)(?=[\s,\]}}]|$)
"""
"""A `TemplateURL` in YAML or JSON whose text, plain or under any form of `Fn::Sub`, ends in one of the names."""

_COMMENT = re.compile(r"(?<=\s)#[^\n]*")
_TOKEN = re.compile(rf""""(?:\\.|[^"\\])*"|'(?:''|[^'])*'|{_COMMENT.pattern}|[{{}}\[\]]""")


def relative_urls(templates: Mapping[str, str]) -> dict[str, str]:
    """The templates with each `TemplateURL` that ends in the name of one of them replaced by the path to it.

    In the folder of the template that path is `./name`. Urls that lead elsewhere, and paths, stay as they are.
    """
    return {file: _rewritten(text, _paths(dirname(file), templates)) for file, text in templates.items()}


def _paths(folder: str, files: Iterable[str]) -> dict[str, str]:
    """How a template in this folder may name each file, and the relative path that is meant."""
    paths = {file: relpath(file, folder or ".") for file in files}
    near = {path: path for path in paths.values() if not path.startswith("../")}
    return {name: path if path.startswith("../") else f"./{path}" for name, path in (paths | near).items()}


def _rewritten(text: str, paths: Mapping[str, str]) -> str:
    names = "|".join(re.escape(name) for name in sorted(paths, key=len, reverse=True))
    parts: list[str] = []
    done = 0
    for match in re.finditer(_URL % names, text, re.MULTILINE | re.VERBOSE):
        if not (match["sub"] or "://" in match["url"]):
            continue
        start, end = match.end("key"), _end(text, match)
        parts += text[done:start], _value(text[start:end], text[end : end + 1], paths[match["name"]])
        done = end
    return "".join(parts) + text[done:]


def _value(old: str, following: str, path: str) -> str:
    """The path in place of the old value, which takes as many lines, and columns too where the line goes on."""
    new = f' "{path}"' + "\n" * old.count("\n")
    if following.strip():
        new += " " * (len(old.rpartition("\n")[2]) - len(new.rpartition("\n")[2]))
    return new


def _end(text: str, match: re.Match[str]) -> int:
    """Where the value ends: at its closing bracket, below its last item, or with its text."""
    head = _COMMENT.sub("", match["head"])
    opened = head.count("{") + head.count("[")
    if opened:
        return _closing(text, match.end(), opened)
    if match["list"]:
        return _below(text, match)
    return match.end()


def _closing(text: str, start: int, opened: int) -> int:
    for token in _TOKEN.finditer(text, start):
        opened += {"{": 1, "[": 1, "}": -1, "]": -1}.get(token[0], 0)
        if not opened:
            return token.end()
    return start


def _below(text: str, match: re.Match[str]) -> int:
    """The end of a block list: its lines are indented deeper than the key, or as deep and begin with a dash."""
    line = match["key"].rpartition("\n")[2]
    indent = len(line) - len(line.lstrip(" -"))
    inside = re.compile(rf"\n(?:[ \t]*(?=\n)|[ ]{{{indent}}}(?:[ ]|-[ ])[^\n]*)")
    end = text.find("\n", match.end())
    while end >= 0 and (item := inside.match(text, end)):
        end = item.end()
    return end if end >= 0 else len(text)
