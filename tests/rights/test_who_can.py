"""Who can do what: as a real API server answered, and in the words of a report."""

from __future__ import annotations

from pathlib import Path

import pytest

from eks_blueprints.core.errors import InputError
from eks_blueprints.core.wildcards import matches
from eks_blueprints.rights.cluster import is_user
from eks_blueprints.rights.model import Subject
from eks_blueprints.rights.people import meant
from eks_blueprints.rights.resources import Asked, asked, scope_of
from eks_blueprints.rights.summary import summary
from eks_blueprints.rights.who_can import can, who_can

from .drawn import platform

ANSWERS = Path(__file__).with_name("answers.txt")


def test_every_answer_is_that_of_an_api_server() -> None:
    """The file is written by `tests/api_server/test_rights.py`."""
    of, wrong = platform(), []
    lines = ANSWERS.read_text(encoding="utf-8").splitlines()
    for line in lines:
        may, who, verb, what, namespace, name = (part.strip() for part in line.split("|"))
        kind, home, subject = who.split("/", 2)
        if what.startswith("/"):
            question = Asked(verb, url=what, scope="cluster")
        else:
            group, _, resource = what.partition(":")
            question = Asked(verb, resource, group, name, scope=scope_of(resource, group))
        if can(of, Subject(kind, subject, home), question, namespace) != (may == "yes"):  # type: ignore[arg-type]
            wrong.append(line)
    assert len(lines) >= 500
    assert wrong == []


@pytest.mark.parametrize(
    ("verb", "what", "expected"),
    [
        ("get", "pods", Asked("get", "pods")),
        ("GET", "po", Asked("get", "pods")),
        ("get", "pod", Asked("get", "pods")),
        ("create", "pods/exec", Asked("create", "pods/exec")),
        ("get", "secrets/db", Asked("get", "secrets", name="db")),
        ("get", "secrets/status", Asked("get", "secrets", name="status")),
        ("patch", "deploy", Asked("patch", "deployments", "apps")),
        ("patch", "deployments.apps", Asked("patch", "deployments", "apps")),
        ("patch", "deployments.v1.apps", Asked("patch", "deployments", "apps")),
        ("patch", "deployment.apps/scale", Asked("patch", "deployments/scale", "apps")),
        ("list", "events", Asked("list", "events")),
        ("list", "events.events.k8s.io", Asked("list", "events", "events.k8s.io")),
        ("list", "no", Asked("list", "nodes", scope="cluster")),
        ("list", "clusterroles", Asked("list", "clusterroles", "rbac.authorization.k8s.io", scope="cluster")),
        ("list", "certificates.cert-manager.io", Asked("list", "certificates", "cert-manager.io")),
        ("list", "widgets.example.com", Asked("list", "widgets", "example.com", scope="unknown")),
        ("get", "widgets.example.com/status", Asked("get", "widgets/status", "example.com", scope="unknown")),
        ("impersonate", "users", Asked("impersonate", "users", scope="cluster")),
        ("impersonate", "groups/ops", Asked("impersonate", "groups", name="ops", scope="cluster")),
        (
            "impersonate",
            "userextras/scopes",
            Asked("impersonate", "userextras/scopes", "authentication.k8s.io", scope="cluster"),
        ),
        ("approve", "signers", Asked("approve", "signers", "certificates.k8s.io", scope="cluster")),
        ("get", "/metrics", Asked("get", url="/metrics", scope="cluster")),
        ("*", "*", Asked("*", "*", "*", scope="unknown")),
    ],
)
def test_resources_are_written_as_for_kubectl(verb: str, what: str, expected: Asked) -> None:
    assert asked(verb, what) == expected


def test_a_resource_that_nobody_knows_is_told_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"podz.*did you mean pods"):
        asked("get", "podz")


def test_a_verb_is_needed() -> None:
    with pytest.raises(InputError, match="needs a verb"):
        asked("", "pods")


def everybody(verb: str, what: str, namespace: str | None = None) -> set[tuple[str, str]]:
    found = who_can(platform(), asked(verb, what), namespace)
    return {(str(each.who), each.where) for each in found if not each.by_kubernetes}


def test_everybody_who_can_is_told_with_the_place() -> None:
    found = everybody("get", "secrets")
    assert ("role/admins", "whole cluster") in found
    assert ("role/path/auditors", "whole cluster") in found
    assert ("permission set Dev", "dev-*, shop") in found
    assert ("permission set Dev", "shop") in found  # admin, by its group
    assert ("whoever creates the cluster", "whole cluster") in found
    assert ("service account cert-manager/cert-manager", "whole cluster") in found
    assert not [who for who, _ in found if who == "user/viewer"]


