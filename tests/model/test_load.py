"""Every independent mistake of a document is told in one run, in the user's words; what follows from one is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from labspec.model import grammar
from labspec.model.complaints import MANY
from labspec.model.kind import Kind, Part
from labspec.model.load import load
from labspec.model.places import fields_of, noun_of, part_at
from labspec.model.spec import Spec
from labspec.model.unknown_keys import EXISTING
from labspec.scalar import Scalar
from tests.building import HEAD, build, messages, plain

NET = """\
vpcs:
  net:
    cidr: 10.0.0.0/16
    internet_gateway: net-igw
    subnets:
      public-a: {zone: a, cidr: 10.0.1.0/24, access: public}
      public-c: {zone: c, cidr: 10.0.2.0/24, access: public}
"""


def findings(folder: Path, text: str, **options: object) -> list[str]:
    """What is wrong: `LS101 3:5`."""
    return [" ".join(line.split(" ")[:2]) for line in messages(build(folder, text, **options))]


def said(text: str) -> list[tuple[str, str]]:
    """What is said of a document, and what helps."""
    return [(found.message, found.help) for found in load(plain(HEAD + text, grammar.RAW), {}).diagnostics]


# ------------------------------------------------------------------ wrong shapes, everywhere


def places() -> Iterator[tuple[str, ...]]:
    """Every field of the language, as a path into a document."""
    pending: list[tuple[tuple[str, ...], type[Part]]] = [((), Spec)]
    seen: set[type[Part]] = set()
    while pending:
        path, part = pending.pop()
        if part in seen:
            continue
        seen.add(part)
        for name in fields_of(part):
            place = (*path, name)
            yield place
            below = [(inner, part_at(inner)) for inner in (place, (*place, "a-name"))]
            pending += [(inner, found) for inner, found in below if found]


PLACES = sorted(places())
SHAPES: dict[str, Any] = {
    "mapping": {Scalar("zz"): Scalar("x")},
    "list": [Scalar("x"), Scalar("y")],
    "nested": [{Scalar("zz"): [Scalar("x")]}],
    "text": Scalar("~!", "quoted"),
    "empty": Scalar("", "empty"),
    "null": Scalar("null", "null"),
}
OURS = re.compile(
    r"Here stands|Here a mapping is needed|Here CloudFormation's own|This value is empty|This list is empty|is a null"
    r"|A null only removes|is not |is neither|cannot|There is no |is missing|has either"
    r"|has exactly|exactly one|without|leads|reads like"
    r"|There is no region|must not|needs|of the language|no length|no edition|selects nothing|either"
)


def document(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """A document with a value at a path."""
    for step in reversed(path):
        value = {Scalar(step): value}
    return {Scalar("labspec"): Scalar("1"), Scalar("name"): Scalar("test"), **value}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_value_of_any_shape_anywhere_is_read_or_refused_in_our_words(shape: str) -> None:
    """None of the sentences are pydantic's own, and none speaks of Python."""
    strange = {}
    for place in PLACES:
        for found in load(document(place, SHAPES[shape]), {}).diagnostics:
            if not OURS.search(found.message) or re.search(r"dict|tuple|str\b|Input|None|_\b", found.message):
                strange[place] = found.message
    assert strange == {}


def test_every_field_was_tried() -> None:
    assert len(PLACES) > 200
    assert ("vpcs", "a-name", "subnets", "a-name", "zone") in PLACES
    assert any(place[-2:] == ("storage", "size") for place in PLACES)


