"""Machine images: those that are made of an instance, and the function that makes them.

CloudFormation has no resource for an image, so a `Custom::Image` has a Lambda function make it. One function serves the
whole spec. Its logical ids are always the same: a custom resource can never change its `ServiceToken`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from troposphere import Join, Ref, Select, Split

from labspec.emit.emitter import Emitter, logical_id
from labspec.emit.functions import emit_function
from labspec.emit.hardware import made_image, public_path
from labspec.emit.schemas import ASSOCIATION
from labspec.graph import ROOT_STACK_NAME
from labspec.lambdas import IMAGE_MAKER, SERVICE_TIMEOUT
from labspec.model.architecture import Member
from labspec.model.compute import ImageMade
from labspec.model.database import Database
from labspec.model.kind import Kind
from labspec.model.word import Name

MAKER = "image-maker"
"""The name of the function among the images: `layout` places it by `images.image-maker`, and its ids begin with it."""
FUNCTION = "function"


def image(e: Emitter, member: Member) -> None:
    """An image of an instance: made once the instance is ready, deregistered when it is replaced or removed."""
    body = member.body
    assert isinstance(body, ImageMade)
    if body.from_ is None:
        return
    maker = _maker(e)
    if logical_id(maker, FUNCTION) not in e.graph.nodes:
        _emit_maker(e, maker)
    properties = {
        "ServiceToken": e.attr(maker, "Arn", FUNCTION).to_dict(),
        "ServiceTimeout": SERVICE_TIMEOUT,
        "InstanceId": e.ref(e.architecture.one(body.from_)).to_dict(),
        "Tags": e.tags(member).to_dict(),
    }
    resource = {"Type": "Custom::Image", "Properties": properties}
    identity = e.put(member, logical_id(member), "", resource, {"InstanceId": "from", "Tags": "tags"})
    _waits_for_schemas(e, identity, member, body.from_)


def _waits_for_schemas(e: Emitter, identity: str, member: Member, source: Name) -> None:
    """Making an image restarts its instance, which would cut off a database's script that is running there."""
    for database in e.architecture.of("databases"):
        assert isinstance(database.body, Database)
        schema = database.body.schema_
        if schema is not None and e.architecture.one(schema.through) == e.architecture.one(source):
            why = "making an image restarts the instance that runs the script"
            e.edge(identity, logical_id(database, ASSOCIATION), why, origin=(*member.path, "from"))


def _maker(e: Emitter) -> Member:
    """The function as a member of its own. It is there when any image may be there."""
    conditions = {member.body.when for member in _made(e)}
    shared = conditions.pop() if len(conditions) == 1 else None
    return Member("images", MAKER, Kind().model_copy(update={"when": shared}), ("images", MAKER))


def _made(e: Emitter) -> Iterator[Member]:
    for member in e.architecture.of("images"):
        if isinstance(member.body, ImageMade) and member.body.from_ is not None:
            yield member


def _emit_maker(e: Emitter, maker: Member) -> None:
    known = {"FunctionName": _function_name(), "RootStackName": Ref(ROOT_STACK_NAME)}
    emit_function(e, maker, IMAGE_MAKER, "Makes machine images of instances, and removes them", known)


def _function_name() -> Any:
    """Its role names the function and comes before it, so the name is given.

    A stack's name may be too long for it; the last part of the stack's id is not, and no other stack has it.
    """
    return Join("-", [MAKER, Select(2, Split("/", Ref("AWS::StackId")))])


def image_id(member: Member) -> Any:
    """The id of an image; of a public one the id that Parameter Store holds at the time of a deployment."""
    path = public_path(member)
    return made_image(member) if path is None else "{{resolve:ssm:" + path + "}}"


EMITTERS = {"images": image}
ATTRIBUTES = {"images": {"id": lambda _, member: image_id(member)}}
