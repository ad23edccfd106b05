"""IAM roles: of AWS services, and of pods by Pod Identity or by OIDC (IRSA)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from eks_blueprints.core.component import Component
from eks_blueprints.core.iam import Allow, policy_document, trust_document
from eks_blueprints.core.naming import short_prefix
from eks_blueprints.core.refs import ClusterRef
from eks_blueprints.core.spec import In

if TYPE_CHECKING:
    from eks_blueprints.core.iam import Conditions

ROLE_NAME_LIMIT = 64
POLICY_NAME_LIMIT = 128


@dataclass(frozen=True, kw_only=True)
class Grants:
    """What a role may do, and the marks it carries."""

    allowed: tuple[Allow, ...] = ()
    """Permissions of its own, written into one inline policy."""
    managed: Mapping[str, In[str]] | None = None
    """Policies that exist, by a short stable name each, which becomes part of a resource's name."""
    tags: Mapping[str, str] | None = None
    permissions_boundary: In[str] | None = None


@dataclass(frozen=True, kw_only=True)
class GrantedRole:
    """A role together with its policies."""

    role: aws.iam.Role
    policies: tuple[pulumi.Resource, ...]

    @property
    def arn(self) -> pulumi.Output[str]:
        """ARN of the role."""
        return self.role.arn

    @property
    def ready(self) -> tuple[pulumi.Resource, ...]:
        """What to wait for before the role can do its work."""
        return (self.role, *self.policies)


def account_id(component: Component) -> pulumi.Output[str]:
    """The AWS account in which a component makes its resources, where none of them says it in time."""
    found = aws.get_caller_identity_output(opts=pulumi.InvokeOutputOptions(parent=component))
    return found.account_id


def service_role(
    component: Component, role: str, service: str | Iterable[str], grants: Grants, when: Conditions | None = None
) -> GrantedRole:
    """The role `{component}-{role}`, which an AWS service such as `ec2.amazonaws.com` takes on.

    `when` are conditions, such as on whose behalf the service has to act (aws:SourceArn, aws:SourceAccount). Only what
    the service's guide says that it sends can be asked for; EC2, which hands roles to its instances, sends neither.
    """
    services = service if isinstance(service, str) else list(service)
    trust = trust_document({"Service": services}, "sts:AssumeRole", when=when)
    return granted_role(component, role, trust, grants)


def pod_identity_role(
    component: Component,
    role: str,
    grants: Grants,
    *,
    cluster: ClusterRef,
    namespace: str,
    service_account: str | Sequence[str],
    session_tags: bool = True,
) -> GrantedRole:
    """The role `{component}-{role}`, which pods of a service account, or of several, take on by EKS Pod Identity.

    The session tags that EKS sets hold it to them (EKS user guide, "Create IAM role with trust policy required by EKS
    Pod Identity"). An association that leaves the tags out holds it to the account alone.
    """
    accounts = [service_account] if isinstance(service_account, str) else list(service_account)
    asked: dict[str, In[str] | Sequence[In[str]]] = {
        "aws:RequestTag/eks-cluster-arn": pulumi.Output.from_input(cluster.arn),
        "aws:RequestTag/kubernetes-namespace": namespace,
        "aws:RequestTag/kubernetes-service-account": accounts[0] if len(accounts) == 1 else accounts,
    }
    if not session_tags:
        asked = {"aws:SourceAccount": account_id(component)}
    principal = {"Service": "pods.eks.amazonaws.com"}
    trust = trust_document(principal, "sts:AssumeRole", "sts:TagSession", when={"StringEquals": asked})
    return granted_role(component, role, trust, grants)


def irsa_role(
    component: Component,
    role: str,
    grants: Grants,
    *,
    cluster: ClusterRef,
    namespace: str,
    service_account: str | Sequence[str],
) -> GrantedRole:
    """The role `{component}-{role}`, which pods of a service account, or of several, take on by OIDC.

    Raises:
        ValueError: if the cluster has no IAM OIDC provider.
    """
    if cluster.oidc_provider_arn is None:
        raise ValueError("irsa needs an IAM OIDC provider; got a cluster without one; make one or use pod_identity")
    issuer = pulumi.Output.from_input(cluster.oidc_issuer).apply(lambda url: url.removeprefix("https://"))
    accounts = [service_account] if isinstance(service_account, str) else service_account
    subjects = [f"system:serviceaccount:{namespace}:{account}" for account in accounts]
    subject = subjects[0] if len(subjects) == 1 else subjects
    trust = pulumi.Output.all(issuer, cluster.oidc_provider_arn).apply(
        lambda found: trust_document(
            {"Federated": found[1]},
            "sts:AssumeRoleWithWebIdentity",
            when={"StringEquals": {f"{found[0]}:aud": "sts.amazonaws.com", f"{found[0]}:sub": subject}},
        )
    )
    return granted_role(component, role, trust, grants)


def granted_role(component: Component, role: str, trust: pulumi.Input[str], grants: Grants) -> GrantedRole:
    """The role `{component}-{role}` with its policies, for whomever a trust document names."""
    name = f"{component.pulumi_resource_name}-{role}"
    made = aws.iam.Role(
        name,
        name_prefix=short_prefix(name, ROLE_NAME_LIMIT),
        assume_role_policy=trust,
        permissions_boundary=grants.permissions_boundary,
        tags=dict(grants.tags or {}) or None,
        opts=component.child(),
    )
    policies: list[pulumi.Resource] = [
        aws.iam.RolePolicyAttachment(f"{name}-{key}", role=made.name, policy_arn=arn, opts=component.child())
        for key, arn in (grants.managed or {}).items()
    ]
    if grants.allowed:
        policies.append(inline_policy(component, made, f"{name}-policy", policy_document(grants.allowed)))
    return GrantedRole(role=made, policies=tuple(policies))


def inline_policy(
    component: Component, role: aws.iam.Role, name: str, document: pulumi.Input[str]
) -> aws.iam.RolePolicy:
    """A policy within a role."""
    prefix = short_prefix(name, POLICY_NAME_LIMIT)
    return aws.iam.RolePolicy(name, name_prefix=prefix, role=role.name, policy=document, opts=component.child())
