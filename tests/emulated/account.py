"""An emulated account: its server, what stands in it by the services' own word, and stacks made in it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3

ROOT = Path(__file__).parents[2]
REGION = "us-east-1"
BUCKET = "templates"
"""The bucket that the tests publish to: no stack's own."""
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
DONE = ("COMPLETE", "FAILED")


@contextmanager
def emulated(folder: Path) -> Iterator[dict[str, str]]:
    """A server of its own while the context lasts; the environment in which clients find it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
    }
    log = folder / "server.log"
    command = [sys.executable, "-m", "tests.emulated.server", str(port)]
    with (
        log.open("wb") as output,
        subprocess.Popen(command, stdout=output, stderr=output, cwd=ROOT, env=os.environ | environment) as server,
    ):
        try:
            _wait(lambda: _answers(port), 60, lambda: log.read_text("utf-8"))
            yield environment
        finally:
            server.kill()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait(done: Callable[[], bool], seconds: float, said: Callable[[], str]) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, said()
        time.sleep(0.2)


class Stacks:
    """Stacks of an emulated account, each made and changed by a change set."""

    def __init__(self) -> None:
        self.client: Any = boto3.client("cloudformation")

    def begin(self, name: str, template: str, kind: str = "CREATE", **values: str) -> None:
        """Make a change set of a template in a bucket, and carry it out."""
        parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]
        made = self.client.create_change_set(
            StackName=name,
            ChangeSetName=f"change-{time.monotonic_ns()}",
            ChangeSetType=kind,
            TemplateURL=template,
            Capabilities=CAPABILITIES,
            Parameters=parameters,
            IncludeNestedStacks=True,
        )["Id"]
        _wait(lambda: self._made(made), 60, lambda: str(self.client.describe_change_set(ChangeSetName=made)))
        self.client.execute_change_set(ChangeSetName=made)

    def _made(self, change_set: str) -> bool:
        status = self.client.describe_change_set(ChangeSetName=change_set)["Status"]
        assert status != "FAILED", self.client.describe_change_set(ChangeSetName=change_set)["StatusReason"]
        return str(status) == "CREATE_COMPLETE"

    def end(self, name: str, seconds: float = 240) -> str:
        """The status that a stack comes to rest in."""
        _wait(lambda: self._rests(name), seconds, lambda: "\n".join(self.failures(name)))
        return self._status(name)

    def _rests(self, name: str) -> bool:
        return self._status(name).endswith(DONE)

    def _status(self, name: str) -> str:
        return str(self.client.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])

    def failures(self, name: str) -> list[str]:
        """What failed, by the stack's events."""
        events = self.client.describe_stack_events(StackName=name)["StackEvents"]
        return [
            f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason')}"
            for event in reversed(events)
            if "FAILED" in event["ResourceStatus"]
        ]

    def delete(self, name: str) -> None:
        """Delete a stack, and wait until it is gone."""
        identity = self.client.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
        self.client.delete_stack(StackName=name)
        assert self.end(identity) == "DELETE_COMPLETE", self.failures(identity)


# ------------------------------------------------------------------ what stands there


def standing() -> Counter[str]:
    """Everything that the services say is there, each thing in words, and how often: not CloudFormation's word."""
    return Counter(_everything())


def _everything() -> Iterator[str]:
    ec2 = boto3.client("ec2")
    vpcs = {each["VpcId"] for each in ec2.describe_vpcs()["Vpcs"] if not each["IsDefault"]}
    yield from _network(ec2, vpcs)
    yield from _machines(ec2)
    yield from _balanced()
    yield from _kept()


def _network(ec2: Any, vpcs: set[str]) -> Iterator[str]:
    def ours(things: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        return [each for each in things if each["VpcId"] in vpcs]

    yield from (f"vpc {each['CidrBlock']}" for each in ours(ec2.describe_vpcs()["Vpcs"]))
    for each in ours(ec2.describe_subnets()["Subnets"]):
        yield f"subnet {each['CidrBlock']} in {each['AvailabilityZone']}"
    for table in ours(ec2.describe_route_tables()["RouteTables"]):
        for route in table["Routes"]:
            kind = "internet" if route.get("GatewayId", "").startswith("igw-") else "nat"
            if route.get("GatewayId") != "local":
                yield f"route to {route['DestinationCidrBlock']} by {kind}"
        yield from ("association" for each in table["Associations"] if each.get("SubnetId"))
    for each in ec2.describe_nat_gateways()["NatGateways"]:
        yield from ["nat gateway"] * (each["State"] == "available")
    yield from ("address" for _ in ec2.describe_addresses()["Addresses"])
    for group in ours(ec2.describe_security_groups()["SecurityGroups"]):
        if group["GroupName"] != "default":
            yield "security group"
            yield from _rules("from", group["IpPermissions"])


def _rules(side: str, permissions: Iterable[dict[str, Any]]) -> Iterator[str]:
    for each in permissions:
        ports = f"{each.get('FromPort', 'all')}-{each.get('ToPort', 'all')}"
        yield from (f"rule {each['IpProtocol']} {ports} {side} {end['CidrIp']}" for end in each.get("IpRanges", ()))
        yield from (f"rule {each['IpProtocol']} {ports} {side} a group" for _ in each.get("UserIdGroupPairs", ()))


def _machines(ec2: Any) -> Iterator[str]:
    for reservation in ec2.describe_instances()["Reservations"]:
        for each in reservation["Instances"]:
            yield from [f"instance {each['InstanceType']}"] * (each["State"]["Name"] == "running")
    yield from ("image" for _ in ec2.describe_images(Owners=["self"])["Images"])
    yield from ("launch template" for _ in ec2.describe_launch_templates()["LaunchTemplates"])
    for group in boto3.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]:
        yield f"group of {group['MinSize']} to {group['MaxSize']}"


def _balanced() -> Iterator[str]:
    elb = boto3.client("elbv2")
    for each in elb.describe_load_balancers()["LoadBalancers"]:
        yield f"load balancer {each['Scheme']} in {len(each['AvailabilityZones'])} zones"
        for listener in elb.describe_listeners(LoadBalancerArn=each["LoadBalancerArn"])["Listeners"]:
            yield f"listener {listener['Protocol']} {listener['Port']}"
    for each in elb.describe_target_groups()["TargetGroups"]:
        yield f"targets {each['Protocol']} {each['Port']} asked for {each['HealthCheckPath']}"


def _kept() -> Iterator[str]:
    efs = boto3.client("efs")
    for each in efs.describe_file_systems()["FileSystems"]:
        yield f"file system, encrypted: {each['Encrypted']}"
        yield from (
            "mount target" for _ in efs.describe_mount_targets(FileSystemId=each["FileSystemId"])["MountTargets"]
        )
    for each in boto3.client("rds").describe_db_instances()["DBInstances"]:
        copy = bool(each.get("ReadReplicaSourceDBInstanceIdentifier"))
        yield f"database {each['Engine']} {each['DBInstanceClass']}, a copy: {copy}"
    yield from ("bucket" for each in boto3.client("s3").list_buckets()["Buckets"] if each["Name"] != BUCKET)
    for each in boto3.client("cloudfront").list_distributions()["DistributionList"].get("Items", ()):
        yield f"distribution, enabled: {each['Enabled']}"
    yield from ("secret" for _ in boto3.client("secretsmanager").list_secrets()["SecretList"])
    yield from ("topic" for _ in boto3.client("sns").list_topics()["Topics"])
