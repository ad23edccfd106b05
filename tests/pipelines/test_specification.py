"""Every build specification has what CodeBuild documents, and nothing else."""

from __future__ import annotations

import pytest

from tests import ROOT
from tests.pipelines.aws import whole
from tests.pipelines.specification import faults

PLAIN = "version: 0.2\nphases:\n  build: {commands: [make]}\n"


def test_each_recorded_specification_is_as_documented() -> None:
    projects = whole().all("codebuild.Project")

    assert len(projects) > 8
    for each in projects:
        assert faults(each["source.buildspec"]) == [], each.name


def test_the_template_is_as_documented() -> None:
    assert faults((ROOT / "templates/ci/codebuild/buildspec.yml").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "more",
    [
        "artefacts: {files: [a]}",
        "artifacts: {paths: [a]}",
        "artifacts: {files: [a], secondary-artifacts: {a-b: {files: [a]}}}",
        "reports: {unit: {files: [a], file-format: JUNIT}}",
        "cache: {path: [a]}",
        "env: {variables: {CODEBUILD_X: a}}",
        "env: {variables: {X: 1}}",
        "batch: {build-matrix: {static: {env: {variables: {X: a}}}}}",
        "batch: {build-matrix: {dynamic: {env: {variables: {X: a}}}}}",
        "batch: {build-list: [{identifier: a-b}]}",
        "batch: {build-graph: [{ignore-failure: true}]}",
        "batch: {build-list: [{identifier: a}], build-graph: [{identifier: a}]}",
        "batch: {}",
    ],
)
def test_what_is_not_documented_is_found(more: str) -> None:
    assert faults(PLAIN) == []
    assert faults(f"{PLAIN}{more}\n")


@pytest.mark.parametrize("text", [PLAIN.replace("0.2", "0.1"), PLAIN.replace("build", "built"), "version: 0.2\n"])
def test_a_specification_without_its_parts_is_found(text: str) -> None:
    assert faults(text)
