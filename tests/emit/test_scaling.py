from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from labspec.graph import Graph, references
from tests.building import build, graph_of, messages

NETWORK = """\
vpcs:
  net:
    cidr: 10.0.0.0/16
    internet_gateway: net-igw
    nat: single
    subnets:
      public-a: {zone: a, cidr: 10.0.1.0/24, access: public}
      public-c: {zone: c, cidr: 10.0.2.0/24, access: public}
      app-a: {zone: a, cidr: 10.0.3.0/24, access: private}
      app-c: {zone: c, cidr: 10.0.4.0/24, access: private}
"""
FRONT = """\
target_groups:
  web: {port: 80}
load_balancers:
  front: {scheme: internet-facing, subnets: [public-a, public-c], listeners: {80: web}}
"""
SETS_UP = "setup: {packages: [httpd]}"


def group(more: str = "size: {min: 2, max: 4}", template: str = SETS_UP, before: str = "") -> str:
    """A spec with one group in two subnets."""
    made = f"launch_templates:\n  machine: {{{template}}}\n"
    return (
        f"{before}{NETWORK}{made}auto_scaling_groups:\n"
        f"  web: {{launch_template: machine, subnets: [app-a, app-c], {more}}}\n"
    )


def body(graph: Graph, identity: str = "WebAutoScalingGroup") -> dict[str, Any]:
    return graph.nodes[identity].body


def properties(graph: Graph, identity: str = "WebAutoScalingGroup") -> dict[str, Any]:
    made: dict[str, Any] = body(graph, identity)["Properties"]
    return made


def data(graph: Graph, identity: str = "WebLaunchTemplate") -> dict[str, Any]:
    made: dict[str, Any] = properties(graph, identity)["LaunchTemplateData"]
    return made


def script(graph: Graph, identity: str) -> str:
    """The user data of a template as CloudFormation's substitution has it."""
    text = data(graph, identity)["UserData"]["Fn::Base64"]
    while isinstance(text, (dict, list)):
        text = text["Fn::Sub"] if isinstance(text, dict) else text[0]
    return str(text)


def after(graph: Graph, identity: str) -> list[str]:
    return sorted(edge.target for edge in graph.edges if edge.source == identity)


# ------------------------------------------------------------------ launch templates


def test_each_group_that_shares_a_template_has_its_own_which_signals_it(tmp_path: Path) -> None:
    text = group() + "  api: {launch_template: machine, subnets: app-a, size: {min: 1, max: 2}}\n"
    graph = graph_of(tmp_path, text)
    templates = {node.id for node in graph.nodes.values() if node.type == "AWS::EC2::LaunchTemplate"}
    assert templates == {"WebLaunchTemplate", "ApiLaunchTemplate"}
    assert "--resource WebAutoScalingGroup " in script(graph, "WebLaunchTemplate")
    assert "--resource ApiAutoScalingGroup " in script(graph, "ApiLaunchTemplate")


def test_a_second_group_changes_nothing_about_the_first(tmp_path: Path) -> None:
    alone = graph_of(tmp_path, group())
    shared = graph_of(tmp_path, group() + "  api: {launch_template: machine, subnets: app-a, size: {min: 1, max: 2}}\n")
    assert {name: shared.nodes[name] for name in alone.nodes} == alone.nodes


def test_groups_that_share_a_template_share_its_role_and_security_group(tmp_path: Path) -> None:
    template = "permissions: {managed: [ReadOnlyAccess]}, ingress: {http: {port: 80, from: internet}}"
    text = group(template=template) + "  api: {launch_template: machine, subnets: app-a, size: {min: 1, max: 2}}\n"
    graph = graph_of(tmp_path, text)
    for identity in ("WebLaunchTemplate", "ApiLaunchTemplate"):
        assert data(graph, identity)["IamInstanceProfile"] == {"Name": {"Ref": "MachineInstanceProfile"}}
        assert data(graph, identity)["SecurityGroupIds"] == [{"Fn::GetAtt": ["MachineSecurityGroup", "GroupId"]}]
    assert [node.id for node in graph.nodes.values() if node.type == "AWS::IAM::Role"] == ["MachineRole"]


