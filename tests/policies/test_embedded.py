"""Objects inside other resources: those of local YAML files are read, and what is not read is counted."""

from pathlib import Path

import pytest

from eks_blueprints.policies.check import check_stack
from eks_blueprints.policies.formats.markdown_form import render as as_markdown
from eks_blueprints.policies.formats.text_form import render as as_text
from eks_blueprints.policies.report import Report
from eks_blueprints.policies.stack import Resource, Stack
from tests.policies.build import object_, res

FORMS = (as_markdown, as_text)
POD = """apiVersion: v1
kind: Pod
metadata: {name: NAME, namespace: shop}
spec: {hostNetwork: true, containers: [{name: app, image: "ghcr.io/shop/app:1.2.3"}]}
"""
TWO = f"{POD.replace('NAME', 'one')}---\n{POD.replace('NAME', 'two')}"


def _report(folder: Path | None, *resources: Resource) -> Report:
    return check_stack(Stack(list(resources), folder=folder), only=("k8s-no-host-network",))


@pytest.mark.parametrize("version", ["kubernetes:yaml", "kubernetes:yaml/v2"])
def test_local_files_are_read(tmp_path: Path, version: str) -> None:
    (tmp_path / "app.yaml").write_text(TWO)
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "x.yaml").write_text(POD.replace("NAME", "three"))
    found = _report(
        tmp_path,
        res(f"{version}:ConfigFile", "file", {"file": "app.yaml"}),
        res(f"{version}:ConfigGroup", "group", {"files": ["more/*.yaml"]}),
    )
    assert sorted(each.resource for each in found.failed()) == ["one", "three", "two"]
    assert found.not_scanned == ()


@pytest.mark.parametrize(
    "resource",
    [
        res("kubernetes:yaml/v2:ConfigFile", "it", {"file": "https://example.com/app.yaml"}),
        res("kubernetes:yaml/v2:ConfigFile", "it", {"file": "nowhere.yaml"}),
        res("kubernetes:yaml/v2:ConfigFile", "it", {"file": "${bucket.id}/app.yaml"}),
        res("kubernetes:yaml/v2:ConfigGroup", "it", {"files": ["app.yaml", "https://example.com/app.yaml"]}),
        res("kubernetes:kustomize:Directory", "it", {"directory": "."}),
        res("kubernetes:kustomize/v2:Directory", "it", {"directory": "."}),
        res("kubernetes:helm.sh/v3:Chart", "it", {"chart": "app"}),
        res("kubernetes:helm.sh/v3:Release", "it", {"chart": "app"}),
        res("kubernetes:helm.sh/v4:Chart", "it", {"chart": "app"}),
        object_("argoproj.io/v1alpha1:Application", "it"),
        object_("helm.toolkit.fluxcd.io/v2:HelmRelease", "it"),
    ],
)
def test_what_is_not_read_is_counted(tmp_path: Path, resource: Resource) -> None:
    (tmp_path / "app.yaml").write_text(TWO)
    assert _report(tmp_path, resource).not_scanned == ("it",)


def test_a_file_is_not_read_where_its_folder_is_not_at_hand() -> None:
    assert _report(None, res("kubernetes:yaml/v2:ConfigFile", "it", {"file": "app.yaml"})).not_scanned == ("it",)


def test_what_is_rendered_is_seen(tmp_path: Path) -> None:
    chart = res("kubernetes:helm.sh/v4:Chart", "it", {"chart": "app"})
    child = object_("v1:ConfigMap", "child")
    child.parent = chart.urn
    assert _report(tmp_path, chart, child).not_scanned == ()


def test_a_text_that_is_no_yaml_holds_nothing(tmp_path: Path) -> None:
    (tmp_path / "app.yaml").write_bytes(b"\xff\xfe{{ .Values }}: [")
    found = _report(tmp_path, res("kubernetes:yaml/v2:ConfigFile", "it", {"file": "app.yaml"}))
    assert not found.failed()


@pytest.mark.parametrize("version", ["kubernetes:kustomize", "kubernetes:kustomize/v2"])
def test_a_kustomize_folder_is_read(tmp_path: Path, version: str) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "kustomization.yaml").write_text("resources: [app.yaml]\n")
    (tmp_path / "app" / "app.yaml").write_text(TWO)
    found = _report(tmp_path, res(f"{version}:Directory", "it", {"directory": "app"}))
    assert sorted(each.resource for each in found.failed()) == ["one", "two"]
    assert found.unseen == ""


def test_the_namespace_of_a_kustomize_folder_is_that_of_objects_without_one(tmp_path: Path) -> None:
    (tmp_path / "kustomization.yaml").write_text("resources: [app.yaml]\n")
    (tmp_path / "app.yaml").write_text(POD.replace(", namespace: shop", ""))
    given = {"directory": ".", "namespace": "kube-system"}
    assert _report(tmp_path, res("kubernetes:kustomize/v2:Directory", "it", given)).exempt == ("NAME",)


def test_a_kustomize_folder_that_needs_a_tool_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "kustomization.yaml").write_text("resources: [app.yaml]\nnamePrefix: x-\n")
    (tmp_path / "app.yaml").write_text(TWO)
    found = _report(tmp_path, res("kubernetes:kustomize/v2:Directory", "it", {"directory": "."}))
    assert found.not_scanned == ("it",)
    for form in FORMS:
        assert "kustomize or kubectl is on the PATH" in form([found])
    remote = res("kubernetes:kustomize/v2:Directory", "it", {"directory": "https://example.com/app"})
    assert _report(tmp_path, remote).reasons == {}
