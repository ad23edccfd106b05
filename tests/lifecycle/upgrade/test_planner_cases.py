"""The cases that an upgrade planner has to get right, each by itself."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from eks_blueprints.core.clock import VARIABLE
from eks_blueprints.core.errors import InputError
from eks_blueprints.lifecycle.upgrade.model import Api, Component, Subnet
from eks_blueprints.lifecycle.upgrade.planner import plan
from eks_blueprints.lifecycle.upgrade.read import Sources, with_sources
from eks_blueprints.lifecycle.upgrade.steps import steps

from .situations_of import PLATFORM, group, of_file, situation, told


def test_several_minors_are_as_many_hops_and_nodes_follow_in_each() -> None:
    found = plan(situation(33), "1.36")
    assert [hop.version for hop in found.hops] == ["1.34", "1.35", "1.36"]
    assert told(found, "node-skew") == []
    for hop in found.hops:
        assert [step.title for step in hop.steps if step.id == "nodes-system"] == [
            f"update node group system to {hop.version}"
        ]


def test_kubelets_before_1_25_may_be_two_minors_older_only() -> None:
    def skew(control_plane: int) -> list[str]:
        found = plan(situation(control_plane, nodes=(group(minor=24),)))
        return [level for level, _ in told(found, "node-skew")]

    assert skew(25) == []
    assert skew(26) == ["blocker"]


def test_amazon_linux_2_ends_with_1_32() -> None:
    old = (group(minor=32, ami_type="AL2_x86_64"),)
    (level, what), *_ = told(plan(situation(32, nodes=old)), "ami-family-ends")
    assert level == "blocker"
    assert "no image for 1.33" in what
    (finding,) = [each for each in plan(situation(32, nodes=old)).every() if each.code == "ami-family-ends"]
    assert "write ami_type: AL2023_x86_64_STANDARD" in finding.do
    assert finding.place == "stacks/prod.yaml:12"
    assert told(plan(situation(31, nodes=(group(minor=31, ami_type="AL2_x86_64"),))), "ami-family-ends") == []


def test_a_removed_api_stops_it_with_what_has_to_change() -> None:
    used = (Api("policy/v1beta1", "PodDisruptionBudget", "web", "declared", "stacks/prod.yaml:40"),)
    found = [each for each in plan(situation(24, apis=used)).every() if each.code == "api-removed"]
    assert [(each.level, each.place) for each in found] == [("blocker", "stacks/prod.yaml:40")]
    assert "use policy/v1" in found[0].do
    assert "empty" in found[0].do, "an empty selector selects nothing before, and everything after"


@pytest.mark.parametrize(
    ("free", "level"), [((4, 200), "blocker"), ((5, 5), None), ((200, 200, 4), None), ((4, 4), "blocker")]
)
def test_the_control_plane_needs_five_addresses_in_two_zones(
    tmp_path: Path, free: tuple[int, ...], level: str | None
) -> None:
    subnets = tuple(Subnet(f"net-{index}", f"eu-west-1{'abc'[index]}", 251) for index in range(len(free)))
    rows = [
        {
            "SubnetId": f"subnet-{index}",
            "AvailableIpAddressCount": count,
            "Tags": [{"Key": "Name", "Value": f"net-{index}"}],
        }
        for index, count in enumerate(free)
    ]
    file = tmp_path / "subnets.json"
    file.write_text(json.dumps({"Subnets": rows}))
    seen = with_sources(situation(subnets=subnets), Sources(subnets=file))
    stopping = [each.level for each in plan(seen).stops() if each.code == "subnet-addresses"]
    assert stopping == ([level] if level else [])


def test_subnets_that_the_plan_does_not_know_are_those_of_the_file(tmp_path: Path) -> None:
    rows = [
        {"SubnetId": f"subnet-{zone}", "AvailabilityZone": f"eu-west-1{zone}", "AvailableIpAddressCount": free}
        for zone, free in (("a", 9), ("b", 3))
    ]
    file = tmp_path / "subnets.json"
    file.write_text(json.dumps({"Subnets": rows}))
    looked_up = situation(subnets=(Subnet("${network.a}", "", None), Subnet("${network.b}", "", None)))
    (stop,) = plan(with_sources(looked_up, Sources(subnets=file))).stops()
    assert (stop.level, stop.code) == ("blocker", "subnet-addresses")


def test_what_was_looked_up_and_is_not_in_the_answer_stops_it(tmp_path: Path) -> None:
    file = tmp_path / "subnets.json"
    file.write_text(json.dumps({"Subnets": []}))
    seen = with_sources(
        situation(subnets=(Subnet("net", "eu-west-1a", 251), Subnet("b", "eu-west-1b", 251))), Sources(subnets=file)
    )
    assert [each.level for each in plan(seen).stops()] == ["unknown"]


def test_one_pod_that_a_budget_keeps_is_a_deadlock(tmp_path: Path) -> None:
    objects = """
