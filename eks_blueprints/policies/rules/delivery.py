"""Argo CD, Flux, and what Pulumi itself is told."""

from __future__ import annotations

import re

from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.installed import charts
from eks_blueprints.policies.objects import NAMESPACE, ROLLOUT, SERVICE, WORKLOADS
from eks_blueprints.policies.platform import APPLICATION, CHART, NODE_GROUP, RELEASE, ROLE, SUBNET, VPC
from eks_blueprints.policies.props import Faults, NotApplicable, Props
from eks_blueprints.policies.stack import CLUSTER

APPLICATION_SET = "kubernetes:argoproj.io/v1alpha1:ApplicationSet"
PROJECT = "kubernetes:argoproj.io/v1alpha1:AppProject"
REPOSITORY = "aws:ecr/repository:Repository"
KEY = "aws:kms/key:Key"
FILES = "aws:efs/fileSystem:FileSystem"
_FLUX = "kubernetes:source.toolkit.fluxcd.io/v1:"
_REVISION = re.compile(r"v?\d+\.\d+\.\d+\S*|[0-9a-f]{40}|refs/tags/\S+|v\d+(\.\d+)*|[\w-]+[-/]v?\d+\.\d+\.\d+\S*")
_STATEFUL = (CLUSTER, KEY, FILES, VPC, REPOSITORY, "aws:rds/cluster:Cluster", "aws:rds/instance:Instance")
_TAGGED = (CLUSTER, NODE_GROUP, VPC, SUBNET, REPOSITORY, KEY, "aws:sqs/queue:Queue", FILES, ROLE)


def specs(context: Context) -> list[Props]:
    """The spec of an application, or of those that a set makes."""
    keys = ("spec",) if context.resource.type == APPLICATION else ("spec", "template", "spec")
    return [context.resource.props.at(*keys)]


@rule(
    "argocd-app-project-not-default",
    APPLICATION,
    APPLICATION_SET,
    severity="medium",
    enforcement="mandatory",
    wave=2,
    each=specs,
)
def app_project(spec: Props) -> Faults:
    """An Application does not use the default project."""
    project = spec.text("project")
    if project in (None, "", "default"):
        yield spec.fault("belongs to the project that allows everything", "project", got=project)


@rule(
    "argocd-project-restricted",
    PROJECT,
    severity="high",
    enforcement="mandatory",
    wave=1,
    params={"platform_projects": ["platform"]},
)
def project(found: Props, context: Context) -> Faults:
    """An AppProject limits sources, destinations and kinds."""
    if context.resource.name in context.params["platform_projects"]:
        raise NotApplicable
    if found.text("metadata", "name") in context.params["platform_projects"]:
        raise NotApplicable
    spec = found.at("spec")
    if "*" in spec.words("sourceRepos"):
        yield spec.fault("accepts sources from everywhere", "sourceRepos", got=["*"])
    for target in spec.items("destinations"):
        for key in ("namespace", "server"):
            if target.text(key) == "*":
                yield target.fault("reaches everywhere", key, got="*")
    for each in spec.items("clusterResourceWhitelist"):
        if each.get("group") == "*" and each.get("kind") == "*":
            yield each.fault("can create cluster-wide objects of every kind", "kind", got="*")
    for role in spec.items("roles"):
        for policy in role.words("policies"):
            if re.search(r"p,\s*[^,]+,\s*\*,\s*\*,", policy):
                yield role.fault("may do anything", "policies", got=policy)


@rule(
    "argocd-app-revision-pinned",
    APPLICATION,
    APPLICATION_SET,
    severity="medium",
    enforcement="advisory",
    production="mandatory",
    wave=2,
    production_only=True,
    each=specs,
)
def revision(spec: Props) -> Faults:
    """In production an Application uses a pinned revision."""
    for source in [*spec.items("sources"), *spec.items("source")]:
        found = source.get("targetRevision")
        if not isinstance(found, str) or not _REVISION.fullmatch(found):
            yield source.fault("follows what others commit", "targetRevision", got=found)


@rule(
    "argocd-app-sync-policy-explicit",
    APPLICATION,
    APPLICATION_SET,
    severity="low",
    enforcement="advisory",
    wave=3,
    each=specs,
)
def sync_policy(spec: Props) -> Faults:
    """The sync policy of an Application is set explicitly."""
    policy = spec.at("syncPolicy")
    for key in ("prune", "selfHeal"):
        if not policy.has("automated", key):
            yield policy.fault("relies on a default for what is done automatically", "automated", key)
    for option in policy.words("syncOptions"):
        if option in ("Replace=true", "Force=true", "Validate=false"):
            yield policy.fault("syncs with force", "syncOptions", got=option)


@rule("argocd-server-hardened", RELEASE, CHART, severity="high", enforcement="advisory", production="mandatory", wave=2)
def argocd(subject: Props, context: Context) -> Faults:
    """The Argo CD server requires TLS and named accounts."""
    found = [each for each in charts(context.stack, "argo-cd") if each.resource is context.resource]
    if not found:
        raise NotApplicable
    values = found[0].values
    if values.flag("configs", "cm", "admin.enabled") is not False:
        yield values.fault("keeps the built-in administrator", "configs", "cm", "admin.enabled")
    if values.flag("configs", "params", "server.insecure") and not values.flag("server", "ingress", "enabled"):
        yield values.fault("communicates without encryption", "configs", "params", "server.insecure", got=True)
    if values.get("configs", "rbac", "policy.default") == "role:admin":
        yield values.fault("makes everyone an administrator", "configs", "rbac", "policy.default", got="role:admin")
    scheme = "service.beta.kubernetes.io/aws-load-balancer-scheme"
    internal = values.get("server", "service", "annotations", scheme) == "internal"
    if values.get("server", "service", "type") == "LoadBalancer" and not internal:
        yield values.fault("faces the internet", "server", "service", "type", got="LoadBalancer")


