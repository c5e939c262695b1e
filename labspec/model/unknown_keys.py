"""Keys that the language does not have where they stand: what was meant, or where they belong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from labspec.diagnostic import Diagnostic, Fix, Label, Path, Rule, matches
from labspec.model.grammar import MEMBERS, NESTED, SECTIONS
from labspec.model.kind import Kind
from labspec.model.misplaced import PLACES, spelled, value_at
from labspec.model.other_words import is_called, likely
from labspec.model.places import fields_of, homes_of, is_around, noun_of, part_at, vocabulary
from labspec.model.spec import Spec
from labspec.nearest import TIED, offer, slip
from labspec.wording import sentence

UNKNOWN_KEY = Rule(
    "LS101",
    "unknown-key",
    "A key that the language does not have here.",
    "A key that is not understood would be ignored, and what it says would be lost.",
    "vpcs:\n  web: {cird: 10.0.0.0/16}",
    "vpcs:\n  web: {cidr: 10.0.0.0/16}",
)

EXISTING = ("vpcs", "subnets", "security_groups", "key_pairs", "file_systems", "roles")
"""Sections whose members can be there already."""
ELSEWHERE = {("load_balancers", "port"): "listeners", ("load_balancers", "forward"): "listeners"}
"""Where keys belong that people put into a kind, and that a search would not find."""
OF_CDN = ("alias", "aliases", "certificate", "cname", "cnames", "domain", "domains")
"""What people say of a website's CDN, and only an `override` can."""
BY_OVERRIDE = (
    "An `override` of the `distribution` can say it: `Aliases` and `ViewerCertificate`, with"
    " `CloudFrontDefaultCertificate: null`, under `Properties: {DistributionConfig: {...}}`."
)
DIRECTIVES = ("extends", "include")
"""What a document can say of other files."""
MOST = 3
"""Places that a key may belong to."""


def unknown_keys(owner: Path, keys: Mapping[str, str], hint: Callable[[Path], str]) -> Iterator[Diagnostic]:
    """What to say of the unknown keys of a mapping, each with the missing one that it is meant to be, if any.

    Those that belong to one place are one mistake.
    """
    part = part_at(owner)
    fields = words_at(owner)
    homeless: dict[str, tuple[str, ...]] = {}
    for key, meant in keys.items():
        near = [meant] if meant else likely(key, fields, 1 if inner_homes(key, owner) else 3)[:TIED]
        if key == "existing" and part and issubclass(part, Kind):
            yield _cannot_exist(owner)
        elif owner[:1] == ("websites",) and key in OF_CDN:
            yield _mistyped(owner, key, [], BY_OVERRIDE)
        elif near or (help_ := hint((*owner, key))):
            yield _mistyped(owner, key, near, help_ if not near else "")
        else:
            homeless[key] = _homes(key, owner)
    yield from _homeless(owner, homeless, sorted(fields))


def words_at(owner: Path) -> list[str]:
    """What a mapping can say: its fields, and what the source takes out of it."""
    part = part_at(owner)
    takes_like = any(len(owner) == len(pattern) and matches(pattern, owner) for pattern in MEMBERS)
    words = DIRECTIVES if not owner else ("like",) if takes_like else ()
    return [*fields_of(part), *words] if part else []


def _cannot_exist(owner: Path) -> Diagnostic:
    message = f"{sentence(_where(owner))} cannot be `existing` yet."
    return Diagnostic(UNKNOWN_KEY, message, (*owner, "existing"), "key", help=f"These can: {', '.join(EXISTING)}.")


def _where(owner: Path) -> str:
    return noun_of(owner) if owner else "the document"


def _mistyped(owner: Path, key: str, near: list[str], hint: str) -> Diagnostic:
    """A key that is close to one that there is, or that something else explains."""
    help_ = offer(near) or hint
    by_letters = near and not near[0].startswith(key.rstrip("s")) and not is_called(near[0], key)
    if by_letters and (homes := _homes(key, owner)):
        help_ += f" `{key}` itself belongs {' or '.join(homes)}."
    safe = near[:1] == [slip(key, words_at(owner))] and key not in vocabulary()
    fix = Fix(f"Write `{near[0]}`.", near[0], key, safe) if len(near) == 1 else None
    message = f"There is no `{key}` in {_where(owner)}."
    return Diagnostic(UNKNOWN_KEY, message, (*owner, key), "key", help=help_, fix=fix)


def _homeless(owner: Path, homes: dict[str, tuple[str, ...]], fields: list[str]) -> Iterator[Diagnostic]:
    """Keys that belong elsewhere, those of one place together; and those of which nobody knows where."""
    beside: dict[str, list[str]] = {}
    for key, places in homes.items():
        for place in places:
            beside.setdefault(place, []).append(key)
    told: set[str] = set()
    for key, places in homes.items():
        if key in told:
            continue
        alike = dict.fromkeys([key, *(other for place in places for other in beside[place])])
        together = [other for other in alike if other not in told]
        told.update(together)
        shared = tuple(place for place in places if all(place in homes[other] for other in together)) or places
        labels = tuple(Label("This, too.", (*owner, other), "key") for other in together[1:])
        message = f"There is no {' and no '.join(f'`{other}`' for other in together)} in {_where(owner)}."
        belongs = f"{'They belong' if labels else 'It belongs'} {' or '.join(shared)}."
        help_ = belongs if shared else f"It has {', '.join(f'`{name}`' for name in fields)}."
        yield Diagnostic(UNKNOWN_KEY, message, (*owner, key), "key", related=labels, help=help_)


def inner_homes(key: str, owner: Path) -> tuple[str, ...]:
    """The fields of a mapping under which one of its unknown keys may belong."""
    if owner and (str(owner[0]), key) in ELSEWHERE:
        return (ELSEWHERE[str(owner[0]), key],)
    return tuple(homes_of(key, owner)) if owner else ()


def _homes(key: str, owner: Path) -> tuple[str, ...]:
    """Where a key belongs that stands in the wrong place, if there are few such places; the nearest of them."""
    if not owner and key in NESTED:
        return (f"under `{NESTED[key]}.<name>`",)
    if inside := inner_homes(key, owner) or tuple(homes_of(key, owner)):
        return tuple(f"under `{home}`" for home in inside) if len(inside) <= MOST else ()
    if owner and key in fields_of(Spec):
        return ("at the top of the document",)
    if is_around(key, owner):
        return ("to what stands around this, indented less",)
    others = [section for section in PLACES if (part := part_at(PLACES[section])) and key in fields_of(part)]
    return tuple(f"under `{spelled(PLACES[section])}`" for section in others) if len(others) <= MOST else ()


def names_inside(path: Path, document: Mapping[str, Any]) -> dict[Path, tuple[str, ...]]:
    """The members of a section that stands inside something else, and the section in which others look for them."""
    if len(path) < 2 or path[-1] not in (*SECTIONS, *NESTED):
        return {}
    inner = value_at(document, path)
    return {(*path, str(name)): (str(path[-1]),) for name in inner} if isinstance(inner, dict) else {}
