"""Whatever a ClusterConfig says is in the stack file or in the report, and the stack file can be checked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from eks_blueprints.core.yaml_text import load
from eks_blueprints.lifecycle.importers.eksctl import judged, told
from eks_blueprints.lifecycle.importers.eksctl.imported import Imported, imported
from tests.lifecycle.importers.eksctl.generated import cluster_configs

EDGES: dict[str, str] = load(Path(__file__).with_name("edge.yaml").read_text(encoding="utf-8"))
_OTHER_WORDS = {
    *("accessScope", "amiFamily", "attachPolicyARNs", "autoModeConfig", "clusterLogging", "configurationValues"),
    *("disablePodIMDS", "disableDefaultAddons", "gateway", "gitProvider", "groups", "identities", "instanceSelector"),
    *("nodeRepairConfigOverrides", "overrideBootstrapCommand", "permissionPolicyARNs", "policy", "policyARN"),
    *("privateCluster", "privateNetworking", "provider", "requiredClaims", "roleOnly", "serviceAccountName", "spot"),
    *("ssh", "subnets", "taints", "version", "wellKnownPolicies", "withAddonPolicies", "withSpotInterruptionQueue"),
}
"""Fields, or parts that enclose them, whose values the stack file says in other words; cases say in which."""


def assert_nothing_is_lost(part: Imported) -> None:
    """Each value has become something that is there and says it, or is reported."""
    build = part.build
    for leaf in build.source.leaves():
        targets, texts = build.became.get(leaf.path, []), build.told.get(leaf.path, [])
        assert targets or texts, leaf.path
        assert all(texts), leaf.path
        found = [build.at(target, KeyError) for target in targets]
        assert KeyError not in found, (leaf.path, targets)
        if found and not texts and not _OTHER_WORDS & set(leaf.path):
            assert _says([found, *targets], leaf.value), (leaf.path, leaf.value, found)


def _says(there: Any, value: Any) -> bool:
    plain = _plain(value)
    return not plain or any(plain in _plain(each) for each in _scalars(there))


def _plain(value: Any) -> str:
    return re.sub(r"[^a-z0-9]", "", str(value).lower())


def _scalars(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list | tuple):
        for each in value:
            yield from _scalars(each)
        for each in value.values() if isinstance(value, dict) else ():
            yield from _scalars(each)
    else:
        yield value


@pytest.mark.parametrize("name", EDGES)
def test_nothing_is_lost_at_the_edges(name: str, tmp_path: Path) -> None:
    head = "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\n"
    text = EDGES[name]
    named = "" if text.startswith("metadata:") else "metadata: {name: edge, region: eu-west-1}\n"
    file = tmp_path / "cluster.yaml"
    file.write_text(head + named + text)
    part = imported(str(file))
    assert_nothing_is_lost(part)
    said = part.build.source
    groups = [*said.value_of("managedNodeGroups", default=[]), *said.value_of("nodeGroups", default=[])]
    assert len(load(part.text)["compute"]) == len(groups)
    assert [each for each in judged.problems(part.text) if not part.refused] == []


@given(text=cluster_configs())
@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_any_configuration_is_read_and_every_value_is_accounted_for(text: str, tmp_path_factory: object) -> None:
    file = Path(tmp_path_factory.mktemp("drawn")) / "cluster.yaml"  # type: ignore[attr-defined]
    file.write_text(text)
    part = imported(str(file))
    assert_nothing_is_lost(part)
    assert [each for each in judged.problems(part.text) if not part.refused] == []
    assert list(told.lines(part))
    assert told.to_data(part)["source"] == str(file)
