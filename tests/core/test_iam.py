import json
import re
import sys
from subprocess import check_output
from typing import Any

import pulumi
import pytest

from eks_blueprints.core.component import Component
from eks_blueprints.core.iam import Allow, managed_policy, policy_document
from eks_blueprints.core.iam_roles import GrantedRole, Grants, irsa_role, pod_identity_role, service_role
from eks_blueprints.core.refs import ClusterRef
from eks_blueprints.testing import record
from tests import ROOT
from tests.builders import recorded

KEY = "arn:aws:kms:eu-west-1:111122223333:key/abc"


@pytest.mark.parametrize(
    "action", ["s3:", "s3", "", "*:Get", "s3*:Get", "s3:Get Object", "s3:Get-Object", "**", ":Get", 7]
)
def test_what_iam_would_not_take_as_an_action_is_refused(action: str) -> None:
    with pytest.raises(ValueError, match=r"is not a valid action; got .*; write service:Verb"):
        Allow(action)


@pytest.mark.parametrize("action", ["*", "s3:*", "S3:GetObject", "s3:Get?bject", "s3:*Object", "kms:ReEncrypt*"])
def test_wildcards_are_taken_as_iam_takes_them(action: str) -> None:
    assert Allow(action, on=KEY).actions == (action,)


def test_nothing_of_ours_may_do_all_that_a_service_can() -> None:
    broad = re.compile(r'Allow\(\s*("[^"]+",\s*)*"([a-z0-9-]+:)?\*"')
    assert broad.search('Allow("s3:GetObject", "ec2:*", on=x)')
    assert [
        path.name for path in (ROOT / "eks_blueprints").rglob("*.py") if broad.search(path.read_text("utf-8"))
    ] == []


def test_nothing_can_be_allowed_nowhere() -> None:
    with pytest.raises(ValueError, match="needs at least one ARN; got none for s3:GetObject"):
        Allow("s3:GetObject", on=())


def test_a_permission_names_an_action() -> None:
    with pytest.raises(ValueError, match="needs at least one action"):
        Allow()


def test_a_document_has_each_permission_as_a_statement() -> None:
    text = policy_document([Allow("kms:CreateGrant", on=KEY, when={"Bool": {"kms:GrantIsForAWSResource": "true"}})])
    assert isinstance(text, str)
    assert json.loads(text) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["kms:CreateGrant"],
                "Resource": [KEY],
                "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
            }
        ],
    }


def test_a_document_is_the_same_whatever_the_order_of_keys() -> None:
    one = Allow("s3:GetObject", when={"Bool": {"a": "1"}, "StringEquals": {"b": "2"}})
    other = Allow("s3:GetObject", when={"StringEquals": {"b": "2"}, "Bool": {"a": "1"}})
    assert policy_document([one]) == policy_document([other])


def test_an_empty_document_is_refused() -> None:
    with pytest.raises(ValueError, match="needs at least one statement"):
        policy_document([])


def test_an_output_as_arn_gives_an_output() -> None:
    def program() -> None:
        text = policy_document([Allow("s3:GetObject", on=(pulumi.Output.from_input("arn:x"),))])
        pulumi.export("policy", text)

    policy = json.loads(record(program).outputs["policy"])
    assert policy["Statement"][0]["Resource"] == ["arn:x"]


def test_managed_policies_are_of_the_partition() -> None:
    assert managed_policy("aws-cn", "AmazonEKS_CNI_Policy") == "arn:aws-cn:iam::aws:policy/AmazonEKS_CNI_Policy"


def test_permissions_load_without_pulumi() -> None:
    code = "import sys, eks_blueprints.core.iam; print('pulumi' in sys.modules)"
    assert check_output([sys.executable, "-c", code], text=True).strip() == "False"


def test_a_service_role_trusts_the_service() -> None:
    role = recorded(lambda c: service_role(Component("shop-x"), "role", "ec2.amazonaws.com", Grants())).one("Role")
    assert role.name == "shop-x-role"
    statement = json.loads(role["assumeRolePolicy"])["Statement"][0]
    assert statement["Principal"] == {"Service": "ec2.amazonaws.com"}


def pods_role(cluster: ClusterRef, grants: Grants | None = None, name: str = "shop-x", **more: Any) -> GrantedRole:
    account = {"namespace": "dns", "service_account": "ext"} | more
    return pod_identity_role(Component(name), "role", grants or Grants(), cluster=cluster, **account)


def pods_trust(**more: Any) -> Any:
    role = recorded(lambda cluster: pods_role(cluster, **more)).one("Role")
    return json.loads(role["assumeRolePolicy"])["Statement"][0]


def test_a_pod_identity_role_is_for_the_pods_of_one_service_account_of_one_cluster() -> None:
    statement = pods_trust()
    assert statement["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    assert statement["Action"] == ["sts:AssumeRole", "sts:TagSession"]
    assert statement["Condition"] == {
        "StringEquals": {
            "aws:RequestTag/eks-cluster-arn": "${shop-cluster.arn}",
            "aws:RequestTag/kubernetes-namespace": "dns",
            "aws:RequestTag/kubernetes-service-account": "ext",
        }
    }


def test_a_pod_identity_role_may_be_for_several_service_accounts() -> None:
    asked = pods_trust(service_account=("a", "b"))["Condition"]["StringEquals"]
    assert asked["aws:RequestTag/kubernetes-service-account"] == ["a", "b"]


def test_without_session_tags_the_account_holds_a_pod_identity_role() -> None:
    assert pods_trust(session_tags=False)["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_an_irsa_role_trusts_one_service_account() -> None:
    role = recorded(
        lambda c: irsa_role(Component("shop-x"), "role", Grants(), cluster=c, namespace="dns", service_account="ext")
    ).one("Role")
    statement = json.loads(role["assumeRolePolicy"])["Statement"][0]
    issuer = "oidc.eks.eu-west-1.amazonaws.com/id/ABC"
    assert statement["Principal"] == {"Federated": f"arn:aws:iam::111122223333:oidc-provider/{issuer}"}
    assert statement["Condition"] == {
        "StringEquals": {f"{issuer}:aud": "sts.amazonaws.com", f"{issuer}:sub": "system:serviceaccount:dns:ext"}
    }


def test_policies_are_named_by_their_keys() -> None:
    grants = Grants(allowed=(Allow("s3:GetObject", on=KEY),), managed={"cni": managed_policy("aws", "X")})
    plan = recorded(lambda cluster: pods_role(cluster, grants))
    assert plan.one("RolePolicyAttachment").name == "shop-x-role-cni"
    assert plan.one("RolePolicy").name == "shop-x-role-policy"


def test_a_name_over_the_limit_becomes_a_prefix_that_is_always_the_same() -> None:
    name = "shop-" + "x" * 60
    plans = [recorded(lambda cluster: pods_role(cluster, name=name)) for _ in range(2)]
    prefixes = {plan.one("Role")["namePrefix"] for plan in plans}
    assert len(prefixes) == 1
    assert len(prefixes.pop()) <= 38