@rule(
    "flux-sources-verified",
    *(f"{_FLUX}{kind}" for kind in ("GitRepository", "HelmRepository", "OCIRepository")),
    severity="medium",
    enforcement="advisory",
    wave=3,
)
def flux_sources(source: Props, context: Context) -> Faults:
    """Flux verifies its sources."""
    spec = source.at("spec")
    url = spec.text("url") or ""
    if spec.flag("insecure") or url.startswith("http://"):
        yield spec.fault("comes over a connection that is not encrypted", "url", got=url)
    if context.resource.kind == "GitRepository":
        if not spec.has("verify"):
            yield spec.fault("is not verified", "verify")
        if context.production and not any(spec.has("ref", key) for key in ("tag", "semver", "commit")):
            yield spec.fault("follows a branch", "ref", got=spec.raw("ref"))


@rule("rollout-has-analysis", ROLLOUT, severity="low", enforcement="advisory", wave=3)
def analysis(rollout: Props) -> Faults:
    """A progressive rollout has an analysis."""
    strategy = rollout.at("spec", "strategy")
    if strategy.has("canary"):
        steps = strategy.items("canary", "steps")
        looks = any(step.has("pause") or step.has("analysis") for step in steps) or strategy.has("canary", "analysis")
        if sum(step.has("setWeight") for step in steps) < 2 or not looks:
            yield strategy.fault("continues without checking", "canary", "steps", got=len(steps))
    elif strategy.has("blueGreen"):
        blue = strategy.at("blueGreen")
        if not blue.has("prePromotionAnalysis") and blue.flag("autoPromotionEnabled") is not False:
            yield blue.fault("continues without checking", "prePromotionAnalysis")


@rule(
    "pulumi-protect-stateful-resources",
    *_STATEFUL,
    severity="medium",
    enforcement="advisory",
    production="mandatory",
    wave=2,
    production_only=True,
)
def protect(subject: Props, context: Context) -> Faults:
    """In production resources with data are protected from deletion.

    A VPC in which a protected cluster stands cannot be deleted before that.
    """
    if context.resource.type == VPC and any(each.options.get("protect") for each in context.stack.of(CLUSTER)):
        return
    if not context.resource.options.get("protect") and not context.resource.options.get("retain_on_delete"):
        yield subject.fault("can be deleted by one command")
    if subject.flag("forceDelete"):
        yield subject.fault("is deleted with all that it holds", "forceDelete", got=True)


@rule(
    "required-tags",
    *_TAGGED,
    severity="medium",
    enforcement="advisory",
    wave=2,
    params={"required": []},
)
def tags(subject: Props, context: Context) -> Faults:
    """Resources have the required tags.

    Tags of the resource and default tags of its provider count together. Nothing is asked before `required` names tags.
    """
    if not context.params["required"]:
        raise NotApplicable
    found = {key for key, _ in subject.pairs("tags")}
    provider = context.stack.by_urn.get(context.resource.provider or "")
    if provider is not None:
        default = provider.props.document("defaultTags")
        found |= {key for key, _ in default.document("tags").pairs()} if default.value is not None else set()
    missing = [each for each in context.params["required"] if each not in found]
    if missing:
        yield subject.fault("lacks tags", "tags", got=sorted(found), do=f"add {', '.join(missing)}")


@rule(
    "allowed-regions",
    "pulumi:providers:aws",
    CLUSTER,
    severity="medium",
    enforcement="advisory",
    wave=3,
    params={"allowed": []},
)
def regions(subject: Props, context: Context) -> Faults:
    """All resources are in allowed regions."""
    allowed = context.params["allowed"]
    if not allowed or not subject.has("region"):
        raise NotApplicable
    if subject.get("region") not in allowed:
        yield subject.fault("is in a region that is not allowed", "region", got=subject.get("region"))


@rule(
    "kubernetes-provider-explicit",
    *WORKLOADS,
    NAMESPACE,
    RELEASE,
    CHART,
    severity="high",
    enforcement="mandatory",
    wave=1,
    patches=True,
    across=True,
)
def explicit_provider(subject: Props, context: Context) -> Faults:
    """Kubernetes resources use an explicit provider.

    An object has a Kubernetes provider of the program, and not the default one, which takes the kubeconfig around it.
    """
    provider = context.resource.provider or ""
    if not provider and context.stack.by_urn.get(context.resource.parent or ""):
        # An object in a group is deployed by the group's provider.
        parent = context.stack.by_urn[str(context.resource.parent)]
        provider = parent.provider or ""
    if not provider or "::default" in provider:
        yield subject.fault(
            "is deployed to whichever cluster is current", do="pass a Kubernetes provider of the cluster"
        )


@rule(
    "kubernetes-await-enabled",
    *WORKLOADS,
    SERVICE,
    severity="low",
    enforcement="advisory",
    wave=3,
    production_only=True,
    patches=True,
)
def awaited(subject: Props) -> Faults:
    """In production a deployment waits until its resources are ready."""
    for key in ("pulumi.com/skipAwait", "pulumi.com/patchForce"):
        if subject.flag("metadata", "annotations", key):
            yield subject.fault("does not check whether it works", "metadata", "annotations", key, got="true")


@rule(
    "cluster-backup-configured",
    CLUSTER,
    severity="medium",
    enforcement="advisory",
    wave=3,
    across=True,
    production_only=True,
)
def backup(cluster: Props, context: Context) -> Faults:
    """In production the cluster has backups."""
    if not context.stack.of("aws:backup/selection:Selection") and not charts(context.stack, "velero"):
        yield cluster.fault("cannot be recovered")
