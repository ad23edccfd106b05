"""Kubernetes objects written down in `manifests`, each by the schema of its kind, and all of them together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from eks_blueprints.blueprint import made_elsewhere
from eks_blueprints.blueprint.kinds import AutoMode, CapabilityAddOn, EksAddon, HelmAddOn, Karpenter, Manifests
from eks_blueprints.blueprint.telemetry import telemetry
from eks_blueprints.core import versions
from eks_blueprints.core.errors import InputError, Path, Problem, dotted, shown
from eks_blueprints.core.object_lists import listed
from eks_blueprints.kubernetes.namespace_names import OF_EVERY_CLUSTER
from eks_blueprints.kubernetes.namespace_network import OWN
from eks_blueprints.kubernetes.shapes import group_of

if TYPE_CHECKING:
    from eks_blueprints.blueprint.spec import BlueprintArgs
    from eks_blueprints.kubernetes.shapes import Shapes


class Made(Protocol):
    """An object that is made of fields."""

    @property
    def source(self) -> Path:
        """The field that it comes from as a whole."""

    def at_its_field(self, problem: Problem) -> Problem:
        """A problem of the object, at the field that the part comes from."""


@dataclass(frozen=True, slots=True)
class OwnRules:
    """Rules of a namespace's network policy that a user wrote."""

    source: Path = ()

    def at_its_field(self, problem: Problem) -> Problem:
        """The same rule below the field, without `spec` around it."""
        return Problem(problem.path[1:], problem.message, severity=problem.severity)


class Written(NamedTuple):
    """An object that a platform writes down, or makes of what is written down."""

    manifest: Mapping[str, Any]
    owner: Path
    """Where it stands, or what it is made of."""
    drawing: Made | None = None
    """How it is created; None for one that stands there as it is."""

    @property
    def path(self) -> Path:
        """What it comes from."""
        return self.owner if self.drawing is None else (*self.owner, *self.drawing.source)

    def placed(self, problem: Problem) -> Problem:
        """A problem of the manifest, where that part of it comes from."""
        found = problem if self.drawing is None else self.drawing.at_its_field(problem)
        return found.below(*self.owner)


def check(args: BlueprintArgs) -> Iterator[Problem]:
    """What an API server would refuse, as errors; kinds and namespaces that nothing here knows, as warnings."""
    sources = [list(_manifests(addon)) for addon in args.addons if isinstance(addon, Manifests)]
    sources.append(list(_rules(args)))
    sources += _drawn(args) if args.workloads or args.teams else ()
    sources.append(list(_observing(args)))
    sources.append(list(_kept_by_agent(args)))
    if not any(sources):
        return
    # Most platforms have none, and the shapes of kinds take a while to load.
    from eks_blueprints.blueprint import reference_checks, storage_checks
    from eks_blueprints.kubernetes import check as objects
    from eks_blueprints.kubernetes.custom import Definitions
    from eks_blueprints.kubernetes.shapes import of

    try:
        shapes = of(versions.minor(args.cluster.version))
    except ValueError:  # told at the version
        return
    every = [found for own in sources for found in own]
    bringers = brought(args)
    custom = Definitions((each.manifest for each in every), bringers)
    for own in sources:
        checked = objects.Checked()
        for each in own:
            objects.check(each.manifest, shapes, custom, one := objects.Checked())
            checked.problems += map(each.placed, one.problems)
            for path, kind in one.unknown:
                checked.unknown.append((each.placed(Problem((*path, "kind"), "")).path, kind))
        yield from checked.problems
        if unknown := sorted({kind for _, kind in checked.unknown}):
            what = (
                f"contains objects whose fields were not checked, because no schema is known for {', '.join(unknown)}"
            )
            do = "the API server checks them when they are created"
            first = checked.unknown[0][0]
            yield Problem(first, f"{what}; got {len(checked.unknown)} of them; {do}", severity="warning")
    yield from _twice(every, shapes, dict(made_elsewhere.objects(args, bringers)))
    yield from _homes(args, every, shapes)
    yield from storage_checks.check(args, every)
    yield from reference_checks.check(args, every)


def _manifests(addon: Manifests) -> Iterator[Written]:
    for key, manifest in addon.manifests.items():
        for path, each in listed(manifest, (addon.group, addon.name, "manifests", key)):
            yield Written(each, path)


def _rules(args: BlueprintArgs) -> Iterator[Written]:
    for name, each in args.namespaces.items():
        if (said := each.network_policy) is not None and (said.ingress or said.egress):
            spec = {"podSelector": {}, "ingress": list(said.ingress), "egress": list(said.egress)}
            meta = {"name": OWN, "namespace": name}
            manifest = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": meta, "spec": spec}
            yield Written(manifest, ("namespaces", name, "network_policy"), OwnRules())


