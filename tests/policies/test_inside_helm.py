"""Charts that Helm renders for real: their own, those of its cache, and never those of a repository unasked."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from eks_blueprints.policies.check import check_stack
from eks_blueprints.policies.inside import helm
from eks_blueprints.policies.inside.contents import Contents, contents
from eks_blueprints.policies.report import Report
from eks_blueprints.policies.stack import Stack
from tests.policies.build import UNKNOWN, cluster, res

TODAY = date(2026, 11, 29)
RELEASE = "kubernetes:helm.sh/v3:Release"
needs_helm = pytest.mark.skipif(shutil.which("helm") is None, reason="needs helm on the PATH")

_TEMPLATE = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}-app}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: app}}
  template:
    metadata: {labels: {app: app}}
    spec:
      hostNetwork: {{ .Values.hostNetwork }}
      containers:
        - name: app
          image: "ghcr.io/acme/app:{{ .Values.tag }}"
          env: [{name: TOKEN, value: {{ .Values.token | quote }}}]
"""


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    folder = tmp_path / "charts" / "app"
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: app\nversion: 1.2.3\n", encoding="utf-8")
    values = "replicas: 2\nhostNetwork: false\ntag: 1.0.0\ntoken: none\n"
    (folder / "values.yaml").write_text(values, encoding="utf-8")
    (folder / "templates" / "app.yaml").write_text(_TEMPLATE, encoding="utf-8")
    return folder


def stack(folder: Path, **inputs: Any) -> Stack:
    release = res(RELEASE, "app", {"name": "app", "namespace": "shop", **inputs})
    return Stack([cluster(version="1.35"), release], "shop", "prod", folder)


def one(found: Stack) -> Contents:
    return contents(found)[0]


def report(found: Stack) -> Report:
    return check_stack(found, today=TODAY)


@needs_helm
def test_a_chart_of_ones_own_is_rendered_and_judged_like_all_that_one_writes(chart: Path) -> None:
    found = stack(chart.parents[1], chart="./charts/app", values={"hostNetwork": True, "replicas": 4})
    inside = one(found)
    assert inside.rendered is not None
    assert inside.rendered.workloads["Deployment/app-app"].replicas == 4
    assert inside.how.startswith("as rendered by Helm v")
    seen = report(found)
    assert seen.not_scanned == ()
    assert seen.in_part == []
    network = next(each for each in seen.findings if each.policy == "k8s-no-host-network")
    assert network.blocks
    assert network.field == "values.hostNetwork"


@needs_helm
def test_a_chart_of_helms_cache_is_rendered_where_the_table_does_not_know_it(
    chart: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    subprocess.run(["helm", "package", str(chart), "-d", str(cache)], check=True, capture_output=True)
    monkeypatch.setenv("HELM_REPOSITORY_CACHE", str(cache))
    options = {"repo": "https://charts.example.com"}
    found = stack(tmp_path, chart="app", version="1.2.3", repositoryOpts=options, values={"tag": "latest"})
    judged = {each.policy: each for each in report(found).findings}
    assert judged["k8s-image-tag-fixed"].blocks
    assert judged["k8s-image-tag-fixed"].field == "values.tag"
    # What the chart brings without the user's values is advice.
    assert not judged["k8s-memory-limit-set"].blocks


def test_no_repository_is_asked_unless_that_is_wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELM_REPOSITORY_CACHE", str(tmp_path))
    monkeypatch.delenv(helm.VARIABLE, raising=False)
    options = {"repo": "https://charts.example.com"}
    found = one(stack(tmp_path, chart="app", version="1.2.3", repositoryOpts=options))
    assert helm.place(found.installed, stack(tmp_path)) is None
    monkeypatch.setenv(helm.VARIABLE, "1")
    where = helm.place(found.installed, stack(tmp_path))
    assert where == helm.Place("app", "https://charts.example.com", "1.2.3")


def test_a_login_is_never_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELM_REPOSITORY_CACHE", str(tmp_path))
    options = {"repo": "https://charts.example.com", "username": "me", "password": {"$secret": True}}
    found = one(stack(tmp_path, chart="app", version="1.2.3", repositoryOpts=options))
    monkeypatch.setenv(helm.VARIABLE, "1")
    assert helm.place(found.installed, stack(tmp_path)) is None


def test_helm_gets_placeholders_for_secrets() -> None:
    given = {
        "token": {"$secret": True},
        "host": UNKNOWN,
        "db": {"password": "hunter2-Zx81!", "size": 3},
        "env": [{"name": "API_KEY", "value": "sk_live_4eC39HqLyjWDarjtT1zdp7dc"}],
    }
    said = json.dumps(helm.safe(given))
    assert "hunter2" not in said
    assert "sk_live" not in said
    assert helm.safe(given)["token"] == helm.safe(given)["host"] == helm.PLACEHOLDER
    assert helm.safe(given)["db"]["size"] == 3


@needs_helm
def test_what_helm_refuses_is_not_scanned_and_says_why(chart: Path) -> None:
    (chart / "templates" / "bad.yaml").write_text('{{ fail "needs a name" }}', encoding="utf-8")
    seen = report(stack(chart.parents[1], chart="./charts/app"))
    assert seen.not_scanned == ("app",)
    assert "needs a name" in seen.reasons["app"]


def test_without_helm_it_stays_as_it_is(chart: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    seen = report(stack(chart.parents[1], chart="./charts/app"))
    assert seen.not_scanned == ("app",)


@needs_helm
def test_names_are_none_of_helms_options(chart: Path) -> None:
    release = res(RELEASE, "app", {"name": "--post-renderer=/bin/false", "chart": "./charts/app"})
    seen = report(Stack([cluster(version="1.35"), release], "shop", "prod", chart.parents[1]))
    assert "invalid release name" in seen.reasons["app"]


@pytest.mark.parametrize("command", ["check", "preview", "diff"])
def test_rendering_without_helm_is_refused(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv(helm.VARIABLE, raising=False)
    result = CliRunner().invoke(importlib.import_module(f"eks_blueprints.cli.{command}").command, ["--render"])
    assert result.exit_code == 2
    assert "--render needs Helm; got no helm on the PATH" in result.output
    assert helm.VARIABLE not in os.environ
