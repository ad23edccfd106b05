"""`eks-blueprints gitops`: manifests in a Git repository, and what agents make of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from eks_blueprints.cli import complete, gitops_log, show
from eks_blueprints.cli.exits import Exit
from eks_blueprints.core.printed import visible
from eks_blueprints.review.preview.targets import Target, all_targets, named_targets

if TYPE_CHECKING:
    from eks_blueprints.gitops.model import Agent, Manifests
    from eks_blueprints.gitops.write import Folder

_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group("gitops")
def command() -> None:
    """Write manifests to a Git repository, change an image in it, and show what its agent would change.

    \b
      eks-blueprints gitops render prod --to ../manifests        the objects of a stack, one a file
      eks-blueprints gitops bump ECR/shop/web:v3.1 --repo URL    a pipeline's last step
      eks-blueprints gitops diff prod --to ../manifests          what Argo CD or Flux would change
      eks-blueprints gitops log prod --to ../manifests           who changed what, when and why
    """


command.add_command(gitops_log.command)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is rendered: which stacks, beside which folder, and how."""

    stacks: tuple[str, ...]
    folder: Path
    skip_unknown: bool
    charts: Literal["agent", "rendered"]
    agent: Agent | None
    outputs: tuple[Path, ...]

    def rendered(self, where: Folder) -> Iterator[Manifests]:
        """The manifests of each stack."""
        from eks_blueprints.gitops.render import rendered

        show.old_tables(*show.PLATFORM)
        targets: list[Target] = named_targets(self.stacks) if self.stacks else all_targets()
        how: dict[str, Any] = {"charts": self.charts, "skip_unknown": self.skip_unknown}
        with _asking_repositories(self.charts == "rendered"):
            yield from rendered(targets, where, outputs=self.outputs, agent=self.agent, **how)


def _of_stacks(function: Any) -> Any:
    """The argument and options of commands that render stacks, handed on as one."""

    @wraps(function)
    def command(**given: Any) -> None:
        asked = _Asked(**{each.name: given.pop(each.name) for each in fields(_Asked)})
        function(asked, **given)

    for option in (
        click.option(
            "--outputs",
            multiple=True,
            type=_FILE,
            metavar="FILE",
            help="Values that only AWS knows: what pulumi stack export wrote, or a mapping such as "
            "{prod-cluster.endpoint: https://…}; can be repeated.",
        ),
        click.option(
            "--agent",
            type=click.Choice(["argocd", "flux"]),
            help="Who reads the repository. Default: as addon_defaults.delivery says, else argocd.",
        ),
        click.option(
            "--charts",
            type=click.Choice(["agent", "rendered"]),
            default="agent",
            show_default=True,
            help="agent: an Application or a HelmRelease for each chart. rendered: its objects, where Helm is on the "
            "PATH and the chart within reach.",
        ),
        click.option(
            "--skip-unknown",
            is_flag=True,
            help="Leave out objects with values that are not known, and leave their files as they are.",
        ),
        click.option(
            "--to",
            "folder",
            required=True,
            type=_FOLDER,
            metavar="DIR",
            help="Folder of the manifests: the top of a repository, or a folder in it.",
        ),
        click.argument("stacks", nargs=-1, metavar="[STACK|FILE]...", shell_complete=complete.stacks),
    ):
        command = option(command)
    return command


@command.command("render")
@_of_stacks
@click.option("--check", "only_check", is_flag=True, help="Write nothing; exit with 4 unless the folder is up to date.")
def render(asked: _Asked, only_check: bool) -> None:
    """Write the Kubernetes objects of stacks to a folder, one object a file.

    clusters/STACK has a folder for each add-on, workload, team and namespace, with a kustomization; Argo CD and Flux
    read it as it is. Objects carry sync waves for Argo CD; for Flux, flux/STACK has a Kustomization for each folder.
    Where addon_defaults.delivery names a repository, these are the objects that pulumi up leaves to it; else all.

    Secrets are never written. An object with a value that only AWS knows needs --outputs. Files of earlier runs that
    are no longer needed are deleted; no others are. A tag that gitops bump has set stays until the stack's changes.

    \b
      eks-blueprints gitops render prod --to ../manifests
      pulumi stack export --stack prod > state.json
      eks-blueprints gitops render prod --to ../manifests --outputs state.json
      eks-blueprints gitops render --to ../manifests --check
    """
    from eks_blueprints.gitops.write import Folder, difference, write

    where = Folder(asked.folder)
    # All stacks are read before a file of the first one is written.
    made = list(asked.rendered(where))
    stale = False
    for each in made:
        found = difference(each, where) if only_check else write(each, where)
        stale = stale or bool(found)
        for line in _told(each):
            click.echo(visible(line), err=True)
        counts = {"new": len(found.new), "changed": len(found.changed), "deleted": len(found.gone)}
        said = ", ".join(f"{count} {word}" for word, count in counts.items() if count) or "up to date"
        click.echo(visible(f"{each.stack}: {len(each.files)} files in {asked.folder}, {said}"))
        if only_check:
            signs = {"+": found.new, "~": found.changed, "-": found.gone}
            for sign, paths in signs.items():
                for path in sorted(paths):
                    click.echo(visible(f"  {sign} {path}"))
    if only_check and stale:
        raise click.exceptions.Exit(Exit.CHANGES)


