"""What a change does to nodes and pods, in every form of the report, and as a gate."""

import json
from dataclasses import replace

import click
import jsonschema
import pytest

from eks_blueprints.capacity.compare import compare
from eks_blueprints.review.effects import Attention
from eks_blueprints.review.report import capacity_forms, html, json_form, markdown, text
from eks_blueprints.review.report.capacity import capacity, waiting
from eks_blueprints.review.report.gates import Gates
from eks_blueprints.review.report.model import Report, StackReport
from eks_blueprints.review.report.schema import schema
from tests.capacity.outcomes import API, small
from tests.capacity.test_show_changes import grown
from tests.plans import ROLE, changed, plan, resource
from tests.review.report.reports import report, stack


def of(before, after) -> StackReport:  # type: ignore[no-untyped-def]
    """A stack of which a role changes, and beside it what two outcomes differ in."""
    role = resource(ROLE, "r", {"description": "a"})
    found = stack(plan(role), plan(changed(role, description="b")))
    assert found.capacity == ()  # a role decides about no node
    return replace(found, capacity=compare([(before, None)], [(after, None)]))


@pytest.fixture(scope="module")
def moved() -> Report:
    return report(of(small(), grown()))


def test_the_terminal_tells_it_after_the_cost(moved: Report) -> None:
    lines = click.unstyle("\n".join(text.render(moved))).splitlines()
    start = lines.index("capacity")
    assert lines[start + 1].startswith("  nodes 5 → 4 for 11 pods, -$45 to -$23 a month (11% less)")
    assert lines[start + 3 : start + 6] == [
        "  1 pod of shop/Deployment/api newly waits",
        "    limits, Karpenter default: cpu 8 of 8 is used",
        "    → raise limits.cpu of default to 10",
    ]


def test_markdown_folds_all_but_the_sum_and_pods_that_newly_wait(moved: Report) -> None:
    said = markdown.render(moved)
    section = next(part for part in said.split(markdown.SECTION) if "#### Capacity" in part)
    shown, _, folded = section.partition("<details>")
    assert "Nodes 5 → 4 for 11 pods, -$45 to -$23 a month (11% less)" in shown
    assert "- ⚠️ 1 pod of shop/Deployment/api newly waits" in shown
    assert "Karpenter default: m7g.large 3 → 0" not in shown
    assert "Karpenter default: m7g.large 3 → 0" in folded


def test_the_page_and_the_data_have_it_too(moved: Report) -> None:
    page = html.render(moved)
    assert "<h3>Capacity</h3>" in page
    assert '<li class="danger">1 pod of shop/Deployment/api newly waits</li>' in page
    data = json_form.to_data(moved)
    jsonschema.validate(json.loads(json.dumps(data)), schema())
    (change,) = data["stacks"][0]["capacity"]
    assert (change["after"]["waiting"], change["waiting"][0]["workload"]) == (1, API.name)


def test_nothing_is_said_where_nothing_moves() -> None:
    same = report(of(small(), small()))
    assert "capacity" not in click.unstyle("\n".join(text.render(same))).splitlines()
    assert "#### Capacity" not in markdown.render(same)
    assert "<h3>Capacity</h3>" not in html.render(same)
    assert json_form.to_data(same)["stacks"][0]["capacity"] == []


def test_a_report_of_capacity_alone_says_that_nothing_changes() -> None:
    same = report(of(small(), small()))
    assert click.unstyle("\n".join(capacity_forms.text(same))).splitlines() == [
        "prod  compared with origin/main (3f2c1ab)",
        "  no change; 5 nodes for 11 pods, $400 a month",
    ]
    assert "prod: No change; 5 nodes for 11 pods, $400 a month." in capacity_forms.markdown(same)
    assert '<li class="first">No change; 5 nodes for 11 pods, $400 a month</li>' in capacity_forms.html(same)
    none = report(replace(same.stacks[0], capacity=()))
    assert "  it makes no cluster" in click.unstyle("\n".join(capacity_forms.text(none)))


def closed(gates: str, found: Report) -> list[str]:
    return list(Gates.parse(gates).closed(found))


def test_gates_close_on_waiting_pods_and_on_the_nodes_cost(moved: Report) -> None:
    assert closed("capacity", moved) == [f"capacity: shop: 1 more pod of {API.name} waiting (prod)"]
    assert closed("cost>1", moved) == closed("cost>1%", moved) == []
    assert closed("cost>20%", report(of(grown(), small()))) == []
    assert closed("cost>12%", report(of(grown(), small()))) == [
        "cost: shop: nodes +$23 to +$45 a month (13% more), $400 in all, over 12% more (prod)"
    ]


def test_pods_that_newly_wait_need_attention() -> None:
    (change,) = compare([(small(), None)], [(grown(), None)])
    (item,) = waiting([change], [])
    assert (item.harm, item.level, item.title, item.name) == ("stuck", "warning", "pods wait", API.name)
    assert item.cause == "1 more pod than its nodes have room for"
    assert item.effect == (
        "they stay pending: limits, Karpenter default: cpu 8 of 8 is used; raise limits.cpu of default to 10"
    )
    told = Attention("dies", "danger", "runs nowhere", "shop-api", "", "", "")
    assert list(waiting([change], [told])) == []
    (new,) = compare([], [(grown(), None)])
    assert list(waiting([new], [])) == []


def test_pods_that_newly_wait_only_at_most_need_attention_too() -> None:
    (change,) = compare([(small(), small())], [(small(), grown())])
    (item,) = waiting([change], [])
    assert (item.title, item.name) == ("pods would wait", API.name)
    assert item.cause == "with as many pods as autoscalers allow, 1 more pod than its nodes have room for"
    assert item.effect.startswith("they would stay pending: limits, Karpenter default")
    (both,) = compare([(small(), small())], [(grown(), grown())])
    assert [each.cause for each in waiting([both], [])] == ["1 more pod than its nodes have room for"]


def test_capacity_is_looked_at_only_where_something_changes_that_decides_about_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import sys

    for name in [each for each in sys.modules if each.startswith("eks_blueprints.capacity.sides")]:
        monkeypatch.delitem(sys.modules, name)
    found = of(small(), small())
    assert capacity(found.diff, (None, None), None) == ()  # type: ignore[arg-type]
    assert "eks_blueprints.capacity.sides" not in sys.modules
