"""Gateways of AWS Load Balancer Controller, as objects that a stack file writes down.

Sources: AWS Load Balancer Controller 3.5, "Gateway API for Layer 7" and "LoadBalancerConfiguration"; Gateway API 1.5.
"""

from __future__ import annotations

from eks_blueprints.lifecycle.migrate.ingresses import NAMESPACE
from eks_blueprints.lifecycle.migrate.model import Data

GROUP = "gateway.networking.k8s.io"
_API = f"{GROUP}/v1"
_OF_AWS = "gateway.k8s.aws/v1"
_CLASS = "alb"
_CONTROLLER = "gateway.k8s.aws/alb"


def gateway_class() -> Data:
    """The class whose Gateways are Application Load Balancers."""
    return _object(_API, "GatewayClass", _CLASS, None, {"controllerName": _CONTROLLER})


def gateway_objects(gateway: str, fields: Data, *, https: bool) -> Data:
    """The objects of one Gateway, by their names in `manifests`, for what is said of an ingress-nginx.

    Args:
        gateway: Its name.
        fields: What is said of ingress-nginx.
        https: Whether there are hosts for which NGINX itself ends TLS.
    """
    arns = fields.get("certificate_arns")
    certificates = arns if isinstance(arns, list) else [arns] if arns else []
    listeners = [_listener("http", "HTTP", 80)]
    spec: Data = {
        "scheme": fields.get("scheme", "internal"),
        # Services in the cluster have no node ports, which is where targets are else.
        "defaultTargetGroupConfiguration": {"name": "pods"},
    }
    if certificates or https:
        listeners.append(_listener("https", "HTTPS", 443))
    if certificates:
        listener: Data = {"protocolPort": "HTTPS:443", "defaultCertificate": certificates[0]}
        if certificates[1:]:
            listener["certificates"] = certificates[1:]
        spec["listenerConfigurations"] = [listener]
    target = {"defaultConfiguration": {"targetType": "ip"}}
    parameters = {"group": _OF_AWS.partition("/")[0], "kind": "LoadBalancerConfiguration", "name": gateway}
    return {
        "pods": _object(_OF_AWS, "TargetGroupConfiguration", "pods", NAMESPACE, target),
        f"{gateway}-configuration": _object(_OF_AWS, "LoadBalancerConfiguration", gateway, NAMESPACE, spec),
        gateway: _object(
            _API,
            "Gateway",
            gateway,
            NAMESPACE,
            {
                "gatewayClassName": _CLASS,
                "infrastructure": {"parametersRef": parameters},
                "listeners": listeners,
            },
        ),
    }


def _object(version: str, kind: str, name: str, namespace: str | None, spec: Data) -> Data:
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}


def _listener(name: str, protocol: str, port: int) -> Data:
    return {"name": name, "protocol": protocol, "port": port, "allowedRoutes": {"namespaces": {"from": "All"}}}
