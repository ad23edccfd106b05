"""Karpenter and EKS Auto Mode through the real engine: what comes first, what changes in place, what goes last."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from tests import ROOT

from .harness import Engine, Project

pytestmark = pytest.mark.engine

EXAMPLES = ROOT / "examples"


def mixed(engine: Engine) -> Project:
    return engine.project(EXAMPLES / "mixed_compute", stack="prod")


def rewrite(project: Project, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the stack file as data; its comments go."""
    path = project.folder / "prod.yaml"
    data = yaml.safe_load(path.read_text())
    change(data)
    path.write_text(yaml.safe_dump(data, sort_keys=False))


def before(order: list[str], *names: str) -> None:
    """Assert that the names come in this order."""
    places = [order.index(name) for name in names]
    assert places == sorted(places), [(order[place], place) for place in places]


def test_mixed_compute_lives_and_goes_in_order(engine: Engine) -> None:
    project = mixed(engine)
    made = project.up().order("create")
    before(
        made, "prod-system-group", "prod-karpenter-crds", "prod-karpenter-controller", "prod-karpenter-class-default"
    )
    before(made, "prod-karpenter-class-gpu", "prod-karpenter-pool-gpu", "prod-metrics-server-addon")
    before(made, "prod-karpenter-node-role-access", "prod-karpenter-class-default", "prod-karpenter-pool-general")
    assert project.up().unchanged
    project.refresh()
    assert project.preview().unchanged
    gone = project.destroy().order("delete")
    for pool, node_class in (("general", "default"), ("arm64", "default"), ("gpu", "gpu")):
        before(gone, f"prod-karpenter-pool-{pool}", f"prod-karpenter-class-{node_class}", "prod-karpenter-controller")
    # What goes with the cluster is not deleted on its own.
    before(gone, "prod-karpenter-controller", "prod-karpenter-controller-role-iam-integration")
    before(gone, "prod-karpenter-controller", "prod-karpenter-identity", "prod-karpenter-controller-role")
    before(gone, "prod-karpenter-class-default", "prod-karpenter-node-role-access", "prod-karpenter-node-role")
    before(gone, "prod-karpenter-controller", "prod-system-group", "prod-cluster")
    assert project.leftovers() == []
    assert project.export() == []


def test_auto_mode_lives_and_goes_in_order(engine: Engine) -> None:
    project = engine.project(EXAMPLES / "auto_mode", stack="prod")
    made = project.up().order("create")
    before(made, "prod-auto-mode-node-role-access-policy", "prod-auto-mode-class-large-disk", "prod-auto-mode-pool-gpu")
    assert project.up().unchanged
    project.refresh()
    assert project.preview().unchanged
    gone = project.destroy().order("delete")
    before(gone, "prod-auto-mode-pool-gpu", "prod-auto-mode-class-large-disk", "prod-auto-mode-node-role-access")
    before(gone, "prod-auto-mode-pool-spot", "prod-cluster")
    assert project.leftovers() == []


def test_karpenter_leaves_a_cluster_that_stays(engine: Engine) -> None:
    project = mixed(engine)
    project.up()
    rewrite(project, lambda data: data["compute"].pop("karpenter"))
    change = project.up()
    assert set(change.changed().values()) == {"delete"}
    gone = change.order("delete")
    before(
        gone, "prod-karpenter-pool-gpu", "prod-karpenter-class-gpu", "prod-karpenter-controller", "prod-karpenter-crds"
    )
    before(gone, "prod-karpenter-crds", "prod-karpenter-controller-role")
    assert project.up().unchanged


