"""The resources that one adds to EKS Auto Mode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes

from eks_blueprints.access.policies import policy_arn
from eks_blueprints.compute._auto_mode_classes import (
    INGRESS_CONTROLLER,
    INGRESS_GROUP,
    PROVISIONER,
    IngressClass,
    StorageClass,
)
from eks_blueprints.compute._node_objects import leaf, make_classes, make_pools, subnets_of
from eks_blueprints.core.component import Component, in_cluster, merge_tags
from eks_blueprints.core.iam import managed_policy
from eks_blueprints.core.iam_roles import GrantedRole, Grants, service_role
from eks_blueprints.core.naming import DEFAULT_STORAGE_CLASS
from eks_blueprints.core.refs import ClusterRef
from eks_blueprints.karpenter import manifests
from eks_blueprints.karpenter.labels import COMPUTE_TYPE
from eks_blueprints.karpenter.manifests import ClassDefaults
from eks_blueprints.karpenter.selectors import SecurityGroupSelectorTerm

if TYPE_CHECKING:
    from eks_blueprints.compute.auto_mode import AutoMode

_NODE_POLICIES = {"worker-node": "AmazonEKSWorkerNodeMinimalPolicy", "ecr-pull": "AmazonEC2ContainerRegistryPullOnly"}


def make(auto_mode: AutoMode, cluster: ClusterRef) -> Component:
    """The component of what is added to Auto Mode."""
    component = auto_mode.component(cluster)
    role = _node_role(auto_mode, cluster, component) if auto_mode.makes_a_role else None
    access = () if role is None else _access(auto_mode, cluster, component, role)
    joining = () if role is None else (*role.ready, *access)
    # EKS ends all instances of Auto Mode itself where the cluster is deleted.
    options = in_cluster(cluster.resource, goes_with_it=True)
    classes = make_classes(component, _class_objects(auto_mode, cluster, role), joining, options)
    pools = make_pools(component, auto_mode.pools, classes, joining, auto_mode.drain_timeout_minutes, options)
    others = [_storage_class(component, cluster, each) for each in auto_mode.storage_classes.values()]
    for each in auto_mode.ingress_classes.values():
        others += _ingress_class(component, cluster, each)
    component.ready = (*classes.values(), *pools, *others)
    component.register_outputs({"node_role_arn": None if role is None else role.arn})
    return component


def _node_role(auto_mode: AutoMode, cluster: ClusterRef, component: Component) -> GrantedRole:
    grants = Grants(
        managed={key: managed_policy(cluster.partition, name) for key, name in _NODE_POLICIES.items()}
        | auto_mode.node_policies,
        permissions_boundary=auto_mode.permissions_boundary,
        tags=merge_tags(cluster.tags, auto_mode.tags),
        iam_role=auto_mode.node_iam_role,
    )
    service = "ec2.amazonaws.com" + (".cn" if cluster.partition == "aws-cn" else "")
    return service_role(component, "node-role", service, grants)


def _access(
    auto_mode: AutoMode, cluster: ClusterRef, component: Component, role: GrantedRole
) -> tuple[pulumi.Resource, ...]:
    # EKS makes the entry of the built-in pools' role itself, and of no other.
    name = f"{component.pulumi_resource_name}-node-role-access"
    entry = aws.eks.AccessEntry(
        name,
        cluster_name=cluster.name,
        principal_arn=role.arn,
        type="EC2",
        tags=merge_tags(cluster.tags, auto_mode.tags) or None,
        opts=component.child(delete_before_replace=True),
    )
    policy = aws.eks.AccessPolicyAssociation(
        f"{name}-policy",
        cluster_name=cluster.name,
        principal_arn=entry.principal_arn,
        policy_arn=policy_arn(cluster.partition, "AmazonEKSAutoNodePolicy"),
        access_scope={"type": "cluster"},
        opts=component.child(depends_on=[entry], delete_before_replace=True),
    )
    return (entry, policy)


def _class_objects(auto_mode: AutoMode, cluster: ClusterRef, role: GrantedRole | None) -> list[dict[str, Any]]:
    objects = []
    for spec in auto_mode.classes:
        defaults = ClassDefaults(
            role=None if role is None else role.role.name,
            subnets=() if spec.subnet_selector_terms is not None else subnets_of(cluster),
            security_groups=(SecurityGroupSelectorTerm(id=leaf(cluster.security_group_id)),),
        )
        objects.append(manifests.node_class(spec, defaults))
    return objects


def _storage_class(component: Component, cluster: ClusterRef, spec: StorageClass) -> pulumi.Resource:
    marks = {DEFAULT_STORAGE_CLASS: "true"} if spec.default_class else {}
    return kubernetes.storage.v1.StorageClass(
        f"{component.pulumi_resource_name}-storage-{spec.name}",
        metadata=_metadata(spec.name, {**spec.annotations, **marks}),
        provisioner=PROVISIONER,
        parameters=spec.parameters(),
        reclaim_policy=spec.reclaim_policy,
        volume_binding_mode=spec.volume_binding_mode,
        allow_volume_expansion=spec.allow_volume_expansion,
        # Auto Mode can attach its volumes to its own nodes only.
        allowed_topologies=[{"match_label_expressions": [{"key": COMPUTE_TYPE, "values": ["auto"]}]}],
        opts=component.child(**in_cluster(cluster.resource, goes_with_it=True)),
    )


def _ingress_class(component: Component, cluster: ClusterRef, spec: IngressClass) -> list[pulumi.Resource]:
    name = f"{component.pulumi_resource_name}-ingress-{spec.name}"
    options = in_cluster(cluster.resource, goes_with_it=True)
    parameters = kubernetes.apiextensions.CustomResource(
        f"{name}-params",
        api_version=f"{INGRESS_GROUP}/v1",
        kind="IngressClassParams",
        metadata={"name": spec.name},
        spec=spec.parameters(),
        opts=component.child(**options),
    )
    marks = {"ingressclass.kubernetes.io/is-default-class": "true"} if spec.default_class else {}
    made = kubernetes.networking.v1.IngressClass(
        name,
        metadata=_metadata(spec.name, marks),
        spec={
            "controller": INGRESS_CONTROLLER,
            "parameters": {"api_group": INGRESS_GROUP, "kind": "IngressClassParams", "name": spec.name},
        },
        opts=component.child(depends_on=[parameters], **options),
    )
    return [parameters, made]


def _metadata(name: str, annotations: dict[str, str]) -> Any:
    return {"name": name, "annotations": annotations} if annotations else {"name": name}
