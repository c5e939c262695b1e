"""Which of the given files a `TemplateURL` means."""

from __future__ import annotations

import posixpath
from collections.abc import Collection
from typing import Any

from labspec.template.intrinsics import call, text_of


def find_template(url: Any, parent: str, names: Collection[str]) -> tuple[str | None, str]:
    """The file that a `TemplateURL` in the file `parent` means, or None and why none can be told.

    It may be resolved, or as it was written.

    A relative path is taken from the file that it stands in. Of an address, composed or literal, the end of the path
    counts: the file whose own path shares the longest end with it.
    """
    text = text_of(url)
    if text is not None and "://" not in text:
        name = posixpath.normpath(posixpath.join(posixpath.dirname(parent), text))
        return (name, "") if name in names else (None, f"The template {text} is not among the files")
    end = _end(url).partition("?")[0].split("/")
    if not end[-1]:
        return None, "What template its TemplateURL means is not known before deployment"
    alike = {name: _shared(name.split("/"), end) for name in names if posixpath.basename(name) == end[-1]}
    nearest = [name for name, shared in alike.items() if shared == max(alike.values())]
    if len(nearest) == 1:
        return nearest[0], ""
    if nearest:
        return None, f"The template {end[-1]} may be any of {', '.join(sorted(nearest))}"
    return None, f"The template {end[-1]} is not among the files"


def _end(value: Any) -> str:
    """The literal text that a value ends with."""
    text = text_of(value)
    if text is not None:
        return text
    match call(value):
        case "Fn::Sub", str(template) | [str(template), _]:
            return template.rpartition("}")[2]
        case "Fn::Join", [str(delimiter), [*before, last]]:
            text = text_of(last)
            if text is None or not before:
                return _end(last)
            return _end({"Fn::Join": [delimiter, before]}) + delimiter + text
    return ""


def _shared(one: list[str], other: list[str]) -> int:
    """How many steps two paths share, counted from the end."""
    count = 0
    while count < min(len(one), len(other)) and one[-1 - count] == other[-1 - count]:
        count += 1
    return count
