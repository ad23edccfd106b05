"""The webhooks that change pods, of charts that a platform installs."""

from __future__ import annotations

from pathlib import Path

from eks_blueprints.policies.objects import DEPLOYMENT
from eks_blueprints.policies.pod_webhooks import changing
from eks_blueprints.policies.stack import Stack
from eks_blueprints.review.preview.run import preview
from eks_blueprints.review.preview.targets import stack_target

STACK = """\
region: eu-west-1
cluster: {version: "1.35"}
compute: {nodes: {kind: managed_nodes}}
addons: {vpa: {}, kueue: {}, linkerd: {}, aws_load_balancer_controller: {}, cert_manager: {}, metrics_server: {}}
namespaces: {shop: {}}
workloads:
  web: {kind: deployment, namespace: shop, image: "example.com/web:1"}
"""


def test_charts_are_asked_by_the_rules_and_selectors_of_their_webhooks(tmp_path: Path) -> None:
    file = tmp_path / "dev.yaml"
    file.write_text(STACK)
    stack = Stack.of_plan(preview(stack_target(str(file))).plan)
    (workload,) = stack.of(DEPLOYMENT)
    # That of the load balancer controller is for labelled namespaces; cert-manager's is for its own kinds.
    assert changing(workload, stack) == [
        "kueue-mutating-webhook-configuration",
        "linkerd-proxy-injector-webhook-config",
        "vpa-webhook-config",
    ]
