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

from eks_blueprints.lifecycle.teardown import search
from eks_blueprints.lifecycle.teardown.cluster import PlannedCluster
from eks_blueprints.lifecycle.teardown.search import Search

_LATTICE = "application-networking.k8s.aws/ManagedBy"
_EBS = "ebs.csi.aws.com/cluster"
_CNI = "node.k8s.amazonaws.com/instance_id"


def tagged(cluster: PlannedCluster) -> list[Search]:
    """Looks for what carries a mark of this very cluster; each should answer with nothing."""
    at = cluster.at
    found = [search.tagged(at, key, value) for key, value in _tags(cluster)]
    if cluster.releases("aws-gateway-controller-chart"):
        # Its value is account/cluster/VPC.
        found.append(search.tagged(at, _LATTICE, mine=f"/{cluster.name}/"))
    if cluster.releases("karpenter"):
        # A role that one of them holds cannot be deleted.
        found.append(search.instance_profiles(cluster.name))
    if owner := _owner_of_records(cluster):
        query = f"\"ResourceRecordSets[?contains(to_string(ResourceRecords), 'external-dns/owner={owner},')].Name\""
        found.append(Search(f"aws route53 list-resource-record-sets --hosted-zone-id ZONE --query {query}"))
    return found


def nameless(cluster: PlannedCluster) -> list[Search]:
    """Looks for what carries only the tag of a driver: it may belong to another cluster of the account."""
    at = cluster.at
    found: list[Search] = []
    if cluster.addons("aws-ebs-csi-driver") or cluster.releases("aws-ebs-csi-driver"):
        found += _of_ebs(at)
    if cluster.addons("aws-efs-csi-driver") or cluster.releases("aws-efs-csi-driver"):
        types = "elasticfilesystem:access-point"
        found.append(search.tagged(at, "efs.csi.aws.com/cluster", "true", types=types))
    if cluster.addons("aws-fsx-csi-driver") or cluster.releases("aws-fsx-csi-driver"):
        found.append(search.tagged(at, "CSIVolumeName", types="fsx"))
    if cluster.releases("aws-vpc-cni"):
        found.append(_unused_interfaces(at))
    if _has_ack(cluster):
        found.append(search.tagged(at, "services.k8s.aws/controller-version"))
    return found


def log_groups(cluster: PlannedCluster) -> list[Search]:
    """Looks for the log groups that are named after a cluster."""
    prefixes = [f"/aws/eks/{cluster.name}/"]
    if cluster.addons("amazon-cloudwatch-observability") or cluster.releases("aws-cloudwatch-metrics"):
        prefixes.append(f"/aws/containerinsights/{cluster.name}/")
    return [search.log_groups(cluster.at, each) for each in prefixes]


def made_again(cluster: PlannedCluster) -> str | None:
    """The command that deletes the control plane's log group, which EKS makes again; None where it writes no logs."""
    if not cluster.resource.inputs.get("enabledClusterLogTypes"):
        return None
    return f"aws logs delete-log-group --log-group-name /aws/eks/{cluster.name}/cluster{cluster.at}"


def _of_ebs(at: str) -> Iterator[Search]:
    ebs = f"--filters Name=tag:{_EBS},Values=true"
    mark = {"Name": f"tag:{_EBS}", "Values": ["true"]}
    free = {"Name": "status", "Values": ["available"]}
    command = f"aws ec2 describe-volumes {ebs} Name=status,Values=available{at} --query 'Volumes[].[VolumeId,Tags]'"
    call, rows = ("ec2", "describe_volumes"), ("Volumes", "VolumeId")
    yield search.described(command, call, rows, "ec2:volume", Filters=[mark, free])
    command = f"aws ec2 describe-snapshots --owner-ids self {ebs}{at} --query 'Snapshots[].[SnapshotId,Tags]'"
    call, rows = ("ec2", "describe_snapshots"), ("Snapshots", "SnapshotId")
    yield search.described(command, call, rows, "ec2:snapshot", Filters=[mark], OwnerIds=["self"])


def _unused_interfaces(at: str) -> Search:
    filters = f"--filters Name=tag-key,Values={_CNI} Name=status,Values=available"
    query = "--query 'NetworkInterfaces[].[NetworkInterfaceId,TagSet]'"
    command = f"aws ec2 describe-network-interfaces {filters}{at} {query}"
    wanted = [{"Name": "tag-key", "Values": [_CNI]}, {"Name": "status", "Values": ["available"]}]
    call, rows = ("ec2", "describe_network_interfaces"), ("NetworkInterfaces", "NetworkInterfaceId")
    return search.described(command, call, rows, "ec2:network-interface", Filters=wanted)


def _tags(cluster: PlannedCluster) -> Iterator[tuple[str, str]]:
    # Cloud controller, Karpenter, EBS CSI driver; subnets that others may use as well have the value "shared".
    yield f"kubernetes.io/cluster/{cluster.name}", "owned"
    yield "eks:eks-cluster-name", cluster.name  # Auto Mode, Karpenter, managed nodes
    yield "aws:eks:cluster-name", cluster.name  # what EKS itself makes
    for found, key in _CONTROLLERS.items():
        if cluster.addons(found) or cluster.releases(found):
            yield key, cluster.name


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
    "vpc-cni": "cluster.k8s.amazonaws.com/name",
    "aws-load-balancer-controller": "elbv2.k8s.aws/cluster",
    "aws-ebs-csi-driver": "KubernetesCluster",
}
"""Key of the tag whose value is the cluster's name, by EKS add-on or Helm chart."""
