"""What protects the repository of a pipeline: who owns its files, its branch, and checks before a commit.

For engines whose jobs have no environments at the host of the code: AWS CodePipeline and Jenkins.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from eks_blueprints.pipelines.engines import _github_settings, _gitlab_settings, _owners
from eks_blueprints.pipelines.engines._steps import MARK, Step, code
from eks_blueprints.pipelines.engines._yaml import text

if TYPE_CHECKING:
    from eks_blueprints.pipelines._graph import Graph
    from eks_blueprints.pipelines.base import Pipeline

HOOKS = ".pre-commit-config.yaml"


def files(pipeline: Pipeline, graph: Graph, found: Sequence[Step], written: Iterable[str]) -> dict[str, str]:
    """The settings of the repository, CODEOWNERS and hooks; `written` are the other files of the pipeline."""
    made: dict[str, str] = {}
    if code(graph).provider == "github":
        made |= _github_settings.files(pipeline, graph, found, environments=False)
    elif code(graph).provider == "gitlab":
        made |= _gitlab_settings.files(pipeline, graph, found, None)
    made |= hooks(pipeline, graph)
    return made | _owners.files(pipeline, graph, [*written, *made])


def hooks(pipeline: Pipeline, graph: Graph) -> dict[str, str]:
    """The hooks of pre-commit, where the pipeline wants them: what a developer's machine can run of its tests."""
    if not pipeline.pre_commit:
        return {}
    found = [
        {
            "id": f"{graph.name}-{stage.name}",
            "name": f"{stage.name} of {graph.name}",
            "language": "system",
            "entry": f"bash -e -o pipefail -c {shlex.quote(chr(10).join(commands))}",
            "pass_filenames": False,
        }
        for stage in graph.stages
        if (commands := stage.before_commit)
    ]
    data = {"repos": [{"repo": "local", "hooks": found}]}
    head = [f"Written by {MARK}: change the stack file, not this file.", "Once in each clone: pre-commit install"]
    return {HOOKS: text(data, head)} if found else {}
