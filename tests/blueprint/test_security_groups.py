"""Security groups with rules: what is made, which parts take them, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from eks_blueprints import Blueprint, BlueprintArgs
from eks_blueprints.core.errors import problems_of
from eks_blueprints.testing import Recorded, Resource, record

GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
TAG = "aws:ec2/tag:Tag"
POLICY = "kubernetes:vpcresources.k8s.aws/v1beta1:SecurityGroupPolicy"
CLUSTER: dict[str, Any] = {"version": "1.34", "endpoint_access": {"office": {"cidr": "10.0.0.0/8"}}}
SG = "sg-0123456789abcdef0"


def said(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {"region": "eu-west-1", "cluster": CLUSTER, "core_addons": [], **fields}


def made(groups: dict[str, Any], **fields: Any) -> Recorded:
    args = BlueprintArgs.model_validate(said({"security_groups": groups, **fields}))
    return record(lambda: Blueprint("shop", args)).is_valid()


def told(groups: dict[str, Any], **fields: Any) -> list[str]:
    try:
        args = BlueprintArgs.model_validate(said({"security_groups": groups, **fields}))
    except ValidationError as error:
        return [str(problem) for problem in problems_of(error)]
    return [str(problem) for problem in args.warnings if problem.path[0] == "security_groups"]


def rules(found: Recorded, kind: str, group: str) -> dict[str, Resource]:
    begin = f"shop-security-group-{group}-"
    return {each.name.removeprefix(begin): each for each in found.all(kind) if each.name.startswith(begin)}


RULES: dict[str, Any] = {
    "web": {"cidr": "203.0.113.0/24", "port": 443, "description": "Office"},
    "web6": {"cidr": "2001:db8::/32", "port": 443},
    "lists": {"prefix_list": "pl-0123456789abcdef0", "from_port": 8000, "to_port": 8080, "protocol": "udp"},
    "among": {"security_group": "self", "protocol": "-1"},
    "nodes": {"security_group": "cluster", "port": 10250},
    "other": {"security_group": "other", "port": 5432},
    "given": {"security_group": SG, "port": 22},
    "ping": {"cidr": "10.0.0.0/8", "protocol": "icmp"},
    "esp": {"cidr": "10.0.0.0/8", "protocol": "50"},
}


def test_a_group_has_rules_of_every_sort() -> None:
    found = made({"db": {"ingress": RULES, "egress": {}, "tags": {"a": "b"}}, "other": {}})
    group = found.one(GROUP, "shop-security-group-db-group")
    assert group.inputs["vpcId"] == "${shop-network-vpc.id}"
    assert group.inputs["tags"]["a"] == "b"
    ingress = rules(found, INGRESS, "db")
    assert set(ingress) == {f"ingress-{key}" for key in RULES}
    for rule in ingress.values():
        assert rule.inputs["securityGroupId"] == "${shop-security-group-db-group.id}"
    ends = {key.removeprefix("ingress-"): dict(rule.inputs) for key, rule in ingress.items()}
    assert (ends["web"]["cidrIpv4"], ends["web"]["description"], ends["web"]["toPort"]) == (
        "203.0.113.0/24",
        "Office",
        443,
    )
    assert ends["web6"]["cidrIpv6"] == "2001:db8::/32"
    assert (ends["lists"]["prefixListId"], ends["lists"]["ipProtocol"]) == ("pl-0123456789abcdef0", "udp")
    assert ends["among"]["referencedSecurityGroupId"] == "${shop-security-group-db-group.id}"
    assert "fromPort" not in ends["among"]
    assert ends["nodes"]["referencedSecurityGroupId"] == "${shop-cluster.vpcConfig.clusterSecurityGroupId}"
    assert ends["other"]["referencedSecurityGroupId"] == "${shop-security-group-other-group.id}"
    assert ends["given"]["referencedSecurityGroupId"] == SG
    assert (ends["ping"]["fromPort"], ends["ping"]["toPort"]) == (-1, -1)
    assert ends["esp"]["ipProtocol"] == "50"
    assert "fromPort" not in ends["esp"]
    assert not rules(found, EGRESS, "db")
    assert set(rules(found, EGRESS, "other")) == {"egress-all-ipv4", "egress-all-ipv6"}


def test_a_rule_more_changes_no_other() -> None:
    before = made({"db": {"ingress": {"web": RULES["web"]}}})
    after = made({"db": {"ingress": {"given": RULES["given"], "web": RULES["web"]}}})
    assert after.urns - before.urns == {after.one(INGRESS, "shop-security-group-db-ingress-given").urn}
    assert before.urns < after.urns


def test_clusters_and_nodes_take_groups_by_name() -> None:
    nodes = {
        "a": {"kind": "managed_nodes", "security_groups": ["db"], "security_group_ids": [SG]},
        "b": {"kind": "self_managed_nodes", "security_groups": ["db"]},
    }
    cluster = {**CLUSTER, "security_groups": ["db"], "security_group_ids": [SG]}
    found = made({"db": {"ingress": {"nodes": RULES["nodes"]}}}, compute=nodes, cluster=cluster)
    mine = "${shop-security-group-db-group.id}"
    assert found.one("aws:eks/cluster:Cluster").inputs["vpcConfig"]["securityGroupIds"] == [SG, mine]
    for template in found.all("aws:ec2/launchTemplate:LaunchTemplate"):
        assert mine in template.inputs["vpcSecurityGroupIds"]
    rule = found.one(INGRESS, "shop-security-group-db-ingress-nodes")
    found.one("aws:eks/nodeGroup:NodeGroup").waits_for(rule)
    found.one("aws:autoscaling/group:Group").waits_for(rule)


def test_groups_that_are_there_get_rules_and_no_more() -> None:
    network = {"interface_endpoints": ["sts"]}
    found = made(
        {
            "cluster": {"ingress": {"web": RULES["web"]}},
            "endpoints": {"ingress": {"web": RULES["web"]}},
            "own": {"id": SG, "ingress": {"web": RULES["web"]}},
        },
        network=network,
    )
    assert {each.name for each in found.all(GROUP)} == {"shop-network-endpoints"}
    ids = {
        key: rules(found, INGRESS, key)["ingress-web"].inputs["securityGroupId"]
        for key in ("cluster", "endpoints", "own")
    }
    assert ids == {
        "cluster": "${shop-cluster.vpcConfig.clusterSecurityGroupId}",
        "endpoints": "${shop-network-endpoints.id}",
        "own": SG,
    }
    assert not found.all(EGRESS)


def test_the_group_that_eks_creates_gets_its_tags_one_by_one() -> None:
    before = made({"cluster": {"tags": {"team": "core"}}}, tags={"owner": "all"})
    after = made({"cluster": {"tags": {"cost": "7", "team": "core"}}}, tags={"owner": "all"})
    group = "${shop-cluster.vpcConfig.clusterSecurityGroupId}"
    assert {each.name: dict(each.inputs) for each in after.all(TAG)} == {
        "shop-security-group-cluster-tag-cost": {"resourceId": group, "key": "cost", "value": "7"},
        "shop-security-group-cluster-tag-team": {"resourceId": group, "key": "team", "value": "core"},
    }
    assert after.urns - before.urns == {after.one(TAG, "shop-security-group-cluster-tag-cost").urn}


def test_groups_that_others_tag_get_no_tag_of_their_own() -> None:
    groups = {"endpoints": {"tags": {"a": "b"}}, "own": {"id": SG, "tags": {"a": "b"}}}
    assert not made(groups, network={"interface_endpoints": ["sts"]}).all(TAG)


@pytest.mark.parametrize("tag", ["Name", "kubernetes.io/cluster/shop"])
def test_tags_that_eks_sets_on_its_group_are_refused(tag: str) -> None:
    [found] = told({"cluster": {"tags": {tag: "x", "Names": "x"}}})
    assert found.endswith(f": is a tag that EKS sets on its group; got {tag}; remove it")
    assert not told({"db": {"tags": {tag: "x"}}})


def test_the_tag_of_karpenter_is_refused_beside_it() -> None:
    groups: dict[str, Any] = {"cluster": {"tags": {"karpenter.sh/discovery": "shop"}}}
    nodes: dict[str, Any] = {"system": {"kind": "managed_nodes"}}
    assert not told(groups, compute=nodes)
    found = told(groups, compute={**nodes, "karpenter": {}})
    begin = 'security_groups.cluster.tags["karpenter.sh/discovery"]'
    assert f'{begin}: comes with karpenter; got "shop" too; remove it' in found


def test_pods_get_groups() -> None:
    pods = {"api": {"namespace": "shop", "pod_labels": {"app": "api"}}, "all": {"namespace": "shop"}}
    pods["jobs"] = {"namespace": "shop", "service_account_labels": {"app": "jobs"}}
    addons: dict[str, Any] = {"vpc_cni": {"pod_security_groups": "standard", "identity": "irsa"}}
    fields: dict[str, Any] = {"addons": addons, "namespaces": {"shop": {}}}
    groups = {"db": {"pods": pods}, "cluster": {"pods": pods}}
    found = made(groups, **fields)
    specs = {each.name: each for each in found.all(POLICY)}
    assert len(specs) == 6
    api = specs["shop-security-group-db-pods-api"]
    assert api.inputs["metadata"] == {"name": "db-api", "namespace": "shop"}
    assert api.inputs["spec"]["podSelector"] == {"matchLabels": {"app": "api"}}
    assert api.inputs["spec"]["securityGroups"] == {"groupIds": ["${shop-security-group-db-group.id}"]}
    assert "podSelector" not in specs["shop-security-group-db-pods-jobs"].inputs["spec"]
    assert specs["shop-security-group-db-pods-all"].inputs["spec"]["podSelector"] == {"matchLabels": {}}
    api.waits_for(found.one("kubernetes:core/v1:Namespace"))
    assert told(groups, **fields) == []
    assert [each.split(":")[0] for each in told({"db": {"pods": pods}})] == ["security_groups.db.pods"] * 2


def manifest(kind: str, namespace: str, version: str = "v1") -> dict[str, Any]:
    spec = {"spec": {"containers": [{"name": "a", "image": "public.ecr.aws/nginx/nginx:1.29"}]}}
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "a", "namespace": namespace}, **spec}


def test_pods_of_manifests_wait_for_the_policies_that_give_them_groups() -> None:
    pods = {"all": {"namespace": "shop"}, "other": {"namespace": "default"}, "theirs": {"namespace": "web"}}
    manifests = {name: manifest("Pod", name) for name in ("shop", "default", "web")}
    manifests["own"] = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "web"}}
    objects = {"kind": "manifests", "manifests": manifests}
    fields: dict[str, Any] = {"namespaces": {"shop": {}}, "addons": {"objects": objects}}
    found = made({"db": {"pods": pods}}, compute={"nodes": {"kind": "managed_nodes"}}, **fields)
    pod = found.one("kubernetes:core/v1:Pod", "shop-objects-shop")
    policies = {each.name.rpartition("-")[2]: each for each in found.all(POLICY)}
    pod.waits_for(policies["all"])
    pod.waits_for(policies["other"])
    pod.waits_for(found.one("kubernetes:core/v1:Namespace", "shop-namespace-shop-namespace"))
    with pytest.raises(AssertionError):
        pod.waits_for(policies["theirs"])


DNS: dict[str, Any] = {"security_group": "db", "protocol": "udp", "port": 53}
"""What lets pods of the group `db` ask the DNS of the cluster."""


@pytest.mark.parametrize(
    ("ingress", "cluster", "warned"),
    [
        ({"nodes": {"security_group": "cluster", "port": 8080}}, {"dns": DNS}, False),
        (
            {"nodes": {"security_group": "cluster", "protocol": "-1"}},
            {"db": {**DNS, "protocol": "-1", "port": None}},
            False,
        ),
        (
            {"nodes": {"security_group": "cluster", "port": 8080}},
            {"dns": {**DNS, "protocol": "tcp", "port": 443}},
            True,
        ),
        ({"nodes": {"security_group": "cluster", "port": 8080}}, {"dns": {**DNS, "port": 8080}}, True),
        ({"nodes": {"security_group": "cluster", "port": 8080}}, {"dns": {**DNS, "security_group": "self"}}, True),
        ({"office": {"cidr": "10.0.0.0/8", "port": 8080}}, {"dns": DNS}, True),
        ({}, {}, True),
    ],
)
def test_pods_without_the_clusters_group_need_rules(
    ingress: dict[str, Any], cluster: dict[str, Any], warned: bool
) -> None:
    groups = {"db": {"pods": {"all": {"namespace": "shop"}}, "ingress": ingress}, "cluster": {"ingress": cluster}}
    assert (
        any(
            "removes the cluster's group from these pods, which lets them reach DNS and lets nodes reach their probes"
            in each
            for each in told(groups)
        )
        is warned
    )


@pytest.mark.parametrize(
    ("group", "message"),
    [
        ({"ingress": {"a": {"port": 1}}}, "ingress.a: needs one of cidr, prefix_list and security_group; got none"),
        ({"ingress": {"a": {"port": 1, "cidr": "10.0.0.0/8", "security_group": "self"}}}, "ingress.a: needs one of"),
        ({"ingress": {"a": {"cidr": "10.0.0.0/8"}}}, "ingress.a.port: is required for tcp"),
        ({"ingress": {"a": {"cidr": "10.0.0.1/8", "port": 1}}}, "ingress.a.cidr: is not the first address"),
        ({"ingress": {"a": {"cidr": "10.0.0.0/8", "port": 70000}}}, "ingress.a.port: "),
        ({"ingress": {"a": {"cidr": "10.0.0.0/8", "from_port": 2, "to_port": 1}}}, "ingress.a.from_port: is not below"),
        (
            {"ingress": {"a": {"cidr": "10.0.0.0/8", "port": 2, "to_port": 3}}},
            "ingress.a.port: cannot be combined with from_port",
        ),
        ({"ingress": {"a": {"cidr": "10.0.0.0/8", "protocol": "-1", "port": 1}}}, "ingress.a.protocol: knows no ports"),
        ({"ingress": {"a": {"cidr": "10.0.0.0/8", "protocol": "50", "port": 1}}}, "ingress.a.protocol: knows no ports"),
        (
            {"ingress": {"a": {"cidr": "10.0.0.0/8", "protocol": "6", "port": 1}}},
            "ingress.a.protocol: has a name in EC2",
        ),
        ({"ingress": {"a": {"cidr": "10.0.0.0/8", "protocol": "all"}}}, "ingress.a.protocol: has a name in EC2"),
        ({"ingress": {"a": {"cidr": "10.0.0.0/8", "protocol": "256"}}}, "ingress.a.protocol: is not a valid protocol"),
        ({"ingress": {"a": {"security_group": "dbs", "port": 1}}}, "ingress.a.security_group: "),
        (
            {"ingress": {"a": {"security_group": "sg-1", "port": 1}}},
            "ingress.a.security_group: is not a valid id of a security",
        ),
        (
            {"ingress": {"a": {"prefix_list": "x", "port": 1}}},
            "ingress.a.prefix_list: is not a valid id of a prefix list",
        ),
        (
            {"ingress": {"a": RULES["web"], "b": {**RULES["web"], "description": "x"}}},
            "ingress.b: is the same rule as a",
        ),
        ({"ingress": {"A b": RULES["web"]}}, 'ingress["A b"]: is not a valid name'),
        ({"description": "é"}, "description: is refused by EC2"),
        ({"id": SG, "name": "x"}, "name: is for a group that is created"),
        ({"name": "sg-x"}, "name: is not a valid name of a security group"),
        ({"ingress": {"a": {**RULES["web"], "prot": "tcp"}}}, "ingress.a.prot: no such field"),
    ],
)
def test_a_group_that_ec2_would_refuse_is_refused(group: dict[str, Any], message: str) -> None:
    [found] = told({"db": group})
    assert found.startswith(f"security_groups.db.{message}")


@pytest.mark.parametrize(
    ("groups", "fields", "at"),
    [
        ({"self": {}}, {}, "security_groups.self"),
        ({"cluster": {"name": "x"}}, {}, "security_groups.cluster.name"),
        ({"endpoints": {"ingress": {"web": RULES["web"]}}}, {}, "security_groups.endpoints"),
        (
            {"db": {"egress": {"a": {"security_group": "endpoints", "port": 443}}}},
            {},
            "security_groups.db.egress.a.security_group",
        ),
        ({}, {"cluster": {**CLUSTER, "security_groups": ["db"]}}, "cluster.security_groups[0]"),
        ({"cluster": {}}, {"cluster": {**CLUSTER, "security_groups": ["cluster"]}}, "cluster.security_groups[0]"),
        ({}, {"compute": {"g": {"kind": "managed_nodes", "security_groups": ["db"]}}}, "compute.g.security_groups[0]"),
    ],
)
def test_a_name_that_is_of_no_group_is_refused(groups: dict[str, Any], fields: dict[str, Any], at: str) -> None:
    [found] = told(groups, **fields)
    assert found.startswith(f"{at}: ")


def test_a_policy_sees_a_rule_that_opens_a_port_to_the_internet() -> None:
    from eks_blueprints.policies import check_plan

    open_to_all = {"ssh": {"cidr": "0.0.0.0/0", "port": 22}}
    found = check_plan(made({"db": {"ingress": open_to_all}}).plan)
    assert "shop-security-group-db-ingress-ssh" in {
        each.resource for each in found.findings if each.policy == "sg-no-open-admin-ports"
    }


def test_nodes_are_reached_from_groups_that_the_platform_makes() -> None:
    access = {"ec2_ssh_key": "ops", "source_security_groups": ["bastion"]}
    nodes = {"compute": {"g": {"kind": "managed_nodes", "remote_access": access}}}
    bastion = {"ingress": {"office": {"cidr": "10.0.0.0/8", "port": 22}}}
    found = made({"bastion": bastion}, **nodes).one(GROUP, "shop-g-remote-access")
    assert found.inputs["ingress"][0]["securityGroups"] == ["${shop-security-group-bastion-group.id}"]
    [problem] = told({"bastoin": bastion}, **nodes)
    assert problem.startswith("compute.g.remote_access.source_security_groups[0]: no such security group of this pl")


WRITTEN: dict[str, Any] = {
    "apiVersion": "vpcresources.k8s.aws/v1beta1",
    "kind": "SecurityGroupPolicy",
    "metadata": {"name": "db", "namespace": "shop"},
    "spec": {"podSelector": {"matchLabels": {"app": "db"}}, "securityGroups": {"groupIds": ["sg-0123456789abcdef0"]}},
}


@pytest.mark.parametrize(
    ("cni", "told"),
    [
        ({}, True),
        ({"pod_security_groups": "standard"}, False),
        ({"configuration_values": {"env": {"ENABLE_POD_ENI": "true"}}}, False),
        ({"configuration_values": {"env": {"ENABLE_POD_ENI": "false"}}}, True),
    ],
)
def test_a_manifest_that_gives_groups_to_pods_needs_the_cni_to_be_configured(cni: dict[str, Any], told: bool) -> None:
    addons = {"vpc_cni": cni, "groups": {"kind": "manifests", "manifests": {"db": WRITTEN}}}
    args = BlueprintArgs.model_validate(
        {
            "region": "eu-west-1",
            "cluster": {"version": "1.35"},
            "compute": {"n": {"kind": "managed_nodes"}},
            "addons": addons,
        }
    )
    found = [each for each in args.warnings if each.path == ("addons", "groups", "manifests", "db")]
    assert [("pod_security_groups: standard" in each.message) for each in found] == ([True] if told else [])
