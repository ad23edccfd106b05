"""Labels and annotations of Kubernetes' objects themselves."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field, model_validator

from eks_blueprints.core.errors import Faults, Path
from eks_blueprints.core.spec import Spec
from eks_blueprints.karpenter.labels import label_value, qualified_name

ANNOTATIONS_LIMIT = 256 * 1024
"""Most bytes in all annotations of an object. Source: Kubernetes, TotalAnnotationSizeLimitB."""


class ObjectMetadata(Spec):
    """What an object in the cluster is marked with."""

    labels: dict[str, str] = Field(default={}, max_length=100)
    """Labels of the object, by which `kubectl get -l` selects it."""
    annotations: dict[str, str] = {}
    """Annotations of the object, such as `kubernetes.io/description`."""

    @model_validator(mode="after")
    def _forms_hold(self) -> ObjectMetadata:
        faults = Faults()
        for key, value in self.labels.items():
            try:
                qualified_name(key, "label key")
                label_value(value)
            except ValueError as error:
                faults.add(("labels", key), str(error))
        check_annotations(self.annotations, faults, ("annotations",))
        faults.raise_if_any()
        return self

    def fields(self) -> dict[str, dict[str, str]]:
        """It as Kubernetes writes it."""
        said = {"labels": self.labels, "annotations": self.annotations}
        return {name: dict(value) for name, value in said.items() if value}


def check_annotations(annotations: Mapping[str, str], faults: Faults, at: Path) -> None:
    """Note keys that Kubernetes refuses, and more than it takes."""
    for key in annotations:
        try:
            qualified_name(key.lower(), "annotation key")
        except ValueError as error:
            faults.add((*at, key), str(error))
    size = sum(len(key.encode()) + len(value.encode()) for key, value in annotations.items())
    if size > ANNOTATIONS_LIMIT:
        faults.add(at, f"can have at most {ANNOTATIONS_LIMIT} bytes; got {size}; remove some")
