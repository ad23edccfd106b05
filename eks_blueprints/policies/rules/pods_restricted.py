"""Pod Security Standards, restricted: what pods give up although they might have it."""

from __future__ import annotations

from eks_blueprints.policies.definition import Context
from eks_blueprints.policies.objects import pod_of
from eks_blueprints.policies.platform import cluster_of, version_of
from eks_blueprints.policies.pods import containers, parts, pod_rule, pods, tenant_containers, tenant_parts, tenant_pods
from eks_blueprints.policies.props import Faults, NotApplicable, Props
from eks_blueprints.policies.rules.pods_host import before, user_namespace

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


@pod_rule("k8s-no-privilege-escalation", "high", each=tenant_containers)
def no_escalation(container: Props, context: Context) -> Faults:
    """Privilege escalation is not allowed."""
    if _is_windows(context) or before(context, 8):
        raise NotApplicable
    allowed = container.flag("securityContext", "allowPrivilegeEscalation")
    if allowed is not False:
        yield container.fault(
            "may gain rights", "securityContext", "allowPrivilegeEscalation", got=allowed, do="set it to false"
        )


@pod_rule("k8s-run-as-non-root", "high", each=tenant_containers)
def non_root(container: Props, context: Context) -> Faults:
    """Containers do not run as root."""
    own = container.flag("securityContext", "runAsNonRoot")
    found = pod_of(context.resource).flag("securityContext", "runAsNonRoot") if own is None else own
    if found is not True and not user_namespace(context):
        yield container.fault("may run as root", "securityContext", "runAsNonRoot", got=found)


@pod_rule("k8s-run-as-user-non-zero", "medium", each=tenant_parts, patches=True)
def user_not_zero(part: Props, context: Context) -> Faults:
    """Containers do not set user 0."""
    if part.number("securityContext", "runAsUser") == 0 and not user_namespace(context):
        yield part.fault("runs as root", "securityContext", "runAsUser", got=0)


@pod_rule("k8s-run-as-high-uid", "low", each=containers, enforcement="advisory", wave=3, patches=True)
def high_user(container: Props, context: Context) -> Faults:
    """Containers use a high user ID, which no user of the node has."""
    keys = ("securityContext", "runAsUser")
    own = container.number(*keys)
    user = pod_of(context.resource).number(*keys) if own is None else own
    if user is not None and user < 10000:
        yield container.fault("runs as a user that the node may have too", "securityContext", "runAsUser", got=user)


@pod_rule("k8s-capabilities-drop-all", "medium", each=tenant_containers)
def drop_all(container: Props, context: Context) -> Faults:
    """Containers drop all capabilities, and add at most NET_BIND_SERVICE.

    The names are ALL and NET_BIND_SERVICE, in capital letters and without CAP_, as Pod Security reads them.
    """
    if _is_windows(context) or before(context, 22):
        raise NotApplicable
    keys = ("securityContext", "capabilities")
    if "ALL" not in container.words(*keys, "drop"):
        yield container.fault("keeps capabilities", *keys, "drop", got=container.raw(*keys, "drop") or [])
    if strange := [each for each in container.words(*keys, "add") if each != "NET_BIND_SERVICE"]:
        yield container.fault("adds more than NET_BIND_SERVICE", *keys, "add", got=strange)


@pod_rule("k8s-seccomp-runtime-default", "medium", each=tenant_containers)
def seccomp(container: Props, context: Context) -> Faults:
    """Containers use a seccomp profile."""
    if _is_windows(context) or before(context, 19):
        raise NotApplicable
    keys = ("securityContext", "seccompProfile", "type")
    found = container.get(*keys) or pod_of(context.resource).get(*keys)
    if found not in _PROFILES:
        yield container.fault("may call anything in the kernel", *keys, got=found)


@pod_rule("k8s-proc-mount-restricted", "medium", each=tenant_containers, patches=True)
def proc_mount(container: Props) -> Faults:
    """Containers use the default /proc mount, in user namespaces too.

    k8s-proc-mount-default, of the baseline standard, allows Unmasked to pods with users of their own; the restricted
    one does not.
    """
    kind = container.get("securityContext", "procMount")
    if kind not in (None, "Default"):
        yield container.fault("sees more of /proc than it should", "securityContext", "procMount", got=kind)


@pod_rule("k8s-volume-types-restricted", "medium", each=tenant_pods, patches=True)
def volume_types(pod: Props) -> Faults:
    """Pods use only volume types of the `restricted` standard.

    Every volume is a configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected or
    secret one; hostPath is told by k8s-no-host-path-volumes and gitRepo by k8s-no-git-repo-volume.
    """
    for volume in pod.items("volumes"):
        for kind, _ in volume.pairs():
            if kind not in _VOLUMES and kind not in ("name", "hostPath", "gitRepo"):
                yield volume.fault("mounts storage that Kubernetes does not manage", kind)


@pod_rule("k8s-read-only-root-filesystem", "medium", each=containers, enforcement="advisory", wave=2)
def read_only_root(container: Props) -> Faults:
    """Containers have a read-only root filesystem."""
    found = container.flag("securityContext", "readOnlyRootFilesystem")
    if found is not True:
        yield container.fault("can change its own files", "securityContext", "readOnlyRootFilesystem", got=found)


@pod_rule("k8s-no-git-repo-volume", "high", each=pods, patches=True)
def no_git_repo(pod: Props) -> Faults:
    """No gitRepo volumes are used."""
    for volume in pod.items("volumes"):
        if volume.has("gitRepo"):
            yield volume.fault("is cloned by kubelet, which ran what it cloned", "gitRepo")


@pod_rule("k8s-user-namespaces-preferred", "low", each=pods, enforcement="advisory", wave=3)
def user_namespaces(pod: Props, context: Context) -> Faults:
    """A workload that runs as root uses a user namespace."""
    minor = version_of(cluster_of(context.resource, context.stack))
    if minor is None or minor < 36 or not _wants_root(context):
        raise NotApplicable
    if pod.flag("hostUsers") is not False:
        yield pod.fault("is root on its node as well", "hostUsers", got=pod.raw("hostUsers"))


def _wants_root(context: Context) -> bool:
    for part in parts(context):
        if part.number("securityContext", "runAsUser") == 0 or part.items("securityContext", "capabilities", "add"):
            return True
    return False


def _is_windows(context: Context) -> bool:
    pod = pod_of(context.resource)
    return "windows" in (pod.get("os", "name"), pod.get("nodeSelector", "kubernetes.io/os"))
