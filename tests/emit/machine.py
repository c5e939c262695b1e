"""A machine of folders: scripts run on it with their paths moved into a folder and commands that only take notes."""

from __future__ import annotations

import base64
import email
import json
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from labspec.emit.shell import Text, pieces
from labspec.emit.substitution import Hole

CLOUD_INIT_SETS = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}


def filled(text: Text, values: dict[str, str] | None = None) -> str:
    """The text with its holes filled, as CloudFormation does it."""
    known = values or {}
    return "".join(piece if isinstance(piece, str) else _value(piece, known) for piece in pieces(text))


def _value(hole: Hole, known: dict[str, str]) -> str:
    value = known.get(hole.name, hole.name)
    return base64.b64encode(value.encode()).decode() if hole.encoded else value


def parts(text: str) -> dict[str, str]:
    """The parts of user data by content type, as cloud-init tells them apart."""
    message = email.message_from_string(text)
    if not message.is_multipart():
        return {"text/x-shellscript": text}
    return {part.get_content_type(): str(part.get_payload()) for part in message.walk() if not part.is_multipart()}


@dataclass
class Machine:
    """Its disk is `root`. `values` fill the holes of scripts."""

    root: Path
    values: dict[str, str] = field(default_factory=dict)
    patience: int = 1
    """For how many seconds things are tried again: the least for what fails, plenty for what succeeds in the end."""

    def __post_init__(self) -> None:
        for folder in ("var/log", "opt/aws/bin", "root", "run/systemd/system", "commands"):
            (self.root / folder).mkdir(parents=True)
        self.command("dnf")
        self.command("systemctl")

    def command(self, name: str, body: str = "", folder: str = "commands") -> None:
        """A command that notes how it was called, and then does what `body` says."""
        path = self.root / folder / name
        note = f"""printf '%s\\n' "$(basename "$0") $*" >>{self.root}/calls"""
        path.write_text(f"#!/bin/bash\n{note}\n{body}\n")
        path.chmod(0o755)

    def signals(self, body: str = "") -> None:
        """Install cfn-signal; it also notes its exit code and reason."""
        keep = f"""python3 -c 'import json, sys; print(json.dumps(sys.argv[1:]))' "$@" >>{self.root}/signals"""
        self.command("cfn-signal", f"{keep}\n{body}", "opt/aws/bin")

    def place(self, script: Text) -> str:
        """The script with its paths inside `root`, and with as little patience as the test has."""
        text = re.sub(
            r"(?<![\w.*-])/(run|var|etc|opt|root|home|srv)\b", f"{self.root}/\\1", filled(script, self.values)
        )
        text = text.replace("PATH=", f"PATH={self.root}/commands:")
        text = re.sub(r"retry \d+", f"retry {self.patience}", text)
        text = re.sub(r"\(\(\d+ - SECONDS", f"(({self.patience} - SECONDS", text)
        text = re.sub(r"SECONDS < (180|600)\b", f"SECONDS < {self.patience}", text)
        text = text.replace("time.monotonic() + 180, 2", f"time.monotonic() + {self.patience}, 0.1")
        return re.sub(r"sleep 5", "sleep 0.1", text)

    def run(self, script: Text, interpreter: str = "bash") -> subprocess.CompletedProcess[str]:
        """Run a script to its end; the environment is the one that cloud-init and systemd leave."""
        path = self.root / "script"
        path.write_text(self.place(script))
        environment = {"PATH": f"{self.root}/commands:{CLOUD_INIT_SETS['PATH']}"}
        program = sys.executable if interpreter == "python" else interpreter
        command = [program, str(path)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)

    def calls(self, *names: str) -> list[str]:
        """What was called, in order; with names, only those commands."""
        notes = self.root / "calls"
        lines = notes.read_text().splitlines() if notes.exists() else []
        return [line for line in lines if not names or line.split(" ")[0] in names]

    def told(self) -> list[dict[str, str]]:
        """The signals that were sent, by option."""
        notes = self.root / "signals"
        sent = [json.loads(line) for line in notes.read_text().splitlines()] if notes.exists() else []
        return [dict(zip(words[::2], words[1::2], strict=True)) for words in sent]

    def log(self) -> str:
        return (self.root / "var/log/labspec-boot.log").read_text()

    def files(self) -> set[str]:
        """All files of the disk, but the machine's own notes."""
        everything = (path.relative_to(self.root) for path in self.root.rglob("*") if path.is_file())
        return {str(path) for path in everything if path.parts[0] not in {"calls", "signals", "script", "commands"}}
