"""An upgrade plan as Markdown: for an issue or a pull request, with boxes to tick."""

from __future__ import annotations

from collections.abc import Iterator

from eks_blueprints.core.printed import markup
from eks_blueprints.lifecycle.upgrade.model import LEVELS, Finding
from eks_blueprints.lifecycle.upgrade.planned import Hop, Step, UpgradePlan
from eks_blueprints.lifecycle.upgrade.shown.text import HEADINGS, amount, whole_way


def render(plan: UpgradePlan) -> Iterator[str]:
    """The lines of a plan."""
    here = plan.situation
    yield f"# {markup(here.stack)}: {whole_way(plan)}"
    yield ""
    yield f"1.{here.minor}: {plan.calendar}."
    yield ""
    if here.nodes:
        yield "| nodes | kind | version |"
        yield "|---|---|---|"
        yield f"| control plane | EKS | 1.{here.minor} |"
        for each in here.nodes:
            version = f"1.{each.minor}" if each.minor is not None else "not known"
            yield f"| {markup(each.name)} | {each.kind} | {version} |"
        yield ""
    if here.record:
        yield from ("**Said by those who do it**", "")
        yield from (f"- {markup(question)}: {markup(answer)}" for question, answer in here.record)
        yield ""
    yield from _findings(list(plan.findings))
    for hop in plan.hops:
        yield from _hop(hop, plan)


def _hop(hop: Hop, plan: UpgradePlan) -> Iterator[str]:
    yield f"## {'Back to' if plan.rollback else 'To'} {hop.version}"
    yield ""
    yield from _findings([each for each in hop.findings if each not in plan.findings])
    for number, step in enumerate(hop.steps, 1):
        yield from _step(number, step, hop, plan)
    yield ""


def _findings(found: list[Finding]) -> Iterator[str]:
    for level in LEVELS:
        of_level = [each for each in found if each.level == level]
        if of_level:
            yield f"**{HEADINGS[level][:1].upper()}{HEADINGS[level][1:]}**"
            yield ""
        for each in of_level:
            place = f"`{each.place}`: " if each.place else ""
            source = f" ({markup(each.source)})" if each.source else ""
            yield f"- {place}{markup(each.what)}{f'. → {markup(each.do)}' if each.do else ''}{source}"
        if of_level:
            yield ""


def _step(number: int, step: Step, hop: Hop, plan: UpgradePlan) -> Iterator[str]:
    spent = ", ".join(filter(None, (amount(step.time), amount(step.cost))))
    box = "x" if step.edits and step.done else " "
    yield f"- [{box}] **{number}. {markup(step.title)}**{f' ({spent})' if spent else ''}: {markup(step.why)}."
    yield from (f"    - {markup(line)}" for line in step.found)
    commands = [line for line in step.commands if not line.startswith("# ")]
    yield from (f"    - <{line[2:]}>" for line in step.commands if line.startswith("# "))
    if step.edits and not step.done and not plan.rollback:
        commands.insert(0, f"eks-blueprints upgrade apply {plan.situation.stack} --to {hop.version} --step {number}")
    if commands:
        yield "\n      ```shell"
        yield from (f"      {line}" for line in commands)
        yield "      ```\n"
    if step.until:
        yield f"    - go on when {markup(step.until)}"
