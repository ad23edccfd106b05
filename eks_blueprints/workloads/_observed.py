"""What makes the platform collect what a workload sends: annotations, variables, and objects beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from eks_blueprints.core.errors import Path, Problem, unknown_name
from eks_blueprints.core.refs import Ground
from eks_blueprints.core.telemetry import Telemetry
from eks_blueprints.observability.collected import lacking, reads_annotations, url
from eks_blueprints.workloads._container import port_of
from eks_blueprints.workloads._drawing import Drawing
from eks_blueprints.workloads._objects import drawing

if TYPE_CHECKING:
    from eks_blueprints.observability.observe_spec import Metrics, Observe
    from eks_blueprints.workloads.base import Workload

_OWN = ("observe",)
_INJECT = "instrumentation.opentelemetry.io/inject-"
"""Source: CloudWatch user guide, "Annotating workloads"; OpenTelemetry operator, "Injecting auto-instrumentation"."""
_PARSER = "fluentbit.io/parser"
_EXCLUDE = "fluentbit.io/exclude"
"""Source: Fluent Bit manual, "Kubernetes filter", annotations of pods."""
_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
"""Variables of OpenTelemetry's SDKs. Source: OpenTelemetry, "OTLP exporter configuration"."""
_TRACES_ALONE = {"OTEL_METRICS_EXPORTER": "none", "OTEL_LOGS_EXPORTER": "none"}


def asked(workload: Workload, ground: Ground) -> Observe | None:
    """What a workload sends: what it says itself, or what its team or the platform says for all."""
    return ground.observe if workload.observe is None else workload.observe


def mark(workload: Workload, found: Drawing, ground: Ground) -> None:
    """Add annotations of the pods, and variables of the main container, that nobody has set yet."""
    observe = asked(workload, ground)
    if observe is None:
        return
    telemetry, at = ground.telemetry or Telemetry(), workload.template_at
    marks: dict[str, tuple[str, Path]] = {}
    metrics = _metrics(workload, observe)
    if metrics is not None and telemetry.prometheus_home is None and reads_annotations(ground):
        number = port_of(workload.ports[_port(workload, metrics)])[0]
        said = {"scrape": "true", "port": str(number), "path": metrics.path}
        marks |= {f"prometheus.io/{word}": (value, (*_OWN, "metrics")) for word, value in said.items()}
    if isinstance(observe.traces, str) and telemetry.instrumented_by is not None:
        by = "true" if telemetry.instrumented_by == "cloudwatch" else workload.object_name_used
        marks[f"{_INJECT}{observe.traces}"] = (by, (*_OWN, "traces"))
    if observe.logs and observe.logs.exclude and telemetry.log_exclusion:
        marks[_EXCLUDE] = ("true", (*_OWN, "logs"))
    elif observe.logs and observe.logs.parser and telemetry.log_parsers and not _fargate(workload, ground):
        marks[_PARSER] = (observe.logs.parser, (*_OWN, "logs", "parser"))
    for name, (value, source) in marks.items():
        if name not in _at(found, (*at, "metadata", "annotations")):
            found.put((*at, "metadata", "annotations", name), value, source)
    if observe.traces is True:
        _tell(workload, found, telemetry)


def _tell(workload: Workload, found: Drawing, telemetry: Telemetry) -> None:
    """Tell the main container where traces go."""
    at = (*workload.template_at, "spec", "containers")
    containers: Any = found.manifest
    for key in at:
        containers = containers.get(key, {})
    index = next((i for i, each in enumerate(containers) if each.get("name") == workload.container_name_used), None)
    if index is None:
        return
    there = {each.get("name") for each in containers[index].get("env", ())}
    if there & {*_ENDPOINTS}:
        return
    for name, value in _variables(workload, telemetry).items():
        if name not in there:
            found.add((*at, index, "env"), {"name": name, "value": value}, (*_OWN, "traces"))


def _variables(workload: Workload, telemetry: Telemetry) -> dict[str, str]:
    own = {
        "OTEL_SERVICE_NAME": workload.object_name_used,
        "OTEL_RESOURCE_ATTRIBUTES": f"service.namespace={workload.namespace}",
    }
    if telemetry.otlp_url is not None:
        return {_ENDPOINTS[0]: telemetry.otlp_url, "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf", **own}
    if telemetry.traces_url is not None:
        protocol = {"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/protobuf"}
        return {_ENDPOINTS[1]: telemetry.traces_url, **protocol, **_TRACES_ALONE, **own}
    return {}


