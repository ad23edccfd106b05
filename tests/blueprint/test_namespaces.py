"""Namespaces of a platform, and service accounts that are made in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from eks_blueprints import Blueprint, BlueprintArgs
from eks_blueprints.core.errors import problems_of
from eks_blueprints.testing import Recorded, record

NAMESPACE = "kubernetes:core/v1:Namespace"
ACCOUNT = "kubernetes:core/v1:ServiceAccount"
ASSOCIATION = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
READ = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
ROLE = "arn:aws:iam::111122223333:role/reader"
NODES: dict[str, Any] = {"nodes": {"kind": "managed_nodes"}}
READER: dict[str, Any] = {"namespace": "shop", "service_account": "reader", "policy_arns": {"s3": READ}}
MADE: dict[str, Any] = {**READER, "create_service_account": True}


def said(fields: Mapping[str, Any]) -> dict[str, Any]:
    base: dict[str, Any] = {"region": "eu-west-1", "core_addons": ["eks_pod_identity_agent"]}
    base["cluster"] = {"version": "1.34", "endpoint_access": {"office": {"cidr": "10.0.0.0/8"}}}
    return {**base, **fields}


def made(fields: Mapping[str, Any]) -> Recorded:
    args = BlueprintArgs.model_validate(said(fields))
    return record(lambda: Blueprint("shop", args)).is_valid()


def told(fields: Mapping[str, Any]) -> list[str]:
    try:
        args = BlueprintArgs.model_validate(said(fields))
    except ValidationError as error:
        return [str(problem) for problem in problems_of(error)]
    return [str(each) for each in args.warnings if each.path[0] in ("namespaces", "pod_identity_associations")]


def test_manifests_wait_for_the_namespaces_that_they_name() -> None:
    one = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "one", "namespace": "shop"}}
    two = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "two", "namespace": "elsewhere"}}
    objects = {"kind": "manifests", "manifests": {"one": one, "two": two}}
    fields = {"namespaces": {"shop": {}, "web": {}}, "addons": {"objects": objects}, "compute": NODES}
    found = made(fields)
    found.one("kubernetes:core/v1:ConfigMap", "shop-objects-one").waits_for(
        found.one(NAMESPACE, "shop-namespace-shop-namespace")
    )
    warned = [str(each) for each in BlueprintArgs.model_validate(said(fields)).warnings]
    assert [each.partition(": ")[0] for each in warned if "is a namespace that nothing here creates" in each] == [
        "addons.objects.manifests.two.metadata.namespace"
    ]


def test_a_namespace_is_marked_bounded_and_held_to_standards() -> None:
    shop = {
        "labels": {"team": "shop"},
        "annotations": {"owner": "Shop"},
        "pod_security": {"enforce": "baseline", "warn": "restricted", "version": "v1.34"},
        "resource_quota": {"requests.cpu": "20", "pods": 100},
        "limit_range": {"default": {"cpu": "500m"}, "default_request": {"cpu": "100m"}},
        "protect": True,
    }
    found = made({"namespaces": {"shop": shop, "web": {}}})
    one, two = found.all(NAMESPACE)
    assert one.inputs["metadata"] == {
        "name": "shop",
        "annotations": {"owner": "Shop"},
        "labels": {
            "pod-security.kubernetes.io/enforce": "baseline",
            "pod-security.kubernetes.io/enforce-version": "v1.34",
            "pod-security.kubernetes.io/warn": "restricted",
            "pod-security.kubernetes.io/warn-version": "v1.34",
            "team": "shop",
        },
    }
    one.has_option(protect=True)
    assert two.inputs["metadata"] == {"name": "web"}
    [quota] = found.all("kubernetes:core/v1:ResourceQuota")
    assert quota.inputs["spec"] == {"hard": {"requests.cpu": "20", "pods": "100"}}
    assert quota.inputs["metadata"]["namespace"] == "shop"
    quota.waits_for(one)
    [limits] = found.all("kubernetes:core/v1:LimitRange")
    assert limits.inputs["spec"]["limits"] == [
        {"type": "Container", "default": {"cpu": "500m"}, "defaultRequest": {"cpu": "100m"}}
    ]


def test_a_namespace_more_changes_no_other() -> None:
    before = made({"namespaces": {"b": {}}})
    after = made({"namespaces": {"a": {"resource_quota": {"pods": "1"}}, "b": {}}})
    assert {urn.rpartition("::")[2] for urn in after.urns - before.urns} == {
        "shop-namespace-a",
        "shop-namespace-a-namespace",
        "shop-namespace-a-quota",
    }
    assert before.urns < after.urns


def test_what_is_put_into_a_namespace_waits_for_it() -> None:
    nodes = {"g": {"kind": "managed_nodes"}}
    addons: dict[str, Any] = {
        "eks_pod_identity_agent": {},
        "vpc_cni": {},
        "coredns": {},
        "kube_proxy": {},
        "external_secrets": {"namespace": "tools"},
    }
    found = made({"namespaces": {"tools": {}, "other": {}}, "compute": nodes, "addons": addons})
    release = found.one("kubernetes:helm.sh/v3:Release", "shop-external-secrets-release")
    tools, other = (found.one(NAMESPACE, f"shop-namespace-{key}-namespace") for key in ("tools", "other"))
    release.waits_for(tools)
    assert other.urn not in found.before(release.urn)


@pytest.mark.parametrize(
    ("namespaces", "message"),
    [
        ({"Shop": {}}, "namespaces.Shop: is not a valid name of a namespace"),
        ({"default": {}}, "namespaces.default: exists in every cluster"),
        ({"kube-shop": {}}, "namespaces.kube-shop: begins with kube-"),
        ({"a": {"labels": {"a b": "c"}}}, 'namespaces.a.labels["a b"]: '),
        ({"a": {"labels": {"kubernetes.io/metadata.name": "a"}}}, "namespaces.a.labels["),
        ({"a": {"pod_security": {}}}, "namespaces.a.pod_security: is empty"),
        ({"a": {"pod_security": {"enforce": "strict"}}}, "namespaces.a.pod_security.enforce: "),
        (
            {"a": {"pod_security": {"enforce": "baseline", "version": "1.34"}}},
            "namespaces.a.pod_security.version: is no",
        ),
        (
            {"a": {"pod_security": {"warn": "baseline"}, "labels": {"pod-security.kubernetes.io/warn": "baseline"}}},
            "namespaces.a.labels[",
        ),
        ({"a": {"resource_quota": {"pods": "many"}}}, "namespaces.a.resource_quota.pods: "),
        (
            {"a": {"resource_quota": {"po ds": "1"}}},
            'namespaces.a.resource_quota["po ds"]: is not a resource that can be counted',
        ),
        ({"a": {"limit_range": {}}}, "namespaces.a.limit_range: is empty"),
        (
            {"a": {"limit_range": {"default": {"cpu": "100m"}, "default_request": {"cpu": "1"}}}},
            "namespaces.a.limit_range.default.cpu: is below default_request",
        ),
    ],
)
def test_a_namespace_that_would_be_refused_is_refused(namespaces: dict[str, Any], message: str) -> None:
    [found] = told({"namespaces": namespaces})
    assert found.startswith(message)


def test_a_service_account_is_made_for_pod_identity() -> None:
    account = {**MADE, "labels": {"app": "reader"}, "annotations": {"owner": "shop"}}
    found = made({"namespaces": {"shop": {}}, "pod_identity_associations": {"reader": account}})
    [made_here] = found.all(ACCOUNT)
    assert made_here.inputs["metadata"] == {
        "name": "reader",
        "namespace": "shop",
        "labels": {"app": "reader"},
        "annotations": {"owner": "shop"},
    }
    made_here.waits_for(found.one(NAMESPACE))
    made_here.waits_for(found.one(ASSOCIATION))


def test_a_service_account_of_irsa_says_its_role() -> None:
    found = made({"namespaces": {"shop": {}}, "pod_identity_associations": {"reader": {**MADE, "identity": "irsa"}}})
    annotations = found.one(ACCOUNT).inputs["metadata"]["annotations"]
    assert annotations == {"eks.amazonaws.com/role-arn": "${shop-pod-identity-reader-role.arn}"}
    found.none(ASSOCIATION)


def test_a_service_account_of_irsa_takes_a_role_that_is_there() -> None:
    account = {"namespace": "default", "service_account": "reader", "role_arn": ROLE, "identity": "irsa"}
    [message] = told({"pod_identity_associations": {"reader": account}})
    assert message.startswith("pod_identity_associations.reader.role_arn: leaves nothing to create with irsa")
    found = made({"pod_identity_associations": {"reader": {**account, "create_service_account": True}}})
    assert found.one(ACCOUNT).inputs["metadata"]["annotations"] == {"eks.amazonaws.com/role-arn": ROLE}


def test_a_pattern_lets_further_service_accounts_in() -> None:
    account = {**READER, "identity": "irsa", "subject_pattern": "preview-*:reader"}
    found = made({"pod_identity_associations": {"reader": account}})
    trust = json.dumps(found.one("aws:iam/role:Role", "shop-pod-identity-reader-role").inputs["assumeRolePolicy"])
    assert "StringLike" in trust
    assert "system:serviceaccount:preview-*:reader" in trust
    [message] = told({"pod_identity_associations": {"reader": {**account, "identity": "pod_identity"}}})
    assert message.startswith("pod_identity_associations.reader.subject_pattern: is for irsa")


def test_a_session_policy_narrows_a_role() -> None:
    narrow = [{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::shop/*"]}]
    account = {"namespace": "shop", "service_account": "reader", "role_arn": ROLE, "policy": narrow}
    [message] = told({"pod_identity_associations": {"reader": account}})
    assert message.startswith("pod_identity_associations.reader.policy: cannot be combined with session tags")
    found = made({"pod_identity_associations": {"reader": {**account, "disable_session_tags": True}}})
    assert json.loads(found.one(ASSOCIATION).inputs["policy"])["Statement"][0]["Action"] == ["s3:GetObject"]


def test_well_known_controllers_have_their_permissions() -> None:
    names = ["auto_scaler", "aws_load_balancer_controller", "cert_manager", "external_dns"]
    names += ["ebs_csi_controller", "efs_csi_controller", "image_builder"]
    account = {"namespace": "shop", "service_account": "all", "well_known_policies": names}
    found = made({"pod_identity_associations": {"all": account}})
    attached = found.all("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    arns = {each.inputs["policyArn"].rpartition("/")[2] for each in attached if "pod-identity" in each.name}
    assert arns == {"AmazonEBSCSIDriverPolicy", "AmazonEFSCSIDriverPolicy", "AmazonEC2ContainerRegistryPowerUser"}
    policy = json.dumps(found.one("aws:iam/rolePolicy:RolePolicy").inputs["policy"])
    for action in ("SetDesiredCapacity", "CreateLoadBalancer", "route53:GetChange", "ListTagsForResources"):
        assert action in policy


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"labels": {"a": "b"}}, "labels: are for the service account that is created"),
        (
            {"create_service_account": True, "service_account": "default"},
            "create_service_account: exists in every namespace",
        ),
        ({"create_service_account": True, "annotations": {"eks.amazonaws.com/role-arn": ROLE}}, "annotations["),
        ({"create_service_account": True, "labels": {"a b": "c"}}, 'labels["a b"]: '),
        ({"subject_pattern": "x", "identity": "irsa"}, "subject_pattern: is not a valid pattern"),
        ({"well_known_policies": ["external_dns", "external_dns"]}, "well_known_policies: lists one twice"),
        ({"well_known_policies": ["externalDNS"]}, "well_known_policies[0]: "),
        (
            {"create_service_account": True, "namespace": "web"},
            "namespace: creates a service account in a namespace that this platform does not create",
        ),
    ],
)
def test_a_service_account_that_cannot_be_is_refused(fields: dict[str, Any], message: str) -> None:
    associations = {"reader": {**READER, **fields}}
    [found] = told({"namespaces": {"shop": {}}, "pod_identity_associations": associations})
    assert found.startswith(f"pod_identity_associations.reader.{message}")


NETWORK = "kubernetes:networking.k8s.io/v1:NetworkPolicy"


def network_policies(fields: dict[str, Any], **platform: Any) -> dict[str, Any]:
    """The specs of the network policies of a namespace, by their names."""
    recorded = made({**platform, "namespaces": {"shop": {"network_policy": fields}}})
    return {each.inputs["metadata"]["name"]: each.inputs["spec"] for each in recorded.all(NETWORK)}


def test_a_network_policy_denies_all_but_dns_the_namespace_itself_and_the_agent_of_pod_identity() -> None:
    found = network_policies({})
    assert set(found) == {"default-deny", "allow-dns", "allow-same-namespace", "allow-pod-identity"}
    assert found["default-deny"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    (dns,) = found["allow-dns"]["egress"]
    assert {(each["protocol"], each["port"]) for each in dns["ports"]} == {("UDP", 53), ("TCP", 53)}
    assert [each.get("ipBlock") for each in dns["to"]] == [None]
    assert found["allow-pod-identity"]["egress"][0]["to"] == [{"ipBlock": {"cidr": "169.254.170.23/32"}}]


def test_what_a_network_policy_allows_is_turned_off_and_on() -> None:
    found = network_policies({"same_namespace": False, "dns": False, "pod_identity": False, "api_server": True})
    assert set(found) == {"default-deny", "allow-api-server"}
    blocks = {each["ipBlock"]["cidr"] for each in found["allow-api-server"]["egress"][0]["to"]}
    assert {"10.100.0.1/32", "172.20.0.1/32"} < blocks
    assert len(blocks) == 3  # the VPC as well


def test_the_dns_of_auto_mode_is_on_the_node() -> None:
    cluster = {**said({})["cluster"], "auto_mode": {}}
    found = network_policies({}, cluster=cluster, compute={}, core_addons=[])
    to = found["allow-dns"]["egress"][0]["to"]
    assert {"ipBlock": {"cidr": "0.0.0.0/0"}} in to


def test_further_rules_are_in_kubernetes_own_words() -> None:
    rule = {"to": [{"ipBlock": {"cidr": "10.1.0.0/16"}}], "ports": [{"port": 443}]}
    found = network_policies({"egress": [rule]})
    assert found["allow"] == {"podSelector": {}, "policyTypes": ["Egress"], "egress": [rule]}


def test_a_rule_that_kubernetes_does_not_know_is_told_where_it_stands() -> None:
    rule = {"to": [{"ipBlock": {"cdr": "10.1.0.0/16"}}], "ports": [{"port": 443}]}
    problems = told({"namespaces": {"shop": {"network_policy": {"egress": [rule]}}}})
    assert problems
    assert all(each.startswith("namespaces.shop.network_policy.egress[0].to[0].ipBlock") for each in problems)
