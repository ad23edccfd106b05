"""Objects that are written in another version of their API stay the same ones for the engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from eks_blueprints.kubernetes import former
from eks_blueprints.review.diff import diff_plans
from eks_blueprints.testing import record_stack

PLATFORM = """\
region: eu-west-1
network: {}
cluster: {version: "1.35", endpoint_public_access: true, public_access_cidrs: [203.0.113.0/24]}
compute: {nodes: {kind: managed_nodes}}
addons:
  gateway_api: {}
  routes:
    kind: manifests
    manifests:
      shop:
        apiVersion: gateway.networking.k8s.io/v1beta1
        kind: HTTPRoute
        metadata: {name: shop, namespace: default}
        spec: {parentRefs: [{name: public}]}
"""


@pytest.mark.parametrize(
    ("version", "kind", "types"),
    [
        ("karpenter.sh/v1", "NodePool", ["kubernetes:karpenter.sh/v1beta1:NodePool"]),
        ("policy/v1", "PodDisruptionBudget", ["kubernetes:policy/v1beta1:PodDisruptionBudget"]),
        ("v1", "ConfigMap", []),
        ("example.com/v1", "Unheard", []),
    ],
)
def test_types_of_other_versions(version: str, kind: str, types: list[str]) -> None:
    assert former.types({"apiVersion": version, "kind": kind}) == types


def test_a_kind_that_moved_to_another_group_is_found() -> None:
    types = former.types({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress"})
    assert "kubernetes:networking.k8s.io/v1beta1:Ingress" in types
    assert "kubernetes:networking.k8s.io/v1:Ingress" not in types


def test_an_object_in_another_version_is_updated(tmp_path: Path) -> None:
    file = tmp_path / "prod.yaml"
    file.write_text(PLATFORM)
    before = record_stack(file).plan
    file.write_text(PLATFORM.replace("v1beta1", "v1"))
    (found,) = diff_plans(before, record_stack(file).plan).resources
    assert (found.kind, found.name) == ("update", "prod-routes-shop")
    assert found.renamed
    assert found.type == "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute"


def test_another_kind_under_the_same_name_is_another_object(tmp_path: Path) -> None:
    file = tmp_path / "prod.yaml"
    file.write_text(PLATFORM)
    before = record_stack(file).plan
    file.write_text(PLATFORM.replace("HTTPRoute", "GRPCRoute").replace("v1beta1", "v1"))
    found = diff_plans(before, record_stack(file).plan).resources
    assert sorted(each.kind for each in found) == ["create", "delete"]
