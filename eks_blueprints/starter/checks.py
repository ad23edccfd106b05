"""The check of pull requests for each host, as `eks-blueprints pipeline render` writes it of a review pipeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eks_blueprints.starter.answers import DEFAULT_REGION

NAME = "platform-diff"
_ENGINES = {"github": "github_actions", "gitlab": "gitlab_ci", "bitbucket": "bitbucket_pipelines"}
_ELSEWHERE = "Environments and branch protection", "Protected environments and branches"
"""Begins of the line that names a script of settings, which needs to know the repository."""
_CODEBUILD = [
    "# A buildspec for AWS CodeBuild, started by pull requests of GitHub. The project clones all commits (git clone",
    "# depth 0), in the image {image}.",
    "# It has neither a token nor a right to anything: it runs the pull request's own code. Its report is an artifact.",
    "# A second project, which runs no code of pull requests and alone can read the token from Secrets Manager,",
    "# posts it by",
    "#   eks-blueprints comment report.json --host github --repository OWNER/NAME --number NUMBER",
    "# with eks_blueprints installed from where you keep it, at a commit that you trust.",
]


@dataclass(frozen=True, kw_only=True)
class Check:
    """What the check of a repository is told."""

    requirements: str
    """The file of requirements that it installs."""
    install: Sequence[str] = ()
    """Commands that install this package for the comment."""
    paths: Sequence[str] = ()
    """Files that a change has to touch. Default: any."""


def files(host: str, check: Check) -> dict[str, str]:
    """The files that the CI of a host reads, by their paths."""
    if host == "codebuild":
        return {"buildspec.yml": _buildspec(check)}
    rendered = _rendered(host, check)
    read = {path: text for path, text in rendered.items() if "/eks-blueprints/" not in path}
    return {path: _head(text) for path, text in read.items()}


def _pipeline(host: str, check: Check) -> Mapping[str, Any]:
    return {
        "kind": "review_pipeline",
        "engine": _ENGINES.get(host, "codepipeline"),
        "source": {
            "provider": host if host in _ENGINES else "github",
            "repository": "acme/platform",
            "on": ["pull_request"],
            "paths": list(check.paths),
        },
        "review": {"install": [f"pip install --quiet -r {check.requirements}"]},
        "install": list(check.install),
    }


def _rendered(host: str, check: Check) -> Mapping[str, str]:
    from eks_blueprints.blueprint.pipelines_spec import PipelinesArgs

    said: dict[str, Any] = {"region": DEFAULT_REGION, "pipelines": {NAME: _pipeline(host, check)}}
    # No tags of runners that gitlab.com alone has.
    said["engines"] = {"gitlab_ci": {"url": "https://gitlab.example.com"}}
    args = PipelinesArgs.model_validate(said)
    [pipeline] = args.pipelines
    found: Mapping[str, str] = pipeline.renderer.render(pipeline, pipeline.graph({}), args.ref("delivery"))
    return found


def _head(text: str) -> str:
    lines = text.split("\n")
    do = "# It is as it is rendered of a review_pipeline; see the guide to the pull request check for one of your own."
    found = [do if line.removeprefix("# ").startswith(_ELSEWHERE) else line for line in lines]
    return "\n".join(found)


def _buildspec(check: Check) -> str:
    from eks_blueprints.pipelines._job import Site
    from eks_blueprints.pipelines.engines._codepipeline import buildspec
    from eks_blueprints.pipelines.stages.review import Review

    review = Review.model_validate({"name": "review", **_pipeline("codebuild", check)["review"]})
    job = review.work(Site(pipeline=NAME, region=DEFAULT_REGION, partition="aws", account=""), {})
    base = 'BASE_BRANCH="${CODEBUILD_WEBHOOK_BASE_REF#refs/heads/}"'
    variables = {name: str(value) for name, value in job.variables.items()}
    text = buildspec.text(
        job.but(commands=(base, *job.commands)), {}, review.outputs(), "source", clones=True, variables=variables
    )
    return "\n".join(_CODEBUILD).format(image=job.runner.image) + "\n" + text
