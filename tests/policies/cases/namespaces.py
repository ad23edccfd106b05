"""Cases of the rules about namespaces."""

from typing import Any

from tests.policies.build import UNKNOWN, object_, res, workload

_PSA = "pod-security.kubernetes.io/"
_ALL = {f"{_PSA}enforce": "restricted", f"{_PSA}enforce-version": "v1.35"}


def _ns(name: str, labels: Any = None) -> Any:
    return object_("v1:Namespace", name, None, metadata={"labels": labels} if labels is not None else {})


def _policy(name: str, ns: str = "shop", **spec: Any) -> Any:
    return object_("networking.k8s.io/v1:NetworkPolicy", name, ns, spec=spec)


def _deny(name: str, ns: str, *kinds: str) -> Any:
    return _policy(name, ns, podSelector={}, policyTypes=list(kinds))


def _allow(name: str, *ports: dict[str, Any], ns: str = "shop", selector: Any = None) -> Any:
    return _policy(name, ns, podSelector=selector or {}, policyTypes=["Egress"], egress=[{"ports": list(ports)}])


_DNS = ({"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"})

CASES = {
    "k8s-no-default-namespace": [
        [
            workload("fail-unset", ns=None),
            workload("fail-default", ns="default"),
            object_("v1:PersistentVolumeClaim", "fail-claim", "default", spec={}),
            object_("networking.k8s.io/v1:Ingress", "fail-ingress", "default", spec={}),
            workload("pass-own"),
            object_("v1:Namespace", "ns", None),
            workload("pass-symbol", ns="${ns.metadata.name}"),
            object_("v1:Service", "na-api", "default", metadata={"name": "kubernetes"}),
            object_("rbac.authorization.k8s.io/v1:RoleBinding", "na-rights-there", "default"),
            object_("rbac.authorization.k8s.io/v1:RoleBinding", "fail-binding", None),
            object_("v1:ConfigMap", "unknown-namespace", metadata={"namespace": UNKNOWN}),
            res("pulumi:providers:kubernetes", "scoped", {"namespace": "team"}),
            res(
                "kubernetes:core/v1:Secret",
                "pass-provider",
                {"metadata": {"name": "x"}},
                provider="urn:pulumi:providers:kubernetes::scoped",
            ),
        ]
    ],
    "k8s-no-tenant-workloads-in-system-namespaces": [
        [
            workload("fail-app", ns="kube-system"),
            workload("fail-called-so", ns="kube-system", m={"name": "shop-coredns"}),
            workload("pass-aws-node", ns="kube-system", m={"name": "aws-node"}),
            workload("pass-elsewhere"),
        ]
    ],
    "k8s-namespace-pod-security-labels": [
        [
            _ns("fail-none"),
            _ns("fail-privileged", {f"{_PSA}enforce": "privileged"}),
            _ns("fail-no-version", {f"{_PSA}enforce": "restricted"}),
            _ns("fail-no-warning", {f"{_PSA}enforce": "baseline", f"{_PSA}enforce-version": "latest"}),
            _ns("pass-restricted", _ALL),
            _ns("amazon-guardduty", {f"{_PSA}enforce": "privileged"}),
            _ns("unknown-labels", UNKNOWN),
        ]
    ],
    "k8s-namespace-default-deny": [
        [
            _ns("fail-none"),
            _ns("fail-allows"),
            _policy("a", "fail-allows", podSelector={}, policyTypes=["Ingress"], ingress=[{}]),
            _ns("fail-some-pods"),
            _policy("b", "fail-some-pods", podSelector={"matchLabels": {"a": "b"}}, policyTypes=["Ingress"]),
            _ns("pass-denied"),
            _deny("c", "pass-denied", "Ingress"),
            _ns("pass-by-name"),
            _policy("d", "${pass-by-name.metadata.name}", podSelector={}),
            _ns("unknown-policy"),
            object_("networking.k8s.io/v1:NetworkPolicy", "e", "unknown-policy", spec=UNKNOWN),
            object_("v1:Namespace", "na-system", None, metadata={"name": "kube-system"}),
        ],
        [{"egress": True}, _ns("fail-ingress-alone"), _deny("a", "fail-ingress-alone", "Ingress")],
        [{"egress": True}, _ns("pass-both"), _deny("a", "pass-both", "Ingress", "Egress")],
    ],
    "k8s-namespace-resource-quota": [
        [
            _ns("fail-none"),
            _ns("fail-pods-alone"),
            object_("v1:ResourceQuota", "a", "fail-pods-alone", spec={"hard": {"pods": "10"}}),
            _ns("pass-quota"),
            object_(
                "v1:ResourceQuota", "b", "pass-quota", spec={"hard": {"requests.cpu": "1", "requests.memory": "1Gi"}}
            ),
            _ns("unknown-quota"),
            object_("v1:ResourceQuota", "c", "unknown-quota", spec=UNKNOWN),
        ]
    ],
    "k8s-namespace-limit-range": [
        [
            _ns("fail-none"),
            _ns("pass-range"),
            object_("v1:LimitRange", "b", "pass-range", spec={"limits": [{"type": "Container", "default": {}}]}),
            _ns("unknown-range"),
            object_("v1:LimitRange", "c", "unknown-range", spec=UNKNOWN),
        ]
    ],
    "k8s-default-deny-egress-allows-dns": [
        [_deny("fail-no-dns", "shop", "Egress")],
        [_deny("fail-udp-alone", "shop", "Egress"), _allow("dns", _DNS[0])],
        [_deny("fail-other-namespace", "shop", "Egress"), _allow("dns", *_DNS, ns="other")],
        [_deny("pass-dns", "shop", "Egress"), _allow("dns", *_DNS)],
        [_deny("pass-all-ports", "shop", "Egress"), _allow("dns")],
        [_deny("unknown-other", "shop", "Egress"), object_("networking.k8s.io/v1:NetworkPolicy", "x", spec=UNKNOWN)],
        [_deny("na-ingress", "shop", "Ingress")],
    ],
    "k8s-network-policy-not-allow-all": [
        [
            _policy("fail-everything", podSelector={}, ingress=[{}]),
            _policy("fail-block", podSelector={}, egress=[{"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}]),
            _policy(
                "pass-spared",
                podSelector={},
                egress=[{"to": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["169.254.169.254/32"]}}]}],
            ),
            _policy("pass-ports", podSelector={}, egress=[{"ports": [{"port": 443}]}]),
            _policy("pass-denied", podSelector={}),
            _policy("unknown-rules", podSelector={}, ingress=UNKNOWN),
        ]
    ],
}
