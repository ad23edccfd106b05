"""The add-ons that a cluster has without anybody listing them."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from eks_blueprints import BlueprintArgs, ClusterArgs
from eks_blueprints.addons.cilium import Cilium
from eks_blueprints.addons.coredns import Coredns
from eks_blueprints.addons.kube_proxy import KubeProxy
from eks_blueprints.addons.metrics_server import MetricsServer
from eks_blueprints.addons.vpc_cni import VpcCni
from eks_blueprints.blueprint.addon_defaults import settled
from eks_blueprints.compute.managed_nodes import ManagedNodes

CORE = ["vpc_cni", "kube_proxy", "eks_pod_identity_agent", "coredns"]
LEAST: dict[str, Any] = {
    "region": "eu-west-1",
    "cluster": {"version": "1.35"},
    "compute": {"nodes": {"kind": "managed_nodes"}},
}


def args(**fields: Any) -> BlueprintArgs:
    return BlueprintArgs.model_validate(LEAST | fields)


def names(platform: BlueprintArgs) -> list[str]:
    return [addon.name for addon in platform.addons]


@pytest.mark.parametrize(
    ("fields", "installed"),
    [
        ({}, CORE),
        ({"addons": {}}, CORE),
        ({"addons": {"metrics_server": {}}}, [*CORE, "metrics_server"]),
        ({"addons": {"coredns": {"replicas": 3}}}, CORE),
        ({"addons": {name: {} for name in reversed(CORE)}}, CORE[::-1]),
        ({"addons": {"coredns": None}}, CORE[:3]),
        ({"addons": {"coredns": None, "metrics_server": {}}}, [*CORE[:3], "metrics_server"]),
        ({"addons": {"dns": {"kind": "coredns"}}}, [*CORE[:3], "dns"]),
        ({"addons": {"dns": {"kind": "eks_addon", "addon_name": "coredns"}}}, [*CORE[:3], "dns"]),
        ({"core_addons": []}, []),
        ({"core_addons": [], "addons": {"metrics_server": {}}}, ["metrics_server"]),
        ({"core_addons": ["kube_proxy"], "addons": {"coredns": {}}}, ["kube_proxy", "coredns"]),
        ({"addons": {"cilium": {}}}, [*CORE[1:], "cilium"]),
        ({"addons": {"cilium": {}, "vpc_cni": {}}}, [*CORE[1:], "cilium", "vpc_cni"]),
    ],
)
def test_what_a_stack_file_installs(fields: dict[str, Any], installed: list[str]) -> None:
    assert names(args(**fields)) == installed


def test_what_python_installs() -> None:
    def platform(**fields: Any) -> BlueprintArgs:
        nodes = [ManagedNodes(name="nodes")]
        return BlueprintArgs(region="eu-west-1", cluster=ClusterArgs(version="1.35"), compute=nodes, **fields)

    assert names(platform(addons=[MetricsServer()])) == [*CORE, "metrics_server"]
    assert names(platform(addons=[Coredns(replicas=3)])) == CORE
    assert names(platform(core_addons=(), addons=[KubeProxy()])) == ["kube_proxy"]
    assert names(platform(addons=[Cilium()])) == [*CORE[1:], "cilium"]


def test_fields_of_a_listed_one_are_those_of_the_platform() -> None:
    [coredns] = [addon for addon in args(addons={"coredns": {"replicas": 3}}).addons if isinstance(addon, Coredns)]
    assert coredns.replicas == 3


def test_a_copy_has_the_whole_list() -> None:
    without = args(addons={"coredns": None})
    assert names(without.but(tags={"a": "b"})) == CORE[:3]
    assert names(args().but(tags={"a": "b"})) == CORE
    assert names(args().but(addons=[*args().addons, MetricsServer()])) == [*CORE, "metrics_server"]
    kept = [addon for addon in args().addons if not isinstance(addon, Coredns)]
    assert names(args().but(addons=kept)) == CORE[:3]
    assert names(without.but(core_addons=("coredns",))) == ["coredns", *CORE[:3]]


def test_auto_mode_brings_what_they_do_and_nobody_is_told_so_who_has_not_listed_them() -> None:
    auto = {"cluster": {"version": "1.35", "auto_mode": {}}, "compute": {}}
    assert settled(args(**auto)) == ()
    assert not [doubt for doubt in args(**auto).warnings if doubt.path[0] == "addons"]
    [told] = [str(doubt) for doubt in args(**auto, addons={"vpc_cni": {}}).warnings if doubt.path[0] == "addons"]
    assert told.startswith("addons.vpc_cni: is not installed: EKS Auto Mode includes")


def test_without_nodes_the_way_out_is_told() -> None:
    with pytest.raises(ValidationError, match="or leave it out: addons: "):
        args(compute={})


def test_a_network_plugin_of_ones_own_stands_beside_only_where_listed() -> None:
    assert any(isinstance(addon, VpcCni) for addon in args(addons={"cilium": {}, "vpc_cni": {}}).addons)


@pytest.mark.parametrize("core", [["core_dns"], "coredns", {"coredns": {}}, None, [1]])
def test_what_is_no_core_add_on_is_refused(core: Any) -> None:
    with pytest.raises(ValidationError, match="core_addons"):
        args(core_addons=core)
