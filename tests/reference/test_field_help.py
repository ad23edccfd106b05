"""`explain FIELD`: every field is found, and its example is one that the schema accepts."""

import json
from typing import Any

import jsonschema
import pytest

from eks_blueprints.core.document import parse
from eks_blueprints.core.errors import InputError
from eks_blueprints.reference.field_help import field_help
from tests import ROOT

SCHEMA: dict[str, Any] = json.loads((ROOT / "docs/reference/stack.schema.json").read_text())
PARTS = {
    "": SCHEMA,
    "network": SCHEMA["$defs"]["NetworkArgs"],
    "cluster": SCHEMA["$defs"]["ClusterArgs"],
    "addons.external_dns": SCHEMA["$defs"]["addons.external_dns"],
    **{name: part for name, part in SCHEMA["$defs"].items() if name.startswith("compute.")},
}
FIELDS = [(place, name) for place, part in PARTS.items() for name in part["properties"]]


@pytest.mark.parametrize(("place", "name"), FIELDS, ids=lambda part: part or "top")
def test_every_field_has_a_text_and_an_example_that_is_valid(place: str, name: str) -> None:
    path = f"{place}.{name}".removeprefix(".")
    found = field_help(path)
    assert found.path == path
    assert found.text
    assert "[" not in found.type
    if found.example is None:
        return
    value = parse(found.example).data
    for step in path.split("."):
        value = value[step]
    # The schema itself is checked elsewhere, which takes seconds.
    validator = jsonschema.Draft202012Validator({**PARTS[place]["properties"][name], "$defs": SCHEMA["$defs"]})
    assert not list(validator.iter_errors(value)), found.example


@pytest.mark.parametrize(
    ("path", "whole"),
    [
        ("security_groups.ingress.cidr", "security_groups.NAME.ingress.NAME.cidr"),
        ("security_groups.web.ingress.https.cidr", "security_groups.web.ingress.https.cidr"),
        ("namespaces.labels", "namespaces.NAME.labels"),
        ("network.subnets.cidr", "network.subnets.NAME.cidr"),
        ("pod_identity_associations.allow[0].actions", "pod_identity_associations.NAME.allow.0.actions"),
    ],
)
def test_names_of_the_users_choice_may_be_left_out(path: str, whole: str) -> None:
    assert field_help(path).path == whole


@pytest.mark.parametrize(
    ("path", "example"),
    [
        ("cluster.version", 'cluster: {version: "1.35"}'),
        ("region", "region: eu-west-1"),
        ("network.nat_gateways", "network: {nat_gateways: "),
        ("compute.managed_nodes.instance_types", 'compute: {managed_nodes: {instance_types: ["m5.large"]}}'),
        ("compute.managed_nodes.taints.effect", "compute: {managed_nodes: {taints: [{effect: NO_SCHEDULE}]}}"),
        ("compute.managed_nodes.taints[0].effect", "compute: {managed_nodes: {taints: [{effect: NO_SCHEDULE}]}}"),
        ("cluster.log_group.retention_in_days", "cluster: {log_group: {retention_in_days: "),
    ],
)
def test_the_example_says_where_it_is_written(path: str, example: str) -> None:
    told = field_help(path).example
    assert told is not None
    assert told.startswith(example)
    parse(told)


def test_groups_list_their_kinds_and_parts_their_fields() -> None:
    assert {"managed_nodes", "karpenter"} <= set(field_help("compute").fields)
    assert {"external_dns", "vpc_cni"} <= set(field_help("addons").fields)
    assert {"cidr", "vpc_id"} <= set(field_help("network").fields)
    assert set(field_help("").fields) >= {"region", "network", "cluster", "compute", "addons"}
    assert field_help("cluster.version").required
    assert field_help("network.cidr").default == "192.168.0.0/16"


@pytest.mark.parametrize("path", ["addons.coredns", "addons.external_secrets", "compute.managed_nodes"])
def test_an_element_is_a_mapping_of_its_fields(path: str) -> None:
    assert field_help(path).type == "mapping"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("network.cdir", 'network.cdir: no such field; got "cdir"; did you mean cidr?'),
        ("network.private_subnets", "did you mean subnets?"),
        ("cluster.enable_irsa", "did you mean oidc_provider?"),
        ("compute.managed_nodes.min_capacity", "did you mean min_size?"),
        ("compute.managed_node.min_size", "did you mean managed_nodes?"),
        ("compute.system.min_size", "write compute.KIND, whatever the name in your stack file is"),
        ("addons.extrnal_dns", "did you mean external_dns?"),
        ("min_size", "did you mean compute.managed_nodes.min_size?"),
        ("cidr", "did you mean network.cidr?"),
        ("cluster_name", "write cluster.name"),
        ("managedNodeGroups", "write each group as compute:"),
        ("network.cidr.x", "network.cidr.x: has no fields; got x; use network.cidr"),
        ("compute.managed_nodes.taints.efect", "did you mean effect?"),
    ],
)
def test_an_unknown_field_names_the_nearest(path: str, said: str) -> None:
    with pytest.raises(InputError) as told:
        field_help(path)
    assert said in str(told.value)


@pytest.mark.parametrize(
    ("path", "default"),
    [
        ("stages.scan.fail_on", "HIGH"),
        ("pipelines.app_pipeline.approval", "required"),
        ("environments.prod.policy", "edit"),
    ],
)
def test_fields_of_pipelines_are_explained(path: str, default: str) -> None:
    assert field_help(path).default == default
