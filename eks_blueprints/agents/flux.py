"""The objects of Flux: sources, what is deployed from them, and the service accounts by which it is.

Source: Flux 2.8, API reference of the source, kustomize, helm and notification controllers; kustomize controller,
"Secret-less authentication" of remote clusters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from eks_blueprints.agents import flux_images, flux_notifications
from eks_blueprints.agents.drawn import WAITED, Agent, AgentObject, filled, manifest
from eks_blueprints.agents.projects import Project
from eks_blueprints.core.git_revisions import flux_ref

if TYPE_CHECKING:
    from eks_blueprints.agents.applications import Application
    from eks_blueprints.agents.clusters import RemoteCluster
    from eks_blueprints.agents.repositories import Repository
    from eks_blueprints.agents.spec import GitOpsArgs

_RBAC = "rbac.authorization.k8s.io"
_SOURCES = {"git": "GitRepository", "helm": "HelmRepository", "oci": "OCIRepository"}


def objects(args: GitOpsArgs, agent: Agent) -> Iterator[AgentObject]:
    """All of them: what applications stand on before these."""
    for name, repository in args.repositories.items():
        yield from _repository(name, repository, agent)
    for name, cluster in args.clusters.items():
        yield _cluster(name, cluster, agent)
    for name, project in args.projects.items():
        yield from _project(name, project, agent)
    yield from flux_notifications.objects(args, agent)
    waited = {other for each in args.applications.values() for other in each.depends_on}
    for name, application in args.applications.items():
        yield _application(name, application, args, agent, wait=application.wait or name in waited)
    yield from flux_images.objects(args, agent)


def _repository(name: str, repository: Repository, agent: Agent) -> Iterator[AgentObject]:
    key, source = f"repository-{name}", ("repositories", name)
    said, secret = repository.credentials, None
    if said is not None and not said.iam_role:
        secret = said.existing_secret or key
        if (made := _credentials(key, repository, agent)) is not None:
            yield made
    spec: dict[str, Any] = {"interval": repository.interval, "url": _url(repository)}
    if repository.sort == "git":
        spec["ref"] = flux_ref(repository.revision)
        spec |= {"provider": "github"} if said is not None and said.github_app is not None else {}
    elif repository.sort == "oci":
        spec["ref"] = _tag(repository.revision)
    if repository.sort == "helm" and repository.url.startswith("oci://"):
        spec["type"] = "oci"
    if said is not None and said.iam_role:
        spec["provider"] = "aws"
    spec |= {"secretRef": {"name": secret}} if secret is not None else {}
    found = manifest("source.toolkit.fluxcd.io/v1", _SOURCES[repository.sort], name, agent.home, spec=spec)
    after = (f"credentials-{name}",) if secret == key else ()
    yield AgentObject(key, found, source, after)
    if repository.webhook is not None:
        yield from flux_notifications.receiver(name, repository.webhook, _SOURCES[repository.sort], agent)


def _credentials(key: str, repository: Repository, agent: Agent) -> AgentObject | None:
    said, name = repository.credentials, key.removeprefix("repository-")
    source = ("repositories", name, "credentials")
    if said is None or said.existing_secret is not None:
        return None
    if (stored := said.external_secret) is not None:
        spec = {
            "refreshInterval": stored.refresh_interval,
            "secretStoreRef": {"name": stored.store, "kind": stored.store_kind},
            "target": {"name": key, "creationPolicy": "Owner"},
            "dataFrom": [{"extract": {"key": stored.key}}],
        }
        made = manifest("external-secrets.io/v1", "ExternalSecret", key, agent.home, spec=spec)
        return AgentObject(f"credentials-{name}", made, (*source, "external_secret"))
    data = filled(identity=said.ssh_key, known_hosts=said.known_hosts, password=said.token)
    data |= {"username": said.username} if said.token is not None else {}
    if (app := said.github_app) is not None:
        numbers = {"githubAppID": str(app.id), "githubAppInstallationID": str(app.installation_id)}
        data |= {**numbers, "githubAppPrivateKey": app.private_key}
    return AgentObject(f"credentials-{name}", manifest("v1", "Secret", key, agent.home, stringData=data), source)


def _url(repository: Repository) -> str:
    """The URL with its scheme, which Flux asks for: `git@host:path` is `ssh://git@host/path`."""
    if repository.by_ssh and "://" not in repository.url:
        host, _, path = repository.url.partition(":")
        return f"ssh://{host}/{path}"
    return repository.url


def _tag(revision: str) -> dict[str, str]:
    if revision.startswith("sha256:"):
        return {"digest": revision}
    return {"semver" if re.search(r"[~^<>*]", revision) else "tag": "latest" if revision == "main" else revision}


def _cluster(name: str, cluster: RemoteCluster, agent: Agent) -> AgentObject:
    """How Flux enters a cluster: by the IAM role of its controllers, without a token that lasts."""
    held = {"provider": "aws", "cluster": cluster.arn}
    made = manifest("v1", "ConfigMap", f"cluster-{name}", agent.home, labels=dict(cluster.labels), data=held)
    return AgentObject(f"cluster-{name}", made, ("clusters", name))


def _project(name: str, project: Project, agent: Agent) -> Iterator[AgentObject]:
    """The service account that its applications are applied by, and its rights in their namespaces here."""
    source, key = ("projects", name), f"project-{name}"
    yield AgentObject(key, manifest("v1", "ServiceAccount", name, agent.home), source)
    subjects = [{"kind": "ServiceAccount", "name": name, "namespace": agent.home}]
    role = {"apiGroup": _RBAC, "kind": "ClusterRole", "name": project.cluster_role}
    for namespace in namespaces_here(project):
        if namespace == "*":
            made = manifest(
                f"{_RBAC}/v1", "ClusterRoleBinding", f"gitops-{name}", None, roleRef=role, subjects=subjects
            )
            yield AgentObject(f"{key}-everywhere", made, source)
        else:
            made = manifest(f"{_RBAC}/v1", "RoleBinding", f"gitops-{name}", namespace, roleRef=role, subjects=subjects)
            yield AgentObject(f"{key}-{namespace}", made, source)


def namespaces_here(project: Project) -> list[str]:
    """The namespaces of a project on the agent's own cluster; `*` alone where it has all."""
    found = [each for place in project.destinations if place.cluster in (None, "*") for each in place.namespaces]
    return ["*"] if "*" in found else list(dict.fromkeys(found))


