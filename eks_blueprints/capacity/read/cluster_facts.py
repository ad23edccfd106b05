"""What all nodes of a cluster have in common: region, zones, prices, and how pods get addresses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from eks_blueprints.capacity.read.plain import Gaps
from eks_blueprints.core.facts.pods import Addressing
from eks_blueprints.network.zones import all_zone_ids
from eks_blueprints.policies.addon_settings import settings_of
from eks_blueprints.policies.addresses import subnet_of
from eks_blueprints.policies.installed import charts
from eks_blueprints.policies.node_labels import regions_of
from eks_blueprints.policies.platform import SUBNET, addon, cluster_of
from eks_blueprints.policies.props import Props, Undetermined
from eks_blueprints.policies.stack import Resource, Stack
from eks_blueprints.provisioning.node_amounts import OVERHEAD
from eks_blueprints.review.cost.prices import Prices

_AWS = "pulumi:providers:aws"


@dataclass(frozen=True, slots=True)
class Hours:
    """Prices of an hour in a region; two of the same prices are equal, so that stacks of one region share machines."""

    prices: Prices = field(hash=False)
    region: str

    def __call__(self, name: str) -> float | None:
        """US dollars an hour of an on-demand instance of a type; None without a price."""
        return self.prices.instance(name, self.region)


@dataclass(frozen=True, slots=True)
class SpotShares:
    """What spot capacity costs in a region; compared as `Hours` are."""

    prices: Prices = field(hash=False)
    region: str

    def __call__(self, name: str) -> tuple[float, float]:
        """The least and the most of a type, as a share of its on-demand price."""
        return self.prices.spot(name, self.region)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterFacts:
    """What is known of a cluster as a whole."""

    region: str
    zones: tuple[str, ...]
    """The zones of all subnets of the stack; three of the region where none is known."""
    addressing: Addressing = field(default_factory=Addressing)
    pod_interfaces: bool = False
    memory_overhead: float = OVERHEAD
    hour: Callable[[str], float | None] = field(default=lambda _: None)
    """US dollars an hour of an on-demand instance."""
    spot_of: Callable[[str], tuple[float, float] | None] = field(default=lambda _: None)
    """What spot capacity of a type costs, as a share of the on-demand price."""
    fargate: tuple[float, float, float] | None = None
    """US dollars an hour of a vCPU, a GB of memory and a GB of storage on Fargate."""
    fee: float = 0.0
    """What EKS Auto Mode costs, as a share of the on-demand price."""
    windows_fee: float = 0.0
    """US dollars an hour of a vCPU that Windows costs on top."""
    unplaced: dict[str, None] = field(default_factory=dict)
    """What makes nodes in zones that are not known."""

    def zones_for(self, name: str) -> tuple[str, ...]:
        """The zones of what makes nodes and does not tell which: those of all subnets, which is kept in mind."""
        self.unplaced.setdefault(name)
        return self.zones

    @property
    def sentences(self) -> tuple[str, ...]:
        """What was taken for something, in sentences without a full stop."""
        if not self.unplaced:
            return ()
        names, zones = ", ".join(self.unplaced), ", ".join(self.zones)
        return (f"the zones of the subnets of {names} are not known: taken for {zones}",)


def facts_in(region: str, zones: Iterable[str], prices: Prices, **known: Any) -> ClusterFacts:
    """What is known of a cluster in a region, with the prices there.

    Args:
        region: The region.
        zones: Its zones. Default: three of the region.
        prices: The prices.
        known: What else is known of the cluster, as in `ClusterFacts`.
    """
    return ClusterFacts(
        region=region,
        zones=tuple(sorted(zones)) or tuple(f"{region}{letter}" for letter in "abc"),
        hour=Hours(prices, region),
        spot_of=SpotShares(prices, region),
        fargate=fargate_rates(prices, region),
        fee=prices.of("eks", "auto_mode_share") or 0.0,
        windows_fee=prices.of("ec2", "windows_vcpu_hour") or 0.0,
        **known,
    )


def _is_in(zone: str, region: str) -> bool:
    return zone.startswith(region) or zone in all_zone_ids(region)


def facts_of_cluster(cluster: Resource, stack: Stack, prices: Prices, gaps: Gaps) -> ClusterFacts:
    """What is known of a cluster as a whole; the rest is said."""
    region = region_of(cluster, stack)
    if not region:
        region = str(prices.table["basis"])
        gaps.say(f"the region of the cluster is not known: taken for {region}, whose prices are used")
    elif prices.factor(region) is None:
        gaps.say(f"there are no prices for {region}: those of {prices.table['basis']} are used")
    every = {zone for each in stack.of(SUBNET) if (zone := subnet_of(each).zone) and _is_in(zone, region)}
    settings = _karpenters(cluster, stack)
    policies = (
        settings.get(each) if settings.is_known(each) else None for each in ("preferencePolicy", "minValuesPolicy")
    )
    say_policies(gaps, *policies)
    cni = _of_cni(cluster, stack, gaps)
    env = cni.get("env") if isinstance(cni.get("env"), Mapping) else {}
    ipv6 = cluster.props.is_known("kubernetesNetworkConfig", "ipFamily") and (
        cluster.props.get("kubernetesNetworkConfig", "ipFamily") == "ipv6"
    )
    return facts_in(
        region,
        every,
        prices,
        addressing=Addressing(
            prefixes=ipv6 or _on(env, "ENABLE_PREFIX_DELEGATION"),
            custom_networking=_on(env, "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"),
            ipv6=ipv6,
            reserved_interfaces=int(_number(settings, "reservedENIs", 0)),
        ),
        pod_interfaces=_on(env, "ENABLE_POD_ENI"),
        memory_overhead=_number(settings, "vmMemoryOverheadPercent", OVERHEAD),
    )


def say_policies(gaps: Gaps, preference: object = None, min_values: object = None) -> None:
    """Say which settings of Karpenter's controller are other than the defaults, which are counted with all the same."""
    if preference == "Ignore":
        gaps.say(
            "Karpenter ignores what pods only prefer (preferencePolicy Ignore), and here they have it as by default"
        )
    if min_values == "BestEffort":
        gaps.say(
            "Karpenter gives up minValues it cannot meet (minValuesPolicy BestEffort), and here they hold as by default"
        )


