"""Private keys as PuTTY keeps them, and as OpenSSH does.

PuTTY reads its own format only (`PPK file format`, appendix C of the PuTTY User Manual). Version 3 is written, without
a passphrase, as the keys that EC2 makes have none; version 2, which differs in how it is signed, is read as well. The
numbers and strings inside are those of RFC 4251, section 5.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping
from textwrap import wrap

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPrivateNumbers,
    RSAPublicNumbers,
    rsa_crt_dmp1,
    rsa_crt_dmq1,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_ssh_private_key,
)

PPK = "PuTTY-User-Key-File-"
ED25519, RSA = "ssh-ed25519", "ssh-rsa"
COLUMNS = 64
Key = RSAPrivateKey | Ed25519PrivateKey


def to_ppk(key: str, comment: str) -> str:
    """A private key for PuTTY; one that is so already stays as it is. Raises ValueError where it cannot be read."""
    if key.startswith(PPK):
        return key
    held = _read(key)
    spoken = held.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    kind, public = spoken.split()
    return _written(kind, " ".join(comment.split()), base64.b64decode(public), _private(held))


def to_openssh(key: str) -> str:
    """A private key for OpenSSH, which ends in a newline. Raises ValueError where it cannot be read."""
    if not key.startswith(PPK):
        _read(key)
        return key.rstrip() + "\n"
    held = _of_ppk(key)
    form = PrivateFormat.TraditionalOpenSSL if isinstance(held, RSAPrivateKey) else PrivateFormat.OpenSSH
    return held.private_bytes(Encoding.PEM, form, NoEncryption()).decode()


def _read(key: str) -> Key:
    load = load_ssh_private_key if "BEGIN OPENSSH" in key else load_pem_private_key
    try:
        held = load(key.encode(), None)
    except (TypeError, UnsupportedAlgorithm) as error:
        raise ValueError("it has a passphrase, or is of a strange kind") from error
    if not isinstance(held, RSAPrivateKey | Ed25519PrivateKey):
        raise ValueError("neither RSA nor Ed25519")
    return held


# ------------------------------------------------------------------ written


def _written(kind: str, comment: str, public: bytes, private: bytes) -> str:
    lines = [f"{PPK}3: {kind}", "Encryption: none", f"Comment: {comment}"]
    for name, blob in (("Public", public), ("Private", private)):
        shown = wrap(base64.b64encode(blob).decode(), COLUMNS)
        lines += [f"{name}-Lines: {len(shown)}", *shown]
    signed = b"".join(_string(part) for part in (kind.encode(), b"none", comment.encode(), public, private))
    # What is not encrypted is signed with no key.
    return "\n".join([*lines, f"Private-MAC: {hmac.new(b'', signed, hashlib.sha256).hexdigest()}", ""])


def _private(key: Key) -> bytes:
    if isinstance(key, Ed25519PrivateKey):
        return _string(key.private_bytes_raw())
    numbers = key.private_numbers()
    return b"".join(_number(each) for each in (numbers.d, numbers.p, numbers.q, numbers.iqmp))


def _string(content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + content


def _number(value: int) -> bytes:
    """A positive number: its first bit is never set."""
    return _string(value.to_bytes(value.bit_length() // 8 + 1, "big"))


# ------------------------------------------------------------------ read


def _of_ppk(text: str) -> Key:
    said, blobs = _fields(text)
    if said.get("Encryption") != "none":
        raise ValueError("it has a passphrase")
    kind, *public = _strings(blobs["Public"])
    private = [*_strings(blobs["Private"])]
    if kind == ED25519.encode():
        (seed,) = private
        return Ed25519PrivateKey.from_private_bytes(seed)
    if kind != RSA.encode():
        raise ValueError("neither RSA nor Ed25519")
    e, n = (int.from_bytes(each, "big") for each in public)
    d, p, q, iqmp = (int.from_bytes(each, "big") for each in private)
    numbers = RSAPrivateNumbers(p, q, d, rsa_crt_dmp1(d, p), rsa_crt_dmq1(d, q), iqmp, RSAPublicNumbers(e, n))
    return numbers.private_key()


def _fields(text: str) -> tuple[Mapping[str, str], Mapping[str, bytes]]:
    """What a file says line by line, and the blobs whose lines it counts."""
    said, blobs, lines = {}, {}, iter(text.splitlines())
    for line in lines:
        name, _, value = line.partition(": ")
        said[name] = value
        if name.endswith("-Lines"):
            blobs[name.removesuffix("-Lines")] = base64.b64decode("".join(next(lines, "") for _ in range(int(value))))
    if not {"Public", "Private"} <= blobs.keys():
        raise ValueError("it ends too early")
    return said, blobs


def _strings(blob: bytes) -> Iterator[bytes]:
    while blob:
        length = int.from_bytes(blob[:4], "big")
        yield blob[4 : 4 + length]
        blob = blob[4 + length :]
