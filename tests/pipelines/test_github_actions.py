"""Workflows of GitHub Actions."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

import pytest

from eks_blueprints.core.document import parse
from eks_blueprints.pipelines.engines import _actions
from tests.pipelines.rendered import ACCOUNT, STAGES, deployed, rendered, told, warned

FILE = ".github/workflows/web.yml"


def workflow(**changes: Any) -> dict[str, Any]:
    data: dict[str, Any] = parse(rendered("github_actions", **changes)[FILE]).data
    return data


def jobs(**changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = workflow(**changes)["jobs"]
    return found


def script(job: dict[str, Any]) -> str:
    return "\n".join(step["run"] for step in job["steps"] if "run" in step)


def uses(job: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [step for step in job["steps"] if step.get("uses", "").startswith(f"{name}@")]


def test_jobs_wait_for_what_the_model_says_and_start_beside_each_other() -> None:
    found = {name: job.get("needs", []) for name, job in jobs().items()}

    assert found == {
        "lint": [],
        "test": [],
        "build": ["lint", "test"],
        "smoke": ["build"],
        "approve": ["smoke"],
        "live": ["approve"],
    }


def test_pull_requests_run_what_has_no_environment_no_role_and_no_decision() -> None:
    kept_out = {name for name, job in jobs().items() if "pull_request" in job.get("if", "")}

    assert kept_out == {"build", "smoke", "approve", "live"}


def test_what_waits_for_a_job_that_pull_requests_do_not_run_is_not_run_either() -> None:
    stages = {"build": STAGES["build"], "unit": {"kind": "test", "commands": ["make"], "inputs": ["site"]}}

    assert "if" in jobs(stages=stages)["unit"]


def test_without_pull_requests_nothing_is_kept_out() -> None:
    assert all("if" not in job for job in jobs(source={"on": ["push"]}).values())


def test_a_job_has_no_right_that_it_does_not_need() -> None:
    found = jobs()

    assert workflow()["permissions"] == {}
    assert found["lint"]["permissions"] == {"contents": "read"}
    assert found["build"]["permissions"] == {"contents": "read", "id-token": "write"}
    assert found["test"]["permissions"] == {"contents": "read", "security-events": "write"}
    assert found["approve"]["permissions"] == {}


def test_actions_are_pinned_to_a_commit_that_the_table_has() -> None:
    text = rendered("github_actions")[FILE]
    table = tomllib.loads(_actions.TABLE.read_text())

    pins = re.findall(r"uses: ([^\s@]+)@(\w+)  # (\S+)$", text, re.MULTILINE)
    assert len(pins) == text.count("uses:")
    assert all(len(commit) == 40 for _, commit, _ in pins)
    assert {(name, commit, version) for name, commit, version in pins} <= {
        (name, row["commit"], row["version"]) for name, row in table.items()
    }


def test_the_role_of_the_text_is_the_role_that_is_made() -> None:
    [said] = uses(jobs()["build"], "aws-actions/configure-aws-credentials")
    made = deployed("github_actions").one("aws:iam/role:Role", "shop-web-build")

    assert said["with"]["role-to-assume"] == f"arn:aws:iam::{ACCOUNT}:role/{made['name']}"


def test_prefix_and_path_of_roles_are_part_of_the_text() -> None:
    iam = {"role_name_prefix": "ci-", "path": "/delivery/"}
    [said] = uses(jobs(iam=iam)["build"], "aws-actions/configure-aws-credentials")
    made = deployed("github_actions", iam=iam).one("aws:iam/role:Role", "shop-web-build")

    assert said["with"]["role-to-assume"] == f"arn:aws:iam::{ACCOUNT}:role/delivery/ci-shop-web-build"
    assert (made["name"], made["path"]) == ("ci-shop-web-build", "/delivery/")


def test_a_long_name_is_cut_and_stays_apart() -> None:
    names = ["a" * 39 + end for end in "bc"]
    build = {"kind": "test", "commands": ["make"], "secrets": {"TOKEN": STAGES["build"]["secrets"]["NPM_TOKEN"]}}
    iam = {"role_name_prefix": "p" * 24}
    stages = dict.fromkeys(names, build)
    roles = [uses(jobs(stages=stages, iam=iam)[name], "aws-actions/configure-aws-credentials") for name in names]
    arns = {role["with"]["role-to-assume"] for [role] in roles}

    assert len(arns) == 2
    assert all(len(arn.rpartition("/")[2]) == 64 for arn in arns)


def test_without_an_account_the_text_asks_the_repository_and_a_warning_says_so() -> None:
    [said] = uses(jobs(account=None)["build"], "aws-actions/configure-aws-credentials")

    assert said["with"]["role-to-assume"] == "arn:aws:iam::${{ vars.AWS_ACCOUNT_ID }}:role/shop-web-build"
    assert any(each.startswith("account: is unknown") for each in warned("github_actions", account=None))
    assert "gh variable set AWS_ACCOUNT_ID" in rendered("github_actions", account=None)[".github/eks-blueprints/web.sh"]


def trust(recorded: Any, stage: str) -> dict[str, Any]:
    document = json.loads(recorded.one("aws:iam/role:Role", f"shop-web-{stage}")["assumeRolePolicy"])
    [statement] = document["Statement"]
    conditions: dict[str, Any] = statement["Condition"]
    return conditions


def test_roles_trust_their_environment_or_the_branch_and_never_pull_requests() -> None:
    found = deployed("github_actions")
    issuer = "token.actions.githubusercontent.com"

    for stage, subject in {
        "build": "repo:acme/web:ref:refs/heads/main",
        "smoke": "repo:acme/web:environment:staging",
        "live": "repo:acme/web:environment:production",
    }.items():
        said = {f"{issuer}:aud": "sts.amazonaws.com", f"{issuer}:sub": subject}
        assert trust(found, stage) == {"StringEquals": said}
    found.none("aws:iam/role:Role", "shop-web-lint").none("aws:iam/role:Role", "shop-web-approve")


def test_roles_trust_the_numbers_of_a_repository_where_they_are_said() -> None:
    engines = {"github_actions": {"repositories": {"acme/web": {"owner_id": 12, "id": 34}}}}
    found = deployed("github_actions", engines=engines)

    subject = trust(found, "build")["StringEquals"]["token.actions.githubusercontent.com:sub"]
    assert subject == "repo:acme@12/web@34:ref:refs/heads/main"
    assert not any("repository" in each for each in warned("github_actions", engines=engines))
    assert any("carry its numbers" in each for each in warned("github_actions"))


def test_roles_of_releases_trust_tags_that_fit() -> None:
    found = deployed("github_actions", source={"tags": ["v[0-9]+.*"], "on": ["push"]})

    said = trust(found, "build")
    assert said["StringLike"] == {"token.actions.githubusercontent.com:sub": "repo:acme/web:ref:refs/tags/v*.*"}
    assert workflow(source={"tags": ["v*"], "on": ["push"]})["on"]["push"] == {"tags": ["v*"]}


def test_an_existing_provider_is_used_and_one_of_another_issuer_is_refused() -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
    found = deployed("github_actions", engines={"github_actions": {"oidc_provider_arn": arn}})
    found.none("aws:iam/openIdConnectProvider:OpenIdConnectProvider")
    deployed("github_actions").one("aws:iam/openIdConnectProvider:OpenIdConnectProvider").has(
        url="https://token.actions.githubusercontent.com", clientIdLists=["sts.amazonaws.com"]
    )

    other = f"arn:aws:iam::{ACCOUNT}:oidc-provider/gitlab.com"
    [problem, *_] = told("github_actions", engines={"github_actions": {"oidc_provider_arn": other}})
    assert "is of another issuer" in problem


def test_a_secret_is_read_by_the_role_and_masked_before_anything_can_print_it() -> None:
    text = script(jobs()["build"])

    assert "aws secretsmanager get-secret-value --secret-id arn:aws:secretsmanager" in text
    assert text.index("::add-mask::") < text.index("export NPM_TOKEN") < text.index("make dist")
    assert "secrets." not in rendered("github_actions")[FILE]


def test_expressions_in_commands_stay_text() -> None:
    run = {"kind": "test", "commands": ["echo '${{ github.token }}'"]}

    assert "${{ '${{' }} github.token }}" in script(jobs(stages={"one": run})["one"])


def test_artifacts_go_from_the_job_that_makes_them_to_those_that_use_them() -> None:
    found = jobs()
    [up] = uses(found["build"], "actions/upload-artifact")
    [down] = uses(found["live"], "actions/download-artifact")

    assert (up["with"]["name"], up["with"]["path"]) == ("site", "artifacts/site")
    assert down["with"] == {"name": "site", "path": "artifacts/site"}
    assert "FILES=(dist/** 'release notes.txt')" in script(found["build"])


def test_machines_follow_size_and_architecture() -> None:
    own = {"github_actions": {"runners": {"medium_arm64": "our-arm"}}}

    assert jobs()["build"]["runs-on"] == "ubuntu-24.04-arm"
    assert jobs(engines=own)["build"]["runs-on"] == "our-arm"
    assert any("runner.size: is more than" in each for each in warned("github_actions"))
    assert not any("runner.size" in each for each in warned("github_actions", engines=own))
    assert jobs()["live"]["container"] == "public.ecr.aws/acme/tools:1"


def test_a_pull_request_cancels_the_run_before_it_and_a_deployment_waits_for_the_one_before() -> None:
    found = workflow()

    assert found["concurrency"]["cancel-in-progress"] == "${{ github.event_name == 'pull_request' }}"
    assert found["jobs"]["live"]["concurrency"] == {"group": "environment-production", "cancel-in-progress": False}


def test_paths_and_the_clock_start_it() -> None:
    source = {"paths": ["web/**"], "ignore_paths": ["**.md"], "on": ["push", "schedule"], "schedule": "0 3 * * 1"}

    found = workflow(source=source)["on"]
    assert found["push"] == {"branches": ["main"], "paths": ["web/**", "!**.md"]}
    assert found["schedule"] == [{"cron": "0 3 * * 1"}]
    only = workflow(source={"ignore_paths": ["**.md"]})["on"]
    assert only["pull_request"] == {"branches": ["main"], "paths-ignore": ["**.md"]}
    assert workflow(source={"on": []})["on"] == {"workflow_dispatch": {}}


def test_an_approval_is_an_environment_of_its_own_whose_reviewers_the_settings_name() -> None:
    settings = rendered("github_actions")[".github/eks-blueprints/web.sh"]

    assert jobs()["approve"]["environment"] == "web-approve"
    assert "environment web-approve branch main acme/release\n" in settings
    assert "environment production branch main\n" in settings
    assert "prevent_self_review: ($reviewers != [])" in settings


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"source": {"provider": "gitlab"}}, "stages.source.provider: is not what GitHub Actions starts from"),
        (
            {"stages": {"approve": {"approvers": ["arn:aws:iam::111122223333:role/boss"]}}},
            "stages.approve.approvers: is not a user or a team of GitHub",
        ),
        ({"stages": {"approve": {"approvers": list("abcdefg")}}}, "stages.approve.approvers: can be at most 6"),
        (
            {"stages": {"charts": {"kind": "source", "provider": "github", "repository": "acme/charts"}}},
            "stages.charts.provider: is a second repository of code",
        ),
    ],
)
def test_what_it_cannot_do_is_an_error(changes: Any, what: str) -> None:
    assert any(each.startswith(what) for each in told("github_actions", **changes))


def test_an_image_of_another_pipeline_is_fetched_by_a_job_with_a_role_of_its_own() -> None:
    image = {"kind": "source", "provider": "ecr", "repository": "shop/web", "tags": ["main"], "on": []}
    stages = {"image": image, "use": {"kind": "test", "commands": ["make"], "inputs": ["image"]}}
    found = jobs(stages=stages)

    assert found["use"]["needs"] == ["image"]
    assert "REPOSITORY=shop/web\nPATTERN=main\n" in script(found["image"])
    policies = deployed("github_actions", stages=stages).all("aws:iam/rolePolicy:RolePolicy")
    [policy] = [json.loads(each["policy"]) for each in policies]
    on = [statement["Resource"] for statement in policy["Statement"] if "ecr:DescribeImages" in statement["Action"]]
    assert on == [[f"arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/shop/web"]]


def test_a_matrix_runs_once_for_each_value_and_each_is_a_check() -> None:
    run = {"kind": "test", "commands": ["make"], "matrix": {"PYTHON": ["3.11", "3.12"]}}
    job = jobs(stages={"unit": run})["unit"]

    assert job["strategy"]["matrix"] == {"PYTHON": ["3.11", "3.12"]}
    assert job["env"]["PYTHON"] == "${{ matrix.PYTHON }}"
    rules = json.loads(rendered("github_actions", stages={"unit": run})[".github/eks-blueprints/web.ruleset.json"])
    assert [each["context"] for each in rules["rules"][-1]["parameters"]["required_status_checks"]] == [
        "unit (3.11)",
        "unit (3.12)",
    ]


def test_variables_of_a_run_are_inputs_with_a_default() -> None:
    found = workflow(pipeline={"variables": {"LEVEL": {"default_value": "it's", "description": "how much"}}})

    assert found["on"]["workflow_dispatch"]["inputs"] == {"LEVEL": {"description": "how much", "default": "it's"}}
    assert found["env"]["LEVEL"] == "${{ inputs.LEVEL || 'it''s' }}"


def test_runs_wait_for_each_other_unless_they_may_run_beside_each_other() -> None:
    assert "github.ref" in workflow()["concurrency"]["group"]
    assert "github.run_id" in workflow(pipeline={"execution_mode": "PARALLEL"})["concurrency"]["group"]


def test_an_artifact_is_kept_from_the_root_wherever_commands_went() -> None:
    build = {"kind": "build", "commands": ["cd web", "make"], "artifacts": {"site": ["web/dist/**"]}}
    text = script(jobs(stages={"build": build})["build"])

    assert text.index('ROOT="$PWD"') < text.index("cd web") < text.index('cd "$ROOT"') < text.index("FILES=(")


def beside(count: int) -> dict[str, Any]:
    each = {"kind": "test", "environment": "staging", "after": ["source"], "commands": ["make"]}
    return {f"t{number}": each for number in range(count)}


def test_jobs_of_one_environment_that_github_would_cancel_are_told() -> None:
    assert rendered("github_actions", stages=beside(2))

    [problem] = told("github_actions", stages=beside(3))
    assert problem.startswith("stages.t2.after: is one of several jobs for staging beside each other")
    assert "cancels the rest; got 3" in problem


def test_an_approval_and_a_comment_run_where_the_other_jobs_do() -> None:
    engines = {"github_actions": {"runners": {"small": "ours"}}}

    assert {job["runs-on"] for name, job in jobs(engines=engines).items() if name in ("approve", "lint")} == {"ours"}
