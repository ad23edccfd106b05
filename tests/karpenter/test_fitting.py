"""Can this pod run there: what says no, and what it hangs on that nobody knows."""

from __future__ import annotations

from typing import Any

import pytest

from eks_blueprints.karpenter.fitting import Answer, Needs, Nodes, fit
from eks_blueprints.karpenter.requirements import Allowed, Requirement
from eks_blueprints.karpenter.tolerating import Taint, keeping_off, taint_of, toleration_of


def nodes(**fields: Any) -> Nodes:
    known: dict[str, Any] = {"name": "it", "labels": {}, "carries": lambda key: key.startswith("known")}
    return Nodes(**{**known, **fields})


def asks(key: str, *values: str) -> Needs:
    return Needs(alternatives=((Requirement.model_construct(key=key, operator="In", values=values),),))


@pytest.mark.parametrize(
    ("toleration", "admitted"),
    [
        ({"key": "a", "operator": "Exists"}, True),
        ({"key": "a", "value": "1"}, True),
        ({"key": "a", "value": "2"}, False),
        ({"key": "b", "operator": "Exists"}, False),
        ({"operator": "Exists"}, True),
        ({"key": "a", "value": "1", "effect": "NoExecute"}, False),
        ({"key": "a", "value": "1", "effect": "NoSchedule"}, True),
    ],
)
def test_a_taint_is_tolerated_by_key_value_and_effect(toleration: dict[str, str], admitted: bool) -> None:
    taint = taint_of("a", "1", "NO_SCHEDULE")
    assert (keeping_off([taint], [toleration_of(toleration)]) is None) is admitted


def test_a_soft_taint_keeps_nothing_off() -> None:
    assert keeping_off([Taint("a", "", "PreferNoSchedule")], []) is None


def test_what_may_be_is_neither_taken_nor_refused() -> None:
    answer = fit(nodes(types=frozenset({"m7g.large"})), asks("known/label", "x"))
    assert (answer.takes, answer.refused) == (False, "")
    assert "known/label" in answer.unknown


def test_one_alternative_that_fits_is_enough() -> None:
    both = Needs(alternatives=(*asks("other", "x").alternatives, *asks("mine", "x").alternatives))
    mine = nodes(labels={"mine": Allowed(values=frozenset({"x"}), required=True)}, types=frozenset({"m7g.large"}))
    assert fit(mine, both).takes
    assert fit(mine, asks("other", "x")).refused


def test_unread_user_data_makes_even_a_fit_unknown() -> None:
    answer = fit(nodes(unsure="who knows", types=frozenset({"m7g.large"})), Needs())
    assert answer == Answer(unknown="who knows")


def test_hardware_refuses_whatever_is_unknown_besides() -> None:
    assert fit(nodes(unsure="who knows", types=frozenset({"m7g.large"})), Needs(cpu=64)).refused


def test_types_that_are_not_known_pass_what_every_type_holds_and_refuse_what_none_does() -> None:
    assert fit(nodes(), Needs(cpu=0.1, memory=2**26)).takes
    assert fit(nodes(), Needs(cpu=8)).unknown
    assert fit(nodes(), Needs(cpu=10**6)).refused


GIB = 2**30


def test_a_pod_needs_a_disk_that_holds_its_ephemeral_storage() -> None:
    here = nodes(types=frozenset({"m7g.large"}), disk=80 * GIB)
    assert fit(here, Needs(disk=50 * GIB)).takes
    assert fit(here, Needs(disk=80 * GIB)).refused == "has a disk of 80 GiB for images, logs and pods"


def test_an_instance_store_counts_where_it_is_used_and_the_type_holds_the_rest() -> None:
    types = frozenset({"m5.4xlarge", "m5d.large"})  # 75 GB on m5d.large, which has two cores
    on_both = nodes(types=types, disk=20 * GIB, instance_store=True)
    assert fit(on_both, Needs(cpu=1, disk=60 * GIB)).takes
    assert fit(on_both, Needs(cpu=4, disk=60 * GIB)).refused == "has a disk of 20 GiB for images, logs and pods"
    assert fit(nodes(types=types, disk=20 * GIB), Needs(cpu=1, disk=60 * GIB)).refused


def test_a_disk_that_is_not_known_takes_what_every_disk_takes() -> None:
    here = nodes(types=frozenset({"m7g.large"}))
    assert fit(here, Needs(disk=10 * GIB)).takes
    assert fit(here, Needs(disk=100 * GIB)).unknown == "the disk of its nodes is not known"
