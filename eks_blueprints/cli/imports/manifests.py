"""`eks-blueprints import manifests`: Kubernetes objects, as workloads and add-ons of a stack file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eks_blueprints.cli.imports import common
from eks_blueprints.core.printed import visible

if TYPE_CHECKING:
    from eks_blueprints.lifecycle.importers.manifests.part import Part


@click.command("manifests")
@click.argument("paths", nargs=-1, required=True, metavar="DIR|FILE...")
@common.output("FILE")
@click.option(
    "--extends",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Stack file of the platform that the new one extends. Default: a platform to fill in, marked # yours.",
)
@common.into("FILE")
@click.option("-n", "--namespace", metavar="NAME", help="Namespace of objects that name none. Default: default.")
@click.option("--name", metavar="NAME", help="Name of the add-on for what is no workload. Default: that of the file.")
@click.option(
    "--secrets-to",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="New folder for the values of secrets: one file each, for you alone, to give to Pulumi and delete.",
)
@common.formats
def command(  # noqa: PLR0917 - click passes each option by name
    paths: tuple[str, ...],
    output: Path | None,
    extends: Path | None,
    into: Path | None,
    namespace: str | None,
    name: str | None,
    secrets_to: Path | None,
    form: str,
) -> None:
    """Turn Kubernetes YAML or JSON into a stack file whose plan holds the same objects.

    Reads files, folders (with those below them), Lists, Kustomize folders and `-` for standard input. A Deployment,
    StatefulSet, DaemonSet, Job or CronJob becomes a workload, with the Service, Ingress, ConfigMaps, Secrets, claims,
    service account with its roles, budget, autoscaler and network policy that belong to it alone. All else stands as it
    is in an add-on of the kind `manifests`. What such workloads have by default and the objects have not, such as the
    restricted Pod Security Standard, is switched off; the report says what could be turned on.

    Each workload is drawn and compared with what was read, field by field: what it cannot make exactly stays a
    manifest. No value of a Secret is written down: `{secret: key}` names it, and the report says how to store it.

    \b
      eks-blueprints import manifests k8s/
      eks-blueprints import manifests k8s/ -o shop.yaml --extends base.yaml
      eks-blueprints import manifests app.yaml --into prod.yaml --namespace shop
      helm template shop ./chart | eks-blueprints import manifests - -o shop.yaml
      kubectl get deploy,svc -n shop -o yaml | eks-blueprints import manifests -
    """
    common.check_options(into, {"-o": output, "--extends": extends})
    from eks_blueprints.core.leaves import element_name, namespace_name
    from eks_blueprints.lifecycle.importers import files
    from eks_blueprints.lifecycle.importers.manifests.part import imported

    if namespace is not None and (fault := namespace_name.fault(namespace)):
        raise click.UsageError(f"--namespace {fault}")
    if name is not None and (fault := element_name.fault(name)):
        raise click.UsageError(f"--name {fault}")
    platform = into or extends
    addons = files.addons_of(platform, str(platform)) if platform is not None else {}
    called = name or _named(paths, output)
    part = imported(paths, called, namespace=namespace, addons=addons)
    if into is not None:
        text = files.added(into, str(into), part.data, part.notes)
    else:
        above = None if extends is None else files.relative(extends, output or Path("stack.yaml"))
        text = files.stack_text(part.data, f"Imported from {visible(', '.join(paths))}.", above, part.notes)
    if secrets_to is not None:
        files.check_new(secrets_to)
    target = into or output
    if target is None:
        click.echo(text, nl=False)
    else:
        files.write_or_add(target, text, add=into is not None)
    if secrets_to is not None:
        files.write_secrets(secrets_to, part.secrets.by_key)
    _report(part, target, secrets_to, form)


def _named(paths: tuple[str, ...], output: Path | None) -> str:
    """A name for the add-on: that of the file or folder."""
    from eks_blueprints.core.leaves import element_name

    source = output if output is not None else Path(paths[0]).resolve()
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", source.stem).strip("-_")[:40].lower()
    # An add-on that is called like a kind would be read as one.
    return name if not element_name.fault(name) else "objects"


def _report(part: Part, target: Path | None, secrets_to: Path | None, form: str) -> None:
    from eks_blueprints.lifecycle.importers.manifests import told

    lines = chain(told.lines(part), _next(part, target, secrets_to))
    common.report(lambda: told.to_data(part), lines, target, form)


def _next(part: Part, target: Path | None, secrets_to: Path | None) -> Iterator[str]:
    stack = target.stem if target is not None else "STACK"
    if part.secrets.of:
        where = (
            f"their values are in {secrets_to}; delete it when they are stored" if secrets_to else "not written down"
        )
        yield f"secrets ({where}):"
        for key, what in part.secrets.of.items():
            source = f" < {secrets_to / key}" if secrets_to is not None else ""
            yield f"  pulumi config set --secret {key} --stack {stack}{source}  # {what}"
    yield from common.next_commands(target)
