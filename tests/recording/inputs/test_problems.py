"""Each kind of finding, its words, and where it is silent."""

from __future__ import annotations

import json
from typing import Any

import pulumi_aws as aws
import pulumi_kubernetes as k8s
import pytest

from eks_blueprints.recording.inputs import check, inspect
from eks_blueprints.recording.inputs.wire import SECRET, SIGNATURE, UNKNOWN

NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
GOOD: dict[str, Any] = {
    "clusterName": "shop",
    "nodeRoleArn": "arn:aws:iam::111122223333:role/node",
    "subnetIds": ["subnet-1"],
    "scalingConfig": {"desiredSize": 3.0, "maxSize": 4.0, "minSize": 1.0},
}


def node_group(**changes: Any) -> list[str]:
    return [f"{p.severity} {p}" for p in check(NODE_GROUP, aws.eks.NodeGroup, GOOD | changes)]


def config_map(**inputs: Any) -> list[str]:
    return [f"{p.severity} {p}" for p in check("kubernetes:core/v1:ConfigMap", k8s.core.v1.ConfigMap, inputs)]


def deployment(container: dict[str, Any]) -> list[str]:
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "web", **container}]}}
    inputs = {"spec": {"selector": {"matchLabels": {"a": "b"}}, "template": template}}
    return [f"{p.kind} {p}" for p in check("kubernetes:apps/v1:Deployment", k8s.apps.v1.Deployment, inputs)]


def test_a_misspelt_nested_key() -> None:
    scaling = {"desiredSiez": 3.0, "desiredSize": 3.0, "maxSize": 4.0, "minSize": 1.0}
    assert node_group(scalingConfig=scaling) == [
        "error scalingConfig.desiredSiez: no such property; got 3; did you mean desiredSize"
    ]


def test_a_misspelt_key_deep_inside_lists() -> None:
    assert deployment({"env": [{"name": "A"}, {"name": "B", "valueFrom": {"secretKeyref": {"key": "k"}}}]}) == [
        (
            "unknown-property spec.template.spec.containers[0].env[1].valueFrom.secretKeyref: no such property; "
            "got an object with key; did you mean secretKeyRef"
        )
    ]


def test_a_key_like_no_other_lists_what_there_is() -> None:
    assert node_group(scalingConfig={**GOOD["scalingConfig"], "zzz": 1.0}) == [
        (
            "error scalingConfig.zzz: no such property; got 1; "
            "leave it out, as NodeGroupScalingConfigArgs knows desiredSize, maxSize, minSize"
        )
    ]


def test_a_python_name_on_the_wire_is_read_by_bridged_providers() -> None:
    assert node_group(scalingConfig={"desired_size": 3.0, "maxSize": 4.0, "minSize": 1.0}) == [
        "warning scalingConfig.desired_size: no such property on the wire; got 3; write desiredSize"
    ]


def test_what_is_missing() -> None:
    assert node_group(scalingConfig={"maxSize": 4.0, "minSize": 1.0}) == [
        "error scalingConfig.desiredSize: is required; got nothing; give desiredSize"
    ]
    assert [p.kind for p in check(NODE_GROUP, aws.eks.NodeGroup, {})] == ["missing"] * 4


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"diskSize": "big"}, "error diskSize: needs a whole number; got 'big'; give a whole number"),
        ({"diskSize": 20.5}, "warning diskSize: needs a whole number; got 20.5; write 20, as the provider cuts it"),
        ({"diskSize": True}, "error diskSize: needs a whole number; got true; give a whole number"),
        ({"version": {"a": 1}}, "error version: needs text; got an object with a; give text"),
        ({"subnetIds": "s-1"}, "warning subnetIds: needs a list; got 's-1'; put it in a list, as the provider does"),
        ({"taints": [{"key": "k", "effect": ["x"]}]}, "error taints[0].effect: needs text; got a list of 1; give text"),
        ({"labels": "a=b"}, "error labels: needs a map; got 'a=b'; give keys and values"),
        (
            {"scalingConfig": [GOOD["scalingConfig"]]},
            "warning scalingConfig: needs one object; got a list of 1; take it out of the list",
        ),
        ({"scalingConfig": 3.0}, "error scalingConfig: needs an object; got 3; give its properties"),
        (
            {"forceUpdateVersion": "perhaps"},
            "error forceUpdateVersion: needs true or false; got 'perhaps'; give true or false",
        ),
    ],
)
def test_a_wrong_type(changes: dict[str, Any], finding: str) -> None:
    assert node_group(**changes) == [finding]


