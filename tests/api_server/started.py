"""An API server of one's own: etcd and kube-apiserver from the PATH, on free ports, in a folder that is thrown away."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from eks_blueprints.kubernetes import crds

NEEDED = ("etcd", "kube-apiserver", "openssl")
TOKEN = "only-for-tests"  # noqa: S105 - opens nothing but the server that is started here
_PATIENCE = 300


def why_not() -> str | None:
    """Why none can be started; None where one can."""
    missing = [name for name in NEEDED if shutil.which(name) is None]
    return f"no API server can be started here: {', '.join(missing)} not on the PATH" if missing else None


@dataclass
class ApiServer:
    """One that runs."""

    address: str
    _paths: dict[tuple[str, str], tuple[str, bool]] = field(default_factory=dict)
    _installed: set[str] = field(default_factory=set)

    def call(
        self, path: str, body: Mapping[str, Any] | None = None, method: str | None = None
    ) -> tuple[int, dict[str, Any]]:
        """Status and answer of a call: POST with a body, GET without one, unless the method says otherwise."""
        data = None if body is None else json.dumps(body).encode()
        return self._asked(
            path, data, method, "application/merge-patch+json" if method == "PATCH" else "application/json"
        )

    def apply(self, path: str, manifest: Mapping[str, Any], *, force: bool) -> tuple[int, dict[str, Any]]:
        """Status and answer of a server-side apply."""
        options = f"?fieldManager=tests&force={str(force).lower()}&fieldValidation=Strict"
        return self._asked(f"{path}{options}", json.dumps(manifest).encode(), "PATCH", "application/apply-patch+yaml")

    def _asked(self, path: str, data: bytes | None, method: str | None, form: str) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": form}
        request = urllib.request.Request(f"{self.address}{path}", data, headers, method=method)  # noqa: S310 - on this machine
        unchecked = ssl._create_unverified_context()  # noqa: S323 - its certificate is made when it starts
        try:
            with urllib.request.urlopen(request, timeout=60, context=unchecked) as answer:  # noqa: S310
                return answer.status, _json(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, _json(error.read())

    def refusal(self, manifest: Mapping[str, Any]) -> str:
        """What it says against an object, which is nothing where it would take it; nothing is kept.

        It gets to know a kind of custom resources when the first object of that is sent.
        """
        return self._sent(manifest, "?dryRun=All&fieldValidation=Strict")

    def made(self, manifest: Mapping[str, Any]) -> str:
        """The same, and the object is kept."""
        return self._sent(manifest, "?fieldValidation=Strict")

    def _sent(self, manifest: Mapping[str, Any], options: str) -> str:
        found = self._path(str(manifest.get("apiVersion")), str(manifest.get("kind")))
        if found is None:
            return f"no matches for kind {manifest.get('kind')} in {manifest.get('apiVersion')}"
        path, namespaced = found
        metadata = manifest.get("metadata")
        namespace = (metadata.get("namespace") if isinstance(metadata, dict) else None) or "default"
        home = f"namespaces/{quote(str(namespace), safe='')}/"
        path = path.replace("{namespace}", home if namespaced else "")
        status, said = self.call(f"{path}{options}", manifest)
        return "" if status in (200, 201) else str(said.get("message") or said)

    @property
    def kubeconfig(self) -> str:
        """Access for Kubernetes' own programs."""
        cluster = {"server": self.address, "insecure-skip-tls-verify": True}
        found = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "tests",
            "clusters": [{"name": "tests", "cluster": cluster}],
            "users": [{"name": "tests", "user": {"token": TOKEN}}],
            "contexts": [{"name": "tests", "context": {"cluster": "tests", "user": "tests"}}],
        }
        return json.dumps(found)

    def _install(self, kind: crds.CustomKind) -> None:
        crd = _definition(kind)
        path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
        status, said = self.call(path, crd)
        assert status == 201, f"{crd['metadata']['name']}: {said.get('message')}"
        path = f"{path}/{crd['metadata']['name']}"
        _until(lambda: "Established" in _true_conditions(self.call(path)[1]))

    def _path(self, api_version: str, kind: str) -> tuple[str, bool] | None:
        custom = crds.kind(api_version, kind)
        if custom is not None and custom.name not in self._installed:
            self._installed.add(custom.name)
            self._install(custom)
        if (api_version, kind) not in self._paths:
            base = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
            version = api_version.partition("/")[2]
            if custom is not None and any(version in versions for versions in custom.served.values()):
                # It says so of itself after a while.
                _until(lambda: kind in {each["kind"] for each in self._resources(base)})
            for each in self._resources(base):
                said = f"{base}/{{namespace}}{each['name']}", bool(each["namespaced"])
                self._paths.setdefault((api_version, each["kind"]), said)
        return self._paths.get((api_version, kind))

    def _resources(self, base: str) -> list[dict[str, Any]]:
        return [each for each in self.call(base)[1].get("resources") or () if "/" not in each["name"]]


