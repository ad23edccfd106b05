"""Makes access entries and ties AWS access policies to them."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_aws as aws

from eks_blueprints.access.policies import policy_arn
from eks_blueprints.access.spec import AccessArgs, AccessEntry, AccessPolicy, with_deployer
from eks_blueprints.core.component import Component, merge_tags
from eks_blueprints.core.refs import ClusterRef


class Access(Component):
    """Who can use the Kubernetes API of a cluster.

    `ready` holds every entry and every policy tied to one: what talks to the Kubernetes API waits for both, and is
    gone before them on destroy.
    """

    entries: dict[str, aws.eks.AccessEntry]
    """The entry of each principal, by the name it has in the spec."""

    def __init__(
        self,
        name: str,
        args: AccessArgs,
        opts: pulumi.ResourceOptions | None = None,
        *,
        cluster: ClusterRef,
        deployer: str | None = None,
    ) -> None:
        """Make the entries.

        Args:
            name: start of the logical name of everything in it.
            args: who may do what.
            opts: Pulumi's own.
            cluster: the cluster.
            deployer: ARN of the role that an entry calls `deployer`.
        """
        entries = with_deployer(args.entries, deployer)
        super().__init__(name, args, opts, spec_path=(*cluster.place, "access"), after=cluster.ready)
        self._name = name
        self._cluster = cluster
        self.entries = {}
        policies: list[pulumi.Resource] = []
        self.parts.update({self._child_name(key): (*self.spec_path, key) for key in entries})
        for key, spec in entries.items():
            entry = self._entry(key, spec)
            self.entries[key] = entry
            policies += [self._association(key, entry, policy) for policy in spec.policies]
        self.ready = (*self.entries.values(), *policies)
        self.register_outputs({})

    def _entry(self, key: str, spec: AccessEntry) -> aws.eks.AccessEntry:
        return aws.eks.AccessEntry(
            self._child_name(key),
            cluster_name=self._cluster.name,
            principal_arn=spec.principal_arn,
            type=spec.type,
            kubernetes_groups=list(spec.kubernetes_groups) or None,
            user_name=spec.user_name,
            tags=merge_tags(self._cluster.tags, spec.tags) or None,
            # A cluster has one entry a principal.
            opts=self.child(delete_before_replace=True),
        )

    def _association(self, key: str, entry: aws.eks.AccessEntry, spec: AccessPolicy) -> aws.eks.AccessPolicyAssociation:
        scope: Any = spec.scope
        return aws.eks.AccessPolicyAssociation(
            # A policy's own name has no dash in it, so no two entries can meet in one name.
            f"{self._child_name(key)}-{spec.policy}",
            cluster_name=self._cluster.name,
            principal_arn=entry.principal_arn,
            policy_arn=policy_arn(self._cluster.partition, spec.policy),
            access_scope=scope,
            opts=self.child(depends_on=[entry], delete_before_replace=True),
        )

    def _child_name(self, key: str) -> str:
        return f"{self._name}-{key.replace('_', '-')}"
