"""The charts that a stack installs, whoever does it, and the controllers that run because of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from eks_blueprints.core.images import parts
from eks_blueprints.policies.objects import namespace_of
from eks_blueprints.policies.platform import APPLICATION, CHART, FLUX_RELEASE, RELEASE
from eks_blueprints.policies.props import Props, Undetermined
from eks_blueprints.policies.stack import Resource, Stack


@dataclass(frozen=True, slots=True)
class Installed:
    """A Helm chart that is installed, whoever does it."""

    chart: str
    """Its name, without the repository."""
    repository: str
    version: str | None
    namespace: str
    release: str
    values: Props
    resource: Resource


def charts(stack: Stack, *names: str) -> list[Installed]:
    """The charts that the stack installs, by Helm or by a delivery tool; those with some names, or all."""
    found = stack.cache.get("charts")
    if found is None:
        found = stack.cache["charts"] = list(_charts(stack))
    if not names:
        return list(found)
    numbered = stack.once("charts by name", lambda: _numbered(found))
    chosen = sorted(number for name in dict.fromkeys(names) for number in numbered.get(name, ()))
    return [found[number] for number in chosen]


def _numbered(found: Sequence[Installed]) -> dict[str, list[int]]:
    """Numbers of charts by their names."""
    numbered: dict[str, list[int]] = {}
    for number, each in enumerate(found):
        numbered.setdefault(each.chart, []).append(number)
    return numbered


def charts_of(resource: Resource, stack: Stack) -> list[Installed]:
    """The charts that one resource installs."""
    return stack.once("charts by resource", lambda: _by_resource(stack)).get(id(resource), [])


def _by_resource(stack: Stack) -> dict[int, list[Installed]]:
    found: dict[int, list[Installed]] = {}
    for each in charts(stack):
        found.setdefault(id(each.resource), []).append(each)
    return found


def installing(stack: Stack, chart: str, *, besides: str) -> list[Installed]:
    """What installs a chart of one name, but for resources of one type."""
    by_type = stack.once("charts by name and type", lambda: _by_chart(stack)).get(chart, {})
    return [each for type_, found in by_type.items() if type_ != besides for each in found]


def _by_chart(stack: Stack) -> dict[str, dict[str, list[Installed]]]:
    found: dict[str, dict[str, list[Installed]]] = {}
    for each in charts(stack):
        found.setdefault(each.chart, {}).setdefault(each.resource.type, []).append(each)
    return found


def named(resource: Resource) -> None:
    """Ask whether it is known which chart a resource installs.

    Raises:
        Undetermined: if not; `charts` leaves it out then.
    """
    if resource.type in (RELEASE, CHART):
        resource.props.text("chart")


def running(stack: Stack, *names: str) -> list[Resource]:
    """What installs a component, be it a chart of one of the names or a workload with such an image."""
    by_image = stack.once("by image", lambda: _by_image(stack))
    found = [each.resource for each in charts(stack, *names)]
    return found + [workload for name in names for workload in by_image.get(name, ())]


def images(workload: Resource) -> list[str]:
    """The images of a workload, as far as they are known."""
    spec = workload.inputs.get("spec")
    pod = spec.get("template", {}).get("spec", {}) if isinstance(spec, dict) else {}
    containers = pod.get("containers") if isinstance(pod, dict) else None
    found = [each.get("image") for each in containers or () if isinstance(each, dict)]
    return [image for image in found if isinstance(image, str)]


def image_name(image: str) -> str:
    """`cluster-autoscaler` for `registry.k8s.io/autoscaling/cluster-autoscaler:v1.34.0`."""
    return parts(image)[0].rpartition("/")[2]


def cluster_autoscalers(stack: Stack) -> list[Resource]:
    """What installs the Cluster Autoscaler."""
    return running(stack, "cluster-autoscaler")


def karpenters(stack: Stack) -> list[Resource]:
    """What installs Karpenter."""
    controllers = stack.once("by image", lambda: _by_image(stack)).get("controller", ())
    found = [each.resource for each in charts(stack, "karpenter")]
    return found + [each for each in controllers if any("karpenter/controller" in image for image in images(each))]


def _by_image(stack: Stack) -> dict[str, list[Resource]]:
    found: dict[str, list[Resource]] = {}
    for workload in stack.of("kubernetes:apps/v1:Deployment", "kubernetes:apps/v1:DaemonSet"):
        for name in {image_name(image) for image in images(workload)}:
            found.setdefault(name, []).append(workload)
    return found


def _charts(stack: Stack) -> Iterator[Installed]:
    for each in stack.of(RELEASE, CHART):
        name = each.inputs.get("chart")
        if not isinstance(name, str):
            continue
        options = each.inputs.get("repositoryOpts")
        repository = options.get("repo") if isinstance(options, dict) else None
        repository = repository if isinstance(repository, str) else name.rpartition("/")[0]
        yield _installed(
            each, name, repository, version=each.inputs.get("version"), values=each.props.at("values"), stack=stack
        )
    for each in stack.of(APPLICATION):
        for source in _sources(each.props.at("spec")):
            if isinstance(name := source.raw("chart"), str):
                values = source.at("helm", "valuesObject")
                repository = source.raw("repoURL")
                found = _installed(
                    each, name, str(repository or ""), version=source.raw("targetRevision"), values=values, stack=stack
                )
                yield found
    for each in stack.of(FLUX_RELEASE):
        spec = each.props.at("spec", "chart", "spec")
        if isinstance(name := spec.raw("chart"), str):
            values = each.props.at("spec", "values")
            yield _installed(each, name, "", version=spec.raw("version"), values=values, stack=stack)


def _sources(spec: Props) -> list[Props]:
    try:
        return [*spec.items("sources"), *spec.items("source")]
    except Undetermined:
        return []


def _installed(
    resource: Resource, chart: str, repository: str, *, version: Any, values: Props, stack: Stack
) -> Installed:
    release = resource.inputs.get("name")
    return Installed(
        chart=chart.rpartition("/")[2],
        repository=repository,
        version=version if isinstance(version, str) else None,
        namespace=namespace_of(resource, stack),
        release=release if isinstance(release, str) else resource.name,
        values=values,
        resource=resource,
    )
