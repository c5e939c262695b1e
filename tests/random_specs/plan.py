"""A spec while it is drawn: its sections, and what has been drawn so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")

PARAMETERS: dict[str, dict[str, Any]] = {
    "AdminCidr": {"type": "cidr", "label": "Where SSH may come from", "group": "Access"},
    "Busy": {"type": "boolean", "default": True, "group": "Size"},
    "Spare": {"type": "text", "default": "none", "group": "Size"},
    "Email": {"type": "email", "default": ""},
    "Least": {"type": "integer", "default": 1, "min": 1, "max": 2},
    "Most": {"type": "integer", "default": 3, "min": 2, "max": 4},
    "Share": {"type": "percent", "default": "50%", "min": "10%", "max": "90%"},
    "Place": {"type": "zone", "default": "a"},
    "Key": {"type": "key_pair"},
    "Password": {"type": "secret", "min": 8, "max": 41},
    "Bucket": {"type": "bucket_name", "default": ""},
    "Certificate": {"type": "certificate"},
    "Machine": {"type": "instance_type", "default": "t3.micro"},
    "Class": {"type": "text", "default": "db.t3.micro", "allowed": ["db.t3.micro", "db.t4g.small"]},
    "Given": {"type": "text", "label": "An id", "pattern": "[a-z]+-[0-9a-f]+", "error": "An id is asked for."},
}
NAMES = [
    "web",
    "app",
    "data",
    "b",
    "x-9",
    "web-1",
    "web1",
    "front-2",
    "shared",
    "a-rather-long-name-that-goes-on",
]
"""Names that members of any section may have: so that some are called alike."""


ODD_TAGS = {"Said": "it's (100 %), or <more>; & less!"}
"""Signs that some services take in a tag, and others do not."""


class Place(NamedTuple):
    """A subnet in which something may stand."""

    name: str
    vpc: str
    zone: Any
    access: str


@dataclass
class Plan:
    """A spec while it is drawn: its sections, and the members of each so far."""

    draw: st.DrawFn
    spec: dict[str, Any] = field(default_factory=lambda: {"labspec": 1, "name": "drawn", "parameters": {}})
    places: list[Place] = field(default_factory=list)
    homes: dict[str, str] = field(default_factory=dict)
    """The VPC in which each `section.member` stands."""

    def chance(self, of: int = 2) -> bool:
        """One time in so many."""
        return self.draw(st.integers(1, of)) == of

    def pick(self, *items: Any) -> Any:
        """One of these."""
        return self.draw(st.sampled_from(items))

    def some(self, items: Sequence[T], least: int = 0, most: int = 2) -> list[T]:
        """Some of these, each once."""
        most = min(most, len(items))
        return self.draw(st.lists(st.sampled_from(items), min_size=least, max_size=most, unique=True)) if most else []

    def add(self, section: str, name: str, body: Any) -> str:
        """A member, and its name."""
        self.spec.setdefault(section, {})[name] = body
        return name

    def names(self, section: str) -> list[str]:
        """The members of a section so far."""
        return list(self.spec.get(section, {}))

    def name(self, section: str, usual: str) -> str:
        """A name that is free in its section: mostly the usual one, sometimes one that others have, too."""
        wanted = self.pick(*NAMES) if self.chance(8) else usual
        taken = self.names(section)
        return next(each for each in (wanted, *(f"{usual}-{number}" for number in range(9))) if each not in taken)

    def parameter(self, name: str) -> str:
        """A parameter, declared where it is used."""
        self.spec["parameters"].setdefault(name, PARAMETERS[name])
        return name

    def maybe(self, body: dict[str, Any], of: int = 4, **choices: Sequence[Any]) -> None:
        """Some fields, each one time in so many, with one of its values. Python's own words end in `_`."""
        for name, values in choices.items():
            if self.chance(of):
                body[name.rstrip("_")] = self.pick(*values)

    def standing(self, vpc: str, *access: str) -> list[Place]:
        """The subnets of a VPC, with this access only."""
        return [place for place in self.places if place.vpc == vpc and (not access or place.access in access)]

    def spread(self, vpc: str, *access: str) -> list[str]:
        """One subnet for each zone of a VPC."""
        return list({place.zone: place.name for place in self.standing(vpc, *access)}.values())

    def text(self) -> str:
        """A text, with or without an expression of what was drawn so far."""
        texts = ["plain", "in ${{ aws.region }} of ${{ aws.account }}", "a $${{ literal }}", '"quoted"\\and: #odd']
        texts += [f"${{{{ vpcs.{name}.id }}}}" for name in self.names("vpcs")]
        texts += [f"at ${{{{ databases.{name}.endpoint }}}}" for name in self.names("databases")]
        texts += [f"${{{{ notifications.{name}.arn }}}}" for name in self.sure("notifications")]
        if "stage" in self.spec.get("variables", {}):
            texts.append("stage ${{ variables.stage }}")
        if self.chance(4):
            return f"${{{{ {self.parameter('Spare')} }}}}"
        return self.pick(*texts)

    def sure(self, section: str) -> list[str]:
        """Members that are there whatever the parameters say."""
        members = self.spec.get(section, {}).items()
        return [name for name, body in members if not (isinstance(body, dict) and "when" in body)]
