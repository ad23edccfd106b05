"""The pod that a job of Jenkins runs in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eks_blueprints.pipelines._job import Job
from eks_blueprints.pipelines.engines._steps import Step
from eks_blueprints.pipelines.engines._text import default_image

if TYPE_CHECKING:
    from eks_blueprints.pipelines._engines import JenkinsArgs

_SIZES = {"small": ("2", "4Gi"), "medium": ("4", "8Gi"), "large": ("8", "16Gi")}
_ARCHITECTURES = {"x86_64": "amd64", "arm64": "arm64"}
_BUILDKIT = "docker.io/moby/buildkit:v0.34.2-rootless"
# Source: releases of moby/buildkit, read 2026-11-30.
_USER = 1000
_SOCKETS = "/run/buildkit"


def service_account(pipeline: str, stage: str) -> str:
    """The service account of the pods of a stage that has a role."""
    return f"{pipeline}-{stage.replace('_', '-')}".lower()


def pod(step: Step, job: Job, pipeline: str, args: JenkinsArgs) -> dict[str, Any]:
    """The pod: the job's container, and one that builds images without rights on the node where it needs that."""
    cpu, memory = _SIZES[job.runner.size]
    main: dict[str, Any] = {
        "name": "job",
        "image": default_image(job, args.image),
        "command": ["sleep"],
        "args": ["infinity"],
        "env": [{"name": "HOME", "value": "/home/jenkins/agent"}],
        "resources": {"requests": {"cpu": cpu, "memory": memory}, "limits": {"memory": memory}},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    spec: dict[str, Any] = {}
    if step.role_arn is not None:
        spec["serviceAccountName"] = service_account(pipeline, step.name)
    # The agent that Jenkins adds to the pod runs as this user, and the files of the job are its.
    spec["securityContext"] = {"runAsNonRoot": True, "runAsUser": _USER, "runAsGroup": _USER, "fsGroup": _USER}
    # A job needs the credentials of its role, and none of Kubernetes.
    spec["automountServiceAccountToken"] = False
    spec["nodeSelector"] = {"kubernetes.io/arch": _ARCHITECTURES[job.runner.architecture]}
    spec["restartPolicy"] = "Never"
    spec["containers"] = [main]
    if job.runner.docker:
        main["volumeMounts"] = [{"name": "buildkit", "mountPath": _SOCKETS}]
        spec["containers"].append(_builder())
        spec["volumes"] = [{"name": "buildkit", "emptyDir": {}}]
    return {"apiVersion": "v1", "kind": "Pod", "spec": spec}


def _builder() -> dict[str, Any]:
    """BuildKit without root: it needs user namespaces, which the default profiles of seccomp forbid."""
    return {
        "name": "buildkit",
        "image": _BUILDKIT,
        "args": ["--addr", f"unix://{_SOCKETS}/buildkitd.sock", "--oci-worker-no-process-sandbox"],
        "securityContext": {
            "seccompProfile": {"type": "Unconfined"},
            "appArmorProfile": {"type": "Unconfined"},
        },
        "resources": {"requests": {"cpu": "1", "memory": "2Gi"}, "limits": {"memory": "4Gi"}},
        "volumeMounts": [{"name": "buildkit", "mountPath": _SOCKETS}],
        "readinessProbe": {
            "exec": {"command": ["buildctl", "--addr", f"unix://{_SOCKETS}/buildkitd.sock", "debug", "workers"]}
        },
    }
