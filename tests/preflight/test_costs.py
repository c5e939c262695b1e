"""What the stacks cost: no figure without a price that was brought, and whatever has none is told."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from labspec.preflight.amounts import Amount
from labspec.preflight.charges import Charge, charges, unpriced
from labspec.preflight.costs import Line, lines
from labspec.preflight.prices import NoOffer, answered, offered
from tests.preflight.offers import DATE, REGION, answer, machine, offer, product
from tests.preflight.stacks import NETWORK, joined

EC2 = offer(
    "AmazonEC2",
    machine("t3.micro", "0.0130"),
    machine("t3.micro", "0.0222", "Windows"),
    machine("t3.micro", "0.0999", regionCode="us-east-1"),
    product("0.0912", "GB-Mo", "Storage", volumeApiName="gp3", usagetype="APN2-EBS:VolumeUsage.gp3"),
    product("0.0590", "Hrs", "NAT Gateway", usagetype="APN2-NatGateway-Hours"),
    product("0.0590", "GB", "NAT Gateway", usagetype="APN2-NatGateway-Bytes"),
)
RDS = offer(
    "AmazonRDS",
    *(
        product(
            price,
            "Hrs",
            "Database Instance",
            instanceType="db.t3.micro",
            databaseEngine="MySQL",
            deploymentOption=place,
            usagetype=f"APN2-{usage}:db.t3.micro",
        )
        for price, place, usage in (("0.026", "Single-AZ", "InstanceUsage"), ("0.052", "Multi-AZ", "Multi-AZUsage"))
    ),
    product("0.131", "GB-Mo", "Database Storage", databaseEngine="Any", usagetype="APN2-RDS:GP3-Storage"),
    product("0.262", "GB-Mo", "Database Storage", databaseEngine="Any", usagetype="APN2-RDS:Multi-AZ-GP3-Storage"),
)
OTHERS = (
    offer("AWSELB", product("0.0225", "Hrs", "Load Balancer-Application", usagetype="APN2-LoadBalancerUsage")),
    offer("AmazonVPC", product("0.005", "Hrs", "", usagetype="APN2-PublicIPv4:InUseAddress")),
    offer("AWSSecretsManager", product("0.40", "Secrets", "Secret", usagetype="APN2-AWSSecretsManager-Secrets")),
)
PRODUCTS = [product for document in (EC2, RDS, *OTHERS) for product in offered(document, "prices.json")]


def costs(resources: str, region: str = REGION, products: Any = PRODUCTS, declared: str = "") -> dict[str, Line]:
    return {line.charge.what: line for line in lines(charges(joined(resources, declared)), products, region)}


def least(resources: str, what: str) -> Decimal:
    return costs(resources)[what].least


WINDOWS = "{{resolve:ssm:/aws/service/ami-windows-latest/Windows_Server-2025-English-Full-Base}}"
MACHINE = "  It: {Type: AWS::EC2::Instance, Properties: {InstanceType: t3.micro}}\n"


def test_an_hour_counts_for_a_month_with_its_source_and_date() -> None:
    line = costs(MACHINE)["t3.micro, Linux, on demand"]
    assert (line.least, line.most, line.currency) == (Decimal("0.0130") * 730, Decimal("0.0130") * 730, "USD")
    assert (line.source, line.date) == ("prices.json", DATE)


@pytest.mark.parametrize(
    ("resource", "what", "expected"),
    [
        (
            f"{{Type: AWS::EC2::Instance, Properties: {{InstanceType: t3.micro, ImageId: '{WINDOWS}'}}}}",
            "t3.micro, Windows, on demand",
            Decimal("0.0222") * 730,
        ),
        ("{Type: AWS::EC2::Volume, Properties: {Size: 100, VolumeType: gp3}}", "gp3 disk", Decimal("9.12")),
        ("{Type: AWS::EC2::NatGateway}", "NAT gateway", Decimal("0.0590") * 730),
        ("{Type: AWS::EC2::EIP}", "public IPv4 address", Decimal("0.005") * 730),
        ("{Type: AWS::SecretsManager::Secret}", "secret", Decimal("0.40")),
        ("{Type: AWS::RDS::DBInstance, Properties: {ManageMasterUserPassword: true}}", "secret", Decimal("0.40")),
        (
            "{Type: AWS::RDS::DBInstance, Properties: {DBInstanceClass: db.t3.micro, Engine: mysql, MultiAZ: true}}",
            "db.t3.micro, MySQL, Multi-AZ",
            Decimal("0.052") * 730,
        ),
        (
            "{Type: AWS::RDS::DBInstance, Properties: {AllocatedStorage: '20', StorageType: gp3, MultiAZ: true}}",
            "gp3 database storage",
            Decimal("5.24"),
        ),
        (
            "{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Subnets: [!Ref SubnetA, !Ref SubnetC]}}",
            "application load balancer",
            Decimal("0.0225") * 730,
        ),
        (
            "{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Subnets: [!Ref SubnetA, !Ref SubnetC]}}",
            "public IPv4 address",
            Decimal("0.005") * 2 * 730,
        ),
    ],
)
def test_each_kind_is_charged_as_the_price_list_has_it(resource: str, what: str, expected: Decimal) -> None:
    assert least(f"{NETWORK}  It: {resource}\n", what) == expected


def test_a_replica_has_the_engine_of_its_source_and_no_standby() -> None:
    found = costs("""
  Main:
    Type: AWS::RDS::DBInstance
    Properties: {DBInstanceClass: db.t3.micro, Engine: mysql, MultiAZ: true, AllocatedStorage: '20', StorageType: gp3}
  Copy: {Type: AWS::RDS::DBInstance, Properties: {SourceDBInstanceIdentifier: !Ref Main}}
