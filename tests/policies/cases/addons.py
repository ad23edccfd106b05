"""Cases of the rules about EKS add-ons."""

import json
from typing import Any

from tests.policies.build import UNKNOWN, addon, aws, chart, cluster, group, object_, workload


def _class(name: str, provisioner: Any = "ebs.csi.aws.com") -> Any:
    return object_("storage.k8s.io/v1:StorageClass", name, None, provisioner=provisioner)


def _hpa(name: str, *kinds: str) -> Any:
    return object_("autoscaling/v2:HorizontalPodAutoscaler", name, spec={"metrics": [{"type": kind} for kind in kinds]})


def _policy(name: str) -> Any:
    return object_("networking.k8s.io/v1:NetworkPolicy", name, spec={"podSelector": {}})


def _configured(name: str, of: str, values: Any) -> Any:
    given = values if isinstance(values, dict) and "$unknown" in values else json.dumps(values)
    return addon(name, of, configurationValues=given)


def _nodes(pods: int) -> list[Any]:
    return [
        aws("ec2/launchTemplate:LaunchTemplate", "lt", userData=f"[settings.kubernetes]\nmax-pods = {pods}\n"),
        cluster(),
    ]


_USING = {"launchTemplate": {"id": "${lt.id}"}, "instanceTypes": ["m5.large"]}
_AUTO = {"computeConfig": {"enabled": True}}

