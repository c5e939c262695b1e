"""What is the same is told to be the same, however it is written; what differs is followed to its end."""

from __future__ import annotations

from pathlib import Path

import pytest

from labspec.diff import compare
from labspec.template import read_directory, read_folder
from tests.diff.templates import difference, resources, verbs

ROOT = Path(__file__).parents[2]
NETWORK = """
Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: all, VpcId: !Ref Vpc}}
Machine: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref Subnet}}
Address: {Type: AWS::EC2::EIPAssociation, Properties: {InstanceId: !Ref Machine, AllocationId: eipalloc-1}}
"""


def bucket(properties: str, rest: str = "") -> str:
    """A template with a bucket that is tagged, and something else."""
    return f"{rest}\nResources:\n  It: {{Type: AWS::S3::Bucket, Properties: {properties}}}\n"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "{Tags: [{Key: a, Value: !Sub 'x-${AWS::Region}'}]}",
            "{Tags: [{Key: a, Value: !Join [-, [x, !Ref AWS::Region]]}]}",
        ),
        ("{Tags: [{Key: a, Value: !Ref AWS::Region}]}", "{Tags: [{Key: a, Value: {Ref: AWS::Region}}]}"),
        ("{Tags: [{Key: a, Value: !Sub '${AWS::Region}'}]}", "{Tags: [{Key: a, Value: !Ref AWS::Region}]}"),
        ("{Tags: [{Key: a, Value: 1}]}", "{Tags: [{Key: a, Value: '1'}]}"),
        ("{Tags: [{Key: a, Value: true}]}", "{Tags: [{Key: a, Value: 'true'}]}"),
        ("{Tags: [{Key: a, Value: !Sub ['${x}', {x: y}]}]}", "{Tags: [{Key: a, Value: y}]}"),
        ("{Tags: [{Key: a, Value: !Select [1, [a, y]]}]}", "{Tags: [{Key: a, Value: y}]}"),
        ("{VersioningConfiguration: {Status: Suspended}}", "{}"),
        ("{Tags: []}", "{}"),
        ("{VersioningConfiguration: !Ref AWS::NoValue}", "{}"),
    ],
)
def test_equal_values_are_equal_however_they_are_written(one: str, other: str) -> None:
    assert verbs(difference(bucket(one), bucket(other))) == {}
    assert verbs(difference(bucket(other), bucket(one))) == {}


def test_a_parameter_whose_value_is_known_is_that_value() -> None:
    literal = bucket("{BucketName: pages}")
    named = bucket("{BucketName: !Ref Name}", "Parameters: {Name: {Type: String, Default: pages}}")
    assert verbs(difference(literal, named, parameters={"Name": "pages"})) == {}
    assert verbs(difference(literal, named, use_defaults=True)) == {}
    assert verbs(difference(literal, named, parameters={"Name": "others"})) == {"It": "replace"}
    assert verbs(difference(literal, named)) == {"It": "replace?"}


def test_an_attribute_that_is_a_property_is_its_value() -> None:
    rule = "Rule: {Type: AWS::EC2::SecurityGroupIngress, Properties: {GroupId: sg-1, IpProtocol: tcp, CidrIp: %s}}"
    old, new = (NETWORK + rule % value for value in ("10.0.0.0/16", "!GetAtt Vpc.CidrBlock"))
    assert verbs(difference(old, new)) == {}


def test_a_reference_is_followed_to_the_end() -> None:
    found = difference(NETWORK, NETWORK.replace("10.0.0.0/16", "10.9.0.0/16"))
    assert verbs(found) == dict.fromkeys(("Vpc", "Subnet", "Group", "Machine", "Address"), "replace")
    causes = {
        address: {cause for edit in change.edits for cause in edit.causes} for address, change in found.changes.items()
    }
    assert causes == {"Vpc": set(), "Subnet": {"Vpc"}, "Group": {"Vpc"}, "Machine": {"Subnet"}, "Address": {"Machine"}}
    assert found.changes["Address"].is_swapped
    assert not found.changes["Machine"].is_swapped


