"""Mistakes that a compiler of templates can make, as changes of what was built. Who sees them: docs/emulation.md."""

from __future__ import annotations

from typing import NamedTuple

from tests.mutants.edits import Edit, attribute, both, drop, put, rename, reword

FULL = "specs/full.yaml"
WEBSITE = "tests/golden/private_website_signed_by_cloudfront/spec.yaml"
EGRESS = "tests/golden/member_brings_its_group/spec.yaml"


class Mutant(NamedTuple):
    """A mistake, in words, and of which build."""

    what: str
    edit: Edit
    case: str = FULL
    layout: str = "nested"


NET, SECURITY, DATA = "network/Resources", "security/Resources", "database/Resources"
VPC, GROUP = f"{NET}/LabVpc", "scaling/Resources/LabAsgAutoScalingGroup/Properties"
PRIMARY, COPY = f"{DATA}/Database1Database", f"{DATA}/Database1Replica"
FILES = "storage/Resources/LabVpcEfsFileSystem/Properties"
TARGETS = "balancing/Resources/LabVpcAlbAsgTgTargetGroup/Properties"
LAUNCH = "scaling/Resources/LabAsgLaunchTemplate/Properties/LaunchTemplateData"
SCRIPT = f"{LAUNCH}/UserData/Fn::Base64/Fn::Sub/0"
BUCKET = "website/Resources/LabS3WebHostingBucket"
CDN = "website/Resources/LabS3WebHostingDistribution/Properties/DistributionConfig"
STACKS = "root/Resources"
STORAGE, DATABASE = f"{STACKS}/StorageStack/Properties", f"{STACKS}/DatabaseStack/Properties"
FLAT = "flat/Resources"
OTHER = "https://${TemplateBucket}.s3.${AWS::Region}.${AWS::URLSuffix}/${TemplateFolder}/0123456789abcdef/storage.yaml"
SUBNETS = "PrivateSubnetA2SubnetId"

TYPES = {
    "M01": Mutant("a typo in a resource type", put(f"{VPC}/Type", "AWS::EC2::VCP")),
    "M02": Mutant("a typo in a property", rename(f"{FILES}/Encrypted", "Encryptd")),
    "M03": Mutant("a word that is not in a property's list", put(f"{FILES}/ThroughputMode", "stretching")),
    "M04": Mutant("an unknown field of a launch template's data", put(f"{LAUNCH}/ImageName", "web")),
    "M05": Mutant(
        "a group whose MaxSize is below its MinSize", both(put(f"{GROUP}/MinSize", "3"), put(f"{GROUP}/MaxSize", "1"))
    ),
    "M06": Mutant("a target group with a protocol that there is not", put(f"{TARGETS}/Protocol", "HTPP")),
    "M07": Mutant("a required property is missing", drop(f"{NET}/PublicSubnetRtToInternet/Properties/RouteTableId")),
    "M08": Mutant(
        "an attribute that there is not",
        put("database/Outputs/Database1ReplicaEndpointAddress/Value", attribute("Database1Replica.Endpoint.Host")),
    ),
    "M09": Mutant("a `Ref` to nothing", put(f"{NET}/LabVpcIgwAttachment/Properties/VpcId", {"Ref": "LabVpcs"})),
    "M10": Mutant("`${HOME}` not escaped in user data", reword(SCRIPT, "set -eu\n", "set -eu\ncd ${HOME}\n")),
}
"""What a template says for itself."""

BETWEEN = {
    "M11": Mutant("an output that a sibling needs is missing", drop(f"network/Outputs/{SUBNETS}")),
    "M12": Mutant(
        "a parameter of a nested stack by another name",
        rename(f"{STORAGE}/Parameters/PublicSubnetA1SubnetId", "SubnetId"),
    ),
    "M13": Mutant("a parameter of a nested stack is missing", drop(f"{STORAGE}/Parameters/PublicSubnetA1SubnetId")),
    "M14": Mutant(
        "a value that a nested stack's parameter does not allow",
        put("database/Parameters/ReplicaZone/AllowedValues", ["a", "b"]),
    ),
    "M15": Mutant("a `TemplateURL` of no file", reword(f"{STORAGE}/TemplateURL/Fn::Sub", "storage.yaml", "files.yaml")),
    "M16": Mutant("one parameter of a nested stack too many", put(f"{STORAGE}/Parameters/Extra", "1")),
    "M17": Mutant(
        "nested stacks that wait for one another",
        both(
            put("network/Parameters", {"AdminGroup": {"Type": "String"}}),
            put(
                f"{STACKS}/NetworkStack/Properties/Parameters",
                {"AdminGroup": attribute("SecurityStack.Outputs.PublicEc2SgSecurityGroupId")},
            ),
        ),
    ),
    "M18": Mutant(
        "a resource that waits for itself", put(f"{NET}/LabVpcIgwAttachment/DependsOn", ["LabVpcIgwAttachment"])
    ),
    "M19": Mutant(
        "a security group passed where a subnet is expected",
        put(f"{DATABASE}/Parameters/{SUBNETS}", attribute("SecurityStack.Outputs.LabVpcRdsSgSecurityGroupId")),
    ),
    "M20": Mutant("a subnet outside its VPC", put(f"{NET}/PrivateSubnetA2Subnet/Properties/CidrBlock", "10.9.5.0/24")),
    "M21": Mutant(
        "subnets that share addresses", put(f"{NET}/PrivateSubnetA2Subnet/Properties/CidrBlock", "10.1.3.0/24")
    ),
    "M22": Mutant(
        "a database's subnets in one zone",
        put(f"{NET}/PrivateSubnetC2Subnet/Properties/AvailabilityZone", {"Fn::Sub": "${AWS::Region}a"}),
    ),
    "M23": Mutant("a zone written out", put(f"{NET}/PrivateSubnetC2Subnet/Properties/AvailabilityZone", "us-east-1c")),
    "M24": Mutant(
        "a private route through an internet gateway, said to be NAT",
        put(f"{NET}/PrivateSubnetA1RtToInternet/Properties/NatGatewayId", {"Ref": "LabVpcIgwInternetGateway"}),
    ),
    "M25": Mutant(
        "a default route that does not wait for the gateway's attachment",
        drop(f"{NET}/PublicSubnetRtToInternet/DependsOn"),
    ),
}
"""What one resource or stack has to do with another."""

