"""The lab's page answers, whatever is missing."""

from __future__ import annotations

import html
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.programs import system_tool
from tests.recipe.conftest import (
    FILES,
    Answer,
    Database,
    Metadata,
    Site,
    free_port,
    php_with_mysql,
    self_signed,
)

NO_METADATA = "The metadata service does not answer"
NO_LOGIN = "This server has no login for a database (yet)."


@pytest.fixture(autouse=True)
def php() -> None:
    php_with_mysql()


@pytest.fixture
def database(maria: Database) -> Iterator[Database]:
    """An empty database `lab` on the server."""
    maria.run("CREATE OR REPLACE DATABASE lab CHARACTER SET utf8mb4")
    yield maria
    maria.run("DROP DATABASE IF EXISTS lab")


def login(site: Site, database: Database, name: str = "lab", **changed: Any) -> None:
    """Lay down the file that a machine writes from the secret."""
    values = {"host": "127.0.0.1", "port": database.port, "user": database.user, "password": database.password}
    site.login.write_text(json.dumps({**values, "database": name, **changed}))


def show(site: Site, **environment: str) -> Answer:
    """The page, with no metadata service unless the environment names one."""
    nowhere = f"http://127.0.0.1:{free_port()}"
    settings = {"LAB_METADATA_URL": nowhere, "LAB_DATABASE_FILE": str(site.login), **environment}
    with site.served(**settings):
        return site.get()


def whole(answer: Answer) -> bool:
    """The page came to its end, quickly, without a word of PHP's or of the database's."""
    leaks = ("Warning", "Fatal", "Deprecated", "Notice", "mysqli", "Access denied", "127.0.0.1")
    clean = not any(leak in answer.text for leak in leaks)
    return answer.status == 200 and answer.seconds < 5 and clean and answer.text.endswith("</html>\n")


def test_the_health_check_needs_neither_database_nor_metadata(site: Site) -> None:
    with site.served():
        answer = site.get("/health.html")
    assert (answer.status, answer.text) == (200, "ok")


def test_a_server_without_anything_says_so(site: Site) -> None:
    answer = show(site)
    assert whole(answer)
    assert NO_METADATA in answer.text
    assert NO_LOGIN in answer.text


def test_dbinfo_may_be_missing(site: Site) -> None:
    (site.folder / "inc" / "dbinfo.inc").unlink()
    answer = show(site)
    assert whole(answer)
    assert "This server is not set up for a database." in answer.text


@pytest.mark.parametrize("text", ["", "null", "[]", "{", '"text"', '{"host": "127.0.0.1"}'])
def test_a_login_that_is_not_whole_is_none(site: Site, text: str) -> None:
    site.login.write_text(text)
    answer = show(site)
    assert whole(answer)
    assert NO_LOGIN in answer.text


def test_metadata_is_asked_for_with_a_token(site: Site, metadata: Metadata) -> None:
    answer = show(site, LAB_METADATA_URL=metadata.url)
    assert whole(answer)
    assert all(f"<td>{value}</td>" in answer.text for value in metadata.values.values())
    assert metadata.asked[0] == "PUT /latest/api/token"
    assert len(metadata.asked) == 5


def test_a_private_server_has_no_public_address(site: Site, metadata: Metadata) -> None:
    del metadata.values["public-ipv4"]
    answer = show(site, LAB_METADATA_URL=metadata.url)
    assert whole(answer)
    assert "<tr><th>Public address</th><td>none</td></tr>" in answer.text
    assert "<td>10.1.1.143</td>" in answer.text


def test_silence_delays_the_page_only_a_little(site: Site, database: Database, silent: int) -> None:
    login(site, database, port=silent)
    answer = show(site, LAB_METADATA_URL=f"http://127.0.0.1:{silent}")
    assert whole(answer)
    assert NO_METADATA in answer.text
    assert "The database cannot be reached" in answer.text


def test_silence_after_the_token_delays_it_a_little_more(
    site: Site, database: Database, metadata: Metadata, silent: int
) -> None:
    metadata.hangs = True
    login(site, database, port=silent)
    answer = show(site, LAB_METADATA_URL=metadata.url)
    assert whole(answer)
    assert answer.text.count("<td>none</td>") == 4


def test_dropped_packets_delay_the_page_only_a_little(site: Site, database: Database, dropping: int) -> None:
    login(site, database, port=dropping)
    answer = show(site, LAB_METADATA_URL=f"http://127.0.0.1:{dropping}")
    assert whole(answer)
    assert NO_METADATA in answer.text
    assert "The database cannot be reached (error 2002)." in answer.text


def test_no_server(site: Site, database: Database) -> None:
    login(site, database, port=free_port())
    answer = show(site)
    assert whole(answer)
    assert "The database cannot be reached (error 2002)." in answer.text


