"""Pod Security Standards, baseline: what pods may not take from their host."""

from __future__ import annotations

import re

from eks_blueprints.core.charts.pod_standards import BASELINE_CAPABILITIES, SELINUX_TYPES
from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.objects import WORKLOADS, pod_of, template
from eks_blueprints.policies.platform import cluster_of, version_of
from eks_blueprints.policies.pods import containers, parts, pod_rule, pods, tenant_containers, tenant_pods
from eks_blueprints.policies.props import Faults, Props

_SOCKETS = (
    "/var/run/docker.sock",
    "/run/docker.sock",
    "/run/containerd/containerd.sock",
    "/var/run/containerd/containerd.sock",
    "/var/run/crio/crio.sock",
    "/run/crio/crio.sock",
    "/run/dockershim.sock",
    "/var/run/dockershim.sock",
)
_SECCOMP = "seccomp.security.alpha.kubernetes.io/"
_APPARMOR = "container.apparmor.security.beta.kubernetes.io/"
_SYSCTLS = {
    "kernel.shm_rmid_forced": 0,
    "net.ipv4.ip_local_port_range": 0,
    "net.ipv4.tcp_syncookies": 0,
    "net.ipv4.ping_group_range": 0,
    "net.ipv4.ip_unprivileged_port_start": 0,
    "net.ipv4.ip_local_reserved_ports": 27,
    "net.ipv4.tcp_keepalive_time": 29,
    "net.ipv4.tcp_fin_timeout": 29,
    "net.ipv4.tcp_keepalive_intvl": 29,
    "net.ipv4.tcp_keepalive_probes": 29,
    "net.ipv4.tcp_rmem": 32,
    "net.ipv4.tcp_wmem": 32,
    "net.ipv4.tcp_slow_start_after_idle": 37,
    "net.ipv4.tcp_notsent_lowat": 37,
}
"""Sysctls that the baseline standard allows, and the minor of Kubernetes since which it does."""


@pod_rule("k8s-no-privileged-containers", "critical", each=tenant_containers, patches=True)
def no_privileged(container: Props) -> Faults:
    """Containers are not privileged."""
    if container.flag("securityContext", "privileged"):
        yield container.fault("is privileged: root on its node", "securityContext", "privileged", got=True)


@pod_rule("k8s-no-host-pid", "critical", each=tenant_pods, patches=True)
def no_host_pid(pod: Props) -> Faults:
    """Pods do not see the processes of their node."""
    if pod.flag("hostPID"):
        yield pod.fault("sees the processes of its node", "hostPID", got=True)


@pod_rule("k8s-no-host-ipc", "high", each=tenant_pods, patches=True)
def no_host_ipc(pod: Props) -> Faults:
    """Pods share no memory with their node."""
    if pod.flag("hostIPC"):
        yield pod.fault("shares memory with its node", "hostIPC", got=True)


@pod_rule("k8s-no-host-network", "high", each=tenant_pods, patches=True)
def no_host_network(pod: Props) -> Faults:
    """Pods do not use the network of their node."""
    if pod.flag("hostNetwork"):
        yield pod.fault("uses the network of its node", "hostNetwork", got=True)


@pod_rule("k8s-no-host-ports", "medium", each=tenant_containers, patches=True)
def no_host_ports(container: Props) -> Faults:
    """Containers use no host ports."""
    for port in container.items("ports"):
        if number := port.get("hostPort"):
            yield port.fault("uses a port of its node", "hostPort", got=number)


@pod_rule(
    "k8s-no-host-path-volumes", "high", each=tenant_pods, patches=True, params={"allowed_prefixes": ["/var/log/pods"]}
)
def no_host_path(pod: Props, context: Context) -> Faults:
    """Pods use no hostPath volumes.

    A hostPath volume fails; one below a path of allowed_prefixes that every container mounts read-only is advisory.
    """
    for volume in pod.items("volumes"):
        if not volume.has("hostPath"):
            continue
        path = volume.text("hostPath", "path") or ""
        allowed = any(f"{path}/".startswith(each.rstrip("/") + "/") for each in context.params["allowed_prefixes"])
        read_only = allowed and all(
            mount.flag("readOnly")
            for container in containers(context)
            for mount in container.items("volumeMounts")
            if mount.get("name") == volume.get("name")
        )
        yield volume.fault("mounts a directory of its node", "hostPath", "path", got=path, advisory=read_only)


@pod_rule("k8s-no-runtime-socket-mount", "critical", each=pods, patches=True)
def no_runtime_socket(pod: Props) -> Faults:
    """Pods do not mount the container runtime socket."""
    for volume in pod.items("volumes"):
        if not volume.has("hostPath"):
            continue
        path = str(volume.get("hostPath", "path") or "").rstrip("/")
        if any(socket == path or socket.startswith(f"{path}/") for socket in _SOCKETS):
            yield volume.fault("controls the runtime of its node", "hostPath", "path", got=path or "/")


