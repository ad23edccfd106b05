"""Checks of service accounts of one's own against the add-ons and the compute of a platform."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from eks_blueprints.access.pod_identity_spec import PodIdentityAssociation
from eks_blueprints.blueprint.addon_defaults import only_fargate, settled
from eks_blueprints.blueprint.kinds import EksPodIdentityAgent, Fargate, Karpenter
from eks_blueprints.core.errors import Problem
from eks_blueprints.kubernetes.namespace_names import OF_EVERY_CLUSTER, doubts

if TYPE_CHECKING:
    from eks_blueprints.blueprint.spec import BlueprintArgs


def check(args: BlueprintArgs) -> Iterator[Problem]:
    """Every problem of a platform's service accounts; warnings are marked as such."""
    yield from doubts(args.namespaces)
    taken = dict(_taken(args))
    for name, each in args.pod_identity_associations.items():
        for problem in _problems(args, each, taken):
            yield problem.below("pod_identity_associations", name)


def _problems(
    args: BlueprintArgs, each: PodIdentityAssociation, taken: dict[tuple[str, str], str]
) -> Iterator[Problem]:
    fargate = only_fargate(args)
    identity = each.identity_used(only_fargate=fargate)
    yield from each.problems_with(identity, oidc_provider=args.cluster.oidc_provider)
    if other := taken.get((each.namespace, each.service_account)):
        got = f"{each.namespace}/{each.service_account}"
        do = "give that one the permissions, or use another service account"
        yield Problem(("service_account",), f"has the role of {other}; got {got}; {do}")
    if each.create_service_account and each.namespace not in (*args.namespaces, *OF_EVERY_CLUSTER):
        message = f"creates a service account in a namespace that this platform does not create; got {each.namespace}"
        do = f"add {each.namespace}: {{}} to namespaces, unless it exists already"
        yield Problem(("namespace",), f"{message}; {do}", severity="warning")
    if identity == "pod_identity":
        yield from _by_agent(args, each, fargate)


def _by_agent(args: BlueprintArgs, each: PodIdentityAssociation, fargate: bool) -> Iterator[Problem]:
    if fargate:
        message = "gets no permissions from Pod Identity on Fargate; got pod_identity; use irsa"
        yield Problem(("identity",), message)
        return
    agent = any(isinstance(addon, EksPodIdentityAgent) for addon in args.addons)
    if not agent and args.cluster.auto_mode is None:
        do = "add eks_pod_identity_agent: {} to addons, or set identity: irsa"
        yield Problem((), f"gets its AWS permissions from EKS Pod Identity; got addons without the agent; {do}")
    for compute in args.compute:
        if isinstance(compute, Fargate) and compute.runs(each.namespace):
            message = f"gives nothing to pods that {compute.name} runs on Fargate; got namespace {each.namespace}"
            do = "set identity: irsa, unless the pods of this service account run on nodes"
            yield Problem(("identity",), f"{message}; {do}", severity="warning")


def _taken(args: BlueprintArgs) -> Iterator[tuple[tuple[str, str], str]]:
    """The service accounts that have a role already, and whose they are."""
    for addon in settled(args):
        if addon.identity_used in ("pod_identity", "irsa"):
            for account in addon.service_accounts:
                yield (addon.home, account), f"addons.{addon.name}"
    for compute in args.compute:
        if isinstance(compute, Karpenter):
            from eks_blueprints.karpenter.controller import SERVICE_ACCOUNT

            yield (compute.namespace, SERVICE_ACCOUNT), f"compute.{compute.name}"
