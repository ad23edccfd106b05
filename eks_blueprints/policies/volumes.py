"""The volumes that workloads claim, and what provides them."""

from __future__ import annotations

from typing import Any

from eks_blueprints.core.facts.csi_drivers import EBS
from eks_blueprints.core.naming import DEFAULT_STORAGE_CLASS
from eks_blueprints.policies.objects import STATEFUL_SET, canonical, namespace_of, object_name, pod_of
from eks_blueprints.policies.props import Props, Undetermined
from eks_blueprints.policies.stack import Resource, Stack

CLAIM = "kubernetes:core/v1:PersistentVolumeClaim"
VOLUME = "kubernetes:core/v1:PersistentVolume"
STORAGE_CLASS = "kubernetes:storage.k8s.io/v1:StorageClass"

EFS = "efs.csi.aws.com"
USUAL = {"gp2": EBS[0], "gp3": EBS[0], "auto-ebs-sc": EBS[1]}
"""Classes that are there without the stack: EKS made gp2, and its guides name the others."""


def claims_of(workload: Resource, stack: Stack) -> list[Props]:
    """The specs of the claims whose volumes a workload mounts, as far as the stack holds them."""
    claims = [each.at("spec") for each in templates_of(workload)]
    for volume in pod_of(workload).items("volumes"):
        if volume.has("ephemeral"):
            claims.append(volume.at("ephemeral", "volumeClaimTemplate", "spec"))
        name = volume.text("persistentVolumeClaim", "claimName")
        if name is not None:
            claim = claim_named(name, namespace_of(workload, stack), stack)
            claims += [claim.props.at("spec")] if claim is not None else []
    return claims


def templates_of(workload: Resource) -> list[Props]:
    """The templates of the claims that a StatefulSet makes."""
    return workload.props.items("spec", "volumeClaimTemplates") if workload.type == STATEFUL_SET else []


def claim_named(name: str, namespace: str, stack: Stack) -> Resource | None:
    """A claim of the stack."""
    wanted = canonical(name, stack)
    for each in stack.of(CLAIM):
        if object_name(each, stack) == wanted and namespace_of(each, stack) == namespace:
            return each
    return None


def storage_class(claim: Props, stack: Stack) -> Resource | None:
    """The class a claim is for, be it by default; None if the stack does not make it."""
    name = claim.text("storageClassName")
    for each in stack.of(STORAGE_CLASS):
        if name is None and is_default(each):
            return each
        if name is not None and object_name(each, stack) == canonical(name, stack):
            return each
    return None


def provisioner(claim: Props, stack: Stack) -> str | None:
    """What provides a claim's volume; None if that cannot be told."""
    found = storage_class(claim, stack)
    if found is not None:
        value: Any = found.props.get("provisioner")
        return str(value)
    name = claim.text("storageClassName")
    return USUAL.get(name) if name is not None else None


def is_ebs(claim: Props, stack: Stack) -> bool:
    """Whether a claim's volume is one of EBS, as far as the stack tells."""
    return provisioner(claim, stack) in EBS


def is_dynamic_efs(claim: Props, stack: Stack) -> bool:
    """Whether a claim has an EFS access point made for it."""
    found = storage_class(claim, stack)
    if found is None or claim.has("volumeName") or found.props.get("provisioner") != EFS:
        return False
    return bool(found.props.get("parameters", "provisioningMode") == "efs-ap")


def is_default(found: Resource) -> bool:
    """Whether a storage class is the default one."""
    try:
        return found.props.flag("metadata", "annotations", DEFAULT_STORAGE_CLASS) is True
    except Undetermined:
        return False
