"""How nodes start: their image, what they are told about the cluster, and the entry that lets them join."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws

from eks_blueprints.compute._image import Image, ssm_parameter, version_of
from eks_blueprints.compute._image import filters as filters_of
from eks_blueprints.compute._user_data.cluster_data import ClusterData
from eks_blueprints.compute._user_data.render import NodeSettings, render, render_additions
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
    details = {
        "name": cluster.name,
        "endpoint": cluster.endpoint,
        "certificate_authority": cluster.certificate_authority,
        "service_cidr": _service_cidr(cluster, component),
    }
    return pulumi.Output.all(details, NodeSettings.of(nodes).to_dict()).apply(
        lambda known: _encoded(render(nodes, ClusterData(**known[0]), NodeSettings(**known[1])))
    )


def additions(nodes: Ec2Nodes) -> pulumi.Input[str] | None:
    """What nodes of EKS's own images are told besides what EKS tells them, encoded."""
    told = NodeSettings.of(nodes)
    if not told.all_known:
        return pulumi.Output.from_input(told.to_dict()).apply(
            lambda known: _encoded(render_additions(nodes, NodeSettings(**known)) or "")
        )
    text = render_additions(nodes, told)
    return None if text is None else _encoded(text)


def _encoded(text: str) -> str:
    return b64encode(text.encode()).decode()


def access_entry(
    nodes: Ec2Nodes, cluster: ClusterRef, component: Component, role_arn: pulumi.Input[str]
) -> aws.eks.AccessEntry:
    """The entry with which the role of a group's nodes may join."""
    kind = "EC2_WINDOWS" if nodes.ami.windows else "EC2_LINUX"
    return make_entry(cluster, component, role_arn, kind, merge_tags(cluster.tags, nodes.tags))


def make_entry(
    cluster: ClusterRef, component: Component, role_arn: pulumi.Input[str], kind: str, tags: Mapping[str, str]
) -> aws.eks.AccessEntry:
    """An entry with which a role of nodes may join."""
    return aws.eks.AccessEntry(
        f"{component.pulumi_resource_name}-access",
        cluster_name=cluster.name,
        principal_arn=role_arn,
        type=kind,
        tags=dict(tags) or None,
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
