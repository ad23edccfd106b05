"""Correct programs on AWS: each is accepted by the real provider, so the checks must be silent."""

from __future__ import annotations

import json

import pulumi
import pulumi_aws as aws

ARN = "arn:aws:iam::111122223333:role/x"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "eks.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def cluster() -> None:
    role = aws.iam.Role("cluster", assume_role_policy=json.dumps(TRUST))
    made = aws.eks.Cluster(
        "shop",
        role_arn=role.arn,
        version="1.33",
        vpc_config=aws.eks.ClusterVpcConfigArgs(
            subnet_ids=["subnet-1", "subnet-2"], endpoint_public_access=True, public_access_cidrs=["0.0.0.0/0"]
        ),
        access_config={"authentication_mode": "API", "bootstrap_cluster_creator_admin_permissions": False},
        compute_config={"enabled": True, "node_pools": ["system"], "node_role_arn": ARN},
        kubernetes_network_config={"elastic_load_balancing": {"enabled": True}, "ip_family": "ipv4"},
        storage_config=aws.eks.ClusterStorageConfigArgs(
            block_storage=aws.eks.ClusterStorageConfigBlockStorageArgs(enabled=True)
        ),
        encryption_config={"provider": {"key_arn": ARN}, "resources": ["secrets"]},
        remote_network_config={"remote_node_networks": {"cidrs": ["10.200.0.0/16"]}},
        upgrade_policy={"support_type": "STANDARD"},
        zonal_shift_config={"enabled": True},
        enabled_cluster_log_types=["api", "audit"],
        deletion_protection=True,
        tags={"team": "shop"},
    )
    aws.eks.NodeGroup(
        "general",
        cluster_name=made.name,
        node_role_arn=role.arn,
        subnet_ids=made.vpc_config.apply(lambda c: c.subnet_ids),
        scaling_config={"desired_size": 2, "max_size": 4, "min_size": 1},
        update_config=aws.eks.NodeGroupUpdateConfigArgs(max_unavailable_percentage=33),
        taints=[{"key": "gpu", "value": "true", "effect": "NO_SCHEDULE"}],
        launch_template={"id": "lt-1", "version": "1"},
        labels={"workload": "general"},
        capacity_type="SPOT",
        instance_types=["m7i.large"],
        node_repair_config={"enabled": True},
    )
    aws.eks.Addon(
        "cni",
        cluster_name=made.name,
        addon_name="vpc-cni",
        configuration_values=json.dumps({"env": {"ENABLE_PREFIX_DELEGATION": "true"}}),
        pod_identity_associations=[{"role_arn": ARN, "service_account": "aws-node"}],
        resolve_conflicts_on_update="PRESERVE",
    )
    aws.eks.AccessEntry("admin", cluster_name=made.name, principal_arn=ARN, type="STANDARD", kubernetes_groups=["ops"])
    aws.eks.AccessPolicyAssociation(
        "admin-view",
        cluster_name=made.name,
        principal_arn=ARN,
        policy_arn="arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy",
        access_scope={"type": "namespace", "namespaces": ["shop"]},
    )
    aws.eks.PodIdentityAssociation(
        "dns", cluster_name=made.name, namespace="dns", service_account="dns", role_arn=role.arn, tags={"a": "b"}
    )
    aws.eks.FargateProfile(
        "batch",
        cluster_name=made.name,
        pod_execution_role_arn=ARN,
        selectors=[{"namespace": "batch", "labels": {"a": "b"}}],
        subnet_ids=["subnet-1"],
    )
    aws.eks.IdentityProviderConfig(
        "oidc",
        cluster_name=made.name,
        oidc={"client_id": "c", "identity_provider_config_name": "n", "issuer_url": "https://x.example"},
    )


