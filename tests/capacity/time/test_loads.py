"""Pods follow their load, and nodes the pods."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from eks_blueprints.capacity.time.loads import desired
from eks_blueprints.capacity.time.past import read_pods
from eks_blueprints.capacity.time.reading import read_scenario
from eks_blueprints.core.document import Document
from eks_blueprints.core.errors import InputError
from eks_blueprints.scheduling.pod import shape_of
from tests.capacity.time.worlds import SCALED, group, platform, play, pool, scenario, told, web


@pytest.mark.parametrize(("use", "wanted"), [(150, 9), (200, 10), (50, 3), (55, 3), (56, 4), (45, 3), (20, 3)])
def test_a_horizontal_pod_autoscaler_asks_for_pods_by_their_use(use: int, wanted: int) -> None:
    # HP-02: target 50 %, 3 to 10 pods; 3 pods at 150 % give 9, at 200 % 12, which is over the most
    assert desired(3, Fraction(use), 50, least=3, most=10) == wanted


def test_it_goes_up_by_steps_and_down_after_five_minutes() -> None:
    load = {"workload": "web", "cpu": {"10m": "150%", "1h": "10%"}}
    found = play(platform(web(3, most=10), pools=(pool(),)), scenario(load=[load]))
    assert told(found, "scale") == [
        (600, "shop/web 3 → 7 pods"),  # at most 4 more, or twice as many, in 15 seconds
        (615, "shop/web 7 → 9 pods"),
        (3900, "shop/web 9 → 3 pods"),  # 300 seconds after it asked for 9 the last time
    ]
    kept = found.record.workloads["shop/Deployment/web"]
    assert (kept.fewest, kept.still) == (3, 0)


def test_the_fewest_ready_pods_are_the_smallest_share_of_those_that_there_were() -> None:
    load = {"workload": "web", "replicas": {"0h": 2, "1h": 10}}
    event = {"at": "2h", "node_loss": {"count": "60%"}}
    found = play(platform(web(2), pools=(pool(),)), scenario(event, load=[load]))
    kept = found.record.workloads["shop/Deployment/web"]
    # neither the two pods before it grew, nor the eight that were still to come
    assert kept.fewest < kept.wanted_then == 10
    assert kept.fewest_at == 7200
    assert kept.fewest >= 2


def test_a_load_by_cores_does_not_depend_on_the_pods_that_there_are() -> None:
    load = {"workload": "shop/web", "cores": {"10m": "3.6"}, "target": "40%", "max_replicas": 30}
    found = play(platform(web(3, most=10), pools=(pool(),)), scenario(load=[load]))
    assert told(found, "scale")[-1] == (615, "shop/web 7 → 10 pods")  # 3.6 cores are 40 % of 10 × 900m


def test_nodes_come_for_pods_after_their_delays_and_cost_from_then_on() -> None:
    load = {"workload": "web", "replicas": {"0h": 2, "1h": 4, "2h": 2}}
    found = play(platform(web(2), pools=(pool(machines=pool().machines[:1]),)), scenario(load=[load]))
    # two pods of 900m and an agent fill a node of 2 cores
    assert told(found, "nodes") == [(3601, "+1 m5.large on-demand in " + _zone(found))]
    assert told(found, "ready") == [(3646, "ready: default-1")]  # 45 seconds later
    kept = found.record.workloads["shop/Deployment/web"]
    assert (kept.longest, kept.longest_at) == (46, 3600)
    low, high = found.cost
    assert low == high == pytest.approx(0.1 * 4 + 0.1 * (4 - 3601 / 3600))
    assert sum(found.record.hours.values()) == 4 * 3600 + 4 * 3600 - 3601


def _zone(found: object) -> str:
    return found.record.entries[1].what.rpartition(" ")[2]  # type: ignore[attr-defined,no-any-return]


def test_nodes_that_come_have_the_older_names_of_their_labels_too() -> None:
    load = {"workload": "web", "replicas": {"0h": 0, "1h": 1}}
    shape = shape_of({"nodeSelector": {"beta.kubernetes.io/instance-type": "m5.large"}}, {"app": "web"}, "shop")
    found = play(platform(replace(web(0), shape=shape), pools=(pool(),)), scenario(load=[load]))
    assert found.record.workloads["shop/Deployment/web"].still == 0


def test_delays_are_the_scenario_s() -> None:
    load = {"workload": "web", "replicas": {"0h": 2, "1h": 4}}
    what = scenario(load=[load], delays={"node_ready": "3m", "batch_idle": "5s"})
    found = play(platform(web(2), pools=(pool(),)), what)
    assert [at for at, _ in told(found, "nodes", "ready")] == [3605, 3785]


def test_a_load_comes_again() -> None:
    load = {"workload": "web", "replicas": {"0h": 2, "1h": 3}, "every": "2h"}
    found = play(platform(web(2), pools=(pool(),)), scenario(load=[load]))
    assert [at for at, _ in told(found, "scale")] == [3600, 7200, 10800, 14400]


def test_cluster_autoscaler_adds_nodes_and_takes_them_after_ten_minutes() -> None:
    load = {"workload": "web", "replicas": {"0h": 2, "1h": 8, "2h": 2}}
    found = play(platform(web(2), groups=(group(start=1),), autoscaler=SCALED), scenario(load=[load]))
    assert [(at, what.split(" in ")[0]) for at, what in told(found, "nodes")] == [(3610, "+3 m5.large on-demand")]
    gone = [at for at, _ in told(found, "gone")]
    assert gone == [7200 + 10 + 600, 7200 + 10 + 600 + 10 + 30]  # empty ones together, at the next look one with pods
    assert found.record.disrupted == {"unneeded": 3}
    assert found.record.samples[-1].nodes == 1


def test_pods_that_nothing_takes_are_told() -> None:
    load = {"workload": "web", "replicas": {"0h": 2, "1h": 6}}
    found = play(platform(web(2), pools=(pool(limits={"cpu": 4000}),)), scenario(load=[load]))
    assert told(found, "waiting") == [(3601, "2 pods of shop/web")]
    assert found.record.workloads["shop/Deployment/web"].still == 2
    assert found.record.workloads["shop/Deployment/web"].longest == 3 * 3600


def test_pods_of_the_past_come_and_go_with_their_times(tmp_path: Path) -> None:
    table = "name,count,cpu,memory,start,end\nimport,4,900m,1Gi,30m,1h30m\nold,2,900m,1Gi,2026-03-01T00:00:00Z,1h\n"
    (tmp_path / "month.csv").write_text(table)
    what = scenario(pods_from={"file": "month.csv"})
    past = read_pods(what, Document(str(tmp_path / "scenario.yaml"), {}))
    found = play(past.on(platform(web(), pools=(pool(),)), instead=True), what, past)
    assert told(found, "scale") == [(1800, "import 0 → 4 pods"), (3600, "old 2 → 0 pods"), (5400, "import 4 → 0 pods")]
    assert set(found.record.workloads) == {"import", "old"}


def test_times_of_the_past_are_checked(tmp_path: Path) -> None:
    (tmp_path / "month.csv").write_text("name,count,cpu,memory,start,end\na,1,1,1Gi,1h,30m\nb,1,1,1Gi,soon,2h\n")
    with pytest.raises(InputError) as error:
        read_pods(scenario(pods_from={"file": "month.csv"}), Document(str(tmp_path / "scenario.yaml"), {}))
    first, second = str(error.value).splitlines()
    assert first.endswith("month.csv:2:6: end: is not after the start; got 30m; write a later time")
    assert 'month.csv:3:5: start: is not a length of time; got "soon"' in second
    (tmp_path / "scenario.yaml").write_text("start: 2026-03-02T00:00:00Z\nduration: 4h\npods_from:\n  file: gone.csv\n")
    with pytest.raises(InputError, match=r"scenario.yaml:4:9: pods_from.file: is no file, .* got \"gone.csv\"; write"):
        read_pods(*read_scenario(tmp_path / "scenario.yaml"))