def test_a_namespace_leaves_out_who_can_elsewhere_alone() -> None:
    assert ("permission set Dev", "dev-*, shop") in everybody("get", "secrets", "dev-two")
    assert "permission set Dev" not in {who for who, _ in everybody("get", "secrets", "devtwo")}


def test_a_role_binding_gives_nothing_on_the_whole_cluster() -> None:
    assert "permission set Dev" in {who for who, _ in everybody("get", "namespaces")}
    assert "permission set Dev" not in {who for who, _ in everybody("delete", "nodes")}
    assert "permission set Dev" in {who for who, _ in everybody("get", "/metrics")}  # by the group readers


def test_names_limit_what_a_rule_gives() -> None:
    found = [each for each in who_can(platform(), asked("get", "secrets"), "shop") if each.names]
    assert {str(each.who) for each in found if "db" in each.names} == {"role/robot", "service account tools/collector"}
    assert "role/robot" in {who for who, _ in everybody("get", "secrets/db")}
    assert "role/robot" not in {who for who, _ in everybody("get", "secrets/other")}


def test_rights_of_charts_are_told_with_the_chart() -> None:
    (found,) = [
        each
        for each in who_can(platform(), asked("delete", "pods"))
        if each.who == Subject("service account", "argocd-application-controller", "argocd")
    ]
    assert found.grant.origin == "chart argo-cd"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("arn:aws:iam::111122223333:role/admins", ["role/admins"]),
        ("admins", ["role/admins"]),
        ("role/path/*", ["role/path/auditors"]),
        ("arn:aws:iam::*:user/*", ["user/viewer"]),
        ("auditors", ["role/path/auditors"]),
        ("arn:aws:sts::111122223333:assumed-role/auditors/me", ["role/path/auditors"]),
        ("Dev", ["permission set Dev"]),
        ("AWSReservedSSO_Dev_*", ["permission set Dev"]),
        ("pipeline", ["role/ci/shop"]),
        ("shop/web", ["service account shop/web"]),
        ("system:serviceaccount:shop:web", ["service account shop/web"]),
        ("shop/*", ["service account shop/orders", "service account shop/web"]),
        ("developers", ["group developers", "permission set Dev"]),
        ("group:developers", ["group developers"]),
        ("user:robot:ci", ["user robot:ci"]),
        ("creator", ["whoever creates the cluster"]),
    ],
)
def test_a_principal_goes_by_several_names(text: str, expected: list[str]) -> None:
    assert [str(each) for each in meant(text, platform())] == expected


def test_a_name_that_nobody_has_is_told_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"nobody by this name.*did you mean"):
        meant("arn:aws:iam::111122223333:role/admin", platform())


def test_a_summary_names_what_leads_to_much() -> None:
    (developers,) = meant("Dev", platform())
    found = summary(developers, platform())
    assert [str(each) for each in found.powers][:2] == ["act as others in dev-*", "act as others in shop"]
    assert "read Secrets in shop" in map(str, found.powers)
    (admins,) = meant("admins", platform())
    assert [str(each) for each in summary(admins, platform()).powers] == ["do everything in every namespace"]


def test_what_is_not_known_is_told() -> None:
    said = "\n".join(platform().unknown)
    assert "group readers: ClusterRole made-elsewhere is not made by this stack" in said
    assert "AWS does not list the rules of AmazonEKSSecretReaderPolicy" in said
    assert "rights that EKS add-ons bring: coredns" in said
    assert "aws-auth" not in said


@pytest.mark.parametrize(
    ("name", "template", "expected"),
    [
        ("robot:ci", "robot:{{SessionName}}", True),
        ("robot:", "robot:{{SessionName}}", False),
        ("viewer", "viewer", True),
        ("view", "viewer", False),
        ("system:node:ip-1", "system:node:{{EC2PrivateDNSName}}", True),
    ],
)
def test_users_of_sessions_are_matched_by_their_template(name: str, template: str, expected: bool) -> None:
    assert is_user(name, template) is expected


@pytest.mark.parametrize(
    ("pattern", "namespace", "expected"),
    [("dev-*", "dev-a", True), ("dev-*", "xdev-a", False), ("*", "a", True), ("a", "ab", False), ("*-x", "a-x", True)],
)
def test_access_policies_know_patterns_of_namespaces(pattern: str, namespace: str, expected: bool) -> None:
    assert matches(pattern, namespace) is expected
