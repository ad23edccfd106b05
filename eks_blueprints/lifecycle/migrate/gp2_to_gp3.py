"""Volumes of gp2 to gp3: a class beside, then the default, then the volumes that exist, then the old class goes.

Sources: EBS user guide, "Amazon EBS General Purpose SSD volumes" and "Request modifications to your EBS volumes";
Kubernetes, "Storage Classes" and "Volume Attributes Classes"; EKS user guide, "Amazon EBS CSI driver".
"""

from __future__ import annotations

from typing import Any

from eks_blueprints.core import versions
from eks_blueprints.core.errors import Problem
from eks_blueprints.lifecycle.migrate.data import elements, inside, nothing, parts
from eks_blueprints.lifecycle.migrate.model import Command, Data, Given, Migration, Phase, Way

_NAMES = ("storage_class", "storage_class_name", "storageClass", "storageClassName")
"""Keys under which parts of a stack file name a storage class."""
_KEPT = ("encrypted", "kms_key_arn", "file_system", "driver", "zones")
_ATTRIBUTES = versions.minor("1.31")
"""Since when Kubernetes has VolumeAttributesClasses."""
_CLASS = "to-gp3"


def _add_on(data: Data) -> str:
    return next(iter(elements(data, "addons", "storage_classes")), "storage_classes")


def _classes(data: Data) -> dict[str, Data]:
    """The classes that are said; the add-on's own default where none are."""
    fields = elements(data, "addons", "storage_classes").get(_add_on(data))
    if fields is None:
        return {}
    said = fields.get("classes")
    if not said:
        return {"gp3": {"default": True}}
    return {name: each if isinstance(each, dict) else {} for name, each in said.items()}


def _type(fields: Data) -> str | None:
    if fields.get("efs") is not None:
        return None
    ebs = fields.get("ebs")
    return str(ebs.get("type", "gp3")) if isinstance(ebs, dict) else "gp3"


def _of(data: Data, wanted: str) -> list[str]:
    return [name for name, fields in _classes(data).items() if _type(fields) == wanted]


def _old(data: Data) -> list[str]:
    return _of(data, "gp2")


def _new(data: Data) -> str:
    found = _of(data, "gp3")
    return next((name for name in found if _classes(data)[name].get("default")), next(iter(found), "gp3"))


def _driver(data: Data) -> bool:
    return inside(data, "cluster").get("auto_mode") is not None or bool(elements(data, "addons", "aws_ebs_csi_driver"))


def _beside(data: Data) -> Data:
    """A class of gp3 with the settings of the old one, and the driver that makes its volumes."""
    if not _driver(data):
        inside(data, "addons")["aws_ebs_csi_driver"] = {}
    if _of(data, "gp3"):
        return data
    made: Data = {}
    if old := _old(data):
        first = _classes(data)[old[0]]
        ebs = first.get("ebs") or {}
        made = {"ebs": {"type": "gp3", **{key: ebs[key] for key in _KEPT if key in ebs}}}
        made |= {key: first[key] for key in ("reclaim_policy", "allow_volume_expansion") if key in first}
    inside(data, "addons", _add_on(data), "classes")["gp3"] = made
    return data


def _default(data: Data) -> Data:
    """New claims get gp3."""
    new, classes = _new(data), _classes(data)
    if classes.get(new, {}).get("default"):
        return data
    said = inside(data, "addons", _add_on(data), "classes")
    for name, fields in classes.items():
        if fields.get("default") and name in said:
            del said[name]["default"]
    inside(said, new)["default"] = True
    return data


def _volumes(data: Data) -> Data:
    """What claims name to have their volumes changed in place."""
    if _old(data) and _has_attributes(data):
        attributes = inside(data, "addons", _add_on(data), "volume_attributes_classes")
        if not any(isinstance(each, dict) and each.get("type") == "gp3" for each in attributes.values()):
            attributes[_CLASS] = {"type": "gp3"}
    return data