CASES = {
    "addon-version-pinned": [
        [
            addon("fail-unset", "coredns"),
            addon("fail-loose", "coredns", addonVersion="latest"),
            addon("fail-newest", "coredns", addonVersion="${getAddonVersion(addonName=coredns).version}"),
            addon("pass-exact", "coredns", addonVersion="v1.11.4-eksbuild.2"),
            addon("pass-marketplace", "kubecost", addonVersion="v2.3.1"),
            addon("unknown-version", "coredns", addonVersion=UNKNOWN),
        ]
    ],
    "addon-version-compatible": [
        [
            cluster(version="1.35"),
            addon("fail-newer", "kube-proxy", addonVersion="v1.36.0-eksbuild.1"),
            addon("fail-older", "kube-proxy", addonVersion="v1.31.0-eksbuild.1"),
            addon("pass-older", "kube-proxy", addonVersion="v1.34.0-eksbuild.1"),
            addon("fail-cni", "vpc-cni", addonVersion="v1.11.0-eksbuild.1"),
            addon("pass-cni", "vpc-cni", addonVersion="v1.21.0-eksbuild.1"),
            addon("na-other", "coredns", addonVersion="v1.0.0"),
            addon("na-unset", "vpc-cni"),
            addon("unknown-version", "vpc-cni", addonVersion=UNKNOWN),
        ]
    ],
    "addon-conflict-resolution-explicit": [
        [
            addon("fail-unset", "coredns"),
            addon("fail-none", "coredns", resolveConflictsOnUpdate="NONE"),
            addon("pass-preserve", "coredns", resolveConflictsOnUpdate="PRESERVE"),
            addon("unknown-how", "coredns", resolveConflictsOnUpdate=UNKNOWN),
        ]
    ],
    "addon-configuration-values-valid": [
        [
            addon("fail-text", "coredns", configurationValues="replicas"),
            addon("fail-list", "coredns", configurationValues="[]"),
            addon("fail-broken", "coredns", configurationValues="{a: [}"),
            addon("pass-json", "coredns", configurationValues='{"replicaCount": 2}'),
            addon("pass-yaml", "coredns", configurationValues="replicaCount: 2\n"),
            addon("pass-symbol", "coredns", configurationValues='{"name": "${pass-json.id}"}'),
            addon("unknown-values", "coredns", configurationValues=UNKNOWN),
            addon("na-none", "coredns"),
        ]
    ],
    "addon-core-managed": [
        [cluster("fail-none")],
        [cluster("pass-three"), *(addon(n, n, "${pass-three.name}") for n in ("vpc-cni", "kube-proxy", "coredns"))],
        [cluster("na-auto", **_AUTO)],
        [cluster("na-cilium"), chart("cilium", "cilium")],
        [cluster("unknown-mode", computeConfig=UNKNOWN)],
    ],
    "addon-ebs-csi-present": [
        [
            cluster(),
            _class("fail-class"),
            object_("v1:PersistentVolumeClaim", "fail-claim", spec={"storageClassName": "fail-class"}),
            workload("fail-set", "StatefulSet", s={"volumeClaimTemplates": [{"spec": {"storageClassName": "gp3"}}]}),
            _class("na-efs", "efs.csi.aws.com"),
            _class("unknown-class", UNKNOWN),
        ],
        [cluster(), addon("driver", "aws-ebs-csi-driver"), _class("pass-addon")],
        [cluster(), chart("driver", "aws-ebs-csi-driver"), _class("pass-chart")],
        [cluster(**_AUTO), _class("pass-auto", "ebs.csi.eks.amazonaws.com"), _class("fail-other-driver")],
        [_class("na-no-cluster")],
    ],
    "addon-snapshot-controller-present": [
        [cluster(), object_("snapshot.storage.k8s.io/v1:VolumeSnapshot", "fail-none")],
        [
            cluster(),
            addon("snapshots", "snapshot-controller"),
            object_("snapshot.storage.k8s.io/v1:VolumeSnapshotClass", "pass-addon", None),
        ],
    ],
    "addon-network-policy-engine-enabled": [
        [cluster(), _policy("fail-no-cni")],
        [cluster(), addon("cni", "vpc-cni"), _policy("fail-off")],
        [cluster(), _configured("cni", "vpc-cni", {"enableNetworkPolicy": "true"}), _policy("pass-on")],
        [cluster(), _configured("cni", "vpc-cni", UNKNOWN), _policy("unknown-settings")],
        [cluster(), chart("cilium", "cilium"), _policy("pass-cilium")],
        [cluster(**_AUTO), _policy("fail-auto")],
        [
            cluster(**_AUTO),
            object_("v1:ConfigMap", "amazon-vpc-cni", "kube-system", data={"enable-network-policy-controller": "true"}),
            _policy("pass-auto"),
        ],
        [_policy("na-no-cluster")],
    ],
    "addon-coredns-ha": [
        [
            _configured("fail-one", "coredns", {"replicaCount": 1}),
            _configured("fail-no-budget", "coredns", {"podDisruptionBudget": {"enabled": False}}),
            _configured("pass-scaled", "coredns", {"autoScaling": {"enabled": True}, "replicaCount": 1}),
            addon("pass-default", "coredns"),
            _configured("unknown-values", "coredns", UNKNOWN),
            addon("na-other", "vpc-cni"),
        ]
    ],
    "addon-metrics-server-present": [
        [cluster(), _hpa("fail-none", "Resource"), _hpa("na-external", "External")],
        [cluster(), addon("metrics", "metrics-server"), _hpa("pass-addon", "Resource")],
        [cluster(), chart("metrics", "metrics-server"), _hpa("pass-chart")],
        [
            cluster(),
            object_("autoscaling/v2:HorizontalPodAutoscaler", "unknown-metrics", spec={"metrics": UNKNOWN}),
            object_("autoscaling.k8s.io/v1:VerticalPodAutoscaler", "fail-vpa", spec={}),
        ],
    ],
    "addon-prefix-delegation-considered": [
        [*_nodes(110), group("fail-many", **_USING), group("na-none")],
        [*_nodes(20), group("pass-few", **_USING)],
        [
            *_nodes(110),
            _configured("cni", "vpc-cni", {"env": {"ENABLE_PREFIX_DELEGATION": "true"}}),
            group("pass-prefixes", **_USING),
        ],
        [*_nodes(110), group("unknown-types", **{**_USING, "instanceTypes": UNKNOWN})],
    ],
    "addon-kube-proxy-not-ipvs": [
        [
            _configured("fail-ipvs", "kube-proxy", {"mode": "ipvs"}),
            _configured("pass-nftables", "kube-proxy", {"mode": "nftables"}),
            _configured("unknown-mode", "kube-proxy", UNKNOWN),
            addon("na-other", "coredns"),
            object_("v1:ConfigMap", "kube-proxy-config", "kube-system", data={"config": "mode: iptables\n"}),
        ],
        [
            object_(
                "v1:ConfigMap", "fail-map", metadata={"name": "kube-proxy-config"}, data={"config": 'mode: "ipvs"\n'}
            )
        ],
    ],
}
