"""`eks-blueprints explain hpa`: how many pods an autoscaler makes, computed as its controller does."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from eks_blueprints.cli.streams import echo_document
from eks_blueprints.core.errors import InputError, Problem, shown
from eks_blueprints.core.printed import document

if TYPE_CHECKING:
    from eks_blueprints.kubernetes.autoscaler.controller import Decision
    from eks_blueprints.review.preview.autoscalers import Autoscaled

_WIDTH = 110
_SYNC = 15


def pairs(_context: click.Context, option: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """What an option says by names, NAME=VALUE each."""
    found: dict[str, str] = {}
    for each in values:
        name, equals, value = each.partition("=")
        if not (name and equals and value):
            raise click.BadParameter(f"needs NAME=VALUE; got {shown(each)}; write one such as cpu=90%", param=option)
        if name in found:
            raise click.BadParameter(f"is said twice; got {name}; say it once", param=option)
        found[name] = value
    return found


@click.command("hpa")
@click.argument("subject", required=False, metavar="[STACK/WORKLOAD|FILE]")
@click.option("--replicas", type=click.IntRange(0, 5000), help="Pods that there are now. Default: the fewest.")
@click.option(
    "--metric",
    "metrics",
    multiple=True,
    callback=pairs,
    metavar="NAME=VALUE",
    help="What each pod uses (cpu=90%, cpu=450m), or the value of another metric (queue=300); none for one that fails.",
)
@click.option(
    "--total",
    "totals",
    multiple=True,
    callback=pairs,
    metavar="NAME=VALUE",
    help="What all pods use together, however many there are.",
)
@click.option("--missing", type=click.IntRange(0, 5000), help="Pods without a sample.")
@click.option("--not-ready", type=click.IntRange(0, 5000), help="Pods that run and have not been ready yet.")
@click.option("--pending", type=click.IntRange(0, 5000), help="Pods that do not run yet.")
@click.option(
    "--series",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Moments in a CSV or YAML file, with columns or keys at, replicas, missing, not_ready, pending, and metrics.",
)
@click.option(
    "--every",
    type=click.FloatRange(0, 86400),
    default=_SYNC,
    show_default=True,
    help="Seconds after which the controller looks again; 0 for at the moments of the series alone.",
)
@click.option("--until", type=click.FloatRange(0, 10**7), help="Seconds for which it goes on as at the last moment.")
@click.option(
    "--from",
    "begin",
    type=click.DateTime(["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]),
    help="Time of the first moment, in UTC: triggers of KEDA by times (cron) then follow the clock.",
)
@click.option("--min", "least", type=click.IntRange(1, 2**31 - 1), help="Fewest pods, instead of the workload's.")
@click.option("--max", "most", type=click.IntRange(1, 2**31 - 1), help="Most pods, instead of the workload's.")
@click.option(
    "--target",
    "targets",
    multiple=True,
    callback=pairs,
    metavar="NAME=VALUE",
    help="Targets, instead of the workload's: cpu=70%, memory=500Mi, web/cpu=60%, queue=30 for each pod.",
)
@click.option(
    "--request",
    "requests",
    multiple=True,
    callback=pairs,
    metavar="NAME=VALUE",
    help="What a pod requests, such as cpu=250m.",
)
@click.option(
    "--tolerance", type=click.FloatRange(0, 100), help="Tolerance of the controller. Default: 0.1, as on EKS."
)
@click.option(
    "--kubernetes", metavar="VERSION", help="Kubernetes version, such as 1.34. Default: the stack's, or the newest."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def hpa(subject: str | None, form: str, **said: Any) -> None:
    """Show step by step how many pods a HorizontalPodAutoscaler makes.

    It is computed as kube-controller-manager does, without a cluster: ratio of use to target, tolerance, pods without a
    sample, pods that are not ready, several metrics, stabilization, rates, fewest and most pods.

    The controller is taken to have just started: its first recommendation is the number of pods that there are. Of a
    ScaledObject the HorizontalPodAutoscaler is computed that KEDA makes, and what KEDA's operator does beside it: it
    creates the first pods and takes away the last ones.

    \b
      eks-blueprints explain hpa prod/web --metric cpu=150%
      eks-blueprints explain hpa prod/web --series load.csv
      eks-blueprints explain hpa --min 3 --max 10 --target cpu=50% --replicas 3 --total cpu=4500m --until 600
    """
    from eks_blueprints.kubernetes.autoscaler.controller import decisions
    from eks_blueprints.kubernetes.autoscaler.observed import Config
    from eks_blueprints.kubernetes.autoscaler.proposals import TooLargeError
    from eks_blueprints.review.preview.autoscalers import asked, found_in

    for option in ("every", "until", "tolerance"):
        if said[option] is not None and math.isnan(said[option]):
            raise click.UsageError(f"needs a number in --{option}; got nan; write digits")
    known = found_in(subject) if subject else None
    options = {key: said[key] for key in ("least", "most", "targets", "requests")}
    scaled = asked(known, **options, version=said["kubernetes"])
    config = Config(configurable_tolerance=scaled.configurable_tolerance)
    if said["tolerance"] is not None:
        config = Config(tolerance=said["tolerance"], configurable_tolerance=scaled.configurable_tolerance)
    series = _Series(scaled, said)
    try:
        found = []
        for each in decisions(scaled.spec, series.replicas, series, config):
            series.decided = each.desired
            each.steps[:0] = series.told
            found.append(each)
    except TooLargeError as error:
        raise InputError([Problem(("metric",), f"cannot be computed: it {error}; use smaller values")]) from None
    if form == "json":
        echo_document(document(_data(scaled, found)))
    else:
        click.echo("\n".join(_lines(scaled, found, series.given)))
        if scaled.stack is not None and scaled.workload is not None and found:
            from eks_blueprints.capacity.what_if import WhatIf, lines, unsure

            most = max(each.desired for each in found)
            if (there := WhatIf(scaled.stack, scaled.workload).outcome(pods=most)) is not None:
                click.echo(f"\nwith {most} of its pods")
                click.echo("\n".join(f"  {line}" for line in lines(there)))
                for line in unsure(there):
                    click.echo(wrapped(line, "  "))


class _Series:
    """The moments, each with as many pods as there are then."""

    def __init__(self, scaled: Autoscaled, said: Mapping[str, Any]) -> None:
        from eks_blueprints.kubernetes.autoscaler.keda import Operator
        from eks_blueprints.kubernetes.autoscaler.reading import Reader, between, rows_of

        file: Path | None = said["series"]
        own = {key: said[key] for key in ("missing", "not_ready", "pending") if said[key] is not None}
        own |= {**said["metrics"], **{f"total.{name}": value for name, value in said["totals"].items()}}
        if file is not None and own:
            raise click.UsageError("says what is seen by --series and by other options; got both; keep one of them")
        from eks_blueprints.core.files import text_of

        rows = rows_of(text_of(file), str(file)) if file is not None else [{"at": 0, **own}]
        least = int(scaled.spec.get("minReplicas", 1))
        if scaled.keda is not None:
            least = scaled.keda.fewest
        self.replicas: int = least if said["replicas"] is None else said["replicas"]
        self.begin: datetime | None = said["begin"].replace(tzinfo=UTC) if said["begin"] else None
        self.told: list[str] = []
        self.keda = scaled.keda
        self.operator = Operator(scaled.keda) if scaled.keda is not None else None
        timed = {name: f"{value}m" for name, value in self._timed(0).items()}
        if self.begin is not None and not timed:
            raise click.UsageError("needs a ScaledObject with triggers by times; got none; leave out --from")
        if timed and isinstance(rows[0], dict):
            rows = [{**timed, **rows[0]}, *rows[1:]]
        self.reader = Reader(scaled.spec, self.replicas, scaled.requests, str(file) if file else None)
        complete = self.reader.rows(rows)
        self.given = {row["at"] for row in complete}
        self.rows = list(between(complete, said["every"], said["until"]))
        self.decided = self.replicas

    def __iter__(self) -> Iterator[Any]:
        from eks_blueprints.kubernetes.autoscaler.reading import MOST_PODS

        for row in self.rows:
            count = self.decided if row.get("replicas") is None else row["replicas"]
            if count > MOST_PODS:
                message = f"comes to more pods than are computed here; got {count}; use at most {MOST_PODS}"
                raise InputError([Problem(("max",), message)])
            made = self._operated(row, count)
            yield self.reader.moment(made, made["replicas"])

    def _timed(self, at: float) -> dict[str, int]:
        """What triggers by times are at a moment, in thousandths; none where no time is said."""
        from eks_blueprints.kubernetes.autoscaler.keda import scheduled

        return dict(scheduled(self.keda, self.begin, at)) if self.keda and self.begin else {}

    def _operated(self, row: Mapping[str, Any], count: int) -> dict[str, Any]:
        """A row with as many pods as KEDA's operator makes of those there are."""
        values = {**row, **self._timed(row["at"])}
        if self.operator is None:
            return {**values, "replicas": count}
        made, told = self.operator.replicas(row["at"], count, values)
        self.told = [told] if told else []
        return {**values, "replicas": made}


