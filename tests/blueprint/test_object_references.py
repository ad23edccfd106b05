"""What pods name and nothing makes is told, and only where nobody else may make it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workloads.said import STORAGE, WEB, platform, told

NAMED: list[tuple[dict[str, Any], str]] = [
    ({"env_from": [{"configMapRef": {"name": "shared"}}]}, "env_from[0].configMapRef.name: names a ConfigMap that"),
    ({"env_from": [{"secretRef": {"name": "shared"}}]}, "env_from[0].secretRef.name: names a Secret that"),
    ({"env": {"A": {"secretKeyRef": {"name": "db", "key": "a"}}}}, "env.A.secretKeyRef.name: names a Secret that"),
    (
        {"env": {"A": {"configMapKeyRef": {"name": "web-app", "key": "b"}}}},
        "env.A.configMapKeyRef.key: no such entry of the ConfigMap web-app",
    ),
    (
        {"volumes": {"v": {"mount_path": "/v", "source": {"persistentVolumeClaim": {"claimName": "disk"}}}}},
        "volumes.v.source: names a PersistentVolumeClaim that",
    ),
    (
        {"volumes": {"v": {"mount_path": "/v", "source": {"secret": {"secretName": "tls"}}}}},
        "volumes.v.source: names a Secret that",
    ),
    (
        {
            "volumes": {
                "v": {"mount_path": "/v", "source": {"projected": {"sources": [{"configMap": {"name": "ca"}}]}}},
            }
        },
        "volumes.v.source: no such ConfigMap on this platform",
    ),
    ({"pod": {"imagePullSecrets": [{"name": "hub"}]}}, "pod.imagePullSecrets[0].name: names a Secret that"),
    ({"pod": {"priorityClassName": "gold"}}, "pod.priorityClassName: names a PriorityClass that"),
    ({"pod": {"runtimeClassName": "kata"}}, "pod.runtimeClassName: names a RuntimeClass that"),
]
APP = {"config_maps": {"app": {"data": {"a": "1"}}}}


@pytest.mark.parametrize(("fields", "finding"), NAMED)
def test_what_nothing_makes_is_a_warning_at_its_field(fields: dict[str, Any], finding: str) -> None:
    more = APP if "web-app" in str(fields) or "projected" in str(fields) else {}
    [said] = told({"web": {**WEB, **fields, **more}})
    assert said.startswith(f"warning: workloads.web.{finding}")


FINE: list[dict[str, Any]] = [
    {"env_from": [{"configMapRef": {"name": "shared", "optional": True}}]},
    {"env_from": [{"configMapRef": {"name": "kube-root-ca.crt"}}]},
    {"env_from": [{"configMapRef": {"name": "web-app"}}], **APP},
    {"env": {"A": {"configMapKeyRef": {"name": "web-app", "key": "a"}}}, **APP},
    {"pod": {"priorityClassName": "system-cluster-critical"}},
    {"namespace": "elsewhere", "env_from": [{"secretRef": {"name": "shared"}}]},
]


@pytest.mark.parametrize("fields", FINE)
def test_what_is_there_or_need_not_be_is_not_told(fields: dict[str, Any]) -> None:
    assert not [each for each in told({"web": {**WEB, **fields}}) if "elsewhere" not in each]


MAKERS: list[dict[str, Any]] = [
    {"argocd": {}},
    {
        "redis": {
            "kind": "helm",
            "chart": "redis",
            "repository": "https://example.com",
            "version": "1.0.0",
            "namespace": "shop",
        }
    },
    {
        "own": {
            "kind": "manifests",
            "manifests": {
                "s": {
                    "apiVersion": "v1",
                    "kind": "Secret",
                    "metadata": {"name": "db", "namespace": "shop"},
                    "stringData": {"a": "b"},
                }
            },
        }
    },
    {
        "own": {
            "kind": "manifests",
            "manifests": {
                "s": {"apiVersion": "acme.com/v1", "kind": "Database", "metadata": {"name": "x", "namespace": "shop"}}
            },
        }
    },
    {
        "external_secrets": {},
        "own": {
            "kind": "manifests",
            "manifests": {
                "s": {
                    "apiVersion": "external-secrets.io/v1",
                    "kind": "ExternalSecret",
                    "metadata": {"name": "any", "namespace": "shop"},
                    "spec": {
                        "target": {"name": "db"},
                        "secretStoreRef": {"name": "a"},
                        "dataFrom": [{"extract": {"key": "a"}}],
                    },
                }
            },
        },
    },
]


@pytest.mark.parametrize("addons", MAKERS)
def test_whoever_may_make_it_is_known(addons: dict[str, Any]) -> None:
    web = {**WEB, "env": {"A": {"secretKeyRef": {"name": "db", "key": "a"}}}}
    found = platform({"web": web}, addons=addons).warnings
    assert not [each for each in found if "Secret" in each.message and each.path[-1] == "A"]


def test_a_stateful_set_needs_a_headless_service() -> None:
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "db", "namespace": "shop"}}
    spec = {"selector": {"app": "db"}, "ports": [{"port": 5432}]}
    db = {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": "db", "namespace": "shop"},
        "spec": {
            "serviceName": "db",
            "selector": {"matchLabels": {"app": "db"}},
            "template": {
                "metadata": {"labels": {"app": "db"}},
                "spec": {"containers": [{"name": "db", "image": "a:1"}]},
            },
        },
    }

    def said(*objects: dict[str, Any]) -> list[str]:
        manifests = {f"m{number}": each for number, each in enumerate(objects)}
        found = platform({}, addons={"own": {"kind": "manifests", "manifests": manifests}}).warnings
        return [str(each) for each in found if each.path[:2] == ("addons", "own")]

    [missing] = said(db)
    assert "serviceName: names a Service that nothing on this platform makes" in missing
    [balanced] = said(db, {**service, "spec": spec})
    assert "serviceName: is a Service with an address of its own" in balanced
    assert not said(db, {**service, "spec": {**spec, "clusterIP": "None"}})


def test_claims_of_a_stateful_set_are_made_by_it() -> None:
    volumes = {"data": {"mount_path": "/d", "claim": {"size": "1Gi"}}}
    db = {**WEB, "kind": "stateful_set", "volumes": volumes}
    source = {"persistentVolumeClaim": {"claimName": "data-db-0"}}
    reader = {**WEB, "kind": "job", "volumes": {"v": {"mount_path": "/v", "source": source}}}
    classes = {**STORAGE, "storage_classes": {"classes": {"gp3": {"default": True}}}}
    assert not told({"db": db, "reader": reader}, addons=classes)
