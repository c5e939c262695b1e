"""The JSON schema of the language takes what the compiler takes, and shows an editor what it does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from operator import getitem
from pathlib import Path
from typing import Annotated, Any

import jsonschema
import pytest
from pydantic import TypeAdapter, ValidationError

from labspec.reference.parts import parts
from labspec.reference.schema import language
from tests.building import HEAD, plain

ROOT = Path(__file__).parents[2]
SPECS = sorted([*ROOT.glob("specs/*.yaml"), *ROOT.glob("tests/golden/*/spec.yaml")])
SCHEMA = language()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

WHOLE = frozenset({()})
"""The pattern of a document that is typed by YAML 1.2's core schema throughout, as an editor types it."""


def typed(text: str) -> Any:
    """A document as an editor reads it: `80` is a number, `true` a boolean, `on` a text."""
    return plain(text, WHOLE)


def wrong(text: str) -> list[list[str | int]]:
    """Where the schema finds something wrong in a document, `labspec: 1` and a name put before it."""
    return [list(error.absolute_path) for error in VALIDATOR.iter_errors(typed(HEAD + text))]


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("spec", SPECS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_spec_of_ours_is_valid(spec: Path) -> None:
    errors = list(VALIDATOR.iter_errors(typed(spec.read_text("utf-8"))))
    assert not errors, [(list(error.absolute_path), error.message) for error in errors]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("vpc: {}", []),
        ("vpcs:\n  web: {cird: 10.0.0.0/16}", ["vpcs", "web"]),
        ("vpcs:\n  web: {cidr: 10.0.0.0}", ["vpcs", "web", "cidr"]),
        ("vpcs:\n  Web: {cidr: 10.0.0.0/16}", ["vpcs"]),
        ("instances:\n  web: {}", ["instances", "web"]),
        ("instances:\n  web: {subnet: a, storage: 20}", ["instances", "web", "storage"]),
        ("instances:\n  web: {subnet: a, access: sms}", ["instances", "web", "access"]),
        ("instances:\n  web: {subnet: a, type: {}}", ["instances", "web", "type"]),
        (
            "load_balancers:\n  a: {scheme: internal, subnets: b, listeners: {http: web}}",
            ["load_balancers", "a", "listeners"],
        ),
        ("parameters:\n  Zone: {type: zones}", ["parameters", "Zone", "type"]),
        ("layout: {stacks: {Web: instances}}", ["layout", "stacks"]),
        ("region: null", ["region"]),
        ("checks: {pubic-website: error}", ["checks"]),
        ("checks: {unknown-name: error}", ["checks"]),
        ("checks: {public-website: never}", ["checks", "public-website"]),
        ("key_pairs: {admin: {silence: {I3011: why}}}", ["key_pairs", "admin", "silence"]),
    ],
)
def test_a_mistake_is_shown_where_it_is(text: str, place: list[str | int]) -> None:
    assert wrong(text) == [place]


@pytest.mark.parametrize(
    "text",
    [
        "x-ours: {anything: [1, 2]}",
        "key_pairs: {admin: }",
        "key_pairs:",
        "vpcs:\n  web: {zones: a}",
        "vpcs:\n  web: {nat_gateways: {gate: public-a}}",
        "instances:\n  web: {subnet: a, storage: 20GiB, security_groups: web, key_pair: KeyPair}",
        "instances:\n  a: {subnet: x}\n  b: {like: a, storage: {type: gp2}}\n  c: {like: a, subnet: null}",
        "websites:\n  a: {content: site, cdn: false}\n  b: {content: site, cdn: {edges: 100}}",
        "file_systems: {a: {subnets: '${{ variables.all }}', backup: '${{ variables.x }}'}}",
        "variables: {size: 20GiB, zones: {default: [a, c]}, stage: {default: dev, one_of: [dev, prod]}}",
        "resources: {Queue: {Type: 'AWS::SQS::Queue', Properties: {DelaySeconds: !Ref Delay}}}",
        "checks: {public-website: error, W3010: {level: off, reason: why}, cfn-lint: hint}",
        "key_pairs: {admin: {silence: {public-website: why, E3012: 10}}}\nchecks:",
        "security_groups: {a: {ingress: {b: {port: 80, from: self, silence: {rule-twice: why}}}}}",
        "expect: {blocked: {nobody comes in: {from: internet, to: [a, b], port: all}}}",
    ],
)
def test_every_form_of_the_language_is_valid(text: str) -> None:
    assert wrong(text) == []


