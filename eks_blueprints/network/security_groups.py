"""Makes security groups, their rules, and the policies that give them to pods."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from eks_blueprints.core.component import Component, in_cluster, merge_tags
from eks_blueprints.core.refs import ClusterRef
from eks_blueprints.core.rule_source import source_inputs
from eks_blueprints.core.spec import is_known
from eks_blueprints.network.security_group_names import CLUSTER, SELF
from eks_blueprints.network.security_group_spec import SecurityGroupArgs, SecurityGroupRule


class SecurityGroup(Component):
    """A security group. Its rules come later (`add_rules`): they may name groups that EKS creates with the cluster.

    Each rule is its own resource, so that one that comes or goes changes no other.
    """

    id: pulumi.Input[str]
    """Id of the group."""

    def __init__(
        self,
        name: str,
        args: SecurityGroupArgs,
        opts: pulumi.ResourceOptions | None = None,
        *,
        key: str,
        vpc_id: pulumi.Input[str],
        tags: Mapping[str, str] | None = None,
        standing: pulumi.Input[str] | None = None,
    ) -> None:
        """Make the group, unless it is there.

        Args:
            name: start of the logical name of everything in it.
            args: what it is.
            opts: Pulumi's own.
            key: its name in the platform.
            vpc_id: the VPC it is made in.
            tags: tags of the platform.
            standing: id of the group that the name stands for; None for one that is made or named by its id.
        """
        super().__init__(name, args, opts, spec_path=("security_groups", key))
        self._args, self._key = args, key
        self._tags = merge_tags(tags or {}, args.tags)
        self._made = args.id is None and standing is None
        if standing is not None:
            self.id = standing
        elif args.id is not None:
            self.id = args.id
        else:
            self.id = aws.ec2.SecurityGroup(
                f"{name}-group",
                name=args.name,
                description=args.description or key,
                vpc_id=vpc_id,
                tags=merge_tags({"Name": args.name or name}, self._tags),
                # Two groups of a VPC cannot have one name.
                opts=self.child(delete_before_replace=True if args.name else None),
            ).id

    def add_rules(self, ids: Mapping[str, pulumi.Input[str]]) -> None:
        """Make its rules; `ids` are the groups that rules may name."""
        made = [
            self._rule(way, key, each, {**ids, SELF: self.id}) for way, key, each in self._args.rules(made=self._made)
        ]
        self.ready = (*made, *self._late_tags())
        self.register_outputs({"id": self.id})

    def give_to_pods(
        self, cluster: ClusterRef, within: Callable[[str, ClusterRef], ClusterRef]
    ) -> Iterator[tuple[str, pulumi.Resource]]:
        """Make the objects by which pods get the group, with their namespaces; `within` is the cluster for what is put
        into a namespace.
        """
        for key, each in self._args.pods.items():
            import pulumi_kubernetes as kubernetes

            chosen: dict[str, Any] = {}
            if each.service_account_labels:
                chosen["serviceAccountSelector"] = {"matchLabels": dict(each.service_account_labels)}
            if each.pod_labels or not chosen:
                chosen["podSelector"] = {"matchLabels": dict(each.pod_labels)}
            policy = kubernetes.apiextensions.CustomResource(
                f"{self.pulumi_resource_name}-pods-{key}",
                api_version="vpcresources.k8s.aws/v1beta1",
                kind="SecurityGroupPolicy",
                metadata={"name": f"{self._key}-{key}", "namespace": each.namespace},
                spec={**chosen, "securityGroups": {"groupIds": [self.id]}},
                opts=self.child(
                    provider=cluster.kubernetes,
                    depends_on=[*within(each.namespace, cluster).ready, *self.ready],
                    **in_cluster(cluster.resource, goes_with_it=True),
                ),
            )
            yield each.namespace, policy

    def _late_tags(self) -> Iterator[aws.ec2.Tag]:
        """Tags of the group that EKS creates, which gets none of its cluster's. Each is its own resource, beside those
        that EKS sets.
        """
        for key, value in self._args.tags.items() if self._key == CLUSTER else ():
            yield aws.ec2.Tag(
                f"{self.pulumi_resource_name}-tag-{key}", resource_id=self.id, key=key, value=value, opts=self.child()
            )

    def _rule(
        self, way: str, key: str, rule: SecurityGroupRule, ids: Mapping[str, pulumi.Input[str]]
    ) -> aws.vpc.SecurityGroupIngressRule | aws.vpc.SecurityGroupEgressRule:
        kind = aws.vpc.SecurityGroupIngressRule if way == "ingress" else aws.vpc.SecurityGroupEgressRule
        name, ports = f"{self.pulumi_resource_name}-{way}-{key}", rule.ports
        return kind(
            name,
            security_group_id=self.id,
            ip_protocol=rule.protocol,
            from_port=None if ports is None else ports[0],
            to_port=None if ports is None else ports[1],
            **_other_end(rule, ids),
            description=rule.description or key,
            tags=merge_tags({"Name": name}, self._tags, rule.tags),
            opts=self.child(),
        )


def _other_end(rule: SecurityGroupRule, ids: Mapping[str, pulumi.Input[str]]) -> dict[str, Any]:
    """Who a rule is for, the names of groups replaced by their ids."""
    other: Any = rule.security_group
    if is_known(other) and other in ids:
        return {"referenced_security_group_id": ids[other]}
    return source_inputs(rule)
