"""Private keys become PuTTY's, and OpenSSH's, without a bit lost. Every key here is made for one run."""

from __future__ import annotations

import base64
import hashlib
import hmac
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from labspec.cloud.putty import to_openssh, to_ppk
from tests.programs import system_tool


def made(kind: str) -> tuple[str, str]:
    """A new private key as EC2 gives it, and its public half as OpenSSH writes it."""
    key = Ed25519PrivateKey.generate() if kind == "ed25519" else generate_private_key(65537, 2048)
    form = PrivateFormat.OpenSSH if kind == "ed25519" else PrivateFormat.TraditionalOpenSSL
    private = key.private_bytes(Encoding.PEM, form, NoEncryption()).decode()
    return private, key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def puttygen(*arguments: str | Path) -> None:
    """PuTTY's own program; what it refuses fails."""
    subprocess.run([system_tool("puttygen"), *arguments], check=True, capture_output=True)


def same(one: str, other: str) -> bool:
    """Whether two texts hold one private key: the same numbers, whatever stands around them."""
    return to_ppk(one, "x") == to_ppk(other, "x")


def parts(ppk: str) -> dict[str, str]:
    """The fields of a file of PuTTY's, its blobs still in base 64."""
    found, lines = {}, iter(ppk.splitlines())
    for line in lines:
        name, _, value = line.partition(": ")
        counted = name.endswith("-Lines")
        found[name] = "".join(next(lines) for _ in range(int(value))) if counted else value
    return found


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_a_key_is_written_as_putty_describes_it(kind: str) -> None:
    private, public = made(kind)
    ppk = to_ppk(private, "lab\r\nkey")
    assert all(len(line) <= 64 for line in ppk.splitlines()[4:-1])
    said = parts(ppk)
    assert f"{said['PuTTY-User-Key-File-3']} {said['Public-Lines']}" == public
    assert (said["Encryption"], said["Comment"]) == ("none", "lab key")
    blobs = [base64.b64decode(said[name]) for name in ("Public-Lines", "Private-Lines")]
    signed = [said["PuTTY-User-Key-File-3"].encode(), b"none", b"lab key", *blobs]
    text = b"".join(len(each).to_bytes(4, "big") + each for each in signed)
    assert said["Private-MAC"] == hmac.new(b"", text, hashlib.sha256).hexdigest()


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_putty_reads_what_is_written_and_what_it_writes_is_read(kind: str, tmp_path: Path) -> None:
    private, _ = made(kind)
    file, back, old = tmp_path / "key.ppk", tmp_path / "key", tmp_path / "old.ppk"
    file.write_text(to_ppk(private, "lab key"), "utf-8")
    puttygen(file, "-O", "private-openssh", "-o", back)
    assert same(back.read_text("utf-8"), private)
    puttygen(back, "-O", "private", "--ppk-param", "version=2", "-o", old)
    text = old.read_text("utf-8")
    assert "PuTTY-User-Key-File-2" in text
    assert to_ppk(text, "x") == text
    assert same(to_openssh(text.replace("\n", "\r\n")), private)


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_openssh_gets_the_same_key_whatever_it_came_as(kind: str) -> None:
    private, _ = made(kind)
    assert to_openssh(private.rstrip()) == private
    assert same(to_openssh(to_ppk(private, "lab")), private)


def test_what_is_no_key_is_refused() -> None:
    key = generate_private_key(65537, 2048)
    locked = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"word")).decode()
    ppk = to_ppk(made("rsa")[0], "x")
    for text in ("", "no key", locked, ppk[:200], ppk.replace("Encryption: none", "Encryption: aes256-cbc")):
        with pytest.raises(ValueError):  # noqa: PT011 - what it says is never shown
            to_openssh(text)
    with pytest.raises(ValueError, match="passphrase"):
        to_ppk(locked, "x")
