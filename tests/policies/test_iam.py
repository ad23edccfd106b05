"""What statements of IAM are about, and what the rules say of a hundred of them."""

import json
from typing import Any

import pytest

from eks_blueprints.core.address_ranges import is_world, network_of, opening
from eks_blueprints.core.iam_match import (
    all_of_kind,
    every_action,
    everything,
    limits,
    limits_who,
    matches,
    whole_service,
)
from eks_blueprints.policies.asking import judge
from eks_blueprints.policies.catalogue import rules
from eks_blueprints.policies.definition import Context
from eks_blueprints.policies.stack import Resource, Stack
from eks_blueprints.review.report.rights import power
from tests.policies.build import aws, document, role
from tests.policies.test_cases import TODAY

STAR, ESCALATE = "iam-no-star-star-policy", "iam-no-privilege-escalation"
PUBLIC, FEDERATED, IRSA = "iam-role-trust-not-public", "iam-federated-trust-scoped", "eks-irsa-trust-scoped"

# action, or ! and what NotAction spares | resource, or ! and what NotResource spares | condition -> the rules that fail
POLICIES = """
*                                 | *                              |                              -> star
*:*                               | *                              |                              -> star
**                                | *                              |                              -> star
*                                 | **                             |                              -> star
*                                 | arn:aws:*                      |                              -> star
*                                 | arn:*:*:*:*:*                  |                              -> star
*                                 | arn:aws-cn:*:*:*:*             |                              -> star
*                                 | *                              | StringEquals aws:RequestedRegion eu-west-1 -> star
*                                 | arn:aws:*:eu-west-1:*:*        |                              -> star
*                                 | arn:aws:*:eu-*:111122223333:*  |                              -> star
!iam:*                            | arn:aws:*:eu-west-1:*:*        |                              -> star
ec2:*                             | arn:aws:*:eu-west-1:*:*        |                              ->
*                                 | arn:aws:*:eu-west-1:*:instance/* |                            ->
*                                 | *                              | Bool aws:MultiFactorAuthPresent true -> star
*                                 | arn:aws:s3:::shop/*            |                              ->
*                                 | ${bucket.arn}                  |                              ->
*                                 | arn:aws:s3:::*                 |                              ->
*                                 | arn:aws:ec2:*:*:instance/*     |                              ->
*                                 | arn:aws:ec2:*                  |                              ->
*                                 | arn:aws:iam::*:*               |                              -> star escalate
*                                 | arn:aws:*:*:111122223333:*     |                              -> star escalate
!ec2:RunInstances                 | arn:aws:ec2:*:*:instance/*     |                              ->
*                                 | !arn:aws:s3:::shop             |                              -> star
!iam:*                            | *                              |                              -> star
!iam:* organizations:*            | *                              |                              -> star
!*                                | *                              |                              ->
!s3:*                             | arn:aws:s3:::shop/*            |                              ->
iam:*                             | *                              |                              -> star escalate
IAM:*                             | *                              |                              -> star escalate
iam:**                            | *                              |                              -> star escalate
iam:Pass*                         | *                              |                              -> star
iam:pass*                         | *                              |                              -> star
iam:PassRole                      | *                              |                              -> star
iam:passrole                      | *                              |                              -> star
iam:Pass?ole                      | *                              |                              -> star
iam:P?ssR*                        | *                              |                              -> star
iam:PassRole                      | arn:aws:iam::*:role/*          |                              -> star
iam:PassRole                      | arn:aws:iam::111122223333:role/* |                            -> star
iam:PassRole                      | arn:aws-us-gov:iam::111122223333:role/* |                     -> star
iam:PassRole                      | arn:aws:iam::111122223333:role/?* |                           -> star
iam:PassRole                      | arn:aws:iam::111122223333:role/karpenter-* |                  ->
iam:PassRole                      | arn:aws:iam::111122223333:role/nodes |                        ->
iam:PassRole                      | *                              | StringEquals iam:PassedToService ec2.amazonaws.com ->
iam:PassRole                      | *                              | StringEquals iam:passedtoservice ec2.amazonaws.com ->
iam:PassRole                      | *                              | StringLike iam:PassedToService ec2.amazonaws.com* ->
iam:PassRole                      | *                              | StringLike iam:PassedToService * -> star
iam:PassRole                      | *                              | StringNotEquals iam:PassedToService ecs.amazonaws.com -> star
iam:PassRole                      | *                              | StringEqualsIfExists iam:PassedToService ec2.amazonaws.com -> star
iam:PassRole                      | *                              | StringEquals aws:RequestedRegion eu-west-1 -> star
iam:PassRole                      | *                              | ArnLike iam:AssociatedResourceArn arn:aws:eks:*:*:cluster/shop ->
iam:PassRole                      | !arn:aws:iam::*:role/admin     |                              -> star
iam:GetRole iam:ListRoles         | *                              |                              ->
iam:Get* iam:List*                | *                              |                              ->
iam:Attach*                       | *                              |                              -> escalate
iam:AttachRolePolicy              | *                              |                              -> escalate
iam:attachrolepolicy              | *                              |                              -> escalate
iam:Put*                          | *                              |                              -> escalate
iam:PutRolePolicy                 | arn:aws:iam::*:role/*          |                              -> escalate
iam:PutRolePolicy                 | arn:aws:iam::*:role/shop-*     |                              ->
iam:PutRolePolicy                 | arn:aws:iam::*:role/shop/*     |                              ->
iam:PutRolePolicy                 | *                              | StringEquals iam:PermissionsBoundary arn:aws:iam::1:policy/b ->
iam:PutRolePolicy                 | *                              | StringEquals aws:ResourceTag/team shop ->
iam:PutRolePolicy                 | *                              | Bool aws:SecureTransport true -> escalate
iam:PutRolePolicy                 | *                              | IpAddress aws:SourceIp 0.0.0.0/0 -> escalate
iam:PutRolePolicy                 | *                              | IpAddress aws:SourceIp 192.0.2.0/24 ->
iam:CreatePolicyVersion           | *                              |                              -> escalate
iam:SetDefault*                   | arn:aws:iam::1:policy/*        |                              -> escalate
iam:UpdateAssumeRole*             | *                              |                              -> escalate
iam:CreateAccessKey               | arn:aws:iam::1:user/*          |                              -> escalate
iam:CreateAccessKey               | arn:aws:iam::1:user/${aws:username} |                         ->
iam:CreateLogin*                  | *                              |                              -> escalate
iam:AddUserTo*                    | *                              |                              -> escalate
iam:?ttachUserPolicy              | *                              |                              -> escalate
iam:AttachUserPolicy              | arn:aws:iam::*:user/${aws:username} |                         -> escalate
iam:DeleteUserPermissionsBoundary | *                              |                              -> escalate
iam:PutRolePermissionsBoundary    | *                              |                              -> escalate
iam:AttachRolePolicy              | *                              | ArnLike iam:PolicyARN arn:aws:iam::*:policy/* -> escalate
iam:AttachRolePolicy              | *                              | ArnEquals iam:PolicyARN arn:aws:iam::aws:policy/ReadOnlyAccess ->
iam:CreateServiceLinkedRole       | *                              |                              ->
iam:Create*                       | *                              |                              -> escalate
iam:CreateInstanceProfile         | *                              |                              ->
sts:*                             | *                              |                              -> escalate
sts:AssumeRole                    | *                              |                              -> escalate
sts:Assume*                       | arn:aws:iam::*:role/*          |                              -> escalate
sts:AssumeRole                    | arn:aws:iam::2:role/dns        |                              ->
sts:GetCallerIdentity             | *                              |                              ->
*:Put*                            | *                              |                              -> escalate
*:*Role                           | *                              |                              -> star escalate
s3:*                              | *                              |                              ->
ec2:Describe*                     | *                              |                              ->
autoscaling:Describe*             | *                              |                              ->
elasticloadbalancing:*            | *                              |                              ->
i?m:*                             | *                              |                              -> star escalate
iam                               | *                              |                              ->
passrole                          | *                              |                              ->
iam:[P]assRole                    | *                              |                              ->
"""  # noqa: E501

