"""NetworkPolicies, decided as Kubernetes defines them.

A connection needs the ingress of its target and the egress of its source. A direction in which no policy selects the
pods is open; each that does opens more. Source: the description of NetworkPolicySpec in Kubernetes' API and the
conformance tests of SIG Network, read 2026-11-29.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from eks_blueprints.core.address_ranges import Network, network_of
from eks_blueprints.policies.objects import namespace_of, object_name, selects
from eks_blueprints.policies.props import Props, Undetermined
from eks_blueprints.policies.stack import Resource, Stack
from eks_blueprints.reach.pods import Pod
from eks_blueprints.reach.ports import EVERY, NONE, Named, Ports

NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
Way = Literal["ingress", "egress"]
_LAST = 65535


@dataclass(frozen=True, slots=True)
class Addresses:
    """Somebody who is no pod: all addresses of some ranges."""

    ranges: tuple[str, ...]

    def __str__(self) -> str:
        return ", ".join(self.ranges)


Peer = Pod | Addresses


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """One NetworkPolicy."""

    namespace: str
    name: str
    spec: Props
    urn: str = ""

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"

    def selects(self, pod: Pod, way: Way) -> bool:
        """Whether it isolates a pod in one direction.

        Raises:
            Undetermined: if that hangs on a value that is not known.
        """
        if pod.namespace != self.namespace or way.title() not in self._types():
            return False
        # The API server takes a missing selector for an empty one, which selects all.
        return selects(self.spec.get("podSelector") or {}, pod.labels)

    def _types(self) -> list[str]:
        types = self.spec.words("policyTypes")
        # Where nothing is said: always ingress, and egress if there are rules for it.
        return types or ["Ingress", *(["Egress"] if self.spec.items("egress") else [])]

    def ports(self, way: Way, peer: Peer, named: Named, pod_ranges: Sequence[str]) -> Ports:
        """The ports that it opens to a peer; `named` are those of the target of the connection.

        Raises:
            Undetermined: if that hangs on a value that is not known.
        """
        opened, unknown = NONE, None
        for rule in self.spec.items(way):
            try:
                peers = rule.items("from" if way == "ingress" else "to")
                if not peers or self._any(peers, peer, pod_ranges):
                    opened |= _ports(rule.items("ports"), named)
            except Undetermined as error:
                unknown = error
        if unknown is not None and opened != EVERY:
            raise unknown
        return opened

    def _any(self, peers: Iterable[Props], peer: Peer, pod_ranges: Sequence[str]) -> bool:
        unknown = None
        for each in peers:
            try:
                if self._is(each, peer, pod_ranges):
                    return True
            except Undetermined as error:
                unknown = error
        if unknown is not None:
            raise unknown
        return False

    def _is(self, said: Props, peer: Peer, pod_ranges: Sequence[str]) -> bool:
        if said.has("ipBlock"):
            ranges = peer.ranges if isinstance(peer, Addresses) else pod_ranges
            return _inside(said.at("ipBlock"), ranges)
        if isinstance(peer, Addresses):
            return False
        if said.has("namespaceSelector"):
            if not selects(said.get("namespaceSelector"), peer.namespace_labels):
                return False
        elif peer.namespace != self.namespace:
            return False
        return not said.has("podSelector") or selects(said.get("podSelector"), peer.labels)


def policies(stack: Stack, resources: Iterable[Resource]) -> list[Policy]:
    """The NetworkPolicies among some resources."""
    return [
        Policy(namespace_of(each, stack), object_name(each, stack), each.props.at("spec"), each.urn)
        for each in resources
        if each.type == NETWORK_POLICY
    ]


def _inside(block: Props, ranges: Sequence[str]) -> bool:
    """Whether all of some address ranges are in an `ipBlock`, none of them in its `except`.

    Raises:
        Undetermined: if some are and some are not, or the ranges are not known.
    """
    whole = network_of(block.get("cidr"))
    but = [found for each in block.words("except") if (found := network_of(each)) is not None]
    if whole is None:
        return False
    alike = [found for each in ranges if (found := network_of(each)) is not None and found.version == whole.version]
    if not ranges:
        # All addresses are in what holds everything, whatever those of the pods are.
        if whole.prefixlen == 0 and not but:
            return True
        raise Undetermined(block.path, "is a range, and the addresses of the pods are not known")
    verdicts = {_is_inside(each, whole, but) for each in alike}
    if len(verdicts) > 1 or None in verdicts:
        raise Undetermined(block.path, "holds some of the addresses, and which are used is not known")
    return True in verdicts


def _is_inside(part: Network, whole: Network, but: Sequence[Network]) -> bool | None:
    """Whether a range is in another; None where some of it is."""
    if part.version != whole.version or not part.overlaps(whole):
        return False
    taken = [each for each in but if each.version == part.version and each.overlaps(part)]
    if any(_holds(each, part) for each in taken):
        return False
    return None if taken or not _holds(whole, part) else True


def _holds(whole: Network, part: Network) -> bool:
    return whole.prefixlen <= part.prefixlen and whole.overlaps(part)


def _ports(said: Sequence[Props], named: Named) -> Ports:
    if not said:
        return EVERY
    return Ports.of(each for port in said for each in _port(port, named))


def _port(said: Props, named: Named) -> Iterator[tuple[str, tuple[int, int]]]:
    protocol, port = str(said.get("protocol") or "TCP"), said.get("port")
    if port is None:
        yield protocol, (1, _LAST)
    elif isinstance(port, str) and not port.isdigit():
        if port in named and named[port][0] == protocol:
            yield protocol, (named[port][1], named[port][1])
    else:
        last = said.number("endPort")
        yield protocol, (int(port), int(port) if last is None else int(last))


@dataclass(frozen=True, slots=True)
class Opened:
    """What policies open in one direction of one pod."""

    ports: Ports
    selected: bool
    """Whether any policy selects it."""
    by: tuple[str, ...] = ()
    """The policies that open something."""
    unknown: str = ""


def opened(  # noqa: PLR0917 - a connection
    every: Sequence[Policy], way: Way, pod: Pod, peer: Peer, named: Named, pod_ranges: Sequence[str], *, strict: bool
) -> Opened:
    """What policies open in one direction of a pod, to or from a peer."""
    if pod.host_network or pod.fargate:
        return Opened(EVERY, selected=False)
    ports, by, unknown, selected = NONE, list[str](), "", strict
    for policy in every:
        try:
            if not policy.selects(pod, way):
                continue
            selected = True
            if found := policy.ports(way, peer, named, pod_ranges):
                ports |= found
                by.append(str(policy))
        except Undetermined as error:
            selected, unknown = True, f"NetworkPolicy {policy}: {error}"
    return Opened(ports if selected else EVERY, selected, tuple(by), unknown)
