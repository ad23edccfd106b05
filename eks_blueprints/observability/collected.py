"""What the add-ons of a platform do not collect of what its pods send."""

from __future__ import annotations

from collections.abc import Iterator

from eks_blueprints.core.errors import Problem, shown
from eks_blueprints.core.refs import Ground
from eks_blueprints.core.telemetry import Telemetry
from eks_blueprints.observability.observe_spec import Logs, Metrics, Observe

_OF_ONES_OWN = frozenset({"helm", "manifests"})


def url(telemetry: Telemetry) -> str | None:
    """Where traces go."""
    return telemetry.otlp_url or telemetry.traces_url


def reads_annotations(ground: Ground) -> bool:
    """Whether something reads metrics of pods by their annotations, as far as that is known: charts and manifests of
    one's own may."""
    known = ground.telemetry is not None and ground.telemetry.reads_annotations
    return known or _may_have(ground)


def _may_have(ground: Ground) -> bool:
    return ground.addons is None or bool(ground.addons & _OF_ONES_OWN)


def lacking(
    observe: Observe, ground: Ground, *, on_fargate: bool = False, own_endpoint: bool = False
) -> Iterator[Problem]:
    """What nothing on a platform collects, and which add-ons would; paths count from `observe`.

    Args:
        observe: what pods send.
        ground: the platform.
        on_fargate: whether the pods run on Fargate.
        own_endpoint: whether their own variables say where traces go.
    """
    telemetry = ground.telemetry
    if telemetry is None:
        return
    if observe.metrics is not None:
        yield from _unread(observe.metrics, ground, telemetry)
    if observe.traces is True and not own_endpoint:
        yield from _untaken(ground, telemetry)
    elif isinstance(observe.traces, str):
        yield from _uninstrumented(ground, telemetry, observe.traces)
    if observe.logs is not None:
        yield from _uncollected(observe.logs, ground, telemetry, on_fargate=on_fargate)


def _unread(metrics: Metrics, ground: Ground, telemetry: Telemetry) -> Iterator[Problem]:
    if telemetry.prometheus_home or reads_annotations(ground):
        return
    addons = ground.addons or frozenset()
    do = "add kube_prometheus_stack to addons"
    if "amazon_cloudwatch_observability" in addons:
        do += ", or have the CloudWatch agent read them (configuration_values: {agent: {prometheus: {config: …}}})"
    elif "opentelemetry_collector" in addons:
        do += ", or have the collector read them (values: {config: {receivers: {prometheus: …}}})"
    yield Problem(("metrics",), f"are read by nothing on this platform; got {shown(metrics.path)}; {do}")


def _untaken(ground: Ground, telemetry: Telemetry) -> Iterator[Problem]:
    if url(telemetry) is None:
        do = "add amazon_cloudwatch_observability, opentelemetry_collector or tempo to addons"
        if _may_have(ground):
            do = "set OTEL_EXPORTER_OTLP_ENDPOINT in env for a collector of your own, or " + do
        yield Problem(("traces",), f"are taken by nothing on this platform; got true; {do}")


def _uninstrumented(ground: Ground, telemetry: Telemetry, language: str) -> Iterator[Problem]:
    if telemetry.instrumented_by is None:
        do = "add amazon_cloudwatch_observability to addons, or adot or opentelemetry_operator with a collector"
        yield Problem(("traces",), f"need what instruments pods; got {language} and no such add-on; {do}")
    elif telemetry.instrumented_by == "operator" and url(telemetry) is None:
        do = "add opentelemetry_collector or tempo to addons"
        if ground.addons and "adot" in ground.addons:
            do += ", or set collector: {otlpIngest: {…}} in configuration_values of adot"
        yield Problem(
            ("traces",), f"are taken by nothing on this platform; got {language}, and an operator alone; {do}"
        )


def _uncollected(logs: Logs, ground: Ground, telemetry: Telemetry, *, on_fargate: bool) -> Iterator[Problem]:
    fargate = frozenset({"fargate"})
    there = telemetry.log_collectors & fargate if on_fargate else telemetry.log_collectors - fargate
    who = ", ".join(sorted(there))
    if logs.exclude:
        if there and not (telemetry.log_exclusion and not on_fargate):
            do = "remove it, or collect logs with aws_for_fluent_bit alone"
            yield Problem(("logs",), f"cannot be left out pod by pod; got false with {who}; {do}")
    elif not there and on_fargate:
        do = "add logging: {cloudwatch_logs: {}} to a Fargate profile"
        yield Problem(("logs",), f"are collected by nothing on Fargate; got no logging in a profile; {do}")
    elif not there and not _may_have(ground):
        do = "add amazon_cloudwatch_observability or aws_for_fluent_bit to addons"
        yield Problem(("logs",), f"are collected by nothing on this platform; got no such add-on; {do}")
    elif logs.parser and there and (on_fargate or not telemetry.log_parsers):
        do = "remove it, or collect logs with aws_for_fluent_bit"
        yield Problem(("logs", "parser"), f"is for Fluent Bit on nodes; got {shown(logs.parser)} with {who}; {do}")