""")
    assert found["db.t3.micro, MySQL, Single-AZ"].charge.address == "Copy"


def test_what_may_grow_costs_from_so_much_to_so_much() -> None:
    group = """
  Template: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {InstanceType: t3.micro}}}
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties: {LaunchTemplate: {LaunchTemplateId: !Ref Template, Version: '1'}, MinSize: 2, MaxSize: MAX}
"""
    hour = Decimal("0.0130") * 730
    line = costs(group.replace("MAX", "4"))["t3.micro, Linux, on demand"]
    assert (line.least, line.most) == (hour * 2, hour * 4)
    line = costs(group.replace("MAX", "!Ref Max"), declared="  Max: {Type: Number}\n")["t3.micro, Linux, on demand"]
    assert (line.least, line.most) == (hour * 2, None)


@pytest.mark.parametrize(
    ("network", "many"),
    [
        ("NetworkInterfaces: [{DeviceIndex: 0, AssociatePublicIpAddress: true}]", 730),
        ("NetworkInterfaces: [{DeviceIndex: 0, AssociatePublicIpAddress: false}]", 0),
        ("SubnetId: !Ref SubnetA", 0),
        ("SubnetId: !Ref Public", 730),
    ],
)
def test_machines_with_a_public_address_pay_for_it_but_not_beside_an_elastic_one(network: str, many: int) -> None:
    machine = f"""{NETWORK}
  Public: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, MapPublicIpOnLaunch: true}}}}
  It: {{Type: AWS::EC2::Instance, Properties: {{InstanceType: t3.micro, {network}}}}}
