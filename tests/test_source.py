"""How documents are put together, and what cannot be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from labspec.compiler import Options, compile_spec
from tests.building import HEAD, NETWORK, build, graph_of, messages

VPC = "vpcs: {net: {cidr: 10.0.0.0/16}}\n"
OVER = "labspec: 1\nextends: base.yaml\n"


def files(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    return folder


def places(folder: Path, text: str, **options: object) -> list[str]:
    """Where something is wrong, and what: `LS013 a.yaml:3`."""
    made = build(folder, text, **options)
    return sorted(
        f"{d.rule.code} {Path(d.span.file).name}:{d.span.line}" if d.span else d.message for d in made.diagnostics
    )


# ------------------------------------------------------------------ files


@pytest.mark.parametrize("directive", ["extends", "include"])
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../up.yaml", "leaves the folder"),
        ("/etc/hostname", "is not a path relative"),
        ("outside.yaml", "leaves the folder"),
        ("loop.yaml", "leaves the folder"),
        ("", "is not a path relative"),
        ("a\\0b", "is not a path relative"),
        (".", "is a folder"),
        ("pipe", "is not a file"),
        ("absent.yaml", "There is no file"),
        ("x" * 5000, "cannot be read"),
    ],
)
def test_a_file_outside_the_folder_or_not_there_is_refused(
    directive: str, name: str, words: str, tmp_path: Path
) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    files(tmp_path, up=HEAD)
    (inner / "outside.yaml").symlink_to(tmp_path / "up.yaml")
    (inner / "loop.yaml").symlink_to(inner / "loop.yaml")
    os.mkfifo(inner / "pipe")
    (found,) = build(inner, f'{HEAD}{directive}: "{name}"\n').diagnostics
    assert found.span
    assert (found.rule.code, found.span.line, found.span.column) == ("LS010", 3, len(directive) + 3)
    assert words in found.message


@pytest.mark.parametrize("value", ["[a.yaml]", "{a: b}", "null", ""])
def test_extends_takes_one_name(value: str, tmp_path: Path) -> None:
    (found,) = messages(build(tmp_path, f"{HEAD}extends: {value}\n"))
    assert found.startswith("LS010 3:")


def test_links_inside_the_folder_are_followed(tmp_path: Path) -> None:
    files(tmp_path, real=VPC)
    (tmp_path / "link.yaml").symlink_to(tmp_path / "real.yaml")
    assert messages(build(tmp_path, "include: link.yaml\n")) == []


@pytest.mark.parametrize("path", ["a.yaml", "./a.yaml", "sub/../a.yaml", "link.yaml"])
def test_files_cannot_need_one_another_in_a_circle(path: str, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "link.yaml").symlink_to(tmp_path / "a.yaml")
    files(tmp_path, a=f"{HEAD}extends: b.yaml\n", b=f"include: {path}\n")
    (found,) = compile_spec(str(tmp_path / "a.yaml"), Options()).diagnostics
    assert found.span
    assert (found.rule.code, Path(found.span.file).name, found.span.line) == ("LS011", "b.yaml", 1)


def test_a_file_that_extends_itself_is_refused(tmp_path: Path) -> None:
    assert places(tmp_path, f"{HEAD}extends: spec.yaml\n") == ["LS011 spec.yaml:3"]


def test_files_inside_one_another_have_an_end(tmp_path: Path) -> None:
    for number in range(100):
        files(tmp_path, **{f"f{number}": f"extends: f{number + 1}.yaml\n"})
    assert places(tmp_path, f"{HEAD}extends: f0.yaml\n") == ["LS004 f30.yaml:1"]


def test_files_that_include_each_file_twice_are_read_once(tmp_path: Path) -> None:
    """Two to the thirtieth would be too many."""
    for number in range(30):
        files(tmp_path, **{f"f{number}": f"include: [f{number + 1}.yaml, f{number + 1}.yaml]\n"})
    files(tmp_path, f30="tags: {}\n")
    assert messages(build(tmp_path, f"{HEAD}include: f0.yaml\nvpcs: {{net: {{cidr: 10.0.0.0/16}}}}\n")) == []


def test_every_file_says_what_is_wrong_with_it(tmp_path: Path) -> None:
    files(tmp_path, a="vpcs: [\n", b="", c="vpcs: {net: {cidr: x, cidr: y}}\n")
    text = HEAD + "include: [a.yaml, b.yaml, absent.yaml, c.yaml]\nregion: [a]\nvpcs: {own: {cdir: 10.0.0.0/16}}\n"
    assert places(tmp_path, text) == [
        "LS001 a.yaml:1",
        "LS002 c.yaml:1",
        "LS010 spec.yaml:3",
        "LS016 b.yaml:1",
        "LS101 spec.yaml:5",
        "LS103 c.yaml:1",
        "LS103 spec.yaml:4",
    ]


def test_nothing_is_said_of_names_that_a_lost_file_may_have(tmp_path: Path) -> None:
    text = (
        HEAD
        + "include: [absent.yaml]\ninstances: {a: {like: b}, c: {subnet: d}}\noutputs: {A: '${{ instances.b.id }}'}\n"
    )
    assert places(tmp_path, text) == ["LS010 spec.yaml:3"]


def test_nothing_is_said_of_keys_that_a_lost_base_may_have(tmp_path: Path) -> None:
    text = "extends: absent.yaml\nlabspec: 1\ninstances: {a: {type: t3.nano, elastic_ip: perhaps}, b: null}\n"
    assert places(tmp_path, "labspec: 1\n" + text.replace("labspec: 1\n", "")) == [
        "LS010 spec.yaml:2",
        "LS103 spec.yaml:3",
    ]


# ------------------------------------------------------------------ extends


def test_a_document_is_laid_over_its_base(tmp_path: Path) -> None:
    base = "tags: {A: a, B: b}\nvpcs: {net: {cidr: 10.0.0.0/16, dns_support: false}, gone: {cidr: 10.1.0.0/16}}\n"
    files(tmp_path, base=HEAD + base)
    over = "name: over\ntags: {B: c}\nvpcs: {gone: null, net: {dns_support: true}, new: {cidr: 10.2.0.0/16}}\n"
    made = build(tmp_path, OVER + over)
    assert made.spec is not None
    assert made.spec.name == "over"
    assert {key: text.literal for key, text in made.spec.tags.items()} == {"A": "a", "B": "c"}
    assert list(made.spec.vpcs) == ["net", "new"]
    assert made.spec.vpcs["net"].dns_support


def test_a_chain_of_bases_is_laid_in_order(tmp_path: Path) -> None:
    files(tmp_path, a=HEAD + "tags: {A: a, B: a, C: a}\n", b="extends: a.yaml\ntags: {B: b, C: b}\n")
    made = build(tmp_path, "labspec: 1\nextends: b.yaml\ntags: {C: c}\n")
    assert made.spec is not None
    assert {key: text.literal for key, text in made.spec.tags.items()} == {"A": "a", "B": "b", "C": "c"}


def test_lists_replace(tmp_path: Path) -> None:
    files(tmp_path, base=HEAD + "vpcs: {net: {cidr: 10.0.0.0/16, zones: [a, b]}}\n")
    made = build(tmp_path, OVER + "vpcs: {net: {zones: [c]}}\n")
    assert made.spec is not None
    assert made.spec.vpcs["net"].zones == ("c",)


def test_an_empty_section_or_member_changes_nothing(tmp_path: Path) -> None:
    files(tmp_path, base=HEAD + VPC)
    made = build(tmp_path, OVER + "vpcs:\n  net:\nsecurity_groups:\n")
    assert messages(made) == []
    assert made.spec is not None
    assert str(made.spec.vpcs["net"].cidr) == "10.0.0.0/16"


def test_in_a_raw_body_null_is_data_and_anything_replaces(tmp_path: Path) -> None:
    properties = (
        "{DisplayName: a, TopicName: b, DataProtectionPolicy: c, ArchivePolicy: !Transform {Name: a, Other: b}}"
    )
    files(tmp_path, base=f"{HEAD}resources: {{Topic: {{Type: AWS::SNS::Topic, Properties: {properties}}}}}\n")
    over = "{DisplayName: null, DataProtectionPolicy: {Version: 1}, ArchivePolicy: {Name: c}}"
    over = f"resources: {{Topic: {{Properties: {over}}}}}\n"
    made = build(tmp_path, OVER + over)
    assert made.graph is not None
    assert made.graph.nodes["Topic"].body["Properties"] == {
        "DisplayName": None,
        "TopicName": "b",
        "DataProtectionPolicy": {"Version": 1},
        "ArchivePolicy": {"Name": "c"},
    }


def test_a_raw_resource_can_be_removed(tmp_path: Path) -> None:
    files(tmp_path, base=HEAD + "resources: {A: {Type: AWS::SNS::Topic}, B: {Type: AWS::SNS::Topic}}\n")
    made = build(tmp_path, OVER + "resources: {A: null}\n")
    assert made.graph is not None
    assert list(made.graph.nodes) == ["B"]


GROUP = "target_groups: {web: {port: 80, health_check: HEALTH, vpc: net}}\n"


@pytest.mark.parametrize(
    ("base", "patch", "finding", "help_"),
    [
        (VPC, "vpcs: {nett: null}", "LS015 3:8", "Did you mean `net`?"),
        (VPC, "vpcs: {net: {zones: null}}", "LS015 3:14", ""),
        (VPC, "vpcs: {net: web}", "LS012 3:13", "Write the long form here: `net: {...}`."),
        (VPC, "vpcs: web", "LS012 3:7", "Write the long form here: `vpcs: {...}`."),
        (
            VPC + GROUP.replace("HEALTH", "{path: /, interval: 10s}"),
            "target_groups: {web: {health_check: /ok}}",
            "LS012 3:37",
            "Write the long form here: `health_check: {path: /ok}`.",
        ),
        (
            VPC + GROUP.replace("HEALTH", "/ok"),
            "target_groups: {web: {health_check: {interval: 10s}}}",
            "LS012 3:23",
            "Write the long form there: `health_check: {path: /ok}`.",
        ),
        ("", "name: {a: b}", "LS103 3:1", ""),
    ],
)
def test_what_cannot_be_laid_over_is_refused(base: str, patch: str, finding: str, help_: str, tmp_path: Path) -> None:
    files(tmp_path, base=HEAD + base)
    made = build(tmp_path, f"{OVER}{patch}\n")
    (found,) = messages(made)
    assert found.startswith(f"{finding} ")
    assert help_ in made.diagnostics[0].help


def test_both_sides_of_what_cannot_be_laid_over_are_shown(tmp_path: Path) -> None:
    files(tmp_path, base=HEAD + VPC)
    (found,) = build(tmp_path, OVER + "vpcs: web\n").diagnostics
    (label,) = found.related
    assert label.span
    assert (Path(label.span.file).name, label.span.line) == ("base.yaml", 3)


def test_a_switch_may_replace_a_mapping_that_has_no_short_form(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/index.html").write_text("hello")
    files(tmp_path, base=HEAD + "websites: {docs: {content: site, access: public, cdn: {compress: false}}}\n")
    made = build(tmp_path, OVER + "websites: {docs: {cdn: false}}\n")
    assert made.spec is not None
    assert made.spec.websites["docs"].cdn is None


def test_an_incomplete_member_may_be_a_mistyped_one_of_the_base(tmp_path: Path) -> None:
    base = "databases: {orders: {engine: mysql, version: 8.4.7, subnets: [data-a, data-c]}}\n"
    files(tmp_path, base=HEAD + NETWORK + base)
    made = build(tmp_path, OVER + "databases: {order: {multi_az: true}}\n")
    (found,) = made.diagnostics
    assert found.rule.code == "LS108"
    assert found.help == f"Did you mean to change `orders` of {tmp_path / 'base.yaml'}?"


@pytest.mark.parametrize("typed", ["parts/base.yml", "part/base.yaml", "prats/bsae.yaml"])
def test_a_file_that_is_not_there_is_offered_by_its_nearest_name(typed: str, tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    files(tmp_path / "parts", base=HEAD)
    (found,) = build(tmp_path, f"labspec: 1\nname: top\nextends: {typed}\n").diagnostics
    assert (found.rule.code, found.help) == ("LS010", "Did you mean `parts/base.yaml`?")


def test_a_file_is_not_offered_itself(tmp_path: Path) -> None:
    (found,) = build(tmp_path, "labspec: 1\nname: top\nextends: spc.yaml\n").diagnostics
    assert (found.rule.code, found.help) == ("LS010", "")


def test_a_mistake_of_the_base_is_shown_there(tmp_path: Path) -> None:
    files(tmp_path, base=HEAD + "\nvpcs: {net: {cidr: 10.0.0.0/33}}\n")
    assert places(tmp_path, OVER + "vpcs: {net: {dns_support: true}}\n") == ["LS103 base.yaml:4"]


@pytest.mark.parametrize(
    "removed", ["vpcs: null", "vpcs: {net: null}", "vpcs: {net: {subnets: null}}", "vpcs: {net: {subnets: {a: null}}}"]
)
def test_what_was_removed_is_named_in_vain_unless_something_else_is_wrong(removed: str, tmp_path: Path) -> None:
    subnets = "vpcs: {net: {cidr: 10.0.0.0/16, subnets: {a: {zone: a, cidr: 10.0.0.0/24, access: isolated}}}}\n"
    files(tmp_path, base=f"{HEAD}{subnets}instances:\n  web: {{subnet: a}}\n")
    assert places(tmp_path, f"{OVER}{removed}\n") == ["LS201 base.yaml:5"]
    assert places(tmp_path, f"{OVER}{removed}\nkey_pairs: {{a: {{nme: b}}}}\n") == ["LS101 spec.yaml:4"]


# ------------------------------------------------------------------ include


def test_of_an_included_file_only_sections_are_taken(tmp_path: Path) -> None:
    part = "labspec: 2\nname: part\nregion: us-east-1\ndescription: part\ntags: {A: a}\nx-own: 1\nvariables: {v: b}\n"
    files(tmp_path, part=part + VPC)
    made = build(tmp_path, "include: part.yaml\n")
    assert not made.failed
    assert made.spec is not None
    said = (made.spec.labspec, made.spec.name, made.spec.region, made.spec.description, made.spec.tags)
    assert said == (1, "test", None, "", {})
    assert list(made.spec.vpcs) == ["net"]


def test_what_is_included_is_joined_and_laid_over(tmp_path: Path) -> None:
    files(
        tmp_path,
        base=HEAD + VPC,
        part="vpcs: {more: {cidr: 10.1.0.0/16}}\nexpect: {blocked: {b: {from: net, to: more}}}\n",
        other="expect: {blocked: {a: {from: more, to: net}}}\n",
    )
    own = "vpcs: {more: {dns_support: false}}\nexpect: {blocked: {c: {from: more, to: net}}}\n"
    text = f"include: [part.yaml, other.yaml]\n{own}"
    made = build(tmp_path, OVER + text)
    assert made.spec is not None
    assert {name: vpc.dns_support for name, vpc in made.spec.vpcs.items()} == {"net": True, "more": False}
    assert list(made.spec.expect.blocked) == ["b", "a", "c"]


def test_joined_files_have_members_side_by_side(tmp_path: Path) -> None:
    """Also those that stand one level deeper; a section that one of them leaves empty is the other's."""
    files(
        tmp_path,
        a=VPC + "key_pairs:\nexpect: {blocked: {a: {from: internet, to: net}}, reachable: }\n",
        b="vpcs: {more: {}}\nexpect: {blocked: {b: {from: net, to: net}}, reachable: {c: {from: net, to: net}}}\n",
        c="vpcs: {more: {cidr: 10.1.0.0/16}}\nkey_pairs: {admin: {}}\nroles: {web: {}}\nvariables: {v: a}\n",
    )
    made = build(tmp_path, "include: [a.yaml, c.yaml]\n")
    assert made.spec is not None
    assert (list(made.spec.vpcs), list(made.spec.key_pairs)) == (["net", "more"], ["admin"])
    assert (list(made.spec.expect.blocked), list(made.spec.variables)) == (["a"], ["v"])
    made = build(tmp_path, "include: [a.yaml, b.yaml]\n")
    assert made.spec is not None
    assert (list(made.spec.expect.blocked), list(made.spec.expect.reachable)) == (["a", "b"], ["c"])


