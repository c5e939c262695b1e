"""What an account may have, has, and forbids, asked before anything is made."""

from __future__ import annotations

from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from labspec.cloud.account import Account, answered, code_of, is_absence, plainly
from labspec.cloud.parallel import at_once
from labspec.cloud.usage import used
from labspec.preflight.asked import ANOTHERS, OURS, Asked
from labspec.preflight.names import names
from labspec.preflight.needs import needs
from labspec.quotas import Quota
from labspec.template import Joined

WORLDWIDE = "us-east-1"
"""Where AWS keeps the quotas of services that have no region (`Service Quotas User Guide`)."""
ELSEWHERE = ("cn-", "us-gov-", "us-iso")
"""How regions begin that are no part of that world: there, a region is asked itself."""
BUCKET = "AWS::S3::Bucket"


def ask(account: Account, joined: Joined) -> Asked:
    """What AWS says of an account, as far as the stacks need it. Raises `Refused` where it cannot be asked at all.

    What these credentials may not ask counts as not known.
    """
    with plainly():
        owner = account.client("sts").get_caller_identity()["Account"]
    wanted = {need.quota for need in needs(joined) if need.quota.code}
    quotas = {key: value for key, value in at_once(partial(_quota, account), list(wanted)) if value is not None}
    in_use, limits = used(account, {(quota.service, quota.code) for quota in wanted})
    buckets = [each.text for each in names(joined) if each.text and joined.resources[each.address].type == BUCKET]
    taken = {bucket: whose for bucket, whose in at_once(partial(_whose, account), buckets) if whose}
    blocks = _blocks_public(account, owner) if _has(joined, BUCKET) else None
    return Asked(account.region, {**quotas, **limits}, in_use, taken, blocks)


def _has(joined: Joined, kind: str) -> bool:
    return any(each.type == kind for each in joined.resources.values())


def _quota(account: Account, quota: Quota) -> tuple[tuple[str, str], float | None]:
    """What the account has of a quota; AWS's default where nobody has changed it; None where neither may be asked."""
    is_worldwide = quota.per == "account" and not account.region.startswith(ELSEWHERE)
    client = account.client("service-quotas", WORLDWIDE if is_worldwide else None)
    key = {"ServiceCode": quota.service, "QuotaCode": quota.code}
    value = answered(lambda: client.get_service_quota(**key)["Quota"]["Value"], None)
    if value is None:
        value = answered(lambda: client.get_aws_default_service_quota(**key)["Quota"]["Value"], None)
    return (quota.service, quota.code), value


def _whose(account: Account, bucket: str) -> tuple[str, str]:
    """Whose a bucket is; empty where its name is free (`HeadBucket`, Amazon S3 API Reference)."""
    s3 = account.client("s3")
    with plainly():
        try:
            s3.head_bucket(Bucket=bucket)
        except ClientError as error:
            if code_of(error) == "404" or is_absence(error):
                return bucket, ""
            if code_of(error) in ("301", "403", "PermanentRedirect"):
                return bucket, ANOTHERS
            raise
    return bucket, OURS


def _blocks_public(account: Account, owner: str) -> bool | None:
    """Whether the account refuses policies that make a bucket public; None where that may not be asked."""
    client = account.client("s3control")
    said = answered(lambda: _block(client, owner), None)
    return None if said is None else bool(said.get("BlockPublicPolicy") or said.get("RestrictPublicBuckets"))


def _block(client: Any, owner: str) -> dict[str, Any]:
    try:
        return dict(client.get_public_access_block(AccountId=owner)["PublicAccessBlockConfiguration"])
    except ClientError as error:
        if is_absence(error):
            return {}
        raise
