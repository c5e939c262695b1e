"""Links lead to the console of the region's own partition."""

from __future__ import annotations

import pytest

from labspec.cloud.console import stack_page


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-west-1", "console.aws.amazon.com"),
        ("cn-north-1", "console.amazonaws.cn"),
        ("us-gov-west-1", "console.amazonaws-us-gov.com"),
        ("eusc-de-east-1", "eusc-de-east-1.console.amazonaws-eusc.eu"),
    ],
)
def test_each_partition_has_its_console(region: str, host: str) -> None:
    page = f"https://{host}/cloudformation/home?region={region}#/stacks/stackinfo?stackId=arn%3Aaws%3Astack%2Flab"
    assert stack_page(region, "arn:aws:stack/lab") == page
