"""Links into AWS's console."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode


def quick_create(region: str, template: str, stack: str, declared: Mapping[str, Any], given: Mapping[str, str]) -> str:
    """A link to the console's page that creates a stack, filled in (`Create quick-create links for stacks`).

    What the template declares with `NoEcho` is never part of it: the console would ignore it, and links are kept.
    """
    shown = {name: value for name, value in given.items() if not declared.get(name, {}).get("NoEcho")}
    asked = {"templateURL": template, "stackName": stack} | {f"param_{name}": value for name, value in shown.items()}
    host = "console.amazonaws.cn" if region.startswith("cn-") else "console.aws.amazon.com"
    query = urlencode(asked, quote_via=quote)
    return f"https://{host}/cloudformation/home?region={region}#/stacks/create/review?{query}"
