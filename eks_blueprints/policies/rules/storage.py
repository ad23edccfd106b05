"""Storage classes, claims, and workloads that depend on where a volume is."""

from __future__ import annotations

from eks_blueprints.core.facts.csi_drivers import EBS
from eks_blueprints.kubernetes.claims import OLD_CLASS
from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.installed import charts
from eks_blueprints.policies.objects import DEPLOYMENT, STATEFUL_SET, namespace_of, pod_of, replicas
from eks_blueprints.policies.placements import zones_for
from eks_blueprints.policies.platform import EC2_NODE_CLASS, GROUP, NODE_GROUP, addon, auto_mode, cluster_of, on_cluster
from eks_blueprints.policies.props import Faults, NotApplicable, Props
from eks_blueprints.policies.stack import Resource, Stack
from eks_blueprints.policies.volumes import (
    CLAIM,
    STORAGE_CLASS,
    VOLUME,
    claim_named,
    is_default,
    is_ebs,
    storage_class,
    templates_of,
)

_ZONE = "topology.kubernetes.io/zone"
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


@rule(
    "k8s-storageclass-encrypted",
    STORAGE_CLASS,
    severity="high",
    enforcement="mandatory",
    wave=1,
    params={"account_default_encryption": False},
)
def encrypted(found: Props, context: Context) -> Faults:
    """Storage classes encrypt volumes."""
    _is_ebs_class(found)
    if found.flag("parameters", "encrypted") is not True and not context.params["account_default_encryption"]:
        yield found.fault(
            "creates volumes that are not encrypted",
            "parameters",
            "encrypted",
            got=found.raw("parameters", "encrypted"),
        )


@rule("k8s-storageclass-wait-for-first-consumer", STORAGE_CLASS, severity="high", enforcement="mandatory", wave=1)
def waits(found: Props) -> Faults:
    """Storage classes create a volume in the zone of its pod."""
    _is_ebs_class(found)
    mode = found.get("volumeBindingMode")
    if mode != "WaitForFirstConsumer":
        yield found.fault("creates volumes in zones where their pods may not run", "volumeBindingMode", got=mode)


@rule(
    "k8s-ebs-multi-az-topology", STATEFUL_SET, DEPLOYMENT, severity="high", enforcement="mandatory", wave=1, across=True
)
def ebs_zones(workload: Props, context: Context) -> Faults:
    """Pods with EBS volumes can start again in the zone of their volume.

    A Deployment of several pods shares no EBS claim; a StatefulSet of two pods or more with EBS volumes has a
    topologySpreadConstraint on the zone; and neither is bound to one zone, unless it has one pod, be it by itself or
    because all compute that takes its pods stands in one.
    """
    resource, stack = context.resource, context.stack
    pod = pod_of(resource)
    count = replicas(resource)
    if resource.type == DEPLOYMENT:
        shared = [claim for claim in _claims(resource, stack) if is_ebs(claim.props.at("spec"), stack)]
        if not shared:
            raise NotApplicable
        if count > 1:
            yield workload.fault(
                f"has pods that share the EBS volume of {shared[0].name}", "spec", "replicas", got=count
            )
        return
    if not any(is_ebs(each.at("spec"), stack) for each in templates_of(resource)):
        raise NotApplicable
    if count < 2:
        return
    keys = [each.get("topologyKey") for each in pod.items("topologySpreadConstraints")]
    keys += [each.get("topologyKey") for each in pod.items("affinity", "podAntiAffinity", _REQUIRED)]
    if _ZONE not in keys:
        yield pod.fault("may put all its volumes into one zone", "topologySpreadConstraints", got=keys)
    if pod.has("nodeSelector", _ZONE):
        yield pod.fault("is bound to one zone", "nodeSelector", _ZONE, got=pod.raw("nodeSelector", _ZONE))
    elif (found := zones_for(resource, stack)) is not None and len(found) == 1:
        yield pod.fault("can run in one zone only, by the compute that takes its pods", got=sorted(found))


