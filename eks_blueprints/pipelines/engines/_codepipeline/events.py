"""What starts a pipeline from within AWS: changes in CodeCommit, S3 and ECR, and schedules."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from eks_blueprints.core.spec import In
from eks_blueprints.pipelines.engines._codepipeline.schedules import expressions
from eks_blueprints.pipelines.stages.find import Find

if TYPE_CHECKING:
    import pulumi_aws as aws

    from eks_blueprints.pipelines.engines._codepipeline.frame import Frame
    from eks_blueprints.pipelines.stages.source import Source

_REVISIONS = {
    "codecommit": ("COMMIT_ID", "$.detail.commitId"),
    "s3": ("S3_OBJECT_VERSION_ID", "$.detail.object.version-id"),
    "ecr": ("IMAGE_DIGEST", "$.detail.image-digest"),
}
"""How an event names the revision that the run is to take. Source: AWS CodePipeline User Guide, "Starting a pipeline
with a source revision override", read 2026-11-30."""


@dataclass(frozen=True, kw_only=True)
class Start:
    """One rule of EventBridge."""

    name: str
    pattern: In[str] | None = None
    schedule: str | None = None
    revision: dict[str, str] = field(default_factory=dict)
    """Path in the event to the revision, and the action that takes it."""


def starts(frame: Frame) -> Iterator[Start]:
    """The rules of a pipeline."""
    for source in frame.graph.sources:
        slug = source.name.replace("_", "-")
        if "push" in source.on and source.provider in _REVISIONS:
            kind, path = _REVISIONS[source.provider]
            revision = {"action": source.name, "kind": kind, "path": path}
            yield Start(name=f"{slug}-event", pattern=_text(pattern(frame, source)), revision=revision)
        if source.schedule is not None:
            for index, expression in enumerate(expressions(source.schedule)):
                name = f"{slug}-schedule" + (f"-{index + 1}" if index else "")
                yield Start(name=name, schedule=f"cron({expression})")
    for stage in frame.graph.stages:
        if isinstance(stage, Find) and stage.starts:
            # The stage itself finds what was pushed.
            detail = _pushed(stage.place.repository or "", _counting(stage.pattern))
            yield Start(name=f"{stage.name.replace('_', '-')}-event", pattern=_text(detail))


def pattern(frame: Frame, source: Source) -> dict[str, Any]:
    """Which events start it. Sources: the guides of CodeCommit, Amazon S3 and Amazon ECR on events for EventBridge,
    read 2026-11-30."""
    if source.provider == "codecommit":
        kind, names = ("tag", source.tags) if source.tags else ("branch", (source.branch,))
        detail: dict[str, Any] = {
            "event": ["referenceCreated", "referenceUpdated"],
            "referenceType": [kind],
            "referenceName": _names(names),
        }
        return {
            "source": ["aws.codecommit"],
            "detail-type": ["CodeCommit Repository State Change"],
            "resources": [frame.arn("codecommit", source.repository)],
            "detail": detail,
        }
    if source.provider == "ecr":
        return _pushed(source.repository, _names(source.tags or ("latest",)))
    detail = {"bucket": {"name": [source.repository]}, "object": {"key": [source.key]}}
    return {"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": detail}


def _pushed(repository: In[str], tags: list[Any]) -> dict[str, Any]:
    """Pushes to a repository of ECR, of images and of charts alike."""
    detail = {"action-type": ["PUSH"], "result": ["SUCCESS"], "repository-name": [repository], "image-tag": tags}
    return {"source": ["aws.ecr"], "detail-type": ["ECR Image Action"], "detail": detail}


def _counting(pattern: str) -> list[Any]:
    """Tags like a pattern; signatures are pushed with tags of their own, and are none."""
    return [{"anything-but": {"prefix": "sha256-"}}] if pattern == "*" else _names((pattern,))


def _names(names: Sequence[str]) -> list[Any]:
    return [{"wildcard": name} if "*" in name else name for name in names]


def _text(value: Any) -> In[str]:
    from eks_blueprints.core.iam import json_text

    return json_text(value)


def rules(frame: Frame, pipeline: aws.codepipeline.Pipeline) -> None:
    """The rules, and the role with which EventBridge starts the pipeline."""
    import pulumi_aws as aws

    from eks_blueprints.core.iam import Allow
    from eks_blueprints.core.iam_roles import Grants, service_role

    found = list(starts(frame))
    if not found:
        return
    made = [
        aws.cloudwatch.EventRule(
            frame.child(start.name),
            name_prefix=_prefix(frame, start),
            description=f"Starts pipeline {frame.graph.name}",
            event_pattern=start.pattern,
            schedule_expression=start.schedule,
            tags=frame.tags or None,
            opts=frame.options(),
        )
        for start in found
    ]
    grants = Grants(allowed=(Allow("codepipeline:StartPipelineExecution", on=pipeline.arn),), tags=frame.tags)
    # Source: Amazon EventBridge User Guide, "Using IAM policy conditions in Amazon EventBridge", read 2026-11-30.
    asked: dict[str, Any] = {"aws:SourceAccount": frame.ref.account, "aws:SourceArn": [each.arn for each in made]}
    role = service_role(frame.component, "events-role", "events.amazonaws.com", grants, {"StringEquals": asked})
    for start, rule in zip(found, made, strict=True):
        aws.cloudwatch.EventTarget(
            frame.child(f"{start.name}-target"),
            rule=rule.name,
            arn=pipeline.arn,
            role_arn=role.arn,
            input_transformer=_transformer(start),
            opts=frame.options(depends_on=list(role.policies), delete_before_replace=True),
        )


def _prefix(frame: Frame, start: Start) -> str | None:
    from eks_blueprints.core.naming import short_prefix

    return short_prefix(frame.child(start.name), 64)


def _transformer(start: Start) -> aws.cloudwatch.EventTargetInputTransformerArgsDict | None:
    if not start.revision:
        return None
    revision = {
        "actionName": start.revision["action"],
        "revisionType": start.revision["kind"],
        "revisionValue": "<revision>",
    }
    template = json.dumps({"sourceRevisions": [revision]}, separators=(",", ":"))
    return {"input_paths": {"revision": start.revision["path"]}, "input_template": template}
