"""What the actions of a teardown share: whom they ask, what they were told, and how they wait."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from eks_blueprints.core import stopping
from eks_blueprints.lifecycle.teardown.cluster import PlannedCluster
from eks_blueprints.lifecycle.teardown.search import Leftover
from eks_blueprints.live import cluster as live_cluster
from eks_blueprints.live.errors import LiveError
from eks_blueprints.live.kubectl import Kubectl

Volumes = Literal["keep", "snapshot", "delete"]
_QUIET = 30.0
"""Seconds after which a wait says again what it waits for."""


class UnfinishedError(RuntimeError):
    """A step could not be finished; the text says what is left, and what to do. The next run goes on there."""


@dataclass(slots=True)
class Run:
    """One teardown."""

    session: Callable[[str | None], Any]
    """A session of boto3 in a region."""
    kubectl: Callable[[Any, Mapping[str, Any]], Kubectl]
    """kubectl on a cluster, by the session of its region and what AWS says of it."""
    destroy: Callable[[], int]
    """Runs `pulumi destroy`, and returns its exit code."""
    say: Callable[[str], None]
    """Shows a line."""
    remove: Callable[[Sequence[Leftover]], bool]
    """Asks whether leftovers are to be removed."""
    volumes: Volumes | None = None
    timeout: float = 1800.0
    """Seconds that each wait takes at most."""
    pause: float = 5.0
    """Seconds between two looks."""
    unsolved: list[str] = field(default_factory=list)
    """What is left at the end for people to look at."""
    _found: dict[str, Mapping[str, Any] | None] = field(default_factory=dict)

    def on(self, cluster: PlannedCluster) -> Kubectl:
        """kubectl on a cluster.

        Raises:
            LiveError: if there is no way to it.
        """
        found = self.found(cluster)
        if found is None:
            raise LiveError(
                f"no cluster is called {cluster.name}; got none from AWS; correct the region and the account"
            )
        return self.kubectl(self.session(cluster.region), found)

    def found(self, cluster: PlannedCluster) -> Mapping[str, Any] | None:
        """What AWS says of a cluster; None where it is gone. Asked once, because a later step destroys it.

        Raises:
            LiveError: if AWS does not answer.
        """
        if cluster.name not in self._found:
            there = live_cluster.described(self.session(cluster.region), cluster.name)
            self._found[cluster.name] = None if there is None or there.get("status") == "DELETING" else there
        return self._found[cluster.name]

    def wait(self, what: str, left: Callable[[], Sequence[str]], do: Callable[[], str]) -> None:
        """Wait until nothing is left. `do` says what helps, where the time is over.

        Raises:
            UnfinishedError: when the time is over.
        """
        began = time.monotonic()
        told: tuple[float, Sequence[str]] = (began, ())
        while there := left():
            now = time.monotonic()
            if len(there) != len(told[1]) or now - told[0] > _QUIET:
                told = now, there
                shown = ", ".join(there[:3]) + (", ..." if len(there) > 3 else "")
                self.say(f"waiting for {what}: {len(there)} left ({shown})")
            if now - began > self.timeout:
                names = ", ".join(there[:10]) + (f" and {len(there) - 10} more" if len(there) > 10 else "")
                raise UnfinishedError(f"{what}: {names} still there after {round(now - began)} seconds; {do()}")
            stopping.check()
            time.sleep(self.pause)
