"""ingress-nginx to the Gateway API: a Gateway beside, routes beside Ingresses, DNS, then the Ingresses and NGINX go.

Kubernetes retired ingress-nginx in March 2026 (Kubernetes blog, "Ingress NGINX Retirement", 2025-11-11; README of
github.com/kubernetes/ingress-nginx). The Gateway is served by AWS Load Balancer Controller, which ingress-nginx stands
on here anyway. Sources: AWS Load Balancer Controller 3.5, "Gateway API"; Gateway API 1.5; ExternalDNS, "Annotations",
and `plan/conflict.go` (a record keeps its target while two objects name its host).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from eks_blueprints.core.errors import Problem
from eks_blueprints.lifecycle.migrate import ingresses
from eks_blueprints.lifecycle.migrate.data import elements, inside, nothing, slug, without
from eks_blueprints.lifecycle.migrate.gateway_objects import GROUP, gateway_class, gateway_objects
from eks_blueprints.lifecycle.migrate.ingresses import NAMESPACE, Exposed, Gateways
from eks_blueprints.lifecycle.migrate.model import Command, Data, Given, Migration, Phase, Way

_OBJECTS = "gateways"
"""The add-on of the Gateways' objects."""
_BALANCERS = "aws_load_balancer_controller"
_SOURCE = "gateway-httproute"
_DEFAULT_SOURCES = ["service", "ingress"]
_FIRST = 3
"""Since which major version AWS Load Balancer Controller serves Gateways for production."""


def _controllers(data: Data) -> dict[str, Data]:
    return elements(data, "addons", "ingress_nginx")


def _gateways(data: Data) -> Gateways:
    """The Gateway for each class of ingress-nginx, named by who reaches it."""
    found: Gateways = {}
    for fields in _controllers(data).values():
        name = "public" if fields.get("scheme") == "internet-facing" else "internal"
        found[str(fields.get("ingress_class", "nginx"))] = slug(name, found.values())
    return found


def _default(data: Data) -> str | None:
    """The class of Ingresses that name none."""
    classes = (str(each.get("ingress_class", "nginx")) for each in _controllers(data).values() if _is_default(each))
    return next(classes, None)


def _is_default(fields: Data) -> bool:
    return fields.get("default_ingress_class") is True


def _exposed(data: Data) -> list[Exposed]:
    return ingresses.exposed(data, _gateways(data), _default(data))


def _has_crds(data: Data) -> bool:
    if elements(data, "addons", "gateway_api"):
        return True
    if any(fields.get("gateway_api") is not False for fields in elements(data, "addons", "linkerd").values()):
        return True
    return f"httproutes.{GROUP}" in str(elements(data, "addons", "manifests"))


def _has_tls(data: Data) -> bool:
    """Whether something answers to https: NGINX, or the load balancer in front of it."""
    return any(each.has_tls for each in _exposed(data)) or any(
        fields.get("certificate_arns") for fields in _controllers(data).values()
    )


def _crds(data: Data) -> Data:
    if _controllers(data) and not _has_crds(data):
        inside(data, "addons")["gateway_api"] = {}
    return data


def _beside(data: Data) -> Data:
    """A Gateway for each controller: as open as it, with its certificates."""
    made = (elements(data, "addons", "manifests").get(_OBJECTS) or {}).get("manifests") or {}
    wanted: Data = {}
    https = any(each.has_tls for each in _exposed(data))
    for fields in _controllers(data).values():
        gateway = _gateways(data)[str(fields.get("ingress_class", "nginx"))]
        wanted |= {key: each for key, each in gateway_objects(gateway, fields, https=https).items() if key not in made}
    if not wanted:
        return data
    if not made:
        wanted = {"class": gateway_class(), **wanted}
        inside(data, "addons")[_OBJECTS] = {"kind": "manifests", "manifests": {}}
        if NAMESPACE not in (data.get("namespaces") or {}):
            inside(data, "namespaces")[NAMESPACE] = {}
    inside(data, "addons", _OBJECTS, "manifests").update(wanted)
    return data


def _routes(data: Data) -> Data:
    """A route beside each Ingress, and ExternalDNS that looks at routes too."""
    for each in _exposed(data):
        if each.routed or each.route is None:
            continue
        above = _at(data, each.path if each.field else each.path[:-1])
        above["http_route" if each.field else each.key] = each.route
    for name, fields in elements(data, "addons", "external_dns").items() if _controllers(data) else ():
        sources = fields.get("sources") or list(_DEFAULT_SOURCES)
        if _SOURCE not in sources:
            inside(data, "addons", name)["sources"] = [*sources, _SOURCE]
    return data


def _moved(data: Data) -> Data:
    """ExternalDNS leaves the Ingresses alone that have a route."""
    if elements(data, "addons", "external_dns"):
        for each in _exposed(data):
            if each.routed and not ingresses.ignored_by_dns(each):
                ingresses.ignore_by_dns(each)
    return data


def _without_ingresses(data: Data) -> Data:
    for each in _exposed(data):
        if each.routed:
            path = (*each.path, each.field) if each.field else each.path
            del _at(data, path[:-1])[str(path[-1])]
    return data


def _without_controllers(data: Data) -> Data:
    names = list(_controllers(data))
    return without(data, "addons", *names) if names else data


def _at(data: Data, path: Any) -> Data:
    for key in path:
        data = data[key]
    return data


def _in_the_way(data: Data) -> list[Problem]:
    """What needs ingress-nginx still."""
    found = [
        Problem((*each.path, *([each.field] if each.field else [])), "is served by it still: write its route first")
        for each in _exposed(data)
    ]
    return [*found, *ingresses.elsewhere(data, _gateways(data))]


