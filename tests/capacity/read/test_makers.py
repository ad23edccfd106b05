"""What makes nodes, read off a stack: pools, groups, Fargate profiles and Cluster Autoscaler."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from eks_blueprints.capacity.model import Doubt, Platform
from eks_blueprints.capacity.read.plan import platforms_of
from eks_blueprints.policies.platform import fargate_profile_of
from eks_blueprints.policies.stack import Resource, Stack
from eks_blueprints.provisioning.makers import Group, Pool
from eks_blueprints.review.cost.prices import list_prices
from eks_blueprints.scheduling.node import ZONE
from tests.capacity.read.stacks import GIB, ZONES, eks, ids, platform
from tests.policies.build import UNKNOWN, addon, aws, chart, group, object_, workload

TYPES = ["m7g.large", "m7g.xlarge"]


def pool(name: str = "general", *, group: str = "karpenter.k8s.aws", types: Any = TYPES, **spec: Any) -> Resource:
    """A NodePool of few instance types."""
    kind = "NodeClass" if group == "eks.amazonaws.com" else "EC2NodeClass"
    requirements = [{"key": "node.kubernetes.io/instance-type", "operator": "In", "values": types}]
    node = {
        "nodeClassRef": {"group": group, "kind": kind, "name": spec.pop("class_", "default")},
        "requirements": [*requirements, *spec.pop("requirements", [])],
        **spec.pop("node", {}),
    }
    template = {"metadata": {key: spec.pop(key, {}) for key in ("annotations", "labels")}, "spec": node}
    return object_("karpenter.sh/v1:NodePool", name, ns=None, spec={"template": template, **spec})


def node_class(name: str = "default", **spec: Any) -> Resource:
    """A class of Karpenter's nodes in the subnets of the stack."""
    terms = {"subnetSelectorTerms": [{"tags": {"karpenter.sh/discovery": "shop"}}]}
    return object_("karpenter.k8s.aws/v1:EC2NodeClass", name, ns=None, spec={**terms, **spec})


def only_pool(found: Platform) -> Pool:
    (one,) = found.pools
    return one


def only_group(found: Platform) -> Group:
    (one,) = found.groups
    return one


def test_a_pool_is_read_with_all_that_karpenter_looks_at() -> None:
    spot = {"key": "karpenter.sh/capacity-type", "operator": "In", "values": ["spot"]}
    family = {"key": "karpenter.k8s.aws/instance-family", "operator": "Exists", "minValues": 2}
    old = {"key": "beta.kubernetes.io/arch", "operator": "In", "values": ["arm64"]}
    made = pool(
        labels={"team": "shop"},
        node={
            "taints": [{"key": "own", "effect": "NoSchedule"}],
            "startupTaints": [{"key": "x", "effect": "NoExecute"}],
        },
        requirements=[spot, family, old],
        limits={"cpu": "100", "memory": "1Ti", "nodes": 7},
        weight=10,
    )
    found = only_pool(platform(made, node_class()))
    assert (found.name, found.weight, found.auto_mode, found.replicas) == ("general", 10, False, None)
    assert found.limits == {"cpu": 100_000, "memory": 2**40, "nodes": 7}
    assert found.min_values == {"karpenter.k8s.aws/instance-family": 2}
    assert [each.key for each in found.taints] == ["own"]
    assert found.labels == {
        "team": "shop",
        "karpenter.sh/nodepool": "general",
        "karpenter.k8s.aws/ec2nodeclass": "default",
    }
    assert "kubernetes.io/arch" in found.requirements
    assert [each.name for each in found.machines] == TYPES
    assert {each.zone for each in found.machines[0].offerings} == set(ZONES)


def test_a_static_pool_keeps_its_replicas() -> None:
    assert only_pool(platform(pool(replicas=3), node_class())).replicas == 3


