"""States of Pulumi, read as what exists in AWS."""

from eks_blueprints.lifecycle.importers.pulumi_state.state import read_stack, read_state

__all__ = ["read_stack", "read_state"]
