"""Which changes of Karpenter's and Auto Mode's objects roll nodes, by Karpenter's own rules."""

from __future__ import annotations

from typing import Any

import pytest

from tests.plans import with_options
from tests.review.effects.told import AUTO_CLASS, found, node_class, pool, told

TYPE = "node.kubernetes.io/instance-type"
FAMILY = "karpenter.k8s.aws/instance-family"
CATEGORY = "karpenter.k8s.aws/instance-category"
GENERATION = "karpenter.k8s.aws/instance-generation"
CPU = "karpenter.k8s.aws/instance-cpu"
ARCH = "kubernetes.io/arch"
CAPACITY = "karpenter.sh/capacity-type"
ZONE = "topology.kubernetes.io/zone"


def need(key: str, operator: str, *values: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "operator": operator, "values": list(values), **more}


REQUIREMENTS: dict[str, tuple[list[Any], list[Any], str]] = {
    "another type": ([need(TYPE, "In", "m5.large")], [need(TYPE, "In", "c5.large")], "every node"),
    "one type less": ([need(TYPE, "In", "m5.large", "c5.large")], [need(TYPE, "In", "c5.large")], "no longer fit"),
    "one type more": ([need(TYPE, "In", "m5.large")], [need(TYPE, "In", "m5.large", "c5.large")], ""),
    "another order": ([need(TYPE, "In", "a", "b")], [need(TYPE, "In", "b", "a")], ""),
    "its family instead": ([need(TYPE, "In", "m5.large")], [need(FAMILY, "In", "m5")], ""),
    "another family instead": ([need(TYPE, "In", "m5.large")], [need(FAMILY, "In", "c5")], "every node"),
    "a type of its family": ([need(FAMILY, "In", "m5")], [need(TYPE, "In", "m5.large")], "no longer fit"),
    "no condition any more": ([need(TYPE, "In", "m5.large")], [], ""),
    "a newer generation": (
        [need(CATEGORY, "In", "m"), need(GENERATION, "Gt", "4")],
        [need(CATEGORY, "In", "m"), need(GENERATION, "Gt", "5")],
        "no longer fit",
    ),
    "an older generation too": ([need(GENERATION, "Gt", "5")], [need(GENERATION, "Gt", "4")], ""),
    "the same bound otherwise": ([need(GENERATION, "Gt", "4")], [need(GENERATION, "Gte", "5")], ""),
    "a family that is all of it": ([need(FAMILY, "In", "m5", "c5")], [need(CATEGORY, "In", "m", "c")], ""),
    "a size that all have": ([need(TYPE, "In", "m5.large")], [need(CPU, "In", "2")], ""),
    "another architecture": ([need(ARCH, "In", "amd64")], [need(ARCH, "In", "arm64")], "every node"),
    "both architectures": ([need(ARCH, "In", "amd64")], [need(ARCH, "In", "amd64", "arm64")], ""),
    "an architecture that its types have": (
        [need(TYPE, "In", "m7g.large")],
        [need(TYPE, "In", "m7g.large"), need(ARCH, "In", "arm64")],
        "",
    ),
    "spot no more": (
        [need(CAPACITY, "In", "spot", "on-demand")],
        [need(CAPACITY, "In", "on-demand")],
        "no longer fit",
    ),
    "spot too": ([need(CAPACITY, "In", "on-demand")], [need(CAPACITY, "In", "spot", "on-demand")], ""),
    "only spot": ([need(CAPACITY, "In", "on-demand")], [need(CAPACITY, "In", "spot")], "every node"),
    "a zone less": ([need(ZONE, "In", "a", "b")], [need(ZONE, "In", "a")], "no longer fit"),
    "a zone is asked for": ([], [need(ZONE, "In", "a")], "no longer fit"),
    "a zone excluded": ([], [need(ZONE, "NotIn", "a")], "no longer fit"),
    "excluded no more": ([need(ZONE, "NotIn", "a")], [], ""),
    "min values": ([need(FAMILY, "Exists")], [need(FAMILY, "Exists", minValues=5)], ""),
    "a label that all have": ([], [need(FAMILY, "Exists")], ""),
    "a label of one's own that none has": ([], [need("acme.com/team", "In", "a")], "every node"),
    "a label of one's own excluded": ([], [need("acme.com/team", "NotIn", "a")], ""),
    "linux, which they run": ([], [need("kubernetes.io/os", "In", "linux")], ""),
    "not known": ([need(TYPE, "In", "m5.large")], [need(TYPE, "In", "${x.y}")], "no longer fit"),
}


@pytest.mark.parametrize(("old", "new", "which"), REQUIREMENTS.values(), ids=REQUIREMENTS)
def test_requirements(old: list[Any], new: list[Any], which: str) -> None:
    said = told([pool(inner={"requirements": old})], [pool(inner={"requirements": new})], "rolls")
    if which:
        (line,) = said
        assert line.startswith("warning rolls nodes shop-pool-general: `requirements`")
        assert which in line
    else:
        assert said == []


