"""ARNs of another partition, and of another region where AWS takes its own only."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from eks_blueprints.blueprint.spec import BlueprintArgs
from eks_blueprints.core.errors import problems_of

KEY = "arn:aws:kms:us-east-1:111122223333:key/1234abcd"
CHINESE = "arn:aws-cn:iam::111122223333:role/ops"
POLICY = "arn:aws-us-gov:iam::aws:policy/ReadOnlyAccess"
NODES: dict[str, Any] = {"kind": "managed_nodes"}


def told(region: str = "eu-west-1", **fields: Any) -> list[str]:
    base = {"region": region, "cluster": {"version": "1.35"}, "compute": {"g": NODES}}
    try:
        BlueprintArgs.model_validate(base | fields)
    except ValidationError as error:
        return [str(problem) for problem in problems_of(error)]
    return []


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"cluster": {"version": "1.35", "role_arn": CHINESE}}, "cluster.role_arn"),
        ({"access": {"a": {"principal_arn": CHINESE, "policies": [{"policy": "view"}]}}}, "access.a.principal_arn"),
        ({"compute": {"g": {**NODES, "node_role_arn": CHINESE}}}, "compute.g.node_role_arn"),
        ({"compute": {"g": {**NODES, "policies": {"read": POLICY}}}}, "compute.g.policies.read"),
        (
            {
                "addons": {
                    "vpc_cni": {"service_account_role_arn": CHINESE},
                    "kube_proxy": {},
                    "coredns": {},
                    "eks_pod_identity_agent": {},
                },
            },
            "addons.vpc_cni.service_account_role_arn",
        ),
        (
            {"compute": {"g": NODES, "karpenter": {"node_role_arns": [CHINESE]}}},
            "compute.karpenter.node_role_arns[0]",
        ),
    ],
)
def test_another_partition(fields: dict[str, Any], at: str) -> None:
    [found] = told(**fields)
    assert found.startswith(f"{at}: is in another partition than region eu-west-1; got arn:aws-")
    assert found.endswith("name one of partition aws")


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"cluster": {"version": "1.35", "encryption_config": {"key_arn": KEY}}}, "cluster.encryption_config.key_arn"),
        ({"network": {"flow_logs": {"kms_key_arn": KEY}}}, "network.flow_logs.kms_key_arn"),
        ({"compute": {"g": {**NODES, "disk": {"kms_key_id": KEY}}}}, "compute.g.disk.kms_key_id"),
        (
            {"compute": {"g": {**NODES, "additional_volumes": {"/dev/sdf": {"kms_key_id": KEY}}}}},
            "compute.g.additional_volumes./dev/sdf.kms_key_id",
        ),
        (
            {
                "compute": {
                    "g": NODES,
                    "karpenter": {
                        "node_classes": {
                            "default": {
                                "ami_selector_terms": [{"alias": "al2023@v20251103"}],
                                "block_device_mappings": [
                                    {
                                        "device_name": "/dev/xvda",
                                        "ebs": {"encrypted": True, "kms_key_id": KEY, "volume_size": "50Gi"},
                                    }
                                ],
                            }
                        }
                    },
                }
            },
            "compute.karpenter.node_classes.default.block_device_mappings[0].ebs.kms_key_id",
        ),
    ],
)
def test_another_region(fields: dict[str, Any], at: str) -> None:
    [found] = told(**fields)
    assert found.startswith(f"{at}: is in another region than the platform's eu-west-1, where kms cannot be used from")
    assert found.endswith("name one of eu-west-1")
    assert told(region="us-east-1", **fields) == []


def test_what_may_be_anywhere() -> None:
    secrets = {
        "kind": "external_secrets",
        "kms_key_arns": [KEY],
        "secret_arns": ["arn:aws:secretsmanager:us-east-1:111122223333:secret:shop/*"],
    }
    core = {"vpc_cni": {}, "kube_proxy": {}, "coredns": {}, "eks_pod_identity_agent": {}}
    assert told(compute={"g": NODES}, addons={**core, "external_secrets": secrets}) == []


def test_values_of_charts_are_theirs() -> None:
    chart = {
        "kind": "helm",
        "chart": "x",
        "namespace": "x",
        "version": "1.0.0",
        "repository": "https://charts.example.com",
        "values": {"role": CHINESE},
    }
    core = {"vpc_cni": {}, "kube_proxy": {}, "coredns": {}, "eks_pod_identity_agent": {}}
    assert told(compute={"g": NODES}, addons={**core, "x": chart}) == []


def test_the_other_partitions_have_theirs() -> None:
    ours = {"compute": {"g": {**NODES, "node_role_arn": CHINESE}}}
    assert told(region="cn-north-1", **ours) == []
    [found] = told(region="us-gov-west-1", **ours)
    assert found.endswith("name one of partition aws-us-gov")


def test_functions_that_choose_nodes_are_called_in_the_region() -> None:
    chooser = "arn:aws:lambda:us-east-1:111122223333:function:choose"
    own = {"kind": "self_managed_nodes", "termination_policies": [chooser]}
    [found] = told(compute={"g": own})
    assert found.startswith("compute.g.termination_policies[0]: is in another region than the platform's eu-west-1")
    assert told(compute={"g": {**own, "termination_policies": [chooser.replace("us-east-1", "eu-west-1")]}}) == []


OTHERS = "arn:aws:iam::444455556666"
OURS = {"id": "111122223333"}


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"cluster": {"version": "1.35", "role_arn": f"{OTHERS}:role/eks"}}, "cluster.role_arn"),
        ({"compute": {"g": {**NODES, "node_role_arn": f"{OTHERS}:role/nodes"}}}, "compute.g.node_role_arn"),
        ({"compute": {"g": {**NODES, "policies": {"a": f"{OTHERS}:policy/a"}}}}, "compute.g.policies.a"),
        (
            {
                "pod_identity_associations": {
                    "a": {"namespace": "a", "service_account": "a", "role_arn": f"{OTHERS}:role/a"}
                }
            },
            "pod_identity_associations.a.role_arn",
        ),
    ],
)
def test_roles_and_policies_of_another_account(fields: dict[str, Any], at: str) -> None:
    [found] = told(account=OURS, **fields)
    assert found.startswith(f"{at}: is in another account than the platform's 111122223333, where IAM cannot use it")
    assert told(**fields) == []


def test_whom_pods_turn_into_and_who_comes_in_may_be_of_another_account() -> None:
    pods = {
        "namespace": "a",
        "service_account": "a",
        "role_arn": "arn:aws:iam::111122223333:role/a",
        "target_role_arn": f"{OTHERS}:role/a",
    }
    entry = {"principal_arn": f"{OTHERS}:role/ops", "policies": [{"policy": "view"}]}
    assert told(account=OURS, pod_identity_associations={"a": pods}, access={"ops": entry}) == []
    assert (
        told(account=OURS, compute={"g": {**NODES, "policies": {"a": "arn:aws:iam::aws:policy/ReadOnlyAccess"}}}) == []
    )
