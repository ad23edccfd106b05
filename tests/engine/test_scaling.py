"""What scales workloads, on the real engine: in order, unchanged the second time, changed alone, and gone in order."""

from __future__ import annotations

import pytest

from .harness import Engine
from .test_compute import PROGRAM
from .test_workloads import before

pytestmark = pytest.mark.engine

PLATFORM = """\
region: eu-west-1
network: {zone_count: 2, nat_gateways: single}
cluster: {version: "1.35"}
namespaces: {shop: {}}
compute: {nodes: {kind: managed_nodes}}
addons:
  vpc_cni: {}
  kube_proxy: {}
  eks_pod_identity_agent: {}
  coredns: {}
  metrics_server: {}
  vpa: {}
  keda: {}
workloads:
  worker:
    kind: deployment
    namespace: shop
    image: example.com/worker:1.0
    scaled_object:
      max_replicas: 20
      sqs: {orders: {queue_url: "https://sqs.eu-west-1.amazonaws.com/111122223333/orders"}}
    vertical_pod_autoscaler: {update_mode: Initial, containers: {worker: {max_allowed: {memory: 1Gi}}}}
  render:
    kind: job
    namespace: shop
    image: example.com/render:1.0
    scaled_job: {sqs: {images: {queue_url: "https://sqs.eu-west-1.amazonaws.com/111122223333/images"}}}
"""


def test_what_scales_comes_after_keda_and_goes_before_it(engine: Engine) -> None:
    project = engine.program(PROGRAM, files={"dev.yaml": PLATFORM})
    made = project.up().order("create")
    assert before(
        made, "keda-identity-keda-operator", "keda-release", "worker-authentication-aws", "worker-scaled-object"
    )
    assert before(made, "worker-deployment", "worker-scaled-object")
    assert before(made, "vpa-release", "worker-vertical-pod-autoscaler")
    assert before(made, "render-service-account", "render-scaled-job")
    assert "dev-render-job" not in made
    assert project.up().unchanged

    project.edit("dev.yaml", "max_replicas: 20", "max_replicas: 30")
    assert project.up().changed() == {"dev-worker-scaled-object": "update"}

    gone = project.destroy().order("delete")
    assert before(gone, "worker-scaled-object", "worker-authentication-aws", "keda-release")
    assert before(gone, "render-scaled-job", "keda-release")
    assert project.leftovers() == []
