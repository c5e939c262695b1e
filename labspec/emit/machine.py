"""What machines run as they boot: from the spec's words to the text of `boot`, as user data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from troposphere import Base64, GetAtt, Ref, Sub, logs

from labspec.diagnostic import Diagnostic, Path, Rule
from labspec.emit.assets import asset
from labspec.emit.boot import BootFile, Check, Hole, Log, Mount, Place, Script, SecretFile, Setup, Signal
from labspec.emit.boot import user_data as boot_script
from labspec.emit.emitter import Emitter, logical_id
from labspec.emit.fetched import alone, content
from labspec.emit.functions import RETENTION
from labspec.emit.order import mount_target_role
from labspec.emit.roles import SECRET, allow, allow_more, role_of
from labspec.emit.shell import shown
from labspec.emit.size import can_fetch, too_large
from labspec.emit.substitution import Variables
from labspec.graph import ROOT_STACK_NAME, TEMPLATE_FOLDER
from labspec.logical_ids import pascal
from labspec.model import boot
from labspec.model.architecture import Member
from labspec.model.balance import TargetGroup
from labspec.model.compute import ImageMade, Machine
from labspec.model.database import Database
from labspec.model.parts import existing_of
from labspec.model.scaling import AutoScalingGroup
from labspec.model.storage import FileSystem
from labspec.model.text import Expression, Text
from labspec.model.word import Name

TOO_LATE = Rule(
    "LS407",
    "known-too-late",
    "User data needs what is looked up in Parameter Store only when the template is carried out.",
    "CloudFormation puts a value from Parameter Store (`{{resolve:ssm:...}}`) in its place after it has worked out the"
    " functions of the template, and encoding user data is one: the machine would get the reference, not the value.",
    "file_systems: {shared: {existing: {ssm: /storage/shared}}}\n# ...\nmounts: {/mnt: shared}",
    "parameters: {Shared: {type: text}}\nfile_systems: {shared: {existing: {parameter: Shared}}}\n# ...\nmounts: {/mnt:"
    " shared}",
)
DYNAMIC = "{{resolve:"
SETUP_LOG = "setup_log"
ASSETS = "arn:${AWS::Partition}:s3:::${Bucket}/${Folder}/"
LOGS = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${Root}-*SetupLog-*"
"""The log groups of setups, in the root stack and in those nested in it: their names begin with the stack's, and their
logical ids are in them. A role that refers to a group could not stand in another stack than the machine."""


def user_data(e: Emitter, member: Member, body: Machine, group: Member | None = None) -> Any:
    """The user data of a machine; None where it has nothing to do. `group` is what it is launched by."""
    texts = _Texts(e, member, group or member)
    if body.user_data is not None:
        work = _raw(texts, body.user_data)
    elif body.boots or _is_copy(e, body):
        work = _boots(texts, body, _signal(e, body, member, group))
    else:
        return None
    script = work(None)
    if boot.size(script) > boot.MOST_USER_DATA:
        script = _fetched(texts, body, work)
        e.found.extend(too_large(e, member, body, script))
    _late(e, member, body, texts)
    return Base64(texts.variables.sub(script))


Work = Callable[[Callable[[Script], Place] | None], Script]
"""User data, whole; or the part of it that fetches the rest from where it is put."""


def _fetched(texts: _Texts, body: Machine, work: Work) -> Script:
    """User data that fetches what it is too small for, where it can; else all of it."""
    e, whole, role = texts.e, work(None), role_of(texts.e, texts.member)
    if not (e.has_bucket and role and can_fetch(e, texts.member)) or (
        body.user_data and not shown(whole).startswith("#!")
    ):
        return whole

    def kept(script: Script) -> Place:
        made = asset(e, f"{texts.member.key}-setup", ".sh", content(script))
        # A machine of the former version may still start while the stack is changed.
        setups = Sub(ASSETS + made.any_key, Bucket=made.bucket, Folder=Ref(TEMPLATE_FOLDER))
        allow_more(e, role, allow(["s3:GetObject"], setups))
        return Place(texts.hole("SetupBucket", made.bucket), texts.hole("SetupKey", made.key), Hole("AWS::Region"))

    return work(kept)


def _raw(texts: _Texts, said: boot.UserData) -> Work:
    text = texts.e.architecture.script(said)
    assert text is not None
    script = texts.script(text)
    return lambda kept: alone(script, kept(script)) if kept else script


def _boots(texts: _Texts, body: Machine, signal: Signal | None) -> Work:
    e = texts.e
    setup, copied = _setup(e, texts, body), _is_copy(e, body)
    mounts = tuple(_mount(texts, e, path, mount.file_system) for path, mount in sorted(body.mounts.items()))
    secrets = tuple(_secret(texts, e, path, secret) for path, secret in sorted(body.secrets.items()))
    log = _log(texts) if body.boots else None
    return lambda kept: boot_script(setup, mounts, secrets, signal, log, copied=copied, kept=kept)


def _log(texts: _Texts) -> Log:
    """Where a machine sends the log of its setup, if its role lets it. Without one it is the same: none replaces it."""
    e, owner, role = texts.e, texts.owner, role_of(texts.e, texts.member)
    group = e.add(owner, logs.LogGroup, SETUP_LOG, RetentionInDays=RETENTION, Tags=e.tags(owner))
    if role:
        allow_more(e, role, allow(["logs:CreateLogStream", "logs:PutLogEvents"], Sub(LOGS, Root=Ref(ROOT_STACK_NAME))))
    return Log(texts.hole("SetupLog", Ref(group)), Hole("AWS::Region"))


def user_data_field(body: Machine) -> str:
    """The field that a machine's user data comes of."""
    return "setup" if body.user_data is None else "user_data"


