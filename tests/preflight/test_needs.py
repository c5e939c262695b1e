"""What the stacks need of quotas: counted where it is known, a range where it is not."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import moto
import pytest
from moto.servicequotas.resources.default_quotas.vpc import VPC_DEFAULT_QUOTAS

from labspec import quotas
from labspec.preflight.amounts import Amount
from labspec.preflight.families import FAMILIES, family, processors
from labspec.preflight.findings import counted
from labspec.preflight.needs import Need, needs
from labspec.quotas import Quota
from tests.preflight.stacks import NETWORK, joined


def need(resources: str, quota: Quota, holder: str = "", parameters: str = "", conditions: str = "") -> Need:
    found = {(each.quota, each.holder): each for each in needs(joined(resources, parameters, conditions))}
    return found[quota, holder]


def exactly(many: float) -> Amount:
    return Amount(many, many)


def test_processors_are_those_that_aws_describes() -> None:
    """Machines on hosts of their own have a quota of their own, of hosts."""
    folder = Path(moto.__file__).parent / "ec2/resources/instance_types.json.gz"
    described = json.loads(gzip.decompress(folder.read_bytes()))
    on_demand = {kind: body for kind, body in described.items() if not kind.startswith("mac")}
    assert len(on_demand) > 1_000
    assert {kind: processors(kind) for kind in on_demand} == {
        kind: body["VCpuInfo"]["DefaultVCpus"] for kind, body in on_demand.items()
    }
    assert {kind for kind in described if family(kind) is None} == set(described) - set(on_demand)
    assert set(FAMILIES.values()) == set(quotas.VCPUS)


@pytest.mark.parametrize(
    ("kind", "many"), [("t3.micro", 2), ("t2.micro", 1), ("m7i.4xlarge", 16), ("new1.3xlarge", 12), ("new1.odd", None)]
)
def test_a_type_tells_its_processors_by_its_size(kind: str, many: int | None) -> None:
    assert processors(kind) == many


@pytest.mark.parametrize(
    ("kind", "quota"),
    [("im4gn.large", "standard"), ("inf2.xlarge", "Inf"), ("hpc7g.4xlarge", "HPC"), ("gr6.4xlarge", "G")],
)
def test_families_share_quotas_by_the_letters_they_begin_with(kind: str, quota: str) -> None:
    assert family(kind) == quota


MACHINES = """
  One: {Type: AWS::EC2::Instance, Properties: {InstanceType: t3.micro}}
  Template: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {InstanceType: c5.xlarge}}}
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties: {LaunchTemplate: {LaunchTemplateId: !Ref Template, Version: '1'}, MinSize: 1, MaxSize: MAX}
"""
NUMBER = "  Max: {Type: Number, MinValue: 2, MaxValue: 5}\n"


@pytest.mark.parametrize(
    ("most", "ever"),
    [("3", Amount(6, 14)), ("!Ref Max", Amount(6, 22)), ("!Ref AWS::AccountId", Amount(6, None))],
)
def test_groups_of_machines_are_counted_as_they_start_and_as_they_may_grow(most: str, ever: Amount) -> None:
    found = need(MACHINES.replace("MAX", most), quotas.VCPUS["standard"], parameters=NUMBER)
    assert (found.first, found.ever) == (exactly(6), ever)
    assert found.by == ("One", "Group")


def test_a_type_that_is_open_counts_from_the_smallest_to_the_largest() -> None:
    kind = "  Kind: {Type: String, AllowedValues: [t3.micro, t3.2xlarge]}\n"
    one = "  One: {Type: AWS::EC2::Instance, Properties: {InstanceType: !Ref Kind}}\n"
    assert need(one, quotas.VCPUS["standard"], parameters=kind).ever == Amount(2, 8)
    assert need(one, quotas.VCPUS["standard"], parameters="  Kind: {Type: String}\n").ever == Amount(0, None)


@pytest.mark.parametrize(
    ("group", "first", "ever"),
    [
        ("DesiredCapacity: 2", exactly(10), Amount(10, 14)),
        ("DesiredCapacity: !Ref AWS::AccountId", Amount(2, 14), Amount(2, 14)),
    ],
)
def test_a_group_starts_with_what_is_desired(group: str, first: Amount, ever: Amount) -> None:
    found = need(MACHINES.replace("MAX", f"3, {group}"), quotas.VCPUS["standard"])
    assert (found.first, found.ever) == (first, ever)


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("InstanceMarketOptions: {MarketType: spot}, InstanceType: c5.xlarge", {"standard": exactly(2)}),
        ("InstanceType: p4d.24xlarge", {"standard": exactly(2), "P": exactly(288)}),
    ],
)
def test_families_have_quotas_of_their_own_and_the_spot_market_none_of_these(
    resource: str, expected: dict[str, Amount]
) -> None:
    text = MACHINES.replace("InstanceType: c5.xlarge", resource).replace("MAX", "3")
    found = {each.quota: each.ever for each in needs(joined(text))}
    shown = {name: found[quota] for name, quota in quotas.VCPUS.items() if quota in found}
    assert {name: Amount(many.most or 0, many.most) for name, many in shown.items()} == expected


def test_a_group_of_several_families_may_need_all_of_either() -> None:
    mixed = """
  Template: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {}}}
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      MinSize: 2
      MaxSize: 3
      MixedInstancesPolicy:
        LaunchTemplate:
          LaunchTemplateSpecification: {LaunchTemplateId: !Ref Template, Version: '1'}
          Overrides: [{InstanceType: m5.large}, {InstanceType: c5.xlarge}, {InstanceType: g5.xlarge}]
