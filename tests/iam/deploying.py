"""Stacks made by calls of the services themselves, one by one, as CloudFormation's handlers make them.

moto makes the resources of a stack without asking whether its user may; calls it does check. So the resources of joined
stacks are made here, in their order, by whoever `client` calls as. What moto has not, or makes only with what is not at
hand (images, a container for functions), is left out and named.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from labspec.template import Joined, Resource
from labspec.template.intrinsics import call

Made = dict[str, str]
"""What a resource is called: its `Ref`, and its attributes."""
Client = Callable[[str], Any]
Maker = Callable[[Client, str, dict[str, Any]], Made]
ORDER = (
    *(
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Role",
        "AWS::IAM::InstanceProfile",
        "AWS::EC2::VPC",
        "AWS::EC2::InternetGateway",
    ),
    *("AWS::EC2::VPCGatewayAttachment", "AWS::EC2::Subnet", "AWS::EC2::EIP", "AWS::EC2::NatGateway"),
    *("AWS::EC2::RouteTable", "AWS::EC2::Route", "AWS::EC2::SubnetRouteTableAssociation"),
    *("AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress", "AWS::EC2::KeyPair", "AWS::Logs::LogGroup"),
    *("AWS::EC2::LaunchTemplate", "AWS::EC2::Instance", "AWS::EC2::EIPAssociation"),
    *("AWS::EFS::FileSystem", "AWS::EFS::MountTarget", "AWS::ElasticLoadBalancingV2::TargetGroup"),
    *("AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::ElasticLoadBalancingV2::Listener"),
    *("AWS::SecretsManager::Secret", "AWS::RDS::DBSubnetGroup", "AWS::RDS::DBParameterGroup", "AWS::RDS::DBInstance"),
    *("AWS::S3::Bucket", "AWS::S3::BucketPolicy", "AWS::CloudFront::Distribution", "AWS::Lambda::Function"),
    *("AWS::SNS::Topic", "AWS::SSM::Document", "AWS::AutoScaling::AutoScalingGroup", "AWS::AutoScaling::ScalingPolicy"),
)
"""The types that are made, each after those that it needs."""
ANY_POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}'
IMAGE = "ami-12c6146b"
"""An image that moto has."""


def deploy(joined: Joined, client: Client) -> tuple[dict[str, Made], list[str]]:
    """Make what can be made: what it is called by its address, and the types that were left out."""
    made: dict[str, Made] = {}
    for kind in ORDER:
        for resource in _in_order(joined, kind):
            properties = {key: filled(value, made) for key, value in resource.properties.items()}
            made[resource.address] = MAKERS[kind](client, resource.id, properties)
    there = {each.type for each in joined.resources.values() if each.condition is not False}
    return made, sorted(there - set(ORDER))


def _in_order(joined: Joined, kind: str) -> Iterator[Resource]:
    found = [each for each in joined.resources.values() if each.type == kind and each.condition is not False]
    yield from sorted(found, key=lambda each: len(joined.after(each.address)))


def filled(value: Any, made: Mapping[str, Made]) -> Any:
    """A value with what it refers to."""
    if isinstance(value, list):
        return [filled(each, made) for each in value]
    if not isinstance(value, Mapping):
        return value
    name, argument = call(value)
    return CALLS[name](argument, made) if name else {key: filled(inner, made) for key, inner in value.items()}


def _reference(name: str, made: Mapping[str, Made]) -> str:
    return made.get(name, {}).get("Ref", PSEUDO.get(name, "lab"))


def _attribute(argument: list[str], made: Mapping[str, Made]) -> str:
    name, attribute = argument
    return made.get(name, {}).get(attribute, f"{name}.{attribute}")


def _substitution(argument: list[Any], made: Mapping[str, Made]) -> str:
    text, names = argument
    for name, inner in names.items():
        text = text.replace(f"${{{name}}}", str(filled(inner, made)))
    return str(text)


CALLS: dict[str, Callable[[Any, Mapping[str, Made]], Any]] = {
    "Fn::Base64": filled,
    "Fn::GetAtt": _attribute,
    "Fn::If": lambda argument, made: filled(argument[1], made),
    "Fn::Join": lambda argument, made: argument[0].join(str(filled(part, made)) for part in argument[1]),
    "Fn::Select": lambda _, __: "lab.example.com",
    "Fn::Sub": _substitution,
    "Ref": _reference,
}
PSEUDO = {"AWS::StackName": "lab", "AWS::Partition": "aws", "AWS::AccountId": "123456789012"}


def _only(properties: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: properties[name] for name in names if name in properties}


def _tagged(kind: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    tags = properties.get("Tags")
    return {"TagSpecifications": [{"ResourceType": kind, "Tags": tags}]} if tags else {}


def _ec2(operation: str, answer: str, key: str, tagged: str, *names: str) -> Maker:
    def make(client: Client, _: str, properties: dict[str, Any]) -> Made:
        asked = {**_only(properties, *names), **(_tagged(tagged, properties) if tagged else {})}
        said = getattr(client("ec2"), operation)(**asked)
        said = said.get(answer, said)
        return {"Ref": str(said.get(key, "")), **{name: str(value) for name, value in said.items()}}

    return make


def _role(client: Client, name: str, properties: dict[str, Any]) -> Made:
    iam, called = client("iam"), f"lab-{name}-1A2B3C"
    document = json.dumps(properties["AssumeRolePolicyDocument"])
    said = iam.create_role(RoleName=called, AssumeRolePolicyDocument=document)["Role"]
    for policy in properties.get("Policies", ()):
        iam.put_role_policy(RoleName=called, PolicyName=policy["PolicyName"], PolicyDocument=ANY_POLICY)
    for arn in properties.get("ManagedPolicyArns", ()):
        iam.attach_role_policy(RoleName=called, PolicyArn=arn)
    return {"Ref": called, "Arn": said["Arn"]}


def _policy(client: Client, name: str, _: dict[str, Any]) -> Made:
    said = client("iam").create_policy(PolicyName=f"lab-{name}-1A2B3C", PolicyDocument=ANY_POLICY)
    return {"Ref": said["Policy"]["Arn"]}


def _profile(client: Client, name: str, properties: dict[str, Any]) -> Made:
    iam, called = client("iam"), f"lab-{name}-1A2B3C"
    said = iam.create_instance_profile(InstanceProfileName=called)["InstanceProfile"]
    for role in properties["Roles"]:
        iam.add_role_to_instance_profile(InstanceProfileName=called, RoleName=role)
    return {"Ref": called, "Arn": said["Arn"]}


def _vpc(client: Client, name: str, properties: dict[str, Any]) -> Made:
    made = _ec2("create_vpc", "Vpc", "VpcId", "vpc", "CidrBlock")(client, name, properties)
    client("ec2").modify_vpc_attribute(VpcId=made["Ref"], EnableDnsHostnames={"Value": True})
    return made


def _group(client: Client, name: str, properties: dict[str, Any]) -> Made:
    asked = {"GroupName": f"lab-{name}-1A2B3C", "Description": properties["GroupDescription"]}
    said = client("ec2").create_security_group(**asked, VpcId=properties["VpcId"])
    return {"Ref": said["GroupId"], "GroupId": said["GroupId"]}


def _ingress(client: Client, name: str, properties: dict[str, Any]) -> Made:
    ranges = {"IpRanges": [{"CidrIp": f"10.{zlib.crc32(name.encode()) % 256}.0.0/16"}]}
    permission = {**_only(properties, "IpProtocol", "FromPort", "ToPort"), **ranges}
    client("ec2").authorize_security_group_ingress(GroupId=properties["GroupId"], IpPermissions=[permission])
    return {"Ref": ""}


def _instance(client: Client, _: str, properties: dict[str, Any]) -> Made:
    asked = {"ImageId": IMAGE, "MinCount": 1, "MaxCount": 1, **_tagged("instance", properties)}
    said = client("ec2").run_instances(**asked, IamInstanceProfile={"Name": properties["IamInstanceProfile"]})
    return {"Ref": said["Instances"][0]["InstanceId"]}


def _template(client: Client, name: str, _: dict[str, Any]) -> Made:
    asked = {"LaunchTemplateName": f"lab-{name}", "LaunchTemplateData": {"ImageId": IMAGE, "InstanceType": "t3.micro"}}
    said = client("ec2").create_launch_template(**asked)["LaunchTemplate"]
    return {"Ref": said["LaunchTemplateId"], "LatestVersionNumber": "1"}


def _files(client: Client, _: str, properties: dict[str, Any]) -> Made:
    efs = client("efs")
    asked = _only(properties, "Encrypted", "PerformanceMode", "ThroughputMode")
    said = efs.create_file_system(**asked, Tags=properties.get("FileSystemTags", []))
    efs.put_lifecycle_configuration(
        FileSystemId=said["FileSystemId"], LifecyclePolicies=properties.get("LifecyclePolicies", [])
    )
    return {"Ref": said["FileSystemId"]}


def _mount(client: Client, _: str, properties: dict[str, Any]) -> Made:
    return {"Ref": client("efs").create_mount_target(**properties)["MountTargetId"]}


def _elb(operation: str, answer: str, key: str, named: bool, *names: str) -> Maker:
    def make(client: Client, name: str, properties: dict[str, Any]) -> Made:
        asked = {**({"Name": name[-30:]} if named else {}), **_only(properties, *names, "Tags")}
        said = getattr(client("elbv2"), operation)(**asked)[answer][0]
        return {"Ref": said[key]}

    return make


def _rds(operation: str, key: str, *names: str) -> Maker:
    def make(client: Client, name: str, properties: dict[str, Any]) -> Made:
        asked = {key: f"lab-{name.lower()}-1a2b3c", **_only(properties, *names, "Tags")}
        if "MasterUserPassword" in asked:
            asked["MasterUserPassword"] = "x" * 12
        getattr(client("rds"), operation)(**asked)
        return {"Ref": asked[key], "DBInstanceArn": asked[key]}

    return make


def _database(client: Client, name: str, properties: dict[str, Any]) -> Made:
    if "SourceDBInstanceIdentifier" in properties:
        source = "SourceDBInstanceIdentifier", "DBInstanceClass"
        return _rds("create_db_instance_read_replica", "DBInstanceIdentifier", *source)(client, name, properties)
    properties["AllocatedStorage"] = 20
    names = "Engine", "DBInstanceClass", "AllocatedStorage", "MasterUsername", "MasterUserPassword", "DBSubnetGroupName"
    return _rds("create_db_instance", "DBInstanceIdentifier", *names)(client, name, properties)


def _parameters(client: Client, name: str, properties: dict[str, Any]) -> Made:
    asked = {**properties, "DBParameterGroupFamily": properties["Family"]}
    names = "Description", "DBParameterGroupFamily"
    return _rds("create_db_parameter_group", "DBParameterGroupName", *names)(client, name, asked)


def _bucket(client: Client, name: str, properties: dict[str, Any]) -> Made:
    s3, called = client("s3"), f"lab-{name.lower()}-1a2b3c"
    s3.create_bucket(Bucket=called, CreateBucketConfiguration={"LocationConstraint": "ap-northeast-2"})
    s3.put_bucket_encryption(Bucket=called, ServerSideEncryptionConfiguration=_encryption(properties))
    return {"Ref": called, "Arn": f"arn:aws:s3:::{called}"}


def _encryption(properties: Mapping[str, Any]) -> dict[str, Any]:
    rules = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    return {"Rules": [{"ApplyServerSideEncryptionByDefault": rules[0]["ServerSideEncryptionByDefault"]}]}


def _bucket_policy(client: Client, _: str, properties: dict[str, Any]) -> Made:
    document = json.dumps(properties["PolicyDocument"])
    client("s3").put_bucket_policy(Bucket=properties["Bucket"], Policy=document)
    return {"Ref": ""}


def _distribution(client: Client, _: str, properties: dict[str, Any]) -> Made:
    origin = {"Id": "bucket", "DomainName": "lab.s3.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}
    asked = {
        "CallerReference": "lab",
        "Comment": properties["DistributionConfig"]["Comment"],
        "Enabled": True,
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": {"TargetOriginId": "bucket", "ViewerProtocolPolicy": "allow-all"},
    }
    return {"Ref": client("cloudfront").create_distribution(DistributionConfig=asked)["Distribution"]["Id"]}


def _function(client: Client, name: str, properties: dict[str, Any]) -> Made:
    asked = _only(properties, "Role", "Runtime", "Handler")
    called = f"lab-{name}-1A2B3C"
    said = client("lambda").create_function(FunctionName=called, Code={"ZipFile": b""}, **asked)
    return {"Ref": called, "Arn": said["FunctionArn"]}


def _log(client: Client, name: str, properties: dict[str, Any]) -> Made:
    logs, called = client("logs"), f"lab-{name}-1A2B3C"
    logs.create_log_group(logGroupName=called)
    logs.put_retention_policy(logGroupName=called, retentionInDays=properties["RetentionInDays"])
    return {"Ref": called}


def _document(client: Client, name: str, properties: dict[str, Any]) -> Made:
    asked = {"Content": json.dumps(properties["Content"]), "DocumentType": "Command"}
    client("ssm").create_document(Name=f"lab-{name}-1A2B3C", **asked)
    return {"Ref": f"lab-{name}-1A2B3C"}


def _scaling(client: Client, name: str, properties: dict[str, Any]) -> Made:
    called = f"lab-{name}-1A2B3C"
    template = {"LaunchTemplateId": properties["LaunchTemplate"]["LaunchTemplateId"], "Version": "1"}
    zones = ",".join(properties["VPCZoneIdentifier"])
    asked = {"LaunchTemplate": template, "VPCZoneIdentifier": zones, "MinSize": 0, "MaxSize": 4}
    client("autoscaling").create_auto_scaling_group(AutoScalingGroupName=called, **asked)
    return {"Ref": called}


def _scaling_policy(client: Client, name: str, properties: dict[str, Any]) -> Made:
    target = {**properties["TargetTrackingConfiguration"], "TargetValue": 50.0}
    asked = {**_only(properties, "AutoScalingGroupName", "PolicyType"), "TargetTrackingConfiguration": target}
    client("autoscaling").put_scaling_policy(PolicyName=name, **asked)
    return {"Ref": ""}


def _secret(client: Client, name: str, _: dict[str, Any]) -> Made:
    manager = client("secretsmanager")
    word = manager.get_random_password()["RandomPassword"]
    return {"Ref": manager.create_secret(Name=f"{name}-1A2B3C", SecretString=word)["ARN"]}


def _topic(client: Client, name: str, properties: dict[str, Any]) -> Made:
    return {"Ref": client("sns").create_topic(Name=f"lab-{name}-1A2B3C", Tags=properties["Tags"])["TopicArn"]}


MAKERS: dict[str, Maker] = {
    "AWS::AutoScaling::AutoScalingGroup": _scaling,
    "AWS::AutoScaling::ScalingPolicy": _scaling_policy,
    "AWS::CloudFront::Distribution": _distribution,
    "AWS::EC2::EIP": _ec2("allocate_address", "", "PublicIp", "elastic-ip", "Domain"),
    "AWS::EC2::EIPAssociation": _ec2("associate_address", "", "AssociationId", "", "AllocationId", "InstanceId"),
    "AWS::EC2::Instance": _instance,
    "AWS::EC2::InternetGateway": _ec2(
        "create_internet_gateway", "InternetGateway", "InternetGatewayId", "internet-gateway"
    ),
    "AWS::EC2::KeyPair": _ec2("create_key_pair", "", "KeyName", "", "KeyName", "KeyType"),
    "AWS::EC2::LaunchTemplate": _template,
    "AWS::EC2::NatGateway": _ec2(
        "create_nat_gateway", "NatGateway", "NatGatewayId", "natgateway", "AllocationId", "SubnetId"
    ),
    "AWS::EC2::Route": _ec2(
        "create_route", "", "", "", "DestinationCidrBlock", "NatGatewayId", "GatewayId", "RouteTableId"
    ),
    "AWS::EC2::RouteTable": _ec2("create_route_table", "RouteTable", "RouteTableId", "route-table", "VpcId"),
    "AWS::EC2::SecurityGroup": _group,
    "AWS::EC2::SecurityGroupIngress": _ingress,
    "AWS::EC2::Subnet": _ec2("create_subnet", "Subnet", "SubnetId", "subnet", "VpcId", "CidrBlock", "AvailabilityZone"),
    "AWS::EC2::SubnetRouteTableAssociation": _ec2(
        "associate_route_table", "", "AssociationId", "", "RouteTableId", "SubnetId"
    ),
    "AWS::EC2::VPC": _vpc,
    "AWS::EC2::VPCGatewayAttachment": _ec2("attach_internet_gateway", "", "", "", "InternetGatewayId", "VpcId"),
    "AWS::EFS::FileSystem": _files,
    "AWS::EFS::MountTarget": _mount,
    "AWS::ElasticLoadBalancingV2::Listener": _elb(
        "create_listener", "Listeners", "ListenerArn", False, "DefaultActions", "LoadBalancerArn", "Port", "Protocol"
    ),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _elb(
        "create_load_balancer", "LoadBalancers", "LoadBalancerArn", True, "Scheme", "SecurityGroups", "Subnets", "Type"
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": _elb(
        "create_target_group", "TargetGroups", "TargetGroupArn", True, "Port", "Protocol", "VpcId", "TargetType"
    ),
    "AWS::IAM::InstanceProfile": _profile,
    "AWS::IAM::ManagedPolicy": _policy,
    "AWS::IAM::Role": _role,
    "AWS::Lambda::Function": _function,
    "AWS::Logs::LogGroup": _log,
    "AWS::RDS::DBInstance": _database,
    "AWS::RDS::DBParameterGroup": _parameters,
    "AWS::RDS::DBSubnetGroup": _rds(
        "create_db_subnet_group", "DBSubnetGroupName", "DBSubnetGroupDescription", "SubnetIds"
    ),
    "AWS::S3::Bucket": _bucket,
    "AWS::S3::BucketPolicy": _bucket_policy,
    "AWS::SNS::Topic": _topic,
    "AWS::SSM::Document": _document,
    "AWS::SecretsManager::Secret": _secret,
}
