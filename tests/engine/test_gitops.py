"""A platform whose add-ons and workloads come from a Git repository, on the real engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import PROJECT

from .harness import Engine

pytestmark = pytest.mark.engine

PULUMI = "name: shop\nruntime: python\nmain: stacks\nstackConfigDir: stacks\n"
PROGRAM = (PROJECT / "stacks" / "__main__.py").read_text()
ROLE = '{allow: [{actions: ["s3:GetObject"], resources: ["arn:aws:s3:::shop/*"]}]}'
STACK = f"""
region: eu-west-1
cluster: {{version: "1.35"}}
compute:
  nodes: {{kind: managed_nodes}}
addons:
  argocd: {{}}
  external_dns: {{zone_arns: ["arn:aws:route53:::hostedzone/Z0123456789ABC"]}}
namespaces: {{shop: {{}}}}
workloads:
  web: {{kind: deployment, namespace: shop, image: "a.b/web:v3.0", service_account: {ROLE}}}
addon_defaults: {{delivery: {{by: argocd, repository: https://github.com/acme/manifests}}}}
"""


def test_what_git_brings_is_no_part_of_the_state_and_goes_first(engine: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    (folder / "stacks").mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text(PULUMI)
    (folder / "stacks" / "__main__.py").write_text(PROGRAM)
    (folder / "stacks" / "prod.yaml").write_text(STACK)
    (folder / "stacks" / "Pulumi.prod.yaml").write_text("config: {}\n")
    project = engine.project(folder, stack="prod")

    made = project.up().order("create")
    first = ("argocd-release", "namespace-shop-namespace", "external-dns-role", "web-identity-association")
    assert all(made.index(f"prod-{name}") < made.index("prod-gitops-application") for name in first)
    assert not {"prod-external-dns-release", "prod-web-deployment"} & set(made)
    assert project.up().unchanged

    project.edit("stacks/prod.yaml", "  argocd: {}\n", "  argocd: {}\n  keda: {}\n  velero: {}\n")
    more = project.up().changed()
    assert set(more.values()) == {"create"}
    assert any("velero-role" in name for name in more)
    assert not any(name.endswith("-release") for name in more)
    assert project.up().unchanged

    gone = project.destroy().order("delete")
    assert all(gone.index("prod-gitops-application") < gone.index(f"prod-{name}") for name in first)
    assert project.export() == []
