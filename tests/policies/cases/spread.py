"""Cases of the rules about where pods go."""

from typing import Any

from tests.policies.build import UNKNOWN, chart, cluster, group, object_, subnet, workload

_ZONE, _HOST = "topology.kubernetes.io/zone", "kubernetes.io/hostname"


def _many(name: str, count: Any = 3, **pod: Any) -> Any:
    return workload(name, s={"replicas": count}, p=pod)


def _spread(*keys: str, app: str | None = None, **more: Any) -> dict[str, Any]:
    select = {"labelSelector": {"matchLabels": {"app": app}}} if app else {}
    return {"topologySpreadConstraints": [{"topologyKey": key, "maxSkew": 1, **select, **more} for key in keys]}


def _apart(key: str, app: str, kind: str = "requiredDuringSchedulingIgnoredDuringExecution") -> dict[str, Any]:
    term = {"topologyKey": key, "labelSelector": {"matchLabels": {"app": app}}}
    return {"affinity": {"podAntiAffinity": {kind: [term]}}}


def _deployment(name: str, **strategy: Any) -> Any:
    return workload(name, s={"strategy": strategy})


def _tolerates(name: str, kind: str = "Deployment", **toleration: Any) -> Any:
    return workload(name, kind, p={"tolerations": [toleration]})


_PREFERRED = {
    "affinity": {
        "podAntiAffinity": {
            "preferredDuringSchedulingIgnoredDuringExecution": [
                {"weight": 1, "podAffinityTerm": {"topologyKey": _HOST, "labelSelector": {"matchLabels": {"app": "x"}}}}
            ]
        }
    }
}

