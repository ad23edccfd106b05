"""What elements find on the cluster and in the network that a platform describes, and whether they can be put there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from eks_blueprints.blueprint import manifest_checks, team_parts
from eks_blueprints.blueprint.addon_defaults import only_fargate, settled
from eks_blueprints.blueprint.kinds import ClusterAutoscaler, Manifests
from eks_blueprints.blueprint.stack_spec import STACK_NAME
from eks_blueprints.blueprint.telemetry import observed, telemetry
from eks_blueprints.cluster.spec import cluster_name
from eks_blueprints.core.errors import InputError, Path, Problem
from eks_blueprints.core.leaves import too_many_tags
from eks_blueprints.core.object_lists import listed
from eks_blueprints.core.refs import Ground, Place
from eks_blueprints.network import layout
from eks_blueprints.network.described import described, subnet_tags
from eks_blueprints.network.spec import ExistingNetworkArgs

if TYPE_CHECKING:
    from eks_blueprints.blueprint.spec import BlueprintArgs


_ENDPOINTS = ("interface_endpoints", "gateway_endpoints")


def ground(args: BlueprintArgs) -> Ground:
    """What the cluster of a platform, and its network, will be.

    Raises:
        InputError, ValueError: if the network cannot be made in that region, or cannot hold a cluster.
    """
    return Ground(
        version=args.cluster.version,
        network=described(args.network, args.region),
        oidc_provider=args.cluster.oidc_provider,
        autoscaled=any(isinstance(addon, ClusterAutoscaler) for addon in args.addons),
        tags=args.tags,
        auto_mode=args.cluster.auto_mode is not None,
        only_fargate=only_fargate(args),
        places=places(args),
        addons=addon_kinds(args),
        addon_homes=addon_homes(args),
        metrics=metrics(args),
        default_requests=default_requests(args),
        service_cidr=args.cluster.service_ipv4_cidr,
        region=args.region,
        telemetry=telemetry(args),
        observe=observed(args),
    )


def places(args: BlueprintArgs) -> dict[str, Place]:
    """The compute of a platform, and each pool of it, by the names by which workloads choose it."""
    return {name: place for compute in args.compute for name, place in compute.places()}


def addon_kinds(args: BlueprintArgs) -> frozenset[str]:
    """The kinds of the add-ons of a platform."""
    return frozenset(addon.kind() for addon in settled(args))


def addon_homes(args: BlueprintArgs) -> dict[str, str]:
    """The namespaces of the add-ons of a platform, by their kinds."""
    return {addon.kind(): addon.home for addon in settled(args)}


def metrics(args: BlueprintArgs) -> frozenset[str]:
    """API groups of metrics that the add-ons of a platform serve."""
    return frozenset(group for addon in settled(args) for group in addon.serves_metrics)


def manifests(args: BlueprintArgs) -> Iterator[Mapping[str, Any]]:
    """The objects that a platform writes down in add-ons."""
    for addon in args.addons:
        if isinstance(addon, Manifests):
            for manifest in addon.manifests.values():
                yield from (each for _, each in listed(manifest))


def default_requests(args: BlueprintArgs) -> dict[str, frozenset[str]] | None:
    """What LimitRanges of the namespaces of a platform have containers request; None where manifests bring some."""
    if any(each.get("kind") == "LimitRange" for each in manifests(args)):
        return None
    ranges = {name: namespace.limit_range for name, namespace in args.namespaces.items()}
    return {name: frozenset({*each.default, *each.default_request} if each else ()) for name, each in ranges.items()}


def check_parts(args: BlueprintArgs) -> Iterator[Problem]:
    """What is wrong about a platform's compute and add-ons where they are put, and about tags of several layers."""
    try:
        found = ground(args)
    except (InputError, ValueError):  # told at the network or the region
        return
    yield from _tags(args)
    if found.observe is not None:
        from eks_blueprints.observability.collected import lacking

        for problem in lacking(found.observe, found, on_fargate=found.only_fargate):
            yield problem.below("observability", "workloads")
    if args.gitops is not None:
        for problem in args.gitops.problems_on(found):
            yield problem.below("gitops")
    for element in (*args.compute, *settled(args), *args.workloads, *args.teams):
        for problem in element.problems_on(found):
            yield problem.below(element.group, element.name)


def _tags(args: BlueprintArgs) -> Iterator[Problem]:
    parts: list[tuple[Path, Iterable[str]]] = [(("cluster", "tags"), args.cluster.tags)]
    parts += [(("access", name, "tags"), entry.tags) for name, entry in args.access.items()]
    identities = args.pod_identity_associations
    parts += [(("pod_identity_associations", name, "tags"), each.tags) for name, each in identities.items()]
    if isinstance(network := args.network, ExistingNetworkArgs):
        parts += [(("network", field), ["Name"]) for field in _ENDPOINTS if getattr(network, field)]
    else:
        named = {"Name": "", **network.tags}
        parts.append((("network", "tags"), named))
        for subnet in layout.plan(network, args.region):
            of_subnet = {**named, **subnet_tags(network, subnet, args.cluster.name or "<cluster>")}
            at = ("subnets", subnet.given, "tags") if subnet.given else ("subnet_tags",)
            parts.append((("network", *at), of_subnet))
    seen: set[Path] = set()
    for path, keys in parts:
        if (fault := too_many_tags(args.tags, keys)) and path not in seen:
            seen.add(path)
            yield Problem(path, fault)


def check_named(args: BlueprintArgs, name: str) -> Iterator[Problem]:
    """What is wrong about a platform whose name and references are known: what is left when it has been validated."""
    if STACK_NAME.fullmatch(name):
        try:
            cluster_name(args.cluster.name or name)
        except ValueError as error:
            yield Problem(("cluster", "name"), str(error))
    whole = team_parts.with_teams(args)
    yield from (team_parts.at_home(args, problem) for problem in check_parts(whole))
    wrong = (problem for problem in manifest_checks.check(whole) if problem.severity == "error")
    yield from (team_parts.at_home(args, problem) for problem in wrong)
