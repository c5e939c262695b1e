"""A stack that stands is compared with what its spec says now, through its nested stacks."""

from __future__ import annotations

from pathlib import Path

import pytest

from labspec.cli import main
from tests.emulated.account import Stacks
from tests.emulated.site import SITE, deploy


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """A spec that is deployed as the stack `site`."""
    file = tmp_path / "site.yaml"
    file.write_text(SITE, "utf-8")
    assert deploy(file, "--yes", "--parameter", "AdminCidr=10.0.0.0/8", "--parameter", "Port=8080") == 0
    return file


def test_a_stack_that_stands(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["diff", "--stack", "site", str(spec), "--exit-code"]) == 0
    assert capsys.readouterr().out.startswith("Nothing changes; ")
    spec.write_text(SITE.replace("10.0.0.0/16", "10.0.0.0/17").replace("  old: {", "  new: {"), "utf-8")
    assert main(["diff", "--stack", "site", str(spec), "--exit-code"]) == 5
    said = capsys.readouterr().out
    assert "CidrBlock: 10.0.0.0/16 -> 10.0.0.0/17  # forces replacement" in said
    assert "  -   OldInstance (AWS::EC2::Instance)  stack site: ComputeStack/stack.template:" in said
    assert "Not known" not in said
    assert main(["diff", "--stack", "site", str(spec), "--parameter", "AdminCidr=10.9.0.0/16"]) == 0
    assert "CidrIp: 10.0.0.0/8 -> 10.9.0.0/16  # forces replacement" in capsys.readouterr().out
    Stacks().delete("site")


def test_no_such_stack(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = tmp_path / "site.yaml"
    spec.write_text(SITE, "utf-8")
    assert main(["diff", "--stack", "nobody", str(spec)]) == 1
    assert "error[LS701]: There is no stack `nobody`." in capsys.readouterr().err
    assert main(["diff", "--stack", "nobody", str(spec), str(spec)]) == 2
    assert main(["diff", str(spec)]) == 2
