"""What the add-ons of a platform collect: metrics, traces and logs of its pods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from eks_blueprints.blueprint.addon_defaults import settled
from eks_blueprints.blueprint.kinds import ChartAddOn, EksAddon, Fargate, KubePrometheusStack
from eks_blueprints.blueprint.scaling import workloads
from eks_blueprints.core.errors import Problem
from eks_blueprints.core.refs import Service
from eks_blueprints.core.telemetry import Telemetry

if TYPE_CHECKING:
    from eks_blueprints.addons.base import AddOn
    from eks_blueprints.blueprint.spec import BlueprintArgs
    from eks_blueprints.observability.observe_spec import Observe

_OTLP = 4318
"""Port of OTLP over HTTP. Source: OpenTelemetry, "OTLP Specification", default port; all charts here keep it."""
_SIGNALS = 4316
"""Port at which the CloudWatch agent takes traces for Application Signals by HTTP, in every version of the add-on.

Source: CloudWatch user guide, "Enable Application Signals on Amazon EKS", environment variables.
"""
_AGENT = "cloudwatch-agent"
_ADOT = "adot-col-otlp-ingest-collector"
"""The Service of the collector that the ADOT add-on runs for OTLP, where its `collector.otlpIngest` is set.

Source: aws-otel.github.io, "OTLP Ingest Collector Configuration", and the operator's naming of Services.
"""


def telemetry(args: BlueprintArgs) -> Telemetry:
    """What collects metrics, traces and logs on the cluster of a platform."""
    addons = {_kind(addon): addon for addon in settled(args)}
    agent, stack = addons.get("amazon_cloudwatch_observability"), addons.get("kube_prometheus_stack")
    prometheus = stack if isinstance(stack, KubePrometheusStack) and stack.service is not None else None
    signals = agent is not None and _on(agent, "applicationSignals") and _on(agent, "manager", "applicationSignals")
    collectors = frozenset(_log_collectors(args, addons))
    instrumented = {"adot", "opentelemetry_operator"} & {*addons}
    certificates = addons.get("cert_manager")
    return Telemetry(
        prometheus_home=prometheus.home if prometheus else None,
        prometheus_url=prometheus.service.url if prometheus is not None and prometheus.service is not None else None,
        monitor_labels=_wanted(prometheus) if prometheus else {},
        replaced_rules=_replaced(args) if prometheus else (),
        reads_annotations=any(_reads_annotations(addon) for addon in addons.values()),
        otlp_url=next(_otlp(addons), None),
        traces_url=next(_traces(addons, signals=signals), None),
        instrumented_by="cloudwatch" if signals else "operator" if instrumented else None,
        log_collectors=collectors,
        log_parsers=bool(collectors & {"aws_for_fluent_bit", "amazon_cloudwatch_observability"}),
        log_exclusion=collectors == {"aws_for_fluent_bit"},
        closed=frozenset(_closed(args)),
        container_insights=agent is not None and _on(agent, "containerInsights"),
        application_signals=signals,
        grafana_home=_grafana(addons),
        grafana_operator_home=operator.home if (operator := addons.get("grafana_operator")) is not None else None,
        dashboards=_has_dashboards(args),
        cert_manager_home=certificates.home if certificates is not None else None,
    )


def observed(args: BlueprintArgs) -> Observe | None:
    """What workloads of a platform send that say nothing themselves."""
    return None if args.observability is None else args.observability.workloads


def certificate_arns(args: BlueprintArgs) -> list[str]:
    """ARNs of the certificates in ACM that Ingresses of a platform's workloads use, as far as they are known."""
    ingresses = [made for _, each in workloads(args) if (made := getattr(each, "ingress", None)) is not None]
    return list(dict.fromkeys(arn for each in ingresses for arn in each.certificate_arns if isinstance(arn, str)))


def check(args: BlueprintArgs) -> Iterator[Problem]:
    """What nothing on a platform measures or shows."""
    if args.observability is not None:
        from eks_blueprints.observability.rules import problems

        found = telemetry(args)
        for problem in problems(args.observability, found, certificate_arns(args)):
            yield problem.below("observability")


def _kind(addon: AddOn) -> str:
    return addon.addon_name.replace("-", "_") if isinstance(addon, EksAddon) else addon.kind()


def _values(addon: AddOn) -> Mapping[str, Any]:
    """What the user says in the words of the chart, or of the add-on of EKS."""
    found: Any = getattr(addon, "values", None) or getattr(addon, "configuration_values", None) or {}
    return found if isinstance(found, Mapping) else {}


def _below(addon: AddOn, *path: str) -> Any:
    """What stands at a path of those values; None where nothing does."""
    return _inside(_values(addon), *path)


