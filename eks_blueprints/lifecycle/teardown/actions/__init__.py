"""What `teardown --execute` does for each step of the plan. Each action looks at what is there first, so that a second
run goes on where the first one stopped."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from eks_blueprints.lifecycle.teardown.actions import balancers, destroy, gitops, interfaces, pools, remains, volumes
from eks_blueprints.lifecycle.teardown.run import Run
from eks_blueprints.lifecycle.teardown.steps import Step

ACTIONS: Mapping[str, Callable[[Run, Step], None]] = {
    "balancers": balancers.delete,
    "destroy": destroy.destroy,
    "gitops": gitops.stop,
    "interfaces": interfaces.wait,
    "leftovers": remains.look,
    "log_group": remains.log_group,
    "pools": pools.drain,
    "shared_leftovers": remains.show,
    "volumes": volumes.settle,
}
"""By `Step.action`."""

IN_CLUSTER = frozenset({"balancers", "gitops", "interfaces", "pools", "volumes"})
"""Those that need the cluster: without it there is nothing for them to do."""
