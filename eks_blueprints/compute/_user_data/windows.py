"""Windows: a PowerShell script that runs EKS's bootstrap script."""

from __future__ import annotations

from collections.abc import Sequence

from eks_blueprints.compute._user_data.cluster_data import ClusterData, NodeData

_BOOTSTRAP = r"$EKSBootstrapScriptFile = Join-Path $env:ProgramFiles 'Amazon\EKS\Start-EKSBootstrap.ps1'"


def render(
    cluster: ClusterData,
    node: NodeData,
    *,
    scripts: Sequence[str] = (),
    last: Sequence[str] = (),
    kubelet_arguments: Sequence[str] = (),
) -> str:
    """User data for EKS's Windows images.

    Args:
        cluster: the cluster to join.
        node: labels, taints and size of the node.
        scripts: PowerShell that runs before the node joins, in this order.
        last: PowerShell that runs once the node has joined, in this order.
        kubelet_arguments: further arguments of the kubelet.
    """
    flags = node.kubelet_flags()
    if node.max_pods is not None:
        flags.append(f"--max-pods={node.max_pods}")
    arguments = [
        ("EKSClusterName", cluster.name),
        ("APIServerEndpoint", cluster.endpoint),
        ("Base64ClusterCA", cluster.certificate_authority),
        ("DNSClusterIP", cluster.dns_ip),
    ]
    if everything := [*flags, *kubelet_arguments]:
        arguments.append(("KubeletExtraArgs", " ".join(everything)))
    call = " ".join(f"-{name} {_quoted(value)}" for name, value in arguments)
    lines = [*scripts, _BOOTSTRAP, f"& $EKSBootstrapScriptFile {call}", *last]
    return "<powershell>\n" + "\n".join(line.rstrip("\n") for line in lines) + "\n</powershell>\n"


def _quoted(text: str) -> str:
    # In single quotes PowerShell reads nothing but a doubled quote as anything else than itself. What a recording's
    # symbol stands for holds no quotes, so its text stays as it is.
    return "'" + str(text).replace("'", "''") + "'"
