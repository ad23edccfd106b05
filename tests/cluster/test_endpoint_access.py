"""Who reaches the private endpoint: a rule for each on the cluster's security group."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from eks_blueprints import BlueprintArgs, ClusterArgs
from eks_blueprints.cluster.rules import doubts
from eks_blueprints.core.errors import problems_of
from eks_blueprints.testing import record

from .programs import REGION, network

RULE = "SecurityGroupIngressRule"


def rules(access: dict[str, Any]) -> dict[str, dict[str, Any]]:
    def program() -> None:
        from eks_blueprints import Cluster

        args = ClusterArgs.model_validate({"version": "1.35", "endpoint_access": access})
        Cluster("shop", args, network=network(), region=REGION)

    return {each.name: dict(each.inputs) for each in record(program).is_valid().all(RULE)}


def test_each_source_is_a_rule_of_its_own() -> None:
    found = rules(
        {
            "office": {"cidr": "172.31.0.0/16"},
            "six": {"cidr": "2001:db8::/32"},
            "lists": {"prefix_list": "pl-0123456789abcdef0"},
            "runners": {"security_group": "sg-0123456789abcdef0", "description": "those that deploy"},
        }
    )
    common = {
        "securityGroupId": "${shop-cluster.vpcConfig.clusterSecurityGroupId}",
        "ipProtocol": "tcp",
        "fromPort": 443,
        "toPort": 443,
        "description": "Kubernetes API of shop",
    }
    assert found == {
        "shop-endpoint-office": common | {"cidrIpv4": "172.31.0.0/16"},
        "shop-endpoint-six": common | {"cidrIpv6": "2001:db8::/32"},
        "shop-endpoint-lists": common | {"prefixListId": "pl-0123456789abcdef0"},
        "shop-endpoint-runners": common
        | {"referencedSecurityGroupId": "sg-0123456789abcdef0", "description": "those that deploy"},
    }


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"endpoint_access": {"a": {}}},
            "endpoint_access.a: needs one of cidr, prefix_list and security_group; got none",
        ),
        ({"endpoint_access": {"a": {"cidr": "10.0.0.0/8", "prefix_list": "pl-01234567"}}}, "got cidr and prefix_list"),
        ({"endpoint_access": {"a": {"cidr": "10.0.0.1/8"}}}, "did you mean 10.0.0.0/8?"),
        ({"endpoint_access": {"a": {"prefix_list": "lists"}}}, "is not a valid id of a prefix list"),
        ({"endpoint_access": {"a": {"security_group": "runners"}}}, "is not a valid id of a security group"),
        ({"endpoint_access": {"Über": {"cidr": "10.0.0.0/8"}}}, "is not a valid name"),
        (
            {"endpoint_access": {"a": {"cidr": "10.0.0.0/8"}, "b": {"cidr": "10.0.0.0/8"}}},
            "allows the same source as a",
        ),
        (
            {
                "endpoint_access": {"a": {"cidr": "10.0.0.0/8"}},
                "endpoint_private_access": False,
                "endpoint_public_access": True,
                "public_access_cidrs": ["203.0.113.0/24"],
            },
            "endpoint_access: is for the private endpoint",
        ),
    ],
)
def test_what_cannot_be_is_refused(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as error:
        ClusterArgs.model_validate({"version": "1.35"} | fields)
    assert any(said in str(problem) for problem in problems_of(error.value)), error.value


def unreachable(cluster: dict[str, Any], **fields: Any) -> list[str]:
    spec = {
        "region": "eu-west-1",
        "cluster": {"version": "1.35"} | cluster,
        "compute": {"nodes": {"kind": "managed_nodes"}},
    }
    warnings = BlueprintArgs.model_validate(spec | fields).warnings
    return [each.message for each in warnings if each.path == ("cluster", "endpoint_private_access")]


def test_an_api_that_nobody_reaches_is_doubtful() -> None:
    [message] = unreachable({})
    assert "pulumi up" not in message
    assert "endpoint_public_access with public_access_cidrs" in message
    addons: dict[str, Any] = {"vpc_cni": {}, "kube_proxy": {}, "eks_pod_identity_agent": {}, "coredns": {}}
    [message] = unreachable({}, addons=addons | {"cert_manager": {}})
    assert "not even pulumi up, which puts cert_manager on it" in message


@pytest.mark.parametrize(
    "cluster",
    [
        {"endpoint_access": {"office": {"cidr": "172.31.0.0/16"}}},
        {"endpoint_public_access": True, "public_access_cidrs": ["203.0.113.0/24"]},
        {"security_group_ids": ["sg-0123456789abcdef0"]},
    ],
)
def test_one_that_somebody_reaches_is_not(cluster: dict[str, Any]) -> None:
    assert unreachable(cluster) == []


@pytest.mark.parametrize(
    ("private", "cidrs", "start"),
    [
        (True, ["203.0.113.0/24"], ""),
        (True, ["0.0.0.0/0"], 'allows the whole internet to reach the Kubernetes API; got ["0.0.0.0/0"]'),
        (True, ["0.0.0.0/1", "128.0.0.0/1"], "allows the whole internet to reach the Kubernetes API; got "),
        (True, ["0.0.0.0/1"], ""),
        (
            False,
            ["203.0.113.0/24"],
            "must include the public addresses of nodes and of pods on Fargate, because the private endpoint is off",
        ),
        (False, ["0.0.0.0/0"], "allows the whole internet to reach the Kubernetes API"),
    ],
)
def test_who_reaches_the_public_endpoint(private: bool, cidrs: list[str], start: str) -> None:
    fields = {"endpoint_public_access": True, "endpoint_private_access": private, "public_access_cidrs": cidrs}
    args = ClusterArgs.model_validate({"version": "1.35"} | fields)
    found = [each.message for each in doubts(args) if each.path == ("public_access_cidrs",)]
    assert [text.startswith(start) for text in found] == ([True] if start else [])
