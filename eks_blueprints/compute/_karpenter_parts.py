"""The resources of Karpenter, in the order in which they come, which turned round is the order in which they go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws

from eks_blueprints.compute._interruptions import interruptions
from eks_blueprints.compute._karpenter_roles import NodeRole, association, controller_role, is_windows, node_roles
from eks_blueprints.compute._node_objects import DISCOVERY, leaf, make_classes, make_overlays, make_pools, subnets_of
from eks_blueprints.core.component import Component, in_cluster, merge_tags
from eks_blueprints.core.helm import Chart, Direct, HelmRelease, deliver
from eks_blueprints.core.iam_roles import GrantedRole
from eks_blueprints.core.refs import ClusterRef
from eks_blueprints.karpenter import manifests
from eks_blueprints.karpenter.controller import IMAGE, PLACEMENT, SERVICE_ACCOUNT, gates
from eks_blueprints.karpenter.manifests import ClassDefaults
from eks_blueprints.karpenter.selectors import SecurityGroupSelectorTerm

if TYPE_CHECKING:
    from eks_blueprints.compute.karpenter import Karpenter


def make(karpenter: Karpenter, cluster: ClusterRef) -> Component:
    """The component of Karpenter."""
    component = karpenter.component(cluster)
    tags = merge_tags(cluster.tags, karpenter.tags)
    notices = interruptions(component, cluster, tags, karpenter.queue, karpenter.rule_name_prefix)
    nodes = node_roles(karpenter, cluster, component)
    role = controller_role(karpenter, cluster, component, notices, nodes)
    allowed = (*role.ready, *association(karpenter, cluster, component, role))
    tag = _discovery_tag(component, cluster)
    crds = deliver(Direct(), component, cluster, _crd_release(karpenter), allowed)
    release = _release(karpenter, cluster, role, notices.queue)
    controller = deliver(Direct(), component, cluster, release, [crds, *allowed, *notices.ready])
    joining = [resource for node in nodes.values() for resource in node.ready]
    objects = _class_objects(karpenter, cluster, nodes)
    classes = make_classes(component, objects, [controller, crds, tag, *joining], _class_options(cluster))
    overlays = make_overlays(component, karpenter.overlays, [controller, crds], cluster.resource)
    # Nodes that pools launch are chosen by the prices and resources that overlays say.
    after = [controller, crds, *joining, *overlays]
    # Their nodes are outside the cluster, and would outlive it.
    options = in_cluster(cluster.resource, goes_with_it=False)
    pools = make_pools(component, karpenter.pools, classes, after, karpenter.drain_timeout_minutes, options)
    component.ready = (controller, *classes.values(), *overlays, *pools)
    component.register_outputs(
        {
            "version": karpenter.version,
            "queue_name": notices.queue.name,
            "controller_role_arn": role.arn,
            "node_role_arns": [node.role.arn for node in nodes.values()],
        }
    )
    return component


def _class_options(cluster: ClusterRef) -> dict[str, Any]:
    # A class is held by the nodes of its pools, and of what goes before a replaced cluster nothing goes in order. So it
    # stays behind in the old cluster and is made in the new one, once that has an address.
    trigger = None if cluster.resource is None else cluster.endpoint
    return {"delete_before_replace": True, "replacement_trigger": trigger}


def _discovery_tag(component: Component, cluster: ClusterRef) -> pulumi.Resource:
    return aws.ec2.Tag(
        f"{component.pulumi_resource_name}-security-group-discovery",
        resource_id=cluster.security_group_id,
        key=DISCOVERY,
        value=_mark(cluster),
        opts=component.child(),
    )


def _mark(cluster: ClusterRef) -> pulumi.Input[str]:
    return cluster.network.discovery or cluster.name


def _crd_release(karpenter: Karpenter) -> HelmRelease:
    # The name is fixed: Helm takes kinds over, when they come back, only from a release of the same name.
    return HelmRelease(
        role="crds",
        name="karpenter-crd",
        chart=Chart("karpenter-crd", karpenter.version, karpenter.repository),
        namespace=karpenter.namespace,
        create_namespace=karpenter.namespace != "kube-system",
        # Without their kinds all pools would go, and with them all nodes.
        values={"additionalAnnotations": {"helm.sh/resource-policy": "keep"}},
        goes_with_cluster=True,
    )


def _release(karpenter: Karpenter, cluster: ClusterRef, role: GrantedRole, queue: aws.sqs.Queue) -> HelmRelease:
    account: dict[str, Any] = {"name": SERVICE_ACCOUNT}
    if karpenter.identity == "irsa":
        account["annotations"] = {"eks.amazonaws.com/role-arn": role.arn}
    settings: dict[str, Any] = {
        "clusterName": cluster.name,
        "clusterEndpoint": cluster.endpoint,
        "interruptionQueue": queue.name,
        **karpenter.settings.values(),
        **gates(karpenter.feature_gates, karpenter.needed_gates),
    }
    image = {"image": {"repository": karpenter.image}} if karpenter.image != IMAGE else {}
    values = {
        **PLACEMENT,
        "replicas": karpenter.replicas,
        "serviceAccount": account,
        "controller": {"resources": karpenter.resources.values(), **image},
        "settings": settings,
    }
    return HelmRelease(
        role="controller",
        name="karpenter",
        chart=Chart("karpenter", karpenter.version, karpenter.repository),
        namespace=karpenter.namespace,
        create_namespace=karpenter.namespace != "kube-system",
        values=_merged(values, karpenter.values),
        # The chart brings the kinds too; they have a release of their own.
        skip_crds=True,
        goes_with_cluster=True,
    )


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        both = isinstance(old, Mapping) and isinstance(value, Mapping)
        result[key] = _merged(old, value) if both else value  # type: ignore[arg-type]
    return result


def _class_objects(karpenter: Karpenter, cluster: ClusterRef, nodes: Mapping[bool, NodeRole]) -> list[dict[str, Any]]:
    objects = []
    for spec in karpenter.classes:
        role = nodes.get(is_windows(spec))
        defaults = ClassDefaults(
            role=None if role is None else role.role.role.name,
            subnets=() if spec.subnet_selector_terms is not None else subnets_of(cluster),
            security_groups=(SecurityGroupSelectorTerm(tags={DISCOVERY: leaf(_mark(cluster))}),),
        )
        made = manifests.ec2_node_class(spec, defaults)
        if spec.role is None and role is not None and role.profile is not None:
            del made["spec"]["role"]
            made["spec"]["instanceProfile"] = role.profile.name
        objects.append(made)
    return objects
