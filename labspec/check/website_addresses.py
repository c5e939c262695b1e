"""Addresses of websites: an expression asks only for what the website has."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.diagnostic import Diagnostic, Rule
from labspec.model.architecture import Architecture, Member
from labspec.model.attributes import ATTRIBUTES, split
from labspec.model.text import Expression, Text
from labspec.model.website import Website
from labspec.model.word import PASCAL
from labspec.nearest import did_you_mean

NO_ADDRESS = Rule(
    "LS344",
    "address-that-is-not-there",
    "An expression asks a website for an address that it does not have.",
    "A private bucket has no website endpoint, and a website with `cdn: false` has no CloudFront domain. A website is"
    " several resources, so CloudFormation's own attributes do not say which of them is meant.",
    "websites: {docs: {content: site}}\noutputs: {Page: '${{ websites.docs.url }}'}",
    "websites: {docs: {content: site}}\noutputs: {Page: '${{ websites.docs.cdn_url }}'}",
)


def check_website_addresses(architecture: Architecture) -> Iterator[Diagnostic]:
    """Every expression of the spec that asks something of a website."""
    for path, leaf in architecture.leaves:
        for expression in leaf.expressions if isinstance(leaf, Text) else ():
            member, attribute = _asked(architecture, expression)
            if member is not None and (problem := _problem(member, attribute)):
                yield Diagnostic(NO_ADDRESS, problem[0], path, chars=expression.chars, help=problem[1])


def _asked(architecture: Architecture, expression: Expression) -> tuple[Member | None, str]:
    """The website that an expression asks, if it asks one, and what it asks for."""
    section, name, attribute = split(expression.words)
    return (architecture.get("websites", name) if section in ("", "websites") else None), attribute


def _problem(member: Member, attribute: str) -> tuple[str, str] | None:
    """What is wrong with asking a website for this, and what to do."""
    body = member.body
    assert isinstance(body, Website)
    if attribute == "url" and body.access == "private":
        instead = "Ask for `cdn_url`." if body.cdn else "Give it `access: public` or a CDN."
        return f"`{member.name}` is private: its bucket has no address for browsers.", instead
    if attribute in ("cdn_url", "cdn_domain") and body.cdn is None:
        instead = "Ask for `url`, or leave" if body.access == "public" else "Leave"
        return f"`{member.name}` has no CDN.", f"{instead} `cdn: false` out."
    if PASCAL.match(attribute.split(".", maxsplit=1)[0]):
        known = did_you_mean(attribute, ATTRIBUTES["websites"])
        return f"`{member.name}` is several resources: `{attribute}` could be of any.", known
    return None