"""
    elastic = "  Address: {Type: AWS::EC2::EIP, Properties: {InstanceId: !Ref It}}\n"
    assert addresses(machine) == many
    assert addresses(machine + elastic) == 730
    associated = "  Address: {Type: AWS::EC2::EIP}\n"
    associated += "  Both: {Type: AWS::EC2::EIPAssociation, Properties: {InstanceId: !Ref It}}\n"
    assert addresses(machine + associated) == 730


def addresses(resources: str) -> float:
    every = [charge for charge in charges(joined(resources)) if charge.what == "public IPv4 address"]
    return sum(charge.quantity.least for charge in every)


@pytest.mark.parametrize(
    "resource",
    [
        "{Type: AWS::EC2::Instance, Properties: {InstanceType: t3.micro, Monitoring: true}}",
        "{Type: AWS::EC2::Instance, Properties: {LaunchTemplate: {LaunchTemplateId: !Ref Template}}}",
    ],
)
def test_detailed_monitoring_is_paid_for_by_use(resource: str) -> None:
    data = "{LaunchTemplateData: {InstanceType: t3.micro, Monitoring: {Enabled: true}}}"
    found = costs(f"  Template: {{Type: AWS::EC2::LaunchTemplate, Properties: {data}}}\n  It: {resource}\n")
    line = found["metrics of detailed monitoring"]
    assert (line.price, line.problem) == (None, "")


def test_a_gateway_load_balancer_has_no_public_address() -> None:
    subnets = "Type: gateway, Subnets: [!Ref SubnetA]"
    assert (
        addresses(f"{NETWORK}  It: {{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {{{subnets}}}}}\n")
        == 0
    )


@pytest.mark.parametrize(
    ("resource", "what", "problem"),
    [
        ("{Type: AWS::EC2::Instance, Properties: {InstanceType: m5.large}}", "m5.large, Linux, on demand", "no price"),
        ("{Type: AWS::EC2::Instance, Properties: {InstanceType: !Ref Kind}}", "machines", "type is not known"),
        ("{Type: AWS::EC2::Volume, Properties: {Size: 1, VolumeType: gp2}}", "gp2 disk", "no price"),
        ("{Type: AWS::EC2::Volume, Properties: {Size: 1}}", "gp2 disk", "no price"),
        (
            "{Type: AWS::RDS::DBInstance, Properties: {Engine: oracle-ee, DBInstanceClass: db.t3.micro}}",
            "database",
            "licence",
        ),
        (
            "{Type: AWS::EC2::VPCEndpoint, Properties: {VpcEndpointType: GatewayLoadBalancer}}",
            "endpoint",
            "not looked up",
        ),
        (
            "{Type: AWS::SecretsManager::Secret, Properties: {ReplicaRegions: [{Region: us-east-1}]}}",
            "replicas of a secret",
            "other regions",
        ),
    ],
)
def test_what_has_no_price_says_so(resource: str, what: str, problem: str) -> None:
    line = costs(f"  It: {resource}\n", declared="  Kind: {Type: String}\n")[what]
    assert line.price is None
    assert problem in line.problem


def test_prices_that_disagree_are_no_price() -> None:
    twice = [*PRODUCTS, *offered(offer("AmazonEC2", machine("t3.micro", "0.5")), "other.json")]
    assert costs(MACHINE, products=twice)["t3.micro, Linux, on demand"].problem == "2 prices fit"
    same = [*PRODUCTS, *offered(offer("AmazonEC2", machine("t3.micro", "0.0130")), "other.json")]
    assert costs(MACHINE, products=same)["t3.micro, Linux, on demand"].price == Decimal("0.0130")


@pytest.mark.parametrize(
    ("tenancy", "expected"),
    [
        ("Tenancy: default", True),
        ("Tenancy: dedicated", False),
        ("Tenancy: host", False),
        ("Tenancy: !Ref Kind", False),
    ],
)
def test_only_shared_hardware_costs_what_shared_hardware_does(tenancy: str, expected: bool) -> None:
    machine = MACHINE.replace("t3.micro", f"t3.micro, {tenancy}")
    found = costs(machine, declared="  Kind: {Type: String}\n")
    (line,) = [line for what, line in found.items() if what.startswith(("t3.micro", "machines"))]
    assert (line.price is not None) == expected


def test_a_network_load_balancer_with_elastic_addresses_has_no_others() -> None:
    balancer = """
  Own: {Type: AWS::EC2::EIP}
  It:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties:
      Type: network
      SubnetMappings: [{SubnetId: !Ref SubnetA, AllocationId: !GetAtt Own.AllocationId}, {SubnetId: !Ref SubnetC}]
