"""A cluster of EKS: what AWS says of it, and access to its API as the caller of a session.

The token is the one of `aws eks get-token`: a signed address of sts:GetCallerIdentity that names the cluster.
Source: aws-iam-authenticator's README, "API Authorization from Outside a Cluster".
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

from eks_blueprints.live.account import code_of, refusals

_VALID = 60
"""Seconds in which a signed address can be used; EKS accepts the token of it for 15 minutes."""


def described(session: Any, name: str) -> Mapping[str, Any] | None:
    """What AWS says of a cluster; None where there is none by that name.

    Raises:
        LiveError: if AWS does not answer.
    """
    with refusals(f"describe cluster {name}"):
        try:
            return dict(session.client("eks").describe_cluster(name=name)["cluster"])
        except Exception as error:
            if code_of(error) == "ResourceNotFoundException":
                return None
            raise


def vpc_of(session: Any, cluster: Mapping[str, Any]) -> str:
    """The VPC of a cluster that AWS has described.

    Raises:
        LiveError: if AWS does not answer.
    """
    config = cluster["resourcesVpcConfig"]
    if vpc := config.get("vpcId"):
        return str(vpc)
    with refusals("describe the subnets of the cluster"):
        subnets = session.client("ec2").describe_subnets(SubnetIds=config["subnetIds"][:1])["Subnets"]
    return str(subnets[0]["VpcId"])


def access(session: Any, cluster: Mapping[str, Any]) -> Callable[[], str]:
    """The kubeconfig of a cluster, with a new token each time it is asked for."""
    return lambda: json.dumps(_kubeconfig(session, cluster))


def _kubeconfig(session: Any, cluster: Mapping[str, Any]) -> Mapping[str, Any]:
    name = cluster["name"]
    where = {"server": cluster["endpoint"], "certificate-authority-data": cluster["certificateAuthority"]["data"]}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": where}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "current-context": name,
        "users": [{"name": name, "user": {"token": token(session, name)}}],
    }


def token(session: Any, name: str) -> str:
    """A token for the API of a cluster. It is a secret.

    Raises:
        LiveError: if nobody says who calls.
    """
    with refusals(f"sign a token for cluster {name}"):
        client = session.client("sts")
        client.meta.events.register(
            "before-sign.sts.GetCallerIdentity", lambda request, **_: request.headers.add_header("x-k8s-aws-id", name)
        )
        address = client.generate_presigned_url("get_caller_identity", Params={}, ExpiresIn=_VALID, HttpMethod="GET")
    return "k8s-aws-v1." + base64.urlsafe_b64encode(address.encode()).decode().rstrip("=")
