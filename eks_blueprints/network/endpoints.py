"""VPC endpoints: which services a private cluster needs, and what they are called in a region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eks_blueprints.network import zones

if TYPE_CHECKING:
    from eks_blueprints.network.spec import NetworkArgs

PRIVATE_CLUSTER = (
    "autoscaling",
    "ec2",
    "ecr.api",
    "ecr.dkr",
    "eks",
    "eks-auth",
    "elasticloadbalancing",
    "logs",
    "ssm",
    "sts",
)
"""Services with an interface endpoint in a private cluster's VPC, besides S3's gateway endpoint.

Source: EKS User Guide, "Deploy private clusters with limited internet access": ec2 (nodes' names, CNI, EBS), ecr.api
and ecr.dkr (images), elasticloadbalancing, logs, sts (IRSA), eks-auth (Pod Identity), eks, ssm (node management, and
AMI parameters); autoscaling for the Cluster Autoscaler.
"""

# Regions without PrivateLink for a service. Source: EKS User Guide, "Access Amazon EKS using AWS PrivateLink".
_ABSENT = {
    "eks": {"ap-east-2", "ap-southeast-5", "ap-southeast-7", "mx-central-1"},
    "eks-auth": {"ap-east-2", "ap-southeast-7", "mx-central-1"},
}

# Outside aws and aws-us-gov some services stand under the partition's own domain, the others under com.amazonaws. Not
# checked against the live lists of those partitions (`aws ec2 describe-vpc-endpoint-services`); a full service name
# always works.
_DOMAINS = {
    "aws-cn": (
        "cn.com.amazonaws",
        {
            "autoscaling",
            "ec2",
            "ecr.api",
            "ecr.dkr",
            "eks",
            "monitoring",
            "sqs",
            "sts",
            "xray",
            "elasticfilesystem",
            "fsx",
            "ebs",
        },
    ),
    "aws-eusc": ("eu.amazonaws", {"ecr.api", "ecr.dkr"}),
    "aws-iso": ("gov.ic.c2s", {"autoscaling", "ec2", "ecr.api", "ecr.dkr", "ebs", "elasticfilesystem", "sqs"}),
    "aws-iso-b": ("gov.sgov.sc2s", {"autoscaling", "ec2", "ecr.api", "ecr.dkr", "ebs", "elasticfilesystem", "sqs"}),
    "aws-iso-e": ("uk.adc-e.cloud", {"ecr.api", "ecr.dkr", "ebs"}),
    "aws-iso-f": ("gov.ic.hci.csp", {"ecr.api", "ecr.dkr", "ebs"}),
}


def interface_services(args: NetworkArgs, region: str) -> tuple[str, ...]:
    """The services that get an interface endpoint in a new VPC."""
    chosen = args.interface_endpoints
    if chosen is None:
        needed = PRIVATE_CLUSTER if args.topology == "private" else ()
        chosen = tuple(service for service in needed if is_offered(service, region))
    return tuple(dict.fromkeys((*chosen, *args.additional_endpoints)))


def is_offered(service: str, region: str) -> bool:
    """Whether a service can be reached by PrivateLink in a region, as far as is known."""
    return region not in _ABSENT.get(service, ())


def service_name(service: str, region: str, *, gateway: bool = False) -> str:
    """The full name of a service in a region; one that is full already stays as it is."""
    if is_full(service):
        return service
    domain, own = _DOMAINS.get(zones.partition(region), ("", frozenset[str]()))
    return f"{domain if service in own and not gateway else 'com.amazonaws'}.{region}.{service}"


def is_full(service: str) -> bool:
    """Whether a service is named in full, region included: `com.amazonaws.eu-west-1.ecr.api`."""
    return service.startswith(("aws.", "cn.", "com.", "eu.", "gov.", "uk."))


def is_own(service: str) -> bool:
    """Whether a service is one of AWS's, which have a private DNS name; others may have none."""
    return ".vpce-svc-" not in service


def short(service: str, region: str) -> str:
    """The name of a service within a region: `ecr.api` also where it is named in full."""
    return service.rpartition(f"{region}.")[2]


def label(service: str) -> str:
    """What the resources of an endpoint are called: `ecr.api` is `ecr-api`."""
    return service.replace(".", "-")
