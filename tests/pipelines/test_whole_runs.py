"""Pipelines of applications from their sources to the cluster, as CodePipeline hands artifacts on."""

# ruff: noqa: E501 - stand-ins for programs read best with one answer a line

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.blueprint.pipelines import Pipelines
from eks_blueprints.blueprint.pipelines_spec import PipelinesArgs
from eks_blueprints.pipelines.engines import _script
from eks_blueprints.testing.recorded import record
from tests.pipelines.aws import BASE, SOURCE
from tests.pipelines.bash import Machine
from tests.pipelines.runs import Run
from tests.pipelines.test_image_jobs import DOCKER, ECR

CLUSTER = """
case "$*" in
  "get deployment/"*"--output json") echo '{"kind": "Deployment", "metadata": {"generation": 1}, "spec": {"replicas": 1, "selector": {"matchLabels": {"app": "web"}}},
    "status": {"observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1}}' ;;
  "get pods"*json*) echo '{"items": [{"metadata": {"name": "web-1"}, "status": {"phase": "Running", "containerStatuses": [{"imageID": "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/web@sha256:list"}]}}]}' ;;
esac
"""
HELM = """
case "$*" in
  "version --short") echo v4.2.3 ;;
  history*) echo '[]' ;;
  "upgrade"*) [ -d "$4" ] || { echo "no chart $4" >&2; exit 1; } ;;
  "get manifest"*) printf 'kind: Deployment\\nmetadata:\\n  name: web\\n' ;;
esac
"""
BY_KUBECTL = {"kubectl": {"workloads": ["deployment/web"]}}
BY_HELM = {"helm": {"release": "web", "chart": "chart", "values": ["values/staging.yaml"]}}


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setattr(_script, "install_lines", lambda *_: ())
    made = Machine(tmp_path)
    made.program("aws", ECR.replace("  *) exit 1", "  eks*) ;;\n  *) exit 1"))
    made.program("docker", DOCKER)
    made.program("kubectl", CLUSTER)
    made.program("helm", HELM)
    made.program("yq", "echo deployment/web")
    (tmp_path / "tags").mkdir()
    made.write("chart/Chart.yaml", "name: web\nversion: 1.0.0\n")
    made.write("values/staging.yaml", "replicas: 1\n")
    made.write("Dockerfile", "FROM scratch\n")
    return made


def ran(machine: Machine, pipeline: dict[str, Any], **fields: Any) -> Run:
    """One run of a pipeline of an application to its end."""
    said = {"kind": "app_pipeline", "source": SOURCE, "image": {"repository": "shop/web"}, "scan": None, **pipeline}
    found = PipelinesArgs.model_validate({**BASE, **fields, "pipelines": {"shop": said}})
    plan = record(lambda: Pipelines("ci", found)).is_valid()
    sources = {"source": machine.checkout}
    return Run(machine, plan, "ci-shop-pipeline", sources).go()


CODECOMMIT = {"provider": "codecommit", "repository": "web"}
BUCKET = {"provider": "s3", "repository": "acme-code", "key": "refs/heads/main/repo.zip"}


@pytest.mark.parametrize("platforms", [["x86_64"], ["x86_64", "arm64"]])
@pytest.mark.parametrize("deploy", [BY_KUBECTL, BY_HELM], ids=["kubectl", "helm"])
@pytest.mark.parametrize("source", [SOURCE, CODECOMMIT, BUCKET], ids=["host", "codecommit", "bucket"])
def test_an_image_goes_from_its_sources_to_the_cluster(
    machine: Machine, source: dict[str, Any], deploy: dict[str, Any], platforms: list[str]
) -> None:
    run = ran(machine, {"source": source, "platforms": platforms, "deploy": {"staging": deploy}})

    assert run.failed is None
    assert run.done[-2:] == ["deploy-staging", "verify-staging"]
    assert "web-1 runs sha256:list" in run.said
    image = json.loads((run.artifact("publish") / "image.json").read_text())
    assert (image["repository"], image["digest"]) == ("shop/web", "sha256:list")
