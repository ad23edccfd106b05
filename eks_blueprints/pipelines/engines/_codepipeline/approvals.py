"""Who can approve: a policy for each approval, attached to the roles that are named."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from eks_blueprints.core.iam import Allow, policy_document
from eks_blueprints.core.naming import fitted
from eks_blueprints.pipelines._job import Gate, joined
from eks_blueprints.pipelines.engines._codepipeline.actions import levels, stage_name
from eks_blueprints.pipelines.engines._codepipeline.frame import Frame
from eks_blueprints.pipelines.stages.base import Stage

POLICY_NAME_LIMIT = 128
RESERVED = ":role/aws-reserved/"
"""Path of the roles of IAM Identity Center, to which it alone attaches policies."""


def policies(frame: Frame) -> dict[str, pulumi.Output[str]]:
    """ARNs of the policies that let people decide, by the stage that asks them."""
    found = {}
    for level in levels(frame.graph):
        for stage in level:
            if isinstance(gate := frame.work.get(stage.name), Gate):
                found[stage.name] = _policy(frame, level, stage, gate)
    return found


def _policy(frame: Frame, level: Sequence[Stage], stage: Stage, gate: Gate) -> pulumi.Output[str]:
    name = frame.child(f"{stage.name.replace('_', '-')}-approval")
    pipeline = frame.arn_of_pipeline
    action = joined(pipeline, f"/{stage_name(level)}/{stage.name}")
    # Source: AWS CodePipeline User Guide, "Grant approval permissions to an IAM user in CodePipeline", read 2026-11-30.
    verbs = ("GetPipeline", "GetPipelineExecution", "GetPipelineState", "ListPipelineExecutions")
    allowed = [
        Allow("codepipeline:PutApprovalResult", on=action),
        Allow(*(f"codepipeline:{verb}" for verb in verbs), on=pipeline),
    ]
    made = aws.iam.Policy(
        name,
        # A fixed name: permission sets of IAM Identity Center refer to policies by theirs.
        name=fitted(name, POLICY_NAME_LIMIT),
        path=frame.component.iam.path,
        description=f"Decide in stage {stage.name} of pipeline {frame.graph.name}",
        policy=policy_document(allowed),
        tags=frame.tags or None,
        opts=frame.options(delete_before_replace=True),
    )
    for role in dict.fromkeys(arn.rpartition("/")[2] for arn in gate.approvers if RESERVED not in arn):
        aws.iam.RolePolicyAttachment(f"{name}-{role}", role=role, policy_arn=made.arn, opts=frame.options())
    return made.arn
