"""What controllers and EKS leave behind when a cluster goes: by which tag or name each is found.

Tags by the sources of each controller, read on 2026-11-29: AWS Load Balancer Controller v3.5.0 `pkg/deploy/tracking`,
VPC CNI v1.23.0 `pkg/awsutils` (the EKS add-on sets CLUSTER_NAME, the chart does not), EBS CSI driver v1.64.0
`pkg/driver` (the EKS add-on sets k8s-tag-cluster-id), EFS CSI driver v3.4.1 `pkg/driver`, FSx CSI driver v1.9.0
`pkg/cloud`, Karpenter v1.14.1 `pkg/utils` and `pkg/apis/v1`, AWS Gateway API Controller v2.1.3 `pkg/aws/cloud.go`,
ExternalDNS v0.22.0 `endpoint/labels.go`, ACK runtime v0.61.0 `pkg/config`, cloud-provider-aws v1.36.1
`pkg/providers/v1/tags.go`; AWS's policies AmazonEKSCompute-, BlockStorage- and LoadBalancingPolicy for Auto Mode.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from eks_blueprints.lifecycle.teardown.cluster import PlannedCluster

_RESOURCES = "aws resourcegroupstaggingapi get-resources"
_LATTICE = "application-networking.k8s.aws/ManagedBy"
_ARNS = "--query 'ResourceTagMappingList[].ResourceARN' --output text"
_NAMES = "--query 'logGroups[].logGroupName' --output text"


def tagged(cluster: PlannedCluster) -> list[str]:
    """Commands that list what carries a mark of this very cluster; each should answer with nothing."""
    found = [f"{_RESOURCES} --tag-filters {tag}{_at(cluster)} {_ARNS}" for tag in _tags(cluster)]
    if cluster.releases("aws-gateway-controller-chart"):
        # Its value is account/cluster/VPC.
        tag = f"Key=='{_LATTICE}' && contains(Value, '/{cluster.name}/')"
        query = f'"ResourceTagMappingList[?Tags[?{tag}]].ResourceARN"'
        found.append(f"{_RESOURCES} --tag-filters Key={_LATTICE}{_at(cluster)} --query {query} --output text")
    if cluster.releases("karpenter"):
        # Their path is /karpenter/region/cluster/class. A role that one of them holds cannot be deleted.
        query = f"\"InstanceProfiles[?contains(Path, '/{cluster.name}/')].Arn\""
        found.append(f"aws iam list-instance-profiles --path-prefix /karpenter/ --query {query} --output text")
    if owner := _owner_of_records(cluster):
        query = f"\"ResourceRecordSets[?contains(to_string(ResourceRecords), 'external-dns/owner={owner},')].Name\""
        found.append(f"aws route53 list-resource-record-sets --hosted-zone-id ZONE --query {query}")
    return found


def nameless(cluster: PlannedCluster) -> list[str]:
    """Commands that list what carries only the tag of a driver: it may belong to another cluster of the account."""
    at, found = _at(cluster), []
    if cluster.addons("aws-ebs-csi-driver") or cluster.releases("aws-ebs-csi-driver"):
        ebs = "--filters Name=tag:ebs.csi.aws.com/cluster,Values=true"
        available = "Name=status,Values=available"
        found.append(f"aws ec2 describe-volumes {ebs} {available}{at} --query 'Volumes[].[VolumeId,Tags]'")
        found.append(f"aws ec2 describe-snapshots --owner-ids self {ebs}{at} --query 'Snapshots[].[SnapshotId,Tags]'")
    if cluster.addons("aws-efs-csi-driver") or cluster.releases("aws-efs-csi-driver"):
        points = "--resource-type-filters elasticfilesystem:access-point"
        found.append(f"{_RESOURCES} {points} --tag-filters Key=efs.csi.aws.com/cluster,Values=true{at} {_ARNS}")
    if cluster.addons("aws-fsx-csi-driver") or cluster.releases("aws-fsx-csi-driver"):
        found.append(f"{_RESOURCES} --resource-type-filters fsx --tag-filters Key=CSIVolumeName{at} {_ARNS}")
    if cluster.releases("aws-vpc-cni"):
        unused = "Name=tag-key,Values=node.k8s.amazonaws.com/instance_id Name=status,Values=available"
        interfaces = "--query 'NetworkInterfaces[].[NetworkInterfaceId,TagSet]'"
        found.append(f"aws ec2 describe-network-interfaces --filters {unused}{at} {interfaces}")
    if _has_ack(cluster):
        found.append(f"{_RESOURCES} --tag-filters Key=services.k8s.aws/controller-version{at} {_ARNS}")
    return found


def log_groups(cluster: PlannedCluster) -> list[str]:
    """Commands that list the log groups that are named after a cluster."""
    prefixes = [f"/aws/eks/{cluster.name}/"]
    if cluster.addons("amazon-cloudwatch-observability") or cluster.releases("aws-cloudwatch-metrics"):
        prefixes.append(f"/aws/containerinsights/{cluster.name}/")
    return [f"aws logs describe-log-groups --log-group-name-prefix {each}{_at(cluster)} {_NAMES}" for each in prefixes]


def made_again(cluster: PlannedCluster) -> str | None:
    """The command that deletes the control plane's log group, which EKS makes again; None where it writes no logs."""
    if not cluster.resource.inputs.get("enabledClusterLogTypes"):
        return None
    return f"aws logs delete-log-group --log-group-name /aws/eks/{cluster.name}/cluster{_at(cluster)}"


def _tags(cluster: PlannedCluster) -> Iterator[str]:
    name = cluster.name
    # Cloud controller, Karpenter, EBS CSI driver; subnets that others may use as well have the value "shared".
    yield f"Key=kubernetes.io/cluster/{name},Values=owned"
    yield f"Key=eks:eks-cluster-name,Values={name}"  # Auto Mode, Karpenter, managed nodes
    yield f"Key=aws:eks:cluster-name,Values={name}"  # what EKS itself makes
    for found, tag in _CONTROLLERS.items():
        if cluster.addons(found) or cluster.releases(found):
            yield tag.format(name=name)


def _owner_of_records(cluster: PlannedCluster) -> str | None:
    """What ExternalDNS writes into its TXT records as their owner, for releases of its chart."""
    for release in cluster.releases("external-dns"):
        values = release.inputs.get("values")
        owner = values.get("txtOwnerId") if isinstance(values, Mapping) else None
        return owner if isinstance(owner, str) and not owner.startswith("$") else cluster.name
    return None


def _has_ack(cluster: PlannedCluster) -> bool:
    charts = (str(each.inputs.get("chart", "")) for each in cluster.releases())
    capabilities = (each.inputs.get("type") for each in cluster.aws_on_it)
    return "ACK" in capabilities or any("/aws-controllers-k8s/" in chart for chart in charts)


_CONTROLLERS: Mapping[str, str] = {
    "vpc-cni": "Key=cluster.k8s.amazonaws.com/name,Values={name}",
    "aws-load-balancer-controller": "Key=elbv2.k8s.aws/cluster,Values={name}",
    "aws-ebs-csi-driver": "Key=KubernetesCluster,Values={name}",
}
"""Tag by EKS add-on or Helm chart."""


def _at(cluster: PlannedCluster) -> str:
    return f" --region {cluster.region}" if cluster.region else ""
