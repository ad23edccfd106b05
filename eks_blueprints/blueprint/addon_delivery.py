"""Who carries out what the add-ons of a platform ask for: Helm from this program, or Argo CD or Flux on the cluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from eks_blueprints.addons._fit import Stage
from eks_blueprints.addons.base import AddOn
from eks_blueprints.blueprint.kinds import Argocd, ArgocdCapability, ChartAddOn, Fluxcd, Manifests
from eks_blueprints.blueprint.order import required
from eks_blueprints.core.argocd import HERE, REGISTERED_HERE
from eks_blueprints.core.errors import Path, Problem
from eks_blueprints.core.json_values import secret_leaves
from eks_blueprints.core.refs import WITH_GIT

if TYPE_CHECKING:
    from eks_blueprints.blueprint.spec import BlueprintArgs
    from eks_blueprints.core.helm import Delivery
    from eks_blueprints.workloads.base import Workload

_BY_HELM = "set delivery: helm for this one"
_CARRIERS: dict[str, tuple[str, tuple[type[AddOn], ...]]] = {
    "argocd": ("argocd", (Argocd, ArgocdCapability)),
    "flux": ("fluxcd", (Fluxcd,)),
}
"""For each delivery the kind of the add-on that carries it out, and the classes that can."""
_HERE: dict[type[AddOn], Mapping[str, str]] = {Argocd: HERE, ArgocdCapability: REGISTERED_HERE}


def carrier(args: BlueprintArgs) -> AddOn | None:
    """The add-on that carries out the others; None where Helm does, or it is not there."""
    if args.addon_defaults.carried_by not in _CARRIERS:
        return None
    _, wanted = _CARRIERS[args.addon_defaults.carried_by]
    return next((addon for addon in args.addons if isinstance(addon, wanted)), None)


def carried(args: BlueprintArgs, addons: Sequence[AddOn]) -> set[str]:
    """The names of the add-ons that it carries out: charts that come after it, unless they say otherwise; from a Git
    repository manifests as well."""
    by = carrier(args)
    if by is None:
        return set()
    needed = _needed(by, addons)
    return {
        addon.name
        for addon in addons
        if _may_be_carried(addon, args)
        and addon.stage is Stage.REST
        and addon.name not in needed
        and not addon.before_nodes
    }


def _may_be_carried(addon: AddOn, args: BlueprintArgs) -> bool:
    if isinstance(addon, ChartAddOn):
        return addon.delivery is None
    return args.addon_defaults.git is not None and isinstance(addon, Manifests)


def from_git(args: BlueprintArgs) -> bool:
    """Whether a Git repository brings what it carries out, the workloads, and what looks at them."""
    return args.addon_defaults.git is not None and not WITH_GIT.get()


def delivery(args: BlueprintArgs) -> Delivery | None:
    """What writes releases down for it."""
    by = carrier(args)
    if by is None:
        return None
    from eks_blueprints.addons.delivery.argocd import ArgocdDelivery
    from eks_blueprints.addons.delivery.flux import FluxDelivery

    here = _here(by)
    return FluxDelivery(by.home) if here is None else ArgocdDelivery(by.home, here)


def sources(args: BlueprintArgs, stack: str) -> dict[str, dict[str, Any]]:
    """The objects by which the agent on the cluster reads the repository, by the ends of their resources' names."""
    by, git = carrier(args), args.addon_defaults.git
    if by is None or git is None:
        return {}
    from eks_blueprints.addons.delivery import git as from_repository

    where = from_repository.Repository(git.repository, git.revision, git.inside, git.prune, git.interval, git.secret)
    here = _here(by)
    return (
        from_repository.flux(where, stack, by.home)
        if here is None
        else from_repository.argocd(where, stack, by.home, here)
    )


def _here(by: AddOn) -> Mapping[str, str] | None:
    """The platform's own cluster, as the destination of an Application; None for Flux, which has none."""
    return next((place for kind, place in _HERE.items() if isinstance(by, kind)), None)


def check(args: BlueprintArgs) -> Iterator[Problem]:
    """What is wrong with who carries out what."""
    wanted = args.addon_defaults.carried_by
    if wanted == "helm":
        return
    by = carrier(args)
    if by is None:
        kind, _ = _CARRIERS[wanted]
        message = f"needs {kind} on the cluster; got addons without it; add {kind}: {{}}"
        yield Problem(("addon_defaults", "delivery"), message)
        return
    names = carried(args, args.addons)
    for addon in args.addons:
        if isinstance(addon, ChartAddOn) and addon.name in names:
            for field in ("secret_values", "repository_login"):
                if getattr(addon, field):
                    message = f"would be stored in plain text in an object of {by.name}; got some; {_BY_HELM}"
                    yield Problem(("addons", addon.name, field), message)
            for path in secret_leaves(addon.values):
                message = f"would be stored in plain text in an object of {by.name}; got a secret; {_BY_HELM}"
                yield Problem(("addons", addon.name, "values", *path), message)
    if args.addon_defaults.git is not None:
        for workload in args.workloads:
            yield from _secrets_for_git(workload, ("workloads", workload.name))
        for team in args.teams:
            for workload in team.workloads:
                yield from _secrets_for_git(workload, ("teams", team.name, "workloads", workload.name))


def _secrets_for_git(workload: Workload, place: Path) -> Iterator[Problem]:
    """Secrets of a workload that would stand in an object of the repository; those in its Secrets would not."""
    for field in sorted(workload.model_fields_set - {"secrets"}):
        for path in _secret_leaves(getattr(workload, field)):
            unless = "unless it is in secrets of the workload"
            message = f"would be stored in plain text in the Git repository, {unless}; got a secret; name it there"
            yield Problem((*place, field, *path), message)


def _secret_leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    if isinstance(value, BaseModel):
        for field in value.model_fields_set:
            yield from _secret_leaves(getattr(value, field), (*path, field))
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _secret_leaves(each, (*path, str(key)))
    else:
        yield from secret_leaves(value, path)


def _needed(addon: AddOn, among: Sequence[AddOn]) -> set[str]:
    found = {addon.name}
    for name in required(addon, among):
        found |= _needed(next(other for other in among if other.name == name), among)
    return found