_ORG = "StringEquals aws:PrincipalOrgID o-1"
# kind=principals, or ! for NotPrincipal | action | condition -> the rules that fail
TRUSTS = """
*                                    | sts:AssumeRole       |                                         -> public
AWS=*                                | sts:AssumeRole       |                                         -> public
AWS=111122223333,*                   | sts:AssumeRole       |                                         -> public
!AWS=111122223333                    | sts:AssumeRole       |                                         -> public
*                                    | sts:AssumeRole       | StringEquals aws:PrincipalOrgID o-1     ->
*                                    | sts:AssumeRole       | stringequals AWS:principalorgid o-1     ->
*                                    | sts:AssumeRole       | StringLike aws:PrincipalOrgID *         -> public
*                                    | sts:AssumeRole       | StringNotEquals aws:PrincipalOrgID o-1  -> public
*                                    | sts:AssumeRole       | StringEqualsIfExists aws:PrincipalOrgID o-1 -> public
*                                    | sts:AssumeRole       | StringEquals sts:ExternalId abc         -> public
*                                    | sts:AssumeRole       | Bool aws:MultiFactorAuthPresent true    -> public
*                                    | sts:AssumeRole       | ArnLike aws:PrincipalArn arn:aws:iam::*:role/admin -> public
*                                    | sts:AssumeRole       | ArnLike aws:PrincipalArn arn:aws:iam::1:role/* ->
*                                    | sts:AssumeRole       | StringEquals aws:PrincipalAccount 111122223333 ->
*                                    | sts:AssumeRole       | ForAnyValue:StringLike aws:PrincipalOrgPaths o-1/r-1/* ->
*                                    | sts:AssumeRole       | ForAllValues:StringLike aws:PrincipalOrgPaths o-1/r-1/* -> public
*                                    | sts:AssumeRole       | IpAddress aws:SourceIp 0.0.0.0/0        -> public
*                                    | sts:AssumeRole       | IpAddress aws:SourceIp 0.0.0.0/1,128.0.0.0/1 -> public
*                                    | sts:AssumeRole       | IpAddress aws:SourceIp 192.0.2.0/24     ->
*                                    | sts:AssumeRole       | StringEquals aws:SourceVpce vpce-1      ->
AWS=arn:aws:iam::111122223333:root   | sts:AssumeRole       |                                         ->
Service=ec2.amazonaws.com            | sts:AssumeRole       |                                         ->
Federated=OIDC/token.actions.githubusercontent.com | WEB    |                                         -> federated
Federated=OIDC/token.actions.githubusercontent.com | WEB    | StringEquals G:aud sts.amazonaws.com    -> federated
Federated=OIDC/token.actions.githubusercontent.com | WEB    | StringLike G:sub *                      -> federated
Federated=OIDC/token.actions.githubusercontent.com | WEB    | StringLike G:sub repo:*                 -> federated
Federated=OIDC/token.actions.githubusercontent.com | WEB    | StringLike G:sub repo:*/shop:*          -> federated
Federated=OIDC/token.actions.githubusercontent.com | WEB    | StringLike G:sub repo:my-org/*          ->
Federated=OIDC/token.actions.githubusercontent.com | WEB    | StringEquals G:sub repo:my-org/shop:ref:refs/heads/main ->
Federated=OIDC/token.actions.githubusercontent.com | WEB    | StringNotLike G:sub repo:evil/*         -> federated
Federated=OIDC/token.actions.githubusercontent.com | WEB    | StringLikeIfExists G:sub repo:my-org/*  -> federated
Federated=OIDC/token.actions.githubusercontent.com | WEB    | StringEquals G:repository_owner my-org  ->
Federated=OIDC/token.actions.githubusercontent.com | WEB    | StringLike G:sub repo:my-org*/shop:*    -> federated
Federated=OIDC/token.actions.githubusercontent.com | WEB    | StringEquals G:ref refs/heads/main      -> federated
Federated=OIDC/token.actions.githubusercontent.com | WEB    | StringEquals G:environment prod         -> federated
Federated=OIDC/gitlab.com            | WEB                  | StringEquals gitlab.com:aud https://gitlab.com -> federated
Federated=OIDC/gitlab.com            | WEB                  | StringLike gitlab.com:sub project_path:*  -> federated
Federated=OIDC/gitlab.com            | WEB                  | StringLike gitlab.com:sub project_path:shop/* ->
Federated=${github.arn}              | WEB                  | StringEquals G:aud sts.amazonaws.com    -> federated
Federated=${oidc.arn}                | WEB                  |                                         -> irsa
Federated=OIDC/E                     | WEB                  | StringEquals E:aud sts.amazonaws.com    -> irsa
Federated=OIDC/E                     | sts:*                | StringEquals E:aud sts.amazonaws.com    -> irsa
Federated=OIDC/E                     | STS:assumerolewithwebidentity |                                -> irsa
Federated=OIDC/E                     | WEB                  | StringLike E:sub system:serviceaccount:* -> irsa
Federated=accounts.google.com        | WEB                  |                                         -> federated
Federated=accounts.google.com        | WEB                  | StringEquals accounts.google.com:aud 12 ->
Federated=cognito-identity.amazonaws.com | WEB              | StringEquals cognito-identity.amazonaws.com:aud p ->
Federated=arn:aws:iam::1:saml-provider/x | sts:AssumeRoleWithSAML |                                   -> federated
Federated=arn:aws:iam::1:saml-provider/x | sts:AssumeRoleWithSAML | StringEquals SAML:aud https://signin.aws.amazon.com/saml ->
"""  # noqa: E501

