"""Names and tags, given and automatic."""

from __future__ import annotations

from typing import Any

import pytest

from eks_blueprints.recording.inputs.kubernetes_names import check_kubernetes
from eks_blueprints.recording.inputs.names import RULES, check_names
from eks_blueprints.recording.inputs.tags import check_tags
from eks_blueprints.recording.inputs.wire import UNKNOWN, is_unknown

ROLE, QUEUE, ALIAS = "aws:iam/role:Role", "aws:sqs/queue:Queue", "aws:kms/alias:Alias"


def aws_names(type_token: str, logical: str | None = None, **inputs: Any) -> list[str]:
    return [str(p) for p in check_names(type_token, inputs, logical, is_unknown)]


def names(type_token: str, logical: str | None = None, **inputs: Any) -> list[str]:
    return [str(p) for p in check_kubernetes(type_token, inputs, logical, is_unknown)]


def test_a_name_too_long() -> None:
    name = "shop-with-a-long-name-that-goes-on-and-on-and-on-for-ever"
    assert aws_names(ROLE, name) == [
        (
            f"name: the automatic name can have at most 64 characters; got '{name}' and 8 more; "
            "shorten the resource's name by 1 or set name"
        )
    ]
    assert [p.kind for p in check_names(ROLE, {"name": "x" * 65}, None, is_unknown)] == ["too-long"]
    assert aws_names(ROLE, name="x" * 64) == []


@pytest.mark.parametrize("token", sorted(RULES))
def test_the_longest_name_that_pulumi_completes(token: str) -> None:
    rule = RULES[token]
    longest = rule.longest - len(rule.begins) - 8
    assert check_names(token, {}, "x" * longest, is_unknown) == []
    assert [p.kind for p in check_names(token, {}, "x" * (longest + 1), is_unknown)] == ["too-long"]


@pytest.mark.parametrize(
    ("token", "inputs"),
    [
        (ROLE, {"name": "a b"}),
        ("aws:eks/cluster:Cluster", {"name": "-shop"}),
        ("aws:eks/cluster:Cluster", {"name": "shop.prod"}),
        ("aws:ec2/launchTemplate:LaunchTemplate", {"name": "ab"}),
        ("aws:lb/loadBalancer:LoadBalancer", {"name": "internal-web"}),
        ("aws:lb/targetGroup:TargetGroup", {"name": "web_1"}),
        (ALIAS, {"name": "shop"}),
        (ALIAS, {"name": "alias/aws/shop"}),
        ("aws:s3/bucket:Bucket", {"bucket": "Shop"}),
        ("aws:ec2/securityGroup:SecurityGroup", {"name": "sg-shop"}),
    ],
)
def test_a_name_of_other_characters(token: str, inputs: dict[str, Any]) -> None:
    assert [p.kind for p in check_names(token, inputs, "x", is_unknown)] == ["bad-name"]


def test_an_automatic_name_of_other_characters() -> None:
    assert aws_names("aws:lb/loadBalancer:LoadBalancer", "web_1") == [
        (
            "name: the automatic name can contain only letters, digits and inner hyphens; got 'web_1'; "
            "rename the resource or set name"
        )
    ]
    assert aws_names("aws:s3/bucket:Bucket", "Logs") == []


def test_prefixes() -> None:
    assert aws_names(ROLE, namePrefix="x" * 38) == []
    assert [p.kind for p in check_names(ROLE, {"namePrefix": "x" * 39}, "r", is_unknown)] == ["too-long"]
    assert [p.kind for p in check_names(ROLE, {"namePrefix": "x", "name": "y"}, "r", is_unknown)] == ["conflicting"]


def test_the_ending_of_fifo_queues_counts() -> None:
    assert aws_names(QUEUE, "x" * 72) == []
    assert [p.kind for p in check_names(QUEUE, {"fifoQueue": True}, "x" * 72, is_unknown)] == ["too-long"]


@pytest.mark.parametrize("value", [UNKNOWN, "${shop-cluster.name}-" + "x" * 90])
def test_what_is_not_known_yet_is_not_measured(value: str) -> None:
    assert aws_names(ROLE, namePrefix=value) == []
    assert check_names(ROLE, {"name": value}, "x" * 90, is_unknown) == []


def tags(tags: Any, token: str = ROLE) -> list[str]:
    return [str(p) for p in check_tags(token, {"tags": tags}, is_unknown)]


def test_tags() -> None:
    assert tags({"aws:x": "1"}) == ["tags[\"aws:x\"]: aws: is AWS's own; got 'aws:x'; choose another prefix"]
    assert tags({"x" * 129: "1"})[0].endswith("of 129; shorten it by 1")
    assert tags({"a": "x" * 257})[0].endswith("of 257; shorten it by 1")
    assert tags({f"k{i}": "" for i in range(51)}) == ["tags: at most 50 tags; got 51; drop some"]
    assert tags({f"k{i}": "" for i in range(50)}) == []
    assert len(tags([{"key": "aws:x", "value": "1", "propagateAtLaunch": True}])) == 1
    assert tags(UNKNOWN) == []


@pytest.mark.parametrize(
    ("token", "name"),
    [
        ("kubernetes:core/v1:Namespace", "shop.prod"),
        ("kubernetes:core/v1:ConfigMap", "Shop"),
        ("kubernetes:apps/v1:Deployment", "shop_web"),
        ("kubernetes:batch/v1:CronJob", "x" * 53),
        ("kubernetes:core/v1:Service", "x" * 64),
        ("kubernetes:karpenter.sh/v1:NodePool", "Default"),
        ("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", "a/b"),
    ],
)
def test_kubernetes_names(token: str, name: str) -> None:
    assert len(names(token, metadata={"name": name})) == 1


def test_kubernetes_names_that_pass() -> None:
    assert names("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", metadata={"name": "system:node:Reader"}) == []
    assert names("kubernetes:core/v1:ConfigMap", metadata={"name": "a.b-c", "namespace": "kube-system"}) == []
    assert names("kubernetes:core/v1:ConfigMap", "Shop", metadata={"generateName": "x-"}) == []
    assert names("kubernetes:core/v1:ConfigMap", "Shop", metadata=UNKNOWN) == []
    assert names("kubernetes:core/v1:ConfigMapPatch", "Shop") == []
    assert names("kubernetes:yaml:ConfigGroup", "Shop") == []


def test_automatic_kubernetes_names() -> None:
    assert names("kubernetes:core/v1:ConfigMap", "Shop") == [
        (
            "metadata.name: the automatic name can contain only lower-case letters, digits, - and .; got 'Shop'; "
            "rename the resource or set metadata.name"
        )
    ]
    assert names("kubernetes:helm.sh/v3:Release", "x" * 44) == []
    assert len(names("kubernetes:helm.sh/v3:Release", "x" * 45)) == 1


def test_labels() -> None:
    kind = "kubernetes:apps/v1:Deployment"
    inputs = {"metadata": {"name": "a", "labels": {"app.kubernetes.io/name": "web", "empty": ""}}}
    assert names(kind, **inputs) == []
    template = {"metadata": {"labels": {"a b": "c"}, "annotations": {"x/y/z": "free text: any"}}}
    selector = {"matchLabels": {"a": "b c"}}
    found = names(kind, metadata={"name": "a"}, spec={"template": template, "selector": selector})
    assert [f.partition(":")[0] for f in found] == [
        'spec.template.metadata.labels["a b"]',
        'spec.template.metadata.annotations["x/y/z"]',
        "spec.selector.matchLabels.a",
    ]
    assert len(names(kind, metadata={"name": "a", "labels": {"v": "x" * 64}})) == 1
