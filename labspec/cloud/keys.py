"""Private keys that CloudFormation left in Parameter Store, on their way to a file that only its owner can read."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path as FilePath
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from labspec.cloud.account import code_of, plainly
from labspec.cloud.machines import Machine
from labspec.cloud.putty import to_openssh, to_ppk
from labspec.cloud.refusal import Refused

STORED = "/ec2/keypair/"
"""Where CloudFormation keeps the private key of a pair that it makes (`AWS::EC2::KeyPair`)."""


class PrivateKey(NamedTuple):
    """A private key. It is never shown: neither is what this says of itself."""

    id: str
    """The key pair's id."""
    name: str
    text: str

    def __repr__(self) -> str:
        return f"PrivateKey({self.id})"


def private_key(ec2: Any, ssm: Any, machine: Machine) -> PrivateKey:
    """The private key of a machine's key pair. Raises `Refused` where AWS keeps none."""
    if not machine.key:
        raise Refused(f"The machine {machine.called} has no key pair.", "Use `--via session-manager`.")
    with plainly():
        filters = [{"Name": "key-name", "Values": [machine.key]}]
        pairs = ec2.describe_key_pairs(Filters=filters)["KeyPairs"]
        identity = str(pairs[0]["KeyPairId"]) if pairs else ""
        text = _stored(ssm, identity) if identity else ""
    if not text or not re.fullmatch(r"key-[0-9a-f]+", identity):
        host = machine.public or machine.private
        help_ = f"It keeps those that a stack made. Use `--via session-manager`, or your own file: ssh -i FILE {host}"
        raise Refused(f"AWS keeps no private key of the key pair `{machine.key}`.", help_)
    return PrivateKey(identity, machine.key, text)


def _stored(ssm: Any, identity: str) -> str:
    try:
        return str(ssm.get_parameter(Name=f"{STORED}{identity}", WithDecryption=True)["Parameter"]["Value"])
    except ClientError as error:
        if code_of(error) == "ParameterNotFound":
            return ""
        raise


def kept(folder: FilePath, key: PrivateKey, putty: bool = False) -> FilePath:
    """The file of a private key, for OpenSSH or for PuTTY. Raises `Refused` where the key is no such thing."""
    try:
        text = to_ppk(key.text, key.name) if putty else to_openssh(key.text)
    except ValueError:  # what it says may be of the key
        raise Refused(f"What AWS keeps as the private key of `{key.name}` cannot be read as one.") from None
    return written(folder, f"{key.id}.{'ppk' if putty else 'pem'}", text)


def written(folder: FilePath, name: str, text: str) -> FilePath:
    """A file that only its owner can read, whole or not at all, in a folder that only its owner can open."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    path = folder / name
    if not path.is_symlink() and path.is_file() and path.read_bytes() == text.encode():
        path.chmod(0o600)
        return path
    draft = folder / f".{name}.{secrets.token_hex(8)}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        try:
            file.write(text.encode())
            file.flush()
            draft.replace(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
    return path
