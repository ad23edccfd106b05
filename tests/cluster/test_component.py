"""What a cluster makes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from eks_blueprints.core.refs import SubnetRef
from eks_blueprints.recording import ProgramError

from .programs import made, names, network, one

ROLE = "arn:aws:iam::111122223333:role/own"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/0a1b"


def inputs(**fields: Any) -> dict[str, Any]:
    return dict(one(made(**fields), "Cluster", "shop-cluster").inputs)


def test_the_smallest_cluster_makes_what_it_needs() -> None:
    assert names(made()) == [
        "Cluster shop",
        "LogGroup shop-cluster-logs",
        "Cluster shop-cluster",
        "OpenIdConnectProvider shop-oidc",
        "Role shop-cluster-role",
        "RolePolicyAttachment shop-cluster-role-AmazonEKSClusterPolicy",
        "RolePolicyAttachment shop-cluster-role-AmazonEKSVPCResourceController",
        "Alias shop-cluster-key-alias",
        "Key shop-cluster-key",
        "kubernetes shop-kubernetes",
    ]


def test_the_smallest_cluster_is_safe() -> None:
    assert inputs() == {
        "name": "shop",
        "version": "1.35",
        "roleArn": "${shop-cluster-role.arn}",
        "vpcConfig": {
            "subnetIds": ["subnet-private-a", "subnet-private-b"],
            "endpointPrivateAccess": True,
            "endpointPublicAccess": False,
        },
        "accessConfig": {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": True},
        "bootstrapSelfManagedAddons": False,
        "computeConfig": {"enabled": False},
        "storageConfig": {"blockStorage": {"enabled": False}},
        "kubernetesNetworkConfig": {"ipFamily": "ipv4", "elasticLoadBalancing": {"enabled": False}},
        "encryptionConfig": {"provider": {"keyArn": "${shop-cluster-key.arn}"}, "resources": ["secrets"]},
        "enabledClusterLogTypes": ["api", "audit", "authenticator"],
        "upgradePolicy": {"supportType": "EXTENDED"},
        "deletionProtection": False,
        "tags": {"team": "core"},
    }


def test_the_cluster_waits_for_its_log_group_and_the_policies_of_its_role() -> None:
    waits = {urn.rpartition("::")[2] for urn in one(made(), "Cluster", "shop-cluster").dependencies}
    assert {"shop-cluster-logs", "shop-cluster-role-AmazonEKSClusterPolicy"} <= waits


def test_every_other_field_reaches_aws() -> None:
    assert inputs(
        name="other",
        endpoint_public_access=True,
        public_access_cidrs=["203.0.113.0/24"],
        security_group_ids=["sg-0123456789abcdef0"],
        control_plane_egress_mode="CUSTOMER_ROUTED",
        authentication_mode="API_AND_CONFIG_MAP",
        bootstrap_cluster_creator_admin_permissions=False,
        enabled_cluster_log_types=["scheduler"],
        encryption_config={"key_arn": KEY},
        support_type="STANDARD",
        force_update_version=True,
        deletion_protection=True,
        zonal_shift=True,
        control_plane_scaling_tier="tier-xl",
        service_ipv4_cidr="10.7.0.0/16",
        remote_node_networks=["10.80.0.0/16"],
        remote_pod_networks=["10.81.0.0/16"],
        kube_api_server_config={"event_ttl": "30m", "service_node_port_range": {"min_port": 30000, "max_port": 31000}},
        kube_scheduler_config={
            "node_resources_fit": {
                "scoring_strategy": {"type": "MostAllocated", "resources": [{"name": "cpu", "weight": 3}]}
            }
        },
        kube_controller_manager_config={
            "horizontal_pod_autoscaler_controller_config": {"horizontal_pod_autoscaler_sync_period": "10s"},
            "pod_gc_controller_config": {"terminated_pod_gc_threshold": 0},
        },
        role_arn=ROLE,
        tags={"team": "shop"},
    ) == {
        "name": "other",
        "version": "1.35",
        "roleArn": ROLE,
        "vpcConfig": {
            "subnetIds": ["subnet-private-a", "subnet-private-b"],
            "endpointPrivateAccess": True,
            "endpointPublicAccess": True,
            "publicAccessCidrs": ["203.0.113.0/24"],
            "securityGroupIds": ["sg-0123456789abcdef0"],
            "controlPlaneEgressMode": "CUSTOMER_ROUTED",
        },
        "accessConfig": {"authenticationMode": "API_AND_CONFIG_MAP", "bootstrapClusterCreatorAdminPermissions": False},
        "bootstrapSelfManagedAddons": False,
        "computeConfig": {"enabled": False},
        "storageConfig": {"blockStorage": {"enabled": False}},
        "kubernetesNetworkConfig": {
            "ipFamily": "ipv4",
            "serviceIpv4Cidr": "10.7.0.0/16",
            "elasticLoadBalancing": {"enabled": False},
        },
        "remoteNetworkConfig": {
            "remoteNodeNetworks": {"cidrs": ["10.80.0.0/16"]},
            "remotePodNetworks": {"cidrs": ["10.81.0.0/16"]},
        },
        "encryptionConfig": {"provider": {"keyArn": KEY}, "resources": ["secrets"]},
        "enabledClusterLogTypes": ["scheduler"],
        "upgradePolicy": {"supportType": "STANDARD"},
        "forceUpdateVersion": True,
        "deletionProtection": True,
        "zonalShiftConfig": {"enabled": True},
        "controlPlaneScalingConfig": {"tier": "tier-xl"},
        "kubeApiServerConfig": {"eventTtl": "30m", "serviceNodePortRange": {"minPort": 30000, "maxPort": 31000}},
        "kubeSchedulerConfig": {
            "nodeResourcesFit": {
                "scoringStrategy": {"type": "MostAllocated", "resources": [{"name": "cpu", "weight": 3}]}
            }
        },
        "kubeControllerManagerConfig": {
            "horizontalPodAutoscalerControllerConfig": {"horizontalPodAutoscalerSyncPeriod": "10s"},
            "podGcControllerConfig": {"terminatedPodGcThreshold": 0},
        },
        "tags": {"team": "shop"},
    }


def test_given_role_and_key_are_not_made() -> None:
    made_names = names(made(role_arn=ROLE, encryption_config={"key_arn": KEY}, oidc_provider=False))
    assert made_names == [
        "Cluster shop",
        "LogGroup shop-cluster-logs",
        "Cluster shop-cluster",
        "kubernetes shop-kubernetes",
    ]


def test_no_log_types_make_no_log_group() -> None:
    recording = made(enabled_cluster_log_types=[])
    assert "LogGroup shop-cluster-logs" not in names(recording)
    assert one(recording, "Cluster", "shop-cluster").inputs["enabledClusterLogTypes"] == []


def test_no_encryption_makes_no_key() -> None:
    recording = made(encryption_config=None)
    assert "Key shop-cluster-key" not in names(recording)
    assert "encryptionConfig" not in one(recording, "Cluster", "shop-cluster").inputs


def test_the_own_key_rotates() -> None:
    key = one(made(encryption_config={"rotation_period_in_days": 90, "deletion_window_in_days": 7}), "Key").inputs
    assert (key["enableKeyRotation"], key["rotationPeriodInDays"], key["deletionWindowInDays"]) == (True, 90, 7)


def test_the_log_group_has_the_name_that_eks_writes_to() -> None:
    group = one(made(log_group={"retention_in_days": 0, "kms_key_id": KEY}), "LogGroup").inputs
    assert group["name"] == "/aws/eks/shop/cluster"
    assert (group["retentionInDays"], group["kmsKeyId"]) == (0, KEY)


@pytest.mark.parametrize("more", [{}, {"auto_mode": {}}])
def test_the_role_of_a_cluster_serves_clusters_of_its_account_alone(more: dict[str, Any]) -> None:
    trust = json.loads(one(made(**more), "Role", "shop-cluster-role").inputs["assumeRolePolicy"])
    assert trust["Statement"][0]["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {"aws:SourceArn": "arn:aws:eks:eu-west-1:123456789012:cluster/*"},
    }


def test_another_name_leaves_the_role_of_the_cluster_that_goes_as_it_is() -> None:
    roles = [one(made(name=name), "Role", "shop-cluster-role").inputs for name in ("shop", "other")]
    assert roles[0]["assumeRolePolicy"] == roles[1]["assumeRolePolicy"]


def test_auto_mode_turns_on_its_three_switches_and_makes_its_roles() -> None:
    recording = made(auto_mode={})
    cluster = one(recording, "Cluster", "shop-cluster").inputs
    assert cluster["computeConfig"] == {
        "enabled": True,
        "nodePools": ["general-purpose", "system"],
        "nodeRoleArn": "${shop-auto-mode-node-role.arn}",
    }
    assert cluster["storageConfig"] == {"blockStorage": {"enabled": True}}
    assert cluster["kubernetesNetworkConfig"]["elasticLoadBalancing"] == {"enabled": True}
    assert "RolePolicyAttachment shop-cluster-role-AmazonEKSComputePolicy" in names(recording)
    trust = json.loads(one(recording, "Role", "shop-cluster-role").inputs["assumeRolePolicy"])
    assert trust["Statement"][0]["Action"] == ["sts:AssumeRole", "sts:TagSession"]


def test_auto_mode_may_set_tags_of_the_user_on_resources_of_its_own_cluster() -> None:
    policy = json.loads(one(made(auto_mode={}), "RolePolicy", "shop-cluster-role-policy").inputs["policy"])
    ours = {"aws:RequestTag/eks:eks-cluster-name": "${aws:PrincipalTag/eks:eks-cluster-name}"}
    assert all(each["Condition"]["StringEquals"] == ours for each in policy["Statement"])
    allowed = {action for each in policy["Statement"] for action in each["Action"]}
    assert {"ec2:CreateFleet", "ec2:CreateVolume", "elasticloadbalancing:CreateLoadBalancer"} <= allowed
    assert not [name for name in names(made()) if "shop-cluster-role-policy" in name]


def test_auto_mode_without_built_in_pools_has_no_node_role() -> None:
    recording = made(auto_mode={"node_pools": []})
    assert one(recording, "Cluster", "shop-cluster").inputs["computeConfig"] == {"enabled": True}
    assert not [name for name in names(recording) if "auto-mode" in name]


def test_the_cluster_is_replaced_old_first_and_never_over_what_eks_reads_once() -> None:
    options = one(made(), "Cluster", "shop-cluster").options
    assert options["delete_before_replace"] is True
    assert options["ignore_changes"] == [
        "accessConfig.bootstrapClusterCreatorAdminPermissions",
        "bootstrapSelfManagedAddons",
    ]
    assert "protect" not in options


def test_protect_covers_cluster_and_key() -> None:
    recording = made(protect=True)
    assert one(recording, "Cluster", "shop-cluster").options["protect"] is True
    assert one(recording, "Key").options["protect"] is True


def test_timeouts_reach_the_engine() -> None:
    options = one(made(timeouts={"create": "45m"}), "Cluster", "shop-cluster").options
    assert "45m" in str(options)


def test_the_oidc_provider_needs_no_thumbprint() -> None:
    assert one(made(), "OpenIdConnectProvider").inputs == {
        "url": "${shop-cluster.identities[0].oidcs[0].issuer}",
        "clientIdLists": ["sts.amazonaws.com"],
        "tags": {"team": "core"},
    }


def test_the_kubeconfig_asks_the_aws_cli() -> None:
    outputs = made(kubeconfig={"role_arn": ROLE, "profile": "ci"}).outputs
    config = json.loads(outputs["kubeconfig"])
    assert config["clusters"][0]["cluster"] == {
        "server": "${shop-cluster.endpoint}",
        "certificate-authority-data": "${shop-cluster.certificateAuthority.data}",
    }
    call = config["users"][0]["user"]["exec"]
    words = "eks get-token --cluster-name shop --region eu-west-1 --output json --role-arn"
    assert call["args"] == [*words.split(), ROLE, "--profile", "ci"]
    assert call["env"] == []


def test_the_kubeconfig_is_a_secret() -> None:
    outputs = made().outputs
    assert "server" not in str(outputs["secret"])


def test_the_update_kubeconfig_line_is_ready_to_paste() -> None:
    line = made(kubeconfig={"role_arn": ROLE, "profile": "ci"}).outputs["update_kubeconfig"]
    assert line == f"aws eks update-kubeconfig --region eu-west-1 --name shop --role-arn {ROLE} --profile ci"


def test_the_kubernetes_provider_stays_when_its_cluster_is_replaced() -> None:
    provider = one(made(), "kubernetes")
    assert provider.inputs["clusterIdentifier"] == "shop"
    assert provider.options["ignore_changes"] == ["clusterIdentifier"], "stacks from before keep what they have"


def test_policies_are_those_of_the_partition() -> None:
    recording = made(partition="aws-cn", auto_mode={})
    policy = one(recording, "RolePolicyAttachment", "shop-cluster-role-AmazonEKSClusterPolicy")
    assert policy.inputs["policyArn"] == "arn:aws-cn:iam::aws:policy/AmazonEKSClusterPolicy"
    assert "ec2.amazonaws.com.cn" in one(recording, "Role", "shop-auto-mode-node-role").inputs["assumeRolePolicy"]


def test_control_plane_subnets_come_first() -> None:
    subnets = tuple(SubnetRef(id=f"subnet-cp-{zone}", role="control_plane", zone=zone) for zone in "ab")
    net = network(subnets=(*network().subnets, *subnets))
    assert inputs(net=net)["vpcConfig"]["subnetIds"] == ["subnet-cp-a", "subnet-cp-b"]


@pytest.mark.parametrize("zones", ["", "a", "aa"])
def test_one_zone_is_refused(zones: str) -> None:
    subnets = tuple(SubnetRef(id=f"subnet-{n}", role="private", zone=zone) for n, zone in enumerate(zones))
    with pytest.raises(ProgramError, match="needs subnets in two zones for the control plane"):
        made(net=network(subnets=subnets))


def test_a_name_that_eks_refuses_is_refused() -> None:
    with pytest.raises(ProgramError, match=r"cluster\.name: is not a valid name for a cluster; got \"-shop\""):
        made(logical="-shop")


def test_the_family_of_the_network_is_that_of_the_cluster() -> None:
    assert inputs(net=network(ip_family="ipv6"))["kubernetesNetworkConfig"]["ipFamily"] == "ipv6"


def test_a_service_range_inside_the_vpc_is_refused() -> None:
    with pytest.raises(ProgramError, match=r"cluster\.service_ipv4_cidr: overlaps the VPC's 192\.168\.0\.0/16"):
        made(service_ipv4_cidr="192.168.0.0/20")


def test_long_names_keep_within_the_limit_of_roles() -> None:
    role = one(made(logical="n" * 90), "Role").inputs
    assert len(role["namePrefix"]) <= 38
