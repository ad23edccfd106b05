"""Jenkinsfiles, held against the grammar of declarative pipelines as far as it is known here."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from eks_blueprints.core.document import parse
from eks_blueprints.pipelines.engines.jenkins import block, quoted
from tests.pipelines.groovy import Block, read, unquoted
from tests.pipelines.rendered import ACCOUNT, STAGES, deployed, rendered, told, warned


def pipeline(**changes: Any) -> Block:
    [found] = read(rendered("jenkins", **changes)["Jenkinsfile"])
    assert isinstance(found, Block)
    assert found.head == "pipeline"
    return found


def stages(**changes: Any) -> dict[str, Block]:
    return {unquoted(each.head[6:-1]): each for each in pipeline(**changes).below() if each.head.startswith("stage(")}


def pod(stage: Block) -> dict[str, Any]:
    text = next(text for text in stage.one("agent").one("kubernetes").lines if text.startswith("yaml "))
    data: dict[str, Any] = parse(unquoted(text.removeprefix("yaml "))).data
    return data


# Sections and directives of a declarative pipeline, and where each may stand. Source: Jenkins User Handbook, "Pipeline
# Syntax", read 2026-11-30.
ALLOWED = {
    "pipeline": {"agent", "environment", "options", "parameters", "triggers", "tools", "stages", "post"},
    "stage": {
        *("agent", "environment", "options", "tools", "input", "when", "post"),
        *("steps", "stages", "parallel", "matrix"),
    },
    "matrix": {"axes", "excludes", "stages", "agent", "environment", "options", "tools", "input", "when", "post"},
    "axes": {"axis"},
    "axis": {"name", "values"},
    "stages": {"stage"},
    "parallel": {"stage"},
    "post": {"always", "success", "failure", "cleanup", "unstable", "changed"},
    "agent": {"kubernetes", "label", "none"},
    "when": {"beforeAgent", "branch", "anyOf", "allOf", "not", "tag", "changeset", "changeRequest", "triggeredBy"},
}


@pytest.mark.parametrize(
    "source",
    [
        {},
        {"on": ["push"], "paths": ["web/**", "it's/**"]},
        {"on": ["schedule", "push"], "schedule": "0 3 * * *", "tags": ["v*", "r*"]},
        {"on": []},
    ],
)
def test_it_is_a_declarative_pipeline(source: dict[str, Any]) -> None:
    top = pipeline(source=source)
    for each in [top, *top.below()]:
        kind = re.match(r"\w+", each.head)
        assert kind is not None
        if kind[0] not in ALLOWED:
            continue
        names = [re.match(r"\w+", entry.head if isinstance(entry, Block) else entry) for entry in each.entries]
        assert {name[0] for name in names if name} <= ALLOWED[kind[0]], each.head
        if kind[0] == "stage":
            assert len([name for name in names if name and name[0] in ("steps", "stages", "parallel", "matrix")]) == 1
            assert len({name[0] for name in names if name}) == len(names), "a directive stands once in a stage"
    assert {unquoted(each.head[6:-1]) for each in top.below() if "steps" in [b.head for b in each.blocks]} == set(
        STAGES
    )


def test_stages_of_one_level_are_parallel() -> None:
    level = stages()["level 1"].one("parallel")

    assert [unquoted(each.head[6:-1]) for each in level.blocks] == ["lint", "test"]


def test_an_approval_holds_no_pod_and_is_not_for_an_author() -> None:
    stage = stages()["approve"]
    text = json.dumps([str(line) for line in stage.all_lines()])

    assert not [each for each in stage.blocks if each.head == "agent"]
    assert pipeline().lines[0] == "agent none"
    assert "submitter: 'acme/release', submitterParameter: 'APPROVER'" in text
    assert "change.author.id == approver" in json.dumps([each.head for each in stage.below()])
    assert "timeout(time: 10080, unit: 'MINUTES')" in stage.one("options").lines


def test_a_pull_request_runs_what_needs_no_role() -> None:
    found = stages()

    assert "not { changeRequest() }" in found["build"].one("when").lines
    assert "not { changeRequest() }" not in found["test"].one("when").lines
    assert any("changeRequest target: 'main'" in line for line in found["test"].one("when").lines)


def test_a_pod_has_the_service_account_that_is_bound_to_its_role() -> None:
    made = deployed("jenkins")
    bound = {each["serviceAccount"]: each for each in made.all("aws:eks/podIdentityAssociation:PodIdentityAssociation")}
    named = {
        pod(each)["spec"].get("serviceAccountName") for each in stages().values() if "agent" in map(str, each.blocks)
    }

    assert named - {None} == set(bound) == {"web-build", "web-smoke", "web-live"}
    assert {each["clusterName"] for each in bound.values()} == {"tools"}
    [statement] = json.loads(made.one("aws:iam/role:Role", "shop-web-live")["assumeRolePolicy"])["Statement"]
    assert statement["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    assert statement["Condition"]["StringEquals"] == {
        "aws:RequestTag/eks-cluster-arn": f"arn:aws:eks:eu-west-1:{ACCOUNT}:cluster/tools",
        "aws:RequestTag/kubernetes-namespace": "jenkins",
        "aws:RequestTag/kubernetes-service-account": "web-live",
    }


def test_the_service_accounts_are_rendered() -> None:
    text = rendered("jenkins")["jenkins/web-service-accounts.yaml"]

    assert [line for line in text.splitlines() if "  name: " in line] == [
        "  name: web-build",
        "  name: web-smoke",
        "  name: web-live",
    ]


def test_images_are_built_without_the_socket_of_the_node_or_root() -> None:
    spec = pod(stages()["build"])["spec"]

    assert [each["name"] for each in spec["containers"]] == ["job", "buildkit"]
    assert "hostPath" not in json.dumps(spec)
    assert "privileged" not in json.dumps(spec)
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["nodeSelector"] == {"kubernetes.io/arch": "arm64"}


def test_a_matrix_runs_once_for_each_value() -> None:
    run = {"kind": "test", "commands": ["make"], "matrix": {"PYTHON": ["3.11", "3.12"]}}
    matrix = stages(stages={"unit": run})["unit"].one("matrix")

    assert matrix.one("axes").one("axis").lines == ["name 'PYTHON'", "values '3.11', '3.12'"]
    assert "steps" in [each.head for each in matrix.one("stages").blocks[0].blocks]


def test_variables_of_a_run_are_parameters_and_runs_wait_for_each_other() -> None:
    changes: dict[str, Any] = {"pipeline": {"variables": {"LEVEL": {"default_value": "it's"}}}}

    assert pipeline(**changes).one("parameters").lines == [
        "string(name: 'LEVEL', defaultValue: 'it\\'s', description: '')"
    ]
    assert "disableConcurrentBuilds()" in pipeline().one("options").lines
    beside = pipeline(pipeline={"execution_mode": "PARALLEL"})
    assert "disableConcurrentBuilds()" not in beside.one("options").lines


def test_texts_are_not_read_as_groovy() -> None:
    assert unquoted(quoted("it's \\ a\n$x ${y}")) == "it's \\ a\n$x ${y}"
    assert unquoted(block("a '''b''' \\n ${y}\n")) == "a '''b''' \\n ${y}\n"
    lines = [line for line in stages()["test"].one("steps").lines if line.startswith("sh ")]
    assert "printf 'one\\n'\n" in unquoted(lines[0].removeprefix("sh "))


def test_artifacts_and_reports_are_kept() -> None:
    found = stages()

    assert "stash name: 'site', includes: 'artifacts/site/**'" in found["build"].one("steps").lines
    assert "unstash 'site'" in found["live"].one("steps").lines
    assert (
        "junit allowEmptyResults: true, testResults: 'reports/**/*.xml'"
        in found["test"].one("post").one("always").lines
    )


def test_it_needs_to_know_its_cluster_and_warns_of_pull_requests() -> None:
    assert any(each.endswith("set engines.jenkins: {cluster: NAME}") for each in told("jenkins", engines={}))
    assert any("runs the Jenkinsfile of the change" in each for each in warned("jenkins"))
    assert not any("runs the Jenkinsfile" in each for each in warned("jenkins", source={"on": ["push"]}))


def test_the_repository_is_protected_wherever_it_is() -> None:
    assert ".github/eks-blueprints/web.ruleset.json" in rendered("jenkins")
    assert ".gitlab/eks-blueprints/web.settings.json" in rendered("jenkins", source={"provider": "gitlab"})
    assert not [p for p in rendered("jenkins", source={"provider": "bitbucket"}) if "blueprints" in p or "OWNERS" in p]
