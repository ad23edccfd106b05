"""Karpenter's v1beta1 to v1: what stops it, what it lists, and that objects stay the same ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from eks_blueprints.core.errors import InputError
from eks_blueprints.lifecycle.migrate.catalogue import migration
from eks_blueprints.lifecycle.migrate.model import Found
from eks_blueprints.lifecycle.migrate.run import look

from .platforms import HEAD, KARPENTER

NAME = "karpenter-v1beta1-to-v1"
ANOTHER = """\
      other:
        apiVersion: karpenter.sh/v1beta1
        kind: NodePool
        metadata: {name: other}
        spec:
          template:
            spec:
              nodeClassRef: {name: default}
              requirements: [{key: karpenter.sh/capacity-type, operator: In, values: [spot]}]
"""


def seen(tmp_path: Path, text: str) -> Found:
    file = tmp_path / "prod.yaml"
    file.write_text(text)
    return look(migration(NAME), "prod", file)


def phase(found: Found, name: str) -> tuple[str, str]:
    shown = next(each for each in found.phases if each.phase.id == name)
    return shown.diff, "\n".join(map(str, shown.problems))


def test_pools_of_one_class_with_different_kubelets_stop_it(tmp_path: Path) -> None:
    found = seen(tmp_path, KARPENTER + ANOTHER)
    assert "other.spec.template.spec: differs from that of another pool of the class default" in phase(found, "v1")[1]
    alike = ANOTHER.replace("            spec:\n", "            spec:\n              kubelet: {maxPods: 50}\n")
    assert phase(seen(tmp_path, KARPENTER + alike), "v1")[1] == ""


@pytest.mark.parametrize(
    ("family", "said"),
    [("Ubuntu", "is gone in 1.0; got Ubuntu"), ("Custom", "is refused by 1.0 without a taint; got Custom")],
)
def test_families_of_images_that_1_0_refuses_stop_it(tmp_path: Path, family: str, said: str) -> None:
    found = seen(tmp_path, KARPENTER.replace("amiFamily: AL2023", f"amiFamily: {family}"))
    assert said in phase(found, "v1")[1]
    assert "amiFamily" in phase(found, "objects")[1]


def test_objects_that_are_not_reached_keep_v1_alone_away(tmp_path: Path) -> None:
    raw = "  raw:\n    kind: helm\n    chart: raw\n    version: 1.0.0\n    namespace: raw\n    repository: https://charts.example.com\n"
    pool = "{apiVersion: karpenter.sh/v1beta1, kind: NodePool, metadata: {name: x}, spec: {}}"
    found = seen(tmp_path, KARPENTER + f"{raw}    values: {{resources: [{pool}]}}\n")
    assert "resources[0].apiVersion: is not served by 1.2.0; got v1beta1" in phase(found, "v1-alone-crds")[1]
    assert any("is v1beta1, in a part that is not changed" in str(each) for each in found.stays)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("0.36.1", "0.32.1", "is too old for v1; got 0.32.1; upgrade it to 0.33 first"),
        ("0.36.1", "0.99.1", "is no release that is known; got 0.99.1"),
    ],
)
def test_releases_that_it_does_not_know_are_refused(tmp_path: Path, before: str, after: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        seen(tmp_path, KARPENTER.replace(before, after))


def test_the_last_release_knows_the_clusters_kubernetes_version(tmp_path: Path) -> None:
    found = seen(tmp_path, KARPENTER.replace('"1.32"', '"1.35"'))
    assert '+    version: "1.9.0"' in phase(found, "v1-alone")[0]


def test_karpenter_of_the_platform_has_nothing_to_move(tmp_path: Path) -> None:
    found = seen(tmp_path, HEAD + "compute: {nodes: {kind: managed_nodes}, karpenter: {}}\n")
    assert found.finished
    assert found.next is None


def test_values_and_crds_that_are_there_are_kept(tmp_path: Path) -> None:
    own = """\
  karpenter_crd:
    kind: helm
    chart: karpenter-crd
    repository: oci://public.ecr.aws/karpenter
    version: 0.36.1
    namespace: karpenter
    values: {webhook: {enabled: false}, additionalAnnotations: {a: b}}
"""
    found = seen(tmp_path, KARPENTER + own)
    diff, _ = phase(found, "patch-crds")
    assert "additionalAnnotations: {a: b}" in diff
    assert "serviceName: karpenter" in diff
    assert diff.count("chart: karpenter-crd") <= 1
