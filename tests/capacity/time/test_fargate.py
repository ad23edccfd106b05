"""Pods on Fargate over time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eks_blueprints.capacity.time.summing import Sums
from eks_blueprints.provisioning.makers import Profile
from eks_blueprints.scheduling.pod import HostPort
from tests.capacity.time.worlds import LARGE, SCALED, ZONES, group, platform, play, pool, rules, scenario, told, web

SHOP = Profile(name="shop", selectors=(("shop", {"app": "web"}),), zones=ZONES[:2], rates=(0.04, 0.004, 0.0001))
EMPTIES = pool(machines=(LARGE,), rules=rules())
PRICE = 1 * 0.04 + 2 * 0.004
"""Of a pod of 900m and 512 MiB: 1 vCPU and 2 GB."""


def test_each_pod_has_a_machine_of_its_own_which_comes_for_it_and_goes_with_it() -> None:
    load = {"workload": "web", "replicas": {"0h": 2, "1h": 5, "2h": 1}}
    on = platform(web(2), web(1, "api"), pools=(EMPTIES,), profiles=(SHOP,), groups=(group(start=0, least=0),))
    found = play(replace(on, autoscaler=SCALED), scenario(load=[load]))
    assert [each.nodes for each in found.record.samples if each.at in {0, 3600, 7200}] == [3, 6, 2]
    launched = next(each for each in found.record.entries if each.kind == "nodes")
    assert launched.what.startswith("+3 Fargate 1 vCPU 2 GB on-demand in eu-west-1")
    assert launched.why == "shop, for 3 pods of shop/web"
    assert found.record.workloads["shop/Deployment/web"].longest == 45
    assert found.record.disrupted == {"its pod ended": 4}
    assert Sums(found).verdict == ("every workload kept ready pods, and none waits at the end", "")
    hours = found.record.hours["Fargate 1 vCPU 2 GB", "on-demand"]
    assert hours == 2 * 3600 + 5 * 3600 + 2 * 3600
    assert found.cost[0] == pytest.approx(hours / 3600 * PRICE + 4 * 0.1)


def test_a_lost_zone_takes_its_machines_and_pods_come_again_in_another() -> None:
    found = play(platform(web(6), profiles=(SHOP,)), scenario({"at": "1h", "zone_loss": {"zone": "eu-west-1a"}}))
    (loss,) = found.record.losses
    assert (loss.all, loss.back) == (False, 350 + 45 + 10)
    assert all("eu-west-1a" not in what for _, what in told(found, "nodes"))
    only = replace(SHOP, zones=("eu-west-1a",))
    event = {"at": "1h", "zone_loss": {"zone": "eu-west-1a", "during": "30m"}}
    found = play(platform(web(2), profiles=(only,)), scenario(event))
    assert [at for at, _ in told(found, "nodes")] == [5400]


def test_a_rollout_gives_new_pods_new_machines() -> None:
    event = {"at": "1h", "rollout": {"workload": "web", "max_surge": "1", "max_unavailable": "0"}}
    found = play(platform(web(2), profiles=(SHOP,)), scenario(event, delays={"fargate_ready": "1m"}))
    assert (found.record.disrupted, found.record.samples[-1].nodes) == ({"its pod ended": 2}, 2)
    assert [each.why for each in found.record.entries if each.kind == "done"] == ["took 2m 20s"]


def test_what_fargate_refuses_waits_and_that_is_told() -> None:
    on_port = replace(web(1).shape, ports=(HostPort(80, "TCP", ""),))
    found = play(platform(replace(web(1), shape=on_port), pools=(EMPTIES,), profiles=(SHOP,)), scenario())
    assert found.record.workloads["shop/Deployment/web"].still == 1
    said = "Fargate runs no pod of shop/Deployment/web: uses port 80 of the host, which Fargate refuses"
    assert said in found.record.notes
    assert found.record.samples[-1].nodes == 0
