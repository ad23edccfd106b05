"""The two stories of GitOps with an API server, Kubernetes' controllers, and Flux's kustomize-controller.

They run where `kustomize-controller` is on the PATH beside Kubernetes' programs. What Flux's source-controller does is
done here: the commit of the repository is offered as an archive, and told in the status of the GitRepository.
"""

from __future__ import annotations

import hashlib
import http.server
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.core.images import parts
from eks_blueprints.review.preview.run import recorded
from eks_blueprints.review.preview.targets import stack_target
from tests.gitops.platform import git
from tests.gitops.story import WITHOUT_CHARTS, Story, a_release_reaches_the_cluster, what_is_deleted_comes_back

from .running import Nodes, running, why_not
from .started import ApiServer

CONTROLLER = "kustomize-controller"
_PATIENCE = 240
_HOME = "flux-system"
_DEPLOYMENTS = "/apis/apps/v1/namespaces/shop/deployments"
_REPOSITORIES = f"/apis/source.toolkit.fluxcd.io/v1/namespaces/{_HOME}/gitrepositories"
_KUSTOMIZATIONS = f"/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/{_HOME}/kustomizations"
_KINDS = {
    "source.toolkit.fluxcd.io": {
        "GitRepository": "gitrepositories",
        "OCIRepository": "ocirepositories",
        "Bucket": "buckets",
        "ExternalArtifact": "externalartifacts",
    },
    "kustomize.toolkit.fluxcd.io": {"Kustomization": "kustomizations"},
}
STACK = WITHOUT_CHARTS.replace("argocd: {}", "fluxcd: {}").replace("by: argocd", "by: flux, interval: 5s")


