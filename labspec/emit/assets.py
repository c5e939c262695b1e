"""Files that a stack fetches as it is made: they lie in the bucket of the templates, beside their folders."""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

from troposphere import Ref, Sub

from labspec.emit.emitter import Emitter
from labspec.graph import LOCATION, LOCATION_GROUP, TEMPLATE_BUCKET, TEMPLATE_FOLDER, Declaration


class Asset(NamedTuple):
    """Where a file lies."""

    bucket: Any
    key: Any


def asset(e: Emitter, name: str, suffix: str, content: bytes) -> Asset:
    """Keep a file for the bucket. What it holds is part of its name: nothing there is ever overwritten."""
    file = f"{name}-{hashlib.sha256(content).hexdigest()[:16]}{suffix}"
    e.graph.assets[file] = content
    if TEMPLATE_BUCKET not in e.graph.parameters:
        label, labels = LOCATION_GROUP
        e.graph.parameters |= {parameter: Declaration(body) for parameter, body in LOCATION.items()}
        e.graph.interface.append((label, list(LOCATION)))
        e.graph.labels |= labels
    return Asset(Ref(TEMPLATE_BUCKET), Sub(f"${{Folder}}/{file}", Folder=Ref(TEMPLATE_FOLDER)))