def test_a_template_without_a_group_stands_under_its_own_name(tmp_path: Path) -> None:
    text = "launch_templates: {machine: {access: none}}\noutputs: {Template: '${{ launch_templates.machine.id }}'}\n"
    graph = graph_of(tmp_path, text)
    assert graph.outputs["Template"].body == {"Value": {"Ref": "MachineLaunchTemplate"}}
    assert data(graph, "MachineLaunchTemplate")["TagSpecifications"][0] == {
        "ResourceType": "instance",
        "Tags": [{"Key": "Name", "Value": "machine"}],
    }


def test_a_template_says_all_that_its_machines_are(tmp_path: Path) -> None:
    template = (
        "type: t4g.small, image: amazon-linux-2023, storage: {size: 20GiB, type: gp2}, access: none,"
        " credits: unlimited, monitoring: detailed, metadata: {tokens: optional, hops: 2}, shutdown: terminate,"
        " tenancy: dedicated, key_pair: keys, user_data: {text: echo hello}"
    )
    graph = graph_of(tmp_path, group(template=template, before="key_pairs: {keys: }\ntags: {Team: blue}\n"))
    tags = [{"Key": "Name", "Value": "web"}, {"Key": "Team", "Value": "blue"}]
    disk = {"VolumeSize": 20, "VolumeType": "gp2", "Encrypted": True, "DeleteOnTermination": True}
    assert data(graph) == {
        "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": disk}],
        "CreditSpecification": {"CpuCredits": "unlimited"},
        "ImageId": "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
        "InstanceInitiatedShutdownBehavior": "terminate",
        "InstanceType": "t4g.small",
        "KeyName": {"Ref": "KeysKeyPair"},
        "MetadataOptions": {"HttpEndpoint": "enabled", "HttpTokens": "optional", "HttpPutResponseHopLimit": 2},
        "Monitoring": {"Enabled": True},
        "Placement": {"Tenancy": "dedicated"},
        "UserData": {"Fn::Base64": "echo hello"},
        "TagSpecifications": [{"ResourceType": "instance", "Tags": tags}, {"ResourceType": "volume", "Tags": tags}],
    }
    own = properties(graph, "WebLaunchTemplate")["TagSpecifications"]
    assert own == [{"ResourceType": "launch-template", "Tags": [{"Key": "Name", "Value": "machine"}, tags[1]]}]


def test_a_machine_without_a_choice_has_the_defaults_of_today(tmp_path: Path) -> None:
    made = data(graph_of(tmp_path, group(template="")))
    assert made["MetadataOptions"]["HttpTokens"] == "required"
    assert made["BlockDeviceMappings"][0]["Ebs"]["Encrypted"] is True
    assert made["Monitoring"] == {"Enabled": False}
    assert "CreditSpecification" not in made
    assert "UserData" not in made
    assert "SubnetId" not in str(made)


def test_what_a_template_says_is_found_at_the_launch_template_and_placed_with_the_group(tmp_path: Path) -> None:
    node = graph_of(tmp_path, group()).nodes["WebLaunchTemplate"]
    assert (node.section, node.member, node.role) == ("auto_scaling_groups", "web", "launch_template")
    assert node.origin == ("launch_templates", "machine")
    place = ("Properties", "LaunchTemplateData", "InstanceType")
    assert node.origin_of(place) == ("launch_templates", "machine", "type")


