"""Secrets, and the accounts that pods have in Kubernetes."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Iterator

from eks_blueprints.core.secret_text import inside, looks, speaks
from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.objects import (
    CONFIG_MAP,
    WORKLOADS,
    canonical,
    in_namespace,
    namespace_of,
    object_name,
    pod_of,
)
from eks_blueprints.policies.pods import containers, pod_rule
from eks_blueprints.policies.props import Faults, NotApplicable, Props, Undetermined
from eks_blueprints.policies.rbac import BINDINGS, subjects
from eks_blueprints.policies.roles import ACCOUNT
from eks_blueprints.policies.stack import Resource, Stack

SECRET = "kubernetes:core/v1:Secret"  # noqa: S105 - a type
_LET_IN = frozenset(["ALLOW_EMPTY_PASSWORD", "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD", "MYSQL_ALLOW_EMPTY_PASSWORD"])
"""Variables of the images mysql, mariadb and of Bitnami; their documentation, 2026-11."""
_METHOD = "POSTGRES_HOST_AUTH_METHOD"
_NO = frozenset({"", "0", "false", "no"})
_EXEMPT = (
    "kubernetes.io/tls",
    "helm.sh/release.v1",
    "kubernetes.io/service-account-token",
    "bootstrap.kubernetes.io/token",
)


@pod_rule("k8s-secrets-not-in-env", "medium", each=containers, enforcement="advisory", wave=2, patches=True)
def secrets_not_in_env(container: Props) -> Faults:
    """Secrets are mounted as files, not set as environment variables."""
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
    """Manifests contain no plain-text secrets.

    Neither the value of an environment variable, nor an argument, nor an entry or a line of a ConfigMap is a secret: by
    its form (a key of AWS, a private key, a JWT, a URL with a password), or by a name that speaks of a secret, and not
    of its name, path, address, age or kind, with a value that does not only point to one. A value that Pulumi keeps
    secret still ends in the manifest.
    """
    unknown: Undetermined | None = None
    parts = _entries(subject) if context.resource.type == CONFIG_MAP else _inputs(containers(context))
    for test, part in parts:
        try:
            yield from test(part)
        except Undetermined as error:
            unknown = error
    if unknown is not None:
        raise unknown


@pod_rule("k8s-no-empty-passwords", "high", each=containers, wave=1, patches=True)
def no_empty_passwords(container: Props) -> Faults:
    """Databases have passwords.

    No environment variable lets everybody in: `MYSQL_ALLOW_EMPTY_PASSWORD` and its kin, `POSTGRES_HOST_AUTH_METHOD:
    trust`.
    """
    for variable in container.items("env"):
        name, value = variable.text("name"), variable.text("value")
        if value is None or name is None:
            continue
        if (name in _LET_IN and value.lower() not in _NO) or (name == _METHOD and value.lower() == "trust"):
            yield variable.fault("lets everybody in without a password", "value", got=f"{name}={value}")


@rule("k8s-external-secrets-preferred", SECRET, severity="low", enforcement="advisory", wave=2, production_only=True)
def external(secret: Props) -> Faults:
    """In production secrets come from an external store."""
    if secret.get("type") in _EXEMPT or secret.has("metadata", "annotations", "helm.sh/hook"):
        raise NotApplicable
    for key in ("data", "stringData"):
        if secret.has(key):
            yield secret.fault("holds its data in the program", key)


@rule("k8s-no-legacy-service-account-token", SECRET, severity="high", enforcement="mandatory", wave=1)
def no_legacy_token(secret: Props) -> Faults:
    """Service account tokens expire."""
    if secret.get("type") == "kubernetes.io/service-account-token":
        yield secret.fault("is a token that never ends", "type", got=secret.get("type"))


@rule("k8s-dedicated-service-account", *WORKLOADS, severity="medium", enforcement="advisory", wave=2)
def dedicated_account(_: Props, context: Context) -> Faults:
    """A workload has its own service account."""
    pod = pod_of(context.resource)
    name = pod.text("serviceAccountName")
    if pod.has("serviceAccount") and name is None:
        yield pod.fault("uses a field that is deprecated", "serviceAccount", do="use serviceAccountName")
    elif name in (None, "", "default"):
        yield pod.fault("shares the account default", "serviceAccountName", got=name)


@rule("k8s-service-account-token-automount", *WORKLOADS, severity="medium", enforcement="advisory", wave=2, across=True)
def no_automount(_: Props, context: Context) -> Faults:
    """Pods that do not call the API server have no service account token.

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


def _entries(config: Props) -> Iterator[tuple[Callable[[Props], Faults], Props]]:
    for key in ("data", "binaryData"):
        yield from ((_entry, value) for _, value in config.pairs(key))


def _inputs(found: Iterable[Props]) -> Iterator[tuple[Callable[[Props], Faults], Props]]:
    for container in found:
        yield from ((_variable, each) for each in container.items("env"))
        yield from ((_arguments, container.at(key)) for key in ("command", "args"))


def _variable(variable: Props) -> Faults:
    if not variable.has("value"):
        return
    name, value = str(variable.get("name")), variable.raw("value")
    hidden = isinstance(value, dict) and "$secret" in value
    if speaks(name) and hidden:
        yield variable.fault("writes a secret into the manifest", "value", got=name)
    elif (isinstance(value, dict) or variable.symbolic(value)) and not speaks(name):
        # Of what is not known only a name that speaks of a secret says anything.
        return
    elif looks(name, variable.get("value")):
        yield variable.fault("writes a secret into the manifest", "value", got=name)


def _arguments(arguments: Props) -> Faults:
    before = ""
    for part in arguments.items():
        text = str(part.value) if isinstance(part.value, str | int) else ""
        if before and not text.startswith("-") and looks(before, text):
            yield part.fault("writes a secret into the manifest", got=f"--{before}")
        elif found := list(inside(text)):
            yield part.fault("writes a secret into the manifest", got=found)
        flag = re.fullmatch(r"--?([A-Za-z][\w.-]*)", text)
        before = flag[1] if flag else ""


def _entry(entry: Props) -> Faults:
    key, text = str(entry.path[-1]), entry.text() or ""
    if entry.path[-2] == "binaryData":
        text = _decoded(text)
    found = [key] if "\n" not in text and looks(key, text) else list(dict.fromkeys(inside(text)))
    if found:
        yield entry.fault("holds a secret", got=found)


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


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
