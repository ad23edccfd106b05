"""Values that a stack file names instead of giving, and what must never be shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.recording import ProgramError
from eks_blueprints.testing import record_stack
from eks_blueprints.testing.recorded import Recorded

HEAD = """\
region: eu-west-1
network: {vpc_id: vpc-0123456789abcdef0, subnet_ids: {private: [subnet-0123456789abcdef0, subnet-0123456789abcdef1]}}
core_addons: []
cluster:
  version: "1.35"
"""
SECRET = "hunter2-and-more"  # noqa: S105


def stack(tmp_path: Path, text: str, **settings: Any) -> Recorded:
    file = tmp_path / "prod.yaml"
    file.write_text(HEAD + text)
    return record_stack(file, project="shop", **settings)


def test_config_is_put_in_its_place(tmp_path: Path) -> None:
    arn = "arn:aws:iam::111122223333:role/eks"
    text = "  role_arn: {config: role}\n"
    stack(tmp_path, text, config={"role": arn}).one("eks.Cluster").has(roleArn=arn)


def test_config_of_another_namespace(tmp_path: Path) -> None:
    arn = "arn:aws:iam::111122223333:role/eks"
    text = '  role_arn: {config: "acme:role"}\n'
    stack(tmp_path, text, config={"acme:role": arn}).one("eks.Cluster").has(roleArn=arn)


def test_config_that_is_not_set_names_line_and_command(tmp_path: Path) -> None:
    with pytest.raises(ProgramError) as told:
        stack(tmp_path, "  role_arn: {config: role}\n")
    place = f"{tmp_path}/prod.yaml:6:13: cluster.role_arn: "
    assert str(told.value).endswith(f"{place}config role is not set; got nothing; run: pulumi config set role …")


def test_config_that_does_not_fit_names_line_and_reason(tmp_path: Path) -> None:
    with pytest.raises(ProgramError, match=r"prod\.yaml:6:13: cluster\.role_arn: config role does not fit: "):
        stack(tmp_path, "  role_arn: {config: role}\n", config={"role": "eks"})


def test_another_stacks_output_is_symbolic_and_checked_nowhere(tmp_path: Path) -> None:
    text = "  role_arn: {stack: acme/iam/prod, output: role}\n"
    shop = stack(tmp_path, text)
    assert shop.one("eks.Cluster")["roleArn"] == "${acme/iam/prod.outputs.role}" or "acme/iam/prod" in json.dumps(
        shop.one("eks.Cluster")["roleArn"]
    )


def test_another_stacks_output_as_it_is_given(tmp_path: Path) -> None:
    arn = "arn:aws:iam::111122223333:role/eks"
    known = {"acme/iam/prod": {"role": arn}}
    text = "  role_arn: {stack: acme/iam/prod, output: role}\n"
    stack(tmp_path, text, stack_references=known).one("eks.Cluster").has(roleArn=arn)


def test_a_secret_is_in_no_plan_and_no_log(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    text = "  role_arn: {secret: role}\ncompute: {nodes: {kind: managed_nodes, node_role_arn: {secret: node}}}\n"
    config = {"role": f"arn:aws:iam::111122223333:role/{SECRET}", "node": f"arn:aws:iam::1:role/{SECRET}"}
    shop = stack(tmp_path, text, config=config, secret_config_keys=["role", "node"])
    assert shop.one("eks.Cluster")["roleArn"] == {"$secret": True}
    assert SECRET not in shop.plan.to_json()
    assert SECRET not in repr(shop.recording.resources) + repr(shop.recording.outputs) + repr(shop.plan)
    assert all(SECRET not in log.text for log in shop.recording.logs)
    assert SECRET not in "".join(capfd.readouterr())


def test_a_secret_that_a_provider_would_refuse_is_not_quoted(tmp_path: Path) -> None:
    text = (
        "  public_access_cidrs: [0.0.0.0/0]\n  endpoint_public_access: true\n  log_group: {kms_key_id: {secret: key}}\n"
    )
    shop = stack(tmp_path, text, config={"key": SECRET}, secret_config_keys=["key"])
    from eks_blueprints.review.preview.run import findings

    assert SECRET not in repr(list(findings(shop.recording)))


def test_the_kubeconfig_is_secret_wherever_it_goes(tmp_path: Path) -> None:
    shop = stack(tmp_path, "")
    assert shop.outputs["kubeconfig"] == {"$secret": True}
    assert shop.one("prod-kubernetes")["kubeconfig"] == {"$secret": True}


NETWORK = """\
region: eu-west-1
network:
  vpc_id: {{stack: acme/network/prod, output: vpc_id}}
  subnet_ids:
    private: {private}
core_addons: []
cluster:
  version: "1.35"