def _lines(scaled: Autoscaled, found: list[Decision], given: set[float]) -> Iterator[str]:
    spec = scaled.spec
    least = spec.get("minReplicas", 1)
    if (keda := scaled.keda) is not None:
        least = keda.idle if keda.idle is not None else keda.fewest
    by = "  by KEDA" if keda is not None else ""
    yield f"{click.style(scaled.title, bold=True)}  {least} to {spec['maxReplicas']} pods{by}"
    yield from (wrapped(f"not known: {note}", "  ") for note in (keda.notes if keda is not None else ()))
    before: list[Any] | None = None
    for each in found:
        same = [each.current, each.desired, [(one.replicas, one.error) for one in each.proposals], each.steps]
        if same == before and each.at not in given:
            continue
        before = same
        yield from _moment(each)
    if found:
        yield f"\nin the end: {click.style(str(found[-1].desired), bold=True)} pods"
        held = found[-1]
        if held.wanted is not None and held.wanted < held.desired and any("stabilized" in step for step in held.steps):
            yield textwrap.fill(
                f"fewer are wanted ({held.wanted}) and not made yet: see when with --until, such as --until 600", _WIDTH
            )


def _moment(found: Decision) -> Iterator[str]:
    arrow = (
        f"{found.current} -> {click.style(str(found.desired), bold=True)}"
        if found.desired != found.current
        else (f"stays at {found.current}")
    )
    yield f"\nat {found.at:g} s  {arrow}"
    # KEDA's operator has set the number of pods before.
    before = [step for step in found.steps if step.startswith("KEDA: ")]
    yield from (wrapped(step, "  ") for step in before)
    for each in found.proposals:
        result = f"fails: {each.error}" if each.replicas is None else f"wants {each.replicas}"
        yield f"  {each.name}  {result}"
        yield from (wrapped(step, "      ") for step in each.steps)
    yield from (wrapped(step, "  ") for step in found.steps[len(before) :])


def wrapped(text: str, before: str) -> str:
    """A sentence over several lines, each behind some space."""
    return textwrap.fill(text, _WIDTH, initial_indent=before, subsequent_indent=f"{before}  ")


def _data(scaled: Autoscaled, found: list[Decision]) -> dict[str, Any]:
    more = {"notes": list(scaled.keda.notes)} if scaled.keda is not None else {}
    found_ = [asdict(each) for each in found]
    return {"autoscaler": scaled.title, "spec": dict(scaled.spec), **more, "moments": found_}
