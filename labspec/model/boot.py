"""What machines do as they boot: once, at every boot, or by a script of the user's own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import BeforeValidator, Field, model_validator

from labspec.model.kind import Entries, ListOf, Part
from labspec.model.notation import noted
from labspec.model.refusal import KEY, refuse_but_one, wrong
from labspec.model.text import Text, read_plain
from labspec.model.word import Name, Names, Use, scalar_of
from labspec.model.words import Boolean, File, FileMode, Package

ACCOUNT = r"[A-Za-z0-9_.][A-Za-z0-9_.-]{0,31}"


def _account(value: Any) -> str:
    """The name, or the number, of a user or a group: what `useradd` and `groupadd` take on Amazon Linux."""
    text = read_plain(value)
    if not re.fullmatch(ACCOUNT, text):
        help_ = "It has letters, digits, `_`, `-` and `.`, at most 32 of them."
        if both := re.fullmatch(rf"({ACCOUNT}):({ACCOUNT})", text):
            help_ = f"Say them apart: `owner: {both[1]}`, `group: {both[2]}`."
        wrong(f"`{text}` is not the name of a user or a group.", help_)
    return text


Account = Annotated[str, BeforeValidator(_account), noted("the name of a user or a group")]


class SetupFile(Part):
    """A file on the machine; a path that ends in `/` is a directory."""

    source: File | None = None
    """A file beside the spec, copied byte for byte."""
    text: Text | None = None
    """The text itself."""
    render: Boolean = False
    """Whether `${{ }}` works inside `source`, as it does in `text`: the file is a text in UTF-8 then, and `$${{` stands
    for a literal `${{`."""
    owner: Account = "root"
    """Its owner."""
    group: Account = "root"
    """Its group."""
    mode: FileMode | None = None
    """Its mode as quoted octal; `"0644"` for a file, `"0755"` for a directory unless said."""

    @model_validator(mode="after")
    def _one_content(self) -> SetupFile:
        if self.source is not None and self.text is not None:
            wrong("A file has `source` or `text`, not both.", place=("text", KEY))
        return self

    @model_validator(mode="after")
    def _use_of_source(self) -> SetupFile:
        return _used(self, "rendered") if self.render else self


KERNELS = ("/dev", "/proc", "/sys")
"""Directories that the kernel fills, with all that is in them."""
SYSTEMS = frozenset(
    {
        *("/", "/bin", "/boot", "/etc", "/lib", "/lib64", "/run", "/sbin", "/usr", "/var", *KERNELS),
        *("/usr/bin", "/usr/lib", "/usr/lib64", "/usr/sbin", "/var/lib"),
        *("/opt", "/opt/aws", "/opt/aws/bin"),
    }
)
"""Directories without which a machine does not run, or cannot say that it does: `cfn-signal` lies in `/opt/aws/bin`
(`CloudFormation helper scripts reference`)."""


def _absolute(value: Any) -> str:
    text = scalar_of(value, "a path")
    if not text.startswith("/") or re.search(r"[^A-Za-z0-9._/@+-]", text) or ".." in text:
        wrong(
            f"`{text}` is not a path on the machine.", "It begins with `/` and holds letters, digits, `.`, `_` and `-`."
        )
    if (short := re.sub(r"(/\.?)+(/|\Z)", "/", text)) != text:
        wrong(f"`{text}` is a longer name for `{short}`.", f"Write `{short}`.", short)
    return str(text)


def _file_path(value: Any) -> str:
    path = _absolute(value)
    if path in SYSTEMS:
        help_ = f"Write `{path}/` for the directory, or name a file in it." if path != "/" else "Name a file."
        wrong(f"`{path}` is a directory of the system, and cannot become a file.", help_)
    return path


def _mount_path(value: Any) -> str:
    path = _absolute(value)
    if (path.rstrip("/") or "/") in SYSTEMS or path.startswith(tuple(f"{kernel}/" for kernel in KERNELS)):
        wrong(
            f"`{path}` is the system's: a file system mounted there would hide what the machine needs to run.",
            "Mount it at a path of its own, such as `/srv/shared`.",
        )
    return path


FilePath = Annotated[str, BeforeValidator(_file_path), noted("a path on the machine", "/.*")]
MountPath = Annotated[str, BeforeValidator(_mount_path), noted("a path on the machine", "/.*")]


class Setup(Part):
    """What is done once, when a machine starts for the first time; part of any image made of it."""

    packages: ListOf[Package] = ()
    """Packages to install, by dnf."""
    files: Annotated[dict[FilePath, SetupFile], Entries()] = {}
    """Files and directories to write."""
    commands: ListOf[Text] = ()
    """Commands to run, in order; the first that fails fails the machine."""
    services: ListOf[Package] = ()
    """Services to enable and start."""


class Mount(Part):
    """A shared file system attached at every boot, with TLS."""

    short: ClassVar[str] = "file_system"

    file_system: Annotated[Name, Names("file_systems")]
    """The file system."""


class SecretFile(Part):
    """A JSON file of host, port, user, password and database, held in memory only and read with the machine's role."""

    short: ClassVar[str] = "from"

    from_: Annotated[Name, Names("databases", "replicas")] = Field(alias="from")
    """A database or a replica."""
    group: Account = "root"
    """The group that may read the file."""


