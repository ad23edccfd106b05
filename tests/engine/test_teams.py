"""Teams on the real engine: they come in order, change alone, come, go and take nothing of others with them."""

from __future__ import annotations

import pytest

from .harness import Engine, Project
from .test_compute import PROGRAM

pytestmark = pytest.mark.engine

PLATFORM = """\
region: eu-west-1
network: {zone_count: 2, nat_gateways: single}
cluster: {version: "1.35"}
compute: {nodes: {kind: managed_nodes}}
addons:
  vpc_cni: {network_policy: standard}
  external_secrets: {}
  fluxcd: {}
teams:
"""
SHOP = """\
  shop:
    access: {dev: {principal_arn: "arn:aws:iam::123456789012:role/shop"}}
    role_bindings: {dev: {role: edit, groups: [shop]}}
    service_accounts: {reader: {allow: [{actions: ["s3:GetObject"], resources: ["arn:aws:s3:::shop/*"]}]}}
    ecr_repositories: {web: {push: ["arn:aws:iam::123456789012:role/ci"]}}
    ecr_public_repositories: {cli: {}}
    ecr_pull_through_caches: {public: {upstream_registry_url: public.ecr.aws}}
    secrets: {db: {data: {password: shop/db}}}
    gitops: {url: "https://github.com/acme/shop"}
    workloads: {web: {kind: deployment, image: "example.com/web:1.0", replicas: 2}}
"""
DATA = """\
  data:
    access: {dev: {principal_arn: "arn:aws:iam::123456789012:role/data"}}
    workloads: {train: {kind: job, image: "example.com/train:1.0"}}
"""
OPERATIONS = """\
  operations:
    kind: platform_team
    access: {dev: {principal_arn: "arn:aws:iam::123456789012:role/operations"}}
"""


@pytest.fixture
def project(engine: Engine) -> Project:
    return engine.program(PROGRAM, files={"dev.yaml": PLATFORM + SHOP + OPERATIONS})


def before(names: list[str], *order: str) -> bool:
    places = [names.index(f"dev-{name}") for name in order]
    return places == sorted(places)


def test_teams_come_change_go_and_leave_one_another_alone(project: Project) -> None:
    made = project.up().order("create")
    assert before(made, "namespace-shop-namespace", "namespace-shop-quota", "team-shop-web-deployment")
    assert before(made, "namespace-shop-network-policy-default-deny", "team-shop-web-deployment")
    assert before(made, "external-secrets-release", "team-shop-secret-store-shop", "team-shop-secret-db")
    assert before(made, "team-shop-service-account-secrets-manager-shop-role", "team-shop-secret-store-shop")
    assert before(made, "team-shop-secret-db", "team-shop-web-deployment")
    assert before(made, "fluxcd-release", "team-shop-gitops-repository", "team-shop-gitops-kustomization")
    assert project.up().unchanged

    project.edit("dev.yaml", "example.com/web:1.0", "example.com/web:1.1")
    assert project.up().changed() == {"dev-team-shop-web-deployment": "update"}

    (project.folder / "dev.yaml").write_text(PLATFORM + OPERATIONS + DATA + SHOP.replace("web:1.0", "web:1.1"))
    added = project.up().changed()
    assert {*added.values()} == {"create"}
    assert all("data" in name for name in added), added

    (project.folder / "dev.yaml").write_text(PLATFORM + OPERATIONS + SHOP.replace("web:1.0", "web:1.1"))
    removed = project.up().changed()
    assert removed == dict.fromkeys(added, "delete")

    gone = project.destroy().order("delete")
    assert before(gone, "team-shop-web-deployment", "namespace-shop-quota", "namespace-shop-namespace")
    assert before(gone, "team-shop-gitops-kustomization", "fluxcd-release")
    assert before(gone, "team-shop-secret-db", "external-secrets-release")
    assert project.export() == []
    assert project.leftovers() == []


def test_a_namespace_moves_into_a_team_and_stays(engine: Engine) -> None:
    alone = PLATFORM.removesuffix("teams:\n") + "namespaces: {data: {}}\n"
    project = engine.program(PROGRAM, files={"dev.yaml": alone})
    project.up()
    (project.folder / "dev.yaml").write_text(PLATFORM + DATA)
    changed = project.up().changed()
    assert changed.get("dev-namespace-data-namespace") == "update"
    assert "delete" not in changed.values()
    assert "replace" not in changed.values()
