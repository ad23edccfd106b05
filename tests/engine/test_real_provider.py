"""The real Kubernetes provider puts a platform's workloads on a real API server; KWOK's nodes run the pods.

AWS is the stand-ins' account, whose cluster has the address of that server.
"""

from __future__ import annotations

import base64
import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.api_server import running
from tests.api_server.started import TOKEN

from .harness import Engine, Project
from .test_compute import PROGRAM
from .test_secrets import HUSH, held, told
from .test_workloads import OTHERS

pytestmark = pytest.mark.engine

PROVIDER = "pulumi-resource-kubernetes"
NODES = "alpha.eksctl.io/nodegroup-name"
CREDENTIAL = {
    "apiVersion": "client.authentication.k8s.io/v1beta1",
    "kind": "ExecCredential",
    "status": {"token": TOKEN},
}
AGENT = OTHERS[OTHERS.index("  agent:") :]
STACK = """\
region: eu-west-1
network: {zone_count: 3, nat_gateways: single}
cluster: {version: "1.35"}
namespaces: {shop: {pod_security: {enforce: restricted}, resource_quota: {pods: "40"}}}
compute:
  nodes: {kind: managed_nodes, labels: {pool: general}}
addons:
  vpc_cni: {}
  kube_proxy: {}
  eks_pod_identity_agent: {}
  coredns: {}
  aws_ebs_csi_driver: {}
  metrics_server: {}
  storage_classes: {classes: {gp3: {default: true}}}
workloads:
  web:
    kind: deployment
    namespace: shop
    image: example.com/web:1.0
    run_on: nodes
    ports: {http: 8080}
    requests: {cpu: 100m, memory: 128Mi}
    readiness_probe: /ready
    env: {LEVEL: info, KEY: {secret: toml}}
    config_maps: {app: {data: {level: info}, env: true}}
    secrets: {db: {data: {password: {secret: toml}}, mount_path: /etc/db}}
    service: {}
    horizontal_pod_autoscaler: {min_replicas: 3, max_replicas: 6, cpu: 70}
    network_policy: {ingress: [{ports: [{port: http}]}]}
    service_account:
      rules: [{apiGroups: [""], resources: [configmaps], verbs: [get]}]
  db:
    kind: stateful_set
    namespace: shop
    image: example.com/db:1.0
    replicas: 3
    spread: required
    ports: {sql: 5432}
    volumes: {data: {mount_path: /data, claim: {size: 20Gi}}}
"""


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[running.Nodes]:
    """A control plane with two nodes in each of three zones."""
    if reason := running.why_not():
        pytest.skip(reason)
    if missing := [name for name in (PROVIDER, "kwok") if shutil.which(name) is None]:
        pytest.skip(f"needs the real Kubernetes provider, and KWOK: {', '.join(missing)} not on the PATH")
    folder = tmp_path / "server"
    folder.mkdir()
    with running.running(folder, kwok=True) as found:
        for zone in "abc":
            for number in (1, 2):
                found.add(f"node-{zone}{number}", f"eu-west-1{zone}", {"pool": "general"}, [])
        yield found


@pytest.fixture
def project(engine: Engine, nodes: running.Nodes, tmp_path: Path) -> Project:
    """The platform, whose cluster is that control plane."""
    (engine.bin / PROVIDER).unlink()
    (engine.bin / PROVIDER).symlink_to(str(shutil.which(PROVIDER)))
    aws = engine.bin / "aws"  # what the kubeconfig gets its token from
    aws.write_text(f"#!/bin/sh\ncat <<'EOF'\n{json.dumps(CREDENTIAL)}\nEOF\n")
    aws.chmod(0o755)
    found = engine.program(PROGRAM, files={"dev.yaml": STACK + OTHERS})
    authority = (tmp_path / "server" / "apiserver.crt").read_bytes()
    found.env |= {
        "STANDIN_API_SERVER": nodes.server.address,
        "STANDIN_API_AUTHORITY": base64.b64encode(authority).decode(),
        "HOME": str(tmp_path),
    }
    found.config("toml", HUSH, "--secret")
    return found


def items(nodes: running.Nodes, path: str) -> list[dict[str, Any]]:
    return list(nodes.server.call(path)[1].get("items") or ())


def test_workloads_are_applied_changed_and_taken_away(project: Project, nodes: running.Nodes) -> None:
    first = project.up("--diff")
    assert not held(told(first))
    shop = "/apis/apps/v1/namespaces/shop"
    for _ in range(120):  # the autoscaler makes three of one when its controller looks next
        ready = {
            each["metadata"]["name"]: each["status"].get("readyReplicas")
            for each in items(nodes, f"{shop}/deployments")
        }
        if ready == {"web": 3, "uploads": 1}:
            break
        time.sleep(0.5)
    assert ready == {"web": 3, "uploads": 1}
    (db,) = items(nodes, f"{shop}/statefulsets")
    assert db["status"]["readyReplicas"] == 3
    (job,) = items(nodes, "/apis/batch/v1/namespaces/shop/jobs")
    assert job["status"]["succeeded"] == 1
    zones = [
        nodes.zones[each["spec"]["nodeName"]]
        for each in items(nodes, "/api/v1/namespaces/shop/pods?labelSelector=app.kubernetes.io/name%3Ddb")
    ]
    assert sorted(zones) == ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
    secret = nodes.server.call("/api/v1/namespaces/shop/secrets/web-db")[1]
    assert base64.b64decode(secret["data"]["password"]).decode() == HUSH
    assert not held(json.dumps(project.export()))

    assert project.up().unchanged
    assert project.refresh().unchanged
    assert project.up().unchanged

    project.edit("dev.yaml", "example.com/web:1.0", "example.com/web:1.1")
    assert project.up().changed() == {"dev-web-deployment": "update"}
    images = {
        each["spec"]["containers"][0]["image"]
        for each in items(nodes, "/api/v1/namespaces/shop/pods?labelSelector=app.kubernetes.io/name%3Dweb")
        if not each["metadata"].get("deletionTimestamp")
    }
    assert images == {"example.com/web:1.1"}

    project.edit("dev.yaml", "data: {level: info}", "data: {level: debug}")
    assert project.up().changed() == {"dev-web-config-app": "update", "dev-web-deployment": "update"}
    assert project.up().unchanged

    project.edit("dev.yaml", AGENT, "")
    assert {*project.up().changed().values()} == {"delete"}
    assert items(nodes, f"{shop}/daemonsets") == []

    project.destroy()
    assert project.export() == []
    # What keeps nothing outside goes with the cluster, which nobody deletes here.
    (kept,) = items(nodes, f"{shop}/statefulsets")
    assert kept["metadata"]["name"] == "db"
    assert [each["metadata"]["name"] for each in items(nodes, f"{shop}/deployments")] == ["web"]
    claims = {each["metadata"]["name"] for each in items(nodes, "/api/v1/namespaces/shop/persistentvolumeclaims")}
    assert claims == {"data-db-0", "data-db-1", "data-db-2"}