@pytest.mark.parametrize(
    ("text", "message", "help_"),
    [
        ("instances: [a]\n", "Here a mapping is needed: a name, a colon, and what it is.", "Write `a:` on a line"),
        ("vpcs: net\n", "Here a mapping is needed: a name, a colon, and what it is.", "Write `net:` on a line"),
        ("outputs: {O: {value: {a: b}}}\n", "Here stands a mapping", 'A text that holds `: ` needs quotes: "a: b".'),
        ("vpcs: {net: [a]}\n", "Here stands a list, where a mapping is needed.", "Its fields are `cidr`"),
        ("vpcs: {net: web}\n", "Here stands a single value, where a mapping is needed.", "Its fields are `cidr`"),
        ("vpcs: {net: {cidr: [10.0.0.0/16]}}\n", "Here stands a list; this field takes an address block", ""),
        ("vpcs: {net: {cidr: }}\n", "This value is empty; the field takes an address block", "Leave the line out"),
        ("target_groups: {web: {port: }}\n", "This value is empty; the field takes a port", "Write one."),
        ("vpcs: {net: {route_tables: {r: {subnets: }}}}\n", "This list is empty.", "Name one item."),
        ("vpcs: {net: {zones: 'a, b'}}\n", "Several items stand in the place of one.", "as a list: `[a, b]`."),
        (
            "vpcs: {net: {route_tables: {r: {subnets: [a-1 b-1]}}}}\n",
            "Several items stand in",
            "as a list: `[a-1, b-1]`.",
        ),
        ("vpcs: {net: {zones: }}\n", "This list is empty.", "Leave the line out"),
        ("vpcs: {net: null}\n", "A null only removes something", "Remove the line."),
        ("vpcs: {net: {override: [a]}}\n", "Here a mapping is needed", ""),
        ("vpcs: {net: {override: {vpc: a}}}\n", "Here CloudFormation's own mapping is needed", "Properties"),
        ("tags: [a]\n", "Here a mapping is needed", "Write `a: its value`"),
        ("tags: [stage: dev]\n", "Here a mapping is needed", "Remove the dash."),
        ("tags: [stage: dev, owner: me]\n", "Here a mapping is needed", "Remove the dashes."),
        (
            "launch_templates: {web: {mounts: shared}}\n",
            "Here a mapping is needed",
            "Write `/srv/shared: shared` on a line",
        ),
        ("launch_templates: {web: {mounts: [/srv/a: a]}}\n", "Here a mapping is needed", "Remove the dash."),
        (
            "launch_templates: {web: {secrets: db}}\n",
            "Here a mapping is needed",
            "Write `/run/lab/db.json: db` on a line",
        ),
        ("vpcs: {net: {silence: unused-member}}\n", "Here a mapping", "`unused-member: why it is accepted`"),
        ("vpcs: [{name: net}]\n", "Here a mapping is needed", "Write `net:` in place of the dash"),
        ("vpcs: [{cidr: 10.0.0.0/16}]\n", "Here a mapping is needed", "Give each item a name in place of its dash"),
        ("vpcs: {net: {cidr: [10.0.0.0/16]}}\n", "Here stands a list", "Write `10.0.0.0/16` alone."),
        ("name: {a: b}\n", "Here stands a mapping; this field takes a name in kebab-case.", ""),
    ],
)
def test_a_wrong_shape_is_told_with_what_is_needed(text: str, message: str, help_: str) -> None:
    ((found, help_found),) = said(text) if not text.startswith("name") else said_alone(text)
    assert message in found
    assert help_ in help_found or help_ in found


def test_an_overlay_that_is_given_as_a_spec_is_told_what_it_is() -> None:
    (found,) = load(plain("instances: {}\n"), {}).diagnostics
    assert found.message.startswith("`labspec` and `name` are missing")
    assert "`SPEC --overlay FILE`" in found.help
    assert "--overlay" not in said_alone("instances: {}\n")[0][1]


def said_alone(text: str) -> list[tuple[str, str]]:
    return [(found.message, found.help) for found in load(plain("labspec: 1\n" + text), {}).diagnostics]


# ------------------------------------------------------------------ keys


