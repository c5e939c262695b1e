"""Public websites: a bucket that anyone may read is what the course teaches, and is warned of."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.diagnostic import Diagnostic, Rule, Severity
from labspec.model.architecture import Architecture
from labspec.model.website import Website

PUBLIC = Rule(
    "LS340",
    "public-website",
    "Anyone may read a website's bucket.",
    "Since April 2023 AWS blocks public access to every new bucket unless it is told otherwise, and many accounts block"
    " it altogether: there the bucket's policy is refused and the stack rolls back. Its website endpoint speaks plain"
    " HTTP only. A private bucket behind CloudFront needs neither (`Blocking public access to your Amazon S3 storage`,"
    " Amazon S3 User Guide).",
    "websites:\n  docs: {content: site, access: public}",
    "websites:\n  docs: {content: site}",
    Severity.WARNING,
)


def check_public_websites(architecture: Architecture) -> Iterator[Diagnostic]:
    """Websites whose bucket is open to the world."""
    for member in architecture.of("websites"):
        assert isinstance(member.body, Website)
        if member.body.access == "public":
            yield Diagnostic(
                PUBLIC,
                f"Anyone may read the bucket of `{member.name}`, which AWS has blocked by default since April 2023.",
                (*member.path, "access"),
                help="Leave `access` out, so that only CloudFront reads it, or say why:"
                " `silence: {public-website: reason}`.",
            )
