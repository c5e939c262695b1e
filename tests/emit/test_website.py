"""What a website becomes, and that it is alone: it waits for nothing, and can be switched off as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from labspec.graph import Graph, references
from tests.building import NETWORK, build, graph_of

PUBLIC = "access: public, silence: {public-website: a test}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for the spec, with the content of a site in it."""
    site = tmp_path / "site"
    site.mkdir()
    for page in ("index.html", "lost.html"):
        (site / page).write_text("<!DOCTYPE html>", "utf-8")
    return tmp_path


def website(folder: Path, fields: str = "", more: str = "") -> Graph:
    fields = f", {fields}" if fields else ""
    return graph_of(folder, f"websites:\n  docs: {{content: site{fields}}}\n{more}", has_bucket=False)


def properties(graph: Graph, identity: str) -> Any:
    return graph.nodes[identity].body["Properties"]


def distribution(graph: Graph) -> Any:
    return properties(graph, "DocsDistribution")["DistributionConfig"]


def statements(graph: Graph) -> Any:
    return properties(graph, "DocsBucketPolicy")["PolicyDocument"]["Statement"]


def test_resources_of_a_private_website(folder: Path) -> None:
    assert {node.id: node.type for node in website(folder).nodes.values()} == {
        "DocsBucket": "AWS::S3::Bucket",
        "DocsOriginAccessControl": "AWS::CloudFront::OriginAccessControl",
        "DocsDistribution": "AWS::CloudFront::Distribution",
        "DocsBucketPolicy": "AWS::S3::BucketPolicy",
    }


def test_a_public_website_needs_no_access_control(folder: Path) -> None:
    assert list(website(folder, PUBLIC).nodes) == ["DocsBucket", "DocsDistribution", "DocsBucketPolicy"]


@pytest.mark.parametrize("access", ["access: private", PUBLIC])
def test_without_cdn_only_the_bucket_is_left(folder: Path, access: str) -> None:
    graph = website(folder, f"cdn: false, {access}")
    assert list(graph.nodes) == ["DocsBucket", "DocsBucketPolicy"]
    assert "cloudfront" not in str(statements(graph))


# ------------------------------------------------------------------ the bucket


@pytest.mark.parametrize(("fields", "blocked"), [("", True), (PUBLIC, False)])
def test_public_access_is_blocked_wholly_or_not_at_all(folder: Path, fields: str, blocked: bool) -> None:
    assert properties(website(folder, fields), "DocsBucket")["PublicAccessBlockConfiguration"] == {
        "BlockPublicAcls": blocked,
        "BlockPublicPolicy": blocked,
        "IgnorePublicAcls": blocked,
        "RestrictPublicBuckets": blocked,
    }


