"""Objects wait for the add-on that brings their kind, whoever writes them down."""

from __future__ import annotations

from typing import Any

import pytest

from eks_blueprints.blueprint import kind_order
from eks_blueprints.blueprint.order import awaited, in_order
from tests.blueprint.test_addons import CORE, args, platform

SCHEMA = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}


SPECS = {
    "Application": {"spec": {"project": "a", "destination": {"name": "in-cluster"}}},
    "ScaledObject": {"spec": {"scaleTargetRef": {"name": "a"}, "triggers": [{"type": "cpu", "metadata": {}}]}},
    "ClusterIssuer": {"spec": {"selfSigned": {}}},
    "Certificate": {"spec": {"secretName": "a", "issuerRef": {"name": "a"}}},
    "ServiceMonitor": {"spec": {"endpoints": [{"port": "a"}], "selector": {}}},
    "PrometheusRule": {"spec": {}},
    "ClusterPolicy": {"spec": {"rules": []}},
    "ValidatingPolicy": {"spec": {"validations": []}},
    "VolumeSnapshotClass": {"driver": "ebs.csi.aws.com", "deletionPolicy": "Delete"},
    "Bundle": {"spec": {"sources": [{"useDefaultCAs": True}], "target": {"configMap": {"key": "a"}}}},
}


def written(api_version: str, kind: str, **metadata: Any) -> dict[str, Any]:
    manifest = {"apiVersion": api_version, "kind": kind, "metadata": {"name": "one", **metadata}, **SPECS.get(kind, {})}
    return {"written": {"kind": "manifests", "manifests": {"one": manifest}}}


def waits(addons: dict[str, Any], name: str) -> list[str]:
    return awaited(args(addons).addons)[name]


def told(addons: dict[str, Any], **fields: Any) -> list[str]:
    return [str(problem) for problem in kind_order.check(args(addons, **fields))]


@pytest.mark.parametrize(
    ("api_version", "kind", "bringer"),
    [
        ("argoproj.io/v1alpha1", "Application", "argocd"),
        ("keda.sh/v1alpha1", "ScaledObject", "keda"),
        ("cert-manager.io/v1", "ClusterIssuer", "cert_manager"),
        ("monitoring.coreos.com/v1", "ServiceMonitor", "kube_prometheus_stack"),
        ("monitoring.coreos.com/v1", "PrometheusRule", "kube_prometheus_stack"),
        ("external-secrets.io/v1", "ExternalSecret", "external_secrets"),
        ("kyverno.io/v1", "ClusterPolicy", "kyverno"),
        ("policies.kyverno.io/v1", "ValidatingPolicy", "kyverno"),
        ("snapshot.storage.k8s.io/v1", "VolumeSnapshotClass", "snapshot_controller"),
        ("operator.tigera.io/v1", "Installation", "calico"),
        ("trust.cert-manager.io/v1alpha1", "Bundle", "trust_manager"),
        ("kueue.x-k8s.io/v1beta1", "ClusterQueue", "kueue"),
    ],
)
def test_manifests_wait_for_who_brings_their_kind(api_version: str, kind: str, bringer: str) -> None:
    needed = {"cert_manager": {}} if bringer == "trust_manager" else {}
    addons = {**CORE, **written(api_version, kind), **needed, bringer: {}}
    assert bringer in waits(addons, "written")
    assert "reloader" not in waits({**addons, "reloader": {}}, "written")


def test_the_release_is_what_they_wait_for() -> None:
    recorded = platform({**CORE, **written("keda.sh/v1alpha1", "ScaledObject", namespace="default"), "keda": {}})
    recorded.one("ScaledObject").waits_for("shop-keda-release")


def test_objects_in_values_and_lists_wait_too() -> None:
    issuer = {"apiVersion": "cert-manager.io/v1", "kind": "Certificate", "metadata": {"name": "own"}}
    addons = {**CORE, "cert_manager": {}, "argocd": {"values": {"extraObjects": [issuer]}}}
    assert "cert_manager" in waits(addons, "argocd")
    as_text = "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\n"
    addons = {**CORE, "keda": {}, "argocd": {"values": {"extraObjects": [as_text]}}}
    assert "keda" in waits(addons, "argocd")
    several = {"apiVersion": "v1", "kind": "List", "items": [issuer]}
    addons = {**CORE, "cert_manager": {}, "argocd": {"values": {"extraObjects": [several]}}}
    assert "cert_manager" in waits(addons, "argocd")


def test_a_crd_written_down_comes_before_objects_of_its_kind() -> None:
    crd = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "rockets.acme.com"},
        "spec": {
            "group": "acme.com",
            "names": {"kind": "Rocket", "plural": "rockets"},
            "scope": "Cluster",
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": SCHEMA}],
        },
    }
    addons = {**CORE, **written("acme.com/v1", "Rocket"), "definitions": {"kind": "manifests", "manifests": {"a": crd}}}
    assert "definitions" in waits(addons, "written")
    assert waits(addons, "definitions") == [*waits({**CORE, "x": {"kind": "manifests", "manifests": {"a": crd}}}, "x")]


def test_objects_wait_for_the_add_on_whose_namespace_they_are_put_into() -> None:
    quota = written("v1", "ResourceQuota", namespace="argocd")
    assert "argocd" in waits({**CORE, **quota, "argocd": {}}, "written")


# Prometheus' kinds.

MONITORED = {"values": {"metrics": {"serviceMonitor": {"enabled": True}}}}


def test_a_service_monitor_waits_for_prometheus_from_whatever_stage() -> None:
    addons = {**CORE, "kyverno": {"values": {"admissionController": {"serviceMonitor": {"enabled": True}}}}}
    assert "kube_prometheus_stack" in waits({**addons, "kube_prometheus_stack": {}}, "kyverno")
    names = [addon.name for addon in in_order(args({**addons, "kube_prometheus_stack": {}}).addons)]
    assert names.index("kube_prometheus_stack") < names.index("kyverno")


def test_a_service_monitor_that_nobody_knows_is_told() -> None:
    [line] = told({"reloader": MONITORED})
    assert line.startswith(
        "addons.reloader: creates objects of a kind that nothing here installs, and Helm then refuses it"
    )
    assert "got ServiceMonitor of monitoring.coreos.com; add kube_prometheus_stack: {}" in line
    assert told({"reloader": MONITORED, "kube_prometheus_stack": {}}) == []
    assert told({"reloader": {"values": {"metrics": {"serviceMonitor": {"enabled": False}}}}}) == []


def test_a_circle_of_kinds_is_no_circle_of_add_ons() -> None:
    monitored = {"values": {"prometheus": {"servicemonitor": {"enabled": True}}}}
    issued = {"values": {"extraManifests": [{"apiVersion": "cert-manager.io/v1", "kind": "Certificate"}]}}
    addons = {**CORE, "cert_manager": monitored, "kube_prometheus_stack": issued}
    assert in_order(args(addons).addons)
    [line] = told(addons)
    assert "which waits for it in turn; got both" in line


def test_what_comes_before_nodes_is_not_waited_for_by_what_comes_after() -> None:
    cilium = {"values": {"prometheus": {"serviceMonitor": {"enabled": True}}}}
    addons = {**CORE, "cilium": cilium, "kube_prometheus_stack": {}}
    addons.pop("vpc_cni")
    assert "kube_prometheus_stack" not in waits(addons, "cilium")
    assert any("which is installed on nodes, and it comes before these" in line for line in told(addons))


def test_order_is_the_same_without_kinds() -> None:
    assert waits({**CORE, "keda": {}, "reloader": {}}, "reloader") == waits({**CORE, "reloader": {}}, "reloader")
