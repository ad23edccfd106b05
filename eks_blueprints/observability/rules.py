"""Who has alarms and dashboards on a cluster, and what is wrong about what is asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from eks_blueprints.core.errors import Problem
from eks_blueprints.core.telemetry import Telemetry
from eks_blueprints.observability.alarm_spec import Alarms
from eks_blueprints.observability.manifests import by_operator, in_grafana, in_prometheus
from eks_blueprints.observability.metrics import NEEDS_INSIGHTS, NO_METRIC
from eks_blueprints.observability.spec import Dashboards, ObservabilityArgs

_STACK, _AGENT = "kube_prometheus_stack", "amazon_cloudwatch_observability"


def in_cloudwatch(args: Alarms | Dashboards, telemetry: Telemetry) -> bool:
    """Whether alarms or dashboards are CloudWatch's."""
    there = telemetry.container_insights or telemetry.application_signals
    return there if args.cloudwatch is None else args.cloudwatch


def problems(args: ObservabilityArgs, telemetry: Telemetry, certificates: Sequence[str]) -> Iterator[Problem]:
    """What nothing on the platform has, below `observability`.

    Args:
        args: what is asked for.
        telemetry: what its add-ons collect.
        certificates: ARNs of certificates in ACM that its workloads use.
    """
    if args.alarms is not None:
        for problem in _alarms(args.alarms, telemetry, certificates):
            yield problem.below("alarms")
    if args.dashboards is not None:
        for problem in _dashboards(args, args.dashboards, telemetry):
            yield problem.below("dashboards")


def _alarms(alarms: Alarms, telemetry: Telemetry, certificates: Sequence[str]) -> Iterator[Problem]:
    rules, watched = in_prometheus(alarms, telemetry), in_cloudwatch(alarms, telemetry)
    if alarms.prometheus and not rules:
        yield Problem(("prometheus",), f"needs {_STACK}; got no such add-on; add {_STACK} to addons")
        return
    workspace = alarms.managed_prometheus
    if not rules and not watched and workspace is None:
        do = f"add {_STACK} or {_AGENT} to addons, or managed_prometheus"
        yield Problem((), f"need what measures the cluster; got no such add-on; {do}")
        return
    told = workspace is not None and workspace.alert_manager
    if not watched:
        for field in ("sns_topic_arns", "emails", "composite"):
            if getattr(alarms, field) and (field == "composite" or not told):
                do = f"add {_AGENT} to addons, or set cloudwatch: true"
                yield Problem((field,), f"are told by CloudWatch; got Prometheus alone; {do}")
    if (watched or told) and not alarms.sns_topic_arns and not alarms.emails:
        do = "add sns_topic_arns or emails"
        shown = (
            "those of CloudWatch are only shown in its console" if watched else "nothing tells their alert manager whom"
        )
        message = f"tell nobody: {shown}; got no topic; {do}"
        yield Problem((), message, severity="warning")
    if not rules and workspace is None:
        yield from _without_metric(alarms, telemetry, certificates)


def _without_metric(alarms: Alarms, telemetry: Telemetry, certificates: Sequence[str]) -> Iterator[Problem]:
    """Alarms that CloudWatch alone cannot tell."""
    lacking = [name for name in NO_METRIC if getattr(alarms, name).enabled]
    yield from _told_by_none(alarms, lacking, f"add {_STACK} to addons")
    if not telemetry.container_insights:
        lacking = [name for name in NEEDS_INSIGHTS if getattr(alarms, name).enabled]
        yield from _told_by_none(alarms, lacking, f"add {_AGENT} to addons")
    own = alarms.certificate_expiry
    if "certificate_expiry" in alarms.model_fields_set and own.enabled and not (certificates or own.certificate_arns):
        do = "add certificate_arns"
        yield Problem(
            ("certificate_expiry",), f"watches certificates of ACM; got none of them; {do}", severity="warning"
        )


def _told_by_none(alarms: Alarms, names: Collection[str], do: str) -> Iterator[Problem]:
    if not names:
        return
    said = [name for name in names if name in alarms.model_fields_set]
    at = (said[0],) if said else ()
    several = "have" if len(names) > 1 else "has"
    what = f"{several} no metric in CloudWatch, and there is no such alarm"
    got = ", ".join(names)
    yield Problem(at, f"{what}; got {got}; {do}, or set enabled: false for {got}", severity="warning")


def _dashboards(args: ObservabilityArgs, said: Dashboards, telemetry: Telemetry) -> Iterator[Problem]:
    grafana = in_grafana(args, telemetry)
    if said.grafana and not grafana:
        do = f"add {_STACK} or grafana to addons"
        yield Problem(("grafana",), f"needs a Grafana that reads ConfigMaps; got none; {do}")
    if said.grafana_operator and telemetry.grafana_operator_home is None:
        yield Problem(("grafana_operator",), "needs the Grafana Operator; got none; add grafana_operator to addons")
    elif not grafana and not in_cloudwatch(said, telemetry) and not by_operator(said, telemetry):
        do = f"add {_STACK}, grafana_operator or {_AGENT} to addons"
        yield Problem((), f"need what measures the cluster; got no such add-on; {do}")
