"""`eks-blueprints placement`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from eks_blueprints.cli.placement import command

STACK = """\
region: eu-west-1
cluster: {version: "1.35"}
namespaces: {shop: {}}
compute:
  small: {kind: managed_nodes, instance_types: [m7g.large], labels: {pool: small}}
  gpu:
    kind: managed_nodes
    instance_types: [g6.xlarge]
    taints: [{key: nvidia.com/gpu, effect: NO_SCHEDULE}]
  serverless: {kind: fargate, selectors: [{namespace: batch}]}
workloads:
  web: {kind: deployment, namespace: shop, image: "example.com/web:1", run_on: small}
  large: {kind: deployment, namespace: shop, image: "example.com/web:1", requests: {cpu: "64"}}
  train:
    kind: job
    namespace: shop
    image: example.com/train:1
    limits: {nvidia.com/gpu: 1}
    pod: {tolerations: [{key: nvidia.com/gpu, operator: Exists}]}
  nightly: {kind: job, namespace: batch, image: "example.com/web:1"}
"""


@pytest.fixture
def stack(tmp_path: Path) -> str:
    file = tmp_path / "dev.yaml"
    file.write_text(STACK)
    return str(file)


def test_each_workload_is_told_where_it_can_run_and_what_keeps_it_off(stack: str) -> None:
    done = CliRunner().invoke(command, [stack])
    assert done.exit_code == 0, done.output
    nightly, large, train, web = done.output.split("\n\n")
    assert web.splitlines()[0] == "shop/web  Deployment"
    assert "  runs on      dev-small-group" in web
    assert "  not on       dev-gpu-group: has the taint nvidia.com/gpu" in web
    assert "  runs nowhere" in large
    assert "has no type large enough: 2 vCPUs and 8 GiB are the most" in large
    assert "  runs on      dev-gpu-group" in train
    assert "  not on       dev-small-group: has no nvidia.com/gpu" in train
    assert "  runs on      dev-serverless-profile (Fargate)" in nightly


def test_one_workload_as_data_and_a_gate(stack: str) -> None:
    done = CliRunner().invoke(command, [stack, "--workload", "web", "--format", "json", "--exit-code"])
    assert done.exit_code == 0
    (found,) = json.loads(done.output)
    assert found["runsOn"] == ["dev-small-group"]
    assert CliRunner().invoke(command, [stack, "--exit-code"]).exit_code == 3


def test_a_workload_that_is_not_there_is_named_with_the_nearest(stack: str) -> None:
    done = CliRunner().invoke(command, [stack, "--workload", "wbe"])
    assert "did you mean web?" in str(done.exception)


def test_a_cron_job_shows_its_next_runs(stack: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EKS_BLUEPRINTS_TODAY", "2026-10-23")
    text = STACK
    for name, suspended in (("report", "false"), ("later", "true")):
        text += f'  {name}: {{kind: cron_job, namespace: shop, image: "example.com/a:1", schedule: "30 1 * * *", '
        text += f"time_zone: Europe/Berlin, suspend: {suspended}}}\n"
    Path(stack).write_text(text)
    done = CliRunner().invoke(command, [stack, "--workload", "report"])
    assert (
        "  next runs    Sat 2026-10-24 01:30, Sun 2026-10-25 01:30, Mon 2026-10-26 01:30 (Europe/Berlin)" in done.output
    )
    done = CliRunner().invoke(command, [stack, "--workload", "report", "--format", "json"])
    assert json.loads(done.output)[0]["nextRuns"][1:] == ["2026-10-25T01:30:00+02:00", "2026-10-26T01:30:00+01:00"]
    assert "next runs" not in CliRunner().invoke(command, [stack, "--workload", "later"]).output


def test_what_containers_request_is_added_up_and_a_rollout_counted(tmp_path: Path) -> None:
    file = tmp_path / "dev.yaml"
    file.write_text("""\
region: eu-west-1
cluster: {version: "1.35"}
namespaces: {shop: {}}
compute: {small: {kind: managed_nodes, instance_types: [m7g.large]}}
workloads:
  web:
    kind: deployment
    namespace: shop
    image: "example.com/web:1"
    replicas: 4
    requests: {cpu: 400m, memory: 600Mi}
    limits: {cpu: 800m, memory: 800Mi}
    sidecars: {b: {image: "example.com/b:1", requests: {cpu: "0.6", memory: 600Mi}, limits: {cpu: 800m, memory: 800Mi}}}
    spec: {strategy: {rollingUpdate: {maxSurge: 2, maxUnavailable: 0}}}
  open: {kind: deployment, namespace: shop, image: "example.com/web:1", replicas: 5, limits: {}}
""")
    done = CliRunner().invoke(command, [str(file)])
    opened, web = done.output.split("\n\n")
    assert "  requests     1000m cpu, 1200Mi memory, at most 1600m cpu, at most 1600Mi memory" in web
    assert "  rollout      4 to 6 pods at once" in web
    assert "requests" not in opened
    assert "  rollout      4 to 7 pods at once" in opened
    [_, found] = json.loads(CliRunner().invoke(command, [str(file), "--format", "json"]).output)
    assert found["requests"] == {"cpu": "1000m", "memory": "1200Mi"}
    assert found["limits"] == {"cpu": "1600m", "memory": "1600Mi"}
    assert found["rollout"] == [4, 6]


def test_a_pod_with_more_scratch_space_than_a_disk_has_runs_nowhere(stack: str) -> None:
    text = '  scratch: {kind: deployment, namespace: shop, image: "example.com/a:1", '
    text += "requests: {ephemeral-storage: 90Gi}}\n"
    Path(stack).write_text(STACK + text)
    done = CliRunner().invoke(command, [stack, "--workload", "scratch"])
    assert "  not on       dev-small-group: has a disk of 80 GiB for images, logs and pods" in done.output
    Path(stack).write_text((STACK + text).replace("labels: {pool", "disk: {volume_size: 100}, labels: {pool"))
    done = CliRunner().invoke(command, [stack, "--workload", "scratch"])
    assert "  runs on      dev-small-group" in done.output