@pytest.mark.parametrize(
    "changes",
    [
        {"diskSize": "20"},
        {"version": 1.33},
        {"forceUpdateVersion": "true"},
        {"labels": {"a": 1.0, "b": True}},
        {"diskSize": None},
        {"diskSize": UNKNOWN},
        {"scalingConfig": UNKNOWN},
        {"taints": "${shop-taints.value}"},
        {"subnetIds": ["${net-a.id}", UNKNOWN, None]},
        {"labels": {SIGNATURE: SECRET, "value": {"a": "b"}}},
        {"scalingConfig": {SIGNATURE: SECRET, "value": UNKNOWN}},
        {"__defaults": []},
    ],
)
def test_what_the_bridge_takes(changes: dict[str, Any]) -> None:
    assert node_group(**changes) == []


def test_kubernetes_converts_nothing() -> None:
    assert config_map(data={"a": 1.0}) == ["error data.a: needs text; got 1; write it in quotes"]
    assert config_map(immutable="true") == ["error immutable: needs true or false; got 'true'; give true or false"]


def test_quantities_and_ports_may_be_numbers() -> None:
    assert deployment({"resources": {"limits": {"cpu": 1.0, "memory": "1Gi"}}}) == []
    assert deployment({"livenessProbe": {"httpGet": {"port": "http"}}}) == []
    assert deployment({"livenessProbe": {"httpGet": {"port": 8080.0}}}) == []
    assert deployment({"livenessProbe": {"httpGet": {"port": True}}}) == [
        (
            "wrong-type spec.template.spec.containers[0].livenessProbe.httpGet.port: "
            "needs a whole number; got true; give a whole number"
        )
    ]


def test_a_value_not_allowed() -> None:
    wrong = {"kind": "ConfigMaps"}
    assert config_map(**wrong) == ["error kind: not one of the values known; got 'ConfigMaps'; did you mean ConfigMap"]
    found = check("aws:route53/record:Record", aws.route53.Record, {"name": "a", "zoneId": "Z", "type": "cname"})
    assert [(p.severity, p.kind, p.do) for p in found] == [("warning", "not-allowed", "did you mean CNAME")]


def test_policies_as_objects() -> None:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "*"}

    def found(policy: Any) -> list[str]:
        result = check("aws:iam/role:Role", aws.iam.Role, {"assumeRolePolicy": policy})
        return [f"{p.severity} {p.path}" for p in result]

    assert found({"Statement": statement}) == []  # one statement, no version: IAM takes it
    assert found({"Version": "2012-10-17", "Statement": [{**statement, "Acton": "x"}]}) == [
        "warning assumeRolePolicy.Statement[0].Acton"
    ]


def test_a_secret_is_never_shown() -> None:
    found = node_group(diskSize={SIGNATURE: SECRET, "value": "hush"})
    assert found == ["error diskSize: needs a whole number; got [secret]; give a whole number"]
    found = node_group(labels={SIGNATURE: SECRET, "value": {"a": ["hush"]}})
    assert found == ["error labels: needs text; got [secret]; give text"]  # the keys are secret too


def test_recursive_types() -> None:
    schema: dict[str, Any] = {"type": "object", "properties": {"a": {"items": {"properties": {"b": {"tipe": "x"}}}}}}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    spec = {"group": "acme.io", "scope": "Cluster", "names": {"kind": "A", "plural": "as"}, "versions": [version]}
    found = check(
        "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition",
        k8s.apiextensions.v1.CustomResourceDefinition,
        {"metadata": {"name": "as.acme.io"}, "spec": spec},
    )
    assert [p.path for p in found] == ["spec.versions[0].schema.openAPIV3Schema.properties.a.items.properties.b.tipe"]


def test_custom_resources_take_any_key_but_their_metadata_is_checked() -> None:
    inputs = {"apiVersion": "a.io/v1", "kind": "A", "anything": 1.0, "metadata": {"lables": {}, "name": "a"}}
    found = check("kubernetes:a.io/v1:A", k8s.apiextensions.CustomResource, inputs)
    assert [str(p) for p in found] == [
        "metadata.lables: no such property; got an object with no keys; did you mean labels"
    ]


def test_provider_settings_are_json() -> None:
    inputs = {
        "region": "eu-west-1",
        "defaultTags": json.dumps({"tags": {"a": "b"}}),
        "skipCredentialsValidation": "true",
    }
    assert check("pulumi:providers:aws", aws.Provider, inputs) == []
    wrong = {"defaultTags": json.dumps({"tag": {"a": "b"}}), "maxRetries": "often", "version": "7.0.0"}
    assert [p.path for p in check("pulumi:providers:aws", aws.Provider, wrong)] == ["defaultTags.tag", "maxRetries"]


def test_without_a_table_nothing_is_found_and_that_is_said() -> None:
    result = inspect("acme:index:Thing", None, {"a": 1})
    assert (result.problems, result.checked) == ((), False)


def test_an_own_mark_of_unknowns() -> None:
    assert check(NODE_GROUP, aws.eks.NodeGroup, GOOD | {"diskSize": ...}, is_unknown=lambda v: v is ...) == []