def test_a_new_version_of_a_launch_template_replaces_the_machine_that_asks_for_the_latest() -> None:
    text = """
    Template:
      Type: AWS::EC2::LaunchTemplate
      Properties: {LaunchTemplateData: {UserData: !Base64 "one", ImageId: ami-1}}
    Latest:
      Type: AWS::EC2::Instance
      Properties: {LaunchTemplate: {LaunchTemplateId: !Ref Template, Version: !GetAtt Template.LatestVersionNumber}}
    First:
      Type: AWS::EC2::Instance
      Properties: {LaunchTemplate: {LaunchTemplateId: !Ref Template, Version: "1"}}
    """
    assert verbs(difference(text, text.replace('"one"', '"other"'))) == {"Template": "change", "Latest": "replace"}


def test_a_default_that_is_written_out_changes_nothing_unless_it_replaces() -> None:
    """To add a property that requires a replacement replaces, "even if the real value of the property doesn't change"
    (Understand update behaviors of stack resources); a cluster was lost by that in issue 1350 of
    aws-cloudformation/cloudformation-coverage-roadmap."""
    text = "Base: {Type: AWS::RDS::DBInstance, Properties: {Engine: mysql%s}}"
    assert verbs(difference(text % "", text % ", CopyTagsToSnapshot: false")) == {}
    found = difference(text % "", text % ", StorageEncrypted: false")
    assert verbs(found) == {"Base": "replace"}
    assert "AWS assumes anyway" in found.changes["Base"].edits[0].note


def test_what_the_service_makes_the_same_of_is_the_same_unless_it_replaces() -> None:
    text = "Rule: {Type: AWS::EC2::SecurityGroup, Properties: {SecurityGroupIngress: [{IpProtocol: %s}]}}"
    assert verbs(difference(text % "6", text % "tcp")) == {}
    assert verbs(difference(text % "6", text % "udp")) == {"Rule": "change"}
    text = "Base: {Type: AWS::RDS::DBInstance, Properties: {DBInstanceIdentifier: %s}}"
    assert verbs(difference(text % "Main", text % "main")) == {"Base": "replace?"}


def test_lists_that_mean_a_set_have_no_order() -> None:
    text = "Balancer: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Subnets: [%s]}}"
    assert verbs(difference(text % "subnet-1, subnet-2", text % "subnet-2, subnet-1")) == {}
    assert verbs(difference(text % "subnet-1, subnet-2", text % "subnet-1, subnet-3")) == {"Balancer": "change"}


CHOICE = """
Parameters: {{Env: {{Type: String}}}}
Conditions: {{IsProd: !Equals [!Ref Env, prod]}}
Resources:
  It: {{Type: AWS::S3::Bucket, {}}}
"""


def test_what_depends_on_a_condition_is_told_with_it() -> None:
    always, sometimes = (
        CHOICE.format("Properties: {BucketName: a}"),
        CHOICE.format("Condition: IsProd, Properties: {BucketName: a}"),
    )
    is_prod = {"Fn::Equals": [{"Ref": "Env"}, "prod"]}
    removed = difference(always, sometimes).changes["It"]
    assert (removed.verb, removed.when) == ("remove", {"Fn::Not": [is_prod]})
    added = difference(sometimes, always).changes["It"]
    assert (added.verb, added.when) == ("add", {"Fn::Not": [is_prod]})
    chosen = CHOICE.format("Properties: {BucketName: !If [IsProd, b, a]}")
    replaced = difference(always, chosen).changes["It"]
    assert (replaced.verb, replaced.sure, replaced.when) == ("replace", True, is_prod)
    assert verbs(difference(always, chosen, parameters={"Env": "test"})) == {}
    assert verbs(difference(always, chosen, parameters={"Env": "prod"})) == {"It": "replace"}


