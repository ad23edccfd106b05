"""Taking over what exists, on the real engine: imports alone, then changes in place alone, then nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

import boto3
import pytest

from eks_blueprints.lifecycle.importers.account import read_cluster
from eks_blueprints.lifecycle.importers.found.adoption import judged
from eks_blueprints.lifecycle.importers.found.model import Holdings
from eks_blueprints.lifecycle.importers.found.stack import drafted
from eks_blueprints.lifecycle.importers.pulumi_state import read_state as read_stack_state
from eks_blueprints.lifecycle.importers.terraform import read_state
from eks_blueprints.lifecycle.importers.writing import as_yaml
from tests.lifecycle.importers import public_programs, public_roots, pulumi_states, recorded, states

from .harness import Engine, Project, Result
from .held import hold, hold_named

pytestmark = pytest.mark.engine

PROGRAM = """\
from pathlib import Path

from eks_blueprints import stackfile

stackfile.deploy(Path(__file__).with_name("dev.yaml"))
"""


def project_of(engine: Engine, holdings: Holdings, *, aliases: bool = False) -> Project:
    """A project whose stack file and adoption an importer wrote, in an account that holds what it found."""
    draft = drafted(holdings)
    text = as_yaml(draft.data)
    found = judged(draft, text, "dev", aliases=aliases)
    assert not found.replaced
    files = {"dev.yaml": text, "dev.adopt.yaml": found.text("Imported for a test.")}
    project = engine.program(PROGRAM, files=files)
    hold(project, found, (*holdings.resources, *draft.extra))
    hold_named(project, text)
    return project


def of_aws(result: Result) -> dict[str, set[str]]:
    """What happens to resources of AWS: operation to types."""
    found: dict[str, set[str]] = {}
    for step in result.steps:
        if step.type.startswith("aws:") and step.op != "same":
            found.setdefault(step.op, set()).add(step.type.rpartition(":")[2])
    return found


ADDED = {"Alias", "LaunchTemplate", "RolePolicyAttachment"}
"""What may be created beside what is imported: neither data nor nodes are in it."""


OF_ROLES_AND_KEYS = {"Role", "RolePolicyAttachment", "Key", "Alias"}


def taken_over(project: Project, imported: AbstractSet[str] = frozenset()) -> Result:
    """Take over all that was found, these types among it, and let the stack file hold; gives the up after that."""
    first = project.preview()
    preview = of_aws(first)
    assert preview.pop("create", set()) <= ADDED
    assert preview.keys() == {"import"}, [step for step in first.steps if step.op not in ("import", "same")]
    assert imported <= preview["import"]
    before = {row.key: row.outputs for row in project.account.rows() if row.origin == "seed"}
    adopted = of_aws(project.up())
    assert adopted.pop("create", set()) <= ADDED
    assert adopted == preview
    after = {row.key: row.outputs for row in project.account.rows() if row.origin == "seed"}
    assert after == before, "the adoption changed something"
    project.edit("dev.adopt.yaml", "adopted: false", "adopted: true")
    changes = project.up()
    assert of_aws(changes).keys() <= {"update"}
    assert project.up().unchanged
    return changes


ROOTS = [states.eks_21, states.eks_20, states.plain]
PUBLIC_ROOTS = [
    public_roots.managed_nodes,
    public_roots.self_managed_nodes,
    public_roots.karpenter,
    public_roots.learn,
]


@pytest.mark.parametrize("rows", [*ROOTS, *PUBLIC_ROOTS])
def test_a_root_of_terraform_is_taken_over_with_nothing_replaced(
    engine: Engine, tmp_path: Path, rows: Callable[[], list[states.Row]]
) -> None:
    state = states.written(tmp_path / "terraform.tfstate", states.terraform(rows()))
    taken_over(project_of(engine, read_state(str(state))))


PROGRAMS = [pulumi_states.eks_2, pulumi_states.eks_3, pulumi_states.eks_4, pulumi_states.plain]
PUBLIC_PROGRAMS = [public_programs.aws_py_eks, public_programs.aws_ts_eks, public_programs.managed_nodegroups_py]


@pytest.mark.parametrize("exported", [*PROGRAMS, *PUBLIC_PROGRAMS])
def test_a_stack_of_pulumi_is_taken_over_with_nothing_replaced(
    engine: Engine, tmp_path: Path, exported: Callable[[], dict[str, Any]]
) -> None:
    state = states.written(tmp_path / "stack.json", exported())
    taken_over(project_of(engine, read_stack_state(str(state))))


@pytest.mark.parametrize("groups", [{"AutoScalingGroups": []}, recorded.self_managed()])
def test_a_cluster_that_runs_is_taken_over_with_nothing_replaced(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, groups: dict[str, Any]
) -> None:
    recorded.play(monkeypatch, {**recorded.answers(), "DescribeAutoScalingGroups": groups})
    session = boto3.Session("testing", "testing", region_name=recorded.REGION)
    taken_over(project_of(engine, read_cluster(session, recorded.NAME)), OF_ROLES_AND_KEYS)


OLD = """\
import json

