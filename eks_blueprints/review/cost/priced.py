"""How each type of resource is priced: by rules that give lines, or words for what cannot be priced."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from eks_blueprints.core import versions
from eks_blueprints.core.facts.instance_types import instance_type
from eks_blueprints.provisioning.windows import windows_fee
from eks_blueprints.recording.plan import PlannedResource
from eks_blueprints.review.cost.estimate import Line, View
from eks_blueprints.review.cost.pools import pool
from eks_blueprints.review.cost.prices import HOURS
from eks_blueprints.review.cost.unpriced import CARRIED

Priced = Iterator[Line | str]

_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
_ELSEWHERE = "nodes whose type and disks are in a launch template that is not in this stack"
_DEFAULT_TYPE = "t3.medium"
_DEFAULT_DISK = 20


def _line(resource: PlannedResource, what: str, low: float, group: str, high: float | None = None) -> Line:
    return Line(resource.urn, resource.name, what, low, low if high is None else high, group)


def _cluster(resource: PlannedResource, view: View) -> Priced:
    hour = view.prices.of("eks", "control_plane_hour") or 0
    yield _line(resource, "EKS control plane", hour * HOURS, "control plane")
    version = resource.inputs.get("version")
    policy = resource.inputs.get("upgradePolicy")
    stays = not (isinstance(policy, Mapping) and policy.get("supportType") == "STANDARD")
    if isinstance(version, str) and stays and _support(version) == "extended":
        extra = view.prices.of("eks", "extended_support_hour") or 0
        yield _line(resource, f"extended support of Kubernetes {version}", extra * HOURS, "extended support")
    scaling = resource.inputs.get("controlPlaneScalingConfig")
    tier = scaling.get("tier") if isinstance(scaling, Mapping) else None
    if isinstance(tier, str) and tier != "standard":
        hour_of_tier = view.prices.of("eks", "scaling_tier_hour", tier)
        if hour_of_tier is None:
            yield f"control plane {tier}, which has no price in the table"
        else:
            yield _line(resource, f"provisioned control plane {tier}", hour_of_tier * HOURS, "control plane tier")
    if _automatic(resource) and _built_in_pools(resource):
        share = view.prices.of("eks", "auto_mode_share") or 0
        yield f"nodes that Auto Mode's own pools launch, with no upper limit known, and its fee of {share:.0%} on them"


def _support(version: str) -> str:
    try:
        return versions.support(version)
    except ValueError:
        return "unknown"


def _automatic(cluster: PlannedResource) -> bool:
    config = cluster.inputs.get("computeConfig")
    return isinstance(config, Mapping) and config.get("enabled") is True


def _built_in_pools(cluster: PlannedResource) -> bool:
    return bool(cluster.inputs["computeConfig"].get("nodePools"))


def _node_group(resource: PlannedResource, view: View) -> Priced:
    scaling = resource.inputs.get("scalingConfig")
    sizes = scaling if isinstance(scaling, Mapping) else {}
    count = next((sizes[key] for key in ("desiredSize", "minSize") if isinstance(sizes.get(key), int)), None)
    if count is None:
        yield "nodes of a group whose size is not known yet"
        return
    given = resource.inputs.get("launchTemplate")
    template = view.referred(given.get("id"), _TEMPLATE) if isinstance(given, Mapping) else None
    types = _types(resource.inputs.get("instanceTypes"), template)
    elsewhere = isinstance(given, Mapping) and template is None
    if elsewhere and not resource.inputs.get("instanceTypes"):
        yield _ELSEWHERE
        return
    spot = resource.inputs.get("capacityType") == "SPOT"
    windows = str(resource.inputs.get("amiType") or "").startswith("WINDOWS")
    yield from _nodes(resource, view, types, count, spot=spot, windows=windows)
    if elsewhere:
        yield "disks of nodes whose launch template is not in this stack"
        return
    yield from _disks(resource, view, count, template, resource.inputs.get("diskSize"))


def _autoscaling(resource: PlannedResource, view: View) -> Priced:
    count = next(
        (resource.inputs[k] for k in ("desiredCapacity", "minSize") if isinstance(resource.inputs.get(k), int)), 0
    )
    given = resource.inputs.get("launchTemplate")
    template = view.referred(given.get("id"), _TEMPLATE) if isinstance(given, Mapping) else None
    if template is None and isinstance(given, Mapping):
        yield _ELSEWHERE
        return
    if template is None or not isinstance(template.inputs.get("instanceType"), str):
        yield "instances of a group that chooses their types itself"
        return
    yield from _nodes(resource, view, [template.inputs["instanceType"]], count, spot=False)
    yield from _disks(resource, view, count, template, None)


def _types(given: Any, template: PlannedResource | None) -> list[str]:
    if isinstance(given, list) and given and all(isinstance(each, str) for each in given):
        return given
    own = template.inputs.get("instanceType") if template else None
    return [own] if isinstance(own, str) else [_DEFAULT_TYPE]


def _nodes(
    resource: PlannedResource, view: View, types: list[str], count: int, *, spot: bool, windows: bool = False
) -> Priced:
    region = view.region(resource)
    view.counted, view.spot = True, view.spot or spot
    hours = {name: view.prices.instance(name, region) for name in types}
    missing = [name for name, hour in hours.items() if hour is None]
    if missing:
        yield f"nodes of type {', '.join(missing)}, which has no price in the table"
    known = {name: hour for name, hour in hours.items() if hour is not None}
    if not known:
        return
    named = types[0] if len(types) == 1 else f"{types[0]} or {len(types) - 1} more"
    fees = {name: _of_windows(name, view) if windows else (0.0, 0.0) for name in known}
    if spot:
        shares = {name: view.prices.spot(name, region) for name in known}
        low = min(hour * shares[name][0] + fees[name][0] for name, hour in known.items())
        high = max(hour * shares[name][1] + fees[name][1] for name, hour in known.items())
        yield _line(resource, f"{count} × {named}, spot", low * count * HOURS, "nodes", high * count * HOURS)
    else:
        # On-demand capacity is taken in the order of the list.
        first, hour = next(iter(known.items()))
        ends = [(hour + fee) * count * HOURS for fee in fees[first]]
        yield _line(resource, f"{count} × {types[0]}", ends[0], "nodes", ends[1])


def _of_windows(name: str, view: View) -> tuple[float, float]:
    facts = instance_type(name)
    return windows_fee(facts, view.prices.of("ec2", "windows_vcpu_hour") or 0.0) if facts else (0.0, 0.0)


def _disks(resource: PlannedResource, view: View, count: int, template: PlannedResource | None, size: Any) -> Priced:
    mappings = template.inputs.get("blockDeviceMappings") if template else None
    volumes = (
        [each["ebs"] for each in mappings if isinstance(each, Mapping) and isinstance(each.get("ebs"), Mapping)]
        if isinstance(mappings, list)
        else []
    )
    if not volumes:
        volumes = [{"volumeSize": size if isinstance(size, int) else _DEFAULT_DISK, "volumeType": "gp3"}]
    total = sum(_volume_month(each, "volumeSize", "volumeType", resource, view) or 0 for each in volumes)
    gigabytes = sum(each.get("volumeSize") or 0 for each in volumes if isinstance(each.get("volumeSize"), int))
    yield _line(resource, f"{count} × {gigabytes} GB disk", total * count, "node disks")


def _volume_month(
    values: Mapping[str, Any], size: str, kind: str, resource: PlannedResource, view: View
) -> float | None:
    gigabytes, type_ = values.get(size), values.get(kind) or "gp2"
    gb_month = view.scaled(resource, "ebs", f"{type_}_gb_month")
    if not isinstance(gigabytes, int) or gb_month is None:
        return None
    iops, throughput = values.get("iops") or 0, values.get("throughput") or 0
    free_iops = 3000 if type_ == "gp3" else 0
    extra = max(0, iops - free_iops) * (view.scaled(resource, "ebs", f"{type_}_iops_month") or 0)
    if type_ == "gp3":
        extra += max(0, throughput - 125) * (view.scaled(resource, "ebs", "gp3_mibps_month") or 0)
    return gigabytes * gb_month + extra


def _volume(resource: PlannedResource, view: View) -> Priced:
    month = _volume_month(resource.inputs, "size", "type", resource, view)
    if month is None:
        yield "a volume whose size or type is not known"
    else:
        yield _line(resource, f"{resource.inputs['size']} GB {resource.inputs.get('type') or 'gp2'}", month, "storage")


def _hourly(group: str, what: str, *keys: str) -> Callable[[PlannedResource, View], Priced]:
    def price(resource: PlannedResource, view: View) -> Priced:
        hour = view.scaled(resource, *keys)
        if hour is not None:
            yield _line(resource, what, hour * HOURS, group)

    return price


def _address(resource: PlannedResource, view: View) -> Priced:
    hour = view.prices.of("vpc", "public_ipv4_hour") or 0
    yield _line(resource, "public IPv4 address", hour * HOURS, "network")


def _endpoint(resource: PlannedResource, view: View) -> Priced:
    if resource.inputs.get("vpcEndpointType") not in ("Interface", "GatewayLoadBalancer"):
        return
    subnets = resource.inputs.get("subnetIds")
    zones = len(subnets) if isinstance(subnets, list) else 1
    hour = view.scaled(resource, "vpc", "interface_endpoint_zone_hour") or 0
    yield _line(resource, f"interface endpoint in {zones} zones", hour * zones * HOURS, "network")


def _load_balancer(resource: PlannedResource, view: View) -> Priced:
    kind = str(resource.inputs.get("loadBalancerType") or "application")
    hour = view.scaled(resource, "load_balancer", f"{kind}_hour")
    if hour is not None:
        yield _line(resource, f"{kind} load balancer", hour * HOURS, "load balancers")
        yield CARRIED


def _service(resource: PlannedResource, view: View) -> Priced:
    spec = resource.inputs.get("spec")
    if isinstance(spec, Mapping) and spec.get("type") == "LoadBalancer":
        hour = view.scaled(resource, "load_balancer", "network_hour") or 0
        yield _line(resource, "load balancer of a Service", hour * HOURS, "load balancers")


def _key(resource: PlannedResource, view: View) -> Priced:
    month = view.prices.of("kms", "key_month") or 0
    yield _line(resource, "KMS key", month, "keys and secrets")


def _secret(resource: PlannedResource, view: View) -> Priced:
    month = view.scaled(resource, "secretsmanager", "secret_month") or 0
    yield _line(resource, "secret", month, "keys and secrets")


def _claim(resource: PlannedResource, view: View) -> Priced:
    match = resource.inputs.get("spec")
    requests = match.get("resources", {}).get("requests", {}) if isinstance(match, Mapping) else {}
    gigabytes = _gibibytes(requests.get("storage"))
    month = view.scaled(resource, "ebs", "gp3_gb_month") or 0
    if gigabytes is not None:
        yield _line(resource, f"{gigabytes} GB claimed, as gp3", gigabytes * month, "storage")


def _gibibytes(text: Any) -> int | None:
    units = {"Mi": 1 / 1024, "Gi": 1, "Ti": 1024, "M": 1 / 1074, "G": 1 / 1.074, "T": 1000 / 1.074}
    for unit, factor in units.items():
        if isinstance(text, str) and text.endswith(unit) and text.removesuffix(unit).isdigit():
            return math.ceil(int(text.removesuffix(unit)) * factor)
    return None


def _alarm(resource: PlannedResource, view: View) -> Priced:
    queries = resource.inputs.get("metricQueries")
    found = [each for each in queries if isinstance(each, Mapping)] if isinstance(queries, list) else []
    metrics = [metric for each in found if isinstance(metric := each.get("metric"), Mapping)]
    if any("SELECT" in str(each.get("expression", "")).upper().split() for each in found):
        yield "alarms on a query, by the metrics that it finds"
        return
    periods = [each.get("period") for each in (metrics or [resource.inputs])]
    fine = any(isinstance(each, int) and each < 60 for each in periods)
    each = view.prices.of("cloudwatch", "alarm_metric_high_resolution_month" if fine else "alarm_metric_month") or 0
    count = max(1, len(metrics))
    what = "alarm" if count == 1 else f"alarm on {count} metrics"
    yield _line(resource, what, each * count, "alarms and dashboards")


def _monthly(group: str, what: str, *keys: str) -> Callable[[PlannedResource, View], Priced]:
    def price(resource: PlannedResource, view: View) -> Priced:
        yield _line(resource, what, view.prices.of(*keys) or 0, group)

    return price


PRICED: dict[str, Callable[[PlannedResource, View], Priced]] = {
    "aws:alb/loadBalancer:LoadBalancer": _load_balancer,
    "aws:autoscaling/group:Group": _autoscaling,
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": _monthly(
        "alarms and dashboards", "composite alarm", "cloudwatch", "composite_alarm_month"
    ),
    "aws:cloudwatch/dashboard:Dashboard": _monthly(
        "alarms and dashboards", "dashboard", "cloudwatch", "dashboard_month"
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": _alarm,
    "aws:ebs/volume:Volume": _volume,
    "aws:ec2/eip:Eip": _address,
    "aws:ec2/natGateway:NatGateway": _hourly("network", "NAT gateway", "vpc", "nat_gateway_hour"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": _endpoint,
    "aws:eks/cluster:Cluster": _cluster,
    "aws:eks/nodeGroup:NodeGroup": _node_group,
    "aws:elb/loadBalancer:LoadBalancer": _hourly(
        "load balancers", "classic load balancer", "load_balancer", "classic_hour"
    ),
    "aws:kms/key:Key": _key,
    "aws:lb/loadBalancer:LoadBalancer": _load_balancer,
    "aws:secretsmanager/secret:Secret": _secret,
    "kubernetes:core/v1:PersistentVolumeClaim": _claim,
    "kubernetes:core/v1:Service": _service,
    "kubernetes:karpenter.sh/v1:NodePool": pool,
}
"""Types that have a list price."""
