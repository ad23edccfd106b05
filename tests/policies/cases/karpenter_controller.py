"""Cases of the rules about Karpenter itself."""

from typing import Any

from tests.policies.build import UNKNOWN, aws, chart, cluster, document, group, object_, workload
from tests.policies.cases.karpenter_pools import pool, req

_SPOT = pool("spot", req("karpenter.sh/capacity-type", "spot"))
_IMAGE = {"image": "public.ecr.aws/karpenter/controller:1.9.0"}


def _karpenter(name: str, version: Any = "1.9.0", **values: Any) -> Any:
    return chart(name, "oci://public.ecr.aws/karpenter/karpenter", version, values=values)


def _affinity(key: str, operator: str = "DoesNotExist") -> dict[str, Any]:
    terms = [{"matchExpressions": [{"key": key, "operator": operator}]}]
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}}


def _policy(logical: str, *statements: dict[str, Any]) -> Any:
    return aws("iam/policy:Policy", logical, policy=document(*statements))


_RUN = {"Action": ["ec2:RunInstances", "ec2:CreateFleet"], "Resource": "*"}
_END = {"Action": "ec2:TerminateInstances", "Resource": "*"}
_TAGGED = {"Condition": {"StringEquals": {"aws:ResourceTag/karpenter.sh/nodepool": "*"}}}
_PASS = {"Action": "iam:PassRole", "Resource": "*"}


def _class(name: str, alias: Any) -> Any:
    return object_("karpenter.k8s.aws/v1:EC2NodeClass", name, None, spec={"amiSelectorTerms": [{"alias": alias}]})


CASES = {
    "karpenter-interruption-queue-configured": [
        [
            _SPOT,
            aws("sqs/queue:Queue", "queue", name="interruptions"),
            _karpenter("fail-unset"),
            _karpenter("fail-other", settings={"interruptionQueue": "typo"}),
            _karpenter("pass-name", settings={"interruptionQueue": "interruptions"}),
            _karpenter("pass-symbol", settings={"interruptionQueue": "${queue.name}"}),
            _karpenter("unknown-settings", settings=UNKNOWN),
            chart("na-other", "external-dns"),
        ],
        [_karpenter("na-no-spot")],
    ],
    "karpenter-controller-placement": [
        [cluster(), _karpenter("fail-no-nodes")],
        [
            cluster(),
            group("nodes"),
            _karpenter("pass-default"),
            _karpenter("fail-affinity", affinity=_affinity("kubernetes.io/os", "Exists")),
            _karpenter("pass-affinity", affinity=_affinity("karpenter.sh/nodepool")),
            _karpenter("unknown-affinity", affinity=UNKNOWN),
            workload("fail-deployment", c=_IMAGE),
            workload("pass-deployment", c=_IMAGE, p={"affinity": _affinity("karpenter.sh/nodepool")}),
            chart("na-other", "external-dns"),
        ],
    ],
    "karpenter-controller-ha": [
        [
            _karpenter("fail-one", replicas=1, controller={"resources": {"requests": {"memory": "1Gi"}}}),
            _karpenter("fail-memory"),
            _karpenter("pass-two", controller={"resources": {"requests": {"memory": "1Gi"}}}),
            _karpenter("unknown-values", replicas=UNKNOWN),
        ]
    ],
    "karpenter-version-compatible": [
        [
            cluster(version="1.35"),
            _karpenter("fail-older", "1.8.0"),
            _karpenter("fail-broken", "1.8.4"),
            _karpenter("fail-loose", "1.x"),
            _karpenter("pass-newer", "1.13.0"),
            _karpenter("unknown-version", UNKNOWN),
        ],
        [cluster(version="1.99"), _karpenter("unknown-cluster", "1.13.0")],
        [_karpenter("pass-no-cluster", "1.0.0")],
    ],
    "karpenter-crds-managed": [
        [_karpenter("fail-none"), chart("na-other", "external-dns")],
        [_karpenter("pass-same"), chart("crd", "oci://x/karpenter-crd", "1.9.0")],
        [_karpenter("fail-version"), chart("crd", "oci://x/karpenter-crd", "1.8.0")],
    ],
    "karpenter-iam-scoped": [
        [
            _policy("fail-end", _RUN, _END),
            _policy("fail-pass", _RUN, {**_END, **_TAGGED}, _PASS),
            _policy("pass-scoped", _RUN, {**_END, **_TAGGED}, {**_PASS, "Resource": "${nodes.arn}"}),
            _policy("na-other", _END),
            aws("iam/policy:Policy", "unknown-policy", policy=UNKNOWN),
        ]
    ],
    "karpenter-pinned-alias-available-for-target": [
        [
            cluster(version="1.36"),
            _class("fail-older", "al2023@v20260101"),
            _class("pass-newer", "al2023@v20260701"),
            _class("na-latest", "al2023@latest"),
            _class("unknown-alias", UNKNOWN),
        ]
    ],
    "automode-custom-nodepools-in-production": [
        [
            cluster("fail-general", computeConfig={"enabled": True, "nodePools": ["general-purpose", "system"]}),
            cluster("pass-system", computeConfig={"enabled": True, "nodePools": ["system"]}),
            cluster("na-off"),
            cluster("unknown-pools", computeConfig={"enabled": True, "nodePools": UNKNOWN}),
        ]
    ],
}