def test_a_patch_of_a_template_reaches_every_group(tmp_path: Path) -> None:
    patch = "override: {launch_template: {Properties: {LaunchTemplateData: {EbsOptimized: true}}}}"
    text = group(template=patch) + "  api: {launch_template: machine, subnets: app-a, size: {min: 1, max: 2}}\n"
    graph = graph_of(tmp_path, text)
    assert data(graph, "WebLaunchTemplate")["EbsOptimized"] is True
    assert data(graph, "ApiLaunchTemplate")["EbsOptimized"] is True
    place = ("Properties", "LaunchTemplateData", "EbsOptimized")
    assert graph.nodes["ApiLaunchTemplate"].origin_of(place)[:3] == ("launch_templates", "machine", "override")


def test_a_template_is_there_only_while_its_group_is(tmp_path: Path) -> None:
    before = "parameters: {WithWeb: {type: boolean, default: 'true'}}\n"
    graph = graph_of(tmp_path, group("size: {min: 1, max: 2}, when: WithWeb", before=before))
    assert body(graph, "WebLaunchTemplate")["Condition"] == body(graph)["Condition"] == "WithWebTrue"


def test_a_template_stands_in_the_network_of_its_group(tmp_path: Path) -> None:
    """Its own security group has to be in one, and the template itself names no subnet."""
    text = group(template="ingress: {http: {port: 80, from: internet}}").replace(
        "vpcs:\n", "vpcs:\n  another: {cidr: 10.9.0.0/16}\n"
    )
    assert properties(graph_of(tmp_path, text), "MachineSecurityGroup")["VpcId"] == {"Ref": "NetVpc"}


# ------------------------------------------------------------------ size and start


def test_a_group_starts_at_its_smallest_size_and_is_never_set_back(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, group())
    made = properties(graph)
    assert (made["MinSize"], made["MaxSize"]) == ("2", "4")
    assert "DesiredCapacity" not in made
    assert body(graph)["UpdatePolicy"]["AutoScalingScheduledAction"] == {"IgnoreUnmodifiedGroupSizeProperties": True}


def test_a_change_of_the_template_rolls_the_group(tmp_path: Path) -> None:
    """`$Latest` would not: CloudFormation sees no change."""
    assert properties(graph_of(tmp_path, group()))["LaunchTemplate"] == {
        "LaunchTemplateId": {"Ref": "WebLaunchTemplate"},
        "Version": {"Fn::GetAtt": ["WebLaunchTemplate", "LatestVersionNumber"]},
    }


def test_every_machine_that_the_group_starts_with_signals(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, group("size: {min: 3, max: 4}", template=SETS_UP + ", ready_within: 10m"))
    assert body(graph)["CreationPolicy"] == {"ResourceSignal": {"Count": 3, "Timeout": "PT600S"}}


@pytest.mark.parametrize(("size", "template"), [("{min: 0, max: 4}", SETS_UP), ("{min: 2, max: 4}", "access: ssm")])
def test_nobody_is_waited_for_who_does_not_signal(tmp_path: Path, size: str, template: str) -> None:
    assert "CreationPolicy" not in body(graph_of(tmp_path, group(f"size: {size}", template=template)))


def sizes(least: str, most: str) -> str:
    """Two parameters for the sizes of a group."""
    return f"parameters:\n  Least: {{type: integer, {least}}}\n  Most: {{type: integer, {most}}}\n"


SIZES = sizes("default: 2, min: 2, max: 4", "default: 4, min: 3, max: 5")


def test_sizes_can_be_chosen_in_the_console(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, group("size: {min: Least, max: Most}", before=SIZES))
    assert (properties(graph)["MinSize"], properties(graph)["MaxSize"]) == ({"Ref": "Least"}, {"Ref": "Most"})
    assert body(graph)["CreationPolicy"]["ResourceSignal"]["Count"] == {"Ref": "Least"}


def test_a_smallest_size_above_the_largest_is_refused_before_anything_is_created(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, group("size: {min: Least, max: Most}", before=SIZES))
    (rule,) = graph.rules.values()
    assert list(graph.rules) == ["WebSizes"]
    refused = {(low, high) for low in range(2, 5) for high in range(3, 6) if not holds(rule, str(low), str(high))}
    assert refused == {(4, 3)}


