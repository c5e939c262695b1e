"""The Lambda function behind `Custom::WebsiteContent`: it fills a website's bucket, and empties it before it goes.

It runs in the user's account as the inline code of a function, as `image_maker` does. The content is one archive (zip)
in the bucket of the templates, under a key that says what it holds: another content is another key, so CloudFormation
sees it, and a rollback finds the former one.

A Create or an Update puts every file of the archive into the bucket. An Update then removes what the former archive had
and this one has not: what somebody else put there stays. Where the former archive is gone, its files stay, too. At the
end the distribution is told that what it keeps is old.

A Delete empties the bucket where `Empty` says so (versions, and uploads that were never finished, too), because a
bucket that holds anything cannot be deleted. So does an Update to another bucket that failed: CloudFormation takes that
bucket away again, and sends no Delete for what is in it. Without `Empty` the bucket stays, and so does all that is in
it. A bucket that is not there is empty.

Whatever is asked twice is done twice, with the same result.
"""

from __future__ import annotations

import logging
import tempfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import boto3

from labspec.lambdas.answer import LOG, failure, send, success
from labspec.lambdas.serving import cache_control, content_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, Protocol

    Json = dict[str, Any]

    class Context(Protocol):
        """What Lambda tells a function about its invocation."""

        log_stream_name: str

        def get_remaining_time_in_millis(self) -> int:
            """Say how long this invocation may still run."""


RESERVE_MILLIS = 90_000  # five attempts to send the answer take 65 seconds at most
AT_ONCE = 16
MOST_AT_A_TIME = 1000  # of DeleteObjects
NO_CONTENT = "no-content"
BUCKET_GONE = ("NoSuchBucket", "404")


def handler(event: Json, context: Context) -> None:
    """Handle one event of CloudFormation, and answer it exactly once."""
    LOG.setLevel(logging.INFO)
    LOG.info("%s %s", event["RequestType"], event["LogicalResourceId"])
    try:
        answer = work(event, context)
    except Exception as error:  # whatever went wrong, CloudFormation must hear of it now rather than in an hour
        LOG.exception("failed")
        answer = failure(event, f"{type(error).__name__}: {error}", NO_CONTENT)
        take_back(event, context)
    if answer["Status"] == "FAILED":
        answer["Reason"] += f" (log stream {context.log_stream_name})"
    send(event, answer)


def work(event: Json, context: Context) -> Json:
    """Do what the event asks for."""
    s3, properties = boto3.client("s3"), event["ResourceProperties"]
    if event["RequestType"] == "Delete":
        if properties.get("Empty") == "true":
            empty(s3, properties["Bucket"], context)
        return success(event["PhysicalResourceId"])
    with archive_of(s3, properties) as archive:
        names = files_in(archive)
        fill(s3, properties["Bucket"], archive, names, context)
    if event["RequestType"] == "Update":
        remove_former(s3, event, names)
        invalidate(event)
    return success(f"{properties['Bucket']}/content", Files=str(len(names)))


@contextmanager
def archive_of(s3: Any, properties: Json) -> Iterator[zipfile.ZipFile]:
    """Fetch an archive, which lies on the disk for as long as it is open."""
    bucket, key = properties["SourceBucket"], properties["SourceKey"]
    with tempfile.TemporaryFile() as file:
        try:
            s3.download_fileobj(bucket, key, file)
        except Exception as error:
            raise FileNotFoundError(f"s3://{bucket}/{key} cannot be read, is it there? {error}") from error
        with zipfile.ZipFile(file) as archive:
            yield archive


def files_in(archive: zipfile.ZipFile) -> list[str]:
    """List the files of an archive."""
    return [info.filename for info in archive.infolist() if not info.is_dir()]


