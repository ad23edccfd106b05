"""A program recorded with what is deployed: its outputs are those that stand."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from eks_blueprints.recording import record
from eks_blueprints.recording.deployed import Deployed

VPC = "urn:pulumi:dev::project::aws:ec2/vpc:Vpc::v"
CLUSTER = "urn:pulumi:dev::project::aws:eks/cluster:Cluster::c"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": "hidden"}


def program() -> None:
    vpc = aws.ec2.Vpc("v", cidr_block="10.0.0.0/16")
    pulumi.export("block", vpc.ipv6_cidr_block.apply(lambda block: block.split("/")[0]))
    pulumi.export("cidr", vpc.cidr_block)
    pulumi.export("id", vpc.id)
    pulumi.export("owner", vpc.owner_id)
    cluster = aws.eks.Cluster("c", role_arn="arn:aws:iam::1:role/r", vpc_config={"subnet_ids": ["s-1"]})
    pulumi.export("group", cluster.vpc_config.apply(lambda found: found.cluster_security_group_id))
    pulumi.export("subnets", cluster.vpc_config.apply(lambda found: found.subnet_ids))
    pulumi.export("arn", cluster.arn.apply(lambda arn: arn.replace(":cluster/", ":nodegroup/")))


DEPLOYED = {
    VPC: Deployed("vpc-1", {"cidrBlock": "10.9.0.0/16"}, {"cidrBlock": "10.9.0.0/16", "ipv6CidrBlock": "2600:1::/56"}),
    CLUSTER: Deployed(
        "c-1",
        {"vpcConfig": {"subnetIds": ["s-9"]}},
        {
            "arn": "arn:aws:eks:eu-west-1:1:cluster/c-1",
            "vpcConfig": {"subnetIds": ["s-9"], "clusterSecurityGroupId": "sg-1"},
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("quick", [True, False])
def test_outputs_are_those_that_stand(quick: bool) -> None:
    told = record(program, deployed=DEPLOYED, quick=quick).plan().outputs
    assert told["block"] == "2600:1::"
    assert told["id"] == "vpc-1"
    assert told["group"] == "sg-1"
    assert told["arn"] == "arn:aws:eks:eu-west-1:1:nodegroup/c-1"
    # What the program gives differently from before is what it will be.
    assert (told["cidr"], told["subnets"]) == ("10.0.0.0/16", ["s-1"])
    # What the state does not tell stays a symbol.
    assert told["owner"] == "${v.ownerId}"


def test_a_secret_stays_one() -> None:
    known = {VPC: Deployed("vpc-1", {}, {"ipv6CidrBlock": SECRET})}
    told: Any = record(program, deployed=known).plan().outputs
    assert told["block"] == {"$secret": True}


def test_what_the_provider_made_of_an_unchanged_input_is_told() -> None:
    known = {VPC: Deployed("vpc-1", {"cidrBlock": "10.0.0.0/16"}, {"cidrBlock": "10.0.0.0/16 (normal)"})}
    assert record(program, deployed=known).plan().outputs["cidr"] == "10.0.0.0/16 (normal)"
