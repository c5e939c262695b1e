"""The manifest: what was built from what, for readers of the output."""

from __future__ import annotations

import hashlib
import io
import json
import os
from pathlib import Path as FilePath
from typing import Any

from labspec import __version__
from labspec.compiler.build import Build
from labspec.emit.facts import facts
from labspec.model.architecture import Architecture
from labspec.model.word import FileName


def manifest(build: Build, architecture: Architecture) -> str:
    """What was built from what: readers of the output learn from it where everything came from."""
    assert build.source is not None
    assert build.graph is not None
    position = build.source.position
    inputs = build.source.digests() | {
        _seen(build, name): hashlib.sha256(content).hexdigest() for name, content in architecture.contents.files.items()
    }
    made: dict[str, Any] = {
        "labspec": __version__,
        "name": architecture.spec.name,
        "layout": build.options.layout,
        **({"region": architecture.spec.region} if architecture.spec.region else {}),
        "digest": build.digest,
        "inputs": dict(sorted(inputs.items())),
        "outputs": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(build.written.items())},
        "assets": sorted(build.assets),
        "stacks": {stack.name: sorted(stack.template.get("Resources", {})) for stack in build.stacks},
        "resources": {
            node.id: {
                "type": node.type,
                "member": f"{node.section}.{node.member}",
                "role": node.role,
                "at": position(node.origin),
                "properties": {
                    ".".join(str(step) for step in place): position(path)
                    for place, path in sorted(node.origins.items(), key=str)
                },
            }
            for node in build.graph.nodes.values()
        },
        **facts(architecture),
    }
    text = io.StringIO()
    json.dump(made, text, indent=1)  # piece by piece: a list of all pieces would be the most that a build holds
    return text.getvalue() + "\n"


def _seen(build: Build, name: FileName) -> str:
    """A mentioned file as the spec's folder sees it, also where a document of another folder mentions it."""
    seen = os.path.relpath(FilePath(name.folder) / name.name, FilePath(build.file).parent)
    return seen.replace(os.sep, "/")
