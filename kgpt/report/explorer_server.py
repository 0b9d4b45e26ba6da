"""The server of the page that explores a run: fixed pages by GET, computations by POST, nothing else.

No path of a request reaches the file system: all that can be got is read before the first request.
"""

import json
import socket
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Protocol

from kgpt.errors import ConfigError, KgptError
from kgpt.progress import say
from kgpt.report.desk import CrowdedError, Desk
from kgpt.report.exploring import MAX_QUESTION_CHARS, MAX_TEXT_CHARS
from kgpt.report.request_check import RefusedError, RequestCheck, read_body, text_of

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_FILES = {
    "page.css": "text/css",
    "explorer.css": "text/css",
    "page.js": "text/javascript",
    "explorer.js": "text/javascript",
}
_MAX_LOGGED_CHARS = 120
_MAX_DRAINED_BYTES = 1_000_000
_SILENCE_S = 20.0


class Explores(Protocol):
    """What the server needs of a run; see `kgpt.report.exploring.Explorer`."""

    def page(self) -> bytes:
        """The page."""

    def read(self, text: str) -> bytes:
        """A text's links and graph."""

    def ask_graph(self, question: str) -> bytes:
        """The graph's answer."""

    def ask_arm(self, question: str, arm: str, seed: int) -> bytes:
        """An arm's answers."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back."""

    status: HTTPStatus
    kind: str
    body: bytes
    more: Mapping[str, str] = field(default_factory=dict)


class Site:
    """What can be asked, and the answers.

    Args:
        explorer: the run.
        host: the name that the server was told to answer to.
        desk: computes one thing at a time.
    """

    def __init__(self, explorer: Explores, *, host: str, desk: Desk) -> None:
        self.check = RequestCheck(host)
        self._desk = desk
        self._pages = {"/": ("text/html; charset=utf-8", explorer.page())}
        for name, kind in _FILES.items():
            self._pages[f"/{name}"] = (f"{kind}; charset=utf-8", Path(__file__).with_name(name).read_bytes())
        self._work: dict[str, Callable[[Mapping[str, Any]], bytes]] = {
            "/read": lambda given: explorer.read(text_of(given, "text", max_chars=MAX_TEXT_CHARS)),
            "/ask/graph": lambda given: explorer.ask_graph(_question(given)),
            "/ask/arm": lambda given: explorer.ask_arm(_question(given), *_arm(given)),
        }

    def page(self, path: str) -> Reply:
        """A page, or why there is none."""
        if path in self._pages:
            return Reply(HTTPStatus.OK, *self._pages[path])
        if path in self._work:
            return problem(HTTPStatus.METHOD_NOT_ALLOWED, "This address is asked by POST.", {"Allow": "POST"})
        return problem(HTTPStatus.NOT_FOUND, "There is nothing here; the page is at /.")

    def check_work(self, path: str) -> None:
        """Refuse an address that computes nothing."""
        if path in self._pages:
            raise RefusedError(HTTPStatus.METHOD_NOT_ALLOWED, "This address is asked by GET.")
        if path not in self._work:
            raise RefusedError(HTTPStatus.NOT_FOUND, "There is nothing here; the page is at /.")

    def compute(self, path: str, body: bytes) -> Reply:
        """What a computation gives, in its turn."""
        given = read_body(body)
        try:
            with self._desk.turn():
                html = self._work[path](given)
        except CrowdedError:
            message = "Others are being answered; try again in a moment."
            return problem(HTTPStatus.TOO_MANY_REQUESTS, message, {"Retry-After": "2"})
        except KgptError as error:
            return problem(HTTPStatus.UNPROCESSABLE_ENTITY, " ".join(str(error).split()))
        except RefusedError:
            raise
        except Exception:  # whatever a model does, the server stays and says so
            say(traceback.format_exc())
            return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "This failed; the server's log says why.")
        return Reply(HTTPStatus.OK, "application/json", json.dumps({"html": html.decode()}).encode())


