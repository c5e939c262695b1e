"""The stacks of the finished lab as CloudFormation gets them: where things lie, and what the console is not asked."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import pytest

from labspec.template import read_folder
from tests.lab.course import BUILT, LAYOUTS, compiled

PLACES = {
    "network": "EC2::VPC EC2::InternetGateway EC2::VPCGatewayAttachment EC2::Subnet EC2::NatGateway EC2::EIP"
    " EC2::RouteTable EC2::Route EC2::SubnetRouteTableAssociation",
    "security": "EC2::SecurityGroup EC2::SecurityGroupIngress",
    "storage": "EFS::FileSystem EFS::MountTarget",
    "database": "RDS::DBInstance RDS::DBSubnetGroup RDS::DBParameterGroup SecretsManager::Secret"
    " SecretsManager::SecretTargetAttachment",
    "compute": "EC2::Instance EC2::LaunchTemplate EC2::KeyPair EC2::EIP EC2::EIPAssociation Lambda::Function"
    " Logs::LogGroup IAM::Role IAM::InstanceProfile SSM::Document SSM::Association Custom::Image",
    "balancing": "ElasticLoadBalancingV2::LoadBalancer ElasticLoadBalancingV2::Listener"
    " ElasticLoadBalancingV2::TargetGroup",
    "scaling": "AutoScaling::AutoScalingGroup AutoScaling::ScalingPolicy EC2::LaunchTemplate IAM::Role"
    " IAM::InstanceProfile Logs::LogGroup",
    "website": "S3::Bucket S3::BucketPolicy CloudFront::Distribution Lambda::Function Logs::LogGroup IAM::Role"
    " IAM::ManagedPolicy"
    " Custom::WebsiteContent",
    "watching": "SNS::Topic SNS::Subscription",
}
FIXED_NAMES = {
    "BucketName",
    "DBInstanceIdentifier",
    "DBSubnetGroupName",
    "LaunchTemplateName",
    "LoadBalancerName",
    "RoleName",
    "TopicName",
}


def templates(layout: str) -> dict[str, dict[str, Any]]:
    """The templates as data, by name."""
    if layout == "nested":
        joined = read_folder(BUILT, "root.yaml")
        return {name.removesuffix(".yaml"): template.data for name, template in joined.templates.items()}
    return {stack.name: stack.template for stack in compiled("full.yaml").stacks}


def test_everything_lies_where_a_reader_looks_for_it() -> None:
    found = {
        name: {body["Type"].removeprefix("AWS::") for body in template["Resources"].values()}
        for name, template in templates("nested").items()
        if name != "root"
    }
    assert found == {name: set(kinds.split()) for name, kinds in PLACES.items()}


def test_the_manifest_remembers_every_placement() -> None:
    """Another stack for something that is there means its end: a reader of two manifests can see it coming."""
    manifest = json.loads((BUILT / "manifest.json").read_text("utf-8"))
    assert manifest["stacks"] == {name: sorted(body["Resources"]) for name, body in templates("nested").items()}
    assert manifest["layout"] == "nested"
    for name, digest in manifest["outputs"].items():
        assert hashlib.sha256((BUILT / name).read_bytes()).hexdigest() == digest


@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_stack_holds_another_by_an_export(layout: str) -> None:
    for template in templates(layout).values():
        assert not any("Export" in output for output in template.get("Outputs", {}).values())
        assert "Fn::ImportValue" not in json.dumps(template)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_console_asks_for_no_more_than_iam(layout: str) -> None:
    """No macro to expand, no named role, and no name that a second copy of the lab would want, too."""
    for template in templates(layout).values():
        assert "Transform" not in template
        for identity, body in template["Resources"].items():
            fixed = FIXED_NAMES & set(body.get("Properties", {}))
            assert not {name for name in fixed if isinstance(body["Properties"][name], str)}, identity


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_holds_data_says_what_becomes_of_it(layout: str) -> None:
    holders = {"AWS::RDS::DBInstance", "AWS::EFS::FileSystem", "AWS::S3::Bucket", "AWS::SecretsManager::Secret"}
    for template in templates(layout).values():
        for body in template["Resources"].values():
            if body["Type"] in holders:
                assert body["DeletionPolicy"] == body["UpdateReplacePolicy"] == "Delete"


def test_a_new_build_has_new_addresses_and_overwrites_nothing() -> None:
    """The digest is text of the root, and no default of a parameter, which an update would keep."""
    root = templates("nested")["root"]
    urls = [body["Properties"]["TemplateURL"]["Fn::Sub"] for body in root["Resources"].values()]
    digest = json.loads((BUILT / "manifest.json").read_text("utf-8"))["digest"]
    assert len(urls) == len(PLACES)
    for url in urls:
        assert re.search(rf"/\$\{{TemplateFolder\}}/{digest}/[a-z]+\.yaml$", url)
    assert digest not in json.dumps(root["Parameters"])
