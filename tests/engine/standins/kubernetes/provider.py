"""The Kubernetes provider's part: objects and Helm releases in the clusters of the stand-in account.

An object is kept under the ARN of its cluster, which is found by the server address in the kubeconfig. So a program
that gives the wrong kubeconfig, makes objects before it may, or deletes them after their cluster, is told so.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
from typing import Any

from .. import diffs
from ..account import Row
from ..base import Diff, NotFoundError, Outputs, Provider, ServiceError
from ..checks import Failure, check_fields, check_provider
from ..monitor import Monitor
from ..tables import Tables
from ..wire import UNKNOWN
from . import cluster, facts

RELEASE = "kubernetes:helm.sh/v3:Release"
META = "pulumi_kubernetes/meta/v1/_inputs.py:ObjectMetaArgs"


class KubernetesProvider(Provider):
    def __init__(self) -> None:
        super().__init__()
        self.tables = Tables("pulumi_kubernetes")
        self.version = importlib.metadata.version("pulumi-kubernetes")
        self.kubeconfig: Any = None

    # Configuration ----------------------------------------------------------------------------------------------

    def check_config(self, news: dict[str, Any]) -> tuple[dict[str, Any], list[Failure]]:
        failures = check_provider(self.tables, news)
        self.tables.save()
        config = news.get("kubeconfig")
        if isinstance(config, str) and cluster.parse(config) is None and not os.path.exists(config):
            failures.append(("kubeconfig", "failed to parse kubeconfig"))
        return news, failures

    def diff_config(self, olds: dict[str, Any], news: dict[str, Any]) -> Diff:
        """A provider for another cluster is another provider: all its objects are replaced.

        With `clusterIdentifier` that is what tells clusters apart; without, the active cluster's own entry, and a
        kubeconfig that is not known yet counts as another cluster.
        """
        diff = super().diff_config(olds, news)
        identifiers = olds.get("clusterIdentifier"), news.get("clusterIdentifier")
        if any(identifiers):
            if identifiers[0] != identifiers[1]:
                diff.kinds["clusterIdentifier"] = "update-replace"
        elif "kubeconfig" in diff.kinds:
            old, new = olds.get("kubeconfig"), news.get("kubeconfig")
            if old is UNKNOWN or new is UNKNOWN or cluster.active(old) != cluster.active(new):
                diff.kinds["kubeconfig"] = "update-replace"
        return diff

    def configure(self) -> None:
        given = self.config.get("kubeconfig")
        if isinstance(given, str) and cluster.parse(given) is None and os.path.exists(given):
            with open(given) as source:
                given = source.read()
        self.kubeconfig = given

    # Check ------------------------------------------------------------------------------------------------------

    def check(
        self, type: str, name: str, olds: dict[str, Any], news: dict[str, Any], seed: bytes
    ) -> tuple[dict[str, Any], list[Failure]]:
        inputs = dict(news)
        if type == RELEASE:
            return self._check_release(name, olds, inputs, seed)
        table = self.tables.resource(type)
        if table is not None:
            failures = check_fields(self.tables, table["inputs"], inputs)
        else:  # a custom resource: only what all objects share is known
            failures = [(key, "Missing required argument") for key in ("apiVersion", "kind") if not inputs.get(key)]
            if isinstance(inputs.get("metadata"), dict):
                nested = self.tables.object(META)
                failures += check_fields(self.tables, nested["fields"], inputs["metadata"], "metadata")
        self.tables.save()
        if not failures and inputs.get("metadata") is not UNKNOWN:
            self._name(type, name, olds, inputs, seed)
            failures = facts.check_metadata(inputs)
        return inputs, failures

    def _name(self, type: str, name: str, olds: dict[str, Any], inputs: dict[str, Any], seed: bytes) -> None:
        metadata = dict(inputs.get("metadata") or {})
        old = olds.get("metadata") or {}
        mark = "pulumi.com/autonamed"
        if (
            metadata.get("name") is None
            and metadata.get("generateName") is None
            and not type.endswith(("Patch", "List"))
        ):
            kept = (old.get("annotations") or {}).get(mark) == "true" and old.get("name")
            metadata["name"] = kept or f"{name.lower()}-{(seed.hex() or '0' * 8)[:8]}"
            metadata["annotations"] = {**(metadata.get("annotations") or {}), mark: "true"}
        if metadata.get("namespace") is None and facts.namespaced(inputs.get("kind")):
            metadata["namespace"] = self.config.get("namespace") or "default"
        inputs["metadata"] = metadata

    def _check_release(
        self, name: str, olds: dict[str, Any], inputs: dict[str, Any], seed: bytes
    ) -> tuple[dict[str, Any], list[Failure]]:
        table = self.tables.resource(RELEASE)
        failures = check_fields(self.tables, table["inputs"] if table else {}, inputs)
        self.tables.save()
        inputs["__defaults"] = []
        if inputs.get("name") is None:
            kept = "name" in (olds.get("__defaults") or []) and olds.get("name")
            inputs["name"] = kept or f"{name}-{(seed.hex() or '0' * 8)[:8]}"
            inputs["__defaults"] = ["name"]
        if inputs.get("namespace") is None:
            inputs["namespace"] = self.config.get("namespace") or "default"
        if isinstance(inputs["name"], str) and len(inputs["name"]) > 53:
            failures.append(("name", f"release name {inputs['name']!r} exceeds max length of 53"))
        if isinstance(inputs["name"], str) and not re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", inputs["name"]):
            failures.append(("name", f"invalid release name {inputs['name']!r}"))
        chart, repo = inputs.get("chart"), (inputs.get("repositoryOpts") or {})
        if isinstance(chart, str) and chart.startswith("oci://") and isinstance(repo, dict) and repo.get("repo"):
            failures.append(("repositoryOpts.repo", "an oci:// chart takes no repository"))
        return inputs, failures

    # Diff and previews ------------------------------------------------------------------------------------------

    def diff(self, type: str, old_inputs: dict[str, Any], olds: Outputs, news: dict[str, Any]) -> Diff:
        result = Diff()
        rules = ("name", "namespace") if type == RELEASE else facts.force_new(type, old_inputs, self.config)
        for path, kind in diffs.changes(old_inputs, news, lambda path: False):
            replace = any(diffs.covers(rule, path) for rule in rules)
            result.kinds[path] = f"{kind}-replace" if replace else kind
        if type == RELEASE:
            result.delete_first = "name" not in (news.get("__defaults") or []) and "name" not in result.kinds
        else:
            metadata = news.get("metadata")
            autonamed = isinstance(metadata, dict) and "pulumi.com/autonamed" in (metadata.get("annotations") or {})
            result.delete_first = not autonamed and "metadata.name" not in result.kinds
        return result

    def preview_create(self, type: str, inputs: dict[str, Any]) -> Outputs:
        outputs = {key: value for key, value in inputs.items() if key != "__defaults"}
        if type == RELEASE:
            return {**outputs, "status": UNKNOWN, "resourceNames": UNKNOWN, "manifest": UNKNOWN}
        if isinstance(outputs.get("metadata"), dict):
            computed = dict.fromkeys(("uid", "resourceVersion", "creationTimestamp", "generation"), UNKNOWN)
            outputs["metadata"] = {**computed, **outputs["metadata"]}
        table = self.tables.resource(type)
        if table and "status" in table["outputs"]:
            outputs["status"] = UNKNOWN
        return outputs

    def preview_update(self, type: str, olds: Outputs, old_inputs: dict[str, Any], inputs: dict[str, Any]) -> Outputs:
        outputs = {key: value for key, value in inputs.items() if key != "__defaults"}
        if type == RELEASE:
            return {**outputs, "status": UNKNOWN, "resourceNames": UNKNOWN, "manifest": UNKNOWN}
        for key in ("status", "spec"):
            if key in olds and key not in outputs and key not in old_inputs:
                outputs[key] = olds[key]
        if isinstance(outputs.get("metadata"), dict) and isinstance(olds.get("metadata"), dict):
            kept = {k: olds["metadata"][k] for k in ("uid", "creationTimestamp") if k in olds["metadata"]}
            outputs["metadata"] = {**kept, **outputs["metadata"]}
        return outputs

    # Create, read, update, delete -------------------------------------------------------------------------------

    def _place(self, inputs: dict[str, Any]) -> tuple[str, str, str]:
        metadata = inputs.get("metadata") or {}
        namespace = metadata.get("namespace") if facts.namespaced(inputs.get("kind")) else None
        return inputs.get("kind", ""), namespace or "", metadata.get("name", "")

    def create(self, type: str, name: str, inputs: dict[str, Any]) -> tuple[str, Outputs]:
        at = cluster.connect(self.account, self.kubeconfig)
        if type == RELEASE:
            return self._install(at, inputs)
        kind, namespace, object_name = self._place(inputs)
        if not object_name:
            object_name = f"{inputs['metadata']['generateName']}{self.account.count('generated'):05d}"
        id = f"{namespace}/{object_name}" if namespace else object_name
        cluster.check_kind(self.account, at, inputs)
        if namespace:
            cluster.need_namespace(self.account, at, namespace)
        patch = type.endswith("Patch")
        existing = self._find(type, id, at)
        if existing and not patch:
            raise ServiceError("AlreadyExists", f'{kind.lower()} "{object_name}" already exists')
        cluster.await_ready(self.account, at, inputs)
        outputs = self._outputs(type, inputs, object_name)
        self.account.add(Row(id, type, at.outputs["arn"], inputs, outputs))
        return id, outputs

    def _outputs(self, type: str, inputs: dict[str, Any], name: str, old: Outputs | None = None) -> Outputs:
        number = self.account.count("resource version")
        metadata = {
            "uid": f"00000000-0000-4000-8000-{number:012x}", "creationTimestamp": "2026-01-01T00:00:00Z",
            **{k: v for k, v in ((old or {}).get("metadata") or {}).items() if k in ("uid", "creationTimestamp")},
            "resourceVersion": str(number), "generation": 1, **(inputs.get("metadata") or {}), "name": name,
        }  # fmt: skip
        outputs: Outputs = {**{k: v for k, v in inputs.items() if k != "__defaults"}, "metadata": metadata}
        table = self.tables.resource(type)
        if table and "status" in table["outputs"]:
            outputs["status"] = facts.status(inputs)
        return outputs

    def _install(self, at: Row, inputs: dict[str, Any]) -> tuple[str, Outputs]:
        id = f"{inputs['namespace']}/{inputs['name']}"
        if self.account.find(RELEASE, id, at.outputs["arn"]):
            raise ServiceError("InstallFailed", "cannot re-use a name that is still in use")
        if not inputs.get("createNamespace"):
            cluster.need_namespace(self.account, at, inputs["namespace"])
        if not inputs.get("skipAwait"):
            cluster.need_room(self.account, at, f"release {id}", inputs.get("values"))
        outputs = self._release(at, inputs, 1)
        self.account.add(Row(id, RELEASE, at.outputs["arn"], inputs, outputs))
        return id, outputs

    def _release(self, at: Row, inputs: dict[str, Any], revision: int) -> Outputs:
        chart = str(inputs["chart"]).rsplit("/", 1)[-1]
        version = inputs.get("version") or "0.0.0"
        outputs = {key: value for key, value in inputs.items() if key != "__defaults"}
        status = {
            "name": inputs["name"], "namespace": inputs["namespace"], "revision": revision, "chart": chart,
            "version": version, "appVersion": version, "status": "deployed",
        }  # fmt: skip
        return {
            **outputs,
            "chart": inputs["chart"],
            "version": version,
            "status": status,
            "resourceNames": {},
            "manifest": {},
        }

    def _find(self, type: str, id: str, at: Row) -> Row | None:
        """An object of a kind, in whichever version of its API it was written: the API server has but one."""
        found = self.account.find(type, id, at.outputs["arn"])
        if found is not None or type == RELEASE:
            return found
        head, _, kind = type.rpartition(":")
        like = f"{head.rpartition('/')[0]}/"
        rows = (row for row in self.account.rows(scope=at.outputs["arn"]) if row.id == id)
        return next((row for row in rows if row.type.startswith(like) and row.type.endswith(f":{kind}")), None)

    def read(self, type: str, id: str) -> tuple[dict[str, Any], Outputs] | None:
        try:
            at = cluster.connect(self.account, self.kubeconfig)
        except cluster.UnreachableError:
            if self.config.get("deleteUnreachable") in (True, "true"):
                return None
            raise
        row = self._find(type, id, at)
        return (row.inputs, row.outputs) if row else None

    def update(self, type: str, id: str, olds: Outputs, inputs: dict[str, Any]) -> Outputs:
        at = cluster.connect(self.account, self.kubeconfig)
        row = self._find(type, id, at)
        if row is None:
            raise ServiceError("NotFound", f"{type} {id} not found")
        if type == RELEASE:
            if not inputs.get("skipAwait"):
                cluster.need_room(self.account, at, f"release {id}", inputs.get("values"))
            row.outputs = self._release(at, inputs, row.get("status.revision", 1) + 1)
        else:
            cluster.await_ready(self.account, at, inputs)
            row.outputs = self._outputs(type, inputs, row.get("metadata.name", id), row.outputs)
        row.inputs, row.type = inputs, type
        self.account.save(row)
        return row.outputs

    def delete(self, type: str, id: str, olds: Outputs) -> None:
        try:
            at = cluster.connect(self.account, self.kubeconfig)
        except cluster.UnreachableError:
            if self.config.get("deleteUnreachable") in (True, "true"):
                return
            raise
        row = self._find(type, id, at)
        if row is None:
            raise NotFoundError(f"{type} {id} not found")
        cluster.check_delete(self.account, at, row)
        self.account.remove(row)
        if row.outputs.get("kind") == "Namespace":
            for other in self.account.rows(scope=at.outputs["arn"]):
                if other.id.startswith(f"{row.id}/"):
                    cluster.check_delete(self.account, at, other)
                    self.account.remove(other)

    def secret_outputs(self, type: str) -> frozenset[str]:
        return frozenset({"data", "stringData"}) if type == "kubernetes:core/v1:Secret" else frozenset()

    def check_construct(self, type: str, inputs: dict[str, Any]) -> list[Failure]:
        table = self.tables.resource(type)
        failures = check_fields(self.tables, table["inputs"], inputs) if table else []
        self.tables.save()
        return failures

    def construct(self, monitor: Monitor, type: str, name: str, inputs: dict[str, Any]) -> tuple[str, Outputs]:
        from . import components  # imports the YAML reader, which most programs never need

        return components.construct(monitor, type, name, inputs)

    def invoke(self, token: str, args: dict[str, Any]) -> tuple[dict[str, Any], list[Failure]]:
        raise ServiceError("NotImplemented", f"the stand-in does not answer {token}")
