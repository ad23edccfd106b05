"""Whether a VPC that is there leads to the AWS services that nodes and add-ons call, as far as it is said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from eks_blueprints.blueprint.addon_defaults import settled
from eks_blueprints.blueprint.kinds import Karpenter
from eks_blueprints.core.errors import Problem
from eks_blueprints.network import endpoints
from eks_blueprints.network.spec import ExistingNetworkArgs

if TYPE_CHECKING:
    from eks_blueprints.addons.base import AddOn
    from eks_blueprints.blueprint.spec import BlueprintArgs

# Source of what nodes and identities call: EKS User Guide, "Deploy private clusters with limited internet access"
# (2025-11). Images of ECR lie in S3. EKS itself writes the control plane's logs, from outside of the VPC.
_IMAGES = ("ecr.api", "ecr.dkr", "s3")
_NODES = ("ec2", *_IMAGES)
_IDENTITY = {"pod_identity": "eks-auth", "irsa": "sts"}

# By what each add-on's permissions are for (2025-11); by hand, from `permissions` of its module and AWS's policies.
_ADDONS = {
    "amazon_cloudwatch_observability": ("logs", "monitoring"),
    "aws_cloudwatch_metrics": ("logs", "monitoring"),
    "aws_ebs_csi_driver": ("ec2",),
    "aws_efs_csi_driver": ("elasticfilesystem",),
    "aws_for_fluent_bit": ("logs",),
    "aws_fsx_csi_driver": ("fsx",),
    "aws_gateway_api_controller": ("ec2", "vpc-lattice"),
    "aws_load_balancer_controller": ("ec2", "elasticloadbalancing"),
    "aws_mountpoint_s3_csi_driver": ("s3",),
    "aws_node_termination_handler": ("autoscaling", "ec2", "sqs"),
    "aws_privateca_issuer": ("acm-pca",),
    "cluster_autoscaler": ("autoscaling", "ec2", "eks"),
    "prometheus_cloudwatch_exporter": ("monitoring",),
    "secrets_store_csi_driver_provider_aws": ("secretsmanager", "ssm"),
    "velero": ("ec2", "s3"),
    "vpc_cni": ("ec2",),
}


def check(args: BlueprintArgs) -> Iterator[Problem]:
    """Services that nothing is known to lead to, where there is no NAT gateway or everything is private."""
    network = args.network
    if not isinstance(network, ExistingNetworkArgs) or network.nat in ("single", "per_zone"):
        return
    closed = network.only_private and not args.cluster.endpoint_public_access
    if network.nat is None and not closed:  # nothing is said, and most such subnets have a NAT gateway
        return
    has = {*network.interface_endpoints, *network.existing_endpoints, *network.gateway_endpoints}
    known = {endpoints.short(name, args.region) for name in has}
    missing = [each for each in needed(args) if each not in known and endpoints.is_offered(each, args.region)]
    if not missing:
        return
    do = "list existing ones in existing_endpoints, and new ones in interface_endpoints"
    do += " (s3 in gateway_endpoints with route_table_ids)" if "s3" in missing else ""
    if network.nat == "none":
        message = f"leaves nodes and add-ons without a route to {', '.join(missing)}; got no endpoints of these; {do}"
        yield Problem(("network", "nat_gateways"), message, severity="warning")
    else:
        what = f"has no route to what nodes and add-ons call: {', '.join(missing)}"
        do = f"set nat_gateways: single or per_zone where the VPC has some; else none, and {do}"
        message = f"{what}; got private subnets only and no nat_gateways; {do}"
        yield Problem(("network",), message, severity="warning")


def needed(args: BlueprintArgs) -> list[str]:
    """The services that what runs in the VPC calls, gateway endpoints' among them, in alphabetical order."""
    inside = [compute for compute in args.compute if compute.kind() != "hybrid_nodes"]
    if not inside and args.cluster.auto_mode is None:
        return []
    found = set(_IMAGES) if args.cluster.auto_mode is None else {*_NODES, _IDENTITY["pod_identity"]}
    for compute in inside:
        found |= set(_IMAGES if compute.kind() == "fargate" else _NODES)
        if isinstance(compute, Karpenter):
            from eks_blueprints.blueprint.karpenter_network import services_of

            found |= set(services_of(compute))
    for addon in settled(args):
        found |= _called_by(addon)
    for each in args.pod_identity_associations.values():
        found.add(_IDENTITY[each.identity or "pod_identity"])
    return sorted(found)


def _called_by(addon: AddOn) -> set[str]:
    own = set(_ADDONS.get(addon.kind(), ()) if addon.service_accounts else ())
    identity = _IDENTITY.get(addon.identity_used or "")
    return {*own, identity} if identity else own
