"""Values of charts and EKS add-ons: put together, paths in them, images taken from a mirror, places for pods."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator

from eks_blueprints.core import leaves
from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.images import from_mirror
from eks_blueprints.core.json_values import merged
from eks_blueprints.core.spec import In, is_known

CHART_VERSION = Form(
    r"v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?",
    what="is not an exact version of a chart",
    do="write it like 1.14.0",
)
chart_repository = Form(
    r"(https|oci)://[A-Za-z0-9][A-Za-z0-9.-]*(:\d+)?(/[A-Za-z0-9._~/-]*)?",
    what="is not a repository of charts",
    do="write https://host/path or oci://host/path",
)
"""Where charts lie."""

_DOTS = r"(?<!\\)\."


def clashes(typed: Mapping[str, Any], raw: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    """Where two sources say different things: path, and what each says."""
    for key in typed.keys() & raw.keys():
        one, other = typed[key], raw[key]
        if isinstance(one, Mapping) and isinstance(other, Mapping):
            for path, a, b in clashes(one, other):
                yield (key, *path), a, b
        elif one is not other and one != other:
            yield (key,), one, other


def chart_version(value: str) -> str:
    """The exact version of a chart.

    Raises:
        ValueError: if it is none, or a range, which would choose another one some day.
    """
    if re.search(r"-eksbuild\.\d+$", value):
        do = "write the chart's own version, like 1.14.0, or have EKS install it with kind: eks_addon"
        raise ValueError(f"is the build of an EKS add-on, not the version of a chart; got {shown(value)}; {do}")
    return CHART_VERSION(value)


def secret_leaves(value: dict[str, Any]) -> dict[str, Any]:
    """Leaves of a chart's values by their paths, none of them written down.

    Raises:
        ValueError: if a path leads nowhere, two are in each other's way, or a value is text.
    """
    faults = Faults()
    for path, leaf in value.items():
        keys = re.split(_DOTS, path)
        if not all(keys):
            faults.add((path,), f"is not a valid path in values; got {shown(path)}; write it like auth.token")
        if any(".".join(keys[:end]) in value for end in range(1, len(keys))):
            faults.add((path,), "is inside another one of these; got both; keep one")
        if is_known(leaf):
            do = "write {secret: key}, or put it into values"
            faults.add((path,), f"is stored in plain text; got text; {do}")
    faults.raise_if_any()
    return value


Namespace = leaves.Namespace
PolicyArns = leaves.PolicyArns
ChartVersion = Annotated[str, AfterValidator(chart_version)]
ChartRepository = Annotated[str, AfterValidator(chart_repository)]
SecretValues = Annotated[dict[str, In[str]], AfterValidator(secret_leaves)]


def nested(path: str, value: Any) -> dict[str, Any]:
    r"""`nested("a.b", 1)` is `{"a": {"b": 1}}`; a dot within a key is written `\.`; an empty path is the value."""
    for key in reversed(re.split(_DOTS, path) if path else ()):
        value = {key.replace("\\.", "."): value}
    return value  # type: ignore[no-any-return]


def all_nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by their paths, as one nested mapping."""
    result: dict[str, Any] = {}
    for path, value in values.items():
        result = merged(result, nested(path, value))
    return result


def placed(pods: Iterable[str], selector: Mapping[str, str] | None, tolerations: Iterable[Any] | None) -> Any:
    """Node selector and tolerations, at each place where a chart takes them for some of its pods."""
    settings: dict[str, Any] = {}
    if selector:
        settings["nodeSelector"] = dict(selector)
    if tolerations is not None:
        settings["tolerations"] = [toleration.manifest() for toleration in tolerations]
    return all_nested(dict.fromkeys(pods, settings)) if settings else {}


def mirrored(images: Mapping[str, str], registries: Mapping[str, str]) -> dict[str, Any]:
    """Those of a chart's images that a mirror has, by their places in its values."""
    found = {path: from_mirror(image, registries) for path, image in images.items()}
    return all_nested({path: image for path, image in found.items() if image != images[path]})
