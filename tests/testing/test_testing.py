"""The test kit: what its assertions take, and what they say when they fail."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pulumi
import pulumi_aws as aws
import pytest

from eks_blueprints import Blueprint
from eks_blueprints.testing import Recorded, record, record_stack
from tests import PROJECT

TRUST = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}]}'


def program() -> None:
    role = aws.iam.Role("nodes-role", assume_role_policy=TRUST, tags={"team": "shop", "kubernetes.io/x": "y"})
    policy = aws.iam.RolePolicyAttachment("nodes-policy", role=role.name, policy_arn="arn:aws:iam::aws:policy/x")
    aws.eks.NodeGroup(
        "nodes",
        cluster_name="shop",
        node_role_arn=role.arn,
        subnet_ids=["subnet-1", "subnet-2"],
        scaling_config={"min_size": 1, "max_size": 3, "desired_size": 1},
        opts=pulumi.ResourceOptions(depends_on=[policy], protect=True, ignore_changes=["scalingConfig.desiredSize"]),
    )
    aws.iam.Role("other-role", assume_role_policy=TRUST)
    pulumi.export("role", role.arn)
    pulumi.export("password", pulumi.Output.secret("hunter2"))


@pytest.fixture(scope="module")
def shop() -> Recorded:
    return record(program)


@pytest.mark.parametrize(
    "what", ["aws:eks/nodeGroup:NodeGroup", "eks.NodeGroup", "NodeGroup", "nodes", aws.eks.NodeGroup]
)
def test_a_resource_is_found_by_token_short_form_class_or_name(shop: Recorded, what: str | type) -> None:
    assert shop.one(what).name == "nodes"


def test_a_resource_is_found_by_what_the_preview_prints() -> None:
    from eks_blueprints.review.preview.facts import short_type

    def release() -> None:
        import pulumi_kubernetes as kubernetes

        kubernetes.helm.v3.Release("logs", chart="logs")

    assert record(release).one("helm.Release").planned.type == "kubernetes:helm.sh/v3:Release"
    dev = record_stack(PROJECT / "stacks" / "dev.yaml")
    for resource in dev.plan.resources:
        assert resource.name in [each.name for each in dev.all(short_type(resource.type))]
    with pytest.raises(AssertionError, match=r"there are .*eks\.Cluster, eks\.NodeGroup"):
        dev.one("ec2.Instance")


USERS_TEST = """
def test_it(record):
    import pulumi_aws as aws

    shop = record(lambda: aws.eks.Addon("nodes", cluster_name="c", addon_name="x"))
    nodes = shop.one("nodes")
    {line}
