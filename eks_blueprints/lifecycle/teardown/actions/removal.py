"""Remove leftovers: each kind by the call of its service, those first that hold others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from eks_blueprints.lifecycle.teardown.search import Leftover
from eks_blueprints.live.account import code_of


def remove(session: Any, found: Sequence[Leftover], say: Callable[[str], None]) -> list[str]:
    """Remove them, and return what is still there, with AWS's reason."""
    order = list(_REMOVERS)
    known = sorted((each for each in found if each.kind in _REMOVERS), key=lambda each: order.index(each.kind))
    left = [f"{each}: no known way to remove it; delete it by hand" for each in found if each.kind not in _REMOVERS]
    for each in known:
        service, call = _REMOVERS[each.kind]
        try:
            call(session.client(service), each.id)
        except Exception as error:
            code = code_of(error)
            if not code:
                raise
            if "NotFound" in code or code in _GONE:
                say(f"already gone: {each}")
                continue
            left.append(f"{each}: AWS refuses ({code}); delete it by hand, or run the command again")
        else:
            say(f"removed {each}")
    return left


def _instance_profile(iam: Any, name: str) -> None:
    for role in iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]["Roles"]:
        iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=role["RoleName"])
    iam.delete_instance_profile(InstanceProfileName=name)


def _name(arn: str) -> str:
    """The name at the end of an ARN of a log group, which is not always asked for by its ARN."""
    return arn.split(":log-group:", 1)[-1].removesuffix(":*")


_REMOVERS: Mapping[str, tuple[str, Callable[[Any, str], object]]] = {
    "elasticloadbalancing:loadbalancer": ("elbv2", lambda elb, arn: elb.delete_load_balancer(LoadBalancerArn=arn)),
    "elasticloadbalancing:targetgroup": ("elbv2", lambda elb, arn: elb.delete_target_group(TargetGroupArn=arn)),
    "ec2:instance": ("ec2", lambda ec2, ident: ec2.terminate_instances(InstanceIds=[ident])),
    "ec2:network-interface": ("ec2", lambda ec2, ident: ec2.delete_network_interface(NetworkInterfaceId=ident)),
    "ec2:security-group": ("ec2", lambda ec2, ident: ec2.delete_security_group(GroupId=ident)),
    "ec2:volume": ("ec2", lambda ec2, ident: ec2.delete_volume(VolumeId=ident)),
    "ec2:launch-template": ("ec2", lambda ec2, ident: ec2.delete_launch_template(LaunchTemplateId=ident)),
    "iam:instance-profile": ("iam", _instance_profile),
    "logs:log-group": ("logs", lambda logs, ident: logs.delete_log_group(logGroupName=_name(ident))),
}
"""Service and call by kind, in the order in which they go: a load balancer holds its target groups and groups.

Snapshots are not among them: they are somebody's backup.
"""

_GONE = frozenset({"NoSuchEntity", "ResourceNotFoundException", "IncorrectInstanceState"})
