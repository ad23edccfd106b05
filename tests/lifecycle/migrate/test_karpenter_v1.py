"""Karpenter's v1beta1 to v1: what stops it, what it lists, and which releases it takes."""

from __future__ import annotations

import pytest

from eks_blueprints.core.errors import InputError

from .platforms import HEAD, KARPENTER
from .walked import Walked, walked

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
RAW = """\
  raw:
    kind: helm
    chart: raw
    version: 1.0.0
    namespace: raw
    repository: https://charts.example.com
    values: {resources: [{apiVersion: karpenter.sh/v1beta1, kind: NodePool, metadata: {name: x}, spec: {}}]}
"""
CRDS = """\
  karpenter_crd:
    kind: helm
    chart: karpenter-crd
    repository: oci://public.ecr.aws/karpenter
    version: 0.36.1
    namespace: karpenter
    values: {webhook: {enabled: false}, additionalAnnotations: {a: b}}
"""


def seen(text: str) -> Walked:
    return walked(NAME, text)


def test_pools_of_one_class_with_different_kubelets_stop_it() -> None:
    found = seen(KARPENTER + ANOTHER)
    assert "other.spec.template.spec: differs from that of another pool of the class default" in found.in_the_way("v1")
    alike = ANOTHER.replace("            spec:\n", "            spec:\n              kubelet: {maxPods: 50}\n")
    assert seen(KARPENTER + alike).in_the_way("v1") == ""


@pytest.mark.parametrize(
    ("family", "said"),
    [("Ubuntu", "is gone in 1.0; got Ubuntu"), ("Custom", "is refused by 1.0 without a taint; got Custom")],
)
def test_families_of_images_that_1_0_refuses_stop_it(family: str, said: str) -> None:
    found = seen(KARPENTER.replace("amiFamily: AL2023", f"amiFamily: {family}"))
    assert said in found.in_the_way("v1")
    assert "amiFamily" in found.in_the_way("objects")


def test_objects_that_are_not_reached_keep_v1_alone_away() -> None:
    found = seen(KARPENTER + RAW)
    assert "resources[0].apiVersion: is not served by 1.2.0; got v1beta1" in found.in_the_way("v1-alone-crds")
    assert any("is v1beta1, in a part that is not changed" in each for each in found.stays)


@pytest.mark.parametrize(
    ("release", "said"),
    [
        ("0.32.1", "is too old for v1; got 0.32.1; upgrade it to 0.33 first"),
        ("0.99.1", "is no release that is known; got 0.99.1"),
    ],
)
def test_releases_that_it_does_not_know_are_refused(release: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        seen(KARPENTER.replace("0.36.1", release))


@pytest.mark.parametrize(
    ("kubernetes", "release", "patched", "last"),
    [
        ("1.30", "v0.33.1", "v0.33.12", "1.1.10"),
        ("1.35", "0.37.0", "0.37.8", "1.9.0"),
        ("1.32", "1.0.2", "1.0.2", "1.2.0"),
    ],
)
def test_releases_on_the_way(kubernetes: str, release: str, patched: str, last: str) -> None:
    found = seen(KARPENTER.replace('"1.32"', f'"{kubernetes}"').replace("0.36.1", release))
    versions = [found.after[phase]["addons"]["karpenter"]["version"] for phase in ("patch", "v1-alone")]
    assert versions == [patched, last]


def test_karpenter_of_the_platform_has_nothing_to_move() -> None:
    found = seen(HEAD + "compute: {nodes: {kind: managed_nodes}, karpenter: {}}\n")
    assert found.way.finished
    assert not any(map(found.changed, found.after))


def test_values_and_crds_that_are_there_are_kept() -> None:
    found = seen(KARPENTER + CRDS)
    crds = found.after["patch-crds"]["addons"]["karpenter_crd"]
    webhook = {"enabled": True, "port": 8443, "serviceName": "karpenter", "serviceNamespace": "kube-system"}
    assert crds["values"] == {"webhook": webhook, "additionalAnnotations": {"a": "b"}}
    assert found.after["v1-alone"]["addons"]["karpenter_crd"]["values"] == {"additionalAnnotations": {"a": "b"}}


def test_what_the_objects_say_in_v1() -> None:
    manifests = seen(KARPENTER).after["objects"]["addons"]["pools"]["manifests"]
    pool, owner = manifests["general"], manifests["default"]
    assert (pool["apiVersion"], owner["apiVersion"]) == ("karpenter.sh/v1", "karpenter.k8s.aws/v1")
    template = pool["spec"]["template"]
    assert template["metadata"]["annotations"] == {"karpenter.sh/do-not-disrupt": "true"}
    assert template["spec"]["nodeClassRef"] == {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "default"}
    assert template["spec"]["expireAfter"] == "720h"
    assert pool["spec"]["disruption"] == {"consolidationPolicy": "WhenEmptyOrUnderutilized", "consolidateAfter": "0s"}
    assert owner["spec"]["kubelet"] == {"maxPods": 50}
    assert owner["spec"]["amiSelectorTerms"] == [{"alias": "al2023@latest"}]
    assert owner["spec"]["metadataOptions"] == {"httpPutResponseHopLimit": 2}
