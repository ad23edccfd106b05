"""What no rule sees, and what rules about tenants leave out, is counted at the head of every form of the report."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import click
import jsonschema
import pytest

from eks_blueprints.review.comment.built import built
from eks_blueprints.review.comment.validated import validated
from eks_blueprints.review.report.html import render as html
from eks_blueprints.review.report.json_form import to_data
from eks_blueprints.review.report.markdown import render as markdown
from eks_blueprints.review.report.model import Report
from eks_blueprints.review.report.schema import schema
from eks_blueprints.review.report.text import render as text
from tests.plans import plan, platform, resource
from tests.review.diff.test_base import git
from tests.review.report.reports import report, stack

SAID = "1 not scanned, 1 exempt"
POD = """apiVersion: v1
kind: Pod
metadata: {name: NAME, namespace: shop}
spec: {hostNetwork: true, containers: [{name: app, image: "ghcr.io/shop/app:1.2.3"}]}
"""
PROGRAM = """
import pulumi_kubernetes as k8s
k8s.yaml.v2.ConfigGroup("app", files=["app/*.yaml"])
"""


def unseen() -> Report:
    pod = {"metadata": {"namespace": "kube-system"}, "spec": {"containers": [{"name": "a", "image": "b:1"}]}}
    new = [
        *platform().values(),
        resource("kubernetes:kustomize/v2:Directory", "app", {"directory": "https://example.com/app"}),
        resource("kubernetes:core/v1:Pod", "agent", pod),
    ]
    return report(stack(plan(*platform().values()), plan(*new), policies=True))


def _text(found: Report) -> str:
    return click.unstyle("\n".join(text(found)))


def _comment(found: Report) -> str:
    return built(validated(json.dumps(to_data(found)), "report.json"))


@pytest.mark.parametrize(("form", "within"), [(_text, 6), (markdown, 8), (html, None), (_comment, 8)])
def test_the_first_lines_count_it(form: Callable[[Report], str], within: int | None) -> None:
    lines = form(unseen()).splitlines()
    assert any(SAID in line for line in lines[:within])


def test_a_report_that_sees_all_says_nothing_of_it() -> None:
    old = platform()
    clean = report(stack(plan(*list(old.values())[:-1]), plan(*old.values()), policies=True))
    for form in (_text, markdown, html, _comment):
        assert "not scanned" not in form(clean)


def test_json_names_it() -> None:
    data = to_data(unseen())
    jsonschema.validate(data, schema())
    policies = data["stacks"][0]["policies"]
    assert (policies["notScanned"], policies["exempt"]) == (["app"], ["agent"])


def test_local_files_of_the_base_are_read_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from eks_blueprints.review.preview.targets import Target
    from eks_blueprints.review.report.run import Request, check

    (tmp_path / "app").mkdir()
    (tmp_path / "Pulumi.yaml").write_text("name: q\nruntime: python\n")
    (tmp_path / "__main__.py").write_text(PROGRAM)
    (tmp_path / "app" / "old.yaml").write_text(POD.replace("NAME", "old"))
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")
    (tmp_path / "app" / "new.yaml").write_text(POD.replace("NAME", "new"))
    monkeypatch.chdir(tmp_path)
    found = check(Request([Target("dev", Path())], "main")).stacks[0].policies
    assert found is not None
    assert {each.resource for each in found.new} == {"new"}
    assert found.standing > 0