"""


def network(tmp_path: Path, private: str, **settings: Any) -> Recorded:
    file = tmp_path / "prod.yaml"
    file.write_text(NETWORK.format(private=private))
    return record_stack(file, project="shop", **settings)


def test_a_list_of_another_stack_with_its_count_gives_subnets(tmp_path: Path) -> None:
    shop = network(tmp_path, "{stack: acme/network/prod, output: ids, count: 2}")
    subnets = shop.one("eks.Cluster")["vpcConfig"]["subnetIds"]
    assert subnets == ["${acme/network/prod.ids[0]}", "${acme/network/prod.ids[1]}"]


def test_elements_of_a_list_of_another_stack(tmp_path: Path) -> None:
    known = {"acme/network/prod": {"vpc_id": "vpc-1", "ids": ["subnet-0", "subnet-1", "subnet-2"]}}
    ids = ", ".join(f"{{stack: acme/network/prod, output: ids, index: {index}}}" for index in (2, 0))
    shop = network(tmp_path, f"[{ids}]", stack_references=known)
    assert shop.one("eks.Cluster")["vpcConfig"]["subnetIds"] == ["subnet-2", "subnet-0"]


def test_a_list_in_a_mapping_of_another_stack(tmp_path: Path) -> None:
    known = {"acme/network/prod": {"vpc_id": "vpc-1", "vpc": {"ids": ["subnet-0", "subnet-1"]}}}
    listed = "{stack: acme/network/prod, output: vpc, key: ids, count: 2}"
    shop = network(tmp_path, listed, stack_references=known)
    assert shop.one("eks.Cluster")["vpcConfig"]["subnetIds"] == ["subnet-0", "subnet-1"]
    one = "{stack: acme/network/prod, output: vpc, key: ids, index: 1}"
    shop = network(tmp_path, f"[{one}, {one.replace('1', '0')}]", stack_references=known)
    assert shop.one("eks.Cluster")["vpcConfig"]["subnetIds"] == ["subnet-1", "subnet-0"]
    unknown = network(tmp_path, listed).one("eks.Cluster")["vpcConfig"]["subnetIds"]
    assert unknown == ["${acme/network/prod.vpc[ids][0]}", "${acme/network/prod.vpc[ids][1]}"]


@pytest.mark.parametrize(
    ("vpc", "said"),
    [
        ({"id": "x"}, "output vpc of stack acme/network/prod has no such key; got key: ids; it has id"),
        ("x", "output vpc of stack acme/network/prod is not a mapping; got str; leave key out"),
        ({"ids": "x"}, "ids of output vpc of stack acme/network/prod is not a list; got str"),
    ],
)
def test_a_mapping_that_is_not_what_was_said(tmp_path: Path, vpc: Any, said: str) -> None:
    known = {"acme/network/prod": {"vpc_id": "vpc-1", "vpc": vpc}}
    with pytest.raises(ProgramError, match=said):
        network(tmp_path, "{stack: acme/network/prod, output: vpc, key: ids, count: 2}", stack_references=known)


@pytest.mark.parametrize(
    ("private", "said"),
    [
        ("{stack: a/b/c, output: ids}", "needs the number of elements, which decides which resources exist"),
        ("{stack: a/b/c, output: ids}", "write {stack: a/b/c, output: ids, count: 3}"),
        ("{stack: a/b/c, output: ids, count: 0}", "has no usable count; got 0"),
        ("{stack: a/b/c, output: ids, count: '2'}", 'has no usable count; got "2"'),
        ('["{stack: a/b/c"]', "is not a valid id of a subnet"),
        ('[{stack: a/b/c, output: "ids[0]"}]', "write {stack: a/b/c, output: ids, index: 0}"),
        ("[{stack: a/b/c, output: 'vpc[\"id\"]'}]", "write {stack: a/b/c, output: vpc, key: id}"),
        ("[{stack: a/b/c, output: vpc, key: 3}]", "a reference names its source in text"),
        ('[{stack: a/b/c, output: "ids[0].id"}]', "export that part under a name of its own"),
        ("[{stack: a/b/c, output: ids, index: -1}]", "has no usable index; got -1"),
        ("{config: ids}", "config ids is not set"),
    ],
)
def test_lists_of_another_stack_that_cannot_be_used(tmp_path: Path, private: str, said: str) -> None:
    with pytest.raises(ProgramError) as told:
        network(tmp_path, private)
    assert f"{tmp_path}/prod.yaml:5:" in str(told.value)
    assert said in str(told.value)


@pytest.mark.parametrize(
    ("ids", "said"),
    [
        (["subnet-0"], "output ids of stack acme/network/prod has 1 elements; got count: 2; write count: 1"),
        ("subnet-0", "output ids of stack acme/network/prod is not a list; got str"),
    ],
)
def test_a_list_that_is_not_what_was_said(tmp_path: Path, ids: Any, said: str) -> None:
    known = {"acme/network/prod": {"vpc_id": "vpc-1", "ids": ids}}
    with pytest.raises(ProgramError, match=said):
        network(tmp_path, "{stack: acme/network/prod, output: ids, count: 2}", stack_references=known)
