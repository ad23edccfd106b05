"""Secrets in a stack file: warned of where they stand in plain text, refused where they could not stay secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from eks_blueprints.core.errors import InputError
from eks_blueprints.stackfile import open_stack

HEAD = """\
region: eu-west-1
network: {}
cluster: {version: "1.35", endpoint_public_access: true, public_access_cidrs: [203.0.113.0/24]}
compute: {nodes: {kind: managed_nodes}}
addons:
  vpc_cni: {}
  kube_proxy: {}
  eks_pod_identity_agent: {}
  coredns: {}
"""


def warned(tmp_path: Path, addons: str) -> list[str]:
    file = tmp_path / "prod.yaml"
    file.write_text(HEAD + addons)
    return [str(each).removeprefix(f"{file}:") for each in open_stack(file).warnings()]


@pytest.mark.parametrize(
    ("addons", "place"),
    [
        ("  datadog: {values: {datadog: {apiKey: hunter2}}}\n", "10:40: addons.datadog.values.datadog.apiKey: "),
        (
            "  manifests: {manifests: {q: {apiVersion: v1, kind: Secret, metadata: {name: q}, data: {k: eA==}}}}\n",
            "10:92: addons.manifests.manifests.q.data.k: ",
        ),
        (
            "  datadog: {values: {env: [{name: DB_PASSWORD, value: hunter2}]}}\n",
            "10:55: addons.datadog.values.env[0].value: ",
        ),
    ],
)
def test_a_secret_in_plain_text_is_warned_of_and_not_quoted(tmp_path: Path, addons: str, place: str) -> None:
    (told,) = warned(tmp_path, addons)
    assert told.startswith(place)
    assert "; got plain text; write {secret: key}" in told
    assert "hunter2" not in told


def test_one_that_is_named_is_not_warned_of(tmp_path: Path) -> None:
    assert not warned(tmp_path, "  datadog: {values: {datadog: {apiKey: {secret: dd}}}}\n")


def test_a_secret_value_would_stand_in_an_object_of_argo_cd(tmp_path: Path) -> None:
    addons = (
        "  argocd: {}\n  datadog: {values: {datadog: {apiKey: {secret: dd}}}}\naddon_defaults: {delivery: argocd}\n"
    )
    with pytest.raises(InputError) as refused:
        warned(tmp_path, addons)
    assert "prod.yaml:11:40: addons.datadog.values.datadog.apiKey: would stand in an object of argocd" in str(
        refused.value
    )
