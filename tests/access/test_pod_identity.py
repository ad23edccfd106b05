"""What the AWS permissions of a service account make."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from eks_blueprints import PodIdentityAssociation
from eks_blueprints.core.errors import problems_of
from eks_blueprints.recording import ProgramError
from eks_blueprints.testing import Recorded
from tests.builders import recorded

READ = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
ROLE = "arn:aws:iam::111122223333:role/reader"
ACCOUNT = {"namespace": "shop", "service_account": "reader"}
ROLES = "aws:iam/role:Role"
ASSOCIATIONS = "aws:eks/podIdentityAssociation:PodIdentityAssociation"


def made(fields: dict[str, Any], **cluster: Any) -> Recorded:
    args = PodIdentityAssociation.model_validate(ACCOUNT | fields)

    def put(ref: Any) -> None:
        from eks_blueprints import PodIdentity

        PodIdentity("shop-pod-identity-reader", args, cluster=ref, key="reader")

    return recorded(put, **cluster)


def told(**fields: Any) -> list[str]:
    try:
        PodIdentityAssociation.model_validate(ACCOUNT | fields)
    except ValidationError as error:
        return [str(problem) for problem in problems_of(error)]
    return []


def inputs(found: Recorded, kind: str) -> dict[str, Any]:
    [one] = found.all(kind)
    return dict(one.inputs)


def test_a_role_for_pods_and_its_association() -> None:
    found = made({"policy_arns": {"s3": READ}, "tags": {"a": "b"}, "permissions_boundary": READ})
    role = inputs(found, ROLES)
    trust = json.loads(role["assumeRolePolicy"])["Statement"][0]
    assert trust["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    assert trust["Action"] == ["sts:AssumeRole", "sts:TagSession"]
    assert role["permissionsBoundary"] == READ
    assert role["tags"] == {"a": "b", "team": "shop"}
    assert inputs(found, "aws:iam/rolePolicyAttachment:RolePolicyAttachment")["policyArn"] == READ
    assert inputs(found, ASSOCIATIONS) == {
        "clusterName": "${shop-cluster.name}",
        "namespace": "shop",
        "serviceAccount": "reader",
        "roleArn": "${shop-pod-identity-reader-role.arn}",
        "tags": {"a": "b", "team": "shop"},
    }


def test_the_role_is_for_its_service_account_on_its_cluster() -> None:
    trust = json.loads(inputs(made({"policy_arns": {"s3": READ}}), ROLES)["assumeRolePolicy"])["Statement"][0]
    asked = trust["Condition"]["StringEquals"]
    assert asked["aws:RequestTag/eks-cluster-arn"] == "${shop-cluster.arn}"
    assert asked["aws:RequestTag/kubernetes-namespace"] == "shop"
    assert asked["aws:RequestTag/kubernetes-service-account"] == "reader"


def test_without_session_tags_the_role_asks_for_none() -> None:
    found = made({"policy_arns": {"s3": READ}, "disable_session_tags": True})
    trust = json.loads(inputs(found, ROLES)["assumeRolePolicy"])["Statement"][0]
    assert list(trust["Condition"]["StringEquals"]) == ["aws:SourceAccount"]


def test_statements_are_one_policy_of_the_role() -> None:
    say = {"StringEquals": {"aws:RequestedRegion": ["eu-west-1"]}}
    found = made({"allow": [{"actions": ["s3:Get*"], "resources": ["arn:aws:s3:::shop/*"], "conditions": say}]})
    document = json.loads(inputs(found, "aws:iam/rolePolicy:RolePolicy")["policy"])
    assert document["Statement"] == [
        {"Effect": "Allow", "Action": ["s3:Get*"], "Resource": ["arn:aws:s3:::shop/*"], "Condition": say}
    ]


def test_the_association_waits_for_the_policies() -> None:
    found = made({"policy_arns": {"s3": READ}})
    [association] = found.all(ASSOCIATIONS)
    association.waits_for("shop-pod-identity-reader-role-s3")
    association.has_option(delete_before_replace=True)


def test_a_role_that_is_there_is_taken() -> None:
    found = made({"role_arn": ROLE, "disable_session_tags": True})
    assert not found.all(ROLES)
    association = inputs(found, ASSOCIATIONS)
    assert (association["roleArn"], association["disableSessionTags"]) == (ROLE, True)


def test_a_target_role_may_be_taken_on() -> None:
    found = made({"target_role_arn": ROLE})
    document = json.loads(inputs(found, "aws:iam/rolePolicy:RolePolicy")["policy"])
    [statement] = document["Statement"]
    assert (statement["Action"], statement["Resource"]) == (["sts:AssumeRole", "sts:TagSession"], [ROLE])
    assert inputs(found, ASSOCIATIONS)["targetRoleArn"] == ROLE


@pytest.mark.parametrize(("fields", "cluster"), [({"identity": "irsa"}, {}), ({}, {"only_fargate": True})])
def test_irsa_trusts_the_service_account_and_has_no_association(
    fields: dict[str, Any], cluster: dict[str, Any]
) -> None:
    found = made({"policy_arns": {"s3": READ}, **fields}, **cluster)
    assert not found.all(ASSOCIATIONS)
    trust = json.loads(inputs(found, ROLES)["assumeRolePolicy"])["Statement"][0]
    assert trust["Action"] == ["sts:AssumeRoleWithWebIdentity"]
    assert "system:serviceaccount:shop:reader" in trust["Condition"]["StringEquals"].values()


@pytest.mark.parametrize(
    ("fields", "cluster", "message"),
    [
        ({"identity": "irsa", "policy_arns": {"s3": READ}}, {"oidc_provider_arn": None}, "irsa needs an IAM OIDC"),
        ({"identity": "irsa", "role_arn": ROLE}, {}, "leaves nothing to create with irsa"),
        ({"target_role_arn": ROLE}, {"only_fargate": True}, "is for Pod Identity"),
    ],
)
def test_what_irsa_has_not_is_told_where_it_is_put(
    fields: dict[str, Any], cluster: dict[str, Any], message: str
) -> None:
    with pytest.raises(ProgramError, match=message):
        made(fields, **cluster)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "policy_arns: is required: the role would have no permissions"),
        ({"role_arn": ROLE, "policy_arns": {"s3": READ}}, "policy_arns: is for the role that is created"),
        ({"role_arn": ROLE, "permissions_boundary": READ}, "permissions_boundary: is for the role that is created"),
        ({"namespace": "Shop", "role_arn": ROLE}, "namespace: is not a valid name of a namespace"),
        ({"service_account": "a_b", "role_arn": ROLE}, "service_account: is not a valid name of a service account"),
        ({"service_account": "a" * 254, "role_arn": ROLE}, "service_account: is not a valid name of a service account"),
        ({"allow": [{"actions": ["s3"], "resources": ["*"]}]}, "allow[0].actions[0]: is not a valid action"),
        ({"deny": [{"resources": ["*"]}]}, "deny[0].actions: needs at least one"),
        (
            {"allow": [{"actions": ["s3:*"], "not_actions": ["s3:Get*"], "resources": ["*"]}]},
            "allow[0].not_actions: cannot be",
        ),
        (
            {"role_arn": ROLE, "deny": [{"actions": ["s3:*"], "resources": ["*"]}]},
            "deny: is for the role that is created",
        ),
        ({"allow": [{"actions": [], "resources": ["*"]}]}, "allow[0].actions: needs at least one"),
        ({"allow": [{"actions": ["s3:GetObject"], "resources": []}]}, "allow[0].resources: needs at least one ARN"),
        ({"allow": [{"actions": ["s3:GetObject"], "resources": ["b"]}]}, "allow[0].resources[0]: is not a valid ARN"),
        (
            {"allow": [{"actions": ["s3:GetObject"], "resources": ["*"], "conditions": {"Null": {"a": []}}}]},
            "allow[0].conditions.Null.a: needs at least one value",
        ),
        ({"policy_arns": {f"p{n}": READ for n in range(21)}}, "policy_arns: can have at most 20 policies; got 21"),
        (
            {"allow": [{"actions": ["s3:GetObject"], "resources": [f"arn:aws:s3:::{n:0>60}" for n in range(150)]}]},
            "allow: can have at most 10240 characters",
        ),
    ],
)
def test_refused(fields: dict[str, Any], message: str) -> None:
    [found] = told(**fields)
    assert found.startswith(message)


@pytest.mark.parametrize(
    "fields",
    [
        {"service_account": "a.b-c", "role_arn": ROLE},
        {"service_account": "a" * 63 + "." + "b" * 63, "role_arn": ROLE},
        {"target_role_arn": {"config": "target"}},
        {"allow": [{"actions": ["s3:ListAllMyBuckets"], "resources": ["*"]}]},
        {"allow": [{"actions": ["s3:GetObject"], "resources": [{"stack": "a/b/c", "output": "bucket"}]}]},
    ],
)
def test_taken(fields: dict[str, Any]) -> None:
    assert told(**fields) == []
