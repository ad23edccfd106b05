"""What charts render against what a platform has, and what add-ons must know of each other."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from eks_blueprints import Blueprint, BlueprintArgs
from eks_blueprints.blueprint import chart_checks
from eks_blueprints.blueprint.order import awaited
from eks_blueprints.core.errors import problems_of
from eks_blueprints.testing import record
from tests.blueprint.test_addons import CORE, FARGATE, NODES, SYSTEM, args, platform, refused

LOKI: dict[str, Any] = {"loki": {}}


def doubts(addons: dict[str, Any], **fields: Any) -> list[str]:
    return [str(problem) for problem in chart_checks.check(args(addons, **fields))]


def values(addons: dict[str, Any], name: str, **fields: Any) -> dict[str, Any]:
    release = platform(addons, **fields).one(f"shop-{name.replace('_', '-')}-release")
    return dict(release.get("values", {}))


# Volumes.


def test_volumes_of_the_default_class_need_a_driver_and_that_class() -> None:
    [line] = doubts(LOKI)
    assert line.startswith("addons.loki: requests volumes of the cluster's default StorageClass (loki)")
    assert "add aws_ebs_csi_driver: {} and storage_classes: {}" in line
    [line] = doubts({**LOKI, "aws_ebs_csi_driver": {}})
    assert "got addons without a default StorageClass" in line
    [line] = doubts({**LOKI, "storage_classes": {}})
    assert "got addons without a driver that creates volumes;" in line


@pytest.mark.parametrize(
    "more",
    [
        {"aws_ebs_csi_driver": {}, "storage_classes": {}},
        {"aws_ebs_csi_driver": {"default_storage_class": True}},
        {
            "aws_ebs_csi_driver": {},
            "classes": {
                "kind": "manifests",
                "manifests": {
                    "gp3": {
                        "apiVersion": "storage.k8s.io/v1",
                        "kind": "StorageClass",
                        "metadata": {
                            "name": "gp3",
                            "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
                        },
                        "provisioner": "ebs.csi.aws.com",
                    }
                },
            },
        },
        {"loki": {"values": {"singleBinary": {"persistence": {"enabled": False}}}}},
    ],
)
def test_volumes_that_are_made_or_not_asked_for_are_fine(more: dict[str, Any]) -> None:
    assert doubts(LOKI | more) == []


def test_a_volume_is_asked_for_where_an_option_says_so() -> None:
    assert doubts({"grafana": {}}) == []
    assert "(grafana)" in doubts({"grafana": {"persistence_size": "5Gi"}})[0]


def test_auto_mode_has_the_driver_and_no_class() -> None:
    auto: dict[str, Any] = {"cluster": {"version": "1.35", "auto_mode": {}}, "compute": {}}
    [line] = doubts(LOKI, **auto)
    assert "got addons without a default StorageClass" in line


# Fargate and Auto Mode.


def test_a_daemon_set_that_an_option_brings_is_refused_on_fargate() -> None:
    collector = {"vpc_cni": {}, "coredns": {"compute_type": "Fargate"}, "opentelemetry_collector": {}}
    parts = {"region": "eu-west-1", "cluster": {"version": "1.35"}, "compute": FARGATE}
    BlueprintArgs.model_validate({**parts, "addons": collector})
    collector["opentelemetry_collector"] = {"mode": "daemonset"}
    with pytest.raises(ValidationError) as caught:
        BlueprintArgs.model_validate({**parts, "addons": collector})
    [problem] = problems_of(caught.value)
    assert str(problem).startswith("addons.opentelemetry_collector: cannot run on Fargate: it runs a DaemonSet")


def test_values_that_may_turn_it_off_make_it_a_doubt() -> None:
    spec = {"values": {"mode": "deployment"}}
    parts: dict[str, Any] = {"region": "eu-west-1", "cluster": {"version": "1.35"}, "compute": FARGATE}
    addons = {"vpc_cni": {}, "coredns": {"compute_type": "Fargate"}, "valkey": {"production": True} | spec}
    found = list(chart_checks.check(BlueprintArgs.model_validate({**parts, "addons": addons})))
    assert [problem.severity for problem in found] == ["warning"]
    assert "it requests volumes on EBS" in found[0].message
    assert "unless its values turn that off" in found[0].message


def test_no_other_network_plugin_on_auto_mode() -> None:
    auto: dict[str, Any] = {"cluster": {"version": "1.35", "auto_mode": {}}}
    text = refused({"cilium": {}}, **auto, compute={})
    assert "addons.cilium: cannot run on EKS Auto Mode: its nodes run AWS's own network plugin" in text
    assert "addons.calico: cannot run on EKS Auto Mode" in refused({"calico": {}}, **auto, compute={})
    args({"cilium": {}}, **auto, compute=NODES)


# DaemonSets, order and wiring.


@pytest.mark.parametrize(
    ("kind", "fields", "path"),
    [
        ("aws_for_fluent_bit", {}, []),
        ("falco", {}, []),
        ("secrets_store_csi_driver", {}, ["linux"]),
        ("velero", {"node_agent": True}, ["nodeAgent"]),
        ("opentelemetry_collector", {"mode": "daemonset"}, []),
    ],
)
def test_what_every_node_needs_tolerates_every_taint(kind: str, fields: dict[str, Any], path: list[str]) -> None:
    found: Any = values({kind: fields}, kind, compute=SYSTEM, addon_defaults={"system_nodes": "system"})
    for key in path:
        found = found[key]
    assert found["tolerations"] == [{"operator": "Exists"}]
    assert "nodeSelector" not in found


def test_everything_that_has_pods_waits_for_kueue() -> None:
    spec = args({"kueue": {}, "keda": {}, "reloader": {}, "cert_manager": {}, "kyverno": {}})
    first = awaited(spec.addons)
    assert "kueue" in first["keda"]
    assert "kueue" in first["reloader"]
    assert first["kueue"].count("kyverno") == 1
    assert "kueue" not in first["cert_manager"]


def test_add_ons_read_from_the_prometheus_of_the_platform() -> None:
    stack: dict[str, Any] = {"kube_prometheus_stack": {}}
    host = "kube-prometheus-stack-prometheus.monitoring.svc"
    adapter = values({**stack, "prometheus_adapter": {}}, "prometheus_adapter")
    assert adapter["prometheus"] == {"url": f"http://{host}", "port": 9090}
    cost = values({**stack, "opencost": {}}, "opencost")["opencost"]["prometheus"]["internal"]
    assert cost["serviceName"] == "kube-prometheus-stack-prometheus"
    assert (cost["namespaceName"], cost["port"]) == ("monitoring", 9090)
    [source] = values({**stack, "grafana": {}}, "grafana")["datasources"]["datasources.yaml"]["datasources"]
    assert source["url"] == f"http://{host}:9090"
    kiali = {"istio_base": {}, "istiod": {}, "kiali_operator": {"values": {"cr": {"create": True}}}}
    services = values({**stack, **kiali}, "kiali_operator")["cr"]["spec"]["external_services"]
    assert services == {"prometheus": {"url": f"http://{host}:9090"}}


def test_without_one_and_where_values_say_otherwise_they_are_told_nothing() -> None:
    assert "prometheus" not in values({"prometheus_adapter": {}}, "prometheus_adapter")
    off = {"kube_prometheus_stack": {"values": {"prometheus": {"enabled": False}}}, "grafana": {}}
    assert "datasources" not in values(off, "grafana")
    own = {"kube_prometheus_stack": {}, "grafana": {"values": {"datasources": {"a.yaml": {"apiVersion": 1}}}}}
    assert values(own, "grafana")["datasources"] == {"a.yaml": {"apiVersion": 1}}


def test_the_address_follows_the_names_of_the_release() -> None:
    named = {"metrics": {"kind": "kube_prometheus_stack", "namespace": "watch"}, "prometheus_adapter": {}}
    told = values(named, "prometheus_adapter")["prometheus"]["url"]
    assert told == "http://metrics-kube-prometheus-st-prometheus.watch.svc"
    renamed = {"kube_prometheus_stack": {"values": {"fullnameOverride": "prom"}}, "prometheus_adapter": {}}
    assert values(renamed, "prometheus_adapter")["prometheus"]["url"] == "http://prom-prometheus.monitoring.svc"


# What charts refuse.


@pytest.mark.parametrize(
    ("addon", "message"),
    [
        ({"falco": {"driver": "ebpf"}}, "addons.falco.driver"),
        ({"cluster_proportional_autoscaler": {}}, "target: is needed: the workload to scale"),
        (
            {"cluster_proportional_autoscaler": {"target": "deployment/dns"}},
            "linear: needs one scaling mode; got none",
        ),
        (
            {"cluster_proportional_autoscaler": {"target": "deployment/dns", "linear": {}}},
            "needs something to count",
        ),
        (
            {"cluster_proportional_autoscaler": {"values": {"options": {"target": "pod/x"}}}},
            "values.options.target: is not a workload that can be scaled",
        ),
        (
            {
                "cluster_proportional_autoscaler": {
                    "target": "deployment/dns",
                    "linear": {"nodes_per_replica": 8, "min": 3, "max": 2},
                }
            },
            "max: is below min; got 2 and 3",
        ),
    ],
)
def test_what_a_chart_refuses_is_refused(addon: dict[str, Any], message: str) -> None:
    assert message in refused(addon)


def test_values_alone_may_say_what_is_scaled() -> None:
    ladder = {"options": {"target": "deployment/dns"}, "config": {"ladder": {"nodesToReplicas": [[1, 1]]}}}
    spec = args({"cluster_proportional_autoscaler": {"values": ladder}})
    record(lambda: Blueprint("shop", spec)).is_valid()


def test_core_is_what_a_platform_needs() -> None:
    assert doubts({}) == []
    assert set(CORE) == {"vpc_cni", "kube_proxy", "eks_pod_identity_agent", "coredns"}
