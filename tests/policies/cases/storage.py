"""Cases of the rules about storage."""

import json
from typing import Any

from tests.policies.build import UNKNOWN, addon, aws, chart, cluster, group, ids, object_, subnet, workload

_EBS, _AUTO = "ebs.csi.aws.com", "ebs.csi.eks.amazonaws.com"
_DEFAULT = {"annotations": {"storageclass.kubernetes.io/is-default-class": "true"}}
_ON = {"computeConfig": {"enabled": True}}


def _class(name: str, provisioner: Any = _EBS, **inputs: Any) -> Any:
    return object_("storage.k8s.io/v1:StorageClass", name, None, provisioner=provisioner, **inputs)


def _claim(name: str, of: Any = "gp3", mode: str = "ReadWriteOnce", **spec: Any) -> Any:
    named = {"storageClassName": of} if of else {}
    return object_("v1:PersistentVolumeClaim", name, spec={**named, "accessModes": [mode], **spec})


def _set(name: str, count: Any = 2, of: Any = "gp3", mode: str = "ReadWriteOnce", **pod: Any) -> Any:
    named = {"storageClassName": of} if of else {}
    claims = [{"spec": {**named, "accessModes": [mode]}}]
    return workload(name, "StatefulSet", s={"replicas": count, "volumeClaimTemplates": claims}, p=pod)


def _mounting(name: str, claim: str, count: Any = 1, **spec: Any) -> Any:
    pod = {"volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": claim}}]}
    return workload(name, s={"replicas": count, **spec}, p=pod)


_SPREAD = {"topologySpreadConstraints": [{"topologyKey": "topology.kubernetes.io/zone"}]}

