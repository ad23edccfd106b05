"""Settings of a repository on GitHub: environments with their approvers, and a ruleset for the branch."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from eks_blueprints.pipelines._job import Gate, Job
from eks_blueprints.pipelines.engines._steps import ACCOUNT, MARK, Step, code

if TYPE_CHECKING:
    from eks_blueprints.pipelines._graph import Graph
    from eks_blueprints.pipelines.base import Pipeline

FOLDER = ".github/eks-blueprints"


def script_path(name: str) -> str:
    """The script that applies the settings for a pipeline."""
    return f"{FOLDER}/{name}.sh"


def gate_environment(pipeline: str, stage: str) -> str:
    """The environment of GitHub that stands for an approval: its reviewers are the approvers."""
    return f"{pipeline}-{stage}"


def files(pipeline: Pipeline, graph: Graph, found: Sequence[Step], *, environments: bool) -> dict[str, str]:
    """The ruleset, and a script that applies it; with `environments` also those of the jobs."""
    rules = ruleset(graph, found if environments else ())
    place = f"{FOLDER}/{graph.name}.ruleset.json"
    lines = [*_environments(graph, found)] if environments else []
    script = "\n".join([*_head(graph, found), *lines, *_ruleset_lines(graph)]) + "\n"
    return {script_path(graph.name): script, place: json.dumps(rules, indent=2) + "\n"}


def ruleset(graph: Graph, found: Sequence[Step]) -> dict[str, Any]:
    """The protection of the branch, as GitHub imports and exports it: nobody can merge what nobody else has read.

    Checks are required where all pull requests run them: one that a filter of paths leaves out would wait forever.
    """
    source = code(graph)
    review = {
        "required_approving_review_count": 1,
        "dismiss_stale_reviews_on_push": True,
        "require_code_owner_review": True,
        "require_last_push_approval": True,
        "required_review_thread_resolution": True,
    }
    rules: list[dict[str, Any]] = [
        {"type": "deletion"},
        {"type": "non_fast_forward"},
        {"type": "pull_request", "parameters": review},
    ]
    filtered = source.paths or source.ignore_paths
    asked = "pull_request" in source.on and not filtered
    checks = [name for step in found if step.reviewed and asked for name in _checks(step)]
    if checks:
        said = {
            "strict_required_status_checks_policy": True,
            "do_not_enforce_on_create": True,
            "required_status_checks": [{"context": name} for name in checks],
        }
        rules.append({"type": "required_status_checks", "parameters": said})
    return {
        "name": f"eks-blueprints: {graph.name}",
        "target": "branch",
        "enforcement": "active",
        "bypass_actors": [],
        "conditions": {"ref_name": {"include": [f"refs/heads/{source.branch}"], "exclude": []}},
        "rules": rules,
    }


def _checks(step: Step) -> list[str]:
    """Names of the checks of a job: each of a matrix has its own."""
    runs = step.work.runs if isinstance(step.work, Job) else ({},)
    return [f"{step.name} ({', '.join(run.values())})" if run else step.name for run in runs]


def _head(graph: Graph, found: Sequence[Step]) -> list[str]:
    lines = [
        "#!/usr/bin/env bash",
        f"# Written by {MARK}: change the stack file, not this file.",
        f"# Settings of {code(graph).repository} that no workflow can hold. Run it as an administrator of it,",
        "# now and when it changes; it needs gh, signed in, and jq.",
        "set -euo pipefail",
        f"REPOSITORY={shlex.quote(str(code(graph).repository))}",
    ]
    if any(ACCOUNT in (step.role_arn or "") for step in found):
        do = 'gh variable set AWS_ACCOUNT_ID --repo "$REPOSITORY" --body "$AWS_ACCOUNT_ID"'
        lines += ['AWS_ACCOUNT_ID="${AWS_ACCOUNT_ID:?is the account of the roles; set it}"', do]
    return lines


_FUNCTIONS = """
reviewer() { # a user, or organization/team
  case "$1" in
    */*) gh api "orgs/${1%%/*}/teams/${1#*/}" --jq '{type: "Team", id: .id}' ;;
    *) gh api "users/$1" --jq '{type: "User", id: .id}' ;;
  esac
}

environment() { # name, type of ref, pattern, reviewers...
  local name="$1" type="$2" pattern="$3" reviewers
  shift 3
  reviewers="$(for each in "$@"; do reviewer "$each"; done | jq -s .)"
  jq -n --argjson reviewers "$reviewers" '{
    reviewers: $reviewers,
    prevent_self_review: ($reviewers != []),
    can_admins_bypass: false,
    deployment_branch_policy: {protected_branches: false, custom_branch_policies: true}
  }' | gh api --method PUT "repos/$REPOSITORY/environments/$name" --input - > /dev/null
  if ! gh api "repos/$REPOSITORY/environments/$name/deployment-branch-policies" --jq '.branch_policies[].name' |
    grep -qxF -- "$pattern"; then
    gh api --method POST "repos/$REPOSITORY/environments/$name/deployment-branch-policies" \\
      -f "name=$pattern" -f "type=$type" > /dev/null
  fi
}
""".strip("\n").split("\n")


def _environments(graph: Graph, found: Sequence[Step]) -> list[str]:
    source = code(graph)
    refs = [("tag", tag) for tag in source.tags] or [("branch", source.branch)]
    wanted: dict[str, tuple[str, ...]] = {}
    for step in found:
        if isinstance(step.work, Gate):
            wanted[gate_environment(graph.name, step.name)] = step.work.approvers
        elif step.stage.environment is not None:
            wanted.setdefault(step.stage.environment, ())
    if not wanted:
        return []
    calls = []
    for name, reviewers in wanted.items():
        for kind, ref in refs:
            words = (name, kind, ref, *(each.removeprefix("@") for each in reviewers))
            calls.append(" ".join(("environment", *map(shlex.quote, words))))
    return ["", *_FUNCTIONS, "", *calls]


def _ruleset_lines(graph: Graph) -> list[str]:
    return [
        "",
        f"NAME={shlex.quote(f'eks-blueprints: {graph.name}')}",
        f'FILE="$(dirname "$0")/{graph.name}.ruleset.json"',
        'ID="$(gh api "repos/$REPOSITORY/rulesets" | jq -r --arg name "$NAME" \'.[] | select(.name == $name) | .id\')"',
        'if [ -n "$ID" ]; then',
        '  gh api --method PUT "repos/$REPOSITORY/rulesets/$ID" --input "$FILE" > /dev/null',
        "else",
        '  gh api --method POST "repos/$REPOSITORY/rulesets" --input "$FILE" > /dev/null',
        "fi",
    ]
