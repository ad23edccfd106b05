"""Cases of the rules about budgets and replicas."""

from typing import Any

from tests.policies.build import UNKNOWN, object_, workload


def _many(name: str, count: Any = 3, **parts: Any) -> Any:
    return workload(name, s={"replicas": count}, **parts)


def _hpa(target: str, least: Any, kind: str = "Deployment") -> Any:
    ref = {"kind": kind, "name": target}
    return object_(
        "autoscaling/v2:HorizontalPodAutoscaler", f"h-{target}", spec={"scaleTargetRef": ref, "minReplicas": least}
    )


def _pdb(name: str, app: Any = None, ns: str = "shop", **spec: Any) -> Any:
    selector = {"matchLabels": {"app": app}} if app is not None else {}
    return object_("policy/v1:PodDisruptionBudget", name, ns, spec={"selector": selector, **spec})


CASES = {
    "k8s-replicas-min-two": [
        [
            workload("fail-unset"),
            _many("fail-one", 1),
            _many("pass-two", 2),
            _many("pass-off", 0),
            workload("pass-scaled"),
            _hpa("pass-scaled", 2),
            workload("fail-scaled-to-one"),
            _hpa("fail-scaled-to-one", 1),
            _many("unknown-count", UNKNOWN),
        ]
    ],
    "k8s-pdb-required": [
        [
            _many("fail-none"),
            _many("fail-other-namespace"),
            _pdb("b", "fail-other-namespace", "other"),
            _many("pass-covered"),
            _pdb("c", "pass-covered"),
            workload("na-single"),
            workload("fail-scaled"),
            _hpa("fail-scaled", 2),
            _many("unknown-count", UNKNOWN),
        ],
        [_many("unknown-budget"), object_("policy/v1:PodDisruptionBudget", "b", spec={"selector": UNKNOWN})],
        [_many("unknown-label"), _pdb("b", "${b.name}")],
        [
            object_("v1:Namespace", "ns", None),
            _many("pass-symbol", ns="${ns.metadata.name}"),
            _pdb("b", "pass-symbol", "ns"),
        ],
    ],
    "k8s-pdb-allows-disruption": [
        [
            _pdb("fail-zero", "a", maxUnavailable=0),
            _pdb("fail-percent", "a", maxUnavailable="0%"),
            _pdb("fail-all", "a", minAvailable="100%"),
            _pdb("pass-one", "a", maxUnavailable=1),
            _many("three"),
            _pdb("fail-three", "three", minAvailable=3),
            _pdb("fail-rounded-up", "three", minAvailable="67%"),
            _pdb("pass-two", "three", minAvailable=2),
            workload("single"),
            _pdb("fail-single", "single", minAvailable=1),
            _pdb("unknown-count", "a", maxUnavailable=UNKNOWN),
        ]
    ],
    "k8s-pdb-single-per-pod": [
        [
            _many("app"),
            _many("web"),
            _pdb("fail-first", "app"),
            _pdb("fail-second", "app"),
            _pdb("pass-alone", "web"),
            _pdb("unknown-selector", None, selector=UNKNOWN),
        ],
        [_pdb("fail-everything")],
    ],
    "k8s-pdb-not-dangling": [
        [
            workload("app"),
            _pdb("fail-typo", "ap"),
            _pdb("pass-found", "app"),
            _pdb("unknown-selector", None, selector=UNKNOWN),
            _pdb("na-elsewhere", "x", "other"),
        ]
    ],
    "k8s-pdb-unhealthy-eviction": [
        [
            _pdb("fail-unset", "a"),
            _pdb("pass-always", "a", unhealthyPodEvictionPolicy="AlwaysAllow"),
            _pdb("unknown-policy", "a", unhealthyPodEvictionPolicy=UNKNOWN),
        ]
    ],
}
