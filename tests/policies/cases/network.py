"""Cases of the rules about networks."""

from typing import Any

from tests.policies.build import UNKNOWN, aws, cluster, group, ids, subnet

_NET = aws("ec2/vpc:Vpc", "net", cidrBlock="10.0.0.0/16")


def _vpc(logical: str, /, **inputs: Any) -> Any:
    return aws("ec2/vpc:Vpc", logical, cidrBlock="10.0.0.0/16", **inputs)


def _log(logical: str, vpc: str, kind: Any = "ALL") -> Any:
    return aws("ec2/flowLog:FlowLog", logical, vpcId=f"${{{vpc}.id}}", trafficType=kind)


def _default(logical: str, vpc: str, **inputs: Any) -> Any:
    return aws("ec2/defaultSecurityGroup:DefaultSecurityGroup", logical, vpcId=f"${{{vpc}.id}}", **inputs)


def _in(first: int, last: int, *cidrs: Any, protocol: str = "tcp") -> dict[str, Any]:
    return {"protocol": protocol, "fromPort": first, "toPort": last, "cidrBlocks": list(cidrs)}


def _sg(logical: str, /, *ingress: dict[str, Any], **inputs: Any) -> Any:
    return aws("ec2/securityGroup:SecurityGroup", logical, ingress=list(ingress), **inputs)


def _rule(logical: str, of: str = "sg-1", /, **inputs: Any) -> Any:
    return aws("ec2/securityGroupRule:SecurityGroupRule", logical, securityGroupId=of, **inputs)


def _ingress_rule(logical: str, /, **inputs: Any) -> Any:
    return aws("vpc/securityGroupIngressRule:SecurityGroupIngressRule", logical, ipProtocol="tcp", **inputs)


def _feature(logical: str, name: Any, status: str = "ENABLED", **inputs: Any) -> Any:
    return aws("guardduty/detectorFeature:DetectorFeature", logical, **{"name": name, "status": status, **inputs})


_NODES = [{"name": "EKS_ADDON_MANAGEMENT", "status": "ENABLED"}]

