"""Cases of the rules about node classes."""

from typing import Any

from tests.policies.build import UNKNOWN, aws, cluster, object_, subnet
from tests.policies.cases.karpenter_pools import pool, req

_TERMS = {
    "role": "nodes",
    "subnetSelectorTerms": [{"tags": {"karpenter.sh/discovery": "shop"}}],
    "securityGroupSelectorTerms": [{"tags": {"karpenter.sh/discovery": "shop"}}],
    "amiSelectorTerms": [{"alias": "al2023@v20261101"}],
}
_REF = {"nodeClassRef": {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "default"}}
_AUTO_REF = {"nodeClassRef": {"group": "eks.amazonaws.com", "kind": "NodeClass", "name": "default"}}


def _class(name: str, **spec: Any) -> Any:
    given = {key: value for key, value in {**_TERMS, **spec}.items() if value is not None}
    return object_("karpenter.k8s.aws/v1:EC2NodeClass", name, None, spec=given)


def _auto_class(name: str, **spec: Any) -> Any:
    return object_("eks.amazonaws.com/v1:NodeClass", name, None, spec=spec)


def _ref(**changes: Any) -> dict[str, Any]:
    found = {**_REF["nodeClassRef"], **changes}
    return {"nodeClassRef": {key: value for key, value in found.items() if value is not None}}


def _ami(logical: str, /, **term: Any) -> Any:
    return _class(logical, amiSelectorTerms=[term])


def _device(**ebs: Any) -> list[dict[str, Any]]:
    return [{"deviceName": "/dev/xvda", "ebs": {"volumeSize": "20Gi", **ebs}}]


_POLICY = object_("networking.k8s.io/v1:NetworkPolicy", "np", spec={})

