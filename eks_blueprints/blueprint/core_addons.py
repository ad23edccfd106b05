"""The add-ons that every cluster gets unless it is said otherwise."""

from __future__ import annotations

CORE_ADDONS = ("vpc_cni", "kube_proxy", "eks_pod_identity_agent", "coredns")
"""Their kinds, in the order in which they are listed."""