def test_the_class_of_nodes_decides_what_pods_may_request() -> None:
    changed = node_class(
        kubelet={"maxPods": 20, "systemReserved": {"cpu": "500m"}},
        blockDeviceMappings=[{"deviceName": "/dev/xvda", "ebs": {"volumeSize": "100Gi"}}],
    )
    plain_, own = (only_pool(platform(pool(), each)).machines[0] for each in (node_class(), changed))
    assert own.allocatable["pods"] == 20
    assert plain_.allocatable["cpu"] - own.allocatable["cpu"] == 500
    assert own.capacity["ephemeral-storage"] == 100 * GIB
    assert plain_.capacity["ephemeral-storage"] == 20 * GIB


def test_karpenters_own_settings_and_those_of_the_network_change_its_estimate() -> None:
    release = chart(
        "karpenter", "karpenter", values={"settings": {"vmMemoryOverheadPercent": "0.2", "reservedENIs": "1"}}
    )
    before, after = (only_pool(platform(pool(), node_class(), *more)).machines[0] for more in ((), (release,)))
    assert after.allocatable["memory"] < before.allocatable["memory"]
    assert after.allocatable["pods"] < before.allocatable["pods"]


def test_policies_of_karpenters_that_are_not_counted_with_are_said() -> None:
    said = []
    for settings in ({"preferencePolicy": "Respect"}, {"preferencePolicy": "Ignore", "minValuesPolicy": "BestEffort"}):
        release = chart("karpenter", "karpenter", values={"settings": settings})
        found = platform(pool(), node_class(), release).unknown
        said.append([each.split("(")[1].split(")")[0] for each in found if each.startswith("Karpenter ")])
    assert said == [[], ["preferencePolicy Ignore", "minValuesPolicy BestEffort"]]


def test_interfaces_that_karpenter_leaves_out_are_there_for_pods_on_nodes_of_groups() -> None:
    release = chart("karpenter", "karpenter", values={"settings": {"reservedENIs": "1"}})
    before, after = (only_group(platform(managed(), *more)).machines[0] for more in ((), (release,)))
    assert after.allocatable == before.allocatable


def test_zones_are_those_of_the_subnets_that_a_class_selects() -> None:
    one = aws("ec2/subnet:Subnet", "special", availabilityZone="eu-west-1b", tags={"pool": "special"})
    made = object_(
        "karpenter.k8s.aws/v1:EC2NodeClass",
        "default",
        ns=None,
        spec={"subnetSelectorTerms": [{"tags": {"pool": "special"}}]},
    )
    found = platform(pool(), made, one)
    assert {each.zone for each in only_pool(found).machines[0].offerings} == {"eu-west-1b"}
    assert not any("zones of the subnets" in each for each in found.unknown)


def test_zones_that_are_asked_for_by_names_that_are_not_known_are_said() -> None:
    one = aws("ec2/subnet:Subnet", "one", availabilityZoneId="euw1-az1")
    made = managed(subnetIds=["${one.id}"])
    web = workload("web", p={"nodeSelector": {ZONE: "eu-west-1a"}})
    other = workload("other", p={"nodeSelector": {ZONE: "euw1-az1"}})
    (said,) = [each for each in platform(one, made, web, other).unknown if each.startswith("which zones")]
    assert said.startswith("which zones eu-west-1a are is not known: subnets tell theirs by their ids (euw1-az1)")
    assert not [each for each in platform(one, made, other).unknown if each.startswith("which zones")]


def test_reserved_capacity_of_the_stack_is_offered() -> None:
    reservation = aws(
        "ec2/capacityReservation:CapacityReservation",
        "block",
        instanceType="m7g.large",
        availabilityZone="eu-west-1a",
        instanceCount=4,
        tags={"for": "shop"},
    )
    terms = [{"tags": {"for": "shop"}}, {"id": "cr-0123456789abcdef0"}]
    found = platform(pool(), node_class(capacityReservationSelectorTerms=terms), reservation)
    offered = [each for each in only_pool(found).machines[0].offerings if each.capacity_type == "reserved"]
    assert [(each.zone, each.left) for each in offered] == [("eu-west-1a", 4)]
    assert any("capacity reservations that it may use are made elsewhere" in each for each in found.unknown)


