"""What changes inside charts: told where both sides are known, and said to be unknown where one is not."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from eks_blueprints.core.charts.model import Container, Crd, Rendered, Webhook, Workload
from eks_blueprints.recording.plan import Plan
from eks_blueprints.review.diff.insides import compared, gained, lost
from eks_blueprints.review.report.build import stack_report
from eks_blueprints.review.report.json_form import to_data
from eks_blueprints.review.report.model import Report, StackReport
from eks_blueprints.review.report.text import render
from tests.addons.catalogue import record_it

BEFORE = Rendered(
    workloads={"Deployment/app": Workload(containers={"app": Container(image="quay.io/acme/app:1.0")})},
    crds={"apples.acme.io": Crd(kind="Apple", versions=("v1", "v1beta1")), "pears.acme.io": Crd(kind="Pear")},
    roles={"ClusterRole/app": ("get,list core configmaps",)},
    webhooks={"app/pods": Webhook(fails=False, rules=("CREATE v1 pods",))},
    objects={"policy/v1beta1 PodDisruptionBudget": 1},
)


def lines(after: Rendered) -> list[str]:
    return [f"{sign} {text}" for sign, text in compared(BEFORE, after)]


def test_nothing_changes_where_nothing_does() -> None:
    assert lines(BEFORE) == []
    assert [*lost(BEFORE, BEFORE), *gained(BEFORE, BEFORE)] == []


def _with(image: str = "quay.io/acme/app:1.0", **pod: Any) -> Rendered:
    return replace(BEFORE, workloads={"Deployment/app": Workload(containers={"app": Container(image=image)}, **pod)})


@pytest.mark.parametrize(
    ("after", "line"),
    [
        (_with("quay.io/acme/app:2.0"), "! image quay.io/acme/app: 1.0 → 2.0"),
        (_with("ghcr.io/acme/app:1.0"), "+ image ghcr.io/acme/app:1.0"),
        (_with(host_network=True), "+ access to nodes of Deployment/app: network"),
        (_with(replicas=3), "! replicas of Deployment/app: 1 → 3"),
        (replace(BEFORE, crds={"pears.acme.io": Crd(kind="Pear")}), "- CRD apples.acme.io (v1, v1beta1)"),
        (replace(BEFORE, objects={}), "- API version policy/v1beta1 PodDisruptionBudget"),
        (replace(BEFORE, webhooks={}), "- webhook app/pods"),
        (
            replace(BEFORE, roles={"ClusterRole/app": ("get,list core configmaps,secrets",)}),
            "+ right get, list secrets in every namespace",
        ),
    ],
)
def test_a_change_is_one_line(after: Rendered, line: str) -> None:
    assert line in lines(after)


def test_rights_that_are_only_written_otherwise_are_no_change() -> None:
    assert lines(replace(BEFORE, roles={"ClusterRole/app": ("get core configmaps", "list core configmaps")})) == []


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (
            replace(BEFORE, crds={**BEFORE.crds, "apples.acme.io": Crd(kind="Apple", versions=("v1",))}),
            "no longer served as v1beta1",
        ),
        (replace(BEFORE, crds={}), "the CRD apples.acme.io is removed"),
        (replace(BEFORE, roles={"ClusterRole/app": ("get,list,watch core secrets",)}), "secrets"),
        (replace(BEFORE, roles={"ClusterRole/app": ("* * *",)}), "has the right"),
        (_with(host_pid=True), "has access to nodes by Deployment/app: processes"),
        (
            replace(BEFORE, webhooks={"app/pods": Webhook(fails=True, rules=("CREATE v1 pods",))}),
            "has CREATE v1 pods refused",
        ),
    ],
)
def test_what_breaks_or_gives_much_needs_attention(after: Rendered, words: str) -> None:
    assert any(words in each for each in (*lost(BEFORE, after), *gained(BEFORE, after)))


def test_a_right_that_was_there_is_not_gained() -> None:
    strong = replace(BEFORE, roles={"ClusterRole/app": ("get,list,watch core secrets",)})
    assert list(gained(strong, strong)) == []


def _report(kind: str, before: dict[str, Any], after: dict[str, Any]) -> StackReport:
    old, new = (record_it(kind, **fields).plan for fields in (before, after))
    return stack_report(old, new, policies=False)


def _text(report: StackReport) -> str:
    return "\n".join(render(Report("shop", "main", (report,)), width=80))


def test_an_option_that_changes_a_chart_is_told_and_needs_attention() -> None:
    report = _report("gatekeeper", {}, {"failure_policy": "Fail"})
    assert any("failurePolicy Ignore → Fail of " in text for _, text in report.insides[0].lines)
    assert report.security[0].level == "warning"
    assert "refused while its webhook" in report.security[0].text
    text = _text(report)
    assert "inside the chart gatekeeper" in text
    assert "failurePolicy Ignore → Fail" in text


@pytest.mark.parametrize(("before", "after"), [({"version": "2.0.0"}, {}), ({}, {"version": "99.0.0"})])
def test_a_version_that_is_not_known_is_said_to_be(before: dict[str, Any], after: dict[str, Any]) -> None:
    report = _report("keda", before, after)
    unknown = (before or after)["version"]
    assert report.insides[0].lines == ()
    assert f"what version {unknown} brings is not known" in [each.note for each in report.versions]
    data = to_data(Report("shop", "main", (report,)))["stacks"][0]["charts"]
    assert data[0]["untold"] == f"what version {unknown} brings is not known"
    assert json.dumps(data)


def test_a_new_chart_is_told_in_short() -> None:
    new = record_it("falco").plan
    without = [each for each in new.resources if "helm.sh" not in each.type]
    report = stack_report(Plan(new.project, new.stack, tuple(without)), new, policies=False)
    told = [text for _, text in report.insides[0].lines]
    access = next(text for text in told if text.startswith("access to nodes of DaemonSet/falco"))
    assert "root in falco" in access
    assert not any(text.startswith("API") for text in told)


def test_values_that_nobody_follows_are_told() -> None:
    report = _report("external_dns", {}, {"values": {"hostNetwork": True}})
    assert ("!", "values whose effect is not known: hostNetwork") in report.insides[0].lines


def test_a_stack_that_does_not_change_says_nothing() -> None:
    assert _report("keda", {}, {}).insides == ()
