"""Pod Security Standards, restricted: what pods give up although they might have it."""

from __future__ import annotations

from eks_blueprints.policies.objects import (
    SYSTEM,
    WORKLOADS,
    containers,
    in_system_namespace,
    pod_of,
    pods,
    tenant_containers,
    tenant_pods,
)
from eks_blueprints.policies.platform import cluster_of, version_of
from eks_blueprints.policies.props import Faults, NotApplicable, Props
from eks_blueprints.policies.rule import Context, rule
from eks_blueprints.policies.rules.pods_host import user_namespace

_VOLUMES = frozenset(
    {
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
    }
)
_PROFILES = ("RuntimeDefault", "Localhost")


@rule(
    "k8s-no-privilege-escalation",
    *WORKLOADS,
    severity="high",
    enforcement="mandatory",
    wave=1,
    params=SYSTEM,
    each=tenant_containers,
)
def no_escalation(container: Props, context: Context) -> Faults:
    """Processes cannot gain more rights than they started with."""
    if _is_windows(context):
        raise NotApplicable
    allowed = container.flag("securityContext", "allowPrivilegeEscalation")
    if allowed is not False:
        yield container.fault(
            "may gain rights", "securityContext", "allowPrivilegeEscalation", got=allowed, do="set it to false"
        )


@rule(
    "k8s-run-as-non-root",
    *WORKLOADS,
    severity="high",
    enforcement="mandatory",
    wave=1,
    params=SYSTEM,
    each=tenant_containers,
)
def non_root(container: Props, context: Context) -> Faults:
    """Containers do not run as root."""
    own = container.flag("securityContext", "runAsNonRoot")
    found = pod_of(context.resource).flag("securityContext", "runAsNonRoot") if own is None else own
    if found is not True and not user_namespace(context):
        yield container.fault("may run as root", "securityContext", "runAsNonRoot", got=found)


@rule(
    "k8s-run-as-user-non-zero",
    *WORKLOADS,
    severity="medium",
    enforcement="mandatory",
    wave=1,
    patches=True,
    params=SYSTEM,
)
def user_not_zero(_: Props, context: Context) -> Faults:
    """Nobody asks to be user 0."""
    if in_system_namespace(context):
        raise NotApplicable
    relaxed = user_namespace(context)
    for part in (pod_of(context.resource), *containers(context)):
        if part.number("securityContext", "runAsUser") == 0 and not relaxed:
            yield part.fault("runs as root", "securityContext", "runAsUser", got=0)


@rule("k8s-run-as-high-uid", *WORKLOADS, severity="low", enforcement="advisory", wave=3, patches=True)
def high_user(_: Props, context: Context) -> Faults:
    """Users of containers are none of the node's."""
    for part in (pod_of(context.resource), *containers(context)):
        user = part.number("securityContext", "runAsUser")
        if user is not None and user < 10000:
            yield part.fault("runs as a user that the node may have too", "securityContext", "runAsUser", got=user)


@rule(
    "k8s-capabilities-drop-all",
    *WORKLOADS,
    severity="medium",
    enforcement="mandatory",
    wave=1,
    params=SYSTEM,
    each=tenant_containers,
)
def drop_all(container: Props, context: Context) -> Faults:
    """Containers drop every capability, and take back one at most."""
    if _is_windows(context):
        raise NotApplicable
    keys = ("securityContext", "capabilities")
    if "ALL" not in [each.upper() for each in container.words(*keys, "drop")]:
        yield container.fault("keeps capabilities", *keys, "drop", got=container.raw(*keys, "drop") or [])
    if strange := [each for each in container.words(*keys, "add") if each.removeprefix("CAP_") != "NET_BIND_SERVICE"]:
        yield container.fault("takes back more than NET_BIND_SERVICE", *keys, "add", got=strange)


@rule(
    "k8s-seccomp-runtime-default",
    *WORKLOADS,
    severity="medium",
    enforcement="mandatory",
    wave=1,
    params=SYSTEM,
    each=tenant_containers,
)
def seccomp(container: Props, context: Context) -> Faults:
    """System calls are filtered."""
    if _is_windows(context):
        raise NotApplicable
    keys = ("securityContext", "seccompProfile", "type")
    found = container.get(*keys) or pod_of(context.resource).get(*keys)
    if found not in _PROFILES:
        yield container.fault("may call anything in the kernel", *keys, got=found)


@rule(
    "k8s-volume-types-restricted",
    *WORKLOADS,
    severity="medium",
    enforcement="mandatory",
    wave=1,
    each=tenant_pods,
    patches=True,
    params=SYSTEM,
)
def volume_types(pod: Props) -> Faults:
    """Pods mount what Kubernetes manages, and no storage of the host.

    Every volume is a configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected or
    secret one; hostPath is told by k8s-no-host-path-volumes and gitRepo by k8s-no-git-repo-volume.
    """
    for volume in pod.items("volumes"):
        for kind, _ in volume.pairs():
            if kind not in _VOLUMES and kind not in ("name", "hostPath", "gitRepo"):
                yield volume.fault("mounts storage that Kubernetes does not manage", kind)


@rule("k8s-read-only-root-filesystem", *WORKLOADS, severity="medium", enforcement="advisory", wave=2, each=containers)
def read_only_root(container: Props) -> Faults:
    """Containers cannot change their own files."""
    found = container.flag("securityContext", "readOnlyRootFilesystem")
    if found is not True:
        yield container.fault("can change its own files", "securityContext", "readOnlyRootFilesystem", got=found)


@rule("k8s-no-git-repo-volume", *WORKLOADS, severity="high", enforcement="mandatory", wave=1, each=pods, patches=True)
def no_git_repo(pod: Props) -> Faults:
    """No volume is cloned by kubelet."""
    for volume in pod.items("volumes"):
        if volume.has("gitRepo"):
            yield volume.fault("is cloned by kubelet, which ran what it cloned", "gitRepo")


@rule("k8s-user-namespaces-preferred", *WORKLOADS, severity="low", enforcement="advisory", wave=3, each=pods)
def user_namespaces(pod: Props, context: Context) -> Faults:
    """A workload that needs root is root in its own pod alone."""
    minor = version_of(cluster_of(context.resource, context.stack))
    if minor is None or minor < 36 or not _wants_root(context):
        raise NotApplicable
    if pod.flag("hostUsers") is not False:
        yield pod.fault("is root on its node as well", "hostUsers", got=pod.raw("hostUsers"))


def _wants_root(context: Context) -> bool:
    for part in (pod_of(context.resource), *containers(context)):
        if part.number("securityContext", "runAsUser") == 0 or part.items("securityContext", "capabilities", "add"):
            return True
    return False


def _is_windows(context: Context) -> bool:
    pod = pod_of(context.resource)
    return "windows" in (pod.get("os", "name"), pod.get("nodeSelector", "kubernetes.io/os"))
