"""Cases of the rules about what pods give up."""

from typing import Any

from tests.policies.build import UNKNOWN, cluster, workload


def _on(name: str, **context: Any) -> Any:
    return workload(name, c={"securityContext": context})


def _pod(name: str, **context: Any) -> Any:
    return workload(name, p={"securityContext": context})


CASES = {
    "k8s-no-privilege-escalation": [
        [
            workload("fail-unset"),
            _on("fail-true", allowPrivilegeEscalation=True),
            _on("pass-false", allowPrivilegeEscalation=False),
            _on("unknown-flag", allowPrivilegeEscalation=UNKNOWN),
            workload("na-system", ns="kube-system"),
            workload("na-windows", p={"os": {"name": "windows"}}),
        ]
    ],
    "k8s-run-as-non-root": [
        [
            workload("fail-unset"),
            workload(
                "fail-overridden",
                p={"securityContext": {"runAsNonRoot": True}},
                c={"securityContext": {"runAsNonRoot": False}},
            ),
            _pod("pass-pod", runAsNonRoot=True),
            _on("pass-container", runAsNonRoot=True),
            _on("unknown-flag", runAsNonRoot=UNKNOWN),
        ],
        [cluster(version="1.35"), workload("pass-own-users", p={"hostUsers": False})],
        [cluster(version="1.34"), workload("fail-too-old", p={"hostUsers": False})],
    ],
    "k8s-run-as-user-non-zero": [
        [
            _pod("fail-pod", runAsUser=0),
            _on("fail-container", runAsUser=0),
            _on("pass-user", runAsUser=1000),
            workload("pass-unset"),
            _on("unknown-user", runAsUser=UNKNOWN),
            workload("na-system", ns="kube-system", c={"securityContext": {"runAsUser": 0}}),
        ]
    ],
    "k8s-run-as-high-uid": [
        [
            _on("fail-low", runAsUser=1000),
            _on("pass-high", runAsUser=10001),
            workload("fail-pod", p={"securityContext": {"runAsUser": 1000}}),
            workload(
                "pass-overridden",
                p={"securityContext": {"runAsUser": 1000}},
                c={"securityContext": {"runAsUser": 10001}},
            ),
            workload("pass-unset"),
            _on("unknown-user", runAsUser=UNKNOWN),
        ]
    ],
    "k8s-capabilities-drop-all": [
        [
            workload("fail-unset"),
            _on("fail-some", capabilities={"drop": ["NET_RAW"]}),
            _on("fail-lower-case", capabilities={"drop": ["all"]}),
            _on("fail-prefix", capabilities={"drop": ["ALL"], "add": ["CAP_NET_BIND_SERVICE"]}),
            _on("fail-adds", capabilities={"drop": ["ALL"], "add": ["CHOWN"]}),
            _on("pass-all", capabilities={"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}),
            _on("unknown-list", capabilities=UNKNOWN),
        ]
    ],
    "k8s-proc-mount-restricted": [
        [
            cluster(version="1.35"),
            workload("fail-own-users", p={"hostUsers": False}, c={"securityContext": {"procMount": "Unmasked"}}),
            _on("pass-default", procMount="Default"),
            workload("pass-unset"),
            _on("unknown-kind", procMount=UNKNOWN),
        ]
    ],
    "k8s-seccomp-runtime-default": [
        [
            workload("fail-unset"),
            workload(
                "fail-one", p={"securityContext": {}}, c={"securityContext": {"seccompProfile": {"type": "Unconfined"}}}
            ),
            _pod("pass-pod", seccompProfile={"type": "RuntimeDefault"}),
            _on("pass-container", seccompProfile={"type": "Localhost"}),
            _on("unknown-profile", seccompProfile=UNKNOWN),
        ]
    ],
    "k8s-volume-types-restricted": [
        [
            workload("fail-nfs", p={"volumes": [{"name": "v", "nfs": {"server": "x"}}]}),
            workload("pass-usual", p={"volumes": [{"name": "v", "emptyDir": {}}, {"name": "c", "configMap": {}}]}),
            workload("pass-host-path-is-told-elsewhere", p={"volumes": [{"name": "v", "hostPath": {"path": "/"}}]}),
            workload("unknown-volumes", p={"volumes": UNKNOWN}),
            workload("na-system", ns="kube-system", p={"volumes": [{"name": "v", "nfs": {}}]}),
        ]
    ],
    "k8s-read-only-root-filesystem": [
        [
            workload("fail-unset"),
            _on("pass-true", readOnlyRootFilesystem=True),
            _on("unknown-flag", readOnlyRootFilesystem=UNKNOWN),
        ]
    ],
    "k8s-no-git-repo-volume": [
        [
            workload("fail-git", p={"volumes": [{"name": "v", "gitRepo": {"repository": "x"}}]}),
            workload("pass-none"),
            workload("unknown-volumes", p={"volumes": UNKNOWN}),
        ]
    ],
    "k8s-user-namespaces-preferred": [
        [
            cluster(version="1.36"),
            _pod("fail-root", runAsUser=0),
            _on("fail-capability", capabilities={"add": ["CHOWN"]}),
            workload("pass-own-users", p={"hostUsers": False, "securityContext": {"runAsUser": 0}}),
            workload("na-plain"),
            workload("unknown-users", p={"hostUsers": UNKNOWN, "securityContext": {"runAsUser": 0}}),
        ],
        [cluster(version="1.35"), _pod("na-too-old", runAsUser=0)],
    ],
}
