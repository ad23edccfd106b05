"""The `server` fixture: a real API server that may be thrown away, or a skip with the reason.

`KUBECONFIG` names it. It has to listen on this machine's own address, so that no real cluster is ever meant, and to
know Karpenter's kinds: `pkg/apis/crds` of karpenter-provider-aws, applied with kubectl. Nothing is kept on it: objects
are sent with `--dry-run=server --validate=strict`, which runs all of admission and stores nothing.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest

Send = Callable[[Mapping[str, Any]], str]


@functools.cache
def why_not() -> str | None:
    if not os.environ.get("KUBECONFIG"):
        return "KUBECONFIG names no API server that may be thrown away"
    if shutil.which("kubectl") is None:
        return "kubectl is not on the PATH"
    address = kubectl("config", "view", "--minify", "-o", "jsonpath={.clusters[0].cluster.server}").stdout.strip()
    if urlsplit(address).hostname not in ("127.0.0.1", "localhost", "::1"):
        return f"{address or 'the server of KUBECONFIG'} is not on this machine: it may be a real cluster"
    if "nodepools.karpenter.sh" not in kubectl("get", "crds", "-o", "name").stdout:
        return f"{address} does not answer, or does not know Karpenter's kinds"
    return None


def kubectl(*args: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
    command = ["kubectl", "--request-timeout=30s", *args]
    return subprocess.run(command, input=given, capture_output=True, text=True, check=False)


@pytest.fixture
def server() -> Send:
    """Sends an object; gives what the server says against it, which is nothing where it would take it."""
    if reason := why_not():
        pytest.skip(reason)

    def send(manifest: Mapping[str, Any]) -> str:
        command = ("create", "--dry-run=server", "--validate=strict", "-f", "-")
        done = kubectl(*command, given=json.dumps(manifest))
        return "" if done.returncode == 0 else done.stderr.strip()

    return send
