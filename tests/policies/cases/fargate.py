"""Cases of the rules about Fargate."""

from typing import Any

from tests.policies.build import UNKNOWN, aws, cluster, group, ids, object_, subnet, workload

_REQUESTS = {"resources": {"requests": {"cpu": "500m", "memory": "1Gi"}}}


def _profile(logical: str = "profile", /, selectors: Any = None, **inputs: Any) -> Any:
    chosen = [{"namespace": "shop"}] if selectors is None else selectors
    return aws("eks/fargateProfile:FargateProfile", logical, clusterName="${shop.name}", selectors=chosen, **inputs)


def _needs(key: str, operator: str, *values: str) -> dict[str, Any]:
    terms = [{"matchExpressions": [{"key": key, "operator": operator, "values": list(values)}]}]
    return {
        "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}}
    }


def _daemon(name: str, ns: str = "shop", **parts: Any) -> Any:
    return workload(name, "DaemonSet", ns, **parts)


def _class(name: str, provisioner: str, **inputs: Any) -> Any:
    return object_("storage.k8s.io/v1:StorageClass", name, None, provisioner=provisioner, **inputs)


def _claim(name: str, of: str, **spec: Any) -> Any:
    return object_("v1:PersistentVolumeClaim", name, spec={"storageClassName": of, **spec})


def _mounting(name: str, claim: str) -> Any:
    return workload(name, p={"volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": claim}}]})


def _service(name: str, app: str, kind: str = "ClusterIP", ns: str = "shop", target: str | None = None) -> Any:
    notes = {"annotations": {"service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": target}} if target else {}
    return object_("v1:Service", name, ns, spec={"type": kind, "selector": {"app": app}}, metadata=notes)


def _ingress(name: str, service: str, target: str | None = None, of: str = "alb") -> Any:
    notes = {"annotations": {"alb.ingress.kubernetes.io/target-type": target}} if target else {}
    rules = [{"http": {"paths": [{"backend": {"service": {"name": service}}}]}}]
    return object_("networking.k8s.io/v1:Ingress", name, spec={"ingressClassName": of, "rules": rules}, metadata=notes)


