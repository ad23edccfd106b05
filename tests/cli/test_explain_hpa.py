# ruff: noqa: E501 - one case a line
"""`eks-blueprints explain hpa`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from eks_blueprints.cli.explain import command
from eks_blueprints.core.errors import InputError


def run(*words: str) -> str:
    done = CliRunner().invoke(command, ["hpa", *words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.output


def ends(*words: str) -> int:
    """How many pods there are in the end."""
    return int(json.loads(run(*words, "--format", "json"))["moments"][-1]["desired"])


PLAIN = ("--min", "3", "--max", "10", "--target", "cpu=50%")


def test_each_step_is_shown() -> None:
    assert run(*PLAIN, "--metric", "cpu=150%").splitlines() == [
        "an autoscaler  3 to 10 pods",
        "",
        "at 0 s  3 -> 6",
        "  cpu  wants 9",
        "      ratio: 4500m of 3 requested is 150 %; 150 / 50 = 3",
        "      ceil(3 x 3 pods) = 9",
        "  at most twice the pods, or 4, at once (6): 9 becomes 6",
        "",
        "in the end: 6 pods",
    ]


@pytest.mark.parametrize(
    ("words", "pods"),
    [
        (("--total", "cpu=4500m", "--request", "cpu=1", "--until", "60"), 9),
        (("--total", "cpu=6", "--request", "cpu=1", "--until", "60"), 10),
        (("--metric", "cpu=20%", "--replicas", "9"), 9),
        (("--metric", "cpu=20%", "--replicas", "9", "--until", "330"), 4),
        (("--metric", "cpu=54%"), 3),
        (("--metric", "cpu=54%", "--tolerance", "0"), 4),
        (("--metric", "cpu=190%", "--missing", "1"), 6),
        (("--metric", "cpu=300%", "--not-ready", "2"), 6),
        (("--metric", "cpu=none"), 3),
        (("--metric", "cpu=90%", "--replicas", "0"), 0),
    ],
)
def test_pods_in_the_end(words: tuple[str, ...], pods: int) -> None:
    assert ends(*PLAIN, *words) == pods


def test_fewer_pods_are_held_and_said_to_be() -> None:
    out = run(*PLAIN, "--metric", "cpu=20%", "--replicas", "9")
    assert "stabilized: 4 becomes 9, by the highest recommendation of the last 300 s" not in out
    assert "stabilized: 4 becomes 9, the highest recommendation of the last 300 s" in out
    assert "fewer are wanted (4) and not made yet: see when with --until, such as --until 600" in out


def test_several_metrics_and_one_that_fails() -> None:
    targets = ("--max", "20", "--target", "cpu=50%", "--target", "queue=30", "--replicas", "2")
    assert ends(*targets, "--metric", "cpu=60%", "--metric", "queue=100") == 4
    assert ends(*targets, "--metric", "cpu=10%", "--metric", "queue=none") == 2


HPA = """
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: shop}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 2
  maxReplicas: 40
  metrics:
    - {type: ContainerResource, containerResource: {name: cpu, container: web, target: {type: Utilization, averageUtilization: 60}}}
    - {type: Pods, pods: {metric: {name: requests}, target: {type: AverageValue, averageValue: "10"}}}
  behavior: {scaleUp: {tolerance: 500m}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {spec: {containers: [{name: web, resources: {limits: {cpu: 500m}}}]}}}