@rule("k8s-rwo-deployment-single-replica", DEPLOYMENT, severity="high", enforcement="mandatory", wave=1, across=True)
def one_replica(deployment: Props, context: Context) -> Faults:
    """A ReadWriteOnce volume is not used by several replicas."""
    claims = [each for each in _claims(context.resource, context.stack) if _is_single(each)]
    if not claims:
        raise NotApplicable
    count = replicas(context.resource)
    if count > 1:
        yield deployment.fault(f"has pods that share {claims[0].name}", "spec", "replicas", got=count)
    strategy = deployment.at("spec", "strategy")
    surge = strategy.get("rollingUpdate", "maxSurge")
    if strategy.get("type") != "Recreate" and surge not in (0, "0", "0%"):
        yield strategy.fault(f"mounts {claims[0].name} twice while it rolls out", "type", got=strategy.get("type"))


@rule("k8s-ebs-no-read-write-many", CLAIM, STATEFUL_SET, severity="high", enforcement="mandatory", wave=1, across=True)
def no_shared_ebs(subject: Props, context: Context) -> Faults:
    """EBS volumes are not requested as ReadWriteMany."""
    stack, resource = context.stack, context.resource
    specs = [subject.at("spec")] if resource.type == CLAIM else [each.at("spec") for each in templates_of(resource)]
    specs = [each for each in specs if is_ebs(each, stack)]
    if not specs:
        raise NotApplicable
    for spec in specs:
        if "ReadWriteMany" in spec.words("accessModes") and not _is_shared_block(spec, stack):
            yield spec.fault("requests what EBS cannot do", "accessModes", got="ReadWriteMany")


@rule("k8s-storageclass-csi-provisioner", STORAGE_CLASS, VOLUME, severity="high", enforcement="mandatory", wave=1)
def csi(subject: Props, context: Context) -> Faults:
    """Storage classes use CSI drivers."""
    if context.resource.type == VOLUME:
        if subject.has("spec", "awsElasticBlockStore"):
            yield subject.fault("names a plugin that is gone", "spec", "awsElasticBlockStore")
    elif subject.get("provisioner") == EBS[2]:
        yield subject.fault("names a plugin that is gone", "provisioner", got=EBS[2])


@rule("k8s-storageclass-gp3", STORAGE_CLASS, severity="low", enforcement="advisory", wave=3)
def gp3(found: Props) -> Faults:
    """EBS storage classes use gp3 and allow expansion."""
    _is_ebs_class(found)
    kind = found.get("parameters", "type")
    if kind is not None and kind not in ("gp3", "io2", "st1", "sc1"):
        yield found.fault("creates volumes of an old type", "parameters", "type", got=kind)
    if found.flag("allowVolumeExpansion") is not True:
        yield found.fault("creates volumes that cannot grow", "allowVolumeExpansion")


@rule(
    "k8s-default-storageclass-exists",
    CLAIM,
    STATEFUL_SET,
    STORAGE_CLASS,
    severity="medium",
    enforcement="mandatory",
    wave=2,
    across=True,
)
def default_class(subject: Props, context: Context) -> Faults:
    """There is a default storage class for volume claims that name none.

    Where a claim names no class, exactly one class of the stack is the default, or the aws-ebs-csi-driver add-on
    makes one; and no stack has two defaults. A stack without a cluster may find a default on the cluster.
    """
    stack, resource = context.stack, context.resource
    defaults = [each for each in stack.of(STORAGE_CLASS) if is_default(each)]
    if resource.type == STORAGE_CLASS:
        if not is_default(resource):
            raise NotApplicable
        if len(defaults) > 1:
            other = next(each for each in defaults if each is not resource)
            yield subject.fault(f"is a default beside {other.name}", "metadata", "annotations")
        return
    claims = [subject] if resource.type == CLAIM else templates_of(resource)
    unnamed = [each for each in claims if not each.has("metadata", "annotations", OLD_CLASS)]
    nameless = [each.at("spec") for each in unnamed if not each.at("spec").has("storageClassName")]
    cluster = cluster_of(resource, stack)
    if not nameless or cluster is None:
        raise NotApplicable
    if not defaults and not _addon_makes_default(cluster, stack):
        yield nameless[0].fault("names no class, and there is no default", "storageClassName")


