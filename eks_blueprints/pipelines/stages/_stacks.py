"""Stacks of Pulumi programs, and what stages share that work on one."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from eks_blueprints.core.form import Form
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.leaves import RegionalKeyArn
from eks_blueprints.core.naming import fitted
from eks_blueprints.core.spec import In, Spec
from eks_blueprints.pipelines import _registry
from eks_blueprints.pipelines._job import Site
from eks_blueprints.pipelines._registry import BucketUrl
from eks_blueprints.pipelines._repository import RepositoryPath
from eks_blueprints.pipelines._scripts import script
from eks_blueprints.pipelines.stages._commands import BuiltInStage

_STACK = Form(
    r"([\w.-]{1,100}/){0,2}[A-Za-z0-9_.-]{1,100}",
    what="is not the name of a stack",
    do="write stack, or organization/project/stack",
)
_SLUG_LIMIT = 28
StackName = Annotated[str, AfterValidator(_STACK)]


class StateArgs(Spec):
    """Where Pulumi keeps the state of stacks in AWS, made by a bootstrap stack."""

    bucket: BucketUrl
    """Bucket with versions and encryption, and a folder of it if you like: `s3://acme-pulumi/platform`. Pulumi locks a
    stack there while it works on it."""

    region: str | None = None
    """Region of the bucket. Default: that of the stack."""

    key_arn: In[RegionalKeyArn] | None = None
    """ARN of the KMS key that encrypts secrets of the state, as the stacks' `secretsprovider` names it."""


class PulumiArgs(Spec):
    """A stack of a Pulumi program, and where its state is."""

    stack: StackName
    """Its name."""

    folder: RepositoryPath = "."
    """Folder of Pulumi.yaml."""

    state: StateArgs | None = None
    """Where its state is. Default: Pulumi Cloud, whose token is the secret `PULUMI_ACCESS_TOKEN`."""

    def login(self, site: Site) -> str:
        """The command that logs Pulumi in."""
        url = ""
        if self.state is not None:
            # awssdk=v2 reads the credentials that jobs have; see https://www.pulumi.com/docs/iac/concepts/state-and-backends/
            url = f"{self.state.bucket.rstrip('/')}?region={self.state.region or site.region}&awssdk=v2"
        return script("pulumi_login", STATE=url)

    def allowed(self, site: Site) -> tuple[Allow, ...]:
        """What it may do with the state."""
        if self.state is None:
            return ()
        place = _registry.bucket(self.state.bucket)
        objects = f"arn:{site.partition}:s3:::{place.bucket}/{place.prefix}.pulumi/*"
        found = [
            Allow("s3:ListBucket", on=f"arn:{site.partition}:s3:::{place.bucket}"),
            Allow("s3:DeleteObject", "s3:GetObject", "s3:PutObject", on=objects),
        ]
        if self.state.key_arn is not None:
            found.append(Allow("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", on=self.state.key_arn))
        return tuple(found)

    def held_in(self, environment: str | None) -> str | None:
        """What a job that works on it has to itself: the stack alone, so that others of the environment run beside."""
        return None if environment is None else f"{environment}/{self.stack}"


class StackStage(BuiltInStage):
    """A stage that looks at one stack."""

    pulumi: PulumiArgs
    """The stack."""

    @property
    def holds(self) -> str | None:
        """The stack."""
        return self.pulumi.held_in(self.environment)

    @property
    def settings(self) -> dict[str, str]:
        """What the scripts for stacks need."""
        return {"FOLDER": self.pulumi.folder, "STACK": self.pulumi.stack, "NAME": self.artifact}


def slug(stack: str) -> str:
    """The name of a stack as part of the names of stages."""
    return fitted(stack.rpartition("/")[2].lower().replace(".", "-").replace("_", "-"), _SLUG_LIMIT)
