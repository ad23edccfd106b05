"""A cluster in a live account, asked of AWS by boto3, as what exists there."""

from eks_blueprints.lifecycle.importers.account.read import read_cluster

__all__ = ["read_cluster"]