def test_what_extends_another_says_only_what_differs() -> None:
    """Not even the name is needed then, members may be incomplete, and a null removes."""
    patch = "extends: base.yaml\ninstances: {web: {storage: 30GiB, setup: null}, old: null}\nregion: null\nvpcs: null"
    assert list(VALIDATOR.iter_errors(typed(patch))) == []
    assert [list(error.path) for error in VALIDATOR.iter_errors(typed("name: a\nlabspec: 1\ninclude: 7"))] == []
    assert list(VALIDATOR.iter_errors(typed("description: neither name nor edition")))


def test_what_extends_another_is_checked_all_the_same() -> None:
    errors = VALIDATOR.iter_errors(typed("extends: base.yaml\ninstances: {web: {storge: 30GiB}}"))
    assert [list(error.absolute_path) for error in errors] == [["instances", "web"]]


def test_an_editor_is_told_what_a_field_is_for() -> None:
    storage = SCHEMA["$defs"]["Storage"]["anyOf"][0]["properties"]
    assert (
        storage["size"]["description"]
        == "Its size; that of the image unless said, which is 8 GiB for Amazon Linux 2023."
        "\n\nTakes a size, such as 20GiB."
    )
    assert SCHEMA["$defs"]["DatabaseStorage"]["anyOf"][0]["properties"]["size"]["default"] == "20GiB"
    assert storage["encrypted"]["default"] is True
    assert SCHEMA["$defs"]["Vpc"]["else"]["description"].startswith("A network of your own")


WORDS = """
    true false yes on never all internet self none keep delete https http tcp gp3 generated mysql general text pem
    0 1 6 7 9 22 80 010 65535 65536 99999 -1 1_000 3.5 8.4 8.4.7 90 20
    50% 12.5% 0.5% 20GiB 2TiB 20GB 30s 5m 12h 30d 720h 3000-3010 10-5 200 200-299 302,303 999 0644 0888
    10.0.0.0/16 10.1.2.3/32 10.0.0.1/16 300.0.0.0/8 0.0.0.0/0 /24 /16 /8 pl-01234567
    a f web web-1 Web AdminCidr vpcs.web subnets.a instances.web images.base x.y amazon-linux-2023
    ami-0123456789abcdef0 ami-12345678 ami-x arn:aws:x t3.micro db.t3.micro db.t3
    / /x /run/x /etc/passwd/ ../x a@b.c ops@example.com ${{x}} 17:00-18:00 24:00-25:00
"""
PHRASES = ("17:00-18:00 UTC", "sun 18:00-19:00 UTC", "sat 23:30-00:30 UTC", "xxx 18:00-19:00 UTC", "two words")


def nodes() -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Each field of each class: its name, its type, and its place in the schema; of equal ones, one."""
    seen = set()
    for part in parts():
        node = SCHEMA["$defs"][part.__name__]
        node = node.get("else", node)
        node = node["anyOf"][0] if "anyOf" in node else node
        for name, info in part.model_fields.items():
            field = node["properties"][info.alias or name]
            same = json.dumps({key: value for key, value in field.items() if key not in ("description", "default")})
            if same not in seen:
                seen.add(same)
                annotation: Any = getitem(Annotated, (info.annotation, *info.metadata, "a field"))
                yield f"{part.__name__}.{name}", TypeAdapter(annotation), {**field, "$defs": SCHEMA["$defs"]}


def test_the_schema_takes_every_scalar_that_the_compiler_takes() -> None:
    """In whatever field it stands, quoted or bare: an editor never marks what compiles."""
    values = [
        (written, plain(f"v: {written}")["v"], typed(f"v: {written}")["v"])
        for text in (*WORDS.split(), *PHRASES)
        for written in (text, f"'{text}'")
    ]
    marked = []
    for name, reader, schema in nodes():
        validator = jsonschema.Draft202012Validator(schema)
        marked += [f"{name}: {written}" for written, read, shown in values if refused(reader, read, validator, shown)]
    assert marked == []


def refused(reader: Any, read: Any, validator: Any, shown: Any) -> bool:
    """Whether the compiler takes a value that the schema does not. (A member could be called `true`; nobody's is.)"""
    try:
        reader.validate_python(read)
    except ValidationError:
        return False
    is_a_name = isinstance(shown, bool) and validator.is_valid("true-name")
    return not validator.is_valid(shown) and not is_a_name