@contextmanager
def started(folder: Path) -> Iterator[ApiServer]:
    """An API server that runs until the end of the block."""
    port, client, peer = _free_ports(3)
    key, tokens = folder / "accounts.key", folder / "tokens.csv"
    subprocess.run(["openssl", "genrsa", "-out", str(key), "2048"], check=True, capture_output=True)
    tokens.write_text(f'{TOKEN},tester,1,"system:masters"\n')
    etcd = ["etcd", "--data-dir", str(folder / "etcd"), "--unsafe-no-fsync"]
    etcd += [f"--listen-client-urls=http://127.0.0.1:{client}", f"--advertise-client-urls=http://127.0.0.1:{client}"]
    etcd += [f"--listen-peer-urls=http://127.0.0.1:{peer}", f"--initial-advertise-peer-urls=http://127.0.0.1:{peer}"]
    etcd += [f"--initial-cluster=default=http://127.0.0.1:{peer}"]
    api = ["kube-apiserver", f"--etcd-servers=http://127.0.0.1:{client}", f"--secure-port={port}"]
    api += ["--bind-address=127.0.0.1", f"--cert-dir={folder}", f"--token-auth-file={tokens}"]
    api += ["--authorization-mode=RBAC", "--service-cluster-ip-range=10.0.0.0/16"]
    api += [f"--service-account-key-file={key}", f"--service-account-signing-key-file={key}"]
    api += ["--service-account-issuer=https://kubernetes.default.svc"]
    # An etcd of 3.4, such as Debian's, cannot tell the progress of a watch; KWOK's watches would end at once.
    api += ["--feature-gates=WatchList=false"]
    # Nobody makes the namespaces and service accounts that objects are in.
    api += ["--disable-admission-plugins=ServiceAccount,NamespaceLifecycle"]
    running = []
    try:
        for name, command in (("etcd", etcd), ("api", api)):
            with (folder / f"{name}.log").open("wb") as log:
                running.append(subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT))
        server = ApiServer(f"https://127.0.0.1:{port}")
        _until(lambda: _is_ready(server, running, folder))
        yield server
    finally:
        for process in reversed(running):
            process.terminate()
        for process in running:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _is_ready(server: ApiServer, running: list[subprocess.Popen[bytes]], folder: Path) -> bool:
    for name, process in zip(("etcd", "api"), running, strict=True):
        assert process.poll() is None, (folder / f"{name}.log").read_text(errors="replace")[-2000:]
    try:
        return server.call("/readyz")[0] == 200 and server.call("/api/v1/namespaces/default")[0] == 200
    except OSError:
        return False


def _definition(kind: crds.CustomKind) -> dict[str, Any]:
    """The CRD of a kind, by the table; of several sources, each has the versions that those before it have not."""
    schemas: dict[str, Any] = {}
    for source, versions in kind.served.items():
        for version in versions:
            schemas.setdefault(version, (source, version))
    versions = [
        {
            "name": version,
            "served": True,
            "storage": number == 0,
            "schema": {"openAPIV3Schema": {"type": "object", **crds.schema(kind, *at)}},
        }
        for number, (version, at) in enumerate(schemas.items())
    ]
    scope = "Namespaced" if kind.namespaced else "Cluster"
    # Groups of Kubernetes' own are kept for what it has approved.
    approved = {"api-approved.kubernetes.io": "unapproved, only for tests"}
    spec = {"group": kind.group, "scope": scope, "versions": versions}
    spec["names"] = {"kind": kind.kind, "plural": kind.plural}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": kind.name, "annotations": approved},
        "spec": spec,
    }


def _true_conditions(crd: Mapping[str, Any]) -> list[str]:
    conditions = (crd.get("status") or {}).get("conditions") or ()
    return [each["type"] for each in conditions if each["status"] == "True"]


def _json(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"message": text.decode(errors="replace")}


def _until(true: Any) -> None:
    end = time.monotonic() + _PATIENCE
    while not true():
        assert time.monotonic() < end, "the API server took too long"
        time.sleep(0.2)


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [int(each.getsockname()[1]) for each in sockets]
    for each in sockets:
        each.close()
    return ports
