"""A bad network: what stands between a client and an emulated AWS, and fails where it is told to.

A `Proxy` hands every call on to the server and its answer back. A plan, a function of the call, says which of them go
wrong, and how; a plan that depends on nothing but the call's number or name fails in the same way each time.
"""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal, NamedTuple
from urllib.parse import parse_qs, urlsplit

Fault = Literal["unsent", "unanswered", "late", "throttled", "broken", "unavailable", "cut", "garbled", "expired"]
FAULTS: tuple[Fault, ...] = Fault.__args__  # type: ignore[attr-defined]
"""The connection ends before the request reaches the server, or after it did and before the answer; the answer comes
`LATE` seconds late; the service is asked too often; it fails (500) or is not there (503); the answer ends before its
announced end, or is half of what was to be said; the credentials have expired."""
LATE = 0.02
DONE: tuple[Fault, ...] = ("unanswered", "late", "cut", "garbled")
"""Faults after which the server has done what it was asked for."""


class Call(NamedTuple):
    """A request. `number` counts from 1; `name` is the operation, such as `ExecuteChangeSet` or `PUT object`."""

    number: int
    name: str


Plan = Callable[[Call], "Fault | None"]


def sound(_: Call) -> Fault | None:
    """Nothing goes wrong."""
    return None


def first_try(fault: Fault) -> Plan:
    """Of calls that are made one after the other and tried again, each goes wrong at first."""
    return lambda call: fault if call.number % 2 else None


def since(number: int, fault: Fault) -> Plan:
    """Everything goes wrong from a call on."""
    return lambda call: fault if call.number >= number else None


def each(name: str, fault: Fault) -> Plan:
    """Every call of an operation goes wrong."""
    return lambda call: fault if call.name == name else None


def after(name: str, fault: Fault) -> Plan:
    """Everything goes wrong once an operation was called."""
    called: list[Call] = []

    def plan(call: Call) -> Fault | None:
        if called:
            return fault
        called.extend([call] * (call.name == name))
        return None

    return plan


class Proxy:
    """Listens at `url`. `calls` are those since the plan was made."""

    def __init__(self, server: str) -> None:
        self.server = urlsplit(server).netloc
        self.url = ""
        self.calls: list[Call] = []
        self._plan: Plan = sound
        self._lock = threading.Lock()

    @contextmanager
    def failing(self, plan: Plan) -> Iterator[None]:
        """Let calls go wrong while the context lasts."""
        with self._lock:
            self._plan, self.calls = plan, []
        yield
        with self._lock:
            self._plan = sound

    def fault(self, name: str) -> Fault | None:
        """What becomes of the next call."""
        with self._lock:
            call = Call(len(self.calls) + 1, name)
            self.calls.append(call)
            return self._plan(call)


@contextmanager
def proxy(server: str) -> Iterator[Proxy]:
    """A proxy before a server, as long as the context lasts."""
    made = Proxy(server)

    class Handler(_Handler):
        between = made

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listener:
        made.url = f"http://127.0.0.1:{listener.server_address[1]}"
        threading.Thread(target=listener.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield made
        finally:
            listener.shutdown()


class Answer(NamedTuple):
    """What comes back."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class _Handler(BaseHTTPRequestHandler):
    between: Proxy
    protocol_version = "HTTP/1.1"

    def handle_one_request(self) -> None:
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.between.fault(_name(self.command, self.path, body))
        if fault == "unsent":
            self.close_connection = True
            return
        self._answer(self._refusal(fault) or self._forwarded(body), fault)

    def _forwarded(self, body: bytes) -> Answer:
        server = http.client.HTTPConnection(self.between.server)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("connection", "expect")}
        server.request(self.command, self.path, body, headers)
        said = server.getresponse()
        hop = ("connection", "keep-alive", "transfer-encoding", "content-length")
        kept = [(name, value) for name, value in said.getheaders() if name.lower() not in hop]
        length = said.getheader("Content-Length", "0")
        found = Answer(said.status, kept, said.read())
        server.close()
        # The answer to a HEAD has the length of what it has not.
        size = length if self.command == "HEAD" else str(len(found.body))
        return found._replace(headers=[*kept, ("Content-Length", size)])

    def _refusal(self, fault: Fault | None) -> Answer | None:
        """The service's own answer that it does not do it; S3 says nothing more to a HEAD than the status."""
        s3 = not self.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded")
        if fault not in REFUSALS:
            return None
        status, code, message = REFUSALS[fault][s3]
        error = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
        text = error if s3 else f"<ErrorResponse>{error}<RequestId>0</RequestId></ErrorResponse>"
        body = b"" if self.command == "HEAD" else text.encode()
        return Answer(status, [("Content-Type", "text/xml"), ("Content-Length", str(len(body)))], body)

    def _answer(self, answer: Answer, fault: Fault | None) -> None:
        if fault == "unanswered":
            self.close_connection = True
            return
        if fault == "late":
            time.sleep(LATE)
        status, headers, body = answer
        half = body[: len(body) // 2]
        if fault == "garbled" and body:
            headers = [*((name, value) for name, value in headers if name != "Content-Length")]
            headers, body = [*headers, ("Content-Length", str(len(half)))], half
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if fault == "cut":
            body, self.close_connection = half, True
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: what goes wrong here is meant to."""


REFUSALS: dict[Fault | None, tuple[tuple[int, str, str], tuple[int, str, str]]] = {
    "throttled": ((400, "Throttling", "Rate exceeded"), (503, "SlowDown", "Please reduce your request rate.")),
    "broken": ((500, "InternalFailure", "It failed."), (500, "InternalError", "We encountered an internal error.")),
    "unavailable": (
        (503, "ServiceUnavailable", "It is not there."),
        (503, "ServiceUnavailable", "Service is unable to handle request."),
    ),
    "expired": (
        (403, "ExpiredToken", "The security token included in the request is expired"),
        (400, "ExpiredToken", "The provided token has expired."),
    ),
}
"""Of each fault what CloudFormation says and what S3 does (`Common Errors`, AWS CloudFormation; `Error responses`,
Amazon S3)."""


def _name(method: str, path: str, body: bytes) -> str:
    if action := parse_qs(body.decode("latin-1")).get("Action") if body.startswith(b"Action=") else None:
        return action[0]
    where = urlsplit(path).path.strip("/")
    return f"{method} {'object' if '/' in where else 'bucket'}"