@command.command("diff")
@_of_stacks
@click.option("--base", metavar="REF", help="Compare with a commit of the folder's repository, not with its files.")
@click.option(
    "--cluster",
    "exports",
    multiple=True,
    type=_FILE,
    metavar="FILE",
    help="Compare with what is on a cluster: what kubectl get --output yaml wrote; can be repeated.",
)
@click.option("--format", "form", type=click.Choice(["text", "markdown"]), default="text", show_default=True)
@click.option("--exit-code", "tell_changes", is_flag=True, help="Exit with 4 when anything differs.")
def diff(asked: _Asked, base: str | None, exports: tuple[Path, ...], form: str, tell_changes: bool) -> None:
    """Show what Argo CD or Flux would change once the stacks, as they are now, are rendered and pushed.

    Without --cluster the rendered objects are compared with the files of the folder. With it, also with the objects of
    a cluster's export, in the fields that are rendered: all other fields are the cluster's own.

    \b
      eks-blueprints gitops diff prod --to ../manifests
      eks-blueprints gitops diff prod --to ../manifests --base origin/main --format markdown
      kubectl get deploy,svc,cm -A -o yaml > live.yaml
      eks-blueprints gitops diff prod --to ../manifests --cluster live.yaml --exit-code
    """
    from eks_blueprints.gitops import compare
    from eks_blueprints.gitops.write import Folder

    where = compare.Commit(asked.folder, base) if base is not None else Folder(asked.folder)
    live = compare.exported(exports)
    write = compare.as_markdown if form == "markdown" else compare.as_text
    differs = False
    for each in asked.rendered(where):
        found = compare.against_folder(each, where)
        reports = [(found, f"{asked.folder} at {base}" if base else str(asked.folder))]
        if exports:
            reports.append((compare.against_cluster(each, live), "the cluster"))
        for changes, beside in reports:
            differs = differs or bool(changes)
            for line in write(each.stack, changes, beside):
                click.echo(visible(line))
    if differs and tell_changes:
        raise click.exceptions.Exit(Exit.CHANGES)


@command.command("bump")
@click.argument("images", metavar="IMAGE...", nargs=-1, required=True)
@click.option("--repo", required=True, metavar="DIR|URL", help="A clone, or the URL of a repository, which is cloned.")
@click.option("--branch", metavar="NAME", help="Branch to commit to. Default: the clone's, or the repository's.")
@click.option(
    "--path",
    "paths",
    multiple=True,
    metavar="PATH",
    help="Folder or file in the repository to change; can be repeated.",
)
@click.option("--sign", is_flag=True, help="Sign the commit, as git is configured (gpg, ssh).")
@click.option("--no-push", is_flag=True, help="Commit, and do not push. For a clone alone.")
@click.option(
    "--message", metavar="TEXT", help="Message of the commit. Default: the images, their tags, and the CI run."
)
@click.option(
    "--tries",
    type=click.IntRange(1, 50),
    default=5,
    show_default=True,
    help="How often to begin anew where others push in between.",
)
def bump(  # noqa: PLR0917 - click passes each option by name
    images: tuple[str, ...],
    repo: str,
    branch: str | None,
    paths: tuple[str, ...],
    sign: bool,
    no_push: bool,
    message: str | None,
    tries: int,
) -> None:
    """Change the tag or digest of images in a Git repository, commit and push: a pipeline's last step.

    It finds an image in manifests and Rollouts, in kustomizations (newTag, digest), in values of charts (repository
    beside tag), and in stack files. Every other byte stays as it is. Where others push in between, it begins anew.
    Several images are one commit. Images that have these tags already make none.

    \b
      eks-blueprints gitops bump ECR/shop/web:v3.1 --repo git@github.com:acme/manifests.git --path clusters/prod
      eks-blueprints gitops bump ECR/shop/web@sha256:… --repo . --sign
      eks-blueprints gitops bump ECR/shop/web:v3.1 ECR/shop/worker:v3.1 --repo . --path clusters/prod
      eks-blueprints gitops bump ECR/shop/web:v3.1 --repo ../platform --path stacks/prod.yaml
    """
    from eks_blueprints.gitops.bump import Bump
    from eks_blueprints.gitops.bump import bump as bumped
    from eks_blueprints.gitops.repository import GitError

    asked = Bump(images, repo, branch, paths, sign=sign, push=not no_push, message=message, tries=tries)
    try:
        found = bumped(asked)
    except GitError as error:
        click.echo(visible(str(error)), err=True)
        raise click.exceptions.Exit(Exit.FAILED) from None
    if found.commit is None:
        done = "the commit of an earlier run is pushed" if found.pushed else "is there already; no commit made"
        click.echo(visible(f"{', '.join(images)}: {done}"))
        return
    said = "pushed" if found.pushed else "not pushed"
    files = ", ".join(found.files[:3]) + (f" and {len(found.files) - 3} more" if len(found.files) > 3 else "")
    again = f", try {found.tries}" if found.tries > 1 else ""
    changes = [f"{image}: was {old.removeprefix(':')}" for image, old in zip(images, found.olds, strict=True)]
    click.echo(visible(f"{', '.join(changes)} in {files}; commit {found.commit}, {said}{again}"))


@contextmanager
def _asking_repositories(wanted: bool) -> Iterator[None]:
    from eks_blueprints.policies.inside.helm import VARIABLE

    before = os.environ.get(VARIABLE)
    if wanted:
        os.environ[VARIABLE] = "1"
    try:
        yield
    finally:
        if wanted and before is None:
            os.environ.pop(VARIABLE, None)


def _told(made: Manifests) -> Iterator[str]:
    for note in made.notes:
        yield f"{made.stack}: {note}"
    for each in made.left_out:
        yield f"{made.stack}: left out: {each}"