import pulumi
import pulumi_aws as aws


def role(name, service, *policies):
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
    made = aws.iam.Role(name, assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
    arns = [f"arn:aws:iam::aws:policy/{policy}" for policy in policies]
    attached = [aws.iam.RolePolicyAttachment(f"{name}-{n}", role=made.name, policy_arn=a) for n, a in enumerate(arns)]
    return made.arn, pulumi.ResourceOptions(depends_on=attached)


role_arn, ready = role("cluster", "eks.amazonaws.com", "AmazonEKSClusterPolicy")
nodes = ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryReadOnly", "AmazonEKS_CNI_Policy")
node_role_arn, nodes_ready = role("nodes", "ec2.amazonaws.com", *nodes)
cluster = aws.eks.Cluster(
    "shop",
    role_arn=role_arn,
    version="1.34",
    access_config={"authentication_mode": "API"},
    vpc_config={"subnet_ids": SUBNETS, "endpoint_private_access": True, "endpoint_public_access": False},
    kubernetes_network_config={"service_ipv4_cidr": "172.20.0.0/16"},
    opts=ready,
)
aws.eks.NodeGroup(
    "apps",
    cluster_name=cluster.name,
    node_role_arn=node_role_arn,
    subnet_ids=SUBNETS,
    ami_type="AL2023_x86_64_STANDARD",
    capacity_type="ON_DEMAND",
    instance_types=["m6i.large"],
    scaling_config={"min_size": 1, "max_size": 3, "desired_size": 2},
    launch_template={"id": "lt-0a0a0a0a0a0a0a0a0", "version": "1"},
    version="1.34",
    opts=nodes_ready,
)
aws.eks.Addon("proxy", cluster_name=cluster.name, addon_name="kube-proxy", addon_version="v1.34.0-eksbuild.2")
"""


RETAIN = """\
def retained(args):
    args.opts.retain_on_delete = True
    return pulumi.ResourceTransformResult(args.props, args.opts)


pulumi.runtime.register_resource_transform(retained)


"""


def test_a_program_takes_over_the_stack_of_another_by_aliases(engine: Engine, tmp_path: Path) -> None:
    """From the default AWS provider to the stack's own, which the engine takes for the same in one region."""
    old = OLD.replace("SUBNETS", repr(states.private()))
    project = engine.program(old)
    hold_named(project, f"{states.private()} lt-0a0a0a0a0a0a0a0a0")
    project.up()
    exported = json.loads(project._pulumi("stack", "export", "--stack", project.stack))
    holdings = read_stack_state(str(states.written(tmp_path / "stack.json", exported)))
    draft = drafted(holdings)
    text = as_yaml(draft.data)
    found = judged(draft, text, "dev", aliases=True)
    assert all(each.adopted.alias for each in found.taken.values())
    # What the new program does not make leaves the state, and would be deleted in AWS too.
    project.write(old.replace("def role", f"{RETAIN}def role"))
    assert project.up().unchanged
    there = {row.id for row in project.account.rows()}
    project.write(PROGRAM)
    project.write(text, "dev.yaml")
    project.write(found.text("Imported for a test."), "dev.adopt.yaml")
    # Access to the CNI is what the stack's own roles do without.
    made = {"create": {"RolePolicyAttachment"}}
    assert of_aws(project.preview()) == made
    assert of_aws(project.up()) == made
    assert there <= {row.id for row in project.account.rows()}
    project.edit("dev.adopt.yaml", "adopted: false", "adopted: true")
    assert of_aws(project.up()).keys() <= {"update"}
    assert project.up().unchanged
