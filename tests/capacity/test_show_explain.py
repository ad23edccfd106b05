"""`capacity explain`: one workload, and what could take it."""

import json
from dataclasses import replace

import click
import jsonschema
import pytest

from eks_blueprints.capacity.explain import demand_named, explained
from eks_blueprints.capacity.explain_text import render, render_daemon
from eks_blueprints.capacity.json_form import of_daemon, of_explained
from eks_blueprints.capacity.model import Demand, Outcome, Platform, Refusal, Running, Waiting
from eks_blueprints.capacity.schema import schema
from eks_blueprints.core.errors import InputError
from eks_blueprints.provisioning.makers import Pool
from eks_blueprints.scheduling.node import Node
from eks_blueprints.scheduling.pod import Shape, Spread
from eks_blueprints.scheduling.selectors import selector
from tests.capacity.outcomes import AGENT, API, WEB, ZONES, demand, small, waiting

ASKED: list[Platform] = []


def place(platform: Platform) -> Outcome:
    """One pod alone: the pool takes it as the small cluster's first node does, the group says why it does not."""
    ASKED.append(platform)
    assert [(each.least, each.most) for each in platform.demands] == [(1, 1)]
    if platform.pools:
        return Outcome(platform=platform, nodes=small().nodes[:1])
    return Outcome(
        platform=platform, waiting=(replace(waiting().waiting[0], count=1, refusals=waiting().waiting[0].refusals[:1]),)
    )


TEXT = """\
shop/Deployment/web  6 to 20 pods of 500m cpu, 512Mi memory, scaled by HorizontalPodAutoscaler web

runs on
  3 pods  m7g.large  eu-west-1a  Karpenter default  filled first by cpu: 80%
  3 pods  m7g.large  eu-west-1b  Karpenter default  filled first by cpu: 80%
  by zone: a 3, b 3

why
  Karpenter fills nodes that are on their way first, the one with the fewest pods before others
  EC2 chooses among the types that hold all pods of the node; the cheapest is planned with

could run on  one pod, if it were alone
  Karpenter default (taken): m7g.large $67/month, m7i.large, m6a.large

cannot run on  one pod, if it were alone
  managed node group system
    limits: max_size 3 is reached (workers)
"""


def test_where_pods_are_why_and_what_else_could_take_them() -> None:
    ASKED.clear()
    found = explained(small(), WEB, place)
    assert click.unstyle("\n".join(render(found))) + "\n" == TEXT
    assert [(len(each.pools), len(each.groups), len(each.running)) for each in ASKED] == [(1, 0, 0), (0, 1, 0)]
    jsonschema.validate(json.loads(json.dumps([of_explained(found)])), schema())


def test_pods_that_wait_are_told_with_what_would_take_them() -> None:
    outcome = replace(waiting(), platform=replace(waiting().platform, groups=small().platform.groups))
    said = click.unstyle("\n".join(render(explained(outcome, WEB, place))))
    assert "6 pods waiting\n    limits           managed node group workers: max_size 3 is reached\n" in said
    assert "→ set max_size of workers to 7" in said
    assert "runs on" not in said
    assert "not known: the pods of chart x are not known" in said


def test_what_karpenter_keeps_though_it_is_only_preferred_is_told() -> None:
    everywhere = selector({"matchLabels": {"app": "web"}})
    soft = Spread(skew=1, key="kubernetes.io/hostname", hard=False, selector=everywhere)
    hard = Spread(skew=1, key="topology.kubernetes.io/zone", hard=True, selector=everywhere)
    for spread, told in (((hard, soft), True), ((hard,), False)):
        picky = replace(WEB, shape=replace(WEB.shape, spread=spread))
        said = " ".join(click.unstyle("\n".join(render(explained(small(), picky, place)))).split())
        assert (
            "Karpenter takes what a pod only prefers (spread over kubernetes.io/hostname) as required while" in said
        ) == told


def test_pools_are_told_in_the_order_in_which_they_are_tried() -> None:
    pools = (Pool(name="last"), Pool(name="first", weight=50), *small().platform.pools)
    outcome = replace(small(), platform=replace(small().platform, pools=pools))
    found = explained(outcome, WEB, place)
    assert [each.name for each in found.candidates] == ["first", "default", "last", "system"]
    said = click.unstyle("\n".join(render(found, width=200)))
    assert "then a new node of the first pool that can: first (50), default (10), last (0), by weight" in said


def test_of_pools_of_one_weight_the_last_by_name_is_tried_first() -> None:
    pools = (
        Pool(name="a"),
        Pool(name="b"),
        Pool(name="kept", replicas=2),
        replace(small().platform.pools[0], weight=0),
    )
    outcome = replace(small(), platform=replace(small().platform, pools=pools))
    found = explained(outcome, WEB, place)
    assert [each.name for each in found.candidates] == ["kept", "default", "b", "a", "system"]
    said = click.unstyle("\n".join(render(found, width=200)))
    assert "that can: default (0), b (0), a (0), all of one weight, so the last by name first" in said
    tied = replace(outcome, platform=replace(outcome.platform, pools=(Pool(name="c", weight=1), *pools)))
    said = click.unstyle("\n".join(render(explained(tied, WEB, place), width=200)))
    assert "c (1), default (0), b (0), a (0), by weight, of one weight the last by name first" in said


def test_nodes_that_are_alike_are_one_line() -> None:
    nodes = tuple(replace(each, zone=ZONES[0]) for each in small().nodes)
    said = click.unstyle("\n".join(render(explained(replace(small(), nodes=nodes), WEB, place))))
    assert "  6 pods on 2 nodes  m7g.large  eu-west-1a  Karpenter default  filled first by cpu: 80%\n" in said