"""


def test_a_file_of_manifests(tmp_path: Path) -> None:
    file = tmp_path / "hpa.yaml"
    file.write_text(HPA)
    seen = ("--metric", "web/cpu=400m", "--metric", "requests=12")
    assert ends(str(file), *seen) == 2
    assert ends(str(file), *seen, "--kubernetes", "1.34") == 3
    file.write_text(HPA.replace("maxReplicas: 40", "maxReplicas: many"))
    with pytest.raises(InputError, match=r"spec\.maxReplicas"):
        run(str(file), *seen)


def test_a_series_in_csv_and_in_yaml(tmp_path: Path) -> None:
    table = tmp_path / "load.csv"
    table.write_text("at,total.cpu,replicas\n0,1.5,\n60,4.5,\n120,600m,\n130,,8\n")
    rows = tmp_path / "load.yaml"
    rows.write_text(
        "- {at: 0, total: {cpu: 1.5}}\n- {at: 60, total: {cpu: 4500m}}\n- {at: 120, total: {cpu: 0.6}}\n"
        "- {at: 130, replicas: 8}\n"
    )
    found = [run(*PLAIN, "--request", "cpu=1", "--series", str(file), "--format", "json") for file in (table, rows)]
    assert found[0] == found[1]
    moments = json.loads(found[0])["moments"]
    assert [(each["at"], each["desired"]) for each in moments if each["desired"] != each["current"]] == [
        (60, 6), (75, 9), (130, 9)
    ]  # fmt: skip
    # Somebody took one away, and nine were wanted within the last five minutes.
    assert moments[-1]["current"] == 8


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "max: is required; got none; add --max 10"),
        (("--max", "2", "--min", "3"), "max: is below the fewest pods; got 3 and 2"),
        (("--max", "9"), "cpu: is followed by the autoscaler, and has no value"),
        (("--max", "9", "--metric", "cpu"), "needs NAME=VALUE; got"),
        (("--max", "9", "--metric", "cpu=90", "--metric", "cpu=80"), "is said twice; got cpu"),
        (("--max", "9", "--metric", "cpu=500m"), "is compared with what pods request, which is not known"),
        (("--max", "9", "--metric", "cpu=90 percent"), "cpu: is not a valid quantity"),
        (("--max", "9", "--metric", "cpu=-5"), "cpu: is negative; got"),
        (("--max", "9", "--metric", "cpuu=90%"), "cpuu: no such metric of the autoscaler, and no count"),
        (("--max", "9", "--target", "cpu=0%"), "target.cpu: is not a valid quantity"),
        (("--max", "9", "--target", "queue=0", "--metric", "queue=1"), "target.queue: needs more than 0"),
        (("--max", "9", "--target", "queue=5", "--metric", "queue=90%"), "queue: is no share of a request"),
        (("--max", "9", "--target", "queue=5", "--total", "queue=90"), "is one value, whatever the number of pods"),
        (("--max", "9", "--metric", "cpu=90%", "--kubernetes", "1"), "kubernetes: is not a valid Kubernetes version"),
        (("web", "--metric", "cpu=90%"), "is neither a workload of a stack nor a file; got"),
        (("--max", "99999999", "--replicas", "5000", "--metric", "cpu=900%", "--until", "60"), "comes to more pods than are computed here"),
        (("--max", "9", "--metric", "cpu=90%", "--until", "1e7", "--every", "1"), "are more than 20000 moments"),
    ],
)  # fmt: skip
def test_what_cannot_be_computed_is_told(words: tuple[str, ...], said: str) -> None:
    try:
        out = run(*words)
    except InputError as error:
        out = str(error)
    assert said in " ".join(out.split()), out


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.yaml", "at: 0", "needs a list of moments"),
        ("a.yaml", "[]", "needs a list of moments; got []"),
        ("a.yaml", "- 5", "[0]: needs a mapping; got 5"),
        ("a.yaml", "- {at: x, cpu: 90%}", "[0].at: needs a number of seconds"),
        ("a.yaml", "- {cpu: 90%}\n- {cpu: 90%}", "[1].at: needs a number of seconds; got null"),
        ("a.yaml", "- {at: 5, cpu: 90%}\n- {at: 5}", "[1].at: is not after the moment before"),
        ("a.yaml", "- {at: .inf, cpu: 90%}", "[0].at: needs a number of seconds"),
        ("a.yaml", "- {cpu: true}", "[0].cpu: "),
        ("a.yaml", "- {cpu: 90%, missing: -1}", "[0].missing: needs a number of pods up to 5000"),
        ("a.yaml", "- {cpu: 90%, replicas: 6000}", "[0].replicas: needs a number of pods up to 5000"),
        ("a.csv", "", "needs a row of names"),
        ("a.csv", "at,cpu\n0,90%,5\n", "has more cells than the first line"),
    ],
)
def test_what_is_wrong_in_a_series_is_told(name: str, text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_text(text)
    with pytest.raises(InputError) as error:
        run("--max", "9", "--series", str(file))
    assert said in str(error.value)
    assert str(error.value).startswith(str(file))


def test_a_workload_of_a_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests import ROOT

    monkeypatch.chdir(ROOT / "examples" / "workloads")
    found: dict[str, Any] = json.loads(run("prod/web", "--metric", "cpu=140%", "--format", "json"))
    assert found["autoscaler"] == "web"
    assert found["moments"][0]["desired"] == 6
    with pytest.raises(InputError, match="no such workload with a HorizontalPodAutoscaler"):
        run("prod/wbe", "--metric", "cpu=140%")
