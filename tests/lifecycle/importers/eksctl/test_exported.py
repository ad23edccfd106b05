"""What is exported comes back the same, and what eksctl cannot say is reported."""

from __future__ import annotations

from pathlib import Path

import pytest

from eks_blueprints.core.errors import dotted
from eks_blueprints.core.yaml_text import load
from eks_blueprints.lifecycle.exporters.eksctl.exported import exported
from eks_blueprints.lifecycle.importers.eksctl.imported import imported
from tests.cli.test_commands import call
from tests.lifecycle.importers.eksctl.cases import CASES
from tests.lifecycle.importers.eksctl.test_imported import made


@pytest.mark.parametrize("name", CASES)
def test_a_round_trip_changes_nothing(name: str, tmp_path: Path) -> None:
    first = made(tmp_path, CASES[name].text)
    stack, back = tmp_path / "demo.yaml", tmp_path / "back.yaml"
    stack.write_text(first.text)
    part = exported(stack)
    back.write_text(part.text)
    again = load(imported(str(back)).text)
    said = {dotted(path) for path, _ in part.reported}
    assert _without(again, said) == _without(load(first.text), said), part.text


def _without(data: dict, paths: set[str]) -> dict:
    """The data without the fields that are reported, and what only they were in."""
    return _pruned(data, (), paths)


def _pruned(value: object, path: tuple, paths: set[str]) -> object:
    if not isinstance(value, dict):
        return value
    found = {
        key: _pruned(each, (*path, key), paths) for key, each in value.items() if dotted((*path, key)) not in paths
    }
    return {key: each for key, each in found.items() if each != {} or value[key] == {}}


STACK = """\
region: eu-west-1
cluster: {version: "1.35", name: shop}
compute:
  nodes: {kind: managed_nodes, instance_types: [m7g.large]}
addons:
  external_dns: {zone_arns: ["arn:aws:route53:::hostedzone/Z1"]}
teams:
  web: {}
"""


def test_our_defaults_are_written_out_and_the_rest_is_reported(tmp_path: Path) -> None:
    stack, target = tmp_path / "shop.yaml", tmp_path / "cluster.yaml"
    stack.write_text(STACK)
    result = call("export", "eksctl", str(stack), "-o", str(target))
    assert result.returncode == 0, result.stderr
    data = load(target.read_text())
    assert data["vpc"]["clusterEndpoints"] == {"publicAccess": False, "privateAccess": True}
    assert data["accessConfig"] == {"authenticationMode": "API"}
    assert data["cloudWatch"]["clusterLogging"] == {
        "enableTypes": ["api", "audit", "authenticator"],
        "logRetentionInDays": 90,
    }
    assert data["managedNodeGroups"] == [
        {
            "name": "nodes",
            "instanceType": "m7g.large",
            "privateNetworking": True,
            "disablePodIMDS": True,
            "volumeEncrypted": True,
        }
    ]
    assert [each["name"] for each in data["addons"]] == ["eks-pod-identity-agent"]
    assert f"{stack}:6:18: addons.external_dns.zone_arns: no field of a ClusterConfig says it" in result.stdout
    assert "teams.web" in result.stdout
    assert "cluster.encryption_config: a key of the cluster's own" in result.stdout
    assert imported(str(target)).refused == []


def test_karpenter_repairs_and_a_number_of_zones_are_said(tmp_path: Path) -> None:
    stack = tmp_path / "shop.yaml"
    stack.write_text(
        'region: eu-west-1\nnetwork: {zone_count: 2}\ncluster: {version: "1.35"}\ncompute:\n'
        "  nodes: {kind: managed_nodes, node_repair_config: {}}\n"
        "  karpenter: {kind: karpenter, version: 1.9.0, node_pools: {}, node_classes: {}}\n"
    )
    part = exported(stack)
    data = load(part.text)
    assert data["availabilityZones"] == ["eu-west-1a", "eu-west-1b"]
    assert data["managedNodeGroups"][0]["nodeRepairConfig"] == {"enabled": True}
    assert data["karpenter"] == {"version": "1.9.0", "withSpotInterruptionQueue": True}
    assert data["iam"]["withOIDC"] is True
    assert [dotted(path) for path, _ in part.reported] == ["cluster.encryption_config"]


def test_an_invalid_stack_file_is_refused(tmp_path: Path) -> None:
    stack = tmp_path / "shop.yaml"
    stack.write_text("region: eu-west-1\ncluster: {}\n")
    result = call("export", "eksctl", str(stack))
    assert (result.returncode, "cluster.version" in result.stderr) == (2, True)
