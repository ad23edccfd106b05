"""Secrets of a stack on the real engine: never in plain text, neither in what is printed nor in the state."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode

import pytest

from .harness import Engine, Project, Result
from .test_compute import PROGRAM

pytestmark = pytest.mark.engine

HUSH = "hush-hush-4711"
PLATFORM = """\
region: eu-west-1
network: {zone_count: 2, nat_gateways: single}
cluster: {version: "1.34"}
compute:
  nodes:
    kind: managed_nodes
    node_config: &login
      containerd: {config: {secret: toml}}
  own:
    kind: self_managed_nodes
    instance_types: [m7g.large]
    image: {release: 1.34.1-20251007}
    node_config: *login
  bottle:
    kind: managed_nodes
    ami_type: BOTTLEROCKET_x86_64
    bottlerocket_settings:
      container-registry:
        credentials: [{registry: docker.io, username: ci, password: {secret: toml}}]
addons: {vpc_cni: {}, kube_proxy: {}, eks_pod_identity_agent: {}, coredns: {}}
"""
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"


def held(text: str) -> bool:
    """Whether a text has the secret in it, as it is or encoded: at each of the three offsets of Base64."""
    encoded = (b64encode(b"x" * n + HUSH.encode())[(n + 2) // 3 * 4 : -4].decode() for n in range(3))
    return HUSH in text or any(each in text for each in encoded)


def told(result: Result) -> str:
    return result.output + json.dumps(result.events)


def nodes_with_secrets(engine: Engine) -> Project:
    project = engine.program(PROGRAM, files={"dev.yaml": PLATFORM})
    project.config("toml", HUSH, "--secret")
    return project


def test_it_is_found_wherever_it_stands_in_encoded_text() -> None:
    assert all(held(b64encode(b"a" * n + HUSH.encode() + b"zz").decode()) for n in range(6))
    assert not held("hush")


def test_a_secret_of_user_data_reaches_the_nodes_and_nothing_else(engine: Engine) -> None:
    project = nodes_with_secrets(engine)
    assert not held(told(project.preview("--diff")))
    assert not held(told(project.up("--diff")))
    templates = project.account.rows(TEMPLATE)
    assert len(templates) == 3
    for row in templates:
        assert HUSH in b64decode(row.outputs["userData"]).decode()
    state = project.export()
    assert not held(json.dumps(state))
    kept = [each["inputs"]["userData"] for each in state if each["type"] == TEMPLATE]
    assert all("ciphertext" in each for each in kept)
    assert project.up().unchanged


def test_another_secret_is_another_version_of_the_template_told_without_it(engine: Engine) -> None:
    project = nodes_with_secrets(engine)
    project.up()
    project.config("toml", HUSH + "-2", "--secret")
    seen = project.preview("--diff")
    assert {op for name, op in seen.changed().items() if name.endswith("-template")} == {"update"}
    assert not held(told(seen))
    change = project.up("--diff")
    assert not held(told(change) + json.dumps(project.export()))
    assert project.up().unchanged


OBJECTS = """\
region: eu-west-1
network: {zone_count: 2, nat_gateways: single}
cluster: {version: "1.34"}
compute: {nodes: {kind: managed_nodes}}
addons:
  vpc_cni: {}
  kube_proxy: {}
  eks_pod_identity_agent: {}
  coredns: {}
  datadog: {values: {datadog: {apiKey: {secret: toml}}}}
  manifests:
    manifests:
      written: {apiVersion: v1, kind: Secret, metadata: {name: a}, stringData: {k: hush-hush-4711}}
      named: {apiVersion: v1, kind: ConfigMap, metadata: {name: b}, data: {k: {secret: toml}}}
"""


def test_secrets_of_objects_and_values_are_encrypted_in_the_state(engine: Engine) -> None:
    project = engine.program(PROGRAM, files={"dev.yaml": OBJECTS})
    project.config("toml", HUSH, "--secret")
    assert not held(told(project.preview("--diff")))
    assert not held(told(project.up("--diff")))
    state = project.export()
    assert not held(json.dumps(state))
    kinds = ("kubernetes:core/v1:Secret", "kubernetes:core/v1:ConfigMap", "kubernetes:helm.sh/v3:Release")
    assert all("ciphertext" in json.dumps(each["inputs"]) for each in state if each["type"] in kinds)
    assert project.up().unchanged
