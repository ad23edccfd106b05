"""Scenario files, and what is said of those that are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from eks_blueprints.capacity.time.reading import meant, read_scenario
from eks_blueprints.core.errors import InputError
from tests.capacity.time.worlds import AGENT, group, platform, pool, web

HEAD = "start: 2026-03-02T00:00:00Z\nduration: 4h\n"
ON = platform(web(3), web(3, "api", most=9), pools=(pool(),), groups=(group(),), daemons=(AGENT,))

WRONG = [
    ("", "1:1: is empty; got nothing; write start: 2026-03-02T00:00:00Z and duration: 24h"),
    ("- a\n", "needs a mapping at the top"),
    ("duration: 4h\n", "1:1: start: is required; got nothing; add it"),
    ("start: 2026-03-02T00:00:00\nduration: 4h\n", "1:8: start: needs an offset from UTC"),
    ("start: monday\nduration: 4h\n", '1:8: start: is not an instant; got "monday"'),
    ("start: 2026-03-02T00:00:00Z\nduration: -4h\n", '2:11: duration: is negative; got "-4h"'),
    ("start: 2026-03-02T00:00:00Z\nduration: 0s\n", '2:11: duration: must be longer than nothing; got "0s"'),
    (
        "start: 2026-03-02T00:00:00Z\nduration: 240\n",
        '2:11: duration: is not a length of time; got "240"; write days, hours, minutes, seconds, such as 1h30m or 7d',
    ),
    (HEAD + "seed: -1\n", "3:7: seed: is too small; got -1; use at least 0"),
    (HEAD + "evnts: []\n", '3:1: evnts: no such field; got "evnts"; did you mean events?'),
    (HEAD + "events: [{at: 1h, node_los: {}}]\n", "did you mean node_loss?"),
    (HEAD + "events: [{at: 1h}]\n", "events[0]: needs one thing that happens; got none"),
    (HEAD + "events: [{at: 5h, node_loss: {}}]\n", '3:15: events[0].at: is after the end; got "5h"; write 0s to 4h'),
    (
        HEAD + "events: [{at: 1h, node_loss: {count: 200%}}]\n",
        'node_loss.count: is not a number of them; got "200%"',
    ),
    (
        HEAD + "events: [{at: 1h, zone_loss: {zone: eu-west-1d}}]\n",
        'no such zone of this cluster; got "eu-west-1d"; did you mean',
    ),
    (
        HEAD + "events: [{at: 1h, change_pool: {pool: defualt, weight: 3}}]\n",
        'no such NodePool; got "defualt"; did you mean default?',
    ),
    (
        HEAD + "load: [{workload: wbe, replicas: {0h: 3}}]\n",
        '3:19: load[0].workload: no such workload; got "wbe"; did you mean web?',
    ),
    (HEAD + "load: [{workload: agent, replicas: {0h: 3}}]\n", "load[0].workload: is a DaemonSet"),
    (HEAD + "load: [{workload: web, cpu: {1h: 150%}}]\n", "load[0].target: is required: the stack says no target"),
    (HEAD + "load: [{workload: wéb☃, replicas: {0h: three}}]\n", "load[0].replicas.0h: needs a whole number"),
    (HEAD + "load: [{workload: web, replicas: {0h: -3}}]\n", "is no number of pods; got -3; write 0 to 100000"),
    (HEAD + "load: [{workload: api, cores: {0h: much}}]\n", 'load[0].cores.0h: is not a number of cores; got "much"'),
    (
        HEAD + "delays: {node_redy: 30s}\n",
        '3:10: delays.node_redy: no such field; got "node_redy"; did',
    ),
    (HEAD + "load: [{workload: web, replicas: {0h: 3}, every: 0s}]\n", "load[0].every: must be longer than nothing"),
    (
        "start: 2026-03-02T00:00:00Z\nduration: 366d\nload: [{workload: web, replicas: {0s: 3}, every: 1s}]\n",
        "load[0].every: comes too often in 366d",
    ),
    (
        HEAD + "events: [{at: 1h, change_pool: {pool: default, limits: {cpu: lots}}}]\n",
        'change_pool.limits.cpu: is not a valid quantity; got "lots"',
    ),
    (
        HEAD + "events: [{at: 1h, change_pool: {pool: default, labels: {team: a b}}}]\n",
        "change_pool.labels.team: ",
    ),
    (
        HEAD + "events: [{at: 1h, change_pool: {pool: default, expire_after: 0s}}]\n",
        "change_pool.expire_after: would replace every node as soon as it is there; got 0s",
    ),
    ("start: 0001-01-01T00:00:00+23:00\nduration: 1h\n", "1:8: start: is too far away; got"),
    ("start: 9999-12-31T23:00:00Z\nduration: 1h\n", "write a year from 1970 to 2999"),
    (
        HEAD + "load: [{workload: web, replicas: {1h: 3, 60m: 5}}]\n",
        'load[0].replicas.60m: is the same time as "1h"; got "60m"; keep one',
    ),
    (HEAD + "events: [{at: 1h, no_capacity: {type: zz*}}]\n", 'no such instance type of a pool or group; got "zz*"'),
    (HEAD + "delays: {disruption_scan: 0s}\n", "delays.disruption_scan: must be longer than nothing"),
    (HEAD + "delays: {node_ready: 30}\n", 'delays.node_ready: is not a length of time; got "30"; write days'),
    (
        HEAD + "load: [{workload: web, replicas: {6h: 3, 5h: 5}}]\n",
        'load[0].replicas.5h: is after the end; got "5h" as the first figure; write 0s to 4h',
    ),
    (HEAD + "load: [{workload: shop/wbe, replicas: {0h: 3}}]\n", "did you mean shop/web?"),
    (HEAD + "load: [{workload: shop/Deployment/wbe, replicas: {0h: 3}}]\n", "did you mean shop/Deployment/web?"),
    (
        HEAD + "events: [{at: 1h, rollout: {workload: web, max_surge: 0, max_unavailable: 0%}}]\n",
        "events[0].rollout: can replace no pod; got max_surge 0 and max_unavailable 0; set one of them to 1 or more",
    ),
]


def test_each_mistake_is_told_with_its_place_and_what_to_write(tmp_path: Path) -> None:
    file = tmp_path / "scenario.yaml"
    for text, said in WRONG:
        file.write_text(text, encoding="utf-8")
        with pytest.raises(InputError) as error:
            meant(*read_scenario(file), ON)
        assert f"{file}" in str(error.value)
        assert said in str(error.value)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "scenario.yaml"
    file.write_text(
        HEAD + "events:\n  - {at: 1h, rollout: {workload: nobody}}\n  - {at: 2h, new_image: {pool: none}}\n"
    )
    with pytest.raises(InputError) as error:
        meant(*read_scenario(file), ON)
    assert [(each.line, each.path[-1]) for each in error.value.problems] == [(4, "workload"), (5, "pool")]


def test_what_a_scenario_names_is_found_by_any_of_its_names(tmp_path: Path) -> None:
    file = tmp_path / "scenario.yaml"
    file.write_text(
        HEAD + "load:\n  - {workload: shop/api, cpu: {0h: 80%}}\nevents:\n"
        "  - {at: 2026-03-02T01:00:00+01:00, rollout: {workload: shop/Deployment/web}}\n"
    )
    what, document = read_scenario(file)
    names = meant(what, document, ON)
    assert (names.loads, names.rollouts) == ({0: "shop/Deployment/api"}, {0: "shop/Deployment/web"})
    assert what.seconds(what.events[0].at) == 0