@pod_rule("k8s-capabilities-baseline", "high", each=tenant_containers, patches=True)
def baseline_capabilities(container: Props) -> Faults:
    """Containers add only capabilities of the `baseline` standard.

    Names are compared as Pod Security does: CAP_CHOWN and chown are no names of capabilities in Kubernetes.
    """
    added = container.words("securityContext", "capabilities", "add")
    strange = [each for each in added if each not in BASELINE_CAPABILITIES]
    if strange:
        yield container.fault(
            "adds capabilities that lead out of it", "securityContext", "capabilities", "add", got=strange
        )


@rule("k8s-seccomp-not-unconfined", *WORKLOADS, severity="high", enforcement="mandatory", wave=1, patches=True)
def seccomp_confined(_: Props, context: Context) -> Faults:
    """Seccomp is not turned off.

    Before Kubernetes 1.19 annotations of the pod tell the profile.
    """
    for part in parts(context):
        if part.get("securityContext", "seccompProfile", "type") == "Unconfined":
            yield part.fault(
                "may call anything in the kernel", "securityContext", "seccompProfile", "type", got="Unconfined"
            )
    if before(context, 19):
        for key, value in template(context.resource).pairs("metadata", "annotations"):
            if _SECCOMP in key and value.get() not in ("runtime/default", "docker/default") and not _is_local(value):
                yield value.fault("may call anything in the kernel", got=value.get())


@rule("k8s-apparmor-baseline", *WORKLOADS, severity="medium", enforcement="mandatory", wave=1, patches=True)
def apparmor(_: Props, context: Context) -> Faults:
    """AppArmor is not turned off."""
    for part in parts(context):
        kind = part.get("securityContext", "appArmorProfile", "type")
        if kind not in (None, "RuntimeDefault", "Localhost"):
            yield part.fault("turns AppArmor off", "securityContext", "appArmorProfile", "type", got=kind)
    for key, value in template(context.resource).pairs("metadata", "annotations"):
        if key.startswith(_APPARMOR) and not re.fullmatch("|runtime/default|localhost/.*", str(value.get())):
            yield value.fault("turns AppArmor off", got=value.get())


@pod_rule("k8s-selinux-baseline", "medium", each=parts, patches=True)
def selinux(part: Props) -> Faults:
    """Containers use only the standard SELinux types."""
    options = part.at("securityContext", "seLinuxOptions")
    if options.value is None:
        return
    if (options.get("type") or "") not in SELINUX_TYPES:
        yield options.fault("uses a label that is not one of containers", "type", got=options.get("type"))
    for key in ("user", "role"):
        if options.get(key):
            yield options.fault("uses a label that is not one of containers", key, got=options.get(key))


@rule("k8s-proc-mount-default", *WORKLOADS, severity="medium", enforcement="mandatory", wave=1, patches=True)
def proc_mount(_: Props, context: Context) -> Faults:
    """Containers use the default /proc mount."""
    unmasked = user_namespace(context)
    for container in containers(context):
        kind = container.get("securityContext", "procMount")
        if kind not in (None, "Default") and not (unmasked and kind == "Unmasked"):
            yield container.fault("sees more of /proc than it should", "securityContext", "procMount", got=kind)


@pod_rule("k8s-sysctls-safe", "medium", each=pods, patches=True)
def sysctls(pod: Props, context: Context) -> Faults:
    """Pods set only safe sysctls."""
    given = pod.items("securityContext", "sysctls")
    minor = version_of(cluster_of(context.resource, context.stack)) if given else None
    for each in given:
        since = _SYSCTLS.get(str(each.get("name")))
        if since is None or (minor is not None and since > minor):
            yield each.fault("sets a kernel parameter of the node", "name", got=each.get("name"))


@pod_rule("k8s-windows-host-process", "high", each=parts, patches=True)
def host_process(part: Props) -> Faults:
    """Windows containers are not host processes."""
    if part.flag("securityContext", "windowsOptions", "hostProcess"):
        yield part.fault("is a process of its host", "securityContext", "windowsOptions", "hostProcess", got=True)


@pod_rule("k8s-no-host-field-in-probes", "low", each=containers, patches=True)
def probe_hosts(container: Props) -> Faults:
    """Probes connect only to their pod."""
    kinds = ("httpGet", "tcpSocket")
    places: list[tuple[str, ...]] = [
        (probe, kind, "host") for probe in ("livenessProbe", "readinessProbe", "startupProbe") for kind in kinds
    ]
    places += [("lifecycle", hook, kind, "host") for hook in ("postStart", "preStop") for kind in kinds]
    for keys in places:
        if host := container.get(*keys):
            yield container.fault("makes the kubelet probe another host", *keys, got=host)


def _is_local(value: Props) -> bool:
    return str(value.get()).startswith("localhost/")


def before(context: Context, minor: int) -> bool:
    """Whether the cluster of a workload is known to be older than a minor version of Kubernetes.

    Raises:
        Undetermined: if its version is given and not known.
    """
    found = version_of(cluster_of(context.resource, context.stack))
    return found is not None and found < minor


def user_namespace(context: Context) -> bool:
    """Whether the users of a pod are none of the node's: hostUsers is false, on Kubernetes 1.35 or newer."""
    if pod_of(context.resource).flag("hostUsers") is not False:
        return False
    minor = version_of(cluster_of(context.resource, context.stack))
    return minor is not None and minor >= 35
