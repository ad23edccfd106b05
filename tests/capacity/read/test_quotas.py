"""ResourceQuotas: what they keep from being made."""

from __future__ import annotations

from typing import Any

import pytest

from eks_blueprints.capacity.model import Doubt
from eks_blueprints.policies.stack import Resource
from tests.capacity.read.stacks import platform, resources, scaler
from tests.policies.build import object_, workload


def quota(hard: dict[str, Any], **spec: Any) -> Resource:
    """A quota of the namespace of the workloads."""
    return object_("v1:ResourceQuota", "quota", spec={"hard": hard, **spec})


def web(**more: str | None) -> Resource:
    """A Deployment of four pods, which request half a core and 1Gi each."""
    return workload("web", s={"replicas": 4}, c=resources(**{"cpu": "500m", "memory": "1Gi", **more}))


def said(*made: Resource) -> list[str]:
    """What is said of quotas."""
    return [each for each in platform(*made).unknown if "ResourceQuota" in each]


@pytest.mark.parametrize(
    ("hard", "allows", "asks"),
    [
        ({"requests.cpu": "1500m"}, "requests.cpu of 1500m", "2"),
        ({"cpu": 1}, "cpu of 1", "2"),
        ({"requests.memory": "3Gi"}, "requests.memory of 3Gi", "4Gi"),
        ({"pods": "3"}, "pods of 3", "4"),
        ({"count/pods": 3}, "count/pods of 3", "4"),
    ],
)
def test_pods_that_a_quota_does_not_allow_are_said(hard: dict[str, Any], allows: str, asks: str) -> None:
    (found,) = said(web(), quota(hard))
    assert f"allows {allows}, and pods that are counted here ask for {asks}: some of them are never made" in found
    assert not isinstance(found, Doubt)  # it closes the gate


def test_a_quota_that_is_large_enough_or_speaks_of_other_things_says_nothing() -> None:
    enough = {"requests.cpu": "2", "pods": "4", "limits.cpu": "1", "requests.storage": "1Gi", "services": "0"}
    assert said(web(), quota(enough)) == []
    assert said(web(), quota({"pods": "0"}, scopes=["BestEffort"])) == []


def test_a_quota_that_only_the_most_pods_go_beyond_is_a_doubt() -> None:
    (found,) = said(web(), scaler("web", minReplicas=2, maxReplicas=9), quota({"pods": "4"}))
    assert found.endswith("ask for up to 9: not all of these can be made")
    assert isinstance(found, Doubt)


def test_pods_that_request_nothing_of_what_a_quota_counts_are_refused() -> None:
    (found,) = said(web(cpu=None), quota({"requests.cpu": "9"}))
    assert "counts requests.cpu: pods of shop/Deployment/web that request none are refused" in found
