# ruff: noqa: E501 - each configuration is read at a glance
"""ClusterConfigs of few lines, each with fields of stack files that it has to become and paths that are reported."""

from __future__ import annotations

from typing import Any, NamedTuple


class Case(NamedTuple):
    """One configuration, without its head."""

    text: str
    becomes: dict[str, Any] = {}
    reported: dict[str, str] = {}
    """Path in the source, and words of what is said about it."""


_ROLE = "arn:aws:iam::111122223333:role/pods"
_S3 = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
_CNI = "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"
_ANY = "managedNodeGroups: [{name: n}]\n"

CASES: dict[str, Case] = {
    "defaults": Case(
        _ANY,
        {
            "cluster.version": "1.34",
            "network.cidr": "192.168.0.0/16",
            "network.nat_gateways": "single",
            "cluster.endpoint_public_access": True,
            "cluster.endpoint_private_access": False,
            "cluster.public_access_cidrs": ["0.0.0.0/0"],
            "cluster.authentication_mode": "API_AND_CONFIG_MAP",
            "cluster.enabled_cluster_log_types": [],
            "cluster.encryption_config": None,
            "cluster.oidc_provider": False,
            "core_addons": ["vpc_cni", "kube_proxy", "coredns"],
            "addons.metrics_server": {},
            "addons.vpc_cni.identity": "node_role",
            "compute.n.kind": "managed_nodes",
            "compute.n.min_size": 2,
            "compute.n.max_size": 2,
            "compute.n.subnets": "public",
            "compute.n.instance_types": ["m5.large"],
            "compute.n.http_put_response_hop_limit": 2,
            "compute.n.disk": {"volume_size": 80, "volume_type": "gp3", "encrypted": False},
            "compute.n.policies.cni": _CNI,
        },
    ),
    "sizes": Case(
        "managedNodeGroups: [{name: a, maxSize: 7}, {name: b, desiredCapacity: 3}, {name: c, minSize: 3}]\n",
        {
            "compute.a.min_size": 2,
            "compute.a.max_size": 7,
            "compute.b.min_size": 3,
            "compute.b.max_size": 3,
            "compute.c.max_size": 3,
        },
    ),
    "no_nodes": Case(
        "vpc: {cidr: 10.1.0.0/16, hostnameType: resource-name}\n", {"core_addons": ["vpc_cni", "kube_proxy"]}
    ),
    "network": Case(
        "availabilityZones: [eu-west-1a, eu-west-1b]\nvpc: {cidr: 10.1.0.0/16, nat: {gateway: HighlyAvailable}, "
        "clusterEndpoints: {privateAccess: true, publicAccess: false}, extraCIDRs: [10.9.0.0/16], autoAllocateIPv6: true}\n"
        + _ANY,
        {
            "network.zones": ["eu-west-1a", "eu-west-1b"],
            "network.nat_gateways": "per_zone",
            "cluster.endpoint_public_access": False,
            "cluster.endpoint_access.extra-1.cidr": "10.9.0.0/16",
        },
        {"vpc.autoAllocateIPv6": "no IPv6 blocks"},
    ),
    "existing": Case(
        "vpc:\n  id: vpc-0123456789abcdef0\n  cidr: 10.0.0.0/16\n  subnets:\n    private:\n"
        "      eu-west-1a: {id: subnet-0123456789abcdef0}\n      two: {id: subnet-0123456789abcdef1, az: eu-west-1b}\n"
        "nodeGroups: [{name: n, privateNetworking: true, subnets: [two]}]\n",
        {
            "network.vpc_id": "vpc-0123456789abcdef0",
            "network.subnets.private-eu-west-1a.zone": "eu-west-1a",
            "network.subnets.private-two.zone": "eu-west-1b",
            "compute.n.subnet_ids": ["subnet-0123456789abcdef1"],
            "compute.n.kind": "self_managed_nodes",
        },
    ),
    "subnets_alone": Case(
        "vpc: {subnets: {public: {eu-west-1a: {id: subnet-0123456789abcdef0}, eu-west-1b: {cidr: 10.0.1.0/24}}}}\n"
        + _ANY,
        {"network.vpc_id": "vpc-00000000000000000", "network.subnets.public-eu-west-1b.cidr": "10.0.1.0/24"},
        {
            "vpc.subnets.public.eu-west-1a.id": "write it as vpc_id",
            "vpc.subnets.public.eu-west-1b.cidr": "network.subnets.public-eu-west-1b.id",
        },
    ),
    "private": Case(
        "privateCluster: {enabled: true, additionalEndpointServices: [autoscaling]}\n"
        "managedNodeGroups: [{name: n, privateNetworking: true}]\n",
        {
            "network.topology": "private",
            "network.additional_endpoints": ["autoscaling"],
            "cluster.endpoint_public_access": False,
            "compute.n.subnets": "private",
        },
    ),
    "ipv6": Case(
        "kubernetesNetworkConfig: {ipFamily: IPv6}\niam: {withOIDC: true}\naddons: [{name: vpc-cni}, {name: coredns}]\n"
        + _ANY,
        {"network.ip_family": "ipv6", "cluster.ip_family": "ipv6", "addons.vpc_cni.identity": "irsa"},
    ),
    "logs": Case(
        "cloudWatch: {clusterLogging: {enableTypes: ['*']}}\nsecretsEncryption: "
        "{keyARN: 'arn:aws:kms:eu-west-1:111122223333:key/a'}\nupgradePolicy: {supportType: STANDARD}\n" + _ANY,
        {
            "cluster.enabled_cluster_log_types": ["api", "audit", "authenticator", "controllerManager", "scheduler"],
            "cluster.log_group.retention_in_days": 0,
            "cluster.encryption_config.key_arn": "arn:aws:kms:eu-west-1:111122223333:key/a",
            "cluster.support_type": "STANDARD",
        },
    ),
    "spot": Case(
        "nodeGroups: [{name: n, minSize: 2, maxSize: 5, instancesDistribution: {maxPrice: 0.017, instanceTypes: "
        "[t3.small, t3.medium], onDemandBaseCapacity: 0, onDemandPercentageAboveBaseCapacity: 50, spotInstancePools: 2}}]\n",
        {
            "compute.n.instance_types": ["t3.small", "t3.medium"],
            "compute.n.instances_distribution": {
                "on_demand_base_capacity": 0,
                "on_demand_percentage_above_base_capacity": 50,
                "spot_instance_pools": 2,
                "spot_max_price": "0.017",
                "spot_allocation_strategy": "lowest-price",
            },
        },
    ),
    "spot_managed": Case(
        "managedNodeGroups: [{name: n, instanceTypes: [c5.large, c4.large], spot: true}]\n",
        {"compute.n.capacity_type": "SPOT", "compute.n.instance_types": ["c5.large", "c4.large"]},
    ),
    "taints": Case(
        "nodeGroups: [{name: a, taints: {special: 'true:NoSchedule'}}, {name: b, taints: "
        "[{key: k, effect: PreferNoSchedule}]}]\n",
        {
            "compute.a.taints": [{"key": "special", "value": "true", "effect": "NO_SCHEDULE"}],
            "compute.b.taints": [{"key": "k", "effect": "PREFER_NO_SCHEDULE"}],
        },
    ),
    "bottlerocket": Case(
        "nodeGroups: [{name: n, amiFamily: Bottlerocket, instanceType: m7g.large, bottlerocket: "
        "{enableAdminContainer: true, settings: {motd: hi}}}]\n",
        {
            "compute.n.ami_type": "BOTTLEROCKET_ARM_64",
            "compute.n.bottlerocket_settings": {"motd": "hi", "host-containers": {"admin": {"enabled": True}}},
        },
    ),
    "gpu": Case(
        "managedNodeGroups: [{name: n, amiFamily: Bottlerocket, instanceType: g5.xlarge}]\n",
        {"compute.n.ami_type": "BOTTLEROCKET_x86_64_NVIDIA"},
    ),
    "windows": Case(
        "nodeGroups: [{name: w, amiFamily: WindowsServer2022FullContainer}]\n" + _ANY,
        {"compute.w.ami_type": "WINDOWS_FULL_2022_x86_64", "addons.vpc_cni.windows_ipam": True},
    ),
    "amazon_linux_2": Case(
        "nodeGroups: [{name: n, amiFamily: AmazonLinux2, ami: ami-0123456789abcdef0, overrideBootstrapCommand: x}]\n",
        {},
        {
            "nodeGroups[0].ami": "bootstrap.sh",
            "nodeGroups[0].amiFamily": "bootstrap.sh",
            "nodeGroups[0].overrideBootstrapCommand": "launch template",
        },
    ),
    "own_image": Case(
        "managedNodeGroups: [{name: n, ami: ami-0123456789abcdef0, amiFamily: AmazonLinux2023, overrideBootstrapCommand: "
        '"kind: NodeConfig\\nspec: {kubelet: {config: {maxPods: 20}}}"}]\n',
        {
            "compute.n.ami_type": "CUSTOM",
            "compute.n.image.id": "ami-0123456789abcdef0",
            "compute.n.node_config": {"kubelet": {"config": {"maxPods": 20}}},
        },
    ),
    "kubelet": Case(
        "nodeGroups: [{name: n, kubeletExtraConfig: {podPidsLimit: 2048}, clusterDNS: 169.254.20.10}]\n",
        {"compute.n.node_config.kubelet.config": {"podPidsLimit": 2048, "clusterDNS": ["169.254.20.10"]}},
    ),
    "launch_template": Case(
        'managedNodeGroups: [{name: n, launchTemplate: {id: lt-0123456789abcdef0, version: "2"}}, '
        "{name: m, launchTemplate: {id: lt-1}}]\n",
        {
            "compute.n.launch_template": {"id": "lt-0123456789abcdef0", "version": "2"},
            "compute.m.launch_template.id": "lt-00000000000000001",
        },
        {"managedNodeGroups[1].launchTemplate.id": "is not a valid id of a launch template"},
    ),
    "volumes": Case(
        "managedNodeGroups: [{name: n, volumeType: io1, volumeEncrypted: true, additionalVolumes: "
        "[{volumeName: /dev/sdf, volumeSize: 10, snapshotID: snap-0123456789abcdef0}]}]\n",
        {
            "compute.n.disk": {"volume_type": "io1", "encrypted": True, "volume_size": 80, "iops": 100},
            "compute.n.additional_volumes": {
                "/dev/sdf": {"volume_size": 10, "snapshot_id": "snap-0123456789abcdef0", "encrypted": False}
            },
        },
    ),
    "ssh": Case(
        "managedNodeGroups: [{name: a, ssh: {publicKeyName: k, sourceSecurityGroupIds: [sg-0123456789abcdef0]}}, "
        "{name: b, ssh: {publicKeyPath: none-such.pub}}, {name: c, ssh: {enableSsm: true}}, {name: d, ssh: {allow: false, "
        "publicKeyName: k}}]\n",
        {
            "compute.a.remote_access": {"ec2_ssh_key": "k", "source_security_group_ids": ["sg-0123456789abcdef0"]},
            "compute.b.remote_access": {"ec2_ssh_key": "yours", "source_cidrs": ["192.168.0.0/16"]},
            "compute.c.session_manager": True,
        },
        {"managedNodeGroups[1].ssh.publicKeyPath": "public_key", "managedNodeGroups[3].ssh.publicKeyName": "sources"},
    ),
    "node_role": Case(
        f"managedNodeGroups: [{{name: n, iam: {{attachPolicyARNs: [{_S3}, "
        "'arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy'], withAddonPolicies: {imageBuilder: true, xRay: true, appMesh: true}}}]\n",
        {
            "compute.n.policies": {
                "amazon-s3-read-only-access": _S3,
                "amazon-ec2-container-regist": "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPowerUser",
            },
            "compute.n.session_manager": False,
            "compute.n.iam_role.allow": [
                {
                    "actions": [
                        "xray:GetSamplingRules",
                        "xray:GetSamplingStatisticSummaries",
                        "xray:GetSamplingTargets",
                        "xray:PutTelemetryRecords",
                        "xray:PutTraceSegments",
                    ],
                    "resources": ["*"],
                }
            ],
        },
        {"managedNodeGroups[0].iam.withAddonPolicies.appMesh": "App Mesh has ended"},
    ),
    "metadata_service": Case(
        "managedNodeGroups: [{name: n, disablePodIMDS: true, disableIMDSv1: false}]\n",
        {"compute.n.http_put_response_hop_limit": 1},
        {"managedNodeGroups[0].disableIMDSv1": "version 1"},
    ),
    "names": Case(
        "managedNodeGroups: [{name: n, instanceName: web}, {name: m, instancePrefix: p}, {name: o, instancePrefix: p, "
        "instanceName: web}]\n",
        {
            "compute.n.instance_name": "web",
            "compute.m.instance_name": "p-demo-m-Node",
            "compute.o.instance_name": "p-web",
        },
    ),
    "repair": Case(
        "managedNodeGroups: [{name: n, updateConfig: {maxUnavailablePercentage: 75}, nodeRepairConfig: {enabled: true, "
        "maxUnhealthyNodeThresholdCount: 3, nodeRepairConfigOverrides: [{nodeMonitoringCondition: A, nodeUnhealthyReason: B, "
        "minRepairWaitTimeMins: 5, repairAction: Terminate}]}}]\n",
        {
            "compute.n.update_config.max_unavailable_percentage": 75,
            "compute.n.node_repair_config.node_repair_config_overrides": [
                {
                    "node_monitoring_condition": "A",
                    "node_unhealthy_reason": "B",
                    "min_repair_wait_time_mins": 5,
                    "repair_action": "Replace",
                }
            ],
        },
        {"managedNodeGroups[0].nodeRepairConfig.nodeRepairConfigOverrides[0].repairAction": "Replace"},
    ),
    "selector": Case(
        "managedNodeGroups: [{name: n, instanceSelector: {vCPUs: 2, memory: 8GiB, allow: '^m[56]i?$|^m5.large'}}]\n",
        {"compute.n.instance_types": ["m5.large"]},
        {"managedNodeGroups[0].instanceSelector.vCPUs": "resolved once"},
    ),
    "scaling_group": Case(
        "nodeGroups: [{name: n, asgSuspendProcesses: [AZRebalance], asgMetricsCollection: [{granularity: 1Minute, metrics: "
        "[GroupMinSize]}], classicLoadBalancerNames: [lb], maxInstanceLifetime: 86400, cpuCredits: unlimited, "
        "instanceType: t3.large}]\nmanagedNodeGroups: [{name: m, asgSuspendProcesses: [AZRebalance]}]\n",
        {
            "compute.n.suspended_processes": ["AZRebalance"],
            "compute.n.enabled_metrics": ["GroupMinSize"],
            "compute.n.load_balancers": ["lb"],
            "compute.n.max_instance_lifetime": 86400,
            "compute.n.cpu_credits": "unlimited",
        },
        {
            "managedNodeGroups[0].asgSuspendProcesses[0]": "EKS owns",
            "nodeGroups[0].asgMetricsCollection[0].granularity": "minute",
        },
    ),
    "oidc": Case(
        "iam:\n  withOIDC: true\n  serviceAccounts:\n"
        f"  - metadata: {{name: reader, namespace: apps, labels: {{team: a}}}}\n    attachPolicyARNs: [{_S3}]\n"
        "  - metadata: {name: dns, namespace: kube-system}\n    wellKnownPolicies: {externalDNS: true}\n    roleName: dns\n"
        f"  - metadata: {{name: there}}\n    attachRoleARN: {_ROLE}\n"
        "  - metadata: {name: own}\n    roleOnly: true\n    subjectPattern: own-*\n    attachPolicy: {Statement: "
        "[{Effect: Allow, Action: [s3:GetObject], Resource: 'arn:aws:s3:::demo/*'}]}\n" + _ANY,
        {
            "cluster.oidc_provider": True,
            "namespaces.apps": {},
            "pod_identity_associations.reader": {
                "identity": "irsa",
                "namespace": "apps",
                "service_account": "reader",
                "labels": {"team": "a"},
                "policy_arns": {"amazon-s3-read-only-access": _S3},
                "create_service_account": True,
            },
            "pod_identity_associations.dns.well_known_policies": ["external_dns"],
            "pod_identity_associations.dns.iam_role.name": "dns",
            "pod_identity_associations.there.role_arn": _ROLE,
            "pod_identity_associations.own.create_service_account": False,
            "pod_identity_associations.own.subject_pattern": "default:own-*",
            "pod_identity_associations.own.allow": [
                {"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::demo/*"]}
            ],
            "addons.vpc_cni.identity": "irsa",
        },
    ),
    "pod_identity": Case(
        "addons: [{name: eks-pod-identity-agent, tags: {team: eks}}]\niam:\n  podIdentityAssociations:\n"
        f"  - {{namespace: dev, serviceAccountName: a, createServiceAccount: true, roleARN: {_ROLE}}}\n"
        f"  - {{namespace: dev, serviceAccountName: b, permissionPolicyARNs: [{_S3}], wellKnownPolicies: {{autoScaler: true}}, "
        f"targetRoleARN: {_ROLE}, disableSessionTags: true}}\n" + _ANY,
        {
            "addons.eks_pod_identity_agent.tags": {"team": "eks"},
            "pod_identity_associations.a.role_arn": _ROLE,
            "pod_identity_associations.a.create_service_account": True,
            "pod_identity_associations.b.well_known_policies": ["auto_scaler"],
            "pod_identity_associations.b.target_role_arn": _ROLE,
            "pod_identity_associations.b.disable_session_tags": True,
            "namespaces.dev": {},
        },
    ),
    "boundaries": Case(
        "iam: {serviceRolePermissionsBoundary: 'arn:aws:iam::111122223333:policy/b', "
        "fargatePodExecutionRolePermissionsBoundary: 'arn:aws:iam:1:policy/b'}\n"
        "fargateProfiles: [{name: f, selectors: [{namespace: dev, labels: {env: dev}}], tags: {env: dev}}]\n" + _ANY,
        {
            "cluster.role_permissions_boundary": "arn:aws:iam::111122223333:policy/b",
            "compute.f.selectors": [{"namespace": "dev", "labels": {"env": "dev"}}],
            "compute.f.tags": {"env": "dev"},
            "compute.f.permissions_boundary": "arn:aws:iam::000000000000:policy/yours-1",
        },
        {"iam.fargatePodExecutionRolePermissionsBoundary": "is not a valid ARN of a policy"},
    ),
    "access": Case(
        "accessConfig:\n  authenticationMode: API\n  bootstrapClusterCreatorAdminPermissions: false\n  accessEntries:\n"
        "  - {principalARN: 'arn:aws:iam::111122223333:role/admins', accessPolicies: [{policyARN: "
        "'arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy', accessScope: {type: cluster}}]}\n"
        "  - {principalARN: 'arn:aws:iam::111122223333:user/me', kubernetesGroups: [a], accessPolicies: [{policyARN: "
        "'arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy', accessScope: {type: namespace, namespaces: [d]}}]}\n"
        + _ANY,
        {
            "cluster.authentication_mode": "API",
            "cluster.bootstrap_cluster_creator_admin_permissions": False,
            "access.admins.policies": [{"policy": "AmazonEKSClusterAdminPolicy"}],
            "access.me.kubernetes_groups": ["a"],
            "access.me.policies": [{"policy": "AmazonEKSViewPolicy", "namespaces": ["d"]}],
        },
    ),
    "mappings": Case(
        "iamIdentityMappings:\n- {arn: 'arn:aws:iam::111122223333:role/a', groups: [system:masters], username: admin, "
        "noDuplicateARNs: true}\n- {account: '111122223333'}\n- {serviceName: emr-containers, namespace: emr}\n" + _ANY,
        {
            "access.a": {
                "principal_arn": "arn:aws:iam::111122223333:role/a",
                "policies": [{"policy": "AmazonEKSClusterAdminPolicy"}],
                "user_name": "admin",
            }
        },
        {
            "iamIdentityMappings[1].account": "every role of an account",
            "iamIdentityMappings[2].serviceName": "role of the service",
        },
    ),
    "provider": Case(
        "identityProviders: [{type: oidc, name: corp, issuerURL: https://id.example.com, clientID: k, groupsClaim: g, "
        "requiredClaims: {a: b}}]\n" + _ANY,
        {
            "cluster.identity_provider": {
                "name": "corp",
                "issuer_url": "https://id.example.com",
                "client_id": "k",
                "groups_claim": "g",
                "required_claims": {"a": "b"},
            }
        },
    ),
    "addons": Case(
        "iam: {withOIDC: true}\naddons:\n- {name: vpc-cni, version: latest, attachPolicyARNs: ["
        + _CNI
        + "], "
        'configurationValues: \'{"env": {"ENABLE_PREFIX_DELEGATION": "true"}}\', resolveConflicts: overwrite}\n'
        "- {name: aws-ebs-csi-driver, version: v1.60.0-eksbuild.1, wellKnownPolicies: {ebsCSIController: true}}\n"
        '- {name: teleport_teleport, configurationValues: "a: 1"}\n- {name: coredns, version: 1.11}\n'.replace(
            "1.11", "'1.11'"
        )
        + _ANY,
        {
            "addons.vpc_cni": {
                "identity": "irsa",
                "configuration_values": {"env": {"ENABLE_PREFIX_DELEGATION": "true"}},
                "resolve_conflicts_on_update": "OVERWRITE",
            },
            "addons.aws_ebs_csi_driver": {"version": "v1.60.0-eksbuild.1", "identity": "irsa"},
            "addons.teleport_teleport": {
                "kind": "eks_addon",
                "addon_name": "teleport_teleport",
                "configuration_values": {"a": 1},
            },
            "addons.coredns": {},
        },
        {"addons[0].version": "default version", "addons[3].version": "beginning of a version"},
    ),
    "no_addons": Case(
        "addonsConfig: {disableDefaultAddons: true}\naddons: [{name: vpc-cni}, {name: coredns}, {name: kube-proxy}]\n"
        + _ANY,
        {"core_addons": [], "addons.coredns": {}},
    ),
    "auto_mode": Case(
        "autoModeConfig: {enabled: true, nodePools: [system], nodeRoleARN: 'arn:::::'}\n",
        {"cluster.auto_mode": {"node_pools": ["system"]}, "core_addons": []},
        {"autoModeConfig.nodeRoleARN": "says nothing"},
    ),
    "karpenter": Case(
        "metadata: {name: demo, region: eu-west-1, tags: {karpenter.sh/discovery: demo, team: a}}\niam: {withOIDC: true}\n"
        "karpenter: {version: v0.20.0, createServiceAccount: true, withSpotInterruptionQueue: true}\n" + _ANY,
        {
            "tags": {"team": "a"},
            "compute.karpenter.kind": "karpenter",
            "compute.karpenter.node_pools": {},
            "compute.karpenter.identity": "irsa",
        },
        {"karpenter.version": "releases before 1", 'metadata.tags["karpenter.sh/discovery"]': "tagged for Karpenter"},
    ),
    "hybrid": Case(
        "remoteNetworkConfig: {vpcGatewayID: tgw-0123456789abcdef0, iam: {provider: ssm}, remoteNodeNetworks: "
        "[{cidrs: [10.80.146.0/24]}], remotePodNetworks: [{cidrs: [10.86.30.0/23]}]}\n" + _ANY,
        {
            "cluster.remote_node_networks": ["10.80.146.0/24"],
            "cluster.remote_pod_networks": ["10.86.30.0/23"],
            "network.gateways.remote.destination_cidrs": ["10.80.146.0/24", "10.86.30.0/23"],
            "compute.hybrid": {"kind": "hybrid_nodes", "ssm": {}},
        },
    ),
    "capabilities": Case(
        "autoModeConfig: {enabled: true}\ncapabilities:\n- {name: a, type: ACK, attachPolicyARNs: [" + _S3 + "], "
        "deletePropagationPolicy: RETAIN}\n- {name: g, type: ARGOCD, configuration: {argocd: {namespace: argocd, awsIdc: "
        "{idcInstanceArn: 'arn:aws:sso:::instance/ssoins-0123456789abcdef', idcRegion: us-west-2}, rbacRoleMappings: "
        "[{role: ADMIN, identities: [{id: u, type: SSO_USER}, {id: v, type: SSO_GROUP}]}]}}}\n",
        {
            "addons.ack_capability.policy_arns": {"amazon-s3-read-only-access": _S3},
            "addons.argocd_capability.idc_region": "us-west-2",
            "addons.argocd_capability.role_mappings": [{"role": "ADMIN", "users": ["u"], "groups": ["v"]}],
        },
    ),
    "control_plane": Case(
        "zonalShiftConfig: {enabled: true}\ncontrolPlaneScalingConfig: {tier: tier-xl}\nkubeAPIServerConfig: "
        "{eventTTL: 30m, serviceNodePortRange: {minPort: 30000, maxPort: 31000}}\nkubeSchedulerConfig: {nodeResourcesFit: "
        "{scoringStrategy: {type: MostAllocated, resources: [{name: cpu, weight: 5}]}}}\n" + _ANY,
        {
            "cluster.zonal_shift": True,
            "cluster.control_plane_scaling_tier": "tier-xl",
            "cluster.kube_api_server_config.event_ttl": "30m",
            "cluster.kube_scheduler_config.node_resources_fit.scoring_strategy": {
                "type": "MostAllocated",
                "resources": [{"name": "cpu", "weight": 5}],
            },
        },
    ),
    "gitops": Case(
        "gitops: {flux: {gitProvider: github, flags: {owner: acme, repository: fleet, branch: main, path: clusters/demo, "
        "team: a}}}\n" + _ANY,
        {
            "addons.fluxcd": {},
            "gitops.repositories.flux-system": {"url": "https://github.com/acme/fleet", "revision": "main"},
            "gitops.applications.flux-system": {"repository": "flux-system", "path": "clusters/demo"},
        },
        {"gitops.flux.flags.team": "flux bootstrap"},
    ),
    "outposts": Case(
        "outpost: {controlPlaneOutpostARN: 'arn:aws:outposts:eu-west-1:111122223333:outpost/op-1', "
        "controlPlaneInstanceType: m5d.large}\n" + _ANY,
        {},
        {"outpost.controlPlaneOutpostARN": "local cluster on Outposts"},
    ),
    "old_version": Case(
        "metadata: {name: demo, region: eu-west-1, version: '1.22', annotations: {a: b}}\n" + _ANY,
        {},
        {"metadata.version": "no longer offered", "metadata.annotations.a": "does nothing"},
    ),
    "local_zones": Case(
        "metadata: {name: demo, region: us-west-2}\navailabilityZones: [us-west-2a, us-west-2b]\n"
        "localZones: [us-west-2-lax-1a]\n"
        "nodeGroups: [{name: n, localZones: [us-west-2-lax-1a]}, {name: m}]\n",
        {
            "network.subnets.public-us-west-2b.cidr": "192.168.32.0/19",
            "network.subnets.public-us-west-2-lax-1a.cidr": "192.168.64.0/19",
            "network.subnets.private-us-west-2a.cidr": "192.168.96.0/19",
            "network.subnets.control-plane-us-west-2b": {
                "role": "control_plane",
                "zone": "us-west-2b",
                "cidr": "192.168.224.0/19",
            },
            "compute.n.zones": ["us-west-2-lax-1a"],
            "compute.m.zones": ["us-west-2a", "us-west-2b"],
        },
    ),
    "local_zones_without_room": Case(
        "metadata: {name: demo, region: us-west-2}\nnodeGroups: [{name: n}]\nlocalZones: "
        "[us-west-2-lax-1a, us-west-2-lax-1b, us-west-2-den-1a, us-west-2-las-1a]\n",
        {},
        {"localZones[0]": "has no room for subnets in all of these zones"},
    ),
    "dry_run": Case(
        "managedNodeGroups: [{name: n, instanceType: null, volumeName: '', labels: {alpha.eksctl.io/cluster-name: demo}, "
        "tags: {alpha.eksctl.io/nodegroup-name: n}, iam: {}, instanceSelector: {}}]\n",
        {"compute.n.labels": {"alpha.eksctl.io/cluster-name": "demo"}, "compute.n.instance_types": ["m5.large"]},
        {
            "managedNodeGroups[0].volumeName": "says nothing",
            'managedNodeGroups[0].tags["alpha.eksctl.io/nodegroup-name"]': "eksctl",
        },
    ),
}
