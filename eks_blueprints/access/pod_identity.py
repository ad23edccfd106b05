"""Gives the pods of one service account a role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws

from eks_blueprints.access.pod_identity_spec import ROLE_ANNOTATION, PodIdentityAssociation
from eks_blueprints.access.well_known import well_known_permissions, well_known_policies
from eks_blueprints.core.component import Component, in_cluster, merge_tags
from eks_blueprints.core.errors import InputError, Path
from eks_blueprints.core.iam import policy_document
from eks_blueprints.core.iam_roles import GrantedRole, Grants, irsa_role, pod_identity_role
from eks_blueprints.core.refs import ClusterRef

if TYPE_CHECKING:
    import pulumi_kubernetes as kubernetes


class PodIdentity(Component):
    """AWS permissions of the pods of one service account: a role, unless one is given, and its association.

    Pods that start before the association have no permissions: `ready` is what their makers wait for.
    """

    role: GrantedRole | None
    """The role that was made; None where one was given."""
    association: aws.eks.PodIdentityAssociation | None
    """The association; None with IRSA, which knows none."""
    service_account: kubernetes.core.v1.ServiceAccount | None
    """The service account; None where it is created elsewhere."""

    def __init__(
        self,
        name: str,
        args: PodIdentityAssociation,
        opts: pulumi.ResourceOptions | None = None,
        *,
        cluster: ClusterRef,
        key: str | None = None,
        place: Path | None = None,
    ) -> None:
        """Make role and association.

        Args:
            name: start of the logical name of everything in it.
            args: whose permissions, and which.
            opts: Pulumi's own.
            cluster: the cluster of the service account.
            key: name under which it stands in a stack file.
            place: where it stands there. Default: `pod_identity_associations`, under that name.

        Raises:
            InputError: if it asks for what its way of giving a role does not have, or the cluster lacks for it.
        """
        place = place or (*cluster.place, "pod_identity_associations", *([key] if key else ()))
        self._identity = args.identity_used(only_fargate=cluster.only_fargate)
        has_provider = cluster.ground.oidc_provider
        if problems := list(args.problems_with(self._identity, oidc_provider=has_provider)):
            raise InputError([problem.below(*place) for problem in problems])
        super().__init__(name, args, opts, spec_path=place, after=cluster.ready, iam=cluster.iam)
        self._tags = merge_tags(cluster.tags, args.tags)
        self.role = None if args.role_arn is not None else self._make_role(args, cluster)
        self.association = None if self._identity == "irsa" else self._associate(args, cluster)
        self.service_account = self._make_account(args, cluster) if args.create_service_account else None
        made = (each for each in (self.association, self.service_account) if each is not None)
        self.ready = (*(self.role.ready if self.role else ()), *made)
        self.register_outputs({"role_arn": self.role.arn if self.role else args.role_arn})

    def _make_role(self, args: PodIdentityAssociation, cluster: ClusterRef) -> GrantedRole:
        grants = Grants(
            allowed=(*args.statements, *well_known_permissions(args.well_known_policies, cluster)),
            managed=args.policy_arns | well_known_policies(args.well_known_policies, cluster.partition),
            tags=self._tags,
            permissions_boundary=args.permissions_boundary,
            iam_role=args.iam_role,
        )
        account: dict[str, Any] = {"namespace": args.namespace, "service_account": args.service_account}
        if self._identity == "pod_identity":
            tags = not args.disable_session_tags
            return pod_identity_role(self, "role", grants, cluster=cluster, **account, session_tags=tags)
        return irsa_role(self, "role", grants, cluster=cluster, **account, subject_pattern=args.subject_pattern)

    def _make_account(self, args: PodIdentityAssociation, cluster: ClusterRef) -> kubernetes.core.v1.ServiceAccount:
        import pulumi_kubernetes as kubernetes

        arn = self.role.arn if self.role else args.role_arn
        role = {ROLE_ANNOTATION: arn} if self._identity == "irsa" else {}
        metadata: Any = {"name": args.service_account, "namespace": args.namespace}
        metadata |= {"labels": args.labels} if args.labels else {}
        metadata |= {"annotations": {**args.annotations, **role}} if args.annotations or role else {}
        return kubernetes.core.v1.ServiceAccount(
            f"{self.pulumi_resource_name}-service-account",
            metadata=metadata,
            # Pods that start without the association, or before the role has its policies, have no permissions.
            opts=self.child(
                provider=cluster.kubernetes,
                depends_on=[*(self.role.ready if self.role else ()), *([self.association] if self.association else ())],
                **in_cluster(cluster.resource, goes_with_it=True),
            ),
        )

    def _associate(self, args: PodIdentityAssociation, cluster: ClusterRef) -> aws.eks.PodIdentityAssociation:
        return aws.eks.PodIdentityAssociation(
            f"{self.pulumi_resource_name}-association",
            cluster_name=cluster.name,
            namespace=args.namespace,
            service_account=args.service_account,
            role_arn=self.role.arn if self.role else args.role_arn,
            target_role_arn=args.target_role_arn,
            disable_session_tags=args.disable_session_tags,
            policy=policy_document(each.statement() for each in args.policy) if args.policy else None,
            tags=self._tags or None,
            # A service account has one association, and its policies should be there when the first pod gets it.
            opts=self.child(depends_on=self.role.ready if self.role else (), delete_before_replace=True),
        )