def network() -> None:
    vpc = aws.ec2.Vpc("shop", cidr_block="10.0.0.0/16", enable_dns_hostnames=True, tags={"Name": "shop"})
    subnet = aws.ec2.Subnet(
        "a", vpc_id=vpc.id, cidr_block="10.0.0.0/20", availability_zone="eu-west-1a", map_public_ip_on_launch=True
    )
    gateway = aws.ec2.InternetGateway("igw", vpc_id=vpc.id)
    eip = aws.ec2.Eip("nat", domain="vpc")
    aws.ec2.NatGateway("nat", allocation_id=eip.id, subnet_id=subnet.id)
    table = aws.ec2.RouteTable("public", vpc_id=vpc.id, routes=[{"cidr_block": "0.0.0.0/0", "gateway_id": gateway.id}])
    aws.ec2.Route("out", route_table_id=table.id, destination_cidr_block="1.0.0.0/8", gateway_id=gateway.id)
    aws.ec2.RouteTableAssociation("a", route_table_id=table.id, subnet_id=subnet.id)
    aws.ec2.SecurityGroup(
        "nodes",
        vpc_id=vpc.id,
        ingress=[{"from_port": 443, "to_port": 443, "protocol": "tcp", "cidr_blocks": ["10.0.0.0/8"], "self": True}],
        egress=[
            aws.ec2.SecurityGroupEgressArgs(from_port=0, to_port=0, protocol="-1", ipv6_cidr_blocks=["::/0"]),
        ],
    )
    aws.vpc.SecurityGroupIngressRule(
        "api", security_group_id="sg-1", ip_protocol="tcp", from_port=443, to_port=443, cidr_ipv4="10.0.0.0/8"
    )
    aws.ec2.SecurityGroupRule(
        "r", security_group_id="sg-1", type="ingress", protocol="tcp", from_port=1, to_port=2, cidr_blocks=["0.0.0.0/0"]
    )
    aws.ec2.VpcEndpoint(
        "s3",
        vpc_id=vpc.id,
        service_name="com.amazonaws.eu-west-1.s3",
        vpc_endpoint_type="Gateway",
        route_table_ids=[table.id],
    )
    aws.ec2.FlowLog(
        "log", vpc_id=vpc.id, traffic_type="ALL", log_destination_type="s3", log_destination="arn:aws:s3:::b"
    )
    aws.ec2.NetworkAcl(
        "acl",
        vpc_id=vpc.id,
        ingress=[
            {"rule_no": 1, "action": "allow", "protocol": "-1", "from_port": 0, "to_port": 0, "cidr_block": "0.0.0.0/0"}
        ],
    )


def identity() -> None:
    role = aws.iam.Role(
        "node",
        name="shop-node",
        assume_role_policy=pulumi.Output.json_dumps(TRUST),
        max_session_duration=3600,
        tags={"team": "shop", "empty": ""},
    )
    aws.iam.Role("dict", assume_role_policy=TRUST)  # type: ignore[arg-type] # as object: TransformJSONDocument
    aws.iam.Role(
        "typed",
        name_prefix="shop-",
        assume_role_policy=aws.iam.PolicyDocumentArgs(
            version=aws.iam.PolicyDocumentVersion.POLICY_DOCUMENT_VERSION_2012_10_17,
            statement=[
                aws.iam.PolicyStatementArgs(
                    effect=aws.iam.PolicyStatementEffect.ALLOW,
                    principal=aws.iam.AWSPrincipalArgs(aws="*"),
                    action="sts:AssumeRole",
                    condition={"StringEquals": {"aws:PrincipalTag/x": "y"}},
                )
            ],
        ),
    )
    aws.iam.RolePolicyAttachment(
        "worker", role=role.name, policy_arn="arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"
    )
    aws.iam.RolePolicy("inline", role=role.id, policy=json.dumps(TRUST))
    aws.iam.Policy("own", policy=json.dumps(TRUST), description="x")
    aws.iam.InstanceProfile("node", role=role)  # type: ignore[arg-type] # the engine takes its id
    aws.iam.OpenIdConnectProvider("oidc", url="https://oidc.example", client_id_lists=["sts.amazonaws.com"])
    key = aws.kms.Key("secrets", enable_key_rotation=True, deletion_window_in_days=30, policy=json.dumps(TRUST))
    aws.kms.Alias("secrets", name="alias/shop/secrets", target_key_id=key.key_id)
    aws.kms.Alias("auto", target_key_id=key.key_id)
    aws.kms.Grant("g", key_id=key.id, grantee_principal=role.arn, operations=["Encrypt", "CreateGrant"])


def events() -> None:
    queue = aws.sqs.Queue("interruptions", message_retention_seconds=300, sqs_managed_sse_enabled=True)
    aws.sqs.Queue("fifo", name="shop.fifo", fifo_queue=True, redrive_policy=json.dumps({"maxReceiveCount": 4}))
    aws.sqs.QueuePolicy("p", queue_url=queue.url, policy=queue.arn.apply(lambda arn: json.dumps({"Resource": arn})))
    rule = aws.cloudwatch.EventRule("spot", event_pattern=json.dumps({"source": ["aws.ec2"]}), state="ENABLED")
    aws.cloudwatch.EventTarget("spot", rule=rule.name, arn=queue.arn)
    aws.cloudwatch.LogGroup("logs", name="/aws/eks/shop/cluster", retention_in_days=30)
    aws.cloudwatch.MetricAlarm(
        "full",
        comparison_operator="GreaterThanThreshold",
        evaluation_periods=2,
        threshold=80.5,
        metric_queries=[
            {
                "id": "m",
                "return_data": True,
                "metric": {"metric_name": "CPUUtilization", "namespace": "AWS/EC2", "period": 60, "stat": "Average"},
            }
        ],
    )
    topic = aws.sns.Topic("alerts", name="shop-alerts")
    aws.sns.TopicSubscription("mail", topic=topic.arn, protocol="email", endpoint="a@example.com")
    aws.lambda_.Function(
        "fn",
        role=ARN,
        runtime="python3.13",
        handler="main.run",
        code=pulumi.AssetArchive({"main.py": pulumi.StringAsset("def run(): ...")}),
        environment={"variables": {"A": "b"}},
        tracing_config={"mode": "Active"},
    )
    aws.s3.Bucket("logs", bucket="shop-logs-1", force_destroy=True)
    aws.s3.BucketServerSideEncryptionConfiguration(
        "enc", bucket="b", rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}]
    )
    aws.s3.BucketObject("o", bucket="b", source=pulumi.StringAsset("x"))
    aws.ssm.Parameter("p", type="SecureString", value=pulumi.Output.secret("hush"))
    aws.ecr.Repository("r", image_tag_mutability="IMMUTABLE", image_scanning_configuration={"scan_on_push": True})
    aws.route53.Record("r", zone_id="Z1", name="a.example.com", type="A", ttl=300, records=["1.2.3.4"])
    aws.route53.Zone("z", name="shop.example.com", vpcs=[{"vpc_id": "vpc-1"}])


