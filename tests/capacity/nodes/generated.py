"""Stacks with Karpenter or EKS Auto Mode, made at random from a number: stack files as data."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

Object = dict[str, Any]
_REGIONS = ("eu-west-1", "us-east-2", "eu-central-1", "ap-southeast-2")
_HARD = "requiredDuringSchedulingIgnoredDuringExecution"
_SOFT = "preferredDuringSchedulingIgnoredDuringExecution"
_AWS = "karpenter.k8s.aws"
_ZONE, _HOST, _KIND = "topology.kubernetes.io/zone", "kubernetes.io/hostname", "karpenter.sh/capacity-type"
_APPS = ("web", "api", "worker", "cache")


def stack(number: int) -> Object:
    """One stack file."""
    dice = random.Random(number)  # noqa: S311
    auto = dice.random() < 0.2
    region = dice.choice(_REGIONS)
    found: Object = {"region": region, "cluster": {"version": "1.35"}, "namespaces": {"shop": {}}, "compute": {}}
    group = "eks.amazonaws.com" if auto else _AWS
    pools = {name: _pool(dice, group, region) for name in "abcd"[: dice.choice((1, 1, 2, 2, 3))]}
    if auto:
        found["cluster"]["auto_mode"] = {
            "node_pools": dice.choice((["general-purpose", "system"], ["general-purpose"]))
        }
        found["compute"]["auto_mode"] = {"node_pools": pools}
    else:
        found["compute"]["system"] = _group(dice)
        found["compute"]["nodes"] = {"kind": "karpenter", "node_pools": pools}
        found["addons"] = {"metrics_server": {}} if dice.random() < 0.3 else {}
        if dice.random() < 0.3:
            classes = {"default": _class(dice)}
            if len(pools) > 1 and dice.random() < 0.4:
                classes["other"] = _class(dice)
                pools["b"]["node_class"] = "other"
            found["compute"]["nodes"]["node_classes"] = classes
    workloads = {}
    for name in _APPS[: dice.choice((1, 2, 2, 3, 3, 4))]:
        workloads[name] = _workload(dice, name, group, pools)
    for number_of in range(dice.choice((0, 0, 1, 2))):
        workloads[f"agent{number_of}"] = _agent(dice, group)
    found["workloads"] = workloads
    if any("horizontal_pod_autoscaler" in each for each in workloads.values()):
        found["addons"] = {**(found.get("addons") or {}), "metrics_server": {}}
    if not auto and any("volumes" in each for each in workloads.values()):
        found["addons"]["aws_ebs_csi_driver"] = {}
    return found


def _group(dice: random.Random) -> Object:
    found: Object = {"kind": "managed_nodes", "instance_types": [dice.choice(("m7g.large", "t3.large", "m6i.xlarge"))]}
    found["min_size"] = found["max_size"] = found["desired_size"] = dice.choice((2, 2, 3))
    if dice.random() < 0.7:
        found["taints"] = [{"key": "CriticalAddonsOnly", "effect": "NO_SCHEDULE"}]
    return found


def _class(dice: random.Random) -> Object:
    found: Object = {"ami_selector_terms": [{"alias": dice.choice(("al2023@latest", "bottlerocket@latest"))}]}
    if dice.random() < 0.5:
        found["kubelet"] = dice.choice(
            (
                {"max_pods": 20},
                {"max_pods": 110},
                {"kube_reserved": {"cpu": "500m", "memory": "1Gi"}},
                {"system_reserved": {"cpu": "100m", "memory": "300Mi"}, "eviction_hard": {"memory.available": "5%"}},
            )
        )
    return found


def _conditions(dice: random.Random, group: str) -> Iterator[Object]:
    label = f"{group}/instance-".__add__
    if dice.random() < 0.75:
        yield {
            "key": label("category"),
            "operator": "In",
            "values": dice.sample(["c", "m", "r", "t"], dice.randint(1, 3)),
        }
    if dice.random() < 0.6:
        yield {"key": label("generation"), "operator": dice.choice(("Gt", "Gt", "In")), "values": [dice.choice("567")]}
    if dice.random() < 0.4:
        way = dice.choice(
            (("Lt", ["17"]), ("Gt", ["3"]), ("In", ["4", "8"]), ("In", ["2", "4", "8", "16"]), ("NotIn", ["1", "2"]))
        )
        yield {"key": label("cpu"), "operator": way[0], "values": way[1]}
    if dice.random() < 0.2:
        yield {"key": label("memory"), "operator": "Gt", "values": [dice.choice(("4095", "16383"))]}
    if dice.random() < 0.25:
        yield {"key": label("size"), "operator": "NotIn", "values": ["nano", "micro", "small", "medium"]}
    if dice.random() < 0.15:
        yield {"key": label("family"), "operator": "NotIn", "values": dice.sample(["m5", "c7g", "r6i", "m7i-flex"], 2)}
    if dice.random() < 0.15:
        yield {"key": label("hypervisor"), "operator": "In", "values": ["nitro"]}
    if dice.random() < 0.1:
        yield {"key": label("local-nvme"), "operator": "Exists"}
    if dice.random() < 0.15:
        yield {"key": label("cpu-manufacturer"), "operator": "In", "values": [dice.choice(("intel", "amd", "aws"))]}
    if dice.random() < 0.15:
        yield {"key": "example.com/rack", "operator": "In", "values": ["r1", "r2"]}


def _pool(dice: random.Random, group: str, region: str) -> Object:
    found: Object = {"requirements": list(_conditions(dice, group))}
    if dice.random() < 0.55:
        found["architectures"] = dice.choice((["amd64"], ["arm64"], ["amd64", "arm64"]))
    if dice.random() < 0.7:
        found["capacity_types"] = dice.choice((["on-demand"], ["on-demand"], ["spot"], ["spot", "on-demand"]))
    if dice.random() < 0.25:
        found["zones"] = sorted(dice.sample([f"{region}{zone}" for zone in "abc"], dice.randint(1, 2)))
    if dice.random() < 0.35:
        found["labels"] = {"team": dice.choice("xy")}
    if dice.random() < 0.25:
        found["taints"] = [
            {"key": "dedicated", "value": "batch", "effect": dice.choice(("NoSchedule", "PreferNoSchedule"))}
        ]
    if dice.random() < 0.5:
        found["weight"] = dice.randint(1, 100)
    if dice.random() < 0.3:
        found["limits"] = dice.choice(({"cpu": dice.choice(("8", "20", "100"))}, {"memory": "64Gi"}, {"nodes": "2"}))
    if dice.random() < 0.12:
        found["requirements"] = [each for each in found["requirements"] if "family" not in each["key"]]
        family = {"key": f"{group}/instance-family", "operator": "Exists", "min_values": dice.randint(2, 6)}
        found["requirements"].append(family)
    return found


def _workload(dice: random.Random, name: str, group: str, pools: Object) -> Object:
    requests, scaled = {}, dice.random() < 0.2
    for resource, choices in _SIZES.items():
        if dice.random() < 0.92 or scaled:
            requests[resource] = dice.choice(choices)
    found: Object = {
        "kind": "deployment",
        "namespace": "shop",
        "image": f"example.com/{name}:1.0.0",
        "requests": requests,
        "replicas": dice.choice((1, 2, 3, 3, 4, 6, 6, 9, 12)),
    }
    if scaled:
        count = found.pop("replicas")
        found["horizontal_pod_autoscaler"] = {"min_replicas": max(count, 2), "max_replicas": 30, "cpu": 70}
    if dice.random() < 0.15:
        found["sidecars"] = {"proxy": {"image": "example.com/proxy:1", "requests": {"cpu": "50m", "memory": "64Mi"}}}
    if dice.random() < 0.1:
        found["init_containers"] = {
            "before": {"image": "example.com/before:1", "requests": {"cpu": "2", "memory": "1Gi"}}
        }
    if dice.random() < 0.12 and "replicas" in found:
        found["kind"] = "stateful_set"
        claim = {"size": "20Gi"} if group != _AWS else {"size": "20Gi", "storage_class": "gp2"}
        found["volumes"] = {"data": {"mount_path": "/data", "claim": claim}}
    pod: Object = {}
    tolerates = dice.random() < 0.5
    if tolerates:
        pod["tolerations"] = [{"key": "dedicated", "operator": "Exists"}]
    if dice.random() < 0.4:
        pod["nodeSelector"] = dict([dice.choice(list(_selectors(group)))])
    if affinity := _affinity(dice, name, group):
        pod["affinity"] = affinity
    chance = dice.random()
    if chance < 0.3:
        keys = dice.sample((_ZONE, _HOST, _KIND), dice.choice((1, 2)))
        pod["topologySpreadConstraints"] = [
            {
                "maxSkew": dice.choice((1, 1, 2)),
                "topologyKey": key,
                "whenUnsatisfiable": dice.choice(("DoNotSchedule", "ScheduleAnyway")),
                **_own(name),
            }
            for key in keys
        ]
    elif chance < 0.4:
        found["spread"] = "required"
    if pod:
        found["pod"] = pod
    return found


def _own(name: str) -> Object:
    return {"labelSelector": {"matchLabels": {"app.kubernetes.io/name": name}}}


def _affinity(dice: random.Random, name: str, group: str) -> Object:
    affinity: Object = {}
    if dice.random() < 0.25:
        terms = [{"matchExpressions": [_condition(dice, group)]} for _ in range(dice.choice((1, 1, 2)))]
        affinity["nodeAffinity"] = {_HARD: {"nodeSelectorTerms": terms}}
    elif dice.random() < 0.2:
        soft = [{"weight": 10, "preference": {"matchExpressions": [_condition(dice, group)]}}]
        affinity["nodeAffinity"] = {_SOFT: soft}
    own = _own(name)
    other = _own(dice.choice(_APPS))
    if dice.random() < 0.15:
        term = {**dice.choice((own, other)), "topologyKey": dice.choice((_HOST, _ZONE))}
        affinity["podAntiAffinity"] = dice.choice(({_HARD: [term]}, {_SOFT: [{"weight": 50, "podAffinityTerm": term}]}))
    elif dice.random() < 0.12:
        term = {**dice.choice((own, other)), "topologyKey": dice.choice((_HOST, _ZONE))}
        affinity["podAffinity"] = dice.choice(({_HARD: [term]}, {_SOFT: [{"weight": 50, "podAffinityTerm": term}]}))
    return affinity


_SIZES = {
    "cpu": ("100m", "250m", "500m", "1", "1500m", "3", "7"),
    "memory": ("128Mi", "512Mi", "1Gi", "2Gi", "3Gi", "6Gi", "14Gi", "30Gi"),
}


def _selectors(group: str) -> Iterator[tuple[str, str]]:
    yield from (("kubernetes.io/arch", "amd64"), ("kubernetes.io/arch", "arm64"), ("team", "x"))
    yield from ((_KIND, "on-demand"), (_KIND, "spot"), (f"{group}/instance-category", "m"))
    yield from ((f"{group}/instance-family", "c7g"), ("karpenter.sh/nodepool", "a"), (f"{group}/instance-cpu", "8"))


def _condition(dice: random.Random, group: str) -> Object:
    label = f"{group}/instance-".__add__
    choices: list[Object] = [
        {"key": label("category"), "operator": "In", "values": dice.sample(["c", "m", "r"], 2)},
        {"key": label("family"), "operator": "In", "values": dice.sample(["m7g", "c6i", "r7i", "m5"], 2)},
        {"key": label("family"), "operator": "NotIn", "values": dice.sample(["m7g", "c6i", "c7g", "m5"], 2)},
        {"key": label("generation"), "operator": "Gt", "values": ["6"]},
        {"key": label("cpu"), "operator": "Lt", "values": ["9"]},
        {"key": label("gpu-count"), "operator": "DoesNotExist"},
        {"key": _KIND, "operator": "NotIn", "values": ["spot"]},
        {"key": "example.com/rack", "operator": dice.choice(("In", "NotIn")), "values": ["r1"]},
        {"key": "team", "operator": dice.choice(("Exists", "DoesNotExist"))},
        {"key": label("size"), "operator": "In", "values": ["large", "xlarge", "2xlarge"]},
    ]
    return dice.choice(choices)


def _agent(dice: random.Random, group: str) -> Object:
    found: Object = {
        "kind": "daemon_set",
        "namespace": "shop",
        "image": "example.com/agent:1.0.0",
        "requests": {"cpu": dice.choice(("50m", "100m", "250m")), "memory": dice.choice(("64Mi", "256Mi", "1Gi"))},
    }
    pod: Object = {}
    if dice.random() < 0.6:
        pod["tolerations"] = [{"operator": "Exists"}]
    if dice.random() < 0.3:
        choices = (("kubernetes.io/arch", "arm64"), ("team", "x"), (f"{group}/instance-family", "m7g"))
        pod["nodeSelector"] = dict([dice.choice(choices)])
    if pod:
        found["pod"] = pod
    return found
