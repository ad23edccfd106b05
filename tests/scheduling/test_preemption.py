"""Which pods give way to a pod of a higher priority: what kube-scheduler did, and each of its rules by itself."""

from __future__ import annotations

import json
from collections import Counter

from eks_blueprints.scheduling.cluster import Cluster
from eks_blueprints.scheduling.node import HOST, ZONE, Node
from eks_blueprints.scheduling.pod import Claim, HostPort, Pod, Shape, Spread, Term
from eks_blueprints.scheduling.preemption import Budget, Eviction, eviction
from eks_blueprints.scheduling.scheduler import looked_at
from eks_blueprints.scheduling.selectors import NOTHING, selector

from .judged import CONTESTED, PREEMPTED, preempted_apart


def test_the_scheduler_evicts_the_same_pods() -> None:
    preempted = json.loads(PREEMPTED.read_text(encoding="utf-8"))
    evicting = sum(bool(node) for node, _ in preempted.values())
    assert len(preempted) == CONTESTED
    assert evicting > 80
    assert sum(len(pods) > 2 for _, pods in preempted.values()) > 5
    assert list(preempted_apart(preempted)) == []


def _shape(cpu: int, priority: int, **fields: object) -> Shape:
    return Shape(requests={"cpu": cpu}, counted={"cpu": cpu}, priority=priority, labels={"app": "web"}, **fields)  # type: ignore[arg-type]


def _full(*nodes: tuple[Pod, ...]) -> Cluster:
    """Nodes of two cores with some pods."""
    found = Cluster()
    for number, pods in enumerate(nodes):
        name = f"n{number}"
        place = found.open(Node(name=name, labels={HOST: name, ZONE: name}, allocatable={"cpu": 2000, "pods": 10}))
        for pod in pods:
            found.add(pod, place)
    return found


def _evicted(pod: Pod, cluster: Cluster, *budgets: Budget) -> tuple[str, list[str]] | None:
    found: Eviction | None = eviction(pod, cluster, looked_at(pod, cluster)[1], budgets)
    return found and (found.place.node.name, [each.name for each in found.pods])


def _pods(*given: tuple[str, int, int] | tuple[str, int, int, float]) -> tuple[Pod, ...]:
    """Pods by name, thousandths of a core, priority and age."""
    return tuple(Pod(name, _shape(cpu, priority), *since) for name, cpu, priority, *since in given)


_URGENT = Pod("urgent", _shape(1000, 100))
_WEB = {"matchLabels": {"app": "web"}}


def test_as_many_as_can_stay_the_important_ones_first() -> None:
    cluster = _full(_pods(("a", 500, 1), ("b", 500, 9), ("c", 1000, 5)))
    assert _evicted(_URGENT, cluster) == ("n0", ["c"])  # b comes back, c does not fit beside it, a does
    assert list(cluster.places["n0"].pods) == ["a", "b", "c"]
    assert cluster.places["n0"].used == {"cpu": 2000}


def test_of_pods_of_one_priority_the_older_stays() -> None:
    assert _evicted(_URGENT, _full(_pods(("old", 1000, 1, 10.0), ("new", 1000, 1, 20.0)))) == ("n0", ["new"])


def test_nodes_are_compared_by_budgets_then_priorities_then_numbers_then_age() -> None:
    one = _pods(("a", 2000, 5, 1.0))
    assert _evicted(_URGENT, _full(one, _pods(("b", 2000, 4)))) == ("n1", ["b"])
    assert _evicted(_URGENT, _full(_pods(("b", 1000, 5, 2.0), ("c", 1000, 5, 3.0)), one)) == ("n0", ["c"])
    assert _evicted(_URGENT, _full(one, _pods(("b", 2000, 5, 9.0)))) == ("n1", ["b"])
    small = _pods(("b", 1500, -5), ("c", 500, -5), ("d", 0, 100))
    assert _evicted(Pod("urgent", _shape(2000, 100)), _full(one, small)) == ("n1", ["b", "c"])
    budget = Budget("default", selector(_WEB), 0)
    bare = Pod("bare", Shape(requests={"cpu": 2000}, priority=50))
    assert _evicted(_URGENT, _full(one, (bare,)), budget) == ("n1", ["bare"])


