"""What a provider takes although the SDK's annotations say otherwise.

Bridged providers (aws and most others) convert: pulumi-terraform-bridge turns `"5"` into 5, 5 and true into text, wraps
what is not a list where a list is due, and takes a list where one object is due (`makeTerraformInput` in
pkg/tfbridge/schema.go); its type checker lets texts pass for numbers and numbers and truth values for text, and only
warns of the rest (pkg/tfbridge/typechecker/typechecker.go). Kubernetes' API server decodes JSON into Go types and
converts nothing but quantities.
"""

from __future__ import annotations

import re
from typing import Any

EXACT_PACKAGES = frozenset({"kubernetes"})
"""Packages whose provider converts nothing."""

QUANTITIES = frozenset(
    {
        "allocatable", "allocatedResources", "averageValue", "capacity", "default", "defaultRequest", "divisor", "hard",
        "limits", "max", "maxLimitRequestRatio", "maximumVolumeSize", "min", "minAvailable", "overhead", "podFixed",
        "requests", "sizeLimit", "used", "value",
    }
)  # fmt: skip
"""Kubernetes fields of type `resource.Quantity`, or maps of it: text to the SDK, but a JSON number will do
(apimachinery pkg/api/resource/quantity.go, UnmarshalJSON)."""

DOCUMENTS = re.compile(r"(polic(y|ies)|document|Policy|Policies|Document)$")
"""AWS properties that take a JSON document, as text or as an object (TransformJSONDocument of pulumi-aws)."""

_TRUTHS = frozenset({"true", "false", "1", "0", ""})  # what cty turns into a bool, and "" for the zero value


def fits_scalar(name: str, value: Any, *, exact: bool) -> bool:
    """Whether a plain value passes for a scalar of this name."""
    if name == "bool":
        return isinstance(value, bool) or (not exact and isinstance(value, str) and value in _TRUTHS)
    if name == "str":
        return isinstance(value, str) or (not exact and isinstance(value, bool | int | float))
    if isinstance(value, bool):
        return False
    if isinstance(value, int | float):
        return name == "float" or float(value).is_integer()
    return not exact and isinstance(value, str) and _is_number(value)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return text == ""
    return True