def _drawn(args: BlueprintArgs) -> Iterator[list[Written]]:
    from eks_blueprints.blueprint.ground import ground

    try:
        found = ground(args)
    except (InputError, ValueError):  # told at the network or the region
        return
    for each in args.workloads:
        owner = (each.group, each.name)
        yield [Written(drawing.manifest, owner, drawing) for drawing in each.objects(found)]
    for team in args.teams:
        yield [Written(made.manifest, (team.group, team.name), made) for made in team.objects(found)]


def _observing(args: BlueprintArgs) -> Iterator[Written]:
    if args.observability is not None:
        from eks_blueprints.observability.manifests import objects

        for made in objects(args.observability, telemetry(args)):
            yield Written(made.manifest, ("observability",), made)


def _kept_by_agent(args: BlueprintArgs) -> Iterator[Written]:
    if args.gitops is None:
        return
    from eks_blueprints.agents.agent import agent, objects
    from eks_blueprints.blueprint.ground import ground

    try:
        found = ground(args)
    except (InputError, ValueError):  # told at the network or the region
        return
    if any(problem.severity == "error" for problem in args.gitops.problems_on(found)):
        return  # told there, in other words
    for made in objects(args.gitops, agent(args.gitops, found)):
        yield Written(made.manifest, ("gitops",), made)


def brought(args: BlueprintArgs) -> dict[str, str]:
    """What on a platform brings kinds, and its version; empty where that is not known."""
    # EKS puts the CRDs of its network plugin on every cluster.
    found = {"vpc_cni": ""}
    for addon in args.addons:
        kind = addon.kind()
        if isinstance(addon, EksAddon):
            kind = addon.addon_name.replace("-", "_")
        found[kind] = addon.chart_used.version if isinstance(addon, HelmAddOn) else ""
        if isinstance(addon, CapabilityAddOn):
            found |= dict.fromkeys(_of_capability(kind), "")
    for compute in args.compute:
        if isinstance(compute, Karpenter):
            found["karpenter"] = compute.version
        elif isinstance(compute, AutoMode):
            found.setdefault("karpenter", "")
            found["auto_mode"] = ""
    return found


def _of_capability(kind: str) -> list[str]:
    """The add-ons whose kinds a capability of EKS brings."""
    from eks_blueprints.kubernetes import crds

    name = kind.removesuffix("_capability")
    return [each for each in crds.sources() if each == name or each.startswith(f"{name}_")]


def _twice(every: list[Written], shapes: Shapes, elsewhere: Mapping[made_elsewhere.Key, Path]) -> Iterator[Problem]:
    seen: dict[made_elsewhere.Key, Path] = {}
    for found in every:
        manifest, path = found.manifest, found.path
        metadata = _metadata(manifest)
        version, kind, name = (manifest.get("apiVersion"), manifest.get("kind"), metadata.get("name"))
        namespace = metadata.get("namespace") or "default"
        if not all(isinstance(each, str) for each in (version, kind, name, namespace)):
            continue
        known = shapes.kind(str(version), str(kind))
        namespace = "default" if known is not None and not known.namespaced else str(namespace)
        key = (group_of(str(version)), str(kind), namespace, str(name))
        if key in seen:
            what = f"is defined twice; got {kind} {shown(name)} at {dotted(seen[key])} too"
            yield found.placed(Problem(("metadata", "name"), f"{what}; rename one or remove it"))
        elif key in elsewhere:
            what = f"is also created by {dotted(elsewhere[key])}; got {kind} {shown(name)}"
            yield found.placed(Problem(("metadata", "name"), f"{what}; rename it or remove it"))
        seen.setdefault(key, path)


def _homes(args: BlueprintArgs, every: list[Written], shapes: Shapes) -> Iterator[Problem]:
    made = {
        str(_metadata(manifest).get("name"))
        for manifest in (each.manifest for each in every)
        if manifest.get("kind") == "Namespace" and manifest.get("apiVersion") == "v1"
    }
    made |= {*(addon.home for addon in args.addons), *OF_EVERY_CLUSTER}
    made |= {str(compute.namespace) for compute in args.compute if hasattr(compute, "namespace")}
    made |= {each.namespace for each in args.pod_identity_associations.values()} | set(args.namespaces)
    told: set[str] = set()
    for found in every:
        manifest = found.manifest
        namespace = _metadata(manifest).get("namespace")
        kind = shapes.kind(str(manifest.get("apiVersion")), str(manifest.get("kind")))
        if not isinstance(namespace, str) or not namespace or namespace in made or namespace in told:
            continue
        if kind is None or not kind.namespaced:
            continue
        told.add(namespace)
        do = "add its Namespace to the manifests, unless it is created elsewhere"
        what = f"is a namespace that nothing here creates; got {shown(namespace)}; {do}"
        yield found.placed(Problem(("metadata", "namespace"), what, severity="warning"))


def _metadata(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    found = manifest.get("metadata")
    return found if isinstance(found, Mapping) else {}
