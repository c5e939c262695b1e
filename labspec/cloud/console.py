"""Links into AWS's console."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

HOSTS = {
    "cn-": "console.amazonaws.cn",
    "us-gov-": "console.amazonaws-us-gov.com",
    "eusc-": "{region}.console.amazonaws-eusc.eu",
}
"""Where the consoles of other partitions are, by what their regions begin with."""


def quick_create(region: str, template: str, stack: str, declared: Mapping[str, Any], given: Mapping[str, str]) -> str:
    """A link to the console's page that creates a stack, filled in (`Create quick-create links for stacks`).

    What the template declares with `NoEcho` is never part of it: the console would ignore it, and links are kept.
    """
    shown = {name: value for name, value in given.items() if not declared.get(name, {}).get("NoEcho")}
    asked = {"templateURL": template, "stackName": stack} | {f"param_{name}": value for name, value in shown.items()}
    return _page(region, "stacks/create/review", asked)


def stack_page(region: str, stack: str) -> str:
    """A link to the console's page about a stack, which is given by its id."""
    return _page(region, "stacks/stackinfo", {"stackId": stack})


def _page(region: str, page: str, asked: Mapping[str, str]) -> str:
    host = next((host for prefix, host in HOSTS.items() if region.startswith(prefix)), "console.aws.amazon.com")
    query = urlencode(asked, quote_via=quote)
    return f"https://{host.format(region=region)}/cloudformation/home?region={region}#/{page}?{query}"
