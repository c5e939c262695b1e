"""Databases with their replicas and credentials."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal, get_args

from pydantic import Field, model_validator

from labspec.model.kind import Kind, ListOf, MembersOf, Part, SomeOf
from labspec.model.parts import Connected
from labspec.model.refusal import wrong
from labspec.model.text import PlainText
from labspec.model.windows import DailyWindow, WeeklyWindow
from labspec.model.word import Choice, Name, Names, Parameter, ParameterType, Word
from labspec.model.words import Boolean, Days, File, Integer, Size, ZoneOrParameter


def _version(text: str) -> str:
    if not re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", text):
        wrong(f"`{text}` is not a full version.", "Write all three numbers, such as `8.4.7`.")
    return str(text)


def _class(text: str) -> str:
    if not re.fullmatch(r"db\.[a-z0-9-]+\.[a-z0-9]+", text):
        right = f"db.{text}" if re.fullmatch(r"[a-z0-9-]+\.[a-z0-9]+", text) else "db.t3.micro"
        wrong(f"`{text}` is not a class of databases.", f"Write it as `{right}`.", right if text in right else "")
    return str(text)


DatabaseClass = Annotated[
    str | Parameter,
    Word(_class, "a class, such as db.t3.micro", r"db\.[a-z0-9-]+\.[a-z0-9]+", parameters=("text",)),
]
"""A parameter of type `instance_type` would refuse every class of databases: they begin with `db.`."""


def _password(text: str) -> str:
    if text != "generated":
        wrong(
            "A password must not stand in a spec.",
            "Say `generated`, which keeps it in Secrets Manager, or name a parameter of type `secret`.",
            "generated",
        )
    return str(text)


PASSWORD = Word(_password, "generated, or a parameter of type secret", "generated", parameters=get_args(ParameterType))
"""Of all types: that one which is no `secret` shows the password is a law of its own."""


class DatabaseStorage(Part):
    """The disk of a database."""

    short: ClassVar[str] = "size"

    size: Size = 20
    """Its size, 20GiB or more."""
    type: Annotated[Literal["gp3", "gp2"], Choice()] = "gp3"
    """`gp3` or `gp2`."""
    encrypted: Boolean = True
    """Whether it is encrypted; a change replaces the database."""


class Backups(Part):
    """Automatic backups."""

    short: ClassVar[str] = "keep"

    keep: Days = 604800
    """How long they are kept: whole days, at most 35; a database with replicas needs one day or more."""
    window: DailyWindow | None = None
    """When they are made, in UTC; AWS chooses unless said."""


class Schema(Part):
    """A script of SQL that is run on the database. It must be idempotent: it runs again when it changes."""

    source: File
    """The script."""
    through: Annotated[Name, Names("instances")]
    """The machine that runs it: it needs the client, and `secrets` of this database."""


class Replica(Kind):
    """A read replica. It is deleted with its source, and inherits engine, user, password and encryption.

    ```yaml
    replicas:
      database-1-replica: {zone: c}
    ```
    """

    section: ClassVar[str] = "replicas"
    suffix: ClassVar[str] = "Replica"

    zone: ZoneOrParameter | None = None
    """Its zone; AWS chooses unless said."""
    class_: DatabaseClass | None = Field(None, alias="class")
    """Its class; that of its source unless said."""


class Database(Connected):
    """A MySQL database, its secret, and its replicas.

    ```yaml
    databases:
      orders:
        engine: mysql
        version: 8.4.7
        subnets: [data-a, data-c]
        ingress: {mysql: {port: 3306, from: web-sg}}
        database: orders
        username: admin
    ```
    """

    section: ClassVar[str] = "databases"
    suffix: ClassVar[str] = "Database"
    stands_in: ClassVar[tuple[str, ...]] = ("subnets",)

    engine: Annotated[Literal["mysql"], Choice()]
    """`mysql`."""
    version: Annotated[str, Word(_version, "a full version, such as 8.4.7", r"[0-9]+(\.[0-9]+){2}")]
    """The full version. RDS upgrades replicas before their source: give them a new one by their `override`
    (`EngineVersion`), deploy, and then change it here."""
    class_: DatabaseClass = Field("db.t3.micro", alias="class")
    """Its size."""
    storage: DatabaseStorage = DatabaseStorage()
    """Its disk."""
    multi_az: Boolean = False
    """Keeps a standby in a second zone that takes over when the first fails."""
    subnets: SomeOf[Annotated[Name, Names("subnets")]]
    """Its subnets, in two zones or more."""
    database: PlainText | None = None
    """The database that is made inside; a change replaces everything."""
    username: PlainText = "admin"
    """The master user; a change replaces the database."""
    port: Integer = 3306
    """Its port."""
    password: Annotated[str | Parameter, PASSWORD] = "generated"
    """`generated` and kept in Secrets Manager, or a parameter of type `secret`."""
    backups: Backups = Backups()
    """Automatic backups."""
    maintenance_window: WeeklyWindow | None = None
    """When AWS may change it, in UTC; AWS chooses unless said."""
    logs: ListOf[Annotated[Literal["general", "error", "slowquery"], Choice()]] = ()
    """Logs that go to CloudWatch."""
    public: Boolean = False
    """Whether it has a public address."""
    protected: Boolean = False
    """Whether AWS refuses to delete it."""
    minor_upgrades: Boolean = True
    """Whether AWS installs minor versions in the maintenance window."""
    on_delete: Annotated[Literal["snapshot", "keep", "delete"], Choice()] = "snapshot"
    """What becomes of the data when the database leaves the spec or is replaced."""
    schema_: Schema | None = Field(None, alias="schema")
    """Tables and rows."""
    replicas: MembersOf[Replica] = {}
    """Read replicas, by name."""

    @model_validator(mode="after")
    def _replicas_need_backups(self) -> Database:
        if self.replicas and self.backups.keep < 86400:
            wrong("A replica needs a source that keeps backups for a day or more.", "Say `backups: {keep: 1d}`.")
        return self
