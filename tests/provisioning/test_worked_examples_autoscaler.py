"""Worked examples with numbers: what Cluster Autoscaler does with groups, and where pods are on their nodes."""

from __future__ import annotations

from collections import Counter

from eks_blueprints.provisioning.autoscaler.growing import Growth, scale_up
from eks_blueprints.provisioning.autoscaler.shrinking import Pace, Shrinking, scale_down
from eks_blueprints.provisioning.group_nodes import launch
from eks_blueprints.scheduling.cluster import Cluster
from eks_blueprints.scheduling.node import ZONE
from eks_blueprints.scheduling.pod import Pod, Spread
from eks_blueprints.scheduling.scheduler import place
from eks_blueprints.scheduling.selectors import selector

from .worlds import DEFAULT, cluster, group, machine, replicas, room, running, shape

_WEB = shape(900)
"""Two of these fit on an m5.large."""


def _scaled(found: Cluster, to: int, most: int, nodes: int) -> tuple[list[Pod], Growth]:
    """A workload grows to a number of replicas on a group; the pods that no node takes, and what comes of them."""
    there = len(list(running(found)))
    waiting = [pod for pod in replicas("web", to - there, _WEB, there) if place(pod, found).place is None]
    return waiting, scale_up(found, waiting, [group("workers", most)], {"workers": nodes}, expansion=DEFAULT)


def _three_nodes_of_two_pods(most: int) -> Cluster:
    found = Cluster()
    launch(group("workers", most), 0, 3, found)
    assert all(place(pod, found).place for pod in replicas("web", 6, _WEB))
    return found


def test_ca_02_ten_replicas_need_five_nodes() -> None:
    found = _three_nodes_of_two_pods(most=6)
    assert [len(each.pods) for each in found.places.values()] == [2, 2, 2]
    waiting, growth = _scaled(found, 10, most=6, nodes=3)
    assert (len(waiting), growth.sizes["workers"], len(list(running(found))), growth.left) == (4, 5, 10, ())


def test_ca_03_ca_04_the_maximum_leaves_two_of_fourteen_waiting_and_seven_would_do() -> None:
    found = _three_nodes_of_two_pods(most=6)
    _scaled(found, 10, most=6, nodes=3)
    waiting, growth = _scaled(found, 14, most=6, nodes=5)
    assert (len(waiting), growth.sizes["workers"], len(list(running(found))), len(growth.left)) == (4, 6, 12, 2)
    for each in growth.left:
        assert [(r.group, r.predicate, r.reason) for r in each.refused] == [
            ("workers", "max_size", "it has its max_size of 6 nodes")
        ]
        assert each.remedy == "set max_size of workers to 7"
    again = scale_up(found, [e.pod for e in growth.left], [group("workers", 7)], {"workers": 6}, expansion=DEFAULT)
    assert (again.sizes["workers"], again.left, len(list(running(found)))) == (7, (), 14)


def test_ca_01_adds_what_waits_for_and_takes_away_what_fits_elsewhere() -> None:
    workers, found = group("workers", 6), Cluster()
    small = replicas("web", 4, shape(600))
    grown = scale_up(found, small, [workers], {}, expansion=DEFAULT)
    assert [[pod.name for pod in node.pods] for node in grown.nodes] == [["web-0", "web-2"], ["web-1", "web-3"]]
    first = found.places["workers-0"]
    found.remove(first.pods["web-2"], first)
    members = {node.name: "workers" for node in grown.nodes}
    turns = list(scale_down(found, Shrinking(groups=[workers], members=members)))
    assert [turn.left for turn in turns] == [2, 1]
    assert turns[1].drained == {"workers-0": {"web-0": "workers-1"}}


def test_ca_07_a_group_of_several_types_is_taken_for_its_first() -> None:
    mixed = group("mixed", 5, machine("m5.large"), machine("m5.2xlarge", 7910, 30.0))
    grown = scale_up(Cluster(), replicas("web", 4, _WEB), [mixed], {}, expansion=DEFAULT)
    assert [node.machine.name for node in grown.nodes] == ["m5.large", "m5.large"]


def test_ca_09_ten_empty_nodes_go_at_once_and_occupied_ones_one_after_another() -> None:
    nodes = {f"n{number:02}": room(4000, 16) for number in range(15)}
    pods = {f"n{number:02}": replicas(f"p{number}", 1, shape(1000)) for number in range(12, 15)}
    found = cluster(nodes, pods)
    pool = group("pool", 20)
    shrinking = Shrinking(groups=[pool], members=dict.fromkeys(nodes, "pool"))
    turns = list(scale_down(found, shrinking))
    assert [turn.minute for turn in turns] == [0, 10, 20, 30]
    assert [len(turn.emptied) for turn in turns] == [0, 10, 2, 0]
    assert [len(turn.drained) for turn in turns] == [0, 0, 1, 1]
    assert [turn.left for turn in turns] == [15, 5, 2, 1]


