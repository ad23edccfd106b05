"""Settings of a project on GitLab: protected environments with their approvers, the protected branch, and reviews."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from eks_blueprints.pipelines._job import Gate
from eks_blueprints.pipelines.engines._steps import MARK, Step, code

if TYPE_CHECKING:
    from eks_blueprints.pipelines._graph import Graph
    from eks_blueprints.pipelines._ref import PipelinesRef
    from eks_blueprints.pipelines.base import Pipeline

FOLDER = ".gitlab/eks-blueprints"
_MAINTAINER = 40
_DEVELOPER = 30
_NOBODY = 0
# Source: GitLab documentation, "Protected branches API", access levels, read 2026-11-30.


def script_path(name: str) -> str:
    """The script that applies the settings for a pipeline."""
    return f"{FOLDER}/{name}.sh"


def gate_environment(pipeline: str, stage: str) -> str:
    """The environment of GitLab that stands for an approval: those who can deploy to it are the approvers."""
    return f"{pipeline}-{stage}"


def files(pipeline: Pipeline, graph: Graph, found: Sequence[Step], ref: PipelinesRef | None) -> dict[str, str]:
    """The settings, and a script that applies them; `ref` where GitLab CI runs the pipeline."""
    place = f"{FOLDER}/{graph.name}.settings.json"
    lines = [*_HEAD[:1], f"# Written by {MARK}: change the stack file, not this file.", *_HEAD[1:]]
    lines += [f"PROJECT={shlex.quote(quote(str(code(graph).repository), safe=''))}"]
    lines += [f'FILE="$(dirname "$0")/{graph.name}.settings.json"', "", *_FUNCTIONS, ""]
    lines += ['send PUT "projects/$PROJECT" .project', 'send POST "projects/$PROJECT/approvals" .approvals']
    branch = quote(code(graph).branch, safe="")
    # A rule cannot be changed, only made again. Meanwhile another one keeps everybody out of the branch.
    lines += [f'drop "protected_branches/{branch}%2A"', 'send POST "projects/$PROJECT/protected_branches" .guard']
    lines += [f'drop "protected_branches/{branch}"', 'send POST "projects/$PROJECT/protected_branches" .branch']
    lines += [f'drop "protected_branches/{branch}%2A"']
    if ref is not None:
        lines += [*_environments(graph, found)]
        if code(graph).schedule is not None:
            lines += _SCHEDULE
    said = settings(graph, found, ref)
    return {script_path(graph.name): "\n".join(lines) + "\n", place: json.dumps(said, indent=2) + "\n"}


def settings(graph: Graph, found: Sequence[Step], ref: PipelinesRef | None) -> dict[str, Any]:
    """What the project has to say: nobody merges, or approves, what they wrote themselves."""
    source = code(graph)
    project: dict[str, Any] = {
        "only_allow_merge_if_pipeline_succeeds": bool(found and "pull_request" in source.on and not source.paths),
        "only_allow_merge_if_all_discussions_are_resolved": True,
        "allow_pipeline_trigger_approve_deployment": False,
    }
    if ref is not None and ref.engines.gitlab_ci.subject_has_environment:
        parts = ["project_path", "ref_type", "ref", "environment_protected"]
        project["ci_id_token_sub_claim_components"] = parts
    said: dict[str, Any] = {
        "project": project,
        "approvals": {
            "reset_approvals_on_push": True,
            "merge_requests_author_approval": False,
            "merge_requests_disable_committers_approval": True,
            "disable_overriding_approvers_per_merge_request": True,
        },
        "branch": {
            "name": source.branch,
            "push_access_level": _NOBODY,
            "merge_access_level": _DEVELOPER,
            "allow_force_push": False,
            "code_owner_approval_required": True,
        },
        # Of several rules that a branch fits the most generous counts, so that it changes nothing beside the other.
        "guard": {
            "name": f"{source.branch}*",
            "push_access_level": _NOBODY,
            "merge_access_level": _NOBODY,
            "allow_force_push": False,
        },
    }
    if ref is not None and source.schedule is not None:
        said["schedule"] = {
            "description": f"eks-blueprints: {graph.name}",
            "ref": f"refs/heads/{source.branch}",
            "cron": source.schedule,
            "cron_timezone": "UTC",
        }
    return said


_HEAD = [
    "#!/usr/bin/env bash",
    "# Settings of the project that .gitlab-ci.yml cannot hold. Run it as a maintainer of the project, now and when it",
    "# changes; it needs glab, signed in, and jq. Approvals and owners of code need GitLab Premium.",
    "set -euo pipefail",
]

_FUNCTIONS = """
send() { # method, path, part of the settings
  jq "$3" "$FILE" | glab api --method "$1" "$2" --header 'Content-Type: application/json' --input - > /dev/null
}

drop() { # path below the project, which may not be there
  glab api --method DELETE "projects/$PROJECT/$1" > /dev/null 2>&1 || true
}

level() { # a user, or the path of a group
  local id
  id="$(glab api "users?username=$1" | jq -r '.[0].id // empty')"
  if [ -n "$id" ]; then
    jq -n --argjson id "$id" '{user_id: $id}'
    return
  fi
  glab api "groups/$(jq -rn --arg name "$1" '$name | @uri')" | jq '{group_id: .id}'
}

environment() { # name, who can deploy to it...
  local name="$1" levels before
  shift
  if [ "$#" -eq 0 ]; then
    levels='[{"access_level": 30}]'
  else
    levels="$(for each in "$@"; do level "$each"; done | jq -s .)"
  fi
  glab api --method POST "projects/$PROJECT/environments" -f "name=$name" > /dev/null 2>&1 || true
  # One that is protected already is changed in one step, so that it is never open.
  if before="$(glab api "projects/$PROJECT/protected_environments/$name" 2> /dev/null)"; then
    jq --argjson levels "$levels" \\
      '{name, deploy_access_levels: ([.deploy_access_levels[] | {id, _destroy: true}] + $levels)}' <<< "$before" |
      glab api --method PUT "projects/$PROJECT/protected_environments/$name" \\
        --header 'Content-Type: application/json' --input - > /dev/null
  else
    jq -n --arg name "$name" --argjson levels "$levels" '{name: $name, deploy_access_levels: $levels}' |
      glab api --method POST "projects/$PROJECT/protected_environments" \\
        --header 'Content-Type: application/json' --input - > /dev/null
  fi
}
""".strip("\n").split("\n")

_SCHEDULE = [
    'DESCRIPTION="$(jq -r .schedule.description "$FILE")"',
    'ID="$(glab api "projects/$PROJECT/pipeline_schedules" |',
    '  jq -r --arg name "$DESCRIPTION" \'.[] | select(.description == $name) | .id\')"',
    'if [ -n "$ID" ]; then',
    '  send PUT "projects/$PROJECT/pipeline_schedules/$ID" .schedule',
    "else",
    '  send POST "projects/$PROJECT/pipeline_schedules" .schedule',
    "fi",
]


def _environments(graph: Graph, found: Sequence[Step]) -> list[str]:
    wanted: dict[str, tuple[str, ...]] = {}
    for step in found:
        if isinstance(step.work, Gate):
            wanted[gate_environment(graph.name, step.name)] = step.work.approvers
        elif step.stage.environment is not None:
            wanted.setdefault(step.stage.environment, ())
    calls = []
    for name, approvers in wanted.items():
        words = (name, *(each.removeprefix("@") for each in approvers))
        calls.append(" ".join(("environment", *map(shlex.quote, words))))
    return calls
