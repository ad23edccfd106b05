"""Amazon Linux 2023: a MIME archive of shell scripts and the NodeConfig that nodeadm reads."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from eks_blueprints.compute._user_data.cluster_data import ClusterData, NodeData
from eks_blueprints.compute._user_data.merging import TAINTS, joined_flags, merged, values_of

# Fixed, so that the same node has the same text on every run.
_BOUNDARY = "==eks-node=="
END = "==eks-post-bootstrap=="
"""The line that ends a script which is left behind."""


def render(
    cluster: ClusterData, node: NodeData, *, scripts: Sequence[str] = (), node_config: Mapping[str, Any] | None = None
) -> str:
    """User data for an image with nodeadm.

    Args:
        cluster: the cluster to join.
        node: labels, taints and size of the node.
        scripts: shell scripts that run before the node joins, in this order.
        node_config: `spec` of a NodeConfig, merged with what the other arguments say.
    """
    return _archive(scripts, _joined(merged(_spec(cluster, node), node_config or {})))


def render_additions(
    node: NodeData, *, scripts: Sequence[str] = (), node_config: Mapping[str, Any] | None = None
) -> str | None:
    """User data besides what EKS adds for its own images, which tells about the cluster; None if there is none.

    Args:
        node: size of the node; EKS tells it its labels and taints.
        scripts: shell scripts that run before the node joins, in this order.
        node_config: `spec` of a NodeConfig, merged with what the other arguments say.
    """
    size = {} if node.max_pods is None else {"kubelet": {"config": {"maxPods": node.max_pods}}}
    spec = _joined(merged(size, node_config or {}))
    return _archive(scripts, spec) if scripts or spec else None


def later(scripts: Sequence[str]) -> list[str]:
    """Scripts that run once nodeadm has made the node join, in this order, as scripts that leave them behind.

    User data is read before nodeadm runs, which systemd starts after it (amazon-eks-ami, `nodeadm-run.service`).
    """
    found: list[str] = []
    before = "nodeadm-run.service"
    for number, script in enumerate(scripts, 1):
        unit = f"eks-post-bootstrap-{number}"
        write = f"cat > /run/{unit} <<'{END}'\n{_script(script)}{END}\nchmod 700 /run/{unit}\n"
        start = f"systemd-run --no-block --unit={unit} --property=Type=oneshot --property='After={before}' /run/{unit}"
        found.append(write + start)
        before = f"{unit}.service"
    return found


def _joined(spec: dict[str, Any]) -> dict[str, Any]:
    """The spec with the labels and taints of the kubelet's flags in one flag each."""
    kubelet = dict(spec.get("kubelet", {}))
    flags = list(kubelet.get("flags", ()))
    if not flags:
        return spec
    config = dict(kubelet.get("config", {}))
    if values_of(flags, TAINTS) and "registerWithTaints" in config:
        # The flag stands above the configuration, whose taints would be lost.
        flags += [f"{TAINTS}={_taint(taint)}" for taint in config.pop("registerWithTaints")]
        kubelet["config"] = config
    return {**spec, "kubelet": {**kubelet, "flags": joined_flags(flags)}}


def _taint(taint: Mapping[str, Any]) -> str:
    return f"{taint.get('key', '')}={taint.get('value', '')}:{taint.get('effect', '')}"


def _archive(scripts: Sequence[str], spec: Mapping[str, Any]) -> str:
    parts = [_part('text/x-shellscript; charset="utf-8"', _script(script)) for script in scripts]
    if spec:
        config = {"apiVersion": "node.eks.aws/v1alpha1", "kind": "NodeConfig", "spec": spec}
        # JSON is YAML too, and says every text without doubt.
        parts.append(_part("application/node.eks.aws", json.dumps(config, indent=2) + "\n"))
    head = f'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="{_BOUNDARY}"\n\n'
    return head + "".join(parts) + f"--{_BOUNDARY}--\n"


def _spec(cluster: ClusterData, node: NodeData) -> dict[str, Any]:
    kubelet: dict[str, Any] = {"config": {"clusterDNS": [cluster.dns_ip]}}
    if node.max_pods is not None:
        kubelet["config"]["maxPods"] = node.max_pods
    if flags := node.kubelet_flags():
        kubelet["flags"] = flags
    details = {
        "name": cluster.name,
        "apiServerEndpoint": cluster.endpoint,
        "certificateAuthority": cluster.certificate_authority,
        "cidr": cluster.service_cidr,
    }
    return {"cluster": details, "kubelet": kubelet}


def _part(content_type: str, text: str) -> str:
    return f"--{_BOUNDARY}\nContent-Type: {content_type}\n\n{text}\n"


def _script(text: str) -> str:
    text = text if text.startswith("#!") else f"#!/bin/bash\n{text}"
    return text if text.endswith("\n") else f"{text}\n"
