"""Ingresses, and the controllers behind them."""

from __future__ import annotations

import re
from typing import Any

from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.installed import charts, named
from eks_blueprints.policies.objects import CONFIG_MAP, DAEMON_SET, DEPLOYMENT, INGRESS, containers_of
from eks_blueprints.policies.platform import APPLICATION, CHART, FLUX_RELEASE, RELEASE
from eks_blueprints.policies.props import Faults, Props, Undetermined
from eks_blueprints.policies.stack import Resource

_ALB = "alb.ingress.kubernetes.io/"
_CLASS = "kubernetes.io/ingress.class"
"""The annotation that names the class of an older ingress; controllers still follow it."""
_ALLOWS = "allow-snippet-annotations"
_NGINX = ("nginx.ingress.kubernetes.io/", "nginx.org/")
"""Annotations for the controllers of Kubernetes and of F5."""
_INJECTION = re.compile(r"_by_lua|\blua_|\balias\s|\broot\s|proxy_pass|load_module|serviceaccount")


@rule("k8s-ingress-class-and-host", INGRESS, severity="medium", enforcement="advisory", wave=3)
def class_and_host(ingress: Props) -> Faults:
    """An Ingress sets its class and hosts."""
    if not ingress.has("spec", "ingressClassName") and not ingress.has("metadata", "annotations", _CLASS):
        yield ingress.fault("names no class", "spec", "ingressClassName")
    if ingress.has("spec", "defaultBackend"):
        yield ingress.fault("accepts requests that match no other rule", "spec", "defaultBackend")
    for each in ingress.items("spec", "rules"):
        host = each.get("host")
        if host is None:
            yield each.fault("accepts every host", "host")
        elif "*" in host:
            yield each.fault("accepts more than one host", "host", got=host)


@rule("k8s-ingress-host-path-unique", INGRESS, severity="medium", enforcement="mandatory", wave=2, across=True)
def unique_hosts(ingress: Props, context: Context) -> Faults:
    """A host and path are used by only one Ingress."""
    own = _routes(context.resource)
    for other in context.stack.of(INGRESS):
        if other is context.resource or (_order(other) != _order(context.resource) and _group(other)):
            continue
        if shared := sorted(own & _known_routes(other)):
            yield ingress.fault(f"is claimed by {other.name} too", "spec", "rules", got=list(shared[0]))


@rule("k8s-ingress-nginx-snippets", INGRESS, CONFIG_MAP, severity="high", enforcement="mandatory", wave=1, patches=True)
def no_snippets(subject: Props, context: Context) -> Faults:
    """An Ingress has no nginx configuration snippets.

    No annotation for it is a snippet, or holds lua, alias, root or proxy_pass; no ConfigMap of the controller allows
    snippets.
    """
    if context.resource.type == CONFIG_MAP:
        if subject.get("data", _ALLOWS) == "true":
            yield subject.fault(
                "lets every ingress put text into the configuration of nginx", "data", _ALLOWS, got="true"
            )
        return
    for key, value in subject.pairs("metadata", "annotations"):
        if not key.startswith(_NGINX):
            continue
        if key.endswith(("-snippet", "-snippets")):
            yield value.fault("puts text into the configuration of nginx", got=key)
        elif _INJECTION.search(str(value.get())):
            yield value.fault("puts text into the configuration of nginx", got=value.get())


@rule(
    "k8s-ingress-nginx-retired",
    INGRESS,
    RELEASE,
    CHART,
    APPLICATION,
    FLUX_RELEASE,
    DEPLOYMENT,
    DAEMON_SET,
    severity="high",
    enforcement="advisory",
    production="mandatory",
    wave=2,
    across=True,
)
def nginx_retired(subject: Props, context: Context) -> Faults:
    """The retired ingress-nginx controller is not used."""
    resource = context.resource
    if resource.type == INGRESS:
        if "nginx" in (subject.get("spec", "ingressClassName"), subject.get("metadata", "annotations", _CLASS)):
            yield subject.fault("relies on a controller that is retired", "spec", "ingressClassName", got="nginx")
    elif resource.type in (DEPLOYMENT, DAEMON_SET):
        for image in _images(resource):
            if "ingress-nginx/controller" in image:
                yield subject.fault(
                    "is a controller that is retired", "spec", "template", "spec", "containers", got=image
                )
    else:
        named(resource)
        for chart in charts(context.stack, "ingress-nginx"):
            if chart.resource is resource:
                yield subject.fault("is a controller that is retired", "chart", got="ingress-nginx")


def _routes(ingress: Resource) -> set[tuple[str, str, str]]:
    props = ingress.props
    name = str(props.text("spec", "ingressClassName"))
    found = set()
    for each in props.items("spec", "rules"):
        for path in each.items("http", "paths"):
            found.add((name, each.text("host") or "*", path.text("path") or "/"))
    return found


def _known_routes(ingress: Resource) -> set[tuple[str, str, str]]:
    try:
        return _routes(ingress)
    except Undetermined:
        return set()  # That ingress is undetermined itself.


def _group(ingress: Resource) -> Any:
    return ingress.props.raw("metadata", "annotations", _ALB + "group.name")


def _order(ingress: Resource) -> Any:
    return ingress.props.raw("metadata", "annotations", _ALB + "group.order")


def _images(workload: Resource) -> list[str]:
    return [container.text("image") or "" for container in containers_of(workload)]
