"""`eks-blueprints network`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from eks_blueprints.cli import network, show
from eks_blueprints.core.errors import InputError

STACK = """\
region: eu-west-1
cluster: {version: "1.35"}
compute: {nodes: {kind: managed_nodes}}
addons: {vpc_cni: {network_policy: standard}, aws_load_balancer_controller: {}}
teams:
  shop:
    workloads:
      web:
        kind: deployment
        image: example.com/web:1
        ports: {http: 8080}
        ingress: {hosts: [shop.example.com], scheme: internet-facing}
        network_policy: {ingress: [{ports: [{port: http}]}]}
      db: {kind: stateful_set, image: "example.com/db:1", ports: {sql: 5432}}
  other:
    workloads:
      spy: {kind: deployment, image: "example.com/spy:1"}
"""


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(show, "width", lambda most: min(most, 80))
    file = tmp_path / "dev.yaml"
    file.write_text(STACK)
    return str(file)


def told(*args: str) -> str:
    done = CliRunner().invoke(network.command, args)
    assert done.exit_code == 0, done.output
    assert "json" in args or [line for line in done.stdout.splitlines() if len(line) > 80] == []
    return done.stdout


def test_who_reaches_a_workload(stack: str) -> None:
    found = told("--who-can-reach", "db", stack)
    assert found.splitlines()[0] == "who can reach shop/db (StatefulSet) on dev"
    assert "policies     enforced by VPC CNI" in found
    assert "  shop/web " in found
    assert "other/spy" not in found
    assert "other/spy" in told("--who-can-reach", "shop/db", "--all", stack)


def test_who_comes_from_outside(stack: str) -> None:
    found = told("--who-can-reach", "web", "--port", "http", stack)
    assert "on 8080/tcp" in found
    assert "the internet" in found
    assert "ALB for Ingress shop/web" in found


def test_it_is_told_as_data(stack: str) -> None:
    (target,) = json.loads(told("--who-can-reach", "web", stack, "--format", "json"))["workloads"]
    assert target["enforcedBy"] == "VPC CNI"
    reached = {each["from"].get("name") or each["from"]["outside"]: each["ports"] for each in target["connections"]}
    assert reached["the internet"] == "8080/tcp"
    assert reached["spy"] == ""


def test_where_nothing_enforces_policies_everybody_reaches_it(stack: str) -> None:
    file = Path(stack)
    file.write_text(STACK.replace("vpc_cni: {network_policy: standard}, ", ""))
    found = told("--who-can-reach", "db", stack)
    assert "the policies of this stack have no effect" in found
    assert "nothing enforces NetworkPolicies" in found
    assert "other/spy" in found


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--who-can-reach", "dbb"], 'no workload has this name; got "dbb"; did you mean'),
        (["--who-can-reach", "db", "--port", "mysql"], 'is not a port; got "mysql"'),
        (["--who-can-reach", "db", "--port", "70000"], "is not a port"),
    ],
)
def test_slips_are_told(args: list[str], message: str, stack: str) -> None:
    done = CliRunner().invoke(network.command, [*args, stack])
    assert isinstance(done.exception, InputError)
    assert message in str(done.exception)