_WORDS = {"star": STAR, "escalate": ESCALATE, "public": PUBLIC, "federated": FEDERATED, "irsa": IRSA}


def _lines(text: str) -> list[Any]:
    found = []
    for line in text.strip().splitlines():
        given, _, wanted = line.rpartition("->")
        parts = [part.strip() for part in given.split("|")]
        found.append(pytest.param(parts, {_WORDS[each] for each in wanted.split()}, id=" | ".join(parts)))
    return found


def _condition(text: str) -> dict[str, Any]:
    if not text:
        return {}
    operator, key, wanted = text.split(" ", 2)
    return {"Condition": {operator: {key: wanted.split(",")}}}


def _either(key: str, text: str) -> dict[str, Any]:
    return {f"Not{key}": text[1:].split()} if text.startswith("!") else {key: text.split()}


def _failing(resource: Resource, asked: tuple[str, ...]) -> set[str]:
    stack = Stack([resource])
    found = set()
    for each in asked:
        context = Context(stack, resource, dict(rules()[each].params), "production", TODAY)
        if judge(rules()[each], context)[0] == "fail":
            found.add(each)
    return found


@pytest.mark.parametrize(("parts", "wanted"), _lines(POLICIES))
def test_a_statement_of_a_policy(parts: list[str], wanted: set[str]) -> None:
    action, on, condition = parts
    statement = {**_either("Action", action), **_either("Resource", on), **_condition(condition)}
    policy = aws("iam/policy:Policy", "policy", policy=document(statement))
    assert _failing(policy, (STAR, ESCALATE)) == wanted
    denying = aws("iam/policy:Policy", "policy", policy=document({**statement, "Effect": "Deny"}))
    assert not _failing(denying, (STAR, ESCALATE))


