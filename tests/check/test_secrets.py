"""What counts as a secret in clear, and what does not; and that nothing shows it again."""

from __future__ import annotations

from pathlib import Path

import pytest

from labspec.check.secret_forms import secrets_in
from labspec.report import Outcome, to_text
from tests.building import NETWORK, build, messages

BODY = "MIIEpAIBAAKCAQEAwf1Hh3vG" * 2
LETTERS = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6"
AWS_ID, AWS_SECRET = "AKIA" + "Q3EXZ7LMNOPW2RST", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYx9q2Zt4LmN"


def pem(kind: str, ending: str = "\n") -> str:
    """A private key, put together here so that no file of this repository looks as if it held one."""
    return f"-----BEGIN {kind}PRIVATE " + f"KEY-----{ending}{BODY}"


# Each is what stands in a text, and what of it is the secret: the same, unless said. Put together, for the same reason.
FORMS = {
    "an RSA key": (pem("RSA "), pem("RSA ").splitlines()[0]),
    "an OpenSSH key": (pem("OPENSSH "), pem("OPENSSH ").splitlines()[0]),
    "a PKCS 8 key with other line ends": (pem("", "\r\n"), pem("").splitlines()[0]),
    "a key in JSON": (f'{{"private_key": "{pem("", chr(92) + "n")}"}}', pem("").splitlines()[0]),
    "an encrypted key": (
        pem("RSA ", "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0A\n\n"),
        pem("RSA ").splitlines()[0],
    ),
    "a key of PuTTY": (f"PuTTY-User-Key-File-3: ssh-rsa\nPrivate-Lines: 14\n{BODY}", "Private-Lines: 14"),
    "an AWS key beside its id": (f"{AWS_ID},{AWS_SECRET}", AWS_SECRET),
    "an AWS key by its name": (f"aws configure set aws_secret_access_key {AWS_SECRET}", AWS_SECRET),
    "an AWS key in the environment": (f"export AWS_SECRET_ACCESS_KEY={AWS_SECRET}", AWS_SECRET),
    "GitHub": ("gh" + f"p_{LETTERS}", ""),
    "GitHub, fine-grained": ("github" + f"_pat_{LETTERS[:22]}_{LETTERS}{LETTERS[:23]}", ""),
    "GitLab": ("gl" + f"pat-{LETTERS[:20]}", ""),
    "Slack": ("xox" + f"b-123412341234-123412341234-{LETTERS[:24]}", ""),
    "Stripe": ("sk" + f"_live_{LETTERS[:24]}", ""),
    "npm": ("npm" + f"_{LETTERS}", ""),
    "PyPI": ("pypi-" + f"AgE{LETTERS}{LETTERS}", ""),
    "DigitalOcean": ("dop" + "_v1_" + "0a1b2c3d" * 8, ""),
}
PASSWORDS = {
    "a shell variable": "DB_PASSWORD=rootroot",
    "an exported one": "export MYSQL_PWD='hunter two'",
    "a container's environment": "docker run -e MYSQL_ROOT_PASSWORD=rootroot mysql",
    "a constant of PHP": "<?php define('DB_PASSWORD', 'labvpcrds');",
    "a variable of PHP": "$password = 'correct7horse';",
    "an entry of PHP": "$db['password'] = 'correct7horse';",
    "JSON": '{"user": "admin", "password": "correct7horse"}',
    "YAML": "user: admin\npassword: correct7horse\n",
    "an option file": "[client]\npassword = correct7horse\n",
    "the client of MySQL": "mysql -h db -u admin -pcorrecthorse lab < lab.sql",
    "a long option": "mysqldump --password=correcthorse lab",
    "an option of the AWS CLI": "aws rds modify-db-instance --master-user-password correcthorse",
    "an address": "mysql://admin:correcthorse@db.internal:3306/lab",
    "SQL": "CREATE USER 'app'@'%' IDENTIFIED WITH caching_sha2_password BY 'correcthorse';",
    "chpasswd": "echo 'ec2-user:correcthorse' | sudo chpasswd",
    "sshpass": "sshpass -p correcthorse ssh admin@10.0.0.1",
    "digits alone": 'password: "12345678"',
}
NONE = {
    "where a key would begin": "-----BEGIN RSA PRIVATE " + "KEY-----\n...",
    "a certificate": "-----BEGIN CERTIFICATE-----\n" + BODY,
    "the id of an AWS key": f"AWS_ACCESS_KEY_ID={AWS_ID}",
    "the example of AWS": "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "a commit beside an id": f"{AWS_ID} 0123456789abcdef0123456789abcdef01234567",
    "a token in words": "xoxb-your-token-here",
    "nothing": "DB_PASSWORD=\nexport DB_PASSWORD=''",
    "a variable": 'DB_PASSWORD=$PASSWORD\nPGPASSWORD="${PASSWORD:-}"',
    "a command": "DB_PASSWORD=$(aws secretsmanager get-secret-value --secret-id orders)",
    "an expression": "DB_PASSWORD=${{ Password }}",
    "a dynamic reference": "DB_PASSWORD={{resolve:secretsmanager:orders:SecretString:password}}",
    "a path": "DB_PASSWORD_FILE=/run/secrets/db\nDB_PASSWORD=/run/secrets/db",
    "a folder": "PWD=/var/www/html\nOLDPWD=/root",
    "words in its place": "DB_PASSWORD=changeme\nA_PASSWORD=your-password\nB_PASSWORD=****\nC_PASSWORD=<password>",
    "a switch": "MYSQL_ALLOW_EMPTY_PASSWORD=yes\nNO_PASSWORD=true",
    "what reads one": "password = getenv('DB_PASSWORD')\npassword = config.password\npassword=password,",
    "what PHP reads": "define('DB_PASSWORD', getenv('DB_PASSWORD'));\n$pass = $login['password'];",
    "a comparison": "if (password == '12345678') {",
    "labels": "{password: 'Enter your password', confirm_password: 'Again', password: '비밀번호1'}",
    "HTML": '<label for="password">Password:</label><input type="password" name="password" value="">',
    "prose": "Password: the one that you were given in room 12",
    "a client that asks": "mysql -u admin -p lab; mysql --password lab; mysql -P 3306 -u admin",
    "a client with a variable": 'mysql -u admin -p"$DB_PASSWORD" lab',
    "folders": "mkdir -p /srv/mysql && cp -p mysql.cnf /etc",
    "an address without": "https://example.com:8080/a@b git@github.com:a/b.git https://${USER}:${TOKEN}@github.com",
    "an example's address": "https://user:secret12@example.com/",
    "hashes": "password: $2y$10$abcdefghijklmnopqrstuv",
    "names in AWS": "SecretId: orders/password\nKeyName: my-key-pair-2023\nAWS::ApiGateway::ApiKey: b899a0d240b53d9d",
    "validation": "password: required|min:8\npassword: varchar(255)",
    "an option without a value": "mysql --no-password correct7horse --skip-password",
    "the middle of a line": "one\nuse password: correct7horse\nor not\n",
    "a comment": "#password: correct7horse",
    "a comment further down": "one\n#password: correct7horse\ntwo\n",
}


