"""Renew eks_blueprints/rights/default_roles.json: the roles that Kubernetes itself makes, who has them, and the names
of its resources.

    python scripts/renew_default_roles.py

Starts an API server of its own and asks it. Needs `etcd` and `kube-apiserver` of the newest release on the PATH, and
`openssl`. Review the diff.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from eks_blueprints.core.charts.model import dump  # noqa: E402
from eks_blueprints.core.charts.objects import read  # noqa: E402
from tests.api_server.started import ApiServer, started  # noqa: E402

TABLE = ROOT / "eks_blueprints" / "rights" / "default_roles.json"
_RBAC = "/apis/rbac.authorization.k8s.io/v1"
_MADE = "rbac-defaults"
_SYSTEM = "kube-system"


def main() -> None:
    """Write the table."""
    with tempfile.TemporaryDirectory() as folder, started(Path(folder)) as server:
        time.sleep(5)  # it goes on making its roles for a moment
        version = server.call("/version")[1]
        found = dump(read(_objects(server), _SYSTEM))
        resources = dict(sorted(_resources(server)))
    head = {
        "as_of": str(datetime.now(UTC).date()),
        "source": "kube-apiserver, the roles that it makes when it starts, and its discovery",
        "renew": "python scripts/renew_default_roles.py",
        "needs": "etcd, kube-apiserver and openssl on the PATH",
        "kubernetes": f"{version['major']}.{version['minor']}",
    }
    parts = [f'"{key}": {json.dumps(value)},' for key, value in head.items()]
    for key in ("roles", "bindings", "gathers", "role_labels"):
        parts.append(f'"{key}": {_lines(found[key])},')
    parts.append(f'"resources": {_lines(resources)}')
    TABLE.write_text("{\n" + "\n".join(parts) + "\n}\n", encoding="utf-8")


def _objects(server: ApiServer) -> Iterator[Mapping[str, Any]]:
    for kind in ("ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"):
        for each in server.call(f"{_RBAC}/{kind.lower()}s")[1]["items"]:
            if (each["metadata"].get("labels") or {}).get("kubernetes.io/bootstrapping") == _MADE:
                yield {**each, "kind": kind, "apiVersion": "rbac.authorization.k8s.io/v1"}


def _resources(server: ApiServer) -> Iterator[tuple[str, str]]:
    """`deployments.apps` with its scope, its other names and its subresources."""
    groups = [each["preferredVersion"]["groupVersion"] for each in server.call("/apis")[1]["groups"]]
    for base in ("/api/v1", *(f"/apis/{each}" for each in groups)):
        listed = server.call(base)[1]["resources"]
        group = base.split("/")[2] if base.startswith("/apis") else ""
        for each in listed:
            if "/" in each["name"]:
                continue
            below = [
                other["name"].partition("/")[2] for other in listed if other["name"].startswith(f"{each['name']}/")
            ]
            other_names = [each["kind"].lower(), *each.get("shortNames", ())]
            scope = "namespaced" if each["namespaced"] else "cluster"
            name = f"{each['name']}.{group}" if group else each["name"]
            yield name, f"{scope} {','.join(other_names)} {','.join(sorted(below))}".strip()


def _lines(table: Mapping[str, Any]) -> str:
    listed = [f"  {json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}" for key, value in table.items()]
    return "{\n" + ",\n".join(listed) + "\n}"


if __name__ == "__main__":
    main()
