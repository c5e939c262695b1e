"""Prologue and chapter 1, row by row of docs/lab.md."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lab.course import LAYOUTS, ROOT, Check, Lab, attribute, finished, fresh, ref, stated, tag

BUCKET, DISTRIBUTION = "LabS3WebHostingBucket", "LabS3WebHostingDistribution"
PUBLISHED = {"Fn::Equals": [ref("PublishWebsite"), "true"]}


# ------------------------------------------------------------------ A: fresh from specs/00-prologue.yaml


def demo_server(lab: Lab) -> None:
    server = lab.named("EC2::Instance", "demo-ec2")
    assert server.properties["KeyName"] == ref("DemoKeyKeyPair")
    (interface,) = lab.properties("DemoEc2LaunchTemplate")["LaunchTemplateData"]["NetworkInterfaces"]
    assert interface["AssociatePublicIpAddress"] is True
    assert lab.outputs["DemoSsh"][0] == {"Fn::Sub": ["ssh ec2-user@", attribute(server.id, "PublicIp")]}


def demo_key(lab: Lab) -> None:
    (key,) = lab.of("EC2::KeyPair")
    assert key.properties == {
        "KeyName": {"Fn::Join": ["-", [ref("AWS::StackName"), "demo-key"]]},
        "KeyFormat": "ppk",
        "KeyType": "rsa",
    }


# ------------------------------------------------------------------ B


def region(lab: Lab) -> None:
    assert "region: us-east-1" in (ROOT / "specs/01-website.yaml").read_text("utf-8").splitlines()
    alone = fresh("01-website.yaml").things
    parts = "Bucket BucketPolicy Distribution Content ContentFunction ContentRole ContentPolicy ContentLogGroup"
    ids = {f"LabS3WebHosting{part}" for part in parts.split()}
    assert set(alone) == ids
    for identity in ids:
        assert lab.order[identity] <= ids


def bucket_name(lab: Lab) -> None:
    said = {"Fn::Not": [{"Fn::Equals": [ref("SiteBucketName"), ""]}]}
    name = {"Fn::If": [said, ref("SiteBucketName"), ref("AWS::NoValue")]}
    assert lab.properties(BUCKET)["BucketName"] == name
    assert lab.parameters["SiteBucketName"]["Default"] == ""


def bucket_options(lab: Lab) -> None:
    bucket = lab.things[BUCKET]
    assert bucket.properties["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    (rule,) = bucket.properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule == {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    assert "VersioningConfiguration" not in bucket.properties
    assert tag(bucket, "Project") == "aws-basics-lab"


def objects(lab: Lab) -> None:
    written = [thing for thing in lab.things.values() if ref(BUCKET) in thing.properties.values()]
    assert [thing.type for thing in written] == ["AWS::S3::BucketPolicy", "Custom::WebsiteContent"]
    (content,) = (thing for thing in written if thing.type == "Custom::WebsiteContent")
    assert (content.properties["Empty"], content.condition) == ("true", PUBLISHED)
    assert {path.name for path in (ROOT / "specs/files/site").iterdir()} == {"mycar.html", "car.jpg"}
    assert (ROOT / "specs/files/site/car.jpg").stat().st_size < 50_000


def hosting(lab: Lab) -> None:
    assert lab.properties(BUCKET)["WebsiteConfiguration"] == {"IndexDocument": "mycar.html"}


def public_access(lab: Lab) -> None:
    switches = lab.properties(BUCKET)["PublicAccessBlockConfiguration"]
    assert switches == dict.fromkeys(
        ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), False
    )
    website = [thing for thing in lab.things.values() if thing.id.startswith("LabS3WebHosting")]
    assert [thing.condition for thing in website] == [PUBLISHED] * 8


def bucket_policy(lab: Lab) -> None:
    (policy,) = lab.of("S3::BucketPolicy")
    (statement,) = policy.properties["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Allow", "*", ["s3:GetObject"])
    assert statement["Resource"] == [{"Fn::Sub": [attribute(BUCKET, "Arn"), "/*"]}]
    assert "Condition" not in statement
    assert BUCKET in lab.order[policy.id]


def website_url(lab: Lab) -> None:
    assert lab.outputs["WebsiteUrl"] == (attribute(BUCKET, "WebsiteURL"), PUBLISHED)


def origin(lab: Lab) -> None:
    (origin,) = config(lab)["Origins"]
    host = {"Fn::Select": [1, {"Fn::Split": ["//", attribute(BUCKET, "WebsiteURL")]}]}
    assert origin["DomainName"] == host
    assert origin["CustomOriginConfig"] == {"OriginProtocolPolicy": "http-only"}
    assert config(lab)["DefaultCacheBehavior"]["TargetOriginId"] == origin["Id"]
    assert lab.outputs["CdnUrl"][0] == {"Fn::Sub": ["https://", attribute(DISTRIBUTION, "DomainName")]}


def behaviour(lab: Lab) -> None:
    behaviour = config(lab)["DefaultCacheBehavior"]
    assert behaviour["Compress"] is True
    assert behaviour["ViewerProtocolPolicy"] == "allow-all"
    assert behaviour["AllowedMethods"] == ["GET", "HEAD"]
    assert "CacheBehaviors" not in config(lab)


def cache(lab: Lab) -> None:
    behaviour = config(lab)["DefaultCacheBehavior"]
    assert behaviour["CachePolicyId"] == "658327ea-f89d-4fab-a63d-7e88639e58f6"
    assert "OriginRequestPolicyId" not in behaviour


def functions(lab: Lab) -> None:
    behaviour = config(lab)["DefaultCacheBehavior"]
    assert {"FunctionAssociations", "LambdaFunctionAssociations"}.isdisjoint(behaviour)


def settings(lab: Lab) -> None:
    wanted = {"PriceClass": "PriceClass_All", "IPV6Enabled": True, "DefaultRootObject": "mycar.html", "Enabled": True}
    assert wanted.items() <= config(lab).items()
    assert "WebACLId" not in config(lab)


def config(lab: Lab) -> Any:
    (distribution,) = lab.of("CloudFront::Distribution")
    return distribution.properties["DistributionConfig"]


PROLOGUE: dict[str, Check] = {"A.1": demo_server, "A.2": demo_key}
WEBSITE: dict[str, Check] = {
    "B.1": region,
    "B.2": bucket_name,
    "B.3": bucket_options,
    "B.4": objects,
    "B.5": hosting,
    "B.6": public_access,
    "B.7": bucket_policy,
    "B.8": website_url,
    "B.9": origin,
    "B.10": behaviour,
    "B.11": cache,
    "B.12": functions,
    "B.13": settings,
}


def test_every_row_has_a_check_and_every_check_a_row() -> None:
    assert sorted(stated("A", "B")) == sorted([*PROLOGUE, *WEBSITE])


@pytest.mark.parametrize("row", stated("A"))
def test_prologue(row: str) -> None:
    PROLOGUE[row](fresh("00-prologue.yaml"))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("row", stated("B"))
def test_chapter_1(row: str, layout: str) -> None:
    WEBSITE[row](finished(layout))
