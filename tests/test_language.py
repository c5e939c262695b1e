"""What the language promises of every kind: one emitter, docstrings, an example that loads, a golden case.

And that the grammar, which the reader of YAML goes by, says the same as the models."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest
from pydantic import TypeAdapter

from labspec.compiler import Build, Options, understand
from labspec.emit import ATTRIBUTES, DOMAINS, EMITTERS
from labspec.model import attributes, grammar
from labspec.model.kind import Kind, MemberName, MembersOf, Part
from labspec.model.load import load
from labspec.model.spec import Spec
from labspec.model.text import RawBody
from labspec.reference.docs import example, field_docs, summary
from labspec.reference.parts import parts, sections
from tests.building import HEAD, plain

ROOT = Path(__file__).parents[1]
PARTS = parts()


def kinds() -> dict[str, type[Kind]]:
    """Every kind by its section: those at the top, and those inside others."""
    found: dict[str, type[Kind]] = {}
    pending: list[type[Kind]] = [Kind]
    while pending:
        kind = pending.pop()
        pending += kind.__subclasses__()
        if kind.section and kind.__module__.startswith("labspec."):
            assert kind.section not in found, f"two kinds are {kind.section}"
            found[kind.section] = kind
    return dict(sorted(found.items()))


KINDS = kinds()


def test_every_section_of_members_has_a_kind() -> None:
    assert set(grammar.SECTIONS) <= set(KINDS)
    assert {section for section, part in sections().items() if part and issubclass(part, Kind)} == set(grammar.SECTIONS)


def test_every_kind_has_one_emitter() -> None:
    """In one domain's table, and no emitter without a kind."""
    tables = [kind for domain in DOMAINS for kind in domain.EMITTERS]
    assert sorted(tables) == sorted(KINDS)
    assert set(EMITTERS) == set(KINDS)


def test_every_public_attribute_has_a_meaning() -> None:
    """What the reference lists is what emitters give, attribute by attribute."""
    assert {kind: set(table) for kind, table in ATTRIBUTES.items() if table} == {
        kind: set(table) for kind, table in attributes.ATTRIBUTES.items()
    }
    assert set(attributes.ATTRIBUTES) <= set(KINDS)


@pytest.mark.parametrize("part", [*PARTS, *KINDS.values()], ids=lambda part: part.__name__)
def test_everything_has_a_docstring(part: type[Part]) -> None:
    """Each class, its own and not its base's, and each field: whole sentences, for they are the reference."""
    assert part.__dict__.get("__doc__")
    assert summary(part).endswith(".")
    docs = field_docs(part)
    assert set(docs) >= set(part.model_fields)
    assert [name for name in part.model_fields if not docs[name].endswith(".")] == []


# ------------------------------------------------------------------ examples


def read(text: str) -> Any:
    """YAML as the models get it."""
    return plain(text, grammar.RAW)


@pytest.mark.parametrize("part", [part for part in PARTS if example(part)], ids=lambda part: part.__name__)
def test_examples_load(part: type[Part]) -> None:
    document = read(example(part))
    (section,) = list(document) if part is not Spec else [""]
    if section and section not in Spec.model_fields:
        members: TypeAdapter[Any] = TypeAdapter(MembersOf[part])  # type: ignore[valid-type]
        assert members.validate_python(document[section])
        return
    loaded = load(document if part is Spec else read(HEAD + example(part)), {})
    assert [found.message for found in loaded.diagnostics] == []
    if section in grammar.SECTIONS:
        assert all(type(member) is part for member in getattr(loaded.spec, section).values())


@pytest.mark.parametrize("section", sorted(KINDS))
def test_every_kind_has_an_example(section: str) -> None:
    """That begins with the section it stands in."""
    written = read(example(KINDS[section]))
    assert list(written) == ["vpcs" if section == "internet_gateways" else section]


# ------------------------------------------------------------------ golden cases


