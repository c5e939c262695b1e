"""AWS's quotas: how many of something an account may have by default, each with the page that says so.

A default is what an account has whose owner asked for nothing else; Service Quotas knows what it has. What no page of
AWS was found to say has no number here.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Quota(NamedTuple):
    """How many of something there may be by default, and in what.

    `most` is None where that is not known, or where AWS sets no quota. `holder` is a sentence with a place for the
    number, `per` what is counted for itself (`region`, `account`, or whatever holds them). `service` and `code` are
    those of Service Quotas, where it has the quota; what is `fixed` is never raised.
    """

    most: int | None
    noun: str
    holder: str
    source: str = ""
    per: str = "region"
    service: str = ""
    code: str = ""
    fixed: bool = False


REGION = "an account has {} in a region"
ACL = "a network ACL has {} (with the default deny)"
VPC_PAGE = "Amazon VPC quotas"
BALANCER_PAGE = "Quotas for your Application Load Balancers"
DATABASE_PAGE = "Quotas and constraints for Amazon RDS"
REPLICAS_PAGE = "CreateDBInstanceReadReplica, Amazon RDS API Reference"
FILES_PAGE = "Amazon EFS quotas"
MACHINES_PAGE = "On-Demand Instance quotas"
SCALING_PAGE = "Quotas for Amazon EC2 Auto Scaling"
STACKS_PAGE = "Understand CloudFormation quotas"
IAM_PAGE = "IAM and AWS STS quotas"


def _vpc(most: int, noun: str, holder: str, code: str, per: str = "region") -> Quota:
    return Quota(most, noun, holder, VPC_PAGE, per, "vpc", code)


VPCS: Final = _vpc(5, "VPCs", REGION, "L-F678F1CE")  # the default VPC is one of them
GATEWAYS: Final = _vpc(5, "internet gateways", REGION, "L-A4707A72")
EGRESS_GATEWAYS: Final = _vpc(5, "egress-only internet gateways", REGION, "L-45FE3B85")
ADDRESSES: Final = Quota(5, "elastic addresses", REGION, VPC_PAGE, "region", "ec2", "L-0263D0A3")
NATS: Final = _vpc(5, "NAT gateways", "a zone has {}", "L-FE5A380F", "zone")
NAT_ADDRESSES: Final = Quota(2, "elastic addresses", "a NAT gateway has {}", VPC_PAGE, "NAT gateway")  # 8 at most
SUBNETS: Final = _vpc(200, "subnets", "a VPC has {}", "L-407747CB", "VPC")
ROUTE_TABLES: Final = _vpc(200, "route tables", "a VPC has {}", "L-589F43AA", "VPC")  # with the main one
ROUTES: Final = _vpc(500, "routes", "a route table has {}", "L-93826ACB", "route table")
ACLS: Final = _vpc(200, "network ACLs", "a VPC has {}", "L-B4A6D682", "VPC")
ACL_ENTERING: Final = _vpc(20, "inbound ACL rules", ACL, "L-2AEEBF1A", "network ACL")
ACL_LEAVING: Final = _vpc(20, "outbound ACL rules", ACL, "L-2AEEBF1A", "network ACL")
SECURITY_GROUPS: Final = _vpc(2_500, "security groups", REGION, "L-E79EC296")
ENTERING: Final = _vpc(60, "inbound rules", "a security group has {}", "L-0EA8095F", "security group")
LEAVING: Final = _vpc(60, "outbound rules", "a security group has {}", "L-0EA8095F", "security group")
# Of groups around an interface, 16 at most.
GROUPS: Final = _vpc(
    5, "security groups", "a network interface has {}", "L-2AFB9258", "network interface"
)  # 16 at most
GATEWAY_ENDPOINTS: Final = _vpc(20, "gateway endpoints", REGION, "L-1B52E74A")
INTERFACE_ENDPOINTS: Final = _vpc(50, "interface endpoints", "a VPC has {}", "L-29B6F2EB", "VPC")
KEY_PAIRS: Final = Quota(5_000, "key pairs", REGION, "CreateKeyPair, Amazon EC2 API Reference")


def _vcpus(most: int, family: str, code: str) -> Quota:
    return Quota(most, f"vCPUs of {family} instances", REGION, MACHINES_PAGE, "region", "ec2", code)


VCPUS: Final = {
    "standard": _vcpus(5, "standard", "L-1216C47A"),
    "DL": _vcpus(0, "DL", "L-6E869C2A"),
    "F": _vcpus(0, "F", "L-74FC7D96"),
    "G": _vcpus(0, "G and VT", "L-DB2E81BA"),
    "HPC": _vcpus(0, "HPC", "L-F7808C92"),
    "high memory": _vcpus(0, "high memory", "L-43DA4232"),
    "Inf": _vcpus(0, "Inf", "L-1945791B"),
    "P": _vcpus(0, "P", "L-417A185B"),
    "Trn": _vcpus(0, "Trn", "L-2C3B7624"),
    "X": _vcpus(0, "X", "L-7295265B"),
}
"""Of the instances that run on demand, by the families that share a quota. AWS raises them by itself as they are used,
and gives some new accounts less."""

GROUPS_OF_MACHINES: Final = Quota(
    500, "Auto Scaling groups", REGION, SCALING_PAGE, "region", "autoscaling", "L-CDE20ADC"
)
LAUNCH_CONFIGURATIONS: Final = Quota(
    200, "launch configurations", REGION, SCALING_PAGE, "region", "autoscaling", "L-6B80B8FA"
)


def _balancer(most: int, noun: str, holder: str, code: str = "", per: str = "region", *, fixed: bool = False) -> Quota:
    return Quota(most, noun, holder, BALANCER_PAGE, per, "elasticloadbalancing" if code else "", code, fixed)


BALANCERS: Final = _balancer(50, "load balancers", REGION, "L-53DA6B97")
NETWORK_BALANCERS: Final = Quota(
    50,
    "network load balancers",
    REGION,
    "Quotas for your Network Load Balancers",
    "region",
    "elasticloadbalancing",
    "L-69A177A2",
)
TARGET_GROUPS: Final = _balancer(3_000, "target groups", REGION, "L-B22855CB")
LISTENERS: Final = _balancer(50, "listeners", "a load balancer has {}", "L-B6DF7632", "load balancer")
LISTENER_RULES: Final = _balancer(100, "listener rules", "a load balancer has {}", "L-7EED9B64", "load balancer")
TARGETS: Final = _balancer(1_000, "targets", "a target group has {}", "L-A0D0B863", "target group")


def _database(most: int, noun: str, code: str = "", holder: str = REGION, per: str = "region") -> Quota:
    return Quota(most, noun, holder, DATABASE_PAGE, per, "rds" if code else "", code, not code)


DATABASES: Final = _database(40, "databases", "L-7B6409FD")  # 20 in ap-south-1
CLUSTERS: Final = _database(40, "database clusters", "L-952B80B8")
DATABASE_STORAGE: Final = _database(100_000, "GB of database storage", "L-7ADDB58A")
REPLICAS: Final = _database(15, "read replicas", "L-5BC124EF", "a database has {}", "database")
FEWER_REPLICAS: Final = {
    "db2": Quota(3, "read replicas", "a Db2 database has {}", REPLICAS_PAGE, "database", fixed=True),
    "oracle": Quota(5, "read replicas", "an Oracle database has {}", REPLICAS_PAGE, "database", fixed=True),
    "sqlserver": Quota(5, "read replicas", "an SQL Server database has {}", REPLICAS_PAGE, "database", fixed=True),
}
"""Of engines that take fewer, by what the names of their editions begin with."""
SUBNET_GROUPS: Final = _database(50, "database subnet groups", "L-48C6BF61")  # 20 in ap-south-1
PARAMETER_GROUPS: Final = _database(50, "database parameter groups", "L-DE55804A")  # 20 in ap-south-1
CLUSTER_PARAMETER_GROUPS: Final = _database(50, "cluster parameter groups", "L-E4C808A8")
OPTION_GROUPS: Final = _database(20, "option groups", "L-9FA33840")
PROXIES: Final = _database(20, "database proxies", "L-D94C7EA3")
GROUPED_SUBNETS: Final = _database(20, "subnets", "", "a database subnet group has {}", "database subnet group")

FILE_SYSTEMS: Final = Quota(1_000, "file systems", REGION, FILES_PAGE, "region", "elasticfilesystem", "L-848C634D")
MOUNT_TARGETS: Final = Quota(1_400, "mount targets", "a VPC has {}", FILES_PAGE, "VPC", fixed=True)
ZONE_TARGETS: Final = Quota(
    1, "mount targets in a zone", "a file system has {} in a zone", FILES_PAGE, "file system and zone", fixed=True
)
BUCKETS: Final = Quota(
    10_000, "buckets", "an account has {}", "Creating a general purpose bucket", "account", "s3", "L-DC2B2D3D"
)
DISTRIBUTIONS: Final = Quota(
    500,
    "CloudFront distributions",
    "an account has {}",
    "Quotas, Amazon CloudFront Developer Guide",
    "account",
    "cloudfront",
    "L-24B04930",
)
FUNCTIONS: Final = Quota(None, "Lambda functions", REGION)  # no quota: their code has one together, and so their calls
ROLES: Final = Quota(1_000, "roles", "an account has {}", IAM_PAGE, "account", "iam", "L-FE177D64")
PROFILES: Final = Quota(1_000, "instance profiles", "an account has {}", IAM_PAGE, "account", "iam", "L-6E65F664")
POLICIES: Final = Quota(1_500, "managed policies", "an account has {}", IAM_PAGE, "account", "iam", "L-E95E4862")
TOPICS: Final = Quota(100_000, "standard topics", REGION, "CreateTopic, Amazon SNS API Reference")
FIFO_TOPICS: Final = Quota(1_000, "FIFO topics", REGION, "CreateTopic, Amazon SNS API Reference")
SECRETS: Final = Quota(None, "secrets", REGION)  # AWS has one, and its page was not found
LOG_GROUPS: Final = Quota(1_000_000, "log groups", REGION, "CreateLogGroup, Amazon CloudWatch Logs API Reference")

STACKS: Final = Quota(2_000, "stacks", REGION, STACKS_PAGE, "region", "cloudformation", "L-0485CB21")


def _template(most: int, noun: str, holder: str = "a template has {}", per: str = "template") -> Quota:
    return Quota(most, noun, holder, STACKS_PAGE, per, fixed=True)


RESOURCES: Final = _template(500, "resources")
PARAMETERS: Final = _template(200, "parameters")
OUTPUTS: Final = _template(200, "outputs")
MAPPINGS: Final = _template(200, "mappings")
DYNAMIC_REFERENCES: Final = _template(60, "dynamic references")
OPERATION: Final = _template(
    2_500, "resources in one operation", "a nested stack creates {} in one operation", "operation"
)
