"""What the spec says about the emitted, by logical id: expectations, and what is believed of members that exist."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from labspec.emit.emitter import logical_id
from labspec.emit.roles import BUCKET
from labspec.model.architecture import Architecture, Member
from labspec.model.expect import Expectation
from labspec.model.network import Subnet, Vpc
from labspec.model.word import Name, Parameter


def facts(architecture: Architecture) -> dict[str, Any]:
    """The part of the manifest that readers of the output need beside the templates."""
    expect = architecture.spec.expect
    return {
        "expect": {
            "reachable": {sentence: _expectation(architecture, said) for sentence, said in expect.reachable.items()},
            "blocked": {sentence: _expectation(architecture, said) for sentence, said in expect.blocked.items()},
        },
        "existing": {
            member.selector: _believed(member)
            for member in architecture.members.values()
            if getattr(member.body, "existing", None)
        },
    }


def _expectation(architecture: Architecture, said: Expectation) -> dict[str, Any]:
    sides = {"from": said.from_, "but_from": said.but_from, "to": said.to, "via": said.via}
    body: dict[str, Any] = {side: _ends(architecture, ends) for side, ends in sides.items() if ends}
    if said.port is not None:
        body["port"] = str(said.port)
    return {**body, "protocol": said.protocol}


def _ends(architecture: Architecture, ends: tuple[Any, ...]) -> list[Any]:
    found: list[Any] = []
    for end in ends:
        if isinstance(end, Name):
            found += [
                {"id": id_of(meant)}
                for member in architecture.many([end])
                for meant in _stand_for(architecture, member)
            ]
        elif isinstance(end, Parameter):
            found.append({"parameter": end.name})
        else:
            found.append(str(end) if end in ("internet", "endpoints") else {"cidr": str(end)})
    return found


def _stand_for(architecture: Architecture, member: Member) -> Sequence[Member]:
    """What an expectation means by a member: by a launch template, the groups that are made from it."""
    users = architecture.users_of(member) if member.section == "launch_templates" else ()
    return users or (member,)


def id_of(member: Member) -> str:
    """The logical id of a member, a website's being its bucket's; its selector where it already exists and has none."""
    if getattr(member.body, "existing", None):
        return member.selector
    return logical_id(member, BUCKET if member.section == "websites" else "")


def _believed(member: Member) -> dict[str, Any]:
    body = member.body
    if isinstance(body, (Vpc, Subnet)) and body.cidr is not None:
        zone = {"zone": body.zone} if isinstance(body, Subnet) else {"zones": list(body.zones)}
        return {"cidr": str(body.cidr), **zone}
    return {}
