"""Cases of the rules about webhooks."""

from typing import Any

from tests.policies.build import UNKNOWN, object_


def _hook(name: str, **hook: Any) -> Any:
    kind = "admissionregistration.k8s.io/v1:ValidatingWebhookConfiguration"
    return object_(kind, name, None, webhooks=[{"name": "h", **hook}])


_NARROW = {"rules": [{"apiGroups": ["apps"], "resources": ["deployments"]}]}
_TRAFFIC = {"apiGroups": ["networking.k8s.io"], "resources": ["ingresses"]}
_AWAY = {"matchExpressions": [{"key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": ["kube-system"]}]}

CASES = {
    "k8s-webhook-fail-safe": [
        [
            _hook("fail-everywhere", **_NARROW),
            _hook("fail-catch-all", namespaceSelector=_AWAY, rules=[{"apiGroups": ["*"], "resources": ["*"]}]),
            _hook("fail-slow", namespaceSelector=_AWAY, timeoutSeconds=30, **_NARROW),
            _hook("pass-scoped", namespaceSelector=_AWAY, **_NARROW),
            _hook("pass-ignore", failurePolicy="Ignore"),
            _hook("pass-traffic", rules=[_TRAFFIC]),
            _hook("fail-traffic-and-more", rules=[_TRAFFIC, *_NARROW["rules"]]),
            _hook("fail-all-of-networking", rules=[{**_TRAFFIC, "resources": ["*"]}]),
            _hook("unknown-selector", namespaceSelector=UNKNOWN, **_NARROW),
        ]
    ],
}
