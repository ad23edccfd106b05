"""What controllers and EKS leave behind when a cluster goes: by which tag or name each is found.

Tags, as of 2026-11, by the sources of each controller: AWS Load Balancer Controller `pkg/deploy/tracking`, VPC CNI
`pkg/awsutils` (the EKS add-on sets CLUSTER_NAME), EBS CSI driver `docs/tagging.md` (the EKS add-on sets
k8s-tag-cluster-id), EFS CSI driver `pkg/driver/controller.go`, Karpenter `pkg/apis/v1/labels.go`, AWS Gateway API
Controller `pkg/aws/cloud.go`, cloud-provider-aws `pkg/providers/v1/tags.go`; EKS User Guide for Auto Mode.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from eks_blueprints.lifecycle.teardown.cluster import PlannedCluster

_ARNS = "--query 'ResourceTagMappingList[].ResourceARN' --output text"
_NAMES = "--query 'logGroups[].logGroupName' --output text"


def tagged(cluster: PlannedCluster) -> list[str]:
    """Commands that list what carries a tag of this very cluster; each should answer with nothing."""
    return [
        f"aws resourcegroupstaggingapi get-resources --tag-filters {tag}{_at(cluster)} {_ARNS}"
        for tag in _tags(cluster)
    ]


def nameless(cluster: PlannedCluster) -> list[str]:
    """Commands that list what carries only the tag of a driver: it may belong to another cluster of the account."""
    at, found = _at(cluster), []
    if cluster.addons("aws-ebs-csi-driver") or cluster.releases("aws-ebs-csi-driver"):
        found.append(
            "aws ec2 describe-volumes --filters Name=tag:ebs.csi.aws.com/cluster,Values=true "
            f"Name=status,Values=available{at} --query 'Volumes[].[VolumeId,Tags]'"
        )
    if cluster.addons("aws-efs-csi-driver") or cluster.releases("aws-efs-csi-driver"):
        found.append(
            "aws resourcegroupstaggingapi get-resources --resource-type-filters elasticfilesystem:access-point "
            f"--tag-filters Key=efs.csi.aws.com/cluster,Values=true{at} {_ARNS}"
        )
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
    yield f"Key=kubernetes.io/cluster/{name}"  # cloud controller, Karpenter, EBS CSI driver
    yield f"Key=eks:eks-cluster-name,Values={name}"  # Auto Mode, Karpenter, managed nodes
    yield f"Key=aws:eks:cluster-name,Values={name}"  # what EKS itself makes
    for found, tag in _CONTROLLERS.items():
        if cluster.addons(found) or cluster.releases(found):
            yield tag.format(name=name)


_CONTROLLERS: Mapping[str, str] = {
    "vpc-cni": "Key=cluster.k8s.amazonaws.com/name,Values={name}",
    "aws-vpc-cni": "Key=cluster.k8s.amazonaws.com/name,Values={name}",
    "aws-load-balancer-controller": "Key=elbv2.k8s.aws/cluster,Values={name}",
    "aws-ebs-csi-driver": "Key=KubernetesCluster,Values={name}",
    "aws-gateway-controller-chart": "Key=application-networking.k8s.aws/ManagedBy",
}
"""Tag by EKS add-on or Helm chart."""


def _at(cluster: PlannedCluster) -> str:
    return f" --region {cluster.region}" if cluster.region else ""
