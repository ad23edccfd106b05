"""A repository of charts on this machine, over HTTP as an index or as a registry, that can be made to fail."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.cncf.helm.config.v1+json"
LAYER = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"


class Repository:
    """What a repository has: the answers to paths, by path; a text or bytes, or a status."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.answers: dict[str, tuple[bytes | int, str]] = {}

    def holds(self, archive: Path, name: str, version: str, digest: str = "") -> None:
        """An index with one chart, at its address."""
        content = archive.read_bytes()
        digest = digest or hashlib.sha256(content).hexdigest()
        entry = {"apiVersion": "v2", "name": name, "version": version, "digest": digest, "urls": [archive.name]}
        self.answers["/index.yaml"] = json.dumps({"apiVersion": "v1", "entries": {name: [entry]}}).encode(), "text/yaml"
        self.answers[f"/{archive.name}"] = content, "application/gzip"

    def has_pushed(self, archive: Path, name: str, version: str) -> None:
        """A chart as registries have it, below `charts/`."""
        manifest = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": self._blob(name, json.dumps({"name": name, "version": version}).encode(), CONFIG),
            "layers": [self._blob(name, archive.read_bytes(), LAYER)],
        }
        content = json.dumps(manifest).encode()
        for reference in (version, f"sha256:{hashlib.sha256(content).hexdigest()}"):
            self.answers[f"/v2/charts/{name}/manifests/{reference}"] = content, MANIFEST

    def _blob(self, name: str, content: bytes, kind: str) -> dict[str, object]:
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        self.answers[f"/v2/charts/{name}/blobs/{digest}"] = content, "application/octet-stream"
        return {"mediaType": kind, "digest": digest, "size": len(content)}


@contextmanager
def served() -> Iterator[Repository]:
    """A repository that answers while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            content, kind = repository.answers.get(self.path, (404, "text/plain"))
            self.send_response(content if isinstance(content, int) else 200)
            body = b"" if isinstance(content, int) else content
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            if kind == MANIFEST:
                self.send_header("Docker-Content-Digest", f"sha256:{hashlib.sha256(body).hexdigest()}")
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815 - the name that http.server asks for

        def log_message(self, *_: object) -> None:
            """Nothing: pytest shows what matters."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    repository = Repository(f"127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield repository
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def packed(chart: Path, into: Path) -> Path:
    """The archive of a chart in a folder."""
    into.mkdir(exist_ok=True)
    subprocess.run(["helm", "package", str(chart), "-d", str(into)], check=True, capture_output=True)
    [archive] = into.glob("*.tgz")
    return archive