def _too_old(data: Data) -> list[Problem]:
    """A release of the controller that does not serve Gateways."""
    do = f"upgrade it to {_FIRST}.0 or newer first"
    return [
        Problem(("addons", name, "version"), f"serves no Gateways for production; got {fields['version']}; {do}")
        for name, fields in elements(data, "addons", _BALANCERS).items()
        if "version" in fields and int(str(fields["version"]).removeprefix("v").partition(".")[0] or 0) < _FIRST
    ]


def way(data: Data, _given: Given) -> Way:
    """The phases for a platform."""
    controllers = _controllers(data)
    if not controllers:
        if elements(data, "addons", "gateway_api") or any(
            "http_route" in each for _, each in ingresses.workloads(data)
        ):
            return Way(tuple(_phases(data)), (), finished=True)
        raise nothing(("addons",), "has no ingress_nginx; got none; nothing to move")
    if not elements(data, "addons", _BALANCERS):
        do = "add aws_load_balancer_controller, or write Ingresses of Auto Mode's own class by hand"
        raise nothing(("addons",), f"has no {_BALANCERS}, which serves the Gateway; got none; {do}")
    there = (data.get("addons") or {}).get(_OBJECTS)
    if there is not None and _OBJECTS not in elements(data, "addons", "manifests"):
        do = "give it another name"
        raise nothing(("addons", _OBJECTS), f"is the name of the Gateways' objects; got another add-on; {do}")
    return Way(tuple(_phases(data)), tuple(_stays(data)))


def _phases(data: Data) -> list[Phase]:
    names = ", ".join(dict.fromkeys(_gateways(data).values())) or "none"
    scheme, port = ("https", 443) if _has_tls(data) else ("http", 80)
    answers = Command(
        f"curl --connect-to HOST:{port}:ADDRESS:{port} {scheme}://HOST/",
        "with the ADDRESS that kubectl get gateway -A prints: the answer that HOST gives today",
    )
    quiet = Command(
        "kubectl logs -n ingress-nginx -l app.kubernetes.io/name=ingress-nginx --since=1h",
        "no requests: clients keep an address for as long as the record's TTL, and some for longer",
    )
    attached = Command(
        "kubectl get httproute -A -o custom-columns=NAME:.metadata.name,"
        "ACCEPTED:.status.parents[*].conditions[?(@.type=='Accepted')].status",
        "True for each route",
    )
    return [
        Phase(
            "crds",
            "install the CRDs of the Gateway API",
            "ingress-nginx gets no fixes since March 2026, when Kubernetes retired it; nothing changes for it here",
            _crds,
            (Command("kubectl get crd gateways.gateway.networking.k8s.io", "not found, or of the channel standard"),),
            (
                Command(
                    "kubectl rollout restart deployment aws-load-balancer-controller -n kube-system",
                    "it looks for these CRDs when it starts",
                ),
            ),
        ),
        Phase(
            "gateway",
            f"make a Gateway beside each controller: {names}",
            "each is an Application Load Balancer, with the scheme and the certificate of the Network Load Balancer "
            "in front of NGINX. Both cost until NGINX goes. Certificates are those of ACM: Secrets are not read",
            _beside,
            (Command("kubectl get deployment aws-load-balancer-controller -n kube-system", "all replicas ready"),),
            (Command("kubectl get gateway -A", f"{names}: PROGRAMMED True, with an ADDRESS"),),
            stopped_by=_too_old,
        ),
        Phase(
            "routes",
            "write a route beside each Ingress",
            "both lead to the same Services. ExternalDNS sees both, and a record keeps the target that it has as long "
            "as one of them names it: no traffic moves",
            _routes,
            (),
            (attached, answers),
        ),
        Phase(
            "traffic",
            "have ExternalDNS follow the routes alone",
            "records change to the new load balancers; NGINX goes on serving who has the old address. Where records "
            "are kept by hand, change them now, by weights if need be. Back: revert it",
            _moved,
            (attached, answers),
            (Command("dig +short HOST", "the addresses of the new load balancer"), quiet),
        ),
        Phase(
            "ingresses",
            "take the Ingresses out that have a route",
            "Services and pods stay",
            _without_ingresses,
            (quiet,),
            (Command("kubectl get ingress -A", "none of the class that goes"),),
        ),
        Phase(
            "remove",
            "take ingress-nginx out",
            "its Network Load Balancer goes with it",
            _without_controllers,
            (Command("kubectl get ingress -A", "none of its classes, also of charts and of others"),),
            stopped_by=_in_the_way,
        ),
    ]


def _stays(data: Data) -> Iterator[Problem]:
    for each in _exposed(data):
        yield from each.problems
    yield from ingresses.elsewhere(data, _gateways(data))
    for name, fields in _controllers(data).items():
        for setting in fields.get("config") or ():
            yield Problem(
                ("addons", name, "config", setting), "is a setting of NGINX: look what a load balancer does instead"
            )
        for key in ("tcp", "udp"):
            if (fields.get("values") or {}).get(key):
                yield Problem(
                    ("addons", name, "values", key), "is no HTTP: give the workload service: {type: LoadBalancer}"
                )


MIGRATION = Migration(
    "ingress-nginx-to-gateway-api",
    "ingress-nginx to the Gateway API",
    "A Gateway of AWS Load Balancer Controller, routes beside Ingresses, DNS, then the Ingresses and NGINX go.",
    way,
)