def machines() -> None:
    template = aws.ec2.LaunchTemplate(
        "gpu",
        image_id="ami-1",
        user_data="IyEvYmluL2Jhc2g=",
        update_default_version=True,
        metadata_options={"http_tokens": "required", "http_put_response_hop_limit": 1},
        block_device_mappings=[
            {"device_name": "/dev/xvda", "ebs": {"volume_size": 50, "volume_type": "gp3", "encrypted": "true"}}
        ],
        network_interfaces=[{"associate_public_ip_address": "false", "security_groups": ["sg-1"]}],
        tag_specifications=[{"resource_type": "instance", "tags": {"Name": "gpu"}}],
        instance_requirements={"vcpu_count": {"min": 2, "max": 8}, "memory_mib": {"min": 4096}},
        monitoring={"enabled": True},
    )
    aws.autoscaling.Group(
        "gpu",
        min_size=0,
        max_size=5,
        vpc_zone_identifiers=["subnet-1"],
        mixed_instances_policy={
            "instances_distribution": {"on_demand_base_capacity": 1, "spot_allocation_strategy": "capacity-optimized"},
            "launch_template": {
                "launch_template_specification": {
                    "launch_template_id": template.id,
                    "version": template.latest_version.apply(str),
                },
                "overrides": [
                    {"instance_type": "g6.xlarge", "weighted_capacity": "1"},
                    {"instance_requirements": {"memory_mib": {"min": 1}, "vcpu_count": {"min": 1}}},
                ],
            },
        },
        tags=[{"key": "k8s.io/cluster-autoscaler/enabled", "value": "true", "propagate_at_launch": True}],
        instance_refresh={"strategy": "Rolling", "preferences": {"min_healthy_percentage": 50}},
        enabled_metrics=["GroupMinSize"],
    )
    aws.autoscaling.LifecycleHook(
        "drain",
        autoscaling_group_name="g",
        lifecycle_transition="autoscaling:EC2_INSTANCE_TERMINATING",
        heartbeat_timeout=300,
        default_result="CONTINUE",
    )
    aws.ec2.Instance(
        "bastion", instance_type="t4g.nano", ami="ami-1", root_block_device={"volume_size": 8, "encrypted": True}
    )
    aws.ec2.PlacementGroup("efa", strategy="cluster")
    aws.lb.LoadBalancer("web", load_balancer_type="network", subnets=["subnet-1"], access_logs={"bucket": "b"})
    aws.lb.TargetGroup("web", port=80, protocol="TCP", vpc_id="vpc-1", health_check={"path": "/", "matcher": "200"})
    aws.lb.Listener(
        "web",
        load_balancer_arn=ARN,
        port=443,
        default_actions=[
            {"type": "fixed-response", "fixed_response": {"content_type": "text/plain", "status_code": "404"}}
        ],
    )
    aws.efs.FileSystem("data", encrypted=True, lifecycle_policies=[{"transition_to_ia": "AFTER_30_DAYS"}])
    aws.efs.MountTarget("data", file_system_id="fs-1", subnet_id="subnet-1")
    aws.rds.Instance(
        "db", engine="postgres", instance_class="db.t4g.micro", allocated_storage=20, password=pulumi.Output.secret("x")
    )


def providers() -> None:
    made = aws.Provider(
        "west",
        region="us-west-2",
        default_tags=aws.ProviderDefaultTagsArgs(tags={"team": "shop"}),
        assume_roles=[{"role_arn": ARN, "session_name": "x"}],
        ignore_tags={"key_prefixes": ["kubernetes.io/"]},
        skip_credentials_validation=True,
        allowed_account_ids=["111122223333"],
        max_retries=5,
        endpoints=[{"eks": "http://localhost:1"}],
    )
    aws.ec2.Vpc("west", cidr_block="10.1.0.0/16", opts=pulumi.ResourceOptions(provider=made))


PROGRAMS = (cluster, network, identity, events, machines, providers)
