"""Service accounts of one's own on a platform: what they are checked against, and what is exported."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from eks_blueprints import Blueprint, BlueprintArgs
from eks_blueprints.core.errors import problems_of
from eks_blueprints.testing import Recorded, record
from tests import ROOT

READ = {"policy_arns": {"s3": "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"}}
READER = {"namespace": "shop", "service_account": "reader", **READ}
CORE: dict[str, Any] = {"vpc_cni": {"identity": "irsa"}, "eks_pod_identity_agent": None}
AGENT: dict[str, Any] = {**CORE, "eks_pod_identity_agent": {}}
NODES: dict[str, Any] = {"g": {"kind": "managed_nodes"}}
FARGATE: dict[str, Any] = {"f": {"kind": "fargate", "selectors": [{"namespace": "shop"}, {"namespace": "kube-system"}]}}


def said(associations: dict[str, Any], **fields: Any) -> dict[str, Any]:
    base = {"region": "eu-west-1", "cluster": {"version": "1.35", "endpoint_access": {"o": {"cidr": "10.0.0.0/8"}}}}
    return {**base, "compute": NODES, "pod_identity_associations": associations, **fields}


def told(associations: dict[str, Any], **fields: Any) -> list[str]:
    try:
        args = BlueprintArgs.model_validate(said(associations, **fields))
    except ValidationError as error:
        return [str(problem) for problem in problems_of(error)]
    return [str(problem) for problem in args.warnings if problem.path[0] == "pod_identity_associations"]


def made(associations: dict[str, Any], **fields: Any) -> Recorded:
    args = BlueprintArgs.model_validate(said(associations, **fields))

    def program() -> None:
        for name, value in Blueprint("shop", args).outputs().items():
            pulumi.export(name, value)

    return record(program).is_valid()


def test_the_default_add_ons_bring_the_agent() -> None:
    assert told({"s3-reader": READER}) == []


def test_the_agent_has_to_be_there() -> None:
    assert told({"s3-reader": READER}, addons=AGENT) == []
    [found] = told({"s3-reader": READER}, addons=CORE)
    assert found.startswith("pod_identity_associations.s3-reader: gets its AWS permissions from EKS Pod Identity")
    assert "add eks_pod_identity_agent: {}" in found
    assert told({"s3-reader": {**READER, "identity": "irsa"}}, addons=CORE) == []


def test_auto_mode_has_the_agent_built_in() -> None:
    auto = {"version": "1.35", "auto_mode": {}, "endpoint_access": {"o": {"cidr": "10.0.0.0/8"}}}
    assert told({"a": READER}, cluster=auto, compute={}) == []


def test_nothing_but_fargate_means_irsa() -> None:
    fargate: dict[str, Any] = {"compute": FARGATE, "addons": {"coredns": {}}}
    assert told({"a": READER}, **fargate) == []
    [found] = told({"a": {**READER, "identity": "pod_identity"}}, **fargate)
    assert found.startswith("pod_identity_associations.a.identity: gets no permissions from Pod Identity on Fargate")
    recorded = made({"a": READER}, **fargate)
    assert not recorded.all("aws:eks/podIdentityAssociation:PodIdentityAssociation")
    assert recorded.outputs["pod_identity_role_arns"] == {"a": "${shop-pod-identity-a-role.arn}"}


def test_a_namespace_of_fargate_beside_nodes_is_a_warning() -> None:
    [found] = told({"a": READER}, compute={**NODES, **FARGATE})
    assert found.startswith("pod_identity_associations.a.identity: gives nothing to pods that f runs on Fargate")
    assert told({"a": {**READER, "identity": "irsa"}}, compute={**NODES, **FARGATE}) == []


def test_one_service_account_has_one_role() -> None:
    [found] = told({"a": READER, "b": READER})
    assert found.startswith("pod_identity_associations.b.service_account: is also used by a; got shop/reader")
    assert told({"a": READER, "b": {**READER, "namespace": "other"}}) == []


@pytest.mark.parametrize("identity", ["pod_identity", "irsa"])
def test_the_service_account_of_an_add_on(identity: str) -> None:
    own = {"namespace": "kube-system", "service_account": "ebs-csi-controller-sa", **READ}
    [found] = told({"a": own}, addons={**AGENT, "aws_ebs_csi_driver": {"identity": identity}})
    assert found.startswith("pod_identity_associations.a.service_account: has the role of addons.aws_ebs_csi_driver")
    assert told({"a": own}, addons={**AGENT, "aws_ebs_csi_driver": {"identity": "node_role"}}) == []


def test_the_service_account_of_karpenter() -> None:
    own = {"namespace": "kube-system", "service_account": "karpenter", **READ}
    found = told({"a": own}, compute={**NODES, "karpenter": {}})
    assert any("has the role of compute.karpenter" in line for line in found)


def test_arns_of_another_partition() -> None:
    role = {"namespace": "shop", "service_account": "a", "role_arn": "arn:aws-cn:iam::111122223333:role/a"}
    bucket = {**READER, "allow": [{"actions": ["s3:GetObject"], "resources": ["arn:aws-cn:s3:::shop"]}]}
    assert [line.partition(": ")[0] for line in told({"a": role, "b": bucket})] == [
        "pod_identity_associations.a.role_arn",
        "pod_identity_associations.b.allow[0].resources[0]",
    ]


def test_names_that_clash() -> None:
    [found] = told({"a_b": READER, "a-b": {**READER, "service_account": "x"}})
    assert found.startswith("pod_identity_associations.a-b: clashes with a_b")


def test_too_many_tags() -> None:
    tags = {f"t{number}": "" for number in range(30)}
    [found] = told({"a": {**READER, "tags": tags}}, tags={f"p{number}": "" for number in range(30)})
    assert found.startswith("pod_identity_associations.a.tags: leave no room")


def test_another_one_changes_no_other_resource() -> None:
    before = made({"a": READER})
    after = made({"b": {**READER, "service_account": "x"}, "a": READER})
    assert before.urns < after.urns


def test_add_ons_wait_for_it_and_nodes_do_not() -> None:
    found = made({"a": READER})
    association = found.one("shop-pod-identity-a-association")
    found.one("shop-coredns-addon").waits_for(association)
    assert association.urn not in found.before(found.one("shop-g-group").urn)


def test_the_roles_that_are_made_are_exported() -> None:
    given = {"namespace": "shop", "service_account": "b", "role_arn": "arn:aws:iam::111122223333:role/b"}
    found = made({"s3-reader": READER, "b": given})
    assert found.outputs["pod_identity_role_arns"] == {"s3-reader": "${shop-pod-identity-s3-reader-role.arn}"}
    assert "pod_identity_role_arns" not in made({"b": given}).outputs


def test_the_whole_of_it_is_what_was_reviewed(golden: Callable[..., None]) -> None:
    bucket = {"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::shop/*"]}
    associations = {
        "s3-reader": READER,
        "other": {"namespace": "shop", "service_account": "other", "role_arn": "arn:aws:iam::111122223333:role/other"},
        "legacy": {"namespace": "shop", "service_account": "legacy", "identity": "irsa", "allow": [bucket]},
    }
    network = {"vpc_id": "vpc-0123456789abcdef0", "subnet_ids": {"private": ["subnet-01234567", "subnet-01234568"]}}
    core = ["vpc_cni", "kube_proxy", "eks_pod_identity_agent"]
    found = made(associations, network=network, compute={}, core_addons=core)
    golden(found, "pod_identities", ROOT / "tests" / "golden")