OVERLAYS: dict[str, tuple[dict[str, Any], float]] = {
    "price": ({"price": "0.5"}, 0.5),
    "share": ({"priceAdjustment": "-50%"}, 0.5),
    "amount": ({"priceAdjustment": "+1"}, 0),
}


@pytest.mark.parametrize("name", OVERLAYS)
def test_overlays_change_prices(name: str) -> None:
    spec, wanted = OVERLAYS[name]
    one = {"key": "node.kubernetes.io/instance-type", "operator": "In", "values": ["m7g.large"]}
    overlay = object_("karpenter.sh/v1alpha1:NodeOverlay", "o", ns=None, spec={"requirements": [one], **spec})
    before = {each.name: each for each in only_pool(platform(pool(), node_class())).machines}
    after = {each.name: each for each in only_pool(platform(pool(), node_class(), overlay)).machines}
    was, now = (each["m7g.large"].offerings[0].price for each in (before, after))
    assert now == pytest.approx({"price": 0.5, "share": was * wanted, "amount": was + 1}[name])
    assert after["m7g.xlarge"] == before["m7g.xlarge"]


def test_overlays_add_resources_and_the_heaviest_counts() -> None:
    overlays = [
        object_(
            "karpenter.sh/v1alpha1:NodeOverlay",
            name,
            ns=None,
            spec={"requirements": [], "weight": weight, "capacity": {"smarter/fuse": weight}, "price": str(weight)},
        )
        for name, weight in (("light", 1), ("heavy", 5))
    ]
    machine = only_pool(platform(pool(), node_class(), *overlays)).machines[0]
    assert machine.allocatable["smarter/fuse"] == machine.capacity["smarter/fuse"] == 5
    assert machine.offerings[0].price == 5


def test_of_overlays_of_one_weight_that_clash_the_later_by_name_counts() -> None:
    def overlay(name: str, size: str, **spec: Any) -> Resource:
        asked = [{"key": "karpenter.k8s.aws/instance-size", "operator": "In", "values": size.split()}]
        return object_("karpenter.sh/v1alpha1:NodeOverlay", name, ns=None, spec={"requirements": asked, **spec})

    both = (overlay("a", "large xlarge", price="1"), overlay("b", "large", price="2"))
    found = platform(pool(), node_class(), *both)
    prices = {each.name: each.offerings[0].price for each in only_pool(found).machines}
    assert prices["m7g.large"] == 2
    assert prices["m7g.xlarge"] != 1  # of a nothing is followed
    assert "Karpenter does not follow the NodeOverlay a: it clashes with b, of its weight" in found.unknown
    apart = platform(
        pool(), node_class(), overlay("a", "xlarge", price="1"), both[1], overlay("c", "large", capacity={"x/y": 1})
    )
    assert not any("NodeOverlay" in each for each in apart.unknown)
    machine = next(each for each in only_pool(apart).machines if each.name == "m7g.large")
    assert (machine.offerings[0].price, machine.capacity["x/y"]) == (2, 1)


def test_auto_mode_brings_its_pools_with_the_values_that_aws_states() -> None:
    auto = eks(computeConfig={"enabled": True, "nodePools": ["general-purpose", "system"]})
    found = platform(eks_=auto)
    pools = {each.name: each for each in found.pools}
    assert set(pools) == {"general-purpose", "system"}
    general, system = pools["general-purpose"], pools["system"]
    assert all(each.auto_mode and each.weight == 0 for each in found.pools)
    arches = {name: each.requirements["kubernetes.io/arch"].values for name, each in pools.items()}
    assert arches == {"general-purpose": frozenset({"amd64"}), "system": frozenset({"amd64", "arm64"})}
    assert general.requirements["karpenter.sh/capacity-type"].values == frozenset({"on-demand"})
    assert general.requirements["eks.amazonaws.com/instance-category"].values == frozenset({"c", "m", "r"})
    assert general.requirements["eks.amazonaws.com/instance-generation"].least == 5
    assert [each.key for each in system.taints] == ["CriticalAddonsOnly"]
    assert general.taints == ()
    assert general.labels["eks.amazonaws.com/compute-type"] == "auto"
    assert {each.name for each in general.machines} < {each.name for each in system.machines}
    # DNS, kube-proxy and the CNI are processes of the system there.
    assert (found.demands, found.daemons) == ((), ())


