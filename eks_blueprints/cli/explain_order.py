"""`eks-blueprints explain order`: in which order a stack is made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from eks_blueprints.cli import complete
from eks_blueprints.cli.streams import echo_document
from eks_blueprints.core.printed import document

if TYPE_CHECKING:
    from eks_blueprints.review.preview.order import Step


@click.command("order")
@click.argument("stack", required=False, metavar="[STACK|FILE]", shell_complete=complete.stacks)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def order(stack: str | None, form: str) -> None:
    """Show in which order the elements of a stack are made, and what each waits for.

    Elements of one step are made at the same time. The order follows from what they need of one another, so nobody
    writes it down; `eks-blueprints teardown` shows the way back.

    \b
      eks-blueprints explain order prod
    """
    from eks_blueprints.cli.targets import one_target
    from eks_blueprints.review.preview.order import steps
    from eks_blueprints.review.preview.run import preview

    plan = preview(one_target(stack, None)).plan
    found = steps(plan)
    if form == "json":
        echo_document(document({"stack": plan.stack, "steps": [asdict(each) for each in found]}))
        return
    click.echo("\n".join(_lines(plan.stack, found, plan.outputs.get("update_kubeconfig"))))


def _lines(stack: str, found: list[Step], kubeconfig: Any) -> Iterator[str]:
    steps = "1 step" if len(found) == 1 else f"{len(found)} steps"
    yield f"{click.style(stack, bold=True)}  {steps}, by pulumi up"
    for step in found:
        for index, part in enumerate(step.parts):
            number = f"{step.number}" if index == 0 else ""
            resources = "1 resource" if part.resources == 1 else f"{part.resources} resources"
            after = f", after {', '.join(part.waits_for)}" if part.waits_for else ""
            yield f"  {number:>3}  {part.kind} {part.name}: {resources}{after}"
    if isinstance(kubeconfig, str):
        yield f"  then {kubeconfig}"
        yield "       kubectl get nodes"
