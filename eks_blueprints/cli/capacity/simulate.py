"""`eks-blueprints capacity simulate`: what happens to pods and nodes over time?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from eks_blueprints.cli import show
from eks_blueprints.cli.capacity import _source
from eks_blueprints.cli.diff import form_of, to_file
from eks_blueprints.cli.streams import echo_report
from eks_blueprints.core.printed import document

if TYPE_CHECKING:
    from eks_blueprints.capacity.time.simulate import Simulation

_WIDTH = 100
_FORMS = ("text", "html", "json")
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("simulate")
@_source.STACK
@click.option(
    "--scenario", type=_FILE, required=True, metavar="FILE", help="YAML file that says what happens, and when."
)
@_source.parts
@click.option(
    "--format", "form", type=click.Choice(_FORMS), default=None, help="Default: by the ending of -o, else text."
)
@show.output()
def command(  # noqa: PLR0917 - click passes each option by name
    stack: str | None,
    scenario: Path,
    cluster: Path | None,
    pods: Path | None,
    prices: Path | None,
    program: Path | None,
    form: str | None,
    outputs: tuple[Path, ...],
) -> None:
    """Show what happens to pods and nodes over time: load, losses, interruptions, drift, upgrades.

    kube-scheduler, Karpenter, Cluster Autoscaler and HorizontalPodAutoscalers act as the scenario goes on. The same
    scenario with the same seed comes out the same. A scenario is a file such as

    \b
      start: 2026-03-02T06:00:00Z
      duration: 24h
      load:
        - {workload: shop/web, replicas: {0h: 6, 3h: 40, 12h: 6}}
        - {workload: shop/api, cpu: {2h: 150%, 10h: 20%}}
      events:
        - {at: 4h, node_loss: {count: 1}}
        - {at: 5h, zone_loss: {zone: eu-west-1a, during: 30m}}
        - {at: 6h, spot_interruption: {share: 50%}}
        - {at: 7h, no_capacity: {capacity_type: spot, during: 1h}}
        - {at: 8h, new_image: {}}
        - {at: 14h, upgrade: {max_unavailable: 2}}
        - {at: 18h, change_pool: {pool: default, limits: {cpu: "100"}}}
        - {at: 20h, rollout: {workload: shop/web, max_surge: 25%}}

    \b
      eks-blueprints capacity simulate prod --scenario scenario.yaml
      eks-blueprints capacity simulate prod --scenario scenario.yaml -o simulation.html
      eks-blueprints capacity simulate --cluster now.json --scenario scenario.yaml

    A load by cpu is what pods use of their request, by which a HorizontalPodAutoscaler scales them. Budgets of pools
    open by the calendar, as of start. All fields: docs/guides/capacity_simulate.md.

    Exit codes: 2 an input is invalid.
    """
    from eks_blueprints.capacity.time.past import read_pods
    from eks_blueprints.capacity.time.reading import meant, read_scenario
    from eks_blueprints.capacity.time.simulate import simulate

    what, written = read_scenario(scenario)
    title, found = _source.platforms(stack, program=program, prices=prices, cluster=cluster, pods=pods)
    only = _source.only(found, scenario)
    past = read_pods(what, written)
    if what.pods_from is not None:
        only = past.on(only, instead=what.pods_from.instead)
    result = simulate(only, what, meant(what, written, only), past)
    if not outputs:
        form = form or "text"
        echo_report(_rendered(result, form, title, show.width(_WIDTH)), form)
    for file in outputs:
        to_file(file, click.unstyle(_rendered(result, form or _form(file), title, _WIDTH)))
    if outputs:
        from eks_blueprints.capacity.time.summing import Sums

        click.echo(f"{only.name}: {Sums(result).verdict[0]}")


def _form(file: Path) -> str:
    """The form that a file's ending says, of those that there are."""
    found = form_of(file)
    return found if found in _FORMS else "text"


def _rendered(result: Simulation, form: str, title: str, width: int) -> str:
    if form == "json":
        from eks_blueprints.capacity.time.json_form import to_data

        return document(to_data(result, stack=title)) + "\n"
    if form == "html":
        from eks_blueprints.capacity.time.html import render as page

        return page(result, title=title)
    from eks_blueprints.capacity.time.text import render

    return "\n".join(render(result, width=width)) + "\n"
