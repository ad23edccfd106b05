"""Cases of the rules about choices that are hard to change later."""

from tests.policies.build import UNKNOWN, addon, attach, aws, chart, cluster, group, ids, role, subnet

_AUTO = {
    "computeConfig": {"enabled": True},
    "storageConfig": {"blockStorage": {"enabled": True}},
    "kubernetesNetworkConfig": {"elasticLoadBalancing": {"enabled": True}},
    "bootstrapSelfManagedAddons": False,
    "accessConfig": {"authenticationMode": "API"},
}
_NET = aws("ec2/vpc:Vpc", "net", cidrBlock="10.0.0.0/16")


def _oidc(logical: str, **oidc: object) -> object:
    return aws("eks/identityProviderConfig:IdentityProviderConfig", logical, oidc=oidc)


def _capability(logical: str, **inputs: object) -> object:
    return aws("eks/capability:Capability", logical, **{"deletePropagationPolicy": "RETAIN", **inputs})


CASES = {
    "eks-cluster-subnets-multi-az": [
        [
            subnet("a"),
            subnet("a2"),
            subnet("b", "eu-west-1b"),
            subnet("somewhere", None),
            cluster("fail-one-zone", vpcConfig={"subnetIds": ids("a", "a2")}),
            cluster("fail-one-subnet", vpcConfig={"subnetIds": ["subnet-1"]}),
            cluster("pass-two-zones", vpcConfig={"subnetIds": ids("a", "b")}),
            cluster("pass-existing", vpcConfig={"subnetIds": ["subnet-1", "subnet-2"]}),
            cluster("pass-zone-unknown", vpcConfig={"subnetIds": ids("a", "somewhere")}),
            cluster("unknown-subnets", vpcConfig={"subnetIds": UNKNOWN}),
        ]
    ],
    "eks-cluster-subnets-ip-headroom": [
        [
            subnet("tiny", cidr="10.0.0.0/29"),
            subnet("small", cidr="10.0.0.0/28"),
            cluster("fail-tiny", vpcConfig={"subnetIds": ids("tiny", "small")}),
            cluster("pass-small", vpcConfig={"subnetIds": ids("small")}),
            cluster("unknown-subnets", vpcConfig={"subnetIds": UNKNOWN}),
        ]
    ],
    "eks-cluster-dedicated-subnets": [
        [
            subnet("a"),
            subnet("b"),
            cluster("fail-shared", vpcConfig={"subnetIds": ids("a")}),
            group("nodes", "${fail-shared.name}", subnetIds=ids("a", "b")),
            cluster("pass-own", vpcConfig={"subnetIds": ids("a")}),
            group("others", "${pass-own.name}", subnetIds=ids("b")),
            cluster("unknown-subnets", vpcConfig={"subnetIds": UNKNOWN}),
        ]
    ],
    "eks-service-cidr-no-overlap": [
        [
            _NET,
            subnet("a"),
            aws(
                "ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation",
                "more",
                vpcId="${net.id}",
                cidrBlock="100.64.0.0/16",
            ),
            cluster(
                "fail-vpc",
                vpcConfig={"subnetIds": ids("a")},
                kubernetesNetworkConfig={"serviceIpv4Cidr": "10.0.128.0/20"},
            ),
            cluster(
                "fail-secondary",
                vpcConfig={"subnetIds": ids("a")},
                kubernetesNetworkConfig={"serviceIpv4Cidr": "100.64.0.0/20"},
            ),
            cluster(
                "fail-remote",
                kubernetesNetworkConfig={"serviceIpv4Cidr": "172.20.0.0/16"},
                remoteNetworkConfig={"remoteNodeNetworks": [{"cidrs": ["172.20.4.0/24"]}]},
            ),
            cluster(
                "pass-apart",
                vpcConfig={"subnetIds": ids("a")},
                kubernetesNetworkConfig={"serviceIpv4Cidr": "172.20.0.0/16"},
            ),
            cluster("na-unset", vpcConfig={"subnetIds": ids("a")}),
            cluster("unknown-range", kubernetesNetworkConfig={"serviceIpv4Cidr": UNKNOWN}),
        ]
    ],
    "eks-zonal-shift-enabled": [
        [
            cluster("fail-unset"),
            cluster("pass-on", zonalShiftConfig={"enabled": True}),
            cluster("unknown-config", zonalShiftConfig=UNKNOWN),
        ]
    ],
    "eks-auto-mode-flags-consistent": [
        [
            cluster("pass-off"),
            cluster("pass-on", **_AUTO),
            cluster("fail-compute-alone", computeConfig={"enabled": True}),
            cluster("fail-no-storage", **{**_AUTO, "storageConfig": {}}),
            cluster("fail-own-addons", **{**_AUTO, "bootstrapSelfManagedAddons": True}),
            cluster("fail-config-map", **{**_AUTO, "accessConfig": {"authenticationMode": "CONFIG_MAP"}}),
            cluster("unknown-compute", **{**_AUTO, "computeConfig": UNKNOWN}),
        ]
    ],
    "eks-auto-mode-node-role-set": [
        [
            cluster("fail-no-role", computeConfig={"enabled": True, "nodePools": ["system"]}),
            cluster("fail-strange", computeConfig={"nodePools": ["gpu"], "nodeRoleArn": "${role.arn}"}),
            cluster("pass-role", computeConfig={"nodePools": ["system"], "nodeRoleArn": "${role.arn}"}),
            cluster("na-no-pools", computeConfig={"enabled": True}),
            cluster("unknown-pools", computeConfig={"nodePools": UNKNOWN}),
        ]
    ],
    "eks-auto-mode-no-duplicate-controllers": [
        [
            cluster(**_AUTO),
            addon("fail-cni", "vpc-cni"),
            addon("pass-metrics", "metrics-server"),
            chart("fail-karpenter", "oci://public.ecr.aws/karpenter/karpenter"),
            chart("pass-chart", "external-dns"),
        ],
        [cluster(**_AUTO), group("nodes"), addon("pass-for-nodes", "vpc-cni")],
        [cluster(**_AUTO), {"migration": True}, chart("pass-migrating", "karpenter")],
        [cluster(), addon("na-no-auto", "vpc-cni")],
        [cluster(computeConfig=UNKNOWN), addon("unknown-mode", "vpc-cni")],
    ],
    "eks-cluster-role-separate": [
        [
            role("control"),
            role("nodes"),
            cluster(roleArn="${control.arn}"),
            group("fail-shared", nodeRoleArn="${control.arn}"),
            group("pass-own", nodeRoleArn="${nodes.arn}"),
            group("unknown-role", nodeRoleArn=UNKNOWN),
            aws(
                "eks/fargateProfile:FargateProfile",
                "fail-fargate",
                clusterName="${shop.name}",
                podExecutionRoleArn="${control.arn}",
            ),
        ]
    ],
    "eks-cluster-role-least-privilege": [
        [
            role("control"),
            role("na-other", managedPolicyArns=["arn:aws:iam::aws:policy/AdministratorAccess"]),
            cluster(roleArn="${control.arn}"),
            attach("pass-cluster", "control", "AmazonEKSClusterPolicy"),
            attach("fail-admin", "control", "AdministratorAccess"),
            aws(
                "iam/rolePolicyAttachment:RolePolicyAttachment",
                "unknown-policy",
                role="${control.name}",
                policyArn=UNKNOWN,
            ),
        ],
        [
            {"extra": ["Logs"]},
            role("fail-inline", managedPolicyArns=["arn:aws:iam::aws:policy/AmazonS3FullAccess"]),
            cluster(roleArn="${fail-inline.arn}"),
            attach("pass-extra", "fail-inline", "arn:aws:iam::111122223333:policy/Logs"),
        ],
    ],
    "eks-oidc-identity-provider-prefixed": [
        [
            _oidc("fail-none", issuerUrl="https://id.example.com"),
            _oidc("fail-system", usernamePrefix="system:", groupsPrefix="oidc:", issuerUrl="https://id"),
            _oidc("fail-http", usernamePrefix="oidc:", groupsPrefix="oidc:", issuerUrl="http://id"),
            _oidc("pass-both", usernamePrefix="oidc:", groupsPrefix="oidc:", issuerUrl="https://id"),
            _oidc("unknown-prefix", usernamePrefix=UNKNOWN, groupsPrefix="oidc:", issuerUrl="https://id"),
        ]
    ],
    "eks-capability-locked-down": [
        [
            role("wide"),
            attach("wide", "wide", "AdministratorAccess"),
            role("narrow"),
            _capability("fail-admin", type="ACK", roleArn="${wide.arn}"),
            _capability("fail-deletes", type="ACK", roleArn="${narrow.arn}", deletePropagationPolicy="DELETE"),
            _capability("fail-public", type="ARGOCD", roleArn="${narrow.arn}"),
            _capability("pass-ack", type="ACK", roleArn="${narrow.arn}"),
            _capability(
                "pass-argo",
                type="ARGOCD",
                roleArn="${narrow.arn}",
                configuration={"argoCd": {"networkAccess": {"vpceIds": ["vpce-1"]}}},
            ),
            _capability("unknown-type", type=UNKNOWN, roleArn="${narrow.arn}"),
        ]
    ],
}