"""
    assert need(mixed, quotas.VCPUS["standard"]).ever == Amount(0, 12)
    assert need(mixed, quotas.VCPUS["G"]).ever == Amount(0, 12)
    one = mixed.replace(", {InstanceType: g5.xlarge}", "")
    assert need(one, quotas.VCPUS["standard"]).ever == Amount(4, 12)


def test_machines_of_a_launch_configuration_are_counted() -> None:
    old = """
  Configuration: {Type: AWS::AutoScaling::LaunchConfiguration, Properties: {InstanceType: m5.xlarge}}
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties: {LaunchConfigurationName: !Ref Configuration, MinSize: 1, MaxSize: 2}
"""
    assert need(old, quotas.VCPUS["standard"]).ever == Amount(4, 8)


def test_rules_of_network_acls_are_counted_by_direction_and_family_with_the_default_deny() -> None:
    entries = "  Acl: {Type: AWS::EC2::NetworkAcl}\n" + "".join(
        f"  E{i}: {{Type: AWS::EC2::NetworkAclEntry, Properties: {{NetworkAclId: !Ref Acl, Egress: {egress}}}}}\n"
        for i, egress in enumerate(("true", "false", "'true'"))
    )
    ipv6 = "{NetworkAclId: !Ref Acl, Egress: true, Ipv6CidrBlock: '::/0'}"
    entries += f"  Six: {{Type: AWS::EC2::NetworkAclEntry, Properties: {ipv6}}}\n"
    assert need(entries, quotas.ACL_LEAVING, "Acl").ever == exactly(3)
    assert need(entries, quotas.ACL_LEAVING, "Acl IPv6").ever == exactly(2)
    assert need(entries, quotas.ACL_ENTERING, "Acl").ever == exactly(2)


def test_routes_are_counted_by_family_and_a_prefix_list_as_its_entries() -> None:
    to = ("DestinationCidrBlock: 10.0.0.0/8", "DestinationIpv6CidrBlock: '::/0'", "DestinationPrefixListId: !Ref List")
    routes = "  Table: {Type: AWS::EC2::RouteTable}\n" + "".join(
        f"  R{i}: {{Type: AWS::EC2::Route, Properties: {{RouteTableId: !Ref Table, {each}}}}}\n"
        for i, each in enumerate(to)
    )
    routes += "  List: {Type: AWS::EC2::PrefixList, Properties: {MaxEntries: 900}}\n"
    assert need(routes, quotas.ROUTES, "Table").ever == exactly(901)
    assert need(routes, quotas.ROUTES, "Table IPv6").ever == exactly(1)


def test_what_exists_under_an_open_condition_may_be_there_or_not() -> None:
    conditions = "  Wanted: !Equals [!Ref Env, prod]\n  Never: !Equals [a, b]\n"
    addresses = "".join(
        f"  Address{name}: {{Type: AWS::EC2::EIP{condition}}}\n"
        for name, condition in (("A", ""), ("B", ", Condition: Wanted"), ("C", ", Condition: Never"))
    )
    found = need(addresses, quotas.ADDRESSES, parameters="  Env: {Type: String}\n", conditions=conditions)
    assert (found.ever, found.by) == (Amount(1, 2), ("AddressA", "AddressB"))


def test_gateways_are_counted_by_the_zones_of_their_subnets() -> None:
    nats = "".join(
        f"  Nat{i}: {{Type: AWS::EC2::NatGateway, Properties: {{SubnetId: !Ref Subnet{zone}}}}}\n"
        for i, zone in enumerate("AAC")
    )
    assert need(NETWORK + nats, quotas.NATS, "a").ever == exactly(2)
    assert need(NETWORK + nats, quotas.NATS, "c").ever == exactly(1)
    assert need(NETWORK + nats, quotas.SUBNETS, "Vpc").ever == exactly(2)


def test_gateways_of_zones_that_are_not_known_may_be_in_one_or_in_several() -> None:
    subnets = "  Where: {Type: String}\n"
    nats = "".join(f"  N{i}: {{Type: AWS::EC2::NatGateway, Properties: {{SubnetId: !Ref Where}}}}\n" for i in range(2))
    assert need(nats, quotas.NATS, "not known", parameters=subnets).ever == Amount(0, 2)


def test_what_is_named_by_a_parameter_holds_what_is_in_it() -> None:
    subnets = "".join(f"  S{i}: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Net}}}}\n" for i in range(2))
    assert need(subnets, quotas.SUBNETS, "Net", parameters="  Net: {Type: 'AWS::EC2::VPC::Id'}\n").ever == exactly(2)


RULES = """
  Other: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: other}}
  List: {Type: AWS::EC2::PrefixList, Properties: {PrefixListName: l, AddressFamily: IPv4, MaxEntries: 20}}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: web
      SecurityGroupIngress:
      - {IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 0.0.0.0/0}
      - {IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIpv6: '::/0'}
  More:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {GroupId: !GetAtt Group.GroupId, IpProtocol: '-1', RULE}
