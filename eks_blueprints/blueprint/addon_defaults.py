"""What holds for all add-ons of a platform, unless one says otherwise itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from pydantic import field_validator

from eks_blueprints.addons._pods import Toleration
from eks_blueprints.addons.base import AddOn, Identity
from eks_blueprints.blueprint.kinds import KubePrometheusStack, KyvernoPolicies
from eks_blueprints.blueprint.scaling import asked
from eks_blueprints.compute.base import Compute
from eks_blueprints.core.errors import not_one_of
from eks_blueprints.core.images import Mirrors
from eks_blueprints.core.leaves import PolicyArn
from eks_blueprints.core.naming import TAINT_EFFECTS
from eks_blueprints.core.refs import Service
from eks_blueprints.core.spec import In, Spec

C = TypeVar("C", bound=Compute)

if TYPE_CHECKING:
    from eks_blueprints.blueprint.git_delivery import GitDelivery
    from eks_blueprints.blueprint.spec import BlueprintArgs
else:
    from eks_blueprints.core.late_specs import late

    GitDelivery = late("eks_blueprints.blueprint.git_delivery", "GitDelivery")

_WORDS = ("helm", "argocd", "flux")

# What EKS's own add-ons tolerate by default; a list of one's own takes the place of that default.
_CRITICAL = Toleration(key="CriticalAddonsOnly", operator="Exists")


class AddOnDefaults(Spec):
    """Settings for all add-ons of a platform, unless an add-on sets its own."""

    identity: Identity | None = None
    """How pods get their AWS permissions. Default: `pod_identity`, or `irsa` where there is nothing but Fargate."""

    production: bool | None = None
    """Whether add-ons run with spare pods, spread over zones, that are not all drained at once. Default: no."""

    system_nodes: str | None = None
    """Name of the compute that is kept for add-ons: they select its labels and tolerate its taints. Default: they run
    where the scheduler puts them."""

    registry_mirrors: Mirrors = {}
    """Registries to use instead of those of images, such as `{public.ecr.aws:
    111122223333.dkr.ecr.eu-west-1.amazonaws.com/public}`.
    """

    permissions_boundary: In[PolicyArn] | None = None
    """ARN of the IAM policy that is the permissions boundary of roles of add-ons. Default: none."""

    delivery: Literal["helm", "argocd", "flux"] | GitDelivery = "helm"
    """Who installs charts: Helm from this program, or the argocd or fluxcd on the cluster, by Applications or
    HelmReleases that are created there. What these depend on, and what has a webhook, is always installed by Helm.
    With `{by: argocd, repository: URL}` these objects, and those of workloads, come from a Git repository, which
    `eks-blueprints gitops render` writes.
    """

    @field_validator("delivery", mode="before")
    @classmethod
    def _is_a_word_or_a_repository(cls, value: Any) -> Any:
        if isinstance(value, Mapping):
            from eks_blueprints.blueprint.git_delivery import GitDelivery as Read

            return Read.model_validate(value)
        if isinstance(value, GitDelivery) or value in _WORDS:
            return value
        raise ValueError(f"{not_one_of(value, _WORDS)}, or write {{by: argocd, repository: URL}}")

    @property
    def carried_by(self) -> Literal["helm", "argocd", "flux"]:
        """Who installs charts, wherever their objects come from."""
        return self.delivery.by if isinstance(self.delivery, GitDelivery) else self.delivery

    @property
    def git(self) -> GitDelivery | None:
        """The repository that objects come from; None where this program makes them."""
        return self.delivery if isinstance(self.delivery, GitDelivery) else None


def settled(args: BlueprintArgs) -> tuple[AddOn, ...]:
    """The add-ons that are installed, with what the platform says for all of them."""
    general = _general(args)
    wanted = (addon for addon in args.addons if not brought_by_auto_mode(addon, args))
    found = tuple(asked(_with(addon, general), args) for addon in wanted)
    if args.gitops is None and not (args.workloads or args.teams):
        return found
    from eks_blueprints.blueprint.gitops_addons import equipped

    return tuple(equipped(addon, args) for addon in found)


def mirrored(compute: C, args: BlueprintArgs) -> C:
    """Compute whose own software comes from the platform's mirrors, where it names none."""
    registries = args.addon_defaults.registry_mirrors
    if (
        registries
        and "registry_mirrors" in type(compute).model_fields
        and "registry_mirrors" not in compute.model_fields_set
    ):
        return compute.model_copy(update={"registry_mirrors": registries})
    return compute


def hosts(args: BlueprintArgs) -> list[Compute]:
    """The compute on which Linux pods of add-ons can run."""
    return [compute for compute in args.compute if compute.runs_pods and compute.operating_system == "linux"]


def only_fargate(args: BlueprintArgs) -> bool:
    """Whether pods of add-ons have nothing but Fargate to run on."""
    fargate = any(compute.kind() == "fargate" for compute in args.compute)
    return fargate and not hosts(args) and args.cluster.auto_mode is None


def brought_by_auto_mode(addon: AddOn, args: BlueprintArgs) -> bool:
    """Whether EKS Auto Mode runs the nodes, all of them, and brings what the add-on would."""
    return args.cluster.auto_mode is not None and bool(addon.fits.in_auto_mode) and not hosts(args)


def prometheus(args: BlueprintArgs) -> Service | None:
    """The Prometheus of a platform that its add-ons read from."""
    found = (addon.service for addon in settled(args) if isinstance(addon, KubePrometheusStack))
    return next((service for service in found if service is not None), None)


def pod_standards(args: BlueprintArgs) -> dict[str, str]:
    """The Pod Security Standards that pods of add-ons meet, by namespace; empty where no add-on asks for them."""
    addons = settled(args)
    if not any(isinstance(addon, KyvernoPolicies) for addon in addons):
        return {}
    from eks_blueprints.addons._pod_standards import pod_standards

    return pod_standards(addons)


def _general(args: BlueprintArgs) -> dict[str, Any]:
    defaults = args.addon_defaults
    identity = defaults.identity or ("irsa" if only_fargate(args) else None)
    general: dict[str, Any] = {
        "identity": identity,
        "production": defaults.production,
        "registry_mirrors": defaults.registry_mirrors or None,
        "permissions_boundary": defaults.permissions_boundary,
    }
    for host in _named(args.compute, defaults.system_nodes):
        general["node_selector"] = dict(host.node_labels) or None
        taints = [
            Toleration(key=taint.key, value=taint.value or None, effect=TAINT_EFFECTS[taint.effect])  # type: ignore[arg-type]
            for taint in host.node_taints
        ]
        general["tolerations"] = (_CRITICAL, *taints) if taints else None
    return {field: value for field, value in general.items() if value is not None}


def _named(compute: Iterable[Compute], name: str | None) -> list[Compute]:
    return [host for host in compute if host.name == name]


def _with(addon: AddOn, general: dict[str, Any]) -> AddOn:
    # What comes before nodes runs on every node, wherever the rest is placed.
    placed = () if addon.before_nodes else ("node_selector", "tolerations")
    fields = {"identity", "production", "registry_mirrors", "permissions_boundary", *placed} & set(
        type(addon).model_fields
    )
    changes = {
        field: value for field, value in general.items() if field in fields and field not in addon.model_fields_set
    }
    return addon.model_copy(update=changes) if changes else addon
