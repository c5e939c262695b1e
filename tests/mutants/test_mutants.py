"""Each mutant is caught by those whom the table of docs/emulation.md names, and by somebody."""

from __future__ import annotations

from pathlib import Path

import pytest

from labspec.linters import CFN_LINT, VALIDATOR
from tests import held
from tests.emulated.account import emulated
from tests.mutants.catchers import LABSPEC, linted, mutated, rows, undeployable
from tests.mutants.laws import LAWS, WIRING, broken
from tests.mutants.mutants import MUTANTS

TABLE = held.rows("emulation.md", "M[0-9]+")
WHAT, LINTED, DEPLOYED, LAW, ROW = 0, slice(1, 4), 4, 5, 6
NOBODY = "-"


def cell(words: set[str]) -> str:
    return ", ".join(sorted(words)) or NOBODY


def test_every_mutant_has_a_row_and_is_caught() -> None:
    assert {mark: cells[WHAT] for mark, cells in TABLE.items()} == {mark: made.what for mark, made in MUTANTS.items()}
    assert [mark for mark, cells in TABLE.items() if {*cells[1:]} == {NOBODY}] == []


def test_the_table_counts_its_rows() -> None:
    caught = [str(sum(cells[who] != NOBODY for cells in TABLE.values())) for who in range(1, ROW + 1)]
    assert held.rows("emulation.md", "caught") == {"caught": [f"of {len(TABLE)}", *caught]}


@pytest.mark.parametrize("mark", MUTANTS)
def test_linters_find_it(mark: str) -> None:
    assert [cell(linted(mark, linter)) for linter in (CFN_LINT, VALIDATOR, LABSPEC)] == TABLE[mark][LINTED]


@pytest.mark.parametrize("mark", MUTANTS)
def test_laws_and_the_labs_tests_find_it(mark: str) -> None:
    files = mutated(mark)
    found = broken(files, next(iter(files)))
    assert [cell({f"`{law}`" for law in found}), cell(set(rows(mark)))] == TABLE[mark][LAW:]


def test_they_do_not_deploy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with emulated(tmp_path) as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        assert undeployable() == {mark for mark, cells in TABLE.items() if cells[DEPLOYED] != NOBODY}


def test_every_law_is_explained_and_catches_a_mutant() -> None:
    told = {f"`{law.__name__}`": [law.__doc__] for law in (*WIRING, *LAWS)}
    assert held.rows("emulation.md", "`[a-z]+`") == told
    assert set(told) == {word for cells in TABLE.values() for word in cells[LAW].split(", ")} - {NOBODY}
