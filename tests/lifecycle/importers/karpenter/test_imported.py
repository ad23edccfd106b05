"""NodePools and classes of nodes become compute, those of v1beta1 too; what changes or has no place is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.core.errors import InputError
from eks_blueprints.core.yaml_text import load
from eks_blueprints.karpenter import manifests
from eks_blueprints.lifecycle.importers.karpenter.part import Part, imported
from eks_blueprints.stackfile import load as load_stack
from tests.cli.test_commands import call

POOL: dict[str, Any] = {
    "apiVersion": "karpenter.sh/v1",
    "kind": "NodePool",
    "metadata": {"name": "default", "labels": {"team": "a"}, "annotations": {"karpenter.sh/nodepool-hash": "1"}},
    "spec": {
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {
                "nodeClassRef": {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "default"},
                "requirements": [
                    {"key": "karpenter.sh/capacity-type", "operator": "In", "values": ["spot"]},
                    {"key": "kubernetes.io/arch", "operator": "In", "values": ["arm64"], "minValues": 1},
                    {"key": "karpenter.k8s.aws/instance-cpu", "operator": "Gt", "values": ["3"]},
                ],
                "startupTaints": [{"key": "a", "effect": "NoExecute"}],
                "expireAfter": "720h",
                "terminationGracePeriod": "24h",
            },
        },
        "limits": {"cpu": "100"},
        "weight": 10,
        "disruption": {
            "consolidationPolicy": "WhenEmpty",
            "consolidateAfter": "1m",
            "budgets": [{"nodes": "0", "schedule": "@daily", "duration": "10m", "reasons": ["Drifted"]}],
        },
    },
    "status": {"conditions": []},
}
CLASS: dict[str, Any] = {
    "apiVersion": "karpenter.k8s.aws/v1",
    "kind": "EC2NodeClass",
    "metadata": {"name": "default"},
    "spec": {
        "amiSelectorTerms": [{"alias": "al2023@v20250920"}],
        "role": "nodes",
        "subnetSelectorTerms": [{"tags": {"karpenter.sh/discovery": "demo"}}],
        "securityGroupSelectorTerms": [{"id": "sg-0123456789abcdef0"}],
        "blockDeviceMappings": [
            {
                "deviceName": "/dev/xvda",
                "rootVolume": True,
                "ebs": {"volumeSize": "50Gi", "kmsKeyID": "k", "encrypted": True},
            }
        ],
        "kubelet": {
            "clusterDNS": ["10.0.0.10"],
            "evictionHard": {"memory.available": "5%"},
            "imageGCHighThresholdPercent": 85,
            "imageGCLowThresholdPercent": 70,
        },
        "metadataOptions": {"httpProtocolIPv6": "enabled"},
        "tags": {"CostCenter": "1"},
    },
}


def made(tmp_path: Path, *objects: dict[str, Any]) -> Part:
    file = tmp_path / "objects.yaml"
    file.write_text("\n---\n".join(json.dumps(each) for each in objects))
    return imported([str(file)])


def remarks(part: Part) -> str:
    return "\n".join(f"{found.called}: {what}" for found in part.objects for _, what in found.notes)


def test_what_is_imported_renders_the_same_objects(tmp_path: Path) -> None:
    part = made(tmp_path, POOL, CLASS)
    file = tmp_path / "stack.yaml"
    file.write_text(
        json.dumps(
            {
                "region": "eu-west-1",
                "cluster": {"version": "1.35"},
                "compute": {"n": {"kind": "managed_nodes"}, **part.compute},
            }
        )
    )
    karpenter = next(each for each in load_stack(file).compute if each.kind() == "karpenter")
    pool = manifests.node_pool(karpenter.node_pools["default"])
    wanted = json.loads(json.dumps(POOL["spec"]))
    by_key = lambda each: each["key"]  # noqa: E731
    pool["spec"]["template"]["spec"]["requirements"].sort(key=by_key)
    wanted["template"]["spec"]["requirements"].sort(key=by_key)
    assert json.loads(json.dumps(pool["spec"], default=list)) == wanted
    assert pool["metadata"]["labels"] == {"team": "a"}
    drawn = manifests.ec2_node_class(karpenter.node_classes["default"])
    assert json.loads(json.dumps(drawn["spec"], default=list)) == CLASS["spec"]
    assert (
        remarks(part) == "NodePool/default: metadata.annotations: left out karpenter.sh/nodepool-hash, "
        "which a controller or kubectl writes"
    )


def test_objects_of_v1beta1_are_brought_to_v1_and_each_change_is_said(tmp_path: Path) -> None:
    pool = json.loads(json.dumps(POOL).replace("karpenter.sh/v1", "karpenter.sh/v1beta1"))
    node = pool["spec"]["template"]["spec"]
    node["nodeClassRef"] = {"apiVersion": "karpenter.k8s.aws/v1beta1", "kind": "EC2NodeClass", "name": "default"}
    node["kubelet"] = {"maxPods": 50}
    del node["expireAfter"]
    pool["spec"]["disruption"] = {"consolidationPolicy": "WhenUnderutilized", "expireAfter": "100h"}
    old = json.loads(json.dumps(CLASS).replace("aws/v1", "aws/v1beta1"))
    old["spec"] |= {"amiFamily": "Bottlerocket"}
    for key in ("amiSelectorTerms", "kubelet", "metadataOptions"):
        del old["spec"][key]
    part = made(tmp_path, pool, old)
    said = part.compute["karpenter"]
    assert said["node_pools"]["default"]["disruption"] == {
        "consolidation_policy": "WhenEmptyOrUnderutilized",
        "consolidate_after": "0s",
    }
    assert said["node_pools"]["default"]["expire_after"] == "100h"
    new = said["node_classes"]["default"]
    assert new["kubelet"] == {"max_pods": 50}
    assert new["ami_selector_terms"] == [{"alias": "bottlerocket@latest"}]
    assert new["metadata_options"] == {"http_put_response_hop_limit": 2}
    for words in (
        "nodeClassRef.apiVersion",
        "expireAfter: is a field of the template",
        "WhenEmptyOrUnderutilized in v1",
        "0s is written",
        "belongs to the class default",
        "bottlerocket@latest",
        "2 is written",
    ):
        assert words in remarks(part), words


def test_classes_and_pools_of_auto_mode(tmp_path: Path) -> None:
    reference = {"group": "eks.amazonaws.com", "kind": "NodeClass", "name": "own"}
    pool = json.loads(json.dumps(POOL))
    pool["spec"]["template"]["spec"] = {"nodeClassRef": reference, "requirements": []}
    built_in = json.loads(json.dumps(pool)) | {"metadata": {"name": "system"}}
    own = {
        "apiVersion": "eks.amazonaws.com/v1",
        "kind": "NodeClass",
        "metadata": {"name": "own"},
        "spec": {"ephemeralStorage": {"size": "100Gi"}, "advancedNetworking": {"ipv4PrefixSize": "32"}, "unheardOf": 1},
    }
    part = made(tmp_path, {"apiVersion": "v1", "kind": "List", "items": [pool, built_in, own]})
    said = part.compute["auto_mode"]
    assert said["node_pools"]["default"]["node_class"] == "own"
    assert said["node_classes"]["own"] == {
        "ephemeral_storage": {"size": "100Gi"},
        "advanced_networking": {"ipv4_prefix_size": "32"},
    }
    assert "NodePool/system: metadata.name: is a pool of Auto Mode's own" in remarks(part)
    assert "spec.unheardOf: cannot be written" in remarks(part)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "Provisioner"}, "before v1beta1"),
        ({"kind": "Deployment"}, "is none of Karpenter"),
        ({"apiVersion": "karpenter.sh/v2"}, "is no version that is known"),
        ({"metadata": {}}, "needs metadata.name"),
        ({"spec": {"template": 1}}, "spec.template: needs a mapping"),
        ({"spec": {"template": {"spec": {"requirements": {}}}}}, "needs a list"),
    ],
)
def test_what_is_no_object_of_karpenter_is_refused(change: dict[str, Any], said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        made(tmp_path, {**POOL, **change})
    assert said in str(error.value)
    assert "objects.yaml:1:" in str(error.value)


def test_one_name_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is there twice"):
        made(tmp_path, POOL, POOL)


STACK = """\
region: eu-west-1
cluster: {version: "1.35"}
compute:
  nodes: {kind: managed_nodes}
  # installed by eksctl
  karpenter:
    kind: karpenter  # its controller
    node_pools: {}
    node_classes: {}
    replicas: 1