CASES = {
    "fargate-no-daemonset": [
        [
            cluster(),
            _profile(),
            _daemon("fail-here"),
            _daemon("fail-nowhere", "other"),
            _daemon("pass-excluded", p=_needs("eks.amazonaws.com/compute-type", "NotIn", "fargate")),
        ],
        [cluster(), group("nodes"), _profile(), _daemon("pass-nodes", "other")],
        [cluster(), _daemon("na-no-fargate")],
        [cluster(), _profile(selectors=UNKNOWN), _daemon("unknown-selectors")],
    ],
    "fargate-no-custom-ami-or-node-options": [
        [
            cluster(),
            _profile(),
            workload("fail-selector", p={"nodeSelector": {"node.kubernetes.io/instance-type": "m6i.large"}}),
            workload("fail-affinity", p=_needs("karpenter.sh/nodepool", "In", "general")),
            workload("pass-zone", p={"nodeSelector": {"topology.kubernetes.io/zone": "eu-west-1a"}}),
            workload("pass-excluding", p=_needs("karpenter.sh/nodepool", "DoesNotExist")),
            workload("unknown-selector", p={"nodeSelector": UNKNOWN}),
            workload("na-elsewhere", ns="other", p={"nodeSelector": {"node.kubernetes.io/instance-type": "x"}}),
        ]
    ],
    "fargate-no-privileged-or-host-access": [
        [
            cluster(),
            _profile(),
            workload("fail-privileged", c={"securityContext": {"privileged": True}}),
            workload("fail-network", p={"hostNetwork": True}),
            workload("fail-port", c={"ports": [{"hostPort": 80}]}),
            workload("fail-path", p={"volumes": [{"name": "v", "hostPath": {"path": "/"}}]}),
            workload("pass-plain", c={"ports": [{"containerPort": 80}]}),
            workload("unknown-network", p={"hostNetwork": UNKNOWN}),
            workload("na-elsewhere", ns="other", p={"hostNetwork": True}),
        ]
    ],
    "fargate-no-gpu-arm-or-windows": [
        [
            cluster(),
            _profile(),
            workload("fail-gpu", c={"resources": {"limits": {"nvidia.com/gpu": 1}}}),
            workload("fail-arm", p={"nodeSelector": {"kubernetes.io/arch": "arm64"}}),
            workload("fail-windows", p={"nodeSelector": {"kubernetes.io/os": "windows"}}),
            workload("pass-amd", p={"nodeSelector": {"kubernetes.io/arch": "amd64"}}),
            workload("unknown-selector", p={"nodeSelector": UNKNOWN}),
        ]
    ],
    "fargate-no-ebs-or-dynamic-volumes": [
        [
            cluster(),
            _profile(),
            _class("fast", "ebs.csi.aws.com"),
            _class("shared", "efs.csi.aws.com", parameters={"provisioningMode": "efs-ap"}),
            _claim("disk", "fast"),
            _claim("made", "shared"),
            _claim("static", "shared", volumeName="pv-1"),
            _mounting("fail-ebs", "disk"),
            _mounting("fail-efs", "made"),
            _mounting("pass-static-efs", "static"),
            workload(
                "fail-template", "StatefulSet", s={"volumeClaimTemplates": [{"spec": {"storageClassName": "fast"}}]}
            ),
            workload("pass-none"),
            workload("unknown-volumes", p={"volumes": UNKNOWN}),
            workload("na-elsewhere", ns="other"),
        ]
    ],
    "fargate-private-subnets": [
        [
            subnet("open", mapPublicIpOnLaunch=True),
            subnet("closed"),
            _profile("fail-public", subnetIds=ids("open")),
            _profile("pass-private", subnetIds=ids("closed")),
            _profile("unknown-subnets", subnetIds=UNKNOWN),
        ]
    ],
    "fargate-load-balancer-ip-targets": [
        [
            cluster(),
            _profile(),
            workload("app"),
            _service("fail-node-port", "app", "NodePort"),
            _service("fail-nlb", "app", "LoadBalancer"),
            _service("pass-nlb", "app", "LoadBalancer", target="ip"),
            _service("pass-inside", "app"),
            _service("na-elsewhere", "app", "NodePort", "other"),
            _ingress("fail-alb", "pass-inside"),
            _ingress("pass-alb", "pass-inside", "ip"),
            _ingress("na-nginx", "pass-inside", of="nginx"),
            object_("v1:Service", "unknown-selector", spec={"type": "NodePort", "selector": UNKNOWN}),
        ]
    ],
    "fargate-selector-not-catch-all": [
        [
            _profile("fail-all", [{"namespace": "*"}]),
            _profile("fail-many", [{"namespace": str(n)} for n in range(6)]),
            _profile("pass-labels", [{"namespace": "*", "labels": {"on": "fargate"}}]),
            _profile("pass-named"),
            _profile("unknown-selectors", UNKNOWN),
        ]
    ],
    "fargate-requests-set": [
        [
            cluster(),
            _profile(),
            workload("fail-none"),
            workload("fail-large", c={"resources": {"requests": {"cpu": 20, "memory": "1Gi"}}}),
            workload("pass-both", c=_REQUESTS),
            workload("unknown-requests", c={"resources": {"requests": UNKNOWN}}),
            workload("na-elsewhere", ns="other"),
        ]
    ],
    "fargate-job-ttl": [
        [
            cluster(),
            _profile(),
            workload("fail-job", "Job"),
            workload("pass-job", "Job", s={"ttlSecondsAfterFinished": 60}),
            workload("pass-cron", "CronJob"),
            workload("na-elsewhere", "Job", "other"),
        ],
        [cluster(), _profile(selectors=UNKNOWN), workload("unknown-profile", "Job")],
    ],
}
