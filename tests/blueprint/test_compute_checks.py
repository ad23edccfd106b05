"""What is wrong or doubtful between the compute of a platform, its cluster and its add-ons."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from eks_blueprints.blueprint.spec import BlueprintArgs
from eks_blueprints.core.errors import problems_of

ROLE = "arn:aws:iam::111122223333:role/nodes"
CORE: dict[str, Any] = {"vpc_cni": {}, "kube_proxy": {}, "eks_pod_identity_agent": {}, "coredns": {}}
SCALED: dict[str, Any] = {**CORE, "cluster_autoscaler": {}}
NODES: dict[str, Any] = {"kind": "managed_nodes", "min_size": 1, "max_size": 6}
OWN: dict[str, Any] = {"kind": "self_managed_nodes", "image": {"id": "ami-0123456789abcdef0"}}
FARGATE: dict[str, Any] = {"kind": "fargate", "selectors": [{"namespace": "batch"}]}


def platform(compute: dict[str, Any], addons: dict[str, Any] | None = None, **cluster: Any) -> BlueprintArgs:
    reached = {"version": "1.35", "endpoint_access": {"vpn": {"cidr": "172.31.0.0/16"}}}
    fields = {"region": "eu-west-1", "cluster": {**reached, **cluster}, "compute": compute}
    return BlueprintArgs.model_validate(fields | {"addons": CORE if addons is None else addons})


def errors(compute: dict[str, Any], addons: dict[str, Any] | None = None, **cluster: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        platform(compute, addons, **cluster)
    return "\n".join(map(str, problems_of(caught.value)))


def warnings(compute: dict[str, Any], addons: dict[str, Any] | None = None, **cluster: Any) -> str:
    return "\n".join(map(str, platform(compute, addons, **cluster).warnings))


def test_a_plain_platform_gives_no_cause_for_doubt() -> None:
    assert warnings({"nodes": NODES}, SCALED) == ""


def test_two_autoscalers_are_doubtful() -> None:
    found = warnings({"nodes": NODES, "karpenter": {}}, SCALED)
    assert "addons.cluster_autoscaler: runs beside Karpenter" in found


def test_karpenter_and_auto_mode_need_pools_apart() -> None:
    found = warnings({"nodes": NODES, "karpenter": {}}, auto_mode={})
    assert "compute.karpenter: has pools that accept the same pods as those of Auto Mode, and both may add" in found
    assert "as those of Auto Mode" not in warnings(
        {"nodes": NODES, "karpenter": {}}, auto_mode={"node_pools": ["system"]}
    )


def test_types_of_several_sizes_are_doubtful_under_cluster_autoscaler() -> None:
    compute = {"nodes": {**NODES, "instance_types": ["m5.large", "m5a.large", "m5.xlarge"]}}
    found = warnings(compute, SCALED)
    assert "compute.nodes.instance_types: differ in size" in found
    assert "m5.large (2 vCPUs, 8 GiB) and m5.xlarge (4 vCPUs, 16 GiB)" in found
    assert "differ in size" not in warnings(compute)
    assert warnings({"nodes": {**NODES, "instance_types": ["m5.large", "m5a.large"]}}, SCALED) == ""


def test_a_group_of_one_size_may_mix_types() -> None:
    fixed = {"kind": "managed_nodes", "desired_size": 2, "instance_types": ["m5.large", "m5.xlarge"]}
    platform({"nodes": NODES, "fixed": fixed}, SCALED)


@pytest.mark.parametrize("compute", [{"nodes": {"kind": "managed_nodes", "desired_size": 2}}])
def test_an_autoscaler_with_nothing_to_scale_is_doubtful(compute: dict[str, Any]) -> None:
    assert "addons.cluster_autoscaler: has no group that it could scale" in warnings(compute, SCALED)


def test_a_group_over_zones_is_doubtful_where_volumes_are_not() -> None:
    addons = {**SCALED, "aws_ebs_csi_driver": {}}
    assert "compute.nodes.zones: spans zones" in warnings({"nodes": NODES}, addons)
    assert warnings({"nodes": {**NODES, "zones": ["eu-west-1a"]}}, addons) == ""


def test_groups_that_match_no_priority_never_grow() -> None:
    addon = {"expanders": ["priority"], "priorities": [{"priority": 10, "groups": ["spot"]}]}
    assert "leave out groups" in warnings({"nodes": NODES}, {**CORE, "cluster_autoscaler": addon})


@pytest.mark.parametrize("kind", ["managed_nodes", "self_managed_nodes"])
def test_nodes_are_never_newer_and_seldom_older(kind: str) -> None:
    image = {"image": {"id": "ami-0123456789abcdef0"}} if kind == "self_managed_nodes" else {}
    found = errors({"nodes": {"kind": kind, "version": "1.36", **image}})
    assert "compute.nodes.version: is newer than the cluster's; got 1.36 with a cluster of 1.35" in found
    found = errors({"nodes": {"kind": kind, "version": "1.31", **image}})
    assert "is too far behind the cluster's" in found
    platform({"nodes": {"kind": kind, "version": "1.32", **image}})


def test_an_image_that_is_looked_up_is_doubtful() -> None:
    assert "compute.own.image: is looked up again" in warnings({"own": {"kind": "self_managed_nodes"}})
    golden = {"kind": "managed_nodes", "ami_type": "CUSTOM", "image": {"ssm_parameter": "/golden"}}
    assert "got one that is found by name or parameter; pin it by id" in warnings({"nodes": golden})
    assert "compute.nodes.image" not in warnings({"nodes": golden | {"image": {"id": "ami-0123456789abcdef0"}}})
    assert warnings({"own": OWN}) == ""


def test_windows_nodes_need_addresses() -> None:
    compute = {"nodes": NODES, "win": {"kind": "managed_nodes", "ami_type": "WINDOWS_CORE_2022_x86_64"}}
    assert "addons.vpc_cni.windows_ipam: must give addresses" in errors(compute)
    platform(compute, {**CORE, "vpc_cni": {"windows_ipam": True}})


def test_windows_nodes_have_no_ipv6() -> None:
    compute = {"nodes": NODES, "win": {"kind": "managed_nodes", "ami_type": "WINDOWS_CORE_2022_x86_64"}}
    fields = {"region": "eu-west-1", "network": {"ip_family": "ipv6"}, "cluster": {"version": "1.35"}}
    with pytest.raises(ValidationError, match="runs Windows, which does not support IPv6"):
        BlueprintArgs.model_validate({**fields, "compute": compute})


def test_a_role_has_one_entry() -> None:
    managed = {**NODES, "node_role_arn": ROLE}
    own = {**OWN, "node_role_arn": ROLE}
    assert "compute.own.node_role_arn: has an access entry from compute.nodes already" in errors(
        {"own": own, "nodes": managed}
    )
    assert "from compute.a already" in errors({"a": own, "b": own})
    platform({"own": {**own, "access_entry": False}, "nodes": managed})


def test_logging_of_fargate_is_there_once() -> None:
    logged = {**FARGATE, "logging": {"cloudwatch_logs": {}}}
    assert "compute.b.logging: exists once for all pods on Fargate; got it on" in errors(
        {"nodes": NODES, "a": logged, "b": logged}
    )


def test_many_profiles_need_a_higher_quota() -> None:
    profiles = {f"p{n}": FARGATE for n in range(11)}
    assert "default quota of 10" in warnings({"nodes": NODES, **profiles})


def test_hybrid_nodes_need_a_cluster_that_knows_their_networks() -> None:
    compute = {"nodes": NODES, "edge": {"kind": "hybrid_nodes"}}
    assert "compute.edge: needs a cluster that knows their networks" in errors(compute)
    platform(compute, remote_node_networks=["10.80.0.0/16"])
    public = {"endpoint_public_access": True, "public_access_cidrs": ["203.0.113.0/24"]}
    assert "has both endpoints" in warnings(compute, remote_node_networks=["10.80.0.0/16"], **public)


def test_addons_on_hybrid_nodes_alone_wait_for_them() -> None:
    compute = {"edge": {"kind": "hybrid_nodes"}}
    networks = {"remote_node_networks": ["10.80.0.0/16"]}
    assert (
        "compute: runs coredns on hybrid nodes only, which join after the cluster exists, and `pulumi up` waits"
        in warnings(compute, {"coredns": {}}, **networks)
    )


def test_nothing_but_fargate_runs_coredns_where_it_is_selected() -> None:
    addons = {"coredns": {}}
    assert "runs in a namespace that no Fargate profile selects" in errors({"batch": FARGATE}, addons)
    assert warnings({"fargate": {"selectors": [{"namespace": "kube-system"}]}}, addons) == ""


def test_a_daemon_has_no_place_on_fargate() -> None:
    compute = {"fargate": {"selectors": [{"namespace": "kube-system"}]}}
    found = errors(compute, {"coredns": {}, "aws_ebs_csi_driver": {}})
    assert "addons.aws_ebs_csi_driver: cannot run on Fargate" in found


def test_fargate_beside_tainted_nodes_takes_only_its_own_namespaces() -> None:
    tainted = {**NODES, "taints": [{"key": "only", "effect": "NO_SCHEDULE"}]}
    assert "addons.coredns: tolerates the taints of no node" in errors({"nodes": tainted, "batch": FARGATE})
    everywhere: dict[str, Any] = {"kind": "fargate", "selectors": [{"namespace": "kube-*"}]}
    addons = {**CORE, "coredns": {"compute_type": "Fargate"}}
    platform({"nodes": tainted, "system": everywhere}, addons)
    assert "tolerates the taints of no node" in errors({"nodes": tainted, "system": everywhere})


def test_tolerations_in_the_configuration_of_an_addon_count() -> None:
    tainted = {**NODES, "taints": [{"key": "only", "effect": "NO_SCHEDULE"}]}
    tolerant = {"tolerations": [{"key": "only", "operator": "Exists"}]}
    platform({"nodes": tainted}, {**CORE, "coredns": {"configuration_values": tolerant}})
    other = {"controller": {"tolerations": [{"key": "other", "operator": "Exists"}]}}
    found = errors({"nodes": tainted}, {**CORE, "coredns": {"configuration_values": other}})
    assert "addons.coredns: tolerates the taints of no node" in found


def test_a_bad_region_is_told_alone() -> None:
    fields = {"region": "moon-1", "cluster": {"version": "1.35"}, "compute": {"nodes": NODES}}
    with pytest.raises(ValidationError) as caught:
        BlueprintArgs.model_validate(fields | {"addons": {**SCALED, "aws_ebs_csi_driver": {}}})
    assert [problem.path for problem in problems_of(caught.value)] == [("region",)]


def test_a_release_of_another_minor_than_the_clusters() -> None:
    found = errors({"nodes": {**NODES, "release_version": "1.33.4-20250904"}})
    assert "compute.nodes.release_version: is of another Kubernetes version than its nodes" in found
    assert 'use a release of 1.35, or write version: "1.33" too' in found
    image = {"kind": "self_managed_nodes", "image": {"release": "1.34.2-20260104"}}
    assert "compute.own.image.release: is of another Kubernetes version" in errors({"own": image})


def test_a_release_of_the_nodes_own_minor() -> None:
    for version, release in (("1.33", "1.33.4-20250904"), ("1.35", "1.35.1-20260904"), ("1.35", "1.35-2026.09.10")):
        fields = {**NODES, "version": version, "release_version": release}
        assert "release" not in warnings({"nodes": fields})
    bottlerocket = {**NODES, "ami_type": "BOTTLEROCKET_x86_64", "release_version": "1.44.0-3b7b9c0a"}
    assert "release" not in warnings({"nodes": bottlerocket})
    assert "release" not in warnings({"nodes": {**bottlerocket, "version": "1.35"}})


def test_a_launch_template_is_pinned_to_a_version() -> None:
    def said(**given: Any) -> str:
        return warnings({"nodes": {**NODES, "launch_template": {"id": "lt-0123456789abcdef0", **given}}})

    assert "compute.nodes.launch_template.version: is looked up again on every deployment" in said()
    assert "got $Latest; pin it by number" in said(version="$Latest")
    assert "launch_template" not in said(version=3)


def test_attributes_under_cluster_autoscaler_allow_one_size() -> None:
    def said(most: int) -> str:
        wanted = {"vcpu_count": {"min": 4, "max": most}, "memory_mib": {"min": 16384, "max": 16384}}
        group = {**OWN, "min_size": 1, "max_size": 4, "instance_requirements": wanted}
        return warnings({"nodes": NODES, "own": group}, SCALED)

    assert "compute.own.instance_requirements: allow types of several sizes" in said(8)
    assert "instance_requirements" not in said(4)


def test_attributes_that_no_type_has_are_doubtful() -> None:
    def said(**group: Any) -> str:
        wanted = {"vcpu_count": {"min": 4}, "memory_mib": {"min": 16384}, **group.pop("wanted", {})}
        return warnings({"nodes": NODES, "own": {**OWN, "instance_requirements": wanted, **group}})

    assert said() == ""
    graviton = {"cpu_manufacturers": ["amazon-web-services"]}
    assert "compute.own.instance_requirements: fits no instance type" in said(wanted=graviton)
    assert said(wanted=graviton, architecture="arm64") == ""
    assert "fits no instance type" in said(wanted={"allowed_instance_types": ["t3.*"]})
    assert said(wanted={"allowed_instance_types": ["t3.*"], "burstable_performance": "required"}) == ""
