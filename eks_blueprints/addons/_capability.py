"""EKS Capabilities: software that EKS runs for a cluster, outside of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from eks_blueprints.access.policies import policy_arn
from eks_blueprints.access.spec import AccessPolicy
from eks_blueprints.addons._helm_values import PolicyArns
from eks_blueprints.addons.base import AddOn
from eks_blueprints.core.leaves import RoleArn
from eks_blueprints.core.spec import In, Many

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pulumi
    import pulumi_aws as aws

    from eks_blueprints.core.component import Component
    from eks_blueprints.core.refs import ClusterRef


class CapabilityAddOn(AddOn):
    """A capability of EKS: no pods in the cluster, and a role that EKS's own service takes on."""

    capability_type: ClassVar[str]
    """What EKS calls it."""
    single: ClassVar[bool] = True

    role_arn: In[RoleArn] | None = None
    """ARN of an existing IAM role, which `capabilities.eks.amazonaws.com` can assume. Default: one is created."""

    policy_arns: PolicyArns = {}
    """ARNs of the IAM policies of the role that is created, by a short name each. Default: no permissions in AWS."""

    access_policies: Many[AccessPolicy] = ()
    """EKS access policies that its role has on this cluster, such as `{policy: cluster_admin}`, or `{policy: admin,
    namespaces: [shop]}`, besides those that EKS gives it. Default: none besides."""

    delete_propagation_policy: Literal["RETAIN"] = "RETAIN"
    """What happens to the objects in the cluster when it is deleted: they stay."""

    timeout_minutes: int | None = Field(default=None, ge=1, le=720)
    """How long creating, updating or deleting it may take, in minutes. Default: the provider's."""

    @property
    def home(self) -> str:
        """Kubernetes namespace; it runs in none."""
        return "kube-system"

    @property
    def makes_a_role(self) -> bool:
        """Whether a role is made for EKS's own service."""
        return self.role_arn is None

    def configuration(self) -> dict[str, Any] | None:
        """Its settings, as the provider takes them."""
        return None

    def attached(self, cluster: ClusterRef) -> dict[str, In[str]]:
        """ARNs of the policies of its role."""
        return dict(self.policy_arns)

    def install(self, cluster: ClusterRef) -> Component:
        """Have EKS run it."""
        import pulumi
        import pulumi_aws as aws

        from eks_blueprints.core.component import merge_tags

        component = self.component(cluster)
        arn, needed = self._role(component, cluster)
        limit = None if self.timeout_minutes is None else f"{self.timeout_minutes}m"
        configuration: Any = self.configuration()
        capability = aws.eks.Capability(
            f"{component.pulumi_resource_name}-capability",
            capability_name=self.name.replace("_", "-"),
            cluster_name=cluster.name,
            type=self.capability_type,
            role_arn=arn,
            configuration=configuration,
            delete_propagation_policy=self.delete_propagation_policy,
            tags=merge_tags(cluster.tags, self.tags) or None,
            opts=component.child(
                depends_on=needed,
                delete_before_replace=True,
                custom_timeouts=pulumi.CustomTimeouts(create=limit, update=limit, delete=limit) if limit else None,
            ),
        )
        component.ready = (capability, *self._access(component, cluster, capability))
        component.register_outputs({"arn": capability.arn, "version": capability.version})
        return component

    def _access(
        self, component: Component, cluster: ClusterRef, capability: aws.eks.Capability
    ) -> Iterator[pulumi.Resource]:
        """What its role may do on this cluster; EKS makes the entry of the role with the capability."""
        import pulumi_aws as aws

        for policy in self.access_policies:
            scope: Any = policy.scope
            yield aws.eks.AccessPolicyAssociation(
                f"{component.pulumi_resource_name}-access-{policy.policy}",
                cluster_name=cluster.name,
                principal_arn=capability.role_arn,
                policy_arn=policy_arn(cluster.partition, policy.policy),
                access_scope=scope,
                opts=component.child(depends_on=[capability], delete_before_replace=True),
            )

    def _role(self, component: Component, cluster: ClusterRef) -> tuple[Any, list[pulumi.Resource]]:
        if self.role_arn is not None:
            return self.role_arn, []
        from eks_blueprints.core.component import merge_tags
        from eks_blueprints.core.iam import trust_document
        from eks_blueprints.core.iam_roles import Grants, granted_role

        # EKS documents this trust whole ("Amazon EKS capability IAM role"), and names no condition that it sends.
        trust = trust_document({"Service": "capabilities.eks.amazonaws.com"}, "sts:AssumeRole", "sts:TagSession")
        grants = Grants(
            allowed=tuple(self.permissions(cluster)),
            managed=self.attached(cluster),
            tags=merge_tags(cluster.tags, self.tags),
            permissions_boundary=self.permissions_boundary,
            iam_role=self.iam_role,
        )
        made = granted_role(component, "role", trust, grants)
        return made.arn, list(made.ready)
