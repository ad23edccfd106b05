"""`eks-blueprints explain vpa`, and the nodes under the pods of `explain hpa`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from eks_blueprints.cli.explain import command
from eks_blueprints.core.errors import InputError
from eks_blueprints.kubernetes.autoscaler.vertical import target

IMAGE = {"kind": "deployment", "namespace": "shop", "image": "example.com/a:1"}
VPA = {"update_mode": "Recreate", "containers": {"webapp": {"controlled_resources": ["cpu"]}}}
WEB = {**IMAGE, "replicas": 2, "requests": {"cpu": "600m", "memory": "100Mi"}, "vertical_pod_autoscaler": VPA}
DB = {**IMAGE, "requests": {"cpu": "1", "memory": "100Mi"}}


def stack(tmp_path: Path, workloads: dict[str, Any], *addons: str, **nodes: Any) -> str:
    file = tmp_path / "dev.yaml"
    made = {
        "region": "us-east-1",
        "cluster": {"version": "1.35"},
        "compute": {"nodes": {"kind": "managed_nodes", "instance_types": ["m5.large"], **nodes}},
        "namespaces": {"shop": {}},
        "addons": {"metrics_server": {}, **{key: {} for key in addons}},
        "workloads": workloads,
    }
    file.write_text(json.dumps(made))
    return str(file)


def run(*words: str) -> str:
    done = CliRunner().invoke(command, list(words))
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.output


def test_the_values_are_those_that_the_recommender_is_known_for() -> None:
    assert target("cpu", [(0, 0.2)]) == 0.247
    assert target("cpu", [(0, 0.25)]) == 0.296
    assert target("cpu", [(0, 0.001)]) == 0.025
    assert target("cpu", [(0, 0.001)], containers=2) == 0.012
    assert target("memory", [(0, 1e6)]) == 262144000
    assert target("memory", [(0, 300e6)]) == 351198544


def test_the_higher_tenth_counts_and_old_samples_fade() -> None:
    assert target("cpu", [(at, 1.0 if at < 60 else 0.2) for at in range(0, 1200, 60)]) == 0.247
    assert target("cpu", [(at, 1.0 if at < 300 else 0.2) for at in range(0, 1200, 60)]) > 1
    assert target("cpu", [(0.0, 1.0), (20 * 86400.0, 0.2)]) == 0.247
    # Of memory the peak of each day counts.
    assert target("memory", [(0, 300e6), (3600, 10e6), (7200, 10e6)]) == 351198544


def test_smaller_requests_make_room_for_a_pod_that_waits(tmp_path: Path) -> None:
    file = stack(tmp_path, {"webapp": WEB, "dbapp": DB}, "vpa", min_size=1, desired_size=1, max_size=1)
    assert run("vpa", f"{file}/webapp", "--usage", "cpu=200m").splitlines() == [
        "webapp  update_mode Recreate",
        "  webapp/cpu  requests 600m, 247m is recommended",
        "  as it is",
        "    dev-nodes-group  1 nodes (at most 1)",
        "    pending: 1 of dbapp",
        "  with it",
        "    dev-nodes-group  1 nodes (at most 1)",
        "    all pods run",
    ]


def test_bounds_and_containers_that_are_left_alone(tmp_path: Path) -> None:
    bounds = {"webapp": {"max_allowed": {"cpu": "200m"}, "min_allowed": {"memory": "1Gi"}}, "*": {"mode": "Off"}}
    scaler = {"update_mode": "Recreate", "containers": bounds}
    web = {**WEB, "sidecars": {"log": {"image": "example.com/l:1"}}, "vertical_pod_autoscaler": scaler}
    file = stack(tmp_path, {"webapp": web}, "vpa")
    words = ("--usage", "cpu=1", "--usage", "memory=100Mi", "--usage", "log/cpu=1")
    found = json.loads(run("vpa", f"{file}/webapp", *words, "--format", "json"))
    told = {(each["container"], each["resource"]): (each["recommended"], each["why"]) for each in found["sizes"]}
    assert told["webapp", "cpu"][0] == "200m"
    assert told["webapp", "cpu"][1].endswith(" becomes maxAllowed")
    assert told["webapp", "memory"][0] == "1024Mi"
    assert told["log", "cpu"][1] == "left alone by its policy"


def test_a_recommendation_beyond_every_node_leaves_pods_waiting(tmp_path: Path) -> None:
    web = {**WEB, "replicas": 1, "vertical_pod_autoscaler": {"update_mode": "Initial"}}
    file = stack(tmp_path, {"webapp": web}, "vpa", "cluster_autoscaler", min_size=1, max_size=9)
    assert "pending: 1 of webapp" in run("vpa", f"{file}/webapp", "--usage", "cpu=3")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--usage", "cpu=lots"), "cpu: is no amount"),
        (("--usage", "web/cpu=1"), "no such container"),
        (("--usage", "gpu=1"), "no such resource"),
    ],
)
def test_what_cannot_be_read_is_told(tmp_path: Path, words: tuple[str, ...], message: str) -> None:
    file = stack(tmp_path, {"webapp": WEB}, "vpa")
    with pytest.raises(InputError, match=message):
        run("vpa", f"{file}/webapp", *words)


@pytest.mark.parametrize(
    ("addons", "nodes", "pending"),
    [
        (("cluster_autoscaler",), "dev-nodes-group  2 -> 4 nodes (at most 4)", "all pods run"),
        ((), "dev-nodes-group  2 nodes (at most 2)", "pending: 4 of webapp"),
    ],
)
def test_pods_of_an_autoscaler_need_nodes(tmp_path: Path, addons: tuple[str, ...], nodes: str, pending: str) -> None:
    web = {key: value for key, value in WEB.items() if key not in ("replicas", "vertical_pod_autoscaler")}
    web["horizontal_pod_autoscaler"] = {"min_replicas": 3, "max_replicas": 10, "cpu": 50}
    file = stack(tmp_path, {"webapp": web}, *addons, min_size=2, desired_size=2, max_size=4)
    found = run("hpa", f"{file}/webapp", "--metric", "cpu=200%", "--until", "60")
    assert "in the end: 10 pods" in found
    assert "with 10 of its pods, an estimate" in found
    assert nodes in found
    assert pending in found


def test_pods_that_keep_apart_need_a_node_each(tmp_path: Path) -> None:
    term = {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"role": "db"}}}
    apart = {"affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}}
    small = {**IMAGE, "replicas": 3, "requests": {"cpu": "10m"}, "pod_labels": {"role": "db"}, "pod": apart}
    file = stack(tmp_path, {"webapp": WEB, "db": small}, "vpa", min_size=2, desired_size=2, max_size=2)
    assert "pending: 1 of db" in run("vpa", f"{file}/webapp", "--usage", "cpu=100m")
    file = stack(tmp_path, {"webapp": WEB, "db": small}, "vpa", "cluster_autoscaler", min_size=2, max_size=4)
    found = run("vpa", f"{file}/webapp", "--usage", "cpu=100m")
    assert "2 -> 3 nodes" in found
    assert "all pods run" in found


def test_pods_that_are_spread_over_zones_wait_for_zones_that_are_not_there(tmp_path: Path) -> None:
    even = {"maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": "DoNotSchedule"}
    even["labelSelector"] = {"matchLabels": {"role": "db"}}
    web = {**WEB, "requests": {"cpu": "10m"}}
    db = {**IMAGE, "replicas": 4, "requests": {"cpu": "900m"}, "pod_labels": {"role": "db"}}
    db["pod"] = {"topologySpreadConstraints": [even]}
    nodes = {"min_size": 2, "desired_size": 2, "max_size": 2}
    words = ("--usage", "cpu=10m")
    file = stack(tmp_path, {"webapp": web, "db": db}, "vpa", **nodes)
    assert "all pods run" in run("vpa", f"{file}/webapp", *words)
    db["pod"] = {"topologySpreadConstraints": [{**even, "minDomains": 4}]}
    file = stack(tmp_path, {"webapp": web, "db": db}, "vpa", **nodes)
    assert "pending: 2 of db" in run("vpa", f"{file}/webapp", *words)
