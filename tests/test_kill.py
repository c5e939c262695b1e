"""A build that is killed leaves nothing that could be taken for whole, and the next one finishes it.

`test_output.py` stops a build at each of its steps; here processes die for good, a sample of what `tests/kill.py` does.
"""

from __future__ import annotations

from pathlib import Path

from labspec import output
from labspec.output import JOURNAL, STAGING
from tests.kill import kill


def test_killed_builds_are_whole_or_finished_by_the_next(tmp_path: Path) -> None:
    assert kill(12, tmp_path, seed=2).total() == 12


def test_a_directory_with_parts_of_two_builds_is_told(tmp_path: Path) -> None:
    output.write(tmp_path, {"root.yaml": b"one", "manifest.json": b'{"outputs": {}}'})
    assert output.unfinished(tmp_path) == []
    (tmp_path / STAGING).mkdir()
    assert output.unfinished(tmp_path) == []
    (tmp_path / STAGING / JOURNAL).write_text('{"rename": ["root.yaml"], "remove": []}')
    assert [found.rule.code for found in output.unfinished(tmp_path)] == ["LS513"]
