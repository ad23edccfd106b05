"""Cases of the rules about versions of the API."""

from typing import Any

from tests.policies.build import UNKNOWN, cluster, object_, workload


def _policy(name: str, block: Any) -> Any:
    return object_("networking.k8s.io/v1:NetworkPolicy", name, spec={"ingress": [{"from": [{"ipBlock": block}]}]})


def _service(name: str, **spec: Any) -> Any:
    return object_("v1:Service", name, spec=spec)


CASES = {
    "k8s-removed-api-version": [
        [
            cluster(version="1.35"),
            object_("networking.k8s.io/v1beta1:Ingress", "fail-ingress"),
            object_("policy/v1beta1:PodDisruptionBudget", "fail-budget"),
            object_("autoscaling/v2beta1:HorizontalPodAutoscaler", "fail-scaler"),
            object_("networking.k8s.io/v1:Ingress", "pass-ingress"),
            object_("example.com/v1beta1:Ingress", "pass-custom"),
        ],
        [cluster(version="1.21"), object_("networking.k8s.io/v1beta1:Ingress", "pass-still-there")],
        [{"kubernetes_version": "1.30"}, object_("networking.k8s.io/v1beta1:Ingress", "fail-param")],
        [object_("networking.k8s.io/v1beta1:Ingress", "unknown-version")],
        [cluster(version=UNKNOWN), object_("networking.k8s.io/v1beta1:Ingress", "unknown-cluster")],
    ],
    "k8s-deprecated-api-version": [
        [
            cluster(version="1.21"),
            object_("networking.k8s.io/v1beta1:Ingress", "fail-soon"),
            object_("networking.k8s.io/v1:Ingress", "pass-current"),
        ],
        [cluster(version="1.35"), object_("networking.k8s.io/v1beta1:Ingress", "pass-told-elsewhere")],
        [object_("networking.k8s.io/v1beta1:Ingress", "unknown-version")],
    ],
    "k8s-no-alpha-api": [
        [
            object_("resource.k8s.io/v1alpha3:ResourceClaim", "fail-alpha"),
            object_("admissionregistration.k8s.io/v1beta9:MutatingAdmissionPolicy", "fail-beta"),
            object_("argoproj.io/v1alpha1:Application", "pass-custom"),
            workload("pass-stable"),
        ]
    ],
    "k8s-canonical-ip-cidr": [
        [
            _policy("fail-host-bits", {"cidr": "10.0.0.5/24"}),
            _policy("fail-except", {"cidr": "10.0.0.0/8", "except": ["10.1.0.1/16"]}),
            _policy("pass-block", {"cidr": "10.0.0.0/24"}),
            _policy("unknown-block", {"cidr": UNKNOWN}),
            _service("fail-zeros", externalIPs=["010.0.0.1"]),
            _service("pass-none", clusterIP="None"),
            _service("pass-ranges", loadBalancerSourceRanges=["198.51.100.0/24"]),
            object_("networking.k8s.io/v1:ServiceCIDR", "fail-range", None, spec={"cidrs": ["10.0.0.1/16"]}),
        ]
    ],
    "k8s-deprecated-annotations-and-labels": [
        [
            workload("fail-annotation", t={"annotations": {"seccomp.security.alpha.kubernetes.io/pod": "x"}}),
            workload("fail-selector", p={"nodeSelector": {"beta.kubernetes.io/arch": "amd64"}}),
            workload("fail-toleration", p={"tolerations": [{"key": "node-role.kubernetes.io/master"}]}),
            workload("pass-current", p={"nodeSelector": {"kubernetes.io/arch": "amd64"}}),
            workload("unknown-selector", p={"nodeSelector": UNKNOWN}),
        ]
    ],
    "k8s-endpoints-api-deprecated": [
        [object_("v1:Endpoints", "fail-endpoints"), object_("discovery.k8s.io/v1:EndpointSlice", "pass-slice")]
    ],
}
