"""The workflow that comments on pull requests: the second of two, which runs nothing of the pull request.

GitHub gives no token that can write to pull requests from forks; a workflow that is started by the end of another one
is the default branch's own, and has it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from eks_blueprints.pipelines._job import Job
from eks_blueprints.pipelines.engines._actions import action
from eks_blueprints.pipelines.engines._steps import MARK, Step
from eks_blueprints.pipelines.engines._yaml import text


def workflow(name: str, posts: Iterable[Step], label: str) -> str:
    """The workflow of the jobs that comment."""
    data = {
        "name": f"{name} comment",
        "on": {"workflow_run": {"workflows": [name], "types": ["completed"]}},
        "permissions": {},
        "defaults": {"run": {"shell": "bash"}},
        "jobs": {step.name: _job(step, step.work, label) for step in posts if isinstance(step.work, Job)},
    }
    head = [
        f"Written by {MARK}: change the stack file, not this file.",
        "The second of two: posts what the first left behind. It is the default branch's own, and runs nothing of the",
        "pull request; the token is in the environment of the last step alone.",
    ]
    return text(data, head)


def _job(step: Step, job: Job, label: str) -> dict[str, Any]:
    *install, post = job.commands
    steps: list[dict[str, Any]] = [
        {
            "uses": action("actions/download-artifact"),
            "with": {
                "name": name,
                "path": f"artifacts/{name}",
                "run-id": "${{ github.event.workflow_run.id }}",
                "github-token": "${{ github.token }}",
            },
        }
        for name in step.inputs
    ]
    steps.append({"name": "Install", "run": "\n".join(install) + "\n"})
    steps.append({"name": step.name, "env": {"GITHUB_TOKEN": "${{ github.token }}"}, "run": post})
    return {
        "if": "github.event.workflow_run.event == 'pull_request'",
        "runs-on": label,
        "timeout-minutes": job.timeout_minutes,
        # To download the artifact of the other run, and to comment.
        "permissions": {"actions": "read", "pull-requests": "write"},
        **({"container": job.runner.image} if job.runner.image else {}),
        "steps": steps,
    }
