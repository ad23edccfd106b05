"""What keeps pods from leaving their nodes, or goes down while they do: asked of the policies that know it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from eks_blueprints.lifecycle.upgrade.model import Finding, Level
from eks_blueprints.policies.check import check_stack
from eks_blueprints.policies.report import Finding as Verdict
from eks_blueprints.policies.stack import Resource, Stack

_ASKED: dict[str, tuple[Level, str]] = {
    "k8s-pdb-allows-disruption": ("blocker", "no node with such a pod can be drained: an update of its group fails"),
    "k8s-pdb-single-per-pod": ("blocker", "the eviction API refuses pods that two budgets cover"),
    "k8s-replicas-min-two": ("warning", "it is down while its node is replaced"),
    "k8s-pdb-unhealthy-eviction": ("note", "a pod that never gets ready keeps its node from being drained"),
}
"""Level and effect by policy."""
_MOST = 12
"""So many places of one rule are told one by one."""


def drain(stack: Stack, cluster: Resource) -> Iterator[Finding]:
    """Disruption budgets that forbid every eviction, and workloads of one pod."""
    found: defaultdict[str, list[Verdict]] = defaultdict(list)
    for each in check_stack(stack, profile="production", only=_ASKED).findings:
        if each.policy in _ASKED and each.verdict in ("fail", "undetermined"):
            found[each.policy].append(each)
    for policy, (level, effect) in _ASKED.items():
        verdicts = found[policy]
        for each in verdicts[:_MOST]:
            yield _finding(each, level, effect)
        if rest := verdicts[_MOST:]:
            names = ", ".join(sorted({each.resource for each in rest})[:_MOST])
            yield Finding(level=level, code=policy, what=f"{len(rest)} more alike: {names}", do=rest[0].do)


def _finding(each: Verdict, level: Level, effect: str) -> Finding:
    place = f"{each.file}:{each.line}" if each.file and each.line else ""
    if each.verdict == "undetermined":
        what = f"{each.resource}: {each.what}"
        return Finding(level="unknown", code=each.policy, what=what, do="look at it in the cluster", place=place)
    got = f" ({'.'.join(map(str, each.path))}: {each.got})" if each.path else ""
    return Finding(
        level=level,
        code=each.policy,
        what=f"{each.resource} {each.what}{got}; {effect}",
        do=each.do,
        place=place,
        source="EKS user guide, managed node update behaviour; Kubernetes, Disruptions",
    )
