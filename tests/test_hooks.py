"""What labspec offers to the repositories of others: the hooks for pre-commit, and the GitHub action."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.building import HEAD, NETWORK
from tests.schemas import published

ROOT = Path(__file__).parents[1]
FINE = HEAD + NETWORK
WRONG = FINE + "instances:\n  a: {subnet: dta-a, monitorin: basic}\n"


def loaded(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text("utf-8"))


@pytest.mark.parametrize(
    ("file", "schema"),
    [("action.yml", "github-action.json"), (".pre-commit-hooks.yaml", "pre-commit-hooks.json")],
)
def test_files_for_others_have_their_published_form(file: str, schema: str) -> None:
    jsonschema.Draft7Validator(published(schema)).validate(loaded(file))


def test_the_examples_for_others_have_the_form_of_what_they_are_for() -> None:
    """A workflow of GitHub's, a job of GitLab's, a configuration of pre-commit's, in this order."""
    page = (ROOT / "docs/ci.md").read_text("utf-8")
    examples = re.findall(r"^```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    for example, name in zip(examples, ("github-workflow.json", "ci.json", "pre-commit-config.json"), strict=True):
        schema = published(name)
        # YAML 1.1 takes a workflow's `on` for true, GitHub for a word.
        value = {"on" if key is True else key: inner for key, inner in yaml.safe_load(example).items()}
        jsonschema.validators.validator_for(schema)(schema).validate(value)
    assert all(f"| `{name}` |" in page for name in loaded("action.yml")["inputs"])


# ------------------------------------------------------------------ pre-commit


def git(folder: Path, *arguments: str) -> None:
    named = ("-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *named, *arguments], cwd=folder, check=True, capture_output=True)


def committed(folder: Path) -> None:
    for arguments in (["init"], ["add", "--all"], ["commit", "--message", "All"]):
        git(folder, *arguments)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This repository, as far as a hook needs it, as it is on the disk."""
    folder = tmp_path_factory.mktemp("labspec")
    shutil.copytree(ROOT / "labspec", folder / "labspec", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(ROOT / name, folder)
    committed(folder)
    return folder


def hook(name: str, repository: Path, project: Path) -> subprocess.CompletedProcess[str]:
    """Run a hook as pre-commit does, in an environment that it makes of the repository.

    What labspec depends on is that of the tests' own environment, so that nothing is fetched.
    """
    offline = {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0"}
    ours = {"PYTHONPATH": sysconfig.get_path("purelib"), "PRE_COMMIT_HOME": str(repository.parent / "pre-commit")}
    command = [sys.executable, "-m", "pre_commit", "try-repo", str(repository), name, "--all-files"]
    environment = {**os.environ, **offline, **ours}
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)


def test_hooks_check_and_fix_the_specs_of_a_repository(repository: Path, tmp_path: Path) -> None:
    """Those in `specs/`, not the files that they bring in."""
    (tmp_path / "specs/parts").mkdir(parents=True)
    (tmp_path / "specs/wrong.yaml").write_text(WRONG, "utf-8")
    (tmp_path / "specs/parts/part.yaml").write_text("no spec", "utf-8")
    committed(tmp_path)
    checked = hook("labspec-check", repository, tmp_path)
    assert checked.returncode == 1, checked.stderr
    assert "specs/wrong.yaml:13:" in checked.stdout
    assert "part.yaml" not in checked.stdout
    assert (tmp_path / "specs/wrong.yaml").read_text("utf-8") == WRONG
    fixed = hook("labspec-fix", repository, tmp_path)
    assert fixed.returncode == 1
    assert "files were modified by this hook" in fixed.stdout
    assert (tmp_path / "specs/wrong.yaml").read_text("utf-8") == WRONG.replace("monitorin:", "monitoring:")
    (tmp_path / "specs/wrong.yaml").write_text(FINE, "utf-8")
    assert hook("labspec-check", repository, tmp_path).returncode == 0


# ------------------------------------------------------------------ the GitHub action


def scripts() -> dict[str, str]:
    return {step["name"]: step["run"] for step in loaded("action.yml")["runs"]["steps"] if "run" in step}


@pytest.mark.parametrize("name", sorted(scripts()))
def test_the_scripts_of_the_action_are_sound(name: str) -> None:
    done = subprocess.run(
        ["shellcheck", "--shell=bash", "-"], input=scripts()[name], capture_output=True, text=True, check=False
    )
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("specs", "arguments", "status", "results"),
    [
        ("fine.yaml", "", 0, 0),
        ("*.yaml", "", 1, 2),
        ("fine.yaml wrong.yaml", "--overlay fine.yaml --no-validate", 1, 2),
        ("fine.yaml", "--lay-out flat", 2, None),
    ],
)
def test_the_action_annotates_and_leaves_a_report(
    specs: str, arguments: str, status: int, results: int | None, tmp_path: Path
) -> None:
    """Its script is run as GitHub runs it; what it installs stands in for itself."""
    (tmp_path / "labspec/bin").mkdir(parents=True)
    command = tmp_path / "labspec/bin/labspec"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m labspec.cli "$@"\n', "utf-8")
    command.chmod(0o755)
    (tmp_path / "fine.yaml").write_text(FINE, "utf-8")
    (tmp_path / "wrong.yaml").write_text(WRONG, "utf-8")
    given = {"RUNNER_TEMP": tmp_path, "GITHUB_OUTPUT": tmp_path / "output", "PYTHONPATH": ROOT}
    environment = {
        **os.environ,
        **{name: str(value) for name, value in given.items()},
        "SPECS": specs,
        "ARGS": arguments,
    }
    script = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", scripts()["Check the specs"]]
    done = subprocess.run(script, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stderr
    assert len([line for line in done.stdout.splitlines() if line.startswith("::error file=wrong.yaml")]) == (
        results or 0
    )
    if results is None:
        assert not (tmp_path / "output").exists()
        return
    output = (tmp_path / "output").read_text("utf-8").strip()
    assert output == f"sarif={tmp_path}/labspec.sarif"
    log = json.loads((tmp_path / "labspec.sarif").read_text("utf-8"))
    assert len(log["runs"][0]["results"]) == results


def test_the_action_reads_what_it_is_given() -> None:
    """Each input is used, and each script gets its own by its environment: an input cannot be taken for a command."""
    action = loaded("action.yml")
    steps = action["runs"]["steps"]
    used = " ".join(str({**step, "run": ""}) for step in steps)
    assert all(f"inputs.{name} " in used for name in action["inputs"])
    assert not any("${{" in script for script in scripts().values())