@pytest.mark.parametrize(
    ("text", "message", "help_"),
    [
        ("vpsc: {}\n", "There is no `vpsc` in the document.", "Did you mean `vpcs`?"),
        ("vpcs: {net: {cird: 10.0.0.0/16}}\n", "There is no `cird` in a VPC.", "Did you mean `cidr`?"),
        ("subnets: {a: {}}\n", "There is no `subnets` in the document.", "It belongs under `vpcs.<name>`."),
        (
            "target_groups: {web: {port: 80, interval: 10s}}\n",
            "There is no `interval` in a target group.",
            "It belongs under `health_check`.",
        ),
        (
            "load_balancers: {l: {scheme: internal, subnets: a, listeners: {80: a}, port: 80}}\n",
            "There is no `port` in a load balancer.",
            "It belongs under `listeners`.",
        ),
        (
            "target_groups: {web: {port: 80, health_check: {drain: 10s}}}\n",
            "There is no `drain` in a health check.",
            "It belongs to what stands around this, indented less.",
        ),
        ("ec2: {a: {}}\n", "There is no `ec2` in the document.", "Did you mean `instances`?"),
        ("vpcs: {n: {CidrBlock: 10.0.0.0/16}}\n", "There is no `CidrBlock` in a VPC.", "Did you mean `cidr`?"),
        (
            "launch_templates: {t: {engine: mysql}}\n",
            "There is no `engine` in a launch template.",
            "It belongs under `databases.<name>`.",
        ),
        (
            "launch_templates: {t: {region: a}}\n",
            "There is no `region` in a launch template.",
            "It belongs at the top of the document.",
        ),
        ("launch_templates: {t: {rouble: a}}\n", "There is no `rouble` in a launch template.", "Did you mean `role`?"),
        (
            "launch_templates: {t: {zone: a}}\n",
            "There is no `zone` in a launch template.",
            (
                "Did you mean `role`? `zone` itself belongs under `vpcs.<name>.subnets.<name>` or under"
                " `databases.<name>.replicas.<name>`."
            ),
        ),
        (
            "security_groups: {g: {port: 80, from: internet}}\n",
            "There is no `port` and no `from` in a security group.",
            "They belong under `ingress.<name>`.",
        ),
        (
            "vpcs: {n: {instances: {a: {}}}}\n",
            "There is no `instances` in a VPC.",
            "It belongs at the top of the document.",
        ),
        (
            "security_groups: {g: {ingress: {r: {port: 80, from_: all}}}}\n",
            "There is no `from_` in an ingress.",
            "Did you mean `from`?",
        ),
    ],
)
def test_an_unknown_key_is_told_with_what_is_meant_or_where_it_belongs(text: str, message: str, help_: str) -> None:
    assert said(text) == [(message, help_)]


@pytest.mark.parametrize(
    "text",
    [
        "security_groups: {g: {ingress: {r: {prot: 80, from: internet}}}}\n",
        "instances: {i: {sbunet: a}}\n",
        "load_balancers: {l: {schema: internal, subnet: [], lisseners: {80: a}}}\n",
        "file_systems: {f: {existing: {idd: fs-0123456789abcdef0}}}\n",
    ],
)
def test_a_mistyped_key_is_one_mistake(text: str) -> None:
    """What is missing because of it is not told."""
    found = said(text)
    assert found
    assert all(message.startswith("There is no `") for message, _ in found)
    assert all(help_.startswith("Did you mean `") for _, help_ in found)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "load_balancers: {a: {subnet: b}}\n",
            "`a` reads like an instance, and stands among the load balancers.",
        ),
        (
            "load_balancers: {a: {scheme: internal, subnets: [b], port: 80}}\n",
            "There is no `port` in a load balancer.",
        ),
        (
            "auto_scaling_groups: {a: {launch_template: t, subnets: [b], min: 1, max: 2}}\n",
            "There is no `min` and no `max` in an auto scaling group.",
        ),
    ],
)
def test_fields_of_one_place_are_one_mistake(text: str, message: str) -> None:
    """Also if what they belong to is missing."""
    assert [found for found, _ in said(text)] == [message]


def test_a_key_by_another_name_is_one_mistake_too() -> None:
    found = load(plain("version: 1\nname: a\n"), {}).diagnostics
    assert [(each.message, each.help) for each in found] == [
        (
            "There is no `version` in the document.",
            "Did you mean `labspec`?",
        )
    ]


def test_what_is_missing_at_one_place_is_told_once() -> None:
    assert [message for message, _ in said("load_balancers: {l: {}}\n")] == [
        "`scheme`, `subnets` and `listeners` are missing: a load balancer needs them."
    ]


