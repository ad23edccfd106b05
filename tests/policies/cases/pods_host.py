"""Cases of the rules about pods and their host."""

from typing import Any

from tests.policies.build import UNKNOWN, cluster, workload


def _on(name: str, **context: Any) -> Any:
    return workload(name, c={"securityContext": context})


def _pod(name: str, **pod: Any) -> Any:
    return workload(name, p=pod)


def _host_path(name: str, path: Any, mount: dict[str, Any] | None = None) -> Any:
    c = {"volumeMounts": [{"name": "v", **(mount or {})}]}
    return workload(name, c=c, p={"volumes": [{"name": "v", "hostPath": {"path": path}}]})


def _flag(key: str) -> list[list[Any]]:
    """Cases of a flag of the pod that must not be true."""
    return [
        [
            _pod("fail-true", **{key: True}),
            workload("fail-cron", "CronJob", p={key: True}),
            workload("fail-bare", "Pod", p={key: True}),
            _pod("pass-false", **{key: False}),
            _pod("pass-unset"),
            _pod("unknown-flag", **{key: UNKNOWN}),
            workload("na-system", "DaemonSet", "kube-system", p={key: True}),
        ],
        [workload("fail-tenant-called-so", ns="aws-shop", p={key: True})],
        [{"system_namespaces": []}, workload("fail-no-exemption", ns="kube-system", p={key: True})],
    ]


