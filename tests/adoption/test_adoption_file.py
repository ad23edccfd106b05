"""The file of an adoption: what it says, what is wrong with it, and what it does to a program as it is recorded."""

from __future__ import annotations

import json
from pathlib import Path

import pulumi
import pulumi_aws as aws
import pytest

from eks_blueprints.adoption import adopt
from eks_blueprints.adoption.file import adoption_text, beside, parse_adoption, read_adoption
from eks_blueprints.adoption.spec import Adopted
from eks_blueprints.core.errors import InputError
from eks_blueprints.recording import PlannedResource, ProgramError, record
from tests import ROOT
from tests.commands import called

CLUSTER, GROUP = "aws:eks/cluster:Cluster", "aws:eks/nodeGroup:NodeGroup"
URN = "urn:pulumi:prod::shop::eks:index:Cluster$aws:eks/cluster:Cluster::shop-eksCluster"


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    given = {
        (GROUP, "prod-apps-group"): Adopted(id="shop:apps", keep=("nodeGroupName",)),
        (CLUSTER, "prod-cluster"): Adopted(alias=URN),
        ("aws:iam/rolePolicy:RolePolicy", "prod-a"): Adopted(id='odd "name": yes'),
    }
    path = beside(tmp_path / "prod.yaml")
    path.write_text(adoption_text(given, "Imported from x."))
    read = read_adoption(path)
    assert path.name == "prod.adopt.yaml"
    assert {key: read.of(*key) for key in [*read.named()]} == given
    assert not read.args.adopted


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("resources: {aws:eks/cluster:Cluster: {a: {}}}", "needs id, alias or keep"),
        ("resources: {aws:eks/cluster:Cluster: {a: {id: x, alias: y}}}", "cannot be combined with id"),
        ("resources: {aws:eks/cluster:Cluster: {a: {alias: y}}}", "is not a URN"),
        ("resources: {Cluster: {a: {id: x}}}", "is not a type of Pulumi"),
        ("resources: {aws:eks/cluster:Cluster: {a: {id: x, keep: ['*']}}}", "would keep everything for ever"),
        ("resources: {aws:eks/cluster:Cluster: {a: {id: x}, b: {id: x}}}", "is also the id of a"),
        ("resources: {aws:eks/cluster:Cluster: {a: {ids: x}}}", "did you mean id?"),
        (
            "resources: {aws:eks/addon:Addon: {a: {id: coredns}}}",
            'got "coredns"; write it as CLUSTER_NAME:ADDON_NAME',
        ),
        ("resources: {aws:eks/cluster:Cluster: {a: {id: 'arn:aws:eks:x:1:cluster/a'}}}", "write it as NAME"),
        ("resources: {aws:eks/podIdentityAssociation:PodIdentityAssociation: {a: {id: 'shop:a-0'}}}", "NAME,ASSOC"),
        ("adopted: true", "resources: is required"),
        ("[a]", 'needs a mapping at the top; got ["a"]; write key: value lines'),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, said: str) -> None:
    with pytest.raises(InputError) as told:
        parse_adoption(text, "prod.adopt.yaml")
    assert said in str(told.value)
    assert str(told.value).startswith("prod.adopt.yaml:1:")


def plan_of(file: Path) -> dict[str, PlannedResource]:
    def program() -> None:
        with adopt(file):
            provider = aws.Provider("aws", region="eu-west-1", default_tags={"tags": {"owner": "platform"}})
            opts = pulumi.ResourceOptions(provider=provider, ignore_changes=["retentionInDays"])
            aws.cloudwatch.LogGroup("logs", name="logs", opts=opts)
            aws.cloudwatch.LogGroup("others", opts=opts)

    return {each.name: each for each in record(program, stack="prod").plan().resources}


def written(tmp_path: Path, **more: object) -> Path:
    file = tmp_path / "prod.adopt.yaml"
    logs = {"id": "logs", "keep": ["name"]}
    file.write_text(json.dumps({"resources": {"aws:cloudwatch/logGroup:LogGroup": {"logs": logs}}, **more}))
    return file


def test_a_resource_is_taken_over_as_it_is(tmp_path: Path) -> None:
    plan = plan_of(written(tmp_path))
    assert plan["logs"].options["import_id"] == "logs"
    assert "*" in plan["logs"].options["ignore_changes"]
    assert "import_id" not in plan["others"].options
    assert plan["others"].options["ignore_changes"] == ["retentionInDays"]
    assert "defaultTags" not in plan["aws"].inputs


