"""Schemas: a script of SQL that Systems Manager has one machine run on a database.

The script is an SSM document, and an association orders the machine to run it. Both are created after the database and
the machine, and CloudFormation waits until the script has succeeded. It is run again whenever it, the database or the
machine is another one, since each of them changes the association; so it must be idempotent.
"""

from __future__ import annotations

import base64
import hashlib
import json

from troposphere import Ref, ssm

from labspec.diagnostic import Diagnostic, Rule
from labspec.emit.emitter import Emitter, logical_id
from labspec.emit.shell import Script, fed, pieces, shown, word, words
from labspec.graph import Body
from labspec.model.architecture import Member
from labspec.model.compute import Instance
from labspec.model.database import Database, Schema

TOO_LARGE = Rule(
    "LS410",
    "schema-too-large",
    "The script of a schema is too large.",
    "It travels in a document of Systems Manager, which has 64 KB at most, with what is filled in (`CreateDocument"
    " Content`). That is JSON: a line break or a quotation mark counts twice, and what is not ASCII by a third more.",
)
MOST, FILLED_IN_MOST = 65_536, 1_024
"""The bytes of a document, and what of them is left for what is filled in."""

ASSOCIATION = "schema_association"
"""The role, on a database, of the order to run its script."""
SECONDS = 900
"""How long the script may run."""


def emit_schema(e: Emitter, member: Member, body: Database, schema: Schema) -> None:
    """The document and the association, which stand with the machines."""
    machine = e.architecture.one(schema.through)
    script = e.architecture.contents.files[schema.source]
    command = schema_command(script, _login_file(e, machine, member), body.database or "")
    content = _document(member, command)
    if (size := len(json.dumps(content))) > MOST - FILLED_IN_MOST:
        e.found.append(_too_large(member, schema, size))
    document = e.add(
        member,
        ssm.Document,
        "schema_document",
        section="schemas",
        Content=content,
        DocumentType="Command",
        TargetType="/AWS::EC2::Instance",
        # Otherwise every change of the script would be a new document under a new name.
        UpdateMethod="NewVersion",
        Tags=e.tags(member),
        origins={"Content": ("schema", "source")},
    )
    association = e.add(
        member,
        ssm.Association,
        ASSOCIATION,
        section="schemas",
        Name=Ref(document),
        Parameters={
            "Host": [e.attr(member, "Endpoint.Address")],
            "Port": [e.attr(member, "Endpoint.Port")],
            "Revision": [hashlib.sha256(command.encode()).hexdigest()[:16]],
        },
        Targets=[ssm.Targets(Key="InstanceIds", Values=[e.ref(machine)])],
        # The machine may still be on its way to Systems Manager.
        WaitForSuccessTimeoutSeconds=SECONDS + 300,
        # No tags: every change runs the script again and waits, and a machine that is stopped fails the update.
        origins={"Name": "schema", "Parameters": "schema", "Targets": ("schema", "through")},
    )
    for needed in (logical_id(member), logical_id(machine)):
        e.edge(association, needed, "the machine runs the script on the database", origin=(*member.path, "schema"))


def _too_large(member: Member, schema: Schema, size: int) -> Diagnostic:
    most = MOST - FILLED_IN_MOST
    message = f"`{schema.source.name}` makes a document of {size:,} bytes; {most:,} is the most."
    help_ = "Put large data into a file that the machine fetches."
    return Diagnostic(TOO_LARGE, message, (*member.path, "schema", "source"), help=help_)


FILLED_IN = {
    "Host": ("The DNS name of the database", "^[A-Za-z0-9.-]+$"),
    "Port": ("Its port", "^[0-9]+$"),
    "Revision": ("What is run, in short", "^[0-9a-f]+$"),
}
"""What the association fills in: what it is, and what it must look like."""


