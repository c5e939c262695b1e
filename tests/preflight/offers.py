"""Offer files as AWS's price list has them, with prices that nobody asks."""

from __future__ import annotations

from typing import Any

REGION = "ap-northeast-2"
DATE = "2026-11-20T10:00:00Z"


def product(price: str, unit: str, family: str, **attributes: str) -> dict[str, Any]:
    """A product and its price, as they are put into an offer."""
    said = {"regionCode": REGION, "locationType": "AWS Region", **attributes}
    return {"price": price, "unit": unit, "body": {"productFamily": family, "attributes": said}}


def machine(kind: str, price: str, system: str = "Linux", **attributes: str) -> dict[str, Any]:
    """An instance by the hour."""
    return product(
        price,
        "Hrs",
        "Compute Instance",
        instanceType=kind,
        operatingSystem=system,
        tenancy="Shared",
        preInstalledSw="NA",
        capacitystatus="Used",
        licenseModel="No License required",
        usagetype=f"APN2-BoxUsage:{kind}",
        **attributes,
    )


def offer(service: str, *products: dict[str, Any]) -> dict[str, Any]:
    """An offer file."""
    numbered = {f"SKU{number}": each for number, each in enumerate(products)}
    return {
        "formatVersion": "v1.0",
        "offerCode": service,
        "publicationDate": DATE,
        "products": {sku: {"sku": sku, **each["body"]} for sku, each in numbered.items()},
        "terms": {"OnDemand": {sku: _term(sku, each) for sku, each in numbered.items()}, "Reserved": {}},
    }


def answer(service: str, made: dict[str, Any]) -> dict[str, Any]:
    """What the Price List API says of one product."""
    return {
        "serviceCode": service,
        "publicationDate": DATE,
        "product": {"sku": "SKU", **made["body"]},
        "terms": {"OnDemand": _term("SKU", made)},
    }


def _term(sku: str, made: dict[str, Any]) -> dict[str, Any]:
    dimension = {
        "unit": made["unit"],
        "beginRange": made.get("begin", "0"),
        "endRange": "Inf",
        "pricePerUnit": {"USD": made["price"]},
    }
    return {f"{sku}.TERM": {"sku": sku, "priceDimensions": {f"{sku}.TERM.RATE": dimension}}}
