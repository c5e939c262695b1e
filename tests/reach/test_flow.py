"""What is said of a connection is what happens to packets that are pushed through one at a time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from labspec.reach import Site, site_of
from labspec.reach.addresses import Block, block_of
from labspec.reach.flow import Flow, Party, flow, standing
from labspec.reach.matrix import matrix
from labspec.reach.ranges import ranges
from labspec.reach.traffic import NONE
from labspec.template import Template, join
from tests.reach.world import ANSWERS, OUTSIDE, End, World, ends, passes, template, world

ASKED = [("tcp", port) for port in (0, 21, 22, 23, 80, 81, 443, 444, 3306, 65535)] + [("udp", 52), ("udp", 53)]


def site(made: World) -> Site:
    return site_of(join({"t": Template("t", template(made))}, "t"))


def connections(made: World) -> Iterator[tuple[Flow, list[End], list[End], str]]:
    """Of every pair of machines, and of machines with somebody outside: the connection, and who may be its ends."""
    there = site(made)
    for protocol in ("tcp", "udp"):
        for one in made.machines:
            (here,) = there.interfaces[one]
            for other in made.machines:
                if one != other:
                    (far,) = there.interfaces[other]
                    found = flow(there, standing(there, here), standing(there, far), protocol)
                    yield found, ends(made, one), ends(made, other), protocol
            for address in OUTSIDE:
                block = block_of(f"{address}/32")
                assert isinstance(block, Block)
                away, inside = Party(address, None, block), standing(there, here)
                yield flow(there, inside, away, protocol), ends(made, one), [End(address)], protocol
                yield flow(there, away, inside, protocol), [End(address)], ends(made, one), protocol


@pytest.mark.parametrize("forty", range(6))
def test_certain_is_what_always_passes_and_impossible_what_never_does(forty: int) -> None:
    for seed in range(forty * 40, forty * 40 + 40):
        made = world(seed)
        for found, sources, targets, protocol in connections(made):
            must, may = found.must, found.may
            for kind, port in ASKED:
                if kind == protocol:
                    results = {
                        passes(made, one, other, protocol, port, answer)
                        for one in sources
                        for other in targets
                        for answer in ANSWERS
                    }
                    one = ranges([(port, port)])
                    said = (must.covers(one), may.covers(one))
                    assert said != (True, True) or results == {True}, (seed, found, port)
                    assert said != (False, False) or results == {False}, (seed, found, port)
                    assert may.covers(must)


@pytest.mark.parametrize("seed", range(60))
def test_the_matrix_says_of_a_kind_what_is_so_of_each_of_it(seed: int) -> None:
    made = world(seed)
    there = site(made)
    said = {
        (one, other, cell.protocol): (cell.must, cell.may)
        for cell in matrix(there)
        for one in cell.sources
        for other in cell.targets
    }
    for found, *_, protocol in connections(made):
        if found.source.interface and found.target.interface:
            place = (found.source.name, found.target.name, protocol)
            assert said.get(place, (NONE, NONE)) == (found.must if found.may else NONE, found.may)
