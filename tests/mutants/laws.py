"""What holds of every template that labspec emits, whatever the spec.

No schema states it and no emulator minds: what breaks one of these laws deploys by chance, fails later, loses data or
opens a port. Each law yields what breaks it, in words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from labspec.template import Joined, TemplateError, read_directory
from tests.joining import order, things
from tests.mutants.guarding import apart, backed, closed, encrypted, hidden, kept, single, spread, told
from tests.mutants.naming import newest, signals, typed
from tests.mutants.site import Site
from tests.mutants.waiting import attached, led, mounted
from tests.mutants.wiring import followed, sealed, wired

LAWS: tuple[Callable[[Site], Iterator[str]], ...] = (
    attached,
    led,
    mounted,
    typed,
    signals,
    newest,
    kept,
    backed,
    single,
    hidden,
    encrypted,
    told,
    closed,
    apart,
    spread,
)
WIRING: tuple[Callable[[Joined], Iterator[str]], ...] = (followed, wired, sealed)


def broken(files: Mapping[str, str], root: str) -> dict[str, list[str]]:
    """The laws that these templates break, and what breaks them."""
    try:
        joined = read_directory(files, root)
    except TemplateError as error:
        return {"followed": [str(error)]}
    found = {law.__name__: list(law(joined)) for law in WIRING}
    if not found["followed"]:
        site = Site(things(joined), order(joined))
        found |= {law.__name__: list(law(site)) for law in LAWS}
    return {name: said for name, said in found.items() if said}