@pytest.mark.parametrize(("parts", "wanted"), _lines(TRUSTS))
def test_a_statement_of_a_trust(parts: list[str], wanted: set[str]) -> None:
    short = {
        "OIDC": "arn:aws:iam::111122223333:oidc-provider",
        "WEB": "sts:AssumeRoleWithWebIdentity",
        "G:": "token.actions.githubusercontent.com:",
    }
    for word, text in short.items():
        parts = [part.replace(word, text) for part in parts]
    issuer = "oidc.eks.eu-west-1.amazonaws.com/id/ABC"
    who, action, condition = (part.replace("/E", f"/{issuer}").replace(" E:", f" {issuer}:") for part in parts)
    kind, _, names = who.lstrip("!").partition("=")
    principal = {kind: names.split(",")} if names else kind
    key = "NotPrincipal" if who.startswith("!") else "Principal"
    trusting = role("r", {key: principal, "Action": action, **_condition(condition)})
    assert _failing(trusting, (PUBLIC, FEDERATED, IRSA)) == wanted


def test_what_a_document_denies_it_does_not_allow() -> None:
    statement = {"Action": ["iam:PutRolePolicy", "iam:PassRole"], "Resource": "*"}
    deny = {"Effect": "Deny", "Action": "iam:P*", "Resource": "*"}
    assert not _failing(aws("iam/policy:Policy", "p", policy=document(statement, deny)), (STAR, ESCALATE))
    under = {**deny, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}
    assert _failing(aws("iam/policy:Policy", "p", policy=document(statement, under)), (STAR, ESCALATE)) == {
        STAR,
        ESCALATE,
    }


