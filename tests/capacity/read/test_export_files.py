"""What a file is taken for as a cluster's export, and what is said of one that is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eks_blueprints.capacity.read.export import platform_of_export
from eks_blueprints.core.errors import InputError
from tests.capacity.read.exports import node, of_deployment, pod, volume, written
from tests.capacity.read.test_export import daemon_pod, node_pool

YAML = """\
apiVersion: v1
kind: PodList
items:
- metadata: {name: one, namespace: shop}
  spec: {containers: [{name: a, resources: {requests: {cpu: 500m}}}]}
---
apiVersion: v1
kind: Node
metadata: {name: node-a}
status: {allocatable: {cpu: "2", pods: "10"}}
"""


def test_an_export_may_be_yaml_of_several_documents_and_lists_of_one_kind(tmp_path: Path) -> None:
    file = tmp_path / "cluster.yaml"
    file.write_text(YAML, encoding="utf-8")
    found = platform_of_export(file)
    assert [(each.name, each.position.line) for each in found.demands] == [("shop/Pod/one", 4)]
    assert [each.node.name for each in found.running] == ["node-a"]


def test_an_export_may_be_several_documents_of_json(tmp_path: Path) -> None:
    file = tmp_path / "cluster.json"
    file.write_text(f"\ufeff{json.dumps(node())}\n\n{json.dumps(pod('bare'))}\n", encoding="utf-8")
    assert len(platform_of_export(file).running[0].pods) == 1


def asking(operator: str | None, value: str) -> dict[str, object]:
    """A pod with a condition on nodes."""
    asked = {"key": "a", "values": [value], **({} if operator is None else {"operator": operator})}
    terms = {"nodeSelectorTerms": [{"matchExpressions": [asked]}]}
    affinity = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}
    return pod("p", on=None, affinity=affinity)


compared = node_pool("x")
compared["spec"]["template"]["spec"]["requirements"] = [
    {"key": "karpenter.k8s.aws/instance-cpu", "operator": "Gt", "values": ["many"]}
]
budget = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "x", "namespace": "shop"}}
MISTAKES: dict[str, tuple[str, str]] = {
    "empty": (" \n", "is empty; got nothing; write it with kubectl get nodes,pods"),
    "json": (
        '{"kind": "List",\n "items": [',
        ":2:12: ends too early, or is not JSON: Expecting value; got",
    ),
    "json inside": ('{"kind": "List",\n "items": [x]}', ':2:12: is not JSON: Expecting value; got "x]}"; write it'),
    "an error behind": (
        '{"kind": "List", "items": []}\nError from server (Forbidden): pods is forbidden\n',
        ':2:1: has what is no JSON behind its objects; got "Error from server (Forbidden): pods is forbidden"; take',
    ),
    "a warning first": (
        'Warning: v1 Endpoints is deprecated\n{"kind": "List", "items": []}',
        ':1:1: begins with what is neither JSON nor YAML; got "Warning: v1 Endpoints is deprecated"; take out what',
    ),
    "two commands in YAML": (
        "apiVersion: v1\nkind: List\nitems: []\napiVersion: v1\nkind: List\nitems: []\n",
        "put --- between the outputs of two commands",
    ),
    "deep": ("[" * 100_000, "is nested too deeply; got hundreds of levels"),
    "yaml": ("a: [\n", ":2:1: is invalid YAML"),
    "no object": ("1", "needs objects of Kubernetes; got 1"),
    "a list": ("[1]", "items[0]: is no object; got 1"),
    "other kinds": ('{"kind": "Service", "metadata": {"name": "x"}}', "needs nodes or pods; got Service"),
    "no items": ('{"kind": "List", "items": []}', "needs nodes or pods; got no object"),
    "an item": ('{"kind": "List", "items": [1]}', "items[0]: is no object; got 1"),
    "a page": (
        json.dumps({"kind": "PodList", "metadata": {"continue": "x", "remainingItemCount": 9}, "items": [pod("p")]}),
        "is one page of a list; got 1 objects, and 9 more follow; write it with kubectl get nodes,pods",
    ),
    "no name": (
        '{"kind": "List", "items": [{"kind": "Pod"}]}',
        "items[0]: needs an object with kind and metadata.name",
    ),
    "yaml place": ("kind: List\nitems:\n- kind: Pod\n  spec: {}\n", ":3:3: items[0]: needs an object"),
    "no status": ('{"kind": "Node", "metadata": {"name": "n"}}', "status: the Node n has no status.allocatable"),
    "bad status": (
        '{"kind": "Node", "metadata": {"name": "n"}, "status": {"allocatable": {"cpu": "x"}}}',
        'status.allocatable.cpu: the Node n: is not a valid quantity; got "x"',
    ),
    "no containers": (
        '{"kind": "Pod", "metadata": {"name": "p"}, "spec": {}}',
        "the Pod p has no spec with containers",
    ),
    "bad request": (
        json.dumps(pod("p", requests={"cpu": "much"}, on=None)),
        'spec.containers[0].resources.requests.cpu: the Pod p: is not a valid quantity; got "much"',
    ),
    "bad volumes": (json.dumps(pod("p", volumes=[1])), "spec.volumes[0]: the Pod p: needs a mapping; got 1"),
    "bad labels": (json.dumps(node(labels={"a": 1})), "metadata.labels.a: the Node node-a: needs text; got 1"),
    "bad conditions": (
        json.dumps(node(status={"conditions": "x"})),
        'status.conditions: the Node node-a: needs a list; got "x"',
    ),
    "negative": (
        json.dumps(pod("p", requests={"cpu": "-1"}, on=None)),
        'requests.cpu: the Pod p: is negative; got "-1"; write 0 or more',
    ),
    "null in a list": (
        json.dumps(pod("p", tolerations=[None])),
        "spec.tolerations[0]: the Pod p: needs a value",
    ),
    "null in a list of a pool": (
        json.dumps([node(), {**node_pool("x"), "spec": {"template": {"spec": {"taints": [None]}}}}]),
        "items[1].spec.template.spec.taints[0]: the NodePool x: needs a value; got null",
    ),
    "no operator": (json.dumps(asking(None, "a")), "matchExpressions[0].operator: the Pod p: is required; got nothing"),
    "other operator": (
        json.dumps(asking("Like", "a")),
        'operator: the Pod p: is not one of the allowed values; got "Like"',
    ),
    "no number": (
        json.dumps(asking("Gt", "many")),
        'matchExpressions[0].values: the Pod p: needs one whole number; got ["many"]; write one',
    ),
    "bad comparison": (
        json.dumps([node(), compared]),
        "its requirement of karpenter.k8s.aws/instance-cpu compares with Gt, which needs one whole number; got",
    ),
    "bad budget": (
        json.dumps([node(), {**budget, "spec": {"minAvailable": "lots"}}]),
        'PodDisruptionBudget x cannot be read: needs a number of pods or a percentage; got "lots"',
    ),
    "bad pool": (
        json.dumps([node(), {"kind": "NodePool", "metadata": {"name": "x"}, "spec": {"weight": "heavy"}}]),
        'items[1].spec.weight: the NodePool x: needs a whole number; got "heavy"',
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_each_mistake_is_said_with_its_place(name: str, tmp_path: Path) -> None:
    text, wanted = MISTAKES[name]
    file = tmp_path / "cluster"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        platform_of_export(file)
    assert wanted in str(error.value)
    assert str(error.value).startswith(str(file))
    assert len(error.value.problems) == 1


def test_yaml_that_is_too_large_is_asked_for_as_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eks_blueprints.core.document._MAX_NODES", 5)
    file = tmp_path / "cluster.yaml"
    file.write_text(YAML, encoding="utf-8")
    with pytest.raises(InputError, match=r"is too large to be read as YAML; got .* -o json$"):
        platform_of_export(file)


def test_yaml_of_too_many_lines_is_asked_for_as_json_at_once(tmp_path: Path) -> None:
    file = tmp_path / "cluster.yaml"
    file.write_text(YAML + "\n" * 150_001, encoding="utf-8")
    with pytest.raises(InputError, match=r"is too large to be read as YAML; got \d+ lines; .* -o json$"):
        platform_of_export(file)


def test_a_file_that_is_not_there_and_one_that_is_no_text_are_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        platform_of_export(tmp_path / "none.json")
    (tmp_path / "bytes").write_bytes(b"\xc3\x28")
    with pytest.raises(InputError, match="is not UTF-8 text; got byte 0xc3"):
        platform_of_export(tmp_path / "bytes")
    (tmp_path / "packed").write_bytes(b"\x1f\x8b\x08\x00")
    with pytest.raises(InputError, match="is compressed; got a file of gzip; unpack it with gunzip -k"):
        platform_of_export(tmp_path / "packed")


def test_an_export_may_be_utf_16_as_powershell_writes_it(tmp_path: Path) -> None:
    file = tmp_path / "cluster.json"
    file.write_bytes(json.dumps(node("ü")).encode("utf-16"))
    assert [each.node.name for each in platform_of_export(file).running] == ["ü"]


def test_an_export_may_be_the_items_alone(tmp_path: Path) -> None:
    file = tmp_path / "cluster.json"
    file.write_text(json.dumps([node(), pod("bare")]), encoding="utf-8")
    assert len(platform_of_export(file).running[0].pods) == 1


def test_an_export_may_be_lists_of_lists(tmp_path: Path) -> None:
    inner = {"apiVersion": "v1", "kind": "List", "items": [node()]}
    pods = {"apiVersion": "v1", "kind": "PodList", "items": [pod("bare")]}
    assert len(platform_of_export(written(tmp_path, inner, pods)).running[0].pods) == 1


def test_what_joined_files_have_twice_is_as_it_was_read_last(tmp_path: Path) -> None:
    objects = [node(), pod("bare", on=None, phase="Pending"), node(), pod("bare")]
    found = platform_of_export(written(tmp_path, *objects))
    assert [[name for name, _ in each.pods] for each in found.running] == [["shop/Pod/bare#bare"]]
    assert found.demands == ()


def test_kinds_of_other_groups_are_no_nodes(tmp_path: Path) -> None:
    longhorn = {"apiVersion": "longhorn.io/v1beta2", "kind": "Node", "metadata": {"name": "x", "namespace": "l"}}
    knative = {"apiVersion": "serving.knative.dev/v1", "kind": "Service", "metadata": {"name": "x"}, "spec": 1}
    found = platform_of_export(written(tmp_path, longhorn, knative, node()))
    assert [each.node.name for each in found.running] == ["node-a"]


def test_fields_that_are_missing_or_new_are_no_mistake(tmp_path: Path) -> None:
    """An export may be cut down, or of a newer cluster."""
    disk = volume("pv-1", "a")
    disk["spec"]["isNew"] = 1
    pool = {**node_pool("x"), "spec": {"template": {"spec": {"isNew": 1}}}}
    found = platform_of_export(written(tmp_path, node(spec={"isNew": [1]}), disk, pool, daemon_pod()))
    assert [each.name for each in found.pools] == ["x"]


def test_the_order_of_objects_says_nothing(tmp_path: Path) -> None:
    objects = [node(), node("node-b"), node_pool("x"), daemon_pod(), of_deployment("web", 1, on="node-b")]
    first = platform_of_export(written(tmp_path, *objects))
    second = platform_of_export(written(tmp_path, *reversed(objects)))
    for found in (first, second):
        assert {each.node.name: [name for name, _ in each.pods] for each in found.running} == {
            "node-a": ["shop/DaemonSet/agent@node-a"],
            "node-b": ["shop/Deployment/web#web-5d9f8c-1"],
        }
        assert [each.name for each in found.pools] == ["x"]
