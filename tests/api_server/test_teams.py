"""Teams on a real API server: it accepts every object, and answers who may do what, where."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from eks_blueprints.recording import record_directory
from eks_blueprints.testing.recorded import Recorded
from tests import ROOT
from tests.teams.said import DEV, OPS, WEB, made

from .running import running, why_not
from .started import ApiServer
from .test_manifests import objects
from .test_workloads import refusals

_PATIENCE = 240
_LAST = ("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob")


def team(name: str, principal: str) -> dict[str, Any]:
    """A team whose developers have a group, with a role of Kubernetes and one of its own."""
    return {
        "access": {"dev": {"principal_arn": principal, "kubernetes_groups": [f"{name}-dev", f"{name}-logs"]}},
        "roles": {"logs": [{"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]}]},
        "role_bindings": {
            "dev": {"role": "edit", "groups": [f"{name}-dev"]},
            "logs": {"role": "logs", "groups": [f"{name}-logs"]},
        },
        "workloads": {"web": {**WEB, "requests": {"cpu": "100m", "memory": "64Mi"}}},
    }


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    """A control plane with two teams on it, and those who run the platform."""
    if reason := why_not():
        pytest.skip(reason)
    platform = {"kind": "platform_team", "cluster_role_bindings": {"all": {"role": "cluster-admin", "groups": ["ops"]}}}
    plan = made({"shop": team("shop", DEV), "data": team("data", OPS), "operations": platform})
    with running(tmp_path_factory.mktemp("teams")) as found:
        written = [dict(manifest) for _, manifest in objects(plan)]
        order = sorted(written, key=lambda each: (each["kind"] != "Namespace", each["kind"] in _LAST))
        for manifest in order:
            said = found.server.made(manifest)
            assert said == "" or "already exists" in said, f"{manifest['kind']}: {said}"
        _until(lambda: may(found.server, "shop-dev", "create", "pods", "shop"))  # until `edit` has its rules
        yield found.server


def _until(true: Any) -> None:
    end = time.monotonic() + _PATIENCE
    while not true():
        assert time.monotonic() < end, "the controllers took too long"
        time.sleep(0.5)


def may(  # noqa: PLR0917 what a review asks
    server: ApiServer, group: str, verb: str, resource: str, namespace: str, api_group: str = ""
) -> bool:
    """What the API server answers about a member of a group."""
    resource, _, part = resource.partition("/")
    asked = {"verb": verb, "resource": resource, "namespace": namespace, "group": api_group, "subresource": part}
    spec = {"user": "somebody", "groups": [group, "system:authenticated"], "resourceAttributes": asked}
    review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}
    _, said = server.call("/apis/authorization.k8s.io/v1/subjectaccessreviews", review)
    return bool(said["status"]["allowed"])


@pytest.mark.parametrize(
    ("group", "verb", "resource", "api_group", "own", "other"),
    [
        ("shop-dev", "create", "pods", "", True, False),
        ("shop-dev", "delete", "deployments", "apps", True, False),
        ("shop-dev", "get", "secrets", "", True, False),
        ("shop-dev", "update", "resourcequotas", "", False, False),
        ("shop-dev", "update", "limitranges", "", False, False),
        ("shop-dev", "create", "rolebindings", "rbac.authorization.k8s.io", False, False),
        ("shop-logs", "get", "pods/log", "", True, False),
        ("shop-logs", "get", "pods", "", False, False),
        ("data-dev", "get", "pods", "", False, True),
        ("ops", "delete", "namespaces", "", True, True),
    ],
)
def test_rights_end_at_the_namespaces_of_a_team(  # noqa: PLR0917 one row
    group: str, verb: str, resource: str, api_group: str, own: bool, other: bool, server: ApiServer
) -> None:
    found = tuple(may(server, group, verb, resource, namespace, api_group) for namespace in ("shop", "data"))
    assert found == (own, other)


@pytest.mark.parametrize("namespace", ["shop", "data"])
def test_a_team_is_bounded_and_closed(namespace: str, server: ApiServer) -> None:
    core, network = f"/api/v1/namespaces/{namespace}", f"/apis/networking.k8s.io/v1/namespaces/{namespace}"
    _, denied = server.call(f"{network}/networkpolicies/default-deny")
    assert denied["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    _, quota = server.call(f"{core}/resourcequotas/{namespace}")
    assert quota["spec"]["hard"]["requests.cpu"] == "16"
    assert server.call(f"{core}/limitranges/{namespace}")[0] == 200


def test_pods_that_are_not_restricted_are_refused(server: ApiServer) -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "namespace": "shop"}}
    said = server.refusal({**pod, "spec": {"containers": [{"name": "a", "image": "b:1"}]}})
    assert 'violates PodSecurity "restricted:latest"' in said


def test_pods_beyond_the_quota_are_refused(server: ApiServer) -> None:
    container = {
        "name": "a",
        "image": "b:1",
        "resources": {"requests": {"cpu": "17"}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "runAsNonRoot": True,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
    }
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "namespace": "shop"}}
    assert "exceeded quota: shop" in server.refusal({**pod, "spec": {"containers": [container]}})


def test_the_example_is_accepted(server: ApiServer) -> None:
    found = Recorded(record_directory(ROOT / "examples" / "teams", "prod"))
    written = [dict(manifest) for _, manifest in objects(found)]
    first = [each for each in written if each["kind"] == "Namespace" and each["metadata"]["name"] != "shop"]
    assert [said for each in first if (said := server.made(each))] == []
    rest = [each for each in written if each["kind"] not in ("Namespace", "ResourceQuota", "LimitRange")]
    twice = [each for each in refusals(rest, server) if "already exists" not in each]
    assert twice == []
    kinds = {each["kind"] for each in written}
    assert {"Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job", "ResourceQuota", "NetworkPolicy"} <= kinds


ALL: dict[str, Any] = {
    "external": (
        {"external_secrets": {}, "argocd": {}},
        ["SecretStore", "ExternalSecret", "AppProject", "Application"],
    ),
    "mounted": (
        {"secrets_store_csi_driver": {}, "secrets_store_csi_driver_provider_aws": {}, "fluxcd": {}},
        ["SecretProviderClass", "GitRepository", "Kustomization"],
    ),
}


@pytest.mark.parametrize("case", ALL)
def test_what_add_ons_bring_the_kinds_of_is_accepted(case: str, server: ApiServer) -> None:
    addons, kinds = ALL[case]
    reader = {"allow": [{"actions": ["s3:GetObject"], "resources": ["*"]}]}
    shop = {
        "service_accounts": {"web": reader},
        "secrets": {"db": {"data": {"password": "shop/db#password"}, "readers": ["web"]}},
        "gitops": {"url": "https://github.com/acme/shop"},
    }
    written = [dict(manifest) for _, manifest in objects(made({"shop": shop}, addons))]
    wanted = [each for each in written if each["kind"] in kinds]
    assert {each["kind"] for each in wanted} == set(kinds)
    assert [said for each in wanted if (said := server.refusal(each))] == []