def region_of(cluster: Resource, stack: Stack) -> str:
    """The region of a cluster: its own, that of its provider, that of the only provider, or of the stack's subnets."""
    providers = stack.of(_AWS)
    own = stack.by_urn.get(cluster.provider or "")
    given = [cluster.inputs.get("region"), *([own.inputs.get("region")] if own is not None else [])]
    given += [providers[0].inputs.get("region")] if len(providers) == 1 else []
    known = [each for each in given if isinstance(each, str) and "${" not in each]
    return known[0] if known else min(regions_of(cluster, stack), default="")


def _of_cni(cluster: Resource, stack: Stack, gaps: Gaps) -> Mapping[str, Any]:
    found = addon("vpc-cni", cluster, stack)
    if found is None:
        return {}
    try:
        value = settings_of(found).get()
    except Undetermined as error:
        gaps.say(f"{error}: how many pods nodes take is that of the VPC CNI as it is by default")
        return {}
    return value if isinstance(value, Mapping) else {}


def _karpenters(cluster: Resource, stack: Stack) -> Props:
    for each in charts(stack, "karpenter"):
        if cluster_of(each.resource, stack) is cluster:
            return each.values.at("settings")
    return Props({})


def _on(env: Any, name: str) -> bool:
    return str(env.get(name)).lower() == "true"


def _number(settings: Props, key: str, default: float) -> float:
    found = settings.number(key) if settings.is_known(key) else None
    return default if found is None else found


def fargate_rates(prices: Prices, region: str) -> tuple[float, float, float] | None:
    """US dollars an hour of a vCPU, a GB of memory and a GB of storage on Fargate; None without a price."""
    factor = prices.factor(region) or 1.0
    vcpu, memory, storage = (prices.of("fargate", key) for key in ("vcpu_hour", "gb_hour", "storage_gb_hour"))
    if vcpu is None or memory is None or storage is None:
        return None
    return vcpu * factor, memory * factor, storage * factor
