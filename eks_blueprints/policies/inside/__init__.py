"""What charts that are installed bring along: told by the dated table of pinned charts, or rendered by Helm."""

ASKED = frozenset(
    {
        *("k8s-removed-api-version", "k8s-deprecated-api-version", "k8s-no-alpha-api"),
        *("k8s-image-tag-fixed", "k8s-image-registry-allowed", "k8s-no-deprecated-registry"),
        *("k8s-requests-set", "k8s-memory-limit-set", "k8s-no-bare-pods", "k8s-no-tolerate-all"),
        *("k8s-no-privileged-containers", "k8s-no-host-pid", "k8s-no-host-ipc", "k8s-no-host-network"),
        *("k8s-no-host-path-volumes", "k8s-no-runtime-socket-mount", "k8s-capabilities-baseline"),
        *("k8s-seccomp-not-unconfined", "k8s-selinux-baseline", "k8s-proc-mount-default", "k8s-sysctls-safe"),
        *("k8s-windows-host-process", "k8s-no-privilege-escalation", "k8s-run-as-non-root"),
        *("k8s-run-as-user-non-zero", "k8s-capabilities-drop-all", "k8s-seccomp-runtime-default"),
        *("k8s-rbac-no-wildcards", "k8s-rbac-secrets-access", "k8s-rbac-no-escalate-bind-impersonate"),
        *("k8s-rbac-no-exec-or-node-proxy", "k8s-rbac-create-pods-limited", "k8s-rbac-no-webhook-or-csr-control"),
        "k8s-webhook-fail-safe",
    }
)
"""Rules that need no more than what is known of the objects of charts."""