CASES = {
    "k8s-no-privileged-containers": [
        [
            _on("fail-privileged", privileged=True),
            workload("fail-init", p={"initContainers": [{"name": "i", "securityContext": {"privileged": True}}]}),
            workload("fail-cron", "CronJob", c={"securityContext": {"privileged": True}}),
            workload(
                "fail-second",
                more=[{"name": "b", "securityContext": {"privileged": True}}],
                c={"securityContext": UNKNOWN},
            ),
            _on("pass-false", privileged=False),
            workload("pass-unset"),
            _on("unknown-flag", privileged=UNKNOWN),
            workload("unknown-context", c={"securityContext": UNKNOWN}),
            workload("na-system", ns="kube-system", c={"securityContext": {"privileged": True}}),
            workload("fail-default-namespace", ns=None, c={"securityContext": {"privileged": True}}),
        ]
    ],
    "k8s-no-host-pid": _flag("hostPID"),
    "k8s-no-host-ipc": _flag("hostIPC"),
    "k8s-no-host-network": _flag("hostNetwork"),
    "k8s-no-host-ports": [
        [
            workload("fail-port", c={"ports": [{"containerPort": 80, "hostPort": 80}]}),
            workload("pass-zero", c={"ports": [{"containerPort": 80, "hostPort": 0}]}),
            workload("pass-none"),
            workload("unknown-ports", c={"ports": UNKNOWN}),
        ]
    ],
    "k8s-no-host-path-volumes": [
        [
            _host_path("fail-etc", "/etc"),
            _host_path("fail-logs-read-only", "/var/log/pods", {"readOnly": True}),
            _pod("pass-empty", volumes=[{"name": "v", "emptyDir": {}}]),
            _pod("unknown-volumes", volumes=UNKNOWN),
            workload("na-system", ns="kube-system", p={"volumes": [{"name": "v", "hostPath": {"path": "/"}}]}),
        ]
    ],
    "k8s-no-runtime-socket-mount": [
        [
            _host_path("fail-docker", "/var/run/docker.sock"),
            _host_path("fail-parent", "/run/"),
            _host_path("fail-root", "/"),
            _host_path("pass-logs", "/var/log"),
            _host_path("pass-runner", "/runner"),
            _host_path("unknown-path", UNKNOWN),
            workload("fail-system", ns="kube-system", p={"volumes": [{"name": "v", "hostPath": {"path": "/run"}}]}),
        ]
    ],
    "k8s-capabilities-baseline": [
        [
            _on("fail-admin", capabilities={"add": ["SYS_ADMIN"]}),
            _on("fail-prefix", capabilities={"add": ["CAP_CHOWN"]}),
            _on("fail-all", capabilities={"add": ["ALL"]}),
            _on("pass-usual", capabilities={"add": ["CHOWN", "NET_BIND_SERVICE"]}),
            workload("pass-none"),
            _on("unknown-list", capabilities={"add": UNKNOWN}),
        ]
    ],
    "k8s-seccomp-not-unconfined": [
        [
            _on("fail-container", seccompProfile={"type": "Unconfined"}),
            _pod("fail-pod", securityContext={"seccompProfile": {"type": "Unconfined"}}),
            _on("pass-default", seccompProfile={"type": "RuntimeDefault"}),
            workload("pass-unset"),
            _on("unknown-profile", seccompProfile=UNKNOWN),
        ],
        [
            cluster(version="1.18"),
            workload("fail-note", t={"annotations": {"seccomp.security.alpha.kubernetes.io/pod": "unconfined"}}),
            workload("pass-note", t={"annotations": {"seccomp.security.alpha.kubernetes.io/pod": "runtime/default"}}),
        ],
    ],
    "k8s-apparmor-baseline": [
        [
            _on("fail-field", appArmorProfile={"type": "Unconfined"}),
            workload(
                "fail-annotation",
                t={"annotations": {"container.apparmor.security.beta.kubernetes.io/app": "unconfined"}},
            ),
            workload(
                "pass-local", t={"annotations": {"container.apparmor.security.beta.kubernetes.io/app": "localhost/x"}}
            ),
            _on("pass-default", appArmorProfile={"type": "RuntimeDefault"}),
            _on("unknown-profile", appArmorProfile=UNKNOWN),
        ]
    ],
    "k8s-selinux-baseline": [
        [
            _on("fail-type", seLinuxOptions={"type": "spc_t"}),
            _pod("fail-user", securityContext={"seLinuxOptions": {"user": "system_u"}}),
            _on("pass-container", seLinuxOptions={"type": "container_t", "level": "s0"}),
            _on("unknown-options", seLinuxOptions=UNKNOWN),
        ]
    ],
    "k8s-proc-mount-default": [
        [
            _on("fail-unmasked", procMount="Unmasked"),
            _on("pass-default", procMount="Default"),
            _on("unknown-kind", procMount=UNKNOWN),
        ],
        [
            cluster(version="1.35"),
            workload("pass-own-users", p={"hostUsers": False}, c={"securityContext": {"procMount": "Unmasked"}}),
        ],
    ],
    "k8s-sysctls-safe": [
        [
            cluster(version="1.30"),
            _pod("fail-unsafe", securityContext={"sysctls": [{"name": "kernel.msgmax"}]}),
            _pod("fail-too-new", securityContext={"sysctls": [{"name": "net.ipv4.tcp_rmem"}]}),
            _pod("pass-safe", securityContext={"sysctls": [{"name": "net.ipv4.tcp_syncookies"}]}),
            _pod("pass-none"),
            _pod("unknown-list", securityContext={"sysctls": UNKNOWN}),
        ]
    ],
    "k8s-windows-host-process": [
        [
            _on("fail-container", windowsOptions={"hostProcess": True}),
            _pod("fail-pod", securityContext={"windowsOptions": {"hostProcess": True}}),
            workload("pass-unset"),
            _on("unknown-options", windowsOptions=UNKNOWN),
        ]
    ],
    "k8s-no-host-field-in-probes": [
        [
            workload("fail-probe", c={"livenessProbe": {"httpGet": {"host": "169.254.169.254"}}}),
            workload("fail-hook", c={"lifecycle": {"preStop": {"httpGet": {"host": "example.com"}}}}),
            workload("pass-own", c={"livenessProbe": {"httpGet": {"path": "/"}}}),
            workload("unknown-probe", c={"readinessProbe": UNKNOWN}),
        ]
    ],
}