POOL: dict[str, Any] = {
    "capacity_types": ["on-demand"],
    "zones": ["eu-west-1a"],
    "requirements": [{"key": "karpenter.k8s.aws/instance-cpu", "operator": "Gt", "values": ["3"]}],
    "labels": {"team": "a"},
    "annotations": {"example.com/note": "a"},
    "taints": [{"key": "team", "value": "a", "effect": "NoSchedule"}],
    "startup_taints": [{"key": "example.com/agent", "effect": "NoExecute"}],
    "limits": {"cpu": "10"},
    "weight": 51,
    "disruption": {"consolidation_policy": "WhenEmpty", "consolidate_after": "5m", "budgets": [{"nodes": "1"}]},
    "expire_after": "100h",
    "termination_grace_period": "1h",
    "node_class": "gpu",
}
CLASS: dict[str, Any] = {
    "ami_selector_terms": [{"alias": "al2023@v20251120"}],
    "subnet_selector_terms": [{"tags": {"karpenter.sh/discovery": "*"}}],
    "security_group_selector_terms": [{"tags": {"karpenter.sh/discovery": "*"}}],
    "capacity_reservation_selector_terms": [{"id": "cr-0a"}],
    "associate_public_ip_address": False,
    "user_data": "#!/bin/bash\necho hello\n",
    "metadata_options": {"http_put_response_hop_limit": 2},
    "detailed_monitoring": True,
    "kubelet": {"max_pods": 58},
    "tags": {"cost": "nodes"},
    "role": "elsewhere",
}
CONTROLLER: dict[str, Any] = {
    "replicas": 1,
    "resources": {"cpu": "500m", "memory": "2Gi"},
    "settings": {"batch_max_duration": "20s"},
    "feature_gates": {"node_repair": True},
    "values": {"logLevel": "debug"},
    "version": "1.14.0",
}


def test_every_field_that_can_change_changes_in_place(engine: Engine) -> None:
    project = mixed(engine)
    project.up()

    def edit(data: dict[str, Any]) -> None:
        karpenter = data["compute"]["karpenter"]
        karpenter["node_pools"]["general"] |= POOL
        karpenter["node_pools"]["general"].pop("min_instance_generation")
        karpenter["node_classes"]["default"] |= CLASS
        karpenter |= CONTROLLER

    rewrite(project, edit)
    change = project.up()
    assert {name: op for name, op in change.changed().items() if op != "update"} == {}
    assert change.changed().keys() == {
        "prod-karpenter-pool-general",
        "prod-karpenter-class-default",
        "prod-karpenter-controller",
        "prod-karpenter-crds",
        "prod-karpenter-controller-role-iam-integration",
    }
    assert project.up().unchanged


def test_a_pool_that_becomes_static_is_replaced_and_its_nodes_go_first(engine: Engine) -> None:
    project = mixed(engine)
    project.up()

    def edit(data: dict[str, Any]) -> None:
        data["compute"]["karpenter"]["node_pools"]["arm64"] = {"replicas": 3, "architectures": ["arm64"]}

    rewrite(project, edit)
    change = project.up()
    assert change.changed() == {"prod-karpenter-pool-arm64": "replace", "prod-karpenter-controller": "update"}
    done = [step.op for step in change.steps if step.name == "prod-karpenter-pool-arm64"]
    assert done.index("delete-replaced") < done.index("create-replacement")
    rewrite(project, lambda data: data["compute"]["karpenter"]["node_pools"]["arm64"].update(replicas=5))
    assert project.up().changed() == {"prod-karpenter-pool-arm64": "update"}


def test_a_renamed_class_is_there_before_its_pools_move_to_it(engine: Engine) -> None:
    project = mixed(engine)
    project.up()

    def edit(data: dict[str, Any]) -> None:
        karpenter = data["compute"]["karpenter"]
        karpenter["node_classes"]["accelerated"] = karpenter["node_classes"].pop("gpu")
        karpenter["node_pools"]["gpu"]["node_class"] = "accelerated"

    rewrite(project, edit)
    change = project.up()
    assert change.changed() == {
        "prod-karpenter-class-accelerated": "create",
        "prod-karpenter-pool-gpu": "update",
        "prod-karpenter-class-gpu": "delete",
    }
    order = [step.name for step in change.steps if step.name in change.changed()]
    before(order, "prod-karpenter-class-accelerated", "prod-karpenter-pool-gpu", "prod-karpenter-class-gpu")


