"""The command of a schema does what it says, on a real server and by the real client."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from labspec.emit.schemas import schema_command
from tests.programs import system_tool
from tests.recipe.conftest import FILES, Database, self_signed

SAMPLE = (FILES / "sample.sql").read_bytes()
BUNDLE = "/etc/pki/tls/certs/rds-global-bundle.pem"


@pytest.fixture
def database(maria: Database) -> Iterator[Database]:
    """An empty database `lab` on the server."""
    maria.run("CREATE OR REPLACE DATABASE lab CHARACTER SET utf8mb4")
    yield maria
    maria.run("DROP DATABASE IF EXISTS lab")


@pytest.fixture
def login(tmp_path: Path, database: Database) -> Path:
    """The file that a machine writes from the secret. It names a replica: the command must not believe it."""
    file = tmp_path / "database.json"
    there = {"host": "192.0.2.1", "port": 1, "database": "nowhere"}
    file.write_text(json.dumps({**there, "user": database.user, "password": database.password}))
    return file


def run(
    script: bytes, login: Path, database: Database, name: str = "lab", **changed: str
) -> subprocess.CompletedProcess[str]:
    """The command as Systems Manager fills it in; what lies in /run lies beside the login, and no time is wasted."""
    values = {"Host": "127.0.0.1", "Port": str(database.port), "Revision": "0123456789abcdef"}
    text = schema_command(script, str(login), name)
    for key, value in values.items():
        text = text.replace(f"{{{{ {key} }}}}", value)
    changes = {"mktemp -p /run": f"mktemp -p {login.parent}", "SECONDS < 360": "SECONDS < 1", "sleep 5": "sleep 1"}
    for old, new in {**changes, **changed}.items():
        assert old in text
        text = text.replace(old, new)
    file = login.parent / "_script.sh"
    file.write_text(text)
    file.chmod(0o700)
    return subprocess.run(["sh", "-c", str(file)], capture_output=True, text=True, check=False)


def rows(database: Database) -> str:
    return database.run("SELECT NAME, ADDRESS FROM SAMPLE", "lab")


def test_the_sample_may_run_any_number_of_times(database: Database, login: Path) -> None:
    for _ in range(2):
        made = run(SAMPLE, login, database)
        assert (made.returncode, made.stderr) == (0, "")
        assert rows(database) == "KIM\tSEOUL\n"
    assert "labspec: schema 0123456789abcdef" in made.stdout


def test_no_password_is_left_behind(database: Database, login: Path) -> None:
    before = sorted(login.parent.iterdir())
    assert run(SAMPLE, login, database).returncode == 0
    assert sorted(login.parent.iterdir()) == sorted({*before, login.parent / "_script.sh"})


def test_text_of_any_language_arrives(database: Database, login: Path) -> None:
    script = SAMPLE.replace(b"'KIM', 'SEOUL'", "'\uae40 {{x}}', '\uc11c\uc6b8'".encode())
    assert run(script, login, database).returncode == 0
    count = "SELECT COUNT(*) FROM SAMPLE WHERE HEX(ADDRESS) = HEX(_utf8mb4 0xEC849CEC9AB8)"
    assert database.run(count, "lab") == "1\n"


def test_without_a_database_the_script_chooses_its_own(database: Database, login: Path) -> None:
    assert run(b"USE lab;\n" + SAMPLE, login, database, "").returncode == 0
    assert rows(database) == "KIM\tSEOUL\n"


def test_the_first_wrong_statement_fails_it(database: Database, login: Path) -> None:
    made = run(b"SELECT nothing_like_it;\n" + SAMPLE, login, database)
    assert made.returncode != 0
    assert "nothing_like_it" in made.stderr
    assert database.run("SHOW TABLES", "lab") == ""


def test_a_refused_login_is_the_reason_that_is_told(database: Database, login: Path) -> None:
    login.write_text(json.dumps({"user": database.user, "password": "wrong"}))
    made = run(SAMPLE, login, database)
    assert made.returncode == 1
    assert "cannot be used with TLS" in made.stderr
    assert "Access denied" in made.stderr


def test_a_file_that_is_not_there_yet_is_waited_for(database: Database, login: Path) -> None:
    login.unlink()
    made = run(SAMPLE, login, database)
    assert made.returncode == 1
    assert "no login yet" in made.stderr


def test_nothing_is_said_in_the_clear(database: Database, login: Path) -> None:
    """A client that does without TLS where it must is found out before the script runs."""
    made = run(SAMPLE, login, database, **{"tls=(--ssl --skip-ssl-verify-server-cert)": "tls=(--skip-ssl)"})
    assert made.returncode == 1
    assert database.run("SHOW TABLES", "lab") == ""


def test_the_server_proves_who_it_is_where_the_bundle_is_installed(database: Database, login: Path) -> None:
    assert run(SAMPLE, login, database, **{BUNDLE: str(database.certificate)}).returncode == 0
    stranger = self_signed(login.parent, "stranger")
    made = run(SAMPLE, login, database, **{BUNDLE: str(stranger)})
    assert made.returncode == 1
    assert "certificate" in made.stderr.lower()


def test_mysqls_own_client_is_asked_for_tls_in_its_own_words(
    database: Database, login: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    client = tools / "mysql"
    client.write_text(
        '#!/bin/bash\necho "$@" >>"$0.log"\n'
        '[[ $1 == --version ]] && echo "mysql  Ver 8.4.7 for Linux" && exit\n'
        'printf "Ssl_cipher\\tTLS_AES_256_GCM_SHA384\\n"\n'
    )
    client.chmod(0o755)
    for name in ("bash", "sh", "python3", "mktemp", "rm", "cat", "sleep", "env"):
        if found := shutil.which(name):
            (tools / name).symlink_to(os.path.realpath(found) if name == "python3" else found)
    monkeypatch.setenv("PATH", str(tools))
    assert run(SAMPLE, login, database).returncode == 0
    calls = (tools / "mysql.log").read_text().splitlines()
    assert len(calls) == 3
    assert all("--ssl-mode=REQUIRED" in call and "--ssl " not in call for call in calls[1:])
    assert all(call.startswith("--defaults-file=") for call in calls[1:])
    (bundle := tmp_path / "bundle.pem").write_text("")
    assert run(SAMPLE, login, database, **{BUNDLE: str(bundle)}).returncode == 0
    assert f"--ssl-ca={bundle} --ssl-mode=VERIFY_IDENTITY" in (tools / "mysql.log").read_text()


def test_a_machine_without_a_client_says_so(
    database: Database, login: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    for name in ("bash", "sh"):
        (tmp_path / "bin" / name).symlink_to(system_tool(name))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    made = run(SAMPLE, login, database)
    assert made.returncode == 1
    assert "add mariadb105 to its packages" in made.stderr
