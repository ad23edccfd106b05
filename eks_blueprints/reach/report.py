"""Who reaches a workload, as text of a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from eks_blueprints.core.columns import bullets, table, wrapped
from eks_blueprints.core.errors import InputError
from eks_blueprints.core.printed import one_line
from eks_blueprints.policies.stack import Stack
from eks_blueprints.reach.network import Connection, Network, networks
from eks_blueprints.reach.outside import Door
from eks_blueprints.reach.pods import Pod
from eks_blueprints.reach.ports import EVERY, Ports, asked

_NODE = "its own node always does, for probes"


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """One workload, and all that could reach it."""

    network: Network
    pod: Pod
    wanted: Ports
    found: Sequence[Connection]


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """Who reaches some workloads."""

    targets: Sequence[Target]
    every: bool

    @classmethod
    def asked(cls, stack: Stack, workload: str, port: str | None, *, every: bool) -> Reach:
        """The answer for a stack.

        Raises:
            InputError: if there is no such workload, or no such port.
        """
        targets, wrong = [], list[InputError]()
        for network in networks(stack):
            try:
                named = network.named(workload)
            except InputError as error:
                wrong.append(error)
                continue
            for pod in named:
                wanted = EVERY if port is None else asked(port, pod.ports)
                targets.append(Target(network, pod, wanted, list(network.reached(pod, wanted))))
        if not targets:
            raise wrong[0]
        return cls(targets, every)

    def lines(self, width: int) -> Iterator[str]:
        """It as text."""
        for number, target in enumerate(self.targets):
            if number:
                yield ""
            yield from _lines(target, width, every=self.every)

    def to_data(self) -> dict[str, Any]:
        """It as JSON."""
        return {"workloads": [_data(each) for each in self.targets]}


def _lines(target: Target, width: int, *, every: bool) -> Iterator[str]:
    network, pod = target.network, target.pod
    on = f" on {network.cluster}" if network.cluster else ""
    port = "" if target.wanted == EVERY else f" on {target.wanted}"
    yield f"who can reach {one_line(str(pod))} ({pod.kind}){port}{on}"
    yield ""
    for warning in _warnings(target):
        yield from wrapped("warning", warning, width)
    yield from wrapped("policies", _enforced(network), width)
    if pod.numbers:
        yield from wrapped("ports", ", ".join(f"{number}/{p.lower()}" for p, number in pod.numbers), width)
    own = network.groups.of(pod)
    said = ", ".join(map(network.groups.label, own)) if own else "those of its node"
    yield from wrapped("groups", f"{said} (security groups)", width)
    yield ""
    rows = [_row(each) for each in target.found if each.ports or each.unknown]
    yield from table(("who", "ports", "by"), rows, width) if rows else ("  nobody but its own node",)
    if rows:
        yield f"  {_NODE}"
    stopped = [each for each in target.found if not each.ports and not each.unknown]
    if stopped and every:
        yield ""
        yield "cannot reach it:"
        yield from table(("who", "because"), [(_who(each), each.stopped_by) for each in stopped], width)
    elif stopped:
        yield f"  {len(stopped)} other{'s' if len(stopped) > 1 else ''} cannot (--all says why)"
    yield from bullets("not known:", list(network.unknown()), width)


def _enforced(network: Network) -> str:
    engine = network.engine
    if not engine.name:
        return f"nothing enforces NetworkPolicies: {engine.why_not}"
    strict = ", which denies what no policy allows (strict)" if engine.strict else ""
    return f"enforced by {engine.name}{strict}"


def _warnings(target: Target) -> Iterator[str]:
    network, pod = target.network, target.pod
    if not network.engine.name and network.policies:
        yield "the policies of this stack have no effect, since nothing enforces them; everything is open"
    if pod.host_network and network.engine.name:
        yield "it uses the network of its node, for which NetworkPolicies do not count"
    if pod.fargate and network.engine.name:
        yield "it runs on Fargate, where NetworkPolicies are not enforced"
    if found := network.groups.without_effect():
        why = network.groups.pods.why_not
        yield f"SecurityGroupPolicies without effect: {', '.join(found)}, since {why}"
    if network.groups.of(pod) and network.groups.pods.strict and network.engine.name:
        yield "POD_SECURITY_GROUP_ENFORCING_MODE is strict, and NetworkPolicies may not count for it; set standard"


def _row(found: Connection) -> tuple[str, str, str]:
    unsure = f"perhaps more: {found.unknown}" if found.unknown else ""
    by = "; ".join(filter(None, (_by(found), unsure)))
    return _who(found), str(found.ports) if found.ports else "perhaps", by


def _who(found: Connection) -> str:
    if isinstance(found.source, Door):
        return found.source.who
    origin = f" of {found.source.origin}" if found.source.origin else ""
    return f"{found.source}{origin}"


def _by(found: Connection) -> str:
    if isinstance(found.source, Door):
        return found.source.via
    if found.egress is None or not (found.ingress.selected or found.egress.selected):
        return "no policy selects either"
    into = ", ".join(found.ingress.by) if found.ingress.selected else "no ingress policy"
    out = ", ".join(found.egress.by) if found.egress.selected else "no egress policy"
    return into if into == out else f"in: {into}; out: {out}"


def _data(target: Target) -> dict[str, Any]:
    network, pod = target.network, target.pod
    return {
        "cluster": network.cluster,
        "kind": pod.kind,
        "namespace": pod.namespace,
        "name": pod.name,
        "asked": str(target.wanted),
        "enforcedBy": network.engine.name or None,
        "strict": network.engine.strict,
        "securityGroups": [network.groups.label(each) for each in network.groups.of(pod)],
        "warnings": list(_warnings(target)),
        "connections": [
            {
                "from": {"outside": each.source.who, "via": each.source.via, "public": each.source.public}
                if isinstance(each.source, Door)
                else {"namespace": each.source.namespace, "kind": each.source.kind, "name": each.source.name},
                "reaches": bool(each.ports),
                "ports": str(each.ports) if each.ports else "",
                "ingressPolicies": list(each.ingress.by),
                "egressPolicies": [] if each.egress is None else list(each.egress.by),
                "stoppedBy": each.stopped_by,
                "unknown": each.unknown,
            }
            for each in target.found
        ],
        "unknown": list(network.unknown()),
    }