def _inside(found: Any, *path: str) -> Any:
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _on(addon: AddOn, *path: str) -> bool:
    """Whether something is not switched off by `enabled: false`."""
    return _below(addon, *path, "enabled") is not False


def _otlp(addons: Mapping[str, AddOn]) -> Iterator[str]:
    """Where a collector takes OTLP and passes it on."""
    collector, adot = addons.get("opentelemetry_collector"), addons.get("adot")
    # As a DaemonSet it has no Service.
    if isinstance(collector, ChartAddOn) and getattr(collector, "mode", "") != "daemonset":
        name = str(_below(collector, "fullnameOverride") or _full(collector.release_name, "opentelemetry-collector"))
        yield Service(name=name, namespace=collector.home, port=_OTLP).url
    if adot is not None and isinstance(_below(adot, "collector", "otlpIngest"), Mapping):
        yield Service(name=_ADOT, namespace=adot.home, port=_OTLP).url


def _traces(addons: Mapping[str, AddOn], *, signals: bool) -> Iterator[str]:
    """Where something takes traces alone: a store of them before an agent."""
    tempo, agent = addons.get("tempo"), addons.get("amazon_cloudwatch_observability")
    if isinstance(tempo, ChartAddOn):
        name = str(_below(tempo, "fullnameOverride") or _full(tempo.release_name, "tempo"))
        yield f"{Service(name=name, namespace=tempo.home, port=_OTLP).url}/v1/traces"
    if agent is not None and signals:
        yield f"{Service(name=_AGENT, namespace=agent.home, port=_SIGNALS).url}/v1/traces"


def _full(release: str, chart: str) -> str:
    """What charts call their objects by default."""
    return release if chart in release else f"{release}-{chart}"


def _reads_annotations(addon: AddOn) -> bool:
    """Whether an add-on is set up to read metrics of pods by their annotations."""
    kind = _kind(addon)
    if kind == "amazon_cloudwatch_observability":
        agents = _below(addon, "agents")
        every = [_below(addon, "agent"), *(agents if isinstance(agents, list | tuple) else ())]
        return any(_inside(each, "prometheus", "config") for each in every)
    if kind in ("opentelemetry_collector", "adot"):
        at = ("config", "receivers", "prometheus") if kind != "adot" else ("collector", "prometheusMetrics")
        return bool(_below(addon, *at))
    return kind == "datadog" and _below(addon, "datadog", "prometheusScrape", "enabled") is True


def _log_collectors(args: BlueprintArgs, addons: Mapping[str, AddOn]) -> Iterator[str]:
    for kind, addon in addons.items():
        if kind == "aws_for_fluent_bit":
            yield kind
        elif kind == "amazon_cloudwatch_observability":
            if getattr(addon, "container_logs", None) is not False and _on(addon, "containerLogs"):
                yield kind
        elif kind == "datadog":
            if _below(addon, "datadog", "logs", "containerCollectAll") is True:
                yield kind
        elif kind == "opentelemetry_collector":
            if _below(addon, "presets", "logsCollection", "enabled") is True:
                yield kind
        elif kind == "adot" and _below(addon, "collector", "containerLogs"):
            yield kind
    if any(isinstance(compute, Fargate) and compute.logging is not None for compute in args.compute):
        yield "fargate"


def _wanted(stack: KubePrometheusStack) -> dict[str, str]:
    """Labels by which its Prometheus chooses what it follows."""
    return {} if stack.select_all_monitors else {"release": stack.release_name}


def _closed(args: BlueprintArgs) -> Iterator[str]:
    homes: list[Mapping[str, Any]] = [args.namespaces, *(team.homes for team in args.teams)]
    return (name for own in homes for name, each in own.items() if each.network_policy is not None)


def _grafana(addons: Mapping[str, AddOn]) -> str | None:
    """Where a Grafana reads ConfigMaps."""
    stack, alone = addons.get("kube_prometheus_stack"), addons.get("grafana")
    if isinstance(stack, KubePrometheusStack) and stack.grafana and _on(stack, "grafana"):
        return stack.home
    return alone.home if alone is not None else None


def _has_dashboards(args: BlueprintArgs) -> bool:
    dashboards = None if args.observability is None else args.observability.dashboards
    return dashboards is not None and dashboards.grafana is not False


def _replaced(args: BlueprintArgs) -> tuple[str, ...]:
    """Alerts of kube-prometheus-stack that rules of the platform take the place of."""
    alarms = None if args.observability is None else args.observability.alarms
    if alarms is None or alarms.prometheus is False:
        return ()
    from eks_blueprints.observability.promql import REPLACED

    return tuple(name for field, names in REPLACED.items() if getattr(alarms, field).enabled for name in names)
