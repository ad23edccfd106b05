"""`eks-blueprints access`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from eks_blueprints.cli import access, show

STACK = """\
region: eu-west-1
cluster: {version: "1.35"}
compute: {nodes: {kind: managed_nodes}}
addons: {vpc_cni: {network_policy: standard}}
access:
  admins: {principal_arn: "arn:aws:iam::111122223333:role/admins", policies: [{policy: cluster_admin}]}
teams:
  shop:
    access:
      dev: {principal_arn: "arn:aws:iam::111122223333:role/dev", policy: view, kubernetes_groups: [shop-dev]}
    roles:
      db: [{apiGroups: [""], resources: [secrets], resourceNames: [db], verbs: [get]}]
    role_bindings:
      db: {role: db, groups: [shop-dev]}
    service_accounts:
      orders: {allow: [{actions: ["sqs:SendMessage"], resources: ["arn:aws:sqs:eu-west-1:111122223333:orders"]}]}
"""


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(show, "width", lambda most: min(most, 80))
    file = tmp_path / "dev.yaml"
    file.write_text(STACK)
    return str(file)


def told(*args: str) -> str:
    done = CliRunner().invoke(access.command, args)
    assert done.exit_code == 0, done.output
    assert "json" in args or [line for line in done.stdout.splitlines() if len(line) > 80] == []
    return done.stdout


def test_who_can_is_a_table_with_the_reason(stack: str) -> None:
    lines = told("--who-can", "get", "secrets", stack).splitlines()
    assert lines[0] == "get secrets on dev"
    assert lines[2].split() == ["who", "where", "by"]
    assert lines[3].startswith("  role/admins               whole cluster  AmazonEKSClusterAdminPolicy (access")
    assert "  role/dev                  shop (db)      Role db (RoleBinding shop/db, group" in lines
    assert "not known:" in lines


def test_a_namespace_can_be_named(stack: str) -> None:
    assert "role/dev" not in told("--who-can", "get", "secrets", "-n", "other", stack)
    assert "in namespace shop" in told("--who-can", "get", "secrets", "-n", "shop", stack)


def test_components_of_kubernetes_are_counted_and_can_be_listed(stack: str) -> None:
    assert "of Kubernetes itself (--all lists them)" in told("--who-can", "list", "secrets", stack)
    assert "generic-garbage-collector" in told("--who-can", "list", "secrets", "--all", stack)


def test_a_principal_is_told_from_entry_to_rights(stack: str) -> None:
    found = told("role/dev", stack)
    assert "arn:aws:iam::111122223333:role/dev on dev" in found
    assert "groups       shop-dev" in found
    assert "binding      RoleBinding shop/db: Role db" in found
    assert "may          read Secrets named db in shop" in found


def test_a_service_account_has_its_rights_in_aws(stack: str) -> None:
    found = told("shop/orders", stack)
    assert "sqs:SendMessage on arn:aws:sqs:eu-west-1:111122223333:orders" in found
    assert "Pod Identity" in found


def test_both_are_told_as_data(stack: str) -> None:
    (cluster,) = json.loads(told("--who-can", "get", "secrets/db", "--format", "json", stack))["clusters"]
    assert {each["name"].rpartition("/")[2] for each in cluster["whoCan"] if not each["kubernetes"]} == {
        "admins",
        "dev",
        "whoever creates the cluster",
    }
    (cluster,) = json.loads(told("dev", stack, "--format", "json"))["clusters"]
    (subject,) = cluster["subjects"]
    assert subject["accessEntries"][0]["groups"] == ["shop-dev"]
    assert {"what": "read Secrets named db", "where": "shop", "level": "warning"} in subject["powers"]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([], "needs a PRINCIPAL, or --who-can"),
        (["dev", "prod", "more"], "too many arguments"),
        (["dev", "-n", "shop"], "are for --who-can"),
        (["--who-can", "get", "pods", "a", "b"], "too many arguments"),
    ],
)
def test_slips_are_told(args: list[str], message: str) -> None:
    done = CliRunner().invoke(access.command, args)
    assert done.exit_code == 2
    assert message in done.output