def _application(name: str, each: Application, args: GitOpsArgs, agent: Agent, *, wait: bool) -> AgentObject:
    project = args.project_of(each.project)
    after = [f"repository-{each.repository}", *(f"application-{other}" for other in each.depends_on)]
    common: dict[str, Any] = {"interval": each.interval, "timeout": each.timeout}
    if each.cluster is not None:
        after.append(f"cluster-{each.cluster}")
        common["kubeConfig"] = {"configMapRef": {"name": f"cluster-{each.cluster}"}}
    elif project in args.projects:
        # On another cluster the account would have to be there too.
        common["serviceAccountName"] = project
        after += [f"project-{project}", *_bindings(str(project), args)]
    common |= {"suspend": True} if not each.sync.automated else {}
    common |= filled(dependsOn=[{"name": other} for other in each.depends_on], targetNamespace=each.namespace)
    made = manifest(
        "helm.toolkit.fluxcd.io/v2" if each.chart is not None else "kustomize.toolkit.fluxcd.io/v1",
        "HelmRelease" if each.chart is not None else "Kustomization",
        name,
        agent.home,
        labels=dict(each.labels),
        annotations={WAITED: "condition=Ready"} if wait else {},
        spec=common | (_release(name, each) if each.chart is not None else _kustomization(each, args)),
    )
    found = (f"application-{name}", made, ("applications", name), tuple(after))
    return AgentObject(*found, deploys=True, timeout=each.timeout)


def _bindings(project: str, args: GitOpsArgs) -> list[str]:
    ends = ["everywhere" if each == "*" else each for each in namespaces_here(args.projects[project])]
    return [f"project-{project}-{end}" for end in ends]


def _kustomization(each: Application, args: GitOpsArgs) -> dict[str, Any]:
    repository = args.repositories[each.repository]
    path = each.path if each.path.startswith("./") else f"./{each.path}".removesuffix("/.")
    found = {
        "path": "./" if path == "./." else path,
        "prune": each.sync.prune,
        "sourceRef": {"kind": _SOURCES[repository.sort], "name": each.repository},
        "wait": True,
    }
    if "retry" in each.sync.model_fields_set and "duration" in each.sync.retry.model_fields_set:
        found["retryInterval"] = each.sync.retry.duration
    return found | ({"deletionPolicy": "Orphan"} if each.keep_objects else {})


def _release(name: str, each: Application) -> dict[str, Any]:
    again = {"remediation": {"retries": each.sync.retry.limit}}
    chart = {"chart": each.chart, "version": each.revision}
    return {
        "releaseName": each.release_name or name,
        "chart": {"spec": {**chart, "sourceRef": {"kind": "HelmRepository", "name": each.repository}}},
        "install": {"crds": "Create", "createNamespace": each.sync.create_namespace, **again},
        "upgrade": {"crds": "CreateReplace", **again},
        "driftDetection": {"mode": "enabled"},
        **({"values": dict(each.values)} if each.values else {}),
    }
