"""Cases of the rules about how pods start and end."""

from typing import Any

from tests.policies.build import UNKNOWN, object_, workload

_PORTS = {"ports": [{"containerPort": 80}]}
_HTTP = {"httpGet": {"path": "/"}}


def _service(name: str, app: str, kind: str = "ClusterIP", selector: Any = None) -> Any:
    return object_("v1:Service", name, spec={"type": kind, "selector": selector or {"app": app}})


def _ingress(service: str) -> Any:
    rules = [{"http": {"paths": [{"backend": {"service": {"name": service}}}]}}]
    return object_("networking.k8s.io/v1:Ingress", "web", spec={"rules": rules})


CASES = {
    "k8s-readiness-probe": [
        [
            workload("fail-served", c=_PORTS),
            _service("a", "fail-served"),
            workload("fail-sidecar-alone", c=_PORTS, more=[{"name": "b", "readinessProbe": _HTTP}]),
            workload("fail-unserved"),
            workload("pass-probe", c={**_PORTS, "readinessProbe": _HTTP}),
            workload("unknown-containers", p={"containers": UNKNOWN}),
            workload("na-job", "Job"),
            workload("fail-pod", "Pod"),
            workload("pass-pod-that-ends", "Pod", p={"restartPolicy": "Never"}),
        ]
    ],
    "k8s-liveness-probe": [
        [
            workload("fail-none"),
            workload("fail-pod", "Pod"),
            workload("na-pod-that-ends", "Pod", p={"restartPolicy": "OnFailure"}),
            workload("pass-probe", c={"livenessProbe": _HTTP}),
            workload("unknown-containers", p={"containers": UNKNOWN}),
        ]
    ],
    "k8s-probes-not-identical": [
        [
            workload("fail-same", c={"livenessProbe": _HTTP, "readinessProbe": _HTTP}),
            workload("fail-exec", c={"livenessProbe": {"exec": {"command": ["x"]}, "timeoutSeconds": 10}}),
            workload("pass-other-path", c={"livenessProbe": _HTTP, "readinessProbe": {"httpGet": {"path": "/ready"}}}),
            workload(
                "pass-other-threshold", c={"livenessProbe": {**_HTTP, "failureThreshold": 9}, "readinessProbe": _HTTP}
            ),
            workload("pass-none"),
            workload("unknown-probe", c={"livenessProbe": UNKNOWN, "readinessProbe": _HTTP}),
        ]
    ],
    "k8s-startup-probe-for-slow-start": [
        [
            workload("fail-slow", c={"livenessProbe": {**_HTTP, "initialDelaySeconds": 90}}),
            workload("pass-startup", c={"livenessProbe": {**_HTTP, "initialDelaySeconds": 90}, "startupProbe": _HTTP}),
            workload("pass-quick", c={"livenessProbe": _HTTP}),
            workload("unknown-probe", c={"livenessProbe": UNKNOWN}),
        ]
    ],
    "k8s-termination-grace-period": [
        [
            workload("fail-zero", p={"terminationGracePeriodSeconds": 0}),
            workload("fail-long", p={"terminationGracePeriodSeconds": 3600}),
            workload("pass-unset"),
            workload("pass-minute", p={"terminationGracePeriodSeconds": 60}),
            workload("unknown-period", p={"terminationGracePeriodSeconds": UNKNOWN}),
        ]
    ],
    "k8s-pre-stop-for-load-balanced": [
        [
            workload("fail-balanced", c=_PORTS),
            _service("a", "fail-balanced", "LoadBalancer"),
            workload("fail-ingress", c=_PORTS),
            _service("b", "fail-ingress"),
            _ingress("b"),
            workload("pass-hook", c={**_PORTS, "lifecycle": {"preStop": {"sleep": {"seconds": 10}}}}),
            _service("c", "pass-hook", "LoadBalancer"),
            workload("na-inside", c=_PORTS),
            _service("d", "na-inside"),
        ],
        [
            object_(
                "v1:Namespace",
                "shop",
                None,
                metadata={"labels": {"elbv2.k8s.aws/pod-readiness-gate-inject": "enabled"}},
            ),
            workload("pass-gates", c=_PORTS),
            _service("a", "pass-gates", "LoadBalancer"),
        ],
        [workload("unknown-labels", t={"labels": UNKNOWN}), _service("a", "x", "LoadBalancer")],
    ],
}
