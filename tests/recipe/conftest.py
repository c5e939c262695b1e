"""Real servers on loopback for the lab's page: PHP's own, a MariaDB, and a metadata service that wants its token."""

from __future__ import annotations

import http.server
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.programs import missing, system_tool

FILES = Path(__file__).parents[2] / "specs" / "files"


def php_with_mysql() -> None:
    modules = subprocess.run([system_tool("php"), "-m"], check=True, capture_output=True, text=True).stdout
    if "mysqli" not in modules.split():
        missing("PHP's mysqli")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"nothing listens on port {port}")


@contextmanager
def running(command: list[str], port: int, **environment: str) -> Iterator[None]:
    """A server process, until the block ends."""
    process = subprocess.Popen(
        command, env={"PATH": os.environ["PATH"], **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(port, process)
        yield
    finally:
        process.terminate()
        process.wait(30)


@dataclass
class Answer:
    status: int
    text: str
    seconds: float


@dataclass
class Site:
    """The document root and the folder beside it, laid out as the specs lay them out, behind PHP's own server."""

    folder: Path
    port: int = 0

    @property
    def login(self) -> Path:
        return self.folder / "database.json"

    @contextmanager
    def served(self, **environment: str) -> Iterator[Site]:
        self.port = free_port()
        # display_errors as bad as it can be: the page must not show one all the same.
        command = [system_tool("php"), "-d", "display_errors=1", "-S", f"127.0.0.1:{self.port}"]
        with running([*command, "-t", str(self.folder / "html")], self.port, **environment):
            yield self

    def get(self, path: str = "/") -> Answer:
        begun = time.monotonic()
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
            return Answer(answer.status, answer.read().decode(), time.monotonic() - begun)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    html, inc = tmp_path / "html", tmp_path / "inc"
    html.mkdir()
    inc.mkdir()
    shutil.copy(FILES / "index.php", html)
    shutil.copy(FILES / "dbinfo.inc", inc)
    (html / "health.html").write_text("ok")
    return Site(tmp_path)


@dataclass
class Metadata:
    """What the metadata service knows, and what it was asked."""

    values: dict[str, str]
    url: str = ""
    hangs: bool = False
    asked: list[str] = field(default_factory=list)


TOKEN_TTL, TOKEN = "X-aws-ec2-metadata-token-ttl-seconds", "X-aws-ec2-metadata-token"


def _handler(metadata: Metadata) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def answer(self, status: int, text: str = "") -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def do_PUT(self) -> None:
            metadata.asked.append(f"PUT {self.path}")
            valid = self.path == "/latest/api/token" and self.headers.get(TOKEN_TTL, "").isdigit()
            self.answer(200, "the-token") if valid else self.answer(400)

        def do_GET(self) -> None:
            metadata.asked.append(f"GET {self.path}")
            if metadata.hangs:
                time.sleep(3)
            if self.headers.get(TOKEN) != "the-token":
                self.answer(401)
            elif (name := self.path.removeprefix("/latest/meta-data/")) in metadata.values:
                self.answer(200, metadata.values[name])
            else:
                self.answer(404)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@pytest.fixture
def metadata() -> Iterator[Metadata]:
    known = {
        "instance-id": "i-0123456789abcdef0",
        "local-ipv4": "10.1.1.143",
        "public-ipv4": "203.0.113.7",
        "placement/availability-zone": "ap-northeast-2a",
    }
    service = Metadata(known)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler(service))
    service.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield service
    server.shutdown()
    server.server_close()


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that accepts and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


@pytest.fixture
def dropping() -> Iterator[int]:
    """A port whose queue is full: packets to it are dropped, as where a security group lets nothing through."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        port = int(server.getsockname()[1])
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        yield port
        for one in waiting:
            one.close()


@dataclass(frozen=True)
class Database:
    """A MariaDB that speaks TLS with a certificate of its own making."""

    socket: Path
    port: int
    certificate: Path
    user: str = "lab"
    password: str = "pass'word-\"42"

    def run(self, statements: str, database: str = "") -> str:
        client = [system_tool("mariadb"), "--no-defaults", "--batch", "--skip-column-names", "-uroot"]
        command = [*client, f"--socket={self.socket}", *([database] if database else [])]
        return subprocess.run(command, input=statements, text=True, check=True, capture_output=True).stdout


def self_signed(folder: Path, name: str) -> Path:
    """A certificate for 127.0.0.1 that vouches for itself; its key lies beside it."""
    subject = ["-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    target = ["-keyout", str(folder / f"{name}.key"), "-out", str(folder / f"{name}.pem")]
    command = [system_tool("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject, *target]
    subprocess.run(command, check=True, capture_output=True)
    return folder / f"{name}.pem"


def _install(folder: Path, user: list[str]) -> None:
    command = [system_tool("mariadb-install-db"), "--no-defaults", f"--datadir={folder / 'data'}", *user]
    command += ["--auth-root-authentication-method=normal", "--skip-test-db"]
    subprocess.run(command, check=True, capture_output=True)


def _server(folder: Path, port: int, certificate: Path, user: list[str]) -> list[str]:
    tls = [f"--ssl-cert={certificate}", f"--ssl-key={certificate.with_suffix('.key')}"]
    places = [f"--datadir={folder / 'data'}", f"--socket={folder / 'socket'}", f"--pid-file={folder / 'pid'}"]
    listening = ["--bind-address=127.0.0.1", f"--port={port}", "--skip-name-resolve"]
    small = ["--innodb-buffer-pool-size=16M", "--skip-log-bin"]
    return [system_tool("mariadbd"), "--no-defaults", *user, *places, *listening, *tls, *small]


@pytest.fixture(scope="session")
def maria() -> Iterator[Database]:
    php_with_mysql()
    folder = Path(tempfile.mkdtemp(prefix="labspec-maria-"))  # short: the path of a socket has 107 bytes at most
    user = ["--user=mysql"] if os.getuid() == 0 else []
    try:
        certificate = self_signed(folder, "server")
        if user:
            shutil.chown(folder, "mysql")
            shutil.chown(certificate.with_suffix(".key"), "mysql")
        _install(folder, user)
        database = Database(folder / "socket", free_port(), certificate)
        with running(_server(folder, database.port, certificate, user), database.port):
            password = database.password.replace("'", "''")
            database.run(f"CREATE USER lab@'%' IDENTIFIED BY '{password}'; GRANT ALL ON *.* TO lab@'%';")
            yield database
    finally:
        shutil.rmtree(folder)
