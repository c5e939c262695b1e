"""The lab needs the same, costs the same and is named the same however it is cut into stacks."""

from __future__ import annotations

from functools import cache
from typing import Any, Final, Literal

import pytest

from labspec.compiler import Options, compile_spec
from labspec.preflight.amounts import Amount
from labspec.preflight.asked import Asked
from labspec.preflight.report import Report, report
from labspec.template import read_directory

LAYOUTS: Final = ("nested", "flat")
OF_TEMPLATES = ("stacks", "resources in one operation")


@cache
def foreseen(layout: Literal["nested", "flat"], use_defaults: bool = True) -> Report:
    build = compile_spec("specs/full.yaml", Options(layout=layout))
    texts = {name: text for name, text in build.files.items() if name != "manifest.json"}
    return report(read_directory(texts, f"{build.stacks[0].name}.yaml", use_defaults=use_defaults), "", (), Asked())


def plain(address: str) -> str:
    return address.rpartition(".")[2]


def needed(found: Report) -> dict[tuple[str, str], Any]:
    return {
        (each.quota.noun, plain(each.holder)): (each.first, each.ever, sorted(map(plain, each.by)))
        for each in found.needs
        if each.quota.per != "template" and each.quota.noun not in OF_TEMPLATES
    }


@pytest.mark.parametrize("use_defaults", [True, False])
def test_both_layouts_need_the_same(use_defaults: bool) -> None:
    nested, flat = (foreseen(layout, use_defaults) for layout in LAYOUTS)
    assert needed(nested) == needed(flat)
    assert len(needed(flat)) > 40


def test_both_layouts_cost_the_same() -> None:
    nested, flat = (
        sorted((plain(each.charge.address), each.charge.what, each.charge.quantity) for each in foreseen(layout).lines)
        for layout in LAYOUTS
    )
    assert nested == flat


def test_a_flat_stack_waits_for_less() -> None:
    nested, flat = (foreseen(layout).estimate for layout in LAYOUTS)
    assert nested is not None
    assert flat is not None
    assert 0 < flat.usual.seconds < nested.usual.seconds
    assert nested.unknown == flat.unknown == ()


def test_the_lab_needs_more_processors_than_a_new_account_has() -> None:
    """Four machines of two processors, and a group of two to four."""
    (found,) = [each for each in foreseen("flat").needs if each.quota.noun == "vCPUs of standard instances"]
    assert (found.first, found.ever) == (Amount(12, 12), Amount(12, 16))
    (found,) = [each for each in foreseen("flat", False).needs if each.quota.noun == "vCPUs of standard instances"]
    assert (found.first, found.ever) == (Amount(10, 16), Amount(10, 24))
