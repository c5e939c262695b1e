"""What is in a website's bucket: copied there by the stack, where there is a bucket to copy from."""

from __future__ import annotations

import shlex
from typing import Any

from troposphere import Ref, iam

from labspec.emit.assets import Asset, asset
from labspec.emit.emitter import Emitter, logical_id
from labspec.emit.functions import emit_function, granted
from labspec.emit.roles import BUCKET, policy
from labspec.emit.substitution import Hole, Variables
from labspec.graph import TEMPLATE_FOLDER, Declaration
from labspec.lambdas import CONTENT_COPIER, CONTENT_COPIES, CONTENT_EMPTIES, CONTENT_INVALIDATES, CONTENT_TIMEOUT
from labspec.logical_ids import pascal
from labspec.model.architecture import Member
from labspec.model.website import Website

CONTENT = "content"
"""The role of the content, and what the roles of its function begin with."""


def content(e: Emitter, member: Member, body: Website, distribution: Any) -> None:
    """Fill the bucket of a website. `distribution` keeps copies of what is in it; None where there is none."""
    archive = e.architecture.contents.archives.get(body.content)
    if archive is not None and e.has_bucket:
        _copied(e, member, body, archive, distribution)
    else:
        _upload_command(e, member, body)


def _copied(e: Emitter, member: Member, body: Website, archive: bytes, distribution: Any) -> None:
    """A copy of the content, by a function of the website's own."""
    made, empties = asset(e, member.key, ".zip", archive), body.on_delete == "delete"
    more = CONTENT_INVALIDATES if distribution is not None else ()
    words, known = f"Fills the bucket of {member.name}", {"Distribution": distribution}
    emit_function(e, member, CONTENT_COPIER, words, known, more, f"{CONTENT}_")
    allowed = _allowed(e, member, made, empties)
    properties = {
        "ServiceToken": e.attr(member, "Arn", f"{CONTENT}_function"),
        "ServiceTimeout": CONTENT_TIMEOUT,
        "SourceBucket": made.bucket,
        "SourceKey": made.key,
        "Bucket": e.ref(member, BUCKET),
        "Distribution": distribution,
        "Empty": "true" if empties else None,
    }
    plain = {name: e.plain(value) for name, value in properties.items() if value is not None}
    resource = {"Type": "Custom::WebsiteContent", "Properties": plain}
    origins = {"SourceKey": "content", "Empty": "on_delete"}
    identity = e.put(member, logical_id(member, CONTENT), CONTENT, resource, origins)
    e.edge(identity, allowed, "it is copied with what this allows", origin=(*member.path, "content"))


def _allowed(e: Emitter, member: Member, made: Asset, empties: bool) -> str:
    """What the function may do with the bucket, and with the archives.

    Another bucket, or other archives, make another policy, since a description cannot be changed
    (`AWS::IAM::ManagedPolicy Description`): the former one goes after all that is to be done by it, in an update as in
    its rollback. A role's own policies would be changed before.
    """
    known = {
        "TemplateBucket": made.bucket,
        "TemplateFolder": Ref(TEMPLATE_FOLDER),
        "Archives": made.any_key,
        "BucketArn": e.attr(member, "Arn", BUCKET),
    }
    variables = Variables(known)
    source = (Hole("TemplateBucket"), "/", Hole("TemplateFolder"))
    return e.add(
        member,
        iam.ManagedPolicy,
        f"{CONTENT}_policy",
        Description=variables.sub([f"Fills the bucket of {member.name}: ", *source, " to ", Hole("BucketArn")]),
        PolicyDocument=policy(*granted((*CONTENT_COPIES, *CONTENT_EMPTIES * empties), known)),
        Roles=[e.ref(member, f"{CONTENT}_role")],
    )


def _upload_command(e: Emitter, member: Member, body: Website) -> None:
    """The site starts empty: an output says what fills it, unless the spec has an output of that name."""
    name = pascal(member.key) + "UploadCommand"
    if name in e.architecture.spec.outputs:
        return
    variables = Variables({"Bucket": e.ref(member, BUCKET)})
    command = variables.sub([f"aws s3 sync {shlex.quote(body.content.name)} s3://", Hole("Bucket"), "/"])
    output = {
        "Description": f"Copies the files of {member.name} into its bucket; run it where the spec lies",
        "Value": command.to_dict(),
    }
    e.graph.outputs[name] = Declaration(output, (*member.path, "content"))
