"""How safe each kind of compute of a stack is: the same questions for all, answered by policies where one asks them.

Sources of what EKS does by itself: EKS user guide, "EKS Auto Mode: security considerations" and "Create a Node
Class for Amazon EKS" (Bottlerocket, 21 days, IMDSv2 over one hop, encrypted volumes, no SSH), "AWS Fargate
considerations" (a kernel for each pod, no instance metadata, patches).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from eks_blueprints.core import clock
from eks_blueprints.policies.asking import judge
from eks_blueprints.policies.catalogue import rules
from eks_blueprints.policies.compute_kinds import ComputeKind
from eks_blueprints.policies.definition import Context
from eks_blueprints.policies.platform import NODE_GROUP
from eks_blueprints.policies.props import Undetermined
from eks_blueprints.policies.stack import Resource, Stack

Verdict = Literal["yes", "no", "unknown"]
_BY_AWS = ("auto_mode", "fargate")


@dataclass(frozen=True, slots=True)
class Score:
    """The answers for one kind of compute, by question."""

    compute: ComputeKind
    answers: dict[str, Verdict] = field(default_factory=dict)

    @property
    def points(self) -> int:
        """How many questions are answered yes."""
        return sum(each == "yes" for each in self.answers.values())


def score(compute: ComputeKind, stack: Stack) -> Score:
    """The answers to all questions for one kind of compute."""
    return Score(compute, {question: _answer(ask, compute, stack) for question, ask in _QUESTIONS.items()})


def _answer(ask: Callable[[ComputeKind, Stack], Verdict], compute: ComputeKind, stack: Stack) -> Verdict:
    try:
        return ask(compute, stack)
    except Undetermined:
        return "unknown"


def _rules(ids: Iterable[str], compute: ComputeKind, stack: Stack) -> Verdict:
    """What the rules of these names say about a group or pool and what its nodes start from, together."""
    made = [each for each in (compute.resource, compute.nodes) if each is not None]
    found = {_judged(id_, each, stack) for id_ in ids for each in made if each.type in rules()[id_].types}
    if "fail" in found:
        return "no"
    return "yes" if "pass" in found and "undetermined" not in found else "unknown"


def _judged(id_: str, resource: Resource, stack: Stack) -> str:
    rule = rules()[id_]
    return judge(rule, Context(stack, resource, rule.params, "production", clock.today()))[0]


def _minimal_system(compute: ComputeKind, stack: Stack) -> Verdict:
    if compute.kind == "auto_mode":
        return "yes"
    if compute.kind == "managed_nodes" and compute.resource is not None:
        ami = compute.resource.props.get("amiType")
        return "unknown" if ami in (None, "CUSTOM") else _bool(str(ami).startswith("BOTTLEROCKET_"))
    if compute.kind == "karpenter" and compute.nodes is not None:
        spec = compute.nodes.props.at("spec")
        words = [str(each.get("alias") or "") for each in spec.items("amiSelectorTerms")]
        return _bool(
            any(each.lower().startswith("bottlerocket") for each in [*words, str(spec.get("amiFamily") or "")])
        )
    return "unknown"


def _patched(compute: ComputeKind, stack: Stack) -> Verdict:
    if compute.kind == "karpenter" and compute.nodes is not None:
        # A pinned image has to be raised by hand; any other is replaced by drift.
        return _bool(_rules(("karpenter-ami-alias-pinned",), compute, stack) == "no")
    return _bool(compute.kind in _BY_AWS)


def _renewed(compute: ComputeKind, stack: Stack) -> Verdict:
    if compute.kind == "karpenter":
        return _rules(("karpenter-expire-after",), compute, stack)
    return _bool(compute.kind in _BY_AWS)


def _asking(*ids: str) -> Callable[[ComputeKind, Stack], Verdict]:
    """A question that AWS answers for its own kinds with yes, and policies for the others."""

    def ask(compute: ComputeKind, stack: Stack) -> Verdict:
        return "yes" if compute.kind in _BY_AWS else _rules(ids, compute, stack)

    return ask


def _no_login(compute: ComputeKind, stack: Stack) -> Verdict:
    # Karpenter's CRD has no field for a key.
    if compute.kind in ("karpenter", *_BY_AWS):
        return "yes"
    return _rules(("eks-nodegroup-no-ssh-key",), compute, stack)


def _private(compute: ComputeKind, stack: Stack) -> Verdict:
    ids = ["eks-node-no-public-ip", "karpenter-nodeclass-no-public-ip", "fargate-private-subnets"]
    if compute.resource is not None and compute.resource.type == NODE_GROUP:
        ids.append("eks-nodegroup-private-subnets")
    return _rules(ids, compute, stack)


def _apart(compute: ComputeKind, stack: Stack) -> Verdict:
    return _bool(compute.kind == "fargate")


def _bool(value: bool) -> Verdict:
    return "yes" if value else "no"


_QUESTIONS: dict[str, Callable[[ComputeKind, Stack], Verdict]] = {
    "its system is made for containers, with a read-only root": _minimal_system,
    "patches come without your doing": _patched,
    "nodes are replaced after some time": _renewed,
    "pods cannot get the credentials of their node": _asking(
        "eks-nodegroup-imdsv2-required", "eks-nodegroup-imds-hop-limit-one", "karpenter-nodeclass-imds"
    ),
    "disks are encrypted": _asking("eks-node-volumes-encrypted", "karpenter-nodeclass-volumes-encrypted"),
    "nobody logs in by SSH": _no_login,
    "nodes have no public address": _private,
    "each pod has a kernel of its own": _apart,
}
