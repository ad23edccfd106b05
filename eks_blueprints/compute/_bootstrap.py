"""How nodes start: their image, what they are told about the cluster, and the entry that lets them join."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws

from eks_blueprints.compute._image import Image, ssm_parameter, version_of
from eks_blueprints.compute._image import filters as filters_of
from eks_blueprints.compute._user_data import al2023, bottlerocket, windows
from eks_blueprints.compute._user_data.cluster_data import ClusterData, NodeData
from eks_blueprints.core.component import Component, merge_tags
from eks_blueprints.core.refs import ClusterRef

if TYPE_CHECKING:
    from eks_blueprints.compute._ec2_nodes import Ec2Nodes


def image_id(nodes: Ec2Nodes, image: Image | None, cluster: ClusterRef, component: Component) -> pulumi.Input[str]:
    """The id of an image, looked up where it is not said; without one that of EKS's newest."""
    ami = nodes.ami
    if image is not None and image.id is not None:
        return image.id
    invoke = pulumi.InvokeOptions(parent=component)
    if image is not None and (image.name is not None or image.owners):
        owners = list(image.owners) or ["self"]
        filters: Any = filters_of(image, ami)
        return aws.ec2.get_ami_output(most_recent=True, owners=owners, filters=filters, opts=invoke).image_id
    if image is not None and image.ssm_parameter is not None:
        parameter: pulumi.Input[str] = image.ssm_parameter
    else:
        version = version_of(image, ami, str(nodes.version or cluster.version))
        parameter = ssm_parameter(ami, version, image.release if image is not None else None)
    # The ids of public images are no secrets, which is what the decrypted value would be taken for.
    return aws.ssm.get_parameter_output(name=parameter, opts=invoke).insecure_value


def user_data(nodes: Ec2Nodes, cluster: ClusterRef, component: Component) -> pulumi.Output[str]:
    """All that a node has to be told, encoded; for nodes of which EKS tells nothing."""
    found = pulumi.Output.all(
        cluster.name, cluster.endpoint, cluster.certificate_authority, _service_cidr(cluster, component)
    )
    return found.apply(lambda known: b64encode(render(nodes, *known).encode()).decode())


def render(nodes: Ec2Nodes, name: str, endpoint: str, authority: str, service_cidr: str) -> str:
    """The user data of a group on a cluster, as text."""
    cluster = ClusterData(name=name, endpoint=endpoint, certificate_authority=authority, service_cidr=service_cidr)
    taints = tuple((taint.key, taint.value or "", taint.effect) for taint in nodes.taints)
    node = NodeData(labels=nodes.labels, taints=taints, max_pods=nodes.max_pods)
    scripts = nodes.pre_bootstrap_scripts
    if nodes.ami.family == "BOTTLEROCKET":
        ssh = nodes.remote_access is not None
        return bottlerocket.render(cluster, node, settings=nodes.bottlerocket_settings, admin_container=ssh)
    if nodes.ami.windows:
        return windows.render(cluster, node, scripts=scripts)
    return al2023.render(cluster, node, scripts=scripts, node_config=nodes.node_config)


def additions(nodes: Ec2Nodes) -> str | None:
    """What nodes of EKS's own images are told besides what EKS tells them, encoded."""
    node, family, text = NodeData(max_pods=nodes.max_pods), nodes.ami.family, None
    if family == "BOTTLEROCKET":
        ssh = nodes.remote_access is not None
        text = bottlerocket.render_additions(node, settings=nodes.bottlerocket_settings, admin_container=ssh)
    elif family != "WINDOWS":
        text = al2023.render_additions(node, scripts=nodes.pre_bootstrap_scripts, node_config=nodes.node_config)
    return None if text is None else b64encode(text.encode()).decode()


def access_entry(
    nodes: Ec2Nodes, cluster: ClusterRef, component: Component, role_arn: pulumi.Input[str]
) -> aws.eks.AccessEntry:
    """The entry with which the role of nodes may join."""
    return aws.eks.AccessEntry(
        f"{component.pulumi_resource_name}-access",
        cluster_name=cluster.name,
        principal_arn=role_arn,
        type="EC2_WINDOWS" if nodes.ami.windows else "EC2_LINUX",
        tags=merge_tags(cluster.tags, nodes.tags) or None,
        opts=component.child(delete_before_replace=True),
    )


def _service_cidr(cluster: ClusterRef, component: Component) -> pulumi.Input[str]:
    if cluster.service_cidr is not None:
        return cluster.service_cidr
    if isinstance(cluster.resource, aws.eks.Cluster):
        network: Any = cluster.resource.kubernetes_network_config
    else:
        there: Any = aws.eks.get_cluster_output(name=cluster.name, opts=pulumi.InvokeOptions(parent=component))
        network = there.kubernetes_network_configs[0]
    ipv4: pulumi.Output[str] = network.service_ipv4_cidr
    if cluster.network.ip_family == "ipv4":
        return ipv4
    # A cluster for IPv4 can stand in a network that has both.
    return pulumi.Output.all(network.service_ipv6_cidr, ipv4).apply(lambda found: found[0] or found[1])
