"""Karpenter's queue, rules and further permissions, and several clusters in one account."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from eks_blueprints.blueprint.blueprint import Blueprint
from eks_blueprints.blueprint.spec import BlueprintArgs
from eks_blueprints.compute.karpenter import Karpenter
from eks_blueprints.core.errors import problems_of
from eks_blueprints.recording import record
from eks_blueprints.review.diff.identity import UNIQUE
from eks_blueprints.testing.recorded import Recorded
from tests.builders import recorded

KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def made(**fields: Any) -> Recorded:
    return recorded(Karpenter.model_validate(fields).attach)


def problems(**fields: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        Karpenter.model_validate(fields)
    return "\n".join(map(str, problems_of(caught.value)))


def statements(plan: Recorded, name: str) -> list[dict[str, Any]]:
    (found,) = [each for each in plan.all("RolePolicy") if each.name == name]
    text = found["policy"]
    return list((json.loads(text) if isinstance(text, str) else text)["Statement"])


def test_the_queue_has_a_name_and_a_key() -> None:
    queue = {"name": "shop-karpenter", "kms_master_key_id": KEY, "kms_data_key_reuse_period_seconds": 600}
    plan = made(queue=queue)
    found = plan.one("sqs.Queue").lacks("sqsManagedSseEnabled").lacks("namePrefix")
    found.has(name="shop-karpenter", kmsMasterKeyId=KEY, kmsDataKeyReusePeriodSeconds=600)
    (allowed,) = statements(plan, "shop-karpenter-controller-role-policy")
    assert (allowed["Action"], allowed["Resource"]) == (["kms:Decrypt"], [KEY])


def test_the_queue_has_a_key_of_its_own() -> None:
    plan = made(queue={"kms_key": {"users": ["arn:aws:iam::111122223333:role/ops"]}})
    plan.one("sqs.Queue").lacks("sqsManagedSseEnabled").has(kmsMasterKeyId="${shop-karpenter-queue-key.arn}")
    said = {each["Sid"]: each for each in plan.one("kms.Key")["policy.Statement"]}
    assert said["Notices"]["Principal"] == {"Service": "events.amazonaws.com"}
    assert said["Notices"]["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"]
    (allowed,) = statements(plan, "shop-karpenter-controller-role-policy")
    assert (allowed["Action"], allowed["Resource"]) == (["kms:Decrypt"], ["${shop-karpenter-queue-key.arn}"])


def test_its_policy_takes_further_statements_after_its_own() -> None:
    more = {
        "principals": {"AWS": ["arn:aws:iam::444455556666:role/ops"]},
        "actions": ["sqs:GetQueueAttributes"],
        "conditions": {"StringEquals": {"aws:PrincipalOrgID": ["o-1234567890"]}},
    }
    text = made(queue={"policy_statements": [more]}).one("QueuePolicy")["policy"]
    found = (json.loads(text) if isinstance(text, str) else text)["Statement"]
    assert [each.get("Sid") for each in found] == ["EC2InterruptionPolicy", "DenyHTTP", None]
    assert found[2]["Condition"] == more["conditions"]


def test_rules_are_named_by_a_prefix() -> None:
    names = {each["namePrefix"] for each in made(rule_name_prefix="Karpenter").all("EventRule")}
    assert "Karpenter-spot-interruption-" in names
    assert all(len(name) + 26 <= 64 for name in names)


def test_controller_and_nodes_may_do_more() -> None:
    allow = {"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::shop/*"]}
    plan = made(controller_iam_role={"allow": [allow]}, node_iam_role={"allow": [allow]})
    for role in ("controller-role", "node-role"):
        assert statements(plan, f"shop-karpenter-{role}-policy")[0]["Action"] == ["s3:GetObject"]
    assert not [each for each in made().all("RolePolicy") if each.name.endswith("role-policy")]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"queue": {"name": "a.fifo"}}, "queue.name: is not a valid name of a queue"),
        (
            {"queue": {"kms_key": {}, "kms_master_key_id": KEY}},
            "queue.kms_key: cannot be combined with kms_master_key_id",
        ),
        ({"queue": {"kms_data_key_reuse_period_seconds": 60}}, "is for a queue with a KMS key"),
        ({"queue": {"kms_master_key_id": "alias/x"}}, "queue.kms_master_key_id: is not a valid ARN of a KMS key"),
        ({"rule_name_prefix": "a" * 15}, "rule_name_prefix: is not a valid prefix of names of rules"),
        (
            {"queue": {"policy_statements": [{"principals": {"AWS": ["1"]}, "actions": ["sqs:SendMessage"]}]}},
            "queue.policy_statements[0].principals.AWS[0]: is not a principal that a policy can name",
        ),
        (
            {"queue": {"policy_statements": [{"principals": {"AWS": ["*"]}, "actions": ["s3:GetObject"]}]}},
            "queue.policy_statements[0].actions[0]: is not an action of sqs",
        ),
        (
            {"queue": {"policy_statements": [{"sid": "DenyHTTP", "principals": {"AWS": ["*"]}, "actions": ["sqs:*"]}]}},
            "queue.policy_statements[0].sid: exists already",
        ),
    ],
)
def test_mistakes_are_told_where_they_stand(fields: dict[str, Any], said: str) -> None:
    assert said in problems(**fields)


def test_two_platforms_in_one_account_share_no_physical_name() -> None:
    """Names that are given, and those that Pulumi makes up out of logical ones."""

    def names(platform: str) -> set[tuple[Any, ...]]:
        args = BlueprintArgs.model_validate(
            {
                "region": "eu-west-1",
                "cluster": {"version": "1.35", "endpoint_access": {"vpn": {"cidr": "172.31.0.0/16"}}},
                "compute": {
                    "system": {"kind": "managed_nodes"},
                    "karpenter": {},
                    "batch": {"kind": "fargate", "selectors": [{"namespace": "batch"}]},
                    "own": {"kind": "self_managed_nodes", "image": {"id": "ami-0123456789abcdef0"}},
                },
                "addons": {
                    "vpc_cni": {},
                    "eks_pod_identity_agent": {},
                    "aws_ebs_csi_driver": {},
                    "cluster_autoscaler": {},
                },
            }
        )
        found = set()
        for each in record(lambda: Blueprint(platform, args)).plan().resources:
            keys = UNIQUE.get(each.type, ())
            if each.type.startswith("aws:") and keys:
                said = tuple(str(each.inputs.get(key)) for key in keys if each.inputs.get(key) is not None)
                found.add((each.type, *(said or (each.inputs.get("namePrefix") or each.name,))))
        return found

    one, other = names("prod"), names("staging")
    assert len(one) > 20
    assert one & other == set()
