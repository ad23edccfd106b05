"""`eks-blueprints network`: who can reach a workload?"""

from __future__ import annotations

from pathlib import Path

import click

from eks_blueprints.cli import complete, show
from eks_blueprints.cli.streams import echo_document
from eks_blueprints.cli.targets import of_one_stack, one_target
from eks_blueprints.core.printed import document


@click.command("network")
@click.argument("stack", required=False, metavar="[STACK|FILE]", shell_complete=complete.stacks)
@click.option("--who-can-reach", "workload", required=True, metavar="WORKLOAD", help="Its name, or namespace/name.")
@click.option("--port", metavar="PORT", help="This port of its pods: 8080, 53/udp or a name. Default: any.")
@click.option("--all", "every", is_flag=True, help="Also who cannot, and why.")
@of_one_stack
@show.render
def command(  # noqa: PLR0917 - its options
    stack: str | None, workload: str, port: str | None, every: bool, program: Path | None, form: str
) -> None:
    """Show who can reach a workload over the network.

    NetworkPolicies are compared as Kubernetes does it: the ingress policies of the workload and the egress policies of
    each other workload, with their namespaces, ports and address ranges. Services, Ingresses, load balancers and
    security groups show who gets in from outside. It is read from a recording of the program: no AWS account, no
    cluster. If nothing enforces NetworkPolicies, this is said, and they count for nothing.

    \b
      eks-blueprints network --who-can-reach db prod               all who reach any port of it
      eks-blueprints network --who-can-reach shop/db --port 5432 prod
      eks-blueprints network --who-can-reach db --all prod         also who cannot, and why
    """
    target = one_target(stack, program)
    from eks_blueprints.policies.stack import Stack
    from eks_blueprints.reach.report import Reach
    from eks_blueprints.review.preview.run import preview

    report = Reach.asked(Stack.of_plan(preview(target).plan), workload, port, every=every)
    if form == "json":
        echo_document(document(report.to_data()))
    else:
        click.echo("\n".join(report.lines(show.width(100))))
