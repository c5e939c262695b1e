"""Every spec of the project deploys, stands there as it says, can be changed, and leaves nothing behind."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import pytest

from labspec.cli import main
from labspec.compiler import Build, Options, compile_spec
from tests.emulated.account import BUCKET, REGION, ROOT, Stacks, standing
from tests.emulated.described import described
from tests.emulated.site import ROUTE, SITE, deploy
from tests.joining import joined_of, things

ADMIN = {"AdminCidr": "203.0.113.7/32"}
CASES = [(path, form) for path in sorted((ROOT / "specs").glob("*.yaml")) for form in ("nested", "flat")]
LABSPEC = Path(sys.executable).parent / "labspec"


def values_of(build: Build) -> dict[str, str]:
    assert build.spec
    return {name: value for name, value in ADMIN.items() if name in build.spec.parameters}


def commands(*each: list[str]) -> list[str]:
    """What commands print that run at the same time, each in a process of its own."""

    def run(command: list[str]) -> str:
        done = subprocess.run([LABSPEC, *command], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        return done.stdout

    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(run, each))


def expected(build: Build) -> Counter[str]:
    return described(things(joined_of(build, {**defaults(build), **values_of(build), "AWS::Region": REGION})))


def defaults(build: Build) -> dict[str, Any]:
    parameters = build.stacks[0].template.get("Parameters", {})
    return {name: body["Default"] for name, body in parameters.items() if "Default" in body}


def test_all_that_the_specs_describe_stands_there_and_nothing_of_it_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    before = standing()
    deploys, wanted = [], Counter[str]()
    for path, form in CASES:
        build = compile_spec(str(path.relative_to(ROOT)), Options(layout=form))  # type: ignore[arg-type]
        wanted += expected(build)
        to = ["--stack", f"{form}-{path.stem}", "--layout", form, "--bucket", BUCKET, "--create-bucket"]
        given = [f"--parameter={name}={value}" for name, value in values_of(build).items()]
        deploys.append(["deploy", str(path), *to, *given, "--yes", "--no-validate"])
    names = [f"{form}-{path.stem}" for path, form in CASES]
    for name, said in zip(names, commands(*deploys), strict=True):
        assert f"\nThe stack `{name}` is CREATE_COMPLETE.\n" in said
    there = standing()
    assert (there - before - wanted, wanted - (there - before)) == (Counter(), Counter())
    content = {path.name: path.read_bytes() for path in (ROOT / "specs/files/site").iterdir()}
    filled = [held for name, held in _buckets().items() if name != BUCKET]
    assert filled == [content] * wanted["bucket"]
    for said in commands(*(["destroy", name, "--yes"] for name in names)):
        assert re.search(r"^The stack `\S+` is gone.$", said, re.MULTILINE)
    assert standing() == before


def test_nothing_is_changed_that_nobody_agreed_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec, before = tmp_path / "site.yaml", standing()
    spec.write_text(SITE, "utf-8")
    assert deploy(spec) == 1
    assert "Add `--parameter AdminCidr=VALUE`." in capsys.readouterr().err
    admin = ["--parameter", "AdminCidr=10.0.0.0/8"]
    carry_out = "aws cloudformation execute-change-set"
    for asked, status, said in ([], 1, "Nothing was changed"), (["--no-execute"], 0, carry_out):
        assert deploy(spec, *admin, *asked) == status
        shown = capsys.readouterr()
        assert said in shown.err + shown.out
        assert re.search(r"^[1-9]\d* to add, 0 to change, 0 to replace, 0 to remove.$", shown.out, re.MULTILINE)
        assert standing() == before
    assert deploy(spec, *admin, "--yes") == 0
    capsys.readouterr()
    assert deploy(spec, "--yes") == 0
    assert "The stack `site` is as it is described: nothing changes." in capsys.readouterr().out
    spec.write_text(SITE.replace("name: site", "name: blog"), "utf-8")
    assert deploy(spec, "--yes") == 1
    assert "belongs to the spec `site`, and this is `blog`" in capsys.readouterr().err
    Stacks().delete("site")
    assert standing() == before


def test_a_failure_is_told_by_what_failed_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """CloudFormation rolls back, and a stack that was never whole takes no other change."""
    spec, before = tmp_path / "site.yaml", standing()
    spec.write_text(f"{SITE}resources:\n  Stray: {{Type: AWS::EC2::Route, Properties: {ROUTE}}}\n", "utf-8")
    for layout in ("nested", "flat"):
        assert deploy(spec, "--yes", "--layout", layout, "--parameter", "AdminCidr=10.0.0.0/8") == 1
        assert re.search(r"`.*Stray` .* could not be created:", capsys.readouterr().err)
        assert deploy(spec, "--yes", "--layout", layout) == 1
        assert "takes no change: it is ROLLBACK_COMPLETE." in capsys.readouterr().err
        Stacks().delete("site")
        assert standing() == before


@pytest.mark.parametrize("form", ["nested", "flat"])
@pytest.mark.parametrize(
    "edit",
    [
        ("a parameter", "", ""),
        (
            "a subnet more",
            "    subnets:\n",
            "    subnets:\n      more: {zone: a, cidr: 10.0.64.0/24, access: isolated}\n",
        ),
        ("a machine less", "  old: {subnet: app-c, ingress: {ssh: {port: 22, from: net}}}\n", ""),
        ("another port", "port: 22, from: AdminCidr", "port: 443, from: AdminCidr"),
    ],
    ids=lambda edit: edit[0].replace(" ", "-"),
)
def test_a_change_makes_of_what_stands_there_what_is_described(
    edit: tuple[str, str, str], form: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec, (_, old, new), stacks, before = tmp_path / "site.yaml", edit, Stacks(), standing()
    for kind, text, admin in (("CREATE", SITE, "10.9.0.0/16"), ("UPDATE", SITE.replace(old, new), "10.8.0.0/16")):
        spec.write_text(text, "utf-8")
        build = compile_spec(str(spec), Options(layout=form))
        assert deploy(spec, "--yes", "--layout", form, "--parameter", f"AdminCidr={admin}") == 0
        assert f"The stack `site` is {kind}_COMPLETE." in capsys.readouterr().out
        there = {"AdminCidr": admin, "AWS::Region": REGION}
        assert standing() - before == described(things(joined_of(build, {**defaults(build), **there})))
    stacks.delete("site")
    assert standing() == before


def _buckets() -> dict[str, dict[str, bytes]]:
    """What every bucket holds, by S3's word."""
    s3: Any = boto3.resource("s3")
    return {
        bucket.name: {each.key: each.get()["Body"].read() for each in bucket.objects.all()}
        for bucket in s3.buckets.all()
    }


def test_status_shows_every_stack_and_what_is_odd_of_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "site"]) == 1
    assert "There is no stack `site`." in capsys.readouterr().err
    spec = tmp_path / "site.yaml"
    spec.write_text(SITE, "utf-8")
    assert deploy(spec, "--yes", "--parameter", "AdminCidr=10.0.0.0/8") == 0
    capsys.readouterr()
    assert main(["status", "site"]) == 0
    root, *nested = capsys.readouterr().out.splitlines()
    assert root == "site: CREATE_COMPLETE"
    assert "  StorageStack: CREATE_COMPLETE, 3 resources" in nested
    Stacks().delete("site")
