"""Fixed private addresses: in their subnets, not AWS's own, and each once."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address

from labspec.diagnostic import Diagnostic, Label, Path, Rule
from labspec.model.architecture import Architecture, Member
from labspec.model.compute import Instance
from labspec.model.network import Subnet

PRIVATE_ADDRESS = Rule(
    "LS398",
    "private-address",
    "A private address that a machine cannot have.",
    "A machine's address is one of its subnet's. The first four of a subnet and the last are AWS's own (`Subnet CIDR"
    " blocks`, Amazon VPC User Guide), and each is given once.",
    "instances: {web: {subnet: app-a, private_ip: 10.0.1.2, ...}}      # app-a is 10.0.1.0/24",
    "instances: {web: {subnet: app-a, private_ip: 10.0.1.20, ...}}",
    binding=True,
)
RESERVED = (0, 1, 2, 3, -1)


def check_private_addresses(architecture: Architecture) -> Iterator[Diagnostic]:
    """Each address that is written."""
    taken: dict[tuple[str, IPv4Address], Path] = {}
    for machine in architecture.of("instances"):
        body = machine.body
        assert isinstance(body, Instance)
        if body.private_ip is None:
            continue
        path, place = (*machine.path, "private_ip"), architecture.one(body.subnet)
        try:
            address = IPv4Address(body.private_ip)
        except AddressValueError:
            yield Diagnostic(
                PRIVATE_ADDRESS, f"`{body.private_ip}` is not an address.", path, help="Write four numbers."
            )
            continue
        yield from _fits(machine, place, address, path)
        first = taken.setdefault((place.selector, address), path)
        if first != path:
            label = Label("It is given here already.", first)
            yield Diagnostic(PRIVATE_ADDRESS, f"Two machines are to have {address}.", path, related=(label,))


def _fits(machine: Member, place: Member, address: IPv4Address, path: Path) -> Iterator[Diagnostic]:
    assert isinstance(place.body, Subnet)
    block = place.body.cidr
    if block is None:
        return
    label = Label(f"`{place.name}` has {block}.", place.path, "key")
    if address not in block:
        message = f"{address} is not an address of `{place.name}`, where `{machine.name}` stands."
        yield Diagnostic(PRIVATE_ADDRESS, message, path, related=(label,), help=f"Take one of {block}.")
    elif address in [block[index] for index in RESERVED]:
        message = f"AWS keeps {address} for itself: the first four addresses of a subnet, and the last."
        help_ = f"Take one of {block[4]} to {block[-2]}."
        yield Diagnostic(PRIVATE_ADDRESS, message, path, related=(label,), help=help_)