@pytest.mark.parametrize("directives", ["include: [a.yaml, b.yaml]\n", "extends: a.yaml\ninclude: b.yaml\n"])
def test_a_member_of_two_joined_files_is_shown_in_both(directives: str, tmp_path: Path) -> None:
    files(tmp_path, a=VPC, b="x-b: 1\n" + VPC)
    (found,) = build(tmp_path, directives).diagnostics
    assert found.rule.code == "LS013"
    assert found.span
    assert found.related[0].span
    assert [(Path(span.file).name, span.line) for span in (found.span, found.related[0].span)] == [
        ("b.yaml", 2),
        ("a.yaml", 1),
    ]


def test_every_member_that_is_declared_twice_is_told(tmp_path: Path) -> None:
    files(tmp_path, a="vpcs: {a: {}, b: {}}\n", b="vpcs:\n  a: {}\n  b: {}\n")
    assert places(tmp_path, "include: [a.yaml, b.yaml]\n")[:2] == ["LS013 b.yaml:2", "LS013 b.yaml:3"]


def test_paths_are_relative_to_the_file_that_they_stand_in(tmp_path: Path) -> None:
    (tmp_path / "part").mkdir()
    (tmp_path / "part/more.yaml").write_text(VPC)
    (tmp_path / "part/all.yaml").write_text("include: more.yaml\n")
    assert messages(build(tmp_path, "include: part/all.yaml\n")) == []