def test_once_it_is_adopted_only_what_is_kept_holds(tmp_path: Path) -> None:
    plan = plan_of(written(tmp_path, adopted=True))
    assert "import_id" not in plan["logs"].options
    assert plan["logs"].options["ignore_changes"] == ["retentionInDays", "name"]
    assert "defaultTags" in plan["aws"].inputs


def test_a_file_that_is_gone_changes_nothing(tmp_path: Path) -> None:
    plan = plan_of(tmp_path / "prod.adopt.yaml")
    assert plan["logs"].options["ignore_changes"] == ["retentionInDays"]


def test_a_name_that_the_program_does_not_make_is_an_error_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "prod.adopt.yaml"
    file.write_text("resources:\n  aws:cloudwatch/logGroup:LogGroup:\n    log: {id: logs}\n")
    with pytest.raises(ProgramError, match=r"prod.adopt.yaml:3:10: .*did you mean logs\?"):
        plan_of(file)


@pytest.mark.parametrize(("keep", "near"), [("nmae", "name"), ("retention_in_day", "retentionInDays"), ("arn", "tags")])
def test_an_input_that_the_type_does_not_have_cannot_be_kept(tmp_path: Path, keep: str, near: str) -> None:
    file = tmp_path / "prod.adopt.yaml"
    given = f"keep: [retentionInDays, retention_in_days, 'tags[\"a\"]', {keep}]"
    file.write_text(f"resources:\n  aws:cloudwatch/logGroup:LogGroup:\n    logs: {{id: logs, {given}}}\n")
    with pytest.raises(ProgramError) as told:
        plan_of(file)
    at = "prod.adopt.yaml:3:78: resources.aws:cloudwatch/logGrou"
    assert at in str(told.value)  # the path is shortened
    assert f'keep[3]: no such input of aws:cloudwatch/logGroup:LogGroup; got "{keep}"; ' in str(told.value)
    assert near in str(told.value)


def test_the_schema_that_is_checked_in_is_that_of_the_spec() -> None:
    from eks_blueprints.reference.adoption_schema import schema

    assert json.loads((ROOT / "docs/reference/adoption.schema.json").read_text()) == schema()


STACK = """\
region: eu-west-1
cluster: {version: "1.35"}
compute: {nodes: {kind: managed_nodes}}
"""


def project(folder: Path, adoption: str) -> Path:
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (folder / "prod.yaml").write_text(STACK)
    (folder / "__main__.py").write_text((ROOT / "stacks/__main__.py").read_text())
    (folder / "prod.adopt.yaml").write_text(adoption)
    return folder


def test_check_reads_it_and_takes_it_for_no_stack(tmp_path: Path) -> None:
    folder = project(tmp_path, "resources:\n  aws:eks/cluster:Cluster:\n    prod-cluster: {ids: shop}\n")
    done = called("check", cwd=folder)
    assert done.returncode == 2
    assert "prod.adopt.yaml:3:20: resources.aws:eks/cluster:Cluster.prod-cluster.ids" in done.stdout + done.stderr
    (folder / "prod.adopt.yaml").write_text("resources: {aws:eks/cluster:Cluster: {prod-cluster: {id: shop}}}\n")
    assert called("check", cwd=folder).returncode == 0
    done = called("check", "prod.adopt.yaml", cwd=folder)
    assert "says what the stack prod takes over; got no stack file; the stack file is prod.yaml" in done.stderr


def test_a_preview_shows_what_is_imported_and_refuses_names_that_are_not_there(tmp_path: Path) -> None:
    folder = project(tmp_path, "resources: {aws:eks/cluster:Cluster: {prod-cluster: {id: shop}}}\n")
    done = called("preview", "prod.yaml", cwd=folder)
    assert "imported as shop" in done.stdout
    assert ", = 1 to import" in done.stdout
    (folder / "prod.adopt.yaml").write_text("resources: {aws:eks/cluster:Cluster: {prod-clutser: {id: shop}}}\n")
    done = called("preview", "prod.yaml", cwd=folder)
    assert done.returncode == 2
    assert done.stderr.startswith("prod.adopt.yaml:1:")
    assert "did you mean prod-cluster?" in done.stderr
