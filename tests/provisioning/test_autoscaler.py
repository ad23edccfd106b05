"""Which groups Cluster Autoscaler lets grow, by how much, and why pods still wait."""

from __future__ import annotations

from collections import Counter

import pytest

from eks_blueprints.capacity.model import Expansion
from eks_blueprints.karpenter.tolerating import Taint
from eks_blueprints.provisioning.autoscaler.growing import Growth, scale_up
from eks_blueprints.provisioning.autoscaler.shrinking import Pace, Shrinking, scale_down
from eks_blueprints.provisioning.makers import Group
from eks_blueprints.scheduling.cluster import Cluster
from eks_blueprints.scheduling.node import HOST, ZONE
from eks_blueprints.scheduling.pod import Claim, Pod, Shape, Spread
from eks_blueprints.scheduling.preemption import Budget
from eks_blueprints.scheduling.selectors import Condition, NodeTerm, selector

from .worlds import DEFAULT, cluster, group, machine, replicas, room, shape

_SMALL = machine("small", 1000, 4)
_LARGE = machine("large", 4000, 16)


def _grown(pods: list[Pod], *groups: Group, counts: dict[str, int] | None = None, **expansion: object) -> Growth:
    return scale_up(Cluster(), pods, groups, counts or {}, expansion=Expansion(**expansion))  # type: ignore[arg-type]


def _sizes(growth: Growth) -> dict[str, int]:
    return dict(Counter(node.group.name for node in growth.nodes))


@pytest.mark.parametrize(
    ("expanders", "expected"),
    [
        (("random",), {"a": 4}),
        (("least-nodes",), {"b": 1}),
        (("least-waste",), {"a": 4}),  # 20% of its cores and 50% of its memory are left, of b 20% and 62%
        (("most-pods",), {"b": 1}),
        (("priority",), {"c": 2}),
        (("priority", "least-nodes"), {"c": 2}),
        (("most-pods", "least-waste"), {"b": 1}),
    ],
)
def test_ca_08_expanders(expanders: tuple[str, ...], expected: dict[str, int]) -> None:
    pods = replicas("web", 4, shape(800, 1.5))
    groups = [
        group("c", 9, machine("medium", 2000, 12), priority=20),
        group("b", 9, _LARGE, priority=10),
        group("a", 4, machine("small", 1000, 3)),
    ]
    if "most-pods" in expanders:
        groups[2] = group("a", 3, machine("small", 1000, 3))  # it has no room for the fourth
        groups[0] = group("c", 1, machine("medium", 2000, 12))
    growth = _grown(pods, *groups, expanders=expanders)
    assert (_sizes(growth), growth.left) == (expected, ())


def test_the_expander_priority_takes_what_no_rank_names_where_it_names_none() -> None:
    assert _sizes(_grown(replicas("web", 1, shape(100)), group("a", 1), expanders=("priority",))) == {"a": 1}


def test_an_expander_that_nobody_knows() -> None:
    with pytest.raises(ValueError, match="has no expander price; use one of least-nodes, least-waste"):
        _grown(replicas("web", 1, shape(100)), group("a", 1), expanders=("price",))


def test_the_largest_pods_come_first_and_small_ones_fill_up() -> None:
    pods = [*replicas("small", 4, shape(200, 0.25)), *replicas("large", 2, shape(700, 1))]
    growth = _grown(pods, group("a", 9, _SMALL))
    assert (_sizes(growth), growth.left) == ({"a": 3}, ())  # 700+200, 700+200, 200+200


def test_every_node_has_the_pods_of_daemon_sets() -> None:
    kept_off = shape(600, node="elsewhere")
    growth = scale_up(
        Cluster(),
        replicas("web", 2, shape(400)),
        [group("a", 9, _SMALL)],
        {},
        [("agent", shape(300)), ("other", kept_off)],
        expansion=DEFAULT,
    )
    assert [sorted(node.place.pods) for node in growth.nodes] == [["agent@a-0", "web-0"], ["agent@a-1", "web-1"]]
    assert [[pod.name for pod in node.pods] for node in growth.nodes] == [["web-0"], ["web-1"]]


def test_groups_that_are_alike_share_nodes() -> None:
    pods = replicas("web", 5, shape(800))
    groups = [group(f"in-{zone}", 9, _SMALL, zones=(zone,)) for zone in "abc"]
    groups.append(group("labelled", 9, _SMALL, labels={"team": "a"}))
    alone = _grown(pods, *groups)
    assert _sizes(alone) == {"in-a": 5}
    shared = _grown(pods, *groups, balances=True, counts={"in-a": 2})
    assert _sizes(shared) == {"in-b": 3, "in-c": 2}
    full = _grown(pods, *(group(each.name, 2, _SMALL, zones=each.zones) for each in groups[:3]), balances=True)
    assert (_sizes(full), full.left) == ({"in-a": 2, "in-b": 2, "in-c": 1}, ())


def test_nodes_are_in_the_zones_of_their_group_in_turn() -> None:
    growth = _grown(replicas("web", 3, shape(800)), group("a", 9, _SMALL, zones=("x", "y")), counts={"a": 1})
    assert [(node.name, node.zone) for node in growth.nodes] == [("a-1", "y"), ("a-2", "x"), ("a-3", "y")]


def test_spread_over_hosts_takes_a_node_each() -> None:
    even = Spread(1, HOST, hard=True, selector=selector({"matchLabels": {"app": "web"}}))
    pods = replicas("web", 3, shape(100, labels={"app": "web"}, spread=(even,)))
    assert _sizes(_grown(pods, group("a", 9, _SMALL))) == {"a": 1}  # one domain is even whatever is in it
    apart = Spread(1, HOST, hard=True, selector=selector({"matchLabels": {"app": "web"}}), domains=3)
    pods = replicas("web", 3, shape(100, labels={"app": "web"}, spread=(apart,)))
    assert _sizes(_grown(pods, group("a", 9, _SMALL))) == {"a": 3}


