"""Images in China: what its nodes cannot pull is told, and mirrors reach add-ons and Karpenter alike."""

from __future__ import annotations

from typing import Any

import pytest

from eks_blueprints import Blueprint, BlueprintArgs
from eks_blueprints.blueprint import image_checks
from eks_blueprints.core.images import unreachable
from eks_blueprints.testing import record

MIRROR = "111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/mirror"
PLATFORM: dict[str, Any] = {
    "region": "cn-north-1",
    "network": {},
    "cluster": {"version": "1.35"},
    "compute": {"system": {"kind": "managed_nodes"}, "karpenter": {}},
    "addons": {
        **{key: {} for key in ("vpc_cni", "kube_proxy", "coredns", "eks_pod_identity_agent")},
        "aws_load_balancer_controller": {},
        "cluster_autoscaler": {},
    },
}


def told(**fields: Any) -> list[str]:
    args = BlueprintArgs.model_validate(PLATFORM | fields)
    return [problem.message for problem in image_checks.check(args)]


def test_images_that_cannot_be_pulled_are_told_in_one_line() -> None:
    [line] = told()
    assert "public.ecr.aws (karpenter, aws_load_balancer_controller)" in line
    assert "registry.k8s.io (cluster_autoscaler)" in line
    assert "public.ecr.aws: 111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/mirror" in line


def test_elsewhere_they_can_be_pulled() -> None:
    assert told(region="eu-west-1") == told(region="us-gov-west-1") == []


def test_mirrors_and_values_of_ones_own_are_taken() -> None:
    mirrors = {"public.ecr.aws": MIRROR, "registry.k8s.io": MIRROR}
    assert told(addon_defaults={"registry_mirrors": mirrors}) == []
    [line] = told(addon_defaults={"registry_mirrors": {"public.ecr.aws": MIRROR}})
    assert "got registry.k8s.io (cluster_autoscaler);" in line
    own = {"cluster_autoscaler": {"values": {"image": {"repository": f"{MIRROR}/cluster-autoscaler"}}}}
    addons = {**PLATFORM["addons"], **own}
    assert "cluster_autoscaler" not in told(addons=addons)[0]
    karpenter = {"values": {"controller": {"image": {"repository": f"{MIRROR}/karpenter"}}}}
    [line] = told(compute={"system": {"kind": "managed_nodes"}, "karpenter": karpenter})
    assert "karpenter" not in line


def test_a_chart_whose_images_nobody_knows_is_told_apart() -> None:
    chart = {
        "kind": "helm",
        "chart": "app",
        "version": "1.0.0",
        "repository": "https://example.com",
        "namespace": "app",
    }
    mirrors = {"public.ecr.aws": MIRROR, "registry.k8s.io": MIRROR}
    found = told(addons={**PLATFORM["addons"], "app": chart}, addon_defaults={"registry_mirrors": mirrors})
    assert [
        line for line in found if "do not apply to charts whose images are not known" in line and "got app;" in line
    ] == found


def test_karpenter_comes_from_the_mirror_too() -> None:
    fields = PLATFORM | {"addon_defaults": {"registry_mirrors": {"public.ecr.aws": MIRROR}}}
    made = record(lambda: Blueprint("shop", BlueprintArgs.model_validate(fields)))
    [controller] = [r for r in made.all() if r.name == "shop-karpenter-controller"]
    assert controller.inputs["values"]["controller"]["image"] == {"repository": f"{MIRROR}/karpenter/controller"}
    [balancer] = [r for r in made.all() if "enableShield" in str(r.inputs.get("values"))]
    values = balancer.inputs["values"]
    assert (values["enableShield"], values["enableWaf"], values["enableWafv2"]) == (False, False, False)


@pytest.mark.parametrize(
    ("image", "registry"),
    [
        ("nginx/nginx-ingress", "docker.io"),
        ("quay.io", "quay.io"),
        ("us-docker.pkg.dev/a/b", "us-docker.pkg.dev"),
        (f"{MIRROR}/karpenter", None),
        ("mcr.microsoft.com/windows", None),
    ],
)
def test_registries(image: str, registry: str | None) -> None:
    assert unreachable(image, "aws-cn") == registry
    assert unreachable(image, "aws") is None