@pytest.mark.parametrize("form", FORMS)
def test_keys_and_tokens_are_known_by_their_form(form: str) -> None:
    text, secret = FORMS[form]
    (found,) = secrets_in(f"first line\n  before {text}\nafter")
    shown = f"first line\n  before {text}\nafter"[slice(*found.chars)]
    assert shown == (secret or text)


@pytest.mark.parametrize("notation", PASSWORDS)
def test_passwords_are_known_by_what_they_are_given_to(notation: str) -> None:
    text = f"# a script\n{PASSWORDS[notation]}\n# its end\n"
    (found,) = secrets_in(text)
    assert found.what == "A password"
    assert text[slice(*found.chars)] in (
        "rootroot",
        "hunter two",
        "labvpcrds",
        "correct7horse",
        "correcthorse",
        "12345678",
    )


@pytest.mark.parametrize("notation", PASSWORDS)
def test_a_text_may_begin_and_end_with_a_password(notation: str) -> None:
    assert [found.what for found in secrets_in(PASSWORDS[notation])] == ["A password"]


@pytest.mark.parametrize("case", NONE)
def test_what_is_no_secret_is_let_be(case: str) -> None:
    assert secrets_in(NONE[case]) == []


def test_a_whole_text_is_a_secret_by_its_name() -> None:
    assert [found.what for found in secrets_in("correct7horse", "DB_PASSWORD")] == ["A password"]
    assert [found.what for found in secrets_in(LETTERS, "ApiKey")] == ["A secret"]
    assert secrets_in("correct7horse", "DB_PASSWORD_HASH") == []
    assert secrets_in("orders-app-key", "ApiKey") == []


