"""Each migration from its first phase to its last: what it writes, that it is valid, and what it does to resources."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from eks_blueprints.core.errors import InputError
from eks_blueprints.lifecycle.migrate.catalogue import MIGRATIONS, migration
from eks_blueprints.lifecycle.migrate.model import Given, Shown
from eks_blueprints.lifecycle.migrate.run import look, write_next
from eks_blueprints.recording.plan import Plan
from eks_blueprints.review.diff import diff_plans
from eks_blueprints.testing import record_stack

from .platforms import EXPECTED, HEAD, PLATFORMS, folded, given


def plan(file: Path) -> Plan:
    """The recorded plan of a stack file, which has to be valid for that."""
    return record_stack(file).plan


def operations(before: Plan, after: Plan) -> list[tuple[str, str]]:
    """What happens to which resource; components are left out, and what the engine only notes in its state."""
    return [
        (each.name, each.kind)
        for each in diff_plans(before, after).resources
        if each.resource.custom and not (each.changes and all(note.path.startswith("option ") for note in each.changes))
    ]


def phases(name: str, file: Path) -> Iterator[Shown]:
    """Each phase after it has been written."""
    known = given(file.parent, name)
    while (done := write_next(look(migration(name), "prod", file, known))) is not None:
        yield done


@pytest.mark.parametrize("name", [each.name for each in MIGRATIONS])
def test_every_phase_is_valid_and_does_what_it_is_for(tmp_path: Path, name: str) -> None:
    """And what was shown is written, one phase at a time, with all comments but those about what goes."""
    file = tmp_path / "prod.yaml"
    file.write_text(PLATFORMS[name])
    shown = look(migration(name), "prod", file, given(tmp_path, name))
    coming = [each for each in shown.phases if each.diff]
    assert [each.state for each in coming] == ["next", *["later"] * (len(coming) - 1)]
    assert file.read_text() == PLATFORMS[name]
    last, seen, written = plan(file), {}, []
    for done in phases(name, file):
        now = plan(file)
        seen[done.phase.id] = folded(operations(last, now))
        last = now
        written.append(done.diff)
        lost = [line for line in done.diff.splitlines() if line.startswith("-") and "#" in line]
        kept = [line.partition("#")[2] for line in done.diff.splitlines() if line.startswith("+")]
        gone = [line for line in lost if line.partition("#")[2] not in kept]
        assert not gone or done.phase.id in ("remove", "default", "pods", "objects", "ingresses"), gone
    assert seen == EXPECTED[name]
    assert written == [each.diff for each in coming]
    assert "# raised by hand only" in file.read_text()
    found = look(migration(name), "prod", file, given(tmp_path, name))
    assert found.finished
    assert found.next is None


@pytest.mark.parametrize("name", [each.name for each in MIGRATIONS])
def test_a_platform_without_what_is_moved(tmp_path: Path, name: str) -> None:
    file = tmp_path / "prod.yaml"
    file.write_text(HEAD + "compute: {pods: {kind: fargate, selectors: [{namespace: kube-system}]}}\n")
    if name in ("gp2-to-gp3", "aws-auth-to-access-entries"):
        found = look(migration(name), "prod", file)
        assert found.finished or found.next is not None
        return
    with pytest.raises(InputError, match=r"prod\.yaml:\d+:\d+: "):
        look(migration(name), "prod", file)


def test_a_class_that_workloads_name_is_not_taken_out(tmp_path: Path) -> None:
    file = tmp_path / "prod.yaml"
    text = PLATFORMS["gp2-to-gp3"] + "  kube_prometheus_stack: {values: {storage: {storageClassName: standard}}}\n"
    file.write_text(text)
    with pytest.raises(InputError, match=r"prod\.yaml:\d+:64: addons\..*storageClassName: names a storage class"):
        list(phases("gp2-to-gp3", file))
    assert "standard:\n" in file.read_text()


def test_volumes_are_changed_by_aws_where_kubernetes_has_no_attributes_classes(tmp_path: Path) -> None:
    file = tmp_path / "prod.yaml"
    file.write_text(PLATFORMS["gp2-to-gp3"].replace('"1.35"', '"1.30"'))
    found = look(migration("gp2-to-gp3"), "prod", file)
    (volumes,) = [each for each in found.phases if each.phase.id == "volumes"]
    assert volumes.state == "nothing"
    assert volumes.phase.after[0].run.startswith("aws ec2 modify-volume")


def test_a_class_that_eks_made_is_replaced_too(tmp_path: Path) -> None:
    file = tmp_path / "prod.yaml"
    file.write_text(HEAD + "compute: {nodes: {kind: managed_nodes}}\n")
    assert [each.phase.id for each in phases("gp2-to-gp3", file)] == ["beside", "default"]
    assert "addons:\n  aws_ebs_csi_driver: {}\n" in file.read_text()


def test_the_mode_waits_for_an_entry_of_each_row(tmp_path: Path) -> None:
    name = "aws-auth-to-access-entries"
    file = tmp_path / "prod.yaml"
    file.write_text(PLATFORMS[name])
    rows = tmp_path / "aws-auth.yaml"
    given(tmp_path, name)
    role = "arn:aws:iam::111122223333:role/AWSReservedSSO_Admin_0123456789abcdef"
    text = rows.read_text().replace("  mapUsers", f"    - rolearn: {role}\n      groups: [system:masters]\n  mapUsers")
    rows.write_text(text)
    known = Given(rows)
    write_next(look(migration(name), "prod", file, known))
    with pytest.raises(InputError, match=r"would shut out a row of aws-auth: .*aws-auth\.yaml:15 is a role of IAM Id"):
        write_next(look(migration(name), "prod", file, known))
    entry = role.replace("role/", "role/aws-reserved/sso.amazonaws.com/eu-west-1/")
    file.write_text(file.read_text().replace("  # in both\n", f'  sso: {{principal_arn: "{entry}"}}\n  # in both\n'))
    done = write_next(look(migration(name), "prod", file, known))
    assert done is not None
    assert done.phase.cannot_be_undone
    assert "  authentication_mode: API  # on its way\n" in file.read_text()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kind: ConfigMap\nmetadata: {name: other}\ndata: {}\n", "is not the ConfigMap aws-auth; got other"),
        ("metadata: {name: aws-auth}\ndata: {mapRoles: 'a: ['}\n", "needs a list of rows"),
        ("metadata: {name: aws-auth}\ndata: {mapRoles: '[{groups: [a]}]'}\n", "needs rolearn in each row"),
        ("metadata: {name: aws-auth}\ndata: {mapAccounts: '[\"1\"]'}\n", "lets whole accounts in"),
        ("metadata: []\ndata: 3\n", "is not the ConfigMap aws-auth"),
    ],
)
def test_a_file_that_is_not_that_config_map(tmp_path: Path, text: str, message: str) -> None:
    name = "aws-auth-to-access-entries"
    (tmp_path / "prod.yaml").write_text(PLATFORMS[name])
    (tmp_path / "rows.yaml").write_text(text)
    with pytest.raises(InputError, match=message):
        look(migration(name), "prod", tmp_path / "prod.yaml", Given(tmp_path / "rows.yaml"))
    with pytest.raises(InputError, match="--aws-auth: is needed"):
        look(migration(name), "prod", tmp_path / "prod.yaml")


def test_what_a_pool_cannot_say_is_listed_with_its_line(tmp_path: Path) -> None:
    name = "cluster-autoscaler-to-karpenter"
    file = tmp_path / "prod.yaml"
    text = PLATFORMS[name].replace("    max_size: 5\n", "    max_size: 5\n    max_pods: 50\n")
    own = "  own: {kind: self_managed_nodes, instance_types: [m7i.large]}\naddons:\n"
    file.write_text(text.replace("addons:\n", own))
    found = look(migration(name), "prod", file)
    told = [str(each).removeprefix(str(file)) for each in found.stays]
    assert any(": compute.batch.max_pods: is not in the pool" in each for each in told), told
    assert any("compute.own: stays: is not closed by a taint, which would replace its nodes" in each for each in told)
    assert "own" not in found.phases[-1].diff.replace("  own: {kind", "")


def test_disks_of_pools_are_those_of_the_groups(tmp_path: Path) -> None:
    file = tmp_path / "prod.yaml"
    file.write_text(PLATFORMS["cluster-autoscaler-to-karpenter"])
    next(phases("cluster-autoscaler-to-karpenter", file))
    classes = {each.name: each.inputs["spec"] for each in plan(file).resources if "karpenter-class" in each.name}
    disks = {name: spec["blockDeviceMappings"][0]["ebs"] for name, spec in classes.items()}
    assert disks == {
        "prod-karpenter-class-default": {"volumeSize": "80Gi", "volumeType": "gp3", "encrypted": True},
        "prod-karpenter-class-batch": {"volumeSize": "200Gi", "volumeType": "gp3", "encrypted": True},
    }


def test_mixed_purchases_stay_self_managed(tmp_path: Path) -> None:
    name = "self-managed-to-managed"
    file = tmp_path / "prod.yaml"
    more = "    instances_distribution: {on_demand_percentage_above_base_capacity: 50}\n"
    file.write_text(PLATFORMS[name] + more)
    found = look(migration(name), "prod", file)
    assert found.next is None
    assert not found.finished
    assert "prod.yaml:18:29: compute.own.instances_distribution: mixes on-demand and spot" in str(found.stays[0])


def test_pools_that_auto_mode_cannot_have_keep_karpenter(tmp_path: Path) -> None:
    name = "karpenter-to-auto-mode"
    file = tmp_path / "prod.yaml"
    pools = "      static: {replicas: 2, limits: {nodes: '8'}}\n      general:\n"
    file.write_text(PLATFORMS[name].replace("      general:\n", pools))
    with pytest.raises(InputError, match=r"node_pools: has pools that Auto Mode cannot have; got static"):
        list(phases(name, file))
    assert "auto-static" not in file.read_text()


def test_an_element_of_a_file_that_is_extended_changes_there(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (tmp_path / "base.yaml").write_text(PLATFORMS["gp2-to-gp3"])
    for name in ("prod", "dev"):
        (tmp_path / f"Pulumi.{name}.yaml").write_text("config: {}\n")
        (tmp_path / f"{name}.yaml").write_text(f"# {name}\nextends: base.yaml\n")
    found = look(migration("gp2-to-gp3"), "prod", tmp_path / "prod.yaml")
    assert [file.name for file in found.next.files] == ["base.yaml"]  # type: ignore[union-attr]
    assert [Path(each).name for each in found.shared] == ["dev.yaml"]


def test_an_unknown_migration_names_the_near_one() -> None:
    with pytest.raises(InputError, match="got gp2-gp3; did you mean gp2-to-gp3"):
        migration("gp2-gp3")


@pytest.mark.parametrize("name", [each.name for each in MIGRATIONS])
def test_a_file_that_is_not_valid_is_refused_first(tmp_path: Path, name: str) -> None:
    file = tmp_path / "prod.yaml"
    text = HEAD + "compute: [1]\naddons: {cluster_autoscaler: 3, storage_classes: {classes: x}}\n"
    file.write_text(text)
    with pytest.raises(InputError, match=r"prod\.yaml:\d+:\d+: compute"):
        look(migration(name), "prod", file, given(tmp_path, name))
