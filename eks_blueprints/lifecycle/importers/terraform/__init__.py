"""States of Terraform and OpenTofu, read as what exists in AWS."""

from eks_blueprints.lifecycle.importers.terraform.state import read_state

__all__ = ["read_state"]