class Flux:
    """A cluster that Flux keeps as the repository describes it."""

    def __init__(self, nodes: Nodes, story: Story, served: Path, address: str) -> None:
        self._nodes, self._server, self._story = nodes, nodes.server, story
        self._served, self._address = served, address

    def sees_git(self) -> None:
        commit = git(self._story.manifests.bare, "rev-parse", "main")
        archive = self._served / f"{commit}.tar.gz"
        git(self._story.manifests.bare, "archive", "--format=tar.gz", f"--output={archive}", commit)
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        artifact = {
            "digest": f"sha256:{hashlib.sha256(archive.read_bytes()).hexdigest()}",
            "lastUpdateTime": now,
            "path": archive.name,
            "revision": f"main@sha1:{commit}",
            "size": archive.stat().st_size,
            "url": f"{self._address}/{archive.name}",
        }
        ready = {"type": "Ready", "status": "True", "reason": "Succeeded", "message": "", "lastTransitionTime": now}
        status = {"artifact": artifact, "conditions": [ready], "observedGeneration": 1}
        code, said = self._server.call(f"{_REPOSITORIES}/platform/status", {"status": status}, "PATCH")
        assert code == 200, said
        wanted = self._story.in_git()
        _until(lambda: self.desired() == wanted, self._why)

    def settles(self) -> None:
        _until(lambda: self.running() == [str(self.desired())] * 3, self._why)

    def desired(self) -> str | None:
        code, found = self._server.call(f"{_DEPLOYMENTS}/web")
        return parts(found["spec"]["template"]["spec"]["containers"][0]["image"])[1] if code == 200 else None

    def running(self) -> list[str]:
        pods = self._server.call("/api/v1/namespaces/shop/pods")[1].get("items") or ()
        alive = [each for each in pods if not each["metadata"].get("deletionTimestamp")]
        ready = [each for each in alive if each.get("status", {}).get("phase") == "Running"]
        return sorted(parts(each["spec"]["containers"][0]["image"])[1] for each in ready)

    def delete_by_label(self, label: str) -> None:
        # Flux is held back, or it would be faster than whoever looks.
        self._suspend(True)
        options = {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Foreground"}
        code, said = self._server.call(f"{_DEPLOYMENTS}?labelSelector={label.replace('=', '%3D')}", options, "DELETE")
        assert code == 200, said
        _until(lambda: self.desired() is None and not self.running(), self._why)
        self._suspend(False)

    def export(self) -> list[object]:
        found = self._server.call("/apis/apps/v1/deployments")[1]["items"]
        return [{"apiVersion": "apps/v1", "kind": "Deployment", **each} for each in found]

    def _suspend(self, held: bool) -> None:
        for name in ("platform", "web"):
            self._server.call(f"{_KUSTOMIZATIONS}/{name}", {"spec": {"suspend": held}}, "PATCH")

    def _why(self) -> str:
        found = self._server.call(_KUSTOMIZATIONS)[1].get("items") or ()
        return str({each["metadata"]["name"]: (each.get("status") or {}).get("conditions") for each in found})


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story(tmp_path, STACK)


def test_a_release_reaches_the_cluster_and_what_is_deleted_comes_back(story: Story, tmp_path: Path) -> None:
    if reason := why_not() or (None if shutil.which(CONTROLLER) else f"{CONTROLLER} of Flux is not on the PATH"):
        pytest.skip(reason)
    home = tmp_path / "cluster"
    home.mkdir()
    with running(home) as nodes, _offered(home / "served") as address:
        for zone in "abc":
            nodes.add(f"node-{zone}", f"eu-west-1{zone}", {}, [])
        _made_by_the_program(nodes.server, story)
        with _controller(home):
            cluster = Flux(nodes, story, home / "served", address)
            a_release_reaches_the_cluster(story, cluster)
            what_is_deleted_comes_back(story, cluster)


def _made_by_the_program(server: ApiServer, story: Story) -> None:
    """What `pulumi up` makes: Flux's kinds, the namespaces, and the objects that read the repository."""
    for group, kinds in _KINDS.items():
        for kind, plural in kinds.items():
            assert (
                server.call("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", _crd(group, kind, plural))[0]
                == 201
            )
    for group, kinds in _KINDS.items():
        for plural in kinds.values():
            _until(partial(_is_served, server, group, plural), lambda: "its kinds are not served")
    for each in recorded(stack_target(str(story.stack))).plan().resources:
        if each.type == "kubernetes:core/v1:Namespace":
            server.made(each.inputs)
    server.made({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": _HOME}})
    for each in recorded(stack_target(str(story.stack))).plan().resources:
        if each.name.startswith("prod-gitops-"):
            path = _REPOSITORIES if each.inputs["kind"] == "GitRepository" else _KUSTOMIZATIONS
            code, said = server.call(path, each.inputs)
            assert code == 201, said


def _is_served(server: ApiServer, group: str, plural: str) -> bool:
    return server.call(f"/apis/{group}/v1/{plural}")[0] == 200


def _crd(group: str, kind: str, plural: str) -> dict[str, Any]:
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "subresources": {"status": {}},
        "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}},
    }
    names = {"kind": kind, "plural": plural}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {"group": group, "scope": "Namespaced", "names": names, "versions": [version]},
    }


@contextmanager
def _controller(home: Path) -> Iterator[None]:
    env = os.environ | {"KUBECONFIG": str(home / "kubeconfig"), "RUNTIME_NAMESPACE": _HOME}
    command = [CONTROLLER, "--metrics-addr=0", "--health-addr=127.0.0.1:0", "--requeue-dependency=2s"]
    with (home / "flux.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=env)
    try:
        yield
    finally:
        process.kill()
        process.wait()


@contextmanager
def _offered(folder: Path) -> Iterator[str]:
    """The files of a folder, over HTTP on this machine."""
    folder.mkdir()

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_words: Any) -> None:
            """Nobody reads it."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _until(true: Callable[[], bool], why: Callable[[], str]) -> None:
    end = time.monotonic() + _PATIENCE
    while not true():
        assert time.monotonic() < end, why()
        time.sleep(0.2)
