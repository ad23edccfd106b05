"""Cases of the rules about load balancers."""

from typing import Any

from tests.policies.build import UNKNOWN, aws, object_

_NLB = "service.beta.kubernetes.io/aws-load-balancer-attributes"
_ALB = "alb.ingress.kubernetes.io/load-balancer-attributes"


def _service(name: str, attributes: Any = None, kind: Any = "LoadBalancer") -> Any:
    notes = {} if attributes is None else {_NLB: attributes}
    return object_("v1:Service", name, spec={"type": kind}, metadata={"annotations": notes})


def _ingress(name: str, attributes: Any = None, of: Any = "alb") -> Any:
    notes = {} if attributes is None else {_ALB: attributes}
    metadata = {"annotations": notes}
    return object_("networking.k8s.io/v1:Ingress", name, metadata=metadata, spec={"ingressClassName": of})


def _balancer(name: str, **inputs: Any) -> Any:
    return aws("lb/loadBalancer:LoadBalancer", name, **inputs)


def _params(attribute: str) -> Any:
    spec = {"loadBalancerAttributes": [{"key": attribute, "value": "true"}]}
    return object_("elbv2.k8s.aws/v1beta1:IngressClassParams", "alb", None, spec=spec)


def _scenes(attribute: str, on: dict[str, Any]) -> list[list[Any]]:
    return [
        [
            _service("fail-unset"),
            _service("fail-off", f"{attribute}=false"),
            _service("pass-on", f"x=y, {attribute}=true"),
            _service("na-inside", kind="ClusterIP"),
            _service("unknown-kind", kind=UNKNOWN),
            _service("unknown-attributes", UNKNOWN),
            _ingress("fail-ingress"),
            _ingress("pass-ingress", f"{attribute}=true"),
            _ingress("na-nginx", of="nginx"),
            _balancer("fail-own"),
            _balancer("pass-own", **on),
            _balancer("unknown-own", **dict.fromkeys(on, UNKNOWN)),
        ],
        [_params(attribute), _ingress("pass-for-all"), _service("fail-service")],
    ]


CASES = {
    "load-balancer-access-logs": _scenes("access_logs.s3.enabled", {"accessLogs": {"enabled": True}}),
    "load-balancer-deletion-protection": _scenes("deletion_protection.enabled", {"enableDeletionProtection": True}),
}
