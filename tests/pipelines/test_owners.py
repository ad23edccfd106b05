"""Who has to agree to a change: CODEOWNERS, and the ruleset of the branch."""

from __future__ import annotations

import json
from typing import Any

from tests.pipelines.rendered import rendered


def owners(engine: str = "github_actions", path: str = ".github/CODEOWNERS", **changes: Any) -> dict[str, str]:
    lines = [line for line in rendered(engine, **changes)[path].splitlines() if not line.startswith("#")]
    return dict(line.split(" ", 1) for line in lines)


def rules(**changes: Any) -> dict[str, Any]:
    found = json.loads(rendered("github_actions", **changes)[".github/eks-blueprints/web.ruleset.json"])
    return {rule["type"]: rule.get("parameters") for rule in found["rules"]}


def test_those_who_push_own_what_starts_it_and_those_who_approve_own_the_pipeline() -> None:
    found = owners(source={"paths": ["services/web/**", "go.mod"]})

    assert found["/services/web/"] == "@acme/developers"
    assert found["/go.mod"] == "@acme/developers"
    assert found["/.github/workflows/web.yml"] == "@acme/release"
    assert found["/.github/CODEOWNERS"] == "@acme/release"


def test_without_paths_they_own_all_and_later_lines_win() -> None:
    found = owners("gitlab_ci", "CODEOWNERS")

    assert next(iter(found)) == "*"
    assert found["/.gitlab-ci.yml"] == "@acme/release"


def test_a_branch_takes_no_change_that_nobody_else_has_read() -> None:
    review = rules()["pull_request"]

    assert review["require_code_owner_review"] is True
    assert review["require_last_push_approval"] is True
    assert review["required_approving_review_count"] == 1


def test_checks_are_required_where_every_pull_request_runs_them() -> None:
    checks = rules()["required_status_checks"]["required_status_checks"]

    assert [check["context"] for check in checks] == ["lint", "test"]
    assert "required_status_checks" not in rules(source={"paths": ["web/**"]})
    assert "required_status_checks" not in rules(source={"on": ["push"]})