"""


@pytest.mark.parametrize(
    ("rule", "many"),
    [
        ("CidrIp: 10.0.0.0/8", exactly(2)),
        ("CidrIpv6: fd00::/8", exactly(2)),
        ("SourceSecurityGroupId: !Ref Other", exactly(2)),
        ("SourcePrefixListId: !Ref List", exactly(21)),
        ("SourcePrefixListId: pl-1", Amount(2, None)),
    ],
)
def test_rules_are_counted_by_family_and_a_prefix_list_by_its_entries(rule: str, many: Amount) -> None:
    assert need(RULES.replace("RULE", rule), quotas.ENTERING, "Group").ever == many


def test_a_rule_about_a_group_counts_in_both_families() -> None:
    more = "  Six: {Type: AWS::EC2::SecurityGroupIngress, Properties: {GroupId: !Ref Group, CidrIpv6: 'fd00::/8'}}\n"
    four = RULES.replace("RULE", "CidrIp: 10.0.0.0/8")
    about = RULES.replace("RULE", "SourceSecurityGroupId: !Ref Other")
    assert need(four + more, quotas.ENTERING, "Group").ever == exactly(2)
    assert need(about + more, quotas.ENTERING, "Group").ever == exactly(3)


def test_groups_around_an_interface_are_found_in_its_launch_template_too() -> None:
    groups = "".join(
        f"  G{i}: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: g}}}}\n" for i in range(3)
    )
    listed = "[!Ref G0, !Ref G1, !Ref G2]"
    machine = f"""
  Template:
    Type: AWS::EC2::LaunchTemplate
    Properties: {{LaunchTemplateData: {{NetworkInterfaces: [{{DeviceIndex: 0, Groups: {listed}}}]}}}}
  Machine:
    Type: AWS::EC2::Instance
    Properties: {{LaunchTemplate: {{LaunchTemplateId: !Ref Template, Version: '1'}}}}
  Balancer: {{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {{SecurityGroups: {listed}}}}}
