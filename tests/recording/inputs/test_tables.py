"""Tables are derived from any SDK's annotations, quickly, and only for what is used."""

from __future__ import annotations

import copy
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Optional

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eks_blueprints.recording.inputs import check, inspect, table_for
from eks_blueprints.recording.inputs.derive import resolve, table_of
from eks_blueprints.recording.inputs.shapes import Anything, ListOf, MapOf, Named, ObjectOf, Property, Scalar
from eks_blueprints.recording.inputs.wire import signature
from tests.work import calls

from . import good_aws, good_eks, good_kubernetes
from .recorder import Registered, record


@cache
def registered() -> tuple[Registered, ...]:
    programs = (*good_aws.PROGRAMS, *good_kubernetes.PROGRAMS, *good_eks.PROGRAMS)
    return tuple(made for program in programs for made in record(program))


def test_a_table() -> None:
    table = table_for(aws.eks.NodeGroup)
    assert table is not None
    assert table.required == ("clusterName", "nodeRoleArn", "scalingConfig", "subnetIds")
    assert table.properties["clusterName"] == Property("clusterName", "cluster_name", Scalar("str"), required=True)
    assert table.properties["subnetIds"].shape == ListOf(Scalar("str"))
    assert table.properties["tags"].shape == MapOf(Scalar("str"))
    nested = table.properties["scalingConfig"].shape
    assert nested == Named("pulumi_aws.eks.node_group", "NodeGroupScalingConfigArgs")
    assert resolve(nested) == ObjectOf(aws.eks.NodeGroupScalingConfigArgs)


def test_deprecated_properties_are_marked() -> None:
    table = table_for(aws.s3.Bucket)
    assert table is not None
    assert table.properties["acl"].deprecated
    assert not table.properties["bucket"].deprecated


def test_subclasses_share_their_base_s_table() -> None:
    class OwnRole(aws.iam.Role):
        """A team's own."""

    assert table_for(OwnRole) is table_for(aws.iam.Role)


@pulumi.input_type
class OwnRoleArgs:
    """Arguments that a team's own class takes, and turns into others."""

    team: pulumi.Input[str] = pulumi.property("team")


class OwnRole(aws.iam.Role):
    """A team's own class beside arguments of its own."""


def test_a_subclass_s_own_arguments_are_not_what_is_sent() -> None:
    assert table_for(OwnRole) is table_for(aws.iam.Role)


def test_hand_written_input_types() -> None:
    @pulumi.input_type
    class ProbeArgs:
        first_arg: pulumi.Input[str] = pulumi.property("firstArg")
        second_arg: Optional[pulumi.Input[float]] = pulumi.property("secondArg", default=None)  # noqa: UP045

    table = table_of(ProbeArgs)
    assert table.required == ("firstArg",)
    shape = table.properties["secondArg"].shape
    assert isinstance(shape, Named)  # text, under postponed annotations
    assert resolve(shape) == Scalar("float")


@pytest.mark.parametrize("cls", [pulumi.CustomResource, pulumi.ComponentResource, k8s.yaml.ConfigFile])
def test_what_has_no_table(cls: type) -> None:
    assert table_for(cls) is None


def test_every_name_in_the_sdks_used_here_resolves() -> None:
    """A name that does not resolve would silently be taken for anything."""
    seen: set[type] = set()

    def walk(shape: Any) -> Iterator[Named]:
        if isinstance(shape, Named):
            if resolve(shape) == Anything() and not _is_resource(shape):
                yield shape
            shape = resolve(shape)
        if isinstance(shape, ObjectOf) and shape.args not in seen:
            seen.add(shape.args)
            for known in table_of(shape.args).properties.values():
                yield from walk(known.shape)
        for inner in (getattr(shape, "item", None), getattr(shape, "value", None), *getattr(shape, "options", ())):
            yield from walk(inner) if inner is not None else ()

    tables = [table_for(made.resource_class) for made in registered()]
    unresolved = {n for t in tables if t for p in t.properties.values() for n in walk(p.shape)}
    assert unresolved == set()
    assert len(seen) > 400


def _is_resource(shape: Named) -> bool:
    found = eval(shape.expression, dict(vars(sys.modules[shape.module])))  # noqa: S307 the SDK's own annotation
    return isinstance(found, type) and issubclass(found, pulumi.Resource)


def _objects(value: Any, shape: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    """Where objects with named keys stand, so that a renamed key must be noticed."""
    shape = resolve(shape) if isinstance(shape, Named) else shape
    if isinstance(shape, ObjectOf) and isinstance(value, Mapping) and not signature(value):
        known = table_of(shape.args).properties
        yield from ((*path, key) for key in value)
        for key, item in value.items():
            yield from _objects(item, known[key].shape, (*path, key))
    elif isinstance(shape, ListOf) and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _objects(item, shape.item, (*path, index))
    elif isinstance(shape, MapOf) and isinstance(value, Mapping) and not signature(value):
        for key, item in value.items():
            yield from _objects(item, shape.value, (*path, key))


@cache
def _renamable() -> tuple[tuple[Registered, tuple[str | int, ...]], ...]:
    places = []
    for made in registered():
        table = table_for(made.resource_class)
        if table is None or table.is_open or made.type_token.startswith("pulumi:providers:"):
            continue
        for key, value in made.inputs.items():
            places += [(made, (key,)), *((made, p) for p in _objects(value, table.properties[key].shape, (key,)))]
    return tuple(places)


@given(st.data())
def test_one_renamed_key_is_one_finding(data: st.DataObject) -> None:
    made, path = data.draw(st.sampled_from(_renamable()))
    letter = data.draw(st.sampled_from("qxzQ"))
    inputs = copy.deepcopy(made.inputs)
    place: Any = inputs
    for step in path[:-1]:
        place = place[step]
    key = str(path[-1])
    at = data.draw(st.integers(0, len(key)))
    place[key[:at] + letter + key[at:]] = place.pop(key)
    found = check(made.type_token, made.resource_class, inputs)
    kinds = [p.kind for p in found]
    assert kinds.count("unknown-property") == 1
    assert kinds.count("missing") <= 1
    assert len(kinds) <= 2


def test_tables_are_derived_once() -> None:
    resources = registered()

    def look() -> None:
        for made in resources:
            inspect(made.type_token, made.resource_class, made.inputs, name=made.name)

    look()
    known = calls(look)
    assert calls(look) <= known
    assert known < 400 * len(resources), "deriving the tables again would take four times as many"
