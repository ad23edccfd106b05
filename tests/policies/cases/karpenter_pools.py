"""Cases of the rules about Karpenter's pools."""

from typing import Any

from tests.policies.build import UNKNOWN, object_, subnet, workload

_CAPACITY, _ZONE = "karpenter.sh/capacity-type", "topology.kubernetes.io/zone"


def req(key: str, *values: Any, operator: str = "In", **more: Any) -> dict[str, Any]:
    return {"key": key, "operator": operator, "values": list(values), **more}


def pool(name: str, *requirements: Any, t: Any = None, **spec: Any) -> Any:
    """A node pool; `t` adds to the spec of its template, the rest to its own."""
    inner = {"requirements": list(requirements), **(t or {})}
    return object_("karpenter.sh/v1:NodePool", name, None, spec={"template": {"spec": inner}, **spec})


def _class(name: str, zone: str) -> Any:
    spec = {"subnetSelectorTerms": [{"tags": {"zone": zone}}]}
    return object_("karpenter.k8s.aws/v1:EC2NodeClass", name, None, spec=spec)


_SPOT = req(_CAPACITY, "spot")
_BOTH = req(_CAPACITY, "spot", "on-demand")
_UNKNOWN = object_("karpenter.sh/v1:NodePool", "unknown-spec", None, spec=UNKNOWN)