SERVICES = {
    "M26": Mutant("a replica with a user of its own", put(f"{COPY}/Properties/MasterUsername", "admin")),
    "M27": Mutant("a replica of a database without backups", put(f"{PRIMARY}/Properties/BackupRetentionPeriod", 0)),
    "M28": Mutant("a password, and one that RDS manages", put(f"{PRIMARY}/Properties/ManageMasterUserPassword", True)),
    "M29": Mutant(
        "a distribution whose origin there is not", put(f"{CDN}/DefaultCacheBehavior/TargetOriginId", "pail")
    ),
    "M30": Mutant(
        "a rule from a port to a lower one", put(f"{SECURITY}/LabVpcEfsSgNfsIngress/Properties/FromPort", 2050)
    ),
    "M31": Mutant("SSH open to the world", put(f"{SECURITY}/PublicEc2SgSshIngress/Properties/CidrIp", "0.0.0.0/0")),
    "M32": Mutant(
        "an action that IAM does not know",
        put(
            "scaling/Resources/LabTemplateRole/Properties/Policies/0/PolicyDocument/Statement/1/Action",
            ["secretsmanager:ReadSecret"],
        ),
    ),
    "M33": Mutant("a VPC that stays when its stack goes", put(f"{VPC}/DeletionPolicy", "Retain")),
    "M34": Mutant(
        "a protected database, so that its stack cannot go", put(f"{PRIMARY}/Properties/DeletionProtection", True)
    ),
}
"""What only a service refuses, or not even that."""

OURS = {
    "M35": Mutant("a NAT gateway that does not wait for its route", drop(f"{NET}/NatGatewayA1NatGateway/DependsOn")),
    "M36": Mutant(
        "a database that does not say what becomes of it",
        both(drop(f"{PRIMARY}/DeletionPolicy"), drop(f"{PRIMARY}/UpdateReplacePolicy")),
    ),
    "M37": Mutant(
        "a database open to the world", put(f"{SECURITY}/LabVpcRdsSgMysqlIngress/Properties/CidrIp", "0.0.0.0/0")
    ),
    "M38": Mutant(
        "a parameter filled by another output of the same type",
        put(f"{DATABASE}/Parameters/{SUBNETS}", attribute("NetworkStack.Outputs.PrivateSubnetA1SubnetId")),
    ),
    "M39": Mutant(
        "user data that signals for another resource",
        reword(SCRIPT, "--resource LabAsgAutoScalingGroup", "--resource LabAsgGroup"),
    ),
    "M40": Mutant("a launch template's version pinned", put(f"{GROUP}/LaunchTemplate/Version", "1")),
    "M41": Mutant("a public database in private subnets", put(f"{PRIMARY}/Properties/PubliclyAccessible", True)),
    "M42": Mutant(
        "a bucket policy that does not ask for TLS",
        drop("website/Resources/DocsBucketPolicy/Properties/PolicyDocument/Statement/1"),
        WEBSITE,
    ),
    "M43": Mutant(
        "a group with rules for what goes out that lets everything out",
        drop(f"{SECURITY}/ServerSecurityGroup/Properties/SecurityGroupEgress"),
        EGRESS,
    ),
    "M44": Mutant(
        "the `TemplateURL` of a sibling",
        reword(f"{STACKS}/WatchingStack/Properties/TemplateURL/Fn::Sub", "watching.yaml", "network.yaml"),
    ),
    "M45": Mutant("a `TemplateURL` of another build", put(f"{STORAGE}/TemplateURL/Fn::Sub", OTHER)),
    "M46": Mutant(
        "an output that is of another resource",
        put(f"network/Outputs/{SUBNETS}/Value", {"Ref": "PrivateSubnetA1Subnet"}),
    ),
    "M47": Mutant("a replica that would leave a snapshot", put(f"{COPY}/DeletionPolicy", "Snapshot")),
    "M48": Mutant(
        "a private machine that does not wait for NAT", drop(f"{FLAT}/PrivateEc2A1Instance/DependsOn"), FULL, "flat"
    ),
    "M49": Mutant(
        "a machine that does not wait for the file system it mounts",
        drop(f"{FLAT}/PublicEc2A1Instance/DependsOn/0"),
        FULL,
        "flat",
    ),
    "M50": Mutant(
        "an elastic address that does not wait for the gateway", drop(f"{FLAT}/PublicEc2A1Eip/DependsOn"), FULL, "flat"
    ),
    "M51": Mutant(
        "a load balancer that does not wait for its routes",
        put(f"{FLAT}/LabVpcAlbPublicLoadBalancer/DependsOn", ["LabVpcIgwAttachment"]),
        FULL,
        "flat",
    ),
}
"""What would not deploy, would lose data or would open a port in labspec's lab."""

MUTANTS = TYPES | BETWEEN | SERVICES | OURS