def test_pools_of_one_way_share_their_machines() -> None:
    found = platform(pool("one"), pool("two"), node_class())
    assert found.pools[0].machines[0] is found.pools[1].machines[0]


def test_a_pool_of_which_too_little_is_known_is_said() -> None:
    lost = pool("lost")
    lost.inputs = {**lost.inputs, "spec": UNKNOWN}
    found = platform(lost, pool("elsewhere", class_="theirs"), pool("none", types=["m99.large"]))
    assert [each.name for each in found.pools] == ["elsewhere", "none"]
    said = "\n".join(found.unknown)
    assert "the pool lost is not counted" in said
    assert "of the pool elsewhere: its class of nodes is made elsewhere" in said
    assert "the pool none has no instance type" in said


def test_a_pool_whose_types_cannot_be_had_says_why() -> None:
    windows = node_class(amiSelectorTerms=[{"alias": "windows2022@latest"}])
    found = platform(pool(), windows)
    assert "the pool general makes no nodes: m7g.large does not run Windows, to name one of 2" in found.unknown
    # No price would change it, so that no gate has to close for it.
    assert all(isinstance(each, Doubt) for each in found.unknown if "makes no nodes" in each)


def test_a_pool_whose_types_have_no_price_may_have_nodes_all_the_same() -> None:
    found = platform(pool(types=["r9g.large"]), node_class())
    (said,) = [each for each in found.unknown if "makes no nodes" in each]
    assert said == "the pool general makes no nodes: r9g.large has no price in the table"
    assert not isinstance(said, Doubt)


def test_a_requirement_of_which_nobody_knows_the_values_is_left_out_and_said() -> None:
    asked = {"key": "topology.kubernetes.io/zone", "operator": "In", "values": UNKNOWN}
    found = platform(pool(requirements=[asked]), node_class())
    assert ZONE not in only_pool(found).requirements
    assert any("requirements[1].values" in each for each in found.unknown)


def managed(name: str = "nodes", **inputs: Any) -> Resource:
    given = {
        "instanceTypes": TYPES,
        "amiType": "AL2023_ARM_64_STANDARD",
        "subnetIds": ids(),
        "scalingConfig": sizes(1, 2, 5),
    }
    return group(name, **{**given, **inputs})


def sizes(least: int, desired: int | None, most: int) -> dict[str, Any]:
    found = {"minSize": least, "desiredSize": desired, "maxSize": most}
    return {key: each for key, each in found.items() if each is not None}


def test_a_managed_group_is_read() -> None:
    taints = [{"key": "own", "value": "a", "effect": "NO_SCHEDULE"}]
    made = managed(labels={"team": "shop"}, taints=taints, capacityType="SPOT", instanceTypes=list(reversed(TYPES)))
    found = only_group(platform(made))
    assert (found.name, found.kind, found.capacity_type) == ("nodes", "managed_node_group", "spot")
    assert (found.least, found.start, found.most) == (1, 2, 5)
    assert [each.name for each in found.machines] == ["m7g.xlarge", "m7g.large"]
    assert found.labels == {
        "team": "shop",
        "kubernetes.io/os": "linux",
        "eks.amazonaws.com/capacityType": "SPOT",
        "eks.amazonaws.com/nodegroup": "nodes",
    }
    assert [tuple(each) for each in found.taints] == [("own", "a", "NoSchedule")]
    assert found.zones == ZONES
    assert found.machines[0].labels["kubernetes.io/arch"] == frozenset({"arm64"})
    assert {each.capacity_type for each in found.machines[0].offerings} == {"spot"}


