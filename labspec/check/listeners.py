"""Listeners: what speaks HTTPS has a certificate that is there, on the port where browsers expect it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from labspec.diagnostic import Diagnostic, Path, Rule, Severity
from labspec.model.architecture import Architecture, Member
from labspec.model.balance import LoadBalancer

PLAIN = Rule(
    "LS335",
    "https-without-certificate",
    "A load balancer listens on port 443 and speaks plain HTTP there.",
    "A certificate is what makes a listener speak HTTPS. Without one, a browser that is sent to `https://` meets an"
    " error (`Create an HTTPS listener for your Application Load Balancer`).",
    "listeners: {443: web}",
    "listeners: {443: {forward: web, certificate: Certificate}}",
    Severity.WARNING,
)
WRONG_PORT = Rule(
    "LS336",
    "https-on-http-port",
    "A load balancer listens on port 80 and speaks HTTPS there.",
    "A browser speaks plain HTTP on port 80, which a listener with a certificate does not answer.",
    "listeners: {80: {forward: web, certificate: Certificate}}",
    "listeners:\n  80: {redirect: https}\n  443: {forward: web, certificate: Certificate}",
    Severity.WARNING,
)
ELSEWHERE = Rule(
    "LS337",
    "certificate-elsewhere",
    "A certificate is not where it can be used.",
    "A load balancer uses certificates of Certificate Manager in its own region, or of IAM (`SSL certificates for your"
    " Application Load Balancer`). Creating the listener fails with any other.",
    "region: ap-northeast-2\n# ...\ncertificate: arn:aws:acm:us-east-1:111122223333:certificate/...",
    "region: ap-northeast-2\n# ...\ncertificate: arn:aws:acm:ap-northeast-2:111122223333:certificate/...",
)
ACM = re.compile(r"arn:aws[a-z-]*:acm:(?P<region>[a-z0-9-]+):[0-9]{12}:certificate/.+")
IAM = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:server-certificate/.+")


def check_listeners(architecture: Architecture) -> Iterator[Diagnostic]:
    """Every port of every load balancer."""
    for member in architecture.of("load_balancers"):
        assert isinstance(member.body, LoadBalancer)
        for port, listener in member.body.listeners.items():
            path = (*member.path, "listeners", port)
            yield from _port(member, port, path)
            if isinstance(listener.certificate, str):
                yield from _certificate(architecture, listener.certificate, (*path, "certificate"))


def _port(member: Member, port: str, path: Path) -> Iterator[Diagnostic]:
    assert isinstance(member.body, LoadBalancer)
    listeners = member.body.listeners
    certificate = listeners[port].certificate
    if port == "443" and certificate is None and listeners[port].forward is not None:
        message = f"Port 443 of `{member.name}` speaks plain HTTP: it has no certificate."
        sent = any(listener.redirect for listener in listeners.values())
        help_ = "Say `certificate`." if sent else "Say `certificate`, or listen on port 80."
        yield Diagnostic(PLAIN, message, path, "key", help=help_)
    if port == "80" and certificate is not None:
        message = f"Port 80 of `{member.name}` speaks HTTPS, and browsers speak plain HTTP there."
        help_ = "Listen on port 443, and send those who come to port 80 there: `80: {redirect: https}`."
        yield Diagnostic(WRONG_PORT, message, path, "key", help=help_)


def _certificate(architecture: Architecture, arn: str, path: Path) -> Iterator[Diagnostic]:
    found, region = ACM.fullmatch(arn), architecture.spec.region
    if found is None and not IAM.fullmatch(arn):
        message = "This is the ARN of no certificate that a load balancer can use."
        help_ = "It looks like `arn:aws:acm:ap-northeast-2:111122223333:certificate/...`."
        yield Diagnostic(ELSEWHERE, message, path, help=help_)
    elif found is not None and region is not None and found["region"] != region:
        message = f"This certificate is in {found['region']}, and the load balancer in {region}."
        yield Diagnostic(ELSEWHERE, message, path, help=f"Have one made in {region}, and name that.")
