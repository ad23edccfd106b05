"""Whom roles are trusted to, and policies that allow everything."""

from __future__ import annotations

import re

from eks_blueprints.policies.platform import POLICY, ROLE, ROLE_POLICY
from eks_blueprints.policies.props import Faults, NotApplicable, Props
from eks_blueprints.policies.roles import allowing, conditions, documents, known, principals, values
from eks_blueprints.policies.rule import Context, rule

_SUBJECT = re.compile(r"system:serviceaccount:[^:*?]+:[^:*?]+")


@rule("eks-irsa-trust-scoped", ROLE, severity="critical", enforcement="mandatory", wave=1)
def irsa_trust(role: Props) -> Faults:
    """A role for pods is trusted to one service account and not to the whole cluster."""
    asked = False
    for statement in allowing(role.document("assumeRolePolicy")):
        if "sts:AssumeRoleWithWebIdentity" not in known(statement, "Action") or not _federates_cluster(statement):
            continue
        asked = True
        found = [(operator, key.rpartition(":")[2], wanted) for operator, key, wanted in conditions(statement)]
        subjects = [wanted for operator, key, wanted in found if operator == "StringEquals" and key == "sub"]
        if not subjects or not all(_SUBJECT.fullmatch(each) for wanted in subjects for each in wanted):
            got = subjects or [wanted for _, key, wanted in found if key == "sub"]
            yield role.fault("is trusted to more than one service account", "assumeRolePolicy", got=got)
        if ["sts.amazonaws.com"] not in [wanted for op, key, wanted in found if op == "StringEquals" and key == "aud"]:
            yield role.fault("does not ask for the audience sts.amazonaws.com", "assumeRolePolicy")
    if not asked:
        raise NotApplicable


@rule("eks-pod-identity-trust-valid", ROLE, severity="high", enforcement="mandatory", wave=1)
def pod_identity_trust(role: Props) -> Faults:
    """A role for Pod Identity may be assumed and tagged."""
    asked = False
    for statement in allowing(role.document("assumeRolePolicy")):
        if "pods.eks.amazonaws.com" not in principals(statement, "Service"):
            continue
        asked = True
        missing = {"sts:AssumeRole", "sts:TagSession"} - set(known(statement, "Action"))
        if missing:
            yield role.fault(f"does not allow {', '.join(sorted(missing))}", "assumeRolePolicy")
        keys = {key.lower() for _, key, _ in conditions(statement)}
        if not keys & {"aws:sourceaccount", "aws:sourcearn"}:
            yield role.fault("is trusted to every cluster of EKS", "assumeRolePolicy", advisory=True)
    if not asked:
        raise NotApplicable


@rule("eks-fargate-pod-execution-role-scoped", ROLE, severity="medium", enforcement="advisory", wave=3, across=True)
def fargate_role(role: Props) -> Faults:
    """Fargate's role is trusted to the profiles of the cluster alone."""
    asked = False
    for statement in allowing(role.document("assumeRolePolicy")):
        if "eks-fargate-pods.amazonaws.com" in principals(statement, "Service"):
            asked = True
            if "aws:sourcearn" not in {key.lower() for _, key, _ in conditions(statement)}:
                yield role.fault("is trusted to every cluster's Fargate", "assumeRolePolicy")
    if not asked:
        raise NotApplicable


@rule("iam-no-star-star-policy", POLICY, ROLE_POLICY, ROLE, severity="critical", enforcement="mandatory", wave=1)
def no_star_star(subject: Props, context: Context) -> Faults:
    """No policy allows everything on everything."""
    for document in documents(context.resource):
        for statement in allowing(document):
            actions, resources = values(statement, "Action"), values(statement, "Resource")
            if "*" in actions and "*" in resources:
                yield document.fault("allows everything on everything", got=actions)
            elif "iam:PassRole" in actions and "*" in resources and not _passes_to(statement):
                yield document.fault("passes any role to any service", got="iam:PassRole")


def _federates_cluster(statement: Props) -> bool:
    found = principals(statement, "Federated")
    issuers = [each for each in found if "oidc.eks." in each or "oidc-provider" in each.lower() or "${" in each]
    return bool(issuers) and not any("token.actions.githubusercontent.com" in each for each in found)


def _passes_to(statement: Props) -> bool:
    return any(key.lower() == "iam:passedtoservice" for _, key, _ in conditions(statement))
