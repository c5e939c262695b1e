"""The bucket that templates are published to."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from labspec.cloud.account import DENIED, code_of, plainly
from labspec.cloud.parallel import at_once
from labspec.cloud.publication import Piece, Publication
from labspec.cloud.refusal import Refused

TRIES = 3
OVERTAKEN = ("PreconditionFailed", "ConditionalRequestConflict")
"""What S3 says where a key was written meanwhile, or is being written: by somebody else, or by a request of ours whose
answer did not arrive (`How to prevent object overwrites with conditional writes`, Amazon S3 User Guide)."""
TYPES = {"json": "application/json", "zip": "application/zip"}
"""The media types of what is published; all else is text."""
NAME = r"(?=.{3,63}\Z)[a-z0-9]+([.-]+[a-z0-9]+)*"
"""What a bucket may be called (`General purpose bucket naming rules`, Amazon S3 User Guide)."""
EVERYBODY = (
    "http://acs.amazonaws.com/groups/global/AllUsers",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
)
"""Groups of a bucket's grants that mean anyone (`Access control list (ACL) overview`, Amazon S3 User Guide)."""
CLOSED = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)


def make_ready(s3: Any, bucket: str, region: str, create: bool) -> None:
    """Raise `Refused` where a bucket cannot serve: it is not there, not in the region, or open to the public.

    One that is not there is made where that is asked for, closed to the public.
    """
    if not re.fullmatch(NAME, bucket):
        help_ = "It has 3 to 63 lower-case letters, digits, dots and dashes, a letter or digit at each end."
        raise Refused(f"`{bucket}` is no name for a bucket.", _meant(bucket) or help_)
    with plainly():
        there = _region_of(s3, bucket)
        if there is None and create:
            _make(s3, bucket, region)
        elif there is None:
            raise Refused(f"There is no bucket `{bucket}`.", "Write its name as it is, or add `--create-bucket`.")
        elif there != region:
            help_ = f"Publish with `--region {there}`, or to a bucket of {region}."
            raise Refused(f"The bucket `{bucket}` is in {there}, not in {region}.", help_)
        elif _is_public(s3, bucket):
            help_ = "Turn on its Block Public Access, or publish to another one."
            raise Refused(f"The bucket `{bucket}` is open to the public.", help_)


def _meant(text: str) -> str:
    """The name that is meant where more was written: `s3://my-templates`, `my-templates/folder`, `arn:aws:s3:::...`."""
    name, _, folder = re.sub(r"^(s3://|arn:[\w-]+:s3:::)", "", text.strip()).rstrip("/").lower().partition("/")
    prefix = f" with `--prefix {folder}`" if folder else ""
    return f"Did you mean `{name}`{prefix}?" if re.fullmatch(NAME, name) else ""


def address(bucket: str, region: str, suffix: str, key: str) -> str:
    """Where CloudFormation finds a key. A bucket whose name has dots is no name of a host that has a certificate."""
    host = f"s3.{region}.{suffix}"
    return f"https://{host}/{bucket}/{key}" if "." in bucket else f"https://{bucket}.{host}/{key}"


def upload(s3: Any, bucket: str, publication: Publication, went: Callable[[int], None]) -> int:
    """Send what is not there yet, and return how many that were; `went` hears how many are there.

    The root comes last, so that a root that is there leads to nothing that is not. What has the key of a piece and is
    something else is never replaced: raises `Refused`.
    """
    sent = 0
    with plainly():
        for number, new in enumerate(_sent(s3, bucket, publication), 1):
            sent += new
            went(number)
    return sent


def _sent(s3: Any, bucket: str, publication: Publication) -> Iterator[bool]:
    # S3 makes an object of a whole request only (`PutObject`): to leave one half sent does no harm.
    yield from at_once(lambda piece: _send(s3, bucket, piece), publication.others)
    yield _send(s3, bucket, publication.root)


def _region_of(s3: Any, bucket: str) -> str | None:
    try:
        return str(s3.head_bucket(Bucket=bucket)["BucketRegion"])
    except ClientError as error:
        if code_of(error) == "404":
            return None
        if code_of(error) in DENIED:
            message = f"The bucket `{bucket}` is another account's, or these credentials may not see it."
            raise Refused(message, "Names of buckets are taken in the whole world: choose another one.") from error
        raise


def _make(s3: Any, bucket: str, region: str) -> None:
    place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    try:
        s3.create_bucket(Bucket=bucket, **place)
    except ClientError as error:
        if code_of(error) != "BucketAlreadyOwnedByYou":  # no answer came, and boto3 asked again
            raise
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=CLOSED)


def _is_public(s3: Any, bucket: str) -> bool:
    """Whether a bucket is surely open. What these credentials may not look at is not held against it."""
    blocked = _asked(lambda: s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]) or {}
    grants = _asked(lambda: s3.get_bucket_acl(Bucket=bucket)["Grants"]) or []
    status = _asked(lambda: s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"]) or {}
    granted = any(grant["Grantee"].get("URI") in EVERYBODY for grant in grants) and not blocked.get("IgnorePublicAcls")
    return granted or (bool(status.get("IsPublic")) and not blocked.get("RestrictPublicBuckets"))


def _asked(question: Callable[[], Any]) -> Any:
    try:
        return question()
    except ClientError as error:
        if code_of(error) in (*DENIED, "NoSuchBucketPolicy", "NoSuchPublicAccessBlockConfiguration"):
            return None
        raise


def _send(s3: Any, bucket: str, piece: Piece) -> bool:
    content = piece.content
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    kind = TYPES.get(piece.key.rpartition(".")[2], "text/plain")
    new = {"Body": content, "ContentType": kind, "ChecksumSHA256": digest, "IfNoneMatch": "*"}
    for _ in range(TRIES):
        if _is_there(s3, bucket, piece.key, len(content), digest):
            return False
        try:
            s3.put_object(Bucket=bucket, Key=piece.key, **new)
        except ClientError as error:
            if code_of(error) not in OVERTAKEN:
                raise
        else:
            return True
    raise Refused(f"s3://{bucket}/{piece.key} is being written by somebody else.", "Try again in a minute.")


def _is_there(s3: Any, bucket: str, key: str, size: int, digest: str) -> bool:
    """Whether a piece is there. Raises `Refused` where something else is."""
    try:
        there = s3.head_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED")
    except ClientError as error:
        if code_of(error) != "404":
            raise
        return False
    if there["ContentLength"] != size or there.get("ChecksumSHA256", digest) != digest:
        raise Refused(f"s3://{bucket}/{key} is there, and is not what is to be published.")
    return True
