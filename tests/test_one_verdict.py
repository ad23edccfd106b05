"""`check` and `preview` say the same of a stack file: both take it, or both refuse it with a place and a reason.

`VERDICTS=10000 SEED=7 pytest tests/test_one_verdict.py` tries as many files, each seed others.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.core.errors import InputError
from eks_blueprints.review.preview.run import preview
from eks_blueprints.review.preview.targets import Target, stack_target
from eks_blueprints.stackfile.settle import checked
from tests.stack_files import StackFiles, written

FILES = int(os.environ.get("VERDICTS", "40"))
SEED = int(os.environ.get("SEED", "1"))

CLUSTER = 'region: eu-west-1\ncluster: {version: "1.35"}\n'
OWN_VPC = (
    "network: {vpc_id: vpc-0123456789abcdef0, subnet_ids: {%s: [subnet-0123456789abcdef0, subnet-0123456789abcdef1]}}\n"
)
NODES = "compute: {n: {kind: managed_nodes, %s}}\n"
PROJECT = "name: shop\nruntime: python\n"
PROGRAM = "import pulumi\nfrom eks_blueprints import stackfile\nstackfile.deploy(f'{pulumi.get_stack()}.yaml')\n"


def tags(prefix: str, count: int) -> str:
    return ", ".join(f"{prefix}{number}: x" for number in range(count))


def by_check(file: Path) -> str | None:
    """What `check` refuses a file with; None where it takes it."""
    try:
        checked(file)
    except InputError as error:
        return str(error)
    return None


def by_preview(file: Path, target: Target | None = None) -> str | None:
    """The same of `preview`."""
    try:
        found = preview(target or Target(file.stem, None, file)).findings
    except InputError as error:
        return str(error)
    return "\n".join(f"{each.name}: {each.message}" for each in found if each.severity == "error") or None


def project(folder: Path, stack: str, settings: str) -> Path:
    """The folder of a project whose program deploys the stack file beside it, with settings of a stack."""
    where = folder / "shop"
    where.mkdir(exist_ok=True)
    (where / "Pulumi.yaml").write_text(PROJECT)
    (where / "__main__.py").write_text(PROGRAM)
    (where / f"Pulumi.{stack}.yaml").write_text(settings)
    return where


def test_generated_files_get_one_verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EKS_BLUEPRINTS_DEBUG")  # a blueprint that breaks is one of them, and is refused
    files = StackFiles(SEED)
    apart, taken = [], 0
    for _ in range(FILES):
        name, text = files.one()
        settings = files.settings()
        file = written(tmp_path if settings is None else project(tmp_path, name, settings), name, text)
        if file is None:
            continue
        one, other = by_check(file), by_preview(file, None if settings is None else stack_target(str(file)))
        taken += one is None
        unforeseen = "EKS_BLUEPRINTS_DEBUG" in f"{one}{other}" and "of its own" not in f"{one}{other}"
        if (one is None) != (other is None) or unforeseen:
            apart.append(f"check: {one}\npreview: {other}\nsettings: {settings}\n{name}.yaml:\n{text}")
        file.unlink()
    assert not apart, "\n\n".join(apart)
    assert taken or FILES < 40, "all of them were refused, which shows little"


def test_a_file_in_two_parts_gets_the_verdict_of_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EKS_BLUEPRINTS_DEBUG")
    files = StackFiles(SEED)
    apart = []
    for _ in range(FILES):
        name, text = files.one()
        parts = files.parted(text)
        file = written(tmp_path, name, text)
        if parts is None or file is None:
            continue
        whole = by_check(file)
        (tmp_path / "base.yaml").write_text(parts[0])
        file.write_text(parts[1])
        one, other = by_check(file), by_preview(file)
        if len({whole is None, one is None, other is None}) > 1:
            apart.append(
                f"whole: {whole}\ncheck: {one}\npreview: {other}\nbase.yaml: {parts[0]}\n{name}.yaml: {parts[1]}"
            )
        file.unlink()
    assert not apart, "\n\n".join(apart)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (CLUSTER + NODES % "ami_type: AL2_x86_64", "3:46: compute.n.ami_type: has no image for Kubernetes 1.35"),
        (CLUSTER + NODES % "zones: [eu-west-1z]", "3:44: compute.n.zones[0]: has no private subnet; got eu-west-1z"),
        (CLUSTER + "compute: {n: {kind: self_managed_nodes, zones: [us-east-1a]}}", "compute.n.zones[0]: has no"),
        (
            CLUSTER + "compute: {f: {kind: fargate, selectors: [{namespace: default}], zones: [x]}}",
            "compute.f.zones[0]",
        ),
        (CLUSTER + OWN_VPC % "public" + NODES % "min_size: 1", "compute.n.subnets: needs private subnets"),
        (CLUSTER + OWN_VPC % "private" + NODES % "subnets: public", "compute.n.subnets: needs public subnets"),
        (
            CLUSTER + OWN_VPC % "public" + "compute: {n: {kind: managed_nodes, subnets: public}, k: {kind: karpenter, "
            "node_classes: {default: {ami_selector_terms: [{alias: al2023@v20250920}]}}}}",
            "compute.k.node_classes.default.subnet_selector_terms: is needed; got a network without private subnets",
        ),
        (
            CLUSTER + NODES % "min_size: 1" + "addons: {vpc_cni: {custom_networking: {}}, coredns: {}, kube_proxy: {}, "
            "eks_pod_identity_agent: {}}",
            "4:20: addons.vpc_cni.custom_networking.subnets: needs subnets for pods; got a network without any",
        ),
        (
            'region: eu-west-1\ncluster: {version: "1.35", oidc_provider: false}\n'
            + NODES % "min_size: 1"
            + "addons: {vpc_cni: {identity: irsa}, coredns: {}, kube_proxy: {}}",
            "addons.vpc_cni.identity: irsa needs an IAM OIDC provider; got a cluster without one",
        ),
        (CLUSTER + NODES % "node_role_arn: {config: role}", "compute.n.node_role_arn: config role is not set"),
        (CLUSTER + NODES % "node_role_arn: {secret: a:role}", "run: pulumi config set --secret a:role"),
        (
            CLUSTER + f"tags: {{{tags('a', 30)}}}\n" + NODES % f"tags: {{{tags('b', 30)}}}",
            "compute.n.tags: leave no room: a resource can have 50 with those of the platform; got 60",
        ),
        (CLUSTER + f"network: {{tags: {{{tags('a', 50)}}}}}", "network.tags: leave no room"),
    ],
)
def test_what_a_composed_platform_refuses_is_told_when_it_is_read(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "prod.yaml"
    file.write_text(text)
    assert told in (by_check(file) or "")
    assert by_check(file) == by_preview(file)


def test_a_name_of_a_service_fits_into_a_tag(tmp_path: Path) -> None:
    file = tmp_path / "prod.yaml"
    file.write_text(CLUSTER + NODES % "min_size: 1" + f"network: {{additional_endpoints: [{'x' * 200}]}}")
    assert "network.additional_endpoints[0]: is not a valid service name" in (by_check(file) or "")
    assert by_check(file) == by_preview(file)


def test_a_tag_less_than_the_most_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "prod.yaml"
    file.write_text(CLUSTER + NODES % f"tags: {{{tags('a', 49)}}}")
    assert by_check(file) is by_preview(file) is None


@pytest.mark.parametrize("name", ["a b", "ä", "-a", "x" * 101])
def test_a_name_that_no_resource_can_begin_with_is_refused(tmp_path: Path, name: str) -> None:
    file = tmp_path / f"{name}.yaml"
    file.write_text('region: eu-west-1\ncluster: {version: "1.35", name: shop}\ncompute: {n: {kind: managed_nodes}}\n')
    assert "needs a name of the stack that its resources' names can begin with" in (by_check(file) or "")
    assert by_check(file) == by_preview(file)


@pytest.mark.parametrize("name", ["y" * 100, "a.b"])
def test_a_long_or_dotted_name_is_made_to_fit(tmp_path: Path, name: str) -> None:
    file = tmp_path / f"{name}.yaml"
    file.write_text(
        'region: eu-west-1\ncluster: {version: "1.35", name: shop}\n'
        "compute: {system: {kind: managed_nodes}, karpenter: {node_classes: {default: {ami_selector_terms: "
        "[{alias: al2023@v20250920}]}}}}\n"
    )
    assert by_check(file) is by_preview(file) is None


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, "config role is not set; got nothing"),
        ({"shop:role": "x"}, "config role does not fit: is not a valid ARN of a role"),
        ({"shop:role": "arn:aws:iam::111122223333:role/a"}, None),
        ({"role": "arn:aws:iam::111122223333:role/a"}, None),
    ],
)
def test_settings_beside_a_stack_file_are_read(tmp_path: Path, settings: Mapping[str, Any], told: str | None) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (tmp_path / "__main__.py").write_text(
        "from eks_blueprints import stackfile\nstackfile.deploy('prod.yaml')\n",
    )
    lines = [f"  {key}: {value}" for key, value in settings.items()]
    (tmp_path / "Pulumi.prod.yaml").write_text("\n".join(["config:", *lines]) + "\n")
    file = tmp_path / "prod.yaml"
    file.write_text(CLUSTER + NODES % "node_role_arn: {config: role}")
    one, other = by_check(file), by_preview(file, stack_target(str(file)))
    for said in (one, other):
        assert said is None if told is None else told in (said or "")


def test_a_public_subnet_named_by_the_settings_is_found(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (tmp_path / "Pulumi.prod.yaml").write_text("config: {shop:subnet: subnet-0123456789abcdef1}\n")
    file = tmp_path / "prod.yaml"
    fargate = (
        "compute: {f: {kind: fargate, selectors: [{namespace: x}], subnet_ids: [{config: subnet}]}}\ncore_addons: []\n"
    )
    file.write_text(CLUSTER + OWN_VPC % "public" + fargate)
    assert "compute.f.subnet_ids[0]: is a public subnet" in (by_check(file) or "")


@pytest.mark.parametrize("settings", ["environment: [shop/prod]\n", "environment: {imports: [base]}\nconfig: {}\n"])
def test_what_an_environment_may_set_is_unknown_and_not_missing(tmp_path: Path, settings: str) -> None:
    file = project(tmp_path, "prod", settings) / "prod.yaml"
    file.write_text(CLUSTER + NODES % "node_role_arn: {config: role}")
    (told,) = [str(doubt) for doubt in checked(file).warnings() if "environment" in doubt.message]
    assert "3:51: compute.n.node_role_arn: config role may come from the stack's environment" in told
    found = preview(stack_target(str(file)))
    assert not found.refused
    assert any("config role may come from the stack's environment" in note for note in found.notes)
    (group,) = [each for each in found.plan.resources if each.type == "aws:eks/nodeGroup:NodeGroup"]
    assert group.inputs["nodeRoleArn"] == "${config.shop:role}"


def test_a_key_that_is_set_wrongly_is_an_error_beside_an_environment_too(tmp_path: Path) -> None:
    file = project(tmp_path, "prod", "environment: [shop/prod]\nconfig: {role: x}\n") / "prod.yaml"
    file.write_text(CLUSTER + NODES % "node_role_arn: {config: role}")
    for said in (by_check(file), by_preview(file, stack_target(str(file)))):
        assert "config role does not fit: is not a valid ARN of a role" in (said or "")


def test_what_methods_of_ones_own_may_change_is_doubted_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "verdict_team.py").write_text(
        "import eks_blueprints as e\n"
        "class Team(e.Blueprint):\n"
        "    def prepare(self):\n"
        "        return self.args.but(cluster=self.args.cluster.but(name='shop'))\n"
        "class Plain(e.Blueprint):\n"
        "    pass\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    file = tmp_path / f"{'x' * 101}.yaml"
    file.write_text("blueprint: verdict_team.Team\n" + CLUSTER + NODES % "min_size: 1")
    assert "needs a name of the stack" in (by_check(file) or "")
    file = tmp_path / "prod.yaml"
    file.write_text("blueprint: verdict_team.Team\n" + CLUSTER + NODES % "node_role_arn: {config: role}")
    stack = checked(file)
    assert stack.unchecked == ("prepare",)
    assert ["(unless prepare() changes it)" in str(doubt) for doubt in stack.warnings()].count(True) == 1
    file.write_text("blueprint: verdict_team.Plain\n" + CLUSTER + NODES % "node_role_arn: {config: role}")
    assert "config role is not set; got nothing" in (by_check(file) or "")
    file.write_text("blueprint: verdict_team.Plain\n" + CLUSTER + NODES % "min_size: 1")
    assert checked(file).unchecked == ()
