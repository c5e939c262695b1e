"""Whatever stands in a file, the compiler answers in its own words, and nothing is written."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labspec.cli import main
from labspec.compiler import Options, compile_spec
from labspec.report import Outcome, to_text
from tests.building import HEAD, NETWORK

ROOT = Path(__file__).parents[1]
SPECS = sorted(
    [*ROOT.glob("specs/*.yaml"), *ROOT.glob("tests/golden/*/spec.yaml"), *ROOT.glob("tests/diagnostics/*.yaml")]
)
TEXTS = [path.read_text("utf-8") for path in SPECS]
WORDS = sorted({word for text in TEXTS for word in re.findall(r"[^\s,{}\[\]#\"']+", text)})
"""Every word of every spec: put into another place, most of them are wrong there."""
PIECES = (
    "\t",
    "  ",
    "\n",
    ": ",
    "- ",
    "{",
    "}",
    "[",
    "]",
    "'",
    '"',
    "|",
    "&a ",
    "*a",
    "!Ref ",
    "${{ ",
    " }}",
    "<<: *a",
    "~",
)

FUZZ = settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])


def answered(file: Path) -> None:
    """Compile a file, and see that it is refused with a reason or built."""
    for layout in ("nested", "flat"):
        build = compile_spec(str(file), Options(layout=layout))
        assert bool(build.files) != build.failed
        assert all(found.message and found.span for found in build.diagnostics)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with what the specs mention, so that only the text is wrong."""
    for name in ("specs/files", "tests/diagnostics/sites", "tests/diagnostics/sql", "tests/diagnostics/bases"):
        shutil.copytree(ROOT / name, tmp_path / Path(name).name)
    for path in ROOT.glob("specs/*.yaml"):
        shutil.copy(path, tmp_path)
    return tmp_path


@FUZZ
@given(content=st.binary(max_size=300))
def test_no_bytes_make_the_compiler_fail(content: bytes, folder: Path) -> None:
    (folder / "fuzz.yaml").write_bytes(content)
    answered(folder / "fuzz.yaml")


@st.composite
def mistaken(draw: st.DrawFn) -> str:
    """A spec into which mistakes were made: characters, words and lines in wrong places."""
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 4))):
        text = draw(st.sampled_from((_character, _piece, _word, _line, _indentation)))(draw, text)
    return text


def _character(draw: st.DrawFn, text: str) -> str:
    at, lost = draw(st.integers(0, len(text))), draw(st.integers(0, 10))
    return text[:at] + draw(st.text(max_size=3)) + text[at + lost :]


def _piece(draw: st.DrawFn, text: str) -> str:
    at = draw(st.integers(0, len(text)))
    return text[:at] + draw(st.sampled_from(PIECES)) + text[at:]


def _word(draw: st.DrawFn, text: str) -> str:
    there = list(re.finditer(r"[^\s,{}\[\]#\"']+", text))
    if not there:
        return text
    match = draw(st.sampled_from(there))
    return text[: match.start()] + draw(st.sampled_from(WORDS)) + text[match.end() :]


def _line(draw: st.DrawFn, text: str) -> str:
    lines = text.splitlines(keepends=True)
    one, other = draw(st.integers(0, len(lines))), draw(st.integers(0, len(lines)))
    return "".join(
        [*lines[:one], *lines[other : other + draw(st.integers(0, 3))], *lines[one + draw(st.integers(0, 2)) :]]
    )


def _indentation(draw: st.DrawFn, text: str) -> str:
    lines = text.splitlines(keepends=True)
    at = draw(st.integers(0, max(len(lines) - 1, 0)))
    moved = [line.removeprefix("  ") if draw(st.booleans()) else f"  {line}" for line in lines[at : at + 3]]
    return "".join([*lines[:at], *moved, *lines[at + 3 :]])


@FUZZ
@given(text=mistaken())
def test_no_mistakes_in_a_spec_make_the_compiler_fail(text: str, folder: Path) -> None:
    (folder / "fuzz.yaml").write_text(text, "utf-8", newline="")
    answered(folder / "fuzz.yaml")


# ------------------------------------------------------------------ files that are used as texts