# ------------------------------------------------------------------ overlays


def test_overlays_come_last_and_in_order(tmp_path: Path) -> None:
    files(tmp_path, one="name: one\ntags: {A: one}\n", two="name: two\nvpcs: {gone: null}\n")
    overlays = [str(tmp_path / "one.yaml"), str(tmp_path / "two.yaml")]
    assert places(tmp_path, VPC + "tags: {A: spec}\n", overlays=overlays) == ["LS015 two.yaml:2"]
    made = build(tmp_path, VPC.replace("net", "gone") + "tags: {A: spec}\n", overlays=overlays)
    assert made.spec is not None
    assert (made.spec.name, made.spec.tags["A"].literal, made.spec.vpcs) == ("two", "one", {})


def test_an_overlay_that_is_not_there_is_refused(tmp_path: Path) -> None:
    absent = str(tmp_path / "absent.yaml")
    (found,) = build(tmp_path, VPC, overlays=[absent]).diagnostics
    assert (found.rule.code, found.span) == ("LS010", (absent, 1, 1, 1, 1))


# ------------------------------------------------------------------ like


def test_like_begins_with_a_siblings_fields_but_not_with_its_identity(tmp_path: Path) -> None:
    text = (
        "vpcs:\n"
        "  a: {cidr: 10.0.0.0/16, was: old, dns_hostnames: false, tags: {A: a, B: b}}\n"
        "  b: {like: a, cidr: 10.1.0.0/16, tags: {B: null}}\n"
        "  c: {like: b}\n"
    )
    graph = graph_of(tmp_path, text)
    assert {"OldVpc", "BVpc", "CVpc"} <= set(graph.nodes)
    copied = graph.nodes["CVpc"].body["Properties"]
    assert (copied["CidrBlock"], copied["EnableDnsHostnames"]) == ("10.1.0.0/16", False)
    assert {tag["Key"] for tag in copied["Tags"]} == {"Name", "A"}


