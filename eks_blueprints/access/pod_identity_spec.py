"""Service accounts of one's own that have AWS permissions, as data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, ValidationError, model_validator

from eks_blueprints.access.spec import name_problems
from eks_blueprints.access.well_known import WellKnown
from eks_blueprints.core.errors import Faults, Problem, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.leaves import Namespace, PolicyArn, PolicyArns, RoleArn, ServiceAccount, Tags, repeated
from eks_blueprints.core.role_spec import RoleMarks, check_given, check_grants, statements
from eks_blueprints.core.spec import In, Many, Spec
from eks_blueprints.core.statements import StatementArgs

PodIdentityKind = Literal["pod_identity", "irsa"]

ROLE_ANNOTATION = "eks.amazonaws.com/role-arn"
"""By which a service account says which role its pods take on with IRSA."""

_SUBJECTS = Form(r"[a-z0-9*?-]+:[a-z0-9*?][a-z0-9.*?-]*")

MOST_ASSOCIATIONS = 5000
"""Associations of a cluster. Source: EKS User Guide, "Learn how EKS Pod Identity grants pods access" (2025-11)."""


class PodIdentityAssociation(Spec):
    """AWS permissions of the pods of one Kubernetes service account, by their own role."""

    namespace: Namespace
    """Kubernetes namespace of the service account; it need not be there yet. Changing it replaces the association."""

    service_account: ServiceAccount
    """Name of the service account, which your own charts and manifests create. Changing it replaces the association."""

    policy_arns: PolicyArns = {}
    """ARNs of IAM policies for the role, by a short name each."""

    allow: Many[StatementArgs] = ()
    """Further permissions of the role, written into its own policy."""

    deny: Many[StatementArgs] = ()
    """What the pods may not do whatever else allows it, written into the same policy."""

    well_known_policies: Many[WellKnown] = ()
    """Permissions of well-known controllers, for those that your own charts install: `auto_scaler`,
    `aws_load_balancer_controller`, `cert_manager`, `ebs_csi_controller`, `efs_csi_controller`, `external_dns`,
    `image_builder`. The two for DNS reach all hosted zones of the account; name yours with `allow` instead."""

    role_arn: In[RoleArn] | None = None
    """ARN of an existing IAM role, which `pods.eks.amazonaws.com` can assume (`sts:AssumeRole` and `sts:TagSession`).
    Default: one is created, with the policies above.
    """

    permissions_boundary: In[PolicyArn] | None = None
    """ARN of the IAM policy that is the permissions boundary of the created role. Default: none."""

    iam_role: RoleMarks | None = None
    """Name, path, description, longest session and tags of the role that is created."""

    target_role_arn: In[RoleArn] | None = None
    """ARN of a second role, maybe of another account, which is assumed from the first; the pods get its permissions.
    The role that is created may assume it; the target's own trust must allow this.
    """

    disable_session_tags: bool | None = None
    """Whether EKS leaves out the session tags (cluster, namespace, service account, ...). Default: it sets them."""

    policy: Many[StatementArgs] = ()
    """What the pods may do at most, within what the role may do: narrows a role that several service accounts have.
    Needs `disable_session_tags: true`. Default: all that the role may do."""

    create_service_account: bool = False
    """Whether the service account is created in the cluster too; with `irsa` it carries the role's ARN. The namespace
    must exist, or among `namespaces`. Default: your own charts and manifests create it.
    """

    labels: dict[str, str] = {}
    """Labels of the service account that is created."""

    annotations: dict[str, str] = {}
    """Annotations of the service account that is created."""

    subject_pattern: str | None = None
    """Further service accounts that can assume the role by `irsa`, as `namespace:name` with `*` for any text, such as
    `preview-*:reader`. Default: the one service account.
    """

    identity: PodIdentityKind | None = None
    """How the pods get the role: by EKS Pod Identity, or by OIDC (`irsa`), where the service account carries the
    annotation `eks.amazonaws.com/role-arn`. Default: `pod_identity`, or `irsa` where there is nothing but Fargate."""

    tags: Tags = {}
    """Tags of the association and of the role that is created, besides the platform's."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        if self.role_arn is not None:
            for field in ("policy_arns", "allow", "deny", "well_known_policies", "permissions_boundary"):
                if getattr(self, field):
                    faults.add(field, "is for the role that is created; got role_arn too; put it on that role")
        elif not (self.policy_arns or self.allow or self.well_known_policies) and self.target_role_arn is None:
            do = "add policy_arns or allow, or name a role_arn that exists"
            faults.add("policy_arns", f"is required: the role would have no permissions; got none; {do}")
        if twice := repeated(self.well_known_policies):
            faults.add("well_known_policies", f"lists one twice; got {twice}; remove one")
        self._check_service_account(faults)
        check_given(self.iam_role, self.role_arn, "role_arn", faults)
        check_grants(self.policy_arns, self.statements, faults)
        faults.raise_if_any()
        return self

    def _check_service_account(self, faults: Faults) -> None:
        for field in ("labels", "annotations"):
            if getattr(self, field) and not self.create_service_account:
                faults.add(
                    field,
                    "are for the service account that is created; "
                    "got them without it; set create_service_account: true",
                )
        if self.create_service_account and self.service_account == "default":
            do = "remove create_service_account"
            faults.add("create_service_account", f'exists in every namespace; got true with "default"; {do}')
        if ROLE_ANNOTATION in self.annotations:
            do = "remove it, or name role_arn"
            faults.add(("annotations", ROLE_ANNOTATION), f"is set to the role of this entry; got one too; {do}")
        if self.labels or self.annotations:
            from eks_blueprints.karpenter.object_metadata import ObjectMetadata

            try:
                ObjectMetadata(labels=self.labels, annotations=self.annotations)
            except ValidationError as error:
                faults.nest((), error)
        if self.subject_pattern is not None and not _SUBJECTS.fullmatch(self.subject_pattern):
            do = "write namespace:name, with * for any text"
            faults.add("subject_pattern", f"is not a valid pattern; got {shown(self.subject_pattern)}; {do}")
        if self.policy and not self.disable_session_tags:
            do = "set disable_session_tags: true"
            faults.add("policy", f"cannot be combined with session tags; got them left on; {do}")

    @property
    def statements(self) -> tuple[dict[str, Any], ...]:
        """What the policy of the role that is made says, as IAM reads it."""
        own = statements(self.allow, self.deny)
        if self.target_role_arn is None:
            return own
        return (*own, Allow("sts:AssumeRole", "sts:TagSession", on=(self.target_role_arn,)).statement())

    def identity_used(self, *, only_fargate: bool) -> PodIdentityKind:
        """How the pods get the role where there is nothing but Fargate, or something else."""
        return self.identity or ("irsa" if only_fargate else "pod_identity")

    def problems_with(self, identity: PodIdentityKind, *, oidc_provider: bool) -> Iterator[Problem]:
        """What cannot be had by one way of giving a role, on a cluster with an OIDC provider or without one."""
        if identity == "pod_identity":
            if self.subject_pattern is not None:
                got = shown(self.subject_pattern)
                yield Problem(("subject_pattern",), f"is for irsa; got {got} with Pod Identity; set identity: irsa")
            return
        if not oidc_provider:
            do = "give the cluster an OIDC provider or use pod_identity"
            yield Problem(("identity",), f"irsa needs an IAM OIDC provider; got a cluster without one; {do}")
        if self.role_arn is not None and not self.create_service_account:
            do = "set create_service_account: true, or annotate your service account and remove this entry"
            yield Problem(("role_arn",), f"leaves nothing to create with irsa; got {shown(self.role_arn)}; {do}")
        for field in ("target_role_arn", "disable_session_tags", "policy"):
            if (value := getattr(self, field)) not in (None, ()):
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
        faults.add((), f"can have at most {MOST_ASSOCIATIONS} on a cluster; got {len(associations)}; remove some")
    seen: dict[tuple[str, str], str] = {}
    for name, each in associations.items():
        if (other := seen.setdefault((each.namespace, each.service_account), name)) is not name:
            got = f"{each.namespace}/{each.service_account}"
            do = "a service account has one role: join the two"
            faults.add((name, "service_account"), f"is also used by {other}; got {got}; {do}")
    faults.raise_if_any()
    return associations


Associations = Annotated[dict[str, PodIdentityAssociation], AfterValidator(check_associations)]
"""Associations by a name of the user's choice."""
