"""What a shard writes is read back as the same values, and what is damaged is refused with its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pytest

from eks_blueprints.review.report import html, json_form, markdown, mermaid, text
from eks_blueprints.review.report.model import Report
from eks_blueprints.review.shards.codec import MisfitError, Reader, Written
from tests.review.report.reports import replaced_nodes
from tests.review.report.storybook import STORIES, Story, told


def through(report: Report) -> Report:
    written = Written()
    data = json.loads(json.dumps({"parts": written.data(report), "resources": written.resources}))
    read: Report = Reader(data["resources"]).read(Report, data["parts"], "parts")
    return read


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("story", [None, *STORIES], ids=lambda story: story.name if story else "nodes")
def test_every_format_is_the_same_afterwards(story: Story | None) -> None:
    before = replaced_nodes() if story is None else told(story)
    after = through(before)
    assert json_form.to_data(after) == json_form.to_data(before)
    assert markdown.render(after) == markdown.render(before)
    assert html.render(after) == html.render(before)
    assert [*map(click.unstyle, text.render(after))] == [*map(click.unstyle, text.render(before))]
    sides = [mermaid.graph(stack.diff.new, stack.diff) for each in (after, before) for stack in each.stacks]
    assert sides[: len(sides) // 2] == sides[len(sides) // 2 :]


def test_what_both_sides_of_a_comparison_share_is_written_once() -> None:
    report = told(STORIES[0])
    written = Written()
    written.data(report)
    (stack,) = report.stacks
    assert stack.diff.old is not None
    both = len(stack.diff.old.resources) + len(stack.diff.new.resources)
    assert len(written.resources) < both * 0.6


def spoilt(change: Any) -> str:
    written = Written()
    data = json.loads(json.dumps({"parts": written.data(replaced_nodes()), "resources": written.resources}))
    change(data)
    with pytest.raises(MisfitError) as error:
        Reader(data["resources"]).read(Report, data["parts"], "parts")
    return str(error.value)


def test_what_is_damaged_is_refused_with_its_place() -> None:
    assert spoilt(lambda data: data["parts"].pop("base")).startswith("parts needs Report with base; got {")
    assert "parts.stacks needs a list; got 1" in spoilt(lambda data: data["parts"].update(stacks=1))
    assert "parts.stacks[0] needs StackReport without more" in spoilt(lambda d: d["parts"]["stacks"][0].update(more=1))
    assert "diff.new.resources[0] needs the number of a resource; got 999" in spoilt(
        lambda data: data["parts"]["stacks"][0]["diff"]["new"].update(resources=[999])
    )
    assert spoilt(lambda data: data["resources"].append({"urn": "x"})).startswith("resources[")
    assert "diff.resources[0].kind needs one of" in spoilt(
        lambda data: data["parts"]["stacks"][0]["diff"]["resources"][0].update(kind="burn")
    )
