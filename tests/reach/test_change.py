"""A change is told by what it opens and shuts."""

from __future__ import annotations

from typing import Any

from labspec.reach import Site, site_of
from labspec.reach.change import Opening, openings
from labspec.reach.ranges import ranges
from labspec.template import Template, join
from tests.reach.test_proof import PUBLIC


def site(**changed: Any) -> Site:
    body = {name: {"Type": f"AWS::EC2::{kind}", "Properties": dict(said)} for name, (kind, said) in PUBLIC.items()}
    for name, said in changed.items():
        body[name]["Properties"] |= said
    data = {"Parameters": {"P": {"Type": "String"}}, "Resources": body}
    return site_of(join({"t": Template("t", data)}, "t"))


def test_what_is_opened_and_what_is_shut_is_told() -> None:
    assert list(openings(site(), site())) == []
    moved = ranges([(81, 81)])
    assert list(openings(site(), site(DI={"FromPort": 81, "ToPort": 81}))) == [
        Opening("internet", "M", "tcp", moved, True, True),
        Opening("internet", "M", "tcp", ranges([(80, 80)]), True, False),
    ]
    assert [each.opened for each in openings(site(), site(S={"MapPublicIpOnLaunch": False}))] == [False] * 5
    (perhaps,) = openings(site(DI={"CidrIp": "10.0.0.0/16"}), site(DI={"CidrIp": {"Ref": "P"}}))
    assert (perhaps.certain, perhaps.opened, perhaps.ports) == (False, True, ranges([(80, 80)]))


def test_of_one_template_for_two_stacks_each_is_told() -> None:
    def twice(block: str) -> Site:
        one: dict[str, Any] = {
            name: {"Type": f"AWS::EC2::{kind}", "Properties": dict(said)} for name, (kind, said) in PUBLIC.items()
        }
        one["DI"]["Properties"]["CidrIp"] = {"Ref": "Open"}
        stacks = {
            name: {
                "Type": "AWS::CloudFormation::Stack",
                "Properties": {"TemplateURL": "https://x/one.yaml", "Parameters": {"Open": own}},
            }
            for name, own in (("A", block), ("B", "10.0.0.0/16"))
        }
        inner = {"Parameters": {"Open": {"Type": "String"}}, "Resources": one}
        templates = {"t": Template("t", {"Resources": stacks}), "one.yaml": Template("one.yaml", inner)}
        return site_of(join(templates, "t"))

    found = list(openings(twice("10.0.0.0/16"), twice("0.0.0.0/0")))
    assert ("internet", "A.M", True) in {(each.source, each.target, each.opened) for each in found}
