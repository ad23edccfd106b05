"""`eks-blueprints pipeline show`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from eks_blueprints.cli.pipeline import command

STACK = """
blueprint: eks_blueprints.Pipelines
region: eu-west-1
connections: {github: {provider_type: GitHub}}
environments:
  staging: {cluster: shop-staging, namespaces: [shop]}
  production:
    cluster: shop
    namespaces: [shop]
    production: true
    approvers: ["arn:aws:iam::111122223333:role/release"]
pipelines:
  shop:
    kind: app_pipeline
    source: {provider: github, repository: acme/shop, connection: github}
    tests: ["make test > '<out>'"]
    image: {repository: shop/web}
    platforms: [x86_64, arm64]
    deploy:
      staging: {kubectl: {workloads: [deployment/web]}}
      production: {}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "delivery.yaml"
    found.write_text(STACK)
    return found


def shown(*args: str) -> str:
    result = CliRunner().invoke(command, ["show", *args])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_stages_beside_each_other_have_one_number(file: Path) -> None:
    rows = [line.split() for line in shown(str(file)).splitlines()[1:]]
    numbers = {row[1]: row[0] for row in rows}

    assert numbers["build-amd64"] == numbers["build-arm64"] == "3"
    assert list(numbers)[-3:] == ["approve-production", "deploy-production", "verify-production"]


def test_mermaid_has_an_arrow_for_what_a_stage_waits_for(file: Path) -> None:
    said = shown(str(file), "shop", "--format", "mermaid")

    assert said.startswith("flowchart TD\n")
    assert "  s_build_arm64 --> s_scan\n" in said
    assert "  s_test --> s_scan\n" not in said
    assert "<out>" not in said


def test_the_page_needs_nothing_else_and_shows_all_stages(file: Path) -> None:
    said = shown(str(file), "--format", "html")

    assert not re.search(r"<(script|link|img)|https?://(?!www\.w3\.org)", said)
    assert said.count("<article") == 11
    assert "&lt;out&gt;" in said
    assert "prefers-color-scheme: dark" in said


def test_a_pipeline_that_is_not_there_names_the_nearest(file: Path) -> None:
    result = CliRunner().invoke(command, ["show", str(file), "shp"])

    assert result.exit_code == 2
    assert "did you mean shop?" in result.output
