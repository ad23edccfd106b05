"""What Argo CD calls its own things, wherever its objects are written."""

from __future__ import annotations

from collections.abc import Mapping

FINALIZER = "resources-finalizer.argocd.argoproj.io"
"""By it Argo CD deletes what an Application has installed before it lets the Application go."""
HERE: Mapping[str, str] = {"server": "https://kubernetes.default.svc"}
"""The cluster that Argo CD runs on, as a destination."""
REGISTERED_HERE: Mapping[str, str] = {"name": "in-cluster"}
"""The cluster of the EKS capability, which runs outside of it: the name that it is registered with."""