CASES = {
    "guardduty-eks-protection": [
        [
            _feature("fail-off", "EKS_AUDIT_LOGS", "DISABLED"),
            _feature("fail-no-agent", "RUNTIME_MONITORING"),
            _feature("pass-logs", "EKS_AUDIT_LOGS"),
            _feature("pass-agent", "RUNTIME_MONITORING", additionalConfigurations=_NODES),
            _feature("na-other", "S3_DATA_EVENTS", "DISABLED"),
            _feature("unknown-name", UNKNOWN),
        ]
    ],
    "vpc-flow-logs-enabled": [
        [
            _vpc("fail-none"),
            _vpc("fail-accepted-alone"),
            _log("b", "fail-accepted-alone", "ACCEPT"),
            _vpc("pass-all"),
            _log("c", "pass-all"),
            _vpc("unknown-kind"),
            _log("d", "unknown-kind", UNKNOWN),
        ]
    ],
    "vpc-default-sg-closed": [
        [
            _vpc("fail-none"),
            _vpc("fail-rules"),
            _default("b", "fail-rules", egress=[_in(0, 0, "0.0.0.0/0")]),
            _vpc("pass-closed"),
            _default("c", "pass-closed"),
            _vpc("unknown-rules"),
            _default("d", "unknown-rules", ingress=UNKNOWN),
        ]
    ],
    "vpc-dns-enabled": [
        [
            _vpc("fail-hostnames"),
            _vpc("fail-support", enableDnsSupport=False, enableDnsHostnames=True),
            _vpc("pass-both", enableDnsHostnames=True),
            _vpc("unknown-flag", enableDnsHostnames=UNKNOWN),
        ]
    ],
    "subnet-no-auto-public-ip": [
        [
            subnet("fail-public", mapPublicIpOnLaunch=True),
            subnet("pass-for-load-balancers", mapPublicIpOnLaunch=True, tags={"kubernetes.io/role/elb": "1"}),
            subnet("pass-private"),
            subnet("unknown-flag", mapPublicIpOnLaunch=UNKNOWN),
        ]
    ],
    "subnet-elb-role-tags": [
        [
            subnet("fail-private"),
            subnet("fail-public", mapPublicIpOnLaunch=True, tags={"kubernetes.io/role/internal-elb": "1"}),
            subnet("pass-private", tags={"kubernetes.io/role/internal-elb": "1"}),
            subnet("pass-public", mapPublicIpOnLaunch=True, tags={"kubernetes.io/role/elb": 1}),
            subnet("unknown-tags", tags=UNKNOWN),
            subnet("na-unused"),
            cluster(
                vpcConfig={
                    "subnetIds": ids("fail-private", "fail-public", "pass-private", "pass-public", "unknown-tags")
                }
            ),
        ]
    ],
    "nat-gateway-per-az": [
        [
            _vpc("net"),
            _vpc("fail-one"),
            subnet("pub-a", vpcId="${fail-one.id}", mapPublicIpOnLaunch=True),
            subnet("a", vpcId="${fail-one.id}"),
            subnet("b", "eu-west-1b", vpcId="${fail-one.id}"),
            aws("ec2/natGateway:NatGateway", "nat", subnetId="${pub-a.id}"),
            group("nodes", subnetIds=ids("a", "b")),
        ],
        [
            _vpc("pass-each"),
            subnet("pub-a", vpcId="${pass-each.id}", mapPublicIpOnLaunch=True),
            subnet("a", vpcId="${pass-each.id}"),
            aws("ec2/natGateway:NatGateway", "nat", subnetId="${pub-a.id}"),
            group("nodes", subnetIds=ids("a")),
        ],
        [_vpc("na-none")],
        [_vpc("na-regional"), aws("ec2/natGateway:NatGateway", "nat", availabilityMode="regional")],
        [_vpc("unknown-mode"), aws("ec2/natGateway:NatGateway", "nat", availabilityMode=UNKNOWN)],
    ],
    "sg-no-open-admin-ports": [
        [
            _sg("fail-ssh", _in(22, 22, "0.0.0.0/0")),
            _sg("fail-range", _in(20, 8000, "10.0.0.0/8", "0.0.0.0/0")),
            _sg("fail-everything", {"protocol": "-1", "fromPort": 0, "toPort": 0, "ipv6CidrBlocks": ["::/0"]}),
            _sg("pass-https", _in(443, 443, "0.0.0.0/0")),
            _sg("pass-inside", _in(22, 22, "10.0.0.0/8")),
            _sg("unknown-cidr", _in(22, 22, UNKNOWN)),
            _sg("pass-ping", _in(-1, -1, "0.0.0.0/0", protocol="icmp")),
            _rule("fail-rule", type="ingress", **_in(10250, 10250, "0.0.0.0/0")),
            _rule("pass-egress", type="egress", **_in(0, 65535, "0.0.0.0/0")),
            _ingress_rule("fail-ingress-rule", fromPort=6443, toPort=6443, cidrIpv4="0.0.0.0/0"),
            _ingress_rule("pass-group", fromPort=6443, toPort=6443, referencedSecurityGroupId="sg-1"),
        ]
    ],
    "sg-nodes-no-public-nodeport": [
        [
            cluster(vpcConfig={"securityGroupIds": ids("fail-group")}),
            aws(
                "ec2/launchTemplate:LaunchTemplate",
                "lt",
                vpcSecurityGroupIds=ids("nodes"),
                networkInterfaces=[{"securityGroups": ids("pass-group", "unknown-cidr")}],
            ),
            _sg("fail-group", _in(30000, 32767, "0.0.0.0/0")),
            _sg("nodes"),
            _sg("pass-group", _in(443, 443, "0.0.0.0/0")),
            _sg("unknown-cidr", _in(0, 65535, UNKNOWN)),
            _sg("na-other", _in(30000, 32767, "0.0.0.0/0")),
            _rule("fail-rule", "${nodes.id}", type="ingress", **_in(30080, 30080, "0.0.0.0/0")),
            _sg("fail-halves", _in(30000, 32767, "0.0.0.0/1"), _in(30000, 32767, "128.0.0.0/1")),
            aws("ec2/launchTemplate:LaunchTemplate", "halves", vpcSecurityGroupIds=ids("fail-halves", "quarters")),
            _sg("quarters"),
            _rule("fail-quarter", "${quarters.id}", type="ingress", **_in(30080, 30080, "64.0.0.0/2")),
            _ingress_rule(
                "fail-other-quarter", securityGroupId="${quarters.id}", fromPort=1, toPort=65535, cidrIpv4="0.0.0.0/2"
            ),
            _rule("pass-quarter", "${quarters.id}", type="ingress", **_in(443, 443, "128.0.0.0/2")),
            _ingress_rule(
                "pass-inside", securityGroupId="${nodes.id}", fromPort=30080, toPort=30080, cidrIpv4="10.0.0.0/8"
            ),
        ]
    ],
}
