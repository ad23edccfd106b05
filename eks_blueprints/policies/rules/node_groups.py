"""Managed node groups, Auto Scaling groups and launch templates."""

from __future__ import annotations

import math
import re
from typing import Any

from eks_blueprints.core.facts.addon_compatibility import kubelet_fits
from eks_blueprints.policies.addresses import is_public, subnets_of
from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.platform import GROUP, LAUNCH_TEMPLATE, NODE_GROUP, cluster_of, version_of
from eks_blueprints.policies.props import Faults, NotApplicable, Props, Undetermined
from eks_blueprints.policies.stack import Resource, Stack

_SELF_MANAGED = ("eks:index:NodeGroup", "eks:index:NodeGroupV2")
_CONFIGURATION = "aws:ec2/launchConfiguration:LaunchConfiguration"


@rule("eks-nodegroup-no-open-ssh", NODE_GROUP, severity="critical", enforcement="mandatory", wave=1)
def no_open_ssh(group: Props) -> Faults:
    """SSH access to nodes is not open to the internet."""
    access = group.at("remoteAccess")
    if access.has("ec2SshKey") and not access.items("sourceSecurityGroupIds"):
        yield access.fault("opens port 22 to 0.0.0.0/0", "sourceSecurityGroupIds", got=[])


@rule(
    "eks-nodegroup-no-ssh-key",
    NODE_GROUP,
    LAUNCH_TEMPLATE,
    severity="medium",
    enforcement="advisory",
    production="mandatory",
    wave=2,
    patches=True,
)
def no_ssh_key(nodes: Props) -> Faults:
    """Nodes have no SSH key."""
    for keys in (("remoteAccess", "ec2SshKey"), ("keyName",)):
        if nodes.has(*keys):
            yield nodes.fault("allows people to connect with SSH", *keys, got=nodes.raw(*keys))


@rule("eks-nodegroup-private-subnets", NODE_GROUP, severity="high", enforcement="mandatory", wave=1, across=True)
def private_subnets(group: Props, context: Context) -> Faults:
    """Nodes are in private subnets."""
    for subnet in subnets_of(context.resource, context.stack, "subnetIds"):
        if why := is_public(subnet.resource, context.stack):
            yield group.fault(f"is in {subnet.resource.name}, which {why}", "subnetIds")


@rule("eks-nodegroup-multi-az", NODE_GROUP, severity="medium", enforcement="advisory", wave=3, across=True)
def multi_az(group: Props, context: Context) -> Faults:
    """The node groups of a cluster are in at least two Availability Zones."""
    stack, resource = context.stack, context.resource
    siblings = [each for each in stack.of(NODE_GROUP) if cluster_of(each, stack) is cluster_of(resource, stack)]
    alike = [each for each in siblings if _purpose(each) == _purpose(resource)]
    found = {subnet.zone for each in alike for subnet in subnets_of(each, stack, "subnetIds")}
    if None in found or not found:
        raise Undetermined((*group.path, "subnetIds"), "names subnets whose zones the stack does not tell")
    if len(found) < 2:
        yield group.fault("is in one Availability Zone, and no group like it in another", "subnetIds")


@rule(
    "eks-nodegroup-ami-not-al2",
    NODE_GROUP,
    *_SELF_MANAGED,
    severity="high",
    enforcement="mandatory",
    wave=1,
    patches=True,
)
def not_al2(group: Props) -> Faults:
    """Nodes do not run Amazon Linux 2."""
    ami = group.get("amiType")
    if isinstance(ami, str) and ami.startswith("AL2_"):
        yield group.fault("runs Amazon Linux 2, which EKS no longer updates", "amiType", got=ami)
    elif group.get("operatingSystem") == "AL2":
        yield group.fault("runs Amazon Linux 2, which EKS no longer updates", "operatingSystem", got="AL2")


