"""Charts that Helm renders for real: their own, those of its cache, and never those of a repository unasked."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from eks_blueprints.policies.check import check_stack
from eks_blueprints.policies.inside import helm
from eks_blueprints.policies.inside.contents import Contents, contents
from eks_blueprints.policies.inside.fetched import is_within_reach
from eks_blueprints.policies.report import Report
from eks_blueprints.policies.stack import Stack
from tests.policies.build import UNKNOWN, cluster, res
from tests.policies.chart_repository import Repository, packed, served

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
    assert helm.places(found.installed, stack(tmp_path)) == []
    monkeypatch.setenv(helm.VARIABLE, "1")
    where = helm.places(found.installed, stack(tmp_path))
    assert where == [helm.Place("app", "https://charts.example.com", "1.2.3")]


def test_a_login_is_never_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELM_REPOSITORY_CACHE", str(tmp_path))
    options = {"repo": "https://charts.example.com", "username": "me", "password": {"$secret": True}}
    found = one(stack(tmp_path, chart="app", version="1.2.3", repositoryOpts=options))
    monkeypatch.setenv(helm.VARIABLE, "1")
    assert helm.places(found.installed, stack(tmp_path)) == []


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


# Repositories, as `--render` asks them.


@pytest.fixture
def repository(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Repository]:
    monkeypatch.setenv(helm.VARIABLE, "1")
    monkeypatch.setenv("HELM_REPOSITORY_CACHE", str(tmp_path / "none"))
    # What stands where the program runs is not what the repository has.
    shadow = tmp_path / "here" / "app"
    shadow.mkdir(parents=True)
    (shadow / "Chart.yaml").write_text("apiVersion: v2\nname: app\nversion: 0.0.1\n", encoding="utf-8")
    monkeypatch.chdir(shadow.parent)
    with served() as found:
        yield found


def from_index(repository: Repository, **inputs: Any) -> Contents:
    options = {"repo": f"http://{repository.address}"}
    return one(stack(Path(), **{"chart": "app", "version": "1.2.3", "repositoryOpts": options} | inputs))


def from_registry(repository: Repository, version: str = "1.2.3") -> Contents:
    return one(stack(Path(), chart=f"oci://{repository.address}/charts/app", version=version, values={"replicas": 3}))


@needs_helm
def test_a_chart_is_fetched_from_its_repository_and_rendered(
    chart: Path, tmp_path: Path, repository: Repository
) -> None:
    repository.holds(packed(chart, tmp_path / "packed"), "app", "1.2.3")
    found = from_index(repository, values={"replicas": 3})
    assert found.rendered is not None, found.how
    assert found.rendered.workloads["Deployment/app-app"].replicas == 3
    assert found.how.startswith("as rendered by Helm v")
    assert not (tmp_path / "none").exists()


@needs_helm
def test_a_chart_is_fetched_from_a_registry_and_rendered(chart: Path, tmp_path: Path, repository: Repository) -> None:
    repository.has_pushed(packed(chart, tmp_path / "packed"), "app", "1.2.3")
    found = from_registry(repository)
    assert found.rendered is not None, found.how
    assert found.rendered.workloads["Deployment/app-app"].replicas == 3


@needs_helm
@pytest.mark.parametrize(
    ("broken", "why"),
    [
        ("no index", "is no repository of charts: it answers 404 for its index.yaml"),
        ("a page", "is no repository of charts: its index.yaml cannot be read"),
        ("another version", "has no app 1.2.3"),
        ("no archive", "names app 1.2.3, and answers 404 for it"),
        ("half an archive", "sends something else than the digest of app 1.2.3 in its index.yaml tells"),
        ("another digest", "sends something else than the digest of app 1.2.3 in its index.yaml tells"),
        ("a login", "asks for a login, which none is given here"),
    ],
)
def test_why_a_repository_has_no_chart_is_one_clear_line(
    broken: str, why: str, chart: Path, tmp_path: Path, repository: Repository
) -> None:
    archive = packed(chart, tmp_path / "packed")
    told = {"another version": "1.2.4"}.get(broken, "1.2.3")
    repository.holds(archive, "app", told, digest="0" * 64 if broken == "another digest" else "")
    page = "/index.yaml", f"/{archive.name}"
    if broken == "no index":
        del repository.answers[page[0]]
    elif broken == "a page":
        repository.answers[page[0]] = b"<html>hello</html>", "text/html"
    elif broken == "a login":
        repository.answers[page[0]] = 401, "text/plain"
    elif broken == "no archive":
        del repository.answers[page[1]]
    elif broken == "half an archive":
        repository.answers[page[1]] = archive.read_bytes()[:100], "application/gzip"
    found = from_index(repository)
    assert found.rendered is None
    assert found.how == f"nothing is known about the chart app; its repository 127.0.0.1 {why}"


@needs_helm
@pytest.mark.parametrize("broken", ["another version", "another content"])
def test_why_a_registry_has_no_chart_is_one_clear_line(
    broken: str, chart: Path, tmp_path: Path, repository: Repository
) -> None:
    repository.has_pushed(packed(chart, tmp_path / "packed"), "app", "1.2.3")
    if broken == "another content":
        for path in [each for each in repository.answers if "/blobs/" in each]:
            content, kind = repository.answers[path]
            assert isinstance(content, bytes)
            repository.answers[path] = content[::-1], kind
    found = from_registry(repository, "1.2.4" if broken == "another version" else "1.2.3")
    assert found.rendered is None
    why = {
        "another version": "has no app 1.2.4",
        "another content": "sends something else than the digest of app 1.2.3 tells",
    }
    assert found.how == f"nothing is known about the chart app; its repository 127.0.0.1 {why[broken]}"


@needs_helm
@pytest.mark.parametrize("chart_at", ["index", "registry"])
def test_a_repository_that_does_not_answer_is_said_to_be_out_of_reach(
    chart_at: str, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served() as gone:
        pass
    found = from_index(gone) if chart_at == "index" else from_registry(gone)
    assert found.rendered is None
    expected = "nothing is known about the chart app; its repository 127.0.0.1 cannot be reached: connection refused"
    assert found.how == expected


@needs_helm
def test_helms_cache_stands_in_for_a_repository_that_does_not_answer(
    chart: Path, tmp_path: Path, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed(chart, tmp_path / "cache")
    monkeypatch.setenv("HELM_REPOSITORY_CACHE", str(tmp_path / "cache"))
    with served() as gone:
        pass
    assert from_index(gone).how.startswith("as rendered by Helm v")


@pytest.mark.parametrize("address", ["http://charts.example.com", "file:///etc", "ftp://a", "https://[bad", "", "a b"])
def test_repositories_that_are_not_asked(address: str) -> None:
    assert not is_within_reach(address)
