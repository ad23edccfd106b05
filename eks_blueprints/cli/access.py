"""`eks-blueprints access`: who can do what on the cluster of a stack?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from eks_blueprints.cli import complete, show
from eks_blueprints.cli.streams import echo_document
from eks_blueprints.cli.targets import of_one_stack, one_target
from eks_blueprints.core.printed import document

if TYPE_CHECKING:
    from eks_blueprints.policies.stack import Stack


@click.command("access")
@click.argument("words", nargs=-1, metavar="[PRINCIPAL] [STACK|FILE]", shell_complete=complete.stacks)
@click.option("--who-can", nargs=2, metavar="VERB RESOURCE", help="Everybody who can do this, instead of a principal.")
@click.option("--namespace", "-n", metavar="NAMESPACE", help="With --who-can: in this namespace. Default: in any.")
@click.option("--subresource", metavar="NAME", default="", help="With --who-can: this subresource, such as exec.")
@click.option("--all", "every", is_flag=True, help="Also the components of Kubernetes itself.")
@of_one_stack
@show.render
def command(  # noqa: PLR0917 - its options
    words: tuple[str, ...],
    who_can: tuple[str, str] | None,
    namespace: str | None,
    subresource: str,
    every: bool,
    program: Path | None,
    form: str,
) -> None:
    """Show what a principal may do, or who may do one thing.

    It is read from a recording of the program: access entries, access policies, roles and bindings of the stack and of
    its charts, and the roles of Kubernetes itself. What is not known is listed at the end. No AWS account, no cluster.

    PRINCIPAL is an IAM role or user (ARN or name), a permission set of IAM Identity Center, a service account
    (namespace/name), or a Kubernetes group or user. `*` in it stands for anything. For service accounts, the
    permissions in AWS are shown as well.

    \b
      eks-blueprints access shop-deploy prod                    a role, by its name
      eks-blueprints access arn:aws:iam::111122223333:role/ci/shop-deploy prod
      eks-blueprints access 'role/ci/*' prod                    all roles below a path
      eks-blueprints access shop/web prod                       a service account
      eks-blueprints access group:shop-deployers prod           a Kubernetes group

    RESOURCE is written as for `kubectl auth can-i`: pods, deploy, deployments.apps, pods/exec, secrets/db (one object,
    by its name), or a path such as /metrics.

    \b
      eks-blueprints access --who-can get secrets prod          in any namespace
      eks-blueprints access --who-can create pods/exec -n shop prod
      eks-blueprints access --who-can '*' '*' prod              the administrators
    """
    who, stack = _told(words, who_can, namespace, subresource)
    target = one_target(stack, program)
    from eks_blueprints.policies.stack import Stack
    from eks_blueprints.review.preview.run import preview

    found = Stack.of_plan(preview(target).plan)
    if who_can is not None:
        report = _who_can(found, who_can, namespace, subresource, every)
    else:
        report = _of(found, who or "*", every)
    if form == "json":
        echo_document(document(report.to_data()))
    else:
        click.echo("\n".join(report.lines(show.width(100))))


def _told(
    words: tuple[str, ...], who_can: tuple[str, str] | None, namespace: str | None, subresource: str
) -> tuple[str | None, str | None]:
    """The principal and the stack that are meant."""
    most = 2 if who_can is None else 1
    if len(words) > most:
        raise click.UsageError(f"too many arguments; got {' '.join(words)}; write [PRINCIPAL] [STACK]")
    if who_can is not None:
        return None, words[0] if words else None
    if namespace is not None or subresource:
        raise click.UsageError("--namespace and --subresource are for --who-can; leave them out, or add it")
    if not words:
        raise click.UsageError("needs a PRINCIPAL, or --who-can VERB RESOURCE; see eks-blueprints access --help")
    return words[0], words[1] if len(words) > 1 else None


def _who_can(stack: Stack, asked: tuple[str, str], namespace: str | None, subresource: str, every: bool) -> Any:
    from eks_blueprints.rights.report import Questions

    return Questions.asked(stack, *asked, namespace=namespace, subresource=subresource, every=every)


def _of(stack: Stack, who: str, every: bool) -> Any:
    from eks_blueprints.rights.report import Principals

    return Principals.asked(stack, who, every=every)