@pytest.fixture(scope="module")
def used() -> set[str]:
    """The sections of all members of the golden cases."""
    found: set[str] = set()
    for case in sorted(ROOT.glob("tests/golden/*/spec.yaml")):
        architecture = understand(Build(str(case), Options()))
        assert architecture is not None, case
        found |= {section for section, _ in architecture.members}
    return found


@pytest.mark.parametrize("section", sorted(KINDS))
def test_every_kind_is_in_a_golden_case(section: str, used: set[str]) -> None:
    assert section in used


# ------------------------------------------------------------------ the grammar and the models

Place = tuple[str, ...]


def maps(annotation: Any, place: Place = ()) -> Iterator[tuple[Place, Any, type[Part]]]:
    """Every mapping of parts: where its entries stand, the type of its keys, the class of its values."""
    if isinstance(annotation, type) and issubclass(annotation, Part):
        for name, info in annotation.model_fields.items():
            yield from maps(info.annotation, (*place, info.alias or name))
        return
    inner = get_args(annotation)
    if get_origin(annotation) is dict and isinstance(inner[1], type) and issubclass(inner[1], Part):
        yield (*place, "*"), inner[0], inner[1]
    for argument in inner:
        yield from maps(argument, (*place, "*") if get_origin(annotation) is dict else place)


def raw(annotation: Any, place: Place = ()) -> Iterator[Place]:
    """Where a body in CloudFormation's own notation stands, or a list of such."""
    if annotation == RawBody:
        yield place
    elif isinstance(annotation, type) and issubclass(annotation, Part):
        for name, info in annotation.model_fields.items():
            yield from raw(info.annotation, (*place, info.alias or name))
    else:
        for argument in get_args(annotation):
            yield from raw(argument, (*place, "*") if get_origin(annotation) is dict else place)


def matches(place: Place, patterns: frozenset[Place]) -> list[Place]:
    return [p for p in patterns if len(p) == len(place) and all(w in ("*", h) for w, h in zip(p, place, strict=True))]


MAPS = list(maps(Spec))


def test_members_can_be_like_another_wherever_they_are_named() -> None:
    """Where keys are names of members, `like` works; beside that, for parameters and for listeners."""
    members = {place for place, key, _ in MAPS if key == MemberName}
    others = {("parameters", "*"), ("load_balancers", "*", "listeners", "*")}
    assert {place for place, _, _ in MAPS if matches(place, grammar.MEMBERS)} == members | others


def test_no_pattern_of_members_leads_nowhere() -> None:
    used_ = {pattern for place, _, _ in MAPS for pattern in matches(place, grammar.MEMBERS)}
    assert used_ == grammar.MEMBERS


def test_raw_bodies_are_where_the_grammar_says() -> None:
    """Where YAML's own types and CloudFormation's short tags work, a raw body stands, and nowhere else."""
    places = set(raw(Spec))
    assert [place for place in sorted(places) if len(matches(place, grammar.RAW)) != 1] == []
    assert {pattern for place in places for pattern in matches(place, grammar.RAW)} == grammar.RAW


def test_included_sections_are_those_of_the_document() -> None:
    """`include` takes every mapping of a document, and none of its own words."""
    assert set(sections()) == grammar.JOINED
    assert {name for name, part in sections().items() if part and not _holds_members(name)} == grammar.JOINED_DEEP


def _holds_members(name: str) -> bool:
    return get_origin(Spec.model_fields[name].annotation) is dict


def test_what_like_leaves_behind_is_a_field_somewhere() -> None:
    fields = {name for part in PARTS for name in part.model_fields}
    assert fields >= grammar.NOT_COPIED


def test_logical_ids_end_in_suffixes_that_tell_kinds_apart() -> None:
    suffixes = [kind.suffix for kind in KINDS.values()]
    assert len(set(suffixes)) == len(suffixes)
    assert all(suffix.isalnum() and suffix[0].isupper() for suffix in suffixes)
