"""Prices that the user brings: the offer files of AWS's price list, and what the Price List API answers.

An offer file is what `https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/...` serves for a service, whole or for a
region: `products` by their numbers with attributes, `terms` with what each costs on demand, and the date of it all
(`Reading the service price list files`, AWS Billing User Guide). An answer of the API is one product of the same form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple


class Tier(NamedTuple):
    """What a unit costs, from how many units of a month on."""

    price: Decimal
    currency: str
    unit: str
    begin: str


class Product(NamedTuple):
    """Something that AWS sells on demand. `source` and `date` say where its price is from, and of when it is."""

    service: str
    family: str
    attributes: Mapping[str, str]
    tiers: tuple[Tier, ...]
    source: str
    date: str


class NoOffer(Exception):
    """A document is no offer file."""


def offered(document: Any, source: str) -> list[Product]:
    """The products of an offer file. Raises `NoOffer`."""
    match document:
        case {
            "offerCode": str(service),
            "publicationDate": str(date),
            "products": dict(products),
            "terms": dict(terms),
        }:
            on_demand = terms.get("OnDemand")
            if not isinstance(on_demand, Mapping):
                raise NoOffer("It has no prices on demand.")
            found = (_product(body, on_demand.get(sku), service, source, date) for sku, body in products.items())
            return [product for product in found if product is not None]
    raise NoOffer("An offer file has `offerCode`, `publicationDate`, `products` and `terms`.")


def answered(answers: Iterable[Any]) -> list[Product]:
    """The products that the Price List API answered, each a document of its own."""
    found = []
    for answer in answers:
        match answer:
            case {"product": dict(product), "terms": dict(terms), "publicationDate": str(date)}:
                service = str(answer.get("serviceCode", ""))
                on_demand = terms.get("OnDemand")
                made = _product(product, on_demand, service, "the Price List API", date)
                found += [made] if made else []
    return found


def _product(body: Any, terms: Any, service: str, source: str, date: str) -> Product | None:
    attributes = body.get("attributes") if isinstance(body, Mapping) else None
    if not isinstance(attributes, Mapping):
        return None
    tiers = tuple(_tiers(terms))
    family = str(body.get("productFamily", ""))
    texts = {str(name): str(value) for name, value in attributes.items()}
    return Product(service, family, texts, tiers, source, date) if tiers else None


def _tiers(terms: Any) -> Iterator[Tier]:
    for term in terms.values() if isinstance(terms, Mapping) else ():
        dimensions = term.get("priceDimensions") if isinstance(term, Mapping) else None
        for dimension in dimensions.values() if isinstance(dimensions, Mapping) else ():
            for currency, text in dict(dimension.get("pricePerUnit", {})).items():
                try:
                    price = Decimal(str(text))
                except InvalidOperation:
                    continue
                yield Tier(price, str(currency), str(dimension.get("unit", "")), str(dimension.get("beginRange", "0")))


class Sought(NamedTuple):
    """What product is meant: its service, its family ("" for any), its attributes, and the end of its usage type."""

    service: str
    family: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    usage: str = ""


def regions(products: Iterable[Product]) -> set[str]:
    """The regions that products are sold in."""
    return {region for each in products if (region := each.attributes.get("regionCode"))}


def matching(products: Iterable[Product], sought: Sought, region: str) -> list[Product]:
    """The products that are meant, in a region."""
    usage = re.compile(rf"([A-Z0-9]+-)?{sought.usage}") if sought.usage else None
    return [each for each in products if _is_meant(each, sought, region, usage)]


def _is_meant(product: Product, sought: Sought, region: str, usage: re.Pattern[str] | None) -> bool:
    said = product.attributes
    if product.service != sought.service or (sought.family and product.family != sought.family):
        return False
    if said.get("regionCode", region) != region or said.get("locationType", "AWS Region") != "AWS Region":
        return False
    if any(said.get(name) != value for name, value in sought.attributes):
        return False
    return usage is None or usage.fullmatch(said.get("usagetype", "")) is not None
