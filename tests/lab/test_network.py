"""Chapter 2, the network, row by row of docs/lab.md."""

from __future__ import annotations

from functools import partial

import pytest

from tests.lab.course import LAYOUTS, Check, Lab, finished, ref, stated, tag, zone

VPC, GATEWAY, ATTACHMENT = "LabVpc", "LabVpcIgwInternetGateway", "LabVpcIgwAttachment"
PRIVATE = ("private-subnet-a1", "private-subnet-c1", "private-subnet-a2", "private-subnet-c2")


def vpc(lab: Lab) -> None:
    (made,) = lab.of("EC2::VPC")
    assert (made.id, made.properties["CidrBlock"], tag(made, "Name")) == (VPC, "10.1.0.0/16", "lab-vpc")


def names_resolve(lab: Lab) -> None:
    assert lab.properties(VPC)["EnableDnsHostnames"] is True
    assert lab.properties(VPC)["EnableDnsSupport"] is True


def what_comes_with_it(lab: Lab) -> None:
    kinds = {thing.type for thing in lab.things.values()}
    assert not {kind for kind in kinds if "Dhcp" in kind or "DHCP" in kind or "NetworkAcl" in kind}


def subnet(lab: Lab, *, name: str, cidr: str) -> None:
    made = lab.named("EC2::Subnet", name)
    assert made.properties["CidrBlock"] == cidr
    assert made.properties["VpcId"] == ref(VPC)
    assert made.properties["MapPublicIpOnLaunch"] is False


def zones(lab: Lab) -> None:
    for made in lab.of("EC2::Subnet"):
        letter = tag(made, "Name")[-2]
        assert made.properties["AvailabilityZone"] == zone(letter)
        assert letter in "ac"


def internet_gateway(lab: Lab) -> None:
    assert [gateway.id for gateway in lab.of("EC2::InternetGateway")] == [GATEWAY]
    (attachment,) = lab.of("EC2::VPCGatewayAttachment")
    assert attachment.properties == {"InternetGatewayId": ref(GATEWAY), "VpcId": ref(VPC)}


def table_of(lab: Lab, name: str) -> str:
    """The id of the route table that a subnet follows."""
    identity = lab.named("EC2::Subnet", name).id
    followed = [
        association.properties["RouteTableId"]["Ref"]
        for association in lab.of("EC2::SubnetRouteTableAssociation")
        if association.properties["SubnetId"] == ref(identity)
    ]
    assert len(followed) == 1
    return str(followed[0])


def routes(lab: Lab, table: str) -> list[dict[str, object]]:
    """What a route table says beside the local route."""
    return [
        {name: value for name, value in route.properties.items() if name != "RouteTableId"}
        for route in lab.of("EC2::Route")
        if route.properties["RouteTableId"] == ref(table)
    ]


def public_table(lab: Lab) -> None:
    table = table_of(lab, "public-subnet-a1")
    assert table == table_of(lab, "public-subnet-c1") == "PublicSubnetRtRouteTable"
    assert routes(lab, table) == [{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": ref(GATEWAY)}]
    assert ATTACHMENT in lab.order["PublicSubnetRtToInternet"]


def private_tables(lab: Lab) -> None:
    tables = {name: table_of(lab, name) for name in PRIVATE}
    assert len(set(tables.values())) == 4
    for name, table in tables.items():
        leads = [set(route) for route in routes(lab, table)]
        assert leads == ([{"DestinationCidrBlock", "NatGatewayId"}] if name.endswith("1") else [])


CHECKS: dict[str, Check] = {
    "C1.1": vpc,
    "C1.2": names_resolve,
    "C1.3": what_comes_with_it,
    "C1.4": partial(subnet, name="public-subnet-a1", cidr="10.1.1.0/24"),
    "C1.5": partial(subnet, name="public-subnet-c1", cidr="10.1.2.0/24"),
    "C1.6": partial(subnet, name="private-subnet-a1", cidr="10.1.3.0/24"),
    "C1.7": partial(subnet, name="private-subnet-c1", cidr="10.1.4.0/24"),
    "C1.8": partial(subnet, name="private-subnet-a2", cidr="10.1.5.0/24"),
    "C1.9": partial(subnet, name="private-subnet-c2", cidr="10.1.6.0/24"),
    "C1.10": zones,
    "C1.11": internet_gateway,
    "C1.12": public_table,
    "C1.13": private_tables,
}


def test_every_row_has_a_check_and_every_check_a_row() -> None:
    assert sorted(stated("C1")) == sorted(CHECKS)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("row", stated("C1"))
def test_chapter_2_network(row: str, layout: str) -> None:
    CHECKS[row](finished(layout))
