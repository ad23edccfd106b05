"""Pipelines: who deploys, who approves, what builds may do, where artifacts are kept."""

from __future__ import annotations

import re

from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.installed import charts
from eks_blueprints.policies.platform import ROLE
from eks_blueprints.policies.props import Faults, NotApplicable, Props
from eks_blueprints.policies.roles import allowing, principals
from eks_blueprints.policies.stack import Stack

PIPELINE = "aws:codepipeline/pipeline:Pipeline"
PROJECT = "aws:codebuild/project:Project"
ENTRY = "aws:eks/accessEntry:AccessEntry"
CAPABILITY = "aws:eks/capability:Capability"
_AGENTS = ("argo-cd", "flux2", "flux-operator", "flux-instance")
_CI = re.compile(
    r"codebuild\.amazonaws\.com|codepipeline\.amazonaws\.com|token\.actions\.githubusercontent\.com"
    r"|oidc-provider/(gitlab\.|[\w.-]*gitlab)|oidc-provider/[\w.-]*jenkins"
)
_IMAGES = re.compile(
    r"\b(docker|buildx|buildah|podman|kaniko|nerdctl|earthly|dagger|sam build|cdk deploy|pack build)\b"
)
_WORD = re.compile(r"[^a-z0-9]+")


@rule(
    "pipeline-production-approved",
    PIPELINE,
    severity="medium",
    enforcement="advisory",
    params={"production": ["prod", "production", "live"]},
)
def production_approved(pipeline: Props, context: Context) -> Faults:
    """A pipeline deploys to production after a person has approved."""
    named = frozenset(context.params["production"])
    approved = applies = False
    for stage in pipeline.items("stages"):
        for action in stage.items("actions"):
            if action.text("category") == "Approval":
                approved = True
                continue
            words = set(_WORD.split(f"{action.text('name') or ''} {stage.text('name') or ''}".lower()))
            deploys = action.text("category") == "Deploy" or "deploy" in words
            if not deploys or not named & words:
                continue
            applies = True
            if not approved:
                yield action.fault(
                    "deploys to production without an approval before it", "name", got=action.text("name")
                )
    if not applies:
        raise NotApplicable


@rule(
    "pipeline-artifacts-encrypted",
    PIPELINE,
    severity="medium",
    enforcement="advisory",
    production="mandatory",
)
def artifacts_encrypted(pipeline: Props) -> Faults:
    """The artifacts of a pipeline are encrypted with a KMS key of the account."""
    for store in pipeline.items("artifactStores"):
        if not store.has("encryptionKey", "id"):
            yield store.fault("is encrypted with a key of AWS alone", "encryptionKey")


@rule(
    "codebuild-privileged-only-for-images",
    PROJECT,
    severity="medium",
    enforcement="advisory",
)
def privileged(project: Props) -> Faults:
    """A build has more rights on its machine only where it builds images."""
    if project.flag("environment", "privilegedMode") is not True:
        raise NotApplicable
    text = project.text("source", "buildspec")
    if text is None or not text.lstrip().startswith(("version", "{", "#", "---")):
        # A file of the repository, which nobody here has read.
        raise NotApplicable
    if not _IMAGES.search(text):
        place = project.at("environment")
        yield place.fault("is privileged, and its buildspec builds no image", "privilegedMode", got=True)


@rule(
    "gitops-cluster-without-pipeline-access",
    ENTRY,
    severity="high",
    enforcement="advisory",
    production="mandatory",
    across=True,
)
def no_pipeline_access(entry: Props, context: Context) -> Faults:
    """Where an agent in the cluster deploys from Git, no role of a pipeline has access to the cluster."""
    if not _has_agent(context.stack):
        raise NotApplicable
    role = context.stack.resolved(context.resource, "principalArn", types=(ROLE,))
    if role is None:
        raise NotApplicable
    for statement in allowing(role.props.document("assumeRolePolicy")):
        trusted = [*principals(statement, "Service"), *principals(statement, "Federated")]
        if found := next((each for each in trusted if _CI.search(each)), None):
            yield entry.fault("gives a role of pipelines access beside the agent", "principalArn", got=found)
            return


def _has_agent(stack: Stack) -> bool:
    def found() -> bool:
        agents = (each.props.text("type") for each in stack.of(CAPABILITY))
        return any(charts(stack, name) for name in _AGENTS) or "ARGOCD" in agents

    return bool(stack.once("gitops-agent", found))
