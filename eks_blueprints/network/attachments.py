"""What else stands in a new VPC: endpoints of AWS's services, flow logs, the default security group."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from eks_blueprints.core.iam import Allow
from eks_blueprints.core.iam_roles import GrantedRole, Grants, service_role
from eks_blueprints.network import blocks, endpoints
from eks_blueprints.network.site import Site
from eks_blueprints.network.spec import FlowLogsArgs

HTTPS = 443


def make_endpoints(site: Site, tables: Mapping[str, aws.ec2.RouteTable]) -> tuple[pulumi.Resource, ...]:
    """The endpoints of AWS's services, and who may use them."""
    made: list[pulumi.Resource] = [
        _gateway_endpoint(site, service, tables) for service in sorted(site.args.gateway_endpoints)
    ]
    if services := endpoints.interface_services(site.args, site.region):
        group, rules = _endpoint_group(site)
        made += rules
        made += [_interface_endpoint(site, service, group) for service in services]
    return tuple(made)


def _gateway_endpoint(site: Site, service: str, tables: Mapping[str, aws.ec2.RouteTable]) -> aws.ec2.VpcEndpoint:
    role = f"gateway-{service}"
    return aws.ec2.VpcEndpoint(
        site.name(role),
        vpc_id=site.vpc.id,
        vpc_endpoint_type="Gateway",
        service_name=endpoints.service_name(service, site.region, gateway=True),
        route_table_ids=[table.id for table in tables.values()],
        tags=site.tags(role),
        opts=site.child(),
    )


def _interface_endpoint(site: Site, service: str, group: aws.ec2.SecurityGroup) -> aws.ec2.VpcEndpoint:
    role = f"endpoint-{endpoints.label(service)}"
    return aws.ec2.VpcEndpoint(
        site.name(role),
        vpc_id=site.vpc.id,
        vpc_endpoint_type="Interface",
        service_name=endpoints.service_name(service, site.region),
        private_dns_enabled=endpoints.is_own(service),
        subnet_ids=[site.subnets[subnet.name].id for subnet in blocks.endpoint_subnets(site.planned)],
        security_group_ids=[group.id],
        tags=site.tags(role),
        opts=site.child(),
    )


def _endpoint_group(site: Site) -> tuple[aws.ec2.SecurityGroup, list[pulumi.Resource]]:
    group = aws.ec2.SecurityGroup(
        site.name("endpoints"),
        vpc_id=site.vpc.id,
        description="Interface endpoints: HTTPS from inside the VPC",
        tags=site.tags("endpoints"),
        opts=site.child(),
    )
    rules: list[pulumi.Resource] = []
    for block in site.args.cidrs:
        role = f"endpoints-{block_label(block)}"
        rules.append(
            aws.vpc.SecurityGroupIngressRule(
                site.name(role),
                security_group_id=group.id,
                description="HTTPS from inside the VPC",
                ip_protocol="tcp",
                from_port=HTTPS,
                to_port=HTTPS,
                cidr_ipv4=block,
                tags=site.tags(role),
                opts=site.child(),
            )
        )
    return group, rules


def block_label(block: str) -> str:
    """A CIDR as a part of a logical name: `100.64.0.0/16` is `100-64-0-0-16`."""
    return block.replace(".", "-").replace("/", "-")


def close_default_group(site: Site) -> None:
    """Take all rules from the VPC's default security group."""
    role = "default-security-group"
    aws.ec2.DefaultSecurityGroup(site.name(role), vpc_id=site.vpc.id, tags=site.tags(role), opts=site.child())


def make_flow_logs(site: Site, args: FlowLogsArgs) -> None:
    """Records of the VPC's traffic."""
    group = role = None
    if args.bucket_arn is None:
        group, role = _log_group(site, args)
    aws.ec2.FlowLog(
        site.name("flow-logs"),
        vpc_id=site.vpc.id,
        log_destination=args.bucket_arn if group is None else group.arn,
        log_destination_type="s3" if group is None else "cloud-watch-logs",
        iam_role_arn=None if role is None else role.arn,
        traffic_type=args.traffic_type,
        max_aggregation_interval=args.max_aggregation_interval,
        log_format=args.log_format,
        tags=site.tags("flow-logs"),
        opts=site.child(depends_on=() if role is None else role.policies),
    )


def _log_group(site: Site, args: FlowLogsArgs) -> tuple[aws.cloudwatch.LogGroup, GrantedRole]:
    group = aws.cloudwatch.LogGroup(
        site.name("flow-logs-group"),
        retention_in_days=args.retention_in_days or 30,
        kms_key_id=args.kms_key_arn,
        tags=site.tags("flow-logs-group"),
        opts=site.child(),
    )
    allowed = (
        Allow("logs:CreateLogStream", "logs:PutLogEvents", on=pulumi.Output.concat(group.arn, ":*")),
        Allow("logs:DescribeLogGroups", "logs:DescribeLogStreams"),
    )
    grants = Grants(allowed=allowed, tags=site.tags("flow-logs-role"))
    return group, service_role(site.component, "flow-logs-role", "vpc-flow-logs.amazonaws.com", grants)
