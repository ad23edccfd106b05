"""Cases of the rules about how large pods may become."""

from typing import Any

from tests.policies.build import UNKNOWN, cluster, group, object_, workload


def _vpa(name: str, target: str, mode: Any = "Recreate", **spec: Any) -> Any:
    given = {"targetRef": {"kind": "Deployment", "name": target}, "updatePolicy": {"updateMode": mode}, **spec}
    return object_("autoscaling.k8s.io/v1:VerticalPodAutoscaler", name, spec=given)


def _most(*others: tuple[str, str], **amounts: str) -> dict[str, Any]:
    policies = [{"containerName": "*", "maxAllowed": amounts}, *({"containerName": n, "mode": m} for n, m in others)]
    return {"resourcePolicy": {"containerPolicies": policies}}


def _hook(name: str, *, resources: Any = ("pods",), operations: Any = ("CREATE",), **hook: Any) -> Any:
    rule = {"operations": list(operations), "apiGroups": [""], "apiVersions": ["v1"], "resources": list(resources)}
    kind = "admissionregistration.k8s.io/v1:MutatingWebhookConfiguration"
    return object_(kind, name, None, webhooks=[{"name": "h", "rules": [rule], **hook}])


_MESHED = {"matchLabels": {"mesh": "on"}}

CASES = {
    "k8s-vpa-few-webhooks": [
        [
            object_("v1:Namespace", "shop", None, metadata={"name": "shop", "labels": {"mesh": "on"}}),
            workload("a"),
            _vpa("fail-three", "a"),
            _vpa("na-off", "a", "Off"),
            _vpa("na-elsewhere", "b"),
            _hook("vpa-webhook-config"),
            _hook("first"),
            _hook("second", resources=["*"], operations=["*"]),
            _hook("third", namespaceSelector=_MESHED),
        ],
        [
            workload("a"),
            _vpa("pass-others-are-not-asked", "a"),
            _hook("first"),
            _hook("second"),
            _hook("claims", resources=["persistentvolumeclaims"]),
            _hook("deletions", operations=["DELETE"]),
            _hook("elsewhere", namespaceSelector=_MESHED),
            _hook("others", objectSelector=_MESHED),
        ],
        [{"most": 0}, workload("a"), _vpa("fail-none", "a"), _hook("first")],
        [{"most": 0}, workload("a"), _vpa("fail-not-known", "a"), _hook("first", objectSelector=UNKNOWN)],
    ],
    "k8s-vpa-fits-nodes": [
        [
            cluster(),
            group("small", amiType="AL2023_x86_64_STANDARD", instanceTypes=["m5.large"]),
            workload("a", s={"replicas": 3}),
            _vpa("fail-cpu", "a", **_most(cpu="2", memory="1Gi")),
            _vpa("fail-memory", "a", **_most(memory="9Gi")),
            _vpa("pass-fits", "a", **_most(cpu="1500m", memory="4Gi")),
            _vpa("na-no-bounds", "a"),
            _vpa("na-off", "a", "Off", **_most(cpu="64")),
            _vpa("na-elsewhere", "b", **_most(cpu="64")),
            _vpa("unknown-mode", "a", UNKNOWN, **_most(cpu="64")),
            workload("two", more=[{"name": "proxy", "image": "a:1", "resources": {"requests": {"cpu": "500m"}}}]),
            _vpa("fail-together", "two", **_most(cpu="1")),
            _vpa("pass-one-off", "two", **_most(("proxy", "Off"), cpu="1")),
        ],
        [
            cluster(),
            group("small", amiType="AL2023_x86_64_STANDARD", instanceTypes=["m5.large"]),
            group("large", amiType="AL2023_x86_64_STANDARD", instanceTypes=["m5.4xlarge"]),
            workload("a"),
            _vpa("pass-the-larger", "a", **_most(cpu="8", memory="32Gi")),
        ],
        [
            object_("v1:ResourceQuota", "all", spec={"hard": {"requests.cpu": "5", "memory": "4Gi"}}),
            object_("v1:ResourceQuota", "others", "other", spec={"hard": {"requests.cpu": "1"}}),
            workload("a", s={"replicas": 3}),
            _vpa("fail-quota", "a", **_most(cpu="2")),
            _vpa("fail-memory", "a", **_most(memory="2Gi")),
            _vpa("pass-quota", "a", **_most(cpu="1500m", memory="1Gi")),
        ],
    ],
}
