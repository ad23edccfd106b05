"""One edit of many stacks is told once, with the stacks that it is the same in."""

from __future__ import annotations

from dataclasses import replace

import click
import pytest

from eks_blueprints.review.report.alike import folded_stacks
from eks_blueprints.review.report.html import render as html
from eks_blueprints.review.report.markdown import render as markdown
from eks_blueprints.review.report.model import Report
from eks_blueprints.review.report.text import render as text
from tests.plans import NODE_GROUP, changed, plan, resource
from tests.review.report.reports import report, stack

NAMES = [f"shop-{number}" for number in range(10)]


def many(*, odd: str = "") -> Report:
    stacks = []
    for line, name in enumerate(NAMES, 3):
        group = resource(
            NODE_GROUP, f"{name}-nodes", {"clusterName": name, "releaseVersion": "1.35.1-20261001"}, line=line
        )
        new = changed(group, releaseVersion="1.35.2-20261101", **({"labels": {"a": "b"}} if name == odd else {}))
        old, new = (replace(each, urn=each.urn.replace("prod", name)) for each in (group, new))
        stacks.append(stack(plan(old, stack=name), plan(new, stack=name)))
    return report(*stacks)


def test_ten_that_are_alike_are_one() -> None:
    (only,) = folded_stacks(many()).stacks
    assert (only.stack, only.alike) == ("shop-0", tuple(NAMES[1:]))
    assert only.title == "shop-0, shop-1, shop-2, shop-3, shop-4, shop-5 and 4 more (10 stacks alike)"


def test_one_that_differs_stands_alone() -> None:
    assert [len(each.alike) for each in folded_stacks(many(odd="shop-4")).stacks] == [8, 0]


def test_what_does_not_change_is_not_folded() -> None:
    same = [stack(each.diff.new, each.diff.new) for each in many().stacks]
    assert len(folded_stacks(report(*same)).stacks) == 10
    assert len(report(*same).unchanged) == 10


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_each_form_tells_it_once_and_counts_all(form: str) -> None:
    told = {"text": lambda: "\n".join(text(many())), "markdown": lambda: markdown(many()), "html": lambda: html(many())}
    page = click.unstyle(told[form]())
    assert page.count("drained and replaced") == 1
    assert "10 stacks alike" in page.replace("\\", "")
    assert "nodes of 10 groups or pools are replaced" in page.lower()
