"""Helm charts."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from eks_blueprints.core.secret_text import looks
from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.installed import charts_of, installing
from eks_blueprints.policies.platform import APPLICATION, CHART, FLUX_RELEASE, RELEASE
from eks_blueprints.policies.props import Faults, NotApplicable, Props, Undetermined
from eks_blueprints.policies.stack import Resource, Stack

_EXACT = re.compile(r"v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")
_SAME = {
    "aws-vpc-cni": "vpc-cni",
    "aws-ebs-csi-driver": "aws-ebs-csi-driver",
    "aws-efs-csi-driver": "aws-efs-csi-driver",
    "aws-mountpoint-s3-csi-driver": "aws-mountpoint-s3-csi-driver",
    "metrics-server": "metrics-server",
    "cert-manager": "cert-manager",
    "external-dns": "external-dns",
    "kube-state-metrics": "kube-state-metrics",
    "prometheus-node-exporter": "prometheus-node-exporter",
    "snapshot-controller": "snapshot-controller",
}
"""Charts and the EKS add-ons that install the same."""


@rule("helm-chart-version-pinned", RELEASE, CHART, severity="high", enforcement="mandatory", wave=1)
def version_pinned(chart: Props, context: Context) -> Faults:
    """Chart versions are pinned.

    A chart has an exact version, unless it lies in a folder or an archive of the program.
    """
    if _is_local(str(chart.text("chart"))):
        raise NotApplicable
    if not chart.has("version"):
        yield chart.fault("uses whatever version is newest", "version")
    elif not _EXACT.fullmatch(str(chart.get("version"))):
        yield chart.fault("names no exact version", "version", got=chart.get("version"))
    if chart.flag("devel"):
        yield chart.fault("accepts versions that are not released", "devel", got=True)


@rule(
    "helm-repository-secure",
    RELEASE,
    CHART,
    severity="high",
    enforcement="mandatory",
    wave=1,
    params={"allowed_repos": ["*"]},
)
def repository_secure(chart: Props, context: Context) -> Faults:
    """Charts come from secure and allowed repositories."""
    options = chart.at("repositoryOpts")
    repository = options.text("repo") or chart.text("chart") or ""
    if chart.symbolic(repository) and "://" not in repository:
        raise Undetermined(("repositoryOpts", "repo"))
    if repository.startswith("http://") or chart.flag("plainHttp"):
        yield chart.fault("comes over a connection that is not encrypted", "repositoryOpts", "repo", got=repository)
    if "://" in repository and not any(fnmatchcase(repository, each) for each in context.params["allowed_repos"]):
        yield chart.fault("comes from a repository that is not allowed", "repositoryOpts", "repo", got=repository)
    if (
        options.has("password")
        and isinstance(password := options.raw("password"), str)
        and not chart.symbolic(password)
    ):
        yield options.fault("is written down", "password")


@rule(
    "helm-values-no-secrets",
    RELEASE,
    CHART,
    APPLICATION,
    FLUX_RELEASE,
    severity="critical",
    enforcement="mandatory",
    wave=1,
    params={"secret_paths": []},
)
def no_secrets(_: Props, context: Context) -> Faults:
    """Chart values contain no plain-text secrets.

    A text that is a secret by its form, or by a key that speaks of one, comes from elsewhere, is a secret of Pulumi's
    (`secret_values` of an add-on), or is named by its path in `secret_paths`.
    """
    found = charts_of(context.resource, context.stack)
    if not found:
        raise NotApplicable
    for chart in found:
        if chart.values.get() is not None:
            yield from _literals(chart.values, (), set(context.params["secret_paths"]))


@rule("helm-release-atomic", RELEASE, severity="low", enforcement="advisory", wave=3, production_only=True)
def atomic(release: Props) -> Faults:
    """In production a failed release is rolled back."""
    if not release.flag("atomic") and not release.flag("cleanupOnFail"):
        yield release.fault("stays as it is when it fails", "atomic")
    for key in ("skipAwait", "disableWebhooks"):
        if release.flag(key):
            yield release.fault("does not check whether it works", key, got=True)
    if (release.number("timeout") or 0) > 1800:
        yield release.fault("waits for more than half an hour", "timeout", got=release.number("timeout"))


@rule(
    "helm-release-policy-visibility",
    RELEASE,
    severity="medium",
    enforcement="advisory",
    wave=3,
    params={"reviewed_charts": []},
)
def visible(release: Props, context: Context) -> Faults:
    """The content of every chart is checked or reviewed.

    The objects of a Release are made in the provider. Rules see them where they are known: those of the charts that are
    pinned here, at the pinned version, or those that Helm renders with `--render`. Other charts, and those with values
    of which it is not known what they change, are listed in `reviewed_charts`.
    """
    from eks_blueprints.policies.inside.contents import contents_of

    name = (release.text("chart") or "").rpartition("/")[2]
    if name in context.params["reviewed_charts"]:
        return
    for each in contents_of(context.resource, context.stack):
        if each.rendered is not None:
            if each.in_part:
                yield release.fault("creates objects that rules see in part", "chart", got=name)
            return
    yield release.fault("creates objects that no rule sees", "chart", got=name)


@rule(
    "gitops-single-owner",
    RELEASE,
    CHART,
    APPLICATION,
    FLUX_RELEASE,
    severity="high",
    enforcement="mandatory",
    wave=1,
    across=True,
)
def single_owner(subject: Props, context: Context) -> Faults:
    """A component is installed only once."""
    stack, resource = context.stack, context.resource
    own = charts_of(resource, stack)
    if not own:
        raise NotApplicable
    for chart in own:
        for other in installing(stack, chart.chart, besides=resource.type):
            same = other.namespace == chart.namespace or _SAME.get(chart.chart) is not None
            if same:
                yield subject.fault(f"installs what {other.resource.name} installs", "chart", got=chart.chart)
        twin = _addon(_SAME.get(chart.chart), resource, stack)
        if twin is not None:
            yield subject.fault(f"installs what the add-on {twin.name} installs", "chart", got=chart.chart)


def _addon(name: str | None, resource: Resource, stack: Stack) -> Resource | None:
    from eks_blueprints.policies.platform import addon, cluster_of

    return addon(name, cluster_of(resource, stack), stack) if name else None


def _is_local(chart: str) -> bool:
    return chart.startswith((".", "/")) or chart.endswith((".tgz", ".tar.gz"))


def _literals(values: Props, path: tuple[str, ...], allowed: set[str]) -> Faults:
    value = values.value
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from _literals(Props(each, (*values.path, index), values.names), path, allowed)
    if not isinstance(value, dict) or "$unknown" in value or "$secret" in value:
        return
    for key, each in value.items():
        part = Props(each, (*values.path, key), values.names)
        here = (*path, key)
        if looks(key, each) and not part.symbolic(each) and ".".join(here) not in allowed:
            yield part.fault("writes a secret into the release", got=key)
            continue
        yield from _literals(part, here, allowed)
