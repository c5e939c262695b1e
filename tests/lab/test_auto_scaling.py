"""Chapter 4, row by row of docs/lab.md."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lab.course import LAYOUTS, Check, Lab, attribute, finished, group, ref, stated, user_data
from tests.lab.test_sharing import front, front_group, listener, targets

GROUP, TEMPLATE = "LabAsgAutoScalingGroup", "LabAsgLaunchTemplate"


def data(lab: Lab) -> dict[str, Any]:
    found: dict[str, Any] = lab.properties(TEMPLATE)["LaunchTemplateData"]
    return found


def web_image(lab: Lab) -> None:
    assert lab.things["WebImage"].type == "Custom::Image"
    assert lab.properties("WebImage")["InstanceId"] == ref("PrivateEc2A1Instance")
    # The database's script must not be cut off by the restart that an image means.
    assert "Database1SchemaAssociation" in lab.order["WebImage"]
    hook, _, first_boot = user_data(lab, "PrivateEc2A1LaunchTemplate").partition("Content-Type: text/x-shellscript")
    assert "/run/lab/database.json" in hook
    assert "get-secret-value" not in first_boot


def launch_template(lab: Lab) -> None:
    wanted = {
        "ImageId": attribute("WebImage", "ImageId"),
        "InstanceType": "t3.micro",
        "KeyName": ref("Ec2PrivateSeoulKeyPair"),
        "SecurityGroupIds": [group("PrivateEc2SgSecurityGroup")],
        "CreditSpecification": {"CpuCredits": "unlimited"},
        "Monitoring": {"Enabled": True},
    }
    assert wanted.items() <= data(lab).items()
    assert "NetworkInterfaces" not in data(lab)
    script = user_data(lab, TEMPLATE)
    assert "/run/lab/database.json" in script
    assert "--resource LabAsgAutoScalingGroup" in script


def templates_only(lab: Lab) -> None:
    assert not lab.of("AutoScaling::LaunchConfiguration")
    version = attribute(TEMPLATE, "LatestVersionNumber")
    assert lab.properties(GROUP)["LaunchTemplate"] == {"LaunchTemplateId": ref(TEMPLATE), "Version": version}


def target_group(lab: Lab) -> None:
    targets(lab, "LabVpcAlbAsgTgTargetGroup", "lab-vpc-alb-asg-tg", [])
    assert "Targets" not in lab.properties("LabVpcAlbAsgTgTargetGroup")


def third_front(lab: Lab) -> None:
    front(lab, "lab-vpc-alb-asg", "GroupAlbUrl")
    front_group(lab, "LabVpcAlbAsgLoadBalancer", "LabVpcAlbAsgSgSecurityGroup")
    listener(lab, "LabVpcAlbAsgLoadBalancer", "LabVpcAlbAsgTgTargetGroup")


def auto_scaling_group(lab: Lab) -> None:
    wanted = {
        "VPCZoneIdentifier": [ref("PrivateSubnetA1Subnet"), ref("PrivateSubnetC1Subnet")],
        "TargetGroupARNs": [ref("LabVpcAlbAsgTgTargetGroup")],
        "HealthCheckType": "ELB",
        "HealthCheckGracePeriod": 300,
    }
    assert wanted.items() <= lab.properties(GROUP).items()
    ways = {f"PrivateSubnet{which}{end}" for which in ("A1", "C1") for end in ("RtToInternet", "RouteTableAssociation")}
    assert ways <= lab.order[GROUP]


def sizes(lab: Lab) -> None:
    made = lab.properties(GROUP)
    assert (made["MinSize"], made["MaxSize"]) == (ref("GroupMin"), ref("GroupMax"))
    assert "DesiredCapacity" not in made
    assert [lab.parameters[name]["Default"] for name in ("GroupMin", "GroupMax")] == [2, 4]
    signal = lab.things[GROUP].attributes["CreationPolicy"]["ResourceSignal"]
    assert signal == {"Count": ref("GroupMin"), "Timeout": "PT900S"}
    update = lab.things[GROUP].attributes["UpdatePolicy"]
    assert update["AutoScalingScheduledAction"] == {"IgnoreUnmodifiedGroupSizeProperties": True}


def tracking(lab: Lab) -> dict[str, Any]:
    (policy,) = lab.of("AutoScaling::ScalingPolicy")
    assert policy.properties["AutoScalingGroupName"] == ref(GROUP)
    assert policy.properties["PolicyType"] == "TargetTrackingScaling"
    found: dict[str, Any] = policy.properties["TargetTrackingConfiguration"]
    return found


def policy(lab: Lab) -> None:
    metric = tracking(lab)["PredefinedMetricSpecification"]
    assert metric == {"PredefinedMetricType": "ASGAverageCPUUtilization"}
    assert tracking(lab)["TargetValue"] == ref("TargetCpu")
    assert lab.parameters["TargetCpu"]["Default"] == 50


def scale_in(lab: Lab) -> None:
    assert tracking(lab)["DisableScaleIn"] is False


def notifications(lab: Lab) -> None:
    assert lab.parameters["AlertEmail"]["Default"] == ""
    given = {"Fn::Not": [{"Fn::Equals": [ref("AlertEmail"), ""]}]}
    (notification,) = lab.properties(GROUP)["NotificationConfigurations"]
    condition, told, otherwise = notification["Fn::If"]
    assert (condition, otherwise) == (given, ref("AWS::NoValue"))
    assert told["TopicARN"] == ref("LabAlertsNotification")
    assert [thing.condition for thing in (*lab.of("SNS::Topic"), *lab.of("SNS::Subscription"))] == [given] * 2
    assert lab.properties("LabAlertsSubscription") == {
        "Endpoint": ref("AlertEmail"),
        "Protocol": "email",
        "TopicArn": ref("LabAlertsNotification"),
    }


def name_tag(lab: Lab) -> None:
    tags = lab.properties(GROUP)["Tags"]
    assert {"Key": "Name", "Value": "lab-asg", "PropagateAtLaunch": True} in tags


def termination(lab: Lab) -> None:
    assert lab.properties(GROUP)["TerminationPolicies"] == ["Default"]
    assert lab.outputs["GroupName"][0] == ref(GROUP)


CHECKS: dict[str, Check] = {
    "E.1": web_image,
    "E.3": launch_template,
    "E.4": templates_only,
    "E.5": target_group,
    "E.6": third_front,
    "E.7": auto_scaling_group,
    "E.8": sizes,
    "E.9": policy,
    "E.10": scale_in,
    "E.11": notifications,
    "E.12": name_tag,
    "E.14": termination,
}


def test_every_row_has_a_check_and_every_check_a_row() -> None:
    assert sorted(stated("E")) == sorted(CHECKS)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("row", stated("E"))
def test_chapter_4(row: str, layout: str) -> None:
    CHECKS[row](finished(layout))
