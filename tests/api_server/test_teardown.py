"""`teardown --execute` against Kubernetes itself: its garbage collector, its protection of claims, its finalizers.

Two controllers are played here: the one of load balancers and Karpenter, which both take their finalizers away, and the
driver of volumes, which deletes those that are released. AWS is an account in this process.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.lifecycle.teardown.execute import execute, refused
from eks_blueprints.lifecycle.teardown.run import Run, UnfinishedError
from eks_blueprints.lifecycle.teardown.search import KEEP
from eks_blueprints.lifecycle.teardown.steps import Step, steps
from eks_blueprints.live.kubectl import Kubectl
from tests.lifecycle.teardown import account as aws
from tests.lifecycle.teardown.test_steps import BASE, NODES, argo_cd, of_plan

from .running import Nodes, running, why_not

POOLS = "/apis/karpenter.sh/v1/nodepools"
CLAIMS = "/apis/karpenter.sh/v1/nodeclaims"
_FINALIZED = ("/api/v1/services", CLAIMS)


class Controllers(threading.Thread):
    """What answers a deletion."""

    def __init__(self, nodes: Nodes) -> None:
        super().__init__(daemon=True)
        self.server, self.ended = nodes.server, threading.Event()

    def run(self) -> None:
        while not self.ended.wait(0.3):
            for path in _FINALIZED:
                for each in self.server.call(path)[1].get("items") or ():
                    metadata = each["metadata"]
                    if metadata.get("deletionTimestamp") and metadata.get("finalizers"):
                        self.server.call(_path(path, metadata), {"metadata": {"finalizers": None}}, "PATCH")
            for each in self.server.call("/api/v1/persistentvolumes")[1].get("items") or ():
                spec, phase = each["spec"], (each.get("status") or {}).get("phase")
                if phase == "Released" and spec["persistentVolumeReclaimPolicy"] == "Delete":
                    self.server.call(f"/api/v1/persistentvolumes/{each['metadata']['name']}", method="DELETE")


def _path(path: str, metadata: Mapping[str, Any]) -> str:
    if "namespace" not in metadata:
        return f"{path}/{metadata['name']}"
    base, _, plural = path.rpartition("/")
    return f"{base}/namespaces/{metadata['namespace']}/{plural}/{metadata['name']}"


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    if reason := why_not():
        pytest.skip(reason)
    for name in ("kwok", "kubectl"):
        if shutil.which(name) is None:
            pytest.skip(f"{name} is not on the PATH: no pods become ready, or nobody asks for them")
    with running(tmp_path, kwok=True) as found:
        found.add("node-a", "eu-west-1a", {}, [])
        yield found


@pytest.fixture
def session() -> Iterator[Any]:
    with aws.account() as found:
        yield found


def pods(*volumes: Mapping[str, Any]) -> Mapping[str, Any]:
    spec = {"containers": [{"name": "main", "image": "nginx:1.29"}], "volumes": list(volumes)}
    return {"metadata": {"labels": {"app": "x"}}, "spec": spec}


def workload(kind: str, name: str, namespace: str, *volumes: Mapping[str, Any]) -> Mapping[str, Any]:
    spec = {"replicas": 1, "selector": {"matchLabels": {"app": "x"}}, "template": pods(*volumes)}
    if kind == "StatefulSet":
        spec["serviceName"] = name
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name, "namespace": namespace}, "spec": spec}


def volume(name: str, handle: str) -> Iterator[Mapping[str, Any]]:
    csi = {"driver": "ebs.csi.aws.com", "volumeHandle": handle}
    room, common = {"storage": "10Gi"}, {"accessModes": ["ReadWriteOnce"], "storageClassName": "ebs"}
    spec = {**common, "capacity": room, "csi": csi, "persistentVolumeReclaimPolicy": "Delete"}
    yield {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": f"pv-{name}"}, "spec": spec}
    claim = {**common, "volumeName": f"pv-{name}", "resources": {"requests": room}}
    where = {"name": name, "namespace": "shop"}
    yield {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": where, "spec": claim}


def platform(nodes: Nodes, handle: str) -> None:
    """Argo CD, a Service with a load balancer, a database with a volume, and a node of Karpenter."""
    server = nodes.server
    marked = {"name": "web", "namespace": "shop", "finalizers": ["service.k8s.aws/resources"]}
    spec = {"type": "LoadBalancer", "ports": [{"port": 80}], "selector": {"app": "x"}}
    made: list[Mapping[str, Any]] = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}},
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "argocd"}},
        workload("StatefulSet", "application-controller", "argocd"),
        {"apiVersion": "v1", "kind": "Service", "metadata": marked, "spec": spec},
        *volume("data", handle),
        workload("Deployment", "db", "shop", {"name": "data", "persistentVolumeClaim": {"claimName": "data"}}),
        nodepool("default"),
    ]
    for each in made:
        assert server.made(each) == "", each
    uid = server.call(f"{POOLS}/default")[1]["metadata"]["uid"]
    assert server.made(nodeclaim("default-x7", "default", uid)) == ""


def nodepool(name: str) -> Mapping[str, Any]:
    ref = {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "default"}
    requirements = [{"key": "kubernetes.io/arch", "operator": "In", "values": ["arm64"]}]
    spec = {"template": {"spec": {"nodeClassRef": ref, "requirements": requirements, "expireAfter": "720h"}}}
    disruption = {"consolidationPolicy": "WhenEmptyOrUnderutilized", "consolidateAfter": "0s"}
    return {
        "apiVersion": "karpenter.sh/v1",
        "kind": "NodePool",
        "metadata": {"name": name},
        "spec": {**spec, "disruption": disruption},
    }


def nodeclaim(name: str, pool: str, uid: str) -> Mapping[str, Any]:
    ref = {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "default"}
    owner = {"apiVersion": "karpenter.sh/v1", "kind": "NodePool", "name": pool, "uid": uid, "blockOwnerDeletion": True}
    metadata = {
        "name": name,
        "labels": {"karpenter.sh/nodepool": pool},
        "finalizers": ["karpenter.sh/termination"],
        "ownerReferences": [owner],
    }
    spec = {"nodeClassRef": ref, "requirements": []}
    return {"apiVersion": "karpenter.sh/v1", "kind": "NodeClaim", "metadata": metadata, "spec": spec}


def planned() -> list[Step]:
    compute = {"nodes": NODES, "pools": {"kind": "karpenter"}}
    return steps(of_plan(argo_cd, addons=BASE | {"aws_ebs_csi_driver": {}}, compute=compute))


class Teardown:
    """One, up to `pulumi destroy`, which deletes the cluster."""

    def __init__(self, session: Any, nodes: Nodes, folder: Path, **options: Any) -> None:
        self.said: list[str] = []
        self.session = session
        kubectl = Kubectl(file=_access(nodes, folder))
        self.run = Run(
            lambda _: session, lambda *_: kubectl, self._destroy, self.said.append, lambda _: True,
            **{"timeout": 300, "pause": 0.5, **options},
        )  # fmt: skip

    def _destroy(self) -> int:
        self.session.client("eks").delete_cluster(name="shop")
        return 0

    def execute(self) -> None:
        found = planned()
        assert refused(self.run, found) == []
        execute(self.run, found)


def there(nodes: Nodes, path: str) -> list[str]:
    return [each["metadata"]["name"] for each in nodes.server.call(path)[1]["items"]]


@pytest.mark.parametrize("volumes", ["keep", "snapshot", "delete"])
def test_a_platform_is_taken_down(session: Any, nodes: Nodes, tmp_path: Path, volumes: str) -> None:
    aws.cluster(session)
    handle = aws.volume(session)
    platform(nodes, handle)
    _until_ready(Kubectl(file=_access(nodes, tmp_path)))
    controllers = Controllers(nodes)
    controllers.start()
    try:
        done = Teardown(session, nodes, tmp_path, volumes=volumes)
        done.execute()
    finally:
        controllers.ended.set()
        controllers.join(30)
    assert "web" not in there(nodes, "/api/v1/services")
    assert there(nodes, POOLS) == []
    assert there(nodes, CLAIMS) == []
    kept = volumes == "keep"
    assert there(nodes, "/api/v1/persistentvolumes") == (["pv-data"] if kept else [])
    assert there(nodes, "/api/v1/namespaces/argocd/pods") == []
    mine = [{"Name": f"tag:{KEEP}", "Values": ["shop"]}]
    taken = session.client("ec2").describe_snapshots(Filters=mine)["Snapshots"]
    assert [each["VolumeId"] for each in taken] == ([handle] if volumes == "snapshot" else [])
    titles = [line.partition(" ")[2] for line in done.said if line[:1].isdigit()]
    assert titles == [step.title for step in planned() if step.action not in ("connect", "")]


def test_a_finalizer_that_nobody_takes_away_stops_it_and_the_next_run_goes_on(
    session: Any, nodes: Nodes, tmp_path: Path
) -> None:
    aws.cluster(session)
    platform(nodes, aws.volume(session))
    with pytest.raises(UnfinishedError, match=r"load balancers: Service shop/web still there .* their controller"):
        Teardown(session, nodes, tmp_path, volumes="delete", timeout=3).execute()
    controllers = Controllers(nodes)
    controllers.start()
    try:
        Teardown(session, nodes, tmp_path, volumes="delete").execute()
    finally:
        controllers.ended.set()
        controllers.join(30)
    assert there(nodes, CLAIMS) == []


def _access(nodes: Nodes, folder: Path) -> Path:
    file = folder / "access"
    file.write_text(nodes.server.kubeconfig)
    return file


def _until_ready(kubectl: Kubectl) -> None:
    for home, name in (("argocd", "statefulset/application-controller"), ("shop", "deployment/db")):
        kubectl.do("rollout", "status", name, "--namespace", home, "--timeout=100s")
