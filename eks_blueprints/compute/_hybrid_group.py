"""The resources that let machines outside AWS join a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws

from eks_blueprints.compute._launch_template import said_in
from eks_blueprints.core.component import Component, merge_tags
from eks_blueprints.core.iam import Allow, json_text, managed_policy, policy_document, trust_document
from eks_blueprints.core.iam_roles import GrantedRole, Grants, granted_role
from eks_blueprints.core.refs import ClusterRef

if TYPE_CHECKING:
    from eks_blueprints.compute._hybrid_parts import IamRolesAnywhere, SsmActivation
    from eks_blueprints.compute.hybrid_nodes import HybridNodes

_CLUSTER_TAG = "EKSClusterARN"


def make(nodes: HybridNodes, cluster: ClusterRef) -> Component:
    """The component of hybrid nodes: trust anchor or activation, role, access entry."""
    component = nodes.component(cluster)
    tags = merge_tags(cluster.tags, nodes.tags)
    anywhere = nodes.iam_roles_anywhere
    anchor = None if anywhere is None else _trust_anchor(anywhere, component, tags)
    role = None if nodes.role_arn is not None else _role(nodes, cluster, component, tags, anchor)
    role_arn: Any = nodes.role_arn if role is None else role.arn
    entry = aws.eks.AccessEntry(
        f"{component.pulumi_resource_name}-access",
        cluster_name=cluster.name,
        principal_arn=role_arn,
        type="HYBRID_LINUX",
        tags=tags or None,
        opts=component.child(depends_on=role.ready if role else (), delete_before_replace=True),
    )
    proof: dict[str, Any] = {}
    if anywhere is not None and anchor is not None:
        proof = {"iamRolesAnywhere": _profile(anywhere, component, tags, anchor, role_arn)}
    elif nodes.ssm is not None and nodes.ssm.activation is not None:
        given = pulumi.Output.from_input(role_arn).apply(lambda arn: arn.partition(":role/")[2])
        named = given if role is None else role.path_and_name
        marks = {**tags, _CLUSTER_TAG: cluster.arn}
        proof = {"ssm": _activation(nodes.ssm.activation, component, marks, named)}
    component.ready = (entry,)
    outputs = {"role_arn": role_arn, "node_config": _node_config(cluster, proof)}
    vars(component)["node_config"] = outputs["node_config"]
    component.register_outputs(outputs)
    return component


def _role(
    nodes: HybridNodes,
    cluster: ClusterRef,
    component: Component,
    tags: dict[str, str],
    anchor: pulumi.Input[str] | None,
) -> GrantedRole:
    managed = {"ecr-pull": managed_policy(cluster.partition, "AmazonEC2ContainerRegistryPullOnly")}
    cluster_arn = pulumi.Output.from_input(cluster.arn)
    allowed = [Allow("eks:DescribeCluster", on=cluster_arn)]
    if anchor is None:
        managed["session-manager"] = managed_policy(cluster.partition, "AmazonSSMManagedInstanceCore")
        tagged = {"StringEquals": {f"ssm:resourceTag/{_CLUSTER_TAG}": cluster_arn}}
        machines = f"arn:{cluster.partition}:ssm:{cluster.region}:*:managed-instance/*"
        allowed += [
            Allow("ssm:DescribeInstanceInformation"),
            Allow("ssm:DeregisterManagedInstance", on=machines, when=tagged),
        ]
    grants = Grants(
        allowed=tuple(allowed),
        managed=managed | nodes.policies,
        permissions_boundary=nodes.permissions_boundary,
        tags=tags,
        iam_role=nodes.iam_role,
    )
    return granted_role(component, "role", _trust(cluster, anchor), grants)


def _trust(cluster: ClusterRef, anchor: pulumi.Input[str] | None) -> pulumi.Input[str]:
    # Each service acts for anyone who asks, unless the account or the anchor is named.
    if anchor is None:
        account = pulumi.Output.from_input(cluster.arn).apply(lambda arn: arn.split(":")[4])
        machines = pulumi.Output.concat(f"arn:{cluster.partition}:ssm:{cluster.region}:", account, ":*")
        when: Any = {"StringEquals": {"aws:SourceAccount": account}, "ArnEquals": {"aws:SourceArn": machines}}
        return trust_document({"Service": "ssm.amazonaws.com"}, "sts:AssumeRole", when=when)
    # A node is known by the name of its session, which must be that of its certificate.
    named = {"sts:RoleSessionName": "${aws:PrincipalTag/x509Subject/CN}"}
    actions = ("sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity")
    when = {"ArnEquals": {"aws:SourceArn": anchor}, "StringEquals": named}
    return trust_document({"Service": "rolesanywhere.amazonaws.com"}, *actions, when=when)


def _trust_anchor(anywhere: IamRolesAnywhere, component: Component, tags: dict[str, str]) -> pulumi.Input[str]:
    """ARN of the trust anchor: one that is there, or a new one."""
    if anywhere.trust_anchor_arn is not None:
        return anywhere.trust_anchor_arn
    source: Any = {
        "source_type": "CERTIFICATE_BUNDLE",
        "source_data": {"x509_certificate_data": anywhere.ca_bundle},
    }
    if anywhere.acm_pca_arn is not None:
        source = {"source_type": "AWS_ACM_PCA", "source_data": {"acm_pca_arn": anywhere.acm_pca_arn}}
    notices: Any = [said_in(each) for each in anywhere.notification_settings]
    made = aws.rolesanywhere.TrustAnchor(
        f"{component.pulumi_resource_name}-trust-anchor",
        name=anywhere.trust_anchor_name,
        enabled=True,
        source=source,
        notification_settings=notices or None,
        tags=tags or None,
        opts=component.child(),
    )
    return made.arn


def _profile(
    anywhere: IamRolesAnywhere,
    component: Component,
    tags: dict[str, str],
    anchor: pulumi.Input[str],
    role_arn: Any,
) -> dict[str, Any]:
    bound = [each.statement() for each in anywhere.session_policy]
    profile = aws.rolesanywhere.Profile(
        f"{component.pulumi_resource_name}-profile",
        name=anywhere.profile_name,
        enabled=True,
        accept_role_session_name=True,
        duration_seconds=anywhere.duration_seconds,
        role_arns=[role_arn],
        managed_policy_arns=list(anywhere.managed_policy_arns) or None,
        session_policy=policy_document(bound) if bound else None,
        require_instance_properties=anywhere.require_instance_properties,
        tags=tags or None,
        opts=component.child(),
    )
    return {"trustAnchorArn": anchor, "profileArn": profile.arn, "roleArn": role_arn, "nodeName": "<node's name>"}


def _activation(spec: SsmActivation, component: Component, tags: Any, role_name: pulumi.Input[str]) -> dict[str, Any]:
    activation = aws.ssm.Activation(
        f"{component.pulumi_resource_name}-activation",
        iam_role=role_name,
        registration_limit=spec.registration_limit,
        expiration_date=spec.expiration_date,
        tags=tags,
        opts=component.child(additional_secret_outputs=["activationCode"]),
    )
    return {"activationId": activation.id, "activationCode": activation.activation_code}


def _node_config(cluster: ClusterRef, proof: dict[str, Any]) -> Any:
    spec = {"cluster": {"name": cluster.name, "region": cluster.region}, "hybrid": proof}
    return json_text({"apiVersion": "node.eks.aws/v1alpha1", "kind": "NodeConfig", "spec": spec})
