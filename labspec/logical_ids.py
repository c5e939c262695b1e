"""How logical ids are made of names: what emits resources and what looks for them in a stack agree on it here."""

from __future__ import annotations


def pascal(name: str) -> str:
    """`public-ec2-a1` as `PublicEc2A1`."""
    return "".join(part[:1].upper() + part[1:] for part in name.replace("_", "-").replace(".", "-").split("-"))


def main_id(key: str, suffix: str) -> str:
    """The logical id of the resource that is a member itself; `suffix` is its kind's."""
    name = pascal(key)
    return name if name.endswith(suffix) else name + suffix
