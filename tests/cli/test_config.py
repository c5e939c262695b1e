"""`labspec config`."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from labspec.cli import main
from labspec.compiler import Build, Options, compile_spec
from labspec.scalar import Scalar, Style
from labspec.write import to_spec
from labspec.yaml_tree import parse

ROOT = Path(__file__).parents[2]
SPECS = [*sorted(ROOT.glob("specs/*.yaml")), *sorted(ROOT.glob("tests/golden/*/spec.yaml"))]
HEAD = "labspec: 1\nname: test\n"


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What `config` prints."""
    assert main(["config", *arguments]) == 0
    return capsys.readouterr().out


def without_notes(text: str) -> str:
    """A long form without the notes of where things came from, which its own long form cannot have."""
    return re.sub(r"  # (from \S+:\d+|like [A-Za-z0-9-]+)(, like [A-Za-z0-9-]+)?$", "", text, flags=re.MULTILINE)


def essence(build: Build) -> tuple[object, ...]:
    """The resources, and what the template asks for and tells."""
    assert build.graph is not None, build.diagnostics
    (stack,) = build.stacks
    bodies = {node.id: (node.type, node.body) for node in build.graph.nodes.values()}
    return bodies, stack.template.get("Parameters"), stack.template.get("Outputs"), stack.template.get("Conditions")


