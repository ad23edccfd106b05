"""What could not be followed of a program stands in every form of the report, and in both kinds of JSON."""

from __future__ import annotations

import json
from pathlib import Path

import click
import jsonschema
import pytest

from eks_blueprints.recording.schema import schema as plan_schema
from eks_blueprints.review.preview.json_form import to_data as preview_data
from eks_blueprints.review.preview.run import Preview
from eks_blueprints.review.preview.targets import Target
from eks_blueprints.review.report.html import render as html
from eks_blueprints.review.report.json_form import to_data
from eks_blueprints.review.report.markdown import CLEAN
from eks_blueprints.review.report.markdown import render as markdown
from eks_blueprints.review.report.model import Report
from eks_blueprints.review.report.run import Request, check
from eks_blueprints.review.report.schema import schema
from eks_blueprints.review.report.text import render as text
from tests.plans import plan, platform
from tests.review.report.reports import report, stack

GAP = "what two <b>makes</b> (kubernetes:yaml/v2:ConfigFile)"
PROGRAM = """
import pulumi, pulumi_aws as aws
pulumi.runtime.register_invoke_transform(lambda _args: None)
aws.sqs.Queue("q", name="QUEUE")
"""


def gapped() -> Report:
    same = plan(*platform().values())
    return report(stack(same, same, gaps=[GAP]))


def test_the_verdict_says_that_not_all_was_followed() -> None:
    assert gapped().verdict == "no changes; 1 thing of the program not followed"
    assert CLEAN in markdown(gapped())


@pytest.mark.parametrize("render", [markdown, html])
def test_a_page_names_what_was_not_followed(render: object) -> None:
    assert callable(render)
    page = render(gapped())
    assert "ot followed: what two &lt;b&gt;makes" in page.replace("\\", "")


def test_the_terminal_names_it_where_something_changes() -> None:
    new = platform()
    changed = report(stack(plan(*list(new.values())[:-1]), plan(*new.values()), gaps=[GAP]))
    assert f"not followed: {GAP}" in click.unstyle("\n".join(text(changed)))


def test_json_has_it_by_stack() -> None:
    data = to_data(gapped())
    jsonschema.validate(data, schema())
    assert data["stacks"][0]["gaps"] == [GAP]


def test_a_plan_file_has_it_and_can_be_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, queue in (("old", "a"), ("new", "b")):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "Pulumi.yaml").write_text("name: q\nruntime: python\n")
        (folder / "__main__.py").write_text(PROGRAM.replace("QUEUE", queue))
    from eks_blueprints.review.preview.run import preview

    old = preview_data(preview(Target("dev", tmp_path / "old")))
    jsonschema.validate(old, plan_schema())
    assert old["gaps"] == ["a transform of provider functions"]
    base = tmp_path / "plan.json"
    base.write_text(json.dumps(old))
    monkeypatch.chdir(tmp_path / "new")
    found = check(Request([Target("dev", tmp_path / "new")], str(base), policies=False))
    assert found.stacks[0].gaps == ("a transform of provider functions",)
    assert found.counts["replace"] == 1


def test_a_preview_without_gaps_says_that_there_are_none() -> None:
    target = Target("dev", None)
    assert preview_data(Preview(target, plan(), (), (), (), 0.1))["gaps"] == []