@pytest.mark.parametrize("section", [s for s in grammar.SECTIONS if s not in EXISTING])
def test_what_cannot_be_existing_yet_says_so(section: str) -> None:
    noun = noun_of((section, "a"))
    ((message, help_),) = said(f"{section}: {{a: {{existing: something}}}}\n")
    assert message == f"{noun[0].upper()}{noun[1:]} cannot be `existing` yet."
    assert "These can: vpcs, subnets" in help_


def test_what_can_be_existing_is_what_is_said_to_be() -> None:
    kinds = [(s, part_at((s, "a"))) for s in grammar.SECTIONS]
    kinds += [(s, part_at((owner, "a", s, "b"))) for s, owner in grammar.NESTED.items()]
    can = {section for section, kind in kinds if kind and issubclass(kind, Kind) and "existing" in fields_of(kind)}
    assert can == set(EXISTING)


# ------------------------------------------------------------------ all at once, and nothing twice


def test_all_independent_mistakes_are_told_in_one_run(tmp_path: Path) -> None:
    text = (
        NET.replace("10.0.2.0/24", "10.0.1.128/25")  # 9: overlaps
        + "instances:\n"
        + "  a: {subnet: public-a, storage: 20, image: nowhere, type: Micro}\n"  # 11: three in one member
        + "  b: {sbunet: public-a}\n"
        + "  c: {subnet: public-q}\n"
        + "target_groups:\n"
        + "  t: {port: 99999, targets: [a, z], vpc: net}\n"
        + "outputs: {O: '${{ instances.c.colour }} ${{ instances.zz.id }}'}\n"
        + "parameters: {p: {type: text}, Q: {type: txt}}\n"
        + "colour: blue\n"
    )
    assert sorted(findings(tmp_path, text)) == sorted(
        [
            "LS371 9:33",
            "LS103 11:34",
            "LS201 11:45",
            "LS205 11:60",
            "LS101 12:7",
            "LS201 13:15",
            "LS103 15:13",
            "LS201 15:33",
            "LS206 16:15",
            "LS206 16:41",
            "LS103 17:14",
            "LS103 17:41",
            "LS101 18:1",
        ]
    )


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        (NET.replace("10.0.1.0/24", "10.0.1.0"), "LS103 8:33"),
        (NET.replace("zone: a", "zone: 2a"), "LS103 8:24"),
        (NET.replace("public-a:", "Public_a:"), "LS103 8:7"),
        (NET.replace("subnets:", "subents:"), "LS101 7:5"),
        (NET.replace("cidr: 10.0.0.0/16", "cidr: x"), "LS103 5:11"),
        (NET.replace("vpcs:", "vpsc:"), "LS101 3:1"),
        (NET.replace("  net:", "  net: x\n  more:"), "LS103 4:8"),
        (NET.replace("internet_gateway: net-igw", "internet_gatway: net-igw"), "LS101 6:5"),
    ],
)
def test_nothing_is_said_of_what_names_something_wrong(text: str, finding: str, tmp_path: Path) -> None:
    uses = (
        "instances:\n"
        "  a: {subnet: public-a, elastic_ip: true, setup: {commands: [id]}, ingress: {w: {port: 80, from: b}}}\n"
        "  b: {subnet: public-c, security_groups: [s]}\n"
        "security_groups: {s: {vpc: net}}\n"
        "load_balancers: {l: {scheme: internal, subnets: [public-a, public-c], listeners: {80: t}}}\n"
        "target_groups: {t: {port: 80, targets: [a, b]}, u: {port: 81}}\n"
        "outputs: {A: '${{ subnets.public-a.id }} ${{ instances.a.id }} ${{ public-c.id }}'}\n"
        "expect: {blocked: {it is: {from: internet, to: [net, public-a, b], via: net-igw}}}\n"
    )
    text = text.replace("  more:", "  other:")
    assert [line for line in findings(tmp_path, text + uses) if line != finding] == []


@pytest.mark.parametrize("section", [*grammar.SECTIONS, "parameters", "outputs", "resources", "variables", "tags"])
def test_a_section_that_is_no_mapping_is_one_mistake(section: str, tmp_path: Path) -> None:
    text = "instances: {a: {subnet: b, type: Micro}}\noutputs: {O: '${{ Name }} ${{ vpcs.net.id }}'}\n"
    rest = "".join(line for line in text.splitlines(keepends=True) if not line.startswith(f"{section}:"))
    without = findings(tmp_path, f"{rest}x-a: [a]\n")
    found = findings(tmp_path, f"{rest}{section}: [a]\n")
    assert len([line for line in found if line not in without]) == 1


