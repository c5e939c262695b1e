"""User data is limited by EC2, and what is over the limit is told before it is sent."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tests.building import NETWORK, build, messages

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
    made = build(tmp_path, NETWORK + SPEC)
    (told,) = messages(made)
    assert told.startswith("LS403 ")
    assert "`server`" in told
    assert "/srv/large.bin" in made.diagnostics[0].help


def test_user_data_under_the_limit_is_fine(tmp_path: Path) -> None:
    (tmp_path / "large.bin").write_bytes(noise(2_000))
    assert messages(build(tmp_path, NETWORK + SPEC)) == []
