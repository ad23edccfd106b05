"""What the roles of CodePipeline may do: a linter takes every document, and nothing known is left open."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from eks_blueprints.testing.recorded import Recorded
from tests.pipelines.api import known
from tests.pipelines.aws import ACCOUNT, BASE, RELEASE, RUN, SOURCE, recorded, whole

NO_RESOURCES = {
    "ecr:GetAuthorizationToken",
    *(f"ec2:Describe{what}" for what in ("DhcpOptions", "NetworkInterfaces", "SecurityGroups", "Subnets", "Vpcs")),
}
"""Actions that know no resources. Source: Service Authorization Reference, read 2026-11-30."""


@pytest.fixture(scope="module")
def stack() -> Recorded:
    return whole()


def documents(stack: Recorded) -> Iterator[tuple[str, dict[str, Any]]]:
    for kind in ("iam.RolePolicy", "iam.Policy"):
        for each in stack.all(kind):
            yield each.name, json.loads(known(each["policy"]))


def statements(stack: Recorded, role: str) -> list[dict[str, Any]]:
    return list(json.loads(known(stack.one("iam.RolePolicy", role)["policy"]))["Statement"])


def trust(stack: Recorded, role: str) -> dict[str, Any]:
    (found,) = json.loads(known(stack.one("iam.Role", role)["assumeRolePolicy"]))["Statement"]
    return dict(found)


def test_iam_would_take_every_document(stack: Recorded) -> None:
    parliament = pytest.importorskip("parliament")
    for name, document in documents(stack):
        policy = parliament.analyze_policy_string(json.dumps(document), include_community_auditors=False)
        young = {"UNKNOWN_ACTION", "UNKNOWN_PREFIX"}  # actions younger than its table
        wrong = [finding for finding in policy.findings if finding.issue not in young]
        assert not wrong, name + "".join(f"\n{finding.issue}: {finding.detail}" for finding in wrong)


def test_only_actions_without_resources_are_on_everything(stack: Recorded) -> None:
    for name, document in documents(stack):
        for statement in document["Statement"]:
            assert not any("*" in action.removesuffix("*") for action in statement["Action"]), name
            if "*" in statement["Resource"]:
                assert set(statement["Action"]) <= NO_RESOURCES, name


def test_every_arn_names_what_it_is_of(stack: Recorded) -> None:
    """A `*` stands at the end alone: for objects of one pipeline, streams of one group, interfaces of a network."""
    for name, document in documents(stack):
        for statement in document["Statement"]:
            for arn in statement["Resource"]:
                assert "*" not in arn.removesuffix("*") or arn == "*", f"{name}: {arn}"
                if arn.endswith("*") and arn != "*":
                    kinds = ("arn:aws:s3:::sample/", "arn:aws:logs:", "arn:aws:ec2:")
                    assert arn.startswith(kinds), f"{name}: {arn}"


def test_each_stage_has_a_role_that_its_own_project_alone_can_take_on(stack: Recorded) -> None:
    assert trust(stack, "ci-web-build-role") == {
        "Action": ["sts:AssumeRole"],
        "Condition": {
            "StringEquals": {
                "aws:SourceAccount": ACCOUNT,
                "aws:SourceArn": f"arn:aws:codebuild:eu-west-1:{ACCOUNT}:project/ci-web-build",
            }
        },
        "Effect": "Allow",
        "Principal": {"Service": "codebuild.amazonaws.com"},
    }
    assert trust(stack, "ci-web-there-role")["Condition"]["StringEquals"]["aws:SourceArn"] == (
        f"arn:aws:codebuild:eu-central-1:{ACCOUNT}:project/ci-web-there"
    )


def test_only_the_rules_of_a_pipeline_can_start_it_by_its_role(stack: Recorded) -> None:
    asked = trust(stack, "ci-nightly-events-role")["Condition"]["StringEquals"]

    assert asked["aws:SourceAccount"] == ACCOUNT
    assert len(asked["aws:SourceArn"]) == 3


def test_a_stage_without_an_environment_has_no_way_into_a_cluster(stack: Recorded) -> None:
    actions = {action for each in statements(stack, "ci-web-build-role") for action in each["Action"]}

    assert not any(action.startswith(("eks:", "sts:", "secretsmanager:")) for action in actions)


def test_a_stage_assumes_the_role_of_another_account_and_has_no_access_entry(stack: Recorded) -> None:
    found = statements(stack, "ci-web-elsewhere-role")

    assert {
        "Effect": "Allow",
        "Action": ["sts:AssumeRole"],
        "Resource": ["arn:aws:iam::444455556666:role/deploy"],
    } in found
    stack.none("eks.AccessEntry")


def test_the_pipeline_starts_its_own_projects_alone(stack: Recorded) -> None:
    start = [each for each in statements(stack, "ci-web-pipeline-role") if "codebuild:StartBuild" in each["Action"]]

    assert [arn.rpartition("/")[2] for arn in start[0]["Resource"]] == [
        *("ci-web-joined", "ci-web-build", "ci-web-try-it", "ci-web-there", "ci-web-elsewhere"),
    ]
    batch = [
        each for each in statements(stack, "ci-web-pipeline-role") if "codebuild:StartBuildBatch" in each["Action"]
    ]
    assert [arn.rpartition("/")[2] for arn in batch[0]["Resource"]] == ["ci-web-shard", "ci-web-lint"]


def test_the_pipeline_of_pull_requests_can_start_nothing_that_deploys(stack: Recorded) -> None:
    found = statements(stack, "ci-web-pipeline-pull-requests-role")
    projects = [arn for each in found for arn in each["Resource"] if ":project/" in arn]

    assert sorted(arn.rpartition("/")[2] for arn in projects) == [
        *("ci-web-build", "ci-web-joined", "ci-web-lint", "ci-web-shard"),
    ]


def test_an_older_connection_is_used_by_the_older_name(stack: Recorded) -> None:
    [use] = [each for each in statements(stack, "ci-legacy-pipeline-role") if "connection/" in each["Resource"][0]]

    assert use["Action"] == ["codestar-connections:UseConnection"]


def test_an_approval_is_allowed_on_exactly_its_action(stack: Recorded) -> None:
    (name, document), *_ = [each for each in documents(stack) if each[0].endswith("-approval")]

    assert name == "ci-web-approve-approval"
    assert document["Statement"][0] == {
        "Effect": "Allow",
        "Action": ["codepipeline:PutApprovalResult"],
        "Resource": [f"arn:aws:codepipeline:eu-west-1:{ACCOUNT}:ci-web/approve/approve"],
    }
    stack.one("iam.RolePolicyAttachment").has(role="release")


def test_a_role_of_identity_center_gets_no_attachment_but_a_policy_that_it_can_refer_to() -> None:
    reserved = f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_release_0123456789abcdef"
    stack = recorded({"web": {"approve": {"approvers": [reserved, RELEASE]}, "build": RUN}})

    stack.one("iam.RolePolicyAttachment").has(role="release")
    stack.one("iam.Policy").has(name="ci-web-approve-approval")


def test_who_deploys_gets_into_its_namespaces_and_nobody_else() -> None:
    deploys = {"kind": "tests.pipelines.kinds.Ship", "environment": "staging", **RUN}
    stack = recorded({"web": {"build": RUN, "ship": deploys}})

    stack.one("eks.AccessEntry").has(clusterName="shop-staging", type="STANDARD")
    association = stack.one("eks.AccessPolicyAssociation")
    association.has(accessScope={"type": "namespace", "namespaces": ["shop"]})
    assert association["policyArn"].endswith("/AmazonEKSEditPolicy")
    stack.one("codebuild.Project", "ship").waits_for(association)


def test_who_looks_at_a_cluster_can_change_nothing() -> None:
    looks = {"kind": "tests.pipelines.kinds.Look", "environment": "staging", **RUN}
    stack = recorded({"web": {"look": looks}})

    assert stack.one("eks.AccessPolicyAssociation")["policyArn"].endswith("/AmazonEKSViewPolicy")


def test_an_entry_is_made_in_the_region_of_the_cluster() -> None:
    there = {"cluster": "shop", "region": "eu-central-1", "namespaces": ["shop"]}
    deploys = {"kind": "tests.pipelines.kinds.Ship", "environment": "there", **RUN}
    stack = recorded({"web": {"ship": deploys}}, environments={**BASE["environments"], "there": there})

    stack.one("eks.AccessEntry").has(region="eu-central-1")
    stack.one("eks.AccessPolicyAssociation").has(region="eu-central-1")


def test_every_key_is_used_by_those_alone_that_need_it(stack: Recorded) -> None:
    for key in stack.all("kms.Key"):
        account, *others = json.loads(known(key["policy"]))["Statement"]
        assert account["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
        assert all(each["Condition"] for each in others)
        key.has(enableKeyRotation=True)


def test_buckets_take_only_tls_and_are_closed(stack: Recorded) -> None:
    for policy in stack.all("s3.BucketPolicy"):
        (deny,) = json.loads(known(policy["policy"]))["Statement"]
        assert deny["Effect"] == "Deny"
        assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert len(stack.all("s3.BucketPublicAccessBlock")) == len(stack.all("s3.Bucket")) == 2
    for each in stack.all("s3.Bucket"):
        each.lacks("forceDestroy")


def test_a_pipeline_without_a_cluster_needs_no_environment() -> None:
    stack = recorded({"web": {"source": SOURCE, "build": RUN}})

    stack.none("eks.AccessEntry").none("cloudwatch.EventRule").none("sns.Topic")


def test_commands_that_look_can_be_given_more() -> None:
    looks = {"kind": "verify", "environment": "staging", "policy": "edit", **RUN}
    stack = recorded({"web": {"smoke": looks}})

    assert stack.one("eks.AccessPolicyAssociation")["policyArn"].endswith("/AmazonEKSEditPolicy")


def test_a_parameter_is_a_secret_that_its_stage_alone_reads() -> None:
    arn = f"arn:aws:ssm:eu-west-1:{ACCOUNT}:parameter/shop/token"
    stack = recorded({"web": {"build": {**RUN, "secrets": {"TOKEN": arn}}}})

    [variable] = [
        each for each in stack.one("codebuild.Project")["environment.environmentVariables"] if each["name"] == "TOKEN"
    ]
    assert variable == {"name": "TOKEN", "value": "/shop/token", "type": "PARAMETER_STORE"}
    [statement] = [
        each
        for policy in stack.all("iam.RolePolicy")
        for each in json.loads(known(policy["policy"]))["Statement"]
        if "ssm:GetParameters" in each["Action"]
    ]
    assert (statement["Action"], statement["Resource"]) == (["ssm:GetParameter", "ssm:GetParameters"], [arn])
