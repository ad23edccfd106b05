"""The kubeconfig of a cluster, which asks the AWS CLI for a token, and the Kubernetes provider that uses it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pulumi

from eks_blueprints.core.caller import Caller

if TYPE_CHECKING:
    import pulumi_kubernetes as kubernetes


def kubeconfig(
    *,
    name: pulumi.Input[str],
    endpoint: pulumi.Input[str],
    certificate_authority: pulumi.Input[str],
    region: str,
    caller: Caller | None = None,
    with_keys: bool = False,
) -> pulumi.Output[str]:
    """The kubeconfig as JSON, a secret: where the cluster is and how to get in.

    It holds no credentials, unless the caller has nothing else and `with_keys` is set.
    """
    caller = caller or Caller()
    env = {**caller.env, **(caller.keys if with_keys else {})}
    found = pulumi.Output.all(name, endpoint, certificate_authority, caller.role_arn, caller.profile, env)
    return pulumi.Output.secret(found.apply(lambda known: _text(*known, region=region)))


def update_kubeconfig(name: pulumi.Input[str], region: str, caller: Caller | None = None) -> pulumi.Output[str]:
    """The command that writes the cluster into one's own kubeconfig."""
    caller = caller or Caller()

    def command(known: Any) -> str:
        words = ["aws", "eks", "update-kubeconfig", "--region", region, "--name", known[0]]
        words += ["--role-arn", known[1]] if known[1] is not None else []
        words += ["--profile", known[2]] if known[2] is not None else []
        # A recording's symbols (`${shop-cluster.name}`) stay as they are: quoted, they would read as text.
        return " ".join(word if word.startswith("${") else shlex.quote(word) for word in words)

    return pulumi.Output.all(name, caller.role_arn, caller.profile).apply(command)


def kubernetes_provider(
    logical: str, config: pulumi.Input[str], identifier: pulumi.Input[str], opts: pulumi.ResourceOptions | None = None
) -> kubernetes.Provider:
    """The Kubernetes provider of a cluster.

    The identifier tells clusters apart. Without it, any change of the kubeconfig would replace every object in the
    cluster (pulumi/pulumi-eks#207, #764). ConfigMaps and Secrets change in place, as with `kubectl`: otherwise each is
    deleted before it is created again, and pods that start in between do not find it.
    """
    import pulumi_kubernetes as kubernetes

    return kubernetes.Provider(
        logical,
        kubeconfig=config,
        cluster_identifier=identifier,
        enable_config_map_mutable=True,
        enable_secret_mutable=True,
        opts=opts,
    )


def _text(  # noqa: PLR0917 - the values in the order in which they become known
    name: str,
    endpoint: str,
    authority: str,
    role_arn: str | None,
    profile: str | None,
    variables: Mapping[str, str | None],
    *,
    region: str,
) -> str:
    arguments = ["eks", "get-token", "--cluster-name", name, "--region", region, "--output", "json"]
    arguments += ["--role-arn", role_arn] if role_arn is not None else []
    # As an option a profile wins over keys in the environment, as it does in the AWS provider; AWS_PROFILE would not.
    arguments += ["--profile", profile] if profile is not None else []
    env = [{"name": key, "value": value} for key, value in sorted(variables.items()) if value is not None]
    exec_: Mapping[str, Any] = {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "aws",
        "args": arguments,
        "env": env,
        "interactiveMode": "Never",
        "provideClusterInfo": False,
    }
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": {"server": endpoint, "certificate-authority-data": authority}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "current-context": name,
        "users": [{"name": name, "user": {"exec": exec_}}],
    }
    return json.dumps(config, separators=(",", ":"))
