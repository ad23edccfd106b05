"""One look of Karpenter at its nodes: the first method that finds something to do does it.

Source: `Controller.Reconcile` in sigs.k8s.io/karpenter pkg/controllers/disruption, v1.14.1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from eks_blueprints.provisioning.karpenter.disruption.balanced import Balance
from eks_blueprints.provisioning.karpenter.disruption.candidates import Held
from eks_blueprints.provisioning.karpenter.disruption.command import Command
from eks_blueprints.provisioning.karpenter.disruption.drift import drifted, static_drifted
from eks_blueprints.provisioning.karpenter.disruption.emptiness import emptied
from eks_blueprints.provisioning.karpenter.disruption.multi import several
from eks_blueprints.provisioning.karpenter.disruption.single import one
from eks_blueprints.provisioning.karpenter.disruption.state import State
from eks_blueprints.provisioning.karpenter.disruption.trial import Trials


@dataclass(frozen=True, slots=True)
class Look:
    """What came of a look."""

    commands: tuple[Command, ...] = ()
    """What is done; of one method alone. Only drift of pools that keep a number of nodes gives several."""
    held: Mapping[str, Held] = field(default_factory=dict)
    """Why each of the other nodes that were looked at stays, as the last method said."""


def look(state: State, trials: Trials | None = None) -> Look:
    """What Karpenter does now.

    Emptiness comes first, then drift, then consolidation of several nodes together, then of one. After a command it
    looks again at once, else after 10 seconds.

    Args:
        state: The cluster.
        trials: Trials that follow the cluster, from an earlier look with the same pools. Default: new ones.
    """
    if trials is None:
        trials = Trials(state)
    else:
        trials.follow(state)
    balance = Balance(state)
    methods: tuple[Callable[[], tuple[tuple[Command, ...], dict[str, Held]]], ...] = (
        partial(emptied, state),
        partial(static_drifted, state),
        partial(drifted, state, trials),
        partial(several, state, trials, balance),
        partial(one, state, trials, balance),
    )
    held: dict[str, Held] = {}
    for method in methods:
        commands, held = method()
        if commands:
            return Look(commands, held)
    return Look((), held)