"""


def test_pools_go_into_a_stack_file_that_is_there(tmp_path: Path) -> None:
    source, stack = tmp_path / "pools.yaml", tmp_path / "prod.yaml"
    source.write_text("\n---\n".join(json.dumps(each) for each in (POOL, CLASS)))
    stack.write_text(STACK)
    result = call("import", "karpenter", str(source), "--into", str(stack))
    assert result.returncode == 0, result.stdout + result.stderr
    text = stack.read_text()
    assert "# installed by eksctl" in text
    assert "kind: karpenter  # its controller" in text
    assert load(text)["compute"]["karpenter"]["replicas"] == 1
    assert list(load(text)["compute"]["karpenter"]["node_pools"]) == ["default"]
    again = call("import", "karpenter", str(source), "--into", str(stack))
    assert (again.returncode, "has node_pools already" in again.stderr) == (2, True), again.stderr
    stack.write_text(STACK[: STACK.index("  # installed")])
    other = call("import", "karpenter", str(source), "--into", str(stack), "--name", "spot")
    assert "spot:" in stack.read_text(), other.stderr


def test_a_stack_file_of_its_own(tmp_path: Path) -> None:
    source, stack = tmp_path / "pools.yaml", tmp_path / "pools-stack.yaml"
    source.write_text(json.dumps(POOL))
    result = call("import", "karpenter", str(source), "-o", str(stack), "--format", "json")
    report = json.loads(result.stdout)
    assert report["objects"] == [
        {"object": "NodePool/default", "place": f"{source}:1:1", "to": "compute.karpenter.node_pools.default"}
    ]
    assert "names default, which is not among the files" in json.dumps(report["reported"])


COMMENTED = """\
# pools of the team
apiVersion: karpenter.sh/v1
kind: NodePool
metadata: {name: default}
spec:
  # weighs more
  weight: 10
  template:
    spec:
      nodeClassRef: {group: karpenter.k8s.aws, kind: EC2NodeClass, name: default}
      requirements:
        # cheap first
        - key: karpenter.sh/capacity-type
          operator: In
          values: [spot]
        # not tiny
        - {key: karpenter.k8s.aws/instance-cpu, operator: Gt, values: ["3"]}
