"""Cases of the rules about what objects refer to."""

from typing import Any

from tests.policies.build import UNKNOWN, aws, chart, cluster, ids, object_, subnet, workload

_PORTS = {"ports": [{"name": "http", "containerPort": 8080}]}


def _service(name: str, *ports: dict[str, Any]) -> Any:
    return object_("v1:Service", name, spec={"selector": {"app": name}, "ports": list(ports)})


def _ingress(name: str, service: Any, port: Any = None, notes: Any = None) -> Any:
    backend = {"service": {"name": service, **({"port": port} if port else {})}}
    spec = {"rules": [{"http": {"paths": [{"path": "/", "backend": backend}]}}]}
    return object_("networking.k8s.io/v1:Ingress", name, spec=spec, metadata={"annotations": notes or {}})


def _policy(name: str, **spec: Any) -> Any:
    return object_("networking.k8s.io/v1:NetworkPolicy", name, spec=spec)


def _as(name: str, account: Any, ns: str = "shop") -> Any:
    return workload(name, p={"serviceAccountName": account}, ns=ns)


def _probe(name: str, port: Any, kind: str = "httpGet") -> Any:
    return workload(name, c={**_PORTS, "readinessProbe": {kind: {"port": port}}})


def _env(name: str, *names: Any) -> Any:
    return workload(name, c={"env": [{"name": each, "value": "x"} for each in names]})


def _says(name: str, value: Any) -> Any:
    return workload(name, c={"env": [{"name": "BACKEND", "value": value}]})


_NETWORK = (
    aws("ec2/vpc:Vpc", "net", cidrBlock="10.0.0.0/16"),
    subnet("private", vpcId="${net.id}", cidrBlock="10.0.0.0/20"),
    cluster(vpcConfig={"subnetIds": ids("private")}),
)
_RBAC = "rbac.authorization.k8s.io/v1:"
_MAKES = {"apiGroups": [""], "resources": ["pods"], "verbs": ["create"]}

CASES = {
    "k8s-ingress-backend-exists": [
        [
            _service("web", {"name": "http", "port": 80}),
            _ingress("fail-typo", "wbe"),
            _ingress("fail-number", "web", {"number": 8080}),
            _ingress("fail-name", "web", {"name": "https"}),
            _ingress("pass-number", "web", {"number": 80}),
            _ingress("pass-name", "web", {"name": "http"}),
            _ingress("pass-symbol", "${web.metadata.name}"),
            _ingress("pass-action", "redirect", notes={"alb.ingress.kubernetes.io/actions.redirect": "{}"}),
            _ingress("unknown-service", UNKNOWN),
        ],
        [_ingress("na-no-services", "web")],
        [_service("web"), chart("other", "other", ns="shop"), _ingress("na-of-a-chart", "other")],
    ],
    "k8s-network-policy-selects-pods": [
        [
            workload("app"),
            _policy("fail-typo", podSelector={"matchLabels": {"app": "ap"}}),
            _policy("pass-found", podSelector={"matchLabels": {"app": "app"}}),
            _policy("pass-all", podSelector={}),
            _policy("unknown-selector", podSelector=UNKNOWN),
        ],
        [
            workload("operator", p={"serviceAccountName": "operator"}),
            object_(f"{_RBAC}ClusterRole", "makes", None, rules=[_MAKES]),
            object_(
                f"{_RBAC}ClusterRoleBinding",
                "makes",
                None,
                roleRef={"kind": "ClusterRole", "name": "makes"},
                subjects=[{"kind": "ServiceAccount", "name": "operator", "namespace": "shop"}],
            ),
            _policy("na-of-an-operator", podSelector={"matchLabels": {"made": "later"}}),
        ],
        [
            workload("reader"),
            object_(f"{_RBAC}ClusterRole", "reads", None, rules=[{**_MAKES, "verbs": ["list"]}]),
            object_(
                f"{_RBAC}ClusterRoleBinding",
                "reads",
                None,
                roleRef={"kind": "ClusterRole", "name": "reads"},
                subjects=[{"kind": "ServiceAccount", "name": "reader", "namespace": "shop"}],
            ),
            _policy("fail-though-it-reads", podSelector={"matchLabels": {"made": "later"}}),
        ],
        [_policy("na-no-pods", podSelector={"matchLabels": {"app": "ap"}})],
    ],
    "k8s-service-account-exists": [
        [
            object_("v1:Namespace", "shop", None),
            object_("v1:ServiceAccount", "app"),
            _as("fail-typo", "ap"),
            _as("pass-found", "app"),
            _as("pass-symbol", "${app.metadata.name}"),
            _as("na-default", "default"),
            _as("na-elsewhere", "ap", ns="other"),
            _as("unknown-account", UNKNOWN),
        ],
        [object_("v1:Namespace", "shop", None), chart("it", "it", ns="shop"), _as("na-of-a-chart", "it")],
    ],
    "k8s-probe-port-exists": [
        [
            _probe("fail-typo", "htp"),
            _probe("fail-socket", "https", "tcpSocket"),
            _probe("pass-name", "http"),
            _probe("pass-number", 9090),
            _probe("pass-number-as-text", "9090"),
            workload("pass-none"),
            _probe("unknown-port", UNKNOWN),
        ]
    ],
    "k8s-env-names-unique": [
        [
            _env("fail-twice", "A", "B", "A"),
            _env("pass-once", "A", "a"),
            workload("pass-none"),
            workload("unknown-env", c={"env": UNKNOWN}),
        ]
    ],
    "k8s-no-pod-addresses": [
        [
            *_NETWORK,
            _says("fail-variable", "http://10.0.12.13:80/ready"),
            workload("fail-argument", c={"args": ["--peer", "10.0.1.7"]}),
            object_("v1:ConfigMap", "fail-entry", data={"nginx.conf": "upstream b { server 10.0.200.4:8080; }"}),
            _says("pass-service", "http://backend.shop.svc"),
            _says("pass-elsewhere", "http://192.168.12.13"),
            _says("pass-range", "10.0.0.0/16,10.0.64.0/18"),
            _says("pass-resolver", "10.0.0.2"),
            _says("pass-version", "v10.0.1.2"),
            _says("pass-no-address", "10.0.1.2.3 10.0.1.400"),
            _says("pass-unknown", UNKNOWN),
        ],
        [_says("na-no-network", "http://10.0.12.13")],
    ],
}
