"""What AWS says the regions of a partition do not have is told, and nothing elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from eks_blueprints import BlueprintArgs

FARGATE = {"kind": "fargate", "selectors": [{"namespace": "shop"}]}
HYBRID = {"kind": "hybrid_nodes"}
NODES = {"kind": "managed_nodes", "instance_types": ["m6i.large"]}
REMOTE = {"remote_node_networks": ["10.80.0.0/16"], "remote_pod_networks": ["10.85.0.0/16"]}


def told(region: str, compute: dict[str, Any], addons: dict[str, Any] | None = None, **cluster: Any) -> list[str]:
    args = BlueprintArgs.model_validate(
        {
            "region": region,
            "network": {"cidr": "10.0.0.0/16"},
            "cluster": {"version": "1.35", **cluster},
            "compute": {"nodes": NODES, **compute},
            "addons": addons or {},
        }
    )
    return [str(problem) for problem in args.warnings if "which AWS says" in problem.message]


@pytest.mark.parametrize("region", ["us-gov-west-1", "us-gov-east-1"])
def test_fargate_is_not_in_govcloud(region: str) -> None:
    [text] = told(region, {"jobs": FARGATE})
    assert text.startswith("compute.jobs: is EKS on Fargate, which AWS says GovCloud does not have")


@pytest.mark.parametrize("region", ["eu-west-1", "cn-north-1"])
def test_fargate_is_elsewhere(region: str) -> None:
    assert told(region, {"jobs": FARGATE}) == []


@pytest.mark.parametrize(("region", "where"), [("us-gov-west-1", "GovCloud"), ("cn-northwest-1", "China")])
def test_hybrid_nodes_and_capabilities_are_in_commercial_regions_alone(region: str, where: str) -> None:
    found = told(region, {"factory": HYBRID}, {"kro_capability": {}}, **REMOTE)
    assert [text.partition(":")[0] for text in found] == ["compute.factory", "addons.kro_capability"]
    assert all(f"AWS says {where} does not have" in text for text in found)
    assert told("eu-west-1", {"factory": HYBRID}, {"kro_capability": {}}, **REMOTE) == []
