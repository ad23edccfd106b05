"""A team's own blueprint: other defaults, further fields, further resources."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import pulumi_aws as aws
import pytest
from pydantic import Field

from eks_blueprints import Blueprint, BlueprintArgs, NetworkArgs
from eks_blueprints.core.errors import InputError
from eks_blueprints.network.spec import AnyNetwork
from eks_blueprints.recording import ProgramError
from eks_blueprints.stackfile import load, open_stack
from eks_blueprints.testing import record, record_stack

REST = 'cluster: {version: "1.35"}\ncore_addons: []\n'
SMALL: dict[str, Any] = {"cluster": {"version": "1.35"}, "core_addons": []}


class TeamArgs(BlueprintArgs):
    """A platform of the team."""

    region: str = "eu-central-1"
    """Another default."""

    network: AnyNetwork = NetworkArgs(cidr="10.0.0.0/16", nat_gateways="none")
    """Another default."""

    cost_center: str = Field(default="CC-1", min_length=2)
    """A further field."""

    bucket: bool = False
    """A further resource."""


class TeamBlueprint(Blueprint):
    """Builds it."""

    Args: ClassVar = TeamArgs
    args: TeamArgs

    def prepare(self) -> TeamArgs:
        """Tag."""
        return self.args.but(tags=self.args.tags | {"cost-center": self.args.cost_center})

    def extend(self) -> None:
        """Add."""
        if self.args.bucket:
            aws.s3.Bucket(f"{self.pulumi_resource_name}-data", opts=self.child())


class Refusing(Blueprint):
    """Finds a mistake while preparing."""

    def prepare(self) -> BlueprintArgs:
        """Refuse."""
        return self.args.but(region="eu-wst-1")


def test_its_defaults_are_used() -> None:
    team = record(lambda: TeamBlueprint("team", TeamArgs.model_validate(SMALL)))
    team.one("team-aws").has(region="eu-central-1")
    team.one("ec2.Vpc").has(cidrBlock="10.0.0.0/16")
    team.none("ec2.NatGateway")


def test_its_field_becomes_a_tag_everywhere() -> None:
    team = record(lambda: TeamBlueprint("team", TeamArgs.model_validate(SMALL | {"cost_center": "CC-7"})))
    team.one("eks.Cluster").has({"tags.cost-center": "CC-7"})
    team.one("ec2.Vpc").has({"tags.cost-center": "CC-7"})
    team.one("team-aws").has({"defaultTags.tags.cost-center": "CC-7"})


def test_its_resource_is_part_of_the_platform_and_changes_nothing_else() -> None:
    without = record(lambda: TeamBlueprint("team", TeamArgs.model_validate(SMALL)))
    with_one = record(lambda: TeamBlueprint("team", TeamArgs.model_validate(SMALL | {"bucket": True}))).is_valid()
    with_one.adds_only(without, "team-data")
    bucket = with_one.one("team-data").planned
    assert bucket.parent == with_one.one("Blueprint").urn
    assert bucket.provider == with_one.one("team-aws").urn


def test_its_urns_are_those_of_the_plain_blueprint() -> None:
    """So that a platform can become a team's own, and a class be renamed, without replacing anything."""
    args = TeamArgs.model_validate(SMALL)
    assert record(lambda: TeamBlueprint("team", args)).urns == record(lambda: Blueprint("team", args)).urns


def test_a_stack_file_names_it(tmp_path: Path) -> None:
    file = tmp_path / "eu.yaml"
    file.write_text(f"blueprint: {__name__}.TeamBlueprint\ncost_center: CC-9\nbucket: true\n" + REST)
    assert isinstance(load(file), TeamArgs)
    eu = record_stack(file)
    eu.one("eks.Cluster").has({"tags.cost-center": "CC-9"})
    eu.one("eu-data")


def test_its_field_is_checked_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "eu.yaml"
    file.write_text(f"blueprint: {__name__}.TeamBlueprint\ncost_center: C\ncost_centre: CC-2\n" + REST)
    with pytest.raises(InputError) as told:
        load(file)
    assert str(told.value).splitlines() == [
        f'{file}:2:14: cost_center: needs at least 2 characters; got "C"; write a longer text',
        f'{file}:3:1: cost_centre: no such field; got "cost_centre"; did you mean cost_center?',
    ]


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ("acme", 'needs the dotted path of a class; got "acme"; write package.module.Class'),
        ("[1]", "needs the dotted path of a class; got [1]; write package.module.Class"),
        ("nowhere.Platform", "cannot be imported; got nowhere.Platform (No module named 'nowhere')"),
        ("pathlib.Path", "is not a blueprint; got pathlib.Path; extend eks_blueprints.Blueprint"),
        ("pathlib.Nothing", "cannot be imported; got pathlib.Nothing"),
    ],
)
def test_a_class_that_is_none_is_told_with_its_line(tmp_path: Path, named: str, message: str) -> None:
    file = tmp_path / "eu.yaml"
    file.write_text(f'cluster: {{version: "1.35"}}\nblueprint: {named}\n')
    with pytest.raises(InputError) as told:
        open_stack(file)
    assert str(told.value).startswith(f"{file}:2:12: blueprint: {message}")


def test_what_preparing_refuses_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "eu.yaml"
    file.write_text(
        f'blueprint: {__name__}.Refusing\ncluster: {{version: "1.35"}}\ncore_addons: []\nregion: eu-west-1\n'
    )
    with pytest.raises(ProgramError, match=r"eu\.yaml:4:9: .*eu-wst-1"):
        record_stack(file)
