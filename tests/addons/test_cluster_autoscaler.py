from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.cluster_autoscaler import ClusterAutoscaler, releases
from eks_blueprints.core import versions
from eks_blueprints.core.elements import element_class
from eks_blueprints.core.errors import problems_of
from eks_blueprints.testing.recorded import Recorded
from tests.builders import recorded

TYPICAL: dict[str, dict[str, Any]] = {
    "cluster_autoscaler": {},
    "cluster_autoscaler_full": {
        "expanders": ["priority", "least-waste"],
        "priorities": [
            {"priority": 50, "groups": [".*shop-spot-group.*"]},
            {"priority": 10, "groups": [".*"]},
        ],
        "scale_down": {"unneeded_time": "5m", "utilization_threshold": 0.6, "skip_nodes_with_system_pods": False},
        "balance_similar_node_groups": True,
        "balancing_ignore_labels": ["example.com/a", "example.com/b"],
        "max_nodes_total": 20,
        "extra_args": {"cordon-node-before-terminating": "true"},
        "identity": "irsa",
        "version": "9.58.0",
    },
}


def autoscaler(**fields: Any) -> ClusterAutoscaler:
    return ClusterAutoscaler.model_validate(fields)


def installed(fields: dict[str, Any], **cluster: Any) -> Recorded:
    return recorded(autoscaler(**fields).install, **cluster)


def problems(**fields: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        autoscaler(**fields)
    return "\n".join(map(str, problems_of(caught.value)))


def test_the_kind_is_the_class() -> None:
    assert element_class(AddOn, "cluster_autoscaler") is ClusterAutoscaler


@pytest.mark.parametrize("case", TYPICAL)
def test_typical_installations(case: str, golden: Any) -> None:
    golden(installed(TYPICAL[case]), case)


def test_it_changes_groups_of_its_own_cluster_alone() -> None:
    statements = installed({}).one("RolePolicy")["policy.Statement"]
    for statement in statements:
        if "autoscaling:SetDesiredCapacity" in statement["Action"]:
            assert statement["Condition"]["StringEquals"] == {
                "aws:ResourceTag/k8s.io/cluster-autoscaler/enabled": "true",
                "aws:ResourceTag/k8s.io/cluster-autoscaler/${shop-cluster.name}": "owned",
            }
        else:
            assert not any("Set" in action or "Terminate" in action for action in statement["Action"])


def test_it_finds_groups_by_the_name_of_the_cluster() -> None:
    installed({}).one("helm.sh.Release").has({"values.autoDiscovery.clusterName": "${shop-cluster.name}"})


@pytest.mark.parametrize("version", versions.supported())
def test_its_release_is_that_of_kubernetes(version: str) -> None:
    assert releases()[version].startswith(f"v{version}.")
    installed({}, version=version).one("helm.sh.Release").has({"values.image.tag": releases()[version]})


def test_a_version_that_is_newer_than_the_table_takes_the_charts_release() -> None:
    installed({}, version="1.99").one("helm.sh.Release").lacks("values.image")
    installed({}, version=None).one("helm.sh.Release").lacks("values.image")


@pytest.mark.parametrize("expander", ["random", "most-pods", "least-waste", "least-nodes"])
def test_each_expander_is_a_flag(expander: str) -> None:
    installed({"expanders": [expander]}).one("helm.sh.Release").has({"values.extraArgs.expander": expander})


def test_priorities_become_the_charts_config_map() -> None:
    release = installed(TYPICAL["cluster_autoscaler_full"]).one("helm.sh.Release")
    assert release["values.expanderPriorities"] == {"50": [".*shop-spot-group.*"], "10": [".*"]}


def test_nothing_is_taken_away_where_nobody_wants_it() -> None:
    args = installed({"scale_down": None}).one("helm.sh.Release")["values.extraArgs"]
    assert args["scale-down-enabled"] is False
    assert "scale-down-unneeded-time" not in args


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"expanders": []}, "expanders: needs at least 1 entry"),
        (
            {"expanders": ["price"]},
            "expanders: lists price, which Cluster Autoscaler does not support on AWS: it stops when it starts",
        ),
        ({"expanders": ["cheapest"]}, "is not one of the allowed values"),
        ({"expanders": ["random", "random"]}, "expanders: lists one twice"),
        ({"expanders": ["priority"]}, "priorities: is needed by the expander priority"),
        ({"priorities": [{"priority": 1, "groups": ["a"]}]}, "priorities: needs the expander priority"),
        (
            {"expanders": ["priority"], "priorities": [{"priority": 1, "groups": ["a"]}] * 2},
            "priorities: uses one number twice",
        ),
        (
            {"expanders": ["priority"], "priorities": [{"priority": 1, "groups": ["("]}]},
            "is not a valid regular expression",
        ),
        (
            {"expanders": ["priority"], "priorities": [{"priority": 1, "groups": ["(?=a)"]}]},
            "uses lookahead or lookbehind, which Go does not support",
        ),
        ({"expanders": ["priority"], "priorities": [{"priority": 0, "groups": ["a"]}]}, "is too small"),
        ({"scale_down": {"unneeded_time": "10 minutes"}}, "scale_down.unneeded_time: is not a valid duration"),
        ({"scale_down": {"utilization_threshold": 50}}, "is too large"),
        ({"balancing_ignore_labels": ["a"]}, "needs balance_similar_node_groups"),
        ({"extra_args": {"expander": "random"}}, "extra_args.expander: is not an additional flag"),
        ({"extra_args": {"--x": "y"}}, "is not an additional flag"),
        ({"max_nodes_total": 0}, "is too small"),
        ({"values": {"extraArgs": {"expander": "random"}}}, "is also set by a field"),
    ],
)
def test_what_cannot_be_is_refused(fields: dict[str, Any], message: str) -> None:
    assert message in problems(**fields)
