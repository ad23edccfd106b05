"""Fields of Kubernetes objects under the names that they have in a stack file, by the specs that read them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from eks_blueprints.core.errors import Path
from eks_blueprints.core.late_specs import loaded
from eks_blueprints.core.spec import Spec
from eks_blueprints.karpenter.manifests import camel
from eks_blueprints.lifecycle.importers.karpenter.objects import Object


def fields_of(found: Object, data: dict[str, Any], spec: type[Spec], path: Path) -> dict[str, Any]:
    """The fields of a mapping that a spec has; the others are noted at the object."""
    names = {camel(name): name for name in spec.model_fields}
    said: dict[str, Any] = {}
    for key, value in data.items():
        if value is None:
            continue
        name = names.get(key)
        if name is None:
            found.note((*path, key), "cannot be written: no field of a stack file says it")
            continue
        said[name] = _value(found, value, _spec_in(spec.model_fields[name].annotation), (*path, key))
    return said


def _value(found: Object, value: Any, spec: type[Spec] | None, path: Path) -> Any:
    if spec is None:
        return value
    if isinstance(value, list):
        return [_value(found, each, spec, (*path, index)) for index, each in enumerate(value)]
    return fields_of(found, value, spec, path) if isinstance(value, dict) else value


def _spec_in(annotation: Any) -> type[Spec] | None:
    """The spec that a field holds, alone or in a list."""
    return next(_specs(annotation), None)


def _specs(annotation: Any) -> Iterator[type[Spec]]:
    if isinstance(annotation, type):
        cls: Any = loaded(annotation)
        if isinstance(cls, type) and issubclass(cls, Spec):
            yield cls
    for each in get_args(annotation):
        yield from _specs(each)
