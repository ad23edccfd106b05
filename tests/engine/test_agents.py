"""What an agent keeps, and rollouts, on the real engine: they come in order, change alone, and go before the agent."""

from __future__ import annotations

import pytest

from .harness import Engine
from .test_compute import PROGRAM

pytestmark = pytest.mark.engine

PLATFORM = """\
region: eu-west-1
network: {zone_count: 2, nat_gateways: single}
cluster: {version: "1.35"}
compute: {nodes: {kind: managed_nodes}}
addons:
  argocd: {}
  argo_rollouts: {}
namespaces: {shop: {}}
workloads:
  web:
    kind: deployment
    namespace: shop
    image: example.com/web:1.0
    replicas: 2
    ports: {http: 8080}
    service: {}
gitops:
  hub: {principal_arn: "arn:aws:iam::123456789012:role/hub"}
  repositories:
    manifests: {url: "https://github.com/acme/manifests", credentials: {token: {secret: token}}}
  projects:
    shop: {repositories: [manifests], destinations: [{namespaces: [shop]}, {cluster: spoke, namespaces: [shop]}]}
  clusters:
    spoke:
      arn: arn:aws:eks:eu-west-1:123456789012:cluster/spoke
      endpoint: https://spoke.example.com
      certificate_authority: QUJDREVGR0hJSktMTU5PUA==
      role_arn: arn:aws:iam::123456789012:role/spoke
  applications:
    root: {repository: manifests, path: root, namespace: shop}
"""
ANOTHER = "    far: {repository: manifests, path: far, cluster: spoke, namespace: shop}\n"


def before(names: list[str], *order: str) -> bool:
    places = [names.index(f"dev-{name}") for name in order]
    return places == sorted(places)


def test_applications_come_last_change_alone_and_go_first(engine: Engine) -> None:
    project = engine.program(PROGRAM, files={"dev.yaml": PLATFORM})
    project.config("token", "hidden", "--secret")
    made = project.up().order("create")
    assert before(made, "argocd-hub-role", "argocd-hub-identity-argocd-server", "argocd-release")
    assert before(made, "argocd-release", "gitops-project-shop", "gitops-application-root")
    assert before(made, "argocd-release", "gitops-repository-manifests", "gitops-application-root")
    outputs = project.outputs()
    assert {"gitops_role_arn", "gitops_agent_role_arn", "cluster_certificate_authority"} <= set(outputs)
    assert project.up().unchanged

    (project.folder / "dev.yaml").write_text(PLATFORM + ANOTHER)
    assert project.up().changed() == {"dev-gitops-application-far": "create"}
    (project.folder / "dev.yaml").write_text(PLATFORM.replace("path: root", "path: other"))
    changed = project.up().changed()
    assert changed == {"dev-gitops-application-far": "delete", "dev-gitops-application-root": "update"}

    gone = project.destroy().order("delete")
    assert before(gone, "gitops-application-root", "argocd-release")
    assert project.export() == []
    assert project.leftovers() == []


def test_a_deployment_gets_a_rollout_and_is_not_replaced(engine: Engine) -> None:
    plain = PLATFORM[: PLATFORM.index("gitops:")]
    project = engine.program(PROGRAM, files={"dev.yaml": plain})
    project.up()
    project.edit("dev.yaml", "    service: {}\n", "    service: {}\n    rollout: {blue_green: {}}\n")
    changed = project.up().changed()
    assert changed == {"dev-web-rollout": "create", "dev-web-service-preview": "create"}
    assert project.up().unchanged
    # A new version changes the Deployment, whose template the Rollout reads.
    project.edit("dev.yaml", "web:1.0", "web:1.1")
    assert project.up().changed() == {"dev-web-deployment": "update"}
    project.destroy()
    assert project.leftovers() == []
