"""What commands print, and their exit status: 0 fine and warnings, 1 errors, 2 wrong usage, 3 our own failure."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from labspec.cli import COMMANDS, main
from tests.building import HEAD, NETWORK

ROOT = Path(__file__).parents[1]
NAMES = sorted(command.__name__.rpartition(".")[2] for command in COMMANDS)

FINE = HEAD + NETWORK
WARNED = FINE + "instances:\n  server: {subnet: data-a, setup: {commands: [id]}}\n"
WRONG = FINE + "instances:\n  server: {subnet: dta-a}\n"


@pytest.fixture(autouse=True)
def specs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with a spec that is fine, one that is warned of, and one that is wrong."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name, text in {"fine": FINE, "warned": WARNED, "wrong": WRONG}.items():
        (tmp_path / f"{name}.yaml").write_text(text, "utf-8")


# ------------------------------------------------------------------ help


@pytest.mark.parametrize("name", NAMES)
def test_help_of_every_command_shows_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([name, "--help"])
    assert stopped.value.code == 0
    assert f"Example: labspec {name}" in capsys.readouterr().out


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a command, help is shown, and that is wrong usage."""
    assert main([]) == 2
    shown = capsys.readouterr().out
    assert all(re.search(rf"^ +{name}\b", shown, re.MULTILINE) for name in NAMES)


def test_help_imports_nothing_heavy() -> None:
    heavy = (
        "pydantic",
        "yaml",
        "troposphere",
        "cfnlint",
        "cloudformation_validate",
        "rich",
        "rapidfuzz",
        "boto3",
        "json",
    )
    assert not _imported(["--help"]) & {*heavy, "labspec.compiler", "labspec.diagnostic", "labspec.report"}


def test_build_imports_no_more_than_it_uses() -> None:
    """Neither cfn-lint nor the terminal's colours nor the reference, and no form of report that nobody asked for."""
    imported = _imported(["build", "fine.yaml", "--no-validate"])
    assert "labspec.compiler" in imported
    assert not imported & {"cfnlint", "cloudformation_validate", "rich", "boto3", "platformdirs"}
    assert not imported & {"labspec.reference", "labspec.report.forms"}


