"""The scan of API versions: it finds every row of the table wherever it stands, and nothing in current charts."""

from __future__ import annotations

import pulumi_kubernetes as kubernetes
import pytest

from eks_blueprints.core.charts import table as charts
from eks_blueprints.kubernetes.removed import Removed, table
from eks_blueprints.lifecycle.upgrade.checks.apis import scan
from eks_blueprints.lifecycle.upgrade.model import Api
from eks_blueprints.policies.stack import Stack
from eks_blueprints.recording import record

ROWS = sorted(table().items())


@pytest.mark.parametrize(("api", "removed"), ROWS, ids=[f"{version} {kind}" for (version, kind), _ in ROWS])
def test_every_row_is_found_on_the_day_it_goes_and_one_minor_before(api: tuple[str, str], removed: Removed) -> None:
    use = Api(*api, "thing", "declared", "stacks/prod.yaml:3")
    gone = removed.removed_in
    if gone is None:
        assert removed.deprecated_in is not None
        assert [each.level for each in scan([use], removed.deprecated_in)] == ["warning"]
        return
    (found,) = scan([use], gone)
    assert (found.level, found.code, found.place) == ("blocker", "api-removed", "stacks/prod.yaml:3")
    assert f"no longer served from 1.{gone}" in found.what
    assert removed.replacement in found.do
    assert [each.level for each in scan([use], gone - 1)] == ["warning"]


def test_a_corpus_of_objects_in_a_program_is_found_as_a_whole() -> None:
    corpus = [
        {"apiVersion": version, "kind": kind, "metadata": {"name": f"thing-{index}"}}
        for index, ((version, kind), _) in enumerate(ROWS)
    ]

    def program() -> None:
        kubernetes.yaml.v2.ConfigGroup("corpus", objs=corpus)

    stack = Stack.of_plan(record(program, stack="prod").plan())
    uses = [Api(each.api_version, each.kind, each.name, "declared") for each in stack.objects]
    newest = max(removed.removed_in or removed.deprecated_in or 0 for _, removed in ROWS)
    found = [each.what for each in scan(uses, newest)]
    missed = [
        (version, kind)
        for (version, kind), _ in ROWS
        if not any(what.startswith(f"{version} {kind} of") for what in found)
    ]
    assert missed == []
    assert len(found) == len(ROWS)


@pytest.mark.parametrize("kind", charts.kinds())
def test_nothing_is_found_in_what_pinned_charts_render(kind: str) -> None:
    row = charts.row(kind)
    assert row is not None
    if not row.known:
        return
    uses = []
    for form in ((), *((each,) for each in row.forms)):
        for named in row.form(form).objects:
            version, _, of_kind = named.partition(" ")
            uses.append(Api(version, of_kind, "", f"chart {row.chart}"))
    assert [each.what for each in scan(dict.fromkeys(uses), 36)] == []


def test_custom_resources_that_controllers_dropped_are_found() -> None:
    (found,) = scan([Api("karpenter.sh/v1beta1", "NodePool", "general", "declared")], 35)
    assert found.level == "blocker"
    assert "karpenter v1.1" in found.what
    assert "nodeClassRef" in found.do
    assert list(scan([Api("karpenter.sh/v1", "NodePool", "general", "declared")], 35)) == []


def test_what_clients_asked_for_is_held_against_each_minor() -> None:
    asked = [Api("flowcontrol.apiserver.k8s.io/v1beta3", "flowschemas", "", "requests", removed_in=32)]
    assert [each.level for each in scan(asked, 31)] == ["warning"]
    assert [each.level for each in scan(asked, 32)] == ["blocker"]
