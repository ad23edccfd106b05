"""What the controllers of AWS Controllers for Kubernetes (ACK) share; each makes resources of one AWS service."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.core.errors import Faults, Path, shown, unknown_name
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.leaves import ArnPattern, KeyArn, RoleArn
from eks_blueprints.core.spec import In, Many, is_known

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef

_TABLE = FilePath(__file__).with_name("_ack.toml")
_REPOSITORY = "oci://public.ecr.aws/aws-controllers-k8s"


@cache
def controllers() -> dict[str, dict[str, Any]]:
    """What is known of each controller, by the name of its service."""
    found: dict[str, dict[str, Any]] = tomllib.loads(_TABLE.read_text(encoding="utf-8"))["controllers"]
    return found


class AckController(HelmAddOn):
    """A controller of ACK: it makes and changes resources of one AWS service as objects in the cluster say.

    Its role may do what the controller's code calls, and nothing else, to what `resource_arns` name. Who may write its
    objects acts with that role.
    """

    service: ClassVar[str] = ""
    """What ACK calls the AWS service."""
    linked_roles: ClassVar[tuple[str, ...]] = ()
    """AWS services whose service-linked role it may have to make first."""
    looks_at: ClassVar[tuple[str, ...]] = ()
    """Actions of other services that only look, and know no resources."""

    category: ClassVar[str] = "aws controllers"
    pods: ClassVar[tuple[str, ...]] = ("deployment",)
    spare: ClassVar[dict[str, Any]] = {"deployment.replicas": 2, "leaderElection.enabled": True}
    makes_outside: ClassVar[bool] = True

    namespace: Namespace = "ack-system"
    """Kubernetes namespace it runs in."""

    region: str | None = Field(default=None, pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")
    """Region in which it creates resources. Default: the cluster's."""

    resource_arns: Many[In[ArnPattern]] | None = Field(default=None, min_length=1)
    """ARNs of what it may manage, with `*` for any text, such as all names that begin with a team's. Needed, unless it
    is `unbounded`."""

    unbounded: bool = False
    """Whether it is meant that it may manage all of a kind: what `resource_arns` cover, or without them all that the
    service has in the region. What AWS names by an id alone, such as a VPC, cannot be named before it is there."""

    kms_key_arns: Many[In[KeyArn]] = ()
    """ARNs of KMS keys with which it may have the service encrypt what it creates. Default: keys of AWS only."""

    kinds: Many[str] = ()
    """Kinds of objects that it looks after, such as `Bucket`. Default: all it knows."""

    watch_namespaces: Many[Namespace] = ()
    """Kubernetes namespaces whose objects it looks after. Default: all."""

    deletion_policy: Literal["delete", "retain"] = "delete"
    """What happens to a resource in AWS when its object is deleted."""

    resync_seconds: int | None = Field(default=None, ge=1)
    """How often resources are compared with their objects, in seconds. Default: ACK's, 10 hours."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if facts := controllers().get(cls.service):
            cls.chart = Chart(f"{cls.service}-chart", facts["version"], _REPOSITORY)
            cls.service_account = facts["service_account"]
            cls.images = {"image.repository": f"public.ecr.aws/aws-controllers-k8s/{cls.service}-controller"}

    def unnamed(self) -> Iterator[tuple[Path, str]]:
        """What lets it do more than it is named for: where that is said, and `what; got X; do Y`."""
        if self.resource_arns is None:
            what = (
                "is required: without it, anyone who can write its objects can "
                f"change everything that {self.service} has in the region"
            )
            yield ("resource_arns",), f"{what}; got none; name what it may manage"
        kinds = [arn.split(":", 5)[5] for arn in controllers()[self.service]["resources"]]
        for index, pattern in enumerate(self.resource_arns or ()):
            covered = str(pattern).split(":", 5)[5] if is_known(pattern) else ""
            if covered and (not covered.strip("*?/:") or any(fnmatchcase(kind, covered) for kind in kinds)):
                yield (
                    ("resource_arns", index),
                    f"matches every resource of a kind; got {shown(pattern)}; start it with a name of your own",
                )

    @model_validator(mode="after")
    def _is_bounded(self) -> Self:
        faults, found = Faults(), list(self.unnamed())
        for path, message in () if self.unbounded else found:
            faults.add(path, f"{message}, or set unbounded: true if that is intended")
        if self.unbounded and not found:
            faults.add("unbounded", "is set on a controller that is bounded; got true; remove it")
        faults.raise_if_any()
        return self

    @model_validator(mode="after")
    def _kinds_are_known(self) -> Self:
        known = controllers()[self.service]["kinds"]
        faults = Faults()
        for index, kind in enumerate(self.kinds):
            if kind not in known:
                faults.add(("kinds", index), unknown_name(kind, known, f"kind of the {self.service} controller"))
        faults.raise_if_any()
        return self

    def permissions(self, cluster: ClusterRef) -> list[Allow]:
        """What the controller's code calls, on what it may manage."""
        facts, region = controllers()[self.service], self.region or cluster.region
        found = [arn.format(partition=cluster.partition, region=region) for arn in facts["resources"]]
        allowed = [Allow(*facts["actions"], on=self.resource_arns or found)]
        if anywhere := (*facts["anywhere"], *self.looks_at):
            allowed.append(Allow(*anywhere))
        if self.linked_roles:
            roles = f"arn:{cluster.partition}:iam::*:role/aws-service-role/*"
            names = {"StringLike": {"iam:AWSServiceName": list(self.linked_roles)}}
            allowed.append(Allow("iam:CreateServiceLinkedRole", on=roles, when=names))
        if self.kms_key_arns:
            for_aws = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
            allowed.append(Allow("kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey", on=self.kms_key_arns))
            allowed.append(Allow("kms:CreateGrant", on=self.kms_key_arns, when=for_aws))
        return allowed

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """The region it works in."""
        return {"aws": {"region": self.region or cluster.region}}

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        reconcile: dict[str, Any] = {}
        if self.kinds:
            reconcile["resources"] = list(self.kinds)
        if self.resync_seconds is not None:
            reconcile["defaultResyncPeriod"] = self.resync_seconds
        settings: dict[str, Any] = {"deletionPolicy": self.deletion_policy}
        if reconcile:
            settings["reconcile"] = reconcile
        if self.watch_namespaces:
            settings |= {"installScope": "namespace", "watchNamespace": ",".join(self.watch_namespaces)}
        return settings


class AckRolePasser(AckController):
    """A controller of ACK that hands roles to its service, to act with."""

    passes_roles_to: ClassVar[tuple[str, ...]]
    """AWS services that take the roles on."""

    pass_role_arns: Many[In[RoleArn]] = ()
    """ARNs of the IAM roles that it may hand to the service. Default: none, as who hands a role over acts with it."""

    def permissions(self, cluster: ClusterRef) -> list[Allow]:
        """What the controller's code calls, and handing over the roles that are named."""
        allowed = super().permissions(cluster)
        if self.pass_role_arns:
            services = {"StringEquals": {"iam:PassedToService": list(self.passes_roles_to)}}
            allowed.append(Allow("iam:PassRole", on=self.pass_role_arns, when=services))
        return allowed
