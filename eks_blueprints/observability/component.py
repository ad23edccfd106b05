"""Makes the alarms and dashboards of a platform."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws

from eks_blueprints.core.component import Component, in_cluster, merge_tags
from eks_blueprints.core.email_topic import subscribe
from eks_blueprints.core.kubernetes_object import KubernetesObject, put_on
from eks_blueprints.core.refs import ClusterRef
from eks_blueprints.core.telemetry import Telemetry
from eks_blueprints.observability import cloudwatch, managed_prometheus
from eks_blueprints.observability.alarm_spec import Alarms
from eks_blueprints.observability.boards import boards
from eks_blueprints.observability.manifests import objects
from eks_blueprints.observability.metrics import Watch, watches
from eks_blueprints.observability.rules import in_cloudwatch

if TYPE_CHECKING:
    from eks_blueprints.observability.managed_prometheus import ManagedPrometheus
    from eks_blueprints.observability.spec import ObservabilityArgs


class Observability(Component):
    """Alarms and dashboards of a platform."""

    topic: aws.sns.Topic | None
    """The topic that alarms of CloudWatch go to by email; None where there are no addresses."""
    alarms: dict[str, aws.cloudwatch.MetricAlarm]
    """The alarms of CloudWatch, by what their names end with."""
    composite: aws.cloudwatch.CompositeAlarm | None
    """The one that tells the topics for all of them; None where each does so itself."""
    rule_groups: aws.amp.RuleGroupNamespace | None
    """The rules in Amazon Managed Service for Prometheus; None where there are none."""
    alert_manager: aws.amp.AlertManagerDefinition | None
    """What tells topics of them; None where nothing does."""
    dashboards: dict[str, aws.cloudwatch.Dashboard]
    """The dashboards of CloudWatch: `cluster`, `nodes`, `workloads`."""
    objects: dict[str, KubernetesObject]
    """Rules of Prometheus and dashboards of Grafana, by what their names end with."""

    def __init__(
        self, name: str, args: ObservabilityArgs, *, cluster: ClusterRef, certificate_arns: Sequence[str] = ()
    ) -> None:
        """Make them.

        Args:
            name: start of the logical names.
            args: what is asked for.
            cluster: the cluster, with what its add-ons collect.
            certificate_arns: ARNs of certificates in ACM that its workloads use.
        """
        super().__init__(name, args, cluster.options(), spec_path=("observability",))
        self._cluster = cluster
        telemetry = cluster.telemetry or Telemetry()
        self.topic, self.alarms, self.dashboards = None, {}, {}
        self.composite, self.rule_groups, self.alert_manager = None, None, None
        if args.alarms is not None:
            topics: list[Any] = list(args.alarms.sns_topic_arns)
            if args.alarms.emails:
                self.topic = self._topic(args.alarms)
                topics.append(self.topic.arn)
            if in_cloudwatch(args.alarms, telemetry):
                self._tell(args.alarms, telemetry, certificate_arns, topics)
            if args.alarms.managed_prometheus is not None:
                self._tell_by_workspace(args.alarms, args.alarms.managed_prometheus, topics)
        if args.dashboards is not None and in_cloudwatch(args.dashboards, telemetry):
            self._draw(args.alarms or Alarms(), telemetry)
        options = in_cluster(cluster.resource, goes_with_it=True)
        opts = self.child(depends_on=list(cluster.ready), **options)
        self.objects = {
            each.key: made
            for each in objects(args, telemetry)
            for made in put_on(cluster, f"{name}-{each.key}", each.manifest, opts)
        }
        self.ready = tuple(self.objects.values())
        self.register_outputs({"alarm_arns": [each.arn for each in self.alarms.values()]})

    def _tell(self, alarms: Alarms, telemetry: Telemetry, certificates: Sequence[str], topics: list[Any]) -> None:
        alone: list[Any] = [] if alarms.composite else topics
        for _, watch in watches(alarms, insights=telemetry.container_insights, certificates=certificates):
            self.alarms[watch.key] = self._alarm(watch, alone, tell_when_over=alarms.tell_when_over)
        if alarms.composite and self.alarms:
            self.composite = self._composite(topics, tell_when_over=alarms.tell_when_over)

    def _composite(self, topics: list[Any], *, tell_when_over: bool) -> aws.cloudwatch.CompositeAlarm:
        cluster = self._cluster.name
        arns = pulumi.Output.all(*(each.arn for each in self.alarms.values()))
        return aws.cloudwatch.CompositeAlarm(
            f"{self.pulumi_resource_name}-composite",
            alarm_name=pulumi.Output.concat(cluster, "-alarms"),
            alarm_description=pulumi.Output.concat(cluster, ": one of its alarms or more"),
            alarm_rule=arns.apply(lambda found: " OR ".join(f"ALARM({arn})" for arn in found)),
            alarm_actions=topics or None,
            ok_actions=(topics or None) if tell_when_over else None,
            tags=merge_tags(self._cluster.tags) or None,
            opts=self.child(),
        )

    def _tell_by_workspace(self, alarms: Alarms, workspace: ManagedPrometheus, topics: list[Any]) -> None:
        name, own = self.pulumi_resource_name, self._cluster
        if groups := managed_prometheus.rule_groups(alarms, "eks-alarms"):
            self.rule_groups = aws.amp.RuleGroupNamespace(
                f"{name}-rule-groups",
                name=pulumi.Output.concat(own.name, "-alarms"),
                workspace_id=workspace.workspace_id,
                data=groups,
                tags=merge_tags(own.tags) or None,
                opts=self.child(),
            )
        if not topics or not workspace.alert_manager:
            return
        needs: list[pulumi.Resource] = []
        if self.topic is not None:
            policy = self.topic.arn.apply(lambda arn: managed_prometheus.topic_policy(arn, workspace.workspace_arn))
            needs = [aws.sns.TopicPolicy(f"{name}-topic-policy", arn=self.topic.arn, policy=policy, opts=self.child())]
        over = alarms.tell_when_over
        self.alert_manager = aws.amp.AlertManagerDefinition(
            f"{name}-alert-manager",
            workspace_id=workspace.workspace_id,
            definition=pulumi.Output.all(*topics).apply(
                lambda found: managed_prometheus.definition(found, own.region, tell_when_over=over)
            ),
            opts=self.child(depends_on=needs),
        )

    def _topic(self, alarms: Alarms) -> aws.sns.Topic:
        name = self.pulumi_resource_name
        topic = aws.sns.Topic(
            f"{name}-topic",
            kms_master_key_id=alarms.kms_key_arn,
            tags=merge_tags(self._cluster.tags) or None,
            opts=self.child(),
        )
        subscribe(self, topic.arn, alarms.emails)
        return topic

    def _alarm(self, watch: Watch, topics: list[Any], *, tell_when_over: bool) -> aws.cloudwatch.MetricAlarm:
        cluster = self._cluster.name
        described = pulumi.Output.concat(cluster, ": ", watch.description, f" ({watch.severity})")
        return aws.cloudwatch.MetricAlarm(
            f"{self.pulumi_resource_name}-{watch.key}",
            alarm_description=described,
            comparison_operator=watch.operator,
            threshold=watch.threshold,
            evaluation_periods=watch.periods,
            datapoints_to_alarm=watch.periods,
            treat_missing_data=watch.missing,
            alarm_actions=topics or None,
            ok_actions=(topics or None) if tell_when_over else None,
            tags=merge_tags(self._cluster.tags, {"severity": watch.severity}),
            opts=self.child(),
            **self._measured(watch),
        )

    def _measured(self, watch: Watch) -> dict[str, Any]:
        own = {"ClusterName": self._cluster.name}
        if watch.expression is None:
            metric = next(iter(watch.metrics.values()))
            return {
                "namespace": metric.namespace,
                "metric_name": metric.name,
                "statistic": metric.statistic,
                "dimensions": dict(metric.dimensions or own),
                "period": watch.period,
            }
        queries: list[Any] = [{"id": "value", "expression": watch.expression, "label": watch.key, "return_data": True}]
        for id_, metric in watch.metrics.items():
            read = {
                "namespace": metric.namespace,
                "metric_name": metric.name,
                "stat": metric.statistic,
                "period": watch.period,
                "dimensions": dict(metric.dimensions or own),
            }
            queries.append({"id": id_, "metric": read})
        return {"metric_queries": queries}

    def _draw(self, alarms: Alarms, telemetry: Telemetry) -> None:
        cluster, insights = self._cluster, telemetry.container_insights
        for board in boards(alarms, insights=insights, signals=telemetry.application_signals):
            if cloudwatch.body(board, "", cluster.region) is None:
                continue
            name = pulumi.Output.from_input(cluster.name)
            self.dashboards[board.key] = aws.cloudwatch.Dashboard(
                f"{self.pulumi_resource_name}-dashboard-{board.key}",
                dashboard_name=name.apply(lambda cluster, key=board.key: f"{cluster}-{key}"),  # type: ignore[misc]
                dashboard_body=name.apply(lambda each, board=board: cloudwatch.body(board, each, cluster.region)),  # type: ignore[misc]
                opts=self.child(),
            )
