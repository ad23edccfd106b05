"""What tests of elements stand on: a cluster as elements see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi_aws as aws

from eks_blueprints.core.refs import ClusterRef, NetworkRef, SubnetRef
from eks_blueprints.testing import record
from eks_blueprints.testing.recorded import Recorded

SUBNETS = tuple(
    SubnetRef(id=f"subnet-{number}{index:07}", role=role, zone=f"eu-west-1{zone}")
    for number, role in enumerate(("public", "private", "pod"), 1)
    for index, zone in enumerate("abc", 1)
)


def cluster_ref(**changes: Any) -> ClusterRef:
    """A cluster that the program makes, with three zones of public, private and pod subnets."""
    cluster = aws.eks.Cluster(
        "shop-cluster",
        role_arn="arn:aws:iam::111122223333:role/eks",
        vpc_config={"subnet_ids": [s.id for s in SUBNETS[:3]]},
    )
    issuer = "https://oidc.eks.eu-west-1.amazonaws.com/id/ABC"
    facts: dict[str, Any] = {
        "prefix": "shop",
        "name": cluster.name,
        "version": "1.34",
        "region": "eu-west-1",
        "arn": cluster.arn,
        "endpoint": cluster.endpoint,
        "certificate_authority": "Q0E=",
        "oidc_issuer": issuer,
        "oidc_provider_arn": f"arn:aws:iam::111122223333:oidc-provider/{issuer.removeprefix('https://')}",
        "security_group_id": "sg-0123456789abcdef0",
        "network": NetworkRef(vpc_id="vpc-0123456789abcdef0", subnets=SUBNETS),
        "tags": {"team": "shop"},
        "resource": cluster,
        "ready": (cluster,),
    }
    return ClusterRef(**(facts | changes))


def recorded(put: Callable[[ClusterRef], Any], **changes: Any) -> Recorded:
    """What `put` asks for when it is given a cluster; everything checked as a provider would."""
    return record(lambda: put(cluster_ref(**changes))).is_valid()
