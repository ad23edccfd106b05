"""An upgrade plan as terminal text: what stands in the way first, then the steps of each minor."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

import click

from eks_blueprints.core.facts.addon_compatibility import oldest_kubelet
from eks_blueprints.core.printed import one_line
from eks_blueprints.lifecycle.upgrade.model import LEVELS, Finding, Level
from eks_blueprints.lifecycle.upgrade.planned import Hop, Range, Step, UpgradePlan

_COLORS: dict[Level, str] = {"blocker": "red", "warning": "yellow", "unknown": "magenta", "note": "cyan"}
HEADINGS: dict[Level, str] = {
    "blocker": "in the way: settle these first",
    "unknown": "not known: nothing says that these are fine",
    "warning": "goes on, with this effect",
    "note": "to know",
}


def render(plan: UpgradePlan, width: int) -> Iterator[str]:
    """The lines of a plan."""
    here = plan.situation
    title = f"{one_line(here.stack)}: {whole_way(plan)}"
    yield f"{click.style(title, bold=True)}  {click.style(f'cluster {here.cluster}{_place(here.place)}', dim=True)}"
    yield f"1.{here.minor}: {plan.calendar}"
    if plan.waiting is not None and plan.waiting.high:
        yield f"another year of waiting costs up to ${plan.waiting.high:,.0f} of extended support"
    if here.looked_at:
        yield click.style(f"looked at besides the plan: {', '.join(here.looked_at)}", dim=True)
    yield ""
    yield from _nodes(plan)
    yield from _record(plan, width)
    yield from findings(list(plan.findings), width, heading=True)
    for hop in plan.hops:
        yield from _hop(hop, plan, width)


def whole_way(plan: UpgradePlan) -> str:
    """From which version to which."""
    here = plan.situation.minor
    if plan.target == here:
        return f"Kubernetes 1.{here}, what is left of its upgrade"
    return f"Kubernetes 1.{here} {'back to' if plan.rollback else 'to'} 1.{plan.target}"


def _nodes(plan: UpgradePlan) -> Iterator[str]:
    if not plan.situation.nodes:
        return
    yield click.style("versions", bold=True)
    yield f"  control plane  1.{plan.situation.minor}"
    long = max(len(each.name) for each in plan.situation.nodes)
    for each in plan.situation.nodes:
        minor = f"1.{each.minor}" if each.minor is not None else "not known"
        behind = plan.situation.minor - each.minor if each.minor is not None else 0
        yield f"  {each.name:<{max(long, 13)}}  {minor}  {each.kind}{f', {behind} behind' if behind > 0 else ''}"
    for hop in () if plan.rollback else plan.hops:
        yield f"  a control plane {hop.version} takes nodes of 1.{oldest_kubelet(hop.minor)} to {hop.version}"
    yield ""


def _record(plan: UpgradePlan, width: int) -> Iterator[str]:
    if plan.situation.record:
        yield click.style("said by those who do it", bold=True)
        for question, answer in plan.situation.record:
            yield _filled(f"{question}: {answer}", "  - ", width)
        yield ""


def _hop(hop: Hop, plan: UpgradePlan, width: int) -> Iterator[str]:
    title = f"back to {hop.version}" if plan.rollback else f"to {hop.version}"
    yield click.style(f"── {title} ──", bold=True)
    known = set(plan.findings)
    yield from findings([each for each in hop.findings if each not in known], width, heading=True)
    for number, step in enumerate(hop.steps, 1):
        yield from _step(number, step, hop, plan, width)


def findings(found: list[Finding], width: int, *, heading: bool) -> Iterator[str]:
    """Findings by their level, the worst first."""
    for level in LEVELS:
        of_level = [each for each in found if each.level == level]
        if heading and of_level:
            yield click.style(HEADINGS[level], fg=_COLORS[level], bold=True)
        for each in of_level:
            place = f"{each.place}: " if each.place else ""
            yield _filled(f"{place}{each.what}", "  - ", width)
            if each.do:
                yield _filled(each.do, "      → ", width)
        if of_level:
            yield ""


def _step(number: int, step: Step, hop: Hop, plan: UpgradePlan, width: int) -> Iterator[str]:
    title = click.style(step.title, bold=True) + (click.style("  done", fg="green") if step.done and step.edits else "")
    spent = ", ".join(filter(None, (amount(step.time), amount(step.cost))))
    yield f"{number}. {title}{f'  ({spent})' if spent else ''}"
    yield _filled(step.why, "   ", width)
    for line in step.found:
        yield _filled(line, "     - ", width)
    if step.edits and not step.done and not plan.rollback:
        line = f"eks-blueprints upgrade apply {plan.situation.stack} --to {hop.version} --step {number}"
        yield f"     $ {click.style(line, fg='green')}"
    for line in step.commands:
        shown = one_line(line)
        yield f"     $ {click.style(shown, fg='cyan')}" if not shown.startswith("# ") else f"     {shown[2:]}"
    if step.until:
        yield _filled(f"go on when {step.until}", "   ", width)
    yield ""


def amount(found: Range | None) -> str:
    """`8 to 60 minutes`, `$0.05 to $0.55`."""
    if found is None:
        return ""
    if found.unit == "dollars":
        return f"${found.low:,.2f} to ${found.high:,.2f}" if found.high is not None else f"from ${found.low:,.2f}"
    if found.high is None:
        return f"from {found.low:.0f} minutes"
    return f"{found.low:.0f} to {found.high:.0f} minutes" if found.high != found.low else f"{found.low:.0f} minutes"


def _place(place: str) -> str:
    return f", {place}" if place else ""


def _filled(text: str, start: str, width: int) -> str:
    more = " " * len(start.replace("- ", "  ").replace("→ ", "  "))
    return textwrap.fill(
        one_line(text),
        width,
        initial_indent=start,
        subsequent_indent=more,
        break_on_hyphens=False,
        break_long_words=False,
    )
