"""`why` finds what failed by the events of stacks that a server made, also of those that it has deleted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from labspec.cli import main
from tests.emulated.account import Stacks, standing
from tests.emulated.site import ROUTE, SITE, deploy

STRAY = f"resources:\n  Stray: {{Type: AWS::EC2::Route, Properties: {ROUTE}}}\n"
SHOWN = r"""error\[LS702\]: `{place}Stray` \(AWS::EC2::Route, of `resources.Stray`\) could not be {verb}: .*rtb-0.*
 *--> .*site.yaml:{line}:3
 *\|
{line} \|   Stray: .*
 *\|   \^\^\^\^\^
 *= help: It, or what it names, was removed outside the stack or never was there: bring it back, or name another\. {way}
 *= note: The stack `site` is {status}\.

labspec: 1 error\.
"""


@pytest.mark.parametrize("layout", ["nested", "flat"])
def test_the_line_behind_what_failed_is_shown(layout: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec, before = tmp_path / "site.yaml", standing()
    line = len(SITE.splitlines()) + 2
    place = "[A-Za-z]+Stack/" if layout == "nested" else ""
    wanted = ["--yes", "--layout", layout, "--parameter", "AdminCidr=10.0.0.0/8"]
    spec.write_text(SITE + STRAY, "utf-8")
    assert deploy(spec, *wanted) == 1
    at_once = capsys.readouterr().err
    shown = {"place": place, "line": line, "verb": "created", "status": "ROLLBACK_COMPLETE", "way": "Destroy the.*"}
    assert re.fullmatch(SHOWN.format(**shown), found := why(spec, 1, capsys))
    assert at_once.partition("error")[2] == found.partition("error")[2].replace("1 error", "1 error, 1 hint")
    Stacks().delete("site")
    spec.write_text(SITE, "utf-8")
    assert deploy(spec, *wanted) == 0
    assert why(spec, 0, capsys) == "The stack `site` is CREATE_COMPLETE: nothing failed.\n"
    spec.write_text(SITE + STRAY, "utf-8")
    assert deploy(spec, *wanted) == 1
    shown |= {
        "verb": "(created|changed)",
        "status": "UPDATE_ROLLBACK_COMPLETE",
        "way": "The stack is as it was before\\.",
    }
    assert re.fullmatch(SHOWN.format(**shown), why(spec, 1, capsys))
    Stacks().delete("site")
    assert standing() == before


def why(spec: Path, status: int, capsys: pytest.CaptureFixture[str]) -> str:
    """What is said of the stack `site`, on whichever stream."""
    capsys.readouterr()
    assert main(["why", "site", "--spec", str(spec)]) == status
    said = capsys.readouterr()
    return said.err or said.out
