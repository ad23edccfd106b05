"""The objects of Argo CD, whether its chart or EKS runs it.

Sources: Argo CD 3.4, operator manual, "Declarative Setup"; EKS user guide, "Register target clusters" and "Configure
repository access" of the EKS capability for Argo CD.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from eks_blueprints.agents import argocd_images, argocd_notifications
from eks_blueprints.agents.clusters import RemoteCluster, name_of
from eks_blueprints.agents.drawn import WAITED, Agent, AgentObject, filled, manifest, text_of
from eks_blueprints.agents.projects import Destination, Project, as_resource
from eks_blueprints.core.argocd import FINALIZER, HERE, REGISTERED_HERE

if TYPE_CHECKING:
    from eks_blueprints.agents.applications import Application, ApplicationSet, Deployed, SingleGenerator
    from eks_blueprints.agents.repositories import Repository
    from eks_blueprints.agents.spec import GitOpsArgs

_API = "argoproj.io/v1alpha1"
_SORT = "argocd.argoproj.io/secret-type"
_HEALTHY = "jsonpath={.status.health.status}=Healthy"


def objects(args: GitOpsArgs, agent: Agent) -> Iterator[AgentObject]:
    """All of them: what applications stand on before these."""
    for name, repository in args.repositories.items():
        yield from _repository(name, repository, agent)
    for name, cluster in args.clusters.items():
        held = _entered(cluster, agent)
        yield _cluster(name, held, cluster.labels, cluster.annotations, agent, ("clusters", name))
    for name, project in args.projects.items():
        yield _project(name, project, args, agent)
    if args.notifications:
        yield from argocd_notifications.objects(args, agent)
    waited = {other for each in args.applications.values() for other in each.depends_on}
    for name, application in args.applications.items():
        yield _application(name, application, args, agent, wait=application.wait or name in waited)
    for name, made in args.application_sets.items():
        yield _set(name, made, args, agent)
    for name, update in args.image_updates.items():
        yield argocd_images.updater(name, update, args, agent)


def url_of(repository: Repository) -> str:
    """How Argo CD names a repository: one of charts in a registry without its scheme."""
    return repository.url.removeprefix("oci://") if repository.sort == "helm" else repository.url


def _repository(name: str, repository: Repository, agent: Agent) -> Iterator[AgentObject]:
    said = repository.credentials
    if said is not None and (said.existing_secret is not None or said.iam_role):
        return
    key, source = f"repository-{name}", ("repositories", name)
    in_registry = repository.sort == "helm" and repository.url.startswith("oci://")
    data: dict[str, Any] = {"type": repository.sort, "url": url_of(repository), "name": name}
    data |= filled(project=repository.project, enableOCI="true" if in_registry else None)
    labels = {_SORT: "repository"}
    if said is not None and (stored := said.external_secret) is not None:
        template = {"engineVersion": "v2", "mergePolicy": "Merge", "metadata": {"labels": labels}, "data": data}
        spec = {
            "refreshInterval": stored.refresh_interval,
            "secretStoreRef": {"name": stored.store, "kind": stored.store_kind},
            "target": {"name": key, "creationPolicy": "Owner", "template": template},
            "dataFrom": [{"extract": {"key": stored.key}}],
        }
        made = manifest("external-secrets.io/v1", "ExternalSecret", key, agent.home, spec=spec)
        yield AgentObject(key, made, (*source, "credentials", "external_secret"))
        return
    if said is not None:
        data |= filled(sshPrivateKey=said.ssh_key, password=said.token, secretArn=said.secret_arn)
        data |= {"username": said.username} if said.token is not None else {}
        if (app := said.github_app) is not None:
            numbers = {"githubAppID": str(app.id), "githubAppInstallationID": str(app.installation_id)}
            data |= {**numbers, "githubAppPrivateKey": app.private_key}
    yield AgentObject(key, manifest("v1", "Secret", key, agent.home, labels=labels, stringData=data), source)


def _entered(cluster: RemoteCluster, agent: Agent) -> dict[str, Any]:
    """How Argo CD enters a cluster: by its IAM role, without a token that lasts."""
    found = filled(project=cluster.project)
    if cluster.namespaces:
        found |= {"namespaces": ",".join(cluster.namespaces)}
        found |= {"clusterResources": str(cluster.cluster_objects).lower()}
    if agent.managed:
        return {"server": cluster.arn, **found}
    signs = filled(clusterName=name_of(cluster.arn), roleARN=cluster.role_arn)
    trusted = filled(insecure=False, caData=cluster.certificate_authority)
    return {
        "server": cluster.endpoint,
        "config": text_of({"awsAuthConfig": signs, "tlsClientConfig": trusted}),
        **found,
    }


def _cluster(  # noqa: PLR0917 the parts of one Secret
    name: str,
    held: Mapping[str, Any],
    labels: Mapping[str, str],
    annotations: Mapping[str, str],
    agent: Agent,
    source: tuple[str, ...],
) -> AgentObject:
    key = f"cluster-{name}"
    marks = {**labels, _SORT: "cluster"}
    data = {"name": name, **held}
    made = manifest("v1", "Secret", key, agent.home, labels=marks, annotations=dict(annotations), stringData=data)
    return AgentObject(key, made, source)


def _place(cluster: str | None, agent: Agent) -> dict[str, Any]:
    """A cluster as destinations name it."""
    if cluster == "*":
        return {"server": "*"}
    if cluster is not None:
        return {"name": cluster}
    return dict(REGISTERED_HERE if agent.managed else HERE)


def _destinations(each: Destination, agent: Agent) -> list[dict[str, Any]]:
    return [{**_place(each.cluster, agent), "namespace": namespace} for namespace in each.namespaces]


def _project(name: str, project: Project, args: GitOpsArgs, agent: Agent) -> AgentObject:
    sources = [url_of(args.repositories[each]) if each in args.repositories else each for each in project.repositories]
    spec = filled(
        description=project.description,
        sourceRepos=sources,
        destinations=[place for each in project.destinations for place in _destinations(each, agent)],
        namespaceResourceBlacklist=[as_resource(kind) for kind in project.denied_kinds],
        roles=[role.manifest(key, name) for key, role in project.roles.items()],
        syncWindows=[{**window.manifest, "description": key} for key, window in project.sync_windows.items()],
    )
    spec["clusterResourceWhitelist"] = [as_resource(kind) for kind in project.cluster_kinds]
    if project.namespace_kinds is not None:
        spec["namespaceResourceWhitelist"] = [as_resource(kind) for kind in project.namespace_kinds]
    if project.warn_of_orphans:
        spec["orphanedResources"] = {"warn": True}
    return AgentObject(f"project-{name}", manifest(_API, "AppProject", name, agent.home, spec=spec), ("projects", name))


def _spec(each: Deployed, args: GitOpsArgs, agent: Agent) -> dict[str, Any]:
    repository = args.repositories[each.repository]
    source = dict(each.source(url_of(repository), repository.revision))
    namespace = getattr(each, "namespace", None)
    return {
        "project": args.project_of(each.project) or "default",
        "source": source,
        "destination": {**_place(each.cluster, agent), **filled(namespace=namespace)},
        "syncPolicy": each.sync.policy,
        **filled(ignoreDifferences=[dict(item) for item in each.sync.ignore_differences]),
    }


def _stands_on(each: Deployed, args: GitOpsArgs, agent: Agent) -> tuple[str, ...]:
    """The objects that an application stands on."""
    found = [f"repository-{each.repository}"]
    project = args.project_of(each.project)
    found += [f"project-{project}"] if project in args.projects else []
    if each.cluster in args.clusters:
        found.append(f"cluster-{each.cluster}")
    return tuple(found)


def _application(name: str, each: Application, args: GitOpsArgs, agent: Agent, *, wait: bool) -> AgentObject:
    made = manifest(
        _API,
        "Application",
        name,
        agent.home,
        labels=dict(each.labels),
        annotations={**argocd_notifications.subscribed(name, args), **({WAITED: _HEALTHY} if wait else {})},
        finalizers=[] if each.keep_objects else [FINALIZER],
        spec=_spec(each, args, agent),
    )
    after = (*_stands_on(each, args, agent), *(f"application-{other}" for other in each.depends_on))
    source = ("applications", name)
    return AgentObject(f"application-{name}", made, source, after, deploys=True, timeout=each.timeout)


def _set(name: str, each: ApplicationSet, args: GitOpsArgs, agent: Agent) -> AgentObject:
    template = each.template
    metadata: dict[str, Any] = {"name": template.name, **({"labels": dict(template.labels)} if template.labels else {})}
    policy: dict[str, Any] = {"preserveResourcesOnDeletion": each.on_removal == "keep_objects"}
    policy["applicationsSync"] = "create-update" if each.on_removal == "keep_applications" else "sync"
    spec: dict[str, Any] = {
        "goTemplate": True,
        "goTemplateOptions": ["missingkey=error"],
        "generators": [_generator(generator, args) for generator in each.generators],
        "template": {"metadata": metadata, "spec": _spec(template, args, agent)},
        "syncPolicy": policy,
    }
    if each.waves:
        steps = [
            {
                "matchExpressions": [
                    {"key": key, "operator": "In", "values": [value]} for key, value in sorted(wave.labels.items())
                ],
                "maxUpdate": wave.at_once,
            }
            for wave in each.waves
        ]
        spec["strategy"] = {"type": "RollingSync", "rollingSync": {"steps": steps}}
    made = manifest(_API, "ApplicationSet", name, agent.home, spec=spec)
    asked = [f"repository-{found}" for generator in each.generators for found in _read(generator)]
    asked += [f"cluster-{found}" for found in args.clusters] if _chooses_clusters(each) else []
    after = tuple(dict.fromkeys([*_stands_on(template, args, agent), *asked]))
    return AgentObject(f"application-set-{name}", made, ("application_sets", name), after, deploys=True)


def _generator(each: SingleGenerator, args: GitOpsArgs) -> dict[str, Any]:
    if each.list is not None:
        return {"list": {"elements": [dict(element) for element in each.list.elements]}}
    if (git := each.git) is not None:
        repository = args.repositories[git.repository]
        read: dict[str, Any] = {"repoURL": url_of(repository), "revision": git.revision or repository.revision}
        if git.directories:
            left_out = [{"path": path, "exclude": True} for path in git.exclude]
            read["directories"] = [*({"path": path} for path in git.directories), *left_out]
        else:
            read["files"] = [{"path": path} for path in git.files]
        return {"git": read}
    if (clusters := each.clusters) is not None:
        chosen: dict[str, Any] = {"selector": {"matchLabels": dict(clusters.labels)}} if clusters.labels else {}
        return {"clusters": chosen | ({"values": dict(clusters.values)} if clusters.values else {})}
    if each.inner:
        return {"matrix": {"generators": [_generator(inner, args) for inner in each.inner]}}
    return dict(each.other)


def _read(each: SingleGenerator) -> list[str]:
    """The repositories that a generator reads."""
    inner = [name for other in each.inner for name in _read(other)]
    return [*([each.git.repository] if each.git is not None else []), *inner]


def _chooses_clusters(each: ApplicationSet) -> bool:
    """Whether its generators look at the clusters, which are registered before them then."""
    flat = [*each.generators, *(inner for generator in each.generators for inner in generator.inner)]
    return any(generator.clusters is not None for generator in flat)
