"""What an agent would change: against a folder, a commit, and a cluster."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from eks_blueprints.core.errors import InputError
from eks_blueprints.gitops.yaml_form import as_yaml

from .platform import STACK, Remote, gitops, stack_file

WEB = "clusters/prod/web/deployment.shop.web.yaml"


@pytest.fixture
def rendered(tmp_path: Path) -> Remote:
    """A repository with what the stack says."""
    remote = Remote.made(tmp_path, "manifests")
    gitops("render", stack_file(tmp_path / "stacks"), "--to", remote.clone)
    remote.push("rendered")
    return remote


def diff(remote: Remote, tmp_path: Path, text: str, *options: object) -> tuple[int, str]:
    done = gitops("diff", stack_file(tmp_path / "stacks", text), "--to", remote.clone, "--exit-code", *options)
    return done.exit_code, done.output


def test_what_has_not_changed_is_told_so(rendered: Remote, tmp_path: Path) -> None:
    code, said = diff(rendered, tmp_path, STACK)
    assert (code, said) == (0, f"prod: no change to {rendered.clone}\n")


def test_what_changes_is_told_by_object_and_line(rendered: Remote, tmp_path: Path) -> None:
    text = STACK.replace("replicas: 3", "replicas: 4").replace("  keda: {}\n", "  reloader: {}\n")
    code, said = diff(rendered, tmp_path, text)
    assert code == 4
    assert f"prod: 1 to create, 1 to update, 1 to delete against {rendered.clone}" in said
    assert "  + Application argocd/reloader" in said
    assert "  - Application argocd/keda" in said
    assert "      -  replicas: 3\n      +  replicas: 4\n" in said


def test_a_commit_is_compared_with(rendered: Remote, tmp_path: Path) -> None:
    (rendered.clone / WEB).write_text((rendered.clone / WEB).read_text().replace("replicas: 3", "replicas: 9"))
    rendered.push("by hand")
    assert diff(rendered, tmp_path, STACK)[0] == 4
    assert diff(rendered, tmp_path, STACK, "--base", "HEAD~1")[0] == 0
    with pytest.raises(InputError, match="is no commit of the folder's repository; got nowhere"):
        diff(rendered, tmp_path, STACK, "--base", "nowhere")


def test_markdown_for_a_pull_request(rendered: Remote, tmp_path: Path) -> None:
    _, said = diff(rendered, tmp_path, STACK.replace("replicas: 3", "replicas: 4"), "--format", "markdown")
    assert f"- **update** `Deployment shop/web` in `{WEB}`" in said
    assert "  ```diff\n" in said


def live(rendered: Remote) -> list[dict[str, Any]]:
    """The objects as a cluster has them, with what it adds by itself."""
    found = []
    for file in sorted((rendered.clone / "clusters").rglob("*.yaml")):
        each = yaml.safe_load(file.read_text())
        if file.name != "kustomization.yaml":
            each["metadata"] |= {"uid": "1", "resourceVersion": "7"}
            each["status"] = {"observedGeneration": 1}
            found.append(each)
    return found


def against(rendered: Remote, tmp_path: Path, objects: list[dict[str, Any]]) -> tuple[int, str]:
    file = tmp_path / "live.json"
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))
    return diff(rendered, tmp_path, STACK, "--cluster", file)


def test_what_the_cluster_adds_is_no_drift(rendered: Remote, tmp_path: Path) -> None:
    objects = live(rendered)
    deployment = next(each for each in objects if each["kind"] == "Deployment")
    deployment["spec"]["progressDeadlineSeconds"] = 600
    deployment["spec"]["template"]["spec"]["containers"][0]["imagePullPolicy"] = "IfNotPresent"
    code, said = against(rendered, tmp_path, objects)
    assert code == 0, said
    assert "prod: no change to the cluster" in said


def test_drift_is_told_by_field(rendered: Remote, tmp_path: Path) -> None:
    objects = live(rendered)
    deployment = next(each for each in objects if each["kind"] == "Deployment")
    deployment["spec"]["replicas"] = 1
    image = deployment["spec"]["template"]["spec"]["containers"][0]["image"]
    deployment["spec"]["template"]["spec"]["containers"][0]["image"] = image.replace("v3.0", "hacked")
    quota = next(each for each in objects if each["kind"] == "ResourceQuota")
    quota["spec"]["hard"]["pods"] = 9  # the same quantity
    code, said = against(rendered, tmp_path, [each for each in objects if each["kind"] != "ServiceAccount"])
    assert code == 4
    assert "prod: 1 to create, 1 to update against the cluster" in said
    assert "spec.replicas: 1 -> 3" in said
    assert "hacked" in said
    assert "  + ServiceAccount shop/web" in said


@pytest.mark.parametrize("text", ["a: [", "[]", "kind: List\napiVersion: v1\nitems: []\n", "{}"])
def test_what_is_no_export_is_refused(rendered: Remote, tmp_path: Path, text: str) -> None:
    file = tmp_path / "live.yaml"
    file.write_text(text)
    with pytest.raises(InputError, match="kubectl get"):
        diff(rendered, tmp_path, STACK, "--cluster", file)


@pytest.mark.parametrize(
    "value",
    ["yes", "on", "1e3", "0x1f", "1_000", "3.10", "12:30:45", "null", "~", "=", "<<", "", " a", "a ", "- a", "#a",
     "a: b", "a\nb", "a\nb\n", "\ta", "a\n\tb", "é☃", "\u2028", "*a", "&a", "!a", "%a", "@a", "`a", "{a}",
     "[a]", "2026-11-30", "a #b", "'a'", '"a"', "\\n", "a\r\nb", " a\nb", "true", "0755", ".5", "+1", "1.", "${HOME}"],
)  # fmt: skip
def test_every_text_stays_the_text_that_it_is(value: str) -> None:
    from eks_blueprints.core.yaml_text import load

    written = as_yaml({"kind": "ConfigMap", "data": {"a": value, value or "b": "c"}})
    for read in (yaml.safe_load, load):
        assert read(written)["data"]["a"] == value
        assert (value or "b") in read(written)["data"]
