"""Whether a VPC that is there leads to the services that a platform calls."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from eks_blueprints import Blueprint, BlueprintArgs
from eks_blueprints.core.errors import Problem, problems_of
from eks_blueprints.testing import Recorded, record

SUBNETS: dict[str, Any] = {
    "a": {"role": "private", "zone": "eu-west-1a", "id": "subnet-0aaaaaaaaaaaaaaaa"},
    "b": {"role": "private", "zone": "eu-west-1b", "id": "subnet-0bbbbbbbbbbbbbbbb"},
}
VPC: dict[str, Any] = {"vpc_id": "vpc-0123456789abcdef0", "subnets": SUBNETS}
TABLES = {"gateway_endpoints": ["s3"], "route_table_ids": ["rtb-0123456789abcdef0"]}
NODES: dict[str, Any] = {"g": {"kind": "managed_nodes"}}
CORE: dict[str, Any] = {"vpc_cni": {}, "kube_proxy": {}, "coredns": {}, "eks_pod_identity_agent": {}}
BASIC = ["ec2", "ecr.api", "ecr.dkr", "eks-auth", "s3"]


def platform(network: dict[str, Any], **fields: Any) -> BlueprintArgs:
    cluster = {"version": "1.35", "endpoint_access": {"v": {"cidr": "172.31.0.0/16"}}}
    base = {"region": "eu-west-1", "network": {**VPC, **network}, "cluster": cluster, "compute": NODES}
    return BlueprintArgs.model_validate(base | fields)


def warned(network: dict[str, Any], **fields: Any) -> list[Problem]:
    return [each for each in platform(network, **fields).warnings if each.path[0] == "network"]


def missing(network: dict[str, Any], **fields: Any) -> list[str]:
    """The services that a warning names."""
    found = warned({"nat_gateways": "none", **network}, **fields)
    if not found:
        return []
    [one] = found
    assert one.path == ("network", "nat_gateways")
    return one.message.partition("without a route to ")[2].partition(";")[0].split(", ")


def refused(network: dict[str, Any], **fields: Any) -> list[str]:
    with pytest.raises(ValidationError) as told:
        platform(network, **fields)
    return [str(problem) for problem in problems_of(told.value)]


def made(network: dict[str, Any], **fields: Any) -> Recorded:
    args = platform(network, **fields)
    return record(lambda: Blueprint("shop", args)).is_valid()


def test_what_nodes_and_the_default_add_ons_call() -> None:
    assert missing({}) == BASIC


def test_a_private_platform_that_says_nothing_is_told_once() -> None:
    [one] = warned({})
    assert one.path == ("network",)
    assert one.message.startswith(f"has no route to what nodes and add-ons call: {', '.join(BASIC)}; got private")
    assert "nat_gateways: single" in one.message


@pytest.mark.parametrize("nat", ["single", "per_zone"])
def test_a_way_out_that_is_said(nat: str) -> None:
    assert warned({"nat_gateways": nat}) == []


def test_nothing_is_said_of_what_is_not_known() -> None:
    public = {"c": {"role": "public", "zone": "eu-west-1a", "id": "subnet-0cccccccccccccccc"}}
    assert warned({"subnets": SUBNETS | public}) == []
    opened = {"version": "1.35", "endpoint_public_access": True, "public_access_cidrs": ["203.0.113.0/24"]}
    assert warned({}, cluster=opened) == []
    assert missing({}, cluster=opened) == BASIC


def test_endpoints_that_are_there_or_made_count() -> None:
    assert missing({"existing_endpoints": ["com.amazonaws.eu-west-1.ec2", "s3", "eks-auth"]}) == ["ecr.api", "ecr.dkr"]
    some = {"cidr": "10.0.0.0/16", "interface_endpoints": ["ecr.api", "ecr.dkr"], **TABLES}
    assert missing(some) == ["ec2", "eks-auth"]
    assert warned({**some, "existing_endpoints": ["ec2", "eks-auth"]}) == []


@pytest.mark.parametrize(
    ("addons", "further"),
    [
        ({"cluster_autoscaler": {}}, {"autoscaling", "eks"}),
        ({"aws_load_balancer_controller": {}}, {"elasticloadbalancing"}),
        ({"aws_efs_csi_driver": {}}, {"elasticfilesystem"}),
        ({"aws_ebs_csi_driver": {"identity": "irsa"}}, {"sts"}),
        ({"metrics_server": {}}, set()),
    ],
)
def test_what_add_ons_call(addons: dict[str, Any], further: set[str]) -> None:
    assert set(missing({}, addons={**CORE, **addons})) == {*BASIC, *further}


def test_what_compute_calls() -> None:
    fargate = {"f": {"kind": "fargate", "selectors": [{"namespace": "kube-system"}]}}
    assert missing({}, compute=fargate, core_addons=["coredns"]) == ["ecr.api", "ecr.dkr", "s3"]
    assert {"sqs", "ssm", "eks"} <= set(missing_beside_karpenter())
    assert missing({}, compute={}, core_addons=[]) == []


def missing_beside_karpenter() -> list[str]:
    found = warned({"nat_gateways": "none"}, compute={**NODES, "karpenter": {}})
    [one] = [each for each in found if each.path == ("network", "nat_gateways")]
    return one.message.partition("without a route to ")[2].partition(";")[0].split(", ")


def test_karpenter_is_told_that_it_is_cut_off() -> None:
    karpenter = {**NODES, "karpenter": {}}
    at = ("compute", "karpenter", "settings", "isolated_vpc")
    assert at in [each.path for each in platform({"nat_gateways": "none"}, compute=karpenter).warnings]
    assert at not in [each.path for each in platform({"nat_gateways": "single"}, compute=karpenter).warnings]


def test_what_own_service_accounts_call() -> None:
    own = {"namespace": "shop", "service_account": "a", "identity": "irsa", "policy_arns": {}}
    own["allow"] = [{"actions": ["s3:GetObject"], "resources": ["*"]}]
    assert "sts" in missing({}, pod_identity_associations={"a": own})


def test_endpoints_are_made_as_in_a_network_of_ones_own() -> None:
    network = {"cidr": "10.0.0.0/16", "interface_endpoints": ["ecr.api"], **TABLES}
    pods = {"p": {"role": "pod", "zone": "eu-west-1a", "id": "subnet-0dddddddddddddddd", "cidr": "100.64.0.0/20"}}
    again = {"c": {"role": "private", "zone": "eu-west-1b", "id": "subnet-0cccccccccccccccc"}}
    found = made({**network, "subnets": SUBNETS | again | pods}, tags={"team": "shop"})
    endpoint = found.one("shop-network-endpoint-ecr-api")
    endpoint.has(
        vpcId="vpc-0123456789abcdef0",
        serviceName="com.amazonaws.eu-west-1.ecr.api",
        subnetIds=["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"],
        privateDnsEnabled=True,
        tags={"Name": "shop-network-endpoint-ecr-api", "team": "shop"},
    )
    found.one("shop-network-gateway-s3").has(routeTableIds=["rtb-0123456789abcdef0"], vpcEndpointType="Gateway")
    found.one("shop-network-endpoints-10-0-0-0-16").has(cidrIpv4="10.0.0.0/16", fromPort=443)
    found.one("shop-network-endpoints-100-64-0-0-20").has(cidrIpv4="100.64.0.0/20")
    found.one("shop-g-group").waits_for(endpoint)
    own = record(
        lambda: Blueprint("shop", platform({}).but(network={"cidr": "10.0.0.0/16", "interface_endpoints": ["ecr.api"]}))
    )
    names = {resource.name for resource in own.all("aws:ec2/vpcEndpoint:VpcEndpoint")}
    assert names == {resource.name for resource in found.all("aws:ec2/vpcEndpoint:VpcEndpoint")}


def test_without_endpoints_nothing_is_made_in_the_vpc() -> None:
    found = made({"nat_gateways": "none", "existing_endpoints": BASIC})
    assert found.all("aws:ec2/vpcEndpoint:VpcEndpoint") == []
    assert not [name for name in (urn.rpartition("::")[2] for urn in found.urns) if name.startswith("shop-network-")]


def test_another_endpoint_changes_no_other() -> None:
    network = {"cidr": "10.0.0.0/16", "interface_endpoints": ["ecr.api"]}
    more = {**network, "interface_endpoints": ["sts", "ecr.api"], **TABLES}
    assert made(network).urns < made(more).urns


@pytest.mark.parametrize(
    ("network", "message"),
    [
        ({"interface_endpoints": ["sts"]}, "network.cidr: is needed for interface_endpoints"),
        ({"gateway_endpoints": ["s3"]}, "network.route_table_ids: is needed with gateway_endpoints"),
        (
            {"route_table_ids": ["rtb-0123456789abcdef0"]},
            "network.gateway_endpoints: is needed with route_table_ids",
        ),
        ({**TABLES, "route_table_ids": ["subnet-1"]}, "network.route_table_ids[0]: is not a valid id of a route table"),
        (
            {**TABLES, "route_table_ids": ["rtb-0123456789abcdef0"] * 2},
            "network.route_table_ids[1]: is listed twice",
        ),
        (
            {"cidr": "10.0.0.0/16", "existing_endpoints": ["sts"], "interface_endpoints": ["sts"]},
            "network.interface_endpoints[0]: is listed as sts already",
        ),
        ({**TABLES, "existing_endpoints": ["s3"]}, "network.gateway_endpoints[0]: is listed as s3 already"),
        ({"existing_endpoints": ["com.amazonaws.us-east-1.sts"]}, "network.existing_endpoints[0]: is not a service of"),
        ({"nat_gateways": "two"}, "network.nat_gateways: is not one of the allowed values"),
        ({"additional_endpoints": ["sts"]}, "network.additional_endpoints: belongs to a new VPC"),
    ],
)
def test_endpoints_that_are_refused(network: dict[str, Any], message: str) -> None:
    [found] = refused(network)
    assert found.startswith(message)


def test_route_tables_of_another_stack() -> None:
    tables = {"stack": "acme/network/prod", "output": "tables", "count": 2}
    args = platform({"gateway_endpoints": ["s3"], "route_table_ids": tables})
    assert len(args.network.route_table_ids) == 2  # type: ignore[union-attr]


def test_tags_leave_room_for_the_name() -> None:
    tags = {f"t{number}": "" for number in range(50)}
    found = refused({"cidr": "10.0.0.0/16", "interface_endpoints": ["sts"]}, tags=tags)
    assert any(line.startswith("network.interface_endpoints: leave no room") for line in found)
