"""CloudFormation of the user's own that has aged: types and values that AWS keeps for those who have them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from labspec.check.own_bodies import own_bodies, written
from labspec.diagnostic import Diagnostic, Rule, Severity
from labspec.model.architecture import Architecture

AGED = Rule(
    "LS319",
    "aged-resource",
    "A raw resource, or a value in one, that has a successor.",
    "EC2-Classic, and with it what was for nothing else, ended on 2022-08-15. Classic Load Balancers are of the"
    " generation before 2016. An origin access control has taken the place of the origin access identity since August"
    " 2022 (`Restrict access to an Amazon S3 origin`, Amazon CloudFront Developer Guide). TLS 1.0 and 1.1 are"
    " deprecated since March 2021 (RFC 8996). Services in maintenance, and runtimes of functions past their end, the"
    " linters tell themselves.",
    "resources:\n  Identity: {Type: AWS::CloudFront::CloudFrontOriginAccessIdentity, Properties: ...}",
    "resources:\n  Control: {Type: AWS::CloudFront::OriginAccessControl, Properties: ...}",
    Severity.WARNING,
)
CLASSIC = "EC2-Classic ended on 2022-08-15, and this is for nothing else"
TYPES = {
    "AWS::CloudFront::CloudFrontOriginAccessIdentity": (
        "Since August 2022 origin access control takes the place of origin access identities",
        "Write an `AWS::CloudFront::OriginAccessControl`, or a website of `websites`, which has one.",
    ),
    "AWS::ElasticLoadBalancing::LoadBalancer": (
        "A Classic Load Balancer is of the generation before 2016",
        "Take `load_balancers`.",
    ),
    "AWS::RDS::DBSecurityGroup": (CLASSIC, "In a VPC, a database names security groups of EC2."),
    "AWS::RDS::DBSecurityGroupIngress": (CLASSIC, "In a VPC, rules are those of a security group of EC2."),
    "AWS::ElastiCache::SecurityGroup": (CLASSIC, "In a VPC, a cache names security groups of EC2."),
    "AWS::ElastiCache::SecurityGroupIngress": (CLASSIC, "In a VPC, rules are those of a security group of EC2."),
    "AWS::Redshift::ClusterSecurityGroup": (CLASSIC, "In a VPC, a cluster names security groups of EC2."),
    "AWS::Redshift::ClusterSecurityGroupIngress": (CLASSIC, "In a VPC, rules are those of a security group of EC2."),
}
"""Types, what is to be said of them, and what helps."""
OLD_TLS = "This lets clients in that speak TLS 1.0 or 1.1, which are deprecated since March 2021"
VALUES = (
    (
        "AWS::ElasticLoadBalancingV2::Listener",
        ("SslPolicy",),
        r"ELBSecurityPolicy-(2015-05|2016-08|FS-2018-06|FS-1-1-.*|TLS-1-[01]-.*|TLS13-1-[01]-.*)",
        OLD_TLS,
        "Take `ELBSecurityPolicy-TLS13-1-2-2021-06`.",
    ),
    (
        "AWS::CloudFront::Distribution",
        ("DistributionConfig", "ViewerCertificate", "MinimumProtocolVersion"),
        r"SSLv3|TLSv1|TLSv1_2016|TLSv1\.1_2016",
        OLD_TLS,
        "Take `TLSv1.2_2021`.",
    ),
    ("AWS::EC2::EIP", ("Domain",), "standard", CLASSIC, "Write `Domain: vpc`."),
    (
        "AWS::EC2::Volume",
        ("VolumeType",),
        "standard",
        "Magnetic disks are of the generation before 2014",
        "Take `gp3`.",
    ),
)
"""Types, where in their properties, which values, what is to be said of them, and what helps."""


def check_aged_resources(architecture: Architecture) -> Iterator[Diagnostic]:
    """Types of raw resources, and values in them or laid over those of members."""
    for name, resource in architecture.spec.resources.items():
        if isinstance(kind := resource.get("Type"), str) and kind in TYPES:
            said, help_ = TYPES[kind]
            yield Diagnostic(AGED, f"{said}.", ("resources", name, "Type"), help=help_)
    for own in own_bodies(architecture):
        for kind, steps, pattern, said, help_ in VALUES:
            for path, value in own.at(*steps) if own.may_be(kind) else ():
                if re.fullmatch(pattern, written(value)):
                    yield Diagnostic(AGED, f"{said}.", path, help=help_)
