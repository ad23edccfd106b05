"""Cases of the rules about what scales workloads."""

from typing import Any

from tests.policies.build import UNKNOWN, chart, object_, workload


def _metric(name: Any = "cpu", target: Any = "Utilization", kind: str = "Resource", **more: Any) -> dict[str, Any]:
    part = "resource" if kind == "Resource" else "containerResource"
    return {"type": kind, part: {"name": name, "target": {"type": target}, **more}}


def _hpa(name: str, target: Any, *metrics: Any, **spec: Any) -> Any:
    ref = target if isinstance(target, dict) else {"kind": "Deployment", "name": target}
    given = {"scaleTargetRef": ref, **({"metrics": list(metrics)} if metrics else {}), **spec}
    return object_("autoscaling/v2:HorizontalPodAutoscaler", name, spec=given)


def _vpa(name: str, target: Any, mode: Any = "Recreate", ns: str = "shop", **spec: Any) -> Any:
    ref = target if isinstance(target, dict) else {"kind": "Deployment", "name": target}
    update = {"updatePolicy": {"updateMode": mode}} if mode else {}
    return object_("autoscaling.k8s.io/v1:VerticalPodAutoscaler", name, ns, spec={"targetRef": ref, **update, **spec})


def _scaled(name: str, target: str, *triggers: str) -> Any:
    spec = {"scaleTargetRef": {"name": target}, "triggers": [{"type": each} for each in triggers]}
    return object_("keda.sh/v1alpha1:ScaledObject", name, spec=spec)


def _many(name: str, ignore: list[str] | None = None) -> Any:
    found = workload(name, s={"replicas": 3})
    found.options = {"ignore_changes": ignore} if ignore else {}
    return found


_MEMORY = {"resourcePolicy": {"containerPolicies": [{"containerName": "*", "controlledResources": ["memory"]}]}}
_BOUNDS = {"resourcePolicy": {"containerPolicies": [{"containerName": "*", "minAllowed": {}, "maxAllowed": {}}]}}

_NS = object_("v1:Namespace", "shop", None)

CASES = {
    "k8s-hpa-vpa-no-conflict": [
        [
            _hpa("fail-cpu", "a", _metric()),
            _vpa("a", "a"),
            _hpa("fail-default", "b"),
            _vpa("b", "b", None),
            _scaled("fail-keda", "c", "memory"),
            _vpa("c", "c"),
            _hpa("pass-off", "d", _metric()),
            _vpa("d", "d", "Off"),
            _hpa("pass-memory-alone", "e", _metric()),
            _vpa("e", "e", **_MEMORY),
            _hpa("fail-container", "f", _metric("memory", kind="ContainerResource")),
            _vpa("f", "f", **_MEMORY),
            _hpa("pass-other-namespace", "g", _metric()),
            _vpa("g", "g", ns="other"),
            _hpa("pass-external", "h", {"type": "External"}),
            _vpa("h", "h"),
            _hpa("pass-alone", "i"),
        ],
        [_hpa("unknown-metrics", "a", metrics=UNKNOWN), _vpa("a", "a")],
        [_hpa("unknown-mode", "a"), _vpa("a", "a", UNKNOWN)],
    ],
    "k8s-single-horizontal-autoscaler-per-target": [
        [
            _hpa("fail-one", "a"),
            _scaled("fail-two", "a", "kafka"),
            _hpa("pass-alone", "b"),
            _hpa("fail-rollout", "c"),
            object_("argoproj.io/v1alpha1:Rollout", "r", spec={"workloadRef": {"name": "c"}}),
            _hpa("unknown-target", {"kind": UNKNOWN, "name": "x"}),
        ]
    ],
    "k8s-single-vpa-per-target": [
        [_vpa("fail-one", "a"), _vpa("fail-two", "a", "Off"), _vpa("pass-alone", "b"), _vpa("unknown-target", UNKNOWN)]
    ],
    "k8s-autoscaler-target-exists": [
        [
            _NS,
            workload("app"),
            _hpa("pass-found", "app"),
            _hpa("fail-typo", "ap"),
            _hpa("fail-daemon", {"kind": "DaemonSet", "name": "x"}),
            _vpa("fail-vpa", "ap"),
            _hpa("pass-other-kind", {"kind": "Widget", "name": "x"}),
            _hpa("unknown-target", {"kind": UNKNOWN, "name": "x"}),
        ],
        [_hpa("pass-others-namespace", "x")],
        [_NS, chart("app", "app", ns="shop"), _hpa("unknown-chart", "x")],
    ],
    "k8s-hpa-target-has-requests": [
        [
            workload("none"),
            workload("cpu", c={"resources": {"requests": {"cpu": 1}}}),
            workload("unsure", c={"resources": UNKNOWN}),
            _hpa("fail-none", "none", _metric()),
            _hpa("fail-memory", "cpu", _metric("memory")),
            _hpa("pass-cpu", "cpu", _metric()),
            _hpa("pass-container", "none", _metric(kind="ContainerResource", container="other")),
            _hpa("na-value", "none", _metric(target="AverageValue")),
            _hpa("na-elsewhere", "x", _metric()),
            _hpa("unknown-resources", "unsure", _metric()),
        ]
    ],
    "k8s-hpa-min-replicas": [
        [
            _hpa("fail-unset", "a", maxReplicas=10),
            _hpa("fail-huge", "a", minReplicas=2, maxReplicas=1000),
            _hpa("fail-no-room", "a", minReplicas=3, maxReplicas=3),
            _hpa("pass-bounds", "a", minReplicas=2, maxReplicas=10),
            _hpa("unknown-least", "a", minReplicas=UNKNOWN),
        ]
    ],
    "k8s-hpa-no-static-replicas": [
        [
            _many("fail-set"),
            _hpa("a", "fail-set"),
            _many("fail-keda"),
            _scaled("b", "fail-keda", "kafka"),
            _many("pass-ignored", ["spec.replicas"]),
            _hpa("c", "pass-ignored"),
            workload("pass-unset"),
            _hpa("d", "pass-unset"),
            _many("na-unscaled"),
        ],
    ],
    "k8s-hpa-scale-down-stabilised": [
        [
            _hpa("fail-quick", "a", behavior={"scaleDown": {"stabilizationWindowSeconds": 10}}),
            _hpa("pass-default", "a"),
            _hpa("pass-slow", "a", behavior={"scaleDown": {"stabilizationWindowSeconds": 60}}),
            _hpa("unknown-behaviour", "a", behavior=UNKNOWN),
        ]
    ],
    "k8s-vpa-bounds": [
        [
            _vpa("fail-auto", "a", "Auto", **_BOUNDS),
            _vpa("fail-unset", "a", None, **_BOUNDS),
            _vpa("fail-no-bounds", "a"),
            _vpa("fail-half", "a", resourcePolicy={"containerPolicies": [{"minAllowed": {}}]}),
            _vpa("pass-bounds", "a", **_BOUNDS),
            _vpa("pass-off", "a", "Off"),
            _vpa("unknown-mode", "a", UNKNOWN),
        ]
    ],
}
