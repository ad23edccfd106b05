"""`eks-blueprints import karpenter`: NodePools and classes of nodes as compute of a stack file."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import click

from eks_blueprints.cli.exits import Exit
from eks_blueprints.cli.imports import common


@click.command("karpenter")
@click.argument("paths", nargs=-1, required=True, metavar="FILE...")
@common.output("STACK")
@common.into("STACK")
@click.option("--name", metavar="NAME", help="Name of the compute that has Karpenter's pools. Default: karpenter.")
@common.formats
def command(paths: tuple[str, ...], output: Path | None, into: Path | None, name: str | None, form: str) -> None:
    """Turn NodePools, EC2NodeClasses and NodeClasses into compute of a stack file.

    Reads YAML and JSON, several documents and Lists; `-` is standard input. Pools of Karpenter become
    `compute: {karpenter: {node_pools, node_classes}}`, those of EKS Auto Mode `compute: {auto_mode: …}`. Objects of
    v1beta1 are brought to v1, and the report names every field that this changes. What has no field is reported with
    its line.

    \b
      kubectl get nodepools,ec2nodeclasses -o yaml > pools.yaml
      eks-blueprints import karpenter pools.yaml --into stacks/prod.yaml
      eks-blueprints import karpenter karpenter/*.yaml -o stacks/pools.yaml
      eks-blueprints import karpenter spot.yaml --into prod.yaml --name spot
    """
    common.check_options(into, {"-o": output})
    from eks_blueprints.core.leaves import element_name
    from eks_blueprints.lifecycle.importers import files, merged
    from eks_blueprints.lifecycle.importers.eksctl.judged import problems
    from eks_blueprints.lifecycle.importers.karpenter import told
    from eks_blueprints.lifecycle.importers.karpenter.notes import notes
    from eks_blueprints.lifecycle.importers.karpenter.part import imported

    if name is not None and (fault := element_name.fault(name)):
        raise click.UsageError(f"--name {fault}")
    part = imported(paths)
    elements = part.named(name)
    comments = notes(part, name)
    if into is not None:
        text = merged.with_compute(into, str(into), elements, comments)
    else:
        text = files.platform_with_compute(elements, f"Imported from {', '.join(paths)}.", comments)
    target = into or output
    found = [str(each) for each in problems(text, str(target or "stack.yaml"))]
    if target is None:
        click.echo(text, nl=False)
    elif into is None or not found:
        # A stack file of one's own that is valid is not made invalid; a new one is there to be mended.
        files.write_or_add(target, text, add=into is not None)
    refused = into is not None and bool(found)
    after = [f"{into} stays as it is"] if refused else common.next_commands(target)
    common.report(lambda: told.to_data(part, found), chain(told.lines(part, found), after), target, form)
    if found:
        raise click.exceptions.Exit(Exit.INVALID)