CASES = {
    "karpenter-nodepool-limits": [
        [
            pool("fail-none"),
            pool("fail-memory", limits={"cpu": "100"}),
            pool("fail-huge", limits={"cpu": "5000", "memory": "1Ti"}),
            pool("fail-gpu", req("karpenter.k8s.aws/instance-category", "g"), limits={"cpu": 10, "memory": "1Ti"}),
            pool("fail-static", replicas=3),
            pool("pass-both", limits={"cpu": "100", "memory": "400Gi"}),
            pool("pass-static", replicas=3, limits={"nodes": "5"}),
            pool("unknown-limits", limits=UNKNOWN),
        ]
    ],
    "karpenter-spot-has-on-demand-fallback": [
        [pool("fail-alone", _SPOT)],
        [pool("na-both", _BOTH), pool("na-default")],
        [pool("pass-backed", _SPOT, weight=50), pool("fallback", req(_CAPACITY, "on-demand"), weight=10)],
        [pool("fail-heavier", _SPOT, weight=1), pool("fallback", weight=10)],
        [pool("fail-tainted", _SPOT, weight=9), pool("fallback", t={"taints": [{"key": "a", "effect": "NoSchedule"}]})],
        [
            pool("fail-other-arch", _SPOT, req("kubernetes.io/arch", "arm64"), weight=9),
            pool("fallback", req("kubernetes.io/arch", "amd64")),
        ],
        [_UNKNOWN],
    ],
    "karpenter-spot-diversity": [
        [
            pool("fail-types", _SPOT, req("node.kubernetes.io/instance-type", "m5.large")),
            pool("fail-family", _SPOT, req("karpenter.k8s.aws/instance-family", "m5", "m6i")),
            pool("fail-zone", _SPOT, req(_ZONE, "eu-west-1a")),
            pool("fail-few-types", _SPOT, req("node.kubernetes.io/instance-type", *"abcdef")),
            pool("pass-categories", _SPOT, req("karpenter.k8s.aws/instance-category", "c", "m", "r")),
            pool("na-on-demand", req("node.kubernetes.io/instance-type", "m5.large")),
            pool("unknown-values", _SPOT, {"key": _ZONE, "operator": "In", "values": UNKNOWN}),
        ]
    ],
    "karpenter-nodepool-multi-az": [
        [
            pool("fail-one", req(_ZONE, "eu-west-1a")),
        ],
        [
            pool("pass-two", req(_ZONE, "eu-west-1a", "eu-west-1b")),
            pool("pass-any"),
        ],
        [_UNKNOWN],
        [pool("pass-sibling-a", req(_ZONE, "a")), pool("pass-sibling-b", req(_ZONE, "b"))],
        [
            subnet("a", tags={"zone": "a"}),
            subnet("b", "eu-west-1b", tags={"zone": "b"}),
            _class("one", "a"),
            _class("all", "*"),
            pool("fail-subnets", t={"nodeClassRef": {"name": "one"}}),
            pool("pass-subnets", t={"nodeClassRef": {"name": "all"}}),
        ],
    ],
    "karpenter-disruption-budgets": [
        [
            pool("fail-none"),
            pool("fail-never", disruption={"budgets": [{"nodes": "0"}]}),
            pool("fail-half", disruption={"budgets": [{"nodes": "0", "schedule": "@daily"}]}),
            pool("pass-tenth", disruption={"budgets": [{"nodes": "10%"}]}),
            pool("pass-window", disruption={"budgets": [{"nodes": "0", "schedule": "@daily", "duration": "8h"}]}),
            pool("pass-reason", disruption={"budgets": [{"nodes": "0", "reasons": ["Underutilized"]}]}),
            pool("unknown-budgets", disruption={"budgets": UNKNOWN}),
        ]
    ],
    "karpenter-expire-after": [
        [
            pool("fail-never", t={"expireAfter": "Never"}),
            pool("fail-long", t={"expireAfter": "2160h"}),
            pool("fail-auto", t={"expireAfter": "500h", "nodeClassRef": {"group": "eks.amazonaws.com"}}),
            pool("pass-month", t={"expireAfter": "720h"}),
            pool("pass-default"),
            pool("unknown-age", t={"expireAfter": UNKNOWN}),
        ]
    ],
    "karpenter-termination-grace-period": [
        [
            workload("app", t={"annotations": {"karpenter.sh/do-not-disrupt": "true"}}),
            pool("fail-unset"),
            pool("pass-set", t={"terminationGracePeriod": "24h"}),
            pool("na-never", t={"expireAfter": "Never"}),
            pool("unknown-age", t={"expireAfter": UNKNOWN}),
        ],
        [pool("na-nobody")],
    ],
    "karpenter-do-not-disrupt-bounded": [
        [
            workload("fail-true", t={"annotations": {"karpenter.sh/do-not-disrupt": "true"}}),
            workload("pass-half-hour", t={"annotations": {"karpenter.sh/do-not-disrupt": "30m"}}),
            workload("pass-unset"),
            workload("unknown-notes", t={"annotations": UNKNOWN}),
            workload("na-job", "Job", t={"annotations": {"karpenter.sh/do-not-disrupt": "true"}}),
        ]
    ],
    "karpenter-consolidation-explicit": [
        [
            pool("fail-unset"),
            pool("fail-at-once", disruption={"consolidationPolicy": "WhenEmpty", "consolidateAfter": "0s"}),
            pool("fail-never", disruption={"consolidationPolicy": "WhenEmpty", "consolidateAfter": "Never"}),
            pool("pass-minute", disruption={"consolidationPolicy": "WhenEmpty", "consolidateAfter": "1m"}),
            pool("unknown-disruption", disruption=UNKNOWN),
        ]
    ],
    "karpenter-nodepools-exclusive-or-weighted": [
        [pool("fail-one"), pool("fail-two")],
        [pool("pass-weight", weight=2), pool("pass-other-weight", weight=1)],
        [pool("pass-plain"), pool("pass-tainted", t={"taints": [{"key": "a", "effect": "NoSchedule"}]})],
        [pool("pass-amd", req("kubernetes.io/arch", "amd64")), pool("pass-arm", req("kubernetes.io/arch", "arm64"))],
        [_UNKNOWN, pool("unknown-beside")],
    ],
    "karpenter-gpu-pool-tainted": [
        [
            pool("fail-open", req("karpenter.k8s.aws/instance-category", "g", "p")),
            pool(
                "pass-tainted",
                req("karpenter.k8s.aws/instance-category", "g"),
                t={"taints": [{"key": "nvidia.com/gpu"}]},
            ),
            pool("na-general", req("karpenter.k8s.aws/instance-category", "m", "g")),
            _UNKNOWN,
        ]
    ],
    "karpenter-instance-guardrails": [
        [
            pool("fail-none"),
            pool("pass-types", req("node.kubernetes.io/instance-type", "m5.large")),
            pool(
                "pass-all",
                req("karpenter.k8s.aws/instance-generation", "2", operator="Gt"),
                req("karpenter.k8s.aws/instance-cpu", "1", operator="Gt"),
                req("kubernetes.io/arch", "amd64"),
            ),
            _UNKNOWN,
        ]
    ],
}