def test_what_follows_under_a_condition_is_told_with_it() -> None:
    text = (
        CHOICE.format("Properties: {}")
        + """
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: %s}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc}}
"""
    )
    found = difference(text % "10.0.0.0/16", text % "!If [IsProd, 10.1.0.0/16, 10.0.0.0/16]")
    assert found.changes["Subnet"].when == {"Fn::Equals": [{"Ref": "Env"}, "prod"]}


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        ("!Ref Other", "replace"),
        ("!Ref Made", "replace"),
        ("vpc-1", "replace?"),
        ("!Ref Given", "replace?"),
        ("!ImportValue Shared", "replace?"),
    ],
)
def test_values_that_cannot_be_known_are_not_guessed(new: str, expected: str) -> None:
    head = "Parameters: {Given: {Type: String}}\nResources:\n"
    stay = "  Vpc: {Type: AWS::EC2::VPC}\n  Other: {Type: AWS::EC2::VPC}\n"
    subnet = "  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: %s}}\n"
    made = "  Made: {Type: AWS::EC2::VPC}\n"
    assert verbs(difference(head + stay + subnet % "!Ref Vpc", head + stay + made + subnet % new))["Subnet"] == expected


def test_a_long_text_with_another_line_is_certainly_another_one() -> None:
    text = "It: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {UserData: !Sub %s}}}"
    old, new = (text % f'"#!/bin/bash\\necho {word} ${{AWS::Region}}\\nexit\\n"' for word in ("one", "two"))
    assert verbs(difference(old, new)) == {"It": "change"}
    more = text % '"#!/bin/bash\\necho one ${AWS::Region}\\ncurl ${AWS::AccountId}\\nexit\\n"'
    assert verbs(difference(old, more)) == {"It": "change"}
    word = "It: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub %s}}"
    assert verbs(difference(word % "'a-${AWS::Region}'", word % "'a-${AWS::AccountId}'")) == {"It": "replace?"}


ROOT_OF_TWO = """
Resources:
  A: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: a.yaml}}
  B: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: b.yaml, Parameters: {Vpc: !GetAtt A.Outputs.Vpc}}}
"""
CHILD = "Resources:\n  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: %s}}\nOutputs: {Vpc: {Value: !Ref Vpc}}\n"
OTHER_CHILD = """
Parameters: {Vpc: {Type: String}}
Resources:
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
"""


def test_references_are_followed_across_nested_stacks() -> None:
    old, new = (
        {"root.yaml": ROOT_OF_TWO, "a.yaml": CHILD % cidr, "b.yaml": OTHER_CHILD}
        for cidr in ("10.0.0.0/16", "10.1.0.0/16")
    )
    found = difference(old, new)
    assert verbs(found) == {"A.Vpc": "replace", "B.Subnet": "replace"}
    assert found.changes["B.Subnet"].edits[0].causes == ("A.Vpc",)
    assert verbs(difference(old, old)) == {}


def test_what_stands_in_another_stack_is_moved() -> None:
    nested = {"root.yaml": ROOT_OF_TWO, "a.yaml": CHILD % "10.0.0.0/16", "b.yaml": OTHER_CHILD}
    flat = resources(
        """
        Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
        Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
        """
    )
    found = difference(nested, flat)
    assert verbs(found) == {"Vpc": "move", "Subnet": "move"}
    assert not [edit for change in found.changes.values() for edit in change.edits if edit.is_written]


def test_one_template_twice_is_two_sets_of_resources() -> None:
    root = """
    Resources:
      One: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: a.yaml, Parameters: {Cidr: 10.0.0.0/16}}}
      Two: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: a.yaml, Parameters: {Cidr: %s}}}
    """
    child = """
    Parameters: {Cidr: {Type: String}}
    Resources: {Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Ref Cidr}}}
    """
    old, new = ({"root.yaml": root % cidr, "a.yaml": child} for cidr in ("10.1.0.0/16", "10.2.0.0/16"))
    assert verbs(difference(old, new)) == {"Two.Vpc": "replace"}


def test_what_was_renamed_is_told_to_be_a_twin() -> None:
    text = "%s: {Type: AWS::S3::Bucket, Properties: {VersioningConfiguration: {Status: Enabled}}}"
    found = difference(text % "Old", text % "New").changes
    assert (found["Old"].verb, found["Old"].twin, found["New"].twin) == ("remove", "New", "Old")


