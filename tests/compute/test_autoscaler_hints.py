"""What managed groups tell Cluster Autoscaler, which EKS does not: only where it is there, and only of empty groups."""

from __future__ import annotations

from typing import Any

import pytest

from eks_blueprints.compute.managed_nodes import ManagedNodes
from eks_blueprints.testing.recorded import Resource
from tests.builders import recorded

RESOURCES = "k8s.io/cluster-autoscaler/node-template/resources"


def group(fields: dict[str, Any], **cluster: Any) -> Resource:
    return recorded(ManagedNodes.model_validate({"name": "main"} | fields).attach, **cluster).one("NodeGroup")


def test_an_empty_group_tells_what_its_nodes_will_have() -> None:
    tags = group({"min_size": 0, "disk": {"volume_size": 200}}, autoscaled=True)["tags"]
    assert tags == {"team": "shop", f"{RESOURCES}/ephemeral-storage": "200Gi"}


def test_neuron_devices_are_among_it() -> None:
    tags = group({"min_size": 0, "instance_types": ["inf2.24xlarge"]}, autoscaled=True)["tags"]
    assert tags[f"{RESOURCES}/aws.amazon.com/neuron"] == "6"


@pytest.mark.parametrize(("fewest", "autoscaled"), [(0, False), (1, True)])
def test_other_groups_tell_nothing(fewest: int, autoscaled: bool) -> None:
    assert group({"min_size": fewest}, autoscaled=autoscaled)["tags"] == {"team": "shop"}
