"""Whether a move is worth it in pools whose policy is Balanced: a share of what it saves against one of what it moves.

A move passes where the share of the pool's price that it saves is at least half of the share of the pool's pods that it
moves. Source: `EvaluateBalancedMove` in sigs.k8s.io/karpenter pkg/controllers/disruption, v1.14.1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eks_blueprints.provisioning.karpenter.disruption.candidates import Candidate, effort
from eks_blueprints.provisioning.karpenter.disruption.state import State

_K = 2
_Totals = Mapping[str, tuple[float, float]]


class Balance:
    """The prices and efforts of whole pools."""

    def __init__(self, state: State) -> None:
        """Of a cluster."""
        self._pools = {each.name for each in state.pools if state.rules_of(each.name).policy == "Balanced"}
        totals = dict.fromkeys(self._pools, (0.0, 0.0))
        for name, owned in state.nodes.items():
            if owned.pool in totals:
                cost, moved = totals[owned.pool]
                here = effort(state, filter(state.moves, state.pods_of(name)))
                totals[owned.pool] = (cost + state.price_of(owned), moved + here)
        self._totals: _Totals = totals

    def worth(self, nodes: Sequence[Candidate], saved: float) -> str:
        """Why a move of some nodes is not worth it; empty where it is, and in pools of another policy."""
        paid = sum(each.price for each in nodes)
        for pool in sorted({each.pool.name for each in nodes} & self._pools):
            mine = [each for each in nodes if each.pool.name == pool]
            alone = len(mine) == len(nodes) or paid <= 0
            share = saved if alone else saved * sum(each.price for each in mine) / paid
            if not self._passes(pool, share, sum(each.effort for each in mine)):
                return f"moving its pods saves too little for NodePool {pool} (consolidationPolicy: Balanced)"
        return ""

    def _passes(self, pool: str, saved: float, moved: float) -> bool:
        cost, effort_of_all = self._totals[pool]
        if cost <= 0 or effort_of_all <= 0 or saved <= 0:
            return False
        return saved / cost >= moved / effort_of_all / _K
