"""The cluster's API endpoint, its logs, secrets, version and ownership."""

from __future__ import annotations

import re
from datetime import date, timedelta

from eks_blueprints.core import versions
from eks_blueprints.policies.addresses import world_known
from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.platform import NODE_GROUP
from eks_blueprints.policies.props import Fault, Faults, NotApplicable, Props, Undetermined
from eks_blueprints.policies.stack import CLUSTER

LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"


@rule("eks-endpoint-not-open-to-internet", CLUSTER, severity="critical", enforcement="mandatory", wave=1)
def endpoint_not_open(cluster: Props) -> Faults:
    """The API endpoint is not open to the whole internet.

    Ranges count together: 0.0.0.0/1 and 128.0.0.0/1 are the internet, and so is half of it.
    """
    vpc = _endpoint(cluster)
    if vpc.flag("endpointPublicAccess") is False:
        return
    cidrs = vpc.items("publicAccessCidrs")
    if not cidrs:
        yield vpc.fault("opens the API endpoint to 0.0.0.0/0, the default", "publicAccessCidrs", got=[])
    elif world_known(cidrs):
        yield vpc.fault(
            "opens the API endpoint to the whole internet", "publicAccessCidrs", got=vpc.raw("publicAccessCidrs")
        )


@rule("eks-endpoint-public-disabled", CLUSTER, severity="high", enforcement="advisory", production="mandatory", wave=2)
def endpoint_private_only(cluster: Props) -> Faults:
    """The API endpoint is private."""
    public = _endpoint(cluster).flag("endpointPublicAccess")
    if public is not False:
        yield cluster.fault("has a public API endpoint", "vpcConfig", "endpointPublicAccess", got=public)


@rule("eks-endpoint-private-enabled", CLUSTER, severity="high", enforcement="mandatory", wave=1)
def endpoint_private(cluster: Props) -> Faults:
    """Private access to the API endpoint is enabled."""
    private = _endpoint(cluster).flag("endpointPrivateAccess")
    if private is not True:
        yield cluster.fault("has no private API endpoint", "vpcConfig", "endpointPrivateAccess", got=private)


@rule("eks-control-plane-audit-logging", CLUSTER, severity="high", enforcement="mandatory", wave=1)
def audit_logging(cluster: Props) -> Faults:
    """Audit and authenticator logs of the control plane are enabled."""
    missing = {"audit", "authenticator"} - set(cluster.words("enabledClusterLogTypes"))
    if missing:
        yield _logs(cluster, missing)


@rule("eks-control-plane-all-logging", CLUSTER, severity="medium", enforcement="advisory", wave=2)
def all_logging(cluster: Props) -> Faults:
    """All five logs of the control plane are enabled."""
    every = {"api", "audit", "authenticator", "controllerManager", "scheduler"}
    missing = every - set(cluster.words("enabledClusterLogTypes"))
    if missing:
        yield _logs(cluster, missing)


@rule(
    "eks-log-group-retention",
    CLUSTER,
    severity="medium",
    enforcement="advisory",
    wave=2,
    across=True,
    params={"min_days": 90},
)
def log_retention(cluster: Props, context: Context) -> Faults:
    """The cluster's logs are kept for a set time.

    A cluster that writes logs has a log group /aws/eks/<cluster>/cluster in the stack, with retentionInDays between
    min_days and 3653; 0 or nothing keeps them for ever.
    """
    if not cluster.items("enabledClusterLogTypes"):
        raise NotApplicable
    group = _log_group(cluster, context)
    if group is None:
        yield cluster.fault("leaves its log group to EKS, which never deletes a log", "enabledClusterLogTypes")
        return
    days = group.number("retentionInDays") or 0
    if not context.params["min_days"] <= days <= 3653:
        yield cluster.fault(
            f"keeps its logs for {int(days) or 'ever'}{' days' if days else ''}",
            "enabledClusterLogTypes",
            got=int(days),
        )


@rule("eks-log-group-kms", LOG_GROUP, severity="low", enforcement="advisory", wave=3)
def log_group_key(group: Props) -> Faults:
    """Log groups of clusters are encrypted with a customer managed key."""
    name = group.text("name")
    if name is None or not name.startswith(("/aws/eks/", "/aws/containerinsights/")):
        raise NotApplicable
    if not group.has("kmsKeyId"):
        yield group.fault("is encrypted with a key of AWS", "kmsKeyId")


@rule(
    "eks-secrets-encrypted-with-cmk", CLUSTER, severity="high", enforcement="advisory", production="mandatory", wave=2
)
def secrets_key(cluster: Props) -> Faults:
    """Kubernetes secrets are encrypted with a customer managed key."""
    if cluster.has("outpostConfig"):
        raise NotApplicable
    for config in cluster.items("encryptionConfig"):
        if "secrets" in config.words("resources") and config.has("provider", "keyArn"):
            return
    yield cluster.fault("encrypts its secrets with a key of AWS alone", "encryptionConfig")


@rule("eks-version-supported", CLUSTER, NODE_GROUP, severity="critical", enforcement="mandatory", wave=1)
def version_supported(cluster: Props, context: Context) -> Faults:
    """EKS still supports the Kubernetes version."""
    release = _release(cluster)
    ends = release.end_extended_support
    if ends is not None and ends < context.today:
        yield cluster.fault(f"runs a version whose support ended on {ends}", "version", got=release.version)


