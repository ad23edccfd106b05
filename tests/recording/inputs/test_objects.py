"""Kubernetes objects without a typed class, in programs, are checked by the schemas of their kinds."""

from __future__ import annotations

from typing import Any

import pytest

from eks_blueprints.core.kubernetes_object import KubernetesObject
from eks_blueprints.recording.inputs import inspect, wire

DEPLOYMENT = "kubernetes:apps/v1:Deployment"
LABELS = {"app": "a"}
TEMPLATE = {"metadata": {"labels": LABELS}, "spec": {"containers": [{"name": "a", "image": "b"}]}}


def deployment(**spec: Any) -> dict[str, Any]:
    full = {"selector": {"matchLabels": LABELS}, "template": TEMPLATE, **spec}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "a"}, "spec": full}


def told(token: str, inputs: dict[str, Any]) -> list[str]:
    return [problem.message for problem in inspect(token, KubernetesObject, inputs, name="a").problems]


@pytest.mark.parametrize(
    ("token", "inputs", "finding"),
    [
        (DEPLOYMENT, deployment(replicas="three"), 'spec.replicas: needs a whole number; got "three"; write digits'),
        (DEPLOYMENT, deployment(replica=1.0), 'spec.replica: no such field; got "replica"; did you mean replicas?'),
        ("kubernetes:apps/v1:Deploymnet", {"metadata": {"name": "a"}}, 'kind: no such kind; got "Deploymnet"; did you'),
        ("kubernetes:core/v1:Pod", {"spec": {}}, "spec.containers: is required; got nothing; add it"),
        (
            "kubernetes:core/v1:Namespace",
            {"metadata": {"name": "A_b"}},
            "metadata.name: can contain only lower-case letters",
        ),
    ],
)
def test_slips_are_told(token: str, inputs: dict[str, Any], finding: str) -> None:
    assert any(finding in each for each in told(token, inputs)), told(token, inputs)


def test_what_is_secret_or_not_known_yet_is_not_judged() -> None:
    secret = {wire.SIGNATURE: wire.SECRET, "value": "three"}
    assert told(DEPLOYMENT, deployment(replicas=secret)) == []
    assert told(DEPLOYMENT, deployment(replicas="${shop.count}")) == []
    assert told(DEPLOYMENT, deployment(replicas=wire.UNKNOWN, paused=None)) == []


def test_a_kind_that_nothing_knows_stays_unchecked() -> None:
    found = inspect("kubernetes:example.com/v1:Issuer", KubernetesObject, {"spec": {"a": 1}}, name="a")
    assert found.problems == ()
    assert not found.checked


def test_custom_resources_are_checked_by_the_crds_of_what_brings_them() -> None:
    topic = {"apiVersion": "kafka.strimzi.io/v1", "kind": "KafkaTopic", "metadata": {"name": "a"}}
    of = "kubernetes:kafka.strimzi.io/v1:KafkaTopic"
    assert told(of, {**topic, "spec": {"partitions": 3}}) == []
    (slip,) = told(of, {**topic, "spec": {"partitons": 3}})
    assert slip == 'spec.partitons: no such field; got "partitons"; did you mean partitions?'
    hidden = {wire.SIGNATURE: wire.SECRET, "value": "three"}
    assert told(of, {**topic, "spec": {"partitions": hidden, "config": {"a": hidden}}}) == []
    (wrong,) = inspect(of, KubernetesObject, {**topic, "spec": {"partitions": "three"}}, name="a").errors
    assert wrong.path == "spec.partitions"
