"""Platforms before a migration, shared by the tests on recordings and on the engine."""

from __future__ import annotations

from collections.abc import Iterable
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

KARPENTER = (
    HEAD.replace("1.35", "1.32")
    + """\
compute: {nodes: {kind: managed_nodes}}
addons:
  # as its guide installs it
  karpenter:
    kind: helm
    chart: karpenter
    repository: oci://public.ecr.aws/karpenter
    version: 0.36.1  # before v1
    namespace: kube-system
    values: {settings: {clusterName: prod}}
  pools:
    kind: manifests
    manifests:
      # what the shop runs on
      general:
        apiVersion: karpenter.sh/v1beta1
        kind: NodePool
        metadata: {name: general}
        spec:
          disruption: {consolidationPolicy: WhenUnderutilized, expireAfter: 720h}
          template:
            metadata: {annotations: {karpenter.sh/do-not-evict: "true"}}
            spec:
              kubelet: {maxPods: 50}
              nodeClassRef: {apiVersion: karpenter.k8s.aws/v1beta1, kind: EC2NodeClass, name: default}
              requirements: [{key: karpenter.sh/capacity-type, operator: In, values: [spot]}]
      default:
        apiVersion: karpenter.k8s.aws/v1beta1
        kind: EC2NodeClass
        metadata: {name: default}
        spec:
          amiFamily: AL2023  # the newest
          role: nodes
          subnetSelectorTerms: [{tags: {karpenter.sh/discovery: prod}}]
          securityGroupSelectorTerms: [{tags: {karpenter.sh/discovery: prod}}]
"""
)
CHARTS = (
    HEAD
    + """\
compute: {nodes: {kind: managed_nodes}}
addons:
  aws_load_balancer_controller: {}
  # grows by events
  keda: {}
  external_dns:
    zone_arns: ["arn:aws:route53:::hostedzone/Z1"]  # one
  grafana: {delivery: helm}  # stays
  kyverno: {}
"""
)

INGRESSES = (
    HEAD
    + """\
compute: {nodes: {kind: managed_nodes}}
namespaces: {shop: {}}
addons:
  aws_load_balancer_controller: {}
  # requests from outside
  ingress_nginx:
    scheme: internet-facing
    certificate_arns: ["arn:aws:acm:eu-west-1:111122223333:certificate/12345678-1234-1234-1234-123456789012"]
    config: {proxy-body-size: 8m}
  external_dns: {zone_arns: ["arn:aws:route53:::hostedzone/Z1"]}  # records
  docs:
    kind: manifests
    manifests:
      # by hand, once
      docs:
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: docs, namespace: shop}
        spec:
          ingressClassName: nginx
          rules:
            - host: docs.example.com
              http: {paths: [{path: /, pathType: Exact, backend: {service: {name: docs, port: {number: 80}}}}]}
workloads:
  web:
    kind: deployment
    namespace: shop
    image: example.com/web:1.0
    ports: {http: 8080}
    # the shop itself
    ingress:
      ingress_class: nginx
      hosts: [shop.example.com]
      annotations:
        nginx.ingress.kubernetes.io/proxy-body-size: 8m  # pictures
teams:
  blog:
    namespaces: {blog: {}}
    workloads:
      posts:
        kind: deployment
        namespace: blog
        image: example.com/posts:1.0
        ports: {http: 8080}
        ingress: {ingress_class: nginx, hosts: [blog.example.com], path: /posts, path_type: Exact}
"""
)

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
    "karpenter-v1beta1-to-v1": KARPENTER,
    "ingress-nginx-to-gateway-api": INGRESSES,
    "helm-to-argocd": CHARTS,
    "helm-to-flux": CHARTS,
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


def folded(operations: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Operations by name; those of one kind on all parts of an element as one, and several on one name together."""
    found: dict[str, set[str]] = {}
    for name, kind in operations:
        whole = next((each for each in _WHOLE if name.startswith(f"{each}-")), None)
        key = f"{whole}-*" if whole and kind in ("create", "delete") else name
        found.setdefault(key, set()).add(kind)
    return {key: " and ".join(sorted(kinds)) for key, kinds in found.items()}


_WHOLE = (
    "prod-karpenter",
    "prod-auto-mode",
    "prod-own-managed",
    "prod-own",
    "prod-general",
    "prod-batch",
    "prod-cluster-autoscaler",
    "prod-cluster-role",
    "prod-argocd",
    "prod-fluxcd",
    "prod-gateways",
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
    "karpenter-v1beta1-to-v1": {
        "annotations": {"prod-pools-general": "update"},
        "patch-crds": {"prod-karpenter-*": "create"},
        "patch": {"prod-karpenter-release": "update"},
        "v1-crds": {"prod-karpenter-crd-release": "update"},
        "v1": {"prod-karpenter-release": "update"},
        "objects": {"prod-pools-default": "update", "prod-pools-general": "update"},
        "v1-alone-crds": {"prod-karpenter-crd-release": "update"},
        "v1-alone": {"prod-karpenter-release": "update"},
    },
    "ingress-nginx-to-gateway-api": {
        "crds": {"prod-gateway-api-release": "create"},
        "gateway": {"prod-gateways-*": "create", "prod-namespace-gateways-namespace": "create"},
        "routes": {
            "prod-team-blog-posts-http-route": "create",
            "prod-docs-docs-route": "create",
            "prod-external-dns-release": "update",
            "prod-web-http-route": "create",
        },
        "traffic": {"prod-team-blog-posts-ingress": "update", "prod-docs-docs": "update", "prod-web-ingress": "update"},
        "ingresses": {
            "prod-team-blog-posts-ingress": "delete",
            "prod-docs-docs": "delete",
            "prod-web-ingress": "delete",
        },
        "remove": {"prod-ingress-nginx-release": "delete"},
    },
    "helm-to-argocd": {
        "agent": {"prod-argocd-*": "create"},
        "hold": {},
        "default": {},
        "move-keda": {"prod-keda-release": "create and delete"},
        "move-external-dns": {"prod-external-dns-release": "create and delete"},
        "settle": {"prod-keda-release": "update", "prod-external-dns-release": "update"},
    },
    "helm-to-flux": {
        "agent": {"prod-fluxcd-*": "create"},
        "hold": {},
        "default": {},
        "move-keda": {"prod-keda-release": "create and delete", "prod-keda-release-repository": "create"},
        "move-external-dns": {
            "prod-external-dns-release": "create and delete",
            "prod-external-dns-release-repository": "create",
        },
        "settle": {},
    },
}
"""What each phase does: nothing is replaced, and what holds data or nodes goes in the last phase alone."""
