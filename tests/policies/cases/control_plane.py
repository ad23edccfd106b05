"""Cases of the rules about the control plane."""

from tests.policies.build import UNKNOWN, aws, cluster, group, res

_TYPES = ["api", "audit", "authenticator", "controllerManager", "scheduler"]


def _group(logical: str, /, **inputs: object) -> object:
    return aws("cloudwatch/logGroup:LogGroup", logical, **inputs)


CASES = {
    "eks-endpoint-not-open-to-internet": [
        [
            cluster("fail-unset", vpcConfig={}),
            cluster("fail-no-cidrs", vpcConfig={"endpointPublicAccess": True, "publicAccessCidrs": []}),
            cluster("fail-anywhere", vpcConfig={"publicAccessCidrs": ["198.51.100.0/24", "0.0.0.0/0"]}),
            cluster("fail-anywhere-v6", vpcConfig={"publicAccessCidrs": ["::/0"]}),
            cluster("fail-halves", vpcConfig={"publicAccessCidrs": ["0.0.0.0/1", "128.0.0.0/1"]}),
            cluster("fail-half-v6", vpcConfig={"publicAccessCidrs": ["2000::/4"]}),
            cluster("fail-beside-unknown", vpcConfig={"publicAccessCidrs": [UNKNOWN, "0.0.0.0/0"]}),
            cluster("pass-office", vpcConfig={"publicAccessCidrs": ["198.51.100.0/24"]}),
            cluster("pass-private", vpcConfig={"endpointPublicAccess": False}),
            cluster("unknown-cidrs", vpcConfig={"publicAccessCidrs": UNKNOWN}),
            cluster("unknown-one-cidr", vpcConfig={"publicAccessCidrs": ["10.0.0.0/8", "${na-outpost.cidr}"]}),
            cluster("unknown-config", vpcConfig=UNKNOWN),
            cluster("na-outpost", outpostConfig={"outpostArns": ["arn"]}, vpcConfig={}),
            res("eks:index:Cluster", "fail-component", {"version": "1.35"}),
            res("eks:index:Cluster", "pass-component", {"endpointPublicAccess": False}),
            res("eks:index:Cluster", "parent", {"version": "1.35"}),
            res(
                "aws:eks/cluster:Cluster",
                "pass-leaf",
                {"vpcConfig": {"endpointPublicAccess": False}},
                parent="urn:eks:index:Cluster::parent",
            ),
        ]
    ],
    "eks-endpoint-public-disabled": [
        [
            cluster("fail-default", vpcConfig={}),
            cluster("pass-private", vpcConfig={"endpointPublicAccess": False}),
            cluster("unknown-flag", vpcConfig={"endpointPublicAccess": UNKNOWN}),
        ]
    ],
    "eks-endpoint-private-enabled": [
        [
            cluster("fail-default", vpcConfig={}),
            cluster("pass-private", vpcConfig={"endpointPrivateAccess": True}),
            cluster("unknown-flag", vpcConfig={"endpointPrivateAccess": UNKNOWN}),
            res("eks:index:Cluster", "fail-component", {"version": "1.35"}),
        ]
    ],
    "eks-control-plane-audit-logging": [
        [
            cluster("fail-none"),
            cluster("fail-no-audit", enabledClusterLogTypes=["api", "authenticator"]),
            cluster("pass-both", enabledClusterLogTypes=["audit", "authenticator"]),
            cluster("unknown-list", enabledClusterLogTypes=UNKNOWN),
        ]
    ],
    "eks-control-plane-all-logging": [
        [
            cluster("fail-two", enabledClusterLogTypes=["audit", "authenticator"]),
            cluster("pass-all", enabledClusterLogTypes=_TYPES),
            cluster("unknown-list", enabledClusterLogTypes=UNKNOWN),
        ]
    ],
    "eks-log-group-retention": [
        [
            cluster("fail-no-group", enabledClusterLogTypes=["audit"]),
            cluster("fail-forever", enabledClusterLogTypes=["audit"]),
            _group("forever", name="/aws/eks/${fail-forever.name}/cluster", retentionInDays=0),
            cluster("fail-short", name="short", enabledClusterLogTypes=["audit"]),
            _group("short", name="/aws/eks/short/cluster", retentionInDays=30),
            cluster("pass-a-year", name="year", enabledClusterLogTypes=["audit"]),
            _group("year", name="/aws/eks/year/cluster", retentionInDays=365),
            cluster("na-no-logs"),
            cluster("unknown-logs", enabledClusterLogTypes=UNKNOWN),
        ],
        [cluster("unknown-name", enabledClusterLogTypes=["audit"]), _group("any", name=UNKNOWN)],
    ],
    "eks-log-group-kms": [
        [
            _group("fail-no-key", name="/aws/eks/shop/cluster"),
            _group("pass-key", name="/aws/eks/shop/cluster", kmsKeyId="${key.arn}"),
            _group("na-other", name="/app/shop"),
            _group("unknown-name", name=UNKNOWN),
        ]
    ],
    "eks-secrets-encrypted-with-cmk": [
        [
            cluster("fail-none"),
            cluster("fail-no-key", encryptionConfig={"resources": ["secrets"], "provider": {}}),
            cluster("pass-key", encryptionConfig={"resources": ["secrets"], "provider": {"keyArn": "${key.arn}"}}),
            cluster("unknown-config", encryptionConfig=UNKNOWN),
            cluster("na-outpost", outpostConfig={"outpostArns": ["arn"]}),
            res("eks:index:Cluster", "pass-component", {"encryptionConfigKeyArn": "${key.arn}"}),
        ]
    ],
    "eks-version-supported": [
        [
            cluster("fail-ended", version="1.30"),
            cluster("fail-ancient", version="1.18"),
            cluster("pass-standard", version="1.35"),
            cluster("pass-extended", version="1.32"),
            cluster("unknown-newer", version="1.99"),
            cluster("unknown-version", version=UNKNOWN),
            cluster("na-unset"),
            group("fail-nodes", version="1.29"),
            group("pass-nodes", version="1.35"),
        ]
    ],
    "eks-version-standard-support": [
        [
            cluster("fail-extended", version="1.32"),
            cluster("pass-standard", version="1.35"),
            cluster("unknown-version", version=UNKNOWN),
            cluster("na-unset"),
        ]
    ],
    "eks-version-end-of-support-near": [
        [
            cluster("fail-in-days", version="1.34"),
            cluster("pass-in-months", version="1.35"),
            cluster("pass-over", version="1.32"),
            cluster("unknown-version", version=UNKNOWN),
        ]
    ],
    "eks-version-explicit": [
        [
            cluster("fail-unset"),
            cluster("fail-loose", version="1"),
            cluster("pass-set", version="1.35"),
            cluster("unknown-version", version=UNKNOWN),
        ]
    ],
    "eks-upgrade-policy-explicit": [
        [
            cluster("fail-unset"),
            cluster("pass-standard", upgradePolicy={"supportType": "STANDARD"}),
            cluster("unknown-policy", upgradePolicy=UNKNOWN),
        ],
        [{"require": "STANDARD"}, cluster("fail-other", upgradePolicy={"supportType": "EXTENDED"})],
    ],
    "eks-force-update-version-off": [
        [
            cluster("fail-cluster", forceUpdateVersion=True),
            group("fail-group", forceUpdateVersion=True),
            group("pass-unset"),
            group("unknown-flag", forceUpdateVersion=UNKNOWN),
            res("eks:index:ManagedNodeGroup", "fail-component", {"forceUpdateVersion": True}),
        ]
    ],
    "eks-authentication-mode-api": [
        [
            cluster("fail-unset"),
            cluster("fail-map", accessConfig={"authenticationMode": "CONFIG_MAP"}),
            cluster("pass-both", accessConfig={"authenticationMode": "API_AND_CONFIG_MAP"}),
            cluster("pass-api", accessConfig={"authenticationMode": "API"}),
            cluster("unknown-mode", accessConfig={"authenticationMode": UNKNOWN}),
            res("eks:index:Cluster", "fail-component", {"version": "1.35"}),
            res("eks:index:Cluster", "pass-component", {"authenticationMode": "API"}),
        ]
    ],
    "eks-no-bootstrap-creator-admin": [
        [
            cluster("fail-unset"),
            cluster("pass-off", accessConfig={"bootstrapClusterCreatorAdminPermissions": False}),
            cluster("unknown-flag", accessConfig={"bootstrapClusterCreatorAdminPermissions": UNKNOWN}),
        ]
    ],
    "eks-deletion-protection": [
        [
            cluster("fail-unset"),
            cluster("pass-flag", deletionProtection=True),
            cluster("pass-option", options={"protect": True}),
            cluster("unknown-flag", deletionProtection=UNKNOWN),
        ]
    ],
}
