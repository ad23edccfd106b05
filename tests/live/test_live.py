"""An account and a cluster as they are asked: who calls, the token, kubectl's answers, and refusals in one line."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from eks_blueprints.lifecycle.teardown import opened
from eks_blueprints.live.account import caller_of, open_session
from eks_blueprints.live.cluster import access, described, token
from eks_blueprints.live.errors import LiveError
from eks_blueprints.live.kubectl import Kubectl
from tests.lifecycle.teardown import account as aws
from tests.lifecycle.teardown.test_steps import of_plan


@pytest.fixture
def session() -> Iterator[Any]:
    with aws.account() as found:
        yield found


def test_the_caller_has_to_be_in_the_stacks_account(session: Any) -> None:
    assert caller_of(open_session("eu-west-1", account="123456789012")).startswith("arn:aws:sts::123456789012:")
    with pytest.raises(LiveError, match="the stack is for account 999999999999; got credentials of 123456789012"):
        open_session("eu-west-1", account="999999999999")


def test_a_role_is_assumed(session: Any) -> None:
    found = open_session("eu-west-1", role_arn="arn:aws:iam::123456789012:role/deployer")
    assert caller_of(found).endswith(":assumed-role/deployer/eks-blueprints")
    assert found.region_name == "eu-west-1"


def test_a_profile_that_is_not_there(session: Any) -> None:
    with pytest.raises(LiveError, match=r"The config profile \(acme\) could not be found; add the profile"):
        open_session("eu-west-1", profile="acme")


def test_nobody_is_signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    with aws.account():
        for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.delenv(key)
        with pytest.raises(LiveError, match="Unable to locate credentials; sign in, with `aws sso login`"):
            open_session("eu-west-1")


def test_without_boto3_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(LiveError, match=r"pip install 'eks-blueprints\[live\]'"):
        open_session("eu-west-1")


def test_the_providers_of_a_plan_say_who_calls(session: Any) -> None:
    role = "arn:aws:iam::999999999999:role/deployer"
    found = opened.sessions(of_plan(account={"role_arn": role}))("eu-west-1")
    assert caller_of(found) == "arn:aws:sts::999999999999:assumed-role/deployer/eks-blueprints"


def test_a_cluster_that_is_not_there(session: Any) -> None:
    assert described(session, "shop") is None
    aws.cluster(session)
    found = described(session, "shop")
    assert found is not None
    assert found["version"] == "1.35"


def test_the_token_is_a_signed_address_that_names_the_cluster(session: Any) -> None:
    made = token(session, "shop")
    assert made.startswith("k8s-aws-v1.")
    address = urlsplit(base64.urlsafe_b64decode(made.removeprefix("k8s-aws-v1.") + "==").decode())
    asked = parse_qs(address.query)
    assert address.netloc == "sts.eu-west-1.amazonaws.com"
    assert asked["Action"] == ["GetCallerIdentity"]
    assert asked["X-Amz-Expires"] == ["60"]
    assert asked["X-Amz-SignedHeaders"] == ["host;x-k8s-aws-id"]


def test_kubectl_gets_a_new_token_each_time_in_a_file_that_is_gone_after(
    session: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, 'cp "$2" "$0.seen"; ls -l "$2" >> "$0.seen"; echo \'{"items": []}\'', monkeypatch)
    cluster = {"name": "shop", "endpoint": "https://shop.example.com", "certificateAuthority": {"data": "Q0E="}}
    assert Kubectl(access(session, cluster)).objects("pods") == []
    text, _, listed = (tmp_path / "kubectl.seen").read_text().rpartition("-rw-------")
    written = json.loads(text)
    assert written["users"][0]["user"]["token"].startswith("k8s-aws-v1.")
    assert not Path(listed.split()[-1]).exists()


def test_a_kind_that_a_cluster_has_not_has_no_objects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = 'error: the server doesn\'t have a resource type \\"nodepools\\"'
    program(tmp_path, f'echo "{refusal}" >&2; exit 1', monkeypatch)
    assert Kubectl().objects("nodepools.karpenter.sh") == []


def test_a_cluster_that_refuses_is_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, 'echo "error: You must be logged in to the server (Unauthorized)" >&2; exit 1', monkeypatch)
    with pytest.raises(LiveError, match="cannot list pods; kubectl says You must be logged in to the server"):
        Kubectl().objects("pods")
    with pytest.raises(LiveError, match="cannot delete pods; kubectl says"):
        Kubectl().do("delete", "pods", "web")


def test_no_kubectl(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LiveError, match="needs kubectl; got none on the PATH"):
        Kubectl()


def test_a_kubeconfig_of_another_cluster_is_refused_unless_its_context_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = json.dumps({"clusters": [{"cluster": {"server": "https://other.example.com"}}]})
    program(tmp_path, f"echo '{view}'", monkeypatch)
    found = {"name": "shop", "endpoint": "https://shop.example.com", "certificateAuthority": {"data": "Q0E="}}
    file = tmp_path / "config"
    with pytest.raises(LiveError, match=r"leads to https://other.example.com; cluster shop is at https://shop"):
        opened.clusters(file, None)(None, found)
    opened.clusters(file, "tunnel")(None, found)
    opened.clusters(file, None)(None, {**found, "endpoint": "https://other.example.com"})


def program(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kubectl that does only this."""
    file = folder / "kubectl"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