@rule(
    "k8s-stateful-data-retained",
    STORAGE_CLASS,
    STATEFUL_SET,
    severity="medium",
    enforcement="advisory",
    wave=3,
    across=True,
    production_only=True,
)
def retained(subject: Props, context: Context) -> Faults:
    """Data is kept when the objects that use it are deleted.

    Classes keep volumes (reclaimPolicy Retain), or the stack has snapshots, AWS Backup or Velero; and no StatefulSet
    deletes its claims when it goes.
    """
    stack = context.stack
    if context.resource.type == STATEFUL_SET:
        keys = ("spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted")
        if not templates_of(context.resource):
            raise NotApplicable
        if subject.get(*keys) == "Delete":
            yield subject.fault("deletes its data when it is deleted", *keys, got="Delete")
        return
    saved = stack.of("aws:backup/selection:Selection", "kubernetes:snapshot.storage.k8s.io/v1:VolumeSnapshot")
    if subject.get("reclaimPolicy") != "Retain" and not saved and not charts(stack, "velero"):
        yield subject.fault("deletes a volume with its claim", "reclaimPolicy", got=subject.get("reclaimPolicy"))


@rule("k8s-statefulset-has-claims", STATEFUL_SET, severity="low", enforcement="advisory", wave=3)
def has_claims(workload: Props) -> Faults:
    """A StatefulSet keeps what its pods write.

    It has volumeClaimTemplates. One whose pods need a name alone is a case for a waiver.
    """
    if not workload.items("spec", "volumeClaimTemplates"):
        yield workload.fault("loses what its pods write when they are replaced", "spec", "volumeClaimTemplates")


@rule("automode-storageclass-provisioner", STORAGE_CLASS, severity="high", enforcement="mandatory", wave=1, across=True)
def auto_mode_class(found: Props, context: Context) -> Faults:
    """Storage classes use a driver that the cluster has."""
    stack = context.stack
    cluster = cluster_of(context.resource, stack)
    name = found.get("provisioner")
    if cluster is None or name not in EBS[:2]:
        raise NotApplicable
    others = on_cluster(cluster, stack, NODE_GROUP, GROUP, EC2_NODE_CLASS)
    if auto_mode(cluster) and not others and name != EBS[1]:
        yield found.fault("names a driver that Auto Mode does not include", "provisioner", got=name)
    elif not auto_mode(cluster) and name == EBS[1]:
        yield found.fault("names the driver of Auto Mode, which is off", "provisioner", got=name)


def _is_ebs_class(found: Props) -> None:
    if found.get("provisioner") not in EBS:
        raise NotApplicable


def _claims(workload: Resource, stack: Stack) -> list[Resource]:
    names = [volume.text("persistentVolumeClaim", "claimName") for volume in pod_of(workload).items("volumes")]
    namespace = namespace_of(workload, stack)
    found = [claim_named(name, namespace, stack) for name in names if name is not None]
    return [each for each in found if each is not None]


def _is_single(claim: Resource) -> bool:
    modes = claim.props.words("spec", "accessModes")
    return bool(modes) and all(each in ("ReadWriteOnce", "ReadWriteOncePod") for each in modes)


def _is_shared_block(spec: Props, stack: Stack) -> bool:
    found = storage_class(spec, stack)
    kind = found.props.get("parameters", "type") if found else None
    return bool(spec.get("volumeMode") == "Block" and kind == "io2")


def _addon_makes_default(cluster: Resource, stack: Stack) -> bool:
    driver = addon("aws-ebs-csi-driver", cluster, stack)
    if driver is None:
        return False
    return driver.props.document("configurationValues").flag("defaultStorageClass", "enabled") is True
