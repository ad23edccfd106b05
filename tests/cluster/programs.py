"""Records clusters on a small network."""

from __future__ import annotations

from typing import Any

from eks_blueprints.cluster.spec import ClusterArgs
from eks_blueprints.core.refs import NetworkRef, SubnetRef
from eks_blueprints.recording import PlannedResource, Recording, record

REGION = "eu-west-1"


def network(**fields: Any) -> NetworkRef:
    """Two private and two public subnets."""
    subnets = tuple(
        SubnetRef(id=f"subnet-{role}-{zone}", role=role, zone=f"{REGION}{zone}")
        for role in ("public", "private")
        for zone in "ab"
    )
    return NetworkRef(**{"vpc_id": "vpc-1", "cidr": "192.168.0.0/16", "subnets": subnets} | fields)


def made(logical: str = "shop", net: NetworkRef | None = None, partition: str = "aws", **fields: Any) -> Recording:
    """The recording of a cluster with some fields."""
    args = ClusterArgs.model_validate({"version": "1.35"} | fields)

    def program() -> None:
        import pulumi

        from eks_blueprints.cluster.component import Cluster

        region = "cn-north-1" if partition == "aws-cn" else REGION
        cluster = Cluster(
            logical, args, network=net or network(), region=region, partition=partition, tags={"team": "core"}
        )
        pulumi.export("kubeconfig", pulumi.Output.unsecret(cluster.kubeconfig))
        pulumi.export("update_kubeconfig", cluster.update_kubeconfig)
        pulumi.export("secret", cluster.kubeconfig)
        pulumi.export("issuer", cluster.oidc_issuer)
        pulumi.export("security_group_id", cluster.security_group_id)

    return record(program)


def one(recording: Recording, type_: str, name: str | None = None) -> PlannedResource:
    """The one resource of a type (its last part), or of a type and a name."""
    found = [
        resource
        for resource in recording.plan().resources
        if resource.type.endswith(f":{type_}") and name in (None, resource.name)
    ]
    assert len(found) == 1, [resource.name for resource in found]
    return found[0]


def names(recording: Recording) -> list[str]:
    """Type and name of every resource but the stack."""
    resources = recording.plan().resources
    return [f"{resource.type.rpartition(':')[2]} {resource.name}" for resource in resources[1:]]