def holds(rule: dict[str, Any], least: str, most: str) -> bool:
    """What CloudFormation says of a choice."""
    return all(meaning(said["Assert"], {"Least": least, "Most": most}) for said in rule["Assertions"])


def meaning(value: Any, chosen: dict[str, str]) -> Any:
    if not isinstance(value, dict):
        return [meaning(inner, chosen) for inner in value] if isinstance(value, list) else value
    ((function, inner),) = value.items()
    if function == "Ref":
        return chosen[inner]
    first, *rest = meaning(inner, chosen)
    if function == "Fn::Not":
        return not first
    if function == "Fn::Or":
        return first or any(rest)
    assert function in ("Fn::Equals", "Fn::Contains")
    return first == rest[0] if function == "Fn::Equals" else rest[0] in first


@pytest.mark.parametrize(
    ("least", "most"),
    [
        ("min: 1, max: 21", "min: 5, max: 9"),  # over 20 values: not promised
        ("min: 1", "min: 5, max: 9"),
        ("min: 1, max: 3", "min: 3, max: 9"),  # cannot cross
    ],
)
def test_ranges_that_are_long_open_or_apart_have_no_rule(tmp_path: Path, least: str, most: str) -> None:
    before = sizes(f"default: 2, {least}", f"default: 7, {most}")
    assert graph_of(tmp_path, group("size: {min: Least, max: Most}", before=before)).rules == {}


def test_a_largest_size_that_fits_no_choice_is_refused_with_every_one(tmp_path: Path) -> None:
    before = sizes("default: 2, allowed: [2, 90]", "default: 4, min: 3, max: 5")
    (rule,) = graph_of(tmp_path, group("size: {min: Least, max: Most}", before=before)).rules.values()
    assert [holds(rule, "90", most) for most in ("3", "4", "5")] == [False, False, False]
    assert holds(rule, "2", "3")


@pytest.mark.parametrize(
    "more",
    [
        "size: {min: -1, max: 2}",
        "size: {min: 0, max: 0}",
        "size: {min: 3, max: 2}",
        "size: {min: 1, max: 2}, update: {batch: 0}",
        "size: {min: 1, max: 2}, update: {keep_in_service: -1}",
        "size: {min: 1, max: 2}, scaling: {cpu: 0%}",
        "size: {min: 1, max: 2}, scaling: {cpu: 101%}",
        "size: {min: 1, max: 2}, scaling: {requests: 0}",
    ],
)
def test_numbers_that_cannot_be_are_refused(tmp_path: Path, more: str) -> None:
    (found,) = messages(build(tmp_path, group(more)))
    assert found.startswith("LS103")


# ------------------------------------------------------------------ updates


def test_machines_are_replaced_one_by_one_each_telling_that_it_is_ready(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, group(template=SETS_UP + ", ready_within: 10m"))
    assert body(graph)["UpdatePolicy"]["AutoScalingRollingUpdate"] == {
        "MaxBatchSize": 1,
        "MinInstancesInService": 1,
        "PauseTime": "PT600S",
        "SuspendProcesses": ["HealthCheck", "ReplaceUnhealthy", "AZRebalance", "AlarmNotification", "ScheduledActions"],
        "WaitOnResourceSignals": True,
    }


def rolling(graph: Graph) -> dict[str, Any]:
    made: dict[str, Any] = body(graph)["UpdatePolicy"]["AutoScalingRollingUpdate"]
    return made


def test_an_update_goes_as_it_is_said(tmp_path: Path) -> None:
    more = "size: {min: 2, max: 4}, update: {batch: 2, keep_in_service: 3, wait_for_signal: 5m}"
    made = rolling(graph_of(tmp_path, group(more)))
    assert (made["MaxBatchSize"], made["MinInstancesInService"], made["PauseTime"]) == (2, 3, "PT300S")


