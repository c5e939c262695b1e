"""What AWS assumes where a property is not said, and which values are the same to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import ip_network
from typing import Any, Final

from labspec import schema
from labspec.diagnostic import Path
from labspec.diff.canonical import Reader, same
from labspec.template import Joined

DEFAULTS: Final[Mapping[str, Mapping[str, str]]] = {
    "AWS::AutoScaling::AutoScalingGroup": {
        "Cooldown": "300",
        "DesiredCapacityType": "units",
        "HealthCheckGracePeriod": "0",
        "HealthCheckType": "EC2",
    },
    "AWS::AutoScaling::ScalingPolicy": {
        "PolicyType": "SimpleScaling",
        "TargetTrackingConfiguration.DisableScaleIn": "false",
    },
    "AWS::CloudWatch::Alarm": {"ActionsEnabled": "true", "TreatMissingData": "missing"},
    "AWS::EC2::Instance": {
        "DisableApiTermination": "false",
        "EbsOptimized": "false",
        "SourceDestCheck": "true",
        "Tenancy": "default",
    },
    "AWS::EC2::KeyPair": {"KeyFormat": "pem", "KeyType": "rsa"},
    "AWS::EC2::NatGateway": {"ConnectivityType": "public", "MaxDrainDurationSeconds": "350"},
    "AWS::EC2::NetworkAclEntry": {"Egress": "false"},
    "AWS::EC2::Subnet": {"AssignIpv6AddressOnCreation": "false", "MapPublicIpOnLaunch": "false"},
    "AWS::EC2::Volume": {"Throughput": "125"},
    "AWS::EC2::VPC": {"EnableDnsHostnames": "false", "EnableDnsSupport": "true", "InstanceTenancy": "default"},
    "AWS::EC2::VPCEndpoint": {"PrivateDnsEnabled": "false", "VpcEndpointType": "Gateway"},
    "AWS::EFS::FileSystem": {
        "BypassPolicyLockoutSafetyCheck": "false",
        "PerformanceMode": "generalPurpose",
        "ThroughputMode": "bursting",
    },
    "AWS::ElasticLoadBalancingV2::LoadBalancer": {
        "Scheme": "internet-facing",
        "Type": "application",
    },
    "AWS::ElasticLoadBalancingV2::TargetGroup": {"IpAddressType": "ipv4", "TargetType": "instance"},
    "AWS::IAM::InstanceProfile": {"Path": "/"},
    "AWS::IAM::ManagedPolicy": {"Path": "/"},
    "AWS::IAM::Role": {"MaxSessionDuration": "3600", "Path": "/"},
    "AWS::Lambda::Function": {
        "EphemeralStorage.Size": "512",
        "MemorySize": "128",
        "Timeout": "3",
    },
    "AWS::RDS::DBInstance": {
        "AutoMinorVersionUpgrade": "true",
        "CopyTagsToSnapshot": "false",
        "DeleteAutomatedBackups": "true",
        "DeletionProtection": "false",
        "EnableIAMDatabaseAuthentication": "false",
        "MonitoringInterval": "0",
        "PromotionTier": "1",
        "StorageEncrypted": "false",
    },
    "AWS::SNS::Topic": {"ContentBasedDeduplication": "false", "SignatureVersion": "1"},
    "AWS::SNS::Subscription": {"FilterPolicyScope": "MessageAttributes"},
    "AWS::SQS::Queue": {
        "DelaySeconds": "0",
        "KmsDataKeyReusePeriodSeconds": "300",
        "MaximumMessageSize": "262144",
        "MessageRetentionPeriod": "345600",
        "ReceiveMessageWaitTimeSeconds": "0",
        "VisibilityTimeout": "30",
    },
    "AWS::SSM::Association": {"SyncCompliance": "AUTO"},
    "AWS::SSM::Document": {"DocumentFormat": "JSON", "UpdateMethod": "Replace"},
    "AWS::SSM::Parameter": {"DataType": "text"},
}
"""By type and property, where each type's page of the CloudFormation template reference says it; schemas say others."""

_PLAIN = Reader(Joined("", {}, {}, {}, {}, {}, {}, {}, {}, {}, ()))


def is_default(kind: str, place: Path, value: Any, region: str) -> bool:
    """Whether a value is what AWS assumes where it is absent. What is empty says nothing."""
    if value in ([], {}):
        return True
    said = DEFAULTS.get(kind, {}).get(".".join(str(step) for step in place))
    if said is not None:
        return bool(value == said)
    default = schema.default_at(kind, place, region)
    if default is not None:
        return same(value, _PLAIN.read(default))
    if isinstance(value, dict):
        return all(is_default(kind, (*place, name), inner, region) for name, inner in value.items())
    return False


def is_same_to_aws(kind: str, place: Path, before: Any, after: Any, region: str) -> bool:
    """Whether the service makes the same of two texts (`propertyTransform` of the schemas, as far as it is simple)."""
    updates = schema.updates(kind, region)
    if updates is None or not isinstance(before, str) or not isinstance(after, str):
        return False
    steps = tuple("*" if isinstance(step, int) else step for step in place)
    transform = updates.transforms.get(steps)
    made = next(
        (make for starts, make in TRANSFORMS if isinstance(transform, str) and transform.startswith(starts)), None
    )
    return made is not None and made(before) == made(after)


def _protocol(name: str) -> str:
    return {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}.get(name, name.lower())


def _network(block: str) -> str:
    try:
        return str(ip_network(block, strict=False))
    except ValueError:
        return block


TRANSFORMS: Final[tuple[tuple[str, Callable[[str], str]], ...]] = (
    ("$lowercase(", str.lower),
    ("$uppercase(", str.lower),
    ("($mapVal := $lookup({'1': 'icmp','6': 'tcp','17': 'udp','58': 'icmpv6'}, IpProtocol);$mapVal ?", _protocol),
    ("CidrBlock~>", _network),
    ("$join([PublicKeyMaterial", str.rstrip),
)
"""How JSONata begins that is understood, and what it does."""
