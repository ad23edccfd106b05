"""Pools of nodes: rules N2 to N30 and what Karpenter would take and never act upon."""

from typing import Any

import pytest

from eks_blueprints.karpenter.node_pool import NodePool
from eks_blueprints.karpenter.overlap import labels_left

from .words import auto_pool, one, pool, refused

CPU = "karpenter.k8s.aws/instance-cpu"


def condition(key: str, operator: str, *values: str) -> dict[str, Any]:
    return {"key": key, "operator": operator, "values": list(values)}


@pytest.mark.parametrize("name", ["general", "a.b", "x-1", "a" * 63])
def test_names(name: str) -> None:
    assert not refused(pool, name=name)


@pytest.mark.parametrize("name", ["Default_Pool", "a" * 64, "", "-a", "a-", "a..b", "ü", "a\n"])
def test_no_names(name: str) -> None:
    assert one(pool, name=name).startswith("name: is not a valid name of an object")


def test_a_name_is_required() -> None:
    assert refused(NodePool.model_validate, obj={}) == ["name: is required; got nothing; add it"]


@pytest.mark.parametrize("weight", [1, 100])
def test_weights(weight: int) -> None:
    assert not refused(pool, weight=weight)


@pytest.mark.parametrize("weight", [0, 101, -1, "10", True, 1.5])
def test_no_weights(weight: object) -> None:
    assert one(pool, weight=weight).startswith("weight: ")


@pytest.mark.parametrize(
    "limits",
    [{}, {"cpu": "1000"}, {"memory": "1.5Ti"}, {"nvidia.com/gpu": "8", "nodes": "20"}, {"cpu": "1e3"}, {"cpu": "0"}],
)
def test_limits(limits: dict[str, str]) -> None:
    assert not refused(pool, limits=limits)


def test_a_limit_may_be_a_whole_number_as_in_kubernetes() -> None:
    assert pool(limits={"cpu": 1000, "memory": "1Ti", "nodes": 0}).limits == {
        "cpu": "1000",
        "memory": "1Ti",
        "nodes": "0",
    }


@pytest.mark.parametrize(
    ("limits", "why"),
    [
        ({"memory": "100 GiB"}, "did you mean 100Gi?"),
        ({"memory": "10GB"}, "did you mean 10G?"),
        ({"memory": "10KB"}, "did you mean 10k?"),
        ({"cpu": True}, "needs text"),
        ({"cpu": 1.5}, 'quote it: "1.5"'),
        ({"cpu": -4}, "is negative"),
        ({"cpu": "-1"}, "is negative"),
        ({"memroy": "1Gi"}, "did you mean memory?"),
        ({"a b/c": "1"}, "has a bad domain"),
    ],
)
def test_no_limits(limits: dict[str, Any], why: str) -> None:
    assert why in one(pool, limits=limits)


def test_a_field_of_its_own_and_a_requirement_do_not_say_the_same_label() -> None:
    found = one(pool, architectures=["amd64"], requirements=[condition("beta.kubernetes.io/arch", "In", "amd64")])
    assert found.startswith("requirements[0].key: is already set by architectures")


def test_a_label_may_have_several_conditions_of_one_operator() -> None:
    assert not refused(pool, requirements=[condition("team", "NotIn", "a"), condition("team", "NotIn", "b")])
    assert not refused(pool, requirements=[condition(CPU, "Gt", "4"), condition(CPU, "Lt", "16")])
    both = pool(requirements=[condition(CPU, "In", "4", "8"), condition(CPU, "In", "8", "16")])
    assert labels_left(both)[CPU].values == {"8"}


def test_conditions_of_one_operator_that_leave_nothing() -> None:
    found = one(pool, requirements=[condition(CPU, "In", "4"), condition(CPU, "In", "8")])
    assert found.startswith("requirements[1]: leaves no value of")


@pytest.mark.parametrize(
    "conditions",
    [
        [condition("team", "In", "a"), condition("team", "NotIn", "a")],
        [condition(CPU, "Gt", "4"), condition(CPU, "Lt", "5")],
        [condition("team", "Exists"), condition("team", "DoesNotExist")],
        [condition("team", "In", "a"), condition("team", "Gte", "1")],
        [condition(CPU, "Lt", "0")],
    ],
)
def test_conditions_that_leave_nothing(conditions: list[dict[str, Any]]) -> None:
    assert "leaves no value" in one(pool, requirements=conditions)


def test_at_most_a_hundred_conditions_with_those_of_the_fields() -> None:
    many = [condition(f"label-{number}", "Exists") for number in range(100)]
    assert not refused(pool, requirements=many)
    assert "at most 100" in one(pool, requirements=many, zones=["us-west-2a"])
    assert "at most 100" in one(pool, requirements=[*many, condition("team", "Exists")])


@pytest.mark.parametrize("labels", [{"team": "a"}, {"team": ""}, {"kubernetes.io/os": "linux"}, {"x.y/z": "A_b.c"}])
def test_labels(labels: dict[str, str]) -> None:
    assert not refused(pool, labels=labels)


@pytest.mark.parametrize(
    "labels",
    [
        {"team": "a" * 64},
        {"team": "a b"},
        {"karpenter.sh/team": "a"},
        {"karpenter.k8s.aws/team": "a"},
        {"bad key": "a"},
        {"karpenter.sh/nodepool": "a"},
        {"kubernetes.io/hostname": "a"},
        {"team": 5},
        {"team": True},
        {"kubernetes.io/arch": "x86_64"},
        {f"l{number}": "" for number in range(101)},
    ],
)
def test_no_labels(labels: dict[str, Any]) -> None:
    assert one(pool, labels=labels).startswith("labels")


