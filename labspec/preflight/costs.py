"""What the stacks cost by the month, from prices that were brought."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from labspec.preflight.charges import Charge
from labspec.preflight.prices import Product, Tier, matching, regions
from labspec.wording import series


class Line(NamedTuple):
    """A charge, and what it costs by the month: from so much, to so much (None where that has no end).

    Without a price, `problem` says why there is none; one that is charged by use has neither.
    """

    charge: Charge
    price: Decimal | None = None
    currency: str = ""
    unit: str = ""
    least: Decimal = Decimal(0)
    most: Decimal | None = None
    source: str = ""
    date: str = ""
    problem: str = ""


class Sum(NamedTuple):
    """What several lines cost together, in one currency; no `most` where one of them has no end."""

    currency: str
    least: Decimal
    most: Decimal | None


def sums(found: Iterable[Line]) -> list[Sum]:
    """What lines cost together, currency by currency. What has no price is in none."""
    by_currency: dict[str, list[Line]] = {}
    for line in found:
        if line.price is not None:
            by_currency.setdefault(line.currency, []).append(line)
    return [_sum(currency, every) for currency, every in by_currency.items()]


def _sum(currency: str, every: Sequence[Line]) -> Sum:
    ends = [line.most for line in every if line.most is not None]
    most = sum(ends, Decimal()) if len(ends) == len(every) else None
    return Sum(currency, sum((line.least for line in every), Decimal()), most)


def lines(charges: Iterable[Charge], products: Sequence[Product], region: str) -> list[Line]:
    """Each charge with its price. Where no `region` is known, it is the one that all prices are of."""
    there = regions(products)
    if not region and len(there) == 1:
        region = next(iter(there))
    return [_line(charge, products, region) for charge in charges]


def _line(charge: Charge, products: Sequence[Product], region: str) -> Line:
    if charge.problem:
        return Line(charge, problem=charge.problem)
    if charge.sought is None:
        return Line(charge)
    there = regions(products)
    if not region and len(there) > 1:
        return Line(charge, problem="the prices are of several regions: which is meant is not known")
    if region and there and region not in there:
        return Line(charge, problem=f"the prices are of {series(sorted(there), 'and')} only")
    found = matching(products, charge.sought, region)
    priced = {(tier.price, tier.currency, tier.unit): product for product in found for tier in _first(product, charge)}
    if not priced:
        return Line(charge, problem="no price was given")
    if len(priced) > 1:
        return Line(charge, problem=f"{len(priced)} prices fit")
    ((price, currency, unit), product), *_ = priced.items()
    most = charge.quantity.most
    return Line(
        charge,
        price,
        currency,
        unit,
        price * Decimal(str(charge.quantity.least)),
        None if most is None else price * Decimal(str(most)),
        product.source,
        product.date,
    )


def _first(product: Product, charge: Charge) -> list[Tier]:
    """What the first unit costs, in the unit of the charge. What costs nothing is a line of the list, and no price."""
    return [
        tier
        for tier in product.tiers
        if tier.begin == "0" and tier.price > 0 and (not charge.unit or tier.unit.lower() == charge.unit.lower())
    ]
