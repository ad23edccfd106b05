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
