"""What there is to draw of a plan: networks, zones, subnets, clusters, compute and add-ons, and what happens."""

# ruff: noqa: RUF001 - from least to most is written with a dash
from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eks_blueprints.recording.plan import PlannedResource
from eks_blueprints.review.diff.changes import Kind, PlanDiff

_SUBNET = "aws:ec2/subnet:Subnet"
_SYMBOL = re.compile(r"\$\{(.+?)\.[a-zA-Z]+\}")


@dataclass(frozen=True, slots=True)
class Part:
    """One thing in the picture."""

    name: str
    label: str
    detail: str
    kind: Kind
    """What happens to it."""


@dataclass(frozen=True, slots=True)
class Group:
    """Nodes, and the zones that they may run in."""

    part: Part
    zones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Platform:
    """All that is drawn."""

    region: str
    network: Part | None
    zones: tuple[str, ...]
    tiers: Mapping[str, Mapping[str, Part]]
    """Subnets by tier and zone, the public ones first."""
    gateways: Mapping[str, Part]
    """NAT gateways by zone."""
    internet: Part | None
    endpoints: tuple[Part, ...]
    clusters: tuple[Part, ...]
    groups: tuple[Group, ...]
    addons: tuple[Part, ...]
    access: tuple[Part, ...]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not (self.network or self.clusters or self.zones)


def platform(diff: PlanDiff) -> Platform:
    """Read the new plan, and from the old one what is deleted."""
    return _Reader(diff).read()