CASES = {
    "k8s-topology-spread": [
        [
            _many("fail-none"),
            _many("fail-zone-alone", **_spread(_ZONE)),
            _many("pass-both", **_spread(_ZONE, _HOST)),
            _many("pass-apart", **_apart(_HOST, "pass-apart")),
            _many("pass-preferred", **_PREFERRED),
            workload("na-single"),
            _many("unknown-constraints", topologySpreadConstraints=UNKNOWN),
            _many("unknown-count", UNKNOWN),
        ]
    ],
    "k8s-topology-spread-selector-matches": [
        [
            _many("fail-other", **_spread(_ZONE, app="someone")),
            _many("fail-nothing", **_spread(_ZONE)),
            _many("fail-apart", **_apart(_HOST, "someone")),
            _many("pass-own", **_spread(_ZONE, app="pass-own")),
            _many("na-none"),
            workload("na-single", p=_apart(_HOST, "someone")),
            _many("unknown-constraints", topologySpreadConstraints=UNKNOWN),
        ]
    ],
    "k8s-required-spread-satisfiable": [
        [
            subnet("a"),
            subnet("b", "eu-west-1b"),
            _many("fail-three", **_apart(_ZONE, "fail-three")),
            _many("pass-two", 2, **_apart(_ZONE, "pass-two")),
            _many("fail-domains", **_spread(_ZONE, whenUnsatisfiable="DoNotSchedule", minDomains=3)),
            _many("pass-any", **_spread(_ZONE, whenUnsatisfiable="DoNotSchedule")),
            _many("na-loose", **_spread(_ZONE, whenUnsatisfiable="ScheduleAnyway")),
            _many("unknown-constraints", topologySpreadConstraints=UNKNOWN),
        ],
        [cluster(), group("nodes"), _many("fail-hosts", **_spread(_HOST, whenUnsatisfiable="DoNotSchedule"))],
        [cluster(), group("nodes"), chart("ca", "cluster-autoscaler"), _many("pass-hosts", **_spread(_HOST))],
    ],
    "k8s-rolling-update-strategy": [
        [
            _deployment("fail-recreate", type="Recreate"),
            _deployment("fail-all", rollingUpdate={"maxUnavailable": "100%"}),
            _deployment("fail-stuck", rollingUpdate={"maxUnavailable": 0, "maxSurge": 0}),
            _deployment("pass-default"),
            workload(
                "pass-volume",
                s={"strategy": {"type": "Recreate"}},
                p={"volumes": [{"persistentVolumeClaim": {"claimName": "x"}}]},
            ),
            workload("unknown-strategy", s={"strategy": UNKNOWN}),
        ]
    ],
    "k8s-statefulset-min-ready-seconds": [
        [
            workload("fail-unset", "StatefulSet"),
            workload("pass-set", "StatefulSet", s={"minReadySeconds": 10}),
            workload("na-deployment"),
            workload("unknown-seconds", "StatefulSet", s={"minReadySeconds": UNKNOWN}),
        ]
    ],
    "k8s-no-bare-pods": [
        [
            workload("fail-pod", "Pod"),
            object_("v1:ReplicationController", "fail-controller"),
            workload("fail-set", "ReplicaSet"),
            workload("pass-set", "ReplicaSet", m={"ownerReferences": [{"kind": "Deployment", "name": "web"}]}),
            workload("fail-debug", "Pod"),
            workload("pass-owned", "Pod", m={"ownerReferences": [{"kind": "ReplicaSet", "name": "web"}]}),
        ],
        [{"allow": ["pass-once"]}, workload("pass-once", "Pod")],
    ],
    "k8s-no-tolerate-all": [
        [
            _tolerates("fail-all", operator="Exists"),
            _tolerates("pass-key", operator="Exists", key="gpu"),
            _tolerates("na-daemon", "DaemonSet", operator="Exists"),
            workload("unknown-tolerations", p={"tolerations": UNKNOWN}),
        ]
    ],
    "k8s-critical-addons-priority": [
        [
            workload("fail-system", ns="kube-system"),
            workload("pass-system", ns="kube-system", p={"priorityClassName": "system-cluster-critical"}),
            workload("fail-ordinary", p={"priorityClassName": "system-node-critical"}),
            workload("pass-ordinary"),
            workload("unknown-name", p={"priorityClassName": UNKNOWN}),
        ]
    ],
    "k8s-job-guardrails": [
        [
            workload("fail-job", "Job"),
            workload("pass-job", "Job", s={"backoffLimit": 3}),
            workload("fail-cron", "CronJob"),
            object_(
                "batch/v1:CronJob", "pass-cron", spec={"concurrencyPolicy": "Forbid", "startingDeadlineSeconds": 60}
            ),
            object_("batch/v1:CronJob", "unknown-cron", spec={"concurrencyPolicy": UNKNOWN}),
        ]
    ],
    "k8s-selector-matches-template": [
        [
            workload("fail-other", s={"selector": {"matchLabels": {"app": "x"}}}),
            workload("fail-none", s={"selector": {}}),
            workload(
                "fail-version",
                t={"labels": {"helm.sh/chart": "a-1"}},
                s={"selector": {"matchLabels": {"helm.sh/chart": "a-1"}}},
            ),
            workload("pass-own"),
            workload("unknown-selector", s={"selector": UNKNOWN}),
            workload("unknown-label", s={"selector": {"matchLabels": {"app": UNKNOWN}}}),
        ]
    ],
    "k8s-recommended-labels": [
        [workload("na-nothing-agreed")],
        [
            {"required": ["app.kubernetes.io/name", "app.kubernetes.io/part-of"]},
            workload("fail-none"),
            workload("pass-both", m={"labels": {"app.kubernetes.io/name": "a", "app.kubernetes.io/part-of": "b"}}),
            workload("unknown-labels", m={"labels": UNKNOWN}),
        ],
        [{"required": ["owner"]}, workload("pass-owner", m={"labels": {"owner": "a"}})],
    ],
    "k8s-service-links-disabled": [
        [
            {"services": 1},
            object_("v1:Service", "one"),
            object_("v1:Service", "two"),
            workload("fail-unset"),
            workload("pass-off", p={"enableServiceLinks": False}),
            workload("unknown-flag", p={"enableServiceLinks": UNKNOWN}),
            workload("na-elsewhere", ns="other"),
        ]
    ],
}
