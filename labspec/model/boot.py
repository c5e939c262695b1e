"""What machines do as they boot: once, at every boot, or by a script of the user's own."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import BeforeValidator, Field, model_validator

from labspec.model.kind import ListOf, Part, mapped
from labspec.model.notation import noted
from labspec.model.text import PlainText, Text
from labspec.model.word import Name, Names, Use, scalar_of, wrong
from labspec.model.words import Boolean, File, FileMode, Package


class SetupFile(Part):
    """A file on the machine; a path that ends in `/` is a directory."""

    source: File | None = None
    """A file beside the spec, copied byte for byte."""
    text: Text | None = None
    """The text itself."""
    render: Boolean = False
    """Whether `${{ }}` works inside `source`, as it does in `text`: the file is a text in UTF-8 then, and `$${{` stands
    for a literal `${{`."""
    owner: PlainText = "root"
    """Its owner."""
    group: PlainText = "root"
    """Its group."""
    mode: FileMode | None = None
    """Its mode as quoted octal; `"0644"` for a file, `"0755"` for a directory unless said."""

    @model_validator(mode="after")
    def _one_content(self) -> SetupFile:
        if self.source is not None and self.text is not None:
            wrong("A file has `source` or `text`, not both.")
        return self

    @model_validator(mode="after")
    def _use_of_source(self) -> SetupFile:
        return _used(self, "rendered") if self.render else self


def _absolute(value: Any) -> str:
    text = scalar_of(value, "a path")
    if not text.startswith("/") or re.search(r"[^A-Za-z0-9._/@+-]", text) or ".." in text:
        wrong(
            f"`{text}` is not a path on the machine.", "It begins with `/` and holds letters, digits, `.`, `_` and `-`."
        )
    return str(text)


MachinePath = Annotated[str, BeforeValidator(_absolute), noted("a path on the machine", "/.*")]


class Setup(Part):
    """What is done once, when a machine starts for the first time; part of any image made of it."""

    packages: ListOf[Package] = ()
    """Packages to install, by dnf."""
    files: Annotated[dict[MachinePath, SetupFile], BeforeValidator(mapped)] = {}
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
    group: PlainText = "root"
    """The group that may read the file."""


def _run_path(value: Any) -> str:
    path = _absolute(value)
    if not path.startswith("/run/"):
        wrong(f"`{path}` is on a disk.", "Secrets live in memory: the path begins with `/run/`.")
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
        if (self.source is None) == (self.text is None):
            wrong("User data has either `source` or `text`.")
        return self

    @model_validator(mode="after")
    def _use_of_source(self) -> UserData:
        return _used(self, "rendered" if self.render else "text")


Sourced = TypeVar("Sourced", SetupFile, UserData)


def _used(part: Sourced, use: Use) -> Sourced:
    """A part whose source says what is made of it: a name alone does not tell."""
    return part.model_copy(update={"source": replace(part.source, use=use)}) if part.source else part
