from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labspec.compiler import Options, compile_spec
from tests.building import HEAD, build, graph_of, messages

VPC = "vpcs: {net: {cidr: 10.0.0.0/16}}\n"


def files(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    return folder


def rejected(file: Path) -> str:
    """The one finding about a file, as `LS001 line:column message`."""
    (found,) = messages(compile_spec(str(file), Options()))
    return found


# ------------------------------------------------------------------ what is not a spec


@pytest.mark.parametrize(
    ("content", "finding"),
    [
        (b"", "LS016 1:1"),
        (b"- a\n", "LS016 1:1"),
        (b"labspec: 1\nname: \xff\n", "LS010 2:1"),
        (b"labspec: 1\x00\n", "LS001 1:1"),
        (b"labspec: 1\n\tname: x\n", "LS001 2:1"),
        (b"labspec: 1\nname: 'x\nvpcs: {}\n", "LS001 4:1"),
        (b"labspec: 1\nlabspec: 1\n", "LS002 2:1"),
        (b"labspec: 1\n---\nname: x\n", "LS003 2:1"),
        (b"labspec: 1\nx-a: &a {b: c}\nx-d: {<<: *a}\n", "LS003 3:7"),
        (b"labspec: 1\nname: !Ref x\n", "LS003 2:7"),
        (b"a: &a 1\nb: &a 2\n", "LS003 2:4"),
        (b"a: *b\n", "LS001 1:4"),
        (b"a: &a [*a]\n", "LS003 1:8"),
        (b"? [a]\n: b\n", "LS001 1:3"),
        (b"a: " + b"[" * 10_000, "LS004 1:67"),
        (b"\n".join(b" " * n + b"a:" for n in range(500)), "LS004 65:65"),
        (b"a: " + b"x" * (2 << 20), "LS010 1:1"),
    ],
)
def test_what_is_not_a_spec_is_refused_where_it_goes_wrong(content: bytes, finding: str, tmp_path: Path) -> None:
    file = tmp_path / "spec.yaml"
    file.write_bytes(content)
    assert rejected(file).startswith(finding)


@pytest.mark.parametrize("kind", ["wide", "deep"])
def test_aliases_cannot_exhaust_the_machine(kind: str, tmp_path: Path) -> None:
    repeated = "[*a{0}, *a{0}, *a{0}, *a{0}, *a{0}, *a{0}, *a{0}, *a{0}, *a{0}]" if kind == "wide" else "[*a{0}]"
    lines = [f"x-{n}: &a{n} {repeated.format(n - 1) if n else '[b]'}" for n in range(100)]
    assert messages(build(tmp_path, "labspec: 1\n" + "\n".join(lines)))[0].startswith("LS004")


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    file = tmp_path / "spec.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + (HEAD + VPC).encode())
    assert not compile_spec(str(file), Options()).diagnostics


def test_a_file_that_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for file in (tmp_path / "pipe", tmp_path, tmp_path / "absent.yaml"):
        assert rejected(file).startswith("LS010")


@pytest.mark.parametrize("name", ["../up.yaml", "/etc/hostname", "link.yaml", "", "absent.yaml"])
def test_a_path_cannot_leave_the_folder_of_its_file(name: str, tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    files(tmp_path, up=HEAD)
    (inner / "link.yaml").symlink_to(tmp_path / "up.yaml")
    files(inner, spec=f'{HEAD}include: ["{name}"]\n')
    assert rejected(inner / "spec.yaml").startswith("LS010 3:11")


def test_files_cannot_need_one_another_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    files(tmp_path, a="extends: ./b.yaml\n", b="include: sub/../a.yaml\n")
    assert rejected(tmp_path / "a.yaml").startswith("LS011 1:10")


# ------------------------------------------------------------------ extends, include, like


def test_a_document_is_laid_over_its_base(tmp_path: Path) -> None:
    base = (
        HEAD + "tags: {A: a, B: b}\nvpcs: {net: {cidr: 10.0.0.0/16, dns_support: false}, gone: {cidr: 10.1.0.0/16}}\n"
    )
    files(tmp_path, base=base)
    made = build(
        tmp_path,
        "labspec: 1\nextends: base.yaml\nname: over\ntags: {B: c}\nvpcs: {gone: null, net: {dns_support: true}}\n",
    )
    assert made.spec is not None
    assert made.spec.name == "over"
    assert {key: text.literal for key, text in made.spec.tags.items()} == {"A": "a", "B": "c"}
    assert list(made.spec.vpcs) == ["net"]
    assert made.spec.vpcs["net"].dns_support


def test_lists_replace(tmp_path: Path) -> None:
    files(tmp_path, base=HEAD + "vpcs: {net: {cidr: 10.0.0.0/16, zones: [a, b]}}\n")
    made = build(tmp_path, "labspec: 1\nextends: base.yaml\nvpcs: {net: {zones: [c]}}\n")
    assert made.spec is not None
    assert made.spec.vpcs["net"].zones == ("c",)


def test_a_null_in_a_raw_body_is_data(tmp_path: Path) -> None:
    raw = "resources: {Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: a, TopicName: b}}}\n"
    files(tmp_path, base=HEAD + raw)
    made = build(tmp_path, "labspec: 1\nextends: base.yaml\nresources: {Topic: {Properties: {DisplayName: null}}}\n")
    assert made.graph is not None
    assert made.graph.nodes["Topic"].body["Properties"] == {"DisplayName": None, "TopicName": "b"}


@pytest.mark.parametrize(
    ("patch", "finding"),
    [("vpcs: {nett: null}", "LS015 3:8"), ("vpcs: {net: web}", "LS012 3:13"), ("name: {a: b}", "LS012 3:7")],
)
def test_what_cannot_be_laid_over_is_refused(patch: str, finding: str, tmp_path: Path) -> None:
    files(tmp_path, base=HEAD + VPC)
    assert messages(build(tmp_path, f"labspec: 1\nextends: base.yaml\n{patch}\n"))[0].startswith(finding)


def test_of_an_included_file_only_sections_are_taken(tmp_path: Path) -> None:
    files(tmp_path, part="labspec: 1\nname: part\nregion: us-east-1\ntags: {A: a}\n" + VPC)
    made = build(tmp_path, "include: part.yaml\n")
    assert made.spec is not None
    assert (made.spec.name, made.spec.region, made.spec.tags, list(made.spec.vpcs)) == ("test", None, {}, ["net"])


def test_a_member_of_two_included_files_is_shown_in_both(tmp_path: Path) -> None:
    files(tmp_path, a=VPC, b="x-b: 1\n" + VPC)
    (found,) = build(tmp_path, "include: [a.yaml, b.yaml]\n").diagnostics
    assert found.span is not None
    assert found.related[0].span is not None
    places = {(Path(span.file).name, span.line) for span in (found.span, found.related[0].span)}
    assert places == {("a.yaml", 1), ("b.yaml", 2)}


def test_overlays_come_last_and_in_order(tmp_path: Path) -> None:
    files(tmp_path, one="name: one\n", two="name: two\n")
    overlays = [str(tmp_path / "one.yaml"), str(tmp_path / "two.yaml")]
    made = build(tmp_path, VPC, overlays=overlays)
    assert made.spec is not None
    assert made.spec.name == "two"


def test_like_begins_with_a_siblings_fields_but_not_with_its_identity(tmp_path: Path) -> None:
    text = (
        "vpcs:\n"
        "  a: {cidr: 10.0.0.0/16, was: old, dns_support: false, tags: {A: a, B: b}}\n"
        "  b: {like: a, cidr: 10.1.0.0/16, tags: {B: null}}\n"
        "  c: {like: b}\n"
    )
    graph = graph_of(tmp_path, text)
    assert {"OldVpc", "BVpc", "CVpc"} <= set(graph.nodes)
    copied = graph.nodes["CVpc"].body["Properties"]
    assert (copied["CidrBlock"], copied["EnableDnsSupport"]) == ("10.1.0.0/16", False)
    assert {tag["Key"] for tag in copied["Tags"]} == {"Name", "A"}


@pytest.mark.parametrize(("like", "finding"), [("bb", "LS014 3:13"), ("b", "LS014 4:13"), ("[a]", "LS014 3:13")])
def test_like_names_a_sibling_and_no_circle(like: str, finding: str, tmp_path: Path) -> None:
    text = f"vpcs:\n  a: {{like: {like}}}\n  b: {{like: a}}\n"
    assert messages(build(tmp_path, "labspec: 1\n" + text))[0].startswith(finding)


def test_a_mistake_that_was_copied_is_reported_once_where_it_was_written(tmp_path: Path) -> None:
    text = "vpcs:\n  a: {cidr: 10.0.0.0/33}\n  b: {like: a}\n"
    (found,) = messages(build(tmp_path, text))
    assert found.startswith("LS103 4:13")


def test_keys_of_the_users_own_are_left_alone(tmp_path: Path) -> None:
    assert not build(tmp_path, "x-own: {any: [thing]}\n" + VPC).diagnostics


# ------------------------------------------------------------------ whatever comes


SEED = (HEAD + VPC + "instances: {a: {subnet: x, setup: {commands: ['echo ${{ aws.region }}']}}}\n").encode()


@settings(max_examples=150)
@given(noise=st.binary(max_size=200), at=st.integers(0, len(SEED)), lost=st.integers(0, 20))
def test_no_text_makes_the_compiler_fail(
    noise: bytes, at: int, lost: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("fuzz") / "spec.yaml"
    for content in (noise, SEED[:at] + noise[:3] + SEED[at + lost :]):
        file.write_bytes(content)
        compile_spec(str(file), Options())
