"""Words that people bring from eksctl, Terraform and the CDK are answered with ours."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import tomllib
from typing import Any

import pytest

from eks_blueprints.core import peers
from eks_blueprints.core.errors import InputError, by_nearness, folded, nearest, unknown_name
from eks_blueprints.core.spec import Spec
from eks_blueprints.stackfile import open_stack
from tests import ROOT

SCHEMA = json.loads((ROOT / "docs/reference/stack.schema.json").read_text())
HEAD = "region: eu-west-1\ncluster: {version: '1.35'}\n"


def told(text: str, tmp_path: Any) -> list[str]:
    file = tmp_path / "prod.yaml"
    file.write_text(text)
    with pytest.raises(InputError) as error:
        open_stack(file)
    return [str(problem).partition(f"{file}:")[2].partition(": ")[2] for problem in error.value.problems]


@pytest.mark.parametrize(
    ("group", "word", "ours"),
    [
        ("nodes: {kind: managed_nodes, %s: 1}", "desired_capacity", "desired_size"),
        ("nodes: {kind: managed_nodes, %s: 1}", "desiredCapacity", "desired_size"),
        ("nodes: {kind: managed_nodes, %s: 1}", "min_capacity", "min_size"),
        ("nodes: {kind: managed_nodes, %s: 1}", "max_capacity", "max_size"),
        ("nodes: {kind: managed_nodes, %s: 1}", "minSize", "min_size"),
        ("nodes: {kind: managed_nodes, %s: m5.large}", "instance_type", "instance_types"),
        ("nodes: {kind: managed_nodes, %s: m5.large}", "instanceType", "instance_types"),
        ("nodes: {kind: managed_nodes, %s: x}", "amiFamily", "ami_type"),
        ("nodes: {kind: self_managed_nodes, %s: true}", "privateNetworking", "subnets"),
        ("nodes: {kind: self_managed_nodes, %s: 1}", "volumeSize", "disk"),
    ],
)
def test_a_word_for_nodes(group: str, word: str, ours: str, tmp_path: Any) -> None:
    (line,) = told(f"{HEAD}compute:\n  {group % word}\n", tmp_path)
    assert line == f'compute.nodes.{word}: no such field; got "{word}"; did you mean {ours}?'


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("nodeGroups", "write each group as compute: {NAME: {kind: managed_nodes}} or {kind: self_managed_nodes}"),
        ("managedNodeGroups", "write each group as compute: {NAME: {kind: managed_nodes}}"),
        ("eks_managed_node_groups", "write each group as compute: {NAME: {kind: managed_nodes}}"),
        ("fargateProfiles", "write each profile as compute: {NAME: {kind: fargate, selectors: [...]}}"),
        ("karpenter", "write it as compute: {karpenter: {}}"),
        ("cluster_name", "write cluster.name"),
        ("enable_irsa", "write cluster.oidc_provider"),
        ("private_subnets", "write network.subnets"),
        ("vpc", "did you mean network?"),
        ("vpc_id", "write network.vpc_id"),
        ("kubernetesVersion", "write cluster.version"),
        ("instance_type", "write compute.NAME.instance_types"),
        ("access_entries", "did you mean access?"),
        ("regoin", "did you mean region?"),
    ],
)
def test_a_word_at_the_top(word: str, said: str, tmp_path: Any) -> None:
    (line,) = told(f"{HEAD}{word}: x\n", tmp_path)
    assert line == f'{word}: no such field; got "{word}"; {said}'


@pytest.mark.parametrize(
    ("place", "word", "said"),
    [
        ("cluster", "cluster_name", "did you mean name?"),
        ("cluster", "enable_irsa", "did you mean oidc_provider?"),
        ("cluster", "kubernetesVersion", "did you mean version?"),
        ("cluster", "cloudwatch_log_group_retention_in_days", "did you mean log_group.retention_in_days?"),
        ("cluster", "vpc_cidr", "write network.cidr"),
        ("cluster", "managedNodeGroups", "write each group as compute: {NAME: {kind: managed_nodes}}"),
        ("network", "private_subnets", "did you mean subnets?"),
        ("network", "azs", "did you mean zones?"),
        ("network", "single_nat_gateway", "did you mean nat_gateways?"),
    ],
)
def test_a_word_in_a_part(place: str, word: str, said: str, tmp_path: Any) -> None:
    part = f"{{version: '1.35', {word}: x}}" if place == "cluster" else f"{{{word}: x}}"
    text = f"region: eu-west-1\ncluster: {{version: '1.35'}}\n{place}: {part}\n"
    text = text.replace("cluster: {version: '1.35'}\ncluster", "cluster")
    assert f'{place}.{word}: no such field; got "{word}"; {said}' in told(text, tmp_path)


def test_compute_among_the_addons_and_the_other_way_round(tmp_path: Any) -> None:
    lines = told(f"{HEAD}addons: {{karpenter: {{}}}}\ncompute: {{metrics-server: {{}}}}\n", tmp_path)
    assert sorted(lines) == [
        'addons.karpenter: is not a kind of addons; got "karpenter", which is compute; write it below compute',
        (
            "compute.metrics-server: is not a kind of compute; "
            'got "metrics-server", which is addons; write it below addons'
        ),
    ]


def test_kinds_by_other_names(tmp_path: Any) -> None:
    text = f"{HEAD}compute: {{a: {{kind: nodegroup}}, b: {{kind: ASG}}}}\naddons: {{flux: {{}}, nginx: {{}}}}\n"
    lines = "\n".join(told(text, tmp_path))
    for meant in ("managed_nodes", "self_managed_nodes", "fluxcd", "ingress_nginx"):
        assert f"did you mean {meant}?" in lines


def test_a_value_by_its_other_spelling(tmp_path: Any) -> None:
    taint = "{kind: managed_nodes, taints: [{key: gpu, effect: NoSchedule}]}"
    (line,) = told(f"{HEAD}compute: {{nodes: {taint}}}\n", tmp_path)
    assert "got \"NoSchedule\"; did you mean NO_SCHEDULE? use 'NO_SCHEDULE'" in line


@pytest.mark.parametrize("path", sorted(set(peers.fields().values())))
def test_every_field_that_is_named_exists(path: str) -> None:
    definitions = SCHEMA["$defs"]
    parts = path.split(".")
    at: list[dict[str, Any]] = [SCHEMA]
    if parts[0] == "compute":
        at = [part for name, part in definitions.items() if name.startswith("compute.")]
        parts = parts[2:]
    for part in parts:
        found = [each["properties"][part] for each in at if part in each.get("properties", {})]
        assert found, path
        at = [inner for each in found for inner in _refs(each)]


@pytest.mark.parametrize("spec", ["access.AccessEntry", "compute.Compute", "compute.Karpenter", "karpenter.Pool"])
def test_every_field_of_one_spec_that_is_named_exists(spec: str) -> None:
    from eks_blueprints.access.spec import AccessEntry
    from eks_blueprints.compute import Karpenter, ManagedNodes
    from eks_blueprints.compute._parts import Volume
    from eks_blueprints.karpenter.node_pool import NodePool

    room, name = spec.split(".")
    fields = {
        field
        for each in (AccessEntry, Karpenter, ManagedNodes, NodePool, Volume)
        if name in [base.__name__ for base in each.__mro__]
        for field in each.model_fields
    }
    words = peers.of_class(room, name)
    assert words
    assert {each.partition(".")[0] for each in words.values() if " " not in each} <= fields


@pytest.mark.parametrize(
    ("name", "meant"),
    [("rolearn", "principal_arn"), ("groups", "kubernetes_groups"), ("policyAssociations", "policies")],
)
def test_a_word_of_one_place(name: str, meant: str, tmp_path: Any) -> None:
    entry = f"{{principal_arn: 'arn:aws:iam::111122223333:role/x', {name}: a}}"
    (line,) = [each for each in told(f"{HEAD}access: {{a: {entry}}}\n", tmp_path) if name in each]
    assert line == f'access.a.{name}: no such field; got "{name}"; did you mean {meant}?'


@pytest.mark.parametrize("place", ["disk: {%s: 1}", "additional_volumes: {/dev/sdb: {%s: 1}}"])
def test_a_word_of_a_volume(place: str, tmp_path: Any) -> None:
    nodes = place % "size"
    (line,) = told(f"{HEAD}compute: {{nodes: {{kind: managed_nodes, {nodes}}}}}\n", tmp_path)
    assert line.endswith('size: no such field; got "size"; did you mean volume_size?')


def _refs(part: dict[str, Any]) -> list[dict[str, Any]]:
    options = [part, *part.get("anyOf", []), *part.get("oneOf", []), *part.get("allOf", [])]
    return [SCHEMA["$defs"][each["$ref"].rpartition("/")[2]] if "$ref" in each else each for each in options]


def test_the_nearest_name_wins_over_the_alphabet() -> None:
    assert nearest("node_pool", ["node_role", "node_pools"]) == "node_pools"
    assert nearest("desired", ["described", "desired_size"]) == "desired_size"
    assert nearest("min-Size", ["max_size", "min_size"]) == "min_size"
    assert nearest("zzz", ["abc"]) is None
    many = [f"a{number}" for number in range(20)] + ["metrics", "zeta"]
    assert "known are metrics, " in unknown_name("mtx", many, "thing")
    assert by_nearness("b", ["c", "b", "B"])[0] in ("b", "B")


def test_few_names_are_all_listed_in_their_order() -> None:
    assert unknown_name("x", ["b", "a"], "thing").endswith("known are a, b")


def test_what_is_said_for_a_class_is_said_where_there_is_no_such_field() -> None:
    table = tomllib.loads((ROOT / "eks_blueprints/core/peers.toml").read_text(encoding="utf-8"))["of"]
    for room, classes in table.items():
        known = _classes(f"eks_blueprints.{room}")
        for name, words in classes.items():
            fields = {folded(field) for field in known[name].model_fields}
            assert not fields & {*map(folded, words)}, name
            for word, do in words.items():
                meant = re.fullmatch(r"did you mean (\w+)\?", do)
                assert meant is None or any(meant[1] in each.model_fields for each in _and_below(known[name])), word


def _classes(room: str) -> dict[str, type[Spec]]:
    package = importlib.import_module(room)
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{room}.{module.name}")
    return {each.__name__: each for each in _and_below(Spec) if each.__module__.startswith(f"{room}.")}


def _and_below(spec: type[Spec]) -> list[type[Spec]]:
    return [spec, *(below for each in spec.__subclasses__() for below in _and_below(each))]
