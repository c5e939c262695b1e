"""What a machine does at every boot: attach file systems, and fetch credentials into memory.

cloud-init runs a boot hook at every boot, while most of the system is still down: there is no package manager to rely
on and perhaps no route. So the hook only writes units below `/run`, which no image can carry, and asks systemd to start
them without waiting. Their own ordering does the rest:

- after `network-online.target`. `cloud-init.target` or `cloud-final.service` would deadlock: the script of the first
  boot runs in `cloud-final.service` and waits for these units.
- before the web servers. systemd orders jobs that are queued, so a web server that has not begun yet waits until the
  file systems and credentials are there, or were tried for a while.

What goes wrong is retried for ever, and the last obstacle stands in `/run/labspec/*.status`, which the script of the
first boot gives CloudFormation as its reason.
"""

from __future__ import annotations

import string
from typing import NamedTuple

from labspec.emit.shell import Script, Text, fed, json_object, pieces, word, words

WEB_SERVERS = ("httpd", "nginx", "php-fpm")
"""Services that are ordered after what the hook starts, also on machines whose image installed them."""


class Mount(NamedTuple):
    """An EFS file system and where it is attached. `host` is its DNS name, where its mount target answers."""

    path: str
    file_system: Text
    host: Text
    tls: bool = True


class SecretFile(NamedTuple):
    """A file of credentials below /run, readable by root and one group.

    The machine reads `secret` with its own role, again every five minutes, and takes only user and password from it;
    host, port and database are the template's, so that a replica's file names the replica. Packages bring the group.
    """

    path: str
    secret: Text
    region: Text
    host: Text
    port: Text
    database: Text
    group: str = "root"


def boot_hook(mounts: tuple[Mount, ...], secrets: tuple[SecretFile, ...], services: tuple[str, ...]) -> Script:
    """The script that cloud-init runs at every boot."""
    before = " ".join(unit(service) for service in dict.fromkeys((*WEB_SERVERS, *services)))
    parts: list[Script] = [(_HEAD,)]
    if mounts:
        parts += [_mounts(mounts, before)]
    if secrets:
        parts += [_secrets(secrets, before)]
    if mounts or secrets:
        parts += [("systemctl daemon-reload\n",)]
    if mounts:
        parts += [("systemctl start --no-block labspec-mounts.service\n",)]
    if secrets:
        parts += [("systemctl start --no-block labspec-secrets.service labspec-secrets.timer\n",)]
    return pieces(*parts)


def unit(service: str) -> str:
    """The name of a service's unit."""
    return service if "." in service else f"{service}.service"


def mount_unit(path: str) -> str:
    """The name that systemd demands of the unit for a mount point (as `systemd-escape --path` makes it)."""
    plain = "-".join(_escaped(part) for part in path.split("/") if part)
    return (f"\\x2e{plain[1:]}" if plain.startswith(".") else plain) + ".mount"


def _escaped(part: str) -> str:
    kept = string.ascii_letters + string.digits + ":_."
    return "".join(chr(byte) if chr(byte) in kept else f"\\x{byte:02x}" for byte in part.encode())


# cloud-init's module cc_ssh runs after this hook and before sshd starts. It only ever adds keys, so a disk copied from
# another machine would go on letting in that machine's key pair. It runs once per instance, and the file config_ssh
# says that it has: keys are only removed in a boot in which it will write this machine's own, so nobody is locked out.
# New host keys it makes by itself. cloud-init keeps a folder for every instance that the disk has been, user data
# included, and has moved its link to this instance's when the hook runs. (Read in cloud-init 22.2.2, which Amazon Linux
# 2023 has: cmd/main.py, stages.py, handlers/boot_hook.py, config/cc_ssh.py.)
_HEAD = """\
#!/bin/bash
# Runs at every boot, early. Everything it writes is in memory.
set -eu
umask 022
mkdir -p /run/labspec
# A disk copied from another machine: its keys and user data go, before cloud-init writes this machine's own keys.
here=$(readlink -f /var/lib/cloud/instance || true)
for other in /var/lib/cloud/instances/*; do
  if [[ -d $here && ! -e $here/sem/config_ssh && ! $other -ef $here ]]; then
    rm -rf "$other" /root/.ssh/authorized_keys /home/*/.ssh/authorized_keys
  fi
done
"""


def _mounts(mounts: tuple[Mount, ...], before: str) -> Script:
    return pieces(
        *(_file(f"/run/systemd/system/{mount_unit(mount.path)}", _mount_unit(mount)) for mount in mounts),
        _file("/run/systemd/system/labspec-mounts.service", _service("Attach file systems", before, _MOUNTS_SERVICE)),
        _file("/run/labspec/mounts", pieces(_MOUNTS, *(_attached(mount) for mount in mounts), _MOUNTS_END)),
    )


def _file(path: str, content: Text) -> Script:
    return fed(pieces("cat >", word(path)), content)