def test_no_database(site: Site, database: Database) -> None:
    login(site, database, name="absent")
    answer = show(site)
    assert whole(answer)
    assert "The database does not exist." in answer.text


def test_no_table(site: Site, database: Database) -> None:
    login(site, database)
    answer = show(site)
    assert whole(answer)
    assert "The database has no table SAMPLE (yet)." in answer.text


def test_a_wrong_password(site: Site, database: Database) -> None:
    login(site, database, password="wrong")
    answer = show(site)
    assert whole(answer)
    assert "The database refused the login." in answer.text


def test_the_sample_runs_twice_and_makes_one_row(site: Site, database: Database) -> None:
    for _ in range(2):
        database.run((FILES / "sample.sql").read_text(), "lab")
    assert database.run("SELECT ID, NAME, ADDRESS FROM SAMPLE", "lab") == "1\tKIM\tSEOUL\n"
    login(site, database)
    answer = show(site)
    assert whole(answer)
    assert "<tr><td>1</td><td>KIM</td><td>SEOUL</td></tr>" in answer.text


def test_the_sample_leaves_what_is_there(database: Database) -> None:
    sample = (FILES / "sample.sql").read_text()
    database.run(f"{sample} UPDATE SAMPLE SET NAME = 'PARK', ADDRESS = 'SUWON'; {sample}", "lab")
    assert database.run("SELECT * FROM SAMPLE", "lab") == "1\tPARK\tSUWON\n"


def test_an_empty_table_is_not_a_missing_one(site: Site, database: Database) -> None:
    database.run((FILES / "sample.sql").read_text() + "DELETE FROM SAMPLE", "lab")
    login(site, database)
    answer = show(site)
    assert whole(answer)
    assert "The table is empty." in answer.text


def test_what_visitors_wrote_is_escaped(site: Site, database: Database) -> None:
    written = "<script>alert('\u00e9\ud55c')</script>"
    database.run((FILES / "sample.sql").read_text() + f'SET NAMES utf8mb4; UPDATE SAMPLE SET NAME = "{written}"', "lab")
    login(site, database)
    answer = show(site)
    assert whole(answer)
    assert html.escape(written).replace("&#x27;", "&#039;") in answer.text


def test_a_changed_login_needs_no_restart(site: Site, database: Database) -> None:
    database.run((FILES / "sample.sql").read_text(), "lab")
    login(site, database, password="wrong")
    with site.served(LAB_METADATA_URL=f"http://127.0.0.1:{free_port()}", LAB_DATABASE_FILE=str(site.login)):
        refused = site.get()
        login(site, database)
        accepted = site.get()
    assert "The database refused the login." in refused.text
    assert "<td>KIM</td>" in accepted.text


def test_the_connection_is_encrypted(site: Site, database: Database) -> None:
    database.run("ALTER USER lab@'%' REQUIRE SSL")
    login(site, database)
    answer = show(site)
    database.run("ALTER USER lab@'%' REQUIRE NONE")
    assert "The database has no table SAMPLE (yet)." in answer.text


@pytest.mark.parametrize("certificate", ["server", "stranger"])
def test_the_server_must_prove_who_it_is_where_there_is_a_bundle(
    site: Site, database: Database, certificate: str, tmp_path: Path
) -> None:
    bundle = tmp_path / "bundle.pem"
    shutil.copy(database.certificate if certificate == "server" else self_signed(tmp_path, "stranger"), bundle)
    login(site, database)
    answer = show(site, LAB_DATABASE_CA=str(bundle))
    assert whole(answer)
    trusted = "The database has no table SAMPLE (yet)."
    assert (trusted if certificate == "server" else "The database cannot be reached") in answer.text


def test_the_name_in_the_certificate_counts(site: Site, database: Database) -> None:
    login(site, database, host="127.1")  # the same address under a name that is not in the certificate
    assert "The database has no table SAMPLE (yet)." in show(site).text
    assert "The database cannot be reached" in show(site, LAB_DATABASE_CA=str(database.certificate)).text


def test_php_speaks_what_mysql_8_asks_for() -> None:
    plugins = subprocess.run([system_tool("php"), "-i"], check=True, capture_output=True, text=True).stdout
    assert "auth_plugin_caching_sha2_password" in plugins


def test_neither_file_holds_a_secret_or_is_anything_but_ascii() -> None:
    for name in ("index.php", "dbinfo.inc", "sample.sql", "site/mycar.html"):
        text = (FILES / name).read_bytes()
        assert text.isascii()
        assert b"PRIVATE KEY" not in text


def test_the_picture_of_the_site_is_small() -> None:
    picture = (FILES / "site" / "car.jpg").read_bytes()
    assert picture.startswith(b"\xff\xd8\xff")
    assert len(picture) < 60_000
    assert 'src="car.jpg"' in (FILES / "site" / "mycar.html").read_text()
