"""Which account a platform is for: what its provider is told by the stack file and by the stack's settings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from pydantic import ValidationError

from eks_blueprints import Blueprint, BlueprintArgs
from eks_blueprints.core.errors import problems_of
from eks_blueprints.recording import ProgramError, record
from eks_blueprints.recording.recording import Recording

ROLE = "arn:aws:iam::444455556666:role/deployer"
SMALL: dict[str, Any] = {
    "region": "eu-west-1",
    "network": {
        "vpc_id": "vpc-0123456789abcdef0",
        "subnet_ids": {"private": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]},
    },
    "cluster": {"version": "1.35"},
    "core_addons": [],
}


def of(
    config: Mapping[str, Any] | None = None, secret: tuple[str, ...] = (), provider: Any = None, **fields: Any
) -> Recording:
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in (config or {}).items()}

    def program() -> None:
        opts = pulumi.ResourceOptions(providers=[provider()]) if provider else None
        made = Blueprint("shop", BlueprintArgs.model_validate(SMALL | fields), opts)
        pulumi.export("kubeconfig", pulumi.Output.unsecret(made.cluster.kubeconfig))
        pulumi.export("command", made.cluster.update_kubeconfig)

    return record(program, stack="prod", config=texts, secret_config_keys=secret)


def told(recording: Recording) -> dict[str, Any]:
    [provider] = [each for each in recording.plan().resources if each.type == "pulumi:providers:aws"]
    own = {"skipCredentialsValidation", "skipRegionValidation"}
    given = {key: value for key, value in provider.inputs.items() if key not in own}
    return {
        key: json.loads(value) if isinstance(value, str) and value[:1] in "[{" else value
        for key, value in given.items()
    }


def call(recording: Recording) -> dict[str, Any]:
    config = json.loads(recording.outputs["kubeconfig"])
    return dict(config["users"][0]["user"]["exec"])


def refused(config: Mapping[str, Any], **fields: Any) -> str:
    with pytest.raises(ProgramError) as error:
        of(config, **fields)
    return str(error.value)


def test_nothing_said_is_nothing_told() -> None:
    recording = of()
    assert told(recording) == {"region": "eu-west-1"}
    assert call(recording)["args"][-2:] == ["--output", "json"]
    assert call(recording)["env"] == []


def test_settings_of_the_stack_reach_the_provider() -> None:
    recording = of(
        {
            "aws:region": "eu-west-1",
            "aws:profile": "acme",
            "aws:allowedAccountIds": ["444455556666"],
            "aws:assumeRoles": [{"roleArn": ROLE, "sessionName": "ci"}],
            "aws:ignoreTags": {"keyPrefixes": ["backup:"]},
            "aws:maxRetries": "40",
        }
    )
    assert told(recording) == {
        "region": "eu-west-1",
        "profile": "acme",
        "allowedAccountIds": ["444455556666"],
        "assumeRoles": [{"roleArn": ROLE, "sessionName": "ci"}],
        "ignoreTags": {"keyPrefixes": ["backup:"]},
        "maxRetries": "40",
    }


def test_the_account_of_a_stack_file_reaches_the_provider() -> None:
    account = {"role_arn": ROLE, "session_name": "ci", "external_id": "acme-1", "profile": "acme"}
    recording = of(account=account)
    assert told(recording) == {
        "region": "eu-west-1",
        "profile": "acme",
        "allowedAccountIds": ["444455556666"],
        "assumeRoles": [{"roleArn": ROLE, "sessionName": "ci", "externalId": "acme-1"}],
    }
    assert call(recording)["args"][-4:] == ["--role-arn", ROLE, "--profile", "acme"]
    assert recording.outputs["command"].endswith(f"--role-arn {ROLE} --profile acme")


def test_both_may_say_the_same() -> None:
    config = {"aws:assumeRoles": [{"roleArn": ROLE, "duration": "1h"}], "aws:forbiddenAccountIds": ["111122223333"]}
    found = told(of(config, account={"id": "444455556666", "role_arn": ROLE}))
    assert found["assumeRoles"] == [{"roleArn": ROLE, "duration": "1h"}]
    assert found["allowedAccountIds"] == ["444455556666"]
    assert "forbiddenAccountIds" not in found  # the provider takes one of the two


def test_default_tags_reach_what_is_tagged_in_code_and_the_platforms_win() -> None:
    recording = of({"aws:defaultTags": {"tags": {"owner": "ops", "env": "x"}}}, tags={"env": "prod"})
    assert told(recording)["defaultTags"] == {"tags": {"env": "prod", "owner": "ops"}}
    [cluster] = [each for each in recording.plan().resources if each.type == "aws:eks/cluster:Cluster"]
    assert cluster.inputs["tags"] == {"env": "prod", "owner": "ops"}


def test_secret_settings_stay_secret() -> None:
    config = {"aws:accessKey": "AKIA", "aws:secretKey": "hush", "aws:defaultTags": {"tags": {"owner": "hush"}}}
    recording = of(config, tuple(config), tags={"env": "prod"})
    assert "hush" not in recording.plan().to_json()
    assert told(recording)["secretKey"] == {"$secret": True}
    assert "AKIA" not in recording.outputs["kubeconfig"]  # whoever reads it has an identity of their own


def test_the_plugin_that_a_stack_asks_for_is_used() -> None:
    [provider] = [
        r for r in of({"aws:version": "7.40.0"}).plan().resources if r.type == "pulumi:providers:aws"
    ]  # fmt: skip
    assert provider.options["version"] == "7.40.0"


@pytest.mark.parametrize(
    ("config", "account", "said"),
    [
        ({"region": "us-east-1"}, None, 'region: is not aws:region of Pulumi.prod.yaml; got "eu-west-1" and "us-east'),
        (
            {"profile": "b"},
            {"profile": "a"},
            'account.profile: is not aws:profile of Pulumi.prod.yaml; got "a" and "b"',
        ),
        (
            {"allowedAccountIds": ["111122223333"]},
            {"id": "444455556666"},
            "account.id: is not one of aws:allowedAccountIds",
        ),
        ({"forbiddenAccountIds": ["444455556666"]}, {"role_arn": ROLE}, "account.role_arn: is one of aws:forbidden"),
        ({"assumeRoles": [{"roleArn": ROLE}]}, {"id": "111122223333"}, "roleArn: is a role of another account"),
        (
            {"assumeRoles": [{"roleArn": f"{ROLE}2"}]},
            {"role_arn": ROLE},
            "account.role_arn: is not roleArn of aws:assum",
        ),
        ({"assumeRoles": [{"sessionName": "ci"}]}, None, "config.aws:assumeRoles[0].roleArn: is required"),
        ({"assumeRoles": [{"roleArn": ROLE.replace("aws", "aws-cn", 1)}]}, None, "role of another partition"),
        (
            {"assumeRoles": [{"roleArn": ROLE}], "allowedAccountIds": ["111122223333"]},
            None,
            "Pulumi.prod.yaml: config.aws:assumeRoles[0].roleArn: is a role of another account",
        ),
        (
            {"allowedAccountIds": ["444455556666"], "forbiddenAccountIds": ["111122223333"]},
            None,
            "config.aws:forbiddenAccountIds: cannot be combined with aws:allowedAccountIds",
        ),
        ({"assumeRoleWithWebIdentity": {"roleArn": ROLE}}, {"id": "111122223333"}, "is a role of another account"),
        ({"defaultTags": {"tags": {f"k{n}": "v" for n in range(50)}}}, None, "tags: are more than 50 tags"),
    ],
)
def test_what_differs_is_refused(config: dict[str, Any], account: Any, said: str) -> None:
    more = {"tags": {"env": "prod"}} | ({"account": account} if account else {})
    assert said in refused({f"aws:{key}": value for key, value in config.items()}, **more)


@pytest.mark.parametrize(
    ("account", "said"),
    [
        ({}, "account: is empty"),
        ({"id": "4444"}, "account.id: is not a valid id of an AWS account"),
        ({"id": 444455556666}, "account.id: needs text; got 444455556666; quote it"),
        ({"id": "111122223333", "role_arn": ROLE}, "account.role_arn: is a role of another account"),
        ({"id": "111122223333", "session_name": "ci"}, "account.session_name: is for the role that is assumed"),
        ({"role_arn": ROLE, "session_name": "a b"}, "account.session_name: is refused by AWS"),
        ({"role_arn": ROLE.replace("aws", "aws-us-gov", 1)}, "account.role_arn: is a role of another partition"),
        ({"profile": "a b"}, "account.profile: is not a valid name of a profile"),
    ],
)
def test_an_account_that_cannot_be_is_refused(account: Any, said: str) -> None:
    with pytest.raises(ValidationError) as error:
        BlueprintArgs.model_validate(SMALL | {"account": account})
    assert any(str(problem).startswith(said) for problem in problems_of(error.value)), error.value


def test_an_external_id_is_doubtful_without_a_profile_that_sends_it() -> None:
    account = {"role_arn": ROLE, "external_id": "acme-1"}
    args = BlueprintArgs.model_validate(SMALL | {"account": account})
    assert any("cannot be sent by the AWS CLI" in warning.message for warning in args.warnings)
    chosen = {"version": "1.35", "kubeconfig": {"profile": "deployer"}}
    args = BlueprintArgs.model_validate(SMALL | {"account": account, "cluster": chosen})
    assert not any("cannot be sent by the AWS CLI" in warning.message for warning in args.warnings)


def test_a_profile_for_kubernetes_has_the_last_word() -> None:
    cluster = {"version": "1.35", "kubeconfig": {"profile": "deployer"}}
    assert call(of(account={"role_arn": ROLE}, cluster=cluster))["args"][-2:] == ["--profile", "deployer"]
    other = ROLE.replace("deployer", "admin")
    cluster = {"version": "1.35", "kubeconfig": {"role_arn": other}}
    recording = of(account={"role_arn": ROLE, "profile": "acme"}, cluster=cluster)
    assert call(recording)["args"][-4:] == ["--role-arn", other, "--profile", "acme"]


def test_a_web_identity_is_told_to_the_cli() -> None:
    web = {"roleArn": ROLE, "webIdentityTokenFile": "/run/token", "sessionName": "ci"}
    assert call(of({"aws:assumeRoleWithWebIdentity": web}))["env"] == [
        {"name": "AWS_ROLE_ARN", "value": ROLE},
        {"name": "AWS_ROLE_SESSION_NAME", "value": "ci"},
        {"name": "AWS_WEB_IDENTITY_TOKEN_FILE", "value": "/run/token"},
    ]


def test_a_provider_of_ones_own_gives_its_role() -> None:
    def provider() -> aws.Provider:
        roles = [aws.ProviderAssumeRoleArgs(role_arn=ROLE.replace("deployer", "hub")), {"role_arn": ROLE}]
        return aws.Provider("mine", region="eu-west-1", profile="acme", assume_roles=roles)

    recording = of(provider=provider)
    assert call(recording)["args"][-4:] == ["--role-arn", ROLE, "--profile", "acme"]
    [kubernetes] = [r for r in recording.plan().resources if r.type == "pulumi:providers:kubernetes"]
    assert not any(urn.endswith("::mine") for urn in kubernetes.dependencies)


def test_settings_are_not_those_of_a_provider_of_ones_own() -> None:
    def provider() -> aws.Provider:
        return aws.Provider("mine", region="eu-west-1")

    recording = of({"aws:profile": "acme"}, provider=provider)
    assert told(recording) == {"region": "eu-west-1"}
    assert call(recording)["args"][-2:] == ["--output", "json"]
    with pytest.raises(ProgramError, match="account: is for the platform's own AWS provider"):
        of(provider=provider, account={"id": "444455556666"})


def test_arns_of_a_recording_are_of_the_account() -> None:
    def program() -> None:
        made = Blueprint("shop", BlueprintArgs.model_validate(SMALL | {"account": {"id": "444455556666"}}))
        who = aws.get_caller_identity_output(opts=pulumi.InvokeOutputOptions(parent=made.network))
        pulumi.export("arn", who.arn)

    assert record(program).outputs["arn"] == "arn:aws:iam::444455556666:root"