def test_names_that_aws_knows_and_accepted_findings_are_not_copied(tmp_path: Path) -> None:
    text = (
        "file_systems:\n"
        "  a: {existing: fs-0123456789abcdef0, silence: {some-rule: why}, on_delete: delete}\n"
        "  b: {like: a, existing: fs-0123456789abcdef1}\n"
        "load_balancers:\n"
        "  c: {scheme: internal, subnets: [x], listeners: {80: {redirect: https}}, aws_name: fixed}\n"
        "  d: {like: c}\n"
    )
    made = build(tmp_path, text)
    assert made.spec is not None
    assert made.spec.file_systems["b"].silence == {}
    assert made.spec.file_systems["b"].on_delete == "delete"
    assert made.spec.load_balancers["d"].aws_name is None


def test_like_works_after_all_files_are_read_and_inside_members(tmp_path: Path) -> None:
    files(
        tmp_path,
        base=HEAD
        + "security_groups: {a: {ingress: {http: {port: 80, from: internet}, https: {like: http, port: 443}}}}\n",
    )
    made = build(tmp_path, OVER + "security_groups: {b: {like: a}, a: {ingress: {http: {from: 10.0.0.0/8}}}}\n")
    assert made.spec is not None
    rules = made.spec.security_groups["b"].ingress
    assert [(str(rule.port), str(rule.from_[0])) for rule in rules.values()] == [
        ("80", "10.0.0.0/8"),
        ("443", "10.0.0.0/8"),
    ]


