"""Images that the nodes of a region cannot pull, told before any resource is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from eks_blueprints.addons._helm_values import nested
from eks_blueprints.blueprint.addon_defaults import mirrored, settled
from eks_blueprints.blueprint.kinds import ChartAddOn, Karpenter
from eks_blueprints.core.errors import Problem
from eks_blueprints.core.images import from_mirror, unreachable
from eks_blueprints.core.json_values import merged
from eks_blueprints.network import zones

if TYPE_CHECKING:
    from eks_blueprints.blueprint.spec import BlueprintArgs


def check(args: BlueprintArgs) -> Iterator[Problem]:
    """Two lines at most: images that cannot be pulled, and charts whose images nobody here knows."""
    try:
        partition = zones.partition(args.region)
    except ValueError:  # told at the region
        return
    if partition != "aws-cn":
        return
    waiting: dict[str, list[str]] = {}
    for name, image in _images(args):
        if registry := unreachable(image, partition):
            waiting.setdefault(registry, []).append(name)
    at = ("addon_defaults", "registry_mirrors")
    if waiting:
        named = "; ".join(f"{registry} ({', '.join(dict.fromkeys(names))})" for registry, names in waiting.items())
        example = f"111122223333.dkr.ecr.{args.region}.amazonaws.com.cn/mirror"
        message = f"are needed: nodes in China cannot pull from these registries; got {named}"
        do = f"copy the images, and name a mirror of each registry, such as {next(iter(waiting))}: {example}"
        yield Problem(at, f"{message}; {do}", severity="warning")
    if unknown := [addon.name for addon in settled(args) if isinstance(addon, ChartAddOn) and not addon.images]:
        message = "do not apply to charts whose images are not known, and nodes in China may be unable to pull them"
        do = "write registries that can be reached into their values"
        yield Problem(at, f"{message}; got {', '.join(unknown)}; {do}", severity="warning")


def _images(args: BlueprintArgs) -> Iterator[tuple[str, str]]:
    for compute in args.compute:
        if isinstance(compute, Karpenter):
            karpenter = mirrored(compute, args)
            yield compute.name, karpenter.image
    for addon in settled(args):
        if isinstance(addon, ChartAddOn):
            said = merged(addon.settings(), addon.values)
            for path, image in addon.images.items():
                if not _has(said, nested(path, True)):
                    yield addon.name, from_mirror(image, addon.registry_mirrors or {})


def _has(values: Mapping[str, Any], path: Mapping[str, Any]) -> bool:
    """Whether values say something at a place, given as a mapping that holds nothing else."""
    ((key, rest),) = path.items()
    if key not in values:
        return False
    if not isinstance(rest, Mapping):
        return True
    below = values[key]
    return isinstance(below, Mapping) and _has(below, rest)
