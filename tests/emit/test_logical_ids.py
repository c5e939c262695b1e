"""The golden table of logical ids: users' stacks are made of them, so they never change.

An id is a function of the spec's names and the resource's role: never of order, place, position, layout or file.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from labspec.logical_ids import pascal
from tests.building import build, graph_of, messages

SPEC = """\
parameters: {Email: {type: email, default: ""}}
vpcs:
  lab-vpc:
    cidr: 10.0.0.0/16
    internet_gateway: lab-vpc-igw
    zones: [a, c]
    subnets:
      public-subnet-a1: {zone: a, cidr: 10.0.0.0/24}
      app: {cidr: 10.0.16.0/20, each: /24, access: isolated}
      data: {cidr: 10.0.32.0/20, each: /24, access: isolated}
      public: {cidr: 10.0.48.0/20, each: /24, access: public}
    nat_gateways: {nat-gateway-a1: public-subnet-a1}
    route_tables:
      public-subnet-rt: {subnets: public-subnet-a1, routes: {internet: lab-vpc-igw, 192.0.2.0/24: nat-gateway-a1}}
security_groups:
  public-ec2-sg:
    ingress:
      http: {port: 80, from: internet}
      ssh: {port: 22, from: [lab-vpc, self]}
    egress: {mysql: {port: 3306, to: lab-vpc}}
  renamed: {was: old-sg, ingress: {web: {was: http, port: 80, from: internet}}}
key_pairs: {office: }
roles: {worker: {permissions: {managed: ReadOnlyAccess}}}
instances:
  public-ec2-a1: {subnet: public-subnet-a1, elastic_ip: true, ingress: {http: {port: 80, from: internet}}}
  web-instance: {subnet: public-a}
  moved: {was: server, subnet: public-a}
images: {lamp-image: {from: public-ec2-a1}}
file_systems: {lab-vpc-efs: {subnets: public, security_groups: public-ec2-sg}}
target_groups: {lab-vpc-alb-public-tg: {port: 80}}
load_balancers:
  lab-vpc-alb-public:
    scheme: internet-facing
    subnets: public
    security_groups: public-ec2-sg
    listeners: {80: lab-vpc-alb-public-tg, 8080: {was: 81, forward: lab-vpc-alb-public-tg}}
databases:
  database-1:
    engine: mysql
    version: 8.4.7
    subnets: data
    security_groups: public-ec2-sg
    logs: general
    database: shop
    replicas: {database-1-replica: {}}
launch_templates: {lab-template: {}}
auto_scaling_groups:
  lab-asg: {launch_template: lab-template, subnets: app, size: {min: 1, max: 2}, scaling: {cpu: 50%}}
notifications: {lab-alerts: {email: ops@example.com}}
websites: {site: {content: site}}
resources: {RawQueue: {Type: AWS::SQS::Queue}}
"""

IDS = """\
AppA                    subnet             AppASubnet AppARouteTable AppARouteTableAssociation
AppC                    subnet             AppCSubnet AppCRouteTable AppCRouteTableAssociation
DataA                   subnet             DataASubnet DataARouteTable DataARouteTableAssociation
DataC                   subnet             DataCSubnet DataCRouteTable DataCRouteTableAssociation
PublicA                 subnet             PublicASubnet PublicARouteTable PublicAToInternet
                        subnet             PublicARouteTableAssociation
PublicC                 subnet             PublicCSubnet PublicCRouteTable PublicCToInternet
                        subnet             PublicCRouteTableAssociation
lab-vpc                 vpc                LabVpc
lab-vpc-igw             internet_gateway   LabVpcIgwInternetGateway LabVpcIgwAttachment
public-subnet-a1        subnet             PublicSubnetA1Subnet PublicSubnetA1RouteTableAssociation
nat-gateway-a1          nat_gateway        NatGatewayA1NatGateway NatGatewayA1Eip
public-subnet-rt        route_table        PublicSubnetRtRouteTable PublicSubnetRtToInternet
                        route_table        PublicSubnetRtTo192x0x2x0x24
public-ec2-sg           security_group     PublicEc2SgSecurityGroup PublicEc2SgHttpIngress PublicEc2SgMysqlEgress
two sources             rules              PublicEc2SgSshFromLabVpcIngress PublicEc2SgSshFromSelfIngress
renamed (old-sg, http)  was                OldSgSecurityGroup OldSgHttpIngress
office                  key_pair           OfficeKeyPair
worker                  role               WorkerRole WorkerInstanceProfile
public-ec2-a1           instance           PublicEc2A1Instance PublicEc2A1LaunchTemplate PublicEc2A1Role
what it brings along    instance           PublicEc2A1InstanceProfile PublicEc2A1Eip PublicEc2A1EipAssociation
its own group           instance           PublicEc2A1SecurityGroup PublicEc2A1HttpIngress
web-instance            kind in the name   WebInstance WebInstanceLaunchTemplate WebInstanceRole
                        kind in the name   WebInstanceInstanceProfile