def test_a_chain_of_likes_may_be_long_and_in_any_order(tmp_path: Path) -> None:
    members = [f"  a{number}: {{like: a{number + 1}}}\n" for number in range(1500)]
    made = build(tmp_path, "key_pairs:\n" + "".join(members) + "  a1500: {format: ppk}\n")
    assert made.spec is not None
    assert made.spec.key_pairs["a0"].format == "ppk"


@pytest.mark.parametrize(
    ("members", "finding"),
    [
        ("a: {like: bb}, b: {cidr: 10.0.0.0/16}", "LS014 3:23"),
        ("a: {like: b}, b: {like: a}", "LS014 3:37"),
        ("a: {like: a}", "LS014 3:23"),
        ("a: {like: b}, b: {like: c}, c: {like: b}", "LS014 3:51"),
        ("a: {like: [b]}, b: {cidr: 10.0.0.0/16}", "LS014 3:23"),
        ("a: {like: }, b: {cidr: 10.0.0.0/16}", "LS014 3:23"),
        ("a: {like: b}, b: wrong", "LS014 3:23"),
    ],
)
def test_like_names_a_sibling_and_no_circle(members: str, finding: str, tmp_path: Path) -> None:
    """What a member lacks because of that is not told."""
    found = messages(build(tmp_path, f"databases: {{{members}}}\n".replace("cidr: 10.0.0.0/16", WHOLE)))
    assert [line for line in found if line.startswith("LS014")] == found[:1]
    assert found[0].startswith(finding)
    assert not any(line.startswith("LS102") for line in found)


