"""Storage: shared file systems."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import model_validator

from labspec.model.kind import SomeOf
from labspec.model.parts import Connected, Existing
from labspec.model.refusal import wrong
from labspec.model.word import Choice, Name, Names, Word
from labspec.model.words import DURATION, Boolean, read_days

LIFECYCLE_DAYS = {
    1: "1_DAY",
    7: "7_DAYS",
    14: "14_DAYS",
    30: "30_DAYS",
    60: "60_DAYS",
    90: "90_DAYS",
    180: "180_DAYS",
    270: "270_DAYS",
    365: "365_DAYS",
}
"""The ages at which EFS can move a file (`AWS::EFS::FileSystem LifecyclePolicy`)."""


def _lifecycle(text: str) -> int | None:
    if text == "never":
        return None
    days = read_days(text) // 86400
    if days not in LIFECYCLE_DAYS:
        choices = ", ".join(f"{number}d" for number in LIFECYCLE_DAYS)
        wrong(f"EFS has no lifecycle of `{text}`.", f"It has {choices}, and `never`.")
    return days


class FileSystem(Connected):
    """A shared file system (EFS), with a mount target in each of its subnets.

    ```yaml
    file_systems:
      shared:
        subnets: [public-a, public-c]
        ingress: {nfs: {port: 2049, from: web-sg}}
    ```
    """

    section: ClassVar[str] = "file_systems"
    suffix: ClassVar[str] = "FileSystem"
    stands_in: ClassVar[tuple[str, ...]] = ("subnets",)

    subnets: SomeOf[Annotated[Name, Names("subnets")]] = ()
    """One subnet for each zone: there stands a mount target."""
    throughput: Annotated[Literal["elastic", "bursting"], Choice()] = "elastic"
    """`elastic` or `bursting`."""
    performance: Annotated[Literal["general-purpose", "max-io"], Choice()] = "general-purpose"
    """`general-purpose` or `max-io`; a change replaces the file system."""
    to_infrequent_access: Annotated[
        int | None, Word(_lifecycle, "an age, such as 30d, or never", f"never|{DURATION}")
    ] = 30
    """The age at which an unread file becomes cheaper to keep, or `never`."""
    back_on_access: Boolean = False
    """Whether a file that is read again moves back."""
    backup: Boolean = True
    """Daily backups by AWS Backup."""
    encrypted: Boolean = True
    """Whether it is encrypted; a change replaces the file system."""
    require_tls: Boolean = False
    """Refuses mounts without TLS."""
    on_delete: Annotated[Literal["keep", "delete"], Choice()] = "keep"
    """`keep` or `delete`: what becomes of the files when the file system leaves the spec or is replaced."""
    existing: Existing | None = None
    """A file system that is already there."""

    @model_validator(mode="after")
    def _placed(self) -> FileSystem:
        if self.existing is None and not self.subnets:
            wrong("A file system without subnets cannot be mounted.", "Say `subnets`: one in each zone that mounts it.")
        if self.existing is not None and (self.ingress is not None or self.egress is not None):
            wrong("An existing file system has its groups already.", "Say `security_groups`, as facts about it.")
        return self
