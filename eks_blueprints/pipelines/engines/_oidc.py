"""Roles of the jobs of engines outside of AWS, which these assume by tokens of OIDC: no key is stored anywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from eks_blueprints.core.component import Component, merge_tags
from eks_blueprints.core.iam import trust_document
from eks_blueprints.core.iam_roles import Grants, granted_role
from eks_blueprints.core.role_spec import RoleMarks
from eks_blueprints.core.spec import In
from eks_blueprints.pipelines._roles import access_entry
from eks_blueprints.pipelines.engines._steps import allowed, role_name, site_of

if TYPE_CHECKING:
    from eks_blueprints.pipelines._graph import Graph
    from eks_blueprints.pipelines._ref import PipelinesRef
    from eks_blueprints.pipelines.base import Pipeline
    from eks_blueprints.pipelines.stages.base import Stage


def roles(
    component: Component,
    pipeline: Pipeline,
    graph: Graph,
    ref: PipelinesRef,
    trusted: Callable[[Stage], In[str]],
) -> dict[str, Any]:
    """Make the role of each stage that needs one, and let it into the cluster of its environment.

    Args:
        component: The pipeline.
        pipeline: Its spec.
        graph: Its stages.
        ref: Its stack.
        trusted: The trust policy of the role of a stage.
    """
    made: dict[str, Any] = {}
    tags = merge_tags(ref.tags, pipeline.tags)
    for stage in graph.stages:
        if not (said := allowed(graph, ref, stage)):
            continue
        marks = RoleMarks(name=role_name(graph, ref, stage))
        grants = Grants(allowed=said, tags=tags, iam_role=marks)
        key = stage.name.replace("_", "-")
        role = granted_role(component, key, trusted(stage), grants)
        access_entry(component, site_of(graph, ref, stage), stage, role.arn, tags)
        made[stage.name] = role.arn
    return {"role_arns": made} if made else {}


def trust(provider: In[str], issuer: str, audience: str, subjects: Sequence[str]) -> In[str]:
    """The trust policy for tokens of an issuer with this audience and one of these subjects."""
    host = issuer.removeprefix("https://")
    alike = "StringLike" if any("*" in each for each in subjects) else "StringEquals"
    conditions: dict[str, dict[str, str | list[str]]] = {"StringEquals": {f"{host}:aud": audience}}
    conditions.setdefault(alike, {})[f"{host}:sub"] = subjects[0] if len(subjects) == 1 else list(subjects)
    return trust_document({"Federated": provider}, "sts:AssumeRoleWithWebIdentity", when=conditions)


def trust_of_pod(cluster_arn: In[str], namespace: str, account: str) -> In[str]:
    """The trust policy for pods of a service account, by EKS Pod Identity."""
    when: Mapping[str, Mapping[str, In[str]]] = {
        "StringEquals": {
            "aws:RequestTag/eks-cluster-arn": cluster_arn,
            "aws:RequestTag/kubernetes-namespace": namespace,
            "aws:RequestTag/kubernetes-service-account": account,
        }
    }
    return trust_document({"Service": "pods.eks.amazonaws.com"}, "sts:AssumeRole", "sts:TagSession", when=when)
