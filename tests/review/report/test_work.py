"""What a report costs grows with the stack, and what is the same for all stacks is done once."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.policies import own
from eks_blueprints.policies.stack import Stack
from eks_blueprints.recording.plan import Plan
from eks_blueprints.review.report import markdown, text
from tests.plans import changed, plan, platform, resource
from tests.review.report.reports import report, stack
from tests.work import calls

RELEASE = "kubernetes:helm.sh/v3:Release"


def sides(number: int) -> tuple[Plan, Plan]:
    """A platform with so many charts, of which each gets other values."""
    charts = [
        resource(RELEASE, f"app{n}", {"chart": "podinfo", "version": "6.9.0", "namespace": f"n{n}", "values": {"a": 1}})
        for n in range(number)
    ]
    some = platform().values()
    return plan(*some, *charts), plan(*some, *(changed(each, values={"a": 2}) for each in charts))


def told(number: int) -> int:
    """How many functions are called for a report in words."""
    old, new = sides(number)

    def run() -> None:
        found = report(stack(old, new, policies=True))
        assert [*text.render(found)]
        assert markdown.render(found)

    run()  # fills what is kept for the next stacks
    return calls(run)


def test_a_report_grows_with_the_charts_and_not_with_their_square() -> None:
    assert told(200) < 2 * told(100)


def test_stacks_of_rules_are_made_once_for_each_side(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Plan] = []
    before = Stack.of_plan

    def counted(plan: Plan, folder: Path | None = None) -> Stack:
        made.append(plan)
        return before(plan, folder)

    monkeypatch.setattr(Stack, "of_plan", counted)
    stack(*sides(3), policies=True)
    assert len(made) == 4  # two for the policies, which also see the folder, two for all else


def test_what_every_stack_shares_is_looked_for_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[str] = []

    def points(**_of: str) -> list[Any]:
        asked.append("points")
        return []

    def which(name: str, **_of: Any) -> None:
        asked.append(name)

    monkeypatch.setattr(own, "entry_points", points)
    monkeypatch.setattr(shutil, "which", which)
    monkeypatch.syspath_prepend(str(tmp_path))  # other packages than those that are known
    monkeypatch.setenv("PATH", str(tmp_path))
    for _ in range(3):
        stack(*sides(3), policies=True)
    assert sorted(asked) == ["helm", "points"]
