"""Makes the objects of an agent, and the role and access entry of an agent on another cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi

from eks_blueprints.access.component import Access
from eks_blueprints.access.spec import AccessArgs, AccessEntry, AccessPolicy
from eks_blueprints.agents.agent import agent, objects
from eks_blueprints.core.component import Component, in_cluster
from eks_blueprints.core.iam import trust_document
from eks_blueprints.core.iam_roles import Grants, granted_role
from eks_blueprints.core.kubernetes_object import KubernetesObject

if TYPE_CHECKING:
    from eks_blueprints.agents.clusters import Hub
    from eks_blueprints.agents.drawn import AgentObject
    from eks_blueprints.agents.spec import GitOpsArgs
    from eks_blueprints.core.refs import ClusterRef


class GitOps(Component):
    """What an agent reads on this cluster, and how one on another cluster enters it.

    Applications come after all that they stand on, and go first: Argo CD and Flux delete what they have deployed while
    they still run.
    """

    objects: dict[str, KubernetesObject]
    """The objects of the agent, by what their names end with."""
    exported: dict[str, Any]
    """What a stack exports of it: for a spoke the role by which it is entered, and its certificate authority."""

    def __init__(self, name: str, args: GitOpsArgs, *, cluster: ClusterRef) -> None:
        """Make them.

        Args:
            name: start of the logical names.
            args: what is asked for.
            cluster: the cluster, with the agent on it.
        """
        super().__init__(name, args, cluster.options(), spec_path=("gitops",), after=cluster.ready, iam=cluster.iam)
        self._cluster = cluster
        self.exported, self.objects = {}, {}
        entered = self._let_in(args.hub) if args.hub is not None else ()
        for each in objects(args, agent(args, cluster.ground)):
            self.objects[each.key] = self._object(each)
        self.ready = (*entered, *self.objects.values())
        self.register_outputs(self.exported)

    def _let_in(self, hub: Hub) -> tuple[pulumi.Resource, ...]:
        """An entry for the agent's role there, or for a role here that only that one can assume."""
        principal: Any = hub.principal_arn
        made: tuple[pulumi.Resource, ...] = ()
        if hub.through_role:
            # A session of Pod Identity hands its tags on, which the role has to allow.
            trust = trust_document({"AWS": principal}, "sts:AssumeRole", "sts:TagSession")
            role = granted_role(self, "hub-role", trust, Grants(tags=self._cluster.tags))
            principal, made = role.arn, role.ready
            self.exported["gitops_role_arn"] = role.arn
        policy = AccessPolicy(policy=hub.policy, namespaces=hub.namespaces)
        entry = AccessEntry.model_construct(principal_arn=principal, policies=(policy,))
        access = Access(
            f"{self.pulumi_resource_name}-access",
            AccessArgs.model_construct(entries={"hub": entry}),
            pulumi.ResourceOptions(parent=self),
            cluster=self._cluster,
        )
        self.exported["cluster_certificate_authority"] = self._cluster.certificate_authority
        return (*made, *access.ready)

    def _object(self, each: AgentObject) -> KubernetesObject:
        after = [self.objects[key] for key in each.after if key in self.objects]
        limit = each.timeout
        # What it has deployed may own load balancers and volumes.
        options = in_cluster(self._cluster.resource, goes_with_it=not each.deploys)
        return KubernetesObject(
            f"{self.pulumi_resource_name}-{each.key}",
            each.manifest,
            self.child(
                depends_on=after,
                custom_timeouts=pulumi.CustomTimeouts(create=limit, update=limit, delete=limit) if limit else None,
                **options,
            ),
        )