def _imported(arguments: list[str]) -> set[str]:
    code = (
        "import sys\nfrom labspec.cli import main\n"
        f"try: main({arguments!r})\nexcept SystemExit: pass\n"
        "print('\\n'.join(sys.modules), file=sys.stderr)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    return set(done.stderr.splitlines())


# ------------------------------------------------------------------ exit statuses


@pytest.mark.parametrize("command", ["build", "check"])
@pytest.mark.parametrize(("spec", "status"), [("fine", 0), ("warned", 0), ("wrong", 1), ("absent", 1)])
def test_errors_fail_and_warnings_do_not(command: str, spec: str, status: int) -> None:
    assert main([command, f"{spec}.yaml", "--no-validate"]) == status


def test_lint_fails_on_errors_of_the_linters(tmp_path: Path) -> None:
    wrong = 'resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties: {DelaySeconds: "soon"}\n'
    (tmp_path / "linted.yaml").write_text(FINE + wrong, "utf-8")
    assert main(["lint", "linted.yaml"]) == 1
    assert main(["lint", "fine.yaml"]) == 0


@pytest.mark.parametrize("arguments", [["bild"], ["build"], ["build", "fine.yaml", "--layout", "round"]])
def test_wrong_usage_is_status_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["fine.yaml", "warned.yaml", "--out", "out"], "--out takes one spec at a time"),
        (["fine.yaml", "other/fine.yaml"], "two of these specs would be written to out/fine"),
    ],
)
def test_one_directory_is_not_for_several_specs(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["build", *arguments]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("out", [".", "..", "/"])
def test_the_output_has_a_directory_of_its_own(out: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The command that `build` ends with would copy everything in it."""
    assert main(["build", "fine.yaml", "--out", out]) == 2
    assert "the output needs a directory of its own" in capsys.readouterr().err
    assert not (tmp_path / "root.yaml").exists()


def test_our_own_failure_is_status_3_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says that it is ours, and shows where it happened only when asked."""

    def broken(*_: object) -> None:
        raise RuntimeError("something gave way")

    monkeypatch.setattr("labspec.compiler.compile_spec", broken)
    assert main(["check", "fine.yaml"]) == 3
    said = capsys.readouterr().err
    assert "our mistake, not yours (RuntimeError: something gave way)" in said
    assert "Traceback" not in said
    assert main(["check", "fine.yaml", "-v"]) == 3
    assert "Traceback" in capsys.readouterr().err


def test_an_interruption_is_no_failure_of_ours(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("labspec.compiler.compile_spec", interrupted)
    assert main(["check", "fine.yaml"]) == 130
    assert capsys.readouterr().err == "labspec: interrupted; nothing was changed.\n"


# ------------------------------------------------------------------ what is printed


def test_build_tells_what_it_wrote_and_what_comes_next(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Directory, resources, stacks, time, what the validator said, and the command to go on with."""
    assert main(["build", "fine.yaml"]) == 0
    first, *following = capsys.readouterr().out.splitlines()
    shape = r"out/fine/ written: \d+ resources in 2 stacks, in \d+\.\d s; cloudformation-validate found nothing\."
    assert re.fullmatch(shape, first)
    assert following[0].startswith("Next: copy the templates")
    assert re.fullmatch(r"  aws s3 cp out/fine s3://BUCKET/labspec/[0-9a-f]{16}/ --recursive .*", following[1])
    assert "out/fine/root.yaml" in following[2]


@pytest.mark.parametrize(
    ("arguments", "following"),
    [
        (["--layout", "flat"], "Next: upload out/fine-flat/flat.yaml"),
        (["--template-urls", "relative"], "Next: aws cloudformation package --template-file out/fine/root.yaml"),
        (["--format", "json", "--out", "here"], "  Create stack with here/root.json"),
        (["--out", "in here"], "  aws s3 cp 'in here' s3://BUCKET/"),
        (
            ["--template-urls", "relative", "--out", "in here"],
            "Next: aws cloudformation package --template-file 'in here/root.yaml' ",
        ),
    ],
)
def test_the_next_step_fits_what_was_built(
    arguments: list[str], following: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["build", "fine.yaml", "--no-validate", *arguments]) == 0
    said = capsys.readouterr().out
    assert "; not validated." in said
    assert following in said


def test_a_template_that_is_too_large_for_a_call_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    arguments = ["build", "fine.yaml", "--no-validate", "--layout", "flat"]
    assert main(arguments) == 0
    size = (tmp_path / "out/fine-flat/flat.yaml").stat().st_size
    for most, told in ((size, False), (size - 1, True)):
        monkeypatch.setattr("labspec.cli.build.DIRECT", most)
        capsys.readouterr()
        assert main(arguments) == 0
        assert ("the AWS CLI needs a bucket" in capsys.readouterr().out) == told


def test_a_validator_that_found_something_did_not_find_nothing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    unused = "parameters:\n  Unused: {type: text, default: x}\n"
    (tmp_path / "unused.yaml").write_text(FINE + unused, "utf-8")
    assert main(["build", "unused.yaml"]) == 0
    assert "cloudformation-validate found 1 warning." in capsys.readouterr().out


def test_in_a_pipe_there_is_no_progress_and_no_colour(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "fine.yaml"]) == 0
    said = capsys.readouterr()
    assert "\x1b" not in said.out
    assert said.err == ""


def test_quiet_prints_findings_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "fine.yaml", "warned.yaml", "-q", "--no-validate"]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert "warning[LS375]" in said.err
    assert "labspec: warned.yaml: 1 warning." in said.err


def test_specs_are_independent(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """One that is wrong does not keep the others from being built, and the status tells of it."""
    assert main(["build", "wrong.yaml", "fine.yaml", "--no-validate"]) == 1
    assert not (tmp_path / "out/wrong").exists()
    assert (tmp_path / "out/fine/manifest.json").exists()
    assert "labspec: wrong.yaml: 1 error." in capsys.readouterr().err


def test_build_check_compares_and_writes_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["build", "fine.yaml", "--check", "--no-validate"]) == 1
    assert "LS512" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    assert main(["build", "fine.yaml", "--no-validate"]) == 0
    assert main(["build", "fine.yaml", "--check", "--no-validate"]) == 0
    assert "out/fine/ is what the spec compiles to" in capsys.readouterr().out


def test_build_refuses_what_is_not_its_own(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A file that no build made is not replaced, and a directory that is none is not written to."""
    (tmp_path / "out/fine").mkdir(parents=True)
    (tmp_path / "out/fine/root.yaml").write_text("mine", "utf-8")
    assert main(["build", "fine.yaml", "--no-validate"]) == 1
    assert "LS511" in capsys.readouterr().err
    assert (tmp_path / "out/fine/root.yaml").read_text("utf-8") == "mine"
    assert main(["build", "fine.yaml", "--no-validate", "--out", "fine.yaml"]) == 1
    assert "LS510" in capsys.readouterr().err
    assert (tmp_path / "fine.yaml").read_text("utf-8") == FINE


def test_timings_tell_of_each_stage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "fine.yaml", "--timings", "--no-validate"]) == 0
    stages = re.findall(r"^ +(\w+) +\d+\.\d ms$", capsys.readouterr().err, re.MULTILINE)
    assert stages == ["source", "model", "link", "check", "emit", "layout", "write", "prove"]


@pytest.mark.parametrize(
    ("shell", "status", "said"),
    [
        ("PYTHONIOENCODING=ascii labspec init '\uc2e4\uc2b5' ", 0, r"\uc2e4\uc2b5"),
        ("labspec explain LS101 > /dev/full", 2, "No space left on device"),
        ("labspec check broken.yaml 2>&-", 1, ""),
        ("labspec check fine.yaml >&-", 0, ""),
        ("mkdir gone && cd gone && rmdir ../gone && labspec check x.yaml", 2, "No such file or directory"),
        ("labspec check $'\\xff.yaml' --report json=report.json; cat report.json", 0, r"\udcff.yaml"),
    ],
)
def test_what_the_system_refuses_is_no_mistake_of_ours(shell: str, status: int, said: str, tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("vpcs: 1\n", "utf-8")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, "mistake" in done.stderr) == (status, False), done.stderr
    assert said in done.stdout + done.stderr


def test_lint_reads_a_directory_of_templates(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "fine.yaml", "--template-urls", "relative", "-q"]) == 0
    assert main(["lint", "out/fine"]) == 0
    assert capsys.readouterr().out.startswith("out/fine: 2 templates.")


def test_lint_shows_each_template_where_it_lies_and_tells_those_that_it_cannot_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "made"
    folder.mkdir()
    (folder / "a.yaml").write_text("Resources: {A: {Type: AWS::SNS::Topic, Properties: {TopicNam: a}}}\n", "utf-8")
    (folder / "b.yaml").write_bytes(b"\xff\xfe")
    (folder / "c.yaml").mkdir()
    (folder / "d.yaml").symlink_to("nowhere")
    os.mkfifo(folder / "e.yaml")
    assert main(["lint", "made"]) == 1
    told = re.findall(r"error\[(\w+)\]: .*\n +--> (\S+)", capsys.readouterr().err)
    unreadable = [("LS010", f"made/{name}.yaml:1:1") for name in "bcde"]
    assert told == [("LS602", "made/a.yaml:1:53"), *unreadable]


@pytest.mark.parametrize(("options", "kept"), [([], True), (["--no-cache"], False)])
def test_answers_of_the_linters_are_kept_unless_told_otherwise(options: list[str], kept: bool, tmp_path: Path) -> None:
    assert main(["check", "fine.yaml", *options]) == 0
    assert (tmp_path / "cache").exists() == kept


def test_long_work_shows_that_it_goes_on() -> None:
    """On a terminal a line says what takes long; it needs no more than a terminal behind standard error."""
    main_end, its_end = pty.openpty()
    command = [sys.executable, "-m", "labspec.cli", "check", "fine.yaml", "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=its_end, env=environment) as process:
        os.close(its_end)
        shown = b""
        while piece := _piece(main_end):
            shown += piece
    os.close(main_end)
    assert process.returncode == 0
    assert b"linting..." in shown


def _piece(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux says so when nobody holds the other end any more.
        return b""