def test_what_a_budget_keeps_comes_back_first() -> None:
    pods = _pods(("a", 1000, 9), ("b", 1000, 1))
    kept = Pod("kept", Shape(requests={"cpu": 1000}, labels={"app": "db"}, priority=1))
    budget = Budget("default", selector({"matchLabels": {"app": "db"}}), 0)
    cluster = _full((pods[0], kept))
    assert _evicted(_URGENT, cluster) == ("n0", ["kept"])
    assert _evicted(_URGENT, cluster, budget) == ("n0", ["a"])
    assert eviction(_URGENT, _full((kept,) * 1 + pods), {}, [budget]) is None


def test_a_budget_allows_the_first_of_its_pods() -> None:
    cluster = _full(_pods(("a", 1000, 9), ("b", 1000, 1)))
    found = eviction(Pod("u", _shape(2000, 100)), cluster, looked_at(_URGENT, cluster)[1], [_budget(1)])
    assert found is not None
    assert found.against_budgets == 1


def _budget(allowed: int) -> Budget:
    return Budget("default", selector(_WEB), allowed)


def test_a_budget_that_selects_all_or_nothing_keeps_none() -> None:
    pod = _pods(("a", 1000, 1))[0]
    assert [Budget("default", each, 0).of(pod) for each in (selector({}), NOTHING, selector(_WEB))] == [
        False,
        False,
        True,
    ]
    assert not Budget("other", selector(_WEB), 0).of(pod)


def test_some_pods_evict_none() -> None:
    cluster = _full(_pods(("a", 2000, 1)))
    assert _evicted(Pod("patient", _shape(1000, 100, preempts=False)), cluster) is None
    assert _evicted(Pod("alike", _shape(1000, 1)), cluster) is None
    assert _evicted(Pod("large", _shape(3000, 100)), cluster) is None


def test_ports_volumes_and_domains_are_free_again() -> None:
    port = HostPort(80, "TCP", "0.0.0.0")  # noqa: S104
    claim = Claim("default/data", driver="ebs.csi.aws.com", one_pod=True)
    apart = Term(ZONE, selector(_WEB), frozenset({"default"}), NOTHING)
    old = Pod("old", _shape(10, 1, ports=(port,), claims=(claim,)))
    for wish in ({"ports": (port,)}, {"claims": (claim,)}, {"apart": (apart,)}):
        assert _evicted(Pod("urgent", _shape(10, 100, **wish)), _full((old,))) == ("n0", ["old"])


def test_counts_are_as_if_a_pod_or_node_had_never_been() -> None:
    even = Spread(1, ZONE, hard=True, selector=selector(_WEB))
    shape = _shape(10, 0, spread=(even,))
    cluster = _full((), ())
    first, second = cluster.places.values()
    assert cluster.counts(shape).spread[0][1].counts == {(ZONE, "n0"): 0, (ZONE, "n1"): 0}
    pod = Pod("a", shape)
    cluster.add(pod, first)
    assert set(looked_at(Pod("b", shape), cluster)[1]) == {"n0"}
    cluster.remove(pod, first)
    assert looked_at(Pod("b", shape), cluster)[1] == {}
    cluster.add(pod, first)
    cluster.close(second)
    assert cluster.counts(shape).spread[0][1].counts == {(ZONE, "n0"): 1}
    assert looked_at(Pod("b", shape), cluster)[1] == {}
    tried = cluster.copy()
    tried.close(tried.places["n0"])
    assert (list(cluster.places), cluster.claims, Counter(first.used)) == (["n0"], {}, Counter({"cpu": 10}))
