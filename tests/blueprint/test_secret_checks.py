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


DNS = '{zone_arns: ["arn:aws:route53:::hostedzone/Z1"], txt_owner_id: AKIAIOSFODNN7EXAMPLE}'
POOLS = "{a: {requirements: [{key: karpenter.sh/capacity-type, operator: In, values: [spot]}]}}"


def anywhere(tmp_path: Path, **parts: str) -> list[str]:
    """What is told of a platform with a part said otherwise, or besides."""
    own = {
        "region": "eu-west-1",
        "network": "{}",
        "cluster": '{version: "1.35", endpoint_public_access: true, public_access_cidrs: [203.0.113.0/24]}',
        "compute": "{nodes: {kind: managed_nodes}}",
    }
    file = tmp_path / "prod.yaml"
    file.write_text("".join(f"{key}: {text}\n" for key, text in (own | parts).items()))
    return [str(each).split(": ", 1)[1] for each in open_stack(file).warnings() if "looks like" in str(each)]


@pytest.mark.parametrize(
    ("part", "text", "path"),
    [
        ("tags", "{api_key: s3cr3tV4lue}", "tags.api_key"),
        ("network", "{tags: {DB_PASSWORD: hunter2}}", "network.tags.DB_PASSWORD"),
        ("network", "{subnet_tags: {private: {token: a1b2c3d4e5}}}", "network.subnet_tags.private.token"),
        ("cluster", '{version: "1.35", tags: {password: hunter2}}', "cluster.tags.password"),
        ("compute", "{nodes: {kind: managed_nodes, labels: {password: hunter2}}}", "compute.nodes.labels.password"),
        (
            "access",
            '{a: {principal_arn: "arn:aws:iam::111122223333:role/a", user_name: AKIAIOSFODNN7EXAMPLE}}',
            "access.a.user_name",
        ),
        ("addons", f"{{eks_pod_identity_agent: {{}}, external_dns: {DNS}}}", "addons.external_dns.txt_owner_id"),
    ],
)
def test_whatever_field_it_stands_in(tmp_path: Path, part: str, text: str, path: str) -> None:
    (told,) = anywhere(tmp_path, **{part: text})
    assert told.startswith(f"{path}: looks like a secret")
    shown = "tags" in path or "labels" in path
    assert told.endswith("remove it: anyone who can list resources can read it" if shown else "--secret key …")


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ("tags", "{cost-center: a1b2c3d4e5f6g7h8}"),
        ("cluster", '{version: "1.35", encryption_config: {key_arn: "arn:aws:kms:eu-west-1:111122223333:key/abc"}}'),
        ("compute", f"{{nodes: {{kind: managed_nodes}}, k: {{kind: karpenter, node_pools: {POOLS}}}}}"),
        (
            "compute",
            "{nodes: {kind: managed_nodes, remote_access: {ec2_ssh_key: ops-2026, source_cidrs: [10.0.0.0/8]}}}",
        ),
    ],
)
def test_fields_whose_names_merely_hint_at_one_are_no_secrets(tmp_path: Path, part: str, text: str) -> None:
    assert anywhere(tmp_path, **{part: text}) == []


def test_one_that_is_named_is_not_warned_of(tmp_path: Path) -> None:
    assert not warned(tmp_path, "  datadog: {values: {datadog: {apiKey: {secret: dd}}}}\n")


def test_a_secret_value_would_stand_in_an_object_of_argo_cd(tmp_path: Path) -> None:
    addons = (
        "  argocd: {}\n  datadog: {values: {datadog: {apiKey: {secret: dd}}}}\naddon_defaults: {delivery: argocd}\n"
    )
    with pytest.raises(InputError) as refused:
        warned(tmp_path, addons)
    assert (
        "prod.yaml:11:40: addons.datadog.values.datadog.apiKey: would be stored in plain text in an object of argocd"
        in str(refused.value)
    )