def test_a_custom_resource_is_replaced_as_its_function_decides() -> None:
    text = """
    It: {Type: Custom::Thing, Properties: {ServiceToken: arn, Size: %s}}
    User: {Type: AWS::S3::Bucket, Properties: {BucketName: !GetAtt It.Name}}
    """
    assert verbs(difference(text % 1, text % 2)) == {"It": "replace?", "User": "replace?"}


def test_unknown_types_are_not_guessed() -> None:
    text = "It: {Type: Acme::Thing::Part, Properties: {Size: %s}}"
    assert verbs(difference(text % 1, text % 2)) == {"It": "replace?"}


def test_outputs_that_speak_of_what_is_replaced_change() -> None:
    text = """
    Resources:
      Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: %s}}
    Outputs:
      Id: {Value: !Ref Vpc}
      Same: {Value: x}
    """
    found = difference(text % "10.0.0.0/16", text.replace("Same", "More") % "10.1.0.0/16")
    assert [(each.name, each.verb, each.sure) for each in found.outputs] == [
        ("Id", "change", True),
        ("Same", "remove", True),
        ("More", "add", True),
    ]


@pytest.fixture(scope="module")
def lab() -> dict[str, str]:
    """The lab's templates by name."""
    return {path.name: path.read_text("utf-8") for path in (ROOT / "out/full").glob("*.yaml")}


def test_the_lab_is_as_it_is() -> None:
    joined = read_folder(ROOT / "out/full", "root.yaml")
    found = compare(joined, joined)
    assert (found.changes, found.unchanged, found.outputs) == ({}, len(joined.resources), ())


def test_another_address_block_of_the_labs_network_is_followed_to_the_end(lab: dict[str, str]) -> None:
    """The case M6 of the anchors: the network, its subnets, all that stands in them; and AWS would refuse it."""
    network = lab["network.yaml"].replace("CidrBlock: 10.1.0.0/16", "CidrBlock: 10.9.0.0/16")
    old, new = (read_directory(texts, "root.yaml") for texts in (lab, {**lab, "network.yaml": network}))
    found = compare(old, new, ours={"LampImage", "WebImage"})
    by_type: dict[str, set[str]] = {}
    for change in found.changes.values():
        by_type.setdefault(change.verb, set()).add(change.type.removeprefix("AWS::"))
    assert by_type["replace"] == {
        *("EC2::VPC", "EC2::Subnet", "EC2::RouteTable", "EC2::Route", "EC2::SubnetRouteTableAssociation"),
        *("EC2::NatGateway", "EC2::VPCGatewayAttachment", "EC2::SecurityGroup", "EC2::SecurityGroupIngress"),
        *("EFS::MountTarget", "ElasticLoadBalancingV2::TargetGroup", "EC2::Instance", "EC2::EIPAssociation"),
        "Custom::Image",
    }
    every = [each for each in new.resources.values() if each.type.removeprefix("AWS::") in by_type["replace"]]
    assert {each.address for each in every} == {
        address for address, change in found.changes.items() if change.verb == "replace"
    }
    assert all(change.sure for change in found.changes.values() if change.verb == "replace")
    mount = found.changes["StorageStack.LabVpcEfsMountTargetPublicSubnetA1"]
    assert "NetworkStack.PublicSubnetA1Subnet" in {cause for edit in mount.edits for cause in edit.causes}
    refused = {new.resources[refusal.address].type for refusal in found.refusals if refusal.sure}
    assert refused >= {"AWS::RDS::DBSubnetGroup", "AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::EFS::MountTarget"}
    assert found.losses == ()
    assert [output.name for output in found.outputs] == ["BastionSsh"]


def test_what_moves_and_hangs_on_a_condition_is_moved() -> None:
    root = CHOICE.replace("{{", "{").replace("}}", "}").replace("It: {Type: AWS::S3::Bucket, {}}", "%s")
    stack = "In: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: a.yaml}}"
    child = "Resources:\n  It: {Type: AWS::S3::Bucket}\n"
    old = {"root.yaml": root % "It: {Type: AWS::S3::Bucket, Condition: IsProd}", "a.yaml": child}
    found = difference(old, {"root.yaml": root % stack, "a.yaml": child}).changes
    assert [(change.verb, change.address) for change in found.values()] == [("move", "In.It")]