def test_a_group_begins_with_its_fewest_nodes_and_never_has_less_room_than_it_begins_with() -> None:
    assert only_group(platform(managed(scalingConfig=sizes(3, None, 2)))).most == 3


TEXTS = {
    "nodeadm": "apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n  kubelet:\n    config: {maxPods: 17}\n",
    "mime": (
        'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n'
        "--b\nContent-Type: application/node.eks.aws\n\n"
        + json.dumps({"apiVersion": "node.eks.aws/v1alpha1", "spec": {"kubelet": {"config": {"maxPods": 17}}}})
        + "\n--b--\n"
    ),
    "bottlerocket": "[settings.kubernetes]\nmax-pods = 17\n",
    "bootstrap": "/etc/eks/bootstrap.sh shop --kubelet-extra-args '--max-pods=17'\n",
}


@pytest.mark.parametrize("name", TEXTS)
def test_user_data_says_how_many_pods_a_node_takes(name: str) -> None:
    data = base64.b64encode(TEXTS[name].encode()).decode()
    template = aws("ec2/launchTemplate:LaunchTemplate", "template", userData=data)
    made = managed(launchTemplate={"id": "${template.id}", "version": "1"})
    found = platform(made, template)
    assert only_group(found).machines[0].allocatable["pods"] == 17
    assert not any("launch template" in each for each in found.unknown)


def test_disks_and_fabric_of_a_launch_template_leave_less_room() -> None:
    disks = [{"deviceName": f"/dev/xvd{letter}", "ebs": {"volumeSize": 20}} for letter in "abc"]
    fabric = [{"interfaceType": "efa", "networkCardIndex": 0}, {"interfaceType": "efa-only", "networkCardIndex": 0}]
    found = []
    for more in ({}, {"blockDeviceMappings": disks}, {"networkInterfaces": fabric[:1]}, {"networkInterfaces": fabric}):
        template = aws("ec2/launchTemplate:LaunchTemplate", "template", **more)
        made = managed(launchTemplate={"id": "${template.id}", "version": "1"}, instanceTypes=["c7gn.16xlarge"])
        found.append(platform(made, template))
    plain_, many, one, two = (only_group(each).machines[0] if each.groups else None for each in found)
    assert plain_ is not None
    assert many is not None
    assert one is not None
    driver = "ebs.csi.aws.com"
    assert plain_.volumes[driver] - many.volumes[driver] == 2
    assert ("vpc.amazonaws.com/efa" in plain_.allocatable, one.allocatable["vpc.amazonaws.com/efa"]) == (False, 1)
    # The type has one network card, which takes one interface of the fabric.
    assert two is None
    assert any("takes no 2 EFA interfaces" in each for each in found[3].unknown)


def test_a_launch_template_made_elsewhere_is_said() -> None:
    found = platform(managed(launchTemplate={"id": "lt-0123456789abcdef0", "version": "1"}))
    assert len(found.groups) == 1
    assert any("the launch template of the group nodes is not known" in each for each in found.unknown)


def test_prefixes_give_nodes_of_a_group_more_pods() -> None:
    env = {"ENABLE_PREFIX_DELEGATION": "true"}
    cni = addon("cni", "vpc-cni", configurationValues=json.dumps({"env": env}))
    before, after = (only_group(platform(managed(), *more)).machines[0] for more in ((), (cni,)))
    assert after.allocatable["pods"] == 110 > before.allocatable["pods"]