def test_zones_of_a_subnet_that_is_wrong_are_not_missed(tmp_path: Path) -> None:
    subnet = "{access: isolated, cidr: 10.0.0.0/20, each: 24}"
    text = f"vpcs: {{net: {{cidr: 10.0.0.0/16, zones: [a], subnets: {{app: {subnet}}}}}}}\n"
    assert findings(tmp_path, text + "instances: {i: {subnet: app-a}, j: {subnet: app}}\n") == ["LS103 3:104"]


def test_what_a_lost_route_table_gave_is_not_missed(tmp_path: Path) -> None:
    """The subnet would seem to lead nowhere."""
    text = (
        "vpcs:\n  net:\n    cidr: 10.0.0.0/16\n    internet_gateway: igw\n"
        "    subnets: {a: {zone: a, cidr: 10.0.1.0/24}}\n"
        "    route_tables: {out: {subnets: [a], routes: {internet: TABLE}}}\n"
        "instances: {i: {subnet: a, elastic_ip: true, setup: {packages: [httpd]}}}\n"
    )
    assert findings(tmp_path, text.replace("TABLE", "[igw, igw]")) == ["LS103 8:59"]
    assert findings(tmp_path, text.replace("TABLE", "ibw")) == ["LS201 8:59"]


def test_a_file_that_is_missing_and_other_mistakes_are_told_together(tmp_path: Path) -> None:
    text = (
        NET + "instances: {i: {subnet: public-a, elastic_ip: true, setup: {files: {/a: {source: absent}}}},"
        " j: {subnet: public-a, storage: 5, setup: {files: {/a: {source: gone}}}}}\n"
    )
    assert sorted(findings(tmp_path, text)) == ["LS020 10:157", "LS020 10:82", "LS103 10:125"]


def test_many_mistakes_do_not_take_long(tmp_path: Path) -> None:
    text = "".join(f"k{number}: 1\n" for number in range(5000))
    told = messages(build(tmp_path, text))
    assert len(told) == MANY + 1
    more = f"There is no such key in the document, and {5000 - MANY - 1:,} more are unknown."
    assert sum(message.endswith(more) for message in told) == 1


# ------------------------------------------------------------------ variables


def test_a_variable_may_decide_the_shape(tmp_path: Path) -> None:
    text = (
        "variables:\n"
        "  stage: {default: dev, one_of: [dev, prod]}\n"
        "  way: none\n"
        "  zones: [a, c]\n"
        "  more: {default: {cidr: 10.1.0.0/16}}\n"
        "vpcs:\n"
        "  net:\n"
        "    cidr: 10.0.0.0/16\n"
        "    zones: ${{ variables.zones }}\n"
        "    nat: ${{ variables.way }}\n"
        "    subnets:\n"
        "      public: {access: public, cidr: 10.0.0.0/20, each: /24}\n"
        "      app: {access: private, cidr: 10.0.16.0/20, each: /24}\n"
        "  more: ${{ variables.more }}\n"
        "tags: {Stage: 'the ${{ variables.stage }} stage'}\n"
    )
    for way, gateways in (("none", 0), ("single", 1), ("per_zone", 2)):
        made = build(
            tmp_path,
            text.replace("access: private", "access: isolated") if way == "none" else text,
            settings={"way": way, "stage": "prod"},
        )
        assert messages(made) == []
        assert made.graph is not None
        assert sum(node.type == "AWS::EC2::NatGateway" for node in made.graph.nodes.values()) == gateways
    assert made.spec is not None
    assert made.spec.tags["Stage"].literal == "the prod stage"
    assert "more" in made.spec.vpcs


