"""The service account of a workload's pods, and what they may do with it."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from eks_blueprints.access.pod_identity_spec import PodIdentityAssociation, PodIdentityKind
from eks_blueprints.access.well_known import WellKnown
from eks_blueprints.core.errors import Faults
from eks_blueprints.core.json_values import JsonValues
from eks_blueprints.core.leaves import PolicyArn, PolicyArns, RoleArn
from eks_blueprints.core.leaves import ServiceAccount as AccountName
from eks_blueprints.core.role_spec import RoleMarks
from eks_blueprints.core.spec import In, Many, Spec
from eks_blueprints.core.statements import StatementArgs

_OF_AWS = (
    *("allow", "deny", "identity", "iam_role", "permissions_boundary", "policy_arns", "role_arn", "target_role_arn"),
    "well_known_policies",
)


class ServiceAccount(Spec):
    """What a workload's pods may do: in AWS by their own role, and in the cluster by RBAC."""

    name: AccountName | None = None
    """Name of the service account. Default: that of the workload."""

    existing: bool = False
    """Whether it is created elsewhere, by `name`."""

    annotations: dict[str, In[str]] = {}
    """Annotations of the service account that is created."""

    allow: Many[StatementArgs] = ()
    """Permissions of the pods' IAM role, written into its own policy."""

    deny: Many[StatementArgs] = ()
    """What the pods may not do whatever else allows it, written into the same policy."""

    policy_arns: PolicyArns = {}
    """ARNs of IAM policies for the role, by a short name each."""

    well_known_policies: Many[WellKnown] = ()
    """Permissions of well-known controllers; see `pod_identity_associations`."""

    role_arn: In[RoleArn] | None = None
    """ARN of an existing IAM role. Default: one is created where there are permissions for it."""

    target_role_arn: In[RoleArn] | None = None
    """ARN of a second role, maybe of another account, which is assumed from the first."""

    permissions_boundary: In[PolicyArn] | None = None
    """ARN of the IAM policy that is the permissions boundary of the created role. Default: none."""

    iam_role: RoleMarks | None = None
    """Name, path, description, longest session and tags of the role that is created."""

    identity: PodIdentityKind | None = None
    """How pods get the role: by EKS Pod Identity or by OIDC (`irsa`). Default: `pod_identity`, or `irsa` where there is
    nothing but Fargate."""

    rules: Many[JsonValues] = ()
    """What the pods may do with the Kubernetes API in their namespace, as rules of a Role as in Kubernetes, such as
    `{apiGroups: [""], resources: [configmaps], verbs: [get, list]}`. Default: nothing.
    """

    cluster_rules: Many[JsonValues] = ()
    """The same in all namespaces, as rules of a ClusterRole."""

    automount_token: bool | None = None
    """Whether pods get a token for the Kubernetes API. Default: where there are `rules`; with `existing`, what
    that service account says."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        if self.existing and self.name is None:
            faults.add("name", "is required for a service account that is there; got none; name it")
        if self.existing and self.annotations:
            faults.add("annotations", "are for a service account that is made; got existing: true; remove one of them")
        faults.raise_if_any()
        return self

    @property
    def token_used(self) -> bool | None:
        """Whether pods get a token for the Kubernetes API; None where the service account says it."""
        if self.automount_token is not None:
            return self.automount_token
        if self.rules or self.cluster_rules:
            return True
        return None if self.existing else False

    def association(self, namespace: str, name: str) -> PodIdentityAssociation | None:
        """The IAM role of the pods, and how they get it; None where they have no permissions in AWS.

        Raises:
            ValidationError: if what is said about the role does not fit together.
        """
        said = {field: getattr(self, field) for field in _OF_AWS if field in self.model_fields_set}
        if not said:
            return None
        return PodIdentityAssociation.model_validate({"namespace": namespace, "service_account": name, **said})