@rule(
    "eks-nodegroup-container-optimized-os",
    NODE_GROUP,
    severity="low",
    enforcement="advisory",
    wave=3,
    production_only=True,
)
def container_os(group: Props) -> Faults:
    """In production nodes use a container-optimized operating system."""
    ami = group.get("amiType")
    if not (isinstance(ami, str) and ami.startswith(("BOTTLEROCKET_", "WINDOWS_"))):
        fit = ("BOTTLEROCKET_x86_64", _bottlerocket(str(ami)))
        yield group.fault("runs a general-purpose image", "amiType", got=ami, fit=fit)


def _bottlerocket(ami: str) -> str:
    """The image of Bottlerocket for the hardware of another one."""
    arm = "ARM" in ami.upper()
    nvidia = "_NVIDIA" in ami or ami.endswith("_GPU")
    return f"BOTTLEROCKET_{'ARM_64' if arm else 'x86_64'}{'_NVIDIA' if nvidia else ''}"


@rule("eks-nodegroup-version-skew", NODE_GROUP, severity="critical", enforcement="mandatory", wave=1, across=True)
def version_skew(group: Props, context: Context) -> Faults:
    """The Kubernetes version of nodes is supported by the control plane."""
    version = group.get("version")
    control = version_of(cluster_of(context.resource, context.stack))
    match = re.fullmatch(r"1\.(\d+)", version) if isinstance(version, str) else None
    if match is None or control is None:
        raise NotApplicable
    minor = int(match[1])
    if minor > control:
        yield group.fault(f"is newer than its control plane, 1.{control}", "version", got=version)
    elif not kubelet_fits(minor, control):
        yield group.fault(f"is too old for its control plane, 1.{control}", "version", got=version)
    elif control != minor:
        yield group.fault(f"lags behind its control plane, 1.{control}", "version", got=version, advisory=True)


@rule("eks-nodegroup-launch-template-pinned", NODE_GROUP, GROUP, severity="medium", enforcement="mandatory", wave=2)
def template_pinned(group: Props, context: Context) -> Faults:
    """The launch template version is pinned."""
    nested = ("mixedInstancesPolicy", "launchTemplate", "launchTemplateSpecification")
    found = [keys for keys in (("launchTemplate",), nested) if group.has(*keys)]
    if not found:
        raise NotApplicable
    for keys in found:
        version = group.raw(*keys, "version")
        if _is_of_template(version, context.stack):
            continue
        version = group.text(*keys, "version")
        if version in (None, "$Latest", "$Default"):
            yield group.fault("follows its launch template without a version", *keys, "version", got=version)


@rule(
    "eks-nodegroup-release-version-pinned",
    NODE_GROUP,
    severity="medium",
    enforcement="advisory",
    wave=3,
    production_only=True,
)
def release_pinned(group: Props) -> Faults:
    """In production the AMI release version is pinned."""
    if group.get("amiType") == "CUSTOM":
        raise NotApplicable
    if not group.has("releaseVersion"):
        yield group.fault("uses whatever image is newest", "releaseVersion")


@rule(
    "eks-nodegroup-imdsv2-required", LAUNCH_TEMPLATE, _CONFIGURATION, severity="high", enforcement="mandatory", wave=1
)
def imds_v2(template: Props) -> Faults:
    """Nodes require IMDSv2."""
    tokens = template.get("metadataOptions", "httpTokens")
    if tokens != "required" and template.get("metadataOptions", "httpEndpoint") != "disabled":
        yield template.fault("serves instance metadata without a token", "metadataOptions", "httpTokens", got=tokens)


@rule(
    "eks-nodegroup-imds-hop-limit-one",
    LAUNCH_TEMPLATE,
    severity="medium",
    enforcement="advisory",
    production="mandatory",
    wave=2,
)
def imds_hops(template: Props) -> Faults:
    """Pods cannot reach the instance metadata of their node."""
    hops = template.number("metadataOptions", "httpPutResponseHopLimit")
    if hops != 1:
        yield template.fault(
            "allows pods to reach the metadata of their node", "metadataOptions", "httpPutResponseHopLimit", got=hops
        )


