"""Machines: what replaces them and what does not, their addresses, and whom they tell that they are ready."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from labspec.graph import Graph
from tests.building import NETWORK, build, graph_of, messages


def machine(said: str = "", more: str = "") -> str:
    """A spec with one machine in a public subnet."""
    return f"{NETWORK}{more}\ninstances:\n  web: {{subnet: public-a, setup: {{packages: [httpd]}}, {said}}}\n"


def properties(graph: Graph, identity: str) -> dict[str, Any]:
    found: dict[str, Any] = graph.nodes[identity].body["Properties"]
    return found


def data(graph: Graph, identity: str = "WebLaunchTemplate") -> dict[str, Any]:
    found: dict[str, Any] = properties(graph, identity)["LaunchTemplateData"]
    return found


def interface(graph: Graph) -> dict[str, Any]:
    (only,) = data(graph)["NetworkInterfaces"]
    return dict(only)


# ------------------------------------------------------------------ replacement works


def test_nothing_is_handed_to_a_machine_that_its_successor_could_not_have_too(tmp_path: Path) -> None:
    """The new one is made while the old one still is: no network interface of its own, no fixed address."""
    graph = graph_of(tmp_path, machine("elastic_ip: true"))
    assert "AWS::EC2::NetworkInterface" not in {node.type for node in graph.nodes.values()}
    assert set(interface(graph)) == {"AssociatePublicIpAddress", "DeviceIndex", "SubnetId"}
    assert not {"NetworkInterfaces", "PrivateIpAddress", "SubnetId"} & set(properties(graph, "WebInstance"))


def test_a_machine_with_an_elastic_address_has_a_way_out_before_it_gets_it(tmp_path: Path) -> None:
    """It starts with another public address; the association waits for the machine, and never the other way round."""
    graph = graph_of(tmp_path, machine("elastic_ip: true"))
    assert interface(graph)["AssociatePublicIpAddress"] is True
    assert properties(graph, "WebEipAssociation") == {
        "AllocationId": {"Fn::GetAtt": ["WebEip", "AllocationId"]},
        "InstanceId": {"Ref": "WebInstance"},
    }
    assert not {edge.target for edge in graph.edges if edge.source == "WebInstance"} & {"WebEip", "WebEipAssociation"}


@pytest.mark.parametrize(("said", "public"), [("", False), ("public_ip: true", True), ("elastic_ip: true", True)])
def test_a_machine_has_a_public_address_where_it_is_said(tmp_path: Path, said: str, public: bool) -> None:
    graph = graph_of(tmp_path, machine(said))
    assert interface(graph)["AssociatePublicIpAddress"] is public
    assert ("WebEip" in graph.nodes) is ("elastic" in said)


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("elastic_ip: true", {"Ref": "WebEip"}),
        ("public_ip: true", {"Fn::GetAtt": ["WebInstance", "PublicIp"]}),
    ],
)
def test_the_public_address_of_a_machine_is_the_one_that_stays(
    tmp_path: Path, said: str, address: dict[str, Any]
) -> None:
    graph = graph_of(tmp_path, machine(said) + "outputs: {Address: '${{ web.public_ip }}'}\n")
    assert graph.outputs["Address"].body["Value"] == address


def test_attributes(tmp_path: Path) -> None:
    words = "outputs: {Id: '${{ web.id }}', Private: '${{ web.private_ip }}', Arn: '${{ web.arn }}'}\n"
    graph = graph_of(tmp_path, machine() + words)
    assert graph.outputs["Id"].body["Value"] == {"Ref": "WebInstance"}
    assert graph.outputs["Private"].body["Value"] == {"Fn::GetAtt": ["WebInstance", "PrivateIp"]}
    arn, variables = graph.outputs["Arn"].body["Value"]["Fn::Sub"]
    assert arn.startswith("arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:instance/")
    assert variables == {"Id": {"Ref": "WebInstance"}}


def test_a_fixed_address_is_for_machines_that_are_never_replaced(tmp_path: Path) -> None:
    (refused,) = messages(build(tmp_path, machine("private_ip: 10.0.1.7")))
    assert "two machines cannot hold one address" in refused
    graph = graph_of(tmp_path, machine("private_ip: 10.0.1.7, keep_on_change: true"))
    assert interface(graph)["PrivateIpAddress"] == "10.0.1.7"


def test_the_newest_version_of_its_template_replaces_a_machine(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, machine())
    version = {"Fn::GetAtt": ["WebLaunchTemplate", "LatestVersionNumber"]}
    assert properties(graph, "WebInstance")["LaunchTemplate"] == {
        "LaunchTemplateId": {"Ref": "WebLaunchTemplate"},
        "Version": version,
    }
    kept = graph_of(tmp_path, machine("keep_on_change: true"))
    assert properties(kept, "WebInstance")["LaunchTemplate"]["Version"] == "1"


# ------------------------------------------------------------------ what replaces a machine, and what does not


def test_a_template_holds_only_what_must_replace_its_machine(tmp_path: Path) -> None:
    """Not even tags: every edit of a template is a new version, and a new version is a new machine."""
    graph = graph_of(
        tmp_path, machine("elastic_ip: true, key_pair: office, credits: unlimited", "key_pairs: {office: }")
    )
    assert set(properties(graph, "WebLaunchTemplate")) == {"LaunchTemplateData"}
    assert set(data(graph)) == {"ImageId", "NetworkInterfaces", "UserData"}


STAYS = [
    "type: t3.small",
    "tags: {Team: blue}",
    "monitoring: detailed",
    "metadata: optional",
    "metadata: {hops: 2}",
    "credits: unlimited",
    "termination_protection: true",
    "shutdown: terminate",
    "permissions: {managed: CloudWatchAgentServerPolicy}",
    "access: none",
    "ready_within: 20m",
    "silence: {setup-without-way-out: a test}",
]


@pytest.mark.parametrize("said", STAYS)
def test_a_change_of_anything_else_leaves_the_template_alone(tmp_path: Path, said: str) -> None:
    before, after = graph_of(tmp_path, machine()), graph_of(tmp_path, machine(said))
    without = {"UserData"} if said.startswith("ready_within") else set()
    assert _but(data(before), without) == _but(data(after), without)


def _but(body: dict[str, Any], without: set[str]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in without}


REPLACES = [
    ("packages: [httpd]", "packages: [httpd, php]"),
    ("packages: [httpd]", "packages: [httpd], commands: [date]"),
    ("subnet: public-a", "subnet: public-c"),
    ("subnet: public-a", "subnet: public-a, image: ami-0123456789abcdef0"),
    ("subnet: public-a", "subnet: public-a, mounts: {/srv: share}"),
    ("subnet: public-a", "subnet: public-a, secrets: {/run/db.json: db}"),
    ("subnet: public-a", "subnet: public-a, public_ip: true"),
    ("subnet: public-a", "subnet: public-a, security_groups: [web-sg]"),
]
AROUND = """
security_groups: {web-sg: {ingress: {nfs: {port: 2049, from: net}, mysql: {port: 3306, from: net}}}}
file_systems: {share: {subnets: [public-a, public-c], security_groups: web-sg}}
databases: {db: {engine: mysql, version: 8.4.7, subnets: [data-a, data-c], security_groups: web-sg, database: shop}}
"""


@pytest.mark.parametrize(("before", "after"), REPLACES)
def test_a_change_of_what_it_runs_on_makes_a_new_version(tmp_path: Path, before: str, after: str) -> None:
    spec = machine(more=AROUND)
    assert data(graph_of(tmp_path, spec)) != data(graph_of(tmp_path, spec.replace(before, after, 1)))


def test_a_key_pair_is_the_instances_own(tmp_path: Path) -> None:
    """It is create-only there, so another key is another machine."""
    graph = graph_of(tmp_path, machine("key_pair: office", "key_pairs: {office: }"))
    assert properties(graph, "WebInstance")["KeyName"] == {"Ref": "OfficeKeyPair"}


def test_tags_reach_disks_the_machines_own_before_those_of_all(tmp_path: Path) -> None:
    made = properties(graph_of(tmp_path, machine("tags: {Team: blue}", "tags: {Team: red}")), "WebInstance")
    assert made["PropagateTagsToVolumeOnCreation"] is True
    assert made["Tags"] == [{"Key": "Name", "Value": "web"}, {"Key": "Team", "Value": "blue"}]


def test_a_machine_without_a_choice_has_the_defaults_of_today(tmp_path: Path) -> None:
    made = properties(graph_of(tmp_path, machine()), "WebInstance")
    assert made["InstanceType"] == "t3.micro"
    assert made["MetadataOptions"] == {
        "HttpEndpoint": "enabled",
        "HttpPutResponseHopLimit": 1,
        "HttpTokens": "required",
    }
    disk = {"DeleteOnTermination": True, "Encrypted": True, "VolumeType": "gp3"}
    assert made["BlockDeviceMappings"] == [{"DeviceName": "/dev/xvda", "Ebs": disk}]
    assert "CreditSpecification" not in made


# ------------------------------------------------------------------ public images are resolved at launch

AL2023 = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-"
IMAGES = [
    ("type: t3.micro", f"{AL2023}x86_64"),
    ("type: t4g.micro", f"{AL2023}arm64"),
    ("image: {ssm: /company/images/base}", "resolve:ssm:/company/images/base"),
    ("image: published", "resolve:ssm:/company/images/web"),
    ("image: held", "ami-0123456789abcdef0"),
    ("image: ami-0123456789abcdef0", "ami-0123456789abcdef0"),
]
PUBLISHED = """
images:
  published: {public: /company/images/web}
  held: {public: /company/images/web, pinned: ami-0123456789abcdef0}
