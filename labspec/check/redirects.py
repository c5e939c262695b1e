"""Redirects: where they lead, somebody answers."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.diagnostic import Diagnostic, Rule, Severity
from labspec.model.architecture import Architecture
from labspec.model.balance import LoadBalancer

NOWHERE = Rule(
    "LS309",
    "redirect-nowhere",
    "A listener sends everyone to HTTPS, and the load balancer does not speak it.",
    "The redirect leads to port 443 of the same name. Without a listener there that has a certificate and forwards, a"
    " browser meets an error or an endless circle, unless something else in front of the load balancer speaks HTTPS.",
    "listeners:\n  80: {redirect: https}",
    "listeners:\n  80: {redirect: https}\n  443: {forward: web, certificate: Certificate}",
    Severity.WARNING,
)


def check_redirects(architecture: Architecture) -> Iterator[Diagnostic]:
    """Listeners that redirect to a port where nobody answers."""
    for member in architecture.of("load_balancers"):
        assert isinstance(member.body, LoadBalancer)
        listeners = member.body.listeners
        https = listeners.get("443")
        if https is not None and https.forward is not None:
            continue  # that it lacks a certificate is told there
        for port, listener in listeners.items():
            if listener.redirect is not None:
                message = f"Port {port} of `{member.name}` leads to HTTPS, and nothing answers there."
                help_ = "Add `443: {forward: ..., certificate: ...}`."
                yield Diagnostic(NOWHERE, message, (*member.path, "listeners", port), help=help_)
