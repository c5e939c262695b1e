"""How long a deployment takes: what is waited for, over the borders of stacks."""

from __future__ import annotations

import pytest
from botocore.loaders import Loader

from labspec import schema
from labspec.preflight.durations import PATIENCE, averages
from labspec.preflight.path import LONGEST_CUSTOM, Estimate, circle, estimate, seconds
from labspec.template import read_directory
from tests.preflight.stacks import joined

DATABASE, BALANCER = "AWS::RDS::DBInstance", "AWS::ElasticLoadBalancingV2::LoadBalancer"


def foreseen(resources: str, parameters: str = "") -> Estimate:
    found = estimate(joined(resources, parameters))
    assert found is not None
    return found


def way(found: Estimate) -> list[str]:
    return [step.address for step in found.usual.steps]


def test_the_longest_way_decides() -> None:
    found = foreseen(f"""
  Quick: {{Type: AWS::SNS::Topic}}
  Main: {{Type: {DATABASE}, DependsOn: Quick}}
  Copy: {{Type: {DATABASE}, Properties: {{SourceDBInstanceIdentifier: !Ref Main}}}}
  Beside: {{Type: {BALANCER}}}
""")
    assert way(found) == ["Quick", "Main", "Copy"]
    assert found.usual.seconds == averages()["AWS::SNS::Topic"] + 2 * averages()[DATABASE]
    assert found.allowed.seconds == averages()["AWS::SNS::Topic"] + 2 * PATIENCE[DATABASE]
    assert found.unknown == ()


def test_what_is_perhaps_waited_for_is_waited_for() -> None:
    resources = f"  Main: {{Type: {DATABASE}}}\n  Topic: {{Type: AWS::SNS::Topic, Properties: {{TopicName: NAME}}}}\n"
    given = resources.replace("NAME", "!If [Wanted, !Ref Main, none]")
    found = estimate(joined(given, "  Env: {Type: String}\n", "  Wanted: !Equals [!Ref Env, prod]\n"))
    assert found is not None
    assert way(found) == ["Main", "Topic"]


def test_what_waits_for_a_stack_waits_for_all_that_is_in_it() -> None:
    stack = "{Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: NAME.yaml}DEPENDS}"
    root = f"Resources:\n  First: {stack}\n  Second: {stack}\n".replace("NAME", "one", 1).replace("DEPENDS", "", 1)
    texts = {
        "root.yaml": root.replace("NAME", "two").replace("DEPENDS", ", DependsOn: First"),
        "one.yaml": f"Resources:\n  Topic: {{Type: AWS::SNS::Topic}}\n  Slow: {{Type: {DATABASE}}}\n",
        "two.yaml": f"Resources:\n  Then: {{Type: {BALANCER}}}\n",
    }
    found = estimate(read_directory(texts, "root.yaml"))
    assert found is not None
    assert way(found) == ["First.Slow", "Second.Then"]
    assert found.usual.seconds == averages()[DATABASE] + averages()[BALANCER]


@pytest.mark.parametrize(
    ("resource", "allowed", "why"),
    [
        ("{Type: Custom::Thing, Properties: {ServiceTimeout: 1800}}", 1_800, "ServiceTimeout"),
        ("{Type: AWS::CloudFormation::CustomResource}", LONGEST_CUSTOM, "ServiceTimeout"),
        ("{Type: AWS::CloudFormation::WaitCondition, Properties: {Timeout: '4300'}}", 4_300, "Timeout"),
        ("{Type: AWS::EC2::Instance, CreationPolicy: {ResourceSignal: {Timeout: PT1H30M}}}", 5_400, "CreationPolicy"),
        (
            "{Type: AWS::AutoScaling::AutoScalingGroup, CreationPolicy: {ResourceSignal: {Count: 2}}}",
            300,
            "CreationPolicy",
        ),
        ("{Type: AWS::EC2::NatGateway}", 600, "AWS's waiters"),
        ("{Type: AWS::SNS::Topic}", averages()["AWS::SNS::Topic"], ""),
    ],
)
def test_timeouts_allow_what_may_take_longer(resource: str, allowed: float, why: str) -> None:
    (step,) = foreseen(f"  It: {resource}\n").usual.steps
    assert (step.time.allowed, step.time.why) == (allowed, why)


