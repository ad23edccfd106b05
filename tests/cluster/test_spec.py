"""What a cluster's spec takes, and what it says about what it does not take."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from eks_blueprints.cluster.spec import ClusterArgs
from eks_blueprints.core.errors import problems_of

ROLE = "arn:aws:iam::111122223333:role/own"


def problems(**fields: Any) -> list[str]:
    try:
        ClusterArgs.model_validate({"version": "1.35"} | fields)
    except ValidationError as error:
        return [str(problem) for problem in problems_of(error)]
    return []


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"version": 1.30}, 'version: needs text; got 1.3; quote it: "1.3"'),
    ({"version": "1.29"}, "version: is no longer offered by EKS"),
    ({"version": "v1.35"}, "version: is not a valid Kubernetes version"),
    ({"version": "latest"}, "version: is not a valid Kubernetes version"),
    ({"version": "1.35.2"}, "version: is not a valid Kubernetes version"),
    ({"name": "ünicode"}, "name: is not a valid name for a cluster"),
    ({"name": "x" * 101}, "name: is not a valid name for a cluster"),
    ({"name": ""}, "name: is not a valid name for a cluster"),
    ({"endpoint_private_access": False}, "endpoint_private_access: closes the last endpoint"),
    ({"endpoint_public_access": True}, "public_access_cidrs: is required with endpoint_public_access"),
    ({"public_access_cidrs": ["0.0.0.0/0"]}, "public_access_cidrs: is for the public endpoint"),
    (
        {"endpoint_public_access": True, "public_access_cidrs": ["10.0.0.0/8"]},
        "public_access_cidrs[0]: is not a public range",
    ),
    (
        {"endpoint_public_access": True, "public_access_cidrs": ["203.0.113.7"]},
        'public_access_cidrs[0]: has no prefix length; got "203.0.113.7"; write 203.0.113.7/32 for that one address',
    ),
    (
        {"endpoint_public_access": True, "public_access_cidrs": ["203.0.113.7/24"]},
        "public_access_cidrs[0]: is not the first address of its range",
    ),
    (
        {"endpoint_public_access": True, "public_access_cidrs": ["203.0.113.0/24", "203.0.113.0/24"]},
        "public_access_cidrs: lists one range twice",
    ),
    (
        {"endpoint_public_access": True, "public_access_cidrs": [f"203.0.113.{n}/32" for n in range(41)]},
        "public_access_cidrs: can have at most 40 entries",
    ),
    ({"security_group_ids": ["web"]}, "security_group_ids[0]: is not a valid id of a security group"),
    (
        {"authentication_mode": "CONFIG_MAP"},
        "authentication_mode: keeps access in one ConfigMap that a single mistake can break",
    ),
    ({"authentication_mode": "api"}, "authentication_mode: is not one of the allowed values"),
    ({"enabled_cluster_log_types": ["Audit"]}, "enabled_cluster_log_types[0]: is not one of the allowed values"),
    ({"enabled_cluster_log_types": ["api", "api"]}, "enabled_cluster_log_types: lists one type twice"),
    ({"enabled_cluster_log_types": [], "log_group": {}}, "log_group: is for logs"),
    ({"log_group": {"retention_in_days": 10}}, "log_group.retention_in_days: is not a retention of CloudWatch"),
    (
        {"encryption_config": {"key_arn": "arn:aws:kms:eu-west-1:111122223333:alias/own"}},
        "encryption_config.key_arn: is not a valid ARN of a KMS key",
    ),
    (
        {"encryption_config": {"key_arn": "arn:aws:kms:eu-west-1:111122223333:key/a", "deletion_window_in_days": 7}},
        "encryption_config.deletion_window_in_days: is for the cluster's own key",
    ),
    ({"version": "1.32", "support_type": "STANDARD"}, "support_type: must be EXTENDED"),
    ({"service_ipv4_cidr": "10.0.0.0/8"}, "service_ipv4_cidr: must be /12 to /24"),
    ({"service_ipv4_cidr": "100.64.0.0/16"}, "service_ipv4_cidr: must be private"),
    ({"service_ipv4_cidr": "10.0.0.0/16", "ip_family": "ipv6"}, "service_ipv4_cidr: is for ipv4"),
    ({"remote_pod_networks": ["10.0.0.0/16"]}, "remote_pod_networks: needs remote_node_networks"),
    ({"remote_node_networks": ["8.8.8.0/24"]}, "remote_node_networks: must be private"),
    (
        {"remote_node_networks": ["10.0.0.0/16"], "remote_pod_networks": ["10.0.1.0/24"]},
        "remote_node_networks: overlaps 10.0.1.0/24 of remote_pod_networks",
    ),
    ({"remote_node_networks": ["10.0.0.0/16"], "ip_family": "ipv6"}, "remote_node_networks: needs ipv4"),
    ({"kube_api_server_config": {"event_ttl": "2h"}}, "kube_api_server_config.event_ttl: is out of range"),
    ({"kube_api_server_config": {"event_ttl": "1h30m"}}, "kube_api_server_config.event_ttl: is not a valid duration"),
    (
        {"kube_api_server_config": {"service_node_port_range": {"min_port": 31000, "max_port": 30000}}},
        "kube_api_server_config.service_node_port_range.max_port: is below min_port 31000",
    ),
    (
        {
            "kube_controller_manager_config": {
                "horizontal_pod_autoscaler_controller_config": {"horizontal_pod_autoscaler_sync_period": "10s"}
            }
        },
        "kube_controller_manager_config.horizontal_pod_autoscaler_controller_config: needs a provisioned control plane",
    ),
    (
        {"kube_scheduler_config": {"node_resources_fit": {"scoring_strategy": {"resources": [{"name": "cpu"}] * 2}}}},
        "kube_scheduler_config.node_resources_fit.scoring_strategy.resources: gives one resource two weights",
    ),
    ({"auto_mode": {"node_pools": ["gpu"]}}, "auto_mode.node_pools[0]: is not one of the allowed values"),
    ({"auto_mode": {"node_pools": [], "node_role_arn": ROLE}}, "auto_mode.node_role_arn: is for built-in pools"),
    (
        {"role_arn": "arn:aws:sts::111122223333:assumed-role/own/me"},
        "role_arn: is a session and not a role",
    ),
    (
        {"role_arn": ROLE, "role_permissions_boundary": "arn:aws:iam::111122223333:policy/p"},
        "role_permissions_boundary: is for the role that is created",
    ),
    ({"timeouts": {"create": "long"}}, "timeouts.create: is not a valid duration in one unit"),
    ({"kubeconfig": {"profile": "my profile"}}, "kubeconfig.profile: is not a valid name of a profile"),
    ({"tags": {"aws:x": "y"}}, "tags.aws:x: has a key that AWS reserves"),
    ({"deletion_protection": "yes"}, "deletion_protection: needs true or false"),
    ({"outpost_config": {}}, "outpost_config: is not a field here"),
    ({"vpc_config": {}}, "vpc_config: is not a field here"),
    ({"versoin": "1.35"}, "versoin: no such field"),
]


@pytest.mark.parametrize(
    ("fields", "said"), REFUSED, ids=[said.partition(":")[0] + str(n) for n, (_, said) in enumerate(REFUSED)]
)
def test_a_refused_field_has_one_clear_error(fields: dict[str, Any], said: str) -> None:
    found = problems(**fields)
    assert len(found) == 1, found
    assert found[0].startswith(said)
    assert "; got " in found[0]


@pytest.mark.parametrize(
    "fields",
    [
        {"version": "1.99"},
        {"name": "0-a_B"},
        {"endpoint_public_access": True, "public_access_cidrs": ["0.0.0.0/0", "::/0"], "ip_family": "ipv6"},
        {"remote_node_networks": ["100.64.0.0/16"]},
        {"role_arn": {"config": "clusterRole"}},
        {"encryption_config": {"key_arn": {"stack": "org/keys/prod", "output": "arn"}}},
        {"kube_api_server_config": {}},
        {"version": "1.32"},
    ],
)
def test_what_eks_takes_is_taken(fields: dict[str, Any]) -> None:
    assert problems(**fields) == []


def test_an_aws_block_does_not_hide_other_errors() -> None:
    assert len(problems(vpc_config={}, name="ü", versoin="x")) == 3


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"version": "1.32"}, "version"),
        ({"version": "1.34"}, "version"),
        ({"version": "1.99"}, "version"),
        ({"endpoint_public_access": True, "public_access_cidrs": ["0.0.0.0/0"]}, "public_access_cidrs"),
        ({"enabled_cluster_log_types": []}, "enabled_cluster_log_types"),
    ],
)
def test_doubtful_clusters_are_warned_about(fields: dict[str, Any], field: str) -> None:
    warnings = ClusterArgs.model_validate({"version": "1.35"} | fields).warnings
    assert [(problem.path, problem.severity) for problem in warnings] == [((field,), "warning")]


def test_the_smallest_cluster_raises_no_doubt() -> None:
    assert ClusterArgs(version="1.35").warnings == ()


def beside(has: Any, region: str = "eu-west-1", cidr: str = "10.0.0.0/16", **fields: Any) -> list[str]:
    args = ClusterArgs.model_validate({"version": "1.35"} | fields)
    return [str(each) for each in args.beside_network(region=region, vpc_cidrs=(cidr,), ip_family=has)]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"ip_family": "ipv4", "service_ipv4_cidr": "10.0.0.0/20"}, "overlaps the VPC's 10.0.0.0/16"),
        ({"remote_node_networks": ["10.0.8.0/24"]}, "overlaps the VPC's 10.0.0.0/16"),
        ({"ip_family": "ipv6"}, "needs a network with IPv6"),
    ],
)
def test_what_does_not_fit_the_network_is_an_error(fields: dict[str, Any], said: str) -> None:
    assert [said in problem for problem in beside("ipv4", **fields)] == [True]


def test_ipv6_is_not_offered_in_china() -> None:
    assert beside("ipv6", region="cn-north-1")[0].startswith("ip_family: is not offered in China")
