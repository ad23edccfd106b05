"""Who reaches the private endpoint of the Kubernetes API from outside the cluster."""

from __future__ import annotations

from typing import Any, Self

from pydantic import model_validator

from eks_blueprints.core.errors import Faults
from eks_blueprints.core.leaves import Cidr, GroupDescription, PrefixListId, SecurityGroupId, key_name
from eks_blueprints.core.rule_source import check_source, source_inputs
from eks_blueprints.core.spec import In, Spec, is_known


class EndpointAccess(Spec):
    """Who reaches the API: an address range, a prefix list or a security group, by HTTPS on port 443."""

    cidr: Cidr | None = None
    """Address range, IPv4 or IPv6, such as that of a VPN or of a peered network."""

    prefix_list: In[PrefixListId] | None = None
    """Id of a prefix list, `pl-...`."""

    security_group: In[SecurityGroupId] | None = None
    """Id of a security group, such as that of the runners that deploy."""

    description: GroupDescription | None = None
    """Description of the rule in AWS. Default: that it leads to the Kubernetes API."""

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        faults = Faults()
        check_source(self, faults, "give each its own name")
        faults.raise_if_any()
        return self

    def source(self) -> dict[str, Any]:
        """The inputs of a security group rule that say who."""
        return source_inputs(self)


def check(access: dict[str, EndpointAccess], private: bool, faults: Faults) -> None:
    """Note what is wrong with who reaches the API."""
    if access and not private:
        do = "set endpoint_private_access: true or remove it"
        faults.add("endpoint_access", f"is for the private endpoint; got {', '.join(access)} without it; {do}")
    seen: dict[str, str] = {}
    for key, each in access.items():
        if fault := key_name.fault(key):
            faults.add(("endpoint_access", key), fault)
        source = str(each.source())
        if source in seen and not any(not is_known(value) for value in each.source().values()):
            faults.add(
                ("endpoint_access", key), f"allows the same source as {seen[source]}; got both; remove one of them"
            )
        seen[source] = key