@pytest.mark.parametrize("spec", SPECS, ids=[f"{spec.parent.name}-{spec.stem}" for spec in SPECS])
def test_the_long_form_compiles_to_the_same(spec: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Saved beside the spec, it makes the same resources, and its own long form is the same text."""
    folder = tmp_path / "copy"
    shutil.copytree(spec.parent, folder, ignore=shutil.ignore_patterns("expected"))
    long = folder / "long.yaml"
    long.write_text(printed(capsys, str(folder / spec.name)), "utf-8")
    options = Options("flat")
    assert essence(compile_spec(str(long), options)) == essence(compile_spec(str(spec), options))
    assert printed(capsys, str(long)) == without_notes(long.read_text("utf-8"))


def test_files_overlays_and_variables_are_gone_into_the_result(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What came from elsewhere says so, short forms are written out, and file names are seen from the spec's folder."""
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts/page.php").write_text("page", "utf-8")
    (tmp_path / "parts/machine.yaml").write_text(
        HEAD + "instances:\n"
        "  web: {subnet: public-a, setup: {packages: httpd, files: {/var/www/a.php: {source: page.php}}}}\n",
        "utf-8",
    )
    (tmp_path / "base.yaml").write_text(
        HEAD + "region: us-east-1\nvpcs:\n  net:\n    cidr: 10.0.0.0/16\n"
        "    subnets:\n      public-a: {zone: a, cidr: 10.0.1.0/24, access: public}\n",
        "utf-8",
    )
    (tmp_path / "spec.yaml").write_text(
        "extends: base.yaml\ninclude: parts/machine.yaml\nx-mine: 1\nvariables:\n  stage: dev\n"
        "tags: {Stage: '${{ variables.stage }}', Quoted: \"007\", Plain: 007}\n"
        "instances:\n  twin: {like: web, type: t3.small}\n",
        "utf-8",
    )
    (tmp_path / "over.yaml").write_text("instances:\n  web: {storage: 20GiB}\n", "utf-8")
    spec, overlay = str(tmp_path / "spec.yaml"), str(tmp_path / "over.yaml")
    assert (
        printed(capsys, spec, "--overlay", overlay, "--set", "stage=a=b")
        == (
            """\
labspec: 1  # from base.yaml:1
name: test  # from base.yaml:2
region: us-east-1  # from base.yaml:3

vpcs:
  net:  # from base.yaml:5
    cidr: 10.0.0.0/16
    subnets:
      public-a:
        zone: a
        cidr: 10.0.1.0/24
        access: public

instances:
  web:  # from over.yaml:2
    subnet: public-a  # from parts/machine.yaml:4
    setup:  # from parts/machine.yaml:4
      packages: [httpd]
      files:
        /var/www/a.php:
          source: parts/page.php
    storage:
      size: 20GiB
  twin:  # like web
    subnet: public-a  # from parts/machine.yaml:4
    setup:  # from parts/machine.yaml:4
      packages: [httpd]
      files:
        /var/www/a.php:
          source: parts/page.php
    storage:  # from over.yaml:2
      size: 20GiB
    type: t3.small

tags:
  Stage: "a=b"
  Quoted: "007"
  Plain: 007

"""
        ).rstrip("\n")
        + "\n"
    )


def test_scalars_stay_what_they_were_typed_as(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Text that YAML would read otherwise is quoted, texts of several lines are blocks, raw bodies keep their types."""
    (tmp_path / "spec.yaml").write_text(
        HEAD + "variables: {size: '5', colon: 'a: '}\ntags:\n  Colon: 'a: b'\n  Hash: 'a #b'\n  Empty: ''\n"
        "  Lines: |-\n    one\n\n      two\n  Kept: |+\n    one\n\n  Tilde: '~'\n"
        "  Filled: ${{ variables.colon }}b\n"
        "resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties:\n"
        "      DelaySeconds: 7\n      FifoQueue: true\n      QueueName: '12'\n"
        "      KmsMasterKeyId: ${{ variables.size }}\n"
        "      Tags: [{Key: a, Value: !Sub 'x-${AWS::Region}'}]\n",
        "utf-8",
    )
    text = printed(capsys, str(tmp_path / "spec.yaml"))
    assert text.split("\n\n", 1)[1] == (
        """\
tags:
  Colon: "a: b"
  Hash: "a #b"
  Empty: ""
  Lines: |-
    one

      two
  Kept: |+
    one

  Tilde: "~"
  Filled: "a: b"

resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      DelaySeconds: 7
      FifoQueue: true
      QueueName: "12"
      KmsMasterKeyId: "5"
      Tags:
        - Key: a
          Value:
            Fn::Sub: "x-${AWS::Region}"
"""
    )
    long = tmp_path / "long.yaml"
    long.write_text(text, "utf-8")
    options = Options("flat")
    assert essence(compile_spec(str(long), options)) == essence(compile_spec(str(tmp_path / "spec.yaml"), options))
    assert printed(capsys, str(long)) == text


def test_a_body_in_the_place_of_a_name_gets_its_section(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(ROOT / "tests/golden/bodies_in_the_place_of_names", tmp_path / "copy")
    text = printed(capsys, str(tmp_path / "copy/spec.yaml"))
    assert re.search(r"^    launch_template: [a-z0-9-]+$", text, re.MULTILINE)
    assert "\nlaunch_templates:\n" in text


def test_several_specs_have_headings(capsys: pytest.CaptureFixture[str]) -> None:
    one, other = str(ROOT / "specs/minimal.yaml"), str(ROOT / "specs/cheap.yaml")
    text = printed(capsys, one, other)
    assert text.startswith(f"# ---- {one}\nlabspec: 1\n")
    assert f"\n# ---- {other}\nlabspec: 1" in text


def test_a_variable_stays_only_where_a_file_uses_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "run.sh").write_text("workers=${{ variables.workers }}", "utf-8")
    (tmp_path / "spec.yaml").write_text(
        HEAD + "variables: {workers: {default: '4', one_of: ['4', '8']}, stage: dev}\n"
        "tags: {Stage: '${{ variables.stage }}'}\n"
        "vpcs: {net: {cidr: 10.0.0.0/16, subnets: {a: {zone: a, cidr: 10.0.1.0/24, access: public}}}}\n"
        "instances: {web: {subnet: a, public_ip: true, user_data: {source: run.sh, render: true}}}\n",
        "utf-8",
    )
    text = printed(capsys, str(tmp_path / "spec.yaml"), "--set", "workers=8")
    assert '\nvariables:\n  workers:\n    default: "8"\n\n' in text
    assert "  Stage: dev\n" in text


def test_a_spec_with_errors_has_no_long_form(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """They are reported as by any command."""
    (tmp_path / "spec.yaml").write_text(HEAD + "vpcs: {net: {cird: 10.0.0.0/16}}\n", "utf-8")
    assert main(["config", str(tmp_path / "spec.yaml")]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "LS101" in said.err
    assert "Did you mean `cidr`?" in said.err


TEXT = st.text(st.sampled_from("ab1 :#-'\"\\\n\t{}[],&*!|>%@`~é\u2028😀"), max_size=12)


@given(st.recursive(TEXT, lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(TEXT, inner)))
def test_any_text_reads_back(value: object) -> None:
    """Whatever a text holds, YAML reads what was written: as a key, in a list, behind a colon."""
    text = to_spec({"x-value": value}, {})
    assert yaml.load(text, Loader=yaml.BaseLoader) == {"x-value": value}
    assert parse(text, "spec.yaml")[1] == []


@given(st.text(st.sampled_from("0123456789abcdefxot.+-_:~yesnul"), max_size=5))
def test_text_in_a_raw_body_is_no_number(text: str) -> None:
    assert yaml.safe_load(to_spec({"x-value": [text], "x-other": text}, {})) == {"x-value": [text], "x-other": text}


@given(TEXT, st.sampled_from(["plain", "quoted", "block"]))
def test_a_scalar_reads_back_as_it_was_typed(text: str, style: Style) -> None:
    """The words of the language see the same text, and empty or null only where nothing or a null was written."""
    read = parse(to_spec({"x-value": Scalar(text, style)}, {}), "spec.yaml")[0].entries["x-value"]
    assert read.value == text
    assert not read.is_null
    assert not read.is_empty