class ExplorerServer(ThreadingHTTPServer):
    """The server; each connection in a thread of its own, each computation in its turn."""

    daemon_threads = True

    def __init__(self, explorer: Explores, *, host: str, port: int, desk: Desk | None = None) -> None:
        """Begin to listen; `port` 0 takes a free one.

        Raises:
            ConfigError: the address cannot be had.
        """
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.site = Site(explorer, host=host, desk=desk or Desk())
        self._host = host
        try:
            super().__init__((host, port), _Handler)
        except (OSError, OverflowError) as error:
            raise ConfigError(f"--host {host} --port {port}: cannot listen there ({error}); choose another") from error

    @property
    def address(self) -> str:
        """What to open."""
        name = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{name}:{self.server_address[1]}/"


class _Handler(BaseHTTPRequestHandler):
    """One request."""

    server: ExplorerServer
    server_version, sys_version = "kgpt", ""
    timeout = _SILENCE_S

    def do_GET(self) -> None:
        """A page."""
        self._answer(lambda: self.server.site.page(self.path.partition("?")[0]))

    def do_HEAD(self) -> None:
        """A page's headers."""
        self.do_GET()

    def do_POST(self) -> None:
        """A computation."""
        self._answer(self._computed)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the standard library refuses, said as everything else is."""
        del explain
        self._send(problem(HTTPStatus(code), f"{message or HTTPStatus(code).phrase}."))

    def log_message(self, format: str, *args: Any) -> None:
        """A line on stderr, short and without control characters."""
        line = (format % args).translate(self._control_char_table)  # type: ignore[attr-defined]
        say(line[:_MAX_LOGGED_CHARS])

    def _computed(self) -> Reply:
        site = self.server.site
        site.check.check_origin(self.headers)  # type: ignore[arg-type]
        site.check_work(self.path)
        body = self.rfile.read(site.check.body_length(self.headers))  # type: ignore[arg-type]
        del self.headers["Content-Length"]  # nothing is left to read
        return site.compute(self.path, body)

    def _answer(self, make: Callable[[], Reply]) -> None:
        try:
            self.server.site.check.check_host(self.headers.get("Host"))
            reply = make()
        except RefusedError as error:
            self._drain()
            reply = problem(error.status, str(error))
        self._send(reply)

    def _drain(self) -> None:
        """Read what was refused: a connection closed over unread bytes can lose the reply on its way."""
        told = self.headers.get("Content-Length", "")
        if told.isascii() and told.isdigit() and len(told) <= len(str(_MAX_DRAINED_BYTES)):
            self.rfile.read(min(int(told), _MAX_DRAINED_BYTES))

    def _send(self, reply: Reply) -> None:
        with suppress(ConnectionError):  # the page was closed while the answer was made
            self._write(reply)

    def _write(self, reply: Reply) -> None:
        self.send_response(reply.status)
        headers = {"Content-Type": reply.kind, "Content-Length": str(len(reply.body))}
        for name, value in (headers | _HEADERS | dict(reply.more)).items():
            self.send_header(name, value)
        self.end_headers()
        if getattr(self, "command", "") != "HEAD":
            self.wfile.write(reply.body)


def problem(status: HTTPStatus, message: str, more: Mapping[str, str] | None = None) -> Reply:
    """A refusal in one sentence."""
    return Reply(status, "application/json", json.dumps({"error": message}).encode(), more or {})


def _question(given: Mapping[str, Any]) -> str:
    return text_of(given, "question", max_chars=MAX_QUESTION_CHARS).replace("\n", " ")


def _arm(given: Mapping[str, Any]) -> tuple[str, int]:
    """The arm and the seed of a body; that the run has them is the explorer's to say."""
    arm, seed = given.get("arm"), given.get("seed")
    if not isinstance(arm, str) or not isinstance(seed, int) or isinstance(seed, bool):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "Say which arm by its name and which seed by its number.")
    return arm, seed