def objects(workload: Workload, ground: Ground) -> Iterator[Drawing]:
    """What is made beside the workload: a PodMonitor, an Instrumentation, a NetworkPolicy that lets both through."""
    observe = asked(workload, ground)
    if observe is None or ground.telemetry is None:
        return
    telemetry = ground.telemetry
    metrics = _metrics(workload, observe)
    if metrics is not None and telemetry.prometheus_home is not None:
        yield _monitor(workload, metrics, telemetry)
    if isinstance(observe.traces, str) and telemetry.instrumented_by == "operator" and url(telemetry):
        yield _instrumentation(workload, telemetry)
    yield from _let_through(workload, metrics, observe, telemetry)


def _monitor(workload: Workload, metrics: Metrics, telemetry: Telemetry) -> Drawing:
    source = (*_OWN, "metrics")
    found = drawing(workload, "pod-monitor", "monitoring.coreos.com/v1 PodMonitor", source)
    found.manifest["metadata"]["labels"] |= telemetry.monitor_labels
    found.put(("spec", "selector"), {"matchLabels": workload.selector_used}, ("selector",))
    every = {"interval": f"{metrics.interval_seconds}s"} if metrics.interval_seconds else {}
    entry = {"port": _port(workload, metrics), "path": metrics.path, **every}
    found.add(("spec", "podMetricsEndpoints"), entry, source)
    return found


def _instrumentation(workload: Workload, telemetry: Telemetry) -> Drawing:
    source = (*_OWN, "traces")
    found = drawing(workload, "instrumentation", "opentelemetry.io/v1alpha1 Instrumentation", source)
    endpoint = telemetry.otlp_url or str(telemetry.traces_url).removesuffix("/v1/traces")
    found.put(("spec", "exporter"), {"endpoint": endpoint}, source)
    found.put(("spec", "propagators"), ["tracecontext", "baggage", "xray"], source)
    env = {"OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"} | ({} if telemetry.otlp_url else _TRACES_ALONE)
    found.put(("spec", "env"), [{"name": name, "value": value} for name, value in env.items()], source)
    return found


def _let_through(
    workload: Workload, metrics: Metrics | None, observe: Observe, telemetry: Telemetry
) -> Iterator[Drawing]:
    """A policy that adds to those that close the pods; where nothing closes them it would do so itself."""
    own, closed = workload.network_policy, workload.namespace in telemetry.closed
    rules: dict[str, list[Any]] = {}
    if metrics is not None and telemetry.prometheus_home and (closed or (own and own.ingress is not None)):
        port = [{"port": _port(workload, metrics)}]
        rules["ingress"] = [{"from": [_namespace(telemetry.prometheus_home)], "ports": port}]
    where = urlsplit(url(telemetry) or "")
    if observe.traces and where.port and (closed or (own and own.egress is not None)):
        port_there = [{"port": where.port}]
        rules["egress"] = [{"to": [_namespace(str(where.hostname).split(".")[1])], "ports": port_there}]
    if rules:
        name = f"{workload.object_name_used}-telemetry"
        found = drawing(workload, "telemetry-policy", "networking.k8s.io/v1 NetworkPolicy", _OWN, name)
        found.put(("spec", "podSelector"), {"matchLabels": workload.selector_used}, ("selector",))
        found.put(("spec", "policyTypes"), [word.capitalize() for word in rules], _OWN)
        for word, rule in rules.items():
            found.put(("spec", word), rule, _OWN)
        yield found


def _namespace(name: str) -> dict[str, Any]:
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}}


def _metrics(workload: Workload, observe: Observe) -> Metrics | None:
    """Where metrics are read from; what is said for all holds for those alone that have such a port."""
    metrics = observe.metrics
    if metrics is None or not workload.ports or (metrics.port is not None and metrics.port not in workload.ports):
        return None
    return metrics


def _port(workload: Workload, metrics: Metrics) -> str:
    return metrics.port or next(iter(workload.ports))


def _at(found: Drawing, at: Path) -> Mapping[str, Any]:
    inside: Any = found.manifest
    for key in at:
        inside = inside.get(key) or {}
    return inside if isinstance(inside, Mapping) else {}


def _fargate(workload: Workload, ground: Ground) -> bool:
    where = (ground.places or {}).get(workload.run_on or "")
    return ground.only_fargate or (where is not None and bool(where.fargate))


def problems(workload: Workload, ground: Ground) -> Iterator[Problem]:
    """What a workload sends without a port, and what nothing on the platform collects."""
    observe = workload.observe
    if observe is None:
        return
    if observe.metrics is not None:
        at, port = (*_OWN, "metrics"), observe.metrics.port
        if not workload.ports:
            yield Problem(at, "are read from a port of the container; got no ports; add ports: {http: 8080}")
        elif port is not None and port not in workload.ports:
            yield Problem((*at, "port"), unknown_name(port, workload.ports, "port of the container"))
    own = bool({*workload.env} & {*_ENDPOINTS})
    for problem in lacking(observe, ground, on_fargate=_fargate(workload, ground), own_endpoint=own):
        yield problem.below(*_OWN)