CASES = {
    "karpenter-api-v1-only": [
        [
            object_("karpenter.sh/v1alpha5:Provisioner", "fail-provisioner", None),
            object_("karpenter.sh/v1beta1:NodePool", "fail-pool", None),
            object_("karpenter.k8s.aws/v1beta1:EC2NodeClass", "fail-class", None),
            pool("pass-pool"),
        ]
    ],
    "karpenter-ami-alias-pinned": [
        [
            _ami("fail-latest", alias="al2023@latest"),
            _ami("fail-tags", tags={"team": "a"}),
            _ami("fail-name", name="image-*"),
            _ami("pass-pinned", alias="bottlerocket@v1.44.0"),
            _ami("pass-id", id="ami-0123456789abcdef0"),
            _ami("pass-windows", alias="windows2022@latest"),
            _class("unknown-terms", amiSelectorTerms=UNKNOWN),
        ]
    ],
    "karpenter-nodeclassref-valid": [
        [
            _class("general"),
            pool("pass-found", t=_ref(name="general")),
            pool("pass-external", t=_REF),
            pool("pass-symbol", t=_ref(name="${general.metadata.name}")),
            pool("fail-typo", t=_ref(name="genral")),
            pool("fail-group", t=_ref(group=None)),
            pool("fail-kind", t=_ref(kind="NodeClass")),
            pool("unknown-ref", t={"nodeClassRef": UNKNOWN}),
        ]
    ],
    "karpenter-nodepool-schema-valid": [
        [
            pool("pass-minimal"),
            pool("pass-numbers", req("karpenter.k8s.aws/instance-cpu", "4", operator="Gt"), weight=10),
            pool("fail-in", req("kubernetes.io/arch")),
            pool("fail-number", req("karpenter.k8s.aws/instance-cpu", 4, operator="Gt")),
            pool("fail-two-numbers", req("karpenter.k8s.aws/instance-cpu", "4", "8", operator="Lt")),
            pool("fail-min-values", req("kubernetes.io/arch", "amd64", minValues=2)),
            pool("fail-disruption", disruption={"budgets": [{"nodes": "10%"}]}),
            pool("fail-static-weight", replicas=3, weight=10),
            pool("fail-static-limits", replicas=3, limits={"cpu": 10}),
            pool("fail-weight", weight=101),
            pool("unknown-weight", weight=UNKNOWN),
            object_("karpenter.sh/v1:NodePool", "fail-no-requirements", None, spec={"template": {"spec": {}}}),
            _class("pass-class"),
            _class("fail-two-roles", instanceProfile="x"),
            _class("fail-no-role", role=None),
            _class("fail-no-subnets", subnetSelectorTerms=[]),
            _class("fail-alias-and-name", amiSelectorTerms=[{"alias": "al2023@latest", "name": "x"}]),
            _class("fail-no-family", amiSelectorTerms=[{"id": "ami-1"}]),
            _class("fail-tag", tags={"karpenter.sh/nodepool": "x"}),
            _class("unknown-tags", tags=UNKNOWN),
        ]
    ],
    "karpenter-nodeclass-imds": [
        [
            _class("fail-tokens", metadataOptions={"httpTokens": "optional"}),
            _class("fail-hops", metadataOptions={"httpPutResponseHopLimit": 2}),
            _class("fail-off", metadataOptions={"httpEndpoint": "disabled"}),
            _class("pass-default"),
            _class("unknown-options", metadataOptions=UNKNOWN),
        ]
    ],
    "karpenter-nodeclass-volumes-encrypted": [
        [
            _class("fail-plain", blockDeviceMappings=_device()),
            _class("pass-default"),
            _class("pass-encrypted", blockDeviceMappings=_device(encrypted=True)),
            _class("unknown-devices", blockDeviceMappings=UNKNOWN),
        ]
    ],
    "karpenter-nodeclass-no-public-ip": [
        [
            _class("fail-flag", associatePublicIPAddress=True),
            _class("pass-unset"),
            _class("unknown-flag", associatePublicIPAddress=UNKNOWN),
            _auto_class("fail-auto", advancedNetworking={"associatePublicIPAddress": True}),
        ],
        [subnet("a", mapPublicIpOnLaunch=True, tags={"karpenter.sh/discovery": "shop"}), _class("fail-subnet")],
    ],
    "karpenter-nodeclass-selectors-scoped": [
        [
            _class("fail-wildcard", subnetSelectorTerms=[{"tags": {"Name": "*"}}]),
            _class("pass-tag"),
            _class("pass-one-more", subnetSelectorTerms=[{"tags": {"Name": "*", "cluster": "shop"}}]),
            _class("pass-id", subnetSelectorTerms=[{"id": "subnet-1"}]),
            _class("unknown-terms", subnetSelectorTerms=UNKNOWN),
        ]
    ],
    "karpenter-discovery-tags-exist": [
        [
            subnet("a", tags={"karpenter.sh/discovery": "shop"}),
            _class("pass-found"),
            _class("fail-other", subnetSelectorTerms=[{"tags": {"karpenter.sh/discovery": "other"}}]),
            _class("na-by-id", subnetSelectorTerms=[{"id": "subnet-1"}]),
            _class("unknown-terms", subnetSelectorTerms=UNKNOWN),
        ],
        [_class("na-existing-network")],
        [
            aws("ec2/securityGroup:SecurityGroup", "sg", tags={"a": "b"}),
            _class("fail-group"),
            _class("na-of-eks", securityGroupSelectorTerms=[{"tags": {"aws:eks:cluster-name": "shop"}}]),
        ],
    ],
    "karpenter-nodeclass-not-al2": [
        [cluster(version="1.33"), _ami("fail-alias", alias="al2@latest"), _ami("pass-2023", alias="al2023@latest")],
        [_class("fail-family", amiFamily="AL2"), _class("unknown-terms", amiSelectorTerms=UNKNOWN)],
    ],
    "automode-nodepool-labels-supported": [
        [
            pool("fail-foreign", req("karpenter.k8s.aws/instance-category", "m"), t=_AUTO_REF),
            pool("fail-os", req("kubernetes.io/os", "linux"), t=_AUTO_REF),
            pool("fail-reverse", req("eks.amazonaws.com/instance-category", "m"), t=_REF),
            pool("pass-auto", req("eks.amazonaws.com/instance-category", "m"), t=_AUTO_REF),
            pool("pass-own", req("karpenter.k8s.aws/instance-category", "m"), t=_REF),
            pool("unknown-ref", t={"nodeClassRef": UNKNOWN}),
        ]
    ],
    "automode-nodeclass-network-policy": [
        [
            _POLICY,
            _auto_class("fail-unset"),
            _auto_class("fail-no-logs", networkPolicy="DefaultDeny"),
            _auto_class("pass-both", networkPolicy="DefaultAllow", networkPolicyEventLogs="Enabled"),
            _auto_class("unknown-policy", networkPolicy=UNKNOWN),
        ],
        [_auto_class("na-no-policies")],
    ],
}