def own_group(**inputs: Any) -> list[Resource]:
    """An Auto Scaling group whose instances join the cluster, and its launch template."""
    data = base64.b64encode(b"[settings.kubernetes.node-labels]\nteam = 'shop'\n").decode()
    template = aws("ec2/launchTemplate:LaunchTemplate", "template", userData=data, instanceType="m7g.large")
    tags = [{"key": "kubernetes.io/cluster/shop", "value": "owned", "propagateAtLaunch": True}]
    given = {
        "minSize": 1,
        "maxSize": 4,
        "vpcZoneIdentifiers": ids("eu-west-1b"),
        "tags": [*tags, *inputs.pop("tags", [])],
    }
    if "mixedInstancesPolicy" not in inputs:
        given["launchTemplate"] = {"id": "${template.id}", "version": "1"}
    return [template, aws("autoscaling/group:Group", "own", **{**given, **inputs})]


def test_an_auto_scaling_group_of_self_managed_nodes_is_read() -> None:
    found = only_group(platform(*own_group()))
    assert (found.name, found.kind, found.zones) == ("own", "self_managed_node_group", ("eu-west-1b",))
    assert (found.least, found.start, found.most, found.capacity_type) == (1, 1, 4, "on-demand")
    assert found.labels == {"team": "shop", "kubernetes.io/os": "linux"}
    assert [each.name for each in found.machines] == ["m7g.large"]


def mixed(**distribution: Any) -> dict[str, Any]:
    overrides = [{"instanceType": name} for name in ("m7g.xlarge", "m7g.large")]
    template = {"launchTemplateSpecification": {"launchTemplateId": "${template.id}"}, "overrides": overrides}
    return {"launchTemplate": template, "instancesDistribution": distribution}


def test_a_mixed_group_keeps_the_order_of_its_types_and_says_that_it_mixes() -> None:
    spot = only_group(platform(*own_group(mixedInstancesPolicy=mixed(onDemandPercentageAboveBaseCapacity=0))))
    assert (spot.capacity_type, [each.name for each in spot.machines]) == ("spot", ["m7g.xlarge", "m7g.large"])
    both = platform(*own_group(mixedInstancesPolicy=mixed(onDemandPercentageAboveBaseCapacity=50)))
    assert only_group(both).capacity_type == "on-demand"
    assert any("mixes on-demand and spot" in each for each in both.unknown)


def test_groups_of_which_too_little_is_known_are_said() -> None:
    found = platform(managed("a", scalingConfig=UNKNOWN), managed("b", instanceTypes=["m99.large"]))
    assert found.groups == ()
    said = "\n".join(found.unknown)
    assert "the group a is not counted: scalingConfig is not known" in said
    assert "the group b never gets m99.large, which has no facts" in said


def test_zones_that_nobody_knows_are_said_once() -> None:
    found = platform(managed("a", subnetIds=["subnet-1"]), managed("b", subnetIds=["subnet-2"]))
    assert (
        "the zones of the subnets of a, b are not known: taken for eu-west-1a, eu-west-1b, eu-west-1c" in found.unknown
    )
    assert found.groups[0].zones == ZONES


def test_pools_whose_subnets_nobody_knows_are_taken_for_those_of_the_cluster_by_their_ids_too() -> None:
    ids_ = ("use1-az1", "use1-az2", "use1-az4")
    own = [aws("ec2/subnet:Subnet", each, availabilityZoneId=each) for each in ids_]
    lost = node_class(subnetSelectorTerms=[{"tags": {"other": "x"}}])
    on = eks(vpcConfig={"subnetIds": ids(*ids_)}, region="us-east-1")
    (found,) = platforms_of(Stack([on, *own, pool(), lost]), list_prices())
    assert {offer.zone for each in only_pool(found).machines for offer in each.offerings} == set(ids_)


def autoscaler(**values: Any) -> Resource:
    given = {"autoDiscovery": {"clusterName": "shop"}, **values}
    return chart("ca", "cluster-autoscaler", version="9.59.0", values=given)


