"""The account and the identity of a platform, on the real engine: who is kept out, and who gets into the cluster."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .harness import Engine, Project

pytestmark = pytest.mark.engine

PROGRAM = """
from eks_blueprints import stackfile
stackfile.deploy("dev.yaml", "shop")
"""
STACK = """
region: eu-west-1
network: {topology: private, zone_count: 2, interface_endpoints: [], gateway_endpoints: []}
cluster: {version: "1.35", encryption_config: null}
compute: {nodes: {kind: managed_nodes}}
addons:
  vpc_cni: {}
  kube_proxy: {}
  eks_pod_identity_agent: {}
  coredns: {}
  priorities:
    kind: manifests
    manifests:
      high: {apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: high}, value: 1000}
"""
ROLE = "arn:aws:iam::444455556666:role/deployer"
OWN_PROVIDER = """
import pulumi
import pulumi_aws as aws
from eks_blueprints import Blueprint, stackfile

roles = [aws.ProviderAssumeRoleArgs(role_arn="arn:aws:iam::123456789012:role/hub"), {"roleArn": "%s"}]
mine = aws.Provider("mine", region="eu-west-1", assume_roles=roles)
Blueprint("shop", stackfile.load("dev.yaml"), pulumi.ResourceOptions(providers=[mine]))
"""


def platform(engine: Engine, stack: str = STACK, program: str = PROGRAM, **config: Any) -> Project:
    project = engine.program(program, files={"dev.yaml": stack})
    for key, value in config.items():
        project.config(f"aws:{key}", value if isinstance(value, str) else json.dumps(value))
    return project


def kubernetes(project: Project) -> list[str]:
    config = json.loads(project.outputs()["kubeconfig"])
    return list(config["users"][0]["user"]["exec"]["args"])


def test_another_account_is_refused_before_anything_is_made(engine: Engine) -> None:
    project = platform(engine, STACK + 'account: {id: "444455556666"}\n')
    for refused in (project.preview(check=False), project.up(check=False)):
        assert not refused.ok
        assert "AWS account ID not allowed: 123456789012" in refused.errors
    assert project.leftovers() == []
    project.edit("dev.yaml", "444455556666", "123456789012")
    project.up()


def test_a_role_deploys_and_gets_into_the_cluster_it_made(engine: Engine) -> None:
    project = platform(engine, assumeRoles=[{"roleArn": ROLE}], allowedAccountIds=["444455556666"])
    project.up()
    assert project.outputs()["cluster_arn"].startswith("arn:aws:eks:eu-west-1:444455556666:")
    assert kubernetes(project)[-2:] == ["--role-arn", ROLE]
    assert project.up().unchanged
    project.destroy()
    assert project.leftovers() == []


def test_a_profile_deploys_and_gets_in(engine: Engine) -> None:
    project = platform(engine, STACK + "account: {profile: acme}\n")
    project.up()
    assert kubernetes(project)[-2:] == ["--profile", "acme"]


def test_keys_of_a_stack_get_in_and_stay_out_of_its_kubeconfig(engine: Engine) -> None:
    project = platform(engine, accessKey="AKIAEXAMPLE", secretKey="hush")
    project.up()
    assert "AKIAEXAMPLE" not in project.outputs()["kubeconfig"]


def test_a_provider_of_ones_own_gives_its_last_role(engine: Engine) -> None:
    project = platform(engine, program=OWN_PROVIDER % ROLE)
    project.preview()
    project.up()
    assert project.up().unchanged
    assert project.preview().unchanged


def test_the_log_group_goes_after_the_cluster_that_would_make_it_again(engine: Engine) -> None:
    project = platform(engine)
    project.up()
    gone = project.destroy().order("delete")
    assert gone.index("shop-cluster") < gone.index("shop-cluster-logs")
    assert project.leftovers() == []
    project.up()
