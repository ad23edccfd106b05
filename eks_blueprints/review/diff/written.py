"""What providers write back into the inputs of a deployed resource, beside what the program gave.

The engine keeps inputs as the provider has checked them. Where the program says nothing, these are no difference:

- every bridged provider: defaults and generated names, which `__defaults` lists, at any depth;
- AWS: `tagsAll` (its default tags and the resource's own), and the provider's region as `region`;
- Kubernetes: generated names and namespaces, its own annotations, the label `managed-by`, empty metadata;
- Helm releases: every field that a release has, empty ones too, with a digest and the names of what the chart renders
  (pulumi-kubernetes, provider/pkg/provider/helm_release.go).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_AUTONAMED = "pulumi.com/autonamed"
_GENERATED = (_AUTONAMED, "meta.helm.sh/", "kubectl.kubernetes.io/last-applied")
_MANAGED_BY = "app.kubernetes.io/managed-by"
_RELEASE = "kubernetes:helm.sh/v3:Release"
_RELEASE_OWN = frozenset({"name", "namespace", "checksum", "resourceNames", "version", "keyring", "status"})
_RELEASE_TIMEOUT = 300
"""Seconds that a release waits by default."""
_RELEASE_MERGED = ("compat", "valueYamlFiles")
"""What a program gives for a release and the provider does not keep: files of values end up in `values`."""


def without_written(
    type_: str, inputs: Mapping[str, Any], new: Mapping[str, Any], provider: Mapping[str, Any]
) -> dict[str, Any]:
    """The inputs of a deployed resource without what a provider wrote where the program gives nothing.

    Args:
        type_: type token of the resource.
        inputs: its inputs in the state.
        new: its inputs in the program.
        provider: inputs of its provider in the state.
    """
    found = _without_defaults(inputs, new)
    if type_.startswith("pulumi:providers:"):
        return _provider(found, new)
    if type_.startswith("aws:"):
        return _aws(found, new, provider)
    if type_ == _RELEASE:
        return _release(found, new)
    return _object(found, new, provider) if type_.startswith("kubernetes:") else found


def _without_defaults(old: Any, new: Any) -> Any:
    if isinstance(old, Mapping):
        other = new if isinstance(new, Mapping) else {}
        defaults = old.get("__defaults")
        hidden = {key for key in (defaults if isinstance(defaults, list) else ()) if key not in other}
        return {
            key: _without_defaults(each, other.get(key))
            for key, each in old.items()
            if key not in hidden and not key.startswith("__")
        }
    if isinstance(old, list):
        others = new if isinstance(new, list) and len(new) == len(old) else [None] * len(old)
        return [_without_defaults(each, other) for each, other in zip(old, others, strict=True)]
    return old


def _aws(inputs: dict[str, Any], new: Mapping[str, Any], provider: Mapping[str, Any]) -> dict[str, Any]:
    hidden = {key for key in ("tagsAll", "region") if key not in new}
    if inputs.get("region") != provider.get("region", inputs.get("region")):
        hidden.discard("region")
    return {
        key: each
        for key, each in inputs.items()
        # The provider takes an empty list or map for none.
        if key not in hidden and not (key not in new and each in ({}, []))
    }


def _provider(inputs: dict[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """A provider's inputs are text in the state, and the plugin's version and source are among them."""
    own = {"version", "pluginDownloadURL"} - set(new)
    return {
        key: each if isinstance(new.get(key), str) else _parsed(each) for key, each in inputs.items() if key not in own
    }


def _parsed(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _object(inputs: dict[str, Any], new: Mapping[str, Any], provider: Mapping[str, Any]) -> dict[str, Any]:
    metadata = inputs.get("metadata")
    if not isinstance(metadata, dict):
        return inputs
    wanted = new.get("metadata")
    given: Mapping[str, Any] = wanted if isinstance(wanted, Mapping) else {}
    annotations, labels = (_map(metadata.get(key)) for key in ("annotations", "labels"))
    generated = _AUTONAMED in annotations
    kept = {
        **metadata,
        "annotations": {key: each for key, each in annotations.items() if not key.startswith(_GENERATED)},
        "labels": {key: each for key, each in labels.items() if key != _MANAGED_BY or key in _map(given.get("labels"))},
    }
    if generated and "name" not in given:
        del kept["name"]
    if "namespace" not in given and metadata.get("namespace") == provider.get("namespace", "default"):
        kept.pop("namespace", None)
    return {**inputs, "metadata": {key: each for key, each in kept.items() if each not in (None, {}) or key in given}}


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _release(inputs: dict[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    found = {key: each for key, each in inputs.items() if key in new or not _release_default(key, each)}
    options = found.get("repositoryOpts")
    if isinstance(options, Mapping):
        given = _map(new.get("repositoryOpts"))
        found["repositoryOpts"] = {key: each for key, each in options.items() if each not in ("", None) or key in given}
        if not found["repositoryOpts"] and "repositoryOpts" not in new:
            del found["repositoryOpts"]
    if "valueYamlFiles" in new and "valueYamlFiles" not in inputs:
        # The values of the state are those of the files and of the program in one.
        found["values"] = new.get("values")
    return found | {key: new[key] for key in _RELEASE_MERGED if key in new and key not in inputs}


def _release_default(key: str, value: Any) -> bool:
    if key in _RELEASE_OWN or value in (None, False, "", 0, {}, []):
        return True
    return key == "timeout" and value == _RELEASE_TIMEOUT
