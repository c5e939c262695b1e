"""Whether what a stack makes can read what lies in a bucket, by the key that the bucket encrypts with."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from labspec.cloud.account import DENIED, code_of, plainly
from labspec.cloud.bucket import Bucket
from labspec.cloud.refusal import Refused

MANAGED = "alias/aws/s3"
"""AWS's key for S3: whoever may read in the account may use it (`AWS managed keys`, AWS KMS Developer Guide)."""
UNKNOWN = (*DENIED, "ServerSideEncryptionConfigurationNotFoundError", "NotFoundException")


def refuse_own_key(bucket: Bucket, kms: Any) -> None:
    """Raise `Refused` where a bucket encrypts with a key that the machines and functions of a stack may not use.

    They may read the bucket, and know of no key (`Using server-side encryption with AWS KMS keys`, Amazon S3 User
    Guide). What these credentials may not look at is not held against it, nor is a key that everybody may use.
    """
    with plainly():
        key = _key_of(bucket)
        if not key or key.endswith(MANAGED) or not _is_for_some(kms, key):
            return
    help_ = "Publish to a bucket that S3 encrypts with keys of its own (SSE-S3), or with `aws/s3`."
    raise Refused(f"The bucket `{bucket.name}` encrypts with a KMS key that machines and functions may not use.", help_)


def _key_of(bucket: Bucket) -> str:
    """The KMS key that a bucket encrypts with, unless said; empty where it is S3's own, or not known."""
    said = _asked(lambda: bucket.s3.get_bucket_encryption(**bucket.itself)["ServerSideEncryptionConfiguration"]) or {}
    defaults = (rule.get("ApplyServerSideEncryptionByDefault", {}) for rule in said.get("Rules", ()))
    return next((str(default["KMSMasterKeyID"]) for default in defaults if "KMSMasterKeyID" in default), "")


def _is_for_some(kms: Any, key: str) -> bool:
    """Whether the policy of a key surely lets nobody use it but those that it names, or that their own policies let."""
    policy = _asked(lambda: json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]))
    if policy is None:
        return False
    said = policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]
    allowed = [each.get("Principal") for each in said if each["Effect"] == "Allow"]
    return not any(principal in ("*", {"AWS": "*"}, {"AWS": ["*"]}) for principal in allowed)


def _asked(question: Callable[[], Any]) -> Any:
    try:
        return question()
    except ClientError as error:
        if code_of(error) in UNKNOWN:
            return None
        raise
