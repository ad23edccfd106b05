"""Policies that the provider would compute are computed."""

import json

import pulumi
import pulumi_aws as aws

from eks_blueprints.recording import record
from eks_blueprints.recording.policy_document import policy_document


def test_a_program_gets_its_policy_as_text(quick: bool) -> None:
    def program() -> None:
        topic = aws.sns.Topic("t")
        document = aws.iam.get_policy_document_output(
            statements=[
                aws.iam.GetPolicyDocumentStatementArgs(
                    sid="Publish",
                    actions=["sns:Publish", "sns:Subscribe"],
                    resources=[topic.arn],
                    principals=[
                        aws.iam.GetPolicyDocumentStatementPrincipalArgs(type="AWS", identifiers=["arn:b", "arn:c"])
                    ],
                )
            ]
        )
        aws.iam.Policy("p", policy=document.json)

    recording = record(program, quick=quick)
    policy = next(each for each in recording.resources if each.name == "p")
    assert json.loads(policy.inputs["policy"]) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Publish",
                "Effect": "Allow",
                "Action": ["sns:Subscribe", "sns:Publish"],
                "Resource": "${t.arn}",
                "Principal": {"AWS": ["arn:c", "arn:b"]},
            }
        ],
    }
    assert list(policy.request.dependencies) == [recording.resources[1].urn]


def test_literals_are_read_in_pythons_spelling() -> None:
    answer = policy_document(
        {
            "policy_id": "x",
            "statements": [
                {
                    "effect": "Deny",
                    "not_actions": ["a:B"],
                    "resources": ["arn:&{aws:username}", "arn:<x>"],
                    "principals": [{"type": "*", "identifiers": ["*"]}],
                    "conditions": [
                        {"test": "StringLike", "variable": "v", "values": ["b", "a"]},
                        {"test": "StringLike", "variable": "u", "values": ["&{aws:x}"]},
                    ],
                }
            ],
        }
    )
    assert answer["minifiedJson"] == (
        '{"Version":"2012-10-17","Id":"x","Statement":[{"Effect":"Deny","NotAction":"a:B",'
        '"Resource":["arn:\\u003cx\\u003e","arn:${aws:username}"],"Principal":"*",'
        '"Condition":{"StringLike":{"u":"${aws:x}","v":["b","a"]}}}]}'
    )
    assert json.loads(answer["json"]) == json.loads(answer["minifiedJson"])


def test_what_only_the_provider_can_tell_is_symbolic(quick: bool) -> None:
    def program() -> None:
        merged = aws.iam.get_policy_document(source_policy_documents=["{}"])
        pulumi.export("json", merged.json)

    assert str(record(program, quick=quick).outputs["json"]).startswith("${getPolicyDocument(")