---
apiVersion: karpenter.k8s.aws/v1
kind: EC2NodeClass
metadata: {name: default}
spec:
  role: nodes  # as Terraform made it
  amiSelectorTerms: [{alias: al2023@v20250920}]
  subnetSelectorTerms: [{tags: {karpenter.sh/discovery: shop}}]
  securityGroupSelectorTerms: [{tags: {karpenter.sh/discovery: shop}}]
  userData: |
    #!/bin/bash
    docker login -u x --password=Hunter2-9fk3Xq8LmZ
"""


@pytest.mark.parametrize("there", [False, True])
def test_comments_stay_with_what_they_are_about(tmp_path: Path, there: bool) -> None:
    source, stack = written(tmp_path, COMMENTED), tmp_path / "prod.yaml"
    karpenter = "  karpenter:\n    kind: karpenter\n" if there else ""
    nodes = "  nodes: {kind: managed_nodes}\n"
    stack.write_text(f'region: eu-west-1\ncluster: {{version: "1.35"}}\ncompute:\n{nodes}{karpenter}')
    call("import", "karpenter", str(source), "--into", str(stack))
    lines = [line.strip() for line in stack.read_text().splitlines()]
    for comment, about in [
        ("# pools of the team", "default:"),
        ("# cheap first", "capacity_types: [spot]"),
        ("# not tiny", "- key: karpenter.k8s.aws/instance-cpu"),
        ("# weighs more", "weight: 10"),
    ]:
        assert lines[lines.index(comment) + 1].startswith(about)
    assert "role: nodes  # as Terraform made it" in lines


def test_a_password_in_user_data_is_named_and_not_written(tmp_path: Path) -> None:
    result = call("import", "karpenter", str(written(tmp_path, COMMENTED)))
    assert "Hunter2" not in (result.stdout + result.stderr)
    assert "user_data: {secret: default-user-data}" in (result.stdout + result.stderr)
    assert "EC2NodeClass/default: spec.userData: holds what looks like a secret (password)" in result.stderr


def test_a_stack_file_that_would_be_refused_stays_as_it_is(tmp_path: Path) -> None:
    stack = tmp_path / "prod.yaml"
    stack.write_text('region: eu-west-1\ncluster: {version: "1.19"}\ncompute:\n  nodes: {kind: managed_nodes}\n')
    before = stack.read_text()
    result = call("import", "karpenter", str(written(tmp_path, COMMENTED)), "--into", str(stack))
    assert result.returncode == 2
    assert stack.read_text() == before
    assert "prod.yaml stays as it is" in (result.stdout + result.stderr)


def written(folder: Path, text: str) -> Path:
    (folder / "source.yaml").write_text(text)
    return folder / "source.yaml"