def test_a_label_must_not_contradict_the_conditions() -> None:
    assert "conflicts with the requirements" in one(
        pool, labels={"team": "a"}, requirements=[condition("team", "In", "b")]
    )
    assert not refused(pool, labels={"team": "b"}, requirements=[condition("team", "In", "b")])


@pytest.mark.parametrize(
    "taint",
    [
        {"key": "dedicated", "value": "gpu", "effect": "NoSchedule"},
        {"key": "nvidia.com/gpu", "effect": "NoExecute"},
        {"key": "x", "value": "true", "effect": "PreferNoSchedule"},
    ],
)
def test_taints(taint: dict[str, str]) -> None:
    assert not refused(pool, taints=[taint])


@pytest.mark.parametrize(
    "taint",
    [
        {"key": "a"},
        {"key": "a", "effect": "NoScheduled"},
        {"key": "", "effect": "NoSchedule"},
        {"key": "bad key", "effect": "NoSchedule"},
        {"key": "a", "value": "", "effect": "NoSchedule"},
        {"key": "a", "value": "true false", "effect": "NoSchedule"},
        {"key": "a", "value": "a.b/c", "effect": "NoSchedule"},
        {"key": "a", "value": True, "effect": "NoSchedule"},
        {"key": "a", "effect": "NoSchedule", "operator": "Exists"},
    ],
)
def test_no_taints(taint: dict[str, Any]) -> None:
    assert one(pool, startup_taints=[taint]).startswith("startup_taints[0].")


def test_a_taint_stands_once() -> None:
    taint = {"key": "a", "effect": "NoSchedule"}
    assert one(pool, taints=[taint], startup_taints=[{**taint, "value": "b"}]).startswith("startup_taints[0]: ")
    assert not refused(pool, taints=[taint, {**taint, "effect": "NoExecute"}])


def test_annotations() -> None:
    assert not refused(pool, annotations={"Example.com/x": "1", "karpenter.sh/do-not-disrupt": "true"})
    assert "is not a valid annotation key" in one(pool, annotations={"a b": "1"})
    assert "at most 262144 bytes" in one(pool, annotations={"a": "x" * 262144})
    assert "needs text" in one(pool, annotations={"a": 1})


@pytest.mark.parametrize("age", ["720h", "336h", "1h30m10s", "Never"])
def test_ages(age: str) -> None:
    assert not refused(pool, expire_after=age)


@pytest.mark.parametrize("age", ["30d", "2w", "never", "720", 720, "0s", "9999999999h"])
def test_no_ages(age: object) -> None:
    assert one(pool, expire_after=age).startswith("expire_after: ")


def test_grace_periods() -> None:
    assert not refused(pool, termination_grace_period="1h30m")
    for text in ("Never", "1d", ""):
        assert one(pool, termination_grace_period=text).startswith("termination_grace_period: ")


def test_static_pools() -> None:
    assert not refused(pool, replicas=3, limits={"nodes": "5"}, disruption={"budgets": [{"nodes": "1"}]})
    assert not refused(pool, replicas=0)
    assert "leave only nodes" in one(pool, replicas=3, limits={"cpu": "10"})
    assert one(pool, replicas=3, weight=10).startswith("weight: cannot be set in a static pool")
    assert not refused(pool, replicas=3, disruption={"consolidate_after": "1h"})
    assert one(pool, replicas=-1).startswith("replicas: ")


def test_lists_that_are_written_hold_something() -> None:
    assert one(pool, zones=[]) == "zones: needs at least one entry; got []; add one, or leave the field out"
    assert "is not a valid label value" in one(pool, zones=["us west"])


def test_old_fields_are_told_apart() -> None:
    assert "no such field" in one(pool, ttl_seconds_after_empty=30)
    assert "no such field" in one(pool, disruption={"expire_after": "720h"})


# EKS Auto Mode


def test_auto_mode_replaces_nodes_after_at_most_21_days() -> None:
    assert not refused(auto_pool, expire_after="480h")
    assert not refused(auto_pool, expire_after="503h", termination_grace_period="1h")
    assert "21 days" in one(auto_pool, expire_after="481h")
    assert "21 days" in one(auto_pool, expire_after="720h")
    assert one(auto_pool, termination_grace_period="169h").startswith("termination_grace_period: ")
    assert not refused(auto_pool, termination_grace_period="168h")
    assert "live up to 21 days" in one(auto_pool, expire_after="Never")


def test_auto_mode_has_labels_of_its_own() -> None:
    found = one(auto_pool, requirements=[condition("karpenter.k8s.aws/instance-category", "In", "c")])
    assert "use eks.amazonaws.com/instance-category" in found
    assert not refused(auto_pool, requirements=[condition("eks.amazonaws.com/instance-category", "In", "c")])


def test_auto_mode_is_linux_only() -> None:
    for fine in (
        condition("kubernetes.io/os", "In", "linux"),
        condition("beta.kubernetes.io/os", "In", "linux", "windows"),
        condition("kubernetes.io/os", "NotIn", "windows"),
        condition("node.kubernetes.io/windows-build", "DoesNotExist"),
    ):
        assert not refused(auto_pool, requirements=[fine])
    assert not refused(auto_pool, labels={"kubernetes.io/os": "linux"})
    assert "Linux only" in one(auto_pool, requirements=[condition("kubernetes.io/os", "In", "windows")])
    assert "Linux only" in one(auto_pool, requirements=[condition("kubernetes.io/os", "NotIn", "linux")])
    assert "Linux only" in one(auto_pool, requirements=[condition("node.kubernetes.io/windows-build", "Exists")])
    assert "Linux only" in one(auto_pool, labels={"node.kubernetes.io/windows-build": "10.0.20348"})
    assert "Linux only" in one(auto_pool, labels={"kubernetes.io/os": "windows"})
    assert "no such field" in one(auto_pool, operating_systems=["linux"])
