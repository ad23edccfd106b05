"""Cases of the rules about rights inside Kubernetes."""

from typing import Any

from tests.policies.build import UNKNOWN, object_

_RBAC = "rbac.authorization.k8s.io/v1:"


def _role(name: str, verbs: Any, resources: Any, groups: Any = None, kind: str = "ClusterRole", **more: Any) -> Any:
    rule = {"verbs": verbs, "resources": resources, "apiGroups": [""] if groups is None else groups, **more}
    return object_(f"{_RBAC}{kind}", name, None, rules=[rule])


def _binding(name: str, role: Any = "view", *subjects: Any, kind: str = "ClusterRoleBinding") -> Any:
    return object_(f"{_RBAC}{kind}", name, None, roleRef={"kind": "ClusterRole", "name": role}, subjects=list(subjects))


def _hook(name: str, **hook: Any) -> Any:
    kind = "admissionregistration.k8s.io/v1:ValidatingWebhookConfiguration"
    return object_(kind, name, None, webhooks=[{"name": "h", **hook}])


_NARROW = {"rules": [{"apiGroups": ["apps"], "resources": ["deployments"]}]}
_AWAY = {"matchExpressions": [{"key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": ["kube-system"]}]}

CASES = {
    "k8s-rbac-no-wildcards": [
        [
            _role("fail-all", ["*"], ["*"]),
            _role("fail-groups", ["get"], ["*"], ["*"]),
            _role("fail-verbs", ["*"], ["pods"]),
            _role("pass-named", ["get"], ["pods"]),
            _role("unknown-verbs", UNKNOWN, ["*"]),
            object_(f"{_RBAC}ClusterRole", "na-aggregated", None, aggregationRule={}),
            object_(f"{_RBAC}ClusterRole", "na-urls", None, rules=[{"nonResourceURLs": ["*"], "verbs": ["*"]}]),
        ]
    ],
    "k8s-rbac-no-cluster-admin-binding": [
        [
            _binding("fail-admin", "cluster-admin"),
            _binding("pass-view"),
            _binding("unknown-role", UNKNOWN),
        ],
        [{"allow": ["pass-allowed"]}, _binding("pass-allowed", "cluster-admin")],
    ],
    "k8s-rbac-no-system-group-binding": [
        [
            _binding("fail-masters", "view", {"kind": "Group", "name": "system:masters"}),
            _binding("fail-anonymous", "view", {"kind": "User", "name": "system:anonymous"}),
            _binding("fail-default", "view", {"kind": "ServiceAccount", "name": "default", "namespace": "shop"}),
            _binding("pass-team", "view", {"kind": "Group", "name": "team"}),
            object_(f"{_RBAC}RoleBinding", "unknown-subjects", roleRef={"name": "view"}, subjects=UNKNOWN),
        ]
    ],
    "k8s-rbac-secrets-access": [
        [
            _role("fail-list", ["list"], ["secrets"]),
            _role("fail-any-verb", ["*"], ["secrets"], kind="Role"),
            _role("pass-named", ["get"], ["secrets"], resourceNames=["tls"]),
            _role("pass-create", ["create"], ["secrets"]),
            _role("pass-other-group", ["list"], ["secrets"], ["example.com"]),
            _role("unknown-verbs", UNKNOWN, ["secrets"]),
        ]
    ],
    "k8s-rbac-no-escalate-bind-impersonate": [
        [
            _role("fail-escalate", ["escalate"], ["clusterroles"]),
            _role("fail-impersonate", ["impersonate"], ["users"]),
            _role("pass-bind-other", ["bind"], ["widgets"]),
            _role("pass-read", ["get"], ["roles"]),
            _role("unknown-verbs", UNKNOWN, ["roles"]),
        ]
    ],
    "k8s-rbac-no-exec-or-node-proxy": [
        [
            _role("fail-exec", ["create"], ["pods/exec"]),
            _role("fail-proxy", ["get"], ["nodes/proxy"]),
            _role("pass-logs", ["get"], ["pods/log"]),
            _role("unknown-resources", ["create"], UNKNOWN),
        ]
    ],
    "k8s-rbac-create-pods-limited": [
        [
            _role("fail-pods", ["create"], ["pods"]),
            _role("fail-jobs", ["*"], ["jobs"], ["batch"]),
            _role("pass-read", ["get", "list"], ["pods"]),
            _role("unknown-verbs", UNKNOWN, ["pods"]),
        ],
        [{"allow": ["na-controller"]}, _role("na-controller", ["create"], ["pods"])],
    ],
    "k8s-rbac-no-webhook-or-csr-control": [
        [
            _role("fail-hooks", ["update"], ["validatingwebhookconfigurations"], ["admissionregistration.k8s.io"]),
            _role("fail-csr", ["update"], ["certificatesigningrequests/approval"], ["certificates.k8s.io"]),
            _role("fail-token", ["create"], ["serviceaccounts/token"]),
            _role("pass-read", ["get"], ["persistentvolumes"]),
            _role("unknown-verbs", UNKNOWN, ["persistentvolumes"]),
        ]
    ],
    "k8s-webhook-fail-safe": [
        [
            _hook("fail-everywhere", **_NARROW),
            _hook("fail-catch-all", namespaceSelector=_AWAY, rules=[{"apiGroups": ["*"], "resources": ["*"]}]),
            _hook("fail-slow", namespaceSelector=_AWAY, timeoutSeconds=30, **_NARROW),
            _hook("pass-scoped", namespaceSelector=_AWAY, **_NARROW),
            _hook("pass-ignore", failurePolicy="Ignore"),
            _hook("unknown-selector", namespaceSelector=UNKNOWN, **_NARROW),
        ]
    ],
}
