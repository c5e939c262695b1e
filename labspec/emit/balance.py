"""Load balancers, their listeners, and the target groups behind them."""

from __future__ import annotations

from typing import Any

from troposphere import Sub
from troposphere import elasticloadbalancingv2 as elb

from labspec.diagnostic import Path
from labspec.emit.emitter import Emitter
from labspec.emit.groups import emit_own_group, groups_of
from labspec.emit.order import listener_role, waits_for_gateway, waits_for_way_in
from labspec.model.architecture import Member
from labspec.model.balance import Listener, LoadBalancer, TargetGroup

TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
"""TLS 1.2 with forward secrecy, TLS 1.3 and post-quantum key exchange: what AWS recommends and its console takes. Left
out, CloudFormation takes `ELBSecurityPolicy-2016-08`, which still speaks TLS 1.0 (Elastic Load Balancing, "Security
policies for your Application Load Balancer")."""


def target_group(e: Emitter, member: Member) -> None:
    """A target group. AWS names it: a fixed name would stand in the way when a change of port or VPC replaces it."""
    body = member.body
    assert isinstance(body, TargetGroup)
    vpc = e.architecture.vpc_of(member)
    assert vpc is not None, "a law of `check` refuses a target group whose VPC cannot be told"
    e.add(
        member,
        elb.TargetGroup,
        **_health_check(body),
        Port=body.port,
        Protocol=body.protocol.upper(),
        TargetGroupAttributes=[
            elb.TargetGroupAttribute(Key="deregistration_delay.timeout_seconds", Value=str(body.drain))
        ],
        Targets=_targets(e, body),
        TargetType="instance",
        VpcId=e.ref(vpc),
        Tags=e.tags(member),
        origins={
            **HEALTH_CHECK,
            "Port": "port",
            "Protocol": "protocol",
            "TargetGroupAttributes": "drain",
            "Targets": "targets",
            "VpcId": "vpc",
        },
    )


def _targets(e: Emitter, body: TargetGroup) -> list[elb.TargetDescription] | None:
    """The instances behind a group; None where an auto scaling group registers its own."""
    targets = e.architecture.many(body.targets)
    return [elb.TargetDescription(Id=e.ref(target), Port=body.port) for target in targets] or None


HEALTH_CHECK: dict[str, str | Path] = {
    "HealthCheckIntervalSeconds": ("health_check", "interval"),
    "HealthCheckPath": ("health_check", "path"),
    "HealthCheckProtocol": "protocol",
    "HealthCheckTimeoutSeconds": ("health_check", "timeout"),
    "HealthyThresholdCount": ("health_check", "healthy"),
    "Matcher": ("health_check", "codes"),
    "UnhealthyThresholdCount": ("health_check", "unhealthy"),
}
"""The fields behind the properties of `_health_check`."""


def _health_check(body: TargetGroup) -> dict[str, Any]:
    """How a target is asked whether it is well: in its own protocol, on its own port."""
    said = body.health_check
    return {
        "HealthCheckIntervalSeconds": said.interval,
        "HealthCheckPath": said.path,
        "HealthCheckProtocol": body.protocol.upper(),
        "HealthCheckTimeoutSeconds": said.timeout,
        "HealthyThresholdCount": said.healthy,
        "Matcher": elb.Matcher(HttpCode=said.codes),
        "UnhealthyThresholdCount": said.unhealthy,
    }


def load_balancer(e: Emitter, member: Member) -> None:
    """A load balancer and its listeners. One that faces the internet waits until the internet reaches its subnets."""
    body = member.body
    assert isinstance(body, LoadBalancer)
    emit_own_group(e, member)
    places = e.architecture.many(body.subnets)
    identity = e.add(
        member,
        elb.LoadBalancer,
        IpAddressType="ipv4",
        Name=body.aws_name,
        Scheme=body.scheme,
        SecurityGroups=groups_of(e, member),
        Subnets=[e.ref(place) for place in places],
        Tags=e.tags(member),
        Type="application",
        origins={
            "Name": "aws_name",
            "Scheme": "scheme",
            "SecurityGroups": "security_groups",
            "Subnets": "subnets",
        },
    )
    if body.scheme == "internet-facing":
        waits_for_gateway(e, identity, places[0])
        waits_for_way_in(e, identity, places)
    for port, said in sorted(body.listeners.items(), key=lambda item: int(item[0])):
        _listener(e, member, port, said)


def _listener(e: Emitter, member: Member, port: str, said: Listener) -> None:
    """A port; with a certificate it speaks HTTPS."""
    secure = said.certificate is not None
    path = ("listeners", port)
    e.add(
        member,
        elb.Listener,
        listener_role(port, said),
        Certificates=[elb.Certificate(CertificateArn=e.value(said.certificate))] if secure else None,
        DefaultActions=[_action(e, said)],
        LoadBalancerArn=e.ref(member),
        Port=int(port),
        Protocol="HTTPS" if secure else "HTTP",
        SslPolicy=TLS_POLICY if secure else None,
        Tags=e.tags(member),
        origins={
            "Certificates": (*path, "certificate"),
            "DefaultActions": (*path, "forward" if said.forward else "redirect"),
            "Port": path,
            "Protocol": (*path, "certificate"),
            "SslPolicy": (*path, "certificate"),
        },
    )


def _action(e: Emitter, said: Listener) -> elb.Action:
    """What becomes of a request."""
    if said.forward is not None:
        return elb.Action(Type="forward", TargetGroupArn=e.ref(e.architecture.one(said.forward)))
    https = elb.RedirectConfig(Port="443", Protocol="HTTPS", StatusCode="HTTP_301")
    return elb.Action(Type="redirect", RedirectConfig=https)


def url(e: Emitter, member: Member) -> Any:
    """A load balancer's address for a browser: through TLS if it can, with the port where the scheme has another."""
    body = member.body
    assert isinstance(body, LoadBalancer)
    port, listener = min(body.listeners.items(), key=_inconvenience)
    scheme, usual = ("https", "443") if listener.certificate else ("http", "80")
    return Sub(f"{scheme}://${{Domain}}" + ("" if port == usual else f":{port}"), Domain=domain(e, member))


def _inconvenience(item: tuple[str, Listener]) -> tuple[bool, bool, int]:
    port, listener = item
    return listener.certificate is None, port not in ("443", "80"), int(port)


def domain(e: Emitter, member: Member) -> Any:
    """A load balancer's DNS name."""
    return e.attr(member, "DNSName")


EMITTERS = {"target_groups": target_group, "load_balancers": load_balancer}
ATTRIBUTES = {
    "target_groups": {"arn": lambda e, m: e.ref(m), "name": lambda e, m: e.attr(m, "TargetGroupName")},
    "load_balancers": {"url": url, "domain": domain, "arn": lambda e, m: e.ref(m)},
}
