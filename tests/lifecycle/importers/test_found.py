"""States of Terraform and Pulumi as stack files and adoptions: what is taken over, what is left, what is refused."""

from __future__ import annotations

import copy
import json
import random
import shlex
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.adoption.file import read_adoption
from eks_blueprints.adoption.types import types
from eks_blueprints.core.document import read
from eks_blueprints.core.errors import InputError
from eks_blueprints.lifecycle.importers.eksctl.judged import problems
from eks_blueprints.lifecycle.importers.found.model import Found, Holdings
from eks_blueprints.lifecycle.importers.found.shapes import check_shapes
from eks_blueprints.lifecycle.importers.found.stack import drafted
from eks_blueprints.lifecycle.importers.pulumi_state.state import holdings as pulumi_holdings
from eks_blueprints.lifecycle.importers.terraform.state import holdings as holdings_of
from eks_blueprints.lifecycle.importers.writing import as_yaml
from eks_blueprints.review.diff.replacement import immutable
from tests.commands import called
from tests.lifecycle.importers import public_programs, public_roots, pulumi_states, states

TERRAFORM = ("eks_21", "eks_20", "plain")
PULUMI = ("eks_2", "eks_3", "eks_4", "plain")


def imported(folder: Path, name: str) -> tuple[dict[str, Any], Any]:
    """The stack file and the report of a root of Terraform."""
    return _imported(folder, "terraform", states.terraform(getattr(states, name)()), ())


def _imported(folder: Path, command: str, state: Any, words: tuple[str, ...]) -> tuple[dict[str, Any], Any]:
    states.written(folder / "state.json", state)
    done = called("import", command, "state.json", "-o", "prod.yaml", "--format", "json", *words, cwd=folder)
    assert done.returncode == 0, done.stderr + done.stdout
    for text in (done.stdout, done.stderr, *(file.read_text() for file in folder.glob("prod*"))):
        assert states.SECRET not in text
    return dict(read(folder / "prod.yaml").data), json.loads(done.stdout)


def adopted(report: Any) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in report["adopted"]}


