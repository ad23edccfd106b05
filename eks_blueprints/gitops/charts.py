"""Charts of a stack: rendered where Helm can, else as the object by which the agent installs them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from eks_blueprints.core.helm import Chart, HelmRelease
from eks_blueprints.core.secret_objects import is_secret
from eks_blueprints.gitops.model import Source
from eks_blueprints.policies.inside import helm
from eks_blueprints.policies.installed import Installed, charts_of
from eks_blueprints.policies.platform import APPLICATION, FLUX_RELEASE, RELEASE
from eks_blueprints.policies.stack import CLUSTER, Resource, Stack

Form = Literal["agent", "rendered"]
REPOSITORY = "kubernetes:source.toolkit.fluxcd.io/v1:HelmRepository"
_HOOK = "helm.sh/hook"
_HOOKS_OF_CRDS = ("crd-install",)


@dataclass(frozen=True, slots=True)
class Delivered:
    """What installs one chart."""

    objects: tuple[Mapping[str, Any], ...]
    rendered: bool = False
    why_not: str = ""
    """Why it is not rendered, where that was asked for."""


def release_of(resource: Resource, stack: Stack) -> HelmRelease | None:
    """The release that a resource asks for; None where it is none of a chart."""
    found = charts_of(resource, stack)
    if len(found) != 1:
        return None
    installed, spec = found[0], resource.inputs.get("spec") or {}
    if resource.type == RELEASE:
        inputs = resource.inputs
        return _release(installed, installed.repository, inputs.get("name") or resource.name, inputs)
    if resource.type == APPLICATION:
        source = spec.get("source") or {}
        if "chart" not in source:
            return None
        options = (spec.get("syncPolicy") or {}).get("syncOptions") or ()
        repository = str(source.get("repoURL") or "")
        told = {
            "namespace": (spec.get("destination") or {}).get("namespace"),
            "values": (source.get("helm") or {}).get("valuesObject"),
            "createNamespace": "CreateNamespace=true" in options,
            "skipCrds": (source.get("helm") or {}).get("skipCrds"),
        }
        name = (source.get("helm") or {}).get("releaseName")
        return _release(installed, repository if "://" in repository else f"oci://{repository}", name, told)
    if resource.type == FLUX_RELEASE:
        told = {
            "namespace": spec.get("targetNamespace"),
            "values": spec.get("values"),
            "createNamespace": (spec.get("install") or {}).get("createNamespace"),
            "skipCrds": (spec.get("install") or {}).get("crds") == "Skip",
        }
        return _release(installed, _flux_repository(spec, resource, stack), spec.get("releaseName"), told)
    return None


def _release(installed: Installed, repository: str, name: Any, told: Mapping[str, Any]) -> HelmRelease:
    return HelmRelease(
        name=str(name or installed.release),
        chart=Chart(installed.chart, installed.version or "", repository),
        namespace=str(told.get("namespace") or installed.namespace),
        create_namespace=bool(told.get("createNamespace")),
        values=told.get("values") or {},
        timeout_seconds=int(told.get("timeout") or 600),
        wait=False,
        skip_crds=bool(told.get("skipCrds")),
    )


def _flux_repository(spec: Mapping[str, Any], resource: Resource, stack: Stack) -> str:
    wanted = (((spec.get("chart") or {}).get("spec") or {}).get("sourceRef") or {}).get("name")
    home = (resource.inputs.get("metadata") or {}).get("namespace")
    for each in stack.of(REPOSITORY):
        metadata = each.inputs.get("metadata") or {}
        if metadata.get("name") == wanted and metadata.get("namespace") == home:
            return str((each.inputs.get("spec") or {}).get("url") or "")
    return ""


def delivered(release: HelmRelease, resource: Resource, stack: Stack, source: Source, form: Form) -> Delivered:
    """What stands in the repository for a release."""
    why = "" if form == "agent" else "-"
    if form == "rendered" or is_local(resource):
        found = _rendered(release, resource, stack, source)
        if not isinstance(found, str):
            return Delivered(tuple(found), rendered=True)
        why = found
    if is_local(resource):
        return Delivered((), why_not=why)
    return Delivered(tuple(_by_agent(release, source)), why_not=why)


def is_local(resource: Resource) -> bool:
    """Whether a chart lies in a folder of the program, which no agent sees."""
    given = resource.inputs.get("chart")
    return isinstance(given, str) and given.startswith((".", "/"))


def _by_agent(release: HelmRelease, source: Source) -> Iterator[Mapping[str, Any]]:
    if source.agent == "argocd":
        from eks_blueprints.addons.delivery.argocd import ArgocdDelivery

        yield ArgocdDelivery(source.namespace, source.destination).object(release)
        return
    from eks_blueprints.addons.delivery.flux import FluxDelivery

    flux = FluxDelivery(source.namespace)
    yield from flux.sources(release).values()
    yield flux.object(release)


def _rendered(release: HelmRelease, resource: Resource, stack: Stack, source: Source) -> list[Mapping[str, Any]] | str:
    """The objects of a chart; a text where they cannot stand in a repository: the reason."""
    installed = charts_of(resource, stack)[0]
    if helm.helm() is None:
        return "there is no Helm on the PATH"
    once: list[Any] | str = "the chart is not within reach"
    for place in helm.places(_with(installed, release), stack):
        how = (place, release.name, release.namespace, release.values, _kubernetes(stack))
        once = helm.manifests(*how)
        if not isinstance(once, str):
            if once != helm.manifests(*how):
                return "it renders something else each time"
            break
    if isinstance(once, str):
        return once
    objects = [each for each in once if isinstance(each, Mapping) and each.get("kind")]
    if secret := next(
        (each for each in objects if is_secret(each) and (each.get("data") or each.get("stringData"))), None
    ):
        return f"it renders the Secret {(secret.get('metadata') or {}).get('name')}, which belongs in no repository"
    if source.agent == "flux" and (hook := next(filter(None, map(_hook, objects)), None)):
        return f"it has the hook {hook}, which only Helm and Argo CD run"
    placed = [_placed(each, release.namespace) for each in objects]
    if not release.create_namespace:
        return placed
    home: Mapping[str, Any] = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": release.namespace}}
    return [home, *placed]


def _with(installed: Installed, release: HelmRelease) -> Installed:
    from dataclasses import replace

    return replace(installed, repository=release.chart.repository, release=release.name, namespace=release.namespace)


def _hook(manifest: Mapping[str, Any]) -> str | None:
    hook = ((manifest.get("metadata") or {}).get("annotations") or {}).get(_HOOK)
    return None if hook in (None, *_HOOKS_OF_CRDS) else str(hook)


def _placed(manifest: Mapping[str, Any], namespace: str) -> Mapping[str, Any]:
    """An object with the namespace that Helm would put it into."""
    from eks_blueprints.gitops.objects import is_namespaced

    metadata = dict(manifest.get("metadata") or {})
    if "namespace" not in metadata and is_namespaced(manifest):
        metadata["namespace"] = namespace
    return {**manifest, "metadata": metadata}


def _kubernetes(stack: Stack) -> str | None:
    versions = [each.inputs.get("version") for each in stack.of(CLUSTER)]
    return versions[0] if len(versions) == 1 and isinstance(versions[0], str) and "${" not in versions[0] else None
