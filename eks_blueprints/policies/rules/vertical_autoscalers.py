"""How large a vertical autoscaler may make pods, and whether there is room for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from eks_blueprints.karpenter.fitting import fit
from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.node_kinds import kinds_of
from eks_blueprints.policies.objects import in_namespace, namespace_of, pod_of, target_of
from eks_blueprints.policies.platform import cluster_of
from eks_blueprints.policies.pod_needs import needs_of, running
from eks_blueprints.policies.pod_webhooks import changing
from eks_blueprints.policies.props import Faults, NotApplicable, Props
from eks_blueprints.policies.quantities import quantity
from eks_blueprints.policies.rules.autoscalers import VPA
from eks_blueprints.policies.rules.availability import lowest
from eks_blueprints.policies.stack import Resource

_QUOTA = "kubernetes:core/v1:ResourceQuota"
_RESOURCES = ("cpu", "memory")


@rule("k8s-vpa-fits-nodes", VPA, severity="medium", enforcement="advisory", wave=3, across=True)
def vpa_fits(vpa: Props, context: Context) -> Faults:
    """What a vertical autoscaler may recommend fits a node, and the quota of the namespace.

    The maxAllowed of all containers together, with what the others request, is compared with the largest node that the
    pods can run on, and times the pods there are at least with the ResourceQuotas of the namespace. One without
    maxAllowed is told by k8s-vpa-bounds.
    """
    stack, resource = context.stack, context.resource
    target = target_of(resource, stack, "spec", "targetRef")
    if target is None or vpa.get("spec", "updatePolicy", "updateMode") == "Off":
        raise NotApplicable
    most = largest(vpa, target)
    if not most:
        raise NotApplicable
    at = ("spec", "resourcePolicy", "containerPolicies")
    needs = needs_of(target)
    grown = replace(needs, cpu=most.get("cpu", needs.cpu), memory=most.get("memory", needs.memory))
    cluster = cluster_of(target, stack)
    kinds, unknown = kinds_of(cluster, stack) if cluster is not None else ([], None)
    hosts = [each for each in kinds if not fit(each, needs).refused]
    answers = {each.name: fit(each, grown) for each in hosts}
    if hosts and unknown is None and all(each.refused for each in answers.values()):
        name, answer = next(iter(answers.items()))
        do = "lower maxAllowed, or add larger nodes"
        yield vpa.fault("may make pods that fit no node", *at, got=f"{_amounts(most)}; {name} {answer.refused}", do=do)
    count = lowest(target, stack)
    for quota in in_namespace(stack, namespace_of(target, stack), _QUOTA):
        for word, amount in most.items():
            limit = next((each for key in (f"requests.{word}", word) if (each := _hard(quota, key)) is not None), None)
            if limit is not None and amount * count > limit:
                got = f"{count} x {_amounts({word: amount})}, and {_amounts({word: limit})} in {quota.name}"
                yield vpa.fault("may make pods that the quota of the namespace refuses", *at, got=got)


_ITS_OWN = "vpa-webhook-config"
"""The configuration of its own webhook. Source: vertical-pod-autoscaler, `pkg/admission-controller/config.go`."""


@rule("k8s-vpa-few-webhooks", VPA, severity="low", enforcement="advisory", wave=3, across=True, params={"most": 2})
def few_webhooks(vpa: Props, context: Context) -> Faults:
    """Few other webhooks change the pods that a vertical autoscaler changes.

    Webhooks that are asked about the pods of its target when they are created are counted: those of the stack, and of
    charts that are known, by their rules and selectors. More than `most` of them are a finding. They are called in the
    order of their names; containers that one adds after the autoscaler's (vpa-webhook-config) get no recommendation.
    """
    stack = context.stack
    target = target_of(context.resource, stack, "spec", "targetRef")
    if target is None or vpa.get("spec", "updatePolicy", "updateMode") == "Off":
        raise NotApplicable
    others = [name for name in changing(target, stack) if name != _ITS_OWN]
    if len(others) > context.params["most"]:
        yield vpa.fault("is for pods that other webhooks change too", "spec", "targetRef", got=", ".join(others))


def largest(vpa: Props, target: Resource) -> dict[str, float]:
    """What a vertical autoscaler may have a pod request at most, in cores and bytes; without what has no bound."""
    policies = {
        str(each.get("containerName")): each for each in vpa.items("spec", "resourcePolicy", "containerPolicies")
    }
    found: dict[str, float] = {}
    for word in _RESOURCES:
        total = 0.0
        for container in running(pod_of(target)):
            policy = policies.get(str(container.get("name")), policies.get("*"))
            own = quantity(container.get("resources", "requests", word)) or 0
            words = policy.words("controlledResources") if policy is not None else []
            if policy is not None and (policy.get("mode") == "Off" or (words and word not in words)):
                total += own
                continue
            bound = quantity(policy.get("maxAllowed", word)) if policy is not None else None
            if bound is None:
                break
            total += bound
        else:
            found[word] = total
    return found


def _hard(quota: Resource, key: str) -> float | None:
    return quantity(quota.props.get("spec", "hard", key))


def _amounts(amounts: Mapping[str, float]) -> str:
    return ", ".join(
        f"{amount:g} cpu" if word == "cpu" else f"{amount / 2**30:.4g} GiB" for word, amount in amounts.items()
    )
