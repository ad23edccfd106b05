"""What instance types offer pools and groups: offerings, labels, volumes, and what is left out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eks_blueprints.karpenter import instances
from eks_blueprints.karpenter.labels import AUTO_MODE, KARPENTER, Flavor, known_labels
from eks_blueprints.provisioning.machine import ON_DEMAND, RESERVED, SPOT, Machine
from eks_blueprints.provisioning.offers import (
    EBS,
    EBS_OF_AUTO_MODE,
    Reservation,
    Way,
    doubts,
    left_out,
    machines,
    unpriced,
)

ZONES = ("eu-central-1a", "eu-central-1b", "eu-central-1c")
IDS = dict(zip(ZONES, ("euc1-az2", "euc1-az3", "euc1-az1"), strict=True))


def hour(name: str) -> float | None:
    return None if name.startswith("r9g.") else 0.1


POOL = Way(region="eu-central-1", zones=ZONES, hour=hour)
GROUP = replace(POOL, kind="managed_node_group")


def one(name: str, way: Way) -> Machine:
    (found,) = machines([name], way)
    return found


def test_windows_costs_its_fee_for_each_vcpu_on_top() -> None:
    way = replace(POOL, image="WINDOWS", windows_fee=0.046, capacity_types=(ON_DEMAND, SPOT), spot=(0.3, 0.7))
    prices = {e.capacity_type: (e.price, e.dearest) for e in one("m5.xlarge", way).offerings}
    assert prices[ON_DEMAND] == pytest.approx((0.284, 0.284))  # 0.1 and 4 × 0.046
    assert prices[SPOT] == pytest.approx((0.214, 0.254))
    burstable = one("t3.medium", way).offerings[0]  # whose fee is lower, nobody says how much
    assert (burstable.price, burstable.dearest) == pytest.approx((0.1, 0.192))
    assert one("m5.xlarge", replace(way, image="AL2023")).offerings[0].price == 0.1


def test_each_zone_and_capacity_type_is_an_offering() -> None:
    found = one("m5.large", replace(POOL, capacity_types=(ON_DEMAND, SPOT), spot=(0.3, 0.7)))
    assert {(each.zone, each.capacity_type) for each in found.offerings} == {
        (zone, kind) for zone in ZONES for kind in (ON_DEMAND, SPOT)
    }
    prices = {each.capacity_type: (each.price, each.dearest) for each in found.offerings}
    assert prices[ON_DEMAND] == (0.1, 0.1)
    assert prices[SPOT] == pytest.approx((0.03, 0.07))
    assert found.labels["karpenter.sh/capacity-type"] == {ON_DEMAND, SPOT}


def test_spot_prices_are_those_of_the_type_where_they_are_known() -> None:
    def share(name: str) -> tuple[float, float] | None:
        return (0.2, 0.4) if name == "m5.large" else None

    way = replace(POOL, capacity_types=(SPOT,), spot=(0.3, 0.7), spot_of=share)
    prices = {name: one(name, way).offerings[0] for name in ("m5.large", "c5.large")}
    assert (prices["m5.large"].price, prices["m5.large"].most) == pytest.approx((0.02, 0.04))
    assert (prices["c5.large"].price, prices["c5.large"].most) == pytest.approx((0.03, 0.07))


def test_the_fee_is_a_share_of_the_on_demand_price_for_spot_too() -> None:
    auto = replace(POOL, kind="auto_mode", fee=0.12, capacity_types=(ON_DEMAND, SPOT), spot=(0.3, 0.7))
    prices = {each.capacity_type: (each.price, each.dearest) for each in one("m5.large", auto).offerings}
    assert prices[ON_DEMAND] == pytest.approx((0.112, 0.112))
    assert prices[SPOT] == pytest.approx((0.042, 0.082))


def test_types_that_have_no_spot_capacity_have_no_offering_of_it() -> None:
    way = Way(region="us-east-1", zones=("us-east-1a",), hour=hour, capacity_types=(ON_DEMAND, SPOT))
    assert [each.capacity_type for each in one("u-3tb1.56xlarge", way).offerings] == [ON_DEMAND]


def test_reservations_are_offered_where_they_are() -> None:
    held = Reservation(id="cr-1", machine="m5.large", zone=ZONES[1], left=3)
    way = replace(POOL, capacity_types=(ON_DEMAND, RESERVED), reservations=(held,))
    found = one("m5.large", way)
    assert [(each.zone, each.reservation, each.left) for each in found.offerings if each.reservation] == [
        (ZONES[1], "cr-1", 3)
    ]
    assert found.labels["karpenter.k8s.aws/capacity-reservation-id"] == {"cr-1"}
    assert not one("m5.xlarge", way).labels["karpenter.k8s.aws/capacity-reservation-id"]
    assert all(not each.reservation for each in one("m5.large", replace(way, capacity_types=(ON_DEMAND,))).offerings)


def test_zones_whose_ids_are_known_offer_what_they_offer() -> None:
    """af-south-1 offers inf1.xlarge in two of its three zones; which, EC2 says by id."""
    three = ("af-south-1a", "af-south-1b", "af-south-1c")
    ids = dict(zip(three, ("afs1-az2", "afs1-az3", "afs1-az1"), strict=True))
    way = Way(region="af-south-1", zones=three, hour=hour)
    known = replace(way, zone_ids=ids)
    assert {each.zone for each in one("inf1.xlarge", known).offerings} == {"af-south-1a", "af-south-1c"}
    assert one("inf1.xlarge", known).labels["topology.k8s.aws/zone-id"] == {"afs1-az1", "afs1-az2"}
    assert doubts(["inf1.xlarge"], known) == ()
    assert {each.zone for each in one("inf1.xlarge", way).offerings} == set(three)
    (doubt,) = doubts(["inf1.xlarge", "m5.large"], way)
    assert doubt.startswith("inf1.xlarge is offered in afs1-az1, afs1-az2 alone, as of 20")
    (several,) = doubts(["inf1.xlarge", "x1.16xlarge", "x1.32xlarge", "m6gd.large"], way)
    assert several.startswith("inf1.xlarge, x1.16xlarge, x1.32xlarge and 1 more are offered in")


def test_what_nobody_knows_of_a_region_is_said() -> None:
    way = Way(region="cn-north-1", zones=("cn-north-1a",), hour=hour)
    assert one("m5.large", way).offerings
    assert doubts(["m5.large"], way) == ("which instance types cn-north-1 offers, and in which zones, is not known",)


@pytest.mark.parametrize(
    ("name", "way", "why"),
    [
        ("u-24tb1.metal", POOL, "has no facts"),
        ("mac2.metal", POOL, "is never launched by Karpenter"),
        ("m5.large", replace(POOL, kind="auto_mode"), ""),
        ("t3.micro", replace(POOL, kind="auto_mode"), "is never launched by EKS Auto Mode"),
        ("m7g.large", replace(POOL, image="WINDOWS"), "does not run Windows"),
        ("a1.large", POOL, "does not run Amazon Linux 2023"),
        ("a1.large", replace(POOL, image="BOTTLEROCKET"), ""),
        ("m5.large", replace(POOL, efa_interfaces=1), "takes no 1 EFA interfaces"),
        ("r9g.large", POOL, "has no price"),
        ("hpc7a.96xlarge", POOL, "is offered in none of its zones"),
        ("hpc7a.96xlarge", replace(POOL, zone_ids=IDS), "is offered in none of its zones"),
    ],
)
def test_types_that_cannot_be_had_are_left_out_with_a_reason(name: str, way: Way, why: str) -> None:
    assert left_out([name, "c5.large"], way).get(name, "").startswith(why)
    assert bool(machines([name], way)) is not bool(why)


def test_a_group_has_its_types_without_a_price() -> None:
    way = replace(GROUP, region="us-east-1", zones=("us-east-1a",))
    assert [each.priced for each in one("r9g.large", way).offerings] == [False]
    assert unpriced(["m5.large", "r9g.large"], way) == ("r9g.large",)


def test_eks_gives_all_nodes_of_a_managed_group_the_fewest_pods() -> None:
    """aws/aws-cdk, issue 29418: 17 pods on t3a.xlarge, where there would be 58, for another type of the group."""
    both = ["t3a.xlarge", "t3a.medium"]
    assert [each.allocatable["pods"] for each in machines(both, GROUP)] == [17, 17]
    assert [each.allocatable["pods"] for each in machines(["t3a.xlarge"], GROUP)] == [58]
    for own in (replace(GROUP, kind="self_managed_node_group"), replace(GROUP, image="CUSTOM")):
        assert [each.allocatable["pods"] for each in machines(both, own)] == [58, 17]
    assert [each.allocatable["pods"] for each in machines(both, replace(GROUP, max_pods=40))] == [40, 40]


def test_nodes_of_groups_have_the_labels_of_kubernetes() -> None:
    found = one("m7g.large", replace(GROUP, capacity_types=(SPOT,))).labels
    assert found["eks.amazonaws.com/capacityType"] == {"SPOT"}
    assert found["kubernetes.io/arch"] == found["beta.kubernetes.io/arch"] == {"arm64"}
    assert found["node.kubernetes.io/instance-type"] == {"m7g.large"}
    assert "karpenter.sh/capacity-type" not in found
    own = one("m7g.large", replace(GROUP, kind="self_managed_node_group")).labels
    assert "eks.amazonaws.com/capacityType" not in own


def test_nodes_of_pools_have_the_labels_of_their_flavor() -> None:
    found = one("g5.xlarge", POOL).labels
    assert found["karpenter.k8s.aws/instance-gpu-name"] == {"a10g"}
    assert found["karpenter.k8s.aws/instance-family"] == {"g5"}
    assert found["topology.kubernetes.io/region"] == {"eu-central-1"}
    assert found["kubernetes.io/os"] == {"linux"}
    auto = one("g5.xlarge", replace(POOL, kind="auto_mode")).labels
    assert auto["eks.amazonaws.com/instance-family"] == {"g5"}
    assert "karpenter.k8s.aws/instance-family" not in auto
    windows = one("m5.large", replace(POOL, image="WINDOWS", windows_build="10.0.20348")).labels
    assert windows["kubernetes.io/os"] == {"windows"}
    assert windows["node.kubernetes.io/windows-build"] == {"10.0.20348"}


@pytest.mark.parametrize("flavor", [KARPENTER, AUTO_MODE], ids=["karpenter", "auto_mode"])
def test_labels_of_a_type_are_those_that_conditions_are_held_to(flavor: Flavor) -> None:
    for name in ("m5.large", "g6f.large", "trn1.32xlarge", "c7i-flex.large", "u-3tb1.56xlarge"):
        labels = instances.labels_of(flavor, name)
        for key in known_labels(flavor) & {*labels}:
            who = instances.carriers(flavor, key)
            assert who is not None
            assert labels[key] == set(who.among(frozenset({name}))), (name, key)
        missing = [key for key in known_labels(flavor) if key.startswith(flavor.group) and key not in labels]
        unheard = [instances.carriers(flavor, key) for key in missing]
        assert all(who is None or name in who.unheard for who in unheard)


# The EBS CSI driver's tests (pkg/driver/node_test.go), by how many interfaces it finds.
@pytest.mark.parametrize(
    ("name", "interfaces", "volumes"),
    [
        ("t2.medium", 1, 38),
        ("m5d.large", 3, 23),
        ("d3en.12xlarge", 1, 2),
        ("d3.8xlarge", 1, 2),
        ("m7i.48xlarge", 2, 127),
        ("g4dn.xlarge", 1, 24),
        ("g4ad.xlarge", 1, 24),
    ],
)
def test_volumes_that_can_be_attached(name: str, interfaces: int, volumes: int) -> None:
    way = Way(kind="managed_node_group", hour=hour, starting_interfaces=interfaces)
    assert one(name, way).volumes == {EBS: volumes}


def test_volumes_that_a_node_starts_with_take_places() -> None:
    """Nodes of m5.large said 25 (attachable-volumes-aws-ebs), with a root volume and two interfaces."""
    assert one("m5.large", GROUP).volumes == {EBS: 25}
    assert one("m5.large", replace(GROUP, image="BOTTLEROCKET")).volumes == {EBS: 24}
    assert one("m5.large", replace(GROUP, starting_volumes=3)).volumes == {EBS: 23}
    assert one("m5.large", replace(POOL, kind="auto_mode", image="BOTTLEROCKET")).volumes == {EBS_OF_AUTO_MODE: 24}


def test_ways_that_are_alike_share_their_machines() -> None:
    asked = ["m5.large", "m7g.large", "c7i.large"]
    first, again = machines(asked, POOL), machines(asked, replace(POOL))
    assert all(one is other for one, other in zip(first, again, strict=True))
    assert machines(asked, replace(POOL, kube_reserved={"cpu": "1"}))[0] is not first[0]


def test_what_is_no_quantity_is_refused() -> None:
    with pytest.raises(ValueError, match="quantity"):
        machines(["m5.large"], replace(GROUP, kube_reserved={"memory": "much"}))
