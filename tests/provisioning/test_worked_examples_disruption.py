"""Worked examples with numbers: which nodes Karpenter takes away or replaces, when, and how many at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from eks_blueprints.karpenter.disruption import Budget
from eks_blueprints.karpenter.requirements import Requirement, allowed
from eks_blueprints.provisioning.karpenter.disruption.command import Command
from eks_blueprints.provisioning.karpenter.disruption.drift import drifting
from eks_blueprints.provisioning.karpenter.disruption.looking import look
from eks_blueprints.provisioning.karpenter.disruption.pod_budgets import PodBudget
from eks_blueprints.provisioning.karpenter.disruption.rules import Rules
from eks_blueprints.provisioning.karpenter.disruption.state import Owned, State, Traits
from eks_blueprints.provisioning.machine import Machine, Offering
from eks_blueprints.provisioning.makers import Pool
from eks_blueprints.scheduling.cluster import Cluster
from eks_blueprints.scheduling.node import Node
from eks_blueprints.scheduling.pod import Pod
from eks_blueprints.scheduling.selectors import Condition, Selector

from .worlds import replicas, room, shape

MONDAY = datetime(2026, 11, 30, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TYPE, CAPACITY_TYPE = "node.kubernetes.io/instance-type", "karpenter.sh/capacity-type"
HOST, ZONE = "kubernetes.io/hostname", "topology.kubernetes.io/zone"
_AWAY = Rules(budgets=())
"""Rules that hold nothing back."""


def _machine(name: str, cores: int, dollars: float, spot: float | None = None) -> Machine:
    offerings = [Offering(zone="a", price=dollars)]
    if spot is not None:
        offerings.append(Offering(zone="a", capacity_type="spot", price=spot))
    labels = {TYPE: {name}, ZONE: {"a"}, CAPACITY_TYPE: {each.capacity_type for each in offerings}}
    return Machine(
        name=name,
        labels={key: frozenset(values) for key, values in labels.items()},
        capacity=room(cores * 1000, cores * 4),
        allocatable=room(cores * 1000 - 70, cores * 4 - 1),
        offerings=tuple(offerings),
    )


M5 = (
    _machine("m5.large", 2, 0.096),
    _machine("m5.xlarge", 4, 0.192),
    _machine("m5.2xlarge", 8, 0.384),
)


def _state(nodes: Mapping[str, tuple[str, Iterable[Pod]]], *machines: Machine, **fields: Any) -> State:
    """Nodes by name with their instance types and pods, in one pool, in which nothing came or went for two hours."""
    machines = machines or M5
    of_each: dict[str, dict[str, Any]] = fields.pop("owned", {})
    rules = fields.pop("rules", _AWAY)
    pool = fields.pop("pool", _pool(*machines))
    cluster, owned = Cluster(), {}
    for name, (kind, pods) in nodes.items():
        more = {"capacity_type": "on-demand", **of_each.get(name, {})}
        labels = {HOST: name, ZONE: "a", TYPE: kind, CAPACITY_TYPE: more["capacity_type"]}
        (machine,) = (each for each in machines if each.name == kind)
        place = cluster.open(Node(name=name, labels=labels, allocatable=machine.allocatable))
        for pod in pods:
            cluster.add(pod, place)
        then = MONDAY - 2 * HOUR
        owned[name] = Owned(**{"pool": "default", "machine": kind, "zone": "a", "initialized": then, **more})
    return State(
        **{"now": MONDAY, "cluster": cluster, "pools": (pool,), "nodes": owned, "rules": {"default": rules}, **fields}
    )


def _pool(*machines: Machine, types: Iterable[str] = (), **fields: Any) -> Pool:
    """A pool of the capacity types that its machines have, and of some instance types alone where these are said."""
    kinds = tuple(sorted({offering.capacity_type for each in machines for offering in each.offerings}))
    asked = [Requirement(key=CAPACITY_TYPE, operator="In", values=kinds)]
    asked += [Requirement(key=TYPE, operator="In", values=tuple(types))] if types else []
    return Pool(name="default", machines=machines, requirements=allowed(asked), **fields)


def _done(state: State) -> list[tuple[str, tuple[str, ...], list[str]]]:
    """What is done: the method, the nodes that go, and what is launched for them."""
    return [_said(each) for each in look(state).commands]


def _said(each: Command) -> tuple[str, tuple[str, ...], list[str]]:
    return each.method, each.nodes, [new.launch().machine.name for new in each.replacements]


def _web(count: int, cores: int = 400, first: int = 0) -> list[Pod]:
    return replicas("web", count, shape(cores, 0.5, labels={"app": "web"}), first)


# -- what consolidation does


def test_dc_01_empty_nodes_go_together_and_their_price_is_saved() -> None:
    state = _state({"full": ("m5.large", _web(4)), "b": ("m5.xlarge", ()), "a": ("m5.large", ())})
    (command,) = look(state).commands
    assert (command.method, command.nodes, command.saved) == ("emptiness", ("b", "a"), pytest.approx(0.288))


def test_dc_01_pods_of_a_poorly_used_node_find_room_and_it_goes() -> None:
    state = _state({"roomy": ("m5.xlarge", _web(2)), "poor": ("m5.large", _web(1, first=2))})
    before = {name: dict(place.pods) for name, place in state.cluster.places.items()}
    (command,) = look(state).commands
    assert (command.nodes, command.replacements, dict(command.moves)) == (
        ("roomy",),
        (),
        {"web-0": "poor", "web-1": "poor"},
    )
    assert command.saved == pytest.approx(0.192)
    assert {name: dict(place.pods) for name, place in state.cluster.places.items()} == before


def test_dc_01_when_empty_leaves_nodes_with_pods_alone() -> None:
    nodes = {"roomy": ("m5.xlarge", _web(2)), "poor": ("m5.large", _web(1, first=2))}
    found = look(_state(nodes, rules=Rules(policy="WhenEmpty", budgets=())))
    assert not found.commands
    assert "consolidationPolicy: WhenEmpty" in found.held["poor"].reason


def test_dc_02_the_timer_begins_again_with_each_pod_that_comes_or_goes() -> None:
    rules = Rules(consolidate_after=HOUR, budgets=())

    def at(minutes: int, last: int) -> Any:
        of_node = {"last_pod_event": MONDAY + timedelta(minutes=last)}
        now = MONDAY + timedelta(minutes=minutes)
        return look(_state({"a": ("m5.large", ())}, rules=rules, owned={"a": of_node}, now=now))

    assert at(59, 0).held["a"].until == MONDAY + HOUR
    assert _nodes(at(60, 0)) == ["a"]
    # A pod that runs from minute 55 to minute 56 keeps the node until minute 116.
    assert not _nodes(at(115, 56))
    assert _nodes(at(116, 56)) == ["a"]


def test_dc_02_a_node_to_which_no_pod_came_waits_from_when_it_was_ready() -> None:
    rules = Rules(consolidate_after=2 * HOUR, budgets=())
    nodes = {"a": ("m5.large", ())}
    assert _nodes(look(_state(nodes, rules=rules))) == ["a"]
    assert not look(_state(nodes, rules=rules, now=MONDAY - timedelta(seconds=1))).commands


def test_dc_02_never_switches_consolidation_off() -> None:
    found = look(_state({"a": ("m5.large", ())}, rules=Rules(consolidate_after=None, budgets=())))
    assert "consolidateAfter: Never" in found.held["a"].reason


def _nodes(found: Any) -> list[str]:
    return [name for each in found.commands for name in each.nodes]


def test_dc_03_two_lightly_used_m5_xlarge_make_way_for_one_m5_large() -> None:
    nodes = {
        **{f"full-{n}": ("m5.large", _web(4, 480, 4 * n)) for n in range(3)},
        "poor-1": ("m5.xlarge", _web(2, 400, 20)),
        "poor-2": ("m5.xlarge", _web(1, 400, 30)),
    }
    (command,) = look(_state(nodes)).commands
    assert _said(command) == ("multi_node", ("poor-2", "poor-1"), ["m5.large"])
    assert [each.name for each in command.replacements[0].machines] == ["m5.large"]
    assert command.saved == pytest.approx(2 * 0.192 - 0.096)


def test_dc_03_three_nodes_that_need_one_of_their_own_kind_are_two_fewer() -> None:
    # One m5.large would hold all, but then two can as well be deleted: fewer pods move.
    nodes = {f"poor-{n}": ("m5.large", _web(1, 600, n)) for n in range(3)}
    assert _done(_state(nodes)) == [("multi_node", ("poor-0", "poor-1"), [])]


def test_a_node_makes_way_for_a_smaller_one() -> None:
    (command,) = look(_state({"a": ("m5.2xlarge", _web(3))})).commands
    assert _said(command) == ("single_node", ("a",), ["m5.large"])
    assert command.saved == pytest.approx(0.288)


def test_a_node_whose_pods_need_two_new_ones_or_nothing_cheaper_stays() -> None:
    found = look(_state({"a": ("m5.2xlarge", _web(3, 2500))}))
    assert found.held["a"].reason == "nothing that costs less takes its pods"
    kinds = [Condition(TYPE, "In", frozenset({name})) for name in ("m5.large", "m5.xlarge")]
    pods = [Pod(each.key + str(at), shape(400, selects=(each,))) for at, each in enumerate(kinds)]
    found = look(_state({"a": ("m5.2xlarge", pods)}))
    assert found.held["a"].reason == "its pods would need more than one new node"


def test_pods_that_wait_do_not_hold_consolidation_up() -> None:
    state = _state({"a": ("m5.2xlarge", _web(3))}, waiting=[Pod("huge", shape(90_000))])
    assert _done(state) == [("single_node", ("a",), ["m5.large"])]


def test_a_pool_at_its_limit_has_room_for_what_takes_the_place_of_a_node() -> None:
    nodes = {"a": ("m5.2xlarge", _web(3)), "b": ("m5.xlarge", _web(8, 450, 10))}
    for cores, launched in ((12, ["m5.large"]), (5, [])):
        state = _state(nodes, pool=_pool(*M5, limits={"cpu": cores * 1000}))
        assert [name for each in _done(state) for name in each[2]] == launched


def test_pods_do_not_move_to_a_node_that_is_not_ready_yet() -> None:
    nodes = {"a": ("m5.large", _web(1)), "new": ("m5.large", ())}
    found = look(_state(nodes, owned={"new": {"initialized": None}}))
    assert not found.commands
    assert found.held["a"].reason == "web-0 would find no place: it would go to new, which is not ready for pods yet"


# -- spot


def _spot_types(count: int) -> tuple[Machine, ...]:
    return tuple(_machine(f"t{n:02}.large", 2, 0.1 + n / 1000, 0.03 + n / 1000) for n in range(count))


def _on_spot(count: int, *, gate: bool) -> Any:
    last = f"t{count - 1:02}.large"
    machines = _spot_types(count)
    return look(_state({"a": (last, _web(2))}, *machines, owned={"a": {"capacity_type": "spot"}}, spot_to_spot=gate))


def test_an_on_demand_node_makes_way_for_a_spot_node_and_for_no_dearer_one() -> None:
    machines = _spot_types(3)
    (command,) = look(_state({"a": ("t00.large", _web(2))}, *machines)).commands
    (new,) = command.replacements
    assert (new.launch().capacity_type, new.requirements[CAPACITY_TYPE].values) == ("spot", frozenset({"spot"}))
    assert command.saved == pytest.approx(0.07)


def test_a_spot_node_makes_way_for_another_one_only_by_the_feature_gate() -> None:
    assert "SpotToSpotConsolidation is switched off" in _on_spot(30, gate=False).held["a"].reason


def test_fifteen_types_must_cost_less_and_only_those_are_asked_for() -> None:
    assert "15 instance types cost less; 14 do" in _on_spot(15, gate=True).held["a"].reason
    (command,) = _on_spot(20, gate=True).commands
    assert [each.name for each in command.replacements[0].machines] == [f"t{n:02}.large" for n in range(15)]


def test_two_spot_nodes_need_no_fifteen_types() -> None:
    machines = (_machine("big", 8, 0.4, 0.16), _machine("small", 2, 0.1, 0.04))
    nodes = {name: ("big", _web(1, 300, at)) for at, name in enumerate("ab")}
    owned = {name: {"capacity_type": "spot"} for name in "ab"}
    full = {**nodes, "full": ("small", _web(1, 1900, 9))}
    assert _done(_state(full, *machines, owned=owned, spot_to_spot=True)) == [("multi_node", ("a", "b"), ["small"])]


# -- who is a candidate


@pytest.mark.parametrize(
    ("of_node", "traits", "reason"),
    [
        ({"do_not_disrupt": True}, {}, "karpenter.sh/do-not-disrupt"),
        ({"leaving": True}, {}, "about to go already"),
        ({"initialized": None}, {}, "not ready for pods yet"),
        ({"nominated_until": MONDAY + timedelta(seconds=20)}, {}, "kept for pods that wait"),
        ({"pool": "gone"}, {}, "no NodePool gone"),
        ({}, {"keeps": True}, "web-0 has the annotation"),
        ({}, {"keeps": HOUR, "started": MONDAY - HOUR / 2}, "web-0 has the annotation"),
    ],
)
def test_what_keeps_a_node(of_node: dict[str, Any], traits: dict[str, Any], reason: str) -> None:
    state = _state({"a": ("m5.2xlarge", _web(1))}, owned={"a": of_node}, traits={"web-0": Traits(**traits)})
    found = look(state)
    assert not found.commands
    assert reason in found.held["a"].reason


def test_a_pod_that_keeps_its_node_for_an_hour_says_until_when() -> None:
    traits = {"web-0": Traits(keeps=HOUR, started=MONDAY - HOUR / 2)}
    held = look(_state({"a": ("m5.2xlarge", _web(1))}, traits=traits)).held
    assert held["a"].until == MONDAY + HOUR / 2
    later = _state({"a": ("m5.2xlarge", _web(1))}, traits=traits, now=MONDAY + HOUR / 2)
    assert _done(later) == [("single_node", ("a",), ["m5.large"])]


def test_pods_that_cost_nothing_to_move_leave_a_node_empty() -> None:
    idle = replicas("idle", 3, shape(100, priority=-(2**26)))
    traits = {"agent-0": Traits(daemon=True)}
    state = _state({"a": ("m5.large", [*idle, *replicas("agent", 1, shape(100))])}, traits=traits)
    assert _done(state) == [("emptiness", ("a",), [])]


def test_the_node_that_is_dearest_for_what_it_takes_to_move_goes_first() -> None:
    nodes = {name: ("m5.xlarge", _web(1, 900, at)) for at, name in enumerate("abc")}
    state = _state(nodes, rules=Rules(budgets=(Budget(nodes="1"),)), traits={"web-1": Traits(deletion_cost=-(2**26))})
    assert _done(state) == [("single_node", ("b",), [])]
    state = _state(nodes, rules=Rules(budgets=(Budget(nodes="1"),)), traits={"web-0": Traits(deletion_cost=2**27)})
    assert _done(state) == [("single_node", ("b",), [])]


def test_a_balanced_pool_moves_pods_only_where_that_saves_enough() -> None:
    nodes = {"few": ("m5.2xlarge", _web(1, 100)), "many": ("m5.2xlarge", _web(15, 500, 20))}
    assert _done(_state(nodes, rules=Rules(policy="Balanced", budgets=()))) == [("single_node", ("few",), [])]
    nodes = {"few": ("m5.2xlarge", _web(1, 7000)), "many": ("m5.large", _web(15, 20, 20))}
    assert _done(_state(nodes)) == [("single_node", ("many",), [])]
    found = look(_state(nodes, rules=Rules(policy="Balanced", budgets=())))
    assert "saves too little" in found.held["many"].reason


def test_nodes_that_leave_or_are_not_ready_use_the_budget_up() -> None:
    nodes = dict.fromkeys("abcde", ("m5.large", ()))
    rules = Rules(budgets=(Budget(nodes="50%"),))
    assert len(_nodes(look(_state(nodes, rules=rules)))) == 3
    assert len(_nodes(look(_state(nodes, rules=rules, owned={"a": {"leaving": True}})))) == 2
    assert len(_nodes(look(_state(nodes, rules=rules, owned={"a": {"ready": False}, "b": {"ready": False}})))) == 1
    # A node that is not ready for pods yet does not count: half of four is two.
    assert len(_nodes(look(_state(nodes, rules=rules, owned={"a": {"initialized": None}})))) == 2


# -- drift


WITH_C5 = (*M5, _machine("c5.large", 2, 0.085))


def _edited(*types: str) -> Pool:
    return _pool(*WITH_C5, types=types)


def test_dc_08_an_edit_drifts_every_m5_large() -> None:
    nodes = {f"n{n:02}": ("m5.large", _web(3, 500, 3 * n)) for n in range(12)}
    state = _state(nodes, *WITH_C5, pool=_edited("m5.large"))
    found = drifting(state, _edited("c5.large"))
    assert sorted(found) == sorted(nodes)
    assert found["n00"] == f"its label {TYPE} is m5.large, which its pool no longer asks for"
    assert not drifting(state, _edited("m5.large", "c5.large"))
    assert len(drifting(state, _edited("m5.large"), template=True)) == 12


def test_dc_08_a_drifted_node_makes_way_for_a_c5_large() -> None:
    drifted = {"drifted": MONDAY - HOUR}
    nodes = {"a": ("m5.large", _web(3, 500)), "b": ("m5.large", _web(3, 500, 3))}
    owned = {"a": drifted, "b": {"drifted": MONDAY - 2 * HOUR}}
    state = _state(nodes, *WITH_C5, pool=_edited("c5.large"), owned=owned)
    assert _done(state) == [("drift", ("b",), ["c5.large"])]
    owned["b"]["leaving"] = True
    held_back = Rules(budgets=(Budget(nodes="1"),))
    assert not look(_state(nodes, *WITH_C5, pool=_edited("c5.large"), owned=owned, rules=held_back)).commands


def test_drifted_nodes_without_pods_come_first() -> None:
    agent = {"agent-0": Traits(daemon=True)}
    nodes = {"a": ("m5.large", _web(3, 500)), "b": ("m5.large", replicas("agent", 1, shape(100)))}
    owned = {"a": {"drifted": MONDAY - 2 * HOUR}, "b": {"drifted": MONDAY}}
    rules = Rules(consolidate_after=None, budgets=())
    state = _state(nodes, *WITH_C5, pool=_edited("c5.large"), owned=owned, traits=agent, rules=rules)
    assert _done(state) == [("drift", ("b",), [])]


def test_drift_goes_on_over_a_pod_that_keeps_its_node_only_with_a_grace_period() -> None:
    nodes, traits = {"a": ("m5.large", _web(1))}, {"web-0": Traits(keeps=True)}
    state = _state(nodes, owned={"a": {"drifted": MONDAY}}, traits=traits)
    assert "karpenter.sh/do-not-disrupt" in look(state).held["a"].reason
    state = _state(nodes, owned={"a": {"drifted": MONDAY, "grace": HOUR}}, traits=traits)
    # Nothing is launched for the pod: it stays until it ends or must.
    assert _done(state) == [("drift", ("a",), [])]


def test_a_pool_that_keeps_a_number_of_nodes_replaces_as_many_at_once_as_its_budget_allows() -> None:
    nodes = dict.fromkeys("abcd", ("m5.large", ()))
    owned = {name: {"drifted": MONDAY} for name in "abc"}
    pool = _pool(*M5, replicas=4)
    rules = Rules(budgets=(Budget(nodes="2"),))
    state = _state(nodes, pool=pool, owned=owned, rules=rules)
    assert _done(state) == [("static_drift", ("a",), ["m5.large"]), ("static_drift", ("b",), ["m5.large"])]
    full = _pool(*M5, replicas=4, limits={"nodes": 5})
    assert len(look(_state(nodes, pool=full, owned=owned, rules=rules)).commands) == 1
    fewer = _pool(*M5, replicas=3)
    assert not look(_state(nodes, pool=fewer, owned=owned, rules=rules)).commands


# -- budgets of pods

_APP = Selector((Condition("app", "In", frozenset({"web"})),))


def test_dc_09_a_budget_of_pods_that_lets_none_go_keeps_the_node() -> None:
    kept = PodBudget(name="web", namespace="default", selector=_APP, allowed=0, max_unavailable=0)
    found = look(_state({"a": ("m5.2xlarge", _web(2))}, pod_budgets=[kept]))
    assert found.held["a"].reason == "web-0 is not evicted: PodDisruptionBudget web lets no pod go"
    free = PodBudget(name="web", namespace="default", selector=_APP, allowed=1)
    assert look(_state({"a": ("m5.2xlarge", _web(2))}, pod_budgets=[free])).commands
    other = PodBudget(name="all", namespace="default", selector=Selector(), allowed=9)
    found = look(_state({"a": ("m5.2xlarge", _web(2))}, pod_budgets=[free, other]))
    assert "eviction knows one budget a pod" in found.held["a"].reason
