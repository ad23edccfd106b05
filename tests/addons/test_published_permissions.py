"""What add-ons may do in AWS, against what their projects publish at the pinned version."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.addons.base import AddOn
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.iam_match import matches
from eks_blueprints.core.refs import ClusterRef
from eks_blueprints.karpenter.permissions import Scope
from eks_blueprints.karpenter.permissions import permissions as of_karpenter
from eks_blueprints.reference.addon_facts import classes, example_cluster, samples
from eks_blueprints.testing import record

_HERE = Path(__file__).parent
TABLE: dict[str, Any] = json.loads((_HERE / "published_permissions.json").read_text(encoding="utf-8"))
REASONS: dict[str, Any] = tomllib.loads((_HERE / "permission_reasons.toml").read_text(encoding="utf-8"))
SCOPE = Scope(
    partition="aws",
    region="eu-west-1",
    account="111122223333",
    cluster="shop",
    queue_arn="arn:aws:sqs:eu-west-1:111122223333:shop",
    node_role_arns=("arn:aws:iam::111122223333:role/nodes",),
)
FULLEST: dict[str, dict[str, Any]] = REASONS["fullest"]
"""Fields with which an add-on may do all that it can."""


def actions_of(allowed: list[Allow]) -> set[str]:
    return {action for allow in allowed for action in allow.actions}


def permissions(spec: AddOn, cluster: ClusterRef) -> list[Allow]:
    """What an add-on allows; asked in a program, whose event loop the outputs in it need."""
    found: list[Allow] = []
    record(lambda: found.extend(spec.permissions(cluster)))
    return found


@cache
def ours(kind: str) -> frozenset[str]:
    """The actions that an add-on allows, with those of AWS's own policies that it attaches."""
    if kind == "karpenter":
        return frozenset(action for document in of_karpenter(SCOPE).values() for action in actions_of(list(document)))
    cls: Any = classes()[kind]
    spec: AddOn = cls.model_validate(samples().get(kind, {}) | FULLEST.get(kind, {}))
    cluster = example_cluster()
    found = actions_of(permissions(spec, cluster))
    for name in spec.managed_policies(cluster.ground).values():
        found |= set(TABLE["managed"][name])
    return frozenset(found)


def published(kind: str) -> set[str]:
    """The actions that the project names itself."""
    return set(TABLE["published"][kind]["actions"])


def recommended(kind: str) -> set[str]:
    """Those, and those of AWS's own policies that the project names."""
    return published(kind).union(*(TABLE["managed"].get(name, ()) for name in TABLE["published"][kind]["managed"]))


def missing(kind: str) -> set[str]:
    """What the project publishes one by one and we do not allow; a wildcard names nothing that is called."""
    return {each for each in published(kind) if "*" not in each and not any(matches(own, each) for own in ours(kind))}


def broader(kind: str) -> set[str]:
    """What we allow and the project does not publish."""
    if "PowerUserAccess" in TABLE["published"][kind]["managed"]:  # all but IAM's
        return {each for each in ours(kind) if each.startswith(("iam:", "organizations:"))}
    return {each for each in ours(kind) if not any(matches(theirs, each) for theirs in recommended(kind))}


@pytest.mark.parametrize("kind", sorted(TABLE["published"]))
def test_what_is_missing_has_a_reason(kind: str) -> None:
    assert sorted(missing(kind)) == sorted(REASONS["missing"].get(kind, {}))


@pytest.mark.parametrize("kind", sorted(TABLE["published"]))
def test_what_is_broader_has_a_reason(kind: str) -> None:
    assert sorted(broader(kind)) == sorted(REASONS["broader"].get(kind, {}))


def test_what_is_named_is_all_that_is_given() -> None:
    """A destination of access logs is named before its policy may be changed."""
    cls = classes()["aws_gateway_api_controller"]
    least = actions_of(permissions(cls.model_validate({}), example_cluster()))
    assert "logs:PutResourcePolicy" in least
    assert "s3:PutBucketPolicy" not in least
    assert "s3:PutBucketPolicy" in ours("aws_gateway_api_controller")


def test_reasons_are_texts() -> None:
    for part in ("missing", "broader"):
        for found in REASONS[part].values():
            assert all(isinstance(reason, str) and len(reason) > 10 for reason in found.values())


def test_the_table_knows_those_that_call_aws_most() -> None:
    kinds = {"aws_load_balancer_controller", "aws_ebs_csi_driver", "karpenter", "external_dns", "external_secrets"}
    assert all(recommended(kind) for kind in kinds)
    assert sum(kind.startswith("ack_") for kind in TABLE["published"]) > 30
