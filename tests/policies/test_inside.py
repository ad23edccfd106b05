"""Rules see into charts: as the table knows them, with what values of users change, and what nobody knows is told."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from eks_blueprints.core.charts import table
from eks_blueprints.core.charts.model import Rendered, dump
from eks_blueprints.policies.catalogue import rules
from eks_blueprints.policies.check import check_stack
from eks_blueprints.policies.definition import Profile
from eks_blueprints.policies.formats import render
from eks_blueprints.policies.inside import ASKED
from eks_blueprints.policies.inside.asked import accepted
from eks_blueprints.policies.inside.contents import contents
from eks_blueprints.policies.inside.ours import ours
from eks_blueprints.policies.report import Finding, Report
from eks_blueprints.policies.stack import CLUSTER, Resource, Stack
from eks_blueprints.testing import record_stack
from tests.addons.catalogue import record_it
from tests.addons.test_charts import PINNED
from tests.policies.build import UNKNOWN, cluster, res

TODAY = date(2026, 11, 29)
VERSION = "1.34"
"""That of the cluster that add-ons are recorded on."""
RELEASE = "kubernetes:helm.sh/v3:Release"


def stack_of(kind: str, **fields: Any) -> Stack:
    found = Stack.of_plan(record_it(kind, **fields).plan).resources
    for each in found:
        if each.type == CLUSTER:
            each.inputs = {**each.inputs, "version": VERSION}
    return Stack(found)


def report_of(kind: str, *, profile: Profile = "production", **fields: Any) -> Report:
    return check_stack(stack_of(kind, **fields), profile=profile, today=TODAY)


def of_chart(report: Report) -> list[Finding]:
    return [each for each in report.findings if each.type == RELEASE and each.policy in ASKED]


def test_rules_that_are_asked_are_there() -> None:
    assert set(rules()) >= ASKED


@pytest.mark.parametrize("kind", PINNED)
def test_what_the_library_says_by_itself_is_none_of_the_users_values(kind: str) -> None:
    found = contents(stack_of(kind))[-1]
    row = table.row(kind)
    assert row is not None
    assert (found.rendered is not None) == row.known
    assert found.unfollowed == ()
    assert found.followed == {}


@pytest.mark.parametrize("kind", PINNED)
def test_each_option_of_an_add_on_is_told_by_its_values(kind: str) -> None:
    library, row = ours(kind), table.row(kind)
    assert library is not None
    assert row is not None
    for form in library.forms:
        if form.sample or not (form.sets or form.drops) or not row.known:
            continue
        fields = dict([form.said.split("=")]) if "=" in form.said else {form.said: True}
        given = {key: {"true": True, "false": False}.get(str(value), value) for key, value in fields.items()}
        found = contents(stack_of(kind, **given))[-1]
        assert found.plain is not None
        assert _without_images(found.plain) == _without_images(row.form([form.said])), form.said
        assert found.unfollowed == (), form.said


def _without_images(rendered: Rendered) -> Any:
    workloads = dump(rendered)["workloads"] if rendered.workloads else {}
    for each in workloads.values():
        for container in each["containers"].values():
            del container["image"]
    return workloads, rendered.roles


def test_what_a_chart_brings_as_it_is_never_blocks() -> None:
    found = of_chart(report_of("cert_manager"))
    assert {"k8s-memory-limit-set", "k8s-rbac-secrets-access"} <= {each.policy for each in found}
    assert not any(each.blocks for each in found)
    assert len({each.policy for each in found}) == len(found), "one finding for each rule"
    limit = next(each for each in found if each.policy == "k8s-memory-limit-set")
    assert (limit.field, limit.more) == ("Deployment/cert-manager-cainjector", 3)
    assert "as its chart has it" in limit.what


def test_what_an_add_on_cannot_do_without_is_accepted_with_its_reason() -> None:
    found = {each.policy: each for each in of_chart(report_of("falco"))}
    privileged = found["k8s-no-privileged-containers"]
    assert privileged.verdict == "waived"
    assert privileged.waiver.startswith("falco watches system calls")
    assert found["k8s-memory-limit-set"].verdict == "fail"


def test_reasons_are_about_objects_that_charts_render() -> None:
    for kind, entries in accepted()["charts"].items():
        row = table.row(kind)
        assert row is not None
        rendered = [row.form([said]) for said in ("", *row.forms)]
        known = {name for each in rendered for name in (*each.workloads, *each.roles, *each.objects)}
        for each in entries:
            assert set(each["objects"]) <= known, kind
            assert set(accepted()["sets"][each["set"]]) <= ASKED
            assert len(each["reason"]) >= 15


def test_a_value_that_makes_it_worse_is_found_at_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lines = ["addons:", "  external_dns:", "    values:", "      image:", "        tag: latest"]
    Path("prod.yaml").write_text("\n".join(lines), encoding="utf-8")
    stack = stack_of("external_dns", values={"image": {"tag": "latest"}})
    for each in stack.resources:
        each.position, each.from_stack_file = SimpleNamespace(file="prod.yaml", line=2, column=None), True
    found = next(each for each in check_stack(stack, today=TODAY).findings if each.policy == "k8s-image-tag-fixed")
    assert found.blocks
    assert (found.field, found.line) == ("values.image.tag", 5)
    assert "external-dns:latest" in found.got


@pytest.mark.parametrize(
    ("values", "policy", "field"),
    [
        ({"hostNetwork": True}, "k8s-no-host-network", "values.hostNetwork"),
        ({"securityContext": {"privileged": True}}, "k8s-no-privileged-containers", None),
        ({"sidecar": {"securityContext": {"runAsUser": 0}}}, "k8s-run-as-user-non-zero", None),
        ({"podSecurityContext": {"runAsNonRoot": False}}, "k8s-run-as-non-root", None),
        ({"securityContext": {"capabilities": {"add": ["SYS_ADMIN"]}}}, "k8s-capabilities-baseline", None),
        ({"extraVolumes": [{"name": "x", "hostPath": {"path": "/etc"}}]}, "k8s-no-host-path-volumes", None),
        (
            {"rbac": {"extra": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]}},
            "k8s-rbac-no-wildcards",
            "values.rbac.extra.0",
        ),
    ],
)
def test_values_that_nobody_follows_are_read_by_their_names(
    values: dict[str, Any], policy: str, field: str | None
) -> None:
    found = [each for each in report_of("external_dns", values=values).findings if each.policy == policy]
    blocking = [each for each in found if each.blocks]
    assert len(blocking) == 1
    assert field is None or blocking[0].field == field


@pytest.mark.parametrize(
    "values",
    [
        {"hostNetwork": False},
        {"securityContext": {"privileged": False}},
        {"podSecurityContext": {"runAsNonRoot": True, "runAsUser": 1000}},
        {"rbac": {"extra": [{"apiGroups": [""], "resources": ["nodes"], "verbs": ["get"]}]}},
    ],
)
def test_harmless_values_are_no_finding(values: dict[str, Any]) -> None:
    assert not any(each.blocks for each in of_chart(report_of("external_dns", values=values)))


def test_values_that_nobody_follows_are_told() -> None:
    report = report_of("external_dns", values={"hostNetwork": False, "extraArgs": ["--once"]})
    assert report.not_scanned == ()
    assert [each.unfollowed for each in report.in_part] == [("extraArgs", "hostNetwork")]
    assert "1 scanned in part" in report.unseen
    text = render([report], "text")
    assert "2 values not followed: extraArgs, hostNetwork; from the table of" in text
    assert "helm-release-policy-visibility" in {each.policy for each in report.findings}


def test_a_value_that_may_mend_a_finding_leaves_it_open() -> None:
    given = {"resources": {"requests": {"cpu": "100m", "memory": "1Gi"}, "limits": {"memory": "1Gi"}}}
    found = {each.policy: each for each in of_chart(report_of("external_dns", values=given))}
    assert found["k8s-memory-limit-set"].verdict == "undetermined"
    assert found["k8s-requests-set"].verdict == "undetermined"


def test_another_version_is_not_scanned_and_says_which_is_known() -> None:
    report = report_of("keda", version="2.0.0")
    assert len(report.not_scanned) == 1
    assert "version 2.0.0 of keda" in report.reasons[report.not_scanned[0]]
    assert "1 not scanned" in report.unseen
    assert of_chart(report) == []


@pytest.mark.parametrize("values", [UNKNOWN, {"$secret": True}])
def test_values_that_are_not_known_are_not_taken_for_none(values: dict[str, Any]) -> None:
    assert check_stack(Stack([cluster(version="1.35"), _plain(values=values)]), today=TODAY).not_scanned == ("keda",)


def _plain(**inputs: Any) -> Resource:
    row = table.row("keda")
    assert row is not None
    options = {"repo": "https://kedacore.github.io/charts"}
    return res(RELEASE, "keda", {"chart": "keda", "version": row.pinned, "repositoryOpts": options, **inputs})


def test_a_release_of_a_program_is_seen_too_and_what_the_library_would_say_is_missed() -> None:
    report = check_stack(Stack([cluster(version="1.35"), _plain()]), today=TODAY)
    assert report.not_scanned == ()
    assert of_chart(report)


def test_a_chart_of_the_same_name_from_elsewhere_is_not_the_one_that_is_known() -> None:
    stranger = _plain(repositoryOpts={"repo": "https://charts.example.com"})
    assert check_stack(Stack([cluster(version="1.35"), stranger]), today=TODAY).not_scanned == ("keda",)


@pytest.mark.parametrize("more", [{"valueYamlFiles": [{"path": "x.yaml"}]}, {"postrender": "kustomize"}])
def test_what_is_said_elsewhere_is_told(more: dict[str, Any]) -> None:
    report = check_stack(Stack([cluster(version="1.35"), _plain(**more)]), today=TODAY)
    assert report.in_part[0].lacking


def test_mirrors_are_followed() -> None:
    found = contents(stack_of("keda", registry_mirrors={"ghcr.io": "mirror.example.com/ghcr"}))[-1]
    assert found.rendered is not None
    images = [c.image for each in found.rendered.workloads.values() for c in each.containers.values()]
    assert images
    assert all(image.startswith("mirror.example.com/ghcr/kedacore/") for image in images), images
    assert found.unfollowed == ()


def test_a_webhook_about_its_own_kinds_or_ingresses_alone_holds_nothing_up(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "k8s-webhook-fail-safe" not in {each.policy for each in of_chart(report_of("trust_manager"))}
    controller = "aws_load_balancer_controller"
    assert "k8s-webhook-fail-safe" not in {each.policy for each in of_chart(report_of(controller))}
    monkeypatch.setattr("eks_blueprints.policies.rules.webhooks._TRAFFIC", set())
    assert "k8s-webhook-fail-safe" in {each.policy for each in of_chart(report_of(controller))}


def test_an_image_is_that_of_the_clusters_version() -> None:
    found = contents(stack_of("cluster_autoscaler"))[-1]
    assert found.rendered is not None
    images = [c.image for each in found.rendered.workloads.values() for c in each.containers.values()]
    assert all(":v1.34." in image for image in images), images


@pytest.mark.parametrize("value", [{"$secret": True}, UNKNOWN, "${shop-tag.value}"])
def test_an_image_that_is_not_known_is_not_followed(value: Any) -> None:
    row = table.row("keda")
    assert row is not None
    path = next(at for c in row.form().workloads["Deployment/keda-operator"].containers.values() for at in c.image_at)
    values: Any = value
    for key in reversed(path.split(".")):
        values = {key: values}
    found = contents(Stack([cluster(version="1.35"), _plain(values=values)]))[0]
    assert tuple(path.split(".")) in found.unfollowed


def test_a_value_of_a_shared_file_is_found_at_its_line_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    base = ["addons:", "  external_dns:", "    zone_arns: ['*']", "    values: {image:", "      {tag: latest}}"]
    Path("base.yaml").write_text("\n".join(base), encoding="utf-8")
    Path("prod.yaml").write_text(
        "extends: base.yaml\nregion: eu-west-1\ncluster: {version: '1.35'}\ncompute: {n: {kind: managed_nodes}}\n"
        "addons: {external_dns: {zone_arns: ['arn:aws:route53:::hostedzone/Z0123456789ABC']}}\n",
        encoding="utf-8",
    )
    stack = Stack.of_plan(record_stack("prod.yaml").plan)
    found = next(each for each in check_stack(stack, today=TODAY).findings if each.policy == "k8s-image-tag-fixed")
    assert (found.file, found.line) == ("base.yaml", 5)