def _mount_unit(mount: Mount) -> Script:
    # systemd runs the mount helper for a mount unit as it does for a line of /etc/fstab, which is how EFS is meant to
    # be mounted; _netdev makes it wait for the network, and leave before the network does.
    options = "_netdev,tls" if mount.tls else "_netdev"
    where = mount.path.replace("%", "%%")
    return pieces(
        "[Mount]\nWhat=", mount.file_system, f":/\nWhere={where}\nType=efs\nOptions={options}\nTimeoutSec=90\n"
    )


def _service(description: str, before: str, body: str) -> str:
    return f"""\
[Unit]
Description={description}
Wants=network-online.target
After=network-online.target
Before={before}

[Service]
Type=oneshot
{body}Restart=on-failure
RestartSec=30
TimeoutStartSec=600
StandardOutput=journal+console
"""


_MOUNTS_SERVICE = """\
RemainAfterExit=yes
ExecStart=/bin/bash /run/labspec/mounts
"""

_MOUNTS = """\
#!/bin/bash
# Tries for three minutes; then systemd starts it again.
say() {
  echo "labspec: $*"
  echo "$*" >/run/labspec/mounts.status
}

client() {
  command -v mount.efs >/dev/null && return 0
  say 'amazon-efs-utils cannot be installed (yet)'
  dnf -y install amazon-efs-utils
}

attach() {
  systemctl is-active --quiet "$1" && return 0
  say "$2 does not answer on port 2049"
  timeout 5 bash -c ": </dev/tcp/$2/2049" 2>/dev/null || return 1
  say "$2 answers, but cannot be mounted: journalctl -u $1"
  systemctl start "$1"
}

all() {
  local failed=0
  client || return 1
"""

_MOUNTS_END = """\
  return $failed
}

until all; do
  ((SECONDS < 180)) || exit 1
  sleep 5
done
say mounted
"""


def _attached(mount: Mount) -> Script:
    return pieces("  ", words("attach", mount_unit(mount.path), mount.host), " || failed=1\n")


def _secrets(secrets: tuple[SecretFile, ...], before: str) -> Script:
    timer, service = "labspec-secrets.timer", "labspec-secrets.service"
    return pieces(
        _file(f"/run/systemd/system/{service}", _service("Fetch credentials", before, _SECRETS_SERVICE)),
        _file(f"/run/systemd/system/{timer}", _TIMER),
        _file("/run/labspec/secrets.json", pieces(*(pieces(_entry(secret), "\n") for secret in secrets))),
        _file("/run/labspec/secrets", READER),
    )


def _entry(secret: SecretFile) -> Script:
    return json_object(
        {
            "path": secret.path,
            "group": secret.group,
            "secret": secret.secret,
            "region": secret.region,
            "host": secret.host,
            "port": secret.port,
            "database": secret.database,
        }
    )


_SECRETS_SERVICE = """\
ExecStart=/usr/bin/python3 /run/labspec/secrets
"""

_TIMER = """\
[Unit]
Description=Fetch credentials again

[Timer]
OnActiveSec=5min
OnUnitInactiveSec=5min
"""

# For the system's own Python, 3.9 on Amazon Linux 2023, where the command line interface of AWS is installed too.
READER = '''\
"""Fetches credentials into files in memory. Tries for three minutes; then systemd starts it again."""
import grp, json, os, shutil, subprocess, time

FOLDER = "/run/labspec"


def say(text):
    text = " ".join(text.split())
    print("labspec: " + text, flush=True)
    with open(FOLDER + "/secrets.status", "w") as status:
        status.write(text + "\\n")


def credentials(entry):
    if not shutil.which("aws"):
        subprocess.run(["dnf", "-y", "install", "awscli-2"], check=True)
    command = ["aws", "secretsmanager", "get-secret-value", "--query", "SecretString", "--output", "text"]
    command += ["--region", entry["region"], "--secret-id", entry["secret"]]
    answer = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    if answer.returncode:
        raise OSError(answer.stderr.decode().strip() or "aws failed")
    secret = json.loads(answer.stdout)
    login = {"user": secret["username"], "password": secret["password"]}
    return {"host": entry["host"], "port": int(entry["port"]), **login, "database": entry["database"]}


def write(path, group, values):
    gid = grp.getgrnam(group).gr_gid
    os.makedirs(os.path.dirname(path), exist_ok=True)
    new = path + ".new"
    if os.path.lexists(new):
        os.unlink(new)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(values, file)
        os.fchown(file.fileno(), -1, gid)
        os.fchmod(file.fileno(), 0o640)
    os.rename(new, path)


def fetched(entry):
    try:
        write(entry["path"], entry["group"], credentials(entry))
    except Exception as error:
        say("%s: %s: %s" % (entry["path"], type(error).__name__, error))
        return False
    return True


with open(FOLDER + "/secrets.json") as file:
    waiting = [json.loads(line) for line in file]
end, pause = time.monotonic() + 180, 2
while True:
    waiting = [entry for entry in waiting if not fetched(entry)]
    if not waiting:
        break
    if time.monotonic() > end:
        raise SystemExit(1)
    time.sleep(pause)
    pause = min(2 * pause, 30)
'''
