"""What a pipeline sees of the stack that it is part of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from eks_blueprints.core.role_spec import IamArgs
from eks_blueprints.core.spec import In
from eks_blueprints.pipelines._aws_spec import ArtifactsArgs, LogsArgs, NotificationsArgs
from eks_blueprints.pipelines._engines import EnginesArgs
from eks_blueprints.pipelines._tools import ToolsArgs

if TYPE_CHECKING:
    import pulumi

    from eks_blueprints.core.component import Component
    from eks_blueprints.pipelines._environment import Environment
    from eks_blueprints.pipelines.engines._codepipeline.notices import Topic
    from eks_blueprints.pipelines.engines._codepipeline.store import Store


@dataclass(frozen=True, kw_only=True)
class PipelinesRef:
    """The stack of pipelines."""

    prefix: str
    """Start of the names of all that is made for them."""
    region: str
    partition: str
    account: In[str]
    """The account of the stack, where nobody says it an Output."""
    environments: Mapping[str, Environment]
    connections: Mapping[str, In[str]] = field(default_factory=dict)
    """ARNs of connections to hosts of code, by their names."""
    tags: Mapping[str, str] = field(default_factory=dict)
    iam: IamArgs = field(default_factory=IamArgs)
    engines: EnginesArgs = field(default_factory=EnginesArgs)
    oidc: Mapping[str, In[str]] = field(default_factory=dict)
    """ARNs of the IAM OIDC providers of engines, by the names of the engines."""
    tools: ToolsArgs = field(default_factory=ToolsArgs)
    artifacts: ArtifactsArgs = field(default_factory=ArtifactsArgs)
    logs: LogsArgs = field(default_factory=LogsArgs)
    notifications: NotificationsArgs | None = None
    stores: Mapping[str, Store] = field(default_factory=dict)
    """Where artifacts lie, by region."""
    topic: Topic | None = None
    """Who hears of runs."""
    parent: Component | None = None

    def options(self) -> pulumi.ResourceOptions:
        """Options of a component of a pipeline."""
        import pulumi

        return self.parent.child() if self.parent is not None else pulumi.ResourceOptions()
