"""ResourceQuotas: pods that are asked for, and that a namespace does not let be made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from eks_blueprints.capacity.model import Daemon, Demand, Doubt
from eks_blueprints.capacity.read.objects import Objects
from eks_blueprints.capacity.words import listed, quantity
from eks_blueprints.scheduling.amounts import CPU, DISK, MEMORY, PODS, amount

_BARE = {name: name for name in (CPU, MEMORY, DISK, PODS)} | {"count/pods": PODS}
"""What a quota counts that it does not name as `requests.<resource>`. Source: Kubernetes, "Resource Quotas"."""
_MUST_SAY = (CPU, MEMORY)
"""What every container has to request where a quota counts it."""


def over_quota(made: Iterable[Demand | Daemon], objects: Objects) -> Iterator[str]:
    """What quotas keep from being made, a sentence without a full stop for each.

    Pods of a DaemonSet count once, as there is at least one node. Quotas with scopes, which count some pods alone, and
    what they allow of limits are left out.
    """
    made = list(made)
    for key, quota in objects.of("ResourceQuota").items():
        namespace, _, name = key.partition("/")
        here = [each for each in made if each.shape.namespace == namespace]
        spec = quota.get("spec") or {}
        if here and not (spec.get("scopes") or spec.get("scopeSelector")):
            for asked, hard in (spec.get("hard") or {}).items():
                yield from _over(f"the ResourceQuota {name} of the namespace {namespace}", asked, hard, here)


def _over(quota: str, asked: str, hard: Any, made: Iterable[Demand | Daemon]) -> Iterator[str]:
    resource = asked.removeprefix("requests.") if asked.startswith("requests.") else _BARE.get(asked)
    if not resource or resource == "storage":
        return
    try:
        allowed = amount(resource, hard)
    except ValueError:
        return
    if resource in _MUST_SAY and (silent := [each.name for each in made if resource not in each.shape.requests]):
        yield f"{quota} counts {asked}: pods of {listed(silent)} that request none are refused, and are counted here"
    least = sum(_asks(each, resource) * _times(each)[0] for each in made)
    most = sum(_asks(each, resource) * _times(each)[1] for each in made)
    if most <= allowed:
        return
    text = f"{quota} allows {asked} of {quantity(resource, allowed)}, and pods that are counted here ask for"
    if least > allowed:
        yield f"{text} {quantity(resource, least)}: some of them are never made"
    else:
        yield Doubt(f"{text} up to {quantity(resource, most)}: not all of these can be made")


def _times(each: Demand | Daemon) -> tuple[int, int]:
    return (each.least, each.most) if isinstance(each, Demand) else (1, 1)


def _asks(each: Demand | Daemon, resource: str) -> int:
    return 1 if resource == PODS else each.shape.requests.get(resource, 0)