def fill(s3: Any, bucket: str, archive: zipfile.ZipFile, names: list[str], context: Context) -> None:
    """Put every file into the bucket, with what browsers are to know of it."""

    def put(name: str) -> None:
        if context.get_remaining_time_in_millis() < RESERVE_MILLIS:
            raise TimeoutError(f"{len(names)} files are more than can be copied in 15 minutes")
        headers = {"ContentType": content_type(name), "CacheControl": cache_control(name)}
        with archive.open(name) as file:
            s3.upload_fileobj(file, bucket, name, ExtraArgs=headers)

    with ThreadPoolExecutor(AT_ONCE) as workers:
        list(workers.map(put, names))
    LOG.info("%s files are in %s", len(names), bucket)


def take_back(event: Json, context: Context) -> None:
    """Empty, as far as possible, a bucket that an Update failed to fill, and that is not the former one."""
    properties, former = event["ResourceProperties"], event.get("OldResourceProperties", {})
    if event["RequestType"] != "Update" or former["Bucket"] == properties["Bucket"]:
        return
    try:
        if properties.get("Empty") == "true":
            empty(boto3.client("s3"), properties["Bucket"], context)
    except Exception:  # the event has its answer already, and this must not change it
        LOG.exception("something may be left behind")


def remove_former(s3: Any, event: Json, names: list[str]) -> None:
    """Remove what the former archive had, and this one has not."""
    former, properties = event["OldResourceProperties"], event["ResourceProperties"]
    if former["Bucket"] != properties["Bucket"]:
        return  # its own Delete follows
    try:
        with archive_of(s3, former) as archive:
            gone = sorted(set(files_in(archive)) - set(names))
    except FileNotFoundError as error:
        LOG.warning("what the former content was is not known any more: %s", error)
        return
    delete(s3, properties["Bucket"], ({"Key": name} for name in gone))


def invalidate(event: Json) -> None:
    """Tell the distribution, if there is one, that what it keeps is old."""
    distribution = event["ResourceProperties"].get("Distribution")
    if not distribution:
        return
    batch = {"Paths": {"Quantity": 1, "Items": ["/*"]}, "CallerReference": event["RequestId"]}
    boto3.client("cloudfront").create_invalidation(DistributionId=distribution, InvalidationBatch=batch)


def empty(s3: Any, bucket: str, context: Context) -> None:
    """Delete all that is in a bucket."""
    try:
        for page in s3.get_paginator("list_multipart_uploads").paginate(Bucket=bucket):
            for begun in page.get("Uploads", []):
                s3.abort_multipart_upload(Bucket=bucket, Key=begun["Key"], UploadId=begun["UploadId"])
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            if context.get_remaining_time_in_millis() < RESERVE_MILLIS:
                raise TimeoutError(f"{bucket} holds more than can be deleted in 15 minutes; empty it, and go on")
            found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            delete(s3, bucket, ({"Key": each["Key"], "VersionId": each["VersionId"]} for each in found))
    except Exception as error:  # botocore's ClientError, told by AWS's code
        if code_of(error) not in BUCKET_GONE:
            raise
        LOG.info("there is no bucket %s", bucket)


def delete(s3: Any, bucket: str, objects: Iterable[Json]) -> None:
    """Delete objects, or versions of them; raise where one could not be deleted."""
    for some in batches(list(objects)):
        errors = s3.delete_objects(Bucket=bucket, Delete={"Objects": some, "Quiet": True}).get("Errors", [])
        if errors:
            raise RuntimeError(f"{errors[0]['Key']} cannot be deleted: {errors[0].get('Message', errors[0]['Code'])}")


def batches(objects: list[Json]) -> Iterator[list[Json]]:
    """Cut a list into pieces that one call takes."""
    for start in range(0, len(objects), MOST_AT_A_TIME):
        yield objects[start : start + MOST_AT_A_TIME]


def code_of(error: Exception) -> str:
    """Give AWS's code of an error; nothing for any other."""
    code: str = getattr(error, "response", {}).get("Error", {}).get("Code", "")
    return code