"""
    assert need(groups + machine, quotas.GROUPS, "Machine").ever == exactly(3)
    assert need(groups + machine, quotas.GROUPS, "Balancer").ever == exactly(3)
    assert need(groups + machine, quotas.BALANCERS).ever == exactly(1)


MIXED = "MixedInstancesPolicy: {LaunchTemplate: {LaunchTemplateSpecification: {LaunchTemplateName: shop}}}"


@pytest.mark.parametrize(
    "launched",
    [f"{MIXED}", "LaunchTemplate: {LaunchTemplateName: shop}", "LaunchConfigurationName: !Ref Configuration"],
)
def test_groups_around_the_machines_of_a_group_are_found_by_any_way_to_launch_them(launched: str) -> None:
    resources = f"""
  Template:
    Type: AWS::EC2::LaunchTemplate
    Properties: {{LaunchTemplateName: shop, LaunchTemplateData: {{SecurityGroupIds: [sg-1, sg-2]}}}}
  Configuration: {{Type: AWS::AutoScaling::LaunchConfiguration, Properties: {{SecurityGroups: [sg-1, sg-2]}}}}
  Group: {{Type: AWS::AutoScaling::AutoScalingGroup, Properties: {{{launched}, MinSize: 1, MaxSize: 1}}}}
"""
    assert need(resources, quotas.GROUPS, "Group").ever == exactly(2)


def test_what_is_not_made_needs_nothing_and_is_not_blamed() -> None:
    machine = "{Type: AWS::EC2::Instance, CONDITIONProperties: {InstanceType: c5.xlarge}}"
    never = machine.replace("CONDITION", "Condition: Never, ")
    resources = f"  Spare: {never}\n  Web: {machine.replace('CONDITION', '')}\n"
    found = need(resources, quotas.VCPUS["standard"], conditions="  Never: !Equals [a, b]\n")
    assert (found.ever, found.by) == (exactly(4), ("Web",))


def test_a_replica_has_the_storage_of_its_source_and_counts_for_it() -> None:
    databases = """
  Main: {Type: AWS::RDS::DBInstance, Properties: {AllocatedStorage: '100', DBInstanceClass: db.t3.micro}}
  Copy: {Type: AWS::RDS::DBInstance, Properties: {SourceDBInstanceIdentifier: !Ref Main}}
