"""Cases of the rules about how node groups grow."""

from tests.policies.build import UNKNOWN, addon, aws, chart, cluster, group, ids, subnet

_ONE_SIZE = {"vcpuCount": {"min": 4, "max": 4}, "memoryMib": {"min": 16384, "max": 16384}}
_AUTOSCALER = chart("autoscaler", "cluster-autoscaler")
_TAGS = [{"key": "k8s.io/cluster-autoscaler/enabled"}, {"key": "k8s.io/cluster-autoscaler/shop"}]


def _asg(logical: str, /, **inputs: object) -> object:
    return aws("autoscaling/group:Group", logical, **inputs)


def _template(logical: str, /, **inputs: object) -> object:
    return aws("ec2/launchTemplate:LaunchTemplate", logical, **inputs)


def _sized(logical: str, least: object, desired: object, most: object, **options: object) -> object:
    found = group(logical, scalingConfig={"minSize": least, "desiredSize": desired, "maxSize": most})
    found.options = options
    return found


CASES = {
    "eks-nodegroup-scaling-bounds": [
        [
            _sized("fail-desired", 2, 1, 3),
            _sized("fail-max", 2, 2, 1),
            _sized("fail-huge", 1, 1, 500),
            _sized("pass-fits", 1, 2, 3),
            _sized("pass-no-desired", 1, None, 3),
            _sized("unknown-max", 1, 2, UNKNOWN),
            group("na-unset"),
        ],
        [_AUTOSCALER, _sized("fail-no-room", 2, 2, 2), _sized("pass-room", 2, 2, 3)],
    ],
    "eks-system-nodegroup-ha": [
        [
            subnet("a"),
            subnet("b", "eu-west-1b"),
            group(
                "fail-one-node",
                taints=[{"key": "CriticalAddonsOnly"}],
                scalingConfig={"minSize": 1},
                subnetIds=ids("a", "b"),
            ),
            group(
                "fail-one-zone",
                taints=[{"key": "CriticalAddonsOnly"}],
                scalingConfig={"minSize": 2},
                subnetIds=ids("a", "a"),
            ),
            group(
                "pass-two",
                taints=[{"key": "CriticalAddonsOnly"}],
                scalingConfig={"minSize": 2},
                subnetIds=ids("a", "b"),
            ),
            group("na-apps"),
            group(
                "unknown-size", taints=[{"key": "CriticalAddonsOnly"}], scalingConfig=UNKNOWN, subnetIds=ids("a", "b")
            ),
        ],
        [
            chart("karpenter", "karpenter"),
            group("fail-only-group", scalingConfig={"minSize": 1}, subnetIds=["subnet-1"]),
        ],
    ],
    "eks-nodegroup-spot-diversified": [
        [
            group("fail-one", capacityType="SPOT", instanceTypes=["m5.large"]),
            group("pass-four", capacityType="SPOT", instanceTypes=["m5.large", "m5a.large", "m6i.large", "m7i.large"]),
            group("na-on-demand"),
            group("unknown-types", capacityType="SPOT", instanceTypes=UNKNOWN),
        ]
    ],
    "eks-nodegroup-spot-separate-from-on-demand": [
        [
            _asg(
                "fail-mixed",
                tags=_TAGS,
                mixedInstancesPolicy={
                    "instancesDistribution": {"onDemandBaseCapacity": 1, "onDemandPercentageAboveBaseCapacity": 0}
                },
            ),
            _asg(
                "pass-spot",
                tags=_TAGS,
                mixedInstancesPolicy={"instancesDistribution": {"onDemandPercentageAboveBaseCapacity": 0}},
            ),
            _asg("na-untagged"),
            _asg("unknown-policy", tags=_TAGS, mixedInstancesPolicy=UNKNOWN),
        ]
    ],
    "eks-mixed-instances-same-shape": [
        [
            _AUTOSCALER,
            group("fail-sizes", instanceTypes=["m5.large", "m5.xlarge"]),
            group("fail-memory", instanceTypes=["m5.large", "c5.large"]),
            group("pass-alike", instanceTypes=["m5.large", "m5a.large", "m6i.large"]),
            group("pass-one", instanceTypes=["m5.large"]),
            group("unknown-types", instanceTypes=UNKNOWN),
            group("unknown-type", instanceTypes=["m5.large", "m99.large"]),
            _asg(
                "fail-ranges",
                tags=_TAGS,
                mixedInstancesPolicy={
                    "launchTemplate": {"overrides": [{"instanceRequirements": {"vcpuCount": {"min": 2}}}]}
                },
            ),
            _asg(
                "pass-one-size",
                tags=_TAGS,
                mixedInstancesPolicy={"launchTemplate": {"overrides": [{"instanceRequirements": _ONE_SIZE}]}},
            ),
            _asg("na-untagged", mixedInstancesPolicy={}),
        ],
        [group("na-no-autoscaler", instanceTypes=["m5.large", "m5.xlarge"])],
    ],
    "eks-asg-cluster-autoscaler-tags": [
        [
            _AUTOSCALER,
            _asg("fail-none"),
            _asg("fail-no-cluster", tags=_TAGS[:1]),
            _asg("pass-both", tags=_TAGS),
            _asg("unknown-tags", tags=UNKNOWN),
        ],
        [_asg("na-no-autoscaler")],
    ],
    "eks-nodegroup-ignore-desired-size": [
        [
            _AUTOSCALER,
            _sized("fail-set", 1, 2, 3),
            _sized("pass-ignored", 1, 2, 3, ignore_changes=["scalingConfig.desiredSize"]),
            _sized("pass-unset", 1, None, 3),
            group("unknown-scaling", scalingConfig=UNKNOWN),
            _asg("fail-group", tags=_TAGS, desiredCapacity=2),
        ],
        [_sized("na-no-autoscaler", 1, 2, 3)],
    ],
    "eks-nodegroup-auto-repair": [
        [
            group("fail-off"),
            group("fail-no-agent", nodeRepairConfig={"enabled": True}),
            group("unknown-config", nodeRepairConfig=UNKNOWN),
        ],
        [cluster(), addon("agent", "eks-node-monitoring-agent"), group("pass-on", nodeRepairConfig={"enabled": True})],
    ],
    "eks-nodegroup-custom-ami-consistent": [
        [
            _template("own", imageId="ami-1", userData="x"),
            _template("bare", imageId="ami-1"),
            _template("plain"),
            _template("profile", iamInstanceProfile={"name": "x"}),
            _template("unsure", networkInterfaces=UNKNOWN),
            group("pass-custom", amiType="CUSTOM", launchTemplate={"id": "${own.id}"}),
            group("pass-plain", amiType="AL2023_x86_64_STANDARD", launchTemplate={"id": "${plain.id}"}),
            group("fail-ami-type", amiType="AL2023_x86_64_STANDARD", launchTemplate={"id": "${own.id}"}),
            group("fail-version", version="1.35", launchTemplate={"id": "${own.id}"}),
            group("fail-no-user-data", launchTemplate={"id": "${bare.id}"}),
            group("fail-disk", diskSize=20, launchTemplate={"id": "${plain.id}"}),
            group("fail-profile", launchTemplate={"id": "${profile.id}"}),
            group("na-none"),
            group("unknown-template", launchTemplate={"id": "${unsure.id}"}),
        ]
    ],
    "eks-self-managed-asg-launch-template": [
        [
            _asg("fail-none"),
            _asg("fail-configuration", launchConfiguration="${lc.name}"),
            _asg("pass-template", launchTemplate={"id": "lt-1"}),
            _asg("pass-mixed", mixedInstancesPolicy={"launchTemplate": {}}),
        ]
    ],
}