def test_a_policy_may_hold_one_statement_alone() -> None:
    text = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
    assert _failing(aws("iam/policy:Policy", "p", policy=text), (STAR,)) == {STAR}


def test_actions_are_matched_as_iam_does() -> None:
    assert matches("S3:get*", "s3:GetObject")
    assert matches("s3:?etObject", "s3:GetObject")
    assert not matches("s3:Get", "s3:GetObject")
    assert not matches("s3:[G]etObject", "s3:GetObject")
    assert all(map(every_action, ("*", "*:*", "**")))
    assert not any(map(every_action, ("", "s3:*", "?", "*:Get*")))
    assert all(map(whole_service, ("*", "s3:*", "S3:*", "s?:*")))
    assert not any(map(whole_service, ("s3:Get*", "s3")))
    assert all(map(everything, ("*", "arn:*", "arn:aws:*", "arn:*:*:*:*:*")))
    assert not any(map(everything, ("arn:aws:iam::*:role/*", "arn:aws", "arn:a", "", "arn:aws:s3:::*")))
    assert all_of_kind("arn:aws:s3:::*")
    assert not all_of_kind("arn:aws:s3:::shop/*")


def test_conditions_that_limit() -> None:
    assert limits([("StringEquals", "aws:ResourceTag/team", ["*"])])
    assert not limits([("StringEquals", "aws:RequestedRegion", ["eu-west-1"])])
    assert not limits([("Null", "aws:ResourceTag/team", ["false"])], "aws:SourceArn")
    assert limits_who([("ArnLike", "aws:SourceArn", ["arn:aws:eks:*:*:cluster/shop"])])


def test_the_report_matches_as_the_rules_do() -> None:
    assert power("iam:pass*", everything=True, conditions=False) == "danger"
    assert power("*:*", everything=True, conditions=False) == "danger"
    assert power("iam:[P]assRole", everything=True, conditions=False) == "note"


@pytest.mark.parametrize(
    ("ranges", "world"),
    [
        (["0.0.0.0/0"], True),
        (["::/0"], True),
        (["0.0.0.0/1", "128.0.0.0/1"], True),
        (["0.0.0.0/2", "64.0.0.0/2"], True),
        (["0.0.0.0/2", "0.0.0.0/2", "10.0.0.0/8"], False),
        ([f"{n}.0.0.0/8" for n in range(256)], True),
        ([f"{n}.0.0.0/8" for n in range(100)], False),
        (["000.0.0.0/0"], True),
        (["0.0.0.0/00"], True),
        (["010.0.0.0/8"], False),
        (["::ffff:0.0.0.0/96"], True),
        (["::ffff:0.0.0.0/97", "::ffff:128.0.0.0/97"], True),
        (["::ffff:10.0.0.0/104"], False),
        (["2000::/3"], True),
        (["2000::/5", "2800::/5"], True),
        (["2001:db8::/32"], False),
        (["::/1"], True),
        (["8000::/1"], False),
        (["10.0.0.0/8", "172.16.0.0/12"], False),
        (["${net.cidr}", "pl-1", ""], False),
        ([], False),
    ],
)
def test_ranges_are_summed(ranges: list[str], *, world: bool) -> None:
    assert is_world(ranges) is world


def test_what_opens_the_world_by_itself_is_told_alone() -> None:
    assert opening(["0.0.0.0/0", "10.0.0.0/8"]) == {"0.0.0.0/0"}
    assert opening(["0.0.0.0/2", "64.0.0.0/2"]) == {"0.0.0.0/2", "64.0.0.0/2"}
    assert opening(["10.0.0.0/8"]) == set()


def test_ranges_are_read_as_kubernetes_reads_them() -> None:
    assert str(network_of("000.0.0.0/0")) == str(network_of("::ffff:0.0.0.0/96")) == "0.0.0.0/0"
    assert str(network_of("192.000.002.010/24")) == "192.0.2.0/24"
    assert str(network_of("::ffff:0:0/95")) == "::fffe:0:0/95"
    assert network_of("0x0.0.0.0/0") is None
