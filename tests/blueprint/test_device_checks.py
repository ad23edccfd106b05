"""Accelerators of nodes and the add-ons that offer them: pods run where there are some, and are missed elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from eks_blueprints.addons._accelerators import types_with
from eks_blueprints.blueprint import device_checks
from eks_blueprints.core.charts import table
from tests.blueprint.test_addons import CORE, NODES, args, platform

GPU = {"gpus": {"kind": "managed_nodes", "instance_types": ["g5.xlarge"], "labels": {"for": "models"}}}
ROCKET = {"gpus": {**GPU["gpus"], "ami_type": "BOTTLEROCKET_x86_64_NVIDIA"}}
AUTO: dict[str, Any] = {"cluster": {"version": "1.35", "auto_mode": {}}}


def told(addons: dict[str, Any], **fields: Any) -> list[str]:
    return [str(problem) for problem in device_checks.check(args(addons, **fields))]


def fits(terms: list[dict[str, Any]], labels: dict[str, str]) -> bool:
    """As the scheduler reads required node affinity: one term, all of its expressions."""

    def one(expression: dict[str, Any]) -> bool:
        there = labels.get(expression["key"]) in expression["values"]
        return there if expression["operator"] == "In" else not there

    return any(all(one(each) for each in term["matchExpressions"]) for term in terms)


def terms(found: dict[str, Any]) -> list[dict[str, Any]]:
    found = found["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    return list(found["nodeSelectorTerms"])


@pytest.mark.parametrize("kind", ["managed_nodes", "self_managed_nodes"])
def test_nvidias_plugin_runs_on_nodes_with_gpus_and_nowhere_else(kind: str) -> None:
    nodes = {"gpus": {**GPU["gpus"], "kind": kind}}
    release = platform({**CORE, "nvidia_device_plugin": {}}, compute=nodes | NODES).one(
        "shop-nvidia-device-plugin-release"
    )
    wanted = terms(release["values"]["affinity"])
    assert fits(wanted, {"node.kubernetes.io/instance-type": "g5.xlarge"})
    assert not fits(wanted, {"node.kubernetes.io/instance-type": "m7g.large"})
    assert fits(
        wanted, {"node.kubernetes.io/instance-type": "g99.x", "karpenter.k8s.aws/instance-gpu-manufacturer": "nvidia"}
    )
    on_auto = {"node.kubernetes.io/instance-type": "g5.xlarge", "eks.amazonaws.com/compute-type": "auto"}
    assert not fits(wanted, on_auto)
    assert fits(wanted, {"nvidia.com/gpu.present": "true"})


def test_the_table_says_so_of_each_daemon_set_of_the_plugin() -> None:
    row = table.row("nvidia_device_plugin")
    assert row is not None
    found = row.form(["gpu_feature_discovery=true"]).workloads
    for name in ("nvidia-device-plugin", "nvidia-device-plugin-gpu-feature-discovery"):
        affinity = [dict(term) for term in found[f"DaemonSet/{name}"].affinity]
        assert all(fits(affinity, {"node.kubernetes.io/instance-type": each}) for each in types_with("nvidia"))


def test_terms_of_ones_own_win() -> None:
    own = [{"matchExpressions": [{"key": "gpu", "operator": "Exists"}]}]
    affinity = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": own}}}
    addons = {**CORE, "nvidia_device_plugin": {"values": {"affinity": affinity}}}
    release = platform(addons, compute=GPU).one("shop-nvidia-device-plugin-release")
    assert terms(release["values"]["affinity"]) == own


def test_the_operators_agents_tolerate_every_taint_and_leave_auto_mode_alone() -> None:
    values = platform({**CORE, "nvidia_gpu_operator": {}}, compute=GPU).one("shop-nvidia-gpu-operator-release")[
        "values"
    ]
    assert values["daemonsets"]["tolerations"] == [{"operator": "Exists"}]
    wanted = terms(values["node-feature-discovery"]["worker"]["affinity"])
    assert fits(wanted, {})
    assert not fits(wanted, {"eks.amazonaws.com/compute-type": "auto"})


@pytest.mark.parametrize(("kind", "what"), [("nvidia_device_plugin", "GPUs of NVIDIA"), ("neuron", "Inferentia or")])
def test_a_plugin_without_work_is_told(kind: str, what: str) -> None:
    [line] = told({kind: {}})
    assert line.startswith(f"addons.{kind}: has no node to run on, as it is for {what}")


def test_gpus_without_a_plugin_are_told() -> None:
    [line] = told({}, compute=GPU)
    assert line.startswith("compute.gpus.instance_types: have GPUs of NVIDIA that no pod can request")
    assert "add nvidia_device_plugin: {}" in line
    assert told({"nvidia_gpu_operator": {}}, compute=GPU) == []
    assert told({}, compute=ROCKET) == []


def test_bottlerockets_plugin_is_enough() -> None:
    [line] = told({"nvidia_device_plugin": {}}, compute=ROCKET)
    assert "runs beside the device plugin in Bottlerocket's image, and both advertise the same devices" in line


def test_nothing_is_told_of_nodes_that_are_not_known() -> None:
    pools = {"karpenter": {"kind": "karpenter", "node_pools": {"default": {}}}}
    assert told({"nvidia_device_plugin": {}}, compute=NODES | pools) == []
    assert told({"nvidia_device_plugin": {}}, compute=NODES, **AUTO) == []
