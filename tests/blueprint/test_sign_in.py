"""Who signs in to the Kubernetes API: an OIDC identity provider, and the role that deploys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from eks_blueprints import Blueprint, BlueprintArgs
from eks_blueprints.core.errors import problems_of
from eks_blueprints.review.diff import diff_plans
from eks_blueprints.testing import Recorded, record

PROVIDER = "aws:eks/identityProviderConfig:IdentityProviderConfig"
OIDC = {"issuer_url": "https://login.example.com/realms/acme", "client_id": "kubernetes"}
ROLE = "arn:aws:iam::111122223333:role/pipeline"


def said(fields: Mapping[str, Any], **cluster: Any) -> dict[str, Any]:
    base = {"version": "1.34", "endpoint_access": {"o": {"cidr": "10.0.0.0/8"}}}
    return {"region": "eu-west-1", "core_addons": [], "cluster": {**base, **cluster}, **fields}


def made(fields: Mapping[str, Any], **cluster: Any) -> Recorded:
    args = BlueprintArgs.model_validate(said(fields, **cluster))
    return record(lambda: Blueprint("shop", args)).is_valid()


def told(fields: Mapping[str, Any], **cluster: Any) -> list[str]:
    try:
        BlueprintArgs.model_validate(said(fields, **cluster))
    except ValidationError as error:
        return [str(problem) for problem in problems_of(error)]
    return []


def test_an_identity_provider_in_full() -> None:
    more = {"username_claim": "email", "username_prefix": "oidc:", "groups_claim": "groups", "groups_prefix": "oidc:"}
    given = {**OIDC, **more, "name": "acme", "required_claims": {"team": "shop"}, "tags": {"a": "b"}}
    found = made({}, identity_provider=given).one(PROVIDER)
    assert found.inputs["oidc"] == {
        "identityProviderConfigName": "acme",
        "issuerUrl": OIDC["issuer_url"],
        "clientId": "kubernetes",
        "usernameClaim": "email",
        "usernamePrefix": "oidc:",
        "groupsClaim": "groups",
        "groupsPrefix": "oidc:",
        "requiredClaims": {"team": "shop"},
    }
    assert found.inputs["tags"] == {"a": "b"}
    found.has_option(delete_before_replace=True)


def test_a_changed_identity_provider_is_replaced() -> None:
    one = made({}, identity_provider=OIDC)
    two = made({}, identity_provider={**OIDC, "client_id": "other"})
    assert [each.kind for each in diff_plans(one.plan, two.plan).resources if each.type == PROVIDER] == ["replace"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"issuer_url": "http://login.example.com"}, "issuer_url: is not a valid URL of an issuer"),
        ({"issuer_url": "https://login.example.com?x=y"}, "issuer_url: is not a valid URL of an issuer"),
        ({"client_id": " "}, "client_id: is empty"),
        ({"name": "a b"}, "name: is not a valid name of an identity provider"),
        ({"username_prefix": "system:x"}, "username_prefix: begins with system:"),
        ({"groups_prefix": "system:"}, "groups_prefix: begins with system:"),
        ({"required_claims": {"a": "x" * 254}}, "required_claims.a: is refused by EKS"),
        ({"clientID": "x"}, "clientID: no such field"),
    ],
)
def test_an_identity_provider_that_eks_would_refuse_is_refused(fields: dict[str, Any], message: str) -> None:
    [found] = told({}, identity_provider={**OIDC, **fields})
    assert found.startswith(f"cluster.identity_provider.{message}")


def test_further_audiences_of_the_oidc_provider() -> None:
    found = made({}, openid_connect_audiences=["vault"])
    provider = found.one("aws:iam/openIdConnectProvider:OpenIdConnectProvider")
    assert provider.inputs["clientIdLists"] == ["sts.amazonaws.com", "vault"]
    for given, at in (
        ({"openid_connect_audiences": ["a b"]}, "cluster.openid_connect_audiences[0]"),
        ({"openid_connect_audiences": ["sts.amazonaws.com"]}, "cluster.openid_connect_audiences"),
        ({"openid_connect_audiences": ["vault"], "oidc_provider": False}, "cluster.openid_connect_audiences"),
    ):
        [message] = told({}, **given)
        assert message.startswith(f"{at}: ")


def test_the_role_that_deploys_has_an_entry() -> None:
    admin = {"principal_arn": "deployer", "policies": [{"policy": "cluster_admin"}]}
    fields = {"access": {"pipeline": admin}, "account": {"role_arn": ROLE}}
    found = made(fields, bootstrap_cluster_creator_admin_permissions=False)
    assert found.one("aws:eks/accessEntry:AccessEntry").inputs["principalArn"] == ROLE
    [message] = told({"access": {"pipeline": admin}})
    assert message.startswith("access.pipeline.principal_arn: is the role of account.role_arn")
    both = {**fields, "access": {"pipeline": admin, "again": {"principal_arn": ROLE}}}
    [message] = told(both)
    assert message.startswith("access.again.principal_arn: is also used by pipeline")