@pytest.mark.parametrize(
    ("size", "kept"),
    [
        ("{min: 3, max: 3}", 2),
        ("{min: 1, max: 1}", 0),
        ("{min: 0, max: 2}", 0),
        ("{min: Least, max: 9}", 1),
        ("{min: Most, max: 9}", 0),
    ],
)
def test_an_update_always_has_room(tmp_path: Path, size: str, kept: int) -> None:
    """One fewer than the smallest size is below the largest; of a parameter only the least that it can be is known."""
    before = sizes("default: 2, min: 2, max: 9", "default: 2, max: 9")
    assert rolling(graph_of(tmp_path, group(f"size: {size}", before=before)))["MinInstancesInService"] == kept


def test_silent_machines_get_their_time_of_grace(tmp_path: Path) -> None:
    more = "size: {min: 2, max: 4}, health_check: {grace: 90s}"
    made = rolling(graph_of(tmp_path, group(more, template="access: ssm")))
    assert (made["WaitOnResourceSignals"], made["PauseTime"]) == (False, "PT90S")


# ------------------------------------------------------------------ health, targets, termination, tags


@pytest.mark.parametrize(
    ("said", "template", "kind", "grace"),
    [
        ("", SETS_UP, "EC2", 900),
        ("health_check: elb", SETS_UP + ", ready_within: 20m", "ELB", 1200),
        ("health_check: elb", "access: ssm", "ELB", 300),
        ("health_check: {type: elb, grace: 60s}", "access: ssm", "ELB", 60),
    ],
)
def test_no_machine_is_judged_before_it_can_be_ready(
    tmp_path: Path, said: str, template: str, kind: str, grace: int
) -> None:
    more = "size: {min: 2, max: 4}, target_groups: web" + (f", {said}" if said else "")
    made = properties(graph_of(tmp_path, group(more, template=template, before=FRONT)))
    assert (made["HealthCheckType"], made["HealthCheckGracePeriod"]) == (kind, grace)


def test_a_group_registers_its_machines_and_spreads_them(tmp_path: Path) -> None:
    made = properties(graph_of(tmp_path, group("size: {min: 2, max: 4}, target_groups: web", before=FRONT)))
    assert made["TargetGroupARNs"] == [{"Ref": "WebTargetGroup"}]
    assert made["VPCZoneIdentifier"] == [{"Ref": "AppASubnet"}, {"Ref": "AppCSubnet"}]


def test_termination_policies_keep_their_order_in_the_words_of_aws(tmp_path: Path) -> None:
    said = "[oldest-launch-template, closest-to-next-instance-hour, allocation-strategy, newest-instance, default]"
    made = properties(graph_of(tmp_path, group(f"size: {{min: 2, max: 4}}, termination: {said}")))
    assert made["TerminationPolicies"] == [
        "OldestLaunchTemplate",
        "ClosestToNextInstanceHour",
        "AllocationStrategy",
        "NewestInstance",
        "Default",
    ]
    assert properties(graph_of(tmp_path, group()))["TerminationPolicies"] == ["Default"]


def test_the_tags_of_a_group_reach_its_machines(tmp_path: Path) -> None:
    made = properties(graph_of(tmp_path, group("size: {min: 2, max: 4}, tags: {Tier: web}")))
    assert made["Tags"] == [
        {"Key": "Name", "Value": "web", "PropagateAtLaunch": True},
        {"Key": "Tier", "Value": "web", "PropagateAtLaunch": True},
    ]


# ------------------------------------------------------------------ notifications


