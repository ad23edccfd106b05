"""Volumes of pods: which driver's limit they count towards, and in which zones they are."""

from __future__ import annotations

from typing import Any

from eks_blueprints.capacity.model import Demand
from eks_blueprints.policies.stack import Resource
from eks_blueprints.scheduling.cluster import Cluster
from eks_blueprints.scheduling.filters import exclusion
from eks_blueprints.scheduling.node import Node
from eks_blueprints.scheduling.pod import Claim, Pod
from eks_blueprints.scheduling.scheduler import place
from tests.capacity.read.stacks import demand, eks, platform
from tests.policies.build import object_, workload

EBS = "ebs.csi.aws.com"


def storage_class(name: str = "fast", *, default: bool = False, **parts: Any) -> Resource:
    annotations = {"storageclass.kubernetes.io/is-default-class": "true"} if default else {}
    given = {"provisioner": EBS, "volumeBindingMode": "WaitForFirstConsumer", **parts}
    return object_("storage.k8s.io/v1:StorageClass", name, ns=None, metadata={"annotations": annotations}, **given)


def claim(name: str, **spec: Any) -> Resource:
    return object_("v1:PersistentVolumeClaim", name, spec={"accessModes": ["ReadWriteOnce"], **spec})


def volume(name: str, zone: str, **spec: Any) -> Resource:
    expression = {"key": "topology.kubernetes.io/zone", "operator": "In", "values": [zone]}
    affinity = {"required": {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}}
    given = {"csi": {"driver": EBS, "volumeHandle": "vol-1"}, "nodeAffinity": affinity, **spec}
    return object_("v1:PersistentVolume", name, ns=None, spec=given)


def mounting(*claims: str, name: str = "web", kind: str = "Deployment", **parts: Any) -> Resource:
    volumes = [{"name": each, "persistentVolumeClaim": {"claimName": each}} for each in claims]
    return workload(name, kind=kind, p={"volumes": volumes}, **parts)


def database(replicas: int = 3, **spec: Any) -> Resource:
    template = {"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"], **spec}}
    return workload("db", kind="StatefulSet", s={"replicas": replicas, "volumeClaimTemplates": [template]})


def of(*made: Resource, name: str = "shop/Deployment/web") -> Demand:
    return demand(platform(*made), name)


def only(found: Demand) -> Claim:
    (one,) = found.shape.claims
    return one


def test_a_claim_without_a_volume_counts_and_is_made_where_the_pod_is() -> None:
    found = of(storage_class(), claim("disk", storageClassName="fast"), mounting("disk"))
    assert only(found) == Claim("shop/disk", driver=EBS, bound=False)
    assert found.asked == ""


def test_the_class_that_is_used_by_default_counts_too() -> None:
    found = of(storage_class(default=True), claim("disk"), mounting("disk"))
    assert only(found).driver == EBS


def test_classes_that_every_cluster_has_are_known_and_others_are_said() -> None:
    usual = of(claim("disk", storageClassName="gp2"), mounting("disk"))
    assert (only(usual).driver, usual.asked) == (EBS, "")
    other = of(claim("disk", storageClassName="theirs"), mounting("disk"))
    assert only(other) == Claim("shop/disk")
    assert "the StorageClass theirs of the claim shop/disk is made elsewhere" in other.asked
    none = of(claim("disk"), mounting("disk"))
    assert "the default StorageClass of the claim shop/disk" in none.asked


def test_a_claim_that_the_stack_does_not_make_is_said() -> None:
    found = of(mounting("disk"))
    assert only(found) == Claim("shop/disk")
    assert "the claim shop/disk is made elsewhere" in found.asked


def test_a_class_for_some_zones_says_where_its_volumes_are() -> None:
    topologies = [{"matchLabelExpressions": [{"key": "topology.kubernetes.io/zone", "values": ["eu-west-1b"]}]}]
    found = only(of(storage_class(allowedTopologies=topologies), claim("d", storageClassName="fast"), mounting("d")))
    assert found.terms is not None
    assert [found.terms[0].of("n", {"topology.kubernetes.io/zone": f"eu-west-1{each}"}) for each in "ab"] == [
        False,
        True,
    ]


