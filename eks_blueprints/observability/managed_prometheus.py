"""Alarms in a workspace of Amazon Managed Service for Prometheus.

Source: its user guide, "Creating rules and alerts", "Setting up your alert receiver" (2026-11).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator

from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import RegionalArn
from eks_blueprints.core.spec import Spec
from eks_blueprints.observability.alarm_spec import Alarms
from eks_blueprints.observability.promql import rules

WorkspaceArn = Annotated[
    RegionalArn,
    AfterValidator(
        Form(
            r"arn:aws(-[a-z]+)*:aps:[a-z0-9-]+:\d{12}:workspace/ws-[0-9a-f-]{1,64}",
            what="is not a valid ARN of a workspace",
            do="write it like arn:aws:aps:eu-west-1:111122223333:workspace/ws-0f0f0f0f-1111-2222-3333-444444444444",
        )
    ),
]
_SERVICE, _CLOUDWATCH = "aps.amazonaws.com", "cloudwatch.amazonaws.com"


class ManagedPrometheus(Spec):
    """A workspace of Amazon Managed Service for Prometheus that the cluster's metrics are sent to.

    Its rules look at all series of the workspace: use one for each cluster.
    """

    workspace_arn: WorkspaceArn
    """ARN of the workspace."""

    alert_manager: bool = True
    """Whether the alert manager of the workspace tells the SNS topics. A workspace has one definition of it: `false`
    where others keep it."""

    @property
    def workspace_id(self) -> str:
        """Its id, which begins with ws-."""
        return self.workspace_arn.rpartition("/")[2]


def rule_groups(alarms: Alarms, name: str) -> str:
    """The rules as a file of Prometheus, in JSON, which is YAML too; empty if all alarms are off."""
    found = [rule.manifest for _, rule in rules(alarms)]
    return json.dumps({"groups": [{"name": name, "rules": found}]}, indent=1) if found else ""


def definition(topics: Sequence[str], region: str, *, tell_when_over: bool) -> str:
    """The definition of an alert manager that tells SNS topics, each alert with its severity."""
    told = [
        {
            "topic_arn": topic,
            "send_resolved": tell_when_over,
            "sigv4": {"region": region},
            "attributes": {"severity": "{{ .CommonLabels.severity }}"},
        }
        for topic in topics
    ]
    config = {
        "route": {"receiver": "sns", "group_by": ["alertname", "namespace"]},
        "receivers": [{"name": "sns", "sns_configs": told}],
    }
    return json.dumps({"alertmanager_config": json.dumps(config, indent=1)}, indent=1)


def topic_policy(topic: str, workspace_arn: str) -> str:
    """A policy with which alarms of CloudWatch and the workspace may tell a topic."""

    def allow(service: str, actions: Sequence[str], condition: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": list(actions),
            "Resource": topic,
            "Condition": condition,
        }

    account = {"StringEquals": {"aws:SourceAccount": workspace_arn.split(":")[4]}}
    of_workspace = {"ArnEquals": {"aws:SourceArn": workspace_arn}, **account}
    statements = [
        allow(_CLOUDWATCH, ["sns:Publish"], account),
        allow(_SERVICE, ["sns:GetTopicAttributes", "sns:Publish"], of_workspace),
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})
