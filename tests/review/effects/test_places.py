"""Pods that find no node any more once compute changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from eks_blueprints.review.diff import diff_plans
from eks_blueprints.review.effects import effects
from eks_blueprints.review.preview.run import preview
from eks_blueprints.review.preview.targets import Target

BASE: dict[str, Any] = {
    "region": "eu-west-1",
    "network": {"cidr": "10.0.0.0/16"},
    "cluster": {"version": "1.35"},
    "namespaces": {"shop": {}},
    "addons": {"aws_ebs_csi_driver": {}, "storage_classes": {"classes": {"gp3": {"default": True}}}},
    "compute": {
        "apps": {"kind": "managed_nodes", "labels": {"pool": "apps"}},
        "others": {"kind": "managed_nodes", "labels": {"pool": "others"}},
    },
}
IMAGE = {"namespace": "shop", "image": "example.com/db:1"}
DB = {**IMAGE, "kind": "stateful_set", "replicas": 3, "run_on": "apps"}
DATA = {"volumes": {"data": {"mount_path": "/d", "claim": {"size": "1Gi"}}}}


def told(tmp_path: Path, workload: dict[str, Any], after: dict[str, Any], before: Any = BASE["compute"]) -> list[str]:
    plans = []
    for number, nodes in enumerate((before, after)):
        file = tmp_path / str(number) / "dev.yaml"
        file.parent.mkdir()
        file.write_text(yaml.safe_dump({**BASE, "compute": nodes, "workloads": {"db": workload}}))
        plans.append(preview(Target("dev", None, file)).plan)
    return [
        f"{each.title} {each.name}: {each.cause}"
        for each in effects(diff_plans(*plans))
        if each.name == "dev-db-stateful-set"
    ]


def nodes(**fields: Any) -> dict[str, Any]:
    return {**BASE["compute"], "apps": {**BASE["compute"]["apps"], **fields}}


ZONED = nodes(zones=["eu-west-1a", "eu-west-1b"])


def test_a_group_that_leaves_a_zone_leaves_volumes_behind(tmp_path: Path) -> None:
    (line,) = told(tmp_path, {**DB, **DATA}, ZONED)
    assert line == "volumes left behind dev-db-stateful-set: the nodes for it leave eu-west-1c"


def test_pods_without_volumes_go_elsewhere(tmp_path: Path) -> None:
    assert told(tmp_path, DB, ZONED) == []


def test_other_nodes_that_stay_in_the_zone_take_the_pods(tmp_path: Path) -> None:
    anywhere = {key: value for key, value in DB.items() if key != "run_on"}
    assert told(tmp_path, {**anywhere, **DATA}, ZONED) == []


def test_pods_that_are_bound_to_the_zone_run_nowhere(tmp_path: Path) -> None:
    pinned = {**DB, "pod": {"nodeSelector": {"topology.kubernetes.io/zone": "eu-west-1c"}}}
    (line,) = told(tmp_path, pinned, ZONED)
    assert line.startswith("runs nowhere dev-db-stateful-set: no compute takes its pods: ")
    assert "dev-apps-group has no topology.kubernetes.io/zone=eu-west-1c" in line


def test_a_taint_or_smaller_nodes_leave_pods_without_one(tmp_path: Path) -> None:
    large = {**IMAGE, "kind": "stateful_set", "requests": {"cpu": "3"}, "pod": {"nodeSelector": {"pool": "apps"}}}
    (line,) = told(tmp_path, large, nodes(instance_types=["m7g.large"]), nodes(instance_types=["m7g.xlarge"]))
    assert line.startswith("runs nowhere")
    assert "has no type large enough: 2 vCPUs and 8 GiB are the most" in line
