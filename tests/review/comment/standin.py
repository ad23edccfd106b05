"""A local stand-in of the three hosts' comment interfaces, on a real socket: pages, tokens, faults."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlparse

TOKEN = "secret-token"  # noqa: S105 - of the stand-in
PAGE = 3
"""Comments a page, whatever is asked for: every list has many pages."""


@dataclass
class Server:
    """What the hosts hold, and what they were asked."""

    url: str = ""
    comments: list[dict[str, Any]] = field(default_factory=list)
    pulls: list[dict[str, Any]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    faults: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    """Answers given instead of the next ones."""
    me: str | None = "bot"
    """Whose token it is; None for one that may not ask."""
    limit: int = 65_536
    next_id: int = 100

    def add(self, body: str, author: str = "bot") -> int:
        """A comment that is there already."""
        self.next_id += 1
        self.comments.append({"id": self.next_id, "body": body, "author": author})
        return self.next_id

    def bodies(self, author: str = "bot") -> list[str]:
        """What an author's comments say."""
        return [each["body"] for each in self.comments if each["author"] == author]


class _Handler(BaseHTTPRequestHandler):
    state: Server

    def log_message(self, *arguments: Any) -> None:
        """Quiet."""

    def _any(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        url = urlparse(self.path)
        self.state.requests.append(f"{self.command} {self.path}")
        if self.state.faults:
            status, headers = self.state.faults.pop(0)
            self._send(status, {"message": "a fault on demand"}, headers)
        elif TOKEN not in (self.headers.get("Authorization") or self.headers.get("PRIVATE-TOKEN") or ""):
            self._send(401, {"message": "Bad credentials"})
        else:
            self._route(url.path, parse_qs(url.query), body)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _any  # noqa: N815 - names of the standard library

    def _route(self, path: str, query: dict[str, list[str]], body: Any) -> None:
        if path == "/user":
            found = {"login": self.state.me, "username": self.state.me, "uuid": self.state.me}
            self._send(200 if self.state.me else 403, found if self.state.me else {"message": "not for you"})
        elif path.endswith("/pulls"):
            self._send(200, [p for p in self.state.pulls if p["_head"] == query["head"][0]])
        elif match := re.search(r"/(?:comments|notes)/(\d+)$", path):
            self._one(int(match[1]), body)
        elif self.command == "GET":
            self._list(path, int(query.get("page", ["1"])[0]))
        else:
            self._new(body)

    def _text(self, body: Any) -> str:
        return body["content"]["raw"] if "content" in body else body["body"]

    def _new(self, body: Any) -> None:
        if len(self._text(body)) > self.state.limit:
            self._send(422, {"message": "body is too long"})
            return
        self._send(201, {"id": self.state.add(self._text(body), self.state.me or "app[bot]")})

    def _one(self, number: int, body: Any) -> None:
        found = next((each for each in self.state.comments if each["id"] == number), None)
        if found is None:
            self._send(404, {"message": "Not Found"})
        elif self.command == "DELETE":
            self.state.comments.remove(found)
            self._send(204, None)
        else:
            found["body"] = self._text(body)
            self._send(200, {"id": number})

    def _list(self, path: str, page: int) -> None:
        part = self.state.comments[(page - 1) * PAGE : page * PAGE]
        more = len(self.state.comments) > page * PAGE
        following = f"{self.state.url}{path}?page={page + 1}"
        users = [{"login": each["author"], "username": each["author"], "uuid": each["author"]} for each in part]
        if "/repositories/" in path:
            rows = [{"id": e["id"], "content": {"raw": e["body"]}, "user": u} for e, u in zip(part, users, strict=True)]
            self._send(200, {"values": rows} | ({"next": following} if more else {}))
            return
        rows = [
            {"id": e["id"], "body": e["body"], "user": u, "author": u, "system": False}
            for e, u in zip(part, users, strict=True)
        ]
        self._send(200, rows, {"Link": f'<{following}>; rel="next"'} if more else {})

    def _send(self, status: int, data: Any, headers: dict[str, str] | None = None) -> None:
        text = b"" if data is None else json.dumps(data).encode()
        self.send_response(status)
        for key, value in (headers or {}).items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


@contextmanager
def running() -> Iterator[Server]:
    """The stand-in on a port of its own."""
    state = Server()
    handler = type("Handler", (_Handler,), {"state": state})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        state.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()
