"""A stack of pipelines on the real engine: made, unchanged the second time, one stage more, one less, gone."""

from __future__ import annotations

import json

import pytest

from .harness import Engine, Project

pytestmark = pytest.mark.engine

PROGRAM = """
from eks_blueprints import stackfile
stackfile.deploy("dev.yaml", "ci")
"""
KINDS = '''
from eks_blueprints.pipelines.stages._commands import CommandStage


class Ship(CommandStage):
    """Deploys."""

    @property
    def deploys(self) -> bool:
        return True
'''
STACK = """
blueprint: eks_blueprints.Pipelines
region: eu-west-1
connections: {github: {provider_type: GitHub}}
environments:
  staging: {cluster: staging, namespaces: [shop]}
  production:
    cluster: shop
    region: eu-central-1
    namespaces: [shop]
    production: true
    approvers: ["arn:aws:iam::123456789012:role/release"]
repositories: {web: {}}
notifications: {emails: [team@example.com]}
pipelines:
  web:
    kind: custom_pipeline
    stages:
      source: {provider: github, repository: acme/web, connection: github, "on": [push, pull_request]}
      build: {commands: [make], artifacts: {site: ["dist/**"]}, reports: {unit: {paths: ["*.xml"]}}, cache: [.cache]}
      staging: {kind: kinds.Ship, environment: staging, inputs: [site], commands: [make ship]}
      approve: {environment: production}
      production: {kind: kinds.Ship, environment: production, inputs: [site], commands: [make ship]}
  nightly:
    kind: custom_pipeline
    stages:
      source: {provider: codecommit, repository: web, "on": [push, schedule], schedule: "0 3 * * *"}
      test: {commands: [make test], matrix: {PYTHON: ["3.12", "3.13"]}}
      shard: {shards: 3, compares: false}
      joined: {kind: test, inputs: [shard-reports], commands: [eks-blueprints report merge]}
"""


def stack(engine: Engine, text: str = STACK) -> Project:
    project = engine.program(PROGRAM, files={"dev.yaml": text, "kinds.py": KINDS})
    role = {"Statement": [{"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"AWS": "123456789012"}}]}
    arn = "arn:aws:iam::123456789012:role/release"
    project.seed("aws:iam/role:Role", "release", "global", name="release", arn=arn, assumeRolePolicy=json.dumps(role))
    for name, region in (("staging", "eu-west-1"), ("shop", "eu-central-1")):
        access = {"authenticationMode": "API"}
        project.seed("aws:eks/cluster:Cluster", name, region, name=name, status="ACTIVE", accessConfig=access)
    return project


def test_pipelines_live_change_and_die(engine: Engine) -> None:
    project = stack(engine)
    project.up()
    outputs = project.outputs()
    assert outputs["pipelines"]["web"]["pipeline_arn"] == "arn:aws:codepipeline:eu-west-1:123456789012:ci-web"
    assert outputs["repository_urls"]["web"].endswith("/ci/web")
    assert project.up().unchanged
    project.edit("dev.yaml", "      staging: {", "      scan: {kind: test, commands: [make scan]}\n      staging: {")
    assert project.up().changed() == {
        "ci-web-pipeline": "update",
        "ci-web-pipeline-pull-requests": "update",
        "ci-web-pipeline-role-policy": "update",
        "ci-web-pipeline-pull-requests-role-policy": "update",
        **dict.fromkeys(
            ("ci-web-scan-logs", "ci-web-scan-project", "ci-web-scan-role", "ci-web-scan-role-policy"), "create"
        ),
    }
    assert project.up().unchanged
    project.edit("dev.yaml", "      scan: {kind: test, commands: [make scan]}\n", "")
    gone = project.up()
    assert gone.order("delete").index("ci-web-scan-project") < gone.order("delete").index("ci-web-scan-logs")
    project.edit("dev.yaml", "shards: 3", "shards: 5")
    assert project.up().changed() == {"ci-nightly-shard-project": "update"}
    project.destroy()
    assert project.leftovers() == []
