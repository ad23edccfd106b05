"""Security groups with rules, as data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import (
    Cidr,
    GroupDescription,
    Namespace,
    PrefixListId,
    SecurityGroupId,
    Tags,
    key_names,
    security_group_id,
)
from eks_blueprints.core.rule_source import check_source
from eks_blueprints.core.spec import In, Spec, is_known
from eks_blueprints.network.security_group_names import ALL

_PORTED = ("tcp", "udp")
_ICMP = ("icmp", "icmpv6")
_NAMED = {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6", "all": ALL}
_PROTOCOL = Form(
    r"tcp|udp|icmp|icmpv6|-1|(1?\d?\d|2[0-4]\d|25[0-5])",
    what="is not a valid protocol",
    do='write tcp, udp, icmp, icmpv6, "-1" for all traffic, or a number from 0 to 255',
)
_NAME = Form(
    r"(?!sg-)[a-zA-Z0-9. _:/()#,@\[\]+=&;{}!$*-]{1,255}",
    what="is not a valid name of a security group",
    do="use up to 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*, and do not begin with sg-",
)


def _protocol(value: str) -> str:
    # EC2 answers with the name, which would be a change on every deployment.
    if name := _NAMED.get(value):
        raise ValueError(f"has a name in EC2; got {shown(value)}; write {shown(name)}")
    return _PROTOCOL(value)


Protocol = Annotated[str, AfterValidator(_protocol)]


class SecurityGroupRule(Spec):
    """One rule: where traffic comes from or goes to, and which traffic it is."""

    cidr: Cidr | None = None
    """Address range, IPv4 or IPv6."""

    prefix_list: In[PrefixListId] | None = None
    """Id of a prefix list, `pl-...`."""

    security_group: In[str] | None = None
    """Another security group: the name of one of `security_groups`, `cluster` for the one that EKS creates, `self` for
    the group itself, or an id, `sg-...`.
    """

    protocol: Protocol = "tcp"
    """Protocol: `tcp`, `udp`, `icmp`, `icmpv6`, `"-1"` for all traffic, or the number of another, such as `"50"`."""

    port: int | None = Field(default=None, ge=0, le=65535)
    """Port, for tcp and udp."""

    from_port: int | None = Field(default=None, ge=-1, le=65535)
    """First of several ports; for icmp the type, where -1 is any."""

    to_port: int | None = Field(default=None, ge=-1, le=65535)
    """Last of several ports; for icmp the code, where -1 is any."""

    description: GroupDescription | None = None
    """Description of the rule in AWS. Default: the rule's name."""

    tags: Tags = {}
    """Tags of the rule, besides those of the group and the platform."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        check_source(self, faults, "give each a rule")
        other: Any = self.security_group
        if isinstance(other, str) and other.startswith("sg-") and (fault := security_group_id.fault(other)):
            faults.add("security_group", fault)
        self._check_ports(faults)
        faults.raise_if_any()
        return self

    def _check_ports(self, faults: Faults) -> None:
        several = self.from_port is not None or self.to_port is not None
        if self.port is not None and several:
            faults.add(
                "port", f"cannot be combined with from_port and to_port; got {self.port} beside them; keep one way"
            )
        elif self.protocol not in (*_PORTED, *_ICMP) and (self.port is not None or several):
            got = shown(self.protocol)
            faults.add("protocol", f"knows no ports; got {got} with ports; remove them, or name tcp or udp")
        elif self.protocol in _PORTED and self.port is None and (self.from_port is None or self.to_port is None):
            do = 'add port, or from_port and to_port; for all traffic write protocol: "-1"'
            faults.add("port", f"is required for {self.protocol}; got none; {do}")
        elif self.protocol in _PORTED and several and not 0 <= (self.from_port or 0) <= (self.to_port or 0):
            do = "write the lower one first"
            faults.add("from_port", f"is not below to_port; got {self.from_port} and {self.to_port}; {do}")
        elif self.protocol not in _PORTED and self.port is not None:
            faults.add("port", f"is for tcp and udp; got it with {self.protocol}; use from_port for the type of ICMP")

    @property
    def ports(self) -> tuple[int, int] | None:
        """First and last port, or type and code; None for all traffic."""
        if self.protocol not in (*_PORTED, *_ICMP):
            return None
        if self.port is not None:
            return self.port, self.port
        return (-1 if self.from_port is None else self.from_port, -1 if self.to_port is None else self.to_port)

    @property
    def same(self) -> str | None:
        """What EC2 takes no second rule with; None where that is known only later."""
        said = (self.cidr, self.prefix_list, self.security_group)
        return (
            repr((said, self.protocol, self.ports)) if all(value is None or is_known(value) for value in said) else None
        )


Rules = Annotated[dict[str, SecurityGroupRule], AfterValidator(key_names)]
"""Rules by a name of the user's choice."""


class PodSelection(Spec):
    """Pods that get a security group: those of a namespace with some labels, or of service accounts with some."""

    namespace: Namespace
    """Kubernetes namespace of the pods."""

    pod_labels: dict[str, str] = {}
    """Labels of the pods."""

    service_account_labels: dict[str, str] = {}
    """Labels of their service accounts. Default: whatever they have; without both, all pods of the namespace."""


class SecurityGroupArgs(Spec):
    """A security group, and its rules. An existing one is named by `id`, and gets rules only."""

    id: In[SecurityGroupId] | None = None
    """Id of an existing security group. Default: one is created in the network's VPC."""

    name: Annotated[str, AfterValidator(_NAME)] | None = None
    """Name of the group in AWS. Changing it replaces the group. Default: generated from the names of platform and
    group.
    """

    description: GroupDescription | None = None
    """Description of the group in AWS. Changing it replaces the group. Default: its name here."""

    ingress: Rules = {}
    """Who may come in, by a name of your choice for each rule."""

    egress: Rules | None = None
    """Where traffic may go to. Default: everywhere, for a group that is created here; `{}` is nowhere."""

    pods: Annotated[dict[str, PodSelection], AfterValidator(key_names)] = {}
    """Pods that get this group instead of those of their node, by a name of your choice; those that several groups
    name get all of these. Needs `vpc_cni: {pod_security_groups: standard}`, and nodes with branch interfaces."""

    tags: Tags = {}
    """Tags of the group and its rules, besides the platform's. The group that EKS creates (`cluster`) gets these alone,
    and none of the cluster's or the platform's; a group by its `id`, and `endpoints`, get none: only their rules do.
    """

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        if self.id is not None:
            for field in ("name", "description"):
                if (value := getattr(self, field)) is not None:
                    faults.add(field, f"is for a group that is created; got {shown(value)} beside id; remove it")
        for way in ("ingress", "egress"):
            seen: dict[str, str] = {}
            for key, each in (getattr(self, way) or {}).items():
                if each.same is not None and (other := seen.setdefault(each.same, key)) != key:
                    faults.add((way, key), f"is the same rule as {other}; got both; remove one of them")
        faults.raise_if_any()
        return self

    def rules(self, *, made: bool) -> Iterator[tuple[str, str, SecurityGroupRule]]:
        """Way, name and what is said of each rule; a group that is made lets everything out where nothing is said."""
        yield from (("ingress", key, each) for key, each in self.ingress.items())
        egress = self.egress
        if egress is None:
            everywhere = {"all-ipv4": "0.0.0.0/0", "all-ipv6": "::/0"} if made else {}
            egress = {key: SecurityGroupRule(cidr=cidr, protocol=ALL) for key, cidr in everywhere.items()}
        yield from (("egress", key, each) for key, each in egress.items())
