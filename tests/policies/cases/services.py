"""Cases of the rules about services and ingresses."""

from typing import Any

from tests.policies.build import UNKNOWN, chart, object_, workload

_NLB = "service.beta.kubernetes.io/aws-load-balancer-"
_ALB = "alb.ingress.kubernetes.io/"
_PUBLIC = {_NLB + "scheme": "internet-facing"}
_PUBLIC_ALB = {_ALB + "scheme": "internet-facing"}


def _service(name: str, kind: Any = "LoadBalancer", notes: Any = None, **spec: Any) -> Any:
    metadata = {"annotations": notes} if notes is not None else {}
    return object_("v1:Service", name, spec={"type": kind, **spec}, metadata=metadata)


def _ingress(
    name: str,
    notes: Any = None,
    *,
    host: Any = "shop.example.com",
    path: str = "/",
    service: str = "web",
    of: Any = "alb",
    **spec: Any,
) -> Any:
    metadata = {"annotations": notes} if notes is not None else {}
    rules = [{"host": host, "http": {"paths": [{"path": path, "backend": {"service": {"name": service}}}]}}]
    return object_(
        "networking.k8s.io/v1:Ingress", name, metadata=metadata, spec={"ingressClassName": of, "rules": rules, **spec}
    )


_WEB = {"ports": [{"port": 443, "name": "https"}]}
_DB = {"ports": [{"port": 5432}]}