"""
    assert need(databases, quotas.DATABASE_STORAGE).ever == exactly(200)
    assert need(databases, quotas.REPLICAS, "Main").ever == exactly(1)
    assert need(databases, quotas.DATABASES).ever == exactly(2)
    of_oracle = databases.replace("DBInstanceClass:", "Engine: oracle-ee, DBInstanceClass:")
    assert need(of_oracle, quotas.FEWER_REPLICAS["oracle"], "Main").ever == exactly(1)


@pytest.mark.parametrize(
    ("resource", "quota", "holder"),
    [
        ("{Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: vpc-1}}", quotas.GATEWAY_ENDPOINTS, ""),
        (
            "{Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: v, VpcEndpointType: Gateway}}",
            quotas.GATEWAY_ENDPOINTS,
            "",
        ),
        ("{Type: AWS::SNS::Topic, Properties: {TopicName: !Ref Max}}", quotas.PARAMETERS, "t.yaml"),
    ],
)
def test_what_is_counted_is_counted_as_what_it_is(resource: str, quota: Quota, holder: str) -> None:
    assert need(f"  It: {resource}\n", quota, holder, parameters=NUMBER).ever == exactly(1)


def test_a_nat_gateway_has_so_many_addresses() -> None:
    nat = "{Type: AWS::EC2::NatGateway, Properties: {AllocationId: a, SecondaryAllocationIds: [b, c]}}"
    assert need(f"  It: {nat}\n", quotas.NAT_ADDRESSES, "It").ever == exactly(3)


def test_machines_of_the_spot_market_need_no_processors_on_demand() -> None:
    old = """
  Configuration: {Type: AWS::AutoScaling::LaunchConfiguration, Properties: {InstanceType: m5.xlarge, SpotPrice: '1'}}
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties: {LaunchConfigurationName: !Ref Configuration, MinSize: 1, MaxSize: 2}
"""
    assert not [each for each in needs(joined(old)) if each.quota in quotas.VCPUS.values()]


def test_a_target_group_has_what_it_names_and_what_scaling_brings() -> None:
    more = """
  Targets:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {Targets: [{Id: !Ref One}]}
"""
    machines = MACHINES.replace("MAX", "4, TargetGroupARNs: [!Ref Targets]")
    assert need(machines + more, quotas.TARGETS, "Targets").ever == exactly(5)


def test_two_mount_targets_of_a_file_system_in_a_zone_are_one_too_many() -> None:
    targets = "  Files: {Type: AWS::EFS::FileSystem}\n" + "".join(
        f"  T{i}: {{Type: AWS::EFS::MountTarget, Properties: {{FileSystemId: !Ref Files, SubnetId: !Ref {subnet}}}}}\n"
        for i, subnet in enumerate(("SubnetA", "SubnetA", "SubnetC"))
    )
    assert need(NETWORK + targets, quotas.ZONE_TARGETS, "Files zone a").ever == exactly(2)
    assert need(NETWORK + targets, quotas.ZONE_TARGETS, "Files zone c").ever == exactly(1)


@pytest.mark.parametrize(
    ("amount", "noun", "expected"),
    [
        (exactly(1), "elastic addresses", "1 elastic address"),
        (exactly(1), "vCPUs of standard instances", "1 vCPU of standard instances"),
        (exactly(1), "managed policies", "1 managed policy"),
        (exactly(1), "GB of database storage", "1 GB of database storage"),
        (Amount(1, 2), "elastic addresses", "1 to 2 elastic addresses"),
        (Amount(3, None), "VPCs", "3 or more VPCs"),
        (exactly(1_000), "VPCs", "1,000 VPCs"),
    ],
)
def test_amounts_are_said_in_words(amount: Amount, noun: str, expected: str) -> None:
    assert counted(amount, noun) == expected


def test_templates_are_counted_against_what_cloudformation_takes() -> None:
    assert need(NETWORK, quotas.RESOURCES, "t.yaml").ever == exactly(3)
    assert need(NETWORK, quotas.STACKS).ever == exactly(1)


def test_quotas_of_the_network_are_those_that_aws_has_said() -> None:
    """As moto keeps AWS's own answers. Those of a route table were raised in 2025, after they were recorded."""
    recorded = {each["QuotaCode"]: each["Value"] for each in VPC_DEFAULT_QUOTAS}
    ours = [each for each in vars(quotas).values() if isinstance(each, Quota) and each.service == "vpc"]
    assert len(ours) > 10
    assert {each.noun for each in ours if recorded[each.code] != each.most} == {"routes"}


def test_every_quota_with_a_number_says_where_it_is_from() -> None:
    found = [each for each in vars(quotas).values() if isinstance(each, Quota)] + list(quotas.VCPUS.values())
    assert len(found) > 50
    assert [each.noun for each in found if each.most is not None and not each.source] == []
    assert [each.noun for each in found if bool(each.service) != bool(each.code)] == []