def _late(e: Emitter, member: Member, body: Machine, texts: _Texts) -> None:
    """Refuse what would stand in the user data unresolved."""
    late = [name for name, value in texts.variables.values.items() if DYNAMIC in str(e.plain(value))]
    places: list[Path] = [
        ("mounts", path)
        for path, mount in body.mounts.items()
        if (found := existing_of(e.architecture.one(mount.file_system).body)) and found.ssm
    ]
    for place in places or [(user_data_field(body),)] * bool(late):
        message = f"`{member.name}` needs this as it boots, and Parameter Store is asked too late for that."
        help_ = "Find it by its `id`, by a `parameter` or by an `export` instead."
        e.found.append(Diagnostic(TOO_LATE, message, (*member.path, *place), help=help_))


@dataclass
class _Texts:
    """Text of the spec as shell text, and the values of its holes, for a member whose machines `owner` launches."""

    e: Emitter
    member: Member
    owner: Member
    variables: Variables = field(default_factory=Variables)

    def script(self, text: Text) -> Script:
        return tuple(self._expression(part) if isinstance(part, Expression) else part for part in text.parts)

    def _expression(self, expression: Expression) -> Hole:
        value = self.e.meaning(expression)
        if isinstance(value, Ref) and str(value.data["Ref"]).startswith("AWS::"):
            return Hole(str(value.data["Ref"]))
        return self.hole(pascal("-".join(expression.words)), value)

    def hole(self, name: str, value: Any) -> Hole:
        return Hole(self.variables.name(value, name))


def _signal(e: Emitter, body: Machine, member: Member, group: Member | None) -> Signal | None:
    """Whom a machine tells that it is ready: its group, if it is launched by one, else itself."""
    if not body.boots:
        return None
    checks = tuple(_check(target) for target in _targets(e, group)) if group else ()
    return Signal(Hole("AWS::StackName"), logical_id(group or member), Hole("AWS::Region"), body.ready_within, checks)


def _targets(e: Emitter, group: Member) -> list[TargetGroup]:
    assert isinstance(group.body, AutoScalingGroup)
    targets = [target.body for target in e.architecture.many(group.body.target_groups)]
    return [target for target in targets if isinstance(target, TargetGroup)]


def _check(target: TargetGroup) -> Check:
    said = target.health_check
    codes = tuple(
        (int(low), int(high or low)) for low, _, high in (item.partition("-") for item in said.codes.split(","))
    )
    return Check(target.protocol, target.port, said.path, codes, said.interval * said.healthy)


def _is_copy(e: Emitter, body: Machine) -> bool:
    """Whether the disk is that of another machine of the spec."""
    if not isinstance(body.image, Name):
        return False
    image = e.architecture.one(body.image).body
    return isinstance(image, ImageMade) and image.from_ is not None


def _setup(e: Emitter, texts: _Texts, body: Machine) -> Setup:
    said = body.setup
    if said is None:
        return Setup()
    files = tuple(_file(e, texts, path, file) for path, file in sorted(said.files.items()))
    return Setup(said.packages, files, tuple(texts.script(command) for command in said.commands), said.services)


def _file(e: Emitter, texts: _Texts, path: str, file: boot.SetupFile) -> BootFile:
    content: bytes | Script = b""
    if file.text is not None:
        content = texts.script(file.text)
    elif file.source is not None and file.render:
        content = texts.script(e.architecture.contents.texts[file.source])
    elif file.source is not None:
        content = e.architecture.contents.files[file.source]
    return BootFile(path, content, file.owner, file.group, file.mode or "")


def _mount(texts: _Texts, e: Emitter, path: str, name: Name) -> Mount:
    member = e.architecture.one(name)
    identity = texts.hole(pascal(member.key) + "Id", e.ref(member))
    host: Script = (identity, ".efs.", Hole("AWS::Region"), ".", Hole("AWS::URLSuffix"))
    return Mount(path, identity, host)


def _secret(texts: _Texts, e: Emitter, path: str, said: boot.SecretFile) -> SecretFile:
    """Host, port and database come from the template, so that a replica's host is the replica's."""
    member = e.architecture.one(said.from_)
    source = member.owner or member
    database = source.body
    assert isinstance(database, Database)
    name = pascal(member.key)
    return SecretFile(
        path,
        secret=texts.hole(pascal(source.key) + "Secret", Ref(logical_id(source, SECRET))),
        region=Hole("AWS::Region"),
        host=texts.hole(name + "Host", GetAtt(logical_id(member), "Endpoint.Address")),
        port=texts.hole(name + "Port", GetAtt(logical_id(member), "Endpoint.Port")),
        database=database.database or "",
        group=said.group,
    )


def waits_for_mounts(e: Emitter, waiting: str, body: Machine, places: list[Member]) -> None:
    """A machine waits for the mount targets of its file systems in its own zone, or for all where it has none there."""
    for mount in body.mounts.values():
        member = e.architecture.one(mount.file_system)
        system = member.body
        assert isinstance(system, FileSystem)
        if system.existing is not None:
            continue
        zones = {e.architecture.zone_of(place) for place in places}
        targets = e.architecture.many(system.subnets)
        near = [target for target in targets if e.architecture.zone_of(target) in zones] or targets
        for target in near:
            e.edge(
                waiting, logical_id(member, mount_target_role(target)), "it mounts the file system", origin=member.path
            )