@pytest.mark.parametrize("fields", ["", PUBLIC])
def test_the_bucket_knows_no_acls_and_is_encrypted(folder: Path, fields: str) -> None:
    bucket = properties(website(folder, fields), "DocsBucket")
    assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule == {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    assert {"Key": "Name", "Value": "docs"} in bucket["Tags"]


@pytest.mark.parametrize(
    ("fields", "policy"), [("", "Retain"), ("on_delete: keep", "Retain"), ("on_delete: delete", "Delete")]
)
def test_on_delete_is_for_deletion_and_replacement(folder: Path, fields: str, policy: str) -> None:
    body = website(folder, fields).nodes["DocsBucket"].body
    assert (body["DeletionPolicy"], body["UpdateReplacePolicy"]) == (policy, policy)


def test_versions_are_kept_only_when_asked(folder: Path) -> None:
    assert "VersioningConfiguration" not in properties(website(folder), "DocsBucket")
    versioned = properties(website(folder, "versioning: true"), "DocsBucket")
    assert versioned["VersioningConfiguration"] == {"Status": "Enabled"}


def test_only_a_public_bucket_is_a_website_of_its_own(folder: Path) -> None:
    assert "WebsiteConfiguration" not in properties(website(folder, "error: lost.html"), "DocsBucket")
    public = properties(website(folder, f"error: lost.html, {PUBLIC}"), "DocsBucket")
    assert public["WebsiteConfiguration"] == {"IndexDocument": "index.html", "ErrorDocument": "lost.html"}
    assert properties(website(folder, PUBLIC), "DocsBucket")["WebsiteConfiguration"] == {"IndexDocument": "index.html"}


# ------------------------------------------------------------------ its name


@pytest.mark.parametrize("fields", ["", 'aws_name: ""'])
def test_aws_names_the_bucket_unless_a_name_is_said(folder: Path, fields: str) -> None:
    assert "BucketName" not in properties(website(folder, fields), "DocsBucket")


def test_a_written_name(folder: Path) -> None:
    assert properties(website(folder, "aws_name: example-docs"), "DocsBucket")["BucketName"] == "example-docs"


def test_a_parameter_that_may_be_empty_names_the_bucket_only_while_it_is_not(folder: Path) -> None:
    parameters = 'parameters: {SiteName: {type: bucket_name, default: ""}}\n'
    graph = website(folder, "aws_name: '${{ SiteName }}'", parameters)
    name = {"Fn::If": ["SiteNameSet", {"Ref": "SiteName"}, {"Ref": "AWS::NoValue"}]}
    assert properties(graph, "DocsBucket")["BucketName"] == name
    assert graph.conditions["SiteNameSet"].body == {"Fn::Not": [{"Fn::Equals": [{"Ref": "SiteName"}, ""]}]}


@pytest.mark.parametrize("default", ["", ", default: example-docs"])
def test_a_parameter_that_is_never_empty_needs_no_condition(folder: Path, default: str) -> None:
    parameters = f"parameters: {{SiteName: {{type: bucket_name{default}}}}}\n"
    graph = website(folder, "aws_name: '${{ SiteName }}'", parameters)
    assert properties(graph, "DocsBucket")["BucketName"] == {"Ref": "SiteName"}
    assert not graph.conditions


def test_a_parameter_in_a_name_may_be_empty(folder: Path) -> None:
    graph = website(folder, "aws_name: 'docs${{ Suffix }}'", 'parameters: {Suffix: {type: text, default: ""}}\n')
    assert properties(graph, "DocsBucket")["BucketName"] == {
        "Fn::Sub": ["docs${Suffix}", {"Suffix": {"Ref": "Suffix"}}]
    }


# ------------------------------------------------------------------ who may read it

ARN = {"Fn::GetAtt": ["DocsBucket", "Arn"]}
OBJECTS = {"Fn::Sub": ["${Bucket}/*", {"Bucket": ARN}]}


def test_anyone_reads_a_public_bucket_over_plain_http_too(folder: Path) -> None:
    assert statements(website(folder, PUBLIC)) == [
        {
            "Sid": "AllowPublicRead",
            "Effect": "Allow",
            "Principal": "*",
            "Action": ["s3:GetObject"],
            "Resource": [OBJECTS],
        }
    ]


def test_the_policy_comes_after_the_bucket_that_unblocks_it(folder: Path) -> None:
    assert properties(website(folder, PUBLIC), "DocsBucketPolicy")["Bucket"] == {"Ref": "DocsBucket"}


def test_only_its_own_distribution_reads_a_private_bucket(folder: Path) -> None:
    allow, _ = statements(website(folder))
    arn = "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Distribution}"
    assert allow == {
        "Sid": "AllowCloudFrontRead",
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": ["s3:GetObject"],
        "Resource": [OBJECTS],
        "Condition": {
            "StringEquals": {"AWS:SourceArn": {"Fn::Sub": [arn, {"Distribution": {"Ref": "DocsDistribution"}}]}}
        },
    }


@pytest.mark.parametrize("fields", ["", "cdn: false"])
def test_a_private_bucket_is_read_over_tls_only(folder: Path, fields: str) -> None:
    assert statements(website(folder, fields))[-1] == {
        "Sid": "DenyInsecureTransport",
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["s3:*"],
        "Resource": [ARN, OBJECTS],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


# ------------------------------------------------------------------ the distribution


def test_a_private_bucket_is_asked_with_signed_requests(folder: Path) -> None:
    graph = website(folder)
    (origin,) = distribution(graph)["Origins"]
    assert origin == {
        "Id": "bucket",
        "DomainName": {"Fn::GetAtt": ["DocsBucket", "RegionalDomainName"]},
        "OriginAccessControlId": {"Ref": "DocsOriginAccessControl"},
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }
    config = properties(graph, "DocsOriginAccessControl")["OriginAccessControlConfig"]
    del config["Name"]
    assert config == {"OriginAccessControlOriginType": "s3", "SigningBehavior": "always", "SigningProtocol": "sigv4"}


def test_a_website_endpoint_is_a_custom_origin_whose_host_is_never_built_by_hand(folder: Path) -> None:
    (origin,) = distribution(website(folder, PUBLIC))["Origins"]
    assert origin == {
        "Id": "bucket",
        "DomainName": {"Fn::Select": [1, {"Fn::Split": ["//", {"Fn::GetAtt": ["DocsBucket", "WebsiteURL"]}]}]},
        "CustomOriginConfig": {"OriginProtocolPolicy": "http-only"},
    }


def test_defaults_of_the_distribution(folder: Path) -> None:
    config = distribution(website(folder))
    del config["Origins"]
    assert config == {
        "Comment": "test: docs",
        "DefaultCacheBehavior": {
            "AllowedMethods": ["GET", "HEAD"],
            "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
            "Compress": True,
            "TargetOriginId": "bucket",
            "ViewerProtocolPolicy": "redirect-to-https",
        },
        "DefaultRootObject": "index.html",
        "Enabled": True,
        "HttpVersion": "http2and3",
        "IPV6Enabled": True,
        "PriceClass": "PriceClass_All",
        "ViewerCertificate": {"CloudFrontDefaultCertificate": True},
    }


@pytest.mark.parametrize(
    ("said", "where", "value"),
    [
        ("cache: disabled", "DefaultCacheBehavior.CachePolicyId", "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"),
        ("compress: false", "DefaultCacheBehavior.Compress", False),
        ("viewers: http-and-https", "DefaultCacheBehavior.ViewerProtocolPolicy", "allow-all"),
        ("viewers: https-only", "DefaultCacheBehavior.ViewerProtocolPolicy", "https-only"),
        ("edges: 200", "PriceClass", "PriceClass_200"),
        ("edges: 100", "PriceClass", "PriceClass_100"),
        ("ipv6: false", "IPV6Enabled", False),
    ],
)
def test_what_a_cdn_can_say(folder: Path, said: str, where: str, value: object) -> None:
    found = distribution(website(folder, f"cdn: {{{said}}}"))
    for step in where.split("."):
        found = found[step]
    assert found == value


def test_the_error_page_answers_with_404_for_what_s3_refuses_or_misses(folder: Path) -> None:
    assert distribution(website(folder, "error: lost.html"))["CustomErrorResponses"] == [
        {"ErrorCode": 403, "ResponseCode": 404, "ResponsePagePath": "/lost.html"},
        {"ErrorCode": 404, "ResponseCode": 404, "ResponsePagePath": "/lost.html"},
    ]


def test_the_endpoint_answers_with_its_own_error_page(folder: Path) -> None:
    assert "CustomErrorResponses" not in distribution(website(folder, f"error: lost.html, {PUBLIC}"))


def test_pages_can_be_parameters(folder: Path) -> None:
    parameters = "parameters: {Front: {type: text, default: index.html}}\n"
    config = distribution(website(folder, "index: '${{ Front }}', error: 'e-${{ Front }}'", parameters))
    assert config["DefaultRootObject"] == {"Ref": "Front"}
    page = {"Fn::Sub": ["/e-${Front}", {"Front": {"Ref": "Front"}}]}
    assert [response["ResponsePagePath"] for response in config["CustomErrorResponses"]] == [page, page]


def access_control_name(folder: Path, name: str) -> tuple[str, Any]:
    graph = graph_of(folder, f"websites: {{{name}: {{content: site}}}}\n")
    (control,) = (node for node in graph.nodes.values() if node.type == "AWS::CloudFront::OriginAccessControl")
    template, variables = control.body["Properties"]["OriginAccessControlConfig"]["Name"]["Fn::Sub"]
    return template, variables


def test_an_access_control_is_named_for_its_stack_which_no_other_region_has(folder: Path) -> None:
    template, variables = access_control_name(folder, "docs")
    assert template == "docs-${StackGuid}"
    assert variables == {"StackGuid": {"Fn::Select": [2, {"Fn::Split": ["/", {"Ref": "AWS::StackId"}]}]}}


def test_the_name_of_an_access_control_fits_and_differs_whatever_the_website_is_called(folder: Path) -> None:
    long = "the-documentation-of-everything-that"
    names = [
        access_control_name(folder, name)[0] for name in (f"{long}-we-make", f"{long}-we-sell", "a" * 27, "a" * 28)
    ]
    guid = "01234567-89ab-cdef-0123-456789abcdef"
    assert [len(name.replace("${StackGuid}", guid)) for name in names] == [64, 64, 64, 64]
    assert len(set(names)) == 4


def test_a_comment_is_as_long_as_cloudfront_takes(folder: Path) -> None:
    graph = graph_of(folder, f"labspec: 1\nname: {'b' * 60}\nwebsites: {{{'a' * 100}: {{content: site}}}}\n")
    (node,) = (node for node in graph.nodes.values() if node.type == "AWS::CloudFront::Distribution")
    assert len(node.body["Properties"]["DistributionConfig"]["Comment"]) == 128


# ------------------------------------------------------------------ alone


def test_a_switch_is_on_everything_that_a_website_is(folder: Path) -> None:
    more = (
        "parameters: {Publish: {type: boolean, default: true}}\n"
        "outputs: {Page: '${{ docs.cdn_url }}', Other: '${{ aws.region }}'}\n"
    )
    graph = website(folder, "when: Publish, error: lost.html", more)
    assert len(graph.nodes) == 4
    assert {node.body.get("Condition") for node in graph.nodes.values()} == {"PublishTrue"}
    conditions = {name: output.body.get("Condition") for name, output in graph.outputs.items()}
    assert conditions == {"DocsUploadCommand": "PublishTrue", "Page": "PublishTrue", "Other": None}


@pytest.mark.parametrize("fields", ["", f", {PUBLIC}"])
def test_its_stack_waits_for_no_other(folder: Path, fields: str) -> None:
    made = build(folder, f"{NETWORK}websites: {{docs: {{content: site{fields}}}}}\n", layout="nested")
    root, *children = made.stacks
    assert sorted(child.name for child in children) == ["network", "website"]
    stack = root.template["Resources"]["WebsiteStack"]
    assert "DependsOn" not in stack
    assert {target for _, target, _ in references(stack)} == {"TemplateBucket", "TemplateFolder"}


# ------------------------------------------------------------------ what fills it, and what it can be asked


def test_an_output_says_what_fills_the_empty_bucket(folder: Path) -> None:
    output = website(folder).outputs["DocsUploadCommand"]
    assert output.body == {
        "Description": "Copies the files of docs into its bucket; run it where the spec lies",
        "Value": {"Fn::Sub": ["aws s3 sync site s3://${Bucket}/", {"Bucket": {"Ref": "DocsBucket"}}]},
    }
    assert output.origin == ("websites", "docs", "content")


def test_a_folder_is_quoted_for_the_shell_and_for_cloudformation(folder: Path) -> None:
    (folder / "site").rename(folder / "my ${site}")
    graph = graph_of(folder, "websites: {docs: {content: 'my ${site}'}}\n", has_bucket=False)
    template, _ = graph.outputs["DocsUploadCommand"].body["Value"]["Fn::Sub"]
    assert template == "aws s3 sync 'my ${!site}' s3://${Bucket}/"


def test_the_users_own_output_of_that_name_stays(folder: Path) -> None:
    graph = website(folder, more="outputs: {DocsUploadCommand: make upload}\n")
    assert graph.outputs["DocsUploadCommand"].body == {"Value": "make upload"}


def test_attributes(folder: Path) -> None:
    names = ("url", "cdn_url", "bucket", "arn")
    outputs = "".join(f"  {name.replace('_', '').title()}: '${{{{ docs.{name} }}}}'\n" for name in names)
    graph = website(folder, PUBLIC, f"outputs:\n{outputs}")
    assert {name: graph.outputs[name].body["Value"] for name in ("Url", "Cdnurl", "Bucket", "Arn")} == {
        "Url": {"Fn::GetAtt": ["DocsBucket", "WebsiteURL"]},
        "Cdnurl": {"Fn::Sub": ["https://${Domain}", {"Domain": {"Fn::GetAtt": ["DocsDistribution", "DomainName"]}}]},
        "Bucket": {"Ref": "DocsBucket"},
        "Arn": {"Fn::GetAtt": ["DocsBucket", "Arn"]},
    }


@pytest.mark.parametrize(
    ("identity", "place", "field"),
    [
        ("DocsBucket", "BucketName", "aws_name"),
        ("DocsBucket", "PublicAccessBlockConfiguration", "access"),
        ("DocsBucketPolicy", "PolicyDocument", "access"),
        ("DocsDistribution", "DistributionConfig", "cdn"),
    ],
)
def test_findings_are_shown_at_the_field_that_caused_them(folder: Path, identity: str, place: str, field: str) -> None:
    node = website(folder, "aws_name: example-docs").nodes[identity]
    assert node.origin_of(("Properties", place)) == ("websites", "docs", field)


def test_overrides_reach_every_part_by_its_role(folder: Path) -> None:
    comment = "override: {distribution: {Properties: {DistributionConfig: {Comment: ours}}}}"
    assert distribution(website(folder, comment))["Comment"] == "ours"
    roles = {node.role for node in website(folder).nodes.values()}
    assert roles == {"bucket", "bucket_policy", "distribution", "origin_access_control"}
