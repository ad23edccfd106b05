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
    nodes = {"instance_types": ["m5.xlarge"], "min_size": 1, "desired_size": 1, "max_size": 1}
    bounded = {"update_mode": "Recreate", "containers": {"*": {"max_allowed": {"cpu": "1", "memory": "1Gi"}}}}
    web = {**WEB, "replicas": 4, "vertical_pod_autoscaler": bounded}
    file = stack(tmp_path, {"webapp": web, "dbapp": DB}, "vpa", **nodes)
    assert run("vpa", f"{file}/webapp", "--usage", "cpu=200m").splitlines() == [
        "webapp  update_mode Recreate",
        "  webapp/cpu  requests 600m, 247m is recommended",
        "  as it is",
        "    1 node, for 11 pods; 1 pod waits",
        "      1 × m5.xlarge  managed node group dev-nodes-group",
        "      1 pod of shop/Deployment/dbapp waits",
        "  with it",
        "    1 node, for 12 pods; every pod has a node",
        "      1 × m5.xlarge  managed node group dev-nodes-group",
    ]
    found = json.loads(run("vpa", f"{file}/webapp", "--usage", "cpu=200m", "--nodes", "2", "--format", "json"))
    assert found["before"]["waiting"] == found["after"]["waiting"] == {}
    assert found["before"]["nodes"][0]["count"] == 2


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
    found = run("vpa", f"{file}/webapp", "--usage", "cpu=3")
    assert "1 pod of shop/Deployment/webapp waits" in found
    assert "  not known: shop/Deployment/webapp: VerticalPodAutoscaler webapp sets no maxAllowed" in found


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
    ("addons", "told"),
    [
        (
            ("cluster_autoscaler",),
            [
                "  5 nodes, 3 of them new, for 15 pods; every pod has a node",
                "    5 × m5.large  managed node group dev-nodes-group, 3 of them new",
            ],
        ),
        (
            (),
            [
                "  2 nodes, for 8 pods; 6 pods wait",
                "    2 × m5.large  managed node group dev-nodes-group",
                "    6 pods of shop/Deployment/webapp wait",
            ],
        ),
    ],
)
def test_pods_of_an_autoscaler_need_nodes(tmp_path: Path, addons: tuple[str, ...], told: list[str]) -> None:
    web = {key: value for key, value in WEB.items() if key not in ("replicas", "vertical_pod_autoscaler")}
    web["horizontal_pod_autoscaler"] = {"min_replicas": 3, "max_replicas": 10, "cpu": 50}
    file = stack(tmp_path, {"webapp": web}, *addons, min_size=2, desired_size=2, max_size=6)
    found = run("hpa", f"{file}/webapp", "--metric", "cpu=200%", "--until", "60").splitlines()
    assert "in the end: 10 pods" in found
    assert found[found.index("with 10 of its pods") + 1 :] == told
