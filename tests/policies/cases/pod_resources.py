"""Cases of the rules about requests and limits."""

from typing import Any

from tests.policies.build import UNKNOWN, cluster, object_, workload


def _with(name: str, requests: Any = None, limits: Any = None) -> Any:
    given = {key: value for key, value in (("requests", requests), ("limits", limits)) if value is not None}
    return workload(name, c={"resources": given})


def _range(ns: str = "shop", **limit: Any) -> Any:
    return object_("v1:LimitRange", "limits", ns, spec={"limits": [{"type": "Container", **limit}]})


_BOTH = {"cpu": "100m", "memory": "128Mi"}

CASES = {
    "k8s-requests-set": [
        [
            workload("fail-none"),
            _with("fail-no-memory", {"cpu": "100m"}),
            workload("fail-init", c={"resources": {"requests": _BOTH}}, p={"initContainers": [{"name": "i"}]}),
            _with("pass-both", _BOTH),
            _with("pass-limits", None, _BOTH),
            _with("pass-unknown-value", {"cpu": UNKNOWN, "memory": "1Gi"}),
            workload("unknown-resources", c={"resources": UNKNOWN}),
            workload("unknown-pod", "StatefulSet", s={"template": UNKNOWN}),
        ],
        [_range(defaultRequest=_BOTH), workload("pass-by-default"), workload("fail-elsewhere", ns="other")],
        [cluster(version="1.34"), workload("pass-pod-level", p={"resources": {"requests": _BOTH}})],
        [cluster(version="1.33"), workload("fail-pod-level", p={"resources": {"requests": _BOTH}})],
    ],
    "k8s-memory-limit-set": [
        [
            workload("fail-none"),
            _with("fail-cpu-alone", None, {"cpu": 1}),
            _with("pass-memory", None, {"memory": "1Gi"}),
            workload("unknown-resources", c={"resources": UNKNOWN}),
        ],
        [_range(default={"memory": "1Gi"}), workload("pass-by-default")],
    ],
    "k8s-cpu-limit-policy": [
        [
            {"mode": "require"},
            _with("fail-none", _BOTH),
            _with("pass-set", None, {"cpu": 1}),
            workload("unknown-limits", c={"resources": UNKNOWN}),
        ],
        [_with("na-nothing-decided", _BOTH)],
        [{"mode": "forbid"}, _with("fail-set", None, {"cpu": 1}), _with("pass-none", _BOTH)],
        [{"mode": "ignore"}, _with("na-ignored", _BOTH)],
    ],
    "k8s-memory-request-equals-limit": [
        [
            cluster(computeConfig={"enabled": True}),
            _with("fail-less", {"memory": "1Gi"}, {"memory": "2Gi"}),
            _with("pass-equal", {"memory": "1024Mi"}, {"memory": "1Gi"}),
            _with("pass-no-limit", {"memory": "1Gi"}),
            _with("unknown-limit", {"memory": "1Gi"}, {"memory": UNKNOWN}),
        ],
        [_with("na-other-nodes", {"memory": "1Gi"}, {"memory": "2Gi"})],
    ],
    "k8s-limit-to-request-ratio": [
        [
            _with("fail-memory", {"memory": "1Gi"}, {"memory": "4Gi"}),
            _with("fail-cpu", {"cpu": "100m"}, {"cpu": 1}),
            _with("pass-near", {"cpu": "500m", "memory": "1Gi"}, {"cpu": 1, "memory": "2Gi"}),
            _with("unknown-limit", {"cpu": 1}, {"cpu": UNKNOWN}),
        ]
    ],
    "k8s-ephemeral-storage-bounded": [
        [
            workload("fail-open", p={"volumes": [{"name": "v", "emptyDir": {}}]}),
            workload("pass-bounded", p={"volumes": [{"name": "v", "emptyDir": {"sizeLimit": "1Gi"}}]}),
            workload("unknown-volumes", p={"volumes": UNKNOWN}),
        ]
    ],
}
