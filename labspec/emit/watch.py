"""Watching: topics and who follows them."""

from __future__ import annotations

from troposphere import sns

from labspec.emit.emitter import Emitter
from labspec.model.architecture import Member
from labspec.model.watch import Notification


def notification(e: Emitter, member: Member) -> None:
    """A topic, and a subscription apart from it: a new address replaces the subscription and leaves the topic alone."""
    body = member.body
    assert isinstance(body, Notification)
    e.add(member, sns.Topic, Tags=e.tags(member))
    e.add(
        member,
        sns.SubscriptionResource,
        "subscription",
        Endpoint=e.value(body.email),
        Protocol="email",
        TopicArn=e.ref(member),
        origins={"Endpoint": "email"},
    )


EMITTERS = {"notifications": notification}
ATTRIBUTES = {"notifications": {"arn": lambda e, m: e.ref(m)}}
