"""Whom roles are trusted to, and policies that allow everything."""

from __future__ import annotations

import re

from eks_blueprints.core.iam_match import (
    Condition,
    all_of_iam,
    every_action,
    everything,
    limits,
    limits_who,
    of_every_service,
)
from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.platform import POLICY, ROLE, ROLE_POLICY
from eks_blueprints.policies.props import Faults, NotApplicable, Props
from eks_blueprints.policies.roles import (
    allowing,
    conditions,
    denied,
    documents,
    gives,
    is_public,
    known,
    principals,
    unlimited,
    values,
)

_SUBJECT = re.compile(r"system:serviceaccount:[^:*?]+:[^:*?]+")
_CLUSTER_TAGS = ("aws:RequestTag/eks-cluster-arn", "aws:RequestTag/eks-cluster-name")
"""Session tags by which EKS tells whose pods assume a role: user guide, "Enable or disable session tags"."""
_WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity"
_EQUALS = ("stringequals", "stringlike", "foranyvalue:stringequals", "foranyvalue:stringlike")
_OPEN_SUBJECT = re.compile(r"[*?]|(repo|project_path|organization|org|project):[^/:]*[*?]")
"""The start of a subject that fits whatever anybody makes at the provider: of a repository, its owner is open."""
_ADMINISTRATORS = (
    "iam:AddUserToGroup",
    "iam:AttachGroupPolicy",
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreatePolicyVersion",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteUserPermissionsBoundary",
    "iam:PutGroupPolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:PutUserPermissionsBoundary",
    "iam:PutUserPolicy",
    "iam:SetDefaultPolicyVersion",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateLoginProfile",
    "sts:AssumeRole",
)
"""Actions of which one, on everything, is enough to become an administrator."""
_ON_ONESELF = (
    "iam:AttachUserPolicy",
    "iam:DeleteUserPermissionsBoundary",
    "iam:PutUserPermissionsBoundary",
    "iam:PutUserPolicy",
)
"""Those for which one's own user is enough, as `${aws:username}` names it."""
_OF_ANYBODY = frozenset(
    {
        "actor",
        "aud",
        "base_ref",
        "environment",
        "event_name",
        "head_ref",
        "iss",
        "pipeline_source",
        "ref",
        "ref_protected",
        "ref_type",
        "repository_visibility",
        "runner_environment",
        "workflow",
    }
)
"""Claims of the tokens of GitHub and GitLab that jobs of anybody have alike: a branch main, an environment prod.
Sources: GitHub, "OpenID Connect reference"; GitLab, "ID token payload", read 2026-11-29."""


@rule("eks-irsa-trust-scoped", ROLE, severity="critical", enforcement="mandatory", wave=1)
def irsa_trust(role: Props) -> Faults:
    """An IRSA role is trusted to one service account, not to the whole cluster."""
    asked = False
    for statement in allowing(role.document("assumeRolePolicy")):
        if not gives(statement, _WEB_IDENTITY) or not _federates_cluster(statement):
            continue
        asked = True
        subjects, audiences = (_asked(conditions(statement), key) for key in ("sub", "aud"))
        if not subjects or not all(map(_SUBJECT.fullmatch, subjects)):
            yield role.fault("trusts more than one service account", "assumeRolePolicy", got=subjects)
        if audiences != ["sts.amazonaws.com"]:
            yield role.fault("does not require the audience sts.amazonaws.com", "assumeRolePolicy", got=audiences)
    if not asked:
        raise NotApplicable


@rule("iam-role-trust-not-public", ROLE, severity="critical", enforcement="mandatory", wave=1)
def no_public_trust(role: Props) -> Faults:
    """No IAM role can be assumed by everyone.

    A trust for every AWS principal, or for all but some, has a condition that says who: an organization, an account, a
    principal, a source. sts:ExternalId alone is a word that others may learn.
    """
    for statement in allowing(role.document("assumeRolePolicy")):
        if is_public(statement):
            yield role.fault("may be assumed by anybody in AWS", "assumeRolePolicy", got=statement.raw("Principal"))


@rule("iam-federated-trust-scoped", ROLE, severity="critical", enforcement="mandatory", wave=1)
def federated_trust(role: Props) -> Faults:
    """A role for federated users or jobs is limited to some identities of the provider.

    A trust for an OIDC provider, other than that of an EKS cluster, has a condition on its subject or another of its
    claims besides the audience, and one for a SAML provider or a provider of AWS's own (Google, Cognito) has a
    condition at all. A subject such as repo:* leaves open whose it is.
    """
    asked = False
    for statement in allowing(role.document("assumeRolePolicy")):
        providers = principals(statement, "Federated")
        if not providers or _federates_cluster(statement):
            continue
        asked = True
        found = conditions(statement)
        if not any("oidc-provider/" in each or "${" in each for each in providers):
            if not limits(found):
                yield role.fault("trusts every identity of its provider", "assumeRolePolicy", got=providers)
            continue
        claims = [each for each in found if each[1].rpartition(":")[2].lower() not in _OF_ANYBODY]
        open_ones = [value for value in _asked(found, "sub") if _OPEN_SUBJECT.match(value)]
        if not limits(claims) or open_ones:
            got = open_ones or providers
            yield role.fault("trusts every identity of its provider", "assumeRolePolicy", got=got)
    if not asked:
        raise NotApplicable