def test_whoever_is_notified_hears_of_machines_that_come_go_or_fail(tmp_path: Path) -> None:
    before = "notifications: {ops: ops@example.com}\n"
    made = properties(graph_of(tmp_path, group("size: {min: 2, max: 4}, notify: ops", before=before)))
    (said,) = made["NotificationConfigurations"]
    assert said["TopicARN"] == {"Ref": "OpsNotification"}
    assert {kind.removeprefix("autoscaling:EC2_INSTANCE_") for kind in said["NotificationTypes"]} == {
        "LAUNCH",
        "LAUNCH_ERROR",
        "TERMINATE",
        "TERMINATE_ERROR",
    }


def test_a_topic_that_may_be_absent_takes_the_whole_notification_along(tmp_path: Path) -> None:
    before = 'parameters: {Mail: {type: email, default: ""}}\nnotifications: {ops: {email: Mail, when: Mail}}\n'
    made = properties(graph_of(tmp_path, group("size: {min: 2, max: 4}, notify: ops", before=before)))
    ((condition, said, otherwise),) = (item["Fn::If"] for item in made["NotificationConfigurations"])
    assert (condition, said["TopicARN"], otherwise) == ("MailSet", {"Ref": "OpsNotification"}, {"Ref": "AWS::NoValue"})


# ------------------------------------------------------------------ order


def test_a_group_waits_for_the_way_out_of_each_of_its_subnets_once(tmp_path: Path) -> None:
    assert after(graph_of(tmp_path, group()), "WebAutoScalingGroup") == [
        "AppARouteTableAssociation",
        "AppAToInternet",
        "AppCRouteTableAssociation",
        "AppCToInternet",
        "NetIgwAttachment",
    ]


def test_a_group_waits_for_the_mount_targets_of_its_zones(tmp_path: Path) -> None:
    before = "file_systems: {files: {subnets: [app-a, app-c], ingress: {nfs: {port: 2049, from: machine}}}}\n"
    text = group("size: {min: 1, max: 2}", template="mounts: {/srv: files}, ingress: {}", before=before)
    graph = graph_of(tmp_path, text)
    waited = set(after(graph, "WebAutoScalingGroup"))
    assert {"FilesMountTargetAppA", "FilesMountTargetAppC"} <= waited
    assert waited <= set(graph.nodes)


# ------------------------------------------------------------------ what a group follows


def policy(graph: Graph, name: str) -> dict[str, Any]:
    made: dict[str, Any] = properties(graph, name)
    return made


def test_a_group_follows_its_processors(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, group("size: {min: 2, max: 4}, scaling: {cpu: {target: 50%, warmup: 2m}}"))
    assert policy(graph, "WebCpuPolicy") == {
        "AutoScalingGroupName": {"Ref": "WebAutoScalingGroup"},
        "EstimatedInstanceWarmup": 120,
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingConfiguration": {
            "DisableScaleIn": False,
            "PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageCPUUtilization"},
            "TargetValue": 50,
        },
    }


def test_the_target_can_be_chosen_as_a_number_of_percent(tmp_path: Path) -> None:
    before = "parameters: {Target: {type: percent, default: 62.5%, min: 10%, max: 90%}}\n"
    graph = graph_of(tmp_path, group("size: {min: 2, max: 4}, scaling: {cpu: Target}", before=before))
    assert policy(graph, "WebCpuPolicy")["TargetTrackingConfiguration"]["TargetValue"] == {"Ref": "Target"}
    declared = graph.parameters["Target"].body
    assert {name: declared[name] for name in ("Type", "Default", "MinValue", "MaxValue")} == {
        "Type": "Number",
        "Default": 62.5,
        "MinValue": 10,
        "MaxValue": 90,
    }


