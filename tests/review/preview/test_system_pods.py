"""The pods that add-ons bring are counted, and what is not known of them is said."""

from __future__ import annotations

import json
from typing import Any

import pytest

from eks_blueprints.core.tables import PACKAGE, tables
from eks_blueprints.recording.plan import Plan, PlannedResource
from eks_blueprints.review.preview.system_pods import Pods, SystemPods, system_pods
from tests.addons.catalogue import record_it


def addon(name: str, **inputs: Any) -> PlannedResource:
    return PlannedResource(f"urn:{name}", "aws:eks/addon:Addon", name, None, True, {"addonName": name, **inputs})


def told(*resources: PlannedResource) -> SystemPods:
    found = system_pods(Plan("shop", "prod", resources))
    assert found is not None
    return found


def test_a_platform_without_add_ons_says_nothing() -> None:
    assert system_pods(Plan("shop", "prod", ())) is None


def test_add_ons_of_eks_are_counted() -> None:
    found = told(addon("vpc-cni"), addon("kube-proxy"), addon("coredns"), addon("aws-ebs-csi-driver"))
    assert (found.node.count, round(found.node.cpu, 3)) == (3, 0.18)
    assert (found.fixed.count, round(found.fixed.cpu, 3)) == (4, 0.32)
    assert found.fixed.memory == (2 * 70 + 2 * 232) * 2**20
    assert str(found) == "4 (0.32 vCPU, 0.59 GiB) and 3 on each node (0.18 vCPU, 0.1 GiB)"


@pytest.mark.parametrize("values", [{"replicaCount": 5}, json.dumps({"replicaCount": 5})])
def test_replicas_that_are_configured_count(values: Any) -> None:
    assert told(addon("coredns", configurationValues=values)).fixed.count == 5


@pytest.mark.parametrize("values", ["{", "[]", {"$secret": True}, json.dumps({"replicaCount": "many"})])
def test_values_that_cannot_be_read_leave_the_default(values: Any) -> None:
    assert told(addon("coredns", configurationValues=values)).fixed.count == 2


def test_what_is_not_known_is_named() -> None:
    found = told(addon("coredns"), addon("acme-agent"))
    assert found.unknown == ("acme-agent",)
    assert str(found).endswith("; not known of acme-agent")


def chart(kind: str, **fields: Any) -> SystemPods:
    found = system_pods(record_it(kind, **fields).plan)
    assert found is not None
    return found


def test_charts_are_counted_with_their_replicas() -> None:
    assert chart("kueue").fixed.count == 1
    assert chart("kueue", production=True).fixed.count == 2
    assert chart("keda", version="2.0.0").unknown == ("keda",)


def test_daemonsets_stand_on_each_node_and_jobs_nowhere() -> None:
    assert chart("prometheus_node_exporter").node.count == 1
    assert chart("prometheus_node_exporter").fixed.count == 0


def test_daemonsets_that_choose_nodes_are_told_apart() -> None:
    found = chart("nvidia_device_plugin")
    assert found.node.count == 0
    assert found.some.count > 0
    assert "on each node with certain labels" in str(found)


def test_sums_are_data_too() -> None:
    data = SystemPods(Pods(2, 0.25, 2**30), Pods(), Pods(), ("keda",)).to_data()
    assert data["fixed"] == {"pods": 2, "cpu": 0.25, "memory": 2**30}
    assert data["unknown"] == ["keda"]


def test_the_table_is_dated() -> None:
    assert "review/preview/eks_addons.toml" in {each.file for each in tables()}
    assert (PACKAGE / "review/preview/eks_addons.toml").is_file()
