"""Waivers: what they cover, and when they count for nothing."""

from datetime import date
from typing import Any

import pytest

from eks_blueprints.core.document import Place
from eks_blueprints.policies.baseline import baseline
from eks_blueprints.policies.check import check_stack
from eks_blueprints.policies.report import Report
from eks_blueprints.policies.settings import Judgement, PlacedWaiver, PolicySettings, Waiver
from eks_blueprints.policies.stack import Stack
from tests.policies.build import UNKNOWN, workload

TODAY = date(2026, 11, 21)
GOOD = {
    "policy": "k8s-no-host-network",
    "resource": {"name": "agent"},
    "reason": "the agent counts packets of its node",
    "owner": "platform",
    "created": "2026-11-01",
    "expires": "2027-02-01",
}


def _judged(*waivers: dict[str, Any], host: Any = True) -> Report:
    stack = Stack([workload("agent", p={"hostNetwork": host}), workload("other", p={"hostNetwork": host})])
    placed = tuple(PlacedWaiver(Waiver.model_validate(each), "policies.yaml", Place(7, 5)) for each in waivers)
    return check_stack(stack, Judgement("baseline", waivers=placed), today=TODAY, only=("k8s-no-host-network",))


def _said(report: Report) -> list[str]:
    return [each.what for each in report.failed("waiver-valid")]


def test_a_waiver_covers_its_resource_alone() -> None:
    report = _judged(GOOD)
    assert [f.resource for f in report.failed()] == ["other"]
    (waived,) = [f for f in report.findings if f.verdict == "waived"]
    assert waived.resource == "agent"
    assert waived.waiver == "the agent counts packets of its node (platform, 72 days left)"
    assert not _said(report)


@pytest.mark.parametrize(
    "resource",
    [{"object": "shop/Deployment/agent"}, {"object": "shop/*/ag*"}, {"type": "*:Deployment", "name": "agent"}],
)
def test_a_waiver_names_resources_in_several_ways(resource: dict[str, str]) -> None:
    assert [f.resource for f in _judged({**GOOD, "resource": resource}).failed()] == ["other"]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"expires": "2026-11-21"}, "expired on 2026-11-21"),
        ({"expires": "2027-06-01"}, "holds for 212 days"),
        ({"created": "2026-12-01"}, "was created in the future; got 2026-12-01"),
        ({"approved_by": "platform"}, "is approved by its owner; got platform"),
    ],
)
def test_a_waiver_that_is_not_fit_counts_for_nothing(change: dict[str, str], what: str) -> None:
    report = _judged({**GOOD, **change})
    assert [f.resource for f in report.failed("k8s-no-host-network")] == ["agent", "other"]
    assert _said(report) == [what]
    (finding,) = report.failed("waiver-valid")
    assert finding.blocks
    assert finding.place == "policies.yaml:7:5"


def test_a_waiver_that_covers_nothing_is_told() -> None:
    report = _judged({**GOOD, "resource": {"name": "nobody"}})
    assert _said(report) == ["covers no finding"]
    assert not report.failed("waiver-valid")[0].blocks


def test_a_waiver_that_runs_out_is_told() -> None:
    assert _said(_judged({**GOOD, "expires": "2026-11-30"})) == ["runs out in 9 days"]


def test_what_is_not_known_is_not_waived() -> None:
    report = _judged(GOOD, host=UNKNOWN)
    assert {f.verdict for f in report.findings if f.policy == "k8s-no-host-network"} == {"undetermined"}
    assert _said(report) == ["covers no finding"]


def test_critical_rules_need_more() -> None:
    stack = Stack([workload("agent", c={"securityContext": {"privileged": True}})])
    waiver = {**GOOD, "policy": "k8s-no-privileged-containers", "expires": "2026-11-25"}
    bad = Judgement("baseline", waivers=(PlacedWaiver(Waiver.model_validate(waiver)),))
    good = {**waiver, "ticket": "OPS-1", "approved_by": "security"}
    only = ("k8s-no-privileged-containers",)
    assert _said(check_stack(stack, bad, today=TODAY, only=only)) == ["waives a critical rule"]
    fine = Judgement("baseline", waivers=(PlacedWaiver(Waiver.model_validate(good)),))
    assert _said(check_stack(stack, fine, today=TODAY, only=only)) == ["runs out in 4 days"]


def test_some_rules_are_never_waived() -> None:
    assert (
        _said(_judged({**GOOD, "policy": "waiver-valid", "resource": {"name": "x"}}))[0]
        == "waiver-valid cannot be waived"
    )


def test_a_baseline_waives_what_is_there_and_nothing_more() -> None:
    from eks_blueprints.core.document import parse

    stack = Stack([workload("agent", p={"hostNetwork": True}, c={"securityContext": {"privileged": True}})])
    found = check_stack(stack, today=TODAY)
    text = baseline(found, "platform", TODAY)
    settings = PolicySettings.model_validate(parse(text).data)
    report = check_stack(stack, settings.of("prod"), today=TODAY)
    assert {f.policy for f in report.failed()} == {"k8s-no-privileged-containers"}
    every = PolicySettings.model_validate(parse(baseline(found, "platform", TODAY, ticket="A-1", approved_by="b")).data)
    assert not check_stack(stack, every.of("prod"), today=TODAY).failed()


def test_a_clean_stack_needs_no_baseline() -> None:
    assert baseline(check_stack(Stack([]), today=TODAY), "me", TODAY) == "waivers: []\n"