def test_a_narrower_requirement_says_what_is_no_longer_allowed() -> None:
    old, new = ([need(TYPE, "In", *types)] for types in (("m5.large", "c5.large"), ("c5.large",)))
    (item,) = found([pool(inner={"requirements": old})], [pool(inner={"requirements": new})])
    assert item.cause == f"`requirements` of `{TYPE}` (no longer m5.large) become narrower"


TEMPLATES: dict[str, tuple[dict[str, Any], dict[str, Any], bool]] = {
    "a label": ({}, {"metadata": {"labels": {"a": "b"}}}, True),
    "an annotation": ({}, {"metadata": {"annotations": {"a": "b"}}}, True),
    "no labels at all": ({}, {"metadata": {"labels": {}}}, False),
    "a taint": ({}, {"inner": {"taints": [{"key": "a", "effect": "NoSchedule"}]}}, True),
    "a startup taint": ({}, {"inner": {"startupTaints": [{"key": "a", "effect": "NoSchedule"}]}}, True),
    "taints in another order": (
        {"inner": {"taints": [{"key": "a", "effect": "NoSchedule"}, {"key": "b", "effect": "NoSchedule"}]}},
        {"inner": {"taints": [{"key": "b", "effect": "NoSchedule"}, {"key": "a", "effect": "NoSchedule"}]}},
        False,
    ),
    "an empty value of a taint": (
        {"inner": {"taints": [{"key": "a", "effect": "NoSchedule"}]}},
        {"inner": {"taints": [{"key": "a", "effect": "NoSchedule", "value": ""}]}},
        False,
    ),
    "expiry": ({}, {"inner": {"expireAfter": "240h"}}, True),
    "expiry as the default says": ({}, {"inner": {"expireAfter": "720h"}}, False),
    "no expiry any more": ({}, {"inner": {"expireAfter": "Never"}}, True),
    "expiry in minutes": ({"inner": {"expireAfter": "2h"}}, {"inner": {"expireAfter": "120m"}}, False),
    "the grace period": ({}, {"inner": {"terminationGracePeriod": "1h"}}, True),
    "weight": ({}, {"weight": 10}, False),
    "limits": ({"limits": {"cpu": "100"}}, {"limits": {"cpu": "10"}}, False),
    "budgets": ({}, {"disruption": {"consolidateAfter": "1m", "budgets": [{"nodes": "1"}]}}, False),
    "consolidation": ({}, {"disruption": {"consolidateAfter": "1m", "consolidationPolicy": "WhenEmpty"}}, False),
    "fewer replicas": ({"replicas": 3}, {"replicas": 2}, False),
    "another class": (
        {},
        {"inner": {"nodeClassRef": {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "gpu"}}},
        True,
    ),
}


@pytest.mark.parametrize(("old", "new", "rolls"), TEMPLATES.values(), ids=TEMPLATES)
def test_templates(old: dict[str, Any], new: dict[str, Any], rolls: bool) -> None:
    said = found([pool(**old)], [pool(**new)], "rolls")
    assert [(each.level, each.title) for each in said] == ([("warning", "rolls nodes")] if rolls else [])


def test_auto_mode_has_defaults_of_its_own() -> None:
    assert not told([pool(auto=True)], [pool(auto=True, inner={"expireAfter": "336h"})], "rolls")
    assert not told([pool(auto=True)], [pool(auto=True, inner={"terminationGracePeriod": "24h"})], "rolls")
    (line,) = told([pool(auto=True)], [pool(auto=True, inner={"expireAfter": "720h"})], "rolls")
    assert "EKS Auto Mode replaces every node" in line
    assert "for up to 24h a node, then ended" in line


