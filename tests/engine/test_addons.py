"""Fifteen add-ons on the real engine: they come in order, stay as they are, lose one, and go in order."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import PROJECT

from .harness import Engine, Project

pytestmark = pytest.mark.engine

PULUMI = "name: shop\nruntime: python\nmain: stacks\nstackConfigDir: stacks\n"
PROGRAM = (PROJECT / "stacks" / "__main__.py").read_text()
STACK = """
region: eu-west-1
cluster: {version: "1.35"}
compute:
  nodes: {kind: managed_nodes}
addons:
  vpc_cni: {}
  kube_proxy: {}
  eks_pod_identity_agent: {}
  coredns: {}
  aws_ebs_csi_driver: {}
  storage_classes: {}
  aws_load_balancer_controller: {}
  cert_manager: {}
  external_dns: {zone_arns: ["arn:aws:route53:::hostedzone/Z0123456789ABC"]}
  external_secrets: {secret_arns: ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/*"]}
  ingress_nginx: {}
  kube_prometheus_stack: {}
  kyverno: {}
  kyverno_policies: {}
  velero: {}
"""


@pytest.fixture
def project(engine: Engine, tmp_path: Path) -> Project:
    folder = tmp_path / "shop"
    (folder / "stacks").mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text(PULUMI)
    (folder / "stacks" / "__main__.py").write_text(PROGRAM)
    (folder / "stacks" / "prod.yaml").write_text(STACK)
    (folder / "stacks" / "Pulumi.prod.yaml").write_text("config: {}\n")
    return engine.project(folder, stack="prod")


def test_fifteen_add_ons_live_lose_one_and_die(project: Project) -> None:
    made = project.up().order("create")
    order = ["coredns-addon", "aws-load-balancer-controller-release", "cert-manager-release", "kyverno-release"]
    places = [made.index(f"prod-{name}") for name in (*order, "external-dns-release")]
    assert places == sorted(places)
    assert made.index("prod-nodes-group") < places[0]
    assert made.index("prod-kube-prometheus-stack-crds") < made.index("prod-kube-prometheus-stack-release")
    assert project.up().unchanged

    project.edit("stacks/prod.yaml", "  kube_prometheus_stack: {}\n", "")
    lost = project.up().changed()
    assert set(lost.values()) == {"delete"}
    assert all("kube-prometheus-stack" in name for name in lost)

    gone = project.destroy().order("delete")
    assert gone.index("prod-ingress-nginx-release") < gone.index("prod-aws-load-balancer-controller-release")
    assert gone.index("prod-aws-load-balancer-controller-release") < gone.index("prod-nodes-group")
    assert gone.index("prod-nodes-group") < gone.index("prod-cluster")
    assert project.export() == []


def test_a_version_and_a_value_change_one_release_in_place(project: Project) -> None:
    project.up()
    project.edit("stacks/prod.yaml", "  cert_manager: {}", "  cert_manager: {values: {global: {logLevel: 4}}}")
    assert project.up().changed() == {"prod-cert-manager-release": "update"}


def test_a_failed_release_is_resumed(project: Project) -> None:
    project.fault("create", "kubernetes:helm.sh/v3:Release", nth=2, message="timed out waiting for the condition")
    failed = project.up(check=False)
    assert not failed.ok
    assert "timed out waiting for the condition" in failed.errors
    project.up()
    assert project.up().unchanged


def test_applications_of_argo_cd_come_after_it_and_go_before_it(project: Project) -> None:
    delivered = "  velero: {}\n  argocd: {}\naddon_defaults: {delivery: argocd}\n"
    project.edit("stacks/prod.yaml", "  velero: {}\n", delivered)
    made = project.up().order("create")
    assert made.index("prod-argocd-release") < made.index("prod-velero-release")
    assert project.up().unchanged
    gone = project.destroy().order("delete")
    assert gone.index("prod-velero-release") < gone.index("prod-argocd-release")
    assert project.export() == []


KINDS = """
region: eu-west-1
cluster: {version: "1.35"}
compute:
  nodes: {kind: managed_nodes}
addons:
  vpc_cni: {}
  kube_proxy: {}
  eks_pod_identity_agent: {}
  coredns: {}
  written:
    kind: manifests
    manifests:
      issuer: {apiVersion: cert-manager.io/v1, kind: ClusterIssuer, metadata: {name: own}, spec: {selfSigned: {}}}
      monitor:
        apiVersion: monitoring.coreos.com/v1
        kind: ServiceMonitor
        metadata: {name: own, namespace: monitoring}
        spec: {selector: {}, endpoints: []}
  cert_manager: {values: {prometheus: {servicemonitor: {enabled: true}}}}
  kube_prometheus_stack: {}
"""


def test_objects_wait_for_who_brings_their_kind(project: Project) -> None:
    (project.folder / "stacks" / "prod.yaml").write_text(KINDS)
    made = project.up().order("create")
    names = ("kube-prometheus-stack-crds", "kube-prometheus-stack-release", "cert-manager-release", "written-issuer")
    places = [made.index(f"prod-{name}") for name in names]
    assert places == sorted(places)
    assert made.index("prod-written-monitor") > made.index("prod-kube-prometheus-stack-release")
    gone = project.destroy().order("delete")
    assert gone.index("prod-written-issuer") < gone.index("prod-nodes-group")