@rule(
    "eks-version-standard-support", CLUSTER, severity="medium", enforcement="advisory", production="mandatory", wave=2
)
def version_standard(cluster: Props, context: Context) -> Faults:
    """The Kubernetes version is in standard support."""
    release = _release(cluster)
    ends = release.end_standard_support
    if ends is not None and ends < context.today:
        yield cluster.fault(f"pays for extended support since {ends}", "version", got=release.version)


@rule("eks-version-end-of-support-near", CLUSTER, severity="low", enforcement="advisory", wave=3, params={"days": 60})
def version_near_end(cluster: Props, context: Context) -> Faults:
    """Standard support of the Kubernetes version does not end soon."""
    release = _release(cluster)
    ends = release.end_standard_support
    if ends is not None and context.today <= ends <= context.today + timedelta(days=context.params["days"]):
        yield cluster.fault(f"leaves standard support on {ends}", "version", got=release.version)


@rule("eks-version-explicit", CLUSTER, severity="medium", enforcement="mandatory", wave=2)
def version_explicit(cluster: Props) -> Faults:
    """The Kubernetes version is set explicitly.

    Version must be set and match ^1\\.\\d{2}$.
    """
    version = cluster.get("version")
    if not (isinstance(version, str) and re.fullmatch(r"1\.\d{2}", version)):
        yield cluster.fault("leaves its version to EKS", "version", got=version)


@rule("eks-upgrade-policy-explicit", CLUSTER, severity="low", enforcement="advisory", wave=3, params={"require": ""})
def upgrade_policy(cluster: Props, context: Context) -> Faults:
    """The upgrade policy is set explicitly."""
    support = cluster.get("upgradePolicy", "supportType")
    wanted = context.params["require"]
    if support not in ("STANDARD", "EXTENDED"):
        yield cluster.fault("leaves its upgrade policy to EKS", "upgradePolicy", "supportType", got=support)
    elif wanted and support != wanted:
        yield cluster.fault(f"is not {wanted}", "upgradePolicy", "supportType", got=support)


@rule(
    "eks-force-update-version-off", CLUSTER, NODE_GROUP, severity="high", enforcement="mandatory", wave=1, patches=True
)
def force_update(resource: Props) -> Faults:
    """Upgrades respect insights and disruption budgets."""
    if resource.flag("forceUpdateVersion"):
        yield resource.fault("forces its upgrades", "forceUpdateVersion", got=True)


@rule("eks-authentication-mode-api", CLUSTER, severity="high", enforcement="mandatory", wave=1)
def authentication_mode(cluster: Props) -> Faults:
    """The cluster uses access entries for authentication."""
    mode = cluster.get("accessConfig", "authenticationMode")
    if mode not in ("API", "API_AND_CONFIG_MAP"):
        yield cluster.fault("relies on the aws-auth ConfigMap", "accessConfig", "authenticationMode", got=mode)


@rule(
    "eks-no-bootstrap-creator-admin", CLUSTER, severity="high", enforcement="advisory", production="mandatory", wave=2
)
def creator_admin(cluster: Props, context: Context) -> Faults:
    """The creator of the cluster does not become an administrator automatically."""
    keys = ("accessConfig", "bootstrapClusterCreatorAdminPermissions")
    if cluster.flag(*keys) is not False:
        # The property is create-only: blocking a cluster that exists would ask for its replacement.
        yield cluster.fault("makes its creator an administrator", *keys, got=True, advisory=context.deployed)


@rule("eks-deletion-protection", CLUSTER, severity="medium", enforcement="advisory", production="mandatory", wave=2)
def deletion_protection(cluster: Props, context: Context) -> Faults:
    """The cluster is protected from deletion."""
    if cluster.flag("deletionProtection") is not True and not context.resource.options.get("protect"):
        yield cluster.fault("can be deleted by one command", "deletionProtection")


def _endpoint(cluster: Props) -> Props:
    if cluster.has("outpostConfig"):
        raise NotApplicable
    return cluster.at("vpcConfig")


def _logs(cluster: Props, missing: set[str]) -> Fault:
    got = cluster.raw("enabledClusterLogTypes")
    return cluster.fault(f"writes no {', '.join(sorted(missing))} log", "enabledClusterLogTypes", got=got or [])


def _release(cluster: Props) -> versions.Release:
    version = cluster.get("version")
    if version is None:
        raise NotApplicable
    found = versions.releases().get(str(version))
    if found is None:
        try:
            if versions.minor(str(version)) < versions.minor(next(iter(versions.releases()))):
                return versions.Release(str(version), None, versions.as_of(), date.min)
        except ValueError:
            raise NotApplicable from None
        raise Undetermined((*cluster.path, "version"), f"{version} is newer than the table of versions")
    return found


def _log_group(cluster: Props, context: Context) -> Props | None:
    name = cluster.text("name")
    symbol = f"${{{context.resource.name}.name}}"
    wanted = {f"/aws/eks/{each}/cluster" for each in (name, symbol) if each}
    unknown: Undetermined | None = None
    for group in context.stack.of(LOG_GROUP):
        try:
            if group.props.text("name") in wanted:
                return group.props
        except Undetermined as error:
            unknown = error
    if unknown is not None:
        raise unknown
    return None
