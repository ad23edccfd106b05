"""Where the traffic of a security group rule comes from or goes to: an address range, a prefix list or a group."""

from __future__ import annotations

from typing import Any, Protocol

from eks_blueprints.core.errors import Faults


class RuleSource(Protocol):
    """What names one of the three."""

    @property
    def cidr(self) -> str | None:
        """Address range, IPv4 or IPv6."""

    @property
    def prefix_list(self) -> Any:
        """Id of a prefix list."""

    @property
    def security_group(self) -> Any:
        """Another security group."""


def check_source(rule: RuleSource, faults: Faults, do: str) -> None:
    """Note a rule that names none of the three, or several; `do` is what to do about several."""
    named = [name for name in ("cidr", "prefix_list", "security_group") if getattr(rule, name) is not None]
    if len(named) != 1:
        got = " and ".join(named) or "none"
        faults.add((), f"needs one of cidr, prefix_list and security_group; got {got}; {do}")


def source_inputs(rule: RuleSource) -> dict[str, Any]:
    """The inputs of the provider's rule that say it."""
    if rule.cidr is not None:
        return {"cidr_ipv6" if ":" in rule.cidr else "cidr_ipv4": rule.cidr}
    if rule.prefix_list is not None:
        return {"prefix_list_id": rule.prefix_list}
    return {"referenced_security_group_id": rule.security_group}
