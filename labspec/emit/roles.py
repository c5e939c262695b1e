"""IAM roles: shared ones, and those that machines bring along."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from awacs.aws import Action, Allow, Deny, PolicyDocument, Principal, Statement
from troposphere import Ref, Sub, encode_to_dict, iam

from labspec.emit.emitter import Emitter, logical_id
from labspec.model.access import EC2
from labspec.model.architecture import Member
from labspec.model.compute import Machine
from labspec.model.parts import Permissions
from labspec.model.word import Name

ROLE = "role"
PROFILE = "instance_profile"
SESSION_MANAGER = "AmazonSSMManagedInstanceCore"
KEYS = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/ec2/keypair/*"
"""Where the private halves of key pairs lie, which Session Manager's policy lets every machine read."""
READS = ("ssm:GetParameter", "ssm:GetParameterHistory", "ssm:GetParameters", "ssm:GetParametersByPath")
SECRET = "credentials"
"""The role, on a database, of its secret: linters take a parameter that is called a secret for a password."""
BUCKET = "bucket"
"""The role, on a website, of its bucket."""


def allow(actions: Iterable[str], resource: Any, **more: Any) -> Statement:
    """A statement that allows `service:Action`s on a resource."""
    parts = [action.split(":") for action in actions]
    return Statement(Effect=Allow, Action=[Action(*part) for part in parts], Resource=[resource], **more)


def policy(*statements: Any) -> PolicyDocument:
    """A policy document."""
    return PolicyDocument(Version="2012-10-17", Statement=list(statements))


def trust(service: str) -> PolicyDocument:
    """Lets an AWS service take a role."""
    return policy(
        Statement(Effect=Allow, Principal=Principal("Service", service), Action=[Action("sts", "AssumeRole")])
    )


def _principal(e: Emitter, service: str) -> str:
    """What a service is called where the spec is meant for: EC2 alone has another name in China.

    IAM there has refused the usual one (hashicorp/terraform-provider-aws pull request 47141), and AWS's European
    partition refuses any other (pulumi/pulumi-eks issue 2341), so that it is no matter of `AWS::URLSuffix`.
    """
    return f"{EC2}.cn" if service == EC2 and (e.architecture.spec.region or "").startswith("cn-") else service


def emit_role(
    e: Emitter,
    member: Member,
    role: str,
    service: str,
    permissions: Permissions | None,
    managed: Iterable[str],
    more: Iterable[Statement] = (),
) -> str:
    """A role with what its permissions say, and nothing else; but no machine reads private keys by AWS's own policy."""
    said = permissions or Permissions()
    names = [*managed, *said.managed]
    closed = [_no_private_keys()] if SESSION_MANAGER in names else []
    # awacs knows its own statements only, and a spec may hold IAM's: both are laid down plain.
    own = [e.plain(statement) for statement in (*closed, *more, *_statements(e, said))]
    raw = [e.raw(statement) for statement in said.statements]
    statements = [*own, *raw]
    identity = e.add(
        member,
        iam.Role,
        role,
        AssumeRolePolicyDocument=trust(_principal(e, service)),
        ManagedPolicyArns=[Sub("arn:${AWS::Partition}:iam::aws:policy/" + name) for name in dict.fromkeys(names)]
        or None,
        PermissionsBoundary=e.value(said.boundary),
        Policies=[
            iam.Policy(PolicyName="permissions", PolicyDocument={"Version": "2012-10-17", "Statement": statements})
        ]
        if statements
        else None,
        Tags=e.tags(member),
        origins={
            "AssumeRolePolicyDocument": "trust",
            "ManagedPolicyArns": ("permissions", "managed"),
            "PermissionsBoundary": ("permissions", "boundary"),
            "Policies": "permissions",
        },
    )
    written = ("Properties", "Policies", 0, "PolicyDocument", "Statement")
    e.wrote(identity, written, (*member.path, "permissions", "statements"), raw, len(own))
    return identity


def _statements(e: Emitter, said: Permissions) -> Iterator[Statement]:
    for names, writes in ((said.read, False), (said.write, True)):
        for member in e.architecture.many(names):
            yield from _granted(e, member, writes)


def _granted(e: Emitter, member: Member, writes: bool) -> Iterator[Statement]:
    """What reading or writing a member means in IAM."""
    if member.section == "databases":
        yield read_secret(member)
    elif member.section == "file_systems":
        actions = ["elasticfilesystem:ClientMount"] + (["elasticfilesystem:ClientWrite"] if writes else [])
        yield allow(actions, e.attributes[member.section]["arn"](e, member))
    else:
        bucket = e.attributes[member.section]["arn"](e, member)
        actions = ["s3:GetObject"] + (["s3:PutObject", "s3:DeleteObject"] if writes else [])
        yield allow(["s3:ListBucket"], bucket)
        yield allow(actions, Sub("${Bucket}/*", Bucket=bucket))


def read_secret(database: Member) -> Statement:
    """Lets the secret of a database be read."""
    return allow(["secretsmanager:GetSecretValue"], Ref(logical_id(database, SECRET)))


def machine_role(e: Emitter, member: Member) -> Any:
    """The instance profile of a machine, made where it needs one; None where it does not."""
    body = member.body
    assert isinstance(body, Machine)
    if body.role is not None:
        return _profile(e, e.architecture.one(body.role))
    secrets = [read_secret(database) for database in _databases(e, body)]
    if body.access == "none" and body.permissions is None and not secrets:
        return None
    managed = [SESSION_MANAGER] if body.access == "ssm" else []
    emit_role(e, member, ROLE, EC2, body.permissions, managed, secrets)
    e.add(member, iam.InstanceProfile, PROFILE, Roles=[e.ref(member, ROLE)])
    return e.ref(member, PROFILE)


def role_of(e: Emitter, member: Member) -> str:
    """The logical id of the role that a machine was given, if it is made here; empty where there is none."""
    body = member.body
    assert isinstance(body, Machine)
    identity = logical_id(member, ROLE) if body.role is None else logical_id(e.architecture.one(body.role))
    return identity if identity in e.graph.nodes else ""


def allow_more(e: Emitter, role: str, statement: Statement) -> None:
    """Let a role that was made do something more, once."""
    properties, plain = e.graph.nodes[role].body["Properties"], encode_to_dict(statement)
    if "Policies" not in properties:
        document = {"Version": "2012-10-17", "Statement": []}
        properties["Policies"] = [{"PolicyName": "permissions", "PolicyDocument": document}]
    statements = properties["Policies"][0]["PolicyDocument"]["Statement"]
    if plain not in statements:
        statements.append(plain)


def _no_private_keys() -> Statement:
    """Keeps machines from the private keys, of which one may open another machine."""
    return Statement(Effect=Deny, Action=[Action(*read.split(":")) for read in READS], Resource=[Sub(KEYS)])


def _databases(e: Emitter, body: Machine) -> list[Member]:
    """The databases whose secrets a machine reads, each once; a replica has its source's."""
    names: list[Name] = [secret.from_ for secret in body.secrets.values()]
    members = [member.owner or member for member in e.architecture.many(names)]
    return sorted({member.name: member for member in members}.values(), key=lambda member: member.name)


def _profile(e: Emitter, role: Member) -> Any:
    """A shared role's instance profile."""
    return e.ref(role, PROFILE)
