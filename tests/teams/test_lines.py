"""At which line of a stack file a finding about what a team, or access, makes is told."""

from __future__ import annotations

import pytest

from eks_blueprints.policies.check import check_stack
from eks_blueprints.policies.stack import Stack
from eks_blueprints.review.preview.run import preview
from eks_blueprints.review.preview.targets import stack_target

STACK = """\
region: eu-west-1
cluster: {version: "1.35", endpoint_access: {office: {cidr: 10.0.0.0/8}}}
compute: {nodes: {kind: managed_nodes}}
addons: {vpc_cni: {network_policy: standard}}
access:
  boss:
    principal_arn: arn:aws:iam::111122223333:user/boss
    policies: [{policy: view}]
teams:
  shop:
    access:
      dev:
        principal_arn: arn:aws:iam::111122223333:user/dev
    roles:
      any:
        - apiGroups: ["*"]
          resources: [pods]
          verbs: ["*"]
    role_bindings:
      all:
        groups: [devs]
        role: cluster-admin
    namespaces:
      shop:
        network_policy:
          ingress:
            - {}
    ecr_repositories:
      web:
        scan_on_push: false
        image_tag_mutability: MUTABLE
    manifests:
      pod:
        apiVersion: v1
        kind: Pod
        metadata: {name: a}
        spec:
          hostNetwork: true
          containers: [{name: a, image: "example.com/a:1"}]
"""


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[int | None]]:
    file = tmp_path_factory.mktemp("stacks") / "dev.yaml"
    file.write_text(STACK)
    found: dict[str, set[int | None]] = {}
    for each in check_stack(Stack.of_plan(preview(stack_target(str(file))).plan), profile="production").findings:
        found.setdefault(each.policy, set()).add(each.line)
    return found


@pytest.mark.parametrize(
    ("policy", "text"),
    [
        ("k8s-rbac-no-cluster-admin-binding", "        role: cluster-admin"),
        ("k8s-rbac-no-wildcards", '          verbs: ["*"]'),
        ("k8s-network-policy-not-allow-all", "        network_policy:"),
        ("ecr-immutable-tags", "        image_tag_mutability: MUTABLE"),
        ("ecr-scan-on-push", "      web:"),
        ("k8s-no-host-network", "          hostNetwork: true"),
    ],
)
def test_a_finding_is_at_the_field_that_it_is_about(lines: dict[str, set[int | None]], policy: str, text: str) -> None:
    assert STACK.splitlines().index(text) + 1 in lines[policy]


def test_a_finding_about_a_principal_is_at_its_entry(lines: dict[str, set[int | None]]) -> None:
    (policy,) = (name for name, found in lines.items() if name.startswith("eks-access") and 13 in found)
    assert lines[policy] >= {7, 13}