@pytest.mark.parametrize("name", TERRAFORM)
def test_a_root_of_terraform_previews_with_nothing_replaced(tmp_path: Path, name: str) -> None:
    _, report = imported(tmp_path, name)
    assert report["safe"]
    assert {each["then"] for each in report["adopted"]} <= {"same", "update"}
    done = called("preview", "prod.yaml", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert f"= {len(report['adopted'])} to import" in done.stdout


@pytest.mark.parametrize("name", TERRAFORM)
def test_both_forms_of_a_state_say_the_same(name: str) -> None:
    rows = getattr(states, name)()
    found = [
        sorted(holdings_of(state, "s").resources, key=lambda each: each.place)
        for state in (states.terraform(rows), states.shown(rows))
    ]
    assert found[0] == found[1]


@pytest.mark.parametrize("name", PULUMI)
def test_a_stack_of_pulumi_previews_with_nothing_replaced(tmp_path: Path, name: str) -> None:
    _, report = _imported(tmp_path, "state", getattr(pulumi_states, name)(), ())
    assert report["safe"]
    assert {each["then"] for each in report["adopted"]} <= {"same", "update"}
    assert called("preview", "prod.yaml", cwd=tmp_path).returncode == 0


ROOTS = {
    "managed_nodes": ("cluster-role", "example-role", "cluster-key", "cluster-key-alias"),
    "self_managed_nodes": ("cluster-role", "cluster-key"),
    "karpenter": ("cluster-role", "karpenter-role", "cluster-key"),
    "learn": ("cluster-role", "node-group-1-role", "node-group-2-role", "cluster-key"),
}
PROGRAMS = {
    "aws_py_eks": ("cluster-role", "pulumi-eks-nodegroup-role", "pulumi-eks-nodegroup-group"),
    "aws_ts_eks": ("cluster-role", "cluster-nodes-group"),
    "managed_nodegroups_py": ("cluster-role", "example-managed-ng0-role", "aws-managed-ng2-role"),
}
ADDED = {"aws:iam/rolePolicyAttachment:RolePolicyAttachment", "aws:ec2/launchTemplate:LaunchTemplate"}


@pytest.mark.parametrize(
    ("command", "name"), [("terraform", each) for each in ROOTS] + [("state", p) for p in PROGRAMS]
)
def test_a_public_root_is_taken_over_with_its_roles_and_nothing_replaced(
    tmp_path: Path, command: str, name: str
) -> None:
    if command == "terraform":
        state, made = states.terraform(getattr(public_roots, name)()), ROOTS[name]
    else:
        state, made = getattr(public_programs, name)(), PROGRAMS[name]
    _, report = _imported(tmp_path, command, state, ())
    assert report["safe"]
    assert {f"prod-{each}" for each in made} <= adopted(report).keys()
    assert {each["type"] for each in report["created"]} <= ADDED


def test_what_terraform_aws_eks_made_is_described(tmp_path: Path) -> None:
    stack, report = imported(tmp_path, "eks_21")
    assert stack["network"]["subnet_ids"]["private"] == sorted(states.private())
    assert not any(states.subnet("database", 0) in ids for ids in stack["network"]["subnet_ids"].values())
    key = stack["cluster"]["encryption_config"]
    assert key["description"] == "shop cluster encryption key"
    assert key["policy"]["Statement"][0]["Action"] == "kms:*"
    assert stack["cluster"]["iam_role"] == {
        "name": "shop-cluster",
        "policy_arns": {"shop-encryption": f"{states.IAM}:policy/shop-encryption"},
    }
    assert stack["node_roles"]["shop-nodes"] == {
        "session_manager": False,
        "policies": {
            "ec2containerregistryreadonly": "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly",
            "eks-cni-policy": "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy",
        },
        "iam_role": {"name": "shop-nodes"},
    }
    assert stack["compute"]["apps"] == {
        "kind": "managed_nodes",
        "ami_type": "AL2023_x86_64_STANDARD",
        "capacity_type": "SPOT",
        "version": "1.33",
        "instance_types": ["m6i.large", "m5.large"],
        "node_role": "shop-nodes",
        "min_size": 2,
        "max_size": 6,
        "desired_size": 3,
        "update_config": {"max_unavailable_percentage": 33},
        "launch_template": {"id": "lt-0b0b0b0b0b0b0b0b0", "version": "4"},
    }
    assert stack["addons"]["aws_ebs_csi_driver"]["service_account_role_arn"] == f"{states.IAM}:role/shop-ebs-csi"
    assert stack["access"]["developers"]["policies"] == [{"policy": "AmazonEKSEditPolicy", "namespaces": ["shop"]}]
    assert adopted(report)["prod-apps-group"]["keep"] == ["nodeGroupName"]
    assert adopted(report)["prod-oidc"]["keep"] == []


def test_what_cannot_be_said_is_left_alone_and_listed(tmp_path: Path) -> None:
    _, report = imported(tmp_path, "eks_21")
    left = {each["place"] for each in report["left_alone"]}
    assert {
        "module.karpenter.aws_sqs_queue.this[0]",
        "helm_release.karpenter",
        "module.karpenter.aws_iam_role.node[0]",
    } <= left
    assert any(each["note"].startswith("stays as it is, with its subnets, gateways") for each in report["notes"])
    every = len(states.eks_21())
    assert len(left) + len(report["adopted"]) == every


def test_a_group_without_a_launch_template_keeps_that_of_eks(tmp_path: Path) -> None:
    _, report = imported(tmp_path, "eks_20")
    assert adopted(report)["prod-plain-group"]["keep"] == ["launchTemplate", "nodeGroupName"]
    assert [each["name"] for each in report["created"]] == ["prod-plain-template"]
    assert any("has no launch template" in each["note"] for each in report["notes"])


def test_a_cluster_with_aws_auth_alone_says_what_the_next_up_does(tmp_path: Path) -> None:
    stack, report = imported(tmp_path, "plain")
    assert stack["cluster"]["authentication_mode"] == "API_AND_CONFIG_MAP"
    assert "accessConfig.authenticationMode" in adopted(report)["prod-cluster"]["changes"]
    assert any("cannot be reverted" in each["note"] for each in report["notes"])


def test_what_the_stack_file_describes_and_does_not_make_is_told(tmp_path: Path) -> None:
    _, report = _imported(tmp_path, "state", pulumi_states.eks_4(), ())
    assert report["not_made"] == {"aws:eks/addon:Addon shop-coredns": "addons.coredns"}


def test_the_log_group_that_eks_made_is_taken_over_too(tmp_path: Path) -> None:
    stack, report = imported(tmp_path, "plain")
    assert stack["cluster"]["log_group"] == {"retention_in_days": 0}
    assert adopted(report)["prod-cluster-logs"]["id"] == "/aws/eks/bare/cluster"


def test_in_the_same_stack_resources_are_renamed_by_aliases(tmp_path: Path) -> None:
    _imported(tmp_path, "state", pulumi_states.eks_3(), ("--same-stack",))
    adoption = read_adoption(tmp_path / "prod.adopt.yaml")
    cluster = adoption.of("aws:eks/cluster:Cluster", "prod-cluster")
    assert cluster is not None
    assert cluster.alias is not None
    assert cluster.alias.endswith("::shop-eksCluster")
    logs = adoption.of("aws:cloudwatch/logGroup:LogGroup", "prod-cluster-logs")
    assert logs is not None
    assert logs.id == "/aws/eks/shop-eksCluster-9f8e7d6/cluster"


def test_commands_by_which_the_source_forgets_are_told(tmp_path: Path) -> None:
    states.written(tmp_path / "s.json", states.terraform(states.eks_21()))
    done = called("import", "terraform", "s.json", "-o", "prod.yaml", cwd=tmp_path)
    assert "terraform state rm module.eks\n" in done.stdout
    assert "terraform state rm module.karpenter\n" in done.stdout
    states.written(tmp_path / "p.json", pulumi_states.eks_4())
    done = called("import", "state", "p.json", "-o", "eu.yaml", cwd=tmp_path)
    assert "pulumi stack rm --force --stack OLD" in done.stdout
    done = called("import", "state", "p.json", "-o", "us.yaml", "--same-stack", cwd=tmp_path)
    first, _, rest = done.stdout.partition("pulumi up --stack us\n")
    assert "FIRST: 3 resources of this stack are not part of the new program" in first
    assert "pulumi stack rm" not in rest


def test_terraform_forgets_the_innermost_modules_whatever_their_keys(tmp_path: Path) -> None:
    """Not the module around them, with the VPC in it; a shell and Terraform read the address as it is told."""
    outer = 'module.platform["eu.west]1"].'
    cell = outer + r'module.cell["a \"b\".c"].'
    rows = [
        (outer + address if address.startswith("module.vpc") else cell + address, attributes)
        for address, attributes in states.eks_21()
    ]
    states.written(tmp_path / "s.json", states.terraform(rows))
    done = called("import", "terraform", "s.json", "-o", "prod.yaml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = [line.split(" rm ", 1)[1] for line in done.stdout.splitlines() if "terraform state rm" in line]
    assert [shlex.split(each) for each in told] == [[f"{cell}module.eks"], [f"{cell}module.karpenter"]]


def test_a_key_of_terraform_is_written_as_terraform_prints_it() -> None:
    row = {
        "mode": "managed",
        "type": "aws_vpc",
        "name": "v",
        "instances": [{"index_key": 'a "b".\\', "attributes": {}}],
    }
    (found,) = holdings_of({"version": 4, "resources": [row]}, "s").resources
    assert found.place == r'aws_vpc.v["a \"b\".\\"]'


def test_clusters_of_one_name_in_two_regions_are_not_mixed(tmp_path: Path) -> None:
    there = states.cluster("aws_eks_cluster.b", "twin", "1.34", arn="arn:aws:eks:us-east-1:123456789012:cluster/twin")
    states.written(tmp_path / "s.json", states.terraform([states.cluster("aws_eks_cluster.a", "twin", "1.34"), there]))
    for words in ((), ("--cluster", "twin")):
        done = called("import", "terraform", "s.json", *words, cwd=tmp_path)
        assert done.returncode == 2
        assert "holds several clusters of one name; got arn:aws:eks:eu-west-1:" in done.stderr
        assert "(aws_eks_cluster.b); their nodes and add-ons cannot be told apart" in done.stderr


def two() -> dict[str, Any]:
    return states.terraform(
        [states.cluster("aws_eks_cluster.a", "a", "1.34"), states.cluster("aws_eks_cluster.b", "b", "1.34")]
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '{"version": 3, "modules": []}',
            "is not a state of Terraform in format 4; got format 3; read and write it once",
        ),
        ('{"version": 4, "resources": [', "got text that is no JSON"),
        ("", "got an empty file"),
        ("[1, 2]", "is not a state of Terraform; got [1, 2]"),
        ('{"a": 1}', "is not a state of Terraform in format 4; got keys"),
        ('{"meta": {}, "encrypted_data": "x"}', "got a state that OpenTofu encrypted"),
        ('{"format_version": "1.2", "planned_values": {}}', "is a plan"),
        ('{"version": 4, "resources": []}', "holds no cluster; got 0 other resources"),
        (json.dumps(two()), "holds several clusters; got a, b; name one of them with --cluster"),
        ('{"version": 4, "resources": [{"mode": "managed"}]}', "got a resource without instances"),
        ('{"format_version": "1.0"}', "holds no cluster"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_a_state_of_terraform_that_cannot_be_read_ends_in_one_error(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "bad.tfstate").write_text(text)
    done = called("import", "terraform", "bad.tfstate", "-o", "prod.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not list(tmp_path.glob("prod*"))


def encrypted() -> dict[str, Any]:
    state = pulumi_states.eks_4()
    row = next(each for each in state["deployment"]["resources"] if each["type"] == "aws:eks/cluster:Cluster")
    row["outputs"]["vpcConfig"] = pulumi_states.HIDDEN
    return state


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"version": 3}', "is not an exported stack"),
        ('{"deployment": {"resources": {}}}', "needs a list"),
        ('{"deployment": {"resour', "got text that is no JSON"),
        ('{"deployment": {}}', "holds no cluster"),
        (json.dumps(encrypted()), "hides vpcConfig as secrets"),
    ],
)
def test_a_state_of_pulumi_that_cannot_be_read_ends_in_one_error(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "bad.json").write_text(text)
    done = called("import", "state", "bad.json", "-o", "prod.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert states.SECRET not in done.stderr
    assert not list(tmp_path.glob("prod*"))


def test_one_of_several_clusters_can_be_named(tmp_path: Path) -> None:
    states.written(tmp_path / "s.json", two())
    assert called("import", "terraform", "s.json", "--cluster", "b", cwd=tmp_path).stdout.count("name: b") == 1
    done = called("import", "terraform", "s.json", "--cluster", "c", cwd=tmp_path)
    assert "known are a, b" in done.stderr


def test_files_that_are_there_are_not_overwritten(tmp_path: Path) -> None:
    imported(tmp_path, "plain")
    done = called("import", "terraform", "state.json", "-o", "prod.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert "prod.yaml: is there already; got a file of that name; name another\n" in done.stderr
    assert "prod.adopt.yaml: is there already" in done.stderr


def test_neither_file_is_written_where_one_is_there(tmp_path: Path) -> None:
    states.written(tmp_path / "s.json", states.terraform(states.plain()))
    (tmp_path / "prod.adopt.yaml").write_text("mine\n")
    done = called("import", "terraform", "s.json", "-o", "prod.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert "prod.adopt.yaml: is there already" in done.stderr
    assert [file.name for file in tmp_path.glob("prod*")] == ["prod.adopt.yaml"]


def test_whatever_replaces_a_resource_is_read() -> None:
    for token, known in types().items():
        if token.startswith("aws:ec2/"):
            continue  # never taken over, but named by their ids
        replaced = {path.partition(".")[0] for path in immutable(token) or ()} - {"region"}
        assert replaced <= known.inputs, token


def test_what_a_cluster_has_and_a_stack_file_refuses_is_told_without_a_path_of_ours(tmp_path: Path) -> None:
    states.written(tmp_path / "old.tfstate", states.terraform([states.cluster("aws_eks_cluster.a", "a", "1.29")]))
    done = called("import", "terraform", "old.tfstate", "-o", "prod.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("prod.yaml, as it would be written:")
    assert 'cluster.version: is no longer offered by EKS; got "1.29"' in done.stderr


ODD: list[Any] = [None, "", 0, -1, True, [], {}, "x", ["a"], [None], {"a": 1}, [[1]], [{"a": None}], 3.5]


def _spots(value: Any) -> Iterator[tuple[Any, Any]]:
    for key, each in list(value.items() if isinstance(value, dict) else enumerate(value)):
        yield value, key
        if isinstance(each, dict | list):
            yield from _spots(each)


@pytest.mark.parametrize("seed", range(6))
def test_a_damaged_state_never_ends_in_a_traceback(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - nothing here is a secret
    whole = [
        states.terraform(states.eks_21()),
        states.shown(states.eks_20()),
        pulumi_states.eks_3(),
        pulumi_states.plain(),
    ]
    for _ in range(25):
        state = copy.deepcopy(chance.choice(whole))
        spots = list(_spots(state))
        for container, key in chance.sample(spots, 3):
            with suppress(IndexError, KeyError):
                container[key] = chance.choice(ODD)
        with suppress(InputError):
            found = pulumi_holdings(state, "state") if "deployment" in state else holdings_of(state, "state")
            as_yaml(drafted(found).data)


def test_a_state_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "big.tfstate").open("wb") as file:
        file.truncate(300 * 2**20)
    done = called("import", "terraform", "big.tfstate", cwd=tmp_path)
    assert done.returncode == 2
    assert "is too large; got 300 MiB, up to 256 are read" in done.stderr


def _pulumi(folder: Path, *lines: str) -> str:
    """A PATH on which `pulumi` is a script of these lines."""
    script = folder / "bin" / "pulumi"
    script.parent.mkdir()
    script.write_text("\n".join(["#!/bin/sh", *lines]) + "\n")
    script.chmod(0o755)
    return f"{script.parent}:/usr/bin:/bin"


def test_a_stack_is_exported_by_its_name(tmp_path: Path) -> None:
    states.written(tmp_path / "stack.json", pulumi_states.eks_4())
    path = _pulumi(tmp_path, 'test "$*" = "stack export --stack acme/shop/prod --non-interactive" && cat stack.json')
    done = called("import", "state", "acme/shop/prod", cwd=tmp_path, PATH=path)
    assert done.returncode == 0, done.stderr
    assert "name: shop-eksCluster-2468ace" in done.stdout


def test_a_stack_that_cannot_be_exported_is_told_in_the_words_of_pulumi(tmp_path: Path) -> None:
    path = _pulumi(tmp_path, "echo 'error: no stack named prod found' >&2", "exit 255")
    done = called("import", "state", "prod", cwd=tmp_path, PATH=path)
    assert done.returncode == 2
    assert "cannot be exported; got error: no stack named prod found" in done.stderr
    assert called("import", "state", "prod", cwd=tmp_path, PATH="/nowhere").returncode == 2


def test_what_nodes_report_of_themselves_has_the_shape_that_a_state_has() -> None:
    groups = {"resources": [{"autoscalingGroups": [{"name": "eks-a"}], "remoteAccessSecurityGroupId": "sg-1"}]}
    tags = {"tags": [{"key": "a", "value": "b", "propagateAtLaunch": True}]}
    good = [("aws:eks/nodeGroup:NodeGroup", groups), ("aws:autoscaling/group:Group", tags)]
    check_shapes(Holdings(tuple(Found.of(type_, "a", given) for type_, given in good), "state.json"))
    for type_, wrong in [
        ("aws:eks/nodeGroup:NodeGroup", {"resources": ["eks-a"]}),
        ("aws:autoscaling/group:Group", {"tags": {"a": "b"}}),
        ("aws:eks/nodeGroup:NodeGroup", {"tags": [{"key": "a"}]}),
    ]:
        with pytest.raises(InputError, match="needs a"):
            check_shapes(Holdings((Found.of(type_, "a", wrong),), "state.json"))


def of_role(change: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The cluster of a stack file where the role of the cluster is changed, and what is noted."""
    rows = [
        (address, attributes | change if attributes.get("name") == "shop-cluster" else attributes)
        for address, attributes in states.eks_21()
    ]
    draft = drafted(holdings_of(states.terraform(rows), "s"))
    return draft.data["cluster"], [each.what for each in draft.notes]


def trust(**principal: Any) -> dict[str, Any]:
    return {"assume_role_policy": json.dumps({"Statement": [{"Effect": "Allow", "Principal": principal}]})}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            trust(Service=["eks.amazonaws.com", "ec2.amazonaws.com"]),
            "lets ec2.amazonaws.com, eks.amazonaws.com take it",
        ),
        (trust(Service="eks.amazonaws.com", AWS="arn:aws:iam::123456789012:root"), "lets AWS arn:aws:iam::1234"),
        (
            {"assume_role_policy": json.dumps({"Statement": {"Effect": "Deny", "Principal": "*"}})},
            "lets Deny * take it",
        ),
        ({"assume_role_policy": "{"}, "its trust policy cannot be read"),
    ],
)
def test_a_role_that_others_take_on_stays_by_its_arn(change: dict[str, Any], said: str) -> None:
    cluster, notes = of_role(change)
    assert cluster["role_arn"] == f"{states.IAM}:role/shop-cluster"
    assert "iam_role" not in cluster
    assert any(said in each and "stays as it is, by its ARN" in each for each in notes)


def test_what_is_said_of_a_role_is_taken_over_and_inline_policies_are_told() -> None:
    policy = "arn:aws:iam::aws:policy/AmazonEKSServicePolicy"
    cluster, notes = of_role(
        {
            **trust(Service="eks.amazonaws.com"),
            "path": "/eks/",
            "description": "of the team",
            "max_session_duration": 7200,
            "permissions_boundary": "arn:aws:iam::123456789012:policy/edge",
            "managed_policy_arns": [policy],
            "inline_policy": [{"name": "extra", "policy": "{}"}],
            "tags": {"team": "a"},
        }
    )
    assert cluster["role_permissions_boundary"] == "arn:aws:iam::123456789012:policy/edge"
    assert cluster["iam_role"] == {
        "name": "shop-cluster",
        "path": "/eks/",
        "description": "of the team",
        "max_session_duration": 7200,
        "tags": {"team": "a"},
        "policy_arns": {"shop-encryption": f"{states.IAM}:policy/shop-encryption", "eksservicepolicy": policy},
    }
    assert any("inline policies stay as they are, managed by nobody: extra" in each for each in notes)


def test_a_key_that_no_field_describes_stays_by_its_arn() -> None:
    rows = states.eks_21()
    next(attributes for _, attributes in rows if "key_usage" in attributes)["xks_key_id"] = "x-1"
    draft = drafted(holdings_of(states.terraform(rows), "s"))
    assert draft.data["cluster"]["encryption_config"]["key_arn"].startswith("arn:aws:kms:")
    assert any("xksKeyId: no field says this of a key" in each.what for each in draft.notes)


def test_subnets_of_the_control_plane_may_be_those_of_nodes() -> None:
    rows = dict(states.plain())
    network = rows["aws_eks_cluster.main"]["vpc_config"][0]
    network["subnet_ids"] = [*states.private(), states.subnet("public", 0), states.subnet("public", 1)]
    draft = drafted(holdings_of(states.terraform([*states.vpc(), *rows.items()]), "s"))
    assert draft.data["network"]["subnet_ids"] == {
        "control_plane": sorted(network["subnet_ids"]),
        "private": sorted(states.private()),
        "public": sorted(states.subnet("public", index) for index in range(3)),
    }
    load_stack_text(as_yaml(draft.data))


def test_where_every_node_keeps_pods_off_addons_are_left_alone() -> None:
    rows = [*states.plain(), states.addon("aws_eks_addon.dns", "coredns", "bare", "v1.12.1-eksbuild.2")]
    for _, attributes in rows:
        if "node_group_name" in attributes:
            attributes["taint"] = [{"key": "team", "value": "a", "effect": "NO_SCHEDULE"}]
    draft = drafted(holdings_of(states.terraform(rows), "s"))
    assert list(draft.data["addons"]) == ["vpc_cni"]
    assert any("no node takes its pods, as all have taints (team)" in each.what for each in draft.notes)
    load_stack_text(as_yaml(draft.data))
    rows[-1][1]["configuration_values"] = '{"tolerations": [{"key": "team", "operator": "Exists"}]}'
    draft = drafted(holdings_of(states.terraform(rows), "s"))
    assert "coredns" in draft.data["addons"]
    load_stack_text(as_yaml(draft.data))


def load_stack_text(text: str) -> None:
    """Check a stack file."""
    assert problems(text) == []


def test_what_is_unfinished_in_a_state_is_told() -> None:
    state = pulumi_states.plain()
    rows = state["deployment"]["resources"]
    group = next(each for each in rows if each["type"] == "aws:eks/nodeGroup:NodeGroup")
    rows.append({**group, "delete": True, "id": "shop-1357bdf:apps-older"})
    state["deployment"]["pending_operations"] = [{"type": "creating", "resource": rows[-2]}, {"type": 1}, None]
    draft = drafted(pulumi_holdings(state, "s"))
    told = [f"{each.place}: {each.what}" for each in draft.notes]
    assert any("was interrupted while creating" in each for each in told)
    assert any("NodeGroup apps: is still to be deleted" in each for each in told)
    assert len([each for each in draft.data["compute"].values() if each["kind"] == "managed_nodes"]) == 1
    state = states.terraform(states.plain())
    state["resources"][2]["instances"][0]["status"] = "tainted"
    (note,) = holdings_of(state, "s").doubts
    assert note[0] == "aws_eks_node_group.main"
    assert "is tainted, so that Terraform would replace it" in note[1]


def test_a_stack_file_is_not_called_like_an_adoption(tmp_path: Path) -> None:
    states.written(tmp_path / "s.json", states.terraform(states.plain()))
    done = called("import", "terraform", "s.json", "-o", "d.adopt.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert "names the stack file; got d.adopt.yaml, which is for its adoption; write d.yaml" in done.stderr
    assert not list(tmp_path.glob("d*"))


def test_what_two_clusters_have_together_is_taken_over_by_neither() -> None:
    rows = states.eks_21()
    place, cluster = next((place, each) for place, each in rows if place.endswith("aws_eks_cluster.this[0]"))
    other = cluster | {"name": "twin", "id": "twin", "arn": f"{states.EKS}:cluster/twin"}
    rows.append((place.replace("module.eks", "module.twin"), other))
    rows.append(
        states.node_group("aws_eks_node_group.b", "b", "twin", "1.34", node_role_arn=f"{states.IAM}:role/shop-nodes")
    )
    for name in ("shop", "twin"):
        draft = drafted(holdings_of(states.terraform(rows), "s"), name)
        assert not draft.given
        assert draft.data["cluster"]["role_arn"] == f"{states.IAM}:role/shop-cluster"
        assert draft.data["cluster"]["encryption_config"].keys() == {"key_arn"}
        assert all("node_role_arn" in each for each in draft.data["compute"].values())
        other_one = {"shop": "twin", "twin": "shop"}[name]
        assert sum(f"of {other_one} too: stays as it is" in each.what for each in draft.notes) == 3
