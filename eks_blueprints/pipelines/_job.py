"""What one stage of a pipeline runs, said once for every engine: AWS CodeBuild, GitHub Actions, GitLab CI, Jenkins.

Commands run in one bash in the root of the checkout, with `set -e -o pipefail`; each is whole, of one line or several.
An artifact is the folder `artifacts/<name>` there: an engine puts the inputs into place before the first command, and
keeps the outputs after the last. Each job has the variables of `GIVEN`, however its engine calls them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import TYPE_CHECKING, Any, Literal

from eks_blueprints.core.iam import Allow
from eks_blueprints.core.spec import In

if TYPE_CHECKING:
    from eks_blueprints.pipelines._environment import Environment
    from eks_blueprints.pipelines._tools import ToolsArgs

ArtifactKind = Literal["source", "files", "image", "chart", "manifests", "plan", "rollout", "shards"]
"""What an artifact is: a checkout, any files, or a folder with one JSON file that names an image or a chart.

`image`: `image.json`, `{"registry": …, "repository": …, "tag": …, "digest": "sha256:…", "platforms": {"linux/arm64":
"sha256:…"}}`. `chart`: `chart.json`, `{"repository": …, "name": …, "version": …, "digest": …}`, with `registry` where
that is ECR. `manifests`: rendered Kubernetes objects. `plan`: what `pulumi preview` saved. `rollout`: `rollout.json`,
what ran before a deployment, noted before it changed anything. `shards`: a JSON report of each share of the stacks.
"""

ReportKind = Literal["junit", "cobertura", "sarif"]
Architecture = Literal["x86_64", "arm64"]
Size = Literal["small", "medium", "large"]

PUBLIC_HOST = "public.ecr.aws"
"""Host of ECR Public."""

GIVEN = ("COMMIT", "BRANCH", "PIPELINE", "RUN", "RUN_URL", "AWS_REGION")
"""Variables of every job: hash of the commit, branch (or tag), name of the pipeline, number or id of the run, page of
the run, and region of the environment or else of the stack."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where an image or a chart is kept: a repository of ECR or of ECR Public, or a folder of a bucket."""

    repository: str | None = None
    region: str | None = None
    """Region of the repository. Default: that of the stack."""
    account_id: str | None = None
    """Account of the repository. Default: that of the stack."""
    public: str | None = None
    """Alias of the registry in ECR Public that has the repository. Default: it is a private one."""
    bucket: str | None = None
    prefix: str = ""

    @property
    def name(self) -> str:
        """What people call it."""
        if self.bucket is not None:
            return f"s3://{self.bucket}/{self.prefix}".rstrip("/")
        name = self.repository or ""
        if self.public is not None:
            return f"{PUBLIC_HOST}/{self.public}/{name}"
        return name if self.account_id is None else f"{name} of {self.account_id}"


@dataclass(frozen=True, kw_only=True)
class Output:
    """An artifact that a stage makes."""

    kind: ArtifactKind
    paths: tuple[str, ...] = ()
    """Files from the root of the checkout that are copied into its folder. Default: commands write there themselves."""
    always: bool = False
    """Whether it is kept where the job fails too."""
    in_parts: bool = False
    """Whether each run of a matrix adds files to it, whose names differ."""
    place: Place | None = None
    """Where what an image or a chart names is kept."""
    pushed_as: str | None = None
    """Repository and form of the tag that it is pushed as: what was pushed as that before is taken as it is."""
    seen: bool = False
    """Whether a cluster reports what it notes: a rollout names workloads, or Pulumi has waited for them."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """Results that engines show: of tests (JUnit), of coverage (Cobertura), of scans (SARIF)."""

    kind: ReportKind
    paths: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Runner:
    """The machine of a job."""

    image: str | None = None
    """Image of the container. Default: the engine's own for builds."""
    size: Size = "small"
    architecture: Architecture = "x86_64"
    docker: bool = False
    """Whether it builds images."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """What one stage runs."""

    commands: tuple[str, ...]
    """Whole commands of bash, which share their variables; the first that fails, or exits, ends the job."""
    on_failure: tuple[str, ...] = ()
    """Commands that run when one of `commands` failed, before the job fails: they roll back. They may run in a shell of
    their own, in the same folder."""
    tools: tuple[str, ...] = ()
    """Programs that it needs besides bash, git and the AWS CLI, by their names in `_tools`."""
    pinned: ToolsArgs | None = None
    """Which of them the stack has in other versions, or from another place."""
    checkout: bool = True
    """Whether the commands need the sources."""
    history: bool = False
    """Whether they need all commits too."""
    variables: Mapping[str, In[str]] = field(default_factory=dict)
    """Further variables of the environment; never a secret."""
    secrets: Mapping[str, In[str]] = field(default_factory=dict)
    """Variables whose values are secrets, with the ARN of each in Secrets Manager."""
    identity_tokens: Mapping[str, str] = field(default_factory=dict)
    """Variables that hold an identity token of the engine, with the audience of each; not every engine has them."""
    secret_keys: tuple[In[str], ...] = ()
    """ARNs of the KMS keys that encrypt them, where that is not Secrets Manager's own."""
    allowed: tuple[Allow | Mapping[str, Any], ...] = ()
    """What it may do in AWS."""
    reports: Mapping[str, Report] = field(default_factory=dict)
    cache: tuple[str, ...] = ()
    """Folders that are kept from one run to the next; what is in them can be lost."""
    matrix: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Values of variables: it runs once for each combination, all beside each other. Its artifacts are
    `in_parts`."""
    always: bool = False
    """Whether it runs where what it waits for has failed too, on engines that can do that."""
    comments: bool = False
    """Whether its last command comments on the pull request: it alone has a token for that. Such a job runs nothing of
    the change, and runs where what it waits for has failed too."""
    runner: Runner = Runner()
    timeout_minutes: int = 60

    @property
    def runs(self) -> tuple[Mapping[str, str], ...]:
        """The variables of each of its runs: one without any where it has no matrix."""
        return tuple(dict(zip(self.matrix, values, strict=True)) for values in product(*self.matrix.values()))

    def but(self, **changes: Any) -> Job:
        """A copy with some parts changed."""
        return replace(self, **changes)


@dataclass(frozen=True, kw_only=True)
class Gate:
    """A person's decision that a pipeline waits for."""

    approvers: tuple[str, ...]
    message: str
    timeout_minutes: int
    link: str | None = None
    """A page that they look at before they decide."""


@dataclass(frozen=True, kw_only=True)
class Site:
    """What a stage is told of the stack and the environment when it says what it runs.

    ARNs are those of the stack's own account and region where its environment says nothing else.
    """

    pipeline: str
    region: str
    partition: str
    account: In[str]
    """Account of the stack; an Output, or `*` for texts that are rendered where nobody says it."""
    environment: Environment | None = None
    tools: ToolsArgs | None = None
    """What the stack says about the programs of jobs."""

    @property
    def cluster_region(self) -> str:
        """Region of the cluster."""
        return (self.environment.region if self.environment else None) or self.region

    def arn(self, service: str, resource: In[str], *, region: str | None = None) -> In[str]:
        """ARN of something in the account of the stack."""
        parts = ("arn:", self.partition, f":{service}:{self.region if region is None else region}:", self.account, ":")
        return joined(*parts, resource)


def joined(*parts: In[str]) -> In[str]:
    """Texts behind one another; an Output where one of them is."""
    if all(isinstance(part, str) for part in parts):
        return "".join(str(part) for part in parts)
    import pulumi

    return pulumi.Output.concat(*parts)
