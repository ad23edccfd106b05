"""Every field of every sort makes objects that the API server's schemas take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from eks_blueprints.core.refs import Ground
from eks_blueprints.kubernetes import crds
from eks_blueprints.kubernetes.check import Checked, check
from eks_blueprints.kubernetes.custom import Definitions
from eks_blueprints.kubernetes.shapes import of
from tests.test_secrets_everywhere import GROUND as SMALL

from .every_field import KINDS, LEAST, PLACES, cases, fields_of, objects, pod_of

GROUND = Ground(version="1.36", network=SMALL.network, oidc_provider=True, places=PLACES)
SET_BY_LEAST = {"name", "namespace"}


@pytest.mark.parametrize("kind", KINDS)
def test_no_field_is_left_out(kind: str) -> None:
    assert set(KINDS[kind].model_fields) - SET_BY_LEAST - {"kind"} <= set(fields_of(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_no_field_of_what_stands_in_a_field_is_left_out(kind: str) -> None:
    missing = []
    for field, values in fields_of(kind).items():
        for spec in _specs(KINDS[kind].model_fields[field].annotation):
            said = {key for value in values for key in _keys(value)}
            left = {name for name in spec.model_fields if name not in said}
            if kind == "daemon_set" and spec.__name__ in ("Claim", "CreatedWith", "Snapshot"):
                continue  # it takes claims that are there alone
            if kind != "stateful_set":  # nothing else makes claims by a template
                left.discard("created_with")
            # Containers inside a workload are containers, and roles in AWS are no objects of the cluster.
            if field not in ("sidecars", "init_containers", "service_account"):
                missing += [f"{field}.{name}" for name in sorted(left)]
    assert missing == []


def _specs(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from _specs(field.annotation)
    for part in get_args(annotation):
        yield from _specs(part)


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from value
        for each in value.values():
            yield from _keys(each)
    elif isinstance(value, list):
        for each in value:
            yield from _keys(each)


@pytest.mark.parametrize(("kind", "name", "fields"), [pytest.param(*each, id=each[1]) for each in cases()])
def test_objects_are_such_as_kubernetes_takes(kind: str, name: str, fields: dict[str, Any]) -> None:
    found = Checked()
    made = objects(kind, fields, GROUND)
    for manifest in (*made, *filter(None, map(pod_of, made))):
        check(manifest, of(36), Definitions((), dict(crds.sources())), found)
    assert [str(problem) for problem in found.problems] == []


def test_the_least_is_enough() -> None:
    for kind, fields in LEAST.items():
        assert objects(kind, fields, GROUND)[-1]["kind"] == KINDS[kind].kubernetes_kind
