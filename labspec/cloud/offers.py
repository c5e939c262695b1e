"""Prices, asked of the Price List API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from labspec.cloud.account import Account, answered
from labspec.cloud.parallel import at_once
from labspec.preflight.charges import charges
from labspec.preflight.prices import Product, Sought
from labspec.preflight.prices import answered as products
from labspec.template import Joined

WHERE = "us-east-1"
"""A region that answers for the prices of all (`AWS Price List Query API endpoints`)."""


def prices(account: Account, joined: Joined) -> list[Product]:
    """The prices of what the stacks are charged for, in the account's region; none where they may not be asked."""
    sought = list(dict.fromkeys(charge.sought for charge in charges(joined) if charge.sought))
    nothing: list[Any] = []
    ask = partial(_answers, account)
    found = at_once(lambda each: answered(lambda: list(ask(each)), nothing), sought)
    return products(answer for answers in found for answer in answers)


def _answers(account: Account, sought: Sought) -> Iterator[Any]:
    wanted = {"regionCode": account.region, "productFamily": sought.family, **dict(sought.attributes)}
    filters = [{"Type": "TERM_MATCH", "Field": name, "Value": value} for name, value in wanted.items() if value]
    pages = account.client("pricing", WHERE).get_paginator("get_products")
    for page in pages.paginate(ServiceCode=sought.service, Filters=filters):
        for text in page["PriceList"]:
            yield json.loads(text)
