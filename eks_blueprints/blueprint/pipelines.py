"""Deploys a stack of pipelines."""

from __future__ import annotations

import re
from typing import Any, ClassVar

import pulumi_aws as aws

from eks_blueprints.blueprint.pipelines_spec import PipelinesArgs
from eks_blueprints.blueprint.stack import Stack
from eks_blueprints.blueprint.stack_spec import StackArgs
from eks_blueprints.core.component import merge_tags
from eks_blueprints.core.iam_roles import account_id
from eks_blueprints.core.spec import In
from eks_blueprints.network import zones
from eks_blueprints.pipelines import _state
from eks_blueprints.pipelines._built import BuiltPipeline
from eks_blueprints.pipelines._engines import OidcEngineArgs
from eks_blueprints.pipelines._ref import PipelinesRef
from eks_blueprints.pipelines.engines import codepipeline
from eks_blueprints.pipelines.engines._codepipeline import notices, store
from eks_blueprints.pipelines.engines._codepipeline.store import Store
from eks_blueprints.registry import ecr


class Pipelines(Stack[PipelinesArgs]):
    """Pipelines and all that they need in AWS. A stack file picks it with `blueprint: eks_blueprints.Pipelines`."""

    Args: ClassVar[type[StackArgs]] = PipelinesArgs
    """Spec class of the stack files that name this class."""

    connections: dict[str, In[str]]
    """ARNs of the connections to hosts of code, by their names."""
    pipelines: dict[str, BuiltPipeline]
    """The component of each pipeline, by its name."""

    repositories: dict[str, aws.ecr.Repository]
    """Private repositories of ECR, by their names."""
    public_repositories: dict[str, aws.ecrpublic.Repository]
    """Public repositories of ECR, by their names."""

    state: dict[str, In[str]]
    """What `pulumi login` and `pulumi stack init --secrets-provider` take; empty where it makes no bucket."""

    def _make(self, name: str) -> None:
        account = self._account()
        self.connections = {key: self._connection(name, key) for key in self.args.connections}
        self._registry(name)
        spec = self.args.state
        self.state = _state.build(self, name, spec, self.args.tags, self.args.region) if spec is not None else {}
        stores = self._stores(name, account)
        ref = PipelinesRef(
            prefix=name,
            region=self.args.region,
            partition=zones.partition(self.args.region),
            account=account,
            environments=self.args.environments,
            connections=self.connections,
            tags=self.args.tags,
            iam=self.args.iam,
            engines=self.args.engines,
            tools=self.args.tools,
            oidc={engine: self._oidc_provider(name, engine, spec) for engine, spec in self.args.oidc_engines.items()},
            artifacts=self.args.artifacts,
            logs=self.args.logs,
            notifications=self.args.notifications,
            stores=stores,
            topic=self._topic(name, stores),
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

    def _registry(self, name: str) -> None:
        region, tags = self.args.region, self.args.tags
        facts: dict[str, Any] = {"region": region, "partition": zones.partition(region), "tags": tags}
        owner = ecr.Owner(component=self, slug=_slug(name), providers=(self._aws,), fields="", **facts)
        self.repositories = ecr.repositories(owner, self.args.repositories)
        self.public_repositories = ecr.public_repositories(owner, self.args.public_repositories)

    def _stores(self, name: str, account: In[str]) -> dict[str, Store]:
        """The buckets and keys of all regions in which CodePipeline runs stages."""
        environments, home = self.args.environments, self.args.region
        here = [pipeline for pipeline in self.args.pipelines if pipeline.engine == "codepipeline"]
        regions = [region for each in here for region in codepipeline.regions(each.graph(environments), home)]
        if not regions:
            return {}
        component = store.PipelineArtifacts(
            f"{name}-artifacts", self.args.artifacts, self.child(), spec_path=("artifacts",)
        )
        spec, tags = self.args.artifacts, self.args.tags
        found = store.stores(component, spec, dict.fromkeys(regions), home=home, account=account, tags=tags)
        component.register_outputs({})
        return found

    def _topic(self, name: str, stores: dict[str, Store]) -> notices.Topic | None:
        spec = self.args.notifications
        if spec is None or not stores:
            return None
        component = notices.PipelineNotifications(
            f"{name}-notifications", spec, self.child(), spec_path=("notifications",)
        )
        found = notices.topic(component, spec, stores[self.args.region].key_arn, self.args.tags)
        component.register_outputs({})
        return found

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
        """What the stack exports: ARNs of its connections, URLs of its repositories, and what its pipelines give."""
        found: dict[str, Any] = {"connection_arns": self.connections}
        found["repository_urls"] = {key: each.repository_url for key, each in self.repositories.items()}
        found["public_repository_urls"] = {key: each.repository_uri for key, each in self.public_repositories.items()}
        found["state"] = self.state
        found["pipelines"] = {key: dict(each.made) for key, each in self.pipelines.items() if each.made}
        return {key: value for key, value in found.items() if value}


def _slug(name: str) -> str:
    """The name of a stack as names of repositories begin."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
