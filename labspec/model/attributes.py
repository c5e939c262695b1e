"""The public attributes of members: what `${{ section.member.attribute }}` can ask for."""

from __future__ import annotations

ATTRIBUTES: dict[str, dict[str, str]] = {
    "vpcs": {"id": "its id", "cidr": "its addresses", "arn": "its ARN"},
    "subnets": {"id": "its id"},
    "security_groups": {"id": "its id"},
    "key_pairs": {"id": "its id", "name": "its name"},
    "roles": {"name": "its name", "arn": "its ARN"},
    "instances": {
        "id": "its id",
        "public_ip": "its public address: the elastic one where it has one",
        "private_ip": "its private address",
        "arn": "its ARN",
    },
    "images": {"id": "its id"},
    "launch_templates": {"id": "its id"},
    "file_systems": {"id": "its id", "arn": "its ARN"},
    "target_groups": {"arn": "its ARN", "name": "its name"},
    "load_balancers": {"url": "its address for a browser", "domain": "its DNS name", "arn": "its ARN"},
    "databases": {
        "endpoint": "its DNS name",
        "port": "its port",
        "secret": "the ARN of its secret; a password is never shown",
        "arn": "its ARN",
    },
    "replicas": {
        "endpoint": "its DNS name",
        "port": "its port",
        "secret": "the ARN of its source's secret",
        "arn": "its ARN",
    },
    "auto_scaling_groups": {"name": "its name", "arn": "its ARN"},
    "notifications": {"arn": "the ARN of its topic"},
    "websites": {
        "url": "the website straight from S3 (public websites only)",
        "cdn_url": "the website through CloudFront",
        "cdn_domain": "the domain of the CloudFront distribution, for records of DNS",
        "bucket": "its bucket's name",
        "arn": "its bucket's ARN",
    },
}

OF_EXISTING = {
    "vpcs": ("id", "cidr", "arn"),
    "subnets": ("id",),
    "security_groups": ("id",),
    "key_pairs": ("name",),
    "roles": ("name", "arn"),
    "file_systems": ("id", "arn"),
}
"""What can be asked of members that are there already: the rest is known to CloudFormation only of what it makes."""

AWS_VALUES = {
    "region": "AWS::Region",
    "account": "AWS::AccountId",
    "partition": "AWS::Partition",
    "url_suffix": "AWS::URLSuffix",
}
"""`${{ aws.region }}` and its like, and the pseudo-parameters that they are."""


def split(words: tuple[str, ...]) -> tuple[str, str, str]:
    """Section (or none), member and attribute of an expression."""
    if words[0] in ATTRIBUTES and len(words) > 2:
        return words[0], words[1], ".".join(words[2:])
    return "", words[0], ".".join(words[1:])
