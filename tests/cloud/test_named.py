"""What is named otherwise than AWS names it: the name that is meant is offered."""

from __future__ import annotations

import pytest

from labspec.cloud.account import Account
from labspec.cloud.bucket import Bucket, make_ready
from labspec.cloud.refusal import Refused


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("us-east-1a", "Did you mean `us-east-1`?"),
        ("us_east_1", "Did you mean `us-east-1`?"),
        ("us-east", "Did you mean `us-east-1` or `us-east-2`?"),
        ("Ireland", "Did you mean `eu-west-1`?"),
        ("seoul", "Did you mean `ap-northeast-2`?"),
        ("ap-northeast2", "Did you mean `ap-northeast-2`?"),
        ("nowhere", "Write it as `us-east-1`: `aws account list-regions` lists yours."),
    ],
)
def test_a_region(name: str, meant: str) -> None:
    with pytest.raises(Refused) as caught:
        Account(region=name)
    assert (caught.value.message, caught.value.help) == (f"There is no region `{name}`.", meant)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("s3://shop-templates", "Did you mean `shop-templates`?"),
        ("shop-templates/", "Did you mean `shop-templates`?"),
        ("arn:aws:s3:::shop-templates", "Did you mean `shop-templates`?"),
        ("Shop", "Did you mean `shop`?"),
        ("s3://shop-templates/a/b", "Did you mean `shop-templates` with `--prefix a/b`?"),
        (
            "shop_templates",
            "It has 3 to 63 lower-case letters, digits, dots and dashes, a letter or digit at each end.",
        ),
    ],
)
def test_a_bucket(name: str, meant: str) -> None:
    with pytest.raises(Refused) as caught:
        make_ready(Bucket(None, name, "111122223333"), "us-east-1", create=False)
    assert (caught.value.message, caught.value.help) == (f"`{name}` is no name for a bucket.", meant)
