"""The finished course: how much of what it contains, and that both layouts build the same."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.lab.course import LAYOUTS, ROOT, Lab, built, finished, fresh, rows

COURSE = {
    "AWS::EC2::VPC": 1,
    "AWS::EC2::Subnet": 6,
    "AWS::EC2::InternetGateway": 1,
    "AWS::EC2::VPCGatewayAttachment": 1,
    "AWS::EC2::RouteTable": 5,
    "AWS::EC2::SubnetRouteTableAssociation": 6,
    "AWS::EC2::Route": 3,
    "AWS::EC2::NatGateway": 2,
    "AWS::EC2::EIP": 4,
    "AWS::EC2::Instance": 4,
    "Custom::Image": 2,
    "AWS::EFS::FileSystem": 1,
    "AWS::EFS::MountTarget": 2,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": 3,
    "AWS::ElasticLoadBalancingV2::TargetGroup": 3,
    "AWS::ElasticLoadBalancingV2::Listener": 3,
    "AWS::RDS::DBSubnetGroup": 1,
    "AWS::RDS::DBInstance": 2,
    "AWS::EC2::LaunchTemplate": 5,
    "AWS::AutoScaling::AutoScalingGroup": 1,
    "AWS::AutoScaling::ScalingPolicy": 1,
    "AWS::EC2::SecurityGroup": 7,
    "AWS::S3::Bucket": 1,
    "AWS::S3::BucketPolicy": 1,
    "AWS::CloudFront::Distribution": 1,
}
"""What the course's own pages come to, with a launch template for each server beside the group's."""

ROWS_OF_THE_COURSE = {
    "A": 2,
    "B": 14,
    "C1": 13,
    "C2": 10,
    "C3": 2,
    "C4": 7,
    "C5": 5,
    "C6": 5,
    "C7": 3,
    "D": 13,
    "E": 14,
}


@pytest.fixture(params=LAYOUTS)
def lab(request: pytest.FixtureRequest) -> Lab:
    return finished(request.param)


def test_counts(lab: Lab) -> None:
    """Every type and how often, as the tables of docs/lab.md say it; the course's own part is fixed here, too."""
    told = {row.cells[0].strip("`"): int(row.cells[1]) for row in rows() if row.chapter == "F"}
    assert Counter(thing.type for thing in lab.things.values()) == told
    assert COURSE.items() <= told.items()


def test_what_the_counts_are_of(lab: Lab) -> None:
    databases = lab.of("RDS::DBInstance")
    assert sorted("SourceDBInstanceIdentifier" in database.properties for database in databases) == [False, True]
    assert [database.properties.get("MultiAZ") for database in databases if "MultiAZ" in database.properties] == [True]
    routes = lab.of("EC2::Route")
    assert {route.properties["DestinationCidrBlock"] for route in routes} == {"0.0.0.0/0"}
    assert sorted("NatGatewayId" in route.properties for route in routes) == [False, True, True]


def test_what_lies_in_out_is_what_a_flat_build_is() -> None:
    """The same resources with the same properties, once the wiring between stacks is followed."""
    nested, flat = built(), fresh("full.yaml")
    assert nested.things == flat.things
    assert nested.outputs == flat.outputs
    # Where whole stacks wait for whole stacks, more comes before a resource, never less.
    for identity, before in flat.order.items():
        assert before <= nested.order[identity]


def test_no_row_of_the_course_is_left_out() -> None:
    """Every item of the course has its row, and every row one of the three answers."""
    told = rows()
    assert len({row.id for row in told}) == len(told)
    assert Counter(row.chapter for row in told if row.chapter != "F") == ROWS_OF_THE_COURSE
    for row in told:
        if row.chapter != "F":
            assert row.status == "kept" or row.status.startswith(("changed ", "left to the guide")), row.id
            assert bool(row.marks) == row.status.startswith("changed "), row.id


def test_every_reason_is_explained() -> None:
    """A mark of a row stands in the lists below the tables, or in traps.md."""
    lab, traps = ((ROOT / "docs" / name).read_text("utf-8") for name in ("lab.md", "traps.md"))
    for row in rows():
        for mark in row.marks if row.chapter != "F" else []:
            assert f"- **{mark}** " in lab or mark.startswith("TRAP-"), (row.id, mark)
            assert mark.startswith("G") or f"| {mark} |" in traps, (row.id, mark)
