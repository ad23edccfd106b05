"""Service accounts of one's own that have AWS permissions, as data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, model_validator

from eks_blueprints.access.spec import name_problems
from eks_blueprints.core.errors import Faults, Problem, shown
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.leaves import Namespace, PolicyArn, PolicyArns, RoleArn, ServiceAccount, Tags
from eks_blueprints.core.role_spec import AllowArgs, RoleMarks, check_given, check_grants
from eks_blueprints.core.spec import In, Spec

PodIdentityKind = Literal["pod_identity", "irsa"]

MOST_ASSOCIATIONS = 5000
"""Associations of a cluster. Source: EKS User Guide, "Learn how EKS Pod Identity grants pods access" (2025-11)."""


class PodIdentityAssociation(Spec):
    """AWS permissions of the pods of one Kubernetes service account, by a role of their own."""

    namespace: Namespace
    """Kubernetes namespace of the service account; it need not be there yet. Changing it replaces the association."""

    service_account: ServiceAccount
    """Name of the service account, which your own charts and manifests make. Changing it replaces the association."""

    policy_arns: PolicyArns = {}
    """ARNs of IAM policies for the role, by a short name each."""

    allow: tuple[AllowArgs, ...] = ()
    """Further permissions of the role, written into a policy of its own."""

    role_arn: In[RoleArn] | None = None
    """ARN of an IAM role that is there, which `pods.eks.amazonaws.com` may take on (`sts:AssumeRole` and
    `sts:TagSession`). Default: one is made, with the policies above."""

    permissions_boundary: In[PolicyArn] | None = None
    """ARN of the IAM policy that bounds what the role that is made may do. Default: none."""

    iam_role: RoleMarks | None = None
    """Name, path, description, longest session and tags of the role that is made."""

    target_role_arn: In[RoleArn] | None = None
    """ARN of a second role, maybe of another account, which is taken on from the first; the pods get its permissions.
    The role that is made may take it on; the target's own trust has to allow that."""

    disable_session_tags: bool | None = None
    """Whether EKS leaves out the session tags (cluster, namespace, service account, ...). Default: it sets them."""

    identity: PodIdentityKind | None = None
    """How the pods get the role: by EKS Pod Identity, or by OIDC (`irsa`), where your service account carries the
    annotation `eks.amazonaws.com/role-arn`. Default: `pod_identity`, or `irsa` where there is nothing but Fargate."""

    tags: Tags = {}
    """Tags of the association and of the role that is made, besides the platform's."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        if self.role_arn is not None:
            for field in ("policy_arns", "allow", "permissions_boundary"):
                if getattr(self, field):
                    faults.add(field, "is for the role that is made; got role_arn too; put it on that role")
        elif not self.policy_arns and not self.allow and self.target_role_arn is None:
            do = "add policy_arns or allow, or name a role_arn that is there"
            faults.add("policy_arns", f"is needed: the role may do nothing; got none; {do}")
        check_given(self.iam_role, self.role_arn, "role_arn", faults)
        check_grants(self.policy_arns, self.allowed, faults)
        faults.raise_if_any()
        return self

    @property
    def allowed(self) -> tuple[Allow, ...]:
        """What the policy of the role that is made says."""
        own = tuple(each.allow for each in self.allow)
        if self.target_role_arn is None:
            return own
        return (*own, Allow("sts:AssumeRole", "sts:TagSession", on=(self.target_role_arn,)))

    def identity_used(self, *, only_fargate: bool) -> PodIdentityKind:
        """How the pods get the role where there is nothing but Fargate, or something else."""
        return self.identity or ("irsa" if only_fargate else "pod_identity")

    def problems_with(self, identity: PodIdentityKind, *, oidc_provider: bool) -> Iterator[Problem]:
        """What cannot be had by one way of giving a role, on a cluster with an OIDC provider or without one."""
        if identity == "pod_identity":
            return
        if not oidc_provider:
            do = "give the cluster an OIDC provider or use pod_identity"
            yield Problem(("identity",), f"irsa needs an IAM OIDC provider; got a cluster without one; {do}")
        if self.role_arn is not None:
            do = "annotate the service account with it, and remove this association"
            yield Problem(("role_arn",), f"leaves nothing to make with irsa; got {shown(self.role_arn)}; {do}")
        for field in ("target_role_arn", "disable_session_tags"):
            if (value := getattr(self, field)) is not None:
                yield Problem((field,), f"is for Pod Identity; got {shown(value)} with irsa; remove it")


def check_associations(associations: dict[str, PodIdentityAssociation]) -> dict[str, PodIdentityAssociation]:
    """Associations by name, each for a service account of its own.

    Raises:
        ValidationError: if a name cannot be used, two are for one service account, or there are too many.
    """
    faults = Faults()
    for problem in name_problems(associations):
        faults.add(problem.path, problem.message)
    if len(associations) > MOST_ASSOCIATIONS:
        faults.add((), f"takes at most {MOST_ASSOCIATIONS} on a cluster; got {len(associations)}; remove some")
    seen: dict[tuple[str, str], str] = {}
    for name, each in associations.items():
        if (other := seen.setdefault((each.namespace, each.service_account), name)) is not name:
            got = f"{each.namespace}/{each.service_account}"
            do = "a service account has one role: join the two"
            faults.add((name, "service_account"), f"is that of {other} too; got {got}; {do}")
    faults.raise_if_any()
    return associations


Associations = Annotated[dict[str, PodIdentityAssociation], AfterValidator(check_associations)]
"""Associations by a name of the user's choice."""