def test_nobody_waits_for_signals_of_no_machine() -> None:
    policy = "CreationPolicy: {ResourceSignal: {Count: 0, Timeout: PT1H}}"
    (step,) = foreseen(f"  It: {{Type: AWS::AutoScaling::AutoScalingGroup, {policy}}}\n").usual.steps
    assert step.time.allowed == averages()["AWS::AutoScaling::AutoScalingGroup"]


def test_what_has_no_average_counts_nothing_and_is_told() -> None:
    found = foreseen("  It: {Type: AWS::RoboMaker::Fleet}\n")
    assert (found.usual.seconds, found.unknown) == (0, ("It",))


def test_what_waits_for_itself_has_no_time() -> None:
    waiting = "  A: {Type: AWS::SNS::Topic, DependsOn: B}\n  B: {Type: AWS::SNS::Topic, DependsOn: A}\n"
    assert estimate(joined(waiting)) is None


@pytest.mark.parametrize(("wanted", "found"), [("", {"A", "B"}), ("Condition: Wanted, ", set())])
def test_a_circle_is_one_where_all_of_it_is_certainly_there(wanted: str, found: set[str]) -> None:
    circular = f"  A: {{Type: AWS::SNS::Topic, DependsOn: B}}\n  B: {{Type: AWS::SNS::Topic, {wanted}DependsOn: A}}\n"
    stacks = joined(circular, "  Env: {Type: String}\n", "  Wanted: !Equals [!Ref Env, prod]\n")
    assert set(circle(stacks)) == found


def test_nothing_takes_no_time() -> None:
    never = "  It: {Type: AWS::SNS::Topic, Condition: Never}\n"
    found = estimate(joined(never, conditions="  Never: !Equals [a, b]\n"))
    assert found is not None
    assert (found.usual.seconds, found.usual.steps) == (0, ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [("PT15M", 900), ("PT1H", 3_600), ("PT90S", 90), ("PT1H1M1S", 3_661), ("15M", None), ("PT", None)],
)
def test_durations_are_read_as_cloudformation_does(text: str, expected: float | None) -> None:
    assert seconds(text) == expected


WAITERS = {
    "AWS::CloudFront::Distribution": ("cloudfront", "DistributionDeployed"),
    "AWS::DMS::ReplicationInstance": ("dms", "ReplicationInstanceAvailable"),
    "AWS::DocDB::DBInstance": ("docdb", "DBInstanceAvailable"),
    "AWS::EC2::Instance": ("ec2", "InstanceRunning"),
    "AWS::EC2::NatGateway": ("ec2", "NatGatewayAvailable"),
    "AWS::EC2::VPNConnection": ("ec2", "VpnConnectionAvailable"),
    "AWS::ECS::Service": ("ecs", "ServicesStable"),
    "AWS::EKS::Cluster": ("eks", "ClusterActive"),
    "AWS::EKS::Nodegroup": ("eks", "NodegroupActive"),
    BALANCER: ("elbv2", "LoadBalancerAvailable"),
    "AWS::Neptune::DBInstance": ("neptune", "DBInstanceAvailable"),
    "AWS::RDS::DBCluster": ("rds", "DBClusterAvailable"),
    DATABASE: ("rds", "DBInstanceAvailable"),
    "AWS::Redshift::Cluster": ("redshift", "ClusterAvailable"),
}


@pytest.mark.parametrize("kind", PATIENCE)
def test_aws_waits_as_long_as_its_waiters_say(kind: str) -> None:
    service, name = WAITERS[kind]
    waiter = Loader().load_service_model(service, "waiters-2")["waiters"][name]
    assert waiter["delay"] * waiter["maxAttempts"] == PATIENCE[kind]


def test_averages_are_of_types_that_there_are() -> None:
    """Or that there were: some are gone since."""
    there = schema.resource_types()
    assert len(averages()) > 350
    assert len([kind for kind in averages() if kind in there]) > 300
    assert averages()["AWS::EC2::VPC"] == 12
