"""What leaves `up` failing for good: two things of one name, and objects of a cluster that has gone before them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from eks_blueprints.recording.plan import PlannedResource
from eks_blueprints.review.diff.changes import PlanDiff, ResourceDiff
from eks_blueprints.review.diff.identity import Identity, identity
from eks_blueprints.review.effects.words import Attention, attention

_CLUSTER = "aws:eks/cluster:Cluster"
_PROVIDER = "pulumi:providers:kubernetes"


def stuck(diff: PlanDiff) -> Iterator[Attention]:
    """What cannot be got past by trying again."""
    yield from _collisions(diff)
    for each in diff.of("replace"):
        if each.type == _CLUSTER and each.delete_first:
            yield from _closed(each, diff)
            yield from _forgotten(each, diff)


def _collisions(diff: PlanDiff) -> Iterator[Attention]:
    """New resources that have what an old one still has when they are made."""
    standing: defaultdict[Identity, list[ResourceDiff]] = defaultdict(list)
    anew = {each.name for each in diff.of("replace")}
    for each in diff.resources:
        goes_later = each.kind == "delete" or (each.kind == "replace" and not each.delete_first)
        if goes_later and each.old is not None and (found := identity(each.old)):
            standing[found].append(each)
    for each in diff.resources:
        made_first = each.kind == "create" or (each.kind == "replace" and not each.delete_first)
        found = identity(each.new) if made_first and each.new is not None else None
        if found and _inside(found, anew):
            continue
        for other in standing.get(found, ()) if found else ():
            yield _collision(each, other, str(found[-1] if found else ""))


def _inside(found: Identity, anew: set[str]) -> bool:
    """Whether it stands in something that is created again, such as a route in its table: there nothing else is yet."""
    return any(name in anew for part in found if isinstance(part, str) for name in re.findall(r"\$\{([^.}]+)\.", part))


def _collision(each: ResourceDiff, other: ResourceDiff, name: str) -> Attention:
    if other is each:
        cause = " and ".join(each.causes)
        do = "set `delete_before_replace`, or give it another name"
    else:
        cause = f"it replaces `{other.name}`"
        do = f"give it an alias to `{other.name}`, or remove that one in a deployment of its own"
    effect = f"only one `{name}` can exist, and the old one is deleted last: every `up` fails with a conflict; {do}"
    return attention("stuck", "danger", "two of one name", each, cause, effect)


def _closed(cluster: ResourceDiff, diff: PlanDiff) -> Iterator[Attention]:
    """Objects that the engine deletes by a provider which it replaces at the same time.

    It closes the old provider as it compares the two, so that the deletions fail for good.
    """
    providers = {each.urn for each in diff.of("replace") if _connects(each.old, cluster.urn)}
    held = [
        each
        for each in diff.of("replace", "delete")
        if each.old is not None
        and each.old.provider in providers
        and not each.old.options.get("deleted_with")
        and not each.retained
    ]
    if held:
        effect = (
            f"{_count(held)} cannot be deleted once its old cluster is removed from the state: `up` fails with "
            "`the client connection is closing`, so do further ones, and so does going back; keep the cluster as it "
            "is, or first remove these objects in a deployment of their own"
        )
        names = tuple(each.name for each in held)
        yield attention("stuck", "danger", "cannot be finished", cluster, " and ".join(cluster.causes), effect, names)


def _forgotten(cluster: ResourceDiff, diff: PlanDiff) -> Iterator[Attention]:
    """Objects whose provider stays, and that nothing tells of the new cluster."""
    replaced = {each.urn for each in diff.of("replace")}
    providers = {each.urn for each in diff.new.resources if each.urn not in replaced and _connects(each, cluster.urn)}
    former = {each.urn for each in diff.old.resources} if diff.old else set()
    left = [
        each
        for each in diff.new.resources
        if each.custom and each.provider in providers and each.urn not in replaced and each.urn in former
    ]
    if left:
        names = tuple(each.name for each in left)
        effect = (
            f"{_count(left)} is deleted with the old cluster and not created in the new one: give each the option "
            "`replace_with` with the cluster"
        )
        yield attention("dies", "danger", "not created again", cluster, " and ".join(cluster.causes), effect, names)


def _connects(resource: PlannedResource | None, cluster: str) -> bool:
    """Whether it is a Kubernetes provider that takes its connection from a cluster."""
    if resource is None or resource.type != _PROVIDER:
        return False
    return cluster in resource.property_dependencies.get("kubeconfig", ())


def _count(found: list[ResourceDiff] | list[PlannedResource]) -> str:
    return f"`{found[0].name}`" if len(found) == 1 else f"each of {len(found)} objects in it"
