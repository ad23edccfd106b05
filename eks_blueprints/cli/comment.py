"""`eks-blueprints comment`: the report as the pull request's one comment."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from eks_blueprints.cli.exits import Exit
from eks_blueprints.cli.streams import echo_document
from eks_blueprints.core.printed import visible

if TYPE_CHECKING:
    from eks_blueprints.review.comment.hosts import Host

_SUMMARY_LIMIT = 1_000_000


@click.command("comment")
@click.argument("report", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--host", type=click.Choice(["github", "gitlab", "bitbucket"]), help="Default: the host whose CI runs this."
)
@click.option("--repository", help="owner/name, or GitLab's project id. Default: from CI.")
@click.option("--number", type=click.IntRange(1), help="The pull request. Default: from CI; see below.")
@click.option(
    "--tag", default="diff", show_default=True, help="Name of the comment, if you want several on one pull request."
)
@click.option("--api-url", help="URL of the host's API. Default: from CI, else the public one.")
@click.option(
    "--max-parts",
    type=click.IntRange(1, 20),
    default=4,
    show_default=True,
    help="Largest number of comments to split the report into.",
)
@click.option("--dry-run", is_flag=True, help="Print what would be posted.")
def command(  # noqa: PLR0917 - click passes each option by name
    report: Path,
    host: str | None,
    repository: str | None,
    number: int | None,
    tag: str,
    api_url: str | None,
    max_parts: int,
    dry_run: bool,
) -> None:
    """Post REPORT, written by diff -o report.json, as one comment that is updated with every push.

    \b
      eks-blueprints diff -o report.json && eks-blueprints comment report.json

    The token is read from GITHUB_TOKEN, GITLAB_TOKEN or BITBUCKET_TOKEN. A pull request from a fork has no token that
    can write, so a second workflow (workflow_run) posts the report that the first one saved. It finds the pull request
    by the commit that GitHub names. The report is not trusted: it cannot choose where it is posted, it is checked
    against its schema, and the comment is built here from its data.
    """
    from eks_blueprints.core.files import text_of
    from eks_blueprints.review.comment.built import built
    from eks_blueprints.review.comment.http import HostError
    from eks_blueprints.review.comment.pack import pack, sections
    from eks_blueprints.review.comment.post import post
    from eks_blueprints.review.comment.validated import validated

    text = built(validated(text_of(report, errors="replace"), str(report)))
    _summary(text)
    if dry_run:
        echo_document("\n\n".join(pack(sections(text), f"<!-- eks-blueprints:{tag} -->", 65_536, max_parts)))
        return
    try:
        found = _host(host, repository, number, api_url)
        click.echo(str(post(found, text, tag, most=max_parts)))
    except HostError as error:
        click.echo(visible(str(error)), err=True)
        raise click.exceptions.Exit(Exit.FAILED) from None
    except ValueError as error:
        raise click.UsageError(f"--tag {error}") from None


def _host(name: str | None, repository: str | None, number: int | None, url: str | None) -> Host:
    makers = {"github": _github, "gitlab": _gitlab, "bitbucket": _bitbucket}
    return makers[name or _detected()](repository, number, url)


def _detected() -> str:
    for variable, name in (
        ("GITHUB_ACTIONS", "github"),
        ("GITLAB_CI", "gitlab"),
        ("BITBUCKET_BUILD_NUMBER", "bitbucket"),
    ):
        if os.environ.get(variable):
            return name
    raise click.UsageError("this is no CI that is known; got no --host; give github, gitlab or bitbucket")


def _github(repository: str | None, number: int | None, url: str | None) -> Host:
    from eks_blueprints.review.comment.hosts import GitHub, github_api

    token = _needed("GITHUB_TOKEN", "GH_TOKEN")
    name = repository or _needed("GITHUB_REPOSITORY", option="--repository")
    base = url or os.environ.get("GITHUB_API_URL") or "https://api.github.com"
    return GitHub(name, number or _github_number(name, github_api(token, base)), token, base)


def _github_number(repository: str, api: Any) -> int:
    from eks_blueprints.review.comment.hosts import github_number

    file = os.environ.get("GITHUB_EVENT_PATH")
    event: Mapping[str, Any] = json.loads(Path(file).read_text(encoding="utf-8")) if file else {}
    if request := event.get("pull_request"):
        return int(request["number"])
    if run := event.get("workflow_run"):
        owner = run["head_repository"]["owner"]["login"]
        found = github_number(repository, owner, run["head_branch"], run["head_sha"], api)
        if found is None:
            # The branch has moved on or the request is closed: the next run, if any, has a newer report.
            click.echo(f"no open pull request has {run['head_sha'][:7]} as its head; nothing was posted")
            raise click.exceptions.Exit(Exit.FINE)
        return found
    raise click.UsageError("this event belongs to no pull request; got no --number; give one")


def _gitlab(repository: str | None, number: int | None, url: str | None) -> Host:
    from eks_blueprints.review.comment.hosts import GitLab

    project = repository or _needed("CI_PROJECT_ID", option="--repository")
    request = number or int(_needed("CI_MERGE_REQUEST_IID", option="--number"))
    base = url or os.environ.get("CI_API_V4_URL") or "https://gitlab.com/api/v4"
    return GitLab(project, request, _needed("GITLAB_TOKEN"), base)


def _bitbucket(repository: str | None, number: int | None, url: str | None) -> Host:
    from eks_blueprints.review.comment.hosts import Bitbucket

    name = repository or _needed("BITBUCKET_REPO_FULL_NAME", option="--repository")
    request = number or int(_needed("BITBUCKET_PR_ID", option="--number"))
    return Bitbucket(name, request, _needed("BITBUCKET_TOKEN"), url or "https://api.bitbucket.org/2.0")


def _needed(*names: str, option: str | None = None) -> str:
    for name in names:
        if value := os.environ.get(name):
            return value
    do = f"give {option}" if option else "set it"
    raise click.UsageError(f"{names[0]} is needed; got nothing in the environment; {do}")


def _summary(text: str) -> None:
    """The whole report on the job's page, where there is one."""
    file = os.environ.get("GITHUB_STEP_SUMMARY")
    if not file:
        return
    from eks_blueprints.review.comment.pack import pack, sections

    with Path(file).open("a", encoding="utf-8", newline="\n") as page:
        page.write(pack(sections(text), "", _SUMMARY_LIMIT, 1)[0] + "\n")
