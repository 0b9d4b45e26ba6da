"""What a request must be before anything is computed for it: from this page, to this machine, short, JSON.

The Host header is checked because a foreign page may point a name of its own at this machine (DNS rebinding): only
names that nobody can register pass, which are addresses, `localhost` and the name that was given to `--host`.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

MAX_BODY_BYTES = 32_768
_JSON = "application/json"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class RefusedError(Exception):
    """A request is refused; the message is one sentence for whoever sent it."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class RequestCheck:
    """Checks headers and bodies; `host` is the name that the server was told to answer to."""

    host: str

    def check_host(self, told: str | None) -> None:
        """Refuse a Host header that a foreign name could have brought here."""
        try:
            name = urlsplit(f"//{told or ''}").hostname or ""
        except ValueError:
            name = ""
        if name not in {"localhost", self.host.lower()} and not _is_address(name):
            raise RefusedError(
                HTTPStatus.FORBIDDEN, "This name is not the server's; open the address that kgpt serve printed."
            )

    def check_origin(self, headers: Mapping[str, str]) -> None:
        """Refuse what another page sent."""
        origin, site = headers.get("Origin"), headers.get("Sec-Fetch-Site", "same-origin")
        if (origin is not None and origin != f"http://{headers.get('Host', '')}") or site != "same-origin":
            raise RefusedError(HTTPStatus.FORBIDDEN, "Only this server's own page may ask; open it and type there.")

    def body_length(self, headers: Mapping[str, str]) -> int:
        """How many bytes to read; refuses other kinds of content, unknown and great lengths."""
        kind = headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != _JSON:
            raise RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Expected {_JSON}; send a JSON object.")
        told = headers.get("Content-Length", "")
        if not (told.isascii() and told.isdigit()):
            raise RefusedError(HTTPStatus.LENGTH_REQUIRED, "The request does not say how long it is.")
        if len(told) > 9 or int(told) > MAX_BODY_BYTES:
            raise RefusedError(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A request has at most {MAX_BODY_BYTES:,} bytes; shorten it."
            )
        return int(told)


def read_body(body: bytes) -> Mapping[str, Any]:
    """The JSON object that a body holds."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "The request is not a JSON object.")
    return value


def text_of(given: Mapping[str, Any], name: str, *, max_chars: int) -> str:
    """A text of a body, its control characters made blanks; refuses none, an empty one and a long one."""
    value = given.get(name)
    if not isinstance(value, str) or not value.strip():
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"Type a {name} first.")
    if len(value) > max_chars:
        raise RefusedError(
            HTTPStatus.BAD_REQUEST,
            f"A {name} has at most {max_chars:,} characters, this one {len(value):,}; shorten it.",
        )
    whole = value.replace("\r\n", "\n").encode("utf-8", "replace").decode()  # no half of a surrogate pair
    return _CONTROL.sub(" ", whole)


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
