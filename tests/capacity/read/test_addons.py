"""Pods that add-ons bring: EKS's own, and those of charts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from eks_blueprints.capacity.model import Doubt
from eks_blueprints.core.charts import table
from eks_blueprints.policies.stack import Resource
from tests.capacity.read.stacks import MIB, daemon, demand, eks, platform
from tests.policies.build import UNKNOWN, addon, res, workload

CORE = {"kube-system/DaemonSet/aws-node", "kube-system/DaemonSet/kube-proxy"}


def test_eks_brings_its_own_pods_unless_it_is_told_not_to() -> None:
    found = platform(eks_=eks(bootstrapSelfManagedAddons=None))
    assert {each.name for each in found.daemons} == CORE
    assert {each.name for each in found.demands} == {"kube-system/Deployment/coredns"}
    none = platform()
    assert (none.daemons, none.demands) == ((), ())


def test_pods_of_each_node_bear_all_taints_and_stay_off_auto_mode_and_fargate() -> None:
    shape = daemon(platform(addon("cni", "vpc-cni")), "kube-system/DaemonSet/aws-node").shape
    assert shape.requests["cpu"] == 50
    assert any(each.operator == "Exists" and not each.key for each in shape.tolerations)
    assert shape.may_be_on("n", {"kubernetes.io/os": "linux"})
    for kind in ("auto", "fargate"):
        assert not shape.may_be_on("n", {"kubernetes.io/os": "linux", "eks.amazonaws.com/compute-type": kind})
    assert not shape.may_be_on("n", {"kubernetes.io/os": "windows"})


def test_coredns_bears_the_taint_of_critical_add_ons_and_goes_before_others() -> None:
    found = demand(platform(addon("dns", "coredns")), "kube-system/Deployment/coredns")
    assert (found.least, found.most, found.shape.priority) == (2, 2, 2_000_000_000)
    assert found.shape.requests == {"cpu": 100, "memory": 70 * MIB}
    assert "CriticalAddonsOnly" in {each.key for each in found.shape.tolerations}
    assert found.shape.labels["k8s-app"] == "kube-dns"


def test_settings_of_an_add_on_change_its_pods() -> None:
    values = {
        "replicaCount": 4,
        "nodeSelector": {"role": "system"},
        "resources": {"requests": {"cpu": "200m", "memory": "100Mi"}},
    }
    made = addon("dns", "coredns", configurationValues=json.dumps(values))
    found = demand(platform(made), "kube-system/Deployment/coredns")
    assert (found.least, found.most) == (4, 4)
    assert found.shape.requests == {"cpu": 200, "memory": 100 * MIB}
    assert [each.key for each in found.shape.selects] == ["role"]
    csi = addon("csi", "aws-ebs-csi-driver", configurationValues=json.dumps({"controller": {"replicaCount": 1}}))
    assert demand(platform(csi), "kube-system/Deployment/ebs-csi-controller").least == 1


def test_eks_scales_coredns_where_it_is_told_to() -> None:
    values = {"autoScaling": {"enabled": True, "minReplicas": 3, "maxReplicas": 20}}
    made = addon("dns", "coredns", configurationValues=json.dumps(values))
    found = demand(platform(made), "kube-system/Deployment/coredns")
    assert (found.least, found.most, found.scaled_by) == (3, 20, "EKS's own scaling of CoreDNS")


def test_settings_that_nobody_knows_are_said() -> None:
    found = demand(platform(addon("dns", "coredns", configurationValues=UNKNOWN)), "kube-system/Deployment/coredns")
    assert "configurationValues is not known" in found.asked


def test_an_add_on_that_is_not_in_the_table_is_said() -> None:
    said = platform(addon("x", "aws-guardduty-agent")).unknown
    assert any("what the EKS add-on aws-guardduty-agent runs is not counted" in each for each in said)


def release(version: str | None = "9.59.0", **values: Any) -> Resource:
    """A chart that the table knows."""
    repository = {"repo": "https://kubernetes.github.io/autoscaler"}
    given = {"chart": "cluster-autoscaler", "version": version, "namespace": "kube-system", "values": values}
    return res("kubernetes:helm.sh/v3:Release", "ca", {**given, "repositoryOpts": repository})


NAME = "kube-system/Deployment/cluster-autoscaler-aws-cluster-autoscaler"


def test_pods_of_a_chart_are_told_by_the_table() -> None:
    found = demand(platform(release()), NAME)
    assert (found.least, found.most) == (1, 1)


def test_resources_of_a_chart_with_one_container_are_its() -> None:
    whole = platform(release(resources={"requests": {"cpu": "300m"}}))
    assert demand(whole, NAME).shape.requests == {"cpu": 300}
    (said,) = [each for each in whole.unknown if "is taken for what its only container requests" in each]
    assert isinstance(said, Doubt)  # which closes no gate


def test_values_that_are_not_followed_are_said() -> None:
    said = platform(release(sidecars=[{"name": "x"}])).unknown
    assert any("these values of the chart cluster-autoscaler change is not followed: sidecars" in each for each in said)


def test_settings_of_karpenter_on_which_no_node_hangs_close_no_gate() -> None:
    known = table.row("karpenter")
    assert known is not None
    given = {"chart": "oci://public.ecr.aws/karpenter/karpenter", "version": known.pinned, "namespace": "kube-system"}
    gates = {"staticCapacity": True, "reservedCapacity": False}
    settings = {"batchIdleDuration": "2s", "preferencePolicy": "Ignore", "featureGates": gates}
    made = res("kubernetes:helm.sh/v3:Release", "karpenter", {**given, "values": {"settings": settings}})
    (said,) = [each for each in platform(made).unknown if "chart karpenter" in each]
    assert said.endswith("is not followed: settings.preferencePolicy, settings.featureGates.reservedCapacity")


def test_pods_that_operators_make_of_what_a_chart_brings_are_said() -> None:
    row = table.row("kube_prometheus_stack")
    assert row is not None
    repository = {"repo": "https://prometheus-community.github.io/helm-charts"}
    given = {"chart": row.chart, "version": row.pinned, "namespace": "monitoring", "repositoryOpts": repository}
    said = platform(res("kubernetes:helm.sh/v3:Release", "kps", given)).unknown
    wanted = "makes of Alertmanager, Prometheus of the chart kube-prometheus-stack are not counted"
    assert any(wanted in each for each in said)


@pytest.mark.parametrize("version", ["1.0.0", None])
def test_a_chart_of_another_version_is_said(version: str | None) -> None:
    found = platform(release(version))
    assert found.demands == ()
    assert any(
        "what the chart cluster-autoscaler runs is not counted: nothing is known" in each for each in found.unknown
    )


def test_what_a_chart_has_made_already_is_not_counted_twice() -> None:
    installed = release()
    made = workload("cluster-autoscaler-aws-cluster-autoscaler", ns="kube-system")
    made.parent = installed.urn
    assert [each.name for each in platform(installed, made).demands] == [NAME]
