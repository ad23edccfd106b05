"""Where pods go: on nodes that are there, on Fargate, on nodes of pools and groups, and those that wait, with why."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from eks_blueprints.capacity.figures import Figures
from eks_blueprints.capacity.model import Daemon, Demand, Expansion, Outcome, Platform, Running
from eks_blueprints.capacity.place import outcome
from eks_blueprints.karpenter.requirements import Allowed
from eks_blueprints.karpenter.tolerating import Taint
from eks_blueprints.provisioning.machine import RESERVED, Machine, Offering
from eks_blueprints.provisioning.makers import Group, Pool, Profile
from eks_blueprints.provisioning.offers import Way, machines
from eks_blueprints.review.cost.prices import list_prices
from eks_blueprints.scheduling.node import HOST, ZONE, Node
from eks_blueprints.scheduling.pod import Shape, shape_of
from tests.capacity.read.stacks import eks, platform

ZONES = ("eu-west-1a", "eu-west-1b", "eu-west-1c")
GIB = 2**30
CAPACITY_TYPE, TYPE = "karpenter.sh/capacity-type", "node.kubernetes.io/instance-type"


def machine(name: str, cores: int, price: float, *capacity_types: str) -> Machine:
    """An instance type that keeps a tenth of a core, with four GiB a core."""
    kinds = capacity_types or ("on-demand",)
    return Machine(
        name=name,
        labels={
            TYPE: frozenset({name}),
            ZONE: frozenset(ZONES),
            CAPACITY_TYPE: frozenset(kinds),
            "kubernetes.io/arch": frozenset({"amd64"}),
            "kubernetes.io/os": frozenset({"linux"}),
        },
        capacity={"cpu": cores * 1000, "memory": cores * 4 * GIB, "pods": 29},
        allocatable={"cpu": cores * 1000 - 100, "memory": cores * 4 * GIB - GIB, "pods": 29},
        offerings=tuple(
            Offering(
                zone=zone,
                capacity_type=kind,
                price=price * (0.3 if kind == "spot" else 1),
                most=price * 0.6 if kind == "spot" else None,
            )
            for zone in ZONES
            for kind in kinds
        ),
    )


LARGE, XLARGE, X2 = machine("m5.large", 2, 0.1), machine("m5.xlarge", 4, 0.2), machine("m5.2xlarge", 8, 0.4)
MACHINES = (LARGE, XLARGE, X2)


def demand(name: str, count: int, *, most: int | None = None, **spec: Any) -> Demand:
    return Demand(
        name=f"shop/Deployment/{name}", shape=shape(name, **spec), least=count, most=count if most is None else most
    )


def shape(name: str, *, cpu: str = "1", **spec: Any) -> Shape:
    container = {"resources": {"requests": {"cpu": cpu, **spec.pop("requests", {})}}}
    return shape_of({"containers": [container], **spec}, {"app": name}, "shop", priority=spec.pop("priority", None))


def group(name: str = "workers", **fields: Any) -> Group:
    return Group(**{"name": name, "machines": (LARGE,), "zones": ZONES, "start": 1, "least": 1, "most": 3, **fields})


def told(found: Outcome) -> list[tuple[str, str, str, int]]:
    """Each node: what makes it, its kind, its type, and how many pods of workloads it has."""
    return [(e.maker, e.kind, e.machine, sum(not pod.daemon for pod in e.pods)) for e in found.nodes]


def test_pods_go_to_nodes_that_are_there_before_any_is_added() -> None:
    pool = Pool(name="default", machines=MACHINES)
    found = outcome(Platform(name="a", demands=(demand("web", 3),), groups=(group(),), pools=(pool,)))
    assert told(found) == [("workers", "managed_node_group", "m5.large", 1), ("default", "karpenter", "m5.xlarge", 2)]
    assert [each.new for each in found.nodes] == [False, True]
    assert not found.waiting


def test_daemon_sets_are_on_every_node_that_takes_them() -> None:
    agent = Daemon(name="kube-system/DaemonSet/agent", shape=shape("agent", cpu="500m"))
    picky = Daemon(name="kube-system/DaemonSet/gpu", shape=shape("gpu", nodeSelector={TYPE: "g5.xlarge"}))
    pool = Pool(name="default", machines=MACHINES)
    platform = Platform(name="a", demands=(demand("web", 3),), daemons=(agent, picky), groups=(group(),), pools=(pool,))
    found = outcome(platform)
    assert [[pod.name for pod in node.pods if pod.daemon] for node in found.nodes] == [[agent.name], [agent.name]]
    assert told(found)[1] == ("default", "karpenter", "m5.xlarge", 2)  # 2.5 of 3.9 cores; 1.9 would be too few


def running(name: str, *pods: tuple[str, Shape]) -> Running:
    """A node of 1.9 cores that is there."""
    labels = {HOST: name, ZONE: ZONES[0]}
    return Running(node=Node(name=name, labels=labels, allocatable=LARGE.allocatable), pods=pods, machine="m5.large")


@pytest.mark.parametrize("there", ["group", "running"])
def test_pods_of_daemon_sets_without_room_on_their_node_wait(there: str) -> None:
    agent = Daemon(name="kube-system/DaemonSet/agent", shape=shape("agent", cpu="1500m"))
    large = Daemon(name="shop/DaemonSet/large", shape=shape("large", cpu="500m"))
    both = (agent, large)
    nodes = [running(n, *((f"{each.name}@{n}", each.shape) for each in both)) for n in "ab"]
    made: dict[str, Any] = {"groups": (group(start=2),)} if there == "group" else {"running": tuple(nodes)}
    found = outcome(Platform(name="a", daemons=both, **made))
    assert [[pod.name for pod in node.pods] for node in found.nodes] == [[agent.name]] * 2
    (waiting,) = found.waiting
    assert (waiting.name, waiting.count) == (large.name, 2)
    assert [(e.where, e.predicate, e.reason) for e in waiting.refusals] == [
        ("2 nodes", "NodeResourcesFit", "Insufficient cpu")
    ]


def test_a_pod_of_a_daemon_set_that_gives_way_waits_for_its_own_node() -> None:
    agent = Daemon(name="kube-system/DaemonSet/agent", shape=shape("agent", cpu="700m"))
    critical = demand("critical", 1, cpu="1500m", nodeSelector={HOST: "a"}, priority=1000)
    there = tuple(running(name, (f"{agent.name}@{name}", agent.shape)) for name in "ab")
    found = outcome(Platform(name="a", daemons=(agent,), demands=(critical,), running=there))
    assert [[pod.name for pod in node.pods] for node in found.nodes] == [[critical.name], [agent.name]]
    assert found.evicted == ((agent.name, critical.name, 1),)
    assert [(each.name, each.count) for each in found.waiting] == [(agent.name, 1)]


def test_groups_grow_only_with_cluster_autoscaler_and_say_what_would_do() -> None:
    web = demand("web", 6)
    still = outcome(Platform(name="a", demands=(web,), groups=(group(),)))
    assert [(each.name, each.count) for each in still.waiting] == [(web.name, 5)]
    grown = outcome(Platform(name="a", demands=(web,), groups=(group(),), autoscaler=Expansion()))
    assert Counter(each.new for each in grown.nodes) == {False: 1, True: 2}
    (waiting,) = grown.waiting
    assert (waiting.count, waiting.remedy) == (3, "set max_size of workers to 6")
    assert ("workers", "max_size") in [(each.where, each.predicate) for each in waiting.refusals]


def test_where_both_add_nodes_karpenter_comes_first_and_a_note_says_so() -> None:
    pool = Pool(name="default", machines=(LARGE,), limits={"cpu": 2000})
    platform = Platform(name="a", demands=(demand("web", 3),), groups=(group(),), pools=(pool,), autoscaler=Expansion())
    found = outcome(platform)
    assert [each[0] for each in told(found)] == ["workers", "default", "workers"]
    assert any("Cluster Autoscaler" in note for note in found.notes)


def test_what_kube_scheduler_does_not_spread_as_karpenter_thought_gets_another_node() -> None:
    same = {"labelSelector": {"matchLabels": {"app": "web"}}}
    over = {"topologyKey": HOST, "maxSkew": 2, "whenUnsatisfiable": "DoNotSchedule", **same}
    web = demand("web", 4, cpu="100m", topologySpreadConstraints=[over])
    # The third pod finds no room within the limits, gives up to keep off the taint, and is then counted anew.
    limited = Pool(name="b", machines=(LARGE, XLARGE), limits={"cpu": 5000})
    tainted = Pool(name="c", machines=MACHINES, taints=(Taint("own", "x", "PreferNoSchedule"),))
    found = outcome(
        Platform(
            name="a",
            demands=(web,),
            groups=(group(taints=(Taint("own", "y", "NoSchedule"),)),),
            pools=(limited, tainted),
        )
    )
    assert [(each[0], each[3]) for each in told(found)] == [("workers", 0), ("b", 2), ("b", 2)]
    assert found.waiting == ()


def test_a_zone_that_is_asked_for_by_its_id_is_the_one_that_nodes_are_in() -> None:
    ids = dict(zip(ZONES, ("euw1-az3", "euw1-az1", "euw1-az2"), strict=True))
    way = Way(region="eu-west-1", zones=ZONES, zone_ids=ids, hour=lambda _: 0.1)
    key = "topology.k8s.aws/zone-id"
    asked = {key: Allowed(values=frozenset({"euw1-az2", "euw1-az1"}))}
    pool = Pool(name="default", requirements=asked, machines=machines(["m5.large"], way))
    either, one = demand("web", 1, cpu="1500m"), demand("api", 2, cpu="1500m", nodeSelector={key: "euw1-az2"})
    found = outcome(Platform(name="a", demands=(either, one), pools=(pool,)))
    assert sorted((each.zone, each.zones) for each in found.nodes) == [
        ("", ("eu-west-1b", "eu-west-1c")),
        ("eu-west-1c", ("eu-west-1c",)),
        ("eu-west-1c", ("eu-west-1c",)),
    ]
    # The pod of a second round goes to a node by the id of the zone that it was launched in.
    kept = replace(pool, replicas=2)
    found = outcome(
        Platform(name="a", demands=(demand("api", 1, cpu="1", nodeSelector={key: "euw1-az2"}),), pools=(kept,))
    )
    assert found.waiting == ()
    none = outcome(Platform(name="a", demands=(demand("api", 1, nodeSelector={key: "euw1-az3"}),), pools=(pool,)))
    assert len(none.waiting) == 1


def test_limits_of_a_pool_are_raised_before_a_group_grows() -> None:
    pool = Pool(name="default", machines=(LARGE,), limits={"cpu": 2000})
    found = outcome(Platform(name="a", demands=(demand("web", 3),), groups=(group(),), pools=(pool,)))
    assert [each.remedy for each in found.waiting] == ["raise the limits of default: cpu to 4"]


def test_at_most_there_are_as_many_pods_as_their_scaler_allows() -> None:
    web = replace(demand("web", 3, most=10), scaled_by="HorizontalPodAutoscaler web")
    platform = Platform(name="a", demands=(web,), pools=(Pool(name="default", machines=MACHINES),))
    assert sum(each[3] for each in told(outcome(platform))) == 3
    assert sum(each[3] for each in told(outcome(platform, at="most"))) == 10


def test_at_most_pods_are_as_large_as_they_may_become() -> None:
    web = replace(demand("web", 1), largest=shape("web", cpu="7"))
    platform = Platform(name="a", demands=(web,), pools=(Pool(name="default", machines=MACHINES),))
    assert [each[2] for each in told(outcome(platform))] == ["m5.large"]
    assert [each[2] for each in told(outcome(platform, at="most"))] == ["m5.2xlarge"]


def test_vp_09_what_is_larger_than_every_node_waits() -> None:
    web = replace(demand("web", 1), largest=shape("web", cpu="8"))
    platform = Platform(name="a", demands=(web,), pools=(Pool(name="default", machines=MACHINES),))
    (waiting,) = outcome(platform, at="most").waiting
    assert [(each.where, each.predicate) for each in waiting.refusals] == [("default", "NodeResourcesFit")]


def test_limits_are_filled_in_several_rounds() -> None:
    apart = {"topologyKey": HOST, "labelSelector": {"matchLabels": {"app": "web"}}}
    web = demand("web", 4, affinity={"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [apart]}})
    # In one round each node counts as the largest it could be, 8 cores.
    pool = Pool(name="default", machines=MACHINES, limits={"cpu": 8000})
    found = outcome(Platform(name="a", demands=(web,), pools=(pool,)))
    assert [each[2] for each in told(found)] == ["m5.large"] * 4
    more = outcome(Platform(name="a", demands=(replace(web, least=5),), pools=(pool,)))
    (waiting,) = more.waiting
    assert (waiting.count, waiting.remedy) == (1, "raise the limits of default: cpu to 10")


def test_a_reservation_is_taken_once_and_the_rest_is_on_demand() -> None:
    held = Offering(zone=ZONES[0], capacity_type=RESERVED, price=0.0, reservation="cr-1", left=1)
    labels = {**LARGE.labels, CAPACITY_TYPE: frozenset({"reserved", "on-demand"})}
    both = replace(LARGE, labels=labels, offerings=(held, *LARGE.offerings))
    found = outcome(Platform(name="a", demands=(demand("web", 3),), pools=(Pool(name="default", machines=(both,)),)))
    assert Counter(each.capacity_type for each in found.nodes) == {"reserved": 1, "on-demand": 2}


def test_a_pool_of_a_fixed_size_keeps_its_nodes_in_all_zones() -> None:
    pool = Pool(name="kept", machines=(LARGE,), replicas=3)
    found = outcome(Platform(name="a", demands=(demand("web", 4),), pools=(pool,)))
    assert [(each.maker, each.zone, each.new) for each in found.nodes] == [("kept", zone, False) for zone in ZONES]
    assert [each.count for each in found.waiting] == [1]


def test_a_pool_of_a_fixed_size_keeps_to_its_limit_of_nodes() -> None:
    pool = Pool(name="kept", machines=(LARGE,), replicas=3, limits={"nodes": 2})
    found = outcome(Platform(name="a", demands=(demand("web", 3),), pools=(pool,)))
    assert len(found.nodes) == 2
    (waiting,) = found.waiting
    assert [(each.where, each.predicate) for each in waiting.refusals][-1] == ("kept", "replicas")


def test_a_node_that_a_pool_keeps_has_the_capacity_type_that_it_is_launched_with() -> None:
    pool = Pool(name="kept", machines=(machine("m5.large", 2, 0.1, "spot", "on-demand"),), replicas=1)
    found = outcome(
        Platform(name="a", demands=(demand("web", 1, nodeSelector={CAPACITY_TYPE: "spot"}),), pools=(pool,))
    )
    assert (len(found.nodes), found.waiting) == (1, ())


OLD_SELECTORS = {
    "beta.kubernetes.io/arch": "amd64",
    "beta.kubernetes.io/os": "linux",
    "beta.kubernetes.io/instance-type": "m5.large",
    "failure-domain.beta.kubernetes.io/zone": ZONES[0],
}


@pytest.mark.parametrize("made", ["group", "pool", "kept"])
def test_nodes_have_the_older_names_of_their_labels_too(made: str) -> None:
    pools = {"pool": Pool(name="p", machines=(LARGE,)), "kept": Pool(name="p", machines=(LARGE,), replicas=1)}
    each = {"groups": (group(),)} if made == "group" else {"pools": (pools[made],)}
    first, second = (demand(name, 1, cpu="500m", nodeSelector=OLD_SELECTORS) for name in ("first", "second"))
    # The second finds the node that came for the first, by kube-scheduler's own look at it.
    found = outcome(Platform(name="a", demands=(first, second), **each))
    assert (len(found.nodes), found.waiting) == (1, ())


def test_what_a_profile_selects_runs_on_fargate() -> None:
    profile = Profile(name="shop", selectors=(("shop", {"app": "web"}),), zones=ZONES, rates=(0.04, 0.004, 0.0001))
    web = demand("web", 2, cpu="250m", requests={"memory": "512Mi"})
    found = outcome(Platform(name="a", demands=(web, demand("api", 1)), profiles=(profile,)))
    assert told(found) == [("shop", "fargate", "0.25 vCPU, 1 GB", 1)] * 2
    assert [each.price for each in found.nodes] == pytest.approx([0.25 * 0.04 + 0.004] * 2)
    assert [each.name for each in found.waiting] == ["shop/Deployment/api"]


def test_what_is_too_large_for_fargate_waits_with_the_largest_there_is() -> None:
    profile = Profile(name="shop", selectors=(("shop", {}),))
    found = outcome(Platform(name="a", demands=(demand("web", 2, cpu="17"),), profiles=(profile,)))
    (waiting,) = found.waiting
    assert (waiting.count, waiting.refusals[0].where, waiting.refusals[0].predicate) == (2, "shop", "size")
    assert "16 vCPU and 120 GB" in waiting.refusals[0].reason


def test_what_fargate_refuses_of_a_spec_waits_with_the_reason() -> None:
    profile = Profile(name="shop", selectors=(("shop", {}),))
    web = replace(demand("web", 1), barred=(("privileged", "container main is privileged, which Fargate refuses"),))
    (waiting,) = outcome(Platform(name="a", demands=(web,), profiles=(profile,))).waiting
    assert [(each.where, each.predicate) for each in waiting.refusals] == [("shop", "privileged")]


def test_less_important_pods_give_way_and_wait_for_a_node() -> None:
    batch = replace(demand("batch", 1), shape=shape("batch", priority=-1))
    web = replace(demand("web", 1), shape=shape("web", priority=1000))
    node = Running(node=_node("a"), pods=(("shop/Deployment/batch#0", batch.shape),), machine="m5.large")
    platform = Platform(name="a", demands=(web,), running=(node,))
    found = outcome(platform)
    assert found.evicted == (("shop/Deployment/batch", "shop/Deployment/web", 1),)
    assert [pod.name for pod in found.nodes[0].pods] == [web.name]
    assert [each.name for each in found.waiting] == ["shop/Deployment/batch"]


def _node(name: str) -> Node:
    return Node(name=name, labels={HOST: name, ZONE: ZONES[0]}, allocatable=LARGE.allocatable)


def test_nodes_that_run_count_towards_limits_and_sizes() -> None:
    pool = Pool(name="default", machines=(LARGE,), limits={"cpu": 4000})
    there = tuple(
        Running(
            node=_node(f"n{number}"),
            pods=((f"other-{number}", shape("other")),),
            machine="m5.large",
            capacity_type="on-demand",
            maker="default",
            offerings=(Offering(zone=ZONES[0], price=0.1),),
        )
        for number in range(2)
    )
    found = outcome(Platform(name="a", demands=(demand("web", 1),), pools=(pool,), running=there))
    assert [(each.kind, each.price) for each in found.nodes] == [("running", 0.1), ("running", 0.1)]
    assert [each.remedy for each in found.waiting] == ["raise the limits of default: cpu to 6"]


def test_nodes_beyond_their_limit_are_told() -> None:
    def notes(most: int) -> str:
        pool = Pool(name="default", machines=(LARGE,), limits={"nodes": most})
        return "; ".join(outcome(Platform(name="a", demands=(demand("web", 3),), pools=(pool,))).notes)

    assert "pool default gets 3 nodes, and its limit is 2" in notes(2)
    assert "limit" not in notes(3)


def test_each_refusal_of_nodes_that_are_there_is_counted() -> None:
    tainted = group("tainted", taints=(Taint("dedicated", "gpu", "NoSchedule"),), start=2, most=2)
    full = group("full", start=1, most=1)
    (waiting,) = outcome(Platform(name="a", demands=(demand("web", 1, cpu="3"),), groups=(tainted, full))).waiting
    there = {(each.where, each.predicate) for each in waiting.refusals if each.kind == "node"}
    assert there == {("2 nodes", "TaintToleration"), ("1 node", "NodeResourcesFit")}


def test_spot_groups_cost_from_the_cheapest_of_their_types_to_the_dearest() -> None:
    spot = tuple(machine(each.name, cores, price, "spot") for each, cores, price in ((LARGE, 2, 0.1), (XLARGE, 4, 0.2)))
    found = outcome(Platform(name="a", groups=(group(machines=spot, capacity_type="spot"),)))
    assert [(each.machine, each.price, each.most) for each in found.nodes] == [
        ("m5.large", pytest.approx(0.03), pytest.approx(0.12))
    ]


def test_au_16_to_18_system_pods_go_to_system_and_a_heavier_pool_takes_the_rest() -> None:
    """AU-14, AU-16 and AU-18: the built-in pools weigh 0; `system` takes only what bears its taint."""
    critical = Taint("CriticalAddonsOnly", "", "NoSchedule")
    built_in = (
        Pool(name="general-purpose", machines=MACHINES, auto_mode=True),
        Pool(name="system", machines=MACHINES, taints=(critical,), auto_mode=True),
    )
    dns = demand("dns", 2, tolerations=[{"key": "CriticalAddonsOnly", "operator": "Exists"}])
    web = demand("web", 2)
    found = outcome(Platform(name="a", demands=(dns, web), pools=built_in))
    makers = {pod.name.rpartition("/")[2]: node.maker for node in found.nodes for pod in node.pods}
    # Of pools of the same weight the later name is tried first.
    assert makers == {"dns": "system", "web": "general-purpose"}
    assert {each.kind for each in found.nodes} == {"auto_mode"}
    mine = Pool(name="mine", weight=1, machines=MACHINES, auto_mode=True)
    found = outcome(Platform(name="a", demands=(web,), pools=(*built_in, mine)))
    assert {each.maker for each in found.nodes} == {"mine"}


def test_ko_25_without_any_capacity_all_pods_wait() -> None:
    (waiting,) = outcome(Platform(name="a", demands=(demand("nginx", 2),))).waiting
    assert (waiting.count, waiting.refusals) == (2, ())


def test_ko_22_a_volume_keeps_its_pod_in_its_zone() -> None:
    from eks_blueprints.scheduling.pod import Claim
    from eks_blueprints.scheduling.selectors import Condition, NodeTerm

    term = NodeTerm(labels=(Condition(ZONE, "In", frozenset({ZONES[1]})),))
    pinned = replace(demand("db", 1).shape, claims=(Claim("shop/ebs-claim", driver="ebs.csi.aws.com", terms=(term,)),))
    db = replace(demand("db", 1), shape=pinned)
    there = outcome(Platform(name="a", demands=(db,), groups=(group(start=3),)))
    assert [each.zone for each in there.nodes if each.pods] == [ZONES[1]]
    new = outcome(Platform(name="a", demands=(db,), pools=(Pool(name="default", machines=MACHINES),)))
    assert [each.zone for each in new.nodes] == [ZONES[1]]
    west = Pool(name="default", machines=MACHINES, requirements={ZONE: Allowed(values=frozenset({ZONES[0]}))})
    (waiting,) = outcome(Platform(name="a", demands=(db,), pools=(west,))).waiting
    assert waiting.refusals[0].where == "default"


def test_kp_01_the_whole_chain_from_more_pods_to_more_nodes() -> None:
    """HP-05, KP-01: the autoscaler of pods makes more of them, they wait, and Karpenter adds a node."""
    web = demand("web", 3, most=9)
    platform = Platform(name="a", demands=(web,), groups=(group(start=3),), pools=(Pool(name="d", machines=MACHINES),))
    assert {each.maker for each in outcome(platform).nodes} == {"workers"}
    at_most = outcome(platform, at="most")
    assert [each.machine for each in at_most.nodes if each.maker == "d"] == ["m5.2xlarge"]
    assert sum(sum(not pod.daemon for pod in each.pods) for each in at_most.nodes) == 9


def test_the_same_platform_always_comes_out_the_same() -> None:
    web = demand("web", 7)
    platform = Platform(name="a", demands=(web,), groups=(group(),), pools=(Pool(name="d", machines=MACHINES),))
    assert told(outcome(platform)) == told(outcome(platform))


def test_what_is_added_costs_what_the_offerings_say() -> None:
    spot = machine("m5.xlarge", 4, 0.2, "spot", "on-demand")
    found = outcome(Platform(name="a", demands=(demand("web", 3),), pools=(Pool(name="d", machines=(spot,)),)))
    assert [(each.price, each.most) for each in found.nodes] == [(pytest.approx(0.06), pytest.approx(0.12))]
    assert any("spot" in note for note in found.notes)


def test_ko_09_the_tightest_dimension_is_the_one_that_is_reported() -> None:
    many = demand("many", 26, cpu="10m")
    agents = tuple(Daemon(name=f"agent-{n}", shape=shape("agent", cpu="1m")) for n in range(3))
    found = outcome(Platform(name="a", demands=(many,), daemons=agents, groups=(group(),)))
    figures = Figures(found)
    fullest = figures.fullest(found.nodes[0])
    assert fullest is not None
    assert (fullest.dimension, fullest.share) == ("pods", 1.0)


def test_au_06_a_new_cluster_of_auto_mode_has_neither_nodes_nor_pods() -> None:
    auto = eks(computeConfig={"enabled": True, "nodePools": ["general-purpose", "system"]})
    found = platform(eks_=auto)
    assert (found.demands, found.daemons) == ((), ())
    assert outcome(found).nodes == ()


def test_au_15_general_purpose_launches_on_demand_c_m_and_r_above_the_fourth_generation_on_amd64() -> None:
    found = platform(eks_=eks(computeConfig={"enabled": True, "nodePools": ["general-purpose", "system"]}))
    (node,) = outcome(replace(found, demands=(demand("web", 2),))).nodes
    assert (node.maker, node.kind, node.capacity_type) == ("general-purpose", "auto_mode", "on-demand")
    for name in (node.machine, *node.alternatives):
        category, generation = name[0], name.partition(".")[0].lstrip("cmr")[0]
        assert category in "cmr", name
        assert int(generation) > 4, name
        assert "g" not in name.partition(".")[0].lstrip("cmr")[1:2], name  # Graviton is arm64


def test_au_18_and_au_21_auto_mode_costs_its_fee_on_top_of_the_list_price() -> None:
    found = platform(eks_=eks(computeConfig={"enabled": True, "nodePools": ["general-purpose"]}))
    (node,) = outcome(replace(found, demands=(demand("web", 2),))).nodes
    hour = list_prices().instance(node.machine, "eu-west-1")
    assert hour is not None
    assert node.price == pytest.approx(hour * 1.12)


def test_pods_on_windows_nodes_that_could_be_on_linux_as_well_are_noted() -> None:
    system = "kubernetes.io/os"
    there = Running(node=Node(name="w", labels={HOST: "w", system: "windows"}, allocatable=X2.allocatable))
    both = (demand("any", 1), demand("own", 1, nodeSelector={system: "windows"}))
    found = outcome(Platform(name="shop", region="eu-west-1", demands=both, running=(there,)))
    assert [each for each in found.notes if "Windows" in each] == [
        f"on Windows nodes, and without a selector for {system}: shop/Deployment/any; Linux images fail there"
    ]
