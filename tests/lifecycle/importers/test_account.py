"""A cluster that runs, as the APIs of AWS answer, turned into a stack file and an adoption."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from eks_blueprints.cli.imports.cluster import command
from eks_blueprints.core.errors import InputError
from eks_blueprints.lifecycle.importers.account import read_cluster
from eks_blueprints.lifecycle.importers.found.model import IDENTITY, Holdings
from eks_blueprints.live.errors import LiveError
from tests.lifecycle.teardown import account as aws

from . import recorded


@pytest.fixture
def session() -> Iterator[Any]:
    with aws.account() as found:
        yield found


def read(monkeypatch: pytest.MonkeyPatch, **changed: Any) -> Holdings:
    recorded.play(monkeypatch, recorded.answers(**changed))
    return read_cluster(aws.session(), recorded.NAME)


def imported(monkeypatch: pytest.MonkeyPatch, folder: Path, answers: dict[str, Any]) -> tuple[Result, Any, Any]:
    recorded.play(
        monkeypatch,
        {**answers, "GetCallerIdentity": {"Account": recorded.ACCOUNT, "Arn": f"{recorded.IAM}:user/tester"}},
    )
    file = folder / "prod.yaml"
    done = CliRunner().invoke(command, [recorded.NAME, "--region", recorded.REGION, "-o", str(file)])
    assert done.exit_code == 0, done.output
    return done, yaml.safe_load(file.read_text()), yaml.safe_load((folder / "prod.adopt.yaml").read_text())


@pytest.mark.usefixtures("session")
def test_every_part_becomes_a_field(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    done, stack, adoption = imported(monkeypatch, tmp_path, recorded.answers())
    assert stack["region"] == recorded.REGION
    assert stack["account"] == {"id": recorded.ACCOUNT}
    assert stack["network"] == {
        "vpc_id": "vpc-0aaaaaaaaaaaaaaaa",
        "subnet_ids": {"private": recorded.SUBNETS},
        "cidr": "10.0.0.0/16",
        "nat_gateways": "single",
    }
    cluster = stack["cluster"]
    assert cluster["version"] == "1.34"
    assert cluster["enabled_cluster_log_types"] == ["api", "audit"]
    assert cluster["public_access_cidrs"] == ["203.0.113.0/24"]
    assert cluster["encryption_config"]["description"] == "Secrets of shop"
    assert cluster["iam_role"]["name"] == "shop-cluster"
    assert cluster["log_group"] == {"retention_in_days": 90}
    assert cluster["support_type"] == "STANDARD"
    assert cluster["deletion_protection"] is True
    nodes = stack["compute"]["general"]
    assert nodes["launch_template"] == {"id": "lt-0123456789abcdef0", "version": "3"}
    assert nodes["labels"] == {"Role": "general"}
    assert nodes["taints"] == [{"key": "dedicated", "value": "shop", "effect": "PREFER_NO_SCHEDULE"}]
    assert (nodes["min_size"], nodes["max_size"], nodes["desired_size"]) == (2, 6, 3)
    assert stack["compute"]["jobs"]["selectors"] == [{"namespace": "jobs", "labels": {"Runs": "fargate"}}]
    assert stack["addons"]["aws_ebs_csi_driver"]["service_account_role_arn"] == f"{recorded.IAM}:role/ebs-csi"
    assert stack["access"] == {
        "admins": {
            "principal_arn": f"{recorded.IAM}:role/admins",
            "policies": [{"policy": "AmazonEKSClusterAdminPolicy"}],
        }
    }
    assert stack["pod_identity_associations"]["orders"]["role_arn"] == f"{recorded.IAM}:role/OrdersController"
    ids = {entry["id"] for named in adoption["resources"].values() for entry in named.values()}
    assert {"shop", "shop:general", "shop:jobs", "shop:aws-ebs-csi-driver", "shop,a-2", recorded.HOME} <= ids
    assert f"{recorded.IAM}:oidc-provider/{recorded.ISSUER}" in ids
    assert {"shop-cluster", "shop-nodes", "shop-fargate", recorded.KEY_ID, "alias/shop-secrets"} <= ids
    assert "shop,a-1" not in ids  # it belongs to the add-on
    assert "replaced" not in done.output.replace("nothing is replaced", "")


@pytest.mark.usefixtures("session")
def test_self_managed_nodes_are_told_from_those_of_eks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    answers = recorded.answers() | {"DescribeAutoScalingGroups": recorded.self_managed()}
    _, stack, adoption = imported(monkeypatch, tmp_path, answers)
    spot = stack["compute"]["spot"]
    assert spot["kind"] == "self_managed_nodes"
    assert spot["launch_template"] == {"id": "lt-0fedcba9876543210", "version": "2"}
    [group] = adoption["resources"]["aws:autoscaling/group:Group"].values()
    assert group["id"] == "spot"


@pytest.mark.usefixtures("session")
def test_entries_of_a_cluster_with_aws_auth_alone_are_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    called = recorded.play(monkeypatch, recorded.answers(accessConfig={"authenticationMode": "CONFIG_MAP"}))
    read_cluster(aws.session(), recorded.NAME)
    assert "ListAccessEntries" not in called


@pytest.mark.usefixtures("session")
def test_nothing_is_changed_in_the_account(monkeypatch: pytest.MonkeyPatch) -> None:
    called = recorded.play(monkeypatch, recorded.answers())
    read_cluster(aws.session(), recorded.NAME)
    assert {each for each in called if not each.startswith(("Describe", "List", "Get"))} == set()


@pytest.mark.usefixtures("session")
def test_associations_of_addons_are_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    [found] = read(monkeypatch).of(IDENTITY)
    assert found.id == "shop,a-2"


@pytest.mark.usefixtures("session")
def test_a_cluster_that_is_not_there_is_told_with_those_that_are(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded.play(monkeypatch, {"ListClusters": {"clusters": ["web", "data"]}})
    with pytest.raises(InputError, match='has no cluster of that name; got "shop"; known are data, web'):
        read_cluster(aws.session(), "shop")


@pytest.mark.usefixtures("session")
def test_a_right_that_lacks_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = recorded.answers()
    del answers["ListAddons"]
    recorded.play(monkeypatch, answers)
    with pytest.raises(LiveError, match="cannot read cluster shop; AWS says ResourceNotFoundException"):
        read_cluster(aws.session(), recorded.NAME)


def test_nobody_is_signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    with aws.account():
        for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.delenv(key)
        done = CliRunner().invoke(command, ["shop", "--region", "eu-west-1"])
    assert done.exit_code == 1
    assert "stopped: cannot sign in to AWS; Unable to locate credentials" in done.stderr