CASES = {
    "k8s-load-balancer-scheme-explicit": [
        [
            _service("fail-unset"),
            _service("pass-internal", notes={_NLB + "scheme": "internal"}),
            _service("na-inside", "ClusterIP"),
            _service("unknown-notes", notes=UNKNOWN),
            _ingress("fail-ingress"),
            _ingress("pass-ingress", _PUBLIC_ALB),
            _ingress("na-nginx", of="nginx"),
        ]
    ],
    "k8s-load-balancer-source-ranges": [
        [
            _service("fail-db", notes=_PUBLIC, **_DB),
            _service("fail-open", notes=_PUBLIC, loadBalancerSourceRanges=["0.0.0.0/0"], **_DB),
            _service("pass-ranges", notes=_PUBLIC, loadBalancerSourceRanges=["198.51.100.0/24"], **_DB),
            _service("pass-web", notes=_PUBLIC, **_WEB),
            _service("na-internal", notes={}, **_DB),
            _service("unknown-ranges", notes=_PUBLIC, loadBalancerSourceRanges=UNKNOWN, **_DB),
        ]
    ],
    "k8s-load-balancer-controller-class": [
        [
            _service("fail-unset"),
            _service("pass-nlb", loadBalancerClass="service.k8s.aws/nlb"),
            _service("pass-annotation", notes={_NLB + "type": "external"}),
            _service("na-inside", "ClusterIP"),
            _service("unknown-class", loadBalancerClass=UNKNOWN),
        ]
    ],
    "k8s-load-balancer-tls": [
        [
            _service("fail-plain", notes=_PUBLIC, ports=[{"port": 80, "name": "http"}]),
            _service(
                "fail-old",
                notes={
                    **_PUBLIC,
                    _NLB + "ssl-cert": "arn",
                    _NLB + "ssl-negotiation-policy": "ELBSecurityPolicy-2016-08",
                },
            ),
            _service("pass-cert", notes={**_PUBLIC, _NLB + "ssl-cert": "${cert.arn}"}),
            _service("pass-passthrough", notes=_PUBLIC, **_WEB),
            _service("na-internal"),
            _service("unknown-notes", notes=UNKNOWN),
            _ingress("fail-ingress", _PUBLIC_ALB),
            _ingress("fail-no-redirect", {**_PUBLIC_ALB, _ALB + "listen-ports": '[{"HTTP": 80}, {"HTTPS": 443}]'}),
            _ingress("pass-ingress", {**_PUBLIC_ALB, _ALB + "certificate-arn": "arn"}),
            _ingress("pass-tls", _PUBLIC_ALB, tls=[{"hosts": ["shop.example.com"]}]),
        ]
    ],
    "k8s-ingress-class-and-host": [
        [
            _ingress("fail-class", of=None),
            _ingress("fail-host", host=None),
            _ingress("fail-wildcard", host="*.example.com"),
            _ingress("fail-default", defaultBackend={}),
            _ingress("pass-both"),
            _ingress("pass-class-of-old", {"kubernetes.io/ingress.class": "alb"}, of=None),
            _ingress("unknown-host", host=UNKNOWN),
        ]
    ],
    "k8s-ingress-host-path-unique": [
        [
            _ingress("fail-one"),
            _ingress("fail-two"),
            _ingress("pass-path", path="/api"),
            _ingress("pass-host", host="other.example.com"),
            _ingress("unknown-host", host=UNKNOWN),
        ],
        [
            _ingress("pass-first", {_ALB + "group.name": "g", _ALB + "group.order": "1"}),
            _ingress("pass-second", {_ALB + "group.name": "g", _ALB + "group.order": "2"}),
        ],
    ],
    "k8s-ingress-nginx-snippets": [
        [
            _ingress("fail-snippet", {"nginx.ingress.kubernetes.io/server-snippet": "x"}),
            _ingress("fail-snippet-of-f5", {"nginx.org/location-snippets": "x"}),
            object_("v1:ConfigMap", "fail-allowed", data={"allow-snippet-annotations": "true"}),
            object_("v1:ConfigMap", "pass-forbidden", data={"allow-snippet-annotations": "false"}),
            object_("v1:ConfigMap", "pass-other", data={"mode": "true"}),
            _ingress("fail-lua", {"nginx.ingress.kubernetes.io/rewrite-target": "/ { content_by_lua }"}),
            _ingress("pass-plain", {"nginx.ingress.kubernetes.io/rewrite-target": "/$1"}),
            _ingress("unknown-notes", UNKNOWN),
        ]
    ],
    "k8s-ingress-nginx-retired": [
        [
            _ingress("fail-class", of="nginx"),
            _ingress("fail-annotation", {"kubernetes.io/ingress.class": "nginx"}, of=None),
            _ingress("pass-alb"),
            _ingress("unknown-class", of=UNKNOWN),
            chart("fail-chart", "ingress-nginx"),
            chart("pass-chart", "aws-load-balancer-controller"),
            workload("fail-image", c={"image": "registry.k8s.io/ingress-nginx/controller:v1.12"}),
            workload("fail-daemon", "DaemonSet", c={"image": "registry.k8s.io/ingress-nginx/controller:v1.12"}),
        ]
    ],
    "k8s-no-service-external-ips": [
        [
            _service("fail-set", externalIPs=["198.51.100.1"]),
            _service("pass-unset"),
            _service("unknown-list", externalIPs=UNKNOWN),
        ]
    ],
    "k8s-no-node-port": [
        [
            _service("fail-port", "NodePort"),
            _service("pass-inside", "ClusterIP"),
            _service("pass-for-alb", "NodePort"),
            _ingress("a", service="pass-for-alb"),
            _service("fail-ip-targets", "NodePort"),
            _ingress("b", {_ALB + "target-type": "ip"}, service="fail-ip-targets"),
            _service("unknown-type", UNKNOWN),
        ]
    ],
    "k8s-service-selects-workload": [
        [
            workload("app", c={"ports": [{"name": "http", "containerPort": 80}]}),
            _service("fail-typo", selector={"app": "ap"}),
            _service("fail-port", selector={"app": "app"}, ports=[{"port": 80, "targetPort": "web"}]),
            _service("pass-found", selector={"app": "app"}, ports=[{"port": 80, "targetPort": "http"}]),
            _service("fail-number", selector={"app": "app"}, ports=[{"port": 80, "targetPort": 8080}]),
            _service("fail-no-target", selector={"app": "app"}, ports=[{"port": 8080}]),
            _service("pass-number", selector={"app": "app"}, ports=[{"port": 8080, "targetPort": 80}]),
            _service("pass-no-target", selector={"app": "app"}, ports=[{"port": 80}]),
            _service("pass-headless", selector={"app": "app"}, ports=[{"port": 8080}], clusterIP="None"),
            workload("undeclared"),
            _service("pass-undeclared", selector={"app": "undeclared"}, ports=[{"port": 8080}]),
            _service("pass-one-pod", selector={"app": "app", "statefulset.kubernetes.io/pod-name": "app-0"}),
            _service("na-no-selector"),
            _service("unknown-selector", selector=UNKNOWN),
        ],
        [
            workload("app"),
            object_("postgresql.cnpg.io/v1:Cluster", "db"),
            _service("na-of-an-operator", selector={"cnpg.io/cluster": "db"}),
        ],
        [
            workload("app"),
            chart("redis", "redis", ns="shop"),
            _service("na-of-a-chart", selector={"app": "redis"}),
        ],
    ],
    "k8s-no-dashboard-or-tiller": [
        [
            workload("fail-tiller", c={"image": "gcr.io/kubernetes-helm/tiller:v2.16"}),
            workload("fail-tiller-pod", "Pod", c={"image": "docker.io/helm-tiller@sha256:0"}),
            workload("pass-distiller", c={"image": "shop/distiller:1.2"}),
            workload("pass-app"),
            object_("v1:Service", "fail-service", metadata={"name": "tiller-deploy"}, spec={}),
            object_(
                "v1:Service", "fail-open", metadata={"name": "kubernetes-dashboard"}, spec={"type": "LoadBalancer"}
            ),
            object_("v1:Service", "pass-inside", metadata={"name": "kubernetes-dashboard"}, spec={"type": "ClusterIP"}),
            object_("v1:Service", "unknown-type", metadata={"name": "kubernetes-dashboard"}, spec={"type": UNKNOWN}),
            workload("fail-admin", c={"image": "kubernetesui/dashboard:v2"}, p={"serviceAccountName": "dash"}),
            object_(
                "rbac.authorization.k8s.io/v1:ClusterRoleBinding",
                "b",
                None,
                roleRef={"name": "cluster-admin"},
                subjects=[{"kind": "ServiceAccount", "name": "dash", "namespace": "shop"}],
            ),
        ]
    ],
}
