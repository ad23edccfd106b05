"""What the agent's add-ons get from what the platform says of `gitops`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from eks_blueprints.blueprint.kinds import Argocd, ArgocdImageUpdater, Fluxcd

if TYPE_CHECKING:
    from eks_blueprints.addons.base import AddOn
    from eks_blueprints.agents.spec import GitOpsArgs
    from eks_blueprints.blueprint.spec import BlueprintArgs

A = TypeVar("A", bound="AddOn")

_OURS = {"cm": {"create": False}, "secret": {"create": False}}
"""The ConfigMap and the Secret of notifications are ours, and not the chart's."""


def equipped(addon: A, args: BlueprintArgs) -> A:
    """An add-on with the roles and settings that its part of `gitops` needs; what it says itself stays."""
    gitops = args.gitops
    if gitops is None:
        return addon
    if isinstance(addon, Argocd):
        return addon.for_gitops(_roles(gitops), _values(gitops))
    if isinstance(addon, ArgocdImageUpdater) and not addon.ecr_registries:
        registries = {each.image.partition("/")[0] for each in gitops.image_updates.values() if each.in_ecr}
        return addon.model_copy(update={"ecr_registries": tuple(sorted(registries))})
    if isinstance(addon, Fluxcd):
        changes: dict[str, Any] = {}
        if gitops.clusters and addon.spoke_arns is None:
            changes["spoke_arns"] = tuple(each.arn for each in gitops.clusters.values())
        if gitops.image_updates and "image_automation" not in addon.model_fields_set:
            changes["image_automation"] = True
        return addon.model_copy(update=changes) if changes else addon
    return addon


def _roles(gitops: GitOpsArgs) -> tuple[Any, ...] | None:
    """The roles of spokes; None where there are no spokes."""
    if not gitops.clusters:
        return None
    return tuple(each.role_arn for each in gitops.clusters.values() if each.role_arn is not None)


def _values(gitops: GitOpsArgs) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if gitops.notifications:
        values["notifications"] = _OURS
    if any(each.waves for each in gitops.application_sets.values()):
        values["configs"] = {"params": {"applicationsetcontroller.enable.progressive.syncs": True}}
    return values
