"""The add-ons that a cluster needs, and has without anybody listing them."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    from eks_blueprints.addons.base import AddOn

CoreAddOn = Literal["vpc_cni", "kube_proxy", "eks_pod_identity_agent", "coredns"]
"""One of them, by its kind."""

CORE_ADDONS: tuple[CoreAddOn, ...] = get_args(CoreAddOn)


def left_out(addons: Any) -> list[str]:
    """The core add-ons that a mapping of add-ons leaves out, by null in the place of their fields."""
    return [kind for kind in CORE_ADDONS if isinstance(addons, Mapping) and addons.get(kind, {}) is None]


def completed(own: Iterable[AddOn], core: Iterable[str], without: Container[str]) -> tuple[AddOn, ...]:
    """Add-ons that somebody lists, after the core ones that they do not stand in for.

    A network plugin stands in for vpc_cni; beside one it has to be listed.
    """
    from eks_blueprints.addons._eks_managed import EksManaged

    own = tuple(own)
    names = {addon.name for addon in own} | {addon.name_in_eks for addon in own if isinstance(addon, EksManaged)}
    if any(addon.brings_network for addon in own):
        names.add("vpc_cni")
    return (*_missing((kind for kind in core if kind not in without), names), *own)


def _missing(core: Iterable[str], names: set[str]) -> Iterator[AddOn]:
    from eks_blueprints.addons.base import AddOn
    from eks_blueprints.core.elements import element_class

    for kind in core:
        addon: Any = element_class(AddOn, kind)()
        if not names & {kind, addon.name_in_eks}:
            yield addon


def is_listed(addon: AddOn) -> bool:
    """Whether somebody has listed an add-on, rather than taken it as one of the core ones."""
    return addon.kind() not in CORE_ADDONS or bool(addon.model_fields_set)