def _run_path(value: Any) -> str:
    path = _absolute(value)
    if not path.startswith("/run/"):
        wrong(f"`{path}` is on a disk.", "Secrets live in memory: the path begins with `/run/`.")
    if path.endswith("/"):
        wrong(f"`{path}` is a directory; credentials are a file.", f"Name the file, such as `{path}database.json`.")
    if path.startswith("/run/labspec/"):
        wrong(
            "`/run/labspec` is where labspec keeps its own.",
            f"Choose another, such as `{path.replace('/labspec', '/app')}`.",
        )
    return path


RunPath = Annotated[str, BeforeValidator(_run_path), noted("a path under /run", "/run/.*")]


class UserData(Part):
    """A script of your own instead of `setup`."""

    short: ClassVar[str] = "text"

    source: File | None = None
    """A file beside the spec: a text in UTF-8."""
    text: Text | None = None
    """The script itself."""
    render: Boolean = False
    """Whether `${{ }}` works inside `source`, as it does in `text`: `$${{` stands for a literal `${{` then."""

    @model_validator(mode="after")
    def _one_content(self) -> UserData:
        refuse_but_one("User data has either `source` or `text`.", {"source": self.source, "text": self.text})
        return self

    @model_validator(mode="after")
    def _use_of_source(self) -> UserData:
        return _used(self, "rendered" if self.render else "text")


MOST_USER_DATA = 16_384
"""The bytes that EC2 takes (`RunInstances`, user data limit)."""
HOLE = 64
"""The bytes that a value is taken for which only CloudFormation knows."""


def size(parts: Iterable[object]) -> int:
    """The bytes of a text in pieces, roughly where some of them are known to CloudFormation only."""
    return sum(len(part.encode()) if isinstance(part, str) else HOLE for part in parts)


Sourced = TypeVar("Sourced", SetupFile, UserData)


def _used(part: Sourced, use: Use) -> Sourced:
    """A part whose source says what is made of it: a name alone does not tell."""
    return part.model_copy(update={"source": replace(part.source, use=use)}) if part.source else part


# ------------------------------------------------------------------ paths that cannot all be there


@dataclass(frozen=True, slots=True)
class _Thing:
    """What a machine has at a path, and where the spec says so."""

    what: Literal["file", "directory", "mount", "secret"]
    path: str
    place: tuple[str, ...]

    @property
    def plain(self) -> str:
        return self.path.rstrip("/")


def refuse_crossed(files: Iterable[str], secrets: Iterable[str], mounts: Iterable[str]) -> None:
    """Refuse one path for two things, what would lie inside a file, and what a mount would hide."""
    things = [
        *(_Thing("directory" if path.endswith("/") else "file", path, ("setup", "files", path)) for path in files),
        *(_Thing("secret", path, ("secrets", path)) for path in secrets),
        *(_Thing("mount", path, ("mounts", path)) for path in mounts),
    ]
    there: dict[str, _Thing] = {}
    for thing in things:
        other = there.get(thing.plain)
        # A directory may be made for a mount.
        if other is not None and (other.what, thing.what) != ("directory", "mount"):
            message = f"At `{thing.plain}` there is a {other.what} already."
            wrong(message, "Give one of them another path.", place=(*thing.place, KEY))
        there[thing.plain] = thing
    for thing in things:
        for parent in PurePosixPath(thing.plain).parents:
            if (around := there.get(str(parent))) is not None:
                _refuse_inside(thing, around)


def _refuse_inside(thing: _Thing, around: _Thing) -> None:
    if around.what in ("file", "secret"):
        message = f"`{thing.path}` would lie in `{around.path}`, which is a file."
        wrong(message, "Give one of them another path.", place=(*thing.place, KEY))
    if around.what == "mount" and thing.what == "secret":
        message = f"`{thing.path}` would lie on the file system that is mounted at `{around.path}`."
        wrong(message, "Secrets live in memory: give it a path of its own under `/run/`.", place=(*thing.place, KEY))
    if around.what == "mount" and thing.what != "mount":
        message = f"`{thing.path}` is written before `{around.path}` is mounted, and hidden by it."
        wrong(message, "Write it by `commands`: they run when everything is mounted.", place=(*thing.place, KEY))