def test_cluster_autoscaler_is_read_off_its_chart() -> None:
    priorities = {"10": ["eks-cheap-.*"], "50": ["own"]}
    flags = {"expander": "priority,least-waste", "balance-similar-node-groups": True, "balancing-ignore-label_1": "x"}
    made = autoscaler(extraArgs=flags, expanderPriorities=priorities)
    found = platform(made, managed("cheap"), managed("dear"), *own_group())
    assert found.autoscaler is not None
    assert (found.autoscaler.expanders, found.autoscaler.balances) == (("priority", "least-waste"), True)
    assert {each.name: (each.priority, each.scales) for each in found.groups} == {
        "cheap": (10, True),
        "dear": (None, True),
        "own": (50, False),
    }


def test_cluster_autoscaler_finds_groups_by_tags_or_by_name() -> None:
    tags = [{"key": "k8s.io/cluster-autoscaler/enabled", "value": "true", "propagateAtLaunch": False}]
    assert only_group(platform(autoscaler(), *own_group(tags=tags))).scales
    named = autoscaler(autoDiscovery={}, autoscalingGroups=[{"name": "own", "minSize": 1, "maxSize": 3}])
    found = platform(named, *own_group(name="own"), managed())
    assert {each.name: each.scales for each in found.groups} == {"nodes": False, "own": True}


def test_cluster_autoscaler_may_be_a_workload_with_its_ranks_in_a_config_map() -> None:
    image = "registry.k8s.io/autoscaling/cluster-autoscaler:v1.35.0"
    made = workload("ca", c={"image": image, "command": ["./cluster-autoscaler", "--expander=priority"]})
    ranks = object_(
        "v1:ConfigMap",
        "cluster-autoscaler-priority-expander",
        ns="kube-system",
        data={"priorities": "20:\n  - .*nodes.*\n"},
    )
    found = platform(made, ranks, managed())
    assert found.autoscaler is not None
    assert found.autoscaler.expanders == ("priority",)
    assert only_group(found).priority == 20
    without = platform(made, managed())
    assert any("ranks of Cluster Autoscaler" in each for each in without.unknown)


def test_fargate_profiles_are_read() -> None:
    made = aws(
        "eks/fargateProfile:FargateProfile",
        "jobs",
        clusterName="${shop.name}",
        selectors=[{"namespace": "jobs-*", "labels": {"size": "small"}}, {"namespace": "batch"}],
        subnetIds=ids("eu-west-1a", "eu-west-1c"),
    )
    (found,) = platform(made).profiles
    assert found.selectors == (("jobs-*", {"size": "small"}), ("batch", {}))
    assert found.zones == ("eu-west-1a", "eu-west-1c")


def test_of_several_fargate_profiles_the_label_of_pods_names_one() -> None:
    from eks_blueprints.capacity.place import outcome

    kind, selectors = "eks/fargateProfile:FargateProfile", [{"namespace": "shop"}]
    more = {"clusterName": "${shop.name}", "subnetIds": ids("eu-west-1a"), "selectors": selectors}
    profiles = [aws(kind, "a", **more), aws(kind, "b", fargateProfileName="blue", **more)]
    labelled = workload("web", t={"labels": {"app": "web", "eks.amazonaws.com/fargate-profile": "blue"}})
    found = outcome(platform(*profiles, labelled))
    assert [each.maker for each in found.nodes] == ["blue"]
    stack = Stack([eks(), *profiles, labelled])
    taken = fargate_profile_of(labelled, stack)
    assert taken is not None
    assert taken.name == "b"


def test_nodes_of_a_network_of_its_own_are_said() -> None:
    hybrid = eks(remoteNetworkConfig={"remoteNodeNetworks": {"cidrs": ["172.16.0.0/12"]}})
    assert any("EKS Hybrid Nodes" in each for each in platform(eks_=hybrid).unknown)


def test_a_region_without_prices_or_without_a_name_is_said() -> None:
    from eks_blueprints.capacity.read.plan import platforms_of
    from eks_blueprints.review.cost.prices import list_prices

    (found,) = platforms_of(Stack([eks()]), list_prices())
    assert found.region == "us-east-1"
    assert any("the region of the cluster is not known" in each for each in found.unknown)