# ------------------------------------------------------------------ where they are told

MACHINE = f"{NETWORK}instances:\n  web:\n    subnet: public-a\n    elastic_ip: true\n"


def test_a_secret_in_a_file_is_told_at_its_line_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "app.env").write_text("\ufeff# é\r\nUSER=admin\r\nDB_PASSWORD=rootroot\r\n", "utf-8")
    made = build(tmp_path, f"{MACHINE}    setup: {{files: {{/etc/app.env: {{source: app.env}}}}}}\n")
    (found,) = made.diagnostics
    assert found.rule.code == "LS310"
    assert found.span is not None
    assert (found.span.file, found.span.line) == (str(tmp_path / "app.env"), 3)
    assert (found.span.column, found.span.end_column) == (13, 21)
    assert found.related[0].span is not None
    assert found.related[0].span.line == 16


DATABASE = """databases:
  schema:
    ingress: {}
    engine: mysql
    version: 8.4.7
    subnets: [data-a, data-c]
"""


@pytest.mark.parametrize(
    ("where", "readers"),
    [
        (f"{DATABASE}    schema: {{source: s/index.html, through: web}}\n", "read the documents of Systems Manager"),
        ("websites: {schema: {content: s}}\n", "the whole world can read"),
    ],
)
def test_who_reads_a_file_is_told(tmp_path: Path, where: str, readers: str) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "s/index.html").write_text("CREATE USER app IDENTIFIED BY 'correct7horse';\n", "utf-8")
    text = f"{MACHINE}    access: ssm\n    secrets: {{/run/a.json: schema}}\n" if "databases" in where else NETWORK
    (found,) = [one for one in build(tmp_path, text + where).diagnostics if one.rule.code == "LS310"]
    assert readers in found.message
    assert found.span
    assert found.span.file == str(tmp_path / "s/index.html")


def test_a_file_of_two_machines_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "app.env").write_text("DB_PASSWORD=rootroot\n", "utf-8")
    text = f"{MACHINE}    setup: {{files: {{/etc/app.env: {{source: app.env}}}}}}\n"
    made = build(tmp_path, f"{text}  other: {{like: web, subnet: public-c}}\n")
    assert len(made.diagnostics) == 1


def test_pages_are_read_pictures_are_not(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text("<!DOCTYPE html>", "utf-8")
    (site / "film.mp4").write_bytes(b"DB_PASSWORD=rootroot")
    (site / "app.bin.js").write_bytes(b"\0DB_PASSWORD=rootroot")
    (site / "app.js").write_text(f"const key = '{'sk' + '_live_'}{LETTERS[:24]}'\n", "utf-8")
    (found,) = build(tmp_path, "websites: {docs: {content: site}}\n").diagnostics
    assert found.message == (
        "A live key of Stripe stands here in clear: the whole world can read it once the website is published."
    )
    assert found.span is not None
    assert found.span.file == str(site / "app.js")


def test_a_file_that_is_a_secret_by_its_name_is_told_of_once(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text("<!DOCTYPE html>", "utf-8")
    (site / ".env").write_text("DB_PASSWORD=rootroot", "utf-8")
    assert [found.rule.code for found in build(tmp_path, "websites: {docs: {content: site}}\n").diagnostics] == [
        "LS342"
    ]


def test_a_variable_is_told_of_where_its_value_stands(tmp_path: Path) -> None:
    use = "    user_data: 'DB_PASSWORD=${{ variables.app_password }}'\n"
    text = f"variables: {{app_password: correct7horse}}\n{MACHINE}{use}"
    assert {message.split()[1] for message in messages(build(tmp_path, text))} == {"3:27"}


def test_no_report_shows_a_secret(tmp_path: Path) -> None:
    made = build(tmp_path, f"{MACHINE}    user_data: |\n      #!/bin/bash\n      DB_PASSWORD=rootroot\n")
    assert made.source is not None
    shown = to_text(Outcome("spec.yaml", made.diagnostics, made.source.texts))
    assert "rootroot" not in shown
    assert f"{tmp_path / 'spec.yaml'}:18:19" in shown
