"""Buckets emptied: every version, every delete marker, and every upload that was never finished."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from labspec.cloud.account import code_of, plainly
from labspec.cloud.refusal import Refused

MOST_COUNTED = 10_000
"""Who has more than this is told so: to count on would take a request for each thousand."""
AT_ONCE = 1000
"""As many as one request lists, and one deletes (`DeleteObjects`, Amazon S3 API Reference)."""
GONE = ("NoSuchBucket", "NoSuchUpload")


def held(s3: Any, bucket: str) -> int:
    """How many objects, older versions and delete markers a bucket has, counted up to a little over `MOST_COUNTED`."""
    number = 0
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        number += len(_found(page))
        if number > MOST_COUNTED:
            break
    return number


def empty(s3: Any, bucket: str, went: Callable[[int], None]) -> int:
    """Empty a bucket, and return how many versions went; `went` hears the number as it grows.

    One that is gone already is empty. Raises `Refused` where something in it may not be deleted, as under an object
    lock.
    """
    number = 0
    with plainly():
        try:
            # From the beginning each time: where a list was to go on is deleted.
            while found := _found(s3.list_object_versions(Bucket=bucket, MaxKeys=AT_ONCE)):
                _delete(s3, bucket, found)
                number += len(found)
                went(number)
            _abort(s3, bucket)
        except ClientError as error:
            if code_of(error) not in GONE:
                raise
    return number


def _found(page: Mapping[str, Any]) -> list[dict[str, str]]:
    """The versions and markers of one answer."""
    found = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
    return [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in found]


def _delete(s3: Any, bucket: str, page: list[dict[str, str]]) -> None:
    done = s3.delete_objects(Bucket=bucket, Delete={"Objects": page, "Quiet": True})
    for error in done.get("Errors", ()):
        message = f"`{error['Key']}` in the bucket `{bucket}` cannot be deleted: {error.get('Message', error['Code'])}"
        help_ = "It may be locked, or a policy of the bucket forbids it. What was deleted so far stays deleted."
        raise Refused(f"{message.removesuffix('.')}.", help_)


def _abort(s3: Any, bucket: str) -> None:
    for page in s3.get_paginator("list_multipart_uploads").paginate(Bucket=bucket):
        for each in page.get("Uploads", ()):
            s3.abort_multipart_upload(Bucket=bucket, Key=each["Key"], UploadId=each["UploadId"])
