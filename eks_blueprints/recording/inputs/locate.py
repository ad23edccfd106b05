"""The resource class of a type token, where the program has loaded it already.

Generated SDKs register, per token, the module and the class it lives in (`_utilities.register` in each package, kept by
`pulumi.runtime.rpc`). A class is only looked up among modules that are loaded: importing `pulumi_aws.ec2` costs more
than all checks of a stack together.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Mapping
from typing import Any

from pulumi.runtime import rpc

PROVIDER = "pulumi:providers:"
"""How the tokens of provider resources begin."""
_CUSTOM_RESOURCE = "pulumi_kubernetes.apiextensions.CustomResource"


def class_of(type_token: str) -> type | None:
    """The resource class of a token, or None where its package is not installed or its module not loaded."""
    if type_token.startswith(PROVIDER):
        package = type_token.removeprefix(PROVIDER)
        return next(filter(None, map(_provider_class, _registered("_RESOURCE_PACKAGES", package))), None)
    module = type_token.rpartition(":")[0]
    for registered in _registered("_RESOURCE_MODULES", module):
        info: Mapping[str, Any] = getattr(registered, "mod_info", {})
        name = info.get("classes", {}).get(type_token)
        if name and (found := _loaded(info.get("fqn", ""), name)):
            return found
    if type_token.startswith("kubernetes:") and "." in module:
        return _loaded(
            _CUSTOM_RESOURCE, "CustomResource"
        )  # of a kind no SDK knows: kubernetes:karpenter.sh/v1:NodePool
    return None


def _provider_class(registered: Any) -> type | None:
    info: Mapping[str, Any] = getattr(registered, "pkg_info", {})
    return _loaded(info.get("fqn", ""), info.get("class", ""))


def _registered(registry: str, key: str) -> list[Any]:
    table: Mapping[str, list[Any]] = getattr(rpc, registry, {})
    return table.get(key, [])


def _loaded(module_name: str, class_name: str) -> type | None:
    module = sys.modules.get(module_name)
    if module is None:
        return None
    # the plain lookup does not wake a lazily imported module, as getattr would
    found = types.ModuleType.__getattribute__(module, "__dict__").get(class_name)
    return found if isinstance(found, type) else None
