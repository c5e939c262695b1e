"""Notifications: whoever is to be notified has an address."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.diagnostic import Diagnostic, Label, Rule, Severity
from labspec.model.architecture import Architecture
from labspec.model.kind import When
from labspec.model.watch import Notification
from labspec.model.word import Parameter

NO_ADDRESS = Rule(
    "LS361",
    "address-may-be-empty",
    "A notification takes its address from a parameter that may be empty.",
    "Amazon SNS refuses a subscription without an address, and the deployment fails.",
    'parameters: {AlertEmail: {type: email, default: ""}}\nnotifications: {ops: AlertEmail}',
    'parameters: {AlertEmail: {type: email, default: ""}}\nnotifications: {ops: {email: AlertEmail, when: AlertEmail}}',
)


def check_notified(architecture: Architecture) -> Iterator[Diagnostic]:
    """Notifications that are there while their address is not."""
    for member in architecture.of("notifications"):
        body = member.body
        assert isinstance(body, Notification)
        if not isinstance(body.email, Parameter) or body.when == When(body.email):
            continue
        declared = architecture.spec.parameters.get(body.email.name)
        if declared is not None and declared.default == "":
            label = Label("It is empty unless the console is told another.", ("parameters", body.email.name, "default"))
            message = f"`{body.email.name}` may be empty, and `{member.name}` needs an address."
            yield Diagnostic(
                NO_ADDRESS,
                message,
                (*member.path, "email"),
                related=(label,),
                help=f"Say `when: {body.email.name}`.",
                # Another switch may be off whenever the address is empty.
                severity=Severity.ERROR if body.when is None else Severity.WARNING,
            )