def _has_attributes(data: Data) -> bool:
    version = inside(data, "cluster").get("version")
    return isinstance(version, str) and versions.minor(version) >= _ATTRIBUTES


def _removed(data: Data) -> Data:
    classes = inside(data, "addons", _add_on(data), "classes") if _old(data) else {}
    for name in _old(data):
        del classes[name]
    return data


def _named(data: Data) -> list[Problem]:
    """Parts of the stack file that still name the class that goes."""
    old = _old(data)
    do = "name the new class, or none"
    return [
        Problem(path, f"names a storage class that this phase takes out; got {value}; {do}")
        for path, value in parts(data)
        if path and path[-1] in _NAMES and value in old
    ]


def way(data: Data, _given: Given) -> Way:
    """The phases for a platform."""
    if inside(data, "cluster").get("auto_mode") is not None and not elements(data, "addons", "storage_classes"):
        do = "nothing to move: storage classes of Auto Mode make gp3 by default"
        raise nothing(("cluster", "auto_mode"), f"makes gp3 volumes already; got no storage_classes; {do}")
    old = _old(data) or ["gp2"]
    claims = (
        "kubectl get pvc -A -o custom-columns=NS:.metadata.namespace,NAME:.metadata.name,CLASS:.spec.storageClassName"
    )
    new: Any = _new(data)
    if _has_attributes(data) and (_old(data) or _CLASS in str(elements(data, "addons", "storage_classes"))):
        change = Command(
            "kubectl patch pvc CLAIM -n NAMESPACE --type merge "
            f'-p \'{{"spec":{{"volumeAttributesClassName":"{_CLASS}"}}}}\'',
            "",
        )
    else:
        change = Command("aws ec2 modify-volume --volume-type gp3 --volume-id VOLUME", "")
    changed = Command(
        "aws ec2 describe-volumes --filters Name=volume-type,Values=gp2 --query 'Volumes[].VolumeId'",
        "[], or volumes of other clusters",
    )
    phases = (
        Phase(
            "beside",
            f"add a class {new} beside the old one",
            "claims can name it; nothing that exists changes",
            _beside,
            (Command("kubectl get storageclass", f"which classes there are; {new} must not be there by other means"),),
            (Command(f"kubectl get storageclass {new}", "the class, with an EBS driver as its provisioner"),),
        ),
        Phase(
            "default",
            "make it the default class",
            "new claims that name no class get gp3; volumes that exist are not changed",
            _default,
            (),
            (
                Command("kubectl annotate storageclass gp2 storageclass.kubernetes.io/is-default-class- --overwrite"),
                Command("kubectl get storageclass", f"(default) behind {new} alone"),
            ),
        ),
        Phase(
            "volumes",
            "change the volumes that exist, claim by claim",
            "EBS changes a volume in place, while pods use it; once changed, it can be changed again after six hours. "
            "A gp2 volume above 1,000 GiB has more than 3,000 IOPS: give those a class with iops",
            _volumes,
            (
                Command(claims, f"the claims of {', '.join(old)}"),
                Command(
                    "kubectl get csidrivers", "the EBS driver: volumes of kubernetes.io/aws-ebs are migrated to it"
                ),
            ),
            (change, changed),
        ),
        Phase(
            "remove",
            "take the old class out",
            "a class is needed to make volumes, not to keep them: volumes and claims stay",
            _removed,
            (Command(claims, f"no claim to come of {', '.join(old)}: StatefulSets keep the class of their templates"),),
            stopped_by=_named,
        ),
    )
    stays = (
        Problem(
            ("addons",),
            "does not change templates of claims in StatefulSets: they name a class for good, and are made again with "
            "--cascade=orphan where they name the old one",
        ),
    )
    return Way(phases, stays, finished=not _old(data) and bool(_of(data, "gp3")))


MIGRATION = Migration(
    "gp2-to-gp3",
    "EBS volumes of gp2 to gp3",
    "A class of gp3 beside, the default, the volumes that exist in place, the old class out. gp3 costs a fifth less.",
    way,
)
