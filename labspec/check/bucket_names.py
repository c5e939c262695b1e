"""Names of buckets that S3 would refuse."""

from __future__ import annotations

import re
from collections.abc import Iterator

from labspec.diagnostic import Diagnostic, Rule
from labspec.model.architecture import Architecture
from labspec.model.website import Website

BUCKET_NAME = Rule(
    "LS343",
    "bucket-name",
    "A bucket cannot have this name.",
    "A bucket's name is part of host names: lower-case letters, digits, dots and dashes, 3 to 63 of them. Some"
    " beginnings and endings are AWS's own (`General purpose bucket naming rules`, Amazon S3 User Guide).",
    "websites: {docs: {content: site, aws_name: Example_Docs}}",
    "websites: {docs: {content: site, aws_name: example-docs}}",
    binding=True,
)

FAULTS = (
    (r"[^a-z0-9.-]", "It may hold lower-case letters, digits, dots and dashes only."),
    (r"\A.{0,2}\Z|\A.{64}", "It has 3 to 63 characters."),
    (r"\A[.-]|[.-]\Z", "It begins and ends with a letter or a digit."),
    (r"\.\.", "Two dots may not stand side by side."),
    (r"\A[0-9]+(\.[0-9]+){3}\Z", "It may not look like an IP address."),
    (r"\A(xn--|sthree-|amzn-s3-demo-)", "No name may begin like this one: AWS keeps `{}` for itself."),
    (r"(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3|-an)\Z", "No name may end like this one: AWS keeps `{}` for itself."),
)
"""What a wrong name contains, and the rule that it breaks."""


def check_bucket_names(architecture: Architecture) -> Iterator[Diagnostic]:
    """The names of buckets that are written out; a parameter's value is not known before it is deployed."""
    for member in architecture.of("websites"):
        assert isinstance(member.body, Website)
        name = member.body.aws_name.literal if member.body.aws_name else None
        if name and (rule := _broken(name)):
            message = f"`{name}` cannot be the name of a bucket."
            yield Diagnostic(BUCKET_NAME, message, (*member.path, "aws_name"), help=rule)


def _broken(name: str) -> str | None:
    """The first rule that a name breaks."""
    for fault, rule in FAULTS:
        if match := re.search(fault, name):
            return rule.format(match[0])
    return None
