"""Ways in and out that an update ends, and logs that it cuts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.plans import changed, resource
from tests.review.effects.told import cluster, told

OPEN = {"endpointPrivateAccess": True, "endpointPublicAccess": True, "publicAccessCidrs": ["203.0.113.0/24"]}


def ways(**config: Any) -> list[str]:
    old = cluster(vpcConfig=OPEN)
    return told([old], [changed(old, vpcConfig={**OPEN, **config})], "dies")


class TestEndpoints:
    def test_nodes_go_by_the_public_endpoint_and_may_be_locked_out(self) -> None:
        (line,) = ways(endpointPrivateAccess=False)
        assert line.startswith("danger access ends shop-cluster: `vpcConfig.endpointPrivateAccess` true → false")
        assert "only 203.0.113.0/24" in line
        assert "every node becomes NotReady" in line

    @pytest.mark.parametrize("open_to", [["0.0.0.0/0"], ["0.0.0.0/1", "128.0.0.0/1"]])
    def test_from_anywhere_they_are_let_in(self, open_to: list[str]) -> None:
        (line,) = ways(endpointPrivateAccess=False, publicAccessCidrs=open_to)
        assert line.startswith("warning access ends")
        assert "NotReady" not in line

    def test_nobody_comes_from_outside_any_more(self) -> None:
        (line,) = ways(endpointPublicAccess=False)
        assert line.startswith("warning access ends")
        assert "pipelines" in line

    @pytest.mark.parametrize("config", [{"publicAccessCidrs": ["0.0.0.0/0"]}, {"securityGroupIds": ["sg-1"]}])
    def test_what_opens_ends_nothing(self, config: dict[str, Any]) -> None:
        assert ways(**config) == []

    def test_a_remote_network_that_goes(self) -> None:
        cidrs = [{"cidrs": ["10.200.0.0/16", "10.201.0.0/16"]}, {"cidrs": ["10.200.0.0/16"]}]
        old, new = (cluster(remoteNetworkConfig={"remoteNodeNetworks": each}) for each in cidrs)
        (line,) = told([old], [new], "dies")
        assert "loses 10.201.0.0/16 | the control plane no longer reaches hybrid nodes there" in line
        assert told([new], [old], "dies") == []


def test_another_nat_gateway_is_another_address() -> None:
    old = resource("aws:ec2/route:Route", "r", {"routeTableId": "rtb-1", "natGatewayId": "${nat-a.id}"})
    (line,) = told([old], [changed(old, natGatewayId="${nat-b.id}")], "dies")
    assert line.startswith("warning egress address changes r")
    assert "another public address" in line


@pytest.mark.parametrize(
    ("before", "after", "days"), [(365, 7, 7), (..., 30, 30), (0, 1, 1), (7, 365, 0), (7, ..., 0), (7, 0, 0)]
)
def test_shorter_retention_deletes_logs(before: Any, after: Any, days: int) -> None:
    group = resource("aws:cloudwatch/logGroup:LogGroup", "logs", {"name": "/aws/eks/shop/cluster"})
    lines = told([changed(group, retentionInDays=before)], [changed(group, retentionInDays=after)], "dies")
    assert [line.rpartition("| ")[2] for line in lines] == (
        [f"what is older than {days} days is deleted"] if days else []
    )


PIPELINE = "aws:codepipeline/pipeline:Pipeline"


def test_a_pipeline_that_changes_ends_the_runs_that_are_under_way() -> None:
    old = resource(PIPELINE, "web", {"name": "web", "executionMode": "QUEUED", "tags": {"a": "b"}})
    (line,) = told([old], [changed(old, executionMode="PARALLEL")], "dies")
    assert line.startswith("note ends runs web: `executionMode` changed | a run that is under way does not go on")
    assert told([old], [changed(old, tags={"a": "c"})], "dies") == []


def test_a_pipeline_of_another_name_is_replaced_and_loses_its_runs() -> None:
    old = resource(PIPELINE, "web", {"name": "web", "executionMode": "QUEUED"})
    (line,) = told([old], [changed(old, name="shop")], "dies")
    assert line.startswith("danger replace web")
    assert "runs that are under way end, and the list of earlier ones is lost" in line


def test_another_connection_has_to_be_finished_by_a_person() -> None:
    old = resource("aws:codeconnections/connection:Connection", "github", {"name": "a", "providerType": "GitHub"})
    (line,) = told([old], [changed(old, name="b")], "dies")
    assert "until a person finishes the new connection in the console" in line
