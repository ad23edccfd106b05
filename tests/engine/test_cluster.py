"""The cluster and its access entries on the real engine."""

from __future__ import annotations

import pytest

from .harness import Engine

pytestmark = pytest.mark.engine

PROGRAM = """
import pulumi
import pulumi_aws as aws
from eks_blueprints.access.component import Access
from eks_blueprints.access.spec import AccessArgs
from eks_blueprints.cluster.component import Cluster
from eks_blueprints.cluster.spec import ClusterArgs
from eks_blueprints.core.refs import NetworkRef, SubnetRef

vpc = aws.ec2.Vpc("net", cidr_block="192.168.0.0/16")
subnets = []
for i, zone in enumerate("ab"):
    zone = f"eu-west-1{zone}"
    subnet = aws.ec2.Subnet(zone, vpc_id=vpc.id, cidr_block=f"192.168.{i}.0/24", availability_zone=zone)
    subnets.append(SubnetRef(id=subnet.id, role="private", zone=zone))
network = NetworkRef(vpc_id=vpc.id, cidr="192.168.0.0/16", subnets=tuple(subnets))
args = ClusterArgs.model_validate({"version": "1.34", "tags": {"team": "core"}})
cluster = Cluster("shop", args, network=network, region="eu-west-1")
ops = {"principal_arn": "arn:aws:iam::123456789012:role/ops", "policies": [{"policy": "cluster_admin"}]}
Access("shop-access", AccessArgs.model_validate({"entries": {"ops": ops}}), cluster=cluster.ref)
pulumi.export("line", cluster.update_kubeconfig)
"""


def test_a_cluster_comes_changes_and_goes(engine: Engine) -> None:
    project = engine.program(PROGRAM, config={"aws:region": "eu-west-1"})
    project.up()
    assert project.up().unchanged
    project.edit("__main__.py", '"1.34"', '"1.35"')
    assert project.up().changed() == {"shop-cluster": "update"}
    project.destroy()
    assert project.leftovers() == []


def test_auto_mode_can_be_turned_on_and_off(engine: Engine) -> None:
    project = engine.program(PROGRAM, config={"aws:region": "eu-west-1"})
    project.up()
    project.edit("__main__.py", '"tags": {', '"auto_mode": {}, "tags": {')
    assert project.up().changed()["shop-cluster"] == "update"
    project.edit("__main__.py", '"auto_mode": {}, ', "")
    assert project.up().changed()["shop-cluster"] == "update"
    project.destroy()
    assert project.leftovers() == []
