"""The examples through the real engine: up, no change, destroy."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from eks_blueprints.core import versions
from eks_blueprints.starter.answers import Answers
from eks_blueprints.starter.repository import repository, write
from tests import ROOT

from .harness import Engine

pytestmark = pytest.mark.engine

EXAMPLES = ROOT / "examples"
CALLER = "arn:aws:iam::123456789012:user/tester"


def test_a_team_repository_lives_changes_and_dies(engine: Engine) -> None:
    project = engine.project(EXAMPLES / "team_repo", stack="prod")
    shutil.copytree(EXAMPLES / "team_repo" / "acme", project.folder / "acme")
    project.up()
    assert project.outputs()["images"].keys() == {"shop/web", "shop/api"}
    assert project.up().unchanged
    project.edit("stacks/prod.yaml", "images: [shop/web, shop/api]", "images: [stock, shop/api, shop/web]")
    assert project.up().changed() == {"prod-image-stock": "create"}
    project.edit("stacks/prod.yaml", "  deletion_protection: true\n", "")
    project.up()
    project.destroy()
    assert project.leftovers() == []


@pytest.mark.parametrize(
    ("example", "stack"),
    [("private_cluster", "prod"), ("ipv6", "prod"), ("pulumi_eks", "dev"), ("cluster_autoscaler", "prod")],
)
def test_an_example_lives_and_dies(engine: Engine, example: str, stack: str) -> None:
    if example == "pulumi_eks":
        pytest.importorskip("pulumi_eks")
    project = engine.project(EXAMPLES / example, stack=stack)
    project.up()
    assert project.up().unchanged
    project.destroy()
    assert project.leftovers() == []


@pytest.mark.parametrize("stack", ["dev", "prod"])
@pytest.mark.parametrize("preset", ["auto-mode", "existing-vpc", "fargate", "karpenter", "managed"])
def test_a_new_repository_lives_and_dies(engine: Engine, tmp_path: Path, preset: str, stack: str) -> None:
    made = tmp_path / "shop"
    write(made, repository(Answers(name="shop", preset=preset, requirement="eks-blueprints")))
    project = engine.project(made, stack=stack)
    shutil.copytree(made / "team", project.folder / "team")
    if preset == "existing-vpc":
        vpc, network = "vpc-0123456789abcdef0", 0 if stack == "dev" else 1
        tags = {"Name": f"shared-{stack}"}
        project.seed("aws:ec2/vpc:Vpc", vpc, cidrBlock=f"10.{network}.0.0/16", tags=tags)
        for number, zone in enumerate("abc"):
            subnet = f"subnet-0123456789abcdef{number}"
            found = {"vpcId": vpc, "cidrBlock": f"10.{network}.{number}.0/24", "availabilityZone": f"eu-west-1{zone}"}
            project.seed("aws:ec2/subnet:Subnet", subnet, **found, tags={"tier": "private"})
    if stack == "prod":  # the one who creates the cluster has no rights there; who runs this is the pipeline
        project.edit("stacks/prod.yaml", "arn:aws:iam::111122223333:role/platform-pipeline", CALLER)
    project.up()
    assert project.up().unchanged
    if stack == "prod":
        project.edit("stacks/prod.yaml", "  deletion_protection: true\n  protect: true\n", "")
        project.up()
    project.destroy()
    assert project.leftovers() == []


def test_what_a_team_puts_on_a_cluster_that_exists_lives_and_dies(engine: Engine, tmp_path: Path) -> None:
    made = tmp_path / "shop"
    write(made, repository(Answers(name="shop", preset="existing-cluster", requirement="eks-blueprints")))
    project = engine.project(made, stack="dev")
    shutil.copytree(made / "team", project.folder / "team")
    group, vpc = "sg-0123456789abcdef0", "vpc-0123456789abcdef0"
    for number in (0, 1):
        subnet, zone = f"subnet-0123456789abcdef{number}", f"eu-west-1{'ab'[number]}"
        found = {"vpcId": vpc, "cidrBlock": f"10.0.{number}.0/24", "availabilityZone": zone}
        project.seed("aws:ec2/subnet:Subnet", subnet, **found)
    project.seed(
        "aws:eks/cluster:Cluster",
        "shared-dev",
        name="shared-dev",
        status="ACTIVE",
        version=versions.latest(),
        arn="arn:aws:eks:eu-west-1:123456789012:cluster/shared-dev",
        endpoint="https://shared-dev.example.com",
        certificateAuthority={"data": "Q0E="},
        certificateAuthorities=[{"data": "Q0E="}],
        identities=[{"oidcs": [{"issuer": "https://oidc.example.com/id/1"}]}],
        vpcConfig={"clusterSecurityGroupId": group, "vpcId": vpc},
        accessConfig={"authenticationMode": "API"},
    )
    project.up()
    assert project.up().unchanged
    project.edit("stacks/Pulumi.dev.yaml", "max_size: 4", "max_size: 6")
    assert project.up().changed() == {"shop-dev-nodes-group": "update"}
    project.destroy()


def test_node_groups_of_pulumi_eks_are_planned_on_our_cluster(engine: Engine) -> None:
    # No more than a preview: the stand-in does not keep the security group that EKS makes, which core_data reads.
    pytest.importorskip("pulumi_eks")
    plan = engine.project(EXAMPLES / "pulumi_eks_nodes", stack="dev").preview()
    assert plan.changed()["shop-nodes"] == "create"


def test_the_dual_pipeline_lives_and_dies(engine: Engine) -> None:
    project = engine.project(EXAMPLES / "pipelines", stack="aws")
    file = project.folder / "aws.yaml"
    file.write_text(file.read_text().replace("111122223333", "123456789012"))
    arn = "arn:aws:iam::123456789012:role/release"
    trust = {"Statement": [{"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"AWS": "123456789012"}}]}
    project.seed("aws:iam/role:Role", "release", "global", name="release", arn=arn, assumeRolePolicy=json.dumps(trust))
    for name in ("shop-staging", "shop"):
        access = {"authenticationMode": "API"}
        project.seed("aws:eks/cluster:Cluster", name, "eu-west-1", name=name, status="ACTIVE", accessConfig=access)
    project.up()
    assert project.outputs()["pipelines"].keys() == {"app", "chart", "release"}
    assert project.up().unchanged
    project.destroy()
    assert project.leftovers() == []
