"""One slip of the hand is one finding, wherever it is made; and the finding shows what was meant."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from labspec.compiler import Options, compile_spec
from labspec.diagnostic import Diagnostic, Severity, Span
from labspec.yaml_tree import Tree, parse

ROOT = Path(__file__).parents[1]
SPECS = [ROOT / "specs/cheap.yaml", ROOT / "specs/03-database.yaml", *sorted(ROOT.glob("tests/golden/*/spec.yaml"))]
FREE = {"text", "commands", "statements", "resources", "Properties", "tags", "silence", "description", "expect"}
"""Where any word may stand."""
KNOWN = {"LS101", "LS104", "LS108", "LS201", "LS202", "LS205", "LS206", "LS014", "LS015"}
"""Findings about words, whose right ones can be told."""


def words(tree: Tree) -> Iterator[tuple[str, Span]]:
    """Every key and every bare word, and where it stands."""
    if isinstance(tree.value, str):
        yield from [(tree.value, tree.span)] if tree.style == "plain" else []
        return
    for key, inner in tree.entries.items() if tree.entries else enumerate(tree.inside):
        if inner.key:
            yield str(key), inner.key
        if str(key) not in FREE:
            yield from words(inner)


def slip(word: str) -> str:
    """The word with two characters swapped, or one more."""
    at = len(word) // 2
    if len(word) < 4 or word[at] == word[at - 1]:
        return f"{word}q"
    return word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]


def findings(file: Path) -> list[Diagnostic]:
    """What is wrong; hints, such as on what nothing uses now, may follow from it."""
    return [found for found in compile_spec(str(file), Options()).diagnostics if found.level is not Severity.HINT]


@pytest.mark.parametrize("spec", SPECS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_one_slip_is_one_finding(spec: Path, tmp_path: Path) -> None:
    shutil.copytree(spec.parent, tmp_path / "spec")
    file, text = tmp_path / "spec" / spec.name, spec.read_text("utf-8")
    before = {found.rule for found in findings(file)}
    lines = text.splitlines(keepends=True)
    strange = []
    for word, span in list(words(parse(text, spec.name)[0]))[:: 1 + len(text) // 1500]:
        line, start, end = lines[span.line - 1], span.column - 1, span.end_column - 1
        if " " in word or not word.islower() or line[start:end] != word:
            continue
        changed = [*lines]
        changed[span.line - 1] = line[:start] + slip(word) + line[end:]
        file.write_text("".join(changed), "utf-8")
        found = [each for each in findings(file) if each.rule not in before]
        if len(found) > 1 or any(each.rule.code in KNOWN and not shows(each, word) for each in found):
            strange.append((span.line, slip(word), [each.message for each in found]))
    assert strange == []


def test_what_a_mistyped_member_would_have_changed_is_not_judged(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "specs", tmp_path / "specs")
    file = tmp_path / "specs/03-database.yaml"
    file.write_text(file.read_text("utf-8").replace("  private-ec2-a1:\n", "  privat-ec2-a1:\n"), "utf-8")
    assert [found.rule.code for found in findings(file)] == ["LS108"]


def shows(found: Diagnostic, word: str) -> bool:
    """Whether a finding shows the word that was meant, or the one that was mistyped where it is declared."""
    bare = word.rpartition(".")[2]
    return f"`{bare}`" in found.help + found.message or slip(word) in found.help or f"{bare}`" in found.help
