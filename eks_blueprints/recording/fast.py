"""Making the SDK quick enough to record a fleet, without changing what it sends.

The SDK's own path costs 3 to 4 ms a resource (measured on 3.272), most of it book-keeping for an engine that answers
later and outputs that nobody reads. While a recording lasts, the functions named in `_REPLACED` are swapped for ones
that do the same with less; the SDK still builds every request. Each is swapped only if all have the parameters this
module was written against: otherwise nothing is, and the recording is merely slower. A test holds both paths to
byte-identical plans.
"""

import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from eks_blueprints.recording.fastpath import replacements
from eks_blueprints.recording.monitor import RecordingMonitor

_REPLACED: dict[tuple[str, str], tuple[str, ...] | None] = {
    ("pulumi.runtime.rpc", "transfer_properties"): ("res", "props", "custom"),
    ("pulumi.runtime.rpc", "resolve_outputs"): (
        "res",
        "serialized_props",
        "outputs",
        "deps",
        "resolvers",
        "custom",
        "transform_using_type_metadata",
        "keep_unknowns",
        "resolve_missing_as_unknown",
    ),
    ("pulumi.runtime.rpc", "resolve_outputs_due_to_exception"): ("resolvers", "exn"),
    ("pulumi.runtime.rpc", "serialize_property"): (
        "value",
        "deps",
        "property_key",
        "resource_obj",
        "input_transformer",
        "typ",
        "keep_output_values",
        "exclude_resource_refs_from_deps",
        "return_protobuf_value",
    ),
    ("pulumi.runtime.rpc", "contains_unknowns"): ("val",),
    ("pulumi.runtime.rpc", "declare_dependency"): ("from_resource", "to_resource"),
    ("pulumi.runtime.rpc", "_expand_dependencies"): ("deps", "from_resource"),
    ("pulumi.runtime.resource", "_expand_dependencies"): ("deps", "from_resource"),
    ("pulumi.runtime._depends_on", "_expand_dependencies"): ("deps", "from_resource"),
    ("pulumi.runtime.resource", "_resolve_depends_on_urns"): ("depends_on", "from_resource"),
    ("pulumi.resource", "_is_prompt"): ("value",),
    ("pulumi.runtime.resource", "_get_stack_trace"): (),
    ("pulumi.runtime.resource", "create_urn"): ("name", "type_", "parent", "project", "stack"),
    ("pulumi.runtime.resource", "wrap_with_context"): ("fn",),
    ("pulumi._types", "unwrap_type"): ("val",),
    ("pulumi._types", "resource_types"): ("resource_cls",),
    ("pulumi._types", "resource_pulumi_to_py_names"): ("resource_cls",),
    ("pulumi._types", "input_type_py_to_pulumi_names"): ("input_type_cls",),
    ("pulumi.log", "debug"): ("msg", "resource", "stream_id", "ephemeral"),
    ("pulumi.output:Output", "_track"): ("self",),
    ("pulumi.output:Output", "_untrack"): ("self",),
}
"""Function by module, and the names of its parameters."""

_EXPECTED_DATA = ("resources", "value", "is_known", "is_secret")
"""The fields of `pulumi.output._OutputData`, which outputs are made of."""


def available() -> bool:
    """Whether the installed SDK is one that this module knows."""
    data = getattr(sys.modules.get("pulumi.output"), "_OutputData", None)
    if data is None or tuple(inspect.signature(data).parameters) != _EXPECTED_DATA:
        return False
    for (place, name), parameters in _REPLACED.items():
        function = getattr(_owner(place), name, None)
        if function is None or tuple(inspect.signature(function).parameters) != parameters:
            return False
    return True


@contextmanager
def activated(monitor: RecordingMonitor) -> Iterator[bool]:
    """The quick path for as long as the context lasts; yields whether it is on."""
    if not available():
        yield False
        return
    changes: list[tuple[Any, str, Callable[..., Any]]] = []
    monitor.lazy = True
    try:
        for (place, name), replacement in replacements(monitor).items():
            owner = _owner(place)
            changes.append((owner, name, owner.__dict__[name]))
            setattr(owner, name, replacement)
        yield True
    finally:
        monitor.lazy = False
        for owner, name, original in reversed(changes):
            setattr(owner, name, original)


def _owner(place: str) -> Any:
    module, _, member = place.partition(":")
    owner = sys.modules.get(module)
    return getattr(owner, member, None) if member else owner
