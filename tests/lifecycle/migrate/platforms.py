"""Platforms before a migration, shared by the tests on recordings and on the engine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from eks_blueprints.lifecycle.migrate.model import Given

HEAD = """\
# The shop's platform.
region: eu-west-1
network: {zone_count: 2, nat_gateways: single}
cluster:
  version: "1.35"  # raised by hand only
  endpoint_public_access: true
  public_access_cidrs: [203.0.113.0/24]
"""

PLATFORMS: dict[str, str] = {
    "gp2-to-gp3": HEAD + """\
compute: {nodes: {kind: managed_nodes}}
addons:
  aws_ebs_csi_driver: {}
  storage_classes:
    classes:
      # what claims get that name none
      standard:
        ebs: {type: gp2, file_system: xfs}  # xfs for the databases
        reclaim_policy: Retain
        default: true
""",
    "irsa-to-pod-identity": HEAD + """\
compute:
  nodes: {kind: managed_nodes}
  karpenter: {identity: irsa}  # the controller
core_addons: [kube_proxy, coredns]
addons:
  vpc_cni: {identity: irsa}
  aws_ebs_csi_driver: {identity: irsa}  # volumes
  external_dns:
    identity: irsa
    zone_arns: ["arn:aws:route53:::hostedzone/Z1"]
