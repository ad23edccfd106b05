"""The same repositories as templates of `pulumi new`, and the checks of pull requests for other repositories.

python -m eks_blueprints.starter.pulumi_templates templates
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from eks_blueprints.starter.answers import HOSTS, PRESETS, Answers, example_requirement
from eks_blueprints.starter.repository import rendered, repository

_FILLED_IN_BY_PULUMI = {name: f"${{{name}}}" for name in ("PROJECT", "DESCRIPTION")}
_ELSEWHERE = {
    "gitlab": ("gitlab.yml", "git+https://gitlab.example.com/platform/eks-blueprints@v1"),
    "bitbucket": ("bitbucket-pipelines.yml", "git+https://bitbucket.org/acme/eks-blueprints@v1"),
    "codebuild": ("codebuild.yml", ""),
}
"""Where the check of each host stands in `templates/ci`, and from where it installs this package."""
_REVIEW = {
    "kind": "review_pipeline",
    "engine": "github_actions",
    "source": {
        "provider": "github",
        "repository": "acme/platform",
        "on": ["pull_request"],
        "paths": ["stacks/**", "**.py", "requirements.lock", "Pulumi.yaml"],
    },
    "install": [
        "# Where you keep eks_blueprints; better than a tag is the hash of a commit.",
        "git clone --quiet --depth 1 --branch v1 https://github.com/acme/eks-blueprints trusted",
        "pip install --quiet --require-hashes -r trusted/requirements.lock",
        "pip install --quiet --no-deps --no-build-isolation ./trusted",
    ],
}
"""The check on GitHub, as a pipeline. Other files of `templates/ci` are no outputs of one: an `include` of GitLab must
not bring rules for a whole file, Bitbucket and CodeBuild alone are no engine, and a matrix makes no artifact of which
a report could be joined."""


def all_files() -> dict[str, str]:
    """The text of every generated file of `templates/`, by its path with slashes."""
    return dict(_all_files())


def _all_files() -> Iterator[tuple[str, str]]:
    for preset, what in PRESETS.items():
        answers = Answers(name="example", preset=preset, ci=HOSTS[0], requirement=example_requirement())
        for path, text in repository(answers, answers.values() | _FILLED_IN_BY_PULUMI).items():
            head = f'template:\n  description: "Amazon EKS with {what}"\n' if path == "Pulumi.yaml" else ""
            yield f"{preset}/{path}", text + head
    yield from _review()
    for host, (name, package) in _ELSEWHERE.items():
        values = {"TRUSTED": package, "REQUIREMENTS_FILE": "requirements.lock"}
        for text in rendered(f"ci/{host}", values).values():
            yield f"ci/{name}", text


def _review() -> Iterator[tuple[str, str]]:
    """The check of pull requests on GitHub, as `eks-blueprints pipeline render` writes it."""
    from eks_blueprints.blueprint.pipelines_spec import PipelinesArgs

    args = PipelinesArgs.model_validate({"region": "us-east-1", "pipelines": {"platform-diff": _REVIEW}})
    [pipeline] = args.pipelines
    files = pipeline.renderer.render(pipeline, pipeline.graph({}), args.ref("delivery"))
    for path, text in files.items():
        if path.startswith(".github/workflows/"):
            yield f"ci/github/{path.rpartition('/')[2]}", text


def write(folder: Path) -> None:
    """Write them below a folder."""
    for path, text in all_files().items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "templates"))
