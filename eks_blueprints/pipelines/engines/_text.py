"""What jobs need on engines that know neither AWS CodeBuild's images nor Secrets Manager."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from eks_blueprints.pipelines._job import Job
from eks_blueprints.pipelines._secrets import service

_IMAGES = {
    "x86_64": "public.ecr.aws/codebuild/amazonlinux-x86_64-standard:5.0",
    "arm64": "public.ecr.aws/codebuild/amazonlinux-aarch64-standard:3.0",
}
# Source: AWS CodeBuild User Guide, "Docker images provided by CodeBuild", read 2026-11-30; the same in ECR Public.


def default_image(job: Job, of_engine: str | None) -> str:
    """Image of a job where a job must have one: its own, the engine's, or that of AWS CodeBuild."""
    return job.runner.image or of_engine or _IMAGES[job.runner.architecture]


def secrets(job: Job, *, masked: bool = False) -> Iterator[str]:
    """Lines that read the secrets of a job into its variables.

    Args:
        job: What has them.
        masked: Whether the engine hides values in its log that are told to it as GitHub is.
    """
    for name, arn in job.secrets.items():
        yield f'{name}="$({_read(str(arn))})"'
        if masked:
            yield masking(name)
        yield f"export {name}"


def _read(arn: str) -> str:
    """The command that prints a secret."""
    parts = arn.split(":")
    if service(arn) == "ssm":
        read = f"aws ssm get-parameter --with-decryption --name {shlex.quote(arn)} --region {parts[3]}"
        return f"{read} --query Parameter.Value --output text"
    # `arn:...:secret:name-AbCdEf:key` names one value of a secret that is a JSON object.
    whole, key = ":".join(parts[:7]), parts[7] if len(parts) > 7 else ""
    read = f"aws secretsmanager get-secret-value --secret-id {shlex.quote(whole)} --region {parts[3]}"
    code = f"import json, sys; print(json.load(sys.stdin)[{key!r}])"
    return f"{read} --query SecretString --output text" + (f" | python3 -c {shlex.quote(code)}" if key else "")


def masking(name: str) -> str:
    """The command that has GitHub hide the value of a variable, line by line."""
    return f'while IFS= read -r LINE; do if [ -n "$LINE" ]; then echo "::add-mask::$LINE"; fi; done <<< "${name}"'
