"""Ingresses of a class in a stack file, of workloads and among the objects that it writes down, and their routes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from eks_blueprints.core.errors import Path, Problem
from eks_blueprints.lifecycle.migrate.data import elements, parts
from eks_blueprints.lifecycle.migrate.ingress_annotations import CLASS, aliases, concerning
from eks_blueprints.lifecycle.migrate.model import Data

NAMESPACE = "gateways"
"""Of Gateways, which routes of all namespaces may use."""
_DNS = "external-dns.alpha.kubernetes.io/"
_IGNORED = f"{_DNS}controller"
"""With a value of its own ExternalDNS leaves an object alone."""
_LISTENED = "aws-load-balancer"
_CHART_KEYS = ("ingressClassName", "ingressClass", "className", "ingress_class", CLASS)
Gateways = dict[str, str]
"""The Gateway for each class."""


@dataclass(frozen=True, slots=True)
class Exposed:
    """One Ingress of the file."""

    path: Path
    """Where what has it stands: a workload, or an object."""
    field: str
    """`ingress` of a workload; empty for an object."""
    data: Data
    """What is said of it."""
    route: Data | None
    """Its route; None where people have to write it."""
    problems: tuple[Problem, ...]
    """What its route does not do, or why it is not made."""
    routed: bool
    """Whether the file has a route beside it."""

    @property
    def key(self) -> str:
        """Under which the route of an object stands."""
        return f"{self.path[-1]}-route"

    @property
    def has_tls(self) -> bool:
        """Whether requests reach it by HTTPS that ingress-nginx itself ends."""
        spec = self.data.get("spec")
        return isinstance(spec, dict) and bool(spec.get("tls"))

    @property
    def annotations(self) -> tuple[str, ...]:
        """Where its annotations stand, below `path`."""
        return (self.field, "annotations") if self.field else ("metadata", "annotations")


def workloads(data: Data) -> Iterator[tuple[Path, Data]]:
    """Every workload, also those of teams."""
    homes: list[Path] = [("workloads",), *(("teams", name, "workloads") for name in data.get("teams") or {})]
    for home in homes:
        found: Any = data
        for key in home:
            found = found.get(key) if isinstance(found, dict) else None
        for name, fields in found.items() if isinstance(found, dict) else ():
            if isinstance(fields, dict):
                yield (*home, name), fields


def objects(data: Data) -> Iterator[tuple[Path, Data, Data]]:
    """Every Ingress among the objects of `manifests`, also those of teams, with the objects beside it."""
    homes: list[tuple[Path, Any]] = [
        (("addons", name, "manifests"), fields.get("manifests"))
        for name, fields in elements(data, "addons", "manifests").items()
    ]
    for name, team in (data.get("teams") or {}).items():
        homes.append((("teams", name, "manifests"), team.get("manifests") if isinstance(team, dict) else None))
    for home, beside in homes:
        for key, manifest in list(beside.items()) if isinstance(beside, dict) else ():
            if isinstance(manifest, dict) and manifest.get("kind") == "Ingress":
                yield (*home, key), manifest, beside


def exposed(data: Data, gateways: Gateways, default: str | None = None) -> list[Exposed]:
    """The Ingresses of some classes; `default` is the class of those that name none."""
    found = []
    for path, fields in workloads(data):
        said = fields.get("ingress")
        if isinstance(said, dict) and said.get("ingress_class", "alb") in gateways:
            found.append(_of_workload(path, fields, said, gateways[said["ingress_class"]]))
    for path, manifest, beside in objects(data):
        if (name := _class(manifest) or default) in gateways:
            found.append(_of_object(path, manifest, beside, gateways[str(name)]))
    return found


def elsewhere(data: Data, gateways: Gateways) -> list[Problem]:
    """Other places that name the classes, such as values of charts; but for what is said of the class itself."""
    known = {each.path for each in exposed(data, gateways)}
    own = {("addons", name) for name in elements(data, "addons", "ingress_nginx")}
    do = "let the chart make an HTTPRoute, or write one into manifests, and take its Ingress out"
    return [
        Problem(path, f"makes an Ingress of a class that goes; got {value}; {do}")
        for path, value in parts(data)
        if path
        and path[-1] in _CHART_KEYS
        and value in gateways
        and path[:2] not in own
        and not any(path[: len(each)] == each for each in known)
    ]


def _class(manifest: Data) -> str | None:
    spec, annotations = manifest.get("spec") or {}, (manifest.get("metadata") or {}).get("annotations") or {}
    return spec.get("ingressClassName") or annotations.get(CLASS)


def _of_workload(path: Path, fields: Data, said: Data, gateway: str) -> Exposed:
    at = (*path, "ingress")
    problems, blocked = _judged(at, said.get("annotations"))
    for key in said.get("spec") or ():
        if key != "tls":
            blocked = True
            problems.append(Problem((*at, "spec", key), "is for people to take over: write http_route by hand"))
    if fields.get("rollout") is not None:
        blocked = True
        problems.append(
            Problem((*path, "rollout"), "splits traffic by its Ingress: write http_route and traffic by hand")
        )
    route: Data = {"gateway": gateway, "gateway_namespace": NAMESPACE}
    hosts = [*_list(said.get("hosts")), *aliases(said.get("annotations"))]
    route |= {"hosts": hosts} if hosts else {}
    route |= {key: said[key] for key in ("path", "port") if key in said}
    if said.get("path_type") == "Exact":
        route["path_type"] = "Exact"
    if kept := _kept(said.get("annotations")):
        route["annotations"] = kept
    return Exposed(
        path, "ingress", said, None if blocked else route, tuple(problems), fields.get("http_route") is not None
    )


def _of_object(path: Path, manifest: Data, beside: Data, gateway: str) -> Exposed:
    metadata, spec = manifest.get("metadata") or {}, manifest.get("spec") or {}
    problems, blocked = _judged((*path, "metadata"), metadata.get("annotations"))
    rules: list[Data] = []
    hosts: list[str] = []
    said = [each for each in spec.get("rules") or () if isinstance(each, dict)]
    alike = all(each.get("http") == said[0].get("http") for each in said)
    if spec.get("defaultBackend") or not said or not alike:
        blocked = True
        what = "has other paths for some hosts, or a default backend: write a route for each by hand"
        problems.append(Problem((*path, "spec"), what))
    for each in said[:1] if alike else ():
        for index, entry in enumerate((each.get("http") or {}).get("paths") or ()):
            service = (entry.get("backend") or {}).get("service") or {}
            port = (service.get("port") or {}).get("number")
            if port is None:
                blocked = True
                at = (*path, "spec", "rules", 0, "http", "paths", index, "backend")
                problems.append(Problem(at, "names its port, and a route needs the number: write it"))
                continue
            kind = "Exact" if entry.get("pathType") == "Exact" else "PathPrefix"
            match = {"path": {"type": kind, "value": entry.get("path", "/")}}
            rules.append({"matches": [match], "backendRefs": [{"name": service.get("name"), "port": port}]})
    hosts = [*(str(each["host"]) for each in said if each.get("host")), *aliases(metadata.get("annotations"))]
    named = {key: metadata[key] for key in ("name", "namespace", "labels") if key in metadata}
    kept = _kept(metadata.get("annotations"))
    route: Data = {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": {**named, **({"annotations": kept} if kept else {})},
        "spec": {
            "parentRefs": [{"name": gateway, "namespace": NAMESPACE}],
            **({"hostnames": list(dict.fromkeys(hosts))} if hosts else {}),
            "rules": rules,
        },
    }
    routed = f"{path[-1]}-route" in beside
    return Exposed(path, "", manifest, None if blocked else route, tuple(problems), routed)


def _judged(at: Path, annotations: Any) -> tuple[list[Problem], bool]:
    """What there is to say about annotations, and whether one of them keeps a route from being made."""
    found = list(concerning(annotations))
    told = [Problem((*at, "annotations", name), _told(each.do, made=each.alike)) for name, each in found]
    return told, not all(each.alike for _, each in found)


def _told(do: str, *, made: bool) -> str:
    return f"is not in the route: {do}" if made else f"keeps the route from being made: {do}"


def _kept(annotations: Any) -> Data:
    """Annotations for ExternalDNS, which reads them from a route too."""
    said = annotations.items() if isinstance(annotations, dict) else ()
    return {key: value for key, value in said if str(key).startswith(_DNS) and key != _IGNORED}


def ignored_by_dns(found: Exposed) -> bool:
    """Whether ExternalDNS leaves it alone."""
    said: Any = found.data if found.field else found.data.get("metadata") or {}
    return _IGNORED in (said.get("annotations") or {})


def ignore_by_dns(found: Exposed) -> None:
    """Have ExternalDNS leave it alone, so that its route alone says where its hosts lead."""
    said: Any = found.data if found.field else found.data.setdefault("metadata", {})
    annotations = said.get("annotations")
    if not isinstance(annotations, dict):
        annotations = said["annotations"] = {}
    annotations[_IGNORED] = "none"


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value] if value else []