pod_identity_associations:
  reader:
    namespace: shop
    service_account: reader
    identity: irsa  # until the SDK is new
    policy_arns: {s3: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"}
""",
    "aws-auth-to-access-entries": HEAD + """\
  authentication_mode: API_AND_CONFIG_MAP  # on its way
access:
  # in both
  ops: {principal_arn: "arn:aws:iam::111122223333:role/ops", policies: [{policy: cluster_admin}]}
compute: {nodes: {kind: managed_nodes}}
""",
    "cluster-autoscaler-to-karpenter": HEAD + """\
compute:
  system: {kind: managed_nodes, instance_types: [m7g.large], min_size: 2, max_size: 4}  # for controllers
  # what the shop runs on
  general:
    kind: managed_nodes
    instance_types: [m7i.xlarge, m6i.xlarge]
    capacity_type: SPOT
    labels: {team: shop}
    min_size: 1  # at night
    max_size: 10
  batch:
    kind: managed_nodes
    instance_types: [c7i.2xlarge]
    taints: [{key: batch, value: "true", effect: NO_SCHEDULE}]
    disk: {volume_size: 200}
    min_size: 0
    max_size: 5
addons:
  cluster_autoscaler: {}  # grows the groups
  metrics_server: {}
""",
    "karpenter-to-auto-mode": HEAD + """\
compute:
  system: {kind: managed_nodes, instance_types: [m7g.large], min_size: 2, max_size: 4}
  # launches what pods need
  karpenter:
    node_classes:
      default:
        ami_selector_terms: [{alias: al2023@v20251103}]
        block_device_mappings: [{device_name: /dev/xvda, ebs: {volume_size: 100Gi, volume_type: gp3}}]
    node_pools:
      general:
        capacity_types: [spot, on-demand]
        requirements: [{key: karpenter.k8s.aws/instance-cpu, operator: Gte, values: ["4"]}]
        limits: {cpu: "100"}  # the budget
addons:
  aws_ebs_csi_driver: {}
  aws_load_balancer_controller: {}
  storage_classes:
    classes: {gp3: {reclaim_policy: Retain}}  # kept for audits
    volume_attributes_classes: {fast: {iops: 6000}}
""",
    "self-managed-to-managed": HEAD + """\
compute:
  system: {kind: managed_nodes, instance_types: [m7g.large]}
  # made before managed groups could do it
  own:
    kind: self_managed_nodes
    instance_types: [m7i.large]
    image: {release: 1.35.0-20260101}
    labels: {team: shop}
    min_size: 1
    max_size: 3
""",
}  # fmt: skip

AWS_AUTH = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: aws-auth, namespace: kube-system}
data:
  mapRoles: |
    - rolearn: arn:aws:iam::111122223333:role/nodes
      username: system:node:{{EC2PrivateDNSName}}
      groups: [system:bootstrappers, system:nodes]
    - rolearn: arn:aws:iam::111122223333:role/ops
      username: ops
      groups: [system:masters]
    - rolearn: arn:aws:iam::111122223333:role/developers
      username: developer
      groups: [developers]
  mapUsers: |
    - userarn: arn:aws:iam::111122223333:user/alice
      username: alice
      groups: [system:masters]
"""


def given(folder: Path, name: str) -> Given:
    """What a migration needs beside the stack file."""
    if name != "aws-auth-to-access-entries":
        return Given()
    file = folder / "aws-auth.yaml"
    if not file.exists():
        file.write_text(AWS_AUTH)
    return Given(file)


def folded(operations: Mapping[str, str]) -> dict[str, str]:
    """Operations by name; those of one kind on all parts of an element as one."""
    found: dict[str, str] = {}
    for name, kind in operations.items():
        whole = next((each for each in _WHOLE if name.startswith(f"{each}-")), None)
        key = f"{whole}-*" if whole and kind in ("create", "delete") else name
        assert found.setdefault(key, kind) == kind, f"{key}: {found[key]} and {kind}"
    return found


_WHOLE = (
    "prod-karpenter",
    "prod-auto-mode",
    "prod-own-managed",
    "prod-own",
    "prod-general",
    "prod-batch",
    "prod-cluster-autoscaler",
    "prod-cluster-role",
)

EXPECTED: dict[str, dict[str, dict[str, str]]] = {
    "gp2-to-gp3": {
        "beside": {"prod-storage-classes-gp3": "create"},
        "default": {"prod-storage-classes-gp3": "update", "prod-storage-classes-standard": "update"},
        "volumes": {"prod-storage-classes-attributes-to-gp3": "create"},
        "remove": {"prod-storage-classes-standard": "delete"},
    },
    "irsa-to-pod-identity": {
        "agent": {"prod-eks-pod-identity-agent-addon": "create"},
        "pods": {"prod-pod-identity-reader-association": "create", "prod-pod-identity-reader-role": "update"},
        "addons": {
            "prod-aws-ebs-csi-driver-addon": "update",
            "prod-aws-ebs-csi-driver-role": "update",
            "prod-external-dns-identity-external-dns": "create",
            "prod-external-dns-release": "update",
            "prod-external-dns-role": "update",
            "prod-vpc-cni-addon": "update",
            "prod-vpc-cni-role": "update",
        },
        "controllers": {
            "prod-karpenter-*": "create",
            "prod-karpenter-controller": "update",
            "prod-karpenter-controller-role": "update",
        },
    },
    "aws-auth-to-access-entries": {
        "entries": {
            "prod-access-alice": "create",
            "prod-access-alice-AmazonEKSClusterAdminPolicy": "create",
            "prod-access-developers": "create",
        },
        "api": {"prod-cluster": "update"},
    },
    "cluster-autoscaler-to-karpenter": {
        "beside": {"prod-karpenter-*": "create"},
        "pause": {"prod-cluster-autoscaler-release": "update"},
        "taint": {"prod-batch-group": "update", "prod-general-group": "update"},
        "shrink": {"prod-general-group": "update"},
        "remove": {"prod-batch-*": "delete", "prod-cluster-autoscaler-*": "delete", "prod-general-*": "delete"},
    },
    "karpenter-to-auto-mode": {
        "beside": {
            "prod-auto-mode-*": "create",
            "prod-cluster": "update",
            "prod-cluster-role": "update",
            "prod-cluster-role-*": "create",
        },
        "open": {"prod-auto-mode-pool-auto-general": "update", "prod-karpenter-pool-general": "update"},
        "classes": {"prod-auto-mode-*": "create"},
        "remove": {"prod-karpenter-*": "delete"},
    },
    "self-managed-to-managed": {
        "beside": {"prod-own-managed-*": "create"},
        "shrink": {"prod-own-group": "update"},
        "remove": {"prod-own-*": "delete"},
    },
}
"""What each phase does: nothing is replaced, and what holds data or nodes goes in the last phase alone."""