"""
    assert addresses(NETWORK + balancer) == 2 * 730


NAT = "  It: {Type: AWS::EC2::NatGateway}\n"


@pytest.mark.parametrize(
    "other",
    [
        product("9.99", "Hrs", "NAT Gateway", usagetype="APN2-NatGateway-Hours", locationType="AWS Local Zone"),
        product("9.99", "Hrs", "NAT Gateway", usagetype="APN2-NatGateway-Hours-Extra"),
        product("9.99", "GB", "NAT Gateway", usagetype="APN2-NatGateway-Hours"),
        product("0.00", "Hrs", "NAT Gateway", usagetype="APN2-NatGateway-Hours"),
        {**product("9.99", "Hrs", "NAT Gateway", usagetype="APN2-NatGateway-Hours"), "begin": "1000"},
    ],
)
def test_what_is_sold_beside_it_is_another_price(other: dict[str, Any]) -> None:
    beside = [*PRODUCTS, *offered(offer("AmazonEC2", other), "other.json")]
    assert costs(NAT, products=beside)["NAT gateway"].price == Decimal("0.0590")


def test_the_region_is_that_of_the_prices_where_they_have_one() -> None:
    what = "t3.micro, Linux, on demand"
    assert "several regions" in costs(MACHINE, region="")[what].problem
    here = [each for each in PRODUCTS if each.attributes["regionCode"] == REGION]
    assert costs(MACHINE, region="", products=here)[what].price == Decimal("0.0130")
    assert costs(MACHINE, region="us-east-1")[what].price == Decimal("0.0999")


def test_what_is_paid_by_use_has_no_figure() -> None:
    line = costs("  It: {Type: AWS::EFS::FileSystem}\n")["storage of a file system by the GB"]
    assert (line.price, line.problem) == (None, "")


def test_types_that_nobody_knows_the_cost_of_are_told_and_free_ones_are_not() -> None:
    found = unpriced(joined(f"{NETWORK}  It: {{Type: AWS::ECS::Service}}\n  Own: {{Type: Custom::Thing}}\n"))
    assert found == {"AWS::ECS::Service": ["It"], "Custom::Thing": ["Own"]}


def test_answers_of_the_api_are_products_too() -> None:
    (found,) = answered([answer("AmazonEC2", machine("t3.micro", "0.0130")), {"product": {}}])
    assert (found.service, found.source, found.date) == ("AmazonEC2", "the Price List API", DATE)
    assert costs(MACHINE, products=[found])["t3.micro, Linux, on demand"].price == Decimal("0.0130")


@pytest.mark.parametrize(
    "document", [[], {}, {"offerCode": "AmazonEC2"}, {**EC2, "terms": {}}, {**EC2, "publicationDate": None}]
)
def test_what_is_no_offer_file_is_refused(document: Any) -> None:
    with pytest.raises(NoOffer):
        offered(document, "x.json")


def test_a_broken_product_of_an_offer_is_passed_over() -> None:
    broken = {**EC2, "products": {**EC2["products"], "SKU0": "nothing", "SKU1": {"attributes": None}, "NEW": {}}}
    assert len(offered(broken, "x.json")) == len(EC2["products"]) - 2


def test_a_charge_that_never_is_costs_nothing() -> None:
    never = "  It: {Type: AWS::EC2::EIP, Condition: Never}\n"
    assert charges(joined(never, conditions="  Never: !Equals [a, b]\n")) == []
    maybe = charges(joined(never, "  Env: {Type: String}\n", "  Never: !Equals [!Ref Env, b]\n"))
    assert [charge.quantity for charge in maybe] == [Amount(0, 730)]
    assert isinstance(maybe[0], Charge)
