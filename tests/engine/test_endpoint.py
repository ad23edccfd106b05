"""Who reaches the Kubernetes API of a private cluster, on the real engine: rules come and go alone."""

from __future__ import annotations

import pytest

from tests import ROOT

from .harness import Engine, Project

pytestmark = pytest.mark.engine

RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
VPN = "endpoint_access: {vpn: {cidr: 172.31.0.0/16}}"
BOTH = "endpoint_access: {office: {prefix_list: pl-0a1b2c3d}, vpn: {cidr: 172.31.0.0/16}}"


def private(engine: Engine) -> Project:
    project = engine.project(ROOT / "examples" / "private_cluster", stack="prod")
    project.up()
    return project


def test_who_reaches_a_private_endpoint_comes_and_goes_alone(engine: Engine) -> None:
    project = private(engine)
    assert project.up().unchanged
    project.edit("prod.yaml", VPN, BOTH)
    assert project.up().changed() == {"prod-endpoint-office": "create"}
    assert project.up().unchanged
    project.edit("prod.yaml", BOTH, "endpoint_access: {office: {prefix_list: pl-0a1b2c3d}}")
    assert project.up().changed() == {"prod-endpoint-vpn": "delete"}
    project.edit("prod.yaml", "{prefix_list: pl-0a1b2c3d}", "{prefix_list: pl-0e4f5a6b}")
    assert project.up().changed() == {"prod-endpoint-office": "update"}
    project.destroy()
    assert project.leftovers() == []


def test_the_rule_lets_in_by_https_to_the_clusters_own_group_before_anything_is_made_inside(engine: Engine) -> None:
    project = private(engine)
    (cluster,) = project.account.rows("aws:eks/cluster:Cluster")
    own = [row for row in project.account.rows(RULE) if row.outputs.get("cidrIpv4") == "172.31.0.0/16"]
    assert [(row.outputs["fromPort"], row.outputs["toPort"], row.outputs["ipProtocol"]) for row in own] == [
        (443, 443, "tcp")
    ]
    assert own[0].outputs["securityGroupId"] == cluster.outputs["vpcConfig"]["clusterSecurityGroupId"]
    state = {each["urn"].split("::")[-1]: each for each in project.export()}
    assert state["prod-endpoint-vpn"]["urn"] in state["prod-kubernetes"]["dependencies"]