CASES = {
    "k8s-storageclass-encrypted": [
        [
            _class("fail-unset"),
            _class("fail-false", parameters={"encrypted": "false"}),
            _class("pass-true", parameters={"encrypted": "true"}),
            _class("na-efs", "efs.csi.aws.com"),
            _class("unknown-parameters", parameters=UNKNOWN),
        ],
        [{"account_default_encryption": True}, _class("pass-account")],
    ],
    "k8s-storageclass-wait-for-first-consumer": [
        [
            _class("fail-unset"),
            _class("pass-waits", volumeBindingMode="WaitForFirstConsumer"),
            _class("na-efs", "efs.csi.aws.com"),
            _class("unknown-mode", volumeBindingMode=UNKNOWN),
        ]
    ],
    "k8s-ebs-multi-az-topology": [
        [
            _claim("disk"),
            _mounting("fail-shared", "disk", 2),
            _mounting("pass-single", "disk"),
            _set("fail-no-spread"),
            _set("fail-one-zone", nodeSelector={"topology.kubernetes.io/zone": "eu-west-1a"}, **_SPREAD),
            _set("pass-spread", **_SPREAD),
            _set("pass-one", 1),
            _set("unknown-count", UNKNOWN),
            _set("na-efs", of="shared"),
            workload("na-no-volume"),
        ],
        [
            cluster(),
            subnet("a"),
            subnet("b", "eu-west-1b"),
            group("one", subnetIds=ids("a"), labels={"pool": "one"}),
            group("both", subnetIds=ids("a", "b"), labels={"pool": "both"}),
            _set("fail-compute", nodeSelector={"pool": "one"}, **_SPREAD),
            _set("pass-compute", nodeSelector={"pool": "both"}, **_SPREAD),
            _set("pass-either", **_SPREAD),
        ],
    ],
    "k8s-rwo-deployment-single-replica": [
        [
            _claim("disk", "any"),
            _claim("files", "any", "ReadWriteMany"),
            _mounting("fail-two", "disk", 2, strategy={"type": "Recreate"}),
            _mounting("fail-rolling", "disk"),
            _mounting("pass-recreate", "disk", strategy={"type": "Recreate"}),
            _mounting("pass-no-surge", "disk", strategy={"rollingUpdate": {"maxSurge": 0}}),
            _mounting("na-shared", "files", 3),
            _mounting("unknown-count", "disk", UNKNOWN),
        ]
    ],
    "k8s-ebs-no-read-write-many": [
        [
            _claim("fail-claim", mode="ReadWriteMany"),
            _set("fail-set", mode="ReadWriteMany"),
            _claim("pass-once"),
            _claim("na-other", "efs", "ReadWriteMany"),
            _class("block", parameters={"type": "io2"}),
            _claim("pass-block", "block", "ReadWriteMany", volumeMode="Block"),
            object_(
                "v1:PersistentVolumeClaim", "unknown-modes", spec={"storageClassName": "gp3", "accessModes": UNKNOWN}
            ),
        ]
    ],
    "k8s-storageclass-csi-provisioner": [
        [
            _class("fail-class", "kubernetes.io/aws-ebs"),
            _class("pass-class"),
            _class("unknown-class", UNKNOWN),
            object_("v1:PersistentVolume", "fail-volume", None, spec={"awsElasticBlockStore": {"volumeID": "x"}}),
            object_("v1:PersistentVolume", "pass-volume", None, spec={"csi": {}}),
        ]
    ],
    "k8s-storageclass-gp3": [
        [
            _class("fail-gp2", parameters={"type": "gp2"}, allowVolumeExpansion=True),
            _class("fail-fixed", parameters={"type": "gp3"}),
            _class("pass-gp3", parameters={"type": "gp3"}, allowVolumeExpansion=True),
            _class("na-efs", "efs.csi.aws.com"),
            _class("unknown-parameters", parameters=UNKNOWN),
        ]
    ],
    "k8s-default-storageclass-exists": [
        [cluster(), _claim("fail-claim", None), _set("fail-set", of=None), _claim("na-named")],
        [cluster(), _class("pass-class", metadata=_DEFAULT), _claim("pass-claim", None)],
        [_class("fail-one", metadata=_DEFAULT), _class("fail-two", metadata=_DEFAULT)],
        [
            cluster(),
            addon(
                "driver",
                "aws-ebs-csi-driver",
                configurationValues=json.dumps({"defaultStorageClass": {"enabled": True}}),
            ),
            _claim("pass-by-addon", None),
        ],
        [cluster(), addon("driver", "aws-ebs-csi-driver", configurationValues=UNKNOWN), _claim("unknown-addon", None)],
        [_claim("na-no-cluster", None)],
    ],
    "k8s-statefulset-has-claims": [
        [
            _set("pass-claims"),
            workload("fail-none", "StatefulSet"),
            workload("fail-empty", "StatefulSet", s={"volumeClaimTemplates": []}),
            workload("unknown-claims", "StatefulSet", s={"volumeClaimTemplates": UNKNOWN}),
        ]
    ],
    "k8s-stateful-data-retained": [
        [
            _class("fail-delete"),
            _class("pass-retain", reclaimPolicy="Retain"),
            _class("unknown-policy", reclaimPolicy=UNKNOWN),
            workload(
                "fail-set",
                "StatefulSet",
                s={
                    "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Delete"},
                    "volumeClaimTemplates": [{"spec": {}}],
                },
            ),
            _set("pass-set"),
            workload("na-set", "StatefulSet"),
        ],
        [_class("pass-velero"), chart("velero", "velero")],
        [_class("pass-backup"), aws("backup/selection:Selection", "s")],
    ],
    "automode-storageclass-provisioner": [
        [cluster(**_ON), _class("fail-driver"), _class("pass-auto", _AUTO), _class("na-efs", "efs.csi.aws.com")],
        [cluster(), _class("fail-auto", _AUTO), _class("pass-driver")],
        [cluster(**_ON), group("nodes"), _class("pass-mixed")],
        [cluster(computeConfig=UNKNOWN), _class("unknown-mode")],
        [_class("na-no-cluster", _AUTO)],
    ],
}
