"""Secrets, and the accounts that pods have in Kubernetes."""

from __future__ import annotations

import re

from eks_blueprints.policies.objects import WORKLOADS, canonical, in_namespace, namespace_of, object_name, pod_of
from eks_blueprints.policies.pods import containers, pod_rule
from eks_blueprints.policies.props import Faults, NotApplicable, Props, Undetermined
from eks_blueprints.policies.rbac import BINDINGS, subjects
from eks_blueprints.policies.roles import ACCOUNT
from eks_blueprints.policies.rule import Context, rule
from eks_blueprints.policies.stack import Resource, Stack

SECRET = "kubernetes:core/v1:Secret"  # noqa: S105 - a type
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
_NAME = re.compile(r"password|passwd|secret|token(?!iz)|api_?key|private_?key|credential", re.IGNORECASE)
_ABOUT = re.compile(
    r"(_|-|\.)?(name|path|file|dir|url|uri|arn|id|ttl|expiry|enabled|length|type|ref|endpoint|host|port)$",
    re.IGNORECASE,
)
_HARMLESS = re.compile(
    r"|true|false|yes|no|none|null|\d+|\$\(.*\)|[./~][\w./~-]*|https?://[^@\s]*|arn:\S+|\d+(ms|s|m|h|d)|"
    r"(secret|vault|ref|file|op|awssm|ssm)(://|:/)\S+",
    re.IGNORECASE,
)
_CONTENT = re.compile(
    r"(?:AKIA|ASIA)[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY|gh[pousr]_[A-Za-z0-9]{30}|github_pat_\w{20}|"
    r"xox[abprs]-[\w-]{10}|glpat-[\w-]{20}"
)
_EXEMPT = (
    "kubernetes.io/tls",
    "helm.sh/release.v1",
    "kubernetes.io/service-account-token",
    "bootstrap.kubernetes.io/token",
)


@pod_rule("k8s-secrets-not-in-env", "medium", each=containers, enforcement="advisory", wave=2, patches=True)
def secrets_not_in_env(container: Props) -> Faults:
    """Secrets are files, and no environment variables."""
    for variable in container.items("env"):
        if variable.has("valueFrom", "secretKeyRef"):
            yield variable.fault(
                "puts a secret into the environment", "valueFrom", "secretKeyRef", got=variable.raw("name")
            )
    for source in container.items("envFrom"):
        if source.has("secretRef"):
            yield source.fault("puts a whole secret into the environment", "secretRef")


@rule(
    "k8s-no-plaintext-secrets",
    *WORKLOADS,
    CONFIG_MAP,
    severity="critical",
    enforcement="mandatory",
    wave=1,
    patches=True,
)
def no_plaintext(subject: Props, context: Context) -> Faults:
    """No secret is written down in a manifest.

    An environment variable whose name speaks of a secret (and not of the name, path or address of one) has no literal
    value other than a file path, a URL without credentials, a boolean, a number or a $(VAR) reference; and neither
    variables nor ConfigMaps hold what looks like a key. A value that Pulumi keeps secret still ends in the manifest.
    """
    if context.resource.type == CONFIG_MAP:
        for key, value in subject.pairs("data"):
            if found := _CONTENT.search(value.text() or ""):
                yield value.fault("holds what looks like a key", got=f"{key}: {found[0][:6]}…")
        return
    unknown: Undetermined | None = None
    for variable in (each for container in containers(context) for each in container.items("env")):
        try:
            yield from _plain(variable)
        except Undetermined as error:
            unknown = error
    if unknown is not None:
        raise unknown


@rule("k8s-external-secrets-preferred", SECRET, severity="low", enforcement="advisory", wave=2, production_only=True)
def external(secret: Props) -> Faults:
    """Secrets of production live outside the cluster and outside Pulumi's state."""
    if secret.get("type") in _EXEMPT or secret.has("metadata", "annotations", "helm.sh/hook"):
        raise NotApplicable
    for key in ("data", "stringData"):
        if secret.has(key):
            yield secret.fault("holds its data in the program", key)


@rule("k8s-no-legacy-service-account-token", SECRET, severity="high", enforcement="mandatory", wave=1)
def no_legacy_token(secret: Props) -> Faults:
    """No token of a service account lasts for ever."""
    if secret.get("type") == "kubernetes.io/service-account-token":
        yield secret.fault("is a token that never ends", "type", got=secret.get("type"))


@rule("k8s-dedicated-service-account", *WORKLOADS, severity="medium", enforcement="advisory", wave=2)
def dedicated_account(_: Props, context: Context) -> Faults:
    """A workload has a service account of its own."""
    pod = pod_of(context.resource)
    name = pod.text("serviceAccountName")
    if pod.has("serviceAccount") and name is None:
        yield pod.fault("uses a field that is deprecated", "serviceAccount", do="use serviceAccountName")
    elif name in (None, "", "default"):
        yield pod.fault("shares the account default", "serviceAccountName", got=name)


@rule("k8s-service-account-token-automount", *WORKLOADS, severity="medium", enforcement="advisory", wave=2, across=True)
def no_automount(_: Props, context: Context) -> Faults:
    """A pod that does not talk to the API server has no token for it.

    automountServiceAccountToken is false on the pod or, where the pod says nothing, on its service account in the
    stack, unless a binding of the stack names the account.
    """
    stack = context.stack
    pod = pod_of(context.resource)
    found = pod.flag("automountServiceAccountToken")
    namespace = namespace_of(context.resource, stack)
    name = canonical(pod.text("serviceAccountName") or "default", stack)
    if found is None and (account := _account(namespace, name, stack)) is not None:
        found = account.props.flag("automountServiceAccountToken")
    if found is False or (namespace, name) in _bound(stack):
        return
    yield pod.fault("has a token that it does not need", "automountServiceAccountToken", got=found)


def _plain(variable: Props) -> Faults:
    if not variable.has("value"):
        return
    name = str(variable.get("name"))
    speaks = _NAME.search(name) is not None and _ABOUT.search(name) is None
    if isinstance(variable.raw("value"), dict):
        if not speaks:
            return
        if "$secret" in variable.raw("value"):
            yield variable.fault("writes a secret into the manifest", "value", got=name)
            return
    if not speaks and not variable.is_known("value"):
        return
    value = str(variable.get("value"))
    if _CONTENT.search(value) or (speaks and not _HARMLESS.fullmatch(value)):
        yield variable.fault("writes a secret into the manifest", "value", got=name)


def _account(namespace: str, name: str, stack: Stack) -> Resource | None:
    for each in in_namespace(stack, namespace, ACCOUNT):
        if object_name(each, stack) == name:
            return each
    return None


def _bound(stack: Stack) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] | None = stack.cache.get("bound")
    if found is None:
        found = set()
        for binding in stack.of(*BINDINGS):
            try:
                found |= {(where, name) for kind, where, name in subjects(binding, stack) if kind == "ServiceAccount"}
            except Undetermined:
                continue
        stack.cache["bound"] = found
    return found
