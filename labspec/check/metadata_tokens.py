"""Metadata of machines: whoever asks for it shows a token first."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.check.own_bodies import own_bodies
from labspec.diagnostic import Diagnostic, Rule, Severity
from labspec.model.architecture import Architecture
from labspec.model.compute import Machine

WITHOUT_TOKEN = Rule(
    "LS312",
    "metadata-without-token",
    "A machine's metadata service answers whoever asks.",
    "With version 1 of the service (IMDSv1) one plain request gets the credentials of the machine's role. A page that"
    " fetches an address for its visitors can be made to ask for them (SSRF) and hand them out. Version 2, of November"
    " 2019, wants a token first, which such a request cannot get; images of Amazon Linux 2023 ask for it by default"
    " (`Use the Instance Metadata Service to access instance metadata`, Amazon EC2 User Guide).",
    "instances: {web: {metadata: {tokens: optional}, ...}}",
    "instances: {web: {...}}      # tokens are required unless said",
    Severity.WARNING,
)
HELP = "Leave `tokens` out, and let programs fetch a token first: the AWS SDKs and the CLI do."


# More hops than one are no fault: containers need two, and images of Amazon Linux 2023 allow them.
def check_metadata_tokens(architecture: Architecture) -> Iterator[Diagnostic]:
    """Machines, and templates of machines, that take version 1."""
    for member in (*architecture.of("instances"), *architecture.of("launch_templates")):
        body = member.body
        assert isinstance(body, Machine)
        if body.metadata.tokens == "optional":
            has_role = body.role or body.permissions or body.secrets or body.access == "ssm"
            given = "the credentials of its role" if has_role else "its user data"
            message = f"A page of `{member.name}` that fetches what visitors ask for can give {given} away."
            yield Diagnostic(WITHOUT_TOKEN, message, (*member.path, "metadata", "tokens"), help=HELP)
    for own in own_bodies(architecture):
        for steps in (("MetadataOptions",), ("LaunchTemplateData", "MetadataOptions")):
            for path, value in own.at(*steps, "HttpTokens"):
                if value == "optional":
                    message = f"A page of `{own.name}` that fetches what visitors ask for can give its secrets away."
                    yield Diagnostic(WITHOUT_TOKEN, message, path, help="Write `HttpTokens: required`.")
