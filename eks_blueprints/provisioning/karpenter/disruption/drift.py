"""Nodes that are no longer what their pool or class asks for make way for others, the longest drifted first.

Source: `Drift` and `StaticDrift` in sigs.k8s.io/karpenter pkg/controllers/disruption, v1.14.1.
"""

from __future__ import annotations

from datetime import UTC, datetime

from eks_blueprints.karpenter.labels import POOL
from eks_blueprints.provisioning.karpenter.disruption.budgets import NO_LIMIT, room
from eks_blueprints.provisioning.karpenter.disruption.candidates import Candidate, Held, blocked, candidates
from eks_blueprints.provisioning.karpenter.disruption.command import Command, Replacement, saving
from eks_blueprints.provisioning.karpenter.disruption.state import State
from eks_blueprints.provisioning.karpenter.disruption.trial import Trials
from eks_blueprints.provisioning.karpenter.template import Template
from eks_blueprints.provisioning.karpenter.values import clash, of_labels, only
from eks_blueprints.provisioning.makers import Pool

_NODES = "nodes"
_EVER = datetime.max.replace(tzinfo=UTC)


def drifting(state: State, pool: Pool, *, template: bool = False) -> dict[str, str]:
    """The nodes that a change of their pool makes drift, and why.

    Source: pkg/controllers/nodeclaim/disruption/drift.go in sigs.k8s.io/karpenter, v1.14.1.

    Args:
        state: The cluster before the change.
        pool: The pool after the change.
        template: Whether anything of its template but its requirements changes, which drifts every node: labels,
            annotations, taints, `expireAfter`, `terminationGracePeriod`, or the class.
    """
    known = {each.name for each in pool.machines}
    found: dict[str, str] = {}
    for name, owned in state.nodes.items():
        if owned.pool != pool.name:
            continue
        labels = {**state.cluster.places[name].node.labels, POOL: pool.name}
        machine = state.machine_of(owned)
        # Labels that nodes which are not there yet get from AWS: some of these values.
        others = {key: only(*values) for key, values in machine.labels.items()} if machine else {}
        if template:
            found[name] = "the template of its pool changed"
        elif (key := clash({**others, **of_labels(labels)}, pool.requirements)) is not None:
            found[name] = f"its label {key} is {labels.get(key, 'missing')}, which its pool no longer asks for"
        elif owned.machine not in known:
            found[name] = f"its pool knows no instance type {owned.machine}"
    return found


def drifted(state: State, trials: Trials) -> tuple[tuple[Command, ...], dict[str, Held]]:
    """The drifted node that makes way next, and why the others that were looked at do not."""
    found, held = candidates(state, _of_pods, in_the_end=True)
    left = room(state, "Drifted")
    for each in sorted(found, key=lambda one: (bool(one.moving), one.owned.drifted or _EVER, one.name)):
        if not left[each.pool.name]:
            held[each.name] = blocked(each)
            continue
        trial = trials.without([each.name])
        if trial.stuck:
            name, why = next(iter(trial.stuck.items()))
            held[each.name] = Held(f"{name} would find no place: {why}")
            continue
        command = Command(
            method="drift",
            reason="Drifted",
            nodes=(each.name,),
            replacements=trial.replacements,
            moves=trial.moves,
            saved=saving(each.price, trial.replacements),
        )
        return (command,), held
    return (), held


def static_drifted(state: State) -> tuple[tuple[Command, ...], dict[str, Held]]:
    """The drifted nodes of pools that keep a number of nodes, each with what takes its place."""
    found, held = candidates(state, _of_static, in_the_end=True)
    left = room(state, "Drifted")
    commands: list[Command] = []
    for pool in sorted({each.pool.name for each in found}):
        mine = [each for each in found if each.pool.name == pool]
        there = [each for each in state.nodes.values() if each.pool == pool]
        for each in mine:
            held[each.name] = blocked(each)
        replicas = mine[0].pool.replicas
        if replicas is None or len(there) > replicas:
            continue
        more = min(left[pool], mine[0].pool.limits.get(_NODES, NO_LIMIT) - len(there))
        template = Template(mine[0].pool, state.daemons)
        for each in mine[: max(0, more)] if template.types else ():
            new = Replacement(template=template, types=template.types, requirements=template.requirements)
            del held[each.name]
            commands.append(
                Command(
                    method="static_drift",
                    reason="Drifted",
                    nodes=(each.name,),
                    replacements=(new,),
                    saved=saving(each.price, (new,)),
                )
            )
    return tuple(commands), held


def _of_pods(_: State, each: Candidate) -> Held | None:
    return _has_drifted(each) if each.pool.replicas is None else Held("its pool keeps a number of nodes")


def _of_static(_: State, each: Candidate) -> Held | None:
    return _has_drifted(each) if each.pool.replicas is not None else Held("its pool makes nodes for pods")


def _has_drifted(each: Candidate) -> Held | None:
    return None if each.owned.drifted is not None else Held("it has not drifted")
