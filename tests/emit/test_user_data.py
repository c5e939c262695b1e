"""User data is limited by EC2, and what is over the limit is told before it is sent."""

from __future__ import annotations

import hashlib
from pathlib import Path
from textwrap import dedent

import pytest

from tests.building import NETWORK, build, graph_of, messages

SPEC = """\
instances:
  server:
    subnet: public-a
    public_ip: true
    setup: {files: {/srv/small.txt: {text: hello}, /srv/large.bin: {source: large.bin}}}
"""


def noise(size: int) -> bytes:
    """Bytes that no compression makes fewer."""
    return b"".join(hashlib.sha256(str(part).encode()).digest() for part in range(size // 32))


def test_user_data_over_16_kb_is_an_error_that_names_the_large_files(tmp_path: Path) -> None:
    (tmp_path / "large.bin").write_bytes(noise(20_000))
    made = build(tmp_path, NETWORK + SPEC, has_bucket=False)
    (told,) = messages(made)
    assert told.startswith("LS403 ")
    assert "`server`" in told
    assert "/srv/large.bin" in made.diagnostics[0].help


@pytest.mark.parametrize(("size", "codes"), [(16_384, []), (16_385, ["LS403"])])
def test_user_data_may_have_16_kb_and_not_a_byte_more(size: int, codes: list[str], tmp_path: Path) -> None:
    (tmp_path / "script.sh").write_text("#!/bin/bash\n".ljust(size, "#"), "utf-8")
    machine = "instances: {server: {subnet: public-a, public_ip: true, user_data: {source: script.sh}}}\n"
    assert [found.rule.code for found in build(tmp_path, NETWORK + machine, has_bucket=False).diagnostics] == codes


def test_user_data_under_the_limit_is_fine(tmp_path: Path) -> None:
    (tmp_path / "large.bin").write_bytes(noise(2_000))
    assert messages(build(tmp_path, NETWORK + SPEC)) == []


def test_what_a_machine_mounts_and_reads_keeps_its_name_beside_parameters_of_that_name(tmp_path: Path) -> None:
    text = """\
    parameters: {SharedId: {type: text}}
    file_systems: {shared: {subnets: [public-a], ingress: {nfs: {port: 2049, from: server}}}}
    instances:
      server:
        subnet: public-a
        public_ip: true
        ingress: {}
        mounts: {/mnt: shared}
        setup: {commands: ["echo ${{ SharedId }}"]}
    """
    body = graph_of(tmp_path, NETWORK + dedent(text)).nodes["ServerLaunchTemplate"].body
    script, variables = body["Properties"]["LaunchTemplateData"]["UserData"]["Fn::Base64"]["Fn::Sub"]
    names = {value["Ref"]: name for name, value in variables.items()}
    mounted, echoed = names["SharedFileSystem"], names["SharedId"]
    assert f"echo ${{{echoed}}}" in script
    assert f"${{{mounted}}}" in script
