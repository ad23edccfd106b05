"""Calls to a host's JSON interface: a token, a time limit, a few tries, and errors in words."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import Any
from urllib.parse import urlsplit

_TRIES = 4
_SECONDS = 20
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_AGAIN = frozenset({429, 500, 502, 503, 504})


class HostError(RuntimeError):
    """The host said no, or nothing."""

    def __init__(self, message: str, status: int | None = None) -> None:
        self.status = status
        super().__init__(message)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the token to another host."""

    def redirect_request(self, *arguments: Any, **named: Any) -> None:
        return None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    data: Any
    headers: Message


@dataclass(frozen=True, slots=True)
class Api:
    """One host's interface."""

    url: str
    headers: Mapping[str, str] = field(repr=False)
    pause: float = 1.0
    """Seconds before the second try; doubled for each further one."""

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)):
            raise HostError(f"needs https, as the token is sent to it; got {self.url}; give an address with https://")

    def call(self, method: str, path: str, body: Any = None) -> Answer:
        """Ask once, and again when the host is busy.

        Raises:
            HostError: with the host's own words.
        """
        url = path if path.startswith(("http://", "https://")) else self.url.rstrip("/") + path
        if not url.startswith(self.url.rstrip("/") + "/"):
            raise HostError(f"the host names a page elsewhere: {url}")
        data = None if body is None else json.dumps(body).encode()
        headers = {**self.headers, "Content-Type": "application/json", "User-Agent": "eks-blueprints"}
        request = urllib.request.Request(url, data, headers, method=method)  # noqa: S310 - checked against `self.url`
        for number in range(_TRIES):
            try:
                return _answer(request)
            except urllib.error.HTTPError as error:
                if error.code not in _AGAIN or number == _TRIES - 1:
                    raise HostError(f"{method} {url}: {error.code} {_words(error)}", error.code) from None
                time.sleep(_wait(error, self.pause * 2**number))
            except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
                if method == "POST" or number == _TRIES - 1:
                    # A comment that was posted before the answer was lost must not be posted twice.
                    raise HostError(f"{method} {url}: {getattr(error, 'reason', error)}") from None
                time.sleep(self.pause * 2**number)
        raise AssertionError("the last try returns or raises")


def _answer(request: urllib.request.Request) -> Answer:
    opener = urllib.request.build_opener(_NoRedirect)
    with opener.open(request, timeout=_SECONDS) as response:
        text = response.read().decode()
        return Answer(json.loads(text) if text.strip() else None, response.headers)


def _words(error: urllib.error.HTTPError) -> str:
    text = error.read().decode(errors="replace")
    try:
        data = json.loads(text)
    except ValueError:
        return text[:200]
    found = data.get("message") or data.get("error") if isinstance(data, dict) else None
    return str(found.get("message", found) if isinstance(found, dict) else found or text)[:200]


def _wait(error: urllib.error.HTTPError, seconds: float) -> float:
    given = error.headers.get("Retry-After", "")
    return min(float(given), 60.0) if given.isdigit() else seconds
