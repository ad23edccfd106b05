"""Wait for the interfaces of load balancers, which keep subnets and security groups from being deleted."""

from __future__ import annotations

from typing import Any

from eks_blueprints.lifecycle.teardown.cluster import PlannedCluster
from eks_blueprints.lifecycle.teardown.run import Run
from eks_blueprints.lifecycle.teardown.steps import Step
from eks_blueprints.live.account import refusals
from eks_blueprints.live.cluster import vpc_of
from eks_blueprints.live.tags import tags_of

_MARKS = ("elbv2.k8s.aws/cluster", "eks:eks-cluster-name")


def wait(run: Run, step: Step) -> None:
    """Wait until no interface of a load balancer of this cluster is left."""
    cluster = step.of
    session = run.session(cluster.region)
    vpc = vpc_of(session, run.found(cluster) or {})
    run.wait(
        "network interfaces of load balancers",
        lambda: _left(session, vpc, cluster),
        lambda: "look at the load balancers that they belong to; delete those by hand",
    )


def _left(session: Any, vpc: str, cluster: PlannedCluster) -> list[str]:
    ec2 = session.client("ec2")
    where = {"Name": "vpc-id", "Values": [vpc]}
    with refusals("list network interfaces"):
        groups = _groups(ec2, where, cluster.name)
        rows = [
            row
            for page in ec2.get_paginator("describe_network_interfaces").paginate(
                Filters=[where, {"Name": "description", "Values": ["ELB *"]}]
            )
            for row in page["NetworkInterfaces"]
        ]
    return [
        row["NetworkInterfaceId"]
        for row in rows
        # In a VPC of others these may be theirs, which carry no group of this cluster.
        if cluster.own_network or groups & {each["GroupId"] for each in row.get("Groups") or ()}
    ]


def _groups(ec2: Any, where: Any, cluster: str) -> set[str]:
    """The security groups of a cluster and of its controllers."""
    found = set()
    for page in ec2.get_paginator("describe_security_groups").paginate(Filters=[where]):
        for group in page["SecurityGroups"]:
            tags = tags_of(group.get("Tags"))
            owned = tags.get(f"kubernetes.io/cluster/{cluster}") == "owned"
            if owned or any(tags.get(mark) == cluster for mark in (*_MARKS, "aws:eks:cluster-name")):
                found.add(group["GroupId"])
    return found