"""


@pytest.mark.parametrize(("said", "image"), IMAGES)
def test_a_public_image_is_resolved_as_the_machine_is_launched(tmp_path: Path, said: str, image: str) -> None:
    """The text of the template never changes, so a new release replaces nothing; a pinned id is literal."""
    assert data(graph_of(tmp_path, machine(said, PUBLISHED)))["ImageId"] == image


def test_no_parameter_is_resolved_at_every_update(tmp_path: Path) -> None:
    """A parameter of an SSM type would be read again at every update of the stack, and replace every machine."""
    parameters = "parameters: {Type: {type: instance_type, default: t3.micro}}"
    made = build(tmp_path, machine("type: Type", f"{PUBLISHED}{parameters}"), layout="nested")
    assert made.stacks
    for stack in made.stacks:
        assert not any("SSM" in declared["Type"] for declared in stack.template.get("Parameters", {}).values())


# ------------------------------------------------------------------ signals


def test_cloudformation_waits_for_a_machine_that_sets_itself_up(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, machine("public_ip: true, ready_within: 20m"))
    policy = graph.nodes["WebInstance"].body["CreationPolicy"]
    assert policy == {"ResourceSignal": {"Count": 1, "Timeout": "PT1200S"}}
    script = data(graph)["UserData"]["Fn::Base64"]["Fn::Sub"]
    assert "--stack '${AWS::StackName}' --resource WebInstance" in (script if isinstance(script, str) else script[0])


@pytest.mark.parametrize("said", ["{subnet: public-a}", "{subnet: public-a, user_data: date}"])
def test_nobody_waits_for_a_machine_that_does_not_tell(tmp_path: Path, said: str) -> None:
    graph = graph_of(tmp_path, f"{NETWORK}instances: {{web: {said}}}\n")
    assert "CreationPolicy" not in graph.nodes["WebInstance"].body


# ------------------------------------------------------------------ roles


def test_a_machines_own_role_lets_session_manager_in_unless_told_otherwise(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, machine())
    assert properties(graph, "WebInstance")["IamInstanceProfile"] == {"Ref": "WebInstanceProfile"}
    (managed,) = properties(graph, "WebRole")["ManagedPolicyArns"]
    assert managed["Fn::Sub"].endswith("/AmazonSSMManagedInstanceCore")
    bare = graph_of(tmp_path, machine("access: none"))
    assert "IamInstanceProfile" not in properties(bare, "WebInstance")
    assert "WebRole" not in bare.nodes


def test_a_policy_that_a_machine_has_of_itself_is_attached_once(tmp_path: Path) -> None:
    """IAM refuses a list with two of it."""
    said = "permissions: {managed: [AmazonSSMManagedInstanceCore, ReadOnlyAccess]}"
    managed = properties(graph_of(tmp_path, machine(said)), "WebRole")["ManagedPolicyArns"]
    assert [each["Fn::Sub"].rpartition("/")[2] for each in managed] == [
        "AmazonSSMManagedInstanceCore",
        "ReadOnlyAccess",
    ]


def test_a_shared_role_is_taken_as_it_is(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, machine("role: worker", "roles: {worker: {permissions: {managed: ReadOnlyAccess}}}"))
    assert properties(graph, "WebInstance")["IamInstanceProfile"] == {"Ref": "WorkerInstanceProfile"}
    assert "WebRole" not in graph.nodes
