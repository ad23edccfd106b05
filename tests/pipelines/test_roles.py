"""What the role of a stage may do."""

from __future__ import annotations

import json
from typing import Any

from eks_blueprints.core.iam import Allow, policy_document
from eks_blueprints.pipelines._environment import Environment
from eks_blueprints.pipelines._job import Job, Site
from eks_blueprints.pipelines._roles import enters, statements

ACCOUNT = "111122223333"
SECRET = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:npm-AbCdEf"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def said(environment: Environment | None = None, **job: Any) -> list[dict[str, Any]]:
    site = Site(pipeline="web", region="eu-west-1", partition="aws", account=ACCOUNT, environment=environment)
    found = statements(site, Job(commands=("make",), **job))
    return list(json.loads(str(policy_document(found)))["Statement"]) if found else []


def test_a_stage_without_needs_has_no_statement() -> None:
    assert said() == []


def test_a_secret_is_read_as_a_whole_whichever_value_is_used() -> None:
    found = said(secrets={"A": f"{SECRET}:token", "B": f"{SECRET}:user"})

    assert found == [{"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue"], "Resource": [SECRET]}]


def test_a_named_key_is_used_through_secrets_manager_alone() -> None:
    _, found = said(secrets={"A": SECRET}, secret_keys=(KEY,))

    assert found["Action"] == ["kms:Decrypt"]
    assert found["Resource"] == [KEY]
    assert found["Condition"] == {"StringEquals": {"kms:ViaService": ["secretsmanager.eu-west-1.amazonaws.com"]}}


def test_a_cluster_is_named_by_its_own_region_and_account() -> None:
    role = "arn:aws:iam::444455556666:role/deploy"
    assume, describe = said(Environment(cluster="shop", region="eu-central-1", deploy_role_arn=role))

    assert assume == {"Effect": "Allow", "Action": ["sts:AssumeRole"], "Resource": [role]}
    assert describe["Resource"] == ["arn:aws:eks:eu-central-1:444455556666:cluster/shop"]


def test_the_permissions_of_a_job_are_its_own() -> None:
    [found] = said(allowed=(Allow("s3:GetObject", on="arn:aws:s3:::charts/*"),))

    assert found["Resource"] == ["arn:aws:s3:::charts/*"]


def test_nobody_enters_a_cluster_that_a_commit_or_another_role_deploys_to() -> None:
    gitops: Any = {"url": "https://github.com/acme/manifests.git", "path": "prod"}

    assert enters(Environment(cluster="shop"))
    assert not enters(Environment(cluster="shop", access_entry=False))
    assert not enters(Environment(cluster="shop", deploy_role_arn="arn:aws:iam::111122223333:role/deploy"))
    assert not enters(Environment(cluster="shop", gitops=gitops))
    assert said(Environment(gitops=gitops)) == []
