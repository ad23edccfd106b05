"""Charts in a repository: rendered by Helm where that can be, else as what the agent installs."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from .platform import FLUX, STACK, gitops, stack_file

OPERATOR: dict[str, Any] = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "keda-operator"}}
CRD = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "scaledobjects.keda.sh"},
}


@pytest.fixture
def helm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Helm that renders the documents of a file, whatever the chart; no repository answers it."""
    folder, cache = tmp_path / "bin", tmp_path / "cache"
    folder.mkdir()
    cache.mkdir()
    documents = tmp_path / "documents.yaml"
    program = folder / "helm"
    program.write_text(
        f"#!/bin/sh\ncase $1 in\ntemplate) cat > {tmp_path}/values.json; cat {documents};;\n"
        "version) echo v3.19.0;;\n*) echo 'Error: dial tcp: no such host' >&2; exit 1;;\nesac\n"
    )
    program.chmod(0o755)
    (cache / "keda-2.20.2.tgz").write_text("")
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("HELM_REPOSITORY_CACHE", str(cache))
    return documents


def rendered(tmp_path: Path, text: str = STACK) -> tuple[Path, str]:
    folder = tmp_path / "manifests"
    done = gitops("render", stack_file(tmp_path / "stacks", text), "--to", folder, "--charts", "rendered")
    assert done.exit_code == 0, done.output
    return folder / "clusters" / "prod" / "keda", done.output


def test_a_chart_is_rendered_with_its_values_into_its_namespace(tmp_path: Path, helm: Path) -> None:
    helm.write_text(yaml.safe_dump_all([CRD, OPERATOR]))
    folder, said = rendered(tmp_path)
    assert "prod: chart keda is rendered" in said
    assert {each.name for each in folder.iterdir()} == {
        "customresourcedefinition.scaledobjects.keda.sh.yaml",
        "deployment.keda.keda-operator.yaml",
        "kustomization.yaml",
        "namespace.keda.yaml",
    }
    crd = yaml.safe_load((folder / "customresourcedefinition.scaledobjects.keda.sh.yaml").read_text())
    assert crd["metadata"]["annotations"] == {
        "argocd.argoproj.io/sync-options": "Prune=false",
        "argocd.argoproj.io/sync-wave": "-1",
        "kustomize.toolkit.fluxcd.io/prune": "disabled",
    }
    values = json.loads((tmp_path / "values.json").read_text())
    assert values["serviceAccount"]["operator"]["name"] == "keda-operator"


@pytest.mark.parametrize(
    ("made", "text", "why"),
    [
        (
            {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "tls"}, "data": {"a": "Yg=="}},
            STACK,
            "the Secret tls",
        ),
        (
            {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {"name": "a", "annotations": {"helm.sh/hook": "pre-install"}},
            },
            FLUX,
            "it has the hook pre-install",
        ),
    ],
)
def test_what_cannot_be_rendered_is_left_to_the_agent(
    tmp_path: Path, helm: Path, made: dict[str, Any], text: str, why: str
) -> None:
    helm.write_text(yaml.safe_dump_all([made, OPERATOR]))
    folder, said = rendered(tmp_path, text)
    assert why in said
    assert len([each for each in folder.iterdir() if each.name.startswith(("application.", "helmrelease."))]) == 1
    assert not [*folder.glob("secret.*"), *folder.glob("deployment.*")]


def test_a_chart_that_is_not_within_reach_says_why(tmp_path: Path, helm: Path) -> None:
    (tmp_path / "cache" / "keda-2.20.2.tgz").unlink()
    folder, said = rendered(tmp_path)
    assert (
        "chart keda is an Application of Argo CD, because its repository kedacore.github.io cannot be reached" in said
    )
    assert (folder / "application.argocd.keda.yaml").is_file()