def _document(member: Member, command: str) -> Body:
    return {
        "schemaVersion": "2.2",
        "description": f"Runs the schema of {member.name}",
        "parameters": {
            name: {"type": "String", "description": words, "allowedPattern": pattern}
            for name, (words, pattern) in FILLED_IN.items()
        },
        "mainSteps": [
            {
                "action": "aws:runShellScript",
                "name": "schema",
                "inputs": {"timeoutSeconds": str(SECONDS), "runCommand": [command]},
            }
        ],
    }


def _login_file(e: Emitter, machine: Member, member: Member) -> str:
    """Where the machine keeps the database's login: in its file for the database, or for one of its replicas."""
    body = machine.body
    assert isinstance(body, Instance)
    logins = [(path, e.architecture.one(secret.from_)) for path, secret in sorted(body.secrets.items())]
    return min((login != member, path) for path, login in logins if member in (login, login.owner))[1]


# ------------------------------------------------------------------ the command

PATIENCE = 360
"""Seconds in which a login must work: a machine writes a changed password down within five minutes."""


def schema_command(script: bytes, login: str, database: str) -> str:
    """A shell script; Systems Manager fills in what stands in pairs of braces.

    `login` is the file of credentials on the machine; `database` is empty where the script chooses one itself.
    """
    command = words("sql", database) if database else pieces("sql")
    return shown(pieces(_HEAD, _CREDENTIALS[0], word(login), _CREDENTIALS[1], _READY % PATIENCE, _fed(command, script)))


def _fed(command: Script, script: bytes) -> Script:
    """The script on the command's input. Pairs of braces are hidden from Systems Manager, and from CloudFormation."""
    if b"{{" not in script:
        return fed(command, script)
    encoded = base64.encodebytes(script).decode("ascii")
    return pieces("base64 -d <<'END' | ", command, "\n", encoded, "END\n")


# Only the option file is read (--defaults-file), so that no other one of the machine's can change who logs in, or how.
# MariaDB's client and MySQL's own spell TLS differently.
_HEAD = """\
#!/bin/bash
# Runs SQL on a database; any number of times. The host is the primary's, also where this machine reads from a replica.
set -euo pipefail
umask 077
echo 'labspec: schema {{ Revision }}'
client=$(command -v mariadb || command -v mysql) || {
  echo 'labspec: this machine has no client for MySQL: add mariadb105 to its packages' >&2
  exit 1
}
login=$(mktemp -p /run) # in memory
trap 'rm -f "$login"' EXIT

# The server must prove who it is where the bundle of the RDS authorities is installed.
bundle=/etc/pki/tls/certs/rds-global-bundle.pem
if [[ $("$client" --version) == *MariaDB* ]]; then
  tls=(--ssl --skip-ssl-verify-server-cert)
  [[ ! -r $bundle ]] || tls=(--ssl-ca="$bundle" --ssl-verify-server-cert)
else
  tls=(--ssl-mode=REQUIRED)
  [[ ! -r $bundle ]] || tls=(--ssl-ca="$bundle" --ssl-mode=VERIFY_IDENTITY)
fi

sql() {
  "$client" --defaults-file="$login" --protocol=tcp --host='{{ Host }}' --port='{{ Port }}' --connect-timeout=10 \\
    --default-character-set=utf8mb4 "${tls[@]}" "$@"
}
"""

_CREDENTIALS = (
    """
credentials() {
  python3 - """,
    """ >"$login" <<'END'
import json, sys

with open(sys.argv[1]) as file:
    login = json.load(file)
print("[client]")
for option in ("user", "password"):
    print('%s="%s"' % (option, login[option].replace("\\\\", "\\\\\\\\").replace('"', '\\\\"')))
END
}
""",
)

_READY = """
# A changed password reaches the file a little later than the database. Not every client refuses to do without TLS.
answer='no login yet'
until credentials && answer=$(sql --batch --skip-column-names --execute="SHOW SESSION STATUS LIKE 'Ssl_cipher'" 2>&1) &&
  [[ $answer == Ssl_cipher$'\\t'?* ]]; do
  ((SECONDS < %d)) || {
    echo "labspec: the database cannot be used with TLS: $answer" >&2
    exit 1
  }
  sleep 5
done

"""
