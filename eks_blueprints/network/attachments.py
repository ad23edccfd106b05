"""What else is in a VPC: endpoints of AWS's services; in a new one flow logs and the default security group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from eks_blueprints.core.component import Component, merge_tags
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.iam_roles import GrantedRole, Grants, service_role
from eks_blueprints.network import endpoints, zones
from eks_blueprints.network.site import Site
from eks_blueprints.network.spec import FlowLogsArgs

HTTPS = 443


@dataclass(frozen=True, kw_only=True)
class EndpointPlace:
    """Where endpoints are created, in a new VPC or in an existing one."""

    component: Component
    vpc_id: pulumi.Input[str]
    region: str
    blocks: Sequence[str]
    """IPv4 blocks of those who may use them."""
    subnet_ids: Sequence[pulumi.Input[str]]
    """Subnets of interface endpoints, one per zone."""
    route_table_ids: Sequence[pulumi.Input[str]]
    """Route tables that lead to gateway endpoints."""
    tags: Mapping[str, str]

    def name(self, role: str) -> str:
        """The logical name of a child."""
        return f"{self.component.pulumi_resource_name}-{role}"

    def tagged(self, role: str) -> dict[str, str]:
        """Tags of a child, its name in AWS's console among them."""
        return merge_tags({"Name": self.name(role)}, self.tags)


def make_endpoints(
    place: EndpointPlace, *, interface: Iterable[str], gateway: Iterable[str]
) -> tuple[tuple[pulumi.Resource, ...], pulumi.Output[str] | None]:
    """The endpoints of AWS's services and who may use them, and the security group of those that have one."""
    group_id: pulumi.Output[str] | None = None
    made: list[pulumi.Resource] = [_gateway_endpoint(place, service) for service in sorted(gateway)]
    if services := tuple(interface):
        group, rules = _endpoint_group(place)
        made += rules
        group_id = group.id
        made += [_interface_endpoint(place, service, group) for service in services]
    return tuple(made), group_id


def _gateway_endpoint(place: EndpointPlace, service: str) -> aws.ec2.VpcEndpoint:
    role = f"gateway-{service}"
    return aws.ec2.VpcEndpoint(
        place.name(role),
        vpc_id=place.vpc_id,
        vpc_endpoint_type="Gateway",
        service_name=endpoints.service_name(service, place.region, gateway=True),
        route_table_ids=list(place.route_table_ids),
        tags=place.tagged(role),
        opts=place.component.child(),
    )


def _interface_endpoint(place: EndpointPlace, service: str, group: aws.ec2.SecurityGroup) -> aws.ec2.VpcEndpoint:
    role = f"endpoint-{endpoints.label(service)}"
    return aws.ec2.VpcEndpoint(
        place.name(role),
        vpc_id=place.vpc_id,
        vpc_endpoint_type="Interface",
        service_name=endpoints.service_name(service, place.region),
        private_dns_enabled=endpoints.is_own(service),
        subnet_ids=list(place.subnet_ids),
        security_group_ids=[group.id],
        tags=place.tagged(role),
        opts=place.component.child(),
    )


def _endpoint_group(place: EndpointPlace) -> tuple[aws.ec2.SecurityGroup, list[pulumi.Resource]]:
    group = aws.ec2.SecurityGroup(
        place.name("endpoints"),
        vpc_id=place.vpc_id,
        description="Interface endpoints: HTTPS from inside the VPC",
        tags=place.tagged("endpoints"),
        opts=place.component.child(),
    )
    rules: list[pulumi.Resource] = []
    for block in place.blocks:
        role = f"endpoints-{block_label(block)}"
        rules.append(
            aws.vpc.SecurityGroupIngressRule(
                place.name(role),
                security_group_id=group.id,
                description="HTTPS from inside the VPC",
                ip_protocol="tcp",
                from_port=HTTPS,
                to_port=HTTPS,
                cidr_ipv4=block,
                tags=place.tagged(role),
                opts=place.component.child(),
            )
        )
    return group, rules


def block_label(block: str) -> str:
    """A CIDR as a part of a logical name: `100.64.0.0/16` is `100-64-0-0-16`."""
    return block.replace(".", "-").replace("/", "-").replace(":", "-")


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
    grants = Grants(allowed=allowed, tags=site.tags("flow-logs-role"), iam_role=args.iam_role)
    # VPC user guide, "IAM role for publishing flow logs to CloudWatch Logs". The log's id is known only later.
    owner = site.vpc.owner_id
    logs = pulumi.Output.concat(f"arn:{zones.partition(site.region)}:ec2:{site.region}:", owner, ":vpc-flow-log/*")
    ours = {"StringEquals": {"aws:SourceAccount": owner}, "ArnLike": {"aws:SourceArn": logs}}
    return group, service_role(site.component, "flow-logs-role", "vpc-flow-logs.amazonaws.com", grants, when=ours)