def test_properties_that_are_one_choice() -> None:
    text = CHOICE.format("Properties: !If [IsProd, {BucketName: %s}, {BucketName: b}]")
    assert difference(text % "a", text % "a").changes == {}
    assert verbs(difference(text % "a", text % "c")) == {"It": "replace?"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("a-${Given}", "b-${Given}x", "replace"),
        ("${Given}-a", "${Other}-b", "replace"),
        ("${Given} a ${Vpc}", "${Other} a ${Made.VpcId}", "replace"),
        ("${Given} a ${Vpc} b", "${Other} a c ${Made.VpcId} b", "replace?"),
        ("${Given}a${Vpc}", "${Other}a${Made.VpcId}", "replace?"),
        ("${Given}", "${Made.Port}", "replace?"),
        ("${Given}", "${Made.VpcId}", "replace"),
    ],
)
def test_texts_with_values_in_them(old: str, new: str, expected: str) -> None:
    head = "Parameters: {Given: {Type: String}, Other: {Type: String}}\nResources:\n  Vpc: {Type: AWS::EC2::VPC}\n"
    made = "  Made: {Type: AWS::EC2::VPC}\n"
    text = "  It: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub '%s'}}\n"
    assert verbs(difference(head + text % old, head + made + text % new))["It"] == expected


def test_the_more_certain_of_two_reasons_holds() -> None:
    text = """
    Perhaps: {Type: Custom::Thing, Properties: {ServiceToken: arn, Size: %s}}
    Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.%s.0.0/16}}
    It: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub "${Perhaps}-${Vpc}"}}
    """
    assert verbs(difference(text % (1, 1), text % (2, 1)))["It"] == "replace?"
    assert verbs(difference(text % (1, 1), text % (2, 2)))["It"] == "replace"


def test_what_is_around_a_property_replaces_only_with_it() -> None:
    text = "It: {Type: AWS::EC2::VPCEndpoint, Properties: {ServiceName: x%s}}"
    assert verbs(difference(text % "", text % ", DnsOptions: {DnsRecordIpType: ipv4}")) == {"It": "change"}
    assert verbs(difference(text % "", text % ", DnsOptions: {PrivateDnsPreference: ALL_DOMAINS}")) == {"It": "replace"}


def test_what_stands_twice_is_not_said_to_have_moved() -> None:
    root = "Resources:\n" + "".join(
        f"  %s{number}: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: a.yaml}}}}\n"
        for number in (1, 2)
    )
    child = "Resources:\n  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}\n"
    old, new = ({"root.yaml": root % (name, name), "a.yaml": child} for name in ("Old", "New"))
    assert sorted(verbs(difference(old, new)).values()) == ["add", "add", "remove", "remove"]


def test_zones_of_one_region_are_different_ones() -> None:
    text = "It: {Type: AWS::EC2::Subnet, Properties: {AvailabilityZone: !Select [%s, !GetAZs '']}}"
    assert verbs(difference(text % 0, text % 1)) == {"It": "replace"}
    assert verbs(difference(text % 0, text.replace("!GetAZs ''", "!Ref Zones") % 0))["It"] == "replace?"


def test_a_condition_says_what_its_parameter_is() -> None:
    old = CHOICE.format("Properties: {BucketName: !If [IsProd, !Ref Env, other]}")
    new = CHOICE.format("Properties: {BucketName: !If [IsProd, prod, other]}")
    assert verbs(difference(old, new)) == {}
    changed = difference(old, CHOICE.format("Properties: {BucketName: !If [IsProd, !Ref Env, prod]}")).changes["It"]
    assert (changed.sure, changed.when) == (True, {"Fn::Not": [{"Fn::Equals": [{"Ref": "Env"}, "prod"]}]})


def test_what_is_replaced_exists_under_its_condition_only() -> None:
    text = """
    Parameters: {Env: {Type: String}}
    Conditions: {IsProd: !Equals [!Ref Env, prod]}
    Resources:
      It: {Type: AWS::S3::Bucket, Condition: IsProd, Properties: {BucketName: %s}}
    """
    assert verbs(difference(text % "one", text % "other")) == {"It": "replace?"}
