"""Cases of the rules about what a cluster reaches."""

from typing import Any

from tests.policies.build import UNKNOWN, aws, cluster, group, ids, subnet

_NET = aws("ec2/vpc:Vpc", "net")
_PRIVATE = {"vpcConfig": {"endpointPublicAccess": False}}
_REGION = "com.amazonaws.eu-west-1."


def _endpoint(name: str, service: Any = None, kind: str = "Interface", dns: bool = True) -> Any:
    given = _REGION + name if service is None else service
    return aws("ec2/vpcEndpoint:VpcEndpoint", name, serviceName=given, vpcEndpointType=kind, privateDnsEnabled=dns)


def _all() -> list[Any]:
    return [
        *(_endpoint(name) for name in ("ec2", "ecr.api", "ecr.dkr", "sts", "eks")),
        _endpoint("s3", kind="Gateway", dns=False),
    ]


_TYPES = {"instanceTypes": ["m5.large"], "subnetIds": ids("a")}

CASES = {
    "vpc-endpoints-for-private-cluster": [
        [_NET, cluster("fail-none", **_PRIVATE)],
        [_NET, cluster("fail-no-dns", **_PRIVATE), *_all()[1:], _endpoint("ec2", dns=False)],
        [_NET, cluster("pass-all", **_PRIVATE), *_all()],
        [
            _NET,
            cluster("pass-region-symbol", **_PRIVATE),
            *_all()[1:],
            _endpoint("ec2", "com.amazonaws.${aws.region}.ec2"),
        ],
        [_NET, cluster("fail-logs", **_PRIVATE, enabledClusterLogTypes=["audit"]), *_all()],
        [_NET, cluster("na-nat", **_PRIVATE), aws("ec2/natGateway:NatGateway", "nat")],
        [_NET, cluster("na-public", vpcConfig={})],
        [cluster("na-existing-vpc", **_PRIVATE)],
        [_NET, cluster("unknown-flag", vpcConfig=UNKNOWN)],
        [_NET, cluster("unknown-endpoint", **_PRIVATE), _endpoint("x", UNKNOWN)],
    ],
    "vpc-pod-ip-capacity": [
        [
            subnet("a", cidr="10.0.0.0/26"),
            group("fail-many", scalingConfig={"maxSize": 10}, **_TYPES),
            group("pass-few", scalingConfig={"maxSize": 2}, **_TYPES),
            group("unknown-size", scalingConfig=UNKNOWN, **_TYPES),
            group("na-existing", scalingConfig={"maxSize": 10}, **{**_TYPES, "subnetIds": ["subnet-1"]}),
        ]
    ],
}