CLASSES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "user data": ({}, {"userData": "#!/bin/sh"}, "every node (drift)"),
    "tags": ({}, {"tags": {"a": "b"}}, "every node (drift)"),
    "a role": ({}, {"role": "other"}, "every node (drift)"),
    "kubelet": ({}, {"kubelet": {"maxPods": 50}}, "every node (drift)"),
    "monitoring": ({}, {"detailedMonitoring": True}, "every node (drift)"),
    "disks": ({}, {"blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": {"volumeSize": "50Gi"}}]}, "every node"),
    "the same size in other units": (
        {"blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": {"volumeSize": "1Ti"}}]},
        {"blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": {"volumeSize": "1024Gi"}}]},
        "",
    ),
    "metadata options as they are by default": (
        {},
        {"metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 1}},
        "",
    ),
    "metadata options": ({}, {"metadataOptions": {"httpPutResponseHopLimit": 2}}, "every node (drift)"),
    "prefixes": ({}, {"ipPrefixCount": 2}, ""),
    "the family that the alias says": ({}, {"amiFamily": "AL2023"}, ""),
    "another family": ({}, {"amiFamily": "Custom"}, "every node (drift)"),
    "another release": ({}, {"amiSelectorTerms": [{"alias": "al2023@v20251204"}]}, "whose image is not the one"),
    "another family of images": ({}, {"amiSelectorTerms": [{"alias": "bottlerocket@v1.40.0"}]}, "every node (drift)"),
    "a release spelled otherwise": (
        {"amiSelectorTerms": [{"alias": "bottlerocket@v1.40.0"}]},
        {"amiSelectorTerms": [{"alias": "bottlerocket@1.40.0"}]},
        "",
    ),
    "an image more": (
        {"amiFamily": "AL2023", "amiSelectorTerms": [{"id": "ami-1"}]},
        {"amiFamily": "AL2023", "amiSelectorTerms": [{"id": "ami-1"}, {"id": "ami-2"}]},
        "whose image is not the one",
    ),
    "images in another order": (
        {"amiFamily": "AL2023", "amiSelectorTerms": [{"id": "ami-2"}, {"id": "ami-1"}]},
        {"amiFamily": "AL2023", "amiSelectorTerms": [{"id": "ami-1"}, {"id": "ami-2"}]},
        "",
    ),
    "other subnets": ({}, {"subnetSelectorTerms": [{"id": "subnet-1"}]}, "the nodes in subnets"),
    "subnets more": ({}, {"subnetSelectorTerms": [{"tags": {"a": "b"}}, {"id": "subnet-1"}]}, ""),
    "a security group more": (
        {},
        {"securityGroupSelectorTerms": [{"tags": {"a": "b"}}, {"id": "sg-1"}]},
        "whose security groups are not those",
    ),
    "a reservation": ({}, {"capacityReservationSelectorTerms": [{"id": "cr-1"}]}, ""),
    "no reservation any more": (
        {"capacityReservationSelectorTerms": [{"id": "cr-1"}]},
        {"capacityReservationSelectorTerms": ...},
        "in capacity reservations",
    ),
}


@pytest.mark.parametrize(("old", "new", "which"), CLASSES.values(), ids=CLASSES)
def test_classes(old: dict[str, Any], new: dict[str, Any], which: str) -> None:
    said = [each for each in found([node_class(**old), pool()], [node_class(**new), pool()]) if each.level != "note"]
    if which:
        (item,) = said
        assert (item.level, item.title, item.name) == ("warning", "rolls nodes", "shop-class")
        assert which in item.effect
        assert "pool `general`" in item.effect
    else:
        assert said == []


def test_an_image_that_is_always_the_newest_rolls_by_itself_and_only_once_is_said() -> None:
    latest = node_class(amiSelectorTerms=[{"alias": "al2023@latest"}])
    (_, note) = found([node_class()], [latest], "rolls")
    assert (note.level, note.title) == ("note", "rolls automatically")
    assert [each.title for each in found([], [latest], "rolls")] == ["rolls automatically"]
    assert found([latest], [latest]) == []


def test_auto_modes_class_says_what_is_not_documented() -> None:
    old, new = node_class(AUTO_CLASS), node_class(AUTO_CLASS, ephemeralStorage={"size": "100Gi"})
    (item,) = found([old, pool(auto=True)], [new, pool(auto=True)])
    assert item.level == "warning"
    assert "AWS does not document" in item.effect
    assert "pool `general`" in item.effect
    more = node_class(AUTO_CLASS, subnetSelectorTerms=[{"tags": {"a": "b"}}, {"id": "subnet-1"}])
    assert found([old], [more]) == []


PACES: dict[str, tuple[Any, str]] = {
    "by default": (None, "at most 10% at a time (the default budget)"),
    "one at a time": ([{"nodes": "1"}], "at most 1 at a time;"),
    "for another reason": ([{"nodes": "1", "reasons": ["Empty"]}], "all of them at once"),
    "none given": ([], "all of them at once"),
    "held": ([{"nodes": "0"}], "none for now"),
    "by the clock": (
        [{"nodes": "0", "schedule": "0 9 * * *", "duration": "8h"}, {"nodes": "20%"}],
        "at most 20% at a time and none for 8h from `0 9 * * *` (UTC)",
    ),
}


@pytest.mark.parametrize(("budgets", "pace"), PACES.values(), ids=PACES)
def test_budgets_say_how_fast(budgets: Any, pace: str) -> None:
    disruption = {"consolidateAfter": "0s", **({} if budgets is None else {"budgets": budgets})}
    old, new = (pool(disruption=disruption, limits={"cpu": "64"}, metadata=m) for m in (None, {"labels": {"a": "b"}}))
    (item,) = found([old], [new])
    assert pace in item.effect
    assert "as many as it runs, up to 64 cpu" in item.effect


def test_what_pods_notice_is_what_the_running_nodes_were_made_with() -> None:
    old = pool(inner={"terminationGracePeriod": "1h"})
    (item,) = found([old], [pool(inner={"terminationGracePeriod": "2h"})])
    assert "for up to 1h a node, then ended" in item.effect


def test_a_pool_that_goes_takes_its_nodes() -> None:
    (item,) = found([pool()], [])
    assert (item.harm, item.level) == ("dies", "danger")
    assert "Karpenter ends every node of it" in item.effect
    assert "all of them at once" in item.effect


def test_an_option_of_the_engine_rolls_nothing() -> None:
    assert found([pool()], [with_options(pool(), protect=True)], "rolls") == []