@rule(
    "eks-node-volumes-encrypted",
    LAUNCH_TEMPLATE,
    NODE_GROUP,
    *_SELF_MANAGED,
    severity="high",
    enforcement="mandatory",
    wave=1,
    params={"account_default_encryption": False},
)
def volumes_encrypted(nodes: Props, context: Context) -> Faults:
    """The volumes of nodes are encrypted.

    Every block device of a launch template is encrypted. A node group without a template, or a template without
    block devices, passes where the stack encrypts volumes by default (aws:ebs/encryptionByDefault) or the parameter
    account_default_encryption says that the account does.
    """
    by_default = context.params["account_default_encryption"] or _encrypted_by_default(context.stack)
    if context.resource.type in _SELF_MANAGED:
        if nodes.flag("nodeRootVolumeEncrypted") is not True and not by_default:
            yield nodes.fault("has a root volume that is not encrypted", "nodeRootVolumeEncrypted")
        return
    if context.resource.type == NODE_GROUP:
        if not nodes.has("launchTemplate") and not by_default:
            yield nodes.fault("has volumes that are not encrypted", "launchTemplate")
        return
    devices = nodes.items("blockDeviceMappings")
    if not devices and not by_default:
        yield nodes.fault("has volumes that are not encrypted", "blockDeviceMappings", got=[])
    for device in devices:
        if device.has("ebs") and device.flag("ebs", "encrypted") is not True and not by_default:
            yield device.fault("is not encrypted", "ebs", "encrypted", got=device.raw("ebs", "encrypted"))


@rule(
    "eks-node-no-public-ip",
    LAUNCH_TEMPLATE,
    *_SELF_MANAGED,
    "eks:index:Cluster",
    severity="high",
    enforcement="mandatory",
    wave=1,
)
def no_public_ip(nodes: Props, context: Context) -> Faults:
    """Nodes have no public IP address."""
    if context.resource.type != LAUNCH_TEMPLATE:
        if context.resource.type == "eks:index:Cluster" and nodes.flag("skipDefaultNodeGroup"):
            raise NotApplicable
        if not nodes.value:
            raise NotApplicable  # The engine shows no inputs of components: their launch templates are judged.
        # pulumi-eks gives nodes a public address unless it is told not to.
        if nodes.flag("nodeAssociatePublicIpAddress") is not False:
            yield nodes.fault("gives its nodes public addresses", "nodeAssociatePublicIpAddress")
        return
    for interface in nodes.items("networkInterfaces"):
        if interface.flag("associatePublicIpAddress"):
            yield interface.fault("gives nodes public addresses", "associatePublicIpAddress", got=True)


@rule("eks-nodegroup-update-config-safe", NODE_GROUP, severity="medium", enforcement="advisory", wave=3)
def update_config(group: Props) -> Faults:
    """An update replaces only a few nodes at a time."""
    percent = group.number("updateConfig", "maxUnavailablePercentage")
    count = group.number("updateConfig", "maxUnavailable")
    if percent is None and count is None:
        yield group.fault("leaves the pace of updates to EKS", "updateConfig")
    elif percent is not None and percent > 33:
        yield group.fault(
            "removes a third of its nodes at once", "updateConfig", "maxUnavailablePercentage", got=percent
        )
    elif count is not None:
        desired = group.number("scalingConfig", "desiredSize") or 1
        if count > min(100, max(1, math.ceil(desired / 3))):
            yield group.fault("removes a third of its nodes at once", "updateConfig", "maxUnavailable", got=count)


def _is_of_template(version: Any, stack: Stack) -> bool:
    """Whether a version is the number of a template of the stack, which changes with the template alone."""
    return isinstance(version, dict) and stack.resolve(version, LAUNCH_TEMPLATE) is not None


def _purpose(group: Resource) -> str:
    return f"{group.inputs.get('labels')}{group.inputs.get('taints')}"


def _encrypted_by_default(stack: Stack) -> bool:
    found = stack.of("aws:ebs/encryptionByDefault:EncryptionByDefault")
    return any(each.inputs.get("enabled") is not False for each in found)
