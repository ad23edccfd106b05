"""Conditions on labels, one by one: rules N25 to N29 and the quirks that the API server lets through."""

from typing import Any

import pytest

from eks_blueprints.karpenter.requirements import Requirement, allowed

from .words import one, refused


def requirement(key: str = "team", operator: str = "Exists", **fields: Any) -> Requirement:
    return Requirement.model_validate({"key": key, "operator": operator} | fields)


@pytest.mark.parametrize(
    "key",
    [
        *("karpenter.sh/capacity-type", "karpenter.k8s.aws/instance-family", "eks.amazonaws.com/instance-category"),
        *("team", "topology.k8s.aws/zone-id", "kubernetes.io/custom", "node-role.kubernetes.io/worker"),
        *("a" * 63, "b.c/D_e.f"),
    ],
)
def test_keys(key: str) -> None:
    assert not refused(requirement, key=key)


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("karpenter.sh/custom", "is reserved for Karpenter"),
        ("sub.karpenter.sh/x", "is reserved for Karpenter"),
        ("mykarpenter.sh/x", "does not end in karpenter.sh"),
        ("karpenter.sh/nodepool", "is reserved for Karpenter"),
        ("karpenter.sh", "is reserved for Karpenter"),
        ("karpenter.k8s.aws/instance-types", "did you mean karpenter.k8s.aws/instance-"),
        ("karpenter.k8s.aws/nitro-sandbox", "is not a label of Karpenter's nodes"),
        ("karpenter.k8s.aws/ec2nodeclass", "is not a label of Karpenter's nodes"),
        ("kubernetes.io/hostname", "each node's own name"),
        ("bad key", "is not a valid label key"),
        ("a/b/c", "has a bad domain"),
        ("Example.com/x", "has a bad domain"),
        ("a" * 64, "is not a valid label key"),
        ("", "is not a valid label key"),
        ("é", "is not a valid label key"),
    ],
)
def test_no_keys(key: str, why: str) -> None:
    found = one(requirement, key=key)
    assert found.startswith("key: ")
    assert why in found


@pytest.mark.parametrize(
    ("operator", "values"),
    [("In", ["a"]), ("NotIn", ["a", "b"]), ("Exists", []), ("DoesNotExist", []), ("In", [""])]
    + [(comparing, ["007"]) for comparing in ("Gt", "Lt", "Gte", "Lte")],
)
def test_all_eight_operators(operator: str, values: list[str]) -> None:
    assert not refused(requirement, operator=operator, values=values)


@pytest.mark.parametrize(
    ("operator", "values"),
    [("In", []), ("In", ["bad value!"]), ("In", ["a" * 64]), ("Exists", ["bad value!"])]
    + [("In", [4]), ("in", ["a"]), ("=", ["a"]), ("NotExists", [])]
    + [("Gt", bad) for bad in ([], ["4", "8"], ["-1"], ["four"], ["1.5"], [4], ["9223372036854775808"], ["\u0664"])],
)
def test_values_that_do_not_fit(operator: str, values: list[Any]) -> None:
    assert one(requirement, operator=operator, values=values)


@pytest.mark.parametrize(
    ("operator", "values", "said"),
    [
        ("NotIn", [], "leaves nothing out with NotIn"),
        ("Exists", ["a"], "has no effect with Exists"),
        ("DoesNotExist", ["a"], "has no effect with DoesNotExist"),
        ("In", ["arm64", "arm64"], "has a value twice"),
        ("In", ["arm64", "arm"], "did you mean arm64?"),
        ("NotIn", ["amd"], "did you mean amd64?"),
    ],
)
def test_values_that_karpenter_takes_are_doubts(operator: str, values: list[str], said: str) -> None:
    made = requirement(key="kubernetes.io/arch", operator=operator, values=values)
    assert [said in doubt for doubt in made.doubts] == [True]


@pytest.mark.parametrize(
    ("key", "value", "offer"),
    [
        ("karpenter.sh/capacity-type", "ondemand", "on-demand"),
        ("karpenter.k8s.aws/instance-tenancy", "dedicate", "dedicated"),
        ("kubernetes.io/arch", "arm", "arm64"),
        ("beta.kubernetes.io/os", "Linux", "linux"),
    ],
)
def test_values_that_a_label_never_has(key: str, value: str, offer: str) -> None:
    assert f"did you mean {offer}?" in one(requirement, key=key, operator="In", values=[value])


def test_min_values() -> None:
    assert not refused(requirement, operator="In", values=["a", "b"], min_values=2)
    assert not refused(requirement, operator="Exists", min_values=50)
    assert not refused(requirement, operator="NotIn", values=["a"], min_values=5)
    assert "more than there are values" in one(requirement, operator="In", values=["a", "b"], min_values=3)
    assert "too small" in one(requirement, min_values=0)
    assert "too large" in one(requirement, min_values=51)


def test_conditions_narrow_each_other() -> None:
    left = allowed(
        [
            requirement("kubernetes.io/arch", "In", values=["amd64", "arm64"]),
            requirement("beta.kubernetes.io/arch", "NotIn", values=["arm64"]),
            requirement("karpenter.k8s.aws/instance-cpu", "Gte", values=["4"]),
            requirement("karpenter.k8s.aws/instance-cpu", "Lt", values=["16"]),
        ]
    )
    assert "amd64" in left["kubernetes.io/arch"]
    assert "arm64" not in left["kubernetes.io/arch"]
    cpus = left["karpenter.k8s.aws/instance-cpu"]
    assert [n for n in ("3", "4", "15", "16", "many") if n in cpus] == ["4", "15"]


def test_only_values_that_there_are_count_for_min_values() -> None:
    known = {"key": "kubernetes.io/arch", "operator": "In", "values": ["arm64", "riscv64"]}
    assert not refused(requirement, **known, min_values=1)
    assert "is more than there are values; got 2" in one(requirement, **known, min_values=2)
