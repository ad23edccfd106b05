"""What add-ons of delivery get from what the platform says of `gitops` and of rollouts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from eks_blueprints.blueprint.kinds import Argocd, ArgocdCapability, ArgocdImageUpdater, ArgoRollouts, Fluxcd
from eks_blueprints.core.errors import Problem

if TYPE_CHECKING:
    from eks_blueprints.addons.base import AddOn
    from eks_blueprints.agents.spec import GitOpsArgs
    from eks_blueprints.blueprint.spec import BlueprintArgs

A = TypeVar("A", bound="AddOn")

_OURS = {"cm": {"create": False}, "secret": {"create": False}}
"""The ConfigMap and the Secret of notifications are ours, and not the chart's."""


def equipped(addon: A, args: BlueprintArgs) -> A:
    """An add-on with the roles and settings that others ask of it; what it says itself stays."""
    if isinstance(addon, ArgoRollouts) and _reads_cloudwatch(args):
        return addon.that_reads_cloudwatch()
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


def check(args: BlueprintArgs) -> Iterator[Problem]:
    """What add-ons of delivery lack for what the platform asks of them."""
    yield from _without_rights(args)
    yield from _without_plugin(args)


def _without_rights(args: BlueprintArgs) -> Iterator[Problem]:
    """A capability that deploys to its own cluster, and may do nothing there."""
    for addon in args.addons:
        if isinstance(addon, ArgocdCapability) and not addon.access_policies and (why := _deploys_here(args)):
            do = "write access_policies: [{policy: cluster_admin}]"
            message = f"is required where it deploys to its own cluster ({why}); got none; {do}"
            yield Problem(("addons", addon.name, "access_policies"), message)


def _deploys_here(args: BlueprintArgs) -> str:
    """What has Argo CD deploy to its own cluster; nothing where it deploys to others alone."""
    if args.addon_defaults.carried_by == "argocd":
        return "addon_defaults.delivery"
    gitops = args.gitops
    for name, application in (gitops.applications if gitops else {}).items():
        if application.cluster is None:
            return f"gitops.applications.{name}"
    for name, made in (gitops.application_sets if gitops else {}).items():
        if made.template.cluster is None:
            return f"gitops.application_sets.{name}"
    return ""


def _without_plugin(args: BlueprintArgs) -> Iterator[Problem]:
    """Canaries behind a route, which Argo Rollouts splits by a plugin alone."""
    rolled = [workload for workload in args.workloads if getattr(workload, "rollout", None) is not None]
    if not rolled:
        return
    from eks_blueprints.workloads._rollout import GATEWAY_PLUGIN, split_by
    from eks_blueprints.workloads.deployment import Deployment

    routed = [each for each in rolled if isinstance(each, Deployment) and split_by(each) == "http_route"]
    for addon in args.addons if routed else ():
        if isinstance(addon, ArgoRollouts) and not addon.has_plugin(GATEWAY_PLUGIN):
            for workload in routed:
                at = ("workloads", workload.name, "rollout", "canary", "traffic")
                do = f"add it to traffic_router_plugins of {addon.name}, or write traffic: replicas"
                yield Problem(at, f"needs the plugin {GATEWAY_PLUGIN}; got {addon.name} without it; {do}")


def _reads_cloudwatch(args: BlueprintArgs) -> bool:
    """Whether an analysis of a workload reads metrics of CloudWatch."""
    teams = (workload for team in args.teams for workload in team.workloads)
    rollouts = (getattr(workload, "rollout", None) for workload in (*args.workloads, *teams))
    analyses = (each for rollout in rollouts if rollout is not None for each in rollout.analyses.values())
    return any(metric.cloudwatch is not None for each in analyses for metric in each.metrics.values())


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
