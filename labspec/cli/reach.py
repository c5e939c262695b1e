"""`labspec reach`."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from labspec.cli import arguments as takes
from labspec.cli import reporting
from labspec.cli.reading import TARGET, Reading, for_reading, read_options
from labspec.wording import plural, series

if TYPE_CHECKING:
    from labspec.diagnostic import Diagnostic, Label
    from labspec.reach import At, Proof, Site
    from labspec.reach.ends import End
    from labspec.reach.matrix import Cell
    from labspec.reach.question import Answer, Pair

SHOWN = 12
"""Names that a line of the matrix still lists."""


def parser(commands: Any) -> None:
    """What the command takes."""
    this = takes.command(
        commands,
        "reach",
        run,
        "Tell who reaches whom, by the finished templates: one question, all of them, or what the spec expects.",
        "labspec reach specs/full.yaml internet private-ec2-a1 --port 22",
    )
    this.add_argument("target", metavar="SPEC|DIR", help=TARGET)
    this.add_argument("source", metavar="FROM", nargs="?", help="who calls: a name, `internet`, a CIDR, a parameter")
    this.add_argument("called", metavar="TO", nargs="?", help="who is called, in the same words")
    this.add_argument(
        "--port",
        type=_port,
        help="a port, a range such as 8000-8010, or all; what is listened on unless said",
    )
    this.add_argument("--protocol", choices=("tcp", "udp", "icmp", "all"), default="tcp", help="tcp unless said")
    this.add_argument("--matrix", action="store_true", help="everybody about everybody")
    this.add_argument("--format", choices=("text", "json"), default="text", dest="shape", help="text, or data")
    read_options(this)
    reporting.option(this)


def _port(text: str) -> str:
    first, _, last = text.partition("-")
    numbers = [int(each) for each in (first, last or first) if re.fullmatch("[0-9]{1,5}", each)]
    if text != "all" and (len(numbers) < 2 or not 0 <= numbers[0] <= numbers[1] <= 65_535):
        raise argparse.ArgumentTypeError(f"`{text}` is no port: write 80, 8000-8010, or all")
    return text


def run(arguments: argparse.Namespace) -> int:
    """Tell who reaches whom."""
    from labspec.cli.exits import misused

    if bool(arguments.source) != bool(arguments.called):
        return misused("a question has two ends: FROM and TO.")
    try:
        return for_reading(arguments, _reach)
    except _NobodyError as error:
        return misused(str(error))


class _NobodyError(Exception):
    """A question is about somebody who is nowhere in the stacks."""


def _reach(arguments: argparse.Namespace, reading: Reading) -> tuple[list[Diagnostic], list[str]]:
    from labspec.reach import findings, proofs, site_of

    site = site_of(reading.joined)
    if arguments.source:
        return [], _asked(arguments, reading, site)
    if arguments.matrix:
        return [], _matrix(arguments, reading, site)
    found = tuple(proofs(site, reading.joined, reading.manifest.get("expect", {})))
    told = [] if reading.is_proved else list(findings(found, site, reading.called, _nowhere))
    return [*told, *_shut_out(reading, site)], _sentences(arguments, reading, found)


def _shut_out(reading: Reading, site: Site) -> Iterator[Diagnostic]:
    """Whoever uses something that does not let them in."""
    from labspec.diagnostic import Diagnostic
    from labspec.reach.uses import SHUT_OUT, shut_out
    from labspec.reach.words import party, ports, stopped

    for use, pair in shut_out(site, reading.joined):
        source, target = party(pair.flow.source, reading.called), party(pair.flow.target, reading.called)
        why, help_, _ = stopped(pair, reading.called)
        missed = ports(pair.wanted - pair.flow.may, pair.flow.protocol)
        message = f"{source} uses {target}, and does not reach it by {missed}. {why}"
        yield Diagnostic(SHUT_OUT, message[:1].upper() + message[1:], help=help_, span=reading.span(*use.said))


def _nowhere(_: str, __: At) -> Label | None:
    return None


# ------------------------------------------------------------------ one question


def _asked(arguments: argparse.Namespace, reading: Reading, site: Site) -> list[str]:
    from labspec.reach.proof import ports_of
    from labspec.reach.question import Asked, ask

    source, target = _end(reading, site, arguments.source), _end(reading, site, arguments.called)
    said = {"port": arguments.port} if arguments.port else {}
    answer = ask(site, reading.joined, source, target, Asked(arguments.protocol, ports_of(said)))
    verdict, pair = _verdict(answer)
    if arguments.shape == "json":
        return [_json({"verdict": verdict, **(_pair(reading, pair) if pair else {}), "unknown": list(answer.unknown)})]
    return list(_told(reading, site, verdict, pair, answer.unknown, (arguments.source, arguments.called)))


def _verdict(answer: Answer) -> tuple[str, Pair | None]:
    """What is said of an answer, and a connection that shows it. What passes in part is not said to be shut."""
    if answer.reaches:
        return "reaches", next((each for each in answer.pairs if each.passes), None)
    if answer.is_blocked:
        return "does not reach", next((each for each in answer.pairs if each.is_shut), None)
    if answer.reaches is False and answer.is_blocked is False:
        return "reaches in part", next((each for each in answer.pairs if not each.passes), None)
    return "may reach", next((each for each in answer.pairs if each.passes is None), None) or next(
        iter(answer.pairs), None
    )


def _end(reading: Reading, site: Site, name: str) -> End:
    """Whom a user means: a member, an address in the stacks, a parameter, a block, the internet.

    Raises `_NobodyError`.
    """
    from labspec.reach.ends import ENDPOINTS, INTERNET, end

    if name in (INTERNET, ENDPOINTS):
        return end(site, reading.joined, name)
    if "/" in name and name[0].isdigit():
        return end(site, reading.joined, {"cidr": name})
    if name in reading.joined.parameters:
        return end(site, reading.joined, {"parameter": name})
    resources = reading.manifest.get("resources", {})
    ids = [
        identity for identity, said in resources.items() if name in (said["member"], said["member"].partition(".")[2])
    ]
    if not ids and reading.joined.find(name) is None:
        raise _NobodyError(_nobody(reading, name))
    found = [end(site, reading.joined, {"id": identity}) for identity in ids or [name]]
    return next((each for each in found if not each.unknown), found[0]._replace(name=name))


def _nobody(reading: Reading, name: str) -> str:
    from labspec.nearest import offered
    from labspec.reach.ends import ENDPOINTS, INTERNET

    members = {said["member"].partition(".")[2] for said in reading.manifest.get("resources", {}).values()}
    words = sorted({INTERNET, ENDPOINTS, *(members or reading.joined.resources), *reading.joined.parameters})
    said = f"the stacks make no `{name}`, and it is no parameter, no address block, nor `{INTERNET}`."
    return f"{said} {offered(name, words)}".rstrip()


def _told(
    reading: Reading, site: Site, verdict: str, pair: Pair | None, unknown: tuple[str, ...], names: tuple[str, str]
) -> Iterator[str]:
    from labspec.reach.words import party, path, ports, stopped, undecided

    if pair is None:
        yield f"{names[0]} {verdict} {names[1]}. {' '.join(unknown)}".rstrip()
        return
    source, target = party(pair.flow.source, reading.called), party(pair.flow.target, reading.called)
    yield f"{source[0].upper()}{source[1:]} {verdict} {target} by {ports(pair.wanted, pair.flow.protocol)}."
    if verdict == "reaches":
        yield from (f"  {hop.words}  {_place(reading, hop.at)}" for hop in path(pair, reading.called))
    elif verdict == "may reach":
        yield f"  {undecided(pair, site, reading.called)}"
        yield from (f"  {each}" for each in unknown)
    else:
        why, help_, gate = stopped(pair, reading.called)
        yield f"  {why}  {_place(reading, gate.of)}"
        yield from [f"  {help_}"] if help_ else []


def _place(reading: Reading, at: At) -> str:
    if at.address not in reading.joined.resources:
        return ""
    span = reading.span(at.address, at.path)
    return f"({span.file}:{span.line})"


def _pair(reading: Reading, pair: Pair) -> dict[str, Any]:
    from labspec.reach.words import path

    gates = [
        {
            "code": gate.code,
            "of": gate.of.address,
            "side": gate.side,
            "certain": gate.must.pairs,
            "perhaps": gate.may.pairs,
        }
        for gate in pair.gates
    ]
    hops = [
        {"words": hop.words, "address": hop.at.address, "place": _place(reading, hop.at).strip("()")}
        for hop in path(pair, reading.called)
    ]
    return {"protocol": pair.flow.protocol, "ports": pair.wanted.pairs, "gates": gates, "path": hops}


# ------------------------------------------------------------------ all


def _sentences(arguments: argparse.Namespace, reading: Reading, found: tuple[Proof, ...]) -> list[str]:
    """What became of each sentence; a summary first where there are many."""
    from labspec.reach.words import path

    if arguments.shape == "json":
        told = [{"kind": each.kind, "sentence": each.sentence, "verdict": each.verdict} for each in found]
        return [_json(told)]
    if not found:
        return ["Nothing is expected: `expect` in the spec says who must reach whom. To ask: FROM TO, or --matrix."]
    lines = []
    for proof in found:
        lines.append(f"{proof.verdict}: {proof.kind}: {proof.sentence}")
        if arguments.verbose and proof.pair:
            lines += [f"    {hop.words}  {_place(reading, hop.at)}" for hop in path(proof.pair, reading.called)]
    return [*lines, f"{plural(len(found), 'expectation')}, {sum(each.verdict == 'proved' for each in found)} proved."]


def _matrix(arguments: argparse.Namespace, reading: Reading, site: Site) -> list[str]:
    from labspec.reach.matrix import matrix, websites

    cells = [*websites(reading.joined), *matrix(site)]
    if arguments.shape == "json":
        return [_json([each._asdict() for each in cells])]
    pairs: dict[tuple[str, ...], dict[tuple[str, ...], list[Cell]]] = {}
    for cell in cells:
        pairs.setdefault(cell.targets, {}).setdefault(cell.sources, []).append(cell)
    lines = []
    for targets, sources in pairs.items():
        lines.append(f"To {_names(reading, targets)}:")
        alike: dict[str, list[str]] = {}
        for names, found in sources.items():
            alike.setdefault(_passing(found), []).extend(names)
        lines += [f"  {words} from {_names(reading, tuple(names))}" for words, names in alike.items()]
    return lines or ["Nobody reaches anybody."]


def _names(reading: Reading, addresses: tuple[str, ...]) -> str:
    shown = [reading.called(each) for each in addresses[:SHOWN]]
    more = [f"{len(addresses) - SHOWN} more"] if len(addresses) > SHOWN else []
    return series([*shown, *more], "and")


def _passing(cells: list[Cell]) -> str:
    from labspec.reach.traffic import WHOLE
    from labspec.reach.words import ports

    if all(cell.must == WHOLE[cell.protocol] for cell in cells) and len(cells) == len(WHOLE):
        return "everything"
    sure = [ports(cell.must, cell.protocol) for cell in cells if cell.must]
    maybe = [f"perhaps {ports(cell.may - cell.must, cell.protocol)}" for cell in cells if cell.may - cell.must]
    return "; ".join([*sure, *maybe])


def _json(value: Any) -> str:
    import json

    return json.dumps(value, indent=1, ensure_ascii=False)
