"""What is worked out of an outcome."""

from dataclasses import replace
from decimal import Decimal

import pytest

from eks_blueprints.capacity.boxes import DAEMONS, Boxes, cells, short_names
from eks_blueprints.capacity.figures import Figures, cost
from eks_blueprints.capacity.model import Outcome, Placed
from eks_blueprints.provisioning.machine import Machine
from eks_blueprints.provisioning.makers import Pool
from eks_blueprints.scheduling.pod import Claim
from tests.capacity.outcomes import CACHE, WEB, ZONES, empty, many, small, spot


def test_cost_is_the_sum_of_the_tables_prices_exactly() -> None:
    found = cost(small().nodes)
    assert (found.low, found.high) == (0.5478, 0.5478)  # four times 0.0913, once 0.1826; a sum of floats is not
    assert sum(each.price or 0 for each in small().nodes) != 0.5478
    assert round(found.month[0], 6) == float(Decimal("0.5478") * 730)


def test_spot_is_a_range_and_nodes_without_a_price_are_named() -> None:
    found = Figures(spot()).cost
    assert found.low == 0.2265
    assert found.high == 0.3665
    assert found.unpriced == ("odd-0",)


def test_spot_and_free_are_shares_of_what_pods_may_request() -> None:
    figures = Figures(spot())
    assert figures.spot[0] == 5
    assert figures.spot[1] == pytest.approx((4 * 1930 + 3920) / (5 * 1930 + 3920 + 250))
    assert Figures(small()).free["cpu"] == pytest.approx(1 - 5750 / (4 * 1930 + 3920))


def test_what_fills_a_node_first_is_its_fullest_dimension() -> None:
    figures = Figures(small())
    found = [use.dimension for node in small().nodes if (use := figures.fullest(node))]
    assert found == ["cpu", "cpu", "cpu", "memory", "memory"]
    assert dict(figures.bound) == {"cpu": 3, "memory": 2}
    assert figures.binding is not None
    assert figures.binding.dimension == "cpu"


def test_pods_gpus_disks_and_volumes_can_be_what_fills_a_node() -> None:
    outcome = small()
    node = outcome.nodes[0]
    tiny = tuple(Placed(name=WEB.name, number=n, requests={"cpu": 1}) for n in range(3))
    for allocatable, requests, wanted in (
        ({"cpu": 1000, "pods": 4}, {}, "pods"),
        ({"cpu": 1000, "pods": 29, "nvidia.com/gpu": 4}, {"nvidia.com/gpu": 1}, "nvidia.com/gpu"),
        ({"cpu": 1000, "pods": 29, "ephemeral-storage": 10}, {"ephemeral-storage": 3}, "ephemeral-storage"),
    ):
        pods = tuple(replace(each, requests={**each.requests, **requests}) for each in tiny)
        found = Figures(Outcome(platform=outcome.platform, nodes=(replace(node, allocatable=allocatable, pods=pods),)))
        assert found.binding is not None
        assert found.binding.dimension == wanted


def test_pods_with_claims_of_their_own_attach_a_volume_each() -> None:
    outcome = small()
    pool = Pool(name="default", machines=(Machine(name="m7g.large", volumes={"ebs.csi.aws.com": 4}),))
    pods = tuple(Placed(name="shop/StatefulSet/db", number=n, requests={"cpu": 10}) for n in range(3))
    node = replace(outcome.nodes[0], pods=pods)
    for own, attached in ((True, 3), (False, 1)):
        claim = Claim(name="shop/data", driver="ebs.csi.aws.com", bound=False, own=own)
        demands = (replace(CACHE, name=pods[0].name, shape=replace(CACHE.shape, claims=(claim,))),)
        platform = replace(outcome.platform, demands=demands, pools=(pool,), groups=())
        use = Figures(Outcome(platform=platform, nodes=(node,))).uses(node)["volumes"]
        assert (use.used, use.most) == (attached, 4)


def test_zones_of_nodes_and_of_each_demand() -> None:
    figures = Figures(small())
    assert figures.zones == {ZONES[0]: 2, ZONES[1]: 2, ZONES[2]: 1}
    assert figures.zones_of(WEB.name) == {ZONES[0]: 3, ZONES[1]: 3}
    assert figures.in_one_zone == ()
    alone = replace(small(), nodes=(*small().nodes[:1], *small().nodes[2:]))
    assert Figures(alone).in_one_zone == (WEB.name,)
    assert Figures(spot()).zones == {ZONES[1]: 1, "": 6}
    assert Figures(spot()).in_one_zone == ()  # where nothing decides the zone, nobody knows


def test_nodes_by_what_makes_them() -> None:
    kinds = Figures(many()).kinds
    assert [(each.first.maker, each.first.machine, len(each.nodes)) for each in kinds] == [
        ("default", "m7g.xlarge", 80),
        ("spot", "m7i.large", 80),
        ("base", "m7g.large", 40),
    ]


def test_an_empty_platform_has_figures_too() -> None:
    figures = Figures(empty())
    assert (figures.cost.month, figures.pods, figures.binding, figures.free, figures.spot) == (
        (0, 0),
        0,
        None,
        {},
        (0, 0),
    )


def test_what_is_not_known_of_requests_is_told_with_the_workload() -> None:
    assert Figures(spot()).unsure == (f"{WEB.name}: the request for memory is an Output, and was taken for nothing",)


def test_cells_keep_the_sum_and_lose_nothing() -> None:
    assert cells([0.5, 0.25], 8) == [4, 2]
    assert cells([0.9, 0.01, 0.01], 10) == [7, 1, 1]
    assert cells([0.34, 0.33, 0.33], 10) == [4, 3, 3]
    assert sum(cells([0.7, 0.7], 10)) == 10


def test_nodes_that_hold_the_same_are_one_row() -> None:
    boxes = Boxes(Figures(small()))
    assert [len(row.nodes) for row in boxes.rows(40)] == [2, 1, 1, 1]
    assert boxes.workloads[0] == WEB.name
    assert [(part.name, part.pods) for part in boxes.parts(small().nodes[0])] == [(WEB.name, 3), (DAEMONS, 1)]
    nodes = small().nodes
    other = replace(nodes[0], name="default-9", pods=nodes[0].pods[1:])  # one pod less of the same workloads
    more = Boxes(Figures(replace(small(), nodes=(*nodes, other))))
    assert [len(row.nodes) for row in more.rows(5)] == [2, 1, 1, 1, 1]
    assert [(len(row.nodes), row.alike) for row in more.rows(4)] == [(3, False), (1, True), (1, True), (1, True)]


def test_names_are_as_short_as_they_can_be() -> None:
    names = ["shop/Deployment/web", "blog/Deployment/web", "blog/StatefulSet/web", "shop/Deployment/api", "row"]
    assert list(short_names(names).values()) == [
        "shop/web",
        "blog/Deployment/web",
        "blog/StatefulSet/web",
        "api",
        "row",
    ]