@rule("eks-pod-identity-trust-valid", ROLE, severity="high", enforcement="mandatory", wave=1)
def pod_identity_trust(role: Props) -> Faults:
    """The trust policy of a Pod Identity role allows assuming and tagging, and is limited to the cluster.

    By the session tags of EKS (aws:RequestTag/eks-cluster-arn), or by aws:SourceAccount, aws:SourceArn or
    aws:SourceOrgID.
    """
    asked = False
    for statement in allowing(role.document("assumeRolePolicy")):
        if "pods.eks.amazonaws.com" not in principals(statement, "Service"):
            continue
        asked = True
        missing = [each for each in ("sts:AssumeRole", "sts:TagSession") if not gives(statement, each)]
        if missing:
            yield role.fault(f"does not allow {', '.join(missing)}", "assumeRolePolicy", got=known(statement, "Action"))
        named = [each for each in conditions(statement) if all(value.strip("*") for value in each[2])]
        if not limits_who(named) and not limits(named, *_CLUSTER_TAGS):
            yield role.fault("trusts every EKS cluster", "assumeRolePolicy", advisory=True)
    if not asked:
        raise NotApplicable


@rule("eks-fargate-pod-execution-role-scoped", ROLE, severity="medium", enforcement="advisory", wave=3, across=True)
def fargate_role(role: Props) -> Faults:
    """The Fargate pod execution role is trusted only to profiles of the cluster."""
    asked = False
    for statement in allowing(role.document("assumeRolePolicy")):
        if "eks-fargate-pods.amazonaws.com" in principals(statement, "Service"):
            asked = True
            if not limits(conditions(statement), "aws:SourceArn"):
                yield role.fault("trusts Fargate of every cluster", "assumeRolePolicy")
    if not asked:
        raise NotApplicable


@rule("iam-no-star-star-policy", POLICY, ROLE_POLICY, ROLE, severity="critical", enforcement="mandatory", wave=1)
def no_star_star(_: Props, context: Context) -> Faults:
    """No IAM policy allows all actions on all resources.

    Neither does one allow it in one region or account, whether its resource or a condition says so, everything but some
    actions, or on everything but some things, nor iam:PassRole, by whatever
    pattern, for any role without iam:PassedToService or iam:AssociatedResourceArn.
    """
    for document in documents(context.resource):
        for statement in allowing(document):
            actions = values(statement, "Action")
            if unlimited(statement, of_every_service) and _all_actions(statement):
                got = actions or [f"all but {', '.join(values(statement, 'NotAction'))}"]
                yield document.fault("allows everything on everything", got=got)
            elif _passes_any(statement) and not denied(document, "iam:PassRole"):
                yield document.fault("passes any role to any service", got=actions)


@rule(
    "iam-no-privilege-escalation",
    POLICY,
    ROLE_POLICY,
    ROLE,
    severity="high",
    enforcement="advisory",
    production="mandatory",
    wave=1,
)
def no_escalation(_: Props, context: Context) -> Faults:
    """No IAM policy allows privilege escalation.

    A statement that allows, by whatever pattern, to write policies, trusts, keys or group members in IAM, or to assume
    any role, names what it is about, or has a condition on it such as iam:PermissionsBoundary or a tag. What allows
    everything is told by iam-no-star-star-policy.
    """
    for document in documents(context.resource):
        for statement in allowing(document):
            if limits(conditions(statement)) or (unlimited(statement, everything) and _all_actions(statement)):
                continue
            asked = _ADMINISTRATORS if unlimited(statement, all_of_iam) else _ON_ONESELF if _own_user(statement) else ()
            found = [each for each in asked if gives(statement, each) and not denied(document, each)]
            if found:
                yield document.fault("allows its holder to become an administrator", got=found)


def _all_actions(statement: Props) -> bool:
    if statement.has("NotAction"):
        return not any(map(every_action, known(statement, "NotAction")))
    return any(map(every_action, values(statement, "Action")))


def _asked(found: list[Condition], claim: str) -> list[str]:
    """The values that conditions ask a claim of a token to have."""
    return [
        value
        for operator, key, wanted in found
        if operator.lower() in _EQUALS and key.rpartition(":")[2].lower() == claim
        for value in wanted
    ]


def _federates_cluster(statement: Props) -> bool:
    found = principals(statement, "Federated")
    if any("oidc.eks." in each for each in found):
        return True
    if any("system:serviceaccount:" in value for _, _, wanted in conditions(statement) for value in wanted):
        return True
    # Of a provider that the stack makes only the symbol is known; the claims that are asked for tell whose it is.
    issuers = [key.rpartition(":")[0] for _, key, _ in conditions(statement) if key.endswith((":sub", ":aud"))]
    return any("${" in each for each in found) and all("oidc.eks." in each or "${" in each for each in issuers)


def _own_user(statement: Props) -> bool:
    return any("${aws:username}" in each for each in values(statement, "Resource"))


def _passes_any(statement: Props) -> bool:
    to = ("iam:PassedToService", "iam:AssociatedResourceArn")
    return (
        gives(statement, "iam:PassRole") and unlimited(statement, all_of_iam) and not limits(conditions(statement), *to)
    )