WITH_FILES = f"""{HEAD}\
parameters: {{Stage: {{type: text}}}}
variables: {{workers: "4", several: [a, b]}}
{NETWORK}instances:
  web:
    subnet: public-a
    public_ip: true
    setup: {{files: {{/etc/rendered: {{source: any, render: true}}, /etc/copied: {{source: any}}}}}}
  copied: {{subnet: public-a, public_ip: true, user_data: {{source: any}}}}
  rendered: {{subnet: public-a, public_ip: true, user_data: {{source: any, render: true}}}}
"""
IN_FILES = (
    *(
        "${{ Stage }}",
        "${{ instances.web.id }}",
        "${{ variables.workers }}",
        "${{ variables.several }}",
        "${{ aws.x }}",
    ),
    *("$${{", "${{", "}}", "${", "{{", " ", "\n", "\r\n", "\ufeff", "\0", "\u2028", "\x1b[2J", "a", "é", "END", "'"),
)


@FUZZ
@given(
    content=st.one_of(st.binary(max_size=60), st.lists(st.sampled_from(IN_FILES)).map(lambda x: "".join(x).encode()))
)
def test_no_file_that_is_used_as_a_text_makes_the_compiler_fail(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "any").write_bytes(content)
    (tmp_path / "fuzz.yaml").write_text(WITH_FILES, "utf-8")
    answered(tmp_path / "fuzz.yaml")


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        ("x" * 1_048_577, {"LS020"}),
        ("x" * 1_048_576, {"LS387", "LS403"}),
        ("$${{" * 262_000 + "}}", {"LS387", "LS403"}),
        ("${{" * 349_000, {"LS022"}),
        ("${{ 1 }}\n" * 116_000, {"LS022"}),
        ("${{ " + "a" * 1_048_000 + " }}", {"LS022"}),
        ("${{ Stage }}" * 87_000, {"LS023", "LS387", "LS403"}),
    ],
    ids=["too large", "as large as can be", "escaped", "open", "malformed", "one word", "filled in"],
)
def test_huge_files_are_answered_shortly(content: str, codes: set[str], tmp_path: Path) -> None:
    (tmp_path / "any").write_text(content, "utf-8")
    (tmp_path / "fuzz.yaml").write_text(WITH_FILES, "utf-8")
    build = compile_spec(str(tmp_path / "fuzz.yaml"), Options())
    assert {found.rule.code for found in build.diagnostics} == codes
    assert build.source is not None
    assert len(to_text(Outcome("fuzz.yaml", build.diagnostics, build.source.texts))) < 50_000


# ------------------------------------------------------------------ the commands


@pytest.mark.parametrize("command", ["build", "check", "lint", "config"])
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x01",
        b"\xff",
        b"labspec: 1\nname: 'x\n",
        b"labspec: 1\nname: x\nvpcs: {net: {cird: a}}\n",
        b"[" * 100,
        b"---\n",
        b"# Nothing.\n%YAML 1.2\n---\n# Nothing.\n",
    ],
    ids=["empty", "binary", "encoding", "quote", "key", "depth", "marker", "directive"],
)
def test_a_command_says_what_is_wrong_and_writes_nothing(
    command: str, content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "spec.yaml").write_bytes(content)
    assert main([command, "spec.yaml"]) == 1
    told = capsys.readouterr()
    assert re.search(r"error\[LS\d{3}\]: .+\n +--> spec\.yaml:\d+:\d+\n", told.err)
    assert [path.name for path in tmp_path.iterdir()] == ["spec.yaml"]
    assert "Traceback" not in told.err + told.out


def test_a_snippet_shows_where_a_quote_was_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "spec.yaml").write_text("labspec: 1\nname: 'x\nvpcs: {}\n")
    main(["check", "spec.yaml"])
    told = capsys.readouterr().err
    assert "2 | name: 'x\n  |       ^\n" in told
    assert "help: Close it." in told


@pytest.mark.parametrize("setting", ["stage", "=dev", ""])
def test_a_variable_without_a_value_is_a_usage_error(
    setting: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["check", str(tmp_path / "spec.yaml"), "--set", setting])
    assert caught.value.code == 2
    assert "write NAME=VALUE" in capsys.readouterr().err