@pytest.mark.parametrize(
    ("said", "emitted"),
    [("true", False), ("false", True), ("MayShrink", {"Fn::If": ["MayShrinkTrue", False, True]})],
)
def test_a_group_that_may_not_shrink_has_scaling_in_disabled(tmp_path: Path, said: str, emitted: Any) -> None:
    before = "parameters: {MayShrink: {type: boolean, default: 'true'}}\n"
    more = f"size: {{min: 2, max: 4}}, scaling: {{cpu: {{target: 50%, scale_in: {said}}}}}"
    graph = graph_of(tmp_path, group(more, before=before))
    assert policy(graph, "WebCpuPolicy")["TargetTrackingConfiguration"]["DisableScaleIn"] == emitted
    if said == "MayShrink":
        assert graph.conditions["MayShrinkTrue"].body == {"Fn::Equals": [{"Ref": "MayShrink"}, "true"]}


def test_requests_are_counted_for_the_target_group_behind_its_load_balancer(tmp_path: Path) -> None:
    more = "size: {min: 2, max: 4}, target_groups: web, scaling: {requests: 1000}"
    graph = graph_of(tmp_path, group(more, before=FRONT))
    made = policy(graph, "WebRequestsPolicy")["TargetTrackingConfiguration"]
    assert made["TargetValue"] == 1000
    label = made["PredefinedMetricSpecification"]["ResourceLabel"]["Fn::Sub"]
    assert label == [
        "${LoadBalancer}/${TargetGroup}",
        {
            "LoadBalancer": {"Fn::GetAtt": ["FrontLoadBalancer", "LoadBalancerFullName"]},
            "TargetGroup": {"Fn::GetAtt": ["WebTargetGroup", "TargetGroupFullName"]},
        },
    ]


def test_requests_are_followed_once_the_load_balancer_forwards_them(tmp_path: Path) -> None:
    more = "size: {min: 2, max: 4}, target_groups: web, scaling: {requests: 1000}"
    graph = graph_of(tmp_path, group(more, before=FRONT))
    assert after(graph, "WebRequestsPolicy") == ["FrontListener80"]
    assert "FrontListener80" in graph.nodes


def test_requests_are_followed_where_the_load_balancer_has_the_groups_own_name(tmp_path: Path) -> None:
    more = "size: {min: 2, max: 4}, target_groups: web, scaling: {requests: 1000}"
    graph = graph_of(tmp_path, group(more, before=FRONT.replace("  front:", "  web:")))
    assert after(graph, "WebRequestsPolicy") == ["WebListener80"]


# ------------------------------------------------------------------ attributes, layouts


def test_a_group_has_a_name_and_an_arn(tmp_path: Path) -> None:
    outputs = "outputs: {Name: '${{ web.name }}', Arn: '${{ auto_scaling_groups.web.arn }}'}\n"
    graph = graph_of(tmp_path, group(before=outputs))
    assert graph.outputs["Name"].body == {"Value": {"Ref": "WebAutoScalingGroup"}}
    assert graph.outputs["Arn"].body == {"Value": {"Fn::GetAtt": ["WebAutoScalingGroup", "AutoScalingGroupARN"]}}


def test_a_group_takes_its_template_along_to_another_stack(tmp_path: Path) -> None:
    text = group() + "layout: {stacks: {front: [auto_scaling_groups.web]}}\n"
    made = build(tmp_path, text, layout="nested")
    assert not made.failed, messages(made)
    (front,) = (stack for stack in made.stacks if stack.name == "front")
    assert list(front.template["Resources"]) == ["WebSetupLog", "WebLaunchTemplate", "WebAutoScalingGroup"]


def test_every_reference_leads_somewhere(tmp_path: Path) -> None:
    more = "size: {min: 2, max: 4}, target_groups: web, scaling: {cpu: 50%, requests: 10}, notify: ops"
    template = "setup: {packages: [httpd]}, key_pair: keys, ingress: {http: {port: 80, from: internet}}"
    before = FRONT + "key_pairs: {keys: }\nnotifications: {ops: ops@example.com}\n"
    graph = graph_of(tmp_path, group(more, template=template, before=before))
    found = {target for node in graph.nodes.values() for _, target, _ in references(node.body)}
    assert {target for target in found if "::" not in target} <= set(graph.nodes)