@pytest.mark.parametrize(
    ("text", "settings", "finding"),
    [
        ("tags: {A: '${{ variables.stgae }}'}\n", {}, "LS104 4:12 There is no variable `stgae`."),
        ("tags: {A: 'a ${{ variables.stgae }} b'}\n", {}, "LS104 4:14 There is no variable `stgae`."),
        ("vpcs: {n: {cidr: '${{ variables.stgae }}'}}\n", {}, "LS104 4:19 There is no variable `stgae`."),
        (
            "tags: {A: '${{ variables.stgae }}', B: '${{ variables.stgae }}'}\n",
            {},
            "LS104 3:21 `stage` is declared here, and used as `stgae` everywhere.",
        ),
        (
            "tags: {A: '${{ variables.stgae }}', B: '${{ variables.stgae }} ${{ variables.stage }}'}\n",
            {},
            "LS104 4:12 There is no variable `stgae`.",
        ),
        ("tags: {A: 'a ${{ variables.many }}'}\n", {}, "LS104 4:14 The variable `many` is not a single value."),
        ("", {"stgae": "prod"}, "LS104 1:1 `--set stgae=...` sets nothing: there is no such variable."),
        ("", {"stage": "test"}, "LS104 3:21 The variable `stage` cannot be `test`."),
        (
            "tags: {A: '${{ variables.stage }}'}\n",
            {"stage": "test"},
            "LS104 3:21 The variable `stage` cannot be `test`.",
        ),
    ],
)
def test_a_variable_that_is_not_right_is_one_mistake(
    text: str, settings: dict[str, str], finding: str, tmp_path: Path
) -> None:
    declared = "variables: {stage: {default: dev, one_of: [dev, prod]}, many: [a, b]}\n"
    found = messages(build(tmp_path, declared + text, settings=settings))
    assert [re.sub(r"3:\d+", "3:21", line) for line in found] == [finding]


@pytest.mark.parametrize(
    ("declared", "finding"),
    [
        ("Stage: dev", "`Stage` is not a name for a variable."),
        ("stage-one: dev", "`stage-one` is not a name for a variable."),
        ("a: '${{ variables.b }}', b: c", "The variable `a` cannot be made of variables."),
        ("a: {one_of: [b]}", "`default` is missing: a variable needs it."),
        ("a: {default: b, one_of: [c]}", "The variable `a` cannot be `b`."),
        ("a: ", "`default` is missing: a variable needs it."),
    ],
)
def test_a_variable_is_declared_with_a_name_and_a_value(declared: str, finding: str) -> None:
    """What uses it is not told of."""
    use = "tags: {A: '${{ variables.a }}'}\n" if declared.startswith("a") else ""
    assert [message for message, _ in said(f"variables: {{{declared}}}\n{use}")] == [finding]


def test_a_value_given_on_the_command_line_is_text(tmp_path: Path) -> None:
    text = (
        "variables: {size: 8GiB, name: a}\n"
        + NET
        + "instances: {i: {subnet: public-a, storage: '${{ variables.size }}'}}\n"
    )
    made = build(tmp_path, text, settings={"size": "9GiB", "name": ""})
    assert made.spec is not None
    assert made.spec.instances["i"].storage.size == 9


def test_a_file_named_on_the_command_line_is_found_from_the_spec(tmp_path: Path) -> None:
    (tmp_path / "page").write_text("hello")
    files = "{/a: {source: '${{ variables.page }}'}}"
    text = f"instances: {{i: {{subnet: public-a, elastic_ip: true, setup: {{files: {files}}}}}}}\n"
    assert messages(build(tmp_path, "variables: {page: absent}\n" + NET + text, settings={"page": "page"})) == []


@pytest.mark.parametrize(
    "text",
    [
        "variables: {v: '"
        + "x" * 100_000
        + "'}\ntags:\n"
        + "".join(f"  t{n}: 'a${{{{ variables.v }}}}'\n" for n in range(5000)),
        "variables: {v: ["
        + "x," * 30_000
        + "]}\nvpcs:\n"
        + "".join(f"  v{n}: {{cidr: 10.0.0.0/16, zones: '${{{{ variables.v }}}}'}}\n" for n in range(2000)),
    ],
    ids=["text", "list"],
)
def test_variables_cannot_exhaust_the_machine(text: str) -> None:
    assert any("larger than any needs to be" in message for message, _ in said(text))
