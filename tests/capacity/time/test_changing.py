"""A NodePool changes in a scenario: what its new nodes are, and which of the old ones drift."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from eks_blueprints.capacity.time.simulate import Simulation
from eks_blueprints.core.errors import InputError
from eks_blueprints.karpenter.requirements import Allowed
from eks_blueprints.karpenter.tolerating import Toleration
from eks_blueprints.provisioning.machine import Machine
from eks_blueprints.scheduling.selectors import Condition
from tests.capacity.time.worlds import LARGE, XLARGE, machine, platform, play, pool, rules, scenario, told, web

KEY = "node.kubernetes.io/instance-type"
ARM = machine("m7g.large", 2, 0.08)
ONE = pool(machines=(LARGE,))


def _of_type(*names: str) -> dict[str, Any]:
    return {"key": KEY, "operator": "In", "values": names}


def _all(asked: Mapping[str, Allowed]) -> tuple[Machine, ...]:
    return tuple(each for each in (LARGE, XLARGE, ARM) if KEY not in asked or each.name in asked[KEY])


def _changes(on: Any = ONE, **fields: Any) -> Simulation:
    return play(platform(web(4), pools=(on,)), scenario({"at": "1h", "change_pool": {"pool": "default", **fields}}))


def test_requirements_choose_anew_among_all_instance_types() -> None:
    found = _changes(replace(ONE, machines_for=_all), requirements=[_of_type("m7g.large")])
    (wave,) = found.record.waves
    assert (wave.nodes, wave.ended is not None) == (2, True)
    assert {kind for kind, _ in found.record.hours} == {"m5.large", "m7g.large"}
    said = next(each for each in found.record.entries if "drift" in each.what)
    assert said.what == "change of default: 2 nodes drift"
    assert said.why == f"its label {KEY} is m5.large, which its pool no longer asks for"


def test_what_still_meets_them_stays() -> None:
    found = _changes(replace(ONE, machines_for=_all), requirements=[_of_type("m5.large", "m7g.large")])
    assert (found.record.waves, told(found, "gone")) == ([], [])


def test_requirements_that_leave_nothing_are_refused() -> None:
    with pytest.raises(InputError) as error:
        _changes(replace(ONE, machines_for=_all), requirements=[_of_type("c5.large")])
    said = f'leaves default no instance type; got "{KEY} In c5.large"; ask for less'
    assert [(each.path, each.message) for each in error.value.problems] == [
        (("events", 0, "change_pool", "requirements"), said)
    ]


@pytest.mark.parametrize(
    ("fields", "drift"),
    [
        ({"labels": {"team": "shop"}}, 2),
        ({"labels": {}}, 0),
        ({"taints": [{"key": "own", "effect": "NoSchedule"}]}, 2),
        ({"expire_after": "720h"}, 2),
        ({"expire_after": "Never"}, 0),
        ({"termination_grace_period": "1h"}, 2),
        ({"weight": 10, "limits": {"cpu": "100"}, "disruption": {"consolidate_after": "Never"}}, 0),
    ],
)
def test_what_karpenter_hashes_of_a_pool_drifts_every_node_where_it_changes(fields: Any, drift: int) -> None:
    bears = replace(web(4), shape=replace(web(4).shape, tolerations=(Toleration(operator="Exists"),)))
    what = scenario({"at": "1h", "change_pool": {"pool": "default", **fields}})
    found = play(platform(bears, pools=(ONE,)), what)
    assert sum(each.nodes for each in found.record.waves) == drift
    assert found.record.disrupted == ({"Drifted": drift} if drift else {})


def test_new_nodes_have_the_new_labels_and_taints_and_pods_that_bear_them_alone() -> None:
    found = _changes(taints=[{"key": "own", "effect": "NoSchedule"}])
    # no pod bears the taint: drift finds no place for them, and nothing goes
    assert [len(each.left) for each in found.record.waves] == [2]
    asks = replace(
        web(1, "api"),
        shape=replace(web(1).shape, labels={"app": "api"}, selects=(Condition("team", "In", frozenset({"shop"})),)),
    )
    change = {"at": "1h", "change_pool": {"pool": "default", "labels": {"team": "shop"}}}
    found = play(platform(asks, pools=(replace(ONE, rules=rules()),)), scenario(change))
    assert found.record.workloads["shop/Deployment/api"].longest == 3600 + 1 + 45
    assert found.record.samples[-1].waiting == 0


def test_limits_and_weights_hold_for_launches_from_then_on() -> None:
    other = pool("other", machines=(XLARGE,), weight=1)
    load = [{"workload": "web", "replicas": {"0h": 1, "2h": 12}}]
    heavier = {"at": "1h", "change_pool": {"pool": "default", "weight": 50, "limits": {"cpu": "4"}}}
    found = play(platform(web(1), pools=(ONE, other)), scenario(heavier, load=load))
    assert [what.split(" in ")[0] for _, what in told(found, "nodes")] == [
        "+2 m5.large on-demand",
        "+1 m5.xlarge on-demand",
    ]
