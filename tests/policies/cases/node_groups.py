"""Cases of the rules about node groups."""

from tests.policies.build import UNKNOWN, aws, cluster, group, ids, res, subnet

_META = {"httpTokens": "required", "httpPutResponseHopLimit": 1}


def _template(logical: str, /, **inputs: object) -> object:
    return aws("ec2/launchTemplate:LaunchTemplate", logical, **inputs)


def _asg(logical: str, /, **inputs: object) -> object:
    return aws("autoscaling/group:Group", logical, **inputs)


CASES = {
    "eks-nodegroup-no-open-ssh": [
        [
            group("fail-open", remoteAccess={"ec2SshKey": "ops"}),
            group("pass-groups", remoteAccess={"ec2SshKey": "ops", "sourceSecurityGroupIds": ["sg-1"]}),
            group("pass-none"),
            group("unknown-access", remoteAccess=UNKNOWN),
        ]
    ],
    "eks-nodegroup-no-ssh-key": [
        [
            group("fail-key", remoteAccess={"ec2SshKey": "ops"}),
            group("pass-none"),
            _template("fail-template", keyName="ops"),
            _template("pass-template"),
            group("unknown-access", remoteAccess=UNKNOWN),
        ]
    ],
    "eks-nodegroup-private-subnets": [
        [
            subnet("open", mapPublicIpOnLaunch=True),
            subnet("routed"),
            subnet("inline"),
            subnet("closed"),
            subnet("unsure", mapPublicIpOnLaunch=UNKNOWN),
            aws("ec2/internetGateway:InternetGateway", "igw"),
            aws("ec2/routeTable:RouteTable", "public"),
            aws(
                "ec2/routeTable:RouteTable", "with-route", routes=[{"cidrBlock": "0.0.0.0/0", "gatewayId": "${igw.id}"}]
            ),
            aws("ec2/routeTable:RouteTable", "private"),
            aws(
                "ec2/route:Route",
                "out",
                routeTableId="${public.id}",
                destinationCidrBlock="0.0.0.0/0",
                gatewayId="${igw.id}",
            ),
            aws(
                "ec2/route:Route",
                "nat",
                routeTableId="${private.id}",
                destinationCidrBlock="0.0.0.0/0",
                natGatewayId="${nat.id}",
            ),
            aws(
                "ec2/routeTableAssociation:RouteTableAssociation",
                "a",
                subnetId="${routed.id}",
                routeTableId="${public.id}",
            ),
            aws(
                "ec2/routeTableAssociation:RouteTableAssociation",
                "b",
                subnetId="${closed.id}",
                routeTableId="${private.id}",
            ),
            aws(
                "ec2/routeTableAssociation:RouteTableAssociation",
                "c",
                subnetId="${inline.id}",
                routeTableId="${with-route.id}",
            ),
            group("fail-public-addresses", subnetIds=ids("open", "closed")),
            group("fail-route", subnetIds=ids("routed")),
            group("fail-inline-route", subnetIds=ids("inline")),
            group("pass-private", subnetIds=ids("closed")),
            group("pass-existing", subnetIds=["subnet-1"]),
            group("unknown-subnets", subnetIds=UNKNOWN),
            group("unknown-flag", subnetIds=ids("unsure")),
        ]
    ],
    "eks-nodegroup-multi-az": [
        [
            subnet("a"),
            subnet("b", "eu-west-1b"),
            cluster(),
            group("pass-both", subnetIds=ids("a", "b")),
            group("fail-alone", subnetIds=ids("a"), labels={"for": "db"}),
            group("pass-sibling-a", subnetIds=ids("a"), labels={"for": "web"}),
            group("pass-sibling-b", subnetIds=ids("b"), labels={"for": "web"}),
            group("unknown-existing", subnetIds=["subnet-1"], labels={"for": "ml"}),
        ]
    ],
    "eks-nodegroup-ami-not-al2": [
        [
            group("fail-al2", amiType="AL2_x86_64"),
            group("pass-al2023", amiType="AL2023_x86_64_STANDARD"),
            group("pass-unset"),
            group("unknown-ami", amiType=UNKNOWN),
            res("eks:index:ManagedNodeGroup", "fail-component", {"operatingSystem": "AL2"}),
            res("eks:index:NodeGroupV2", "fail-self-managed", {"operatingSystem": "AL2"}),
        ]
    ],
    "eks-nodegroup-container-optimized-os": [
        [
            group("fail-general", amiType="AL2023_x86_64_STANDARD"),
            group("fail-unset"),
            group("pass-bottlerocket", amiType="BOTTLEROCKET_ARM_64"),
            group("unknown-ami", amiType=UNKNOWN),
        ]
    ],
    "eks-nodegroup-version-skew": [
        [
            cluster(version="1.35"),
            group("fail-newer", version="1.36"),
            group("fail-older", version="1.31"),
            group("fail-a-bit", version="1.34"),
            group("pass-same", version="1.35"),
            group("na-unset"),
            group("unknown-version", version=UNKNOWN),
        ],
        [cluster(version=UNKNOWN), group("unknown-cluster", version="1.35")],
    ],
    "eks-nodegroup-launch-template-pinned": [
        [
            group("fail-latest", launchTemplate={"id": "lt-1", "version": "$Latest"}),
            group("fail-unset", launchTemplate={"id": "lt-1"}),
            group("pass-number", launchTemplate={"id": "lt-1", "version": "3"}),
            group("pass-symbol", launchTemplate={"id": "${lt.id}", "version": "${shop.latestVersion}"}),
            cluster(),
            group("na-none"),
            _template("lt"),
            group("pass-output", launchTemplate={"id": "${lt.id}", "version": {**UNKNOWN, "from": ["lt"]}}),
            group("unknown-version", launchTemplate={"id": "lt-1", "version": UNKNOWN}),
            group("unknown-template", launchTemplate=UNKNOWN),
            _asg(
                "fail-mixed",
                mixedInstancesPolicy={"launchTemplate": {"launchTemplateSpecification": {"version": "$Default"}}},
            ),
        ]
    ],
    "eks-nodegroup-release-version-pinned": [
        [
            group("fail-unset"),
            group("pass-set", releaseVersion="1.35.0-20261101"),
            group("na-own-image", amiType="CUSTOM"),
            group("unknown-ami", amiType=UNKNOWN),
        ]
    ],
    "eks-nodegroup-imdsv2-required": [
        [
            _template("fail-unset"),
            _template("fail-optional", metadataOptions={"httpTokens": "optional"}),
            _template("pass-required", metadataOptions=_META),
            _template("pass-off", metadataOptions={"httpEndpoint": "disabled"}),
            _template("unknown-options", metadataOptions=UNKNOWN),
            aws("ec2/launchConfiguration:LaunchConfiguration", "fail-configuration"),
        ]
    ],
    "eks-nodegroup-imds-hop-limit-one": [
        [
            _template("fail-two", metadataOptions={"httpPutResponseHopLimit": 2}),
            _template("fail-unset"),
            _template("pass-one", metadataOptions=_META),
            _template("unknown-options", metadataOptions=UNKNOWN),
        ]
    ],
    "eks-node-volumes-encrypted": [
        [
            _template("fail-plain", blockDeviceMappings=[{"ebs": {"volumeSize": 20}}]),
            _template(
                "fail-one", blockDeviceMappings=[{"ebs": {"encrypted": "true"}}, {"ebs": {"encrypted": "false"}}]
            ),
            _template("fail-no-device"),
            _template("pass-text", blockDeviceMappings=[{"ebs": {"encrypted": "true"}}]),
            _template("pass-flag", blockDeviceMappings=[{"ebs": {"encrypted": True}}]),
            _template("pass-instance-store", blockDeviceMappings=[{"virtualName": "ephemeral0"}]),
            _template("unknown-devices", blockDeviceMappings=UNKNOWN),
            group("fail-no-template"),
            group("pass-template", launchTemplate={"id": "${pass-text.id}"}),
            res("eks:index:NodeGroupV2", "fail-component", {"instanceType": "m6i.large"}),
            res("eks:index:NodeGroupV2", "pass-component", {"nodeRootVolumeEncrypted": True}),
        ],
        [aws("ebs/encryptionByDefault:EncryptionByDefault", "on"), group("pass-by-default")],
        [{"account_default_encryption": True}, _template("pass-by-account")],
    ],
    "eks-node-no-public-ip": [
        [
            _template("fail-public", networkInterfaces=[{"associatePublicIpAddress": "true"}]),
            _template("pass-private", networkInterfaces=[{"associatePublicIpAddress": "false"}]),
            _template("pass-unset"),
            _template("unknown-interfaces", networkInterfaces=UNKNOWN),
            res("eks:index:NodeGroupV2", "fail-component", {"instanceType": "m6i.large"}),
            res("eks:index:NodeGroupV2", "pass-component", {"nodeAssociatePublicIpAddress": False}),
            res("eks:index:Cluster", "na-no-nodes", {"skipDefaultNodeGroup": True}),
            res("eks:index:Cluster", "na-no-inputs"),
        ]
    ],
    "eks-nodegroup-update-config-safe": [
        [
            group("fail-unset"),
            group("fail-half", updateConfig={"maxUnavailablePercentage": 50}),
            group("fail-many", updateConfig={"maxUnavailable": 5}, scalingConfig={"desiredSize": 6}),
            group("pass-third", updateConfig={"maxUnavailablePercentage": 33}),
            group("pass-one", updateConfig={"maxUnavailable": 1}),
            group("unknown-config", updateConfig=UNKNOWN),
        ]
    ],
}
