"""A website's files: what of a folder is not in its bucket yet, and how it gets there.

What lies in the bucket is the same as a file if it has its SHA-256, which everything that is sent from here is stored
with; or, where somebody else sent it, if its entity tag is the file's MD5, as it is of what came in one part and is not
encrypted by KMS (`Object`, Amazon S3 API Reference). Sizes are compared first, so that most files that differ are never
read twice. A file whose type or time to be kept is not what it should be is sent again, too: that is why each is asked
for, and the bucket's list is not enough.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path as FilePath
from typing import Any, NamedTuple

from labspec.cloud.account import plainly
from labspec.cloud.parallel import at_once
from labspec.cloud.refusal import WHOSE, Refused
from labspec.cloud.standing import Standing
from labspec.graph import Graph
from labspec.lambdas.serving import cache_control, content_type, is_page

LARGEST = 5 << 30
"""The most bytes that are sent in one part (`PutObject`, Amazon S3 API Reference)."""
MOST_REMOVED = 1000
"""The most keys that one call removes (`DeleteObjects`, Amazon S3 API Reference)."""
CHUNK = 1 << 20


class File(NamedTuple):
    """A file of a website's folder. The key is its name there, with slashes."""

    key: str
    path: FilePath
    size: int
    """In bytes."""


class Difference(NamedTuple):
    """What a bucket lacks of a folder, and what it has beyond it."""

    new: tuple[File, ...]
    changed: tuple[File, ...]
    same: int
    gone: tuple[str, ...]
    """Keys that are no file of the folder."""


class Place(NamedTuple):
    """Where a website stands: its bucket, and the id of its distribution, which is empty where it has none."""

    bucket: str
    distribution: str


def place(stack: Standing, graph: Graph, website: str) -> Place | None:
    """Where a website of a spec's graph stands; None where its condition switches it off.

    Raises `Refused` where the stack lacks it for another reason.
    """
    made = {each.id: each.physical for each in stack.all() if each.status != "DELETE_COMPLETE"}
    meant = [node for node in graph.nodes.values() if (node.section, node.member) == ("websites", website)]
    bucket, distribution = (
        next((node for node in meant if node.role == role), None) for role in ("bucket", "distribution")
    )
    if bucket is not None and made.get(bucket.id):
        return Place(made[bucket.id], made.get(distribution.id, "") if distribution else "")
    if bucket is not None and "Condition" in bucket.body:
        return None
    raise Refused(
        f"The stack `{stack.name}` has no bucket of the website `{website}`: it is {stack.status}.",
        f"Deploy the spec as it is now: `labspec deploy SPEC --stack {stack.name}{WHOSE}`.",
    )


def files(folder: FilePath, names: Iterable[str]) -> tuple[File, ...]:
    """The files of a folder. Raises `Refused` where one cannot be sent."""
    found = tuple(File(name, folder / name, (folder / name).stat().st_size) for name in names)
    for file in found:
        if file.size > LARGEST:
            raise Refused(f"`{file.path}` is larger than 5 GiB, the most that is sent in one part.")
    return found


def difference(s3: Any, bucket: str, folder: Sequence[File], went: Callable[[int], None]) -> Difference:
    """Compare a folder with a bucket; `went` hears how many files are compared."""

    def compared(file: File) -> tuple[File, bool]:
        return file, there[file.key] == file.size and _is_there(s3, bucket, file)

    differs = set()
    with plainly():
        there = dict(_listed(s3, bucket))
        old = [file for file in folder if file.key in there]
        for number, (file, is_same) in enumerate(at_once(compared, old)):
            went(number + 1)
            differs |= set() if is_same else {file}
    changed = tuple(file for file in old if file in differs)
    new = tuple(file for file in folder if file.key not in there)
    gone = there.keys() - {file.key for file in folder}
    return Difference(new, changed, len(old) - len(changed), tuple(sorted(gone)))


def _listed(s3: Any, bucket: str) -> Iterator[tuple[str, int]]:
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        yield from ((each["Key"], each["Size"]) for each in page.get("Contents", ()))


def _is_there(s3: Any, bucket: str, file: File) -> bool:
    said = s3.head_object(Bucket=bucket, Key=file.key, ChecksumMode="ENABLED")
    if (said.get("ContentType"), said.get("CacheControl")) != (content_type(file.key), cache_control(file.key)):
        return False
    sha256, md5 = _digests(file.path)
    return bool(said.get("ChecksumSHA256") == sha256 or said["ETag"].strip('"') == md5)


def _digests(path: FilePath) -> tuple[str, str]:
    """SHA-256 as S3 writes it, and MD5 as an entity tag does."""
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            sha256.update(chunk)
            md5.update(chunk)
    return base64.b64encode(sha256.digest()).decode(), md5.hexdigest()


def bring(s3: Any, bucket: str, wanted: Sequence[File], went: Callable[[int], None]) -> None:
    """Send files; `went` hears how many are there. Pages come last, so that none shows what is not there yet."""
    pages = [file for file in wanted if is_page(file.key)]
    others = [file for file in wanted if not is_page(file.key)]
    sent = 0
    with plainly():
        for some in (others, pages):
            for _ in at_once(lambda file: _send(s3, bucket, file), some):
                sent += 1
                went(sent)


def _send(s3: Any, bucket: str, file: File) -> None:
    """Send one file. S3 itself refuses it where it is no longer what its digest was made of."""
    sha256, _ = _digests(file.path)
    with file.path.open("rb") as body:
        s3.put_object(
            Bucket=bucket,
            Key=file.key,
            Body=body,
            ContentType=content_type(file.key),
            CacheControl=cache_control(file.key),
            ChecksumAlgorithm="SHA256",
            ChecksumSHA256=sha256,
        )


def remove(s3: Any, bucket: str, keys: Sequence[str]) -> None:
    """Remove keys. Raises `Refused` where one stays."""
    for start in range(0, len(keys), MOST_REMOVED):
        some = [{"Key": key} for key in keys[start : start + MOST_REMOVED]]
        with plainly():
            said = s3.delete_objects(Bucket=bucket, Delete={"Objects": some, "Quiet": True})
        for error in said.get("Errors", ()):
            raise Refused(f"`{error['Key']}` cannot be removed from `{bucket}`: {error['Message']}".rstrip(".") + ".")
