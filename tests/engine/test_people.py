"""What companies ask for, on the real engine: roles, namespaces, service accounts, security groups, keys, sign-in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import PROJECT

from .harness import Engine, Project

pytestmark = pytest.mark.engine

PULUMI = "name: shop\nruntime: python\nmain: stacks\nstackConfigDir: stacks\n"
PROGRAM = (PROJECT / "stacks" / "__main__.py").read_text()
STACK = """
region: eu-west-1
iam: {role_name_prefix: acme-, path: /platform/, permissions_boundary: "arn:aws:iam::aws:policy/PowerUserAccess"}
cluster:
  version: "1.35"
  iam_role: {description: Control plane}
  security_groups: [control-plane]
  endpoint_access: {office: {cidr: 10.0.0.0/8}}
  encryption_config: {administrators: ["arn:aws:iam::123456789012:role/security"], aliases: [shop/secrets]}
  log_group: {kms_key: {}}
  openid_connect_audiences: [vault]
  identity_provider: {issuer_url: "https://login.example.com", client_id: kubernetes, groups_claim: groups}
node_roles:
  workers: {}
compute:
  a: {kind: managed_nodes, node_role: workers, security_groups: [workers]}
  b: {kind: self_managed_nodes, node_role: workers, iam_role: null}
namespaces:
  orders: {pod_security: {enforce: baseline}, resource_quota: {pods: "100"}}
pod_identity_associations:
  by-agent:
    namespace: orders
    service_account: orders
    create_service_account: true
    allow: [{actions: [s3:GetObject], resources: ["arn:aws:s3:::orders/*"]}]
  by-oidc:
    namespace: orders
    service_account: reports
    create_service_account: true
    identity: irsa
    well_known_policies: [external_dns]
security_groups:
  control-plane:
    ingress: {vpn: {cidr: 172.31.0.0/16, port: 443}}
  workers:
    ingress: {control-plane: {security_group: control-plane, port: 10250}}
  cluster:
    ingress: {workers: {security_group: workers, port: 443}}
"""


@pytest.fixture
def project(engine: Engine, tmp_path: Path) -> Project:
    folder = tmp_path / "shop"
    (folder / "stacks").mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text(PULUMI)
    (folder / "stacks" / "__main__.py").write_text(PROGRAM)
    (folder / "stacks" / "prod.yaml").write_text(STACK)
    (folder / "stacks" / "Pulumi.prod.yaml").write_text("config: {}\n")
    return engine.project(folder, stack="prod")


def test_what_companies_ask_for_comes_stays_changes_and_goes(project: Project) -> None:
    made = project.up().order("create")
    order = ["security-group-workers-group", "cluster", "security-group-cluster-ingress-workers"]
    places = [made.index(f"prod-{name}") for name in order]
    assert places == sorted(places)
    account = made.index("prod-pod-identity-by-agent-service-account")
    assert made.index("prod-namespace-orders-namespace") < account
    assert made.index("prod-pod-identity-by-agent-association") < account
    assert project.up().unchanged
    # One rule more changes no other.
    project.edit("stacks/prod.yaml", "ingress: {vpn:", "ingress: {lan: {cidr: 10.9.0.0/16, port: 443}, vpn:")
    assert project.up().changed() == {"prod-security-group-control-plane-ingress-lan": "create"}
    project.destroy()
    assert project.leftovers() == []
