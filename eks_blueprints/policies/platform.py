"""What a stack makes of EKS: clusters, what runs their pods, their add-ons and the charts installed on them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from eks_blueprints.core.images import parts
from eks_blueprints.policies.objects import namespace_of, pod_labels
from eks_blueprints.policies.props import Props, Undetermined
from eks_blueprints.policies.stack import CLUSTER, Resource, Stack

NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
FARGATE = "aws:eks/fargateProfile:FargateProfile"
ADDON = "aws:eks/addon:Addon"
GROUP = "aws:autoscaling/group:Group"
LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
SUBNET = "aws:ec2/subnet:Subnet"
VPC = "aws:ec2/vpc:Vpc"
ROLE = "aws:iam/role:Role"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
POLICY = "aws:iam/policy:Policy"
ASSOCIATION = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
NODE_POOL = "kubernetes:karpenter.sh/v1:NodePool"
EC2_NODE_CLASS = "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass"
NODE_CLASS = "kubernetes:eks.amazonaws.com/v1:NodeClass"
RELEASE = "kubernetes:helm.sh/v3:Release"
CHART = "kubernetes:helm.sh/v4:Chart"
APPLICATION = "kubernetes:argoproj.io/v1alpha1:Application"
FLUX_RELEASE = "kubernetes:helm.toolkit.fluxcd.io/v2:HelmRelease"
CHARTS = (RELEASE, CHART, APPLICATION, FLUX_RELEASE)
"""What installs charts."""


def clusters(stack: Stack) -> list[Resource]:
    """The clusters that the stack makes."""
    return stack.of(CLUSTER)


def cluster_of(resource: Resource, stack: Stack) -> Resource | None:
    """The cluster a resource belongs to, if the stack makes it."""
    if resource.type == CLUSTER:
        return resource
    found = clusters(stack)
    if resource.inputs.get("clusterName") is not None:
        named = stack.resolved(resource, "clusterName", types=(CLUSTER,)) or _by_name(resource, found)
        return named or (found[0] if len(found) == 1 and not _plain(resource) else None)
    if len(found) <= 1:
        return found[0] if found else None
    provider = stack.by_urn.get(resource.provider or "")
    behind = [each for each in found if provider is not None and each.urn in provider.dependencies]
    return behind[0] if len(behind) == 1 else None


def on_cluster(cluster: Resource | None, stack: Stack, *types: str) -> list[Resource]:
    """The resources of some types that belong to a cluster; all of them where the cluster is not known."""
    return stack.once(
        ("on cluster", cluster, types),
        lambda: [each for each in stack.of(*types) if cluster is None or cluster_of(each, stack) in (cluster, None)],
    )


def version_of(cluster: Resource | None) -> int | None:
    """The minor version of a cluster: 34 for 1.34; None where it is not given.

    Raises:
        Undetermined: if it is not known.
    """
    if cluster is None:
        return None
    version = cluster.props.get("version")
    match = re.fullmatch(r"1\.(\d+)", version) if isinstance(version, str) else None
    return int(match[1]) if match else None


def minor_of(resource: Resource, stack: Stack, given: Any = None) -> int:
    """The minor version of the cluster an object is meant for; `given` is what a parameter says.

    Raises:
        Undetermined: if neither the stack nor the parameter tells.
    """
    minor = version_of(cluster_of(resource, stack))
    if minor is None and isinstance(given, str) and (match := re.fullmatch(r"1\.(\d+)", given)):
        minor = int(match[1])
    if minor is None:
        raise Undetermined((), "the Kubernetes version of its cluster is not known; set kubernetes_version")
    return minor


def auto_mode(cluster: Resource | None) -> bool:
    """Whether a cluster is in Auto Mode."""
    return cluster is not None and cluster.props.flag("computeConfig", "enabled") is True


def compute(cluster: Resource | None, stack: Stack) -> list[Resource]:
    """Node groups, Auto Scaling groups and node pools of a cluster: what runs pods on EC2."""
    return on_cluster(cluster, stack, NODE_GROUP, GROUP, NODE_POOL)


def fargate_profile_of(workload: Resource, stack: Stack) -> Resource | None:
    """The Fargate profile that takes a workload's pods.

    Raises:
        Undetermined: if none is known to take them and one might.
    """
    unknown: Undetermined | None = None
    for profile in on_cluster(cluster_of(workload, stack), stack, FARGATE):
        try:
            if any(_takes(selector, workload, stack) for selector in profile.props.items("selectors")):
                return profile
        except Undetermined as error:
            unknown = error
    if unknown is not None:
        raise unknown
    return None


def addon(name: str, cluster: Resource | None, stack: Stack) -> Resource | None:
    """An EKS add-on of a cluster."""
    for each in on_cluster(cluster, stack, ADDON):
        if each.inputs.get("addonName") == name:
            return each
    return None


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


def _takes(selector: Props, workload: Resource, stack: Stack) -> bool:
    namespace = selector.text("namespace")
    if namespace is None:
        return False
    from eks_blueprints.policies.objects import canonical

    if not fnmatchcase(namespace_of(workload, stack), canonical(namespace, stack)):
        return False
    wanted = selector.pairs("labels")
    labels = pod_labels(workload) if wanted else {}
    return all(key in labels and fnmatchcase(str(labels[key]), str(value.get())) for key, value in wanted)


def _by_name(resource: Resource, found: list[Resource]) -> Resource | None:
    name = resource.inputs.get("clusterName")
    for cluster in found:
        if isinstance(name, str) and name == cluster.inputs.get("name"):
            return cluster
    return None


def _plain(resource: Resource) -> bool:
    name = resource.inputs.get("clusterName")
    return isinstance(name, str) and "${" not in name


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
