"""Cases of the rules about rights inside Kubernetes."""

from typing import Any

from tests.policies.build import UNKNOWN, object_

_GROUP = "rbac.authorization.k8s.io"
_RBAC = f"{_GROUP}/v1:"


def _role(name: str, verbs: Any, resources: Any, groups: Any = None, kind: str = "ClusterRole", **more: Any) -> Any:
    rule = {"verbs": verbs, "resources": resources, "apiGroups": [""] if groups is None else groups, **more}
    return object_(f"{_RBAC}{kind}", name, None, rules=[rule])


def _binding(name: str, role: Any = "view", *subjects: Any, kind: str = "ClusterRoleBinding") -> Any:
    return object_(f"{_RBAC}{kind}", name, None, roleRef={"kind": "ClusterRole", "name": role}, subjects=list(subjects))


def _gathering(name: str, selector: Any) -> Any:
    return object_(f"{_RBAC}ClusterRole", name, None, aggregationRule={"clusterRoleSelectors": [selector]})


CASES = {
    "k8s-rbac-no-wildcards": [
        [
            _role("fail-all", ["*"], ["*"]),
            _role("fail-groups", ["get"], ["*"], ["*"]),
            _role("fail-verbs", ["*"], ["pods"]),
            _role("pass-named", ["get"], ["pods"]),
            _role("unknown-verbs", UNKNOWN, ["*"]),
            object_(f"{_RBAC}ClusterRole", "na-aggregated", None, aggregationRule={}),
            _gathering("pass-some", {"matchLabels": {"to": "view"}}),
            _gathering("fail-every-role", {}),
            _gathering("fail-every-role-too", {"matchLabels": {}}),
            object_(f"{_RBAC}ClusterRole", "na-urls", None, rules=[{"nonResourceURLs": ["*"], "verbs": ["*"]}]),
        ]
    ],
    "k8s-rbac-no-cluster-admin-binding": [
        [
            _binding("fail-admin", "cluster-admin"),
            _binding("fail-admin-of-a-namespace", "cluster-admin", kind="RoleBinding"),
            _binding("fail-node", "system:node"),
            _binding("fail-controller", "system:controller:clusterrole-aggregation-controller"),
            _binding("fail-admin-everywhere", "admin"),
            _binding("pass-admin-here", "admin", kind="RoleBinding"),
            _binding("pass-delegator", "system:auth-delegator"),
            object_(f"{_RBAC}RoleBinding", "pass-role", roleRef={"kind": "Role", "name": "cluster-admin"}),
            _binding("pass-view"),
            _binding("unknown-role", UNKNOWN),
        ],
        [{"allow": ["pass-allowed"]}, _binding("pass-allowed", "cluster-admin")],
    ],
    "k8s-rbac-no-system-group-binding": [
        [
            _binding("fail-masters", "view", {"kind": "Group", "name": "system:masters"}),
            _binding("fail-anonymous", "view", {"kind": "User", "name": "system:anonymous"}),
            _binding("fail-anonymous-group", "view", {"kind": "Group", "name": "system:anonymous"}),
            _binding("fail-default", "view", {"kind": "ServiceAccount", "name": "default", "namespace": "shop"}),
            _binding("fail-nodes", "view", {"kind": "Group", "name": "system:nodes"}),
            _binding("fail-a-node", "view", {"kind": "User", "name": "system:node:ip-10-0-0-1"}),
            _binding("fail-default-as-user", "view", {"kind": "User", "name": "system:serviceaccount:shop:default"}),
            _binding("fail-of-a-namespace", "view", {"kind": "Group", "name": "system:serviceaccounts:shop"}),
            _binding("pass-discovery", "system:discovery", {"kind": "Group", "name": "system:authenticated"}),
            _binding("pass-user-default", "view", {"kind": "User", "name": "default"}),
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
            _role("fail-escalate", ["escalate"], ["clusterroles"], [_GROUP]),
            _role("fail-every-verb", ["*"], ["roles"], [_GROUP]),
            _role("fail-impersonate", ["impersonate"], ["users"]),
            _role("pass-bind-other", ["bind"], ["widgets"], [_GROUP]),
            _role("pass-other-group", ["bind"], ["clusterroles"], ["example.com"]),
            _role("pass-read", ["get"], ["roles"], [_GROUP]),
            _role("unknown-verbs", UNKNOWN, ["roles"], [_GROUP]),
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
            _role("fail-token-of-a-namespace", ["create"], ["serviceaccounts/token"], kind="Role"),
            _role("pass-volumes-of-no-namespace", ["create"], ["persistentvolumes"], kind="Role"),
            _role("pass-read", ["get"], ["persistentvolumes"]),
            _role("unknown-verbs", UNKNOWN, ["persistentvolumes"]),
        ]
    ],
}