def _two_groups() -> tuple[Cluster, Shrinking]:
    """The layout of CA-10, whose figure was lost in its source; it is written down in docs/design/provisioning.md.

    Group a has node0 to node5, m5.2xlarge; node2 and node3 are idle. Group b, ASG-m5.xlarge, has node6 to node8. No two
    pods of b fit on one node of b, for their ephemeral storage; the pods of a node of a take only what node0 has left.
    """
    big, small = room(7910, 28), room(3920, 14)
    nodes = {f"node{n}": {**big, "ephemeral-storage": 95} for n in range(6)}
    nodes |= {f"node{n}": {**small, "ephemeral-storage": 50} for n in range(6, 9)}
    pods = {
        "node0": [Pod("search", shape(5000, 4))],
        "node1": [Pod("cache", shape(2500, 12))],
        "node4": [Pod("batch", shape(7500, 20))],
        "node5": [Pod("store", shape(4200, 18))],
        "node6": [Pod("api-0", shape(1800, 2, more={"ephemeral-storage": 30}))],
        "node7": [Pod("api-1", shape(1700, 2, more={"ephemeral-storage": 30}))],
        "node8": [Pod("api-2", shape(1900, 2, more={"ephemeral-storage": 30}))],
    }
    groups = [group("a", 10), group("b", 10)]
    members = {name: "a" if int(name[-1]) < 6 else "b" for name in nodes}
    return cluster(nodes, pods), Shrinking(groups=groups, members=members, pace=Pace(together=False))


def test_ca_10_nine_nodes_become_four_in_five_passes() -> None:
    found, shrinking = _two_groups()
    turns = list(scale_down(found, shrinking))
    assert [9, *(turn.left for turn in turns)] == [9, 9, 7, 6, 5, 4]
    assert [turn.emptied for turn in turns] == [(), ("node2", "node3"), (), (), ()]
    assert [dict(turn.drained) for turn in turns[2:]] == [
        {"node1": {"cache": "node0"}},
        {"node6": {"api-0": "node5"}},
        {"node7": {"api-1": "node5"}},
    ]
    assert list(found.places) == ["node0", "node4", "node5", "node8"]
    assert turns[-1].kept["node8"] == "api-2 fits on no other node"


def test_ca_10_since_1_28_a_node_is_drained_in_the_pass_in_which_empty_ones_go() -> None:
    found, shrinking = _two_groups()
    together = Shrinking(groups=shrinking.groups, members=shrinking.members)
    assert [turn.left for turn in scale_down(found, together)] == [9, 6, 5, 4]


def test_hp_02_one_pod_in_each_of_three_zones_becomes_three_in_each() -> None:
    zones = ("a", "b", "c")
    even = Spread(1, ZONE, hard=True, selector=selector({"matchLabels": {"app": "myapp"}}))
    myapp = shape(900, labels={"app": "myapp"}, spread=(even,))
    found, workers = Cluster(), group("workers", 6, zones=zones)
    launch(workers, 0, 3, found)
    waiting = [pod for pod in replicas("myapp", 9, myapp) if place(pod, found).place is None]
    assert len(waiting) == 3  # three nodes have room for six
    growth = scale_up(found, waiting, [workers], {"workers": 3}, expansion=DEFAULT)
    assert (growth.sizes["workers"], growth.left) == (6, ())
    by_zone = Counter(each.node.labels[ZONE] for each in found.places.values() for _ in each.pods)
    assert by_zone == {"a": 3, "b": 3, "c": 3}


def test_ko_30_two_replicas_on_two_nodes_and_four_on_three() -> None:
    found = Cluster()
    launch(group("workers", 3), 0, 3, found)
    for pod in replicas("set", 2, _WEB):
        place(pod, found)
    assert [len(each.pods) for each in found.places.values()] == [1, 1, 0]
    for pod in replicas("set", 2, _WEB, 2):
        place(pod, found)
    assert sorted(len(each.pods) for each in found.places.values()) == [1, 1, 2]


def test_ko_32_a_rollout_needs_room_for_its_surge() -> None:
    full = Cluster()
    launch(group("workers", 2), 0, 2, full)
    assert all(place(pod, full).place for pod in replicas("web", 4, _WEB))
    surge = replicas("web-v2", 1, shape(900))  # maxSurge 25% of 4 replicas
    refused = scale_up(full, surge, [group("workers", 2)], {"workers": 2}, expansion=DEFAULT)
    assert [each.remedy for each in refused.left] == ["set max_size of workers to 3"]
    grown = scale_up(full, surge, [group("workers", 3)], {"workers": 2}, expansion=DEFAULT)
    assert (len(grown.nodes), grown.left) == (1, ())


def test_vp_02_a_smaller_request_of_one_makes_room_for_the_other_on_the_same_node() -> None:
    web, db = Pod("web", shape(600)), Pod("db", shape(600))
    found = cluster({"node1": room(1000, 4)}, {"node1": [web]})
    assert place(db, found).place is None  # one waits
    node = found.places["node1"]
    found.remove(web, node)
    smaller = Pod("web", shape(200))
    assert place(smaller, found).place is node
    assert place(db, found).place is node
    assert sorted(running(found)) == ["db", "web"]  # none waits