def _bound(zone: str) -> Shape:
    here = NodeTerm((Condition(ZONE, "In", frozenset({zone})),))
    return shape(100, claims=(Claim("default/data", terms=(here,)),))


def test_an_empty_group_of_several_zones_is_looked_at_in_its_first() -> None:
    zonal = group("a", 9, zones=("x", "y"))
    growth = _grown([Pod("db", _bound("y"))], zonal)
    assert growth.nodes == ()
    [(refused,)] = [each.refused for each in growth.left]
    assert (
        refused.predicate,
        refused.reason.endswith("in x: while it has no node it is looked at in its first zone"),
    ) == (
        "VolumeBinding",
        True,
    )
    assert _sizes(_grown([Pod("db", _bound("x"))], zonal)) == {"a": 1}


def test_nodes_of_the_wrong_zone_do_not_stay() -> None:
    found = Cluster()
    growth = scale_up(
        found, [Pod("db", _bound("y"))], [group("a", 9, zones=("x", "y"))], {"a": 2}, expansion=DEFAULT
    )  # the next node comes in x, that after it in y
    assert ([(node.name, node.zone) for node in growth.nodes], list(found.places)) == ([("a-3", "y")], ["a-3"])
    assert growth.sizes == {"a": 3}


def test_why_pods_still_wait() -> None:
    pods = [
        Pod("web", shape(500)),
        Pod("huge", shape(9000)),
        Pod("spare", shape(100, priority=-11)),
    ]
    groups = [
        group("full", 1),
        group("tainted", 9, taints=(Taint("gpu", "", "NoSchedule"),)),
        group("unscaled", 9, scales=False),
        Group(name="without types", most=9),
    ]
    growth = _grown(pods, *groups, counts={"full": 1, "unscaled": 2})
    said = {each.pod.name: {r.group: (r.predicate, r.reason) for r in each.refused} for each in growth.left}
    assert said["web"] == {
        "full": ("max_size", "it has its max_size of 1 node"),
        "tainted": ("TaintToleration", "node(s) had untolerated taint(s)"),
        "unscaled": ("autoscaler", "it stays at 2 nodes: Cluster Autoscaler leaves it out"),
    }
    assert said["huge"]["full"] == ("NodeResourcesFit", "Insufficient cpu")
    assert said["spare"]["full"] == ("priority", "a priority below -10 brings no node")
    remedies = {each.pod.name: each.remedy for each in growth.left}
    assert remedies == {"web": "set max_size of full to 2", "huge": "", "spare": ""}


def test_without_an_autoscaler_groups_keep_their_size() -> None:
    pods = replicas("web", 3, shape(800))
    growth = scale_up(Cluster(), pods, [group("a", 2, _SMALL)], {"a": 1}, expansion=None)
    assert (growth.nodes, growth.sizes) == ((), {"a": 1})
    assert {each.remedy for each in growth.left} == {"set desired_size of a to 4, and its max_size to 4"}
    assert growth.left[0].refused[0].reason == "it stays at 1 node: no Cluster Autoscaler is installed"


def test_the_remedy_is_the_smallest_that_does() -> None:
    pods = replicas("web", 7, shape(400, 1))
    growth = _grown(pods, group("a", 1, _SMALL), group("b", 2, _SMALL), counts={"b": 2})
    assert {each.remedy for each in growth.left} == {"set max_size of a to 4"}
    larger = _grown(pods, group("a", 4, _SMALL), group("b", 2, _SMALL), counts={"b": 2})
    smaller = _grown(pods, group("a", 3, _SMALL), group("b", 2, _SMALL), counts={"b": 2})
    assert (len(larger.left), len(smaller.left) > 0) == (0, True)


def test_nodes_that_something_holds_stay() -> None:
    nodes = {name: room(4000, 16) for name in ("busy", "guarded", "least", "other")}
    web = {"app": "web"}
    pods = {
        "busy": [Pod("p-busy", shape(2100))],
        "guarded": [Pod("p-guarded", shape(100, labels=web))],
    }
    pool, small = group("pool", 9), group("small", 9, least=1)
    members = {"busy": "pool", "guarded": "pool", "least": "small"}
    budget = Budget("default", selector({"matchLabels": web}), 0)
    held = Shrinking(groups=[pool, small], members=members, budgets=[budget])
    [turn] = scale_down(cluster(nodes, pods), held)
    assert (turn.marked, turn.kept) == (
        (),
        {
            "least": "small has its min_size of 1",
            "busy": "its pods request 52% of it, more than 50%",
            "guarded": "a PodDisruptionBudget keeps a pod of it",
        },
    )


def test_nodes_with_gpus_are_judged_by_these_and_several_drain_at_once_where_they_may() -> None:
    nodes = {f"n{number}": room(4000, 16, **{"nvidia.com/gpu": 4}) for number in range(4)}
    pods = {name: [Pod(f"p-{name}", shape(2500, 1, more={"nvidia.com/gpu": 1}))] for name in list(nodes)[:2]}
    nodes["large"] = room(16000, 64, **{"nvidia.com/gpu": 8})
    found = cluster(nodes, pods)
    shrinking = Shrinking(
        groups=[group("pool", 9)], members=dict.fromkeys(list(nodes)[:4], "pool"), pace=Pace(drains=2)
    )
    assert [turn.left for turn in scale_down(found, shrinking)] == [5, 1]
    assert sorted(found.places["large"].pods) == ["p-n0", "p-n1"]
