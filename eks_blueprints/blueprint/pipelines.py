"""Deploys a stack of pipelines."""

from __future__ import annotations

from typing import Any, ClassVar

import pulumi_aws as aws

from eks_blueprints.blueprint.pipelines_spec import PipelinesArgs
from eks_blueprints.blueprint.stack import Stack
from eks_blueprints.blueprint.stack_spec import StackArgs
from eks_blueprints.core.component import Component, merge_tags
from eks_blueprints.core.iam_roles import account_id
from eks_blueprints.core.spec import In
from eks_blueprints.network import zones
from eks_blueprints.pipelines._engines import OidcEngineArgs
from eks_blueprints.pipelines._ref import PipelinesRef


class Pipelines(Stack[PipelinesArgs]):
    """Pipelines and all that they need in AWS. A stack file picks it with `blueprint: eks_blueprints.Pipelines`."""

    Args: ClassVar[type[StackArgs]] = PipelinesArgs
    """Spec class of the stack files that name this class."""

    connections: dict[str, In[str]]
    """ARNs of the connections to hosts of code, by their names."""
    pipelines: dict[str, Component]
    """The component of each pipeline, by its name."""

    def _make(self, name: str) -> None:
        self.connections = {key: self._connection(name, key) for key in self.args.connections}
        ref = PipelinesRef(
            prefix=name,
            region=self.args.region,
            partition=zones.partition(self.args.region),
            account=self._account(),
            environments=self.args.environments,
            connections=self.connections,
            tags=self.args.tags,
            iam=self.args.iam,
            engines=self.args.engines,
            oidc={engine: self._oidc_provider(name, engine, spec) for engine, spec in self.args.oidc_engines.items()},
            parent=self,
        )
        self.pipelines = {pipeline.name: pipeline.build(ref) for pipeline in self.args.pipelines}

    def _oidc_provider(self, name: str, engine: str, spec: OidcEngineArgs) -> In[str]:
        if spec.oidc_provider_arn is not None:
            return spec.oidc_provider_arn
        made = aws.iam.OpenIdConnectProvider(
            f"{name}-oidc-{engine.replace('_', '-')}",
            # No thumbprint: IAM finds it itself, and fetching one here would need the network in every preview.
            url=spec.issued_by,
            client_id_lists=[spec.audience],
            tags=merge_tags(self.args.tags) or None,
            opts=self.child(),
        )
        return made.arn

    def _account(self) -> In[str]:
        said = self.args.account.number if self.args.account is not None else None
        return said or account_id(self)

    def _connection(self, name: str, key: str) -> In[str]:
        spec = self.args.connections[key]
        if spec.arn is not None:
            return spec.arn
        made = aws.codeconnections.Connection(
            f"{name}-connection-{key}",
            name=spec.name or f"{name}-{key}"[:32].rstrip("-"),
            provider_type=spec.provider_type if spec.host_arn is None else None,
            host_arn=spec.host_arn,
            tags=merge_tags(self.args.tags, spec.tags) or None,
            opts=self.child(),
        )
        return made.arn

    def outputs(self) -> dict[str, Any]:
        """What the stack exports: the ARNs of its connections."""
        return {"connection_arns": self.connections} if self.connections else {}
