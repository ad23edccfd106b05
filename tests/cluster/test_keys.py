"""KMS keys of a cluster's own: who administers and uses them, and what they are called."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from eks_blueprints import Blueprint, BlueprintArgs
from eks_blueprints.cluster.parts import EncryptionArgs
from eks_blueprints.core.errors import problems_of
from eks_blueprints.review.diff import diff_plans
from eks_blueprints.testing import Recorded, record

KEY = "aws:kms/key:Key"
ALIAS = "aws:kms/alias:Alias"
ROLE = "arn:aws:iam::111122223333:role/"
AWS_KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def made(encryption: Mapping[str, Any], **cluster: Any) -> Recorded:
    fields = {"version": "1.34", "endpoint_access": {"o": {"cidr": "10.0.0.0/8"}}, "encryption_config": encryption}
    said = {"region": "eu-west-1", "cluster": {**fields, **cluster}, "core_addons": []}
    args = BlueprintArgs.model_validate(said)
    return record(lambda: Blueprint("shop", args)).is_valid()


def statements(found: Recorded, name: str = "shop-cluster-key") -> dict[str, dict[str, Any]]:
    document = json.loads(str(found.one(KEY, name).inputs["policy"]))
    return {each.get("Sid", ""): each for each in document["Statement"]}


def test_a_key_of_which_nothing_is_said_has_the_policy_of_aws() -> None:
    assert "policy" not in made({}).one(KEY).inputs


def test_who_administers_and_uses_a_key() -> None:
    said: dict[str, Any] = {"administrators": [ROLE + "a"], "users": [ROLE + "u"], "service_users": [ROLE + "s"]}
    more: dict[str, Any] = {"sid": "Audit", "principals": {"Service": ["config.amazonaws.com"]}}
    more["actions"] = ["kms:DescribeKey"]
    more["conditions"] = {"StringEquals": {"aws:SourceAccount": ["111122223333"]}}
    found = statements(made({**said, "policy_statements": [more]}))
    assert list(found) == ["Owners", "Administrators", "Users", "ServiceUsers", "ServiceGrants", "Audit"]
    assert found["Owners"]["Principal"]["AWS"][0].endswith(":root")
    assert found["Owners"]["Action"] == ["kms:*"]
    assert found["Administrators"]["Principal"] == {"AWS": [ROLE + "a"]}
    assert "kms:Decrypt" not in found["Administrators"]["Action"]
    assert "kms:PutKeyPolicy" not in found["Users"]["Action"]
    assert found["ServiceUsers"]["Principal"] == {"AWS": [ROLE + "s"]}
    assert found["ServiceGrants"]["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    assert found["Audit"]["Principal"] == {"Service": ["config.amazonaws.com"]}
    assert found["Audit"]["Resource"] == "*"
    assert found["Audit"]["Condition"] == {"StringEquals": {"aws:SourceAccount": ["111122223333"]}}


def test_where_the_account_does_not_own_it_the_cluster_may_use_it() -> None:
    found = statements(made({"owners": [ROLE + "o"]}))
    assert found["Owners"]["Principal"] == {"AWS": [ROLE + "o"]}
    assert found["ServiceUsers"]["Principal"] == {"AWS": ["${shop-cluster-role.arn}"]}


def test_a_policy_is_taken_word_for_word() -> None:
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "kms:*"}]}
    assert json.loads(made({"policy": policy}).one(KEY).inputs["policy"]) == policy


def test_how_a_key_is_called_and_turns_over() -> None:
    said = {"aliases": ["shop/a", "b"], "description": "Mine", "multi_region": True, "enable_key_rotation": False}
    found = made({**said, "deletion_window_in_days": 7, "tags": {"a": "b"}})
    inputs = found.one(KEY).inputs
    assert (inputs["description"], inputs["multiRegion"], inputs["enableKeyRotation"]) == ("Mine", True, False)
    assert inputs["tags"]["a"] == "b"
    assert {each.name: each.inputs["name"] for each in found.all(ALIAS)} == {
        "shop-cluster-key-alias": "alias/eks/shop",
        "shop-cluster-key-alias-shop-a": "alias/shop/a",
        "shop-cluster-key-alias-b": "alias/b",
    }


def test_logs_have_a_key_that_cloudwatch_may_use_for_them_alone() -> None:
    found = made({}, log_group={"kms_key": {"administrators": [ROLE + "a"]}, "tags": {"x": "y"}})
    assert found.one("aws:cloudwatch/logGroup:LogGroup").inputs["kmsKeyId"] == "${shop-log-key.arn}"
    assert found.one("aws:cloudwatch/logGroup:LogGroup").inputs["tags"]["x"] == "y"
    logs = statements(found, "shop-log-key")["Logs"]
    assert logs["Principal"] == {"Service": "logs.eu-west-1.amazonaws.com"}
    assert logs["Condition"]["ArnEquals"]["kms:EncryptionContext:aws:logs:arn"].endswith(
        ":log-group:/aws/eks/shop/cluster"
    )


def test_a_key_for_several_regions_is_another_key() -> None:
    found = diff_plans(made({}).plan, made({"multi_region": True}).plan)
    assert {each.name: each.kind for each in found.resources}["shop-cluster-key"] == "replace"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"administrators": ["security"]}, "administrators[0]: is not a principal that a policy can name"),
        ({"users": ["*"]}, "users[0]: is not a principal"),
        ({"aliases": ["aws/x"]}, "aliases[0]: is not a valid alias"),
        ({"aliases": ["a/b", "a-b"]}, "aliases[1]: is too near to a/b"),
        ({"aliases": ["a", "a"]}, "aliases[1]: is too near to a"),
        ({"rotation_period_in_days": 100, "enable_key_rotation": False}, "rotation_period_in_days: is for rotation"),
        ({"policy": {}}, "policy: is not a valid policy document"),
        ({"policy": {"Statement": [{"a": 1}]}, "users": [ROLE + "a"]}, "users: is part of what policy replaces"),
        (
            {"policy_statements": [{"sid": "Users", "principals": {"AWS": ["*"]}, "actions": ["kms:*"]}]},
            "policy_statements[0].sid: exists already; got Users",
        ),
        (
            {"policy_statements": [{"sid": "A", "principals": {}, "actions": ["kms:*"]}]},
            "policy_statements[0].principals: needs a principal",
        ),
        (
            {"policy_statements": [{"sid": "A", "principals": {"Service": ["x"]}, "actions": ["kms:Get*"]}]},
            "policy_statements[0].principals.Service[0]: is not a service",
        ),
        (
            {"policy_statements": [{"principals": {"AWS": ["111122223333"]}, "actions": ["s3:Get*"]}]},
            "policy_statements[0].actions[0]: is not an action of kms; got s3:Get*; write one such as kms:Decrypt",
        ),
        ({"key_arn": AWS_KEY, "aliases": ["a"]}, "aliases: is for the cluster's own key"),
        ({"key_arn": AWS_KEY, "deletion_window_in_days": 7}, "deletion_window_in_days: is for the cluster's own key"),
    ],
)
def test_what_kms_would_refuse_is_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as error:
        EncryptionArgs.model_validate(fields)
    assert str(problems_of(error.value)[0]).startswith(message)
