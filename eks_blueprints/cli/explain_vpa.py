"""`eks-blueprints explain vpa`: what a vertical autoscaler recommends, and whether there is room for it."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eks_blueprints.cli.explain_hpa import pairs, wrapped
from eks_blueprints.cli.streams import echo_document
from eks_blueprints.core.errors import InputError, Problem, shown, unknown_name
from eks_blueprints.core.printed import document

if TYPE_CHECKING:
    from eks_blueprints.capacity.model import Outcome
    from eks_blueprints.policies.sizing import Sizing

_Samples = dict[str, dict[str, list[tuple[float, float]]]]


@click.command("vpa")
@click.argument("subject", metavar="STACK/WORKLOAD")
@click.option(
    "--usage",
    multiple=True,
    callback=pairs,
    metavar="NAME=VALUE",
    help="What a container uses all the time: cpu=200m, memory=300Mi, or web/cpu=200m for one of several.",
)
@click.option(
    "--series",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Samples in a CSV file with the columns at (seconds), and cpu, memory or web/cpu.",
)
@click.option("--nodes", type=click.IntRange(0, 1000), help="Nodes of each group. Default: its desired size.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def vpa(subject: str, usage: dict[str, str], series: Path | None, nodes: int | None, form: str) -> None:
    """Show what the Vertical Pod Autoscaler recommends for what pods use, beside what they request.

    It is computed as its recommender does, without a cluster. Then all pods of the cluster are placed, before and
    after, as `capacity plan` places them: which pods wait, and which nodes are added.

    \b
      eks-blueprints explain vpa prod/web --usage cpu=200m --usage memory=300Mi
      eks-blueprints explain vpa prod/web --series usage.csv --nodes 1
    """
    from eks_blueprints.policies.sizing import sizing, workload_named
    from eks_blueprints.policies.stack import Stack
    from eks_blueprints.review.preview.run import preview
    from eks_blueprints.review.preview.targets import stack_target

    stack_name, _, name = subject.rpartition("/")
    if not stack_name or not name:
        message = f"is no workload of a stack; got {shown(subject)}; write one such as prod/web"
        raise InputError([Problem((), message)])
    target = stack_target(stack_name)
    stack = Stack.of_plan(preview(target).plan)
    workload = workload_named(stack, name)
    if workload is None:
        from eks_blueprints.policies.objects import WORKLOADS, object_name

        known = [object_name(each, stack) for each in stack.of(*WORKLOADS)]
        raise InputError([Problem((), unknown_name(name, known, "workload"), target.stack)])
    from eks_blueprints.policies.objects import pod_of
    from eks_blueprints.policies.pod_needs import running

    containers = [str(each.get("name")) for each in running(pod_of(workload))]
    found = sizing(stack, workload, _samples(usage, series, containers))
    from eks_blueprints.capacity import what_if

    asked = what_if.WhatIf(stack, workload, nodes=nodes)
    more = {
        "cpu": math.ceil(found.more.get("cpu", 0.0) * 1000 - 1e-6),
        "memory": math.ceil(found.more.get("memory", 0.0)),
    }
    before, after = asked.outcome(), asked.outcome(more=more)
    if form == "json":
        placed = {"before": before and what_if.data(before), "after": after and what_if.data(after)}
        echo_document(document({**asdict(found), **placed}))
    else:
        click.echo("\n".join(_lines(name, found, before, after)))


def _samples(usage: dict[str, str], series: Path | None, containers: list[str]) -> _Samples:
    rows: list[dict[str, str]] = [{"at": "0", **usage}] if usage else []
    if series is not None:
        from eks_blueprints.core.files import text_of

        rows += list(csv.DictReader(io.StringIO(text_of(series))))
    if not rows:
        raise click.UsageError("needs what containers use; got neither --usage nor --series; add --usage cpu=200m")
    found: _Samples = {}
    problems: list[Problem] = []
    for number, row in enumerate(rows):
        at = _number(row.get("at") or "0", (number, "at"), problems)
        for key, value in row.items():
            if key in (None, "at") or not value:
                continue
            container, _, resource = key.rpartition("/")
            name = container or containers[0]
            if name not in containers:
                problems.append(Problem((number, key), unknown_name(name, containers, "container")))
            elif resource not in ("cpu", "memory"):
                problems.append(Problem((number, key), unknown_name(resource, ("cpu", "memory"), "resource")))
            else:
                amount = _number(value, (number, key), problems)
                found.setdefault(name, {}).setdefault(resource, []).append((at, amount))
    if problems:
        raise InputError(problems)
    return found


def _number(text: str, at: tuple[int, str], problems: list[Problem]) -> float:
    from eks_blueprints.policies.quantities import quantity

    found = quantity(text.strip())
    if found is None or found < 0:
        problems.append(Problem(at, f"is no amount; got {shown(text)}; write one such as 200m or 300Mi"))
    return found or 0.0


def _lines(name: str, found: Sizing, before: Outcome | None, after: Outcome | None) -> Iterator[str]:
    from eks_blueprints.capacity.what_if import lines, unsure

    mode = "no vertical_pod_autoscaler" if found.mode is None else f"update_mode {found.mode}"
    yield f"{click.style(name, bold=True)}  {mode}"
    for each in found.sizes:
        asked = f"requests {each.requested}" if each.requested else "requests nothing"
        why = f" ({each.why})" if each.why else ""
        recommended = click.style(each.recommended, bold=True)
        yield f"  {each.container}/{each.resource}  {asked}, {recommended} is recommended{why}"
    for word, there in (("as it is", before), ("with it", after)):
        if there is not None:
            yield f"  {word}"
            yield from (f"    {line}" for line in lines(there))
    if after is not None:
        yield from (wrapped(line, "  ") for line in unsure(after))