def test_a_pool_comes_and_goes_alone(engine: Engine) -> None:
    project = mixed(engine)
    project.up()
    rewrite(project, lambda data: data["compute"]["karpenter"]["node_pools"].pop("gpu"))
    assert project.up().changed() == {"prod-karpenter-pool-gpu": "delete"}


def test_another_namespace_moves_the_controller_and_leaves_nodes_alone(engine: Engine) -> None:
    project = mixed(engine)
    project.up()
    rewrite(project, lambda data: data["compute"]["karpenter"].update(namespace="karpenter"))
    change = project.up()
    assert change.changed() == {
        "prod-karpenter-controller": "replace",
        "prod-karpenter-controller-role": "update",  # its trust names the namespace
        "prod-karpenter-crds": "replace",
        "prod-karpenter-identity": "replace",
    }
    assert project.up().unchanged


def test_a_pool_that_is_refused_is_resumed(engine: Engine) -> None:
    project = mixed(engine)
    project.fault("create", "kubernetes:karpenter.sh/v1:NodePool", message="the webhook was not ready")
    assert "the webhook was not ready" in project.up(check=False).errors
    project.up()
    assert project.up().unchanged
    project.destroy()
    assert project.leftovers() == []


def test_storage_and_ingress_classes_of_auto_mode(engine: Engine) -> None:
    project = engine.project(EXAMPLES / "auto_mode", stack="prod")
    project.up()

    def edit(data: dict[str, Any]) -> None:
        own = data["compute"]["auto_mode"]
        own["storage_classes"] = {"auto-ebs": {"default_class": True, "iops": 4000}}
        own["ingress_classes"] = {"alb": {"scheme": "internet-facing", "default_class": True}}
        own["node_classes"]["large-disk"]["snat_policy"] = "Disabled"

    rewrite(project, edit)
    change = project.up()
    assert change.changed() == {
        "prod-auto-mode-storage-auto-ebs": "replace",
        "prod-auto-mode-ingress-alb": "update",
        "prod-auto-mode-ingress-alb-params": "update",
        "prod-auto-mode-class-large-disk": "update",
    }


def replaced(engine: Engine, example: str) -> None:
    """Another name, then another range of services under the same one: `up` gets through, and nothing is left."""
    project = engine.project(EXAMPLES / example, stack="prod")
    project.up()
    objects = inside(project)
    rewrite(project, lambda data: data["cluster"].update(name="other"))
    assert project.up().changed()["prod-cluster"] == "replace"
    assert inside(project) == objects
    assert project.up().unchanged
    rewrite(project, lambda data: data["cluster"].update(service_ipv4_cidr="10.100.0.0/16"))
    assert project.up().changed()["prod-cluster"] == "replace"
    assert inside(project) == objects
    assert project.up().unchanged
    project.destroy()
    assert project.leftovers() == []


def inside(project: Project) -> set[tuple[str, str]]:
    """The objects of the one cluster that there is."""
    (cluster,) = project.account.rows("aws:eks/cluster:Cluster")
    found = [row for row in project.account.rows() if row.type.startswith("kubernetes:")]
    assert {row.scope for row in found} == {cluster.outputs["arn"]}
    return {(row.type, row.id) for row in found}


def test_a_replaced_cluster_gets_past_karpenter(engine: Engine) -> None:
    replaced(engine, "mixed_compute")


def test_a_replaced_cluster_gets_past_auto_mode(engine: Engine) -> None:
    replaced(engine, "auto_mode")


def test_pools_are_drained_by_karpenter_before_the_cluster_goes(engine: Engine) -> None:
    project = mixed(engine)
    project.up()
    rewrite(project, lambda data: data["cluster"].update(name="other"))
    calls = [call for call in project.up().calls if call["op"] == "delete"]
    gone = [call["type"].rpartition(":")[2] for call in calls]
    assert gone[:3] == ["NodePool"] * 3
    before(gone, "NodePool", "NodeGroup", "Cluster")
    assert not any(call.get("error") for call in calls)