def test_a_class_that_makes_volumes_at_once_says_that_their_zone_is_not_known() -> None:
    found = of(storage_class(volumeBindingMode="Immediate"), claim("d", storageClassName="fast"), mounting("d"))
    assert (only(found).driver, only(found).missing) == (EBS, "")
    assert "made before there is a pod" in found.asked


def test_a_volume_that_is_there_binds_its_pod_to_its_zone() -> None:
    made = [volume("pv-1", "eu-west-1c"), claim("disk", volumeName="pv-1"), mounting("disk")]
    found = only(of(*made))
    assert found.bound
    assert found.terms is not None
    assert found.terms[0].of("n", {"topology.kubernetes.io/zone": "eu-west-1c"})
    assert not found.terms[0].of("n", {"topology.kubernetes.io/zone": "eu-west-1a"})


def test_a_volume_may_name_its_claim() -> None:
    reference = {"namespace": "shop", "name": "disk"}
    made = [volume("pv-1", "eu-west-1c", claimRef=reference), claim("disk", storageClassName=""), mounting("disk")]
    assert only(of(*made)).terms is not None


def test_each_pod_of_a_stateful_set_has_its_own_claim() -> None:
    found = of(storage_class(), database(storageClassName="fast"), name="shop/StatefulSet/db")
    assert only(found) == Claim("shop/data-db", driver=EBS, bound=False, own=True)
    assert found.least == 3


def test_pods_with_claims_of_their_own_fill_the_volumes_of_a_node() -> None:
    shape = of(storage_class(), database(storageClassName="fast"), name="shop/StatefulSet/db").shape
    node = Node(name="n", allocatable={"pods": 10}, volumes={EBS: 2})
    cluster = Cluster([node])
    for number in range(2):
        there = place(Pod(f"db-{number}", shape), cluster).place
        assert there is not None
        cluster.add(Pod(f"db-{number}", shape), there)
    excluded = exclusion(shape, cluster.places["n"], cluster)
    assert excluded is not None
    assert excluded.predicate == "NodeVolumeLimits"


def test_a_claim_of_one_pod_alone_does_not_keep_the_others_of_its_set_off() -> None:
    made = database(storageClassName="fast", accessModes=["ReadWriteOncePod"])
    shape = of(storage_class(), made, name="shop/StatefulSet/db").shape
    cluster = Cluster([Node(name="n", allocatable={"pods": 10})])
    cluster.add(Pod("db-0", shape), cluster.places["n"])
    assert exclusion(shape, cluster.places["n"], cluster) is None


def test_pods_of_a_set_that_have_their_volume_already_are_told_apart() -> None:
    made = [volume("pv-1", "eu-west-1c"), claim("data-db-1", volumeName="pv-1"), storage_class()]
    found = platform(*made, database(storageClassName="fast"))
    sets = {each.name: each for each in found.demands}
    assert set(sets) == {"shop/StatefulSet/db", "shop/StatefulSet/db-1"}
    assert (sets["shop/StatefulSet/db"].least, sets["shop/StatefulSet/db-1"].least) == (2, 1)
    assert only(sets["shop/StatefulSet/db-1"]).terms is not None


def test_ephemeral_volumes_are_each_pods_own() -> None:
    made = {"name": "scratch", "ephemeral": {"volumeClaimTemplate": {"spec": {"storageClassName": "fast"}}}}
    found = of(storage_class(), workload("web", p={"volumes": [made]}))
    assert only(found) == Claim("shop/scratch", driver=EBS, bound=False, own=True)


def test_auto_modes_own_driver_is_another_one() -> None:
    auto = eks(computeConfig={"enabled": True, "nodePools": []})
    made = [storage_class(provisioner="ebs.csi.eks.amazonaws.com"), claim("d", storageClassName="fast"), mounting("d")]
    found = demand(platform(*made, eks_=auto), "shop/Deployment/web")
    assert only(found).driver == "ebs.csi.eks.amazonaws.com"
