"""The settings `aws:...` of a stack, read as what the AWS provider takes."""

from __future__ import annotations

import inspect
import json

import pulumi_aws as aws
import pytest

from eks_blueprints.core import aws_config
from eks_blueprints.core.aws_config import Setting, argument, settings
from eks_blueprints.core.errors import dotted


def wrong(texts: dict[str, object], *secret: str) -> list[str]:
    found = {key: value if isinstance(value, str) else json.dumps(value) for key, value in texts.items()}
    return [f"{dotted(problem.path)}: {problem.message}" for problem in settings(found, secret)[1]]


def test_the_table_has_every_argument_of_the_provider() -> None:
    taken = set(inspect.signature(aws.ProviderArgs.__init__).parameters) - {"__self__"}
    assert {argument(name) for name in aws_config.FORMS} == taken
    nested = {
        "assumeRoles": aws.ProviderAssumeRoleArgs,
        "assumeRoleWithWebIdentity": aws.ProviderAssumeRoleWithWebIdentityArgs,
        "defaultTags": aws.ProviderDefaultTagsArgs,
        "ignoreTags": aws.ProviderIgnoreTagsArgs,
    }
    for name, cls in nested.items():
        form = aws_config.FORMS[name]
        fields = form[0] if isinstance(form, list) else form
        assert {argument(field) for field in fields} == set(inspect.signature(cls.__init__).parameters) - {"__self__"}


def test_each_form_is_read() -> None:
    found, problems = settings(
        {
            "aws:profile": "acme",
            "aws:insecure": "true",
            "aws:maxRetries": "7",
            "aws:allowedAccountIds": "[444455556666]",
            "aws:assumeRoles": '[{"roleArn":"arn:aws:iam::444455556666:role/deployer","tags":{"cost":12}}]',
            "aws:endpoints": '[{"s3":"http://localhost:4566"}]',
            "aws:secretKey": "hush",
            "shop:region": "not ours",
        },
        {"aws:secretKey"},
    )
    assert not problems
    assert {name: each.value for name, each in found.items()} == {
        "profile": "acme",
        "insecure": True,
        "maxRetries": 7,
        "allowedAccountIds": ["444455556666"],
        "assumeRoles": [{"roleArn": "arn:aws:iam::444455556666:role/deployer", "tags": {"cost": "12"}}],
        "endpoints": [{"s3": "http://localhost:4566"}],
        "secretKey": "hush",
    }
    assert found["secretKey"].secret


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("profil", "a", 'no such setting of the AWS provider; got "profil"; did you mean profile?'),
        ("assumeRole", {"roleArn": "x"}, "is a list as of version 7 of the provider"),
        ("insecure", "yes", 'needs true or false; got "yes"; write one of them'),
        ("maxRetries", "many", 'needs a whole number; got "many"; write digits'),
        ("allowedAccountIds", "444455556666", "needs a list; got 444455556666; write aws:allowedAccountIds: [...]"),
        ("allowedAccountIds", ["4444"], "[0]: is not a valid id of an AWS account"),
        ("assumeRoles", [{"arn": "x"}], 'no such field; got "arn"; did you mean roleArn?'),
        ("assumeRoles", [{"roleArn": "deployer"}], "[0].roleArn: is not a valid ARN of a role"),
        ("assumeRoles", ["arn:aws:iam::444455556666:role/deployer"], "needs a mapping"),
        ("defaultTags", {"tags": {"aws:x": "y"}}, "has a key that AWS reserves"),
        ("defaultTags", {"tags": {"owner": None}}, ".tags.owner: needs text; got null; put it in quotes"),
        ("defaultTags", {"owner": "y"}, 'no such field; got "owner"; known are tags'),
    ],
)
def test_what_is_wrong_is_said(key: str, value: object, said: str) -> None:
    [message] = wrong({f"aws:{key}": value})
    assert message.startswith(f"config.aws:{key}")
    assert said in message


def test_a_secret_is_never_shown() -> None:
    messages = wrong({"aws:maxRetries": "hush", "aws:tokn": "hush"}, "aws:maxRetries", "aws:tokn")
    assert len(messages) == 2
    assert not any("hush" in message for message in messages)


def test_what_is_encrypted_offline_is_left_alone() -> None:
    found, problems = settings({"aws:assumeRoles": "${config.aws:assumeRoles}"}, {"aws:assumeRoles"})
    assert not problems
    assert found == {"assumeRoles": Setting("${config.aws:assumeRoles}", secret=True, opaque=True)}
