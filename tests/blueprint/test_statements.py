"""Statements of policies: what roles may not do, who else takes them on, and what reaches further than it needs to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from eks_blueprints import Blueprint, BlueprintArgs
from eks_blueprints.blueprint.checks import check
from eks_blueprints.testing import Recorded, record

OPEN = {"office": {"cidr": "10.0.0.0/8"}}
OPS = "arn:aws:iam::444455556666:role/ops"
READ: dict[str, Any] = {"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::shop/*"]}


def args(fields: Mapping[str, Any]) -> BlueprintArgs:
    cluster = {"version": "1.34", "endpoint_access": OPEN}
    return BlueprintArgs.model_validate({"region": "eu-west-1", "cluster": cluster, **fields})


def made(fields: Mapping[str, Any]) -> Recorded:
    return record(lambda: Blueprint("shop", args(fields))).is_valid()


def document(found: Recorded, kind: str, name: str, field: str) -> list[dict[str, Any]]:
    [resource] = [each for each in found.all(kind) if each.name == name]
    return list(json.loads(resource.inputs[field])["Statement"])


def test_a_role_is_denied_what_it_must_not_do() -> None:
    guard = {"sid": "Region", "not_actions": ["iam:*", "sts:*"], "not_resources": ["arn:aws:s3:::shop/*"]}
    guard |= {"conditions": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1"]}}}
    role = {"allow": [READ], "deny": [guard]}
    found = made({"compute": {"g": {"kind": "managed_nodes", "iam_role": role}}})
    assert document(found, "RolePolicy", "shop-g-role-policy", "policy") == [
        {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::shop/*"]},
        {
            "Sid": "Region",
            "Effect": "Deny",
            "NotAction": ["iam:*", "sts:*"],
            "NotResource": ["arn:aws:s3:::shop/*"],
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1"]}},
        },
    ]


def test_a_service_account_is_denied_what_it_must_not_do() -> None:
    association = {"namespace": "shop", "service_account": "a", "allow": [READ], "deny": [READ]}
    found = made({"compute": {"g": {"kind": "managed_nodes"}}, "pod_identity_associations": {"a": association}})
    said = document(found, "RolePolicy", "shop-pod-identity-a-role-policy", "policy")
    assert [each["Effect"] for each in said] == ["Allow", "Deny"]


TRUST: dict[str, Any] = {
    "sid": "Ops",
    "principals": {"AWS": [OPS]},
    "actions": ["sts:AssumeRole"],
    "conditions": {"StringEquals": {"sts:ExternalId": ["shop"]}},
}
EVERYWHERE: dict[str, Any] = {
    "cluster": {"version": "1.34", "endpoint_access": OPEN, "iam_role": {"trust_statements": [TRUST]}},
    "addon_defaults": {"identity": "irsa"},
    "compute": {
        "g": {"kind": "managed_nodes", "iam_role": {"trust_statements": [TRUST]}},
        "karpenter": {
            "identity": "irsa",
            "controller_iam_role": {"trust_statements": [TRUST]},
            "node_iam_role": {"trust_statements": [TRUST]},
        },
    },
    "addons": {
        "vpc_cni": {"iam_role": {"trust_statements": [TRUST]}},
        "ack_capability": {"iam_role": {"trust_statements": [TRUST]}},
    },
    "pod_identity_associations": {
        name: {
            "namespace": "shop",
            "service_account": name.replace("_", "-"),
            "allow": [READ],
            "iam_role": {"trust_statements": [TRUST]},
        }
        | {"identity": name}
        for name in ("irsa", "pod_identity")
    },
}


def test_others_may_take_a_role_on_besides_whom_it_is_made_for() -> None:
    found = made(EVERYWHERE)
    roles = found.all("iam.Role")
    assert len(roles) == 8
    for role in roles:
        first, more = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
        assert first["Principal"] != more["Principal"], role.name
        assert more == {
            "Sid": "Ops",
            "Effect": "Allow",
            "Principal": {"AWS": [OPS]},
            "Action": ["sts:AssumeRole"],
            "Condition": {"StringEquals": {"sts:ExternalId": ["shop"]}},
        }


def test_a_role_of_which_no_trust_is_said_has_one_statement() -> None:
    for role in made({"compute": {"g": {"kind": "managed_nodes"}}}).all("iam.Role"):
        assert len(json.loads(role.inputs["assumeRolePolicy"])["Statement"]) == 1


ANYONE: dict[str, Any] = {"principals": {"AWS": ["*"]}}


def role(**said: Any) -> dict[str, Any]:
    return {"compute": {"g": {"kind": "managed_nodes", "iam_role": said}}}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            role(allow=[READ, {**READ, "actions": ["s3:Get*", "s3:*"]}]),
            "compute.g.iam_role.allow[1].actions[1]: allows every action of s3; got s3:*; name the actions",
        ),
        (
            role(allow=[{"actions": ["*"], "resources": ["*"]}]),
            "compute.g.iam_role.allow[0].actions[0]: allows everything in the account; got *; name the actions",
        ),
        (
            role(allow=[{"not_actions": ["iam:*"], "resources": ["*"]}]),
            "compute.g.iam_role.allow[0].not_actions: allows every other action of AWS; got iam:*; name the actions",
        ),
        (
            role(trust_statements=[{**ANYONE, "actions": ["sts:AssumeRole"]}]),
            "compute.g.iam_role.trust_statements[0].principals: allows everyone; got *; name accounts or roles, or",
        ),
        (
            {
                "compute": {
                    "g": {"kind": "managed_nodes"},
                    "karpenter": {"queue": {"policy_statements": [{**ANYONE, "actions": ["sqs:SendMessage"]}]}},
                }
            },
            "compute.karpenter.queue.policy_statements[0].principals: allows everyone",
        ),
    ],
)
def test_what_reaches_far_is_doubtful(fields: dict[str, Any], said: str) -> None:
    [found] = [each for each in check(args(fields)) if "iam_role" in each.path or "queue" in each.path]
    assert found.severity == "warning"
    assert str(found).startswith(said)


@pytest.mark.parametrize(
    "fields",
    [
        role(deny=[{"actions": ["*"], "resources": ["*"]}]),
        role(allow=[{"actions": ["s3:Get*", "s3:*Object"], "resources": ["*"]}]),
        role(trust_statements=[{**ANYONE, "effect": "Deny", "actions": ["sts:AssumeRole"]}]),
        role(trust_statements=[{**ANYONE, "actions": ["sts:AssumeRole"], "conditions": {"Bool": {"a": ["b"]}}}]),
    ],
)
def test_what_is_narrow_is_not(fields: dict[str, Any]) -> None:
    assert not [each for each in check(args(fields)) if "iam_role" in each.path]
