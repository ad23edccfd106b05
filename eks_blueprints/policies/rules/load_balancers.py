"""What load balancers keep of their requests, and whether they can be deleted by mistake."""

from __future__ import annotations

from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.objects import INGRESS, SERVICE
from eks_blueprints.policies.props import Faults, NotApplicable, Props
from eks_blueprints.policies.stack import Resource, Stack

BALANCER = "aws:lb/loadBalancer:LoadBalancer"
_PARAMS = (
    "kubernetes:elbv2.k8s.aws/v1beta1:IngressClassParams",
    "kubernetes:eks.amazonaws.com/v1:IngressClassParams",
)
_NOTES = {
    SERVICE: "service.beta.kubernetes.io/aws-load-balancer-attributes",
    INGRESS: "alb.ingress.kubernetes.io/load-balancer-attributes",
}


@rule(
    "load-balancer-access-logs",
    SERVICE,
    INGRESS,
    BALANCER,
    severity="medium",
    enforcement="advisory",
    wave=3,
    production_only=True,
)
def access_logs(subject: Props, context: Context) -> Faults:
    """In production load balancers write access logs.

    access_logs.s3.enabled is true in the attributes of a Service or Ingress that a load balancer is made for, or in
    those that the stack's IngressClassParams set for all; a load balancer of the stack itself has accessLogs.
    """
    if context.resource.type == BALANCER:
        if subject.flag("accessLogs", "enabled") is not True:
            yield subject.fault("keeps no log of its requests", "accessLogs")
    else:
        yield from _asked(subject, context, "access_logs.s3.enabled", "keeps no log of its requests")


@rule(
    "load-balancer-deletion-protection",
    SERVICE,
    INGRESS,
    BALANCER,
    severity="medium",
    enforcement="advisory",
    wave=3,
    production_only=True,
)
def deletion_protection(subject: Props, context: Context) -> Faults:
    """In production load balancers have deletion protection.

    deletion_protection.enabled is true in the attributes of a Service or Ingress that a load balancer is made for, or
    in those that the stack's IngressClassParams set for all; a load balancer of the stack itself has
    enableDeletionProtection.
    """
    if context.resource.type == BALANCER:
        if subject.flag("enableDeletionProtection") is not True:
            yield subject.fault("can be deleted by mistake", "enableDeletionProtection")
    else:
        yield from _asked(subject, context, "deletion_protection.enabled", "can be deleted by mistake")


def _asked(subject: Props, context: Context, attribute: str, what: str) -> Faults:
    resource = context.resource
    if not _is_balanced(subject, resource):
        raise NotApplicable
    key = _NOTES[resource.type]
    given = str(subject.get("metadata", "annotations", key) or "")
    found = dict(each.strip().partition("=")[::2] for each in given.split(",") if each.strip())
    if found.get(attribute) == "true" or (resource.type == INGRESS and _for_all(context.stack, attribute)):
        return
    yield subject.fault(
        what, "metadata", "annotations", key, got=given or None, do=f"add {attribute}=true to the attributes"
    )


def _is_balanced(subject: Props, resource: Resource) -> bool:
    if resource.type == SERVICE:
        return bool(subject.get("spec", "type") == "LoadBalancer")
    notes = subject.get("metadata", "annotations", "kubernetes.io/ingress.class")
    return "alb" in str(subject.get("spec", "ingressClassName") or notes).lower()


def _for_all(stack: Stack, attribute: str) -> bool:
    given = [each for params in stack.of(*_PARAMS) for each in params.props.items("spec", "loadBalancerAttributes")]
    return any(each.get("key") == attribute and str(each.get("value")) == "true" for each in given)
