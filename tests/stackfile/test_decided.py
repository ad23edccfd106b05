"""`{config: key}` where only a plain value will do, and the length of another stack's list."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.core.errors import InputError
from eks_blueprints.review.preview.run import preview
from eks_blueprints.review.preview.targets import stack_target
from eks_blueprints.stackfile.settle import checked

PROGRAM = "import pulumi\nfrom eks_blueprints import stackfile\nstackfile.deploy(f'{pulumi.get_stack()}.yaml')\n"
STACK = """\
region: {config: aws:region}
cluster: {version: {config: version}}
tags: {config: tags}
compute:
  general:
    kind: managed_nodes
    instance_types: {config: types}
    min_size: {config: least}
    labels: {team: {config: team}}
    taints: {config: taints}
addons: {config: more}
access: {config: access}
"""
SETTINGS = """\
config:
  aws:region: eu-west-1
  shop:version: "1.35"
  shop:tags: {cost-center: shop}
  shop:types: [m7g.large, m7g.xlarge]
  shop:least: 2
  shop:team: shop
  shop:taints: [{key: spot, effect: PREFER_NO_SCHEDULE}]
  shop:more: {metrics_server: {}}
  shop:access: {ops: {principal_arn: "arn:aws:iam::111122223333:role/ops"}}
"""


@pytest.fixture
def prod(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (tmp_path / "__main__.py").write_text(PROGRAM)
    (tmp_path / "Pulumi.prod.yaml").write_text(SETTINGS)
    (tmp_path / "prod.yaml").write_text(STACK)
    monkeypatch.chdir(tmp_path)
    return Path("prod.yaml")


def refused(file: Path) -> str:
    """What both `check` and `preview` say."""
    with pytest.raises(InputError) as one:
        checked(file)
    with pytest.raises(InputError) as other:
        preview(stack_target(str(file)))
    assert str(one.value) == str(other.value)
    return str(one.value)


def test_configuration_decides_what_is_made(prod: Path) -> None:
    args: Any = checked(prod).args
    assert (args.region, args.cluster.version, args.tags) == ("eu-west-1", "1.35", {"cost-center": "shop"})
    [general] = args.compute
    assert (general.instance_types, general.min_size) == (("m7g.large", "m7g.xlarge"), 2)
    assert general.labels == {"team": "shop"}
    assert general.taints[0].key == "spot"
    assert "metrics_server" in [addon.name for addon in args.addons]
    assert set(args.access) == {"ops"}
    [group] = [each for each in preview(stack_target("prod.yaml")).plan.resources if each.type.endswith(":NodeGroup")]
    assert group.inputs["instanceTypes"] == ["m7g.large", "m7g.xlarge"]
    assert group.source is not None
    assert group.source.line == 5


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (SETTINGS.replace("  shop:types: [m7g.large, m7g.xlarge]\n", ""),
         "prod.yaml:7:21: compute.general.instance_types: config types is not set; got nothing; run: pulumi"),
        (SETTINGS.replace("shop:least: 2", "shop:least: many"),
         'prod.yaml:8:15: compute.general.min_size: needs a whole number; got "many"'),
        (SETTINGS.replace("[m7g.large, m7g.xlarge]", "{secure: AAABAM}"),
         "prod.yaml:7:21: compute.general.instance_types: config types is secret, and decides which resources exist"),
        (SETTINGS.replace("shop:tags: {cost-center: shop}", "shop:tags: x"), 'tags: needs a mapping; got "x"'),
        ("environment: [shop/prod]\n" + SETTINGS.replace("  shop:version: \"1.35\"\n", ""),
         "config version decides which resources exist, and can come from an environment of Pulumi ESC"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_where_it_is_named(prod: Path, settings: str, says: str) -> None:
    Path("Pulumi.prod.yaml").write_text(settings)
    assert says in refused(prod)


def test_a_label_may_be_called_config(prod: Path) -> None:
    Path("Pulumi.prod.yaml").write_text("config: {}\n")
    prod.write_text(
        'region: eu-west-1\ncluster: {version: "1.35"}\ncompute: {n: {kind: managed_nodes, labels: {config: gpu}}}\n'
    )
    stack = checked(prod)
    [nodes] = stack.args.compute
    assert nodes.labels == {"config": "gpu"}  # type: ignore[attr-defined]
    [told] = [str(doubt) for doubt in stack.warnings() if "called config" in doubt.message]
    assert told.startswith("prod.yaml:3:44: compute.n.labels: is read as one entry called config; got no config gpu")


OWN_VPC = """\
region: eu-west-1
network:
  vpc_id: {stack: acme/network/prod, output: vpc_id}
  subnet_ids: {private: {stack: acme/network/prod, output: private_subnet_ids}}
cluster: {version: "1.35"}
compute: {general: {kind: managed_nodes}}
"""


def test_the_length_of_a_list_is_read_from_checked_in_outputs(prod: Path) -> None:
    prod.write_text(OWN_VPC)
    told = refused(prod)
    assert "prod.yaml:4:25: network.subnet_ids.private: needs the number of elements" in told
    assert "or run: pulumi stack output --json --stack acme/network/prod > outputs/acme.network.prod.json" in told
    Path("outputs").mkdir()
    Path("outputs/acme.network.prod.json").write_text('{"private_subnet_ids": ["subnet-1", "subnet-2", "subnet-3"]}')
    [group] = [each for each in preview(stack_target("prod.yaml")).plan.resources if each.type.endswith(":NodeGroup")]
    assert len(group.inputs["subnetIds"]) == 3
    assert checked(prod).args.network.subnet_ids["private"][2].index == 2  # type: ignore[union-attr]


def test_the_length_of_a_list_in_a_mapping_is_read_from_checked_in_outputs(prod: Path) -> None:
    prod.write_text(OWN_VPC.replace("output: private_subnet_ids", "output: vpc, key: private"))
    Path("outputs").mkdir()
    Path("outputs/acme.network.prod.json").write_text('{"vpc": {"private": ["subnet-1", "subnet-2"]}}')
    ids = checked(prod).args.network.subnet_ids["private"]  # type: ignore[union-attr]
    assert [(each.key, each.index, each.count) for each in ids] == [("private", 0, 2), ("private", 1, 2)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[1]", "outputs/acme.network.prod.json: is not a JSON object of outputs"),
        ("{", "outputs/acme.network.prod.json: is not a JSON object of outputs"),
        ("{}", "is not a list in outputs/acme.network.prod.json with anything in it; got private_subnet_ids"),
        ('{"private_subnet_ids": "x"}', "is not a list in outputs/acme.network.prod.json"),
    ],
)
def test_outputs_that_are_no_list_are_refused(prod: Path, text: str, says: str) -> None:
    prod.write_text(OWN_VPC)
    Path("outputs").mkdir()
    Path("outputs/acme.network.prod.json").write_text(text)
    assert says in refused(prod)
