"""Secrets of jobs: where they are kept, and how jobs read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from pydantic import AfterValidator

from eks_blueprints.core.form import Form
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.leaves import RegionalArn
from eks_blueprints.core.spec import In

_ARN = Form(
    r"arn:aws(-[a-z]+)*:(secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+(:[^:\s]*){0,3}"
    r"|ssm:[a-z0-9-]+:\d{12}:parameter/[\w./-]+)",
    what="is not the ARN of a secret",
    do="write arn:aws:secretsmanager:region:111122223333:secret:name-AbCdEf, with :key for one value of it, "
    "or arn:aws:ssm:region:111122223333:parameter/name",
)
SecretArn = Annotated[RegionalArn, AfterValidator(_ARN)]
_CODEBUILD = {"secretsmanager": "SECRETS_MANAGER", "ssm": "PARAMETER_STORE"}


def service(arn: In[str]) -> str:
    """The service that keeps a secret; Secrets Manager where the ARN is known only when the stack is deployed."""
    return arn.split(":")[2] if isinstance(arn, str) else "secretsmanager"


def allowed(arns: Iterable[In[str]]) -> Iterator[Allow]:
    """What a role needs to read them."""
    found = {each: [arn for arn in arns if service(arn) == each] for each in _CODEBUILD} if (arns := [*arns]) else {}
    if secrets := found.get("secretsmanager"):
        # `secret:name-AbCdEf:key` names one value of a secret; IAM knows the secret alone.
        yield Allow("secretsmanager:GetSecretValue", on=tuple(dict.fromkeys(map(_whole, secrets))))
    if parameters := found.get("ssm"):
        yield Allow("ssm:GetParameter", "ssm:GetParameters", on=tuple(dict.fromkeys(parameters)))


def in_codebuild(arn: In[str]) -> tuple[str, In[str]]:
    """The type and the value of a variable of CodeBuild that is a secret."""
    if service(arn) == "ssm" and isinstance(arn, str):
        name = arn.partition(":parameter/")[2]
        return _CODEBUILD["ssm"], f"/{name}" if "/" in name else name
    return _CODEBUILD["secretsmanager"], arn


def _whole(arn: In[str]) -> In[str]:
    return ":".join(arn.split(":")[:7]) if isinstance(arn, str) else arn
