"""What agents read, on a real API server: it takes every object, by the CRDs of the charts, with no field that it does
not know."""

from __future__ import annotations

import pytest

from tests.agents.said import ADDONS, everything, made

from .started import ApiServer
from .test_manifests import objects

BASICS = {"Secret", "ConfigMap", "ServiceAccount", "RoleBinding", "ClusterRoleBinding"}


@pytest.mark.parametrize(
    ("by", "kinds"),
    [
        ("argocd", {"AppProject", "Application", "ApplicationSet", "ExternalSecret", "ImageUpdater"}),
        (
            "flux",
            {"GitRepository", "HelmRepository", "Kustomization", "HelmRelease", "ExternalSecret", "Provider", "Alert"}
            | {"Receiver", "ImageRepository", "ImagePolicy", "ImageUpdateAutomation"},
        ),
    ],
)
def test_every_object_of_an_agent_is_accepted(by: str, kinds: set[str], server: ApiServer) -> None:
    written = [dict(manifest) for name, manifest in objects(made(everything(by), ADDONS[by])) if "-gitops-" in name]
    # What is in a Secret is no part of a plan.
    written = [{**each, "stringData": {"a": "b"}} if each["kind"] == "Secret" else each for each in written]
    for home in {each["metadata"].get("namespace") for each in written} - {None}:
        server.made({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": home}})
    assert {each["kind"] for each in written} - BASICS == kinds
    assert [said for each in written if (said := server.refusal(each))] == []
