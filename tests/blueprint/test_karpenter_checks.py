"""Karpenter and EKS Auto Mode against the rest of a platform."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from eks_blueprints import BlueprintArgs
from eks_blueprints.core.errors import problems_of

AL2023 = {"ami_selector_terms": [{"alias": "al2023@v20251103"}]}
LIMITS = {"limits": {"cpu": "100"}}
SYSTEM: dict[str, Any] = {"kind": "managed_nodes", "instance_types": ["m7g.large"]}
QUIET: dict[str, Any] = {"node_pools": {"a": LIMITS}, "node_classes": {"default": AL2023}}
VPN = {"vpn": {"cidr": "172.31.0.0/16"}}
LEAST: dict[str, Any] = {
    "region": "eu-west-1",
    "cluster": {"version": "1.35", "name": "shop", "endpoint_access": VPN},
}


def platform(**fields: Any) -> BlueprintArgs:
    return BlueprintArgs.model_validate(LEAST | fields)


def problems(**fields: Any) -> list[str]:
    """All errors, or where there are none all warnings."""
    try:
        return [f"warning {problem}" for problem in platform(**fields).warnings]
    except ValidationError as error:
        return [str(problem) for problem in problems_of(error)]


def karpenter(others: dict[str, Any] | None = None, **fields: Any) -> list[str]:
    compute = {"system": SYSTEM} if others is None else others
    return problems(compute={**compute, "karpenter": {**QUIET, **fields}})


def auto_mode(cluster: dict[str, Any] | None = None, **fields: Any) -> list[str]:
    switched = {**LEAST["cluster"], "auto_mode": {} if cluster is None else cluster}
    return problems(cluster=switched, compute={"auto_mode": fields})


def one(found: list[str], start: str) -> str:
    fitting = [text for text in found if text.startswith(start)]
    assert len(fitting) == 1, found
    return fitting[0]


def test_karpenter_beside_managed_nodes_is_without_a_doubt() -> None:
    assert karpenter() == []


def test_own_pools_of_auto_mode_are_without_a_doubt() -> None:
    assert auto_mode(node_pools={"own": {**LIMITS, "weight": 1}}) == []


def test_karpenter_needs_nodes_that_it_has_not_launched() -> None:
    assert "needs nodes that it has not launched" in one(karpenter({}), "compute.karpenter: ")
    found = problems(cluster={**LEAST["cluster"], "auto_mode": {}}, compute={"karpenter": QUIET})
    assert "got none but Auto Mode" in one(found, "compute.karpenter: ")


def test_karpenter_on_fargate_needs_irsa() -> None:
    fargate = {"kind": "fargate", "selectors": [{"namespace": "kube-system"}]}
    message = one(karpenter({"system": fargate}), "compute.karpenter.identity: ")
    assert "from Pod Identity on Fargate" in message
    addons = {"vpc_cni": {}, "kube_proxy": {}, "coredns": {"compute_type": "Fargate"}}
    compute = {"system": fargate, "karpenter": {**QUIET, "identity": "irsa"}}
    assert [text for text in problems(compute=compute, addons=addons) if "karpenter" in text] == []
    elsewhere = {"kind": "fargate", "selectors": [{"namespace": "shop"}]}
    assert "needs nodes that" in one(karpenter({"system": elsewhere}, identity="irsa"), "compute.karpenter: ")


def test_karpenter_needs_a_node_whose_taints_it_tolerates() -> None:
    tainted = {**SYSTEM, "taints": [{"key": "team", "effect": "NO_SCHEDULE"}]}
    assert "tolerates the taints of no node; got team" in one(karpenter({"system": tainted}), "compute.karpenter: ")
    tolerant = {"tolerations": [{"key": "team", "operator": "Exists"}]}
    assert "compute.karpenter: " not in str(karpenter({"system": tainted}, values=tolerant))
    critical = {**SYSTEM, "taints": [{"key": "CriticalAddonsOnly", "effect": "NO_SCHEDULE"}]}
    assert karpenter({"system": critical}) == []


def test_more_pods_of_the_controller_than_nodes() -> None:
    single = {**SYSTEM, "min_size": 1, "max_size": 1}
    assert "got 2 for 1" in one(karpenter({"system": single}), "warning compute.karpenter.replicas: ")


def test_pod_identity_needs_its_agent() -> None:
    compute = {"system": SYSTEM, "karpenter": QUIET}
    addons = {"vpc_cni": {"identity": "irsa"}, "eks_pod_identity_agent": None}
    assert "without its agent" in one(problems(compute=compute, addons=addons), "compute.karpenter.identity: ")


def test_irsa_needs_a_provider() -> None:
    cluster = {**LEAST["cluster"], "oidc_provider": False}
    found = problems(cluster=cluster, compute={"system": SYSTEM, "karpenter": {**QUIET, "identity": "irsa"}})
    assert "needs an IAM OIDC provider" in one(found, "compute.karpenter.identity: ")


def test_one_karpenter_a_cluster() -> None:
    found = karpenter({"system": SYSTEM, "second": {"kind": "karpenter", **QUIET}})
    assert "can be on a cluster once" in one(found, "compute.karpenter: ")


def test_pools_of_both_controllers_have_names_of_their_own() -> None:
    cluster = {**LEAST["cluster"], "auto_mode": {}}
    compute = {"system": SYSTEM, "karpenter": QUIET, "auto_mode": {"node_pools": {"a": {}}}}
    found = problems(cluster=cluster, compute=compute)
    assert "is also the name of a pool of karpenter" in one(found, "compute.auto_mode.node_pools.a: ")


def test_karpenter_and_auto_mode_without_separate_pools() -> None:
    found = problems(cluster={**LEAST["cluster"], "auto_mode": {}}, compute={"system": SYSTEM, "karpenter": QUIET})
    assert "has pools that accept the same pods as those of Auto Mode, and both may add a node for one pod" in one(
        found, "warning compute.karpenter: "
    )


def test_pools_of_auto_mode_need_it_switched_on() -> None:
    found = problems(compute={"system": SYSTEM, "auto_mode": {}})
    assert "is for clusters with EKS Auto Mode" in one(found, "compute.auto_mode: ")


def test_class_default_comes_with_the_built_in_pools() -> None:
    message = one(
        auto_mode({"node_pools": []}, node_pools={"own": LIMITS}), "compute.auto_mode.node_pools.own.node_class: "
    )
    assert "comes with cluster.auto_mode.node_pools" in message


def test_auto_mode_with_nothing_to_launch() -> None:
    assert "leaves Auto Mode nothing to launch" in str(auto_mode({"node_pools": []}))


def test_tags_of_auto_mode_s_nodes_need_permission() -> None:
    found = auto_mode(node_classes={"own": {"tags": {"a": "b"}}})
    one(found, "warning compute.auto_mode.node_classes.own.tags: ")


def test_pools_without_a_limit_and_images_that_move_are_doubted() -> None:
    found = karpenter(
        node_pools={"a": {}}, node_classes={"default": {"ami_selector_terms": [{"alias": "al2023@latest"}]}}
    )
    one(found, "warning compute.karpenter.node_pools.a.limits: ")
    one(found, "warning compute.karpenter.node_classes.default.ami_selector_terms[0].alias: ")


def test_pools_of_one_weight_are_doubted() -> None:
    found = karpenter(node_pools={"a": {**LIMITS, "weight": 5}, "b": {**LIMITS, "weight": 5}})
    one(found, "warning compute.karpenter.node_pools.b.weight: ")


def test_releases_and_images_have_to_fit_the_cluster() -> None:
    one(karpenter(version="1.5.0"), "compute.karpenter.version: does not run on Kubernetes 1.35")
    old = {"default": {"ami_selector_terms": [{"alias": "al2@latest"}]}}
    one(karpenter(node_classes=old), "compute.karpenter.node_classes.default.ami_selector_terms[0].alias: ")


@pytest.mark.parametrize(
    ("zones", "start"),
    [
        (["eu-west-1a"], ""),
        (["us-east-1a"], "compute.karpenter.node_pools.a.zones: is not a zone that the network has"),
        (["eu-west-1a", "us-east-1a"], "warning compute.karpenter.node_pools.a.zones: is not a zone that"),
    ],
)
def test_zones_are_the_network_s(zones: list[str], start: str) -> None:
    found = problems(
        network={"zones": ["eu-west-1a", "eu-west-1b"]},
        compute={"system": SYSTEM, "karpenter": {**QUIET, "node_pools": {"a": {**LIMITS, "zones": zones}}}},
    )
    if start:
        one(found, start)
    else:
        assert found == []


REGION, ZONE_ID = "topology.kubernetes.io/region", "topology.k8s.aws/zone-id"


@pytest.mark.parametrize(
    ("asks", "start"),
    [
        ({"key": REGION, "operator": "In", "values": ["eu-west-1"]}, ""),
        ({"key": REGION, "operator": "In", "values": ["us-east-1"]}, "requirements: leave no node, because all"),
        ({"key": REGION, "operator": "NotIn", "values": ["eu-west-1"]}, "requirements: leave no node, because all"),
        ({"key": ZONE_ID, "operator": "In", "values": ["euw1-az1"]}, ""),
        (
            {"key": ZONE_ID, "operator": "In", "values": ["use1-az1"]},
            "requirements: is not a valid zone of region eu-west-1",
        ),
        ({"key": ZONE_ID, "operator": "NotIn", "values": ["use1-az1"]}, ""),
    ],
)
def test_conditions_on_another_region(asks: dict[str, Any], start: str) -> None:
    pools = {"a": {**LIMITS, "requirements": [asks]}}
    found = problems(compute={"system": SYSTEM, "karpenter": {**QUIET, "node_pools": pools}})
    if start:
        one(found, f"compute.karpenter.node_pools.a.{start}")
    else:
        assert found == []


def test_zones_of_another_region_beside_a_network_that_writes_ids() -> None:
    pools = {"a": {**LIMITS, "zones": ["eu-west-1a"]}}
    found = problems(
        region="us-east-1",
        network={"zones": ["use1-az1", "use1-az2"]},
        compute={"system": SYSTEM, "karpenter": {**QUIET, "node_pools": pools}},
    )
    one(found, "compute.karpenter.node_pools.a.zones: is not a valid zone of region us-east-1")


@pytest.mark.parametrize(
    ("terms", "fits"),
    [
        ([{"tags": {"karpenter.sh/discovery": "shop"}}], True),
        ([{"tags": {"karpenter.sh/discovery": "*"}}], True),
        ([{"tags": {"karpenter.sh/discovery": "other"}}], False),
        ([{"tags": {"kubernetes.io/role/elb": "1"}}], True),
        ([{"tags": {"tier": "app"}}], True),
        ([{"tags": {"tier": "web"}}], False),
        ([{"tags": {"tier": "web"}}, {"id": "subnet-0a"}], True),
    ],
)
def test_tags_that_no_subnet_has_are_doubted(terms: list[Any], fits: bool) -> None:
    classes = {"default": {**AL2023, "subnet_selector_terms": terms}}
    network = {"subnet_tags": {"private": {"tier": "app"}}}
    found = problems(network=network, compute={"system": SYSTEM, "karpenter": {**QUIET, "node_classes": classes}})
    if fits:
        assert found == []
    else:
        one(found, "warning compute.karpenter.node_classes.default.subnet_selector_terms: select no subnet")


def test_a_tag_that_the_cluster_s_group_has_not_is_doubted() -> None:
    terms = [{"tags": {"karpenter.sh/discovery": "other"}}]
    found = karpenter(node_classes={"default": {**AL2023, "security_group_selector_terms": terms}})
    one(found, "warning compute.karpenter.node_classes.default.security_group_selector_terms: is not how")


def test_a_role_that_is_named_has_to_be_let_in() -> None:
    named = {"default": {**AL2023, "role": "nodes"}}
    one(karpenter(node_classes=named), "warning compute.karpenter.node_classes.default.role: has no access entry here")
    compute = {"system": SYSTEM, "karpenter": {**QUIET, "node_classes": named}}
    entry = {"principal_arn": "arn:aws:iam::111122223333:role/nodes", "type": "EC2_LINUX"}
    assert problems(compute=compute, access={"nodes": entry}) == []
    wrong = {**entry, "type": "EC2_WINDOWS"}
    one(
        problems(compute=compute, access={"nodes": wrong}), "compute.karpenter.node_classes.default.role: has an access"
    )


def test_a_profile_s_role_has_to_be_named() -> None:
    profiled = {"default": {**AL2023, "instance_profile": "nodes"}}
    one(karpenter(node_classes=profiled), "warning compute.karpenter.node_classes.default.instance_profile: has a role")
    assert karpenter(node_classes=profiled, node_role_arns=["arn:aws:iam::111122223333:role/nodes"]) == []


def test_what_the_network_plugin_asks_of_nodes() -> None:
    compute = {"system": SYSTEM, "karpenter": QUIET}
    others = {"kube_proxy": {}, "coredns": {}, "eks_pod_identity_agent": {}}
    found = problems(compute=compute, addons={"vpc_cni": {"identity": "node_role"}, **others})
    one(found, "compute.karpenter.node_policies: need AmazonEKS_CNI_Policy")
    network = {"pod_cidr": "100.64.0.0/16"}
    found = problems(compute=compute, network=network, addons={"vpc_cni": {"custom_networking": {}}, **others})
    one(found, "warning compute.karpenter.settings.reserved_enis: ")
    windows = {"default": {"ami_selector_terms": [{"alias": "windows2022@latest"}]}}
    found = problems(compute={"system": SYSTEM, "karpenter": {**QUIET, "node_classes": windows}})
    one(found, "addons.vpc_cni.windows_ipam: must give addresses")


def test_auto_mode_brings_what_the_default_add_ons_do() -> None:
    assert problems(cluster={**LEAST["cluster"], "auto_mode": {}}) == []
    found = problems(cluster={**LEAST["cluster"], "auto_mode": {}}, addons={"coredns": {}})
    one(found, "warning addons.coredns: is not installed")
    assert auto_mode() == []
    kept = problems(cluster={**LEAST["cluster"], "auto_mode": {}}, compute={"system": SYSTEM}, addons={"coredns": {}})
    assert "is not installed" not in str(kept)


@pytest.mark.parametrize(
    ("fields", "start"),
    [
        ({"replicas": 1, "values": {"replicas": 3}}, "compute.karpenter.values.replicas: is also set by a field"),
        (
            {"settings": {"reserved_enis": 1}, "values": {"settings": {"reservedENIs": "2"}}},
            "compute.karpenter.values.settings.reservedENIs: is also set by a field",
        ),
        (
            {"values": {"settings": {"clusterName": "x"}}},
            "compute.karpenter.values.settings.clusterName: is set by the platform and cannot be changed",
        ),
        (
            {"values": {"serviceAccount": {"name": "x"}}},
            "compute.karpenter.values.serviceAccount.name: is set by the platform",
        ),
        ({"values": {1: "x"}}, "compute.karpenter.values"),
        ({"values": {"x": float("nan")}}, "compute.karpenter.values.x: is not a number"),
    ],
)
def test_values_that_say_something_twice(fields: dict[str, Any], start: str) -> None:
    one(karpenter(**fields), start)


def test_values_that_say_something_else_are_taken() -> None:
    assert karpenter(values={"logLevel": "debug", "settings": {"amiRefreshInterval": "5m"}}) == []


def test_a_network_without_a_way_out() -> None:
    network = {"topology": "private"}
    found = problems(network=network, compute={"system": SYSTEM, "karpenter": QUIET})
    one(found, "warning compute.karpenter.settings.isolated_vpc: ")
    assert "lack sqs" in one(found, "warning network.additional_endpoints: ")
    network = {"topology": "private", "additional_endpoints": ["sqs"]}
    isolated = {**QUIET, "settings": {"isolated_vpc": True}}
    assert problems(network=network, compute={"system": SYSTEM, "karpenter": isolated}) == []


def test_fips_images_of_auto_mode_are_of_some_regions() -> None:
    found = auto_mode(node_classes={"own": {"advanced_security": {"fips": True}}})
    assert "is for regions of the United States" in one(
        found, "compute.auto_mode.node_classes.own.advanced_security.fips"
    )
