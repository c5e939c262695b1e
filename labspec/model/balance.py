"""Load balancers and the targets behind them."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, model_validator

from labspec.model.kind import Entries, Kind, ListOf, Part, SomeOf
from labspec.model.notation import noted
from labspec.model.parts import Connected
from labspec.model.refusal import refuse_but_one, wrong
from labspec.model.text import PlainText
from labspec.model.word import Choice, Name, Names, Word
from labspec.model.words import DURATION, PORT, CertificateArn, Duration, Integer, Port, read_duration, read_port


def _health_path(text: str) -> str:
    if not text.startswith("/"):
        path = re.sub(r"[a-z]+://[^/]*/?", "", text)  # of an address only its path is asked for
        wrong(f"`{text}` is not a path.", f"Write `/{path}`.", f"/{path}")
    return str(text)


def _codes(text: str) -> str:
    if not re.fullmatch(r"[2-4][0-9]{2}(-[2-4][0-9]{2})?(,[2-4][0-9]{2})*", text):
        wrong(f"`{text}` is not a set of HTTP status codes from 200 to 499.", "Write `200`, `200-299` or `200,302`.")
    return str(text)


def _drain(text: str) -> int:
    delay = read_duration(text)
    if delay > 3600:
        wrong(f"`{text}` is too long.", "A load balancer waits for an hour at most: `1h`.", "1h")
    return delay


class HealthCheck(Part):
    """How a load balancer asks a target whether it is well."""

    short: ClassVar[str] = "path"

    path: Annotated[str, Word(_health_path, "a path, such as /health.html", "/.*")] = "/"
    """What is asked for."""
    codes: Annotated[str, Word(_codes, "HTTP status codes, such as 200 or 200-299", "[2-4][0-9,-]+")] = "200"
    """The answers that are well."""
    interval: Duration = 30
    """How often."""
    timeout: Duration = 5
    """How long an answer may take; less than `interval`."""
    healthy: Integer = 5
    """Good answers in a row until it counts as healthy."""
    unhealthy: Integer = 2
    """Bad answers in a row until it counts as unhealthy."""


class TargetGroup(Kind):
    """The targets behind a load balancer.

    ```yaml
    target_groups:
      web: {port: 80, targets: [web-a, web-c], health_check: /health.html}
    ```
    """

    section: ClassVar[str] = "target_groups"
    suffix: ClassVar[str] = "TargetGroup"
    stands_in: ClassVar[tuple[str, ...]] = ("vpc", "targets")

    port: Port
    """The port on which targets listen."""
    protocol: Annotated[Literal["http", "https"], Choice()] = "http"
    """`http` or `https`."""
    vpc: Annotated[Name, Names("vpcs")] | None = None
    """Its VPC; that of its targets, the one that all stand in that use it, or the only one, unless said."""
    targets: ListOf[Annotated[Name, Names("instances")]] = ()
    """The instances behind it. An auto scaling group registers its own."""
    health_check: HealthCheck = HealthCheck()
    """A path, or more."""
    drain: Annotated[int, Word(_drain, "a duration up to 1h, such as 30s", DURATION)] = 300
    """How long a leaving target finishes its requests."""


def _listener_port(text: str) -> str:
    return str(read_port(text))


class Listener(Part):
    """A port on which a load balancer listens, and what it does there."""

    short: ClassVar[str] = "forward"

    forward: Annotated[Name, Names("target_groups")] | None = None
    """The target group that gets the requests."""
    redirect: Annotated[Literal["https"], Choice()] | None = None
    """`https` sends everyone to port 443, for good (301)."""
    certificate: CertificateArn | None = None
    """The ARN of a certificate in this region, or a parameter; it makes this an HTTPS listener."""
    was: Annotated[str, Word(_listener_port, "a port, such as 80", PORT)] | None = None
    """The port that it had before, when its resource shall be kept."""

    @model_validator(mode="after")
    def _one_action(self) -> Listener:
        actions = {"forward": self.forward, "redirect": self.redirect}
        refuse_but_one("A listener has either `forward` or `redirect`.", actions)
        return self


ListenerPort = Annotated[str, BeforeValidator(_listener_port), noted("a port, such as 80", PORT, key=True)]


def _listening(listeners: Any) -> Any:
    if not listeners:
        wrong("A load balancer without listeners answers nobody.", "Write a port and a target group: `{80: web}`.")
    return listeners


class LoadBalancer(Connected):
    """An application load balancer.

    ```yaml
    load_balancers:
      front:
        scheme: internet-facing
        subnets: [public-a, public-c]
        security_groups: [front-sg]
        listeners: {80: web}
    ```
    """

    section: ClassVar[str] = "load_balancers"
    suffix: ClassVar[str] = "LoadBalancer"
    stands_in: ClassVar[tuple[str, ...]] = ("subnets",)

    scheme: Annotated[Literal["internet-facing", "internal"], Choice()]
    """`internet-facing` or `internal`. It has no default: it is the risk."""
    subnets: SomeOf[Annotated[Name, Names("subnets")]]
    """Its subnets, in two zones or more."""
    listeners: Annotated[dict[ListenerPort, Listener], BeforeValidator(_listening), Entries("80: {0}")]
    """A port, and the target group that gets its requests."""
    aws_name: PlainText | None = None
    """A fixed name: 32 letters, digits and dashes at most. It stands in the way of replacement and of a second copy."""
