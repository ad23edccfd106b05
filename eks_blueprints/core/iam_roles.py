"""IAM roles: of AWS services, and of pods by Pod Identity or by OIDC (IRSA)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws

from eks_blueprints.core.component import Component, merge_tags
from eks_blueprints.core.iam import Allow, json_text, policy_document, trust_document
from eks_blueprints.core.naming import name_prefix, short_prefix
from eks_blueprints.core.refs import ClusterRef
from eks_blueprints.core.role_spec import ROLE_NAME_LIMIT, IamArgs, RoleArgs, RoleMarks
from eks_blueprints.core.spec import In

if TYPE_CHECKING:
    from eks_blueprints.core.iam import Conditions

POLICY_NAME_LIMIT = 128
PROFILE_NAME_LIMIT = 128


@dataclass(frozen=True, kw_only=True)
class Grants:
    """What a role may do, and the marks it carries."""

    allowed: tuple[Allow | Mapping[str, Any], ...] = ()
    """Permissions of its own, or whole statements, written into one inline policy."""
    managed: Mapping[str, In[str]] | None = None
    """Policies that exist, by a short stable name each, which becomes part of a resource's name."""
    tags: Mapping[str, str] | None = None
    permissions_boundary: In[str] | None = None
    iam_role: RoleMarks | None = None
    """What the user says about the role, besides what holds for all of the platform (`Component.iam`)."""

    @property
    def all_said(self) -> tuple[Allow | Mapping[str, Any], ...]:
        """Permissions of its own, and the statements that the user adds."""
        return (*self.allowed, *(self.iam_role.statements if isinstance(self.iam_role, RoleArgs) else ()))

    @property
    def all_managed(self) -> dict[str, In[str]]:
        """Policies that exist, and those that the user adds."""
        given = {**(self.managed or {}), **(self.iam_role.policy_arns if isinstance(self.iam_role, RoleArgs) else {})}
        # A policy is attached once: without the second of two attachments AWS would detach what the first one keeps.
        arns = list(given.values())
        return {
            name: arn
            for at, (name, arn) in enumerate(given.items())
            if not isinstance(arn, str) or arns.index(arn) == at
        }


@dataclass(frozen=True, kw_only=True)
class GrantedRole:
    """A role together with its policies."""

    role: aws.iam.Role
    policies: tuple[pulumi.Resource, ...]
    path: str | None = None
    """Its IAM path; None for `/`."""

    @property
    def path_and_name(self) -> pulumi.Output[str]:
        """What Systems Manager knows it by: `service-role/machines`."""
        begin = (self.path or "/").removeprefix("/")
        return pulumi.Output.concat(begin, self.role.name) if begin else self.role.name

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
    subject_pattern: str | None = None,
) -> GrantedRole:
    """The role `{component}-{role}`, which pods of a service account, or of several, take on by OIDC.

    With a pattern (`namespace:name`, `*` for any text) it is all that match it who may, besides them.

    Raises:
        ValueError: if the cluster has no IAM OIDC provider.
    """
    if cluster.oidc_provider_arn is None:
        raise ValueError("irsa needs an IAM OIDC provider; got a cluster without one; create one or use pod_identity")
    issuer = pulumi.Output.from_input(cluster.oidc_issuer).apply(lambda url: url.removeprefix("https://"))
    accounts = [service_account] if isinstance(service_account, str) else service_account
    subjects = [f"system:serviceaccount:{namespace}:{account}" for account in accounts]
    if subject_pattern is not None:
        subjects.append(f"system:serviceaccount:{subject_pattern}")
    subject = subjects[0] if len(subjects) == 1 else subjects
    operator = "StringEquals" if subject_pattern is None else "StringLike"
    trust = pulumi.Output.all(issuer, cluster.oidc_provider_arn).apply(
        lambda found: trust_document(
            {"Federated": found[1]},
            "sts:AssumeRoleWithWebIdentity",
            when=_joined(
                ("StringEquals", f"{found[0]}:aud", "sts.amazonaws.com"), (operator, f"{found[0]}:sub", subject)
            ),
        )
    )
    return granted_role(component, role, trust, grants)


def granted_role(component: Component, role: str, trust: pulumi.Input[str], grants: Grants) -> GrantedRole:
    """The role `{component}-{role}` with its policies, for whomever a trust document names."""
    name = f"{component.pulumi_resource_name}-{role}"
    iam, own = component.iam, grants.iam_role or RoleMarks()
    boundary, path = grants.permissions_boundary, own.path or iam.path
    made = aws.iam.Role(
        name,
        name=own.name,
        name_prefix=None if own.name else _begin(iam, name, ROLE_NAME_LIMIT),
        path=path,
        description=own.description,
        max_session_duration=own.max_session_duration or iam.max_session_duration,
        assume_role_policy=_with_further(trust, own),
        permissions_boundary=iam.permissions_boundary if boundary is None else boundary,
        tags=merge_tags(grants.tags or {}, iam.tags, own.tags) or None,
        # Two roles cannot have one name, not even while one takes the place of the other.
        opts=component.child(delete_before_replace=True if own.name else None),
    )
    policies: list[pulumi.Resource] = [
        aws.iam.RolePolicyAttachment(f"{name}-{key}", role=made.name, policy_arn=arn, opts=component.child())
        for key, arn in grants.all_managed.items()
    ]
    if said := grants.all_said:
        policies.append(inline_policy(component, made, f"{name}-policy", policy_document(said)))
    return GrantedRole(role=made, policies=tuple(policies), path=path)


def _with_further(trust: pulumi.Input[str], role: RoleMarks) -> pulumi.Input[str]:
    """A trust document with the statements that the user adds."""
    if not role.trust_statements:
        return trust
    more = json_text([each.statement() for each in role.trust_statements])
    if isinstance(trust, str) and isinstance(more, str):
        return _joined_documents([trust, more])
    return pulumi.Output.all(trust, more).apply(_joined_documents)


def _joined_documents(found: Sequence[str]) -> str:
    document, more = map(json.loads, found)
    return str(json_text({**document, "Statement": [*document["Statement"], *more]}))


def instance_profile(
    component: Component, name: str, role_name: pulumi.Input[str], tags: Mapping[str, str]
) -> aws.iam.InstanceProfile:
    """The instance profile with the logical name `name`, by which EC2 gives a role to instances."""
    iam = component.iam
    return aws.iam.InstanceProfile(
        name,
        name_prefix=_begin(iam, name, PROFILE_NAME_LIMIT),
        path=iam.path,
        role=role_name,
        tags=merge_tags(tags, iam.tags) or None,
        opts=component.child(),
    )


def _joined(*conditions: tuple[str, str, str | Sequence[str]]) -> Conditions:
    """Conditions by their operator."""
    found: dict[str, dict[str, str | Sequence[str]]] = {}
    for operator, key, value in conditions:
        found.setdefault(operator, {})[key] = value
    return found


def _begin(iam: IamArgs, name: str, limit: int) -> str | None:
    if iam.role_name_prefix is None:
        return short_prefix(name, limit)
    return name_prefix(f"{iam.role_name_prefix}{name}", limit)


def inline_policy(
    component: Component, role: aws.iam.Role, name: str, document: pulumi.Input[str]
) -> aws.iam.RolePolicy:
    """A policy within a role."""
    prefix = short_prefix(name, POLICY_NAME_LIMIT)
    return aws.iam.RolePolicy(name, name_prefix=prefix, role=role.name, policy=document, opts=component.child())
