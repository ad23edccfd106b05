"""The names of AWS's own policies: what the package attaches exists, and what a user misspells is told."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import eks_blueprints
from eks_blueprints.blueprint import arn_checks
from eks_blueprints.blueprint.spec import BlueprintArgs
from eks_blueprints.core.facts.managed_policies import instead_of, is_deprecated, is_known

_NAME = re.compile(r'"((?:service-role/)?(?:Amazon|AWS|CloudWatch)[A-Z]\w+)"')
_OF_EKS = frozenset({"AmazonEKSAutoNodePolicy"})
"""Access policies, which are EKS's own and not IAM's."""


def told(arn: str, partition: str = "eu-west-1") -> list[str]:
    nodes: dict[str, Any] = {"kind": "managed_nodes", "policies": {"more": arn}}
    parts: dict[str, Any] = {"region": partition, "cluster": {"version": "1.35"}, "compute": {"g": nodes}}
    spec = BlueprintArgs.model_validate(
        {**parts, "addons": {"vpc_cni": {}, "kube_proxy": {}, "coredns": {}, "eks_pod_identity_agent": {}}}
    )
    return [str(problem) for problem in arn_checks.check(spec)]


def used() -> set[str]:
    rooms = ("addons", "cluster", "compute", "karpenter")
    package = Path(eks_blueprints.__file__).parent
    files = [file for room in rooms for file in (package / room).rglob("*.py")]
    found = {name for file in files for name in _NAME.findall(file.read_text(encoding="utf-8"))}
    return {name for name in found if name.endswith(("Policy", "PolicyV2", "Only", "Core", "Controller", "Access"))}


def test_every_policy_that_is_attached_exists() -> None:
    names = used() - _OF_EKS
    assert {"AmazonEKSWorkerNodePolicy", "AmazonEBSCSIDriverPolicyV2", "AmazonSSMManagedInstanceCore"} <= names
    assert [name for name in sorted(names) if not is_known(name) or is_deprecated(name)] == []


def test_a_name_that_aws_does_not_have_is_told_with_the_nearest() -> None:
    [line] = told("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAcess")
    assert line.startswith("compute.g.policies.more: is not a known AWS managed policy")
    assert "did you mean arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess?" in line
    assert told("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess") == []


def test_a_path_that_is_left_out_is_told() -> None:
    [line] = told("arn:aws:iam::aws:policy/AmazonEFSCSIDriverPolicy")
    assert "did you mean arn:aws:iam::aws:policy/service-role/AmazonEFSCSIDriverPolicy?" in line


@pytest.mark.parametrize(
    ("name", "what"),
    [
        (
            "aws-service-role/AmazonEKSServiceRolePolicy",
            "is only for roles of an AWS service, and IAM does not attach it to others",
        ),
        ("AWSCloudTrailFullAccess", "is a policy that AWS has deprecated and that cannot be attached again"),
        ("NothingLikeThisAtAll", "look for it in `aws iam list-policies`"),
    ],
)
def test_a_policy_that_cannot_be_attached_is_told(name: str, what: str) -> None:
    [line] = told(f"arn:aws:iam::aws:policy/{name}")
    assert what in line


def test_policies_of_accounts_are_nobodys_business() -> None:
    assert told("arn:aws:iam::111122223333:policy/AmazonS3ReadOnlyAcess") == []


def test_partitions_have_the_same_names() -> None:
    assert told("arn:aws-cn:iam::aws:policy/AmazonS3ReadOnlyAccess", "cn-north-1") == []
    assert len(told("arn:aws-cn:iam::aws:policy/AmazonS3Readonly", "cn-north-1")) == 1


def test_the_nearest_is_of_the_list() -> None:
    assert instead_of("AmazonEBSCSIDriverPolicy") == "service-role/AmazonEBSCSIDriverPolicy"
    assert instead_of("x" * 64) is None