"""


@pytest.mark.parametrize(
    "line",
    [
        'shop.one("ec2.Vpc")',
        'shop.none("eks.Addon")',
        'nodes["x.y"]',
        'nodes.has(clusterName="d")',
        'nodes.has({"x.y": 1})',
        'nodes.lacks("clusterName")',
        'nodes.waits_for("nodes")',
        "nodes.has_option(protect=True)",
        "shop.adds_only(shop, 'x').is_valid().none('nodes')",
    ],
)
def test_a_failing_test_shows_the_line_of_the_test(line: str, pytester: pytest.Pytester) -> None:
    pytester.makepyfile(USERS_TEST.format(line=line))
    lines = pytester.runpytest_inprocess("-p", "no:cacheprovider").outlines
    assert any(each.startswith(">   ") and line in each for each in lines)
    assert not any("recorded.py" in each for each in lines)


def test_a_component_is_found_by_its_class() -> None:
    assert record_stack(PROJECT / "stacks" / "dev.yaml").one(Blueprint).name == "dev"


def test_all_can_be_narrowed_by_name(shop: Recorded) -> None:
    assert [r.name for r in shop.all("iam.Role")] == ["nodes-role", "other-role"]
    assert [r.name for r in shop.all("iam.Role", "other")] == ["other-role"]
    assert shop.all("ec2.Vpc") == []


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda r: r.one("ec2.Vpc"), "expected one ec2.Vpc, found 0: there are eks.NodeGroup, iam.Role"),
        (lambda r: r.one("iam.Role"), "expected one iam.Role, found 2: aws:iam/role:Role nodes-role, aws:iam"),
        (lambda r: r.one("iam.Role", "x"), "expected one iam.Role x, found 0"),
        (lambda r: r.none("iam.Role"), "expected no iam.Role, found ["),
        (lambda r: r.one("nodes")["scalingConfig.minSiz"], "has no scalingConfig.minSiz; did you mean minSize?"),
        (lambda r: r.one("nodes")["subnetIds[2]"], "has no subnetIds[2]; there are 2 entries"),
        (lambda r: r.one("nodes")["subnetIds.first"], "has no subnetIds.first; there are 2 entries"),
        (lambda r: r.one("nodes")["clusterName.x"], "has no clusterName.x; there is 'shop'"),
        (lambda r: r.one("nodes").has(clusterName="x"), "NodeGroup nodes: clusterName is 'shop', not 'x'"),
        (lambda r: r.one("nodes").lacks("clusterName"), "clusterName is 'shop', not absent"),
        (lambda r: r.one("nodes").has_option(protect=False), "option protect is True, not False"),
        (lambda r: r.one("nodes-role").waits_for("nodes"), "Role nodes-role: does not wait for aws:eks/nodeGroup"),
    ],
)
def test_a_failure_says_what_there_is(shop: Recorded, ask: Callable[[Recorded], object], said: str) -> None:
    with pytest.raises(AssertionError) as failure:
        ask(shop)
    assert said in str(failure.value)


def test_inputs_are_read_by_path(shop: Recorded) -> None:
    nodes = shop.one("nodes")
    assert nodes["scalingConfig.minSize"] == 1
    assert nodes["subnetIds[1]"] == "subnet-2"
    assert nodes["nodeRoleArn"] == "${nodes-role.arn}"
    assert nodes.get("diskSize") is None
    assert shop.one("nodes-role")['tags["kubernetes.io/x"]'] == "y"
    assert shop.one("nodes-role")["assumeRolePolicy.Statement[0].Action"] == "sts:AssumeRole"


def test_assertions_can_be_chained(shop: Recorded) -> None:
    nodes = shop.one("nodes").has({"scalingConfig.maxSize": 3}, clusterName="shop").lacks("diskSize", "a.b[0].c")
    nodes.has_option(protect=True, ignore_changes=["scalingConfig.desiredSize"]).waits_for("nodes-policy")
    nodes.waits_for(shop.one("nodes-role"))
    assert shop.none("ec2.Vpc").is_valid() is shop


def test_outputs_show_no_secret(shop: Recorded) -> None:
    assert shop.outputs == {"role": "${nodes-role.arn}", "password": {"$secret": True}}


def test_an_input_that_a_provider_would_refuse_fails() -> None:
    wrong = record(
        lambda: aws.eks.NodeGroup(
            "n", cluster_name="c", node_role_arn="r", subnet_ids=["s"], scaling_config={"min_siez": 1}
        )
    )  # type: ignore[typeddict-unknown-key]
    with pytest.raises(AssertionError, match="min_siez"):
        wrong.is_valid()


def test_what_is_lost_and_what_is_strange_is_named(shop: Recorded) -> None:
    more = record(lambda: (program(), aws.iam.Role("third", assume_role_policy=TRUST)))
    more.adds_only(shop, "third")
    with pytest.raises(AssertionError, match=r"unexpected new resources: .*third"):
        more.adds_only(shop, "fourth")
    with pytest.raises(AssertionError, match=r"URNs are gone: .*third"):
        shop.adds_only(more)


def test_settings_of_a_recording_are_passed_on() -> None:
    def reads() -> None:
        pulumi.export("size", pulumi.Config().require("size"))
        pulumi.export("vpc", pulumi.StackReference("acme/network/prod").get_output("vpc_id"))

    given = {"acme/network/prod": {"vpc_id": "vpc-1"}}
    recorded = record(reads, stack="prod", project="shop", config={"size": "3"}, stack_references=given)
    assert recorded.outputs == {"size": "3", "vpc": "vpc-1"}
    assert recorded.plan.stack == "prod"


def test_a_stack_file_can_have_another_name() -> None:
    assert record_stack(PROJECT / "stacks" / "dev.yaml", "blue").one("blue-cluster").has(name="blue")


def run_pytest(folder: Path, text: str, *options: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_it.py").write_text(text)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(folder),
        *options,
        str(folder),
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False)


GOLDEN = """\
import pulumi_aws as aws
from tests import PROJECT

def test_it(record, golden):
    golden(record(lambda: aws.sqs.Queue("shop", delay_seconds={seconds})), "queue")
"""


def test_a_golden_recording_is_written_compared_and_written_again(tmp_path: Path) -> None:
    first = run_pytest(tmp_path, GOLDEN.format(seconds=1))
    assert "queue.txt: no golden recording yet; run pytest --update-golden and review it" in first.stdout
    assert run_pytest(tmp_path, GOLDEN.format(seconds=1), "--update-golden").returncode == 0
    assert "aws:sqs/queue:Queue shop\n" in (tmp_path / "golden" / "queue.txt").read_text()
    assert run_pytest(tmp_path, GOLDEN.format(seconds=1)).returncode == 0
    changed = run_pytest(tmp_path, GOLDEN.format(seconds=2))
    assert "-  delaySeconds: 1" in changed.stdout
    assert "+  delaySeconds: 2" in changed.stdout
    assert "if this is intended, run pytest --update-golden and review it" in changed.stdout
    assert run_pytest(tmp_path, GOLDEN.format(seconds=2), "--update-golden").returncode == 0
    assert run_pytest(tmp_path, GOLDEN.format(seconds=2)).returncode == 0


def test_the_plugin_costs_no_pulumi_until_a_test_records(tmp_path: Path) -> None:
    text = "import sys\n\ndef test_it():\n    assert 'pulumi' not in sys.modules\n"
    done = run_pytest(tmp_path, text)
    assert done.returncode == 0, done.stdout