WHOLE = "engine: mysql, version: 8.4.7, subnets: []"


def test_nothing_can_begin_with_a_short_form(tmp_path: Path) -> None:
    (found,) = build(tmp_path, "notifications: {ops: ops@example.com, dev: {like: ops}}\n").diagnostics
    assert found.rule.code == "LS014"
    assert found.help == "Write it as `ops: {email: ops@example.com}`."


def test_like_is_not_growth_without_end(tmp_path: Path) -> None:
    tags = ", ".join(f"t{number}: a" for number in range(200))
    members = "".join(f"  a{number}: {{like: a}}\n" for number in range(2000))
    assert places(tmp_path, f"key_pairs:\n  a: {{tags: {{{tags}}}}}\n{members}")[0].startswith("LS004 ")
    steps = "".join(f"  a{number}: {{like: a{number - 1}, tags: {{t{number}: x}}}}\n" for number in range(1, 3000))
    assert places(tmp_path, f"key_pairs:\n  a0:\n{steps}")[0].startswith("LS004 ")


def test_a_mistake_that_was_copied_is_reported_once_where_it_was_written(tmp_path: Path) -> None:
    text = "vpcs:\n  a: {cidr: 10.0.0.0/33}\n  b: {like: a}\n"
    (found,) = messages(build(tmp_path, text))
    assert found.startswith("LS103 4:13")


# ------------------------------------------------------------------ keys of the user's own, and places


def test_keys_of_the_users_own_are_left_alone(tmp_path: Path) -> None:
    files(tmp_path, base=HEAD + "x-own: text\n", part="x-own: [1]\n" + VPC)
    assert (
        messages(
            build(tmp_path, OVER + "include: part.yaml\nx-own: {any: [thing, *a]}\n".replace("[thing", "[&a thing"))
        )
        == []
    )


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("outputs: {A: '${{ B }}'}\n", (3, 15, 23)),
        ("outputs:\n  A: x ${{ B }}\n", (4, 8, 16)),
        ('outputs:\n  A: "a\\tb ${{ B }}"\n', (4, 12, 20)),
        ("outputs:\n  A: |\n    one\n      ${{ B }} two\n", (6, 7, 15)),
        ("outputs:\n  A: >\n    one\n    two ${{ B }}\n", (6, 9, 17)),
        ("outputs:\n  A: one\n    two ${{ B }}\n", (5, 9, 17)),
        ("outputs:\n  A: $${{ B }} ${{ B }}\n", (4, 16, 24)),
    ],
)
def test_a_part_of_a_text_is_shown_where_it_was_typed(text: str, place: tuple[int, int, int], tmp_path: Path) -> None:
    (found,) = build(tmp_path, text).diagnostics
    assert found.span
    assert (found.rule.code, found.span.line, found.span.column, found.span.end_column) == ("LS206", *place)


def test_a_place_under_a_short_tag_is_found(tmp_path: Path) -> None:
    text = "resources:\n  A:\n    Type: AWS::SNS::Topic\n    Properties: {DisplayName: !Sub ['${Nothing}', {B: a}]}\n"
    made = build(tmp_path, text)
    assert [line.split(" ")[1] for line in messages(made)] == ["6:51"]
