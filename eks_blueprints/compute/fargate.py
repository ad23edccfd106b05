"""Fargate: pods without nodes, each on a machine of its own that AWS looks after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator

from eks_blueprints.compute._fargate_parts import (
    SELECTORS_PER_PROFILE,
    FargateLogging,
    FargateSelector,
    ProfileTimeouts,
)
from eks_blueprints.compute._rules import check_role_policies, check_subnet_ids, missing_subnets
from eks_blueprints.compute.base import Compute
from eks_blueprints.core.errors import Faults, Problem, shown
from eks_blueprints.core.leaves import PolicyArn, RoleArn, Tags, repeated
from eks_blueprints.core.refs import Place
from eks_blueprints.core.role_spec import RoleArgs, check_names
from eks_blueprints.core.spec import In, Many, Several

if TYPE_CHECKING:
    from eks_blueprints.core.component import Component
    from eks_blueprints.core.refs import ClusterRef, Ground

_OF_NODES = {
    "ami_type": "Fargate has no image that could be chosen; put pods that need one on nodes",
    "ami_id": "Fargate has no image that could be chosen; put pods that need one on nodes",
    "image": "Fargate has no image that could be chosen; put pods that need one on nodes",
    "instance_types": "Fargate gives each pod what it requests; put pods that need a type on nodes",
    "capacity_type": "EKS has no spot Fargate; put pods that can be interrupted on spot nodes",
    "min_size": "Fargate has no nodes to count",
    "max_size": "Fargate has no nodes to count",
    "desired_size": "Fargate has no nodes to count",
    "update_config": "Fargate has no nodes to update; a pod gets a new machine whenever it is replaced",
    "max_unavailable": "Fargate has no nodes to update; a pod gets a new machine whenever it is replaced",
    "release_version": "Fargate has no nodes to update; a pod gets a new machine whenever it is replaced",
    "labels": "Fargate has no nodes to label or taint; name the labels of pods in selectors",
    "taints": "Fargate has no nodes to label or taint; selectors say which pods run on it",
    "max_pods": "a machine of Fargate runs one pod",
    "disk": "a pod on Fargate gets the ephemeral-storage that it requests, up to 175 GiB",
}


class Fargate(Compute):
    """A Fargate profile: pods of some namespaces and labels run without nodes.

    No DaemonSets run there, no privileged pods, no GPUs, and nothing that needs EBS volumes; Pod Identity does not
    reach it. Every change creates a new profile before the old one is deleted.
    """

    runs_pods: ClassVar[bool] = False

    selectors: Many[FargateSelector] = Field(min_length=1, max_length=SELECTORS_PER_PROFILE)
    """Which pods run on it: those that one of up to five selectors matches."""

    subnets: Literal["private"] | None = None
    """Which of the network's subnets pods are in. Fargate accepts private ones only, which is the default."""

    zones: Many[str] = ()
    """Availability zones, as the network writes them. Default: all of the network's."""

    subnet_ids: Several[str] = ()
    """Ids of the private subnets pods are in, instead of `zones`."""

    timeouts: ProfileTimeouts = ProfileTimeouts()
    """How long to wait for the profile to be created and removed."""

    logging: FargateLogging | None = None
    """Where the logs of all pods on Fargate in the cluster go. Default: nowhere, they stay with the pods."""

    pod_execution_role_arn: In[RoleArn] | None = None
    """ARN of an existing IAM role, with which images are fetched and logs are sent. Default: one is created."""

    policies: dict[str, In[PolicyArn]] = {}
    """ARNs of further IAM policies for that role, by a short name each. Pods get their permissions by IRSA."""

    permissions_boundary: In[PolicyArn] | None = None
    """ARN of the policy that is the permissions boundary of the created role."""

    iam_role: RoleArgs | None = None
    """Name, path, description, tags and further permissions of the role that is created."""

    tags: Tags = {}
    """Tags of the profile, besides the platform's."""

    @model_validator(mode="before")
    @classmethod
    def _say_what_fargate_has_not(cls, fields: Any) -> Any:
        known = [key for key in fields if key in _OF_NODES] if isinstance(fields, Mapping) else []
        if not known:
            return fields
        faults = Faults()
        for key in known:
            faults.add(key, f"is not for Fargate; got {shown(fields[key])}; {_OF_NODES[key]}")
        try:
            cls.model_validate({key: value for key, value in fields.items() if key not in known})
        except ValidationError as error:
            faults.nest((), error)
        faults.raise_if_any()
        return fields

    @field_validator("subnets", mode="before")
    @classmethod
    def _private_only(cls, subnets: Any) -> Any:
        if subnets == "public":
            do = "leave it out, or put these pods on nodes"
            raise ValueError(f'must be private: EKS accepts no public subnets for Fargate; got "public"; {do}')
        return subnets

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        check_subnet_ids(self.subnet_ids, self.zones, faults)
        if self.subnet_ids and self.subnets:
            faults.add("subnets", "cannot be combined with subnet_ids; got both; keep one")
        seen: dict[str, int] = {}
        for index, selector in enumerate(self.selectors):
            text = selector.model_dump_json()
            if (first := seen.setdefault(text, index)) != index:
                faults.add(("selectors", index), f"is the same as selectors[{first}]; got it twice; remove one")
        own = ("pod-execution", "logs")
        given = self.pod_execution_role_arn is not None
        check_role_policies(self.policies, own, faults)
        check_names(self.iam_role, (*own, *self.policies), faults)
        for field in ("policies", "permissions_boundary", "iam_role"):
            if given and getattr(self, field):
                faults.add(
                    field, "is for the role that is created; got pod_execution_role_arn too; put it on that role"
                )
        if twice := repeated(self.zones):
            faults.add("zones", f"lists one twice; got {twice}; remove one")
        faults.raise_if_any()
        return self

    def runs(self, namespace: str, labels: Mapping[str, str] | None = None) -> bool:
        """Whether a pod of a namespace, with some labels, is one that it takes.

        Without labels: whether some pod of the namespace is.
        """
        if labels is None:
            return any(selector.matches(namespace, selector.labels) for selector in self.selectors)
        return any(selector.matches(namespace, labels) for selector in self.selectors)

    def places(self) -> Iterator[tuple[str, Place]]:
        """Which pods it runs."""
        plain = ((each.namespace, _plain_labels(each.labels)) for each in self.selectors)
        yield self.name, Place(fargate=tuple(plain))

    def problems_on(self, ground: Ground) -> Iterator[Problem]:
        """Subnets that are not there, or not private."""
        yield from super().problems_on(ground)
        if not self.subnet_ids:
            yield from missing_subnets(ground.network, "private", self.zones)
        public = ground.network.ids("public")
        for index, subnet in enumerate(self.subnet_ids):
            if any(subnet is other or (isinstance(subnet, str) and subnet == other) for other in public):
                do = "name a private one, or put these pods on nodes"
                message = f"is a public subnet, which EKS does not accept for Fargate; got {subnet}; {do}"
                yield Problem(("subnet_ids", index), message)

    def attach(self, cluster: ClusterRef) -> Component:
        """Make the profile, with its role and, if asked for, the logging of all pods on Fargate."""
        from eks_blueprints.compute._fargate_profile import make

        return make(self, cluster)


def _plain_labels(labels: Mapping[str, str]) -> dict[str, str]:
    """Labels that pods can carry: a pattern stands for what only their maker knows."""
    return {key: value for key, value in labels.items() if not set("*?") & set(key + value)}
