"""Files that a stack fetches as it is made: they lie in the bucket of the templates, beside their folders."""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

from troposphere import Ref, Sub

from labspec.emit.emitter import Emitter
from labspec.graph import LOCATION, LOCATION_GROUP, TEMPLATE_BUCKET, TEMPLATE_FOLDER, Declaration


class Asset(NamedTuple):
    """Where a file lies. `any_key` is the form of its key, and of those of its former and later contents."""

    bucket: Any
    key: Any
    any_key: str


def asset(e: Emitter, name: str, suffix: str, content: bytes) -> Asset:
    """Keep a file for the bucket. What it holds is part of its name: nothing there is ever overwritten."""
    digest = hashlib.sha256(content).hexdigest()[:16]
    file = f"{name}-{digest}{suffix}"
    e.graph.assets[file] = content
    if TEMPLATE_BUCKET not in e.graph.parameters:
        label, labels = LOCATION_GROUP
        e.graph.parameters |= {parameter: Declaration(body) for parameter, body in LOCATION.items()}
        e.graph.interface.append((label, list(LOCATION)))
        e.graph.labels |= labels
    return Asset(
        Ref(TEMPLATE_BUCKET),
        Sub(f"${{Folder}}/{file}", Folder=Ref(TEMPLATE_FOLDER)),
        file.replace(digest, "?" * len(digest)),
    )