class _Reader:
    def __init__(self, diff: PlanDiff) -> None:
        # Of a new stack everything is created: marks on all of it would say nothing, unless some of it is imported.
        told = diff.old is not None or bool(diff.counts["import"])
        self._kinds = {each.urn: each.kind for each in diff.resources if told}
        gone = [each.old for each in diff.of("delete") if each.old is not None]
        self._resources = [r for r in (*diff.new.resources, *gone) if r.custom]
        self._by_name = {r.name: r for r in self._resources if r.type == _SUBNET}

    def read(self) -> Platform:
        tiers = self._tiers()
        zones = sorted({zone for row in tiers.values() for zone in row})
        return Platform(
            region=self._region(),
            network=self._network(),
            zones=tuple(zones),
            tiers=tiers,
            gateways=self._gateways(),
            internet=next(self._parts("aws:ec2/internetGateway:InternetGateway", "internet gateway"), None),
            endpoints=tuple(self._endpoints()),
            clusters=tuple(self._clusters()),
            groups=tuple(self._groups()),
            addons=tuple(self._addons()),
            access=tuple(self._access()),
        )

    def _of(self, *types: str) -> Iterator[PlannedResource]:
        return (r for r in self._resources if r.type in types)

    def _part(self, resource: PlannedResource, label: str, detail: str = "") -> Part:
        return Part(resource.name, label, detail, self._kinds.get(resource.urn, "same"))

    def _parts(self, type_: str, label: str) -> Iterator[Part]:
        return (self._part(each, label) for each in self._of(type_))

    def _region(self) -> str:
        regions = [r.inputs.get("region") for r in self._of("pulumi:providers:aws")]
        return next((each for each in regions if isinstance(each, str)), "")

    def _network(self) -> Part | None:
        vpc = next(self._of("aws:ec2/vpc:Vpc"), None)
        if vpc is None:
            return None
        more = [str(r.inputs.get("cidrBlock", "")) for r in self._of(_CIDRS)]
        given = vpc.inputs.get("cidrBlock")
        blocks = [str(given)] if given else ["from a pool"]
        return self._part(vpc, "VPC", " + ".join([*blocks, *filter(None, more)]))

    def _tiers(self) -> Mapping[str, Mapping[str, Part]]:
        found: dict[str, dict[str, Part]] = {}
        for subnet in self._of(_SUBNET):
            zone = self._zone(subnet)
            row = found.setdefault(self._tier(subnet, zone), {})
            row[zone] = self._part(subnet, str(subnet.inputs.get("cidrBlock") or "IPv6 only"))
        order = ("public", "private")
        return dict(sorted(found.items(), key=lambda item: order.index(item[0]) if item[0] in order else len(order)))

    def _zone(self, subnet: PlannedResource) -> str:
        zone = subnet.inputs.get("availabilityZoneId") or subnet.inputs.get("availabilityZone")
        return zone if isinstance(zone, str) else "any zone"

    def _tier(self, subnet: PlannedResource, zone: str) -> str:
        tags = subnet.inputs.get("tags")
        tags = tags if isinstance(tags, Mapping) else {}
        if subnet.inputs.get("mapPublicIpOnLaunch") or "kubernetes.io/role/elb" in tags:
            return "public"
        if "kubernetes.io/role/internal-elb" in tags:
            return "private"
        words = [word for word in subnet.name.removesuffix(zone).rstrip("-").split("-") if word]
        return words[-1] if words and subnet.name.endswith(zone) else "subnets"

    def _gateways(self) -> Mapping[str, Part]:
        found = {}
        for gateway in self._of("aws:ec2/natGateway:NatGateway"):
            zones = self._zones([gateway.inputs.get("subnetId")])
            found[zones[0] if zones else "any zone"] = self._part(gateway, "NAT")
        return found

    def _zones(self, subnets: Any) -> tuple[str, ...]:
        """Zones of the subnets that symbols name."""
        listed = subnets if isinstance(subnets, list) else []
        names = [match[1] for each in listed if isinstance(each, str) and (match := _SYMBOL.fullmatch(each))]
        return tuple(sorted({self._zone(self._by_name[name]) for name in names if name in self._by_name}))

    def _endpoints(self) -> Iterator[Part]:
        for each in self._of("aws:ec2/vpcEndpoint:VpcEndpoint"):
            service = str(each.inputs.get("serviceName", each.name))
            label = ".".join(service.split(".")[3:]) or service
            yield self._part(each, label, str(each.inputs.get("vpcEndpointType", "")))

    def _clusters(self) -> Iterator[Part]:
        for each in self._of("aws:eks/cluster:Cluster"):
            config = each.inputs.get("vpcConfig")
            config = config if isinstance(config, Mapping) else {}
            public = config.get("endpointPublicAccess") is not False
            opened = _listed(config.get("publicAccessCidrs")) or ["0.0.0.0/0"]
            reach = f"API open to {', '.join(map(str, opened[:2]))}" if public else "private API"
            version = f"Kubernetes {each.inputs.get('version', 'latest')}"
            compute = each.inputs.get("computeConfig")
            auto = isinstance(compute, Mapping) and compute.get("enabled") is True
            secured = "secrets encrypted" if each.inputs.get("encryptionConfig") else ""
            detail = " · ".join(filter(None, (version, reach, "Auto Mode" if auto else "", secured)))
            yield self._part(each, str(each.inputs.get("name") or each.name), detail)

    def _groups(self) -> Iterator[Group]:
        for each in self._of("aws:eks/nodeGroup:NodeGroup"):
            sizes = each.inputs.get("scalingConfig")
            sizes = sizes if isinstance(sizes, Mapping) else {}
            types = [str(name) for name in _listed(each.inputs.get("instanceTypes"))]
            named = types[0] + (f" +{len(types) - 1}" if len(types) > 1 else "") if types else "default type"
            capacity = "spot" if each.inputs.get("capacityType") == "SPOT" else ""
            count = f"{sizes.get('minSize', '?')}–{sizes.get('maxSize', '?')} × {named}"
            part = self._part(each, _short(each.name), " ".join(filter(None, (count, capacity))))
            yield Group(part, self._zones(each.inputs.get("subnetIds")))
        for each in self._of("aws:eks/fargateProfile:FargateProfile"):
            spaces = [str(s.get("namespace")) for s in _listed(each.inputs.get("selectors")) if isinstance(s, Mapping)]
            part = self._part(each, _short(each.name), f"Fargate: {', '.join(spaces)}")
            yield Group(part, self._zones(each.inputs.get("subnetIds")))
        for each in self._of("kubernetes:karpenter.sh/v1:NodePool", "aws:autoscaling/group:Group"):
            kind = "Karpenter" if each.type.startswith("kubernetes:") else "Auto Scaling group"
            yield Group(self._part(each, _short(each.name), kind), self._zones(each.inputs.get("vpcZoneIdentifiers")))

    def _addons(self) -> Iterator[Part]:
        for each in self._of("aws:eks/addon:Addon"):
            label = str(each.inputs.get("addonName", each.name))
            yield self._part(each, label, str(each.inputs.get("addonVersion") or ""))
        for each in self._of("kubernetes:helm.sh/v3:Release", "kubernetes:helm.sh/v4:Chart"):
            chart = str(each.inputs.get("name") or each.inputs.get("chart") or each.name).rpartition("/")[2]
            yield self._part(each, chart, str(each.inputs.get("version") or ""))

    def _access(self) -> Iterator[Part]:
        for each in self._of("aws:eks/accessEntry:AccessEntry"):
            who = str(each.inputs.get("principalArn", each.name)).rpartition("/")[2]
            if each.inputs.get("type", "STANDARD") == "STANDARD":
                yield self._part(each, _SYMBOL.sub(r"\1", who))


_CIDRS = "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"


def _short(name: str) -> str:
    return name.removesuffix("-group").removesuffix("-profile")


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else []