moved (server)          was                ServerInstance ServerLaunchTemplate ServerRole ServerInstanceProfile
lamp-image              image              LampImage ImageMakerFunction ImageMakerRole ImageMakerLogGroup
lab-vpc-efs             file_system        LabVpcEfsFileSystem
its mount targets       file_system        LabVpcEfsMountTargetPublicA LabVpcEfsMountTargetPublicC
lab-vpc-alb-public-tg   target_group       LabVpcAlbPublicTgTargetGroup
lab-vpc-alb-public      load_balancer      LabVpcAlbPublicLoadBalancer LabVpcAlbPublicListener80
8080 (81)               was                LabVpcAlbPublicListener81
database-1              database           Database1Database Database1SubnetGroup Database1ParameterGroup
its login               database           Database1Credentials Database1CredentialsAttachment
database-1-replica      replica            Database1Replica
lab-template            launch_template    LabTemplateRole LabTemplateInstanceProfile
lab-asg                 auto_scaling_group LabAsgAutoScalingGroup LabAsgLaunchTemplate LabAsgCpuPolicy
lab-alerts              notification       LabAlertsNotification LabAlertsSubscription
site                    website            SiteBucket SiteBucketPolicy SiteDistribution SiteOriginAccessControl
its content             content            SiteContent SiteContentFunction SiteContentRole SiteContentLogGroup
what it may do          content_policy     SiteContentPolicy
RawQueue                resource           RawQueue
"""
"""What it is called in the spec, what it is, and the ids that come of it."""


def golden() -> set[str]:
    return {word for line in IDS.splitlines() for word in line[43:].split()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/index.html").write_text("hello", "utf-8")
    return tmp_path


def test_the_ids_are_those_that_users_have(folder: Path) -> None:
    """None more, none less, and none another."""
    assert set(graph_of(folder, SPEC).nodes) == golden()
    assert len(golden()) > 20


def test_the_ids_are_the_same_nested(folder: Path) -> None:
    made = build(folder, SPEC, layout="nested")
    placed = [identity for stack in made.stacks[1:] for identity in stack.template["Resources"]]
    assert sorted(placed) == sorted(golden())


def test_the_ids_do_not_depend_on_what_else_there_is(folder: Path) -> None:
    """Neither on order nor on number: taking any machine away takes its own resources and no other."""
    less = SPEC.replace("  web-instance: {subnet: public-a}\n", "")
    gone = golden() - set(graph_of(folder, less).nodes)
    assert gone == {"WebInstance", "WebInstanceLaunchTemplate", "WebInstanceRole", "WebInstanceInstanceProfile"}


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("lab-vpc", "LabVpc"),
        ("public-ec2-a1", "PublicEc2A1"),
        ("database-1", "Database1"),
        ("eip_association", "EipAssociation"),
        ("x", "X"),
    ],
)
def test_a_name_becomes_words(name: str, id: str) -> None:
    assert pascal(name) == id


@pytest.mark.parametrize(
    "spec",
    [
        "vpcs: {net: {cidr: 10.0.0.0/16}, net-vpc: {cidr: 10.1.0.0/16}}\n",
        "notifications: {a-b: {email: a@example.com}, a--b: {email: a@example.com}}\n",
        "key_pairs: {office: , desk: {was: office}}\n",
        "notifications: {a-1: {email: a@example.com}, a1: {email: a@example.com}}\n",
        "key_pairs: {office: }\nresources: {OfficeKeyPair: {Type: AWS::SQS::Queue}}\n",
    ],
)
def test_two_things_never_get_one_id(tmp_path: Path, spec: str) -> None:
    assert messages(build(tmp_path, spec))


def test_addresses_that_read_alike_have_ids_of_their_own(tmp_path: Path) -> None:
    spec = """\
    vpcs: {net: {cidr: 10.0.0.0/16}}
    security_groups: {web: {ingress: {http: {port: 80, from: [192.0.2.0/24, 19.20.2.0/24]}}}}
    """
    ids = set(graph_of(tmp_path, spec).nodes)
    assert {"WebHttpFrom192x0x2x0x24Ingress", "WebHttpFrom19x20x2x0x24Ingress"} <= ids
