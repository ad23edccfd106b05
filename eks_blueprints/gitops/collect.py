"""The objects of a stack that a repository brings, taken from its plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from eks_blueprints.addons.delivery.git import NAME
from eks_blueprints.core.component import PACKAGE
from eks_blueprints.core.errors import InputError, Problem, dotted
from eks_blueprints.core.refs import WITH_GIT
from eks_blueprints.core.secret_objects import is_secret
from eks_blueprints.gitops.charts import REPOSITORY, Form, delivered, is_local, release_of
from eks_blueprints.gitops.model import Agent, Item, LeftOut, Source
from eks_blueprints.gitops.objects import written
from eks_blueprints.gitops.outputs import Known
from eks_blueprints.gitops.unknown import Open, filled, open_parts
from eks_blueprints.policies.embedded import is_read
from eks_blueprints.policies.installed import charts_of
from eks_blueprints.policies.objects import namespace_of
from eks_blueprints.policies.platform import APPLICATION, FLUX_RELEASE, RELEASE
from eks_blueprints.policies.stack import Resource, Stack
from eks_blueprints.recording import Plan, ProgramError
from eks_blueprints.review.preview.run import recorded, told
from eks_blueprints.review.preview.targets import Target

_KUSTOMIZATION = "kubernetes:kustomize.toolkit.fluxcd.io/v1:Kustomization"
_CARRIERS = ("kubernetes:yaml", "kubernetes:kustomize:", "kubernetes:kustomize/")
_BLUEPRINT = f"{PACKAGE}:index:Blueprint"
_STACK = "pulumi:pulumi:Stack"
_OF_ALL = "cluster"
"""Folder of objects that stand alone in a program and are in no namespace."""
_SECRET = "leave it to this program, or use External Secrets or sealed secrets"  # noqa: S105 - no password


@dataclass(frozen=True, slots=True)
class Collected:
    """What was found."""

    plan: Plan
    items: tuple[Item, ...]
    left_out: tuple[LeftOut, ...]
    source: Source
    notes: tuple[str, ...]
    names: frozenset[str]
    """Names by which symbols begin."""
    from_git: bool
    """Whether the program leaves these objects to the repository."""


def collected(target: Target, known: Known, *, agent: Agent | None = None, form: Form = "agent") -> Collected:
    """The objects of a stack.

    Args:
        target: The stack.
        known: What is known of what is deployed.
        agent: Who reads the repository. Default: as the stack says, else Argo CD.
        form: How charts stand in it.

    Raises:
        InputError: if the stack cannot be previewed.
    """
    declared = _plan(target, known)
    token = WITH_GIT.set(True)
    try:
        whole = _plan(target, known)
    finally:
        WITH_GIT.reset(token)
    there, all_urns = {each.urn for each in declared.resources}, {each.urn for each in whole.resources}
    readers = [each for each in declared.resources if each.urn not in all_urns]
    source = _source(readers, agent)
    folder = target.file.parent if target.file else target.project
    stack = Stack.of_plan(whole, target.project or folder)
    reading = _Reading(stack, whole, source, form, known)
    for each in stack.resources:
        if not readers or each.urn.partition("#")[0] not in there:
            reading.read(each)
    found = tuple(reading.items), tuple(reading.left_out)
    return Collected(whole, *found, source, tuple(reading.notes), frozenset(reading.names), bool(readers))


def _plan(target: Target, known: Known) -> Plan:
    try:
        return recorded(target, **known.recorded_with(target.stack)).plan()
    except ProgramError as error:
        raise told(error, target) from error


def _source(readers: list[Any], agent: Agent | None) -> Source:
    """Who reads the repository: by what the program makes for that, where it makes something."""
    for each in readers:
        metadata, spec = each.inputs.get("metadata") or {}, each.inputs.get("spec") or {}
        if metadata.get("name") != NAME or each.type not in (APPLICATION, _KUSTOMIZATION):
            continue
        found: Agent = "argocd" if each.type == APPLICATION else "flux"
        if agent not in (None, found):
            do = "leave --agent out, or change addon_defaults.delivery"
            raise InputError(
                [Problem((), f"is not who reads the repository of this stack; got {agent}; {do}", "--agent")]
            )
        if found == "argocd":
            place = {key: value for key, value in spec["destination"].items() if key != "namespace"}
            return Source(found, str(metadata.get("namespace")), destination=place)
        prefix = str(spec.get("path")).removeprefix("./").rpartition("flux/")[0]
        return Source(found, str(metadata["namespace"]), prefix, str(spec["interval"]), bool(spec["prune"]))
    chosen = agent or "argocd"
    return Source(chosen, "argocd" if chosen == "argocd" else "flux-system")


class _Reading:
    """The resources of one stack, one by one."""

    def __init__(self, stack: Stack, plan: Plan, source: Source, form: Form, known: Known) -> None:
        self._stack, self._source, self._form, self._known = stack, source, form, known
        self.names = {each.name for each in plan.resources} | {"aws", "config"}
        self._blueprints = [each for each in plan.resources if each.type == _BLUEPRINT]
        self.items: list[Item] = []
        self.left_out: list[LeftOut] = []
        self.notes: list[str] = []

    def read(self, resource: Resource) -> None:
        """Note what a resource puts into the repository."""
        if resource.type.startswith(_CARRIERS) and "#" not in resource.urn:
            if not is_read(resource, self._stack):
                do = "name files of this program, or write the objects down"
                self.left_out.append(LeftOut(resource.name, "holds objects that cannot be read here", do))
            return
        if "#" in resource.urn and not self._parent(resource).type.startswith(_CARRIERS):
            return
        if resource.type == REPOSITORY and self._form == "rendered" and self._is_of_charts(resource):
            return
        if resource.type in (RELEASE, APPLICATION, FLUX_RELEASE) and (
            resource.type == RELEASE or self._form == "rendered"
        ):
            if charts_of(resource, self._stack):
                self._chart(resource)
                return
            if resource.type == RELEASE:
                self.left_out.append(LeftOut(resource.name, "names no chart that is known", "give it a chart"))
                return
        if resource.is_object:
            self._object(resource)

    def _is_of_charts(self, repository: Resource) -> bool:
        """Whether a HelmRepository is there for a release that is rendered."""
        name = (repository.inputs.get("metadata") or {}).get("name")
        return any(each.inputs["metadata"].get("name") == name for each in self._stack.of(FLUX_RELEASE))

    def _parent(self, resource: Resource) -> Resource:
        return self._stack.by_urn.get(resource.urn.partition("#")[0], resource)

    def _object(self, resource: Resource) -> None:
        inputs = filled(resource.inputs, self._known.values)
        manifest = {"apiVersion": resource.api_version, "kind": resource.kind, **inputs}
        kept = bool(self._parent(resource).options.get("retain_on_delete"))
        if resource.patch:
            do = "leave it to this program"
            self.left_out.append(LeftOut(resource.name, f"changes a part of a {resource.kind} that others own", do))
            return
        if not (manifest.get("metadata") or {}).get("name"):
            do = "set metadata.name"
            self.left_out.append(
                LeftOut(resource.name, "has no name of its own: Pulumi makes one up", do, unknown=True)
            )
            return
        if is_secret(manifest):
            what = Item(resource.urn, "", manifest).shown
            self.left_out.append(LeftOut(what, "is a Secret, which belongs in no repository", _SECRET))
            return
        namespace = namespace_of(resource, self._stack)
        made = written(manifest, keep=kept, namespace=namespace)
        self.items.append(Item(resource.urn, self._component(resource, namespace, made), made, kept))

    def _chart(self, resource: Resource) -> None:
        release = release_of(resource, self._stack)
        if release is None:
            self._object(resource)
            return
        release = replace(release, values=filled(release.values, self._known.values))
        login = resource.inputs.get("repositoryOpts")
        secrets = [each for each in open_parts(release.values, self.names) if each.secret]
        if secrets or (isinstance(login, Mapping) and "password" in login):
            where = f"value {_dotted(secrets[0])}" if secrets else "the login of its repository"
            why = f"{where} is secret, and belongs in no repository"
            self.left_out.append(LeftOut(f"chart {release.name}", why, "leave it to this program (delivery: helm)"))
            return
        component = self._component(resource, release.namespace, {})
        unknown = list(open_parts(release.values, self.names))
        if unknown:
            folder = f"clusters/{self._stack.name}/{component}/"
            self.left_out.append(replace(left_open(f"chart {release.name}", unknown), path=folder))
            return
        found = delivered(release, resource, self._stack, self._source, self._form)
        if found.rendered:
            self.notes.append(f"chart {release.name} is rendered")
        elif found.objects:
            what = "an Application of Argo CD" if self._source.agent == "argocd" else "a HelmRelease of Flux"
            because = f", because {found.why_not}" if found.why_not not in ("", "-") else ""
            self.notes.append(f"chart {release.name} is {what}{because}")
        else:
            do = "use --charts rendered with Helm on the PATH" if is_local(resource) else "render it by hand"
            self.left_out.append(LeftOut(f"chart {release.name}", found.why_not, do, unknown=True))
        for index, each in enumerate(found.objects):
            kept = found.rendered and each.get("kind") == "CustomResourceDefinition"
            self.items.append(Item(f"{resource.urn}#{index}", component, written(each, keep=kept), kept))

    def _component(self, resource: Resource, namespace: str | None, manifest: Mapping[str, Any]) -> str:
        """The folder of a resource: the part of the blueprint that it belongs to, else its namespace."""
        above = [each for each in self._stack.ancestors(self._parent(resource)) if each.type != _STACK]
        tops = {each.urn for each in self._blueprints}
        inside = next((each for each in above if each.parent in tops), None)
        if inside is None and not any(each.urn in tops for each in above):
            # Of a program without a blueprint: the component nearest to the stack.
            inside = next((each for each in reversed(above) if not each.type.startswith("pulumi:")), None)
        if inside is None:
            return namespace or _OF_ALL if manifest.get("metadata", {}).get("namespace") or not manifest else _OF_ALL
        prefix = f"{self._blueprints[0].name}-" if len(self._blueprints) == 1 else ""
        return _file_name(inside.name.removeprefix(prefix) or inside.name)


def _file_name(text: str) -> str:
    return "".join(each if each.isalnum() or each in "-_." else "_" for each in text).lower().lstrip(".") or "_"


def left_open(what: str, found: list[Open]) -> LeftOut:
    """Why something with parts that are secret, or not known, is left out."""
    if secret := next((each for each in found if each.secret), None):
        why = f"{_dotted(secret)} is secret, and belongs in no repository"
        return LeftOut(what, why, "put it into a Secret, which this program makes, or External Secrets", unknown=True)
    first = found[0]
    symbols = list(dict.fromkeys(each.symbol for each in found if each.symbol))
    listed = ", ".join(symbols[:4]) + (", …" if len(symbols) > 4 else "")
    why = f"{_dotted(first)} is known to AWS alone ({listed or 'a value without a name'})"
    return LeftOut(what, why, "give --outputs what pulumi stack export wrote", unknown=True)


def _dotted(part: Open) -> str:
    return dotted(part.path) or "it"
