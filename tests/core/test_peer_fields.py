"""Every field of eksctl and terraform-aws-eks has an answer: a field that exists, or a text."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner

from eks_blueprints.cli.explain import command
from eks_blueprints.core import peer_fields
from eks_blueprints.core.errors import InputError
from eks_blueprints.reference.field_help import field_help
from eks_blueprints.stackfile import open_stack

FIELDS = [each for part in peer_fields.parts() for each in part]


def test_every_field_of_ours_exists() -> None:
    for path in sorted({path for each in FIELDS for path in each.paths}):
        field_help(path)


def test_a_text_says_what_to_do_or_why_not() -> None:
    begin = ("write ", "leave ", "cannot be written: ", "run ")
    assert [each.name for each in FIELDS if not each.is_field and not each.here.startswith(begin)] == []


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("kms_key_owners", "terraform-aws-eks, root module: cluster.encryption_config.owners"),
        ("kmsKeyOwners", "cluster.encryption_config.owners"),
        ("iam.withOIDC", "eksctl, ClusterIAM: cluster.oidc_provider"),
        ("node_iam_role_max_session_duration", "compute.karpenter.node_iam_role.max_session_duration"),
        ("maxSize", "compute.managed_nodes.max_size"),
        ("outpost_config", "cannot be written: a local cluster"),
    ],
)
def test_explain_takes_their_names(word: str, said: str) -> None:
    result = CliRunner().invoke(command, [word])
    assert result.exit_code == 0
    assert said in " ".join(result.output.split())


def test_explain_goes_on_with_our_field_where_there_is_one() -> None:
    text = CliRunner().invoke(command, ["kms_key_owners"]).output
    assert field_help("cluster.encryption_config.owners").text.split(".")[0] in " ".join(text.split())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cluster: {version: '1.35', kms_key_owners: []}", "did you mean encryption_config.owners?"),
        ("compute: {n: {kind: managed_nodes, iam_role_path: /x/}}", "did you mean iam_role.path?"),
        ("compute: {n: {kind: self_managed_nodes, kernel_id: x}}", "cannot be written: it is for paravirtual images"),
        ("compute: {karpenter: {queue_name: x}}", "did you mean queue.name?"),
        ("compute: {h: {kind: hybrid_nodes, ira_profile_name: x}}", "did you mean iam_roles_anywhere.profile_name?"),
        ("addons: {metrics_server: {attachPolicyARNs: []}}", "no such field"),
        ("pod_identity_associations: {a: {attachRoleARN: x}}", "did you mean role_arn?"),
        ("outpost: {}", "cannot be written: a local cluster"),
        (
            "compute: {n: {kind: managed_nodes, asgMetricsCollection: []}}",
            "write enabled_metrics of self_managed_nodes, which alone has it",
        ),
        (
            "compute: {n: {kind: self_managed_nodes, nodeRepairConfig: {}}}",
            "write node_repair_config of managed_nodes, which alone has it",
        ),
        ("network: {sharedNodeSecurityGroup: sg-1}", "write it as security_group_ids of each compute"),
    ],
)
def test_check_suggests_ours(text: str, said: str, tmp_path: Any) -> None:
    head = "" if text.startswith("cluster") else "cluster: {version: '1.35'}\n"
    file = tmp_path / "prod.yaml"
    file.write_text(f"region: eu-west-1\n{head}{text}\n")
    with pytest.raises(InputError) as error:
        open_stack(file)
    assert any(said in str(problem) for problem in error.value.problems), error.value