def test_zones_that_nothing_decides_are_told_as_in_a_plan() -> None:
    nodes = tuple(replace(each, zone="", zones=ZONES) for each in small().nodes)
    said = click.unstyle("\n".join(render(explained(replace(small(), nodes=nodes), WEB, place))))
    assert "m7g.large  any of eu-west-1a/b/c  Karpenter default" in said


def test_of_several_clusters_the_name_is_told() -> None:
    of_pods = click.unstyle(next(iter(render(explained(small(), WEB, place), cluster="blue"))))
    of_daemons = click.unstyle(next(iter(render_daemon(AGENT, small(), cluster="blue"))))
    assert of_pods.startswith("blue: shop/Deployment/web  6 to 20 pods")
    assert of_daemons.startswith(f"blue: {AGENT.name}  one pod")


def test_nothing_at_all_that_could_take_it() -> None:
    outcome = Outcome(platform=Platform(name="bare", demands=(WEB,)), waiting=(Waiting(name=WEB.name, count=6),))
    said = click.unstyle("\n".join(render(explained(outcome, WEB, place))))
    assert "there is no pool, group, profile or node that could take it" in said


def test_a_daemon_set_is_on_each_node_that_takes_it() -> None:
    outcome = small()
    bare = replace(outcome.nodes[-1], pods=outcome.nodes[-1].pods[:-1])
    said = click.unstyle("\n".join(render_daemon(AGENT, replace(outcome, nodes=(*outcome.nodes[:-1], bare)))))
    data = of_daemon(AGENT, replace(outcome, nodes=(*outcome.nodes[:-1], bare)))
    jsonschema.validate([data], schema())
    assert [each["pods"] for each in data["nodes"]] == [1, 1, 1, 1]
    assert "runs on 4 of 5 nodes\n  not on nodes of managed node group system" in said


def test_pods_of_a_daemon_set_that_wait_are_told() -> None:
    no = Refusal(where="2 nodes", kind="node", predicate="NodeResourcesFit", reason="Insufficient cpu")
    outcome = replace(small(), waiting=(Waiting(name=AGENT.name, count=2, refusals=(no,)),))
    said = click.unstyle("\n".join(render_daemon(AGENT, outcome)))
    assert said.endswith("2 pods waiting\n    NodeResourcesFit  2 nodes: Insufficient cpu")
    assert of_daemon(AGENT, outcome)["waiting"] == 2


def test_a_pod_of_a_daemon_set_that_its_node_has_no_room_for_is_told() -> None:
    refusal = Refusal(where="1 node", kind="node", predicate="NodeResourcesFit", reason="Insufficient cpu")
    lacking = tuple(
        Waiting(name=f"{AGENT.name}@{name}", count=1, refusals=(refusal,)) for name in ("ip-10-0-0-1", "ip-10-0-0-2")
    )
    other = Waiting(name=WEB.name, count=6)
    outcome = replace(small(), waiting=(*lacking, other))
    said = click.unstyle("\n".join(render_daemon(AGENT, outcome)))
    assert "2 pods waiting for ip-10-0-0-1, ip-10-0-0-2\n    NodeResourcesFit  1 node: Insufficient cpu" in said
    assert of_daemon(AGENT, outcome)["waiting"] == 2


def test_a_workload_of_which_all_pods_run_is_explained_by_the_pod_that_is_named() -> None:
    """An export has it in no demand."""
    first, second = (Shape(requests={"cpu": each}) for each in (100, 200))
    pods = [("shop/ReplicaSet/db#db-a", first), ("shop/ReplicaSet/db#db-b", second), (f"{AGENT.name}@n", first)]
    running = (Running(node=Node(name="n"), pods=(*pods, (f"{WEB.name}#web-a", first))),)
    platform = replace(small().platform, running=running)
    for name, shape in (("shop/ReplicaSet/db", first), ("shop/db-b", second)):
        ((number, found),) = demand_named(name, [platform])
        assert isinstance(found, Demand)
        assert (number, found.name, found.least, found.most) == (0, "shop/ReplicaSet/db", 2, 2)
        assert found.shape is shape
    assert demand_named("web", [platform]) == [(0, WEB)]
    assert demand_named("aws-node", [platform]) == [(0, AGENT)]


@pytest.mark.parametrize(
    "name", ["web", "shop/web", "shop/Deployment/web", "web-7d9f8c6b5-x2x1z", "shop/web-7d9f8c6b5-x2x1z"]
)
def test_a_workload_is_named_by_any_of_its_names_or_a_pod(name: str) -> None:
    assert demand_named(name, [small().platform]) == [(0, WEB)]


def named(name: str, *more: Demand) -> str:
    platform = replace(small().platform, demands=(*small().platform.demands, *more))
    with pytest.raises(InputError) as error:
        demand_named(name, [platform])
    return str(error.value)


def test_a_name_that_is_none_gets_the_nearest_and_one_of_several_all_of_them() -> None:
    assert named("wbe") == 'no such workload; got "wbe"; did you mean web?'
    other = replace(WEB, name="blog/Deployment/web")
    assert named("web", other) == (
        "several workloads have this name; got web; name one of blog/Deployment/web, shop/Deployment/web"
    )
    longer = replace(small().platform, demands=(WEB, demand("web-api", 1, 1, 1)))
    assert [each.name for _, each in demand_named("web-api-0", [longer])] == ["shop/Deployment/web-api"]


def test_a_workload_of_several_clusters_is_explained_in_each() -> None:
    platforms = [replace(small().platform, demands=(API,)), small().platform]
    assert demand_named("aws-node", platforms) == [(0, AGENT), (1, AGENT)]
    assert demand_named("web", platforms) == [(1, WEB)]