addons:
  budget:
    kind: manifests
    manifests:
      web:
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: web, namespace: shop}
        spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
      run:
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, namespace: shop}
        spec:
          replicas: 1
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: web, image: "nginx:1.27"}]}
"""
    found = plan(of_file(tmp_path, PLATFORM + objects))
    (finding,) = [each for each in found.stops() if each.code == "k8s-pdb-allows-disruption"]
    assert "allows none of the 1 pods" in finding.what
    assert finding.place.startswith(str(tmp_path))


def test_a_pinned_alias_must_exist_for_the_target() -> None:
    pool = group("general", None, kind="karpenter", image="alias al2023@v20260101")
    found = plan(situation(35, nodes=(pool,)), "1.36")
    ((level, what),) = told(found, "alias-pinned")
    assert level == "warning"
    assert "must exist for 1.36" in what
    assert "replaced by themselves" in what
    assert (
        told(plan(situation(35, nodes=(group(None, kind="karpenter", image="alias al2023@latest"),))), "alias-pinned")
        == []
    )


def test_an_addon_that_is_not_offered_for_the_next_version_goes_before_the_control_plane() -> None:
    offered = {
        "coredns": {
            "1.34": ("v1.13.2-eksbuild.19", "v1.12.4-eksbuild.1"),
            "1.35": ("v1.14.3-eksbuild.11", "v1.13.2-eksbuild.19"),
        }
    }
    coredns = Component(name="coredns", version="v1.12.4-eksbuild.1", eks=True, element="coredns", pinned=True)
    here = situation(components=(coredns,), offered=offered)
    (hop,) = plan(here).hops
    ids = [step.id for step in hop.steps]
    (before,) = [step for step in hop.steps if step.id == "addons-before"]
    assert ids.index("addons-before") < ids.index("control-plane")
    assert before.found == (
        "coredns v1.12.4-eksbuild.1: v1.13.2-eksbuild.19, the newest that EKS offers for 1.34 and 1.35",
    )
    assert before.edits
    assert not before.done


def test_extended_support_that_ends_is_an_upgrade_by_eks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "2026-11-21")
    found = plan(situation(31))
    assert found.calendar.startswith("extended support for 5 more days (until 2026-11-26)")
    ((level, what),) = told(found, "automatic-upgrade")
    assert level == "warning"
    assert "takes the control plane to 1.32" in what


def test_extended_support_is_paid_from_the_end_of_standard_support(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "2026-12-03")
    paid = plan(situation(34))
    assert "at $365 a month more since 2026-12-02" in paid.calendar
    assert paid.waiting is not None
    assert paid.waiting.high == pytest.approx(364 * 24 * 0.50)
    itself = plan(situation(34, support_type="STANDARD"))
    assert "EKS may upgrade it any day" in itself.calendar
    assert itself.waiting is None
    assert told(itself, "automatic-upgrade")[0][0] == "warning"


def test_a_version_that_the_table_does_not_have_is_not_taken_for_fine() -> None:
    found = plan(situation(36), "1.37")
    ((level, what),) = told(found, "version-unknown")
    assert level == "unknown"
    assert "is not in the table" in what
    assert [each.code for each in found.stops()] == ["version-unknown"]
    assert "describe-cluster-versions" in found.stops()[0].do


def test_a_rollback_takes_nodes_back_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "2026-11-30")
    upgraded = situation(36, upgraded_on=date(2026, 11, 27))
    found = plan(upgraded, "1.35")
    assert found.rollback
    (hop,) = found.hops
    ids = [step.id for step in hop.steps]
    assert ids.index("rollback-nodes") < ids.index("rollback-control-plane") < ids.index("rollback-file")
    assert found.stops() == []
    assert told(found, "rollback-nodes") == [
        ("warning", "system (managed) runs 1.36: nodes go back first, none may be newer than 1.35")
    ]
    assert any("etcd" in what for _, what in told(found, "rollback-stays"))


@pytest.mark.parametrize("upgraded", [date(2026, 11, 20), None])
def test_a_rollback_after_seven_days_or_on_an_unknown_day_is_stopped(
    monkeypatch: pytest.MonkeyPatch, upgraded: date | None
) -> None:
    monkeypatch.setenv(VARIABLE, "2026-11-30")
    found = plan(situation(36, upgraded_on=upgraded), "1.35")
    assert [each.code for each in found.stops()] == ["rollback-window"]


def test_a_rollback_into_extended_support_needs_its_support_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "2026-11-30")
    back = situation(34, upgraded_on=date(2026, 11, 29), support_type="STANDARD")
    assert [each.code for each in plan(back, "1.33").stops()] == ["rollback-support"]


def test_two_minors_back_is_no_rollback() -> None:
    with pytest.raises(InputError, match="EKS rolls back one at most"):
        plan(situation(36), "1.34")


def test_a_step_keeps_its_number_whatever_is_done() -> None:
    begun = steps(situation(34, nodes=(group(follows=True),)), 35, ())
    done = steps(situation(35, nodes=(group(minor=35),)), 35, ())
    assert [step.id for step in begun] == [step.id for step in done]
    assert all(step.done for step in done if step.edits)
    assert [step.id for step in begun if step.edits and not step.done] == [
        "hold-nodes",
        "control-plane",
        "nodes-system",
    ]


def test_each_step_says_when_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "2026-11-30")
    kinds = (group("own", kind="self-managed"), group("f", None, kind="fargate"), group("k", None, kind="karpenter"))
    here = situation(35, nodes=(group(minor=35), *kinds, group("h", None, kind="hybrid")), auto_mode=True)
    (hop,) = plan(here).hops
    (back,) = plan(here, "1.34").hops
    assert [step.id for step in (*hop.steps, *back.steps) if not step.until] == []
    assert [step.id for step in hop.steps if step.id.startswith("nodes-")][1:] == [
        "nodes-system",
        "nodes-own",
        "nodes-fargate",
        "nodes-karpenter",
        "nodes-auto-mode",
        "nodes-hybrid",
    ]


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("1.3", 'is no version that EKS has offered; got "1.3"; did you mean 1.34 or 1.35 or 1.36?'),
        ("1.2", 'is no version that EKS has offered; got "1.2"; write one up to 1.36'),
        ("v1.35", 'is not a valid Kubernetes version; got "v1.35"; did you mean 1.35?'),
        ("1.35.2", "did you mean 1.35?"),
        ("35", "did you mean 1.35?"),
        ("1,35", "did you mean 1.35?"),
        ("", 'is not a valid Kubernetes version; got ""; write one up to 1.36'),
        ("latest", "write one up to 1.36"),
        ("1.28", "EKS rolls back one at most"),
        ("1.99", "is no version that EKS can offer by now"),
    ],
)
def test_a_target_that_is_none_is_answered_with_what_may_be_meant(to: str, said: str) -> None:
    with pytest.raises(InputError, match=re.escape(said)):
        plan(situation(34), to)


def test_support_type_standard_is_planned_and_stops_where_the_target_is_in_extended_support(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "2026-11-30")
    text = PLATFORM.replace('version: "1.34"', 'support_type: STANDARD\n  version: "1.32"')
    here = of_file(tmp_path, text)
    assert (here.minor, here.support_type) == (32, "STANDARD")
    ((level, what),) = told(plan(here, "1.33"), "support-type")
    assert (level, what) == ("blocker", "1.33 is in extended support, and the cluster has support type STANDARD")
    assert [what for _, what in told(plan(here, "1.34"), "support-type")] == [what]


@pytest.mark.parametrize(
    ("types", "spot", "said"),
    [
        (("m7g.large", "m7g.xlarge"), False, "up to 24 vCPUs more while it lasts: whether quota L-1216C47A"),
        (("g5.xlarge",), False, "up to 24 vCPUs more while it lasts: whether quota L-DB2E81BA"),
        (("c7i.large",), True, "up to 12 vCPUs more while it lasts: whether quota L-34B43A08"),
        (("trn1.2xlarge",), False, None),
    ],
)
def test_nodes_beside_the_old_ones_need_room_in_a_quota(types: tuple[str, ...], spot: bool, said: str | None) -> None:
    here = situation(34, nodes=(group(minor=34, instance_types=types, spot=spot, count=4, zones=3),))
    (step,) = [each for each in plan(here).hops[0].steps if each.id == "nodes-system"]
    found = [line for line in step.found if "vCPUs" in line]
    assert [line.startswith(str(said)) for line in found] == ([] if said is None else [True])
    asked = [each for each in step.commands if "get-service-quota" in each]
    assert len(asked) == len(found)
