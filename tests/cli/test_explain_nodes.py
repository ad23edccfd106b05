"""`eks-blueprints explain nodes` and `explain platform`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eks_blueprints.cli.explain import command
from eks_blueprints.core.errors import InputError

STACK = """\
region: eu-west-1
cluster: {version: "1.35", enabled_cluster_log_types: [audit]}
compute:
  nodes: {kind: managed_nodes, ami_type: BOTTLEROCKET_x86_64, node_repair_config: {}}
  jobs: {kind: fargate, selectors: [{namespace: jobs}]}
addons:
  metrics_server: {}
  whatap: {kind: helm, chart: whatap-operator, namespace: whatap, version: 2.7.0, repository: "https://whatap.github.io/helm/"}
namespaces: {shop: {}}
"""


@pytest.fixture
def stack(tmp_path: Path) -> str:
    file = tmp_path / "dev.yaml"
    file.write_text(STACK)
    return str(file)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments))


def test_each_kind_is_scored_and_told_who_does_what(stack: str) -> None:
    done = run("nodes", stack)
    assert done.exit_code == 0, done.output
    nodes, jobs, *_ = done.output.split("\n\n")
    assert nodes.splitlines()[0] == "dev-nodes-group  managed nodes: 5 of 8"
    assert "  yes      pods cannot get the credentials of their node" in nodes
    assert jobs.splitlines()[0] == "dev-jobs-profile  fargate: 7 of 8"
    assert "who does what, with managed nodes\n  control plane                               AWS\n" in done.output
    (first, second) = json.loads(run("nodes", stack, "--format", "json").output)
    assert (first["points"], first["of"], second["kind"]) == (5, 8, "fargate")


def test_a_platform_tells_what_covers_its_duties_and_what_to_add(stack: str) -> None:
    lines = run("platform", stack).output.splitlines()
    assert lines[0] == "dev-cluster  6 of 10 are covered"
    found = {name: text.strip() for line in lines[1:] for name, _, text in [line.strip().partition("  ")]}
    assert found["scheduling"] == "managed nodes, fargate"
    assert found["load balancing"].startswith("nothing; add addons: {aws_load_balancer_controller: {}}")
    assert found["monitoring"] == "metrics-server, whatap-operator"
    assert found["self-healing"] == "1 node group that EKS repairs"
    (data,) = json.loads(run("platform", stack, "--format", "json").output)
    assert data["capabilities"][0] == {"name": "scheduling", "by": ["managed nodes", "fargate"], "add": ""}


def test_a_stack_without_a_cluster_has_no_duties(tmp_path: Path) -> None:
    file = tmp_path / "ci.yaml"
    file.write_text("blueprint: eks_blueprints.Pipelines\nregion: eu-west-1\npipelines: {}\n")
    assert isinstance(run("platform", str(file)).exception, InputError)


def test_a_demand_gets_the_kind_that_suits_it() -> None:
    done = run("nodes", "--demand", "4,4,5,20,6,4")
    assert done.output.startswith("spiky  4 to 20, 7.167 on average\n")
    assert "use            Karpenter or EKS Auto Mode" in done.output
    assert "together       4 on a managed group" in done.output
    steady = run("nodes", "--demand", "10,10,11,10").output
    assert "use            a managed node group" in steady
    assert "together" not in steady
    assert json.loads(run("nodes", "--demand", "1,1", "--format", "json").output)["kind"] == "steady"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("x", "is no list of numbers; got x;"),
        ("", "is no list of numbers; got nothing;"),
        ("1", "needs two finite samples or more"),
        ("nan,1", "needs two finite samples or more, none below 0 and one above it; got nan, 1;"),
        ("1,1e999", "got 1, inf;"),
    ],
)
def test_a_demand_that_is_none_is_told(text: str, why: str) -> None:
    done = run("nodes", "--demand", text)
    assert done.exit_code == 2
    assert why in done.output


def test_a_demand_is_about_no_stack() -> None:
    done = run("nodes", "prod", "--demand", "4,4")
    assert done.exit_code == 2
    assert "--demand is about no stack; got prod too; leave one of them out" in done.output
