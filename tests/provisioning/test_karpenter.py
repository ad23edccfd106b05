"""Karpenter's packer: what its own controller launched, the worked examples of the talk, and what it says no to."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest

from eks_blueprints.core.facts.instance_types import facts_of, families
from eks_blueprints.karpenter.requirements import Allowed, Requirement, allowed
from eks_blueprints.karpenter.tolerating import Taint
from eks_blueprints.provisioning.karpenter.go_order import sort_like_go
from eks_blueprints.provisioning.karpenter.launch import Launch, launch
from eks_blueprints.provisioning.karpenter.packer import Packed, Packer
from eks_blueprints.provisioning.machine import RESERVED, SPOT, Machine, Offering
from eks_blueprints.provisioning.makers import Pool
from eks_blueprints.provisioning.offers import Way, machines
from eks_blueprints.scheduling.node import HOST, ZONE
from eks_blueprints.scheduling.pod import Pod, Shape, shape_of

from . import packed

ZONES = ("us-west-2a", "us-west-2b", "us-west-2c")
FAMILY, SIZE = "karpenter.k8s.aws/instance-family", "karpenter.k8s.aws/instance-size"
CAPACITY_TYPE = "karpenter.sh/capacity-type"


def _names(*wanted: str) -> list[str]:
    return [f"{family}.{size}" for family in wanted for size in families()[family] if "metal" not in size]


def _hour(name: str) -> float:
    """A price that grows with the size."""
    (facts,) = facts_of([name])
    return facts.vcpus * {"c5": 0.0425, "m5": 0.048, "r5": 0.063}[facts.family]


def _m5(*capacity_types: str, families: Iterable[str] = ("m5",)) -> tuple[Machine, ...]:
    way = Way(
        kind="karpenter",
        region="us-west-2",
        zones=ZONES,
        capacity_types=capacity_types or ("on-demand",),
        hour=_hour,
        spot=(0.3, 0.6),
    )
    return machines(_names(*families), way)


def _shape(labels: dict[str, str] | None = None, /, **spec: Any) -> Shape:
    requests = spec.pop("requests", {"cpu": "1"})
    return shape_of({"containers": [{"resources": {"requests": requests}}], **spec}, labels or {"app": "myapp"})


def _pods(shape: Shape, count: int) -> list[Pod]:
    return [Pod(f"myapp#{number}", shape) for number in range(count)]


def _spread(key: str, skew: int) -> dict[str, Any]:
    same = {"labelSelector": {"matchLabels": {"app": "myapp"}}}
    return {"topologyKey": key, "maxSkew": skew, "whenUnsatisfiable": "DoNotSchedule", **same}


def _launched(found: Packed) -> list[Launch]:
    return [launch(each.template, each.types, each.requirements, each.reserved) for each in found.claims]


def _asked(*conditions: tuple[str, str, tuple[str, ...]]) -> dict[str, Allowed]:
    return allowed(Requirement(key=key, operator=operator, values=values) for key, operator, values in conditions)  # type: ignore[arg-type]


def test_karpenter_itself_launched_the_same() -> None:
    said = json.loads(packed.PACKED.read_text())
    assert len(said) >= 300
    others = list(packed.apart(said))
    assert not others, "\n".join(others)


def test_what_karpenter_launched_is_told_apart_from_what_it_did_not() -> None:
    said = json.loads(packed.PACKED.read_text())
    number = next(number for number, each in said.items() if each["claims"])
    fewer = {number: {**said[number], "claims": said[number]["claims"][1:]}}
    assert list(packed.apart(fewer, tries=3))


def test_kp_17_five_pods_of_one_core_get_one_m5_2xlarge() -> None:
    found = Packer([Pool(name="default", machines=_m5())]).pack(_pods(_shape(), 5))
    assert [
        (each.machine.name, len(claim.pods)) for each, claim in zip(_launched(found), found.claims, strict=True)
    ] == [("m5.2xlarge", 5)]
    assert not found.waiting


def test_kp_18_a_host_takes_two_of_six_pods() -> None:
    shape = _shape(topologySpreadConstraints=[_spread(HOST, 2)])
    found = Packer([Pool(name="default", machines=_m5())]).pack(_pods(shape, 6))
    assert [len(claim.pods) for claim in found.claims] == [2, 2, 2]


def test_kp_19_a_zone_takes_one_node_of_two_pods() -> None:
    shape = _shape(topologySpreadConstraints=[_spread(HOST, 2), _spread(ZONE, 1)])
    found = Packer([Pool(name="default", machines=_m5())]).pack(_pods(shape, 6))
    assert [len(claim.pods) for claim in found.claims] == [2, 2, 2]
    assert sorted(zone for each in _launched(found) for zone in each.zones) == list(ZONES)


def test_kp_03_without_requirements_every_type_may_come_and_pods_decide() -> None:
    every = _m5(families=("c5", "m5", "r5"))
    (claim,) = Packer([Pool(name="default", machines=every)]).pack(_pods(_shape(), 1)).claims
    assert set(claim.template.names(claim.types)) == {each.name for each in every}
    lots = _shape(requests={"cpu": "1", "memory": "14Gi"})
    (found,) = _launched(Packer([Pool(name="default", machines=every)]).pack(_pods(lots, 1)))
    assert found.machine.name == "r5.large"  # m5.xlarge has as much, and costs more


@pytest.mark.parametrize("zones", [("us-west-2a", "us-west-2b"), ("us-west-2b",)])
def test_kp_06_one_pool_serves_its_zones(zones: tuple[str, ...]) -> None:
    pool = Pool(name="default", machines=_m5(), requirements=_asked((ZONE, "In", zones)))
    (found,) = _launched(Packer([pool]).pack(_pods(_shape(), 1)))
    assert found.zones == zones


def test_kp_07_and_kp_12_a_pod_gets_the_architecture_and_labels_it_selects_or_none() -> None:
    way = Way(kind="karpenter", region="us-west-2", zones=ZONES, hour=lambda _: 1.0)
    both = machines(["m5.large", "m6g.large"], way)
    pool = Pool(name="default", machines=both, labels={"team": "a"})
    selects = {"kubernetes.io/arch": "arm64", "team": "a"}
    (found,) = _launched(Packer([pool]).pack(_pods(_shape(nodeSelector=selects), 1)))
    assert found.machine.name == "m6g.large"
    other = _shape(nodeSelector={**selects, "team": "b"})
    assert (
        Packer([pool]).pack(_pods(other, 1)).waiting["myapp#0"]["default"].reason == "has no team that the pod may have"
    )
    owned = _shape(nodeSelector={"owner": "shop"})
    assert Packer([pool]).pack(_pods(owned, 1)).waiting["myapp#0"]["default"].reason == "does not set the label owner"
    intel = Pool(name="default", machines=both, requirements=_asked(("kubernetes.io/arch", "In", ("amd64",))))
    refused = Packer([intel]).pack(_pods(_shape(nodeSelector={"kubernetes.io/arch": "arm64"}), 1)).waiting["myapp#0"]
    assert refused["default"].predicate == "NodeAffinity"


def test_kp_13_pools_of_teams_keep_to_their_own_pods() -> None:
    def team(name: str) -> Pool:
        return Pool(name=name, machines=_m5(), taints=(Taint("team", name, "NoSchedule"),), labels={"team": name})

    def pods(name: str) -> list[Pod]:
        borne = [{"key": "team", "operator": "Equal", "value": name}]
        shape = _shape({"app": name}, nodeSelector={"team": name}, tolerations=borne)
        return [Pod(f"{name}#{number}", shape) for number in range(3)]

    found = Packer([team("a"), team("b")]).pack([*pods("a"), *pods("b")])
    makers = {pod.name.partition("#")[0]: claim.template.pool.name for claim in found.claims for pod in claim.pods}
    assert makers == {"a": "a", "b": "b"}
    # Without taints and labels one of two pools takes all, and the other none.
    shared = Packer([Pool(name="a", machines=_m5()), Pool(name="b", machines=_m5())]).pack(_pods(_shape(), 6))
    assert {claim.template.pool.name for claim in shared.claims} == {"b"}


def test_kp_04_families_are_asked_for_and_sizes_left_out() -> None:
    asked = _asked((FAMILY, "In", ("c5", "m5", "r5")), (SIZE, "NotIn", ("nano", "micro", "small", "medium", "large")))
    pool = Pool(name="default", requirements=asked, machines=_m5(families=("c5", "m5", "r5")))
    (claim,) = Packer([pool]).pack(_pods(_shape(), 1)).claims
    (found,) = _launched(Packer([pool]).pack(_pods(_shape(), 1)))
    assert found.machine.name == "c5.xlarge"
    assert all(not name.endswith(".large") for name in claim.template.names(claim.types))


def test_kp_05_a_pool_stops_at_its_limit() -> None:
    shape = _shape(topologySpreadConstraints=[_spread(HOST, 1)])
    asked = _asked((SIZE, "In", ("2xlarge",)))
    pool = Pool(name="default", requirements=asked, machines=_m5(), limits={"cpu": 100_000})
    found = Packer([pool]).pack(_pods(shape, 15))
    assert len(found.claims) == 12  # 96 of 100 cores
    assert len(found.waiting) == 3
    assert {each["default"].predicate for each in found.waiting.values()} == {"limits"}


@pytest.mark.parametrize(("there", "more"), [(0, 3), (1, 3), (2, 0), (3, 0)])
def test_a_round_goes_beyond_the_limit_on_nodes_and_the_next_launches_none(there: int, more: int) -> None:
    shape = _shape(topologySpreadConstraints=[_spread(HOST, 1)])
    pool = Pool(name="default", machines=_m5(), limits={"nodes": 2})
    found = Packer([pool], used={"default": {"nodes": there}}).pack(_pods(shape, 3))
    assert (len(found.claims), len(found.waiting)) == (more, 3 - more)
    assert all(each["default"].predicate == "limits" for each in found.waiting.values())


def test_what_nodes_of_a_pool_have_already_counts_towards_its_limit() -> None:
    pool = Pool(name="default", requirements=_asked((SIZE, "In", ("2xlarge",))), machines=_m5(), limits={"cpu": 16_000})
    found = Packer([pool], used={"default": {"cpu": 9_000}}).pack(_pods(_shape(), 1))
    assert found.waiting["myapp#0"]["default"].predicate == "limits"


def test_kp_08_spot_capacity_comes_first_and_on_demand_where_there_is_none() -> None:
    both = _m5("on-demand", "spot")
    (found,) = _launched(Packer([Pool(name="default", machines=both)]).pack(_pods(_shape(), 5)))
    assert (found.capacity_type, found.machine.name) == (SPOT, "m5.2xlarge")
    assert (found.price, found.most) == pytest.approx((0.384 * 0.3, 0.384 * 0.6))
    (found,) = _launched(Packer([Pool(name="default", machines=_m5())]).pack(_pods(_shape(), 5)))
    assert (found.capacity_type, found.price, found.most) == ("on-demand", 0.384, 0.384)


def test_kp_11_a_pod_that_selects_spot_gets_it() -> None:
    shape = _shape(nodeSelector={CAPACITY_TYPE: "spot", "kubernetes.io/arch": "amd64"})
    pool = Pool(name="default", machines=_m5("on-demand", "spot"))
    (found,) = _launched(Packer([pool]).pack(_pods(shape, 1)))
    assert found.capacity_type == SPOT


def test_kp_14_the_heavier_pool_is_filled_up_to_its_limit() -> None:
    shape = _shape(topologySpreadConstraints=[_spread(HOST, 1)])
    asked = _asked((SIZE, "In", ("large",)))
    reserved = Pool(
        name="reserved", weight=60, requirements=asked, machines=_m5(families=("c5",)), limits={"cpu": 4_000}
    )
    other = Pool(name="other", requirements=asked, machines=_m5())
    found = Packer([other, reserved]).pack(_pods(shape, 5))
    assert Counter(each.template.pool.name for each in found.claims) == {"reserved": 2, "other": 3}


def test_pools_of_the_same_weight_are_tried_from_the_last_name() -> None:
    pools = [Pool(name=name, machines=_m5()) for name in ("a", "c", "b")]
    (claim,) = Packer(pools).pack(_pods(_shape(), 1)).claims
    assert claim.template.pool.name == "c"


def test_kp_15_a_pod_outside_every_pool_waits_and_each_says_why() -> None:
    pools = [
        Pool(name="tainted", machines=_m5(), taints=(Taint("dedicated", "gpu", "NoSchedule"),)),
        Pool(name="west", machines=_m5(), requirements=_asked((ZONE, "In", ("us-west-2b",)))),
    ]
    shape = _shape(nodeSelector={ZONE: "us-west-2a"}, requests={"cpu": "1"})
    refused = Packer(pools).pack(_pods(shape, 1)).waiting["myapp#0"]
    assert (refused["tainted"].predicate, refused["tainted"].reason) == ("TaintToleration", "has the taint dedicated")
    assert (refused["west"].predicate, refused["west"].reason) == (
        "NodeAffinity",
        f"has no {ZONE} that the pod may have",
    )


@pytest.mark.parametrize(
    ("spec", "predicate"),
    [
        ({"requests": {"cpu": "200"}}, "NodeResourcesFit"),
        ({"nodeSelector": {"example.com/rack": "r1"}}, "NodeAffinity"),
        ({"nodeSelector": {FAMILY: "m5", SIZE: "9xlarge"}}, "NodeAffinity"),
    ],
)
def test_what_no_instance_type_has_is_said(spec: dict[str, Any], predicate: str) -> None:
    found = Packer([Pool(name="default", machines=_m5())]).pack(_pods(_shape(**spec), 1))
    assert found.waiting["myapp#0"]["default"].predicate == predicate


def test_kp_16_pods_go_to_the_zone_of_those_they_want_to_be_near() -> None:
    near = {"requiredDuringSchedulingIgnoredDuringExecution": [
        {"topologyKey": ZONE, "labelSelector": {"matchLabels": {"app": "target"}}}
    ]}  # fmt: skip
    target = _shape({"app": "target"}, nodeSelector={ZONE: "us-west-2b"}, requests={"cpu": "2"})
    follower = _shape({"app": "myapp"}, affinity={"podAffinity": near})
    found = Packer([Pool(name="default", machines=_m5())]).pack([*_pods(follower, 1), Pod("target#0", target)])
    assert {zone for each in _launched(found) for zone in each.zones} == {"us-west-2b"}


def test_what_a_pod_would_rather_have_is_given_up_before_it_waits() -> None:
    rather = [{"weight": 9, "preference": {"matchExpressions": [{"key": FAMILY, "operator": "In", "values": ["x9"]}]}}]
    shape = _shape(affinity={"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": rather}})
    found = Packer([Pool(name="default", machines=_m5())]).pack(_pods(shape, 1))
    assert len(found.claims) == 1


def test_pods_of_every_node_take_their_part_of_each() -> None:
    daemon = shape_of({"containers": [{"resources": {"requests": {"cpu": "3500m"}}}]}, {"app": "agent"})
    (found,) = _launched(Packer([Pool(name="default", machines=_m5())], [daemon]).pack(_pods(_shape(), 5)))
    assert found.machine.name == "m5.4xlarge"


def test_min_values_leave_a_choice_or_nothing() -> None:
    wide = Pool(name="default", machines=_m5(families=("c5", "m5", "r5")), min_values={FAMILY: 3})
    (claim,) = Packer([wide]).pack(_pods(_shape(), 1)).claims
    assert {name.partition(".")[0] for name in claim.template.names(claim.types)} == {"c5", "m5", "r5"}
    shape = _shape(nodeSelector={FAMILY: "m5"})
    assert Packer([wide]).pack(_pods(shape, 1)).waiting["myapp#0"]["default"].predicate == "minValues"


def test_limits_are_the_reason_where_they_leave_types_that_are_too_small() -> None:
    pool = Pool(name="p", machines=_m5(), limits={"cpu": 6000})
    large, huge = _shape(requests={"cpu": "3"}), _shape(requests={"cpu": "300"})
    found = Packer([pool]).pack([*(Pod(f"a#{n}", large) for n in range(2)), Pod("b#0", huge)])
    said = {name: each["p"].predicate for name, each in found.waiting.items()}
    # One node of 4 cores is there; 2 cores are left, which take no pod of 3. No node takes one of 300.
    assert (len(found.claims), said) == (1, {"a#1": "limits", "b#0": "NodeResourcesFit"})


def test_karpenter_does_nothing_for_a_pod_that_asks_for_a_node_by_its_name() -> None:
    shape = _shape(nodeName="ip-10-0-0-1")
    found = Packer([Pool(name="p", machines=_m5())]).pack([Pod("a#0", shape), *_pods(_shape(), 1)])
    assert {name: each["p"].predicate for name, each in found.waiting.items()} == {"a#0": "NodeName"}
    assert len(found.claims) == 1


ONE_LABEL = ("a karpenter.k8s.aws/instance-cpu", {"karpenter.k8s.aws/instance-cpu": "3"})
TOGETHER = ("labels together", {FAMILY: "m5", "karpenter.k8s.aws/instance-cpu": "2", SIZE: "xlarge"})


@pytest.mark.parametrize(("said", "selector"), [ONE_LABEL, TOGETHER])
def test_the_label_that_no_instance_type_has_is_named(said: str, selector: dict[str, str]) -> None:
    pods = _pods(_shape(nodeSelector=selector), 1)
    refused = Packer([Pool(name="p", machines=_m5())]).pack(pods).waiting["myapp#0"]["p"]
    assert refused.predicate == "NodeAffinity"
    assert said in refused.reason


NEVER: dict[str, tuple[Pool, tuple[str, str]]] = {
    "static": (
        Pool(name="p", machines=_m5(), replicas=2),
        ("replicas", "keeps its number of nodes, whatever pods there are"),
    ),
    "nothing": (Pool(name="p"), ("offerings", "has no instance type that can be had in its zones")),
    "few": (
        Pool(name="p", machines=_m5(), min_values={FAMILY: 2}),
        ("minValues", f"has fewer values of {FAMILY} than its minValues ask for"),
    ),
    "against": (
        Pool(name="p", machines=_m5(), requirements=_asked((FAMILY, "In", ("c5",)))),
        ("offerings", "has no instance type that meets its own requirements and has room for DaemonSets"),
    ),
}


@pytest.mark.parametrize("name", NEVER)
def test_a_pool_that_never_makes_a_node_says_why(name: str) -> None:
    pool, said = NEVER[name]
    refused = Packer([pool]).pack(_pods(_shape(), 1)).waiting["myapp#0"]["p"]
    assert (refused.predicate, refused.reason) == said


def test_reserved_capacity_comes_first_and_no_more_than_is_left_of_it() -> None:
    mine = [
        Offering(zone="us-west-2a", capacity_type=RESERVED, price=0.0, reservation="cr-1", left=1),
        Offering(zone="us-west-2a", price=0.096),
    ]
    labels = {CAPACITY_TYPE: frozenset({"reserved", "on-demand"}), ZONE: frozenset({"us-west-2a"})}
    room = {"cpu": 1930, "memory": 7 * 2**30, "pods": 29}
    machine = Machine(name="m5.large", labels=labels, capacity=room, allocatable=room, offerings=tuple(mine))
    shape = _shape(topologySpreadConstraints=[_spread(HOST, 1)])
    found = Packer([Pool(name="default", machines=(machine,))]).pack(_pods(shape, 2))
    # What is left of a reservation is not known until it is taken: the second pod waits for the next round.
    assert [each.capacity_type for each in _launched(found)] == [RESERVED]
    assert found.waiting["myapp#1"]["default"].waits_for_reservation


def test_metal_and_accelerators_are_for_those_that_ask_for_them() -> None:
    way = Way(kind="karpenter", region="us-west-2", zones=ZONES, hour=lambda name: 9.0 if name == "m5.large" else 1.0)
    pool = Pool(name="default", machines=machines(["m5.metal", "m5.large", "g5.xlarge"], way))
    (found,) = _launched(Packer([pool]).pack(_pods(_shape(), 1)))
    assert (found.machine.name, found.alternatives) == ("m5.large", ("m5.large",))


def test_ten_thousand_pods_share_nodes_in_few_steps() -> None:
    shapes = [_shape({"app": str(n)}, requests={"cpu": f"{100 + 50 * (n % 7)}m", "memory": "256Mi"}) for n in range(20)]
    pods = [Pod(f"w{n % 20}#{n}", shapes[n % 20]) for n in range(2000)]
    found = Packer([Pool(name=f"p{n}", machines=_m5()) for n in range(5)]).pack(pods)
    assert sum(len(claim.pods) for claim in found.claims) == 2000


@pytest.mark.parametrize(("numbers", "order"), json.loads((packed.PACKED.parent / "go_order.json").read_text()))
def test_lists_are_in_the_order_of_go(numbers: list[int], order: list[int]) -> None:
    places = list(range(len(numbers)))
    sort_like_go(places, numbers.__getitem__)
    assert places == order
