"""What an agent on a cluster (Argo CD, Flux) keeps as Git repositories say."""

from typing import TYPE_CHECKING

from eks_blueprints.core.lazy import served

if TYPE_CHECKING:
    from eks_blueprints.agents.applications import Application as Application
    from eks_blueprints.agents.applications import ApplicationSet as ApplicationSet
    from eks_blueprints.agents.applications import ClusterGenerator as ClusterGenerator
    from eks_blueprints.agents.applications import Generator as Generator
    from eks_blueprints.agents.applications import GitGenerator as GitGenerator
    from eks_blueprints.agents.applications import ListGenerator as ListGenerator
    from eks_blueprints.agents.applications import Retry as Retry
    from eks_blueprints.agents.applications import Sync as Sync
    from eks_blueprints.agents.applications import Template as Template
    from eks_blueprints.agents.applications import Wave as Wave
    from eks_blueprints.agents.clusters import Hub as Hub
    from eks_blueprints.agents.clusters import RemoteCluster as RemoteCluster
    from eks_blueprints.agents.component import GitOps as GitOps
    from eks_blueprints.agents.credentials import Credentials as Credentials
    from eks_blueprints.agents.credentials import GithubApp as GithubApp
    from eks_blueprints.agents.credentials import StoredCredentials as StoredCredentials
    from eks_blueprints.agents.images import ImageUpdate as ImageUpdate
    from eks_blueprints.agents.images import WriteBack as WriteBack
    from eks_blueprints.agents.notifications import Notification as Notification
    from eks_blueprints.agents.notifications import Slack as Slack
    from eks_blueprints.agents.notifications import Teams as Teams
    from eks_blueprints.agents.notifications import WebhookReceiver as WebhookReceiver
    from eks_blueprints.agents.projects import Destination as Destination
    from eks_blueprints.agents.projects import Project as Project
    from eks_blueprints.agents.projects import ProjectRole as ProjectRole
    from eks_blueprints.agents.projects import SyncWindow as SyncWindow
    from eks_blueprints.agents.repositories import Repository as Repository
    from eks_blueprints.agents.repositories import Webhook as Webhook
    from eks_blueprints.agents.spec import GitOpsArgs as GitOpsArgs

_HOMES = {
    "Application": "applications",
    "ApplicationSet": "applications",
    "ClusterGenerator": "applications",
    "Credentials": "credentials",
    "Destination": "projects",
    "Generator": "applications",
    "GitGenerator": "applications",
    "GitOps": "component",
    "GitOpsArgs": "spec",
    "GithubApp": "credentials",
    "Hub": "clusters",
    "ImageUpdate": "images",
    "ListGenerator": "applications",
    "Notification": "notifications",
    "Project": "projects",
    "ProjectRole": "projects",
    "RemoteCluster": "clusters",
    "Repository": "repositories",
    "Retry": "applications",
    "Slack": "notifications",
    "StoredCredentials": "credentials",
    "Sync": "applications",
    "SyncWindow": "projects",
    "Teams": "notifications",
    "Template": "applications",
    "Wave": "applications",
    "Webhook": "repositories",
    "WebhookReceiver": "notifications",
    "WriteBack": "images",
}

__all__ = [*_HOMES]  # noqa: PLE0604 - each name is served below

__getattr__, __dir__ = served(__name__, _HOMES)
