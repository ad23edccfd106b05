"""Which nodes kube-scheduler excludes for a pod, asked of itself: what the library says is held against it.

The scheduler sends each pod, with the nodes that its filters left, to an extender, which refuses them all: so that
every pod is judged against the same cluster. `--update-golden` writes what it said, which the tests without it read.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.scheduling import generated
from tests.scheduling.judged import CASES, PLACED, VERDICTS, Verdict, compared, placed_apart

from .judging import configuration, put, put_nodes, scheduling, until, written
from .running import why_not
from .started import ApiServer, started


class _Extender(ThreadingHTTPServer):
    """What refuses every node, and remembers which ones it was asked about."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.left: dict[str, list[str]] = {}


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        names = asked["NodeNames"] or []
        assert isinstance(self.server, _Extender)
        self.server.left[asked["Pod"]["metadata"]["name"]] = names
        answer = json.dumps({"NodeNames": [], "FailedNodes": dict.fromkeys(names, "judged")}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: Any) -> None:
        """Nothing is logged."""


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ApiServer, _Extender]]:
    if reason := why_not():
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("scheduler")
    extender = _Extender()
    threading.Thread(target=extender.serve_forever, daemon=True).start()
    with started(folder) as server:
        profile = {"plugins": {"postFilter": {"disabled": [{"name": "DefaultPreemption"}]}}}
        settings = configuration(folder, server, profile)
        address = f"http://127.0.0.1:{extender.server_address[1]}"
        asks = {"urlPrefix": address, "filterVerb": "filter", "nodeCacheCapable": True, "httpTimeout": "30s"}
        (folder / "judging.json").write_text(json.dumps({**settings, "extenders": [asks]}))
        (folder / "placing.json").write_text(json.dumps(settings))
        for name, labels in generated.NAMESPACES.items():
            found = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}
            if server.made(found):
                server.call(f"/api/v1/namespaces/{name}", {"metadata": {"labels": labels}}, "PATCH")
        yield server, extender
    extender.shutdown()
    extender.server_close()


def _filled(server: ApiServer, case: generated.Case, waiting: list[dict[str, Any]]) -> None:
    put_nodes(server, case.nodes, case.limits)
    for manifest in (*case.classes, *case.volumes, *case.claims, *case.running, *waiting):
        put(server, manifest)


_KINDS = ("/api/v1/{}pods", "/api/v1/{}persistentvolumeclaims")
_WHOLE = (
    *("/api/v1/persistentvolumes", "/api/v1/nodes", "/apis/storage.k8s.io/v1/csinodes"),
    "/apis/storage.k8s.io/v1/storageclasses",
)


def _emptied(server: ApiServer) -> None:
    for kind in _KINDS:
        for space in generated.NAMESPACES:
            path = kind.format(f"namespaces/{space}/")
            for each in server.call(path)[1].get("items") or ():
                at = f"{path}/{each['metadata']['name']}"
                server.call(at, {"metadata": {"finalizers": None}}, "PATCH")
                server.call(f"{at}?gracePeriodSeconds=0", method="DELETE")
    for path in _WHOLE:
        for each in server.call(path)[1].get("items") or ():
            at = f"{path}/{each['metadata']['name']}"
            server.call(at, {"metadata": {"finalizers": None}}, "PATCH")
            server.call(at, method="DELETE")


def _said(server: ApiServer) -> dict[str, str]:
    """What the scheduler says of each pod that waits and was tried."""
    found = {}
    for pod in server.call("/api/v1/pods")[1]["items"]:
        for condition in (pod.get("status") or {}).get("conditions") or ():
            if condition["type"] == "PodScheduled" and condition["status"] == "False":
                found[pod["metadata"]["name"]] = condition.get("message") or ""
    return found


def _settings(folder: Path, name: str) -> Path:
    return next(iter(folder.parent.glob(f"scheduler*/{name}.json")))


def _judged(judge: tuple[ApiServer, _Extender], number: int, folder: Path) -> dict[str, Verdict]:
    server, extender = judge
    case = generated.case(number)
    _emptied(server)
    extender.left.clear()
    _filled(server, case, case.waiting)
    with scheduling(folder, _settings(folder, "judging")) as process:
        until(lambda: len(_said(server)) == len(case.waiting), process, lambda: _said(server))
    said = _said(server)
    names = [pod["metadata"]["name"] for pod in case.waiting]
    return {name: (sorted(extender.left.get(name, [])), said[name]) for name in names}


def _placed(judge: tuple[ApiServer, _Extender], number: int, folder: Path) -> dict[str, str]:
    server, _ = judge
    case = generated.in_turn(number)
    _emptied(server)
    _filled(server, case, [])
    found: dict[str, str] = {}
    with scheduling(folder, _settings(folder, "placing")) as process:
        for pod in case.waiting:
            metadata = pod["metadata"]
            path = f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}"
            put(server, pod)

            def tried(path: str = path, name: str = metadata["name"]) -> bool:
                there = server.call(path)[1]
                found[name] = there["spec"].get("nodeName") or ""
                return bool(found[name] or (there.get("status") or {}).get("conditions"))

            until(tried, process, lambda: found)
            if not found[metadata["name"]]:  # or it would be placed beside one that comes later
                server.call(f"{path}?gracePeriodSeconds=0", method="DELETE")
    return found


def test_the_scheduler_excludes_the_same_nodes(
    judge: tuple[ApiServer, _Extender], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    found = {str(number): _judged(judge, number, tmp_path) for number in range(CASES)}
    if request.config.getoption("--update-golden"):
        written(VERDICTS, found)
    assert list(compared(found)) == []


def test_the_scheduler_takes_one_of_the_nodes_that_score_most(
    judge: tuple[ApiServer, _Extender], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    found = {str(number): _placed(judge, number, tmp_path) for number in range(CASES)}
    if request.config.getoption("--update-golden"):
        written(PLACED, found)
    assert list(placed_apart(found)) == []
