"""How a job reaches the cluster of its environment."""

from __future__ import annotations

from typing import Any

from eks_blueprints.core.spec import In
from eks_blueprints.pipelines._job import Site
from eks_blueprints.pipelines._scripts import script


def enter(site: Site) -> tuple[str, ...]:
    """Commands after which kubectl and helm work on the cluster; none where the environment names no cluster."""
    if site.environment is None or site.environment.cluster is None:
        return ()
    return (script("cluster", EKS_REGION=site.cluster_region),)


def variables(site: Site) -> dict[str, In[str]]:
    """Variables that `enter` needs: they may be known only when the stack is deployed."""
    found: dict[str, Any] = {}
    if site.environment is not None and site.environment.cluster is not None:
        found["EKS_CLUSTER"] = site.environment.cluster
        if site.environment.deploy_role_arn is not None:
            found["DEPLOY_ROLE_ARN"] = site.environment.deploy_role_arn
    return found
