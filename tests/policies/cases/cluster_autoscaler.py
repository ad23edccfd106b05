"""Cases of the rules about the Cluster Autoscaler."""

from typing import Any

from tests.policies.build import UNKNOWN, aws, chart, cluster, document, group, ids, object_, subnet, workload

_TAINT = [{"key": "team", "effect": "NO_SCHEDULE"}]
_IMAGE = {"image": "registry.k8s.io/autoscaling/cluster-autoscaler:v1.34.0"}


def _pool(name: str, *taints: dict[str, Any]) -> Any:
    spec = {"template": {"spec": {"taints": list(taints)}}}
    return object_("karpenter.sh/v1:NodePool", name, None, spec=spec)


def _ca(name: str, **values: Any) -> Any:
    return chart(name, "cluster-autoscaler", values=values)


def _policy(logical: str, *statements: dict[str, Any]) -> Any:
    return aws("iam/policy:Policy", logical, policy=document(*statements))


_SCALE = {"Action": ["autoscaling:SetDesiredCapacity"], "Resource": "*"}
_SET = workload("db", "StatefulSet", s={"volumeClaimTemplates": [{"spec": {"storageClassName": "gp3"}}]})
_BALANCED = {"extraArgs": {"balance-similar-node-groups": True}}

CASES = {
    "cluster-autoscaler-not-with-karpenter": [
        [cluster(), _ca("fail-chart"), chart("karpenter", "karpenter")],
        [cluster(), _ca("fail-pool"), _pool("general")],
        [cluster(), workload("fail-image", c=_IMAGE), _pool("general")],
        [cluster(computeConfig={"enabled": True}), _ca("fail-auto-mode")],
        [cluster(), group("nodes"), _ca("fail-untainted"), _pool("general", {"key": "a", "effect": "NoSchedule"})],
        [
            cluster(),
            group("nodes", taints=_TAINT),
            _ca("pass-separate"),
            _pool("p", {"key": "a", "effect": "NoSchedule"}),
        ],
        [cluster(), _ca("pass-alone"), group("nodes")],
        [cluster(computeConfig=UNKNOWN), _ca("unknown-mode")],
        [cluster(), chart("na-other", "external-dns"), _pool("general")],
    ],
    "cluster-autoscaler-version-match": [
        [
            cluster(version="1.34"),
            _ca("fail-older", image={"tag": "v1.33.0"}),
            _ca("pass-same", image={"tag": "v1.34.1"}),
            workload("pass-image", c=_IMAGE),
            _ca("unknown-default"),
            _ca("unknown-tag", image=UNKNOWN),
        ],
        [_ca("na-no-cluster", image={"tag": "v1.33.0"})],
    ],
    "cluster-autoscaler-iam-scoped": [
        [
            _policy("fail-all", _SCALE),
            _policy(
                "pass-tag",
                {**_SCALE, "Condition": {"StringEquals": {"aws:ResourceTag/k8s.io/cluster-autoscaler/shop": "owned"}}},
            ),
            _policy("na-other", {"Action": "s3:*", "Resource": "*"}),
            aws("iam/policy:Policy", "unknown-policy", policy=UNKNOWN),
        ]
    ],
    "cluster-autoscaler-ebs-zonal-groups": [
        [
            subnet("a"),
            subnet("b", "eu-west-1b"),
            _SET,
            _ca("ca", **_BALANCED),
            group("fail-spans", subnetIds=ids("a", "b")),
            group("pass-zonal", subnetIds=ids("a")),
            group("na-tainted", subnetIds=ids("a", "b"), taints=_TAINT),
            group("unknown-subnets", subnetIds=UNKNOWN),
        ],
        [subnet("a"), _SET, _ca("ca"), group("fail-unbalanced", subnetIds=ids("a"))],
        [_ca("ca"), group("na-no-volumes", subnetIds=ids("a"))],
    ],
    "node-termination-handler-not-with-karpenter": [
        [chart("fail-karpenter", "aws-node-termination-handler"), chart("karpenter", "karpenter")],
        [chart("fail-managed", "aws-node-termination-handler"), group("nodes")],
        [chart("pass-self-managed", "aws-node-termination-handler"), aws("autoscaling/group:Group", "nodes")],
        [chart("na-other", "external-dns")],
    ],
}
