"""`upgrade apply`: each step writes what it says, once, and nothing before its turn."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.core.clock import VARIABLE
from eks_blueprints.core.errors import InputError
from eks_blueprints.lifecycle.upgrade.apply import Applied, applied, write
from eks_blueprints.lifecycle.upgrade.planner import plan
from eks_blueprints.lifecycle.upgrade.read import Sources

from .situations_of import PLATFORM, of_file, situation, told
from .test_seen import addons, written


def step(folder: Path, to: str, wanted: str, text: str | None = None, **more: Any) -> Applied:
    """What a step makes of prod.yaml, by its id."""
    file = folder / "prod.yaml"
    here = of_file(folder, text or file.read_text(), more.pop("sources", None))
    hop = plan(here, to).hops[-1]
    number = next(index for index, each in enumerate(hop.steps, 1) if each.id == wanted)
    return applied(file, here, hop.minor, hop.steps, number, more.pop("given", {}))


def done(folder: Path, to: str, wanted: str, **more: Any) -> list[str]:
    """The changes of a step, which is written."""
    found = step(folder, to, wanted, **more)
    write(folder / "prod.yaml", found)
    return [str(change) for change in found.changes]


def test_an_upgrade_step_by_step(tmp_path: Path) -> None:
    (tmp_path / "prod.yaml").write_text(PLATFORM)
    assert done(tmp_path, "1.35", "nodes-first") == []
    assert done(tmp_path, "1.35", "hold-nodes") == [
        'compute.batch.version: "1.34"',
        'compute.system.version: "1.34"',
    ]
    assert done(tmp_path, "1.35", "addons-before") == []
    with pytest.raises(InputError, match=r"comes after the control plane, which is at 1\.34"):
        step(tmp_path, "1.35", "nodes-system")
    assert done(tmp_path, "1.35", "control-plane") == ['cluster.version: "1.35"']
    for name in ("system", "batch"):
        assert done(tmp_path, "1.35", f"nodes-{name}") == [f'compute.{name}.version: "1.35"']
        assert done(tmp_path, "1.35", f"nodes-{name}") == []
    text = (tmp_path / "prod.yaml").read_text()
    assert text == PLATFORM.replace('"1.34"', '"1.35"').replace(
        "  system:\n    kind: managed_nodes\n", '  system:\n    kind: managed_nodes\n    version: "1.35"\n'
    ).replace("batch: {kind: managed_nodes, ", 'batch: {kind: managed_nodes, version: "1.35", ')
    assert "# raised by hand only" in text


def test_nodes_that_are_too_old_come_first(tmp_path: Path) -> None:
    text = PLATFORM.replace("  batch: {", '  batch: {version: "1.32", ').replace('"1.34"', '"1.35"')
    found = plan(of_file(tmp_path, text), "1.36")
    assert [each.code for each in found.stops()] == ["node-skew"]
    (first,) = [each for each in found.hops[0].steps if each.id == "nodes-first"]
    assert first.found == ("batch (managed) runs 1.32",)
    assert done(tmp_path, "1.36", "nodes-first", text=text) == ['compute.batch.version: "1.35"']
    assert plan(of_file(tmp_path, (tmp_path / "prod.yaml").read_text()), "1.36").stops() == []


def test_a_pinned_release_needs_the_new_one(tmp_path: Path) -> None:
    pinned = PLATFORM.replace("  batch: {", '  batch: {release_version: "1.34.2-20251103", ')
    assert done(tmp_path, "1.35", "hold-nodes", text=pinned)[0] == 'compute.batch.version: "1.34"'
    done(tmp_path, "1.35", "control-plane")
    with pytest.raises(InputError, match=r"is needed for batch, which pins 1\.34\.2-20251103"):
        step(tmp_path, "1.35", "nodes-batch")
    with pytest.raises(InputError, match=r"is of another minor than 1\.35"):
        step(tmp_path, "1.35", "nodes-batch", given={"batch": "1.36.1-20261101"})
    new = {"batch": "1.35.4-20261101"}
    assert done(tmp_path, "1.35", "nodes-batch", given=new) == [
        'compute.batch.version: "1.35"',
        'compute.batch.release_version: "1.35.4-20261101"',
    ]
    assert done(tmp_path, "1.35", "nodes-batch", given=new) == []
    assert done(tmp_path, "1.35", "nodes-batch") == []


def test_addons_go_to_what_eks_offers_for_both_and_then_for_the_new_version(tmp_path: Path) -> None:
    text = PLATFORM + "\naddons:\n  coredns: {version: v1.12.4-eksbuild.1}  # pinned\n"
    offered = addons(
        ("coredns", "v1.12.4-eksbuild.1", ["1.34"]),
        ("coredns", "v1.13.2-eksbuild.19", ["1.34", "1.35"]),
        ("coredns", "v1.14.3-eksbuild.11", ["1.35"]),
        ("kube-proxy", "v1.35.0-eksbuild.2", ["1.35"]),
    )
    sources = Sources(addon_versions=(written(tmp_path, offered),))
    with pytest.raises(InputError, match="is needed for coredns, whose versions are pinned"):
        step(tmp_path, "1.35", "addons-after", text.replace('"1.34"', '"1.35"'))
    assert done(tmp_path, "1.35", "addons-before", text=text, sources=sources) == [
        'addons.coredns.version: "v1.13.2-eksbuild.19"'
    ]
    assert done(tmp_path, "1.35", "addons-before", sources=sources) == []
    done(tmp_path, "1.35", "control-plane")
    assert done(tmp_path, "1.35", "addons-after", sources=sources) == [
        'addons.coredns.version: "v1.14.3-eksbuild.11"',
        'addons.kube_proxy.version: "v1.35.0-eksbuild.2"',
    ]
    assert (
        (tmp_path / "prod.yaml")
        .read_text()
        .endswith(
            "\naddons:\n  kube_proxy: {version: v1.35.0-eksbuild.2}\n  coredns: {version: v1.14.3-eksbuild.11}  "
            "# pinned\n"
        )
    )
    assert done(tmp_path, "1.35", "addons-after", sources=sources) == []


def test_the_vpc_cni_goes_up_one_minor_at_a_time(tmp_path: Path) -> None:
    text = PLATFORM.replace('"1.34"', '"1.35"') + "\naddons:\n  vpc_cni: {version: v1.19.0-eksbuild.1}\n"
    rows = [("vpc-cni", f"v1.{minor}.0-eksbuild.1", ["1.34", "1.35"]) for minor in (19, 20, 21)]
    sources = Sources(addon_versions=(written(tmp_path, addons(*rows)),))
    (change,) = step(tmp_path, "1.35", "addons-after", text, sources=sources).changes
    assert str(change) == 'addons.vpc_cni.version: "v1.20.0-eksbuild.1"'


def test_an_old_karpenter_comes_before_the_control_plane(tmp_path: Path) -> None:
    text = PLATFORM + '  karpenter: {version: "1.6.3"}\n'
    here = of_file(tmp_path, text)
    found = plan(here, "1.35")
    (blocker,) = [each for each in found.stops() if each.code == "karpenter"]
    assert "does not run on 1.35, which needs 1.9.0 or newer" in blocker.what
    assert blocker.place.endswith("prod.yaml:17")
    (change,) = step(tmp_path, "1.35", "addons-before", text).changes
    assert change.path == ("compute", "karpenter", "version")


def test_other_stacks_that_change_too_are_named(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    for stack in ("prod", "dev"):
        (tmp_path / f"Pulumi.{stack}.yaml").write_text("config: {}\n")
    (tmp_path / "base.yaml").write_text(PLATFORM)
    (tmp_path / "dev.yaml").write_text("extends: base.yaml\n")
    found = step(tmp_path, "1.35", "control-plane", "extends: base.yaml\ntags: {a: b}\n")
    assert [Path(file).name for file in found.shared] == ["dev.yaml"]
    assert [file.name for file in found.files] == ["base.yaml"]


def test_what_would_not_be_valid_is_not_written(tmp_path: Path) -> None:
    text = PLATFORM.replace("    max_size: 4\n", "    max_size: 4\n    ami_type: AL2_ARM_64\n").replace(
        '"1.34"', '"1.32"'
    )
    text = text.replace("[m7g.large]", "[m7g.large]")
    found = step(tmp_path, "1.33", "control-plane", text)
    with pytest.raises(InputError, match=r"has no image for Kubernetes 1\.33"):
        write(tmp_path / "prod.yaml", found)
    assert (tmp_path / "prod.yaml").read_text() == text


def test_steps_that_change_no_file_say_which_do(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"changes no file: .*; got \d+; steps that do are .*control-plane"):
        step(tmp_path, "1.35", "verify", PLATFORM)


def test_a_rollback_is_written_nodes_first_and_the_file_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "2026-11-30")
    text = PLATFORM.replace('"1.34"', '"1.36"') + "\naddons:\n  coredns: {version: v1.14.3-eksbuild.11}\n"
    offered = addons(
        ("coredns", "v1.13.2-eksbuild.19", ["1.35"]),
        ("coredns", "v1.12.4-eksbuild.1", ["1.35"]),
        ("coredns", "v1.14.3-eksbuild.11", ["1.36"]),
    )
    sources = Sources(addon_versions=(written(tmp_path, offered),), upgraded_on=date(2026, 11, 27))
    here, file = of_file(tmp_path, text, sources), tmp_path / "prod.yaml"
    found = plan(here, "1.35")
    warned = ("warning", "coredns v1.14.3-eksbuild.11 does not run on 1.35, and EKS leaves it as it is")
    assert told(found, "rollback-addons") == [warned]
    steps = found.hops[0].steps
    ids = ["rollback-nodes", "rollback-addons", "rollback-file"]
    assert [each.id for each in steps if each.edits] == ids
    numbers = [index for index, each in enumerate(steps, 1) if each.edits]
    made = [applied(file, here, 35, steps, number, {}) for number in numbers]
    assert [[str(change) for change in each.changes] for each in made] == [
        ['compute.batch.version: "1.35"', 'compute.system.version: "1.35"'],
        ['addons.coredns.version: "v1.13.2-eksbuild.19"'],
        ['cluster.version: "1.35"'],
    ]
    write(file, made[0])
    assert applied(file, here, 35, steps, numbers[0], {}).files == {}
    assert "# raised by hand only" in file.read_text()


@pytest.mark.parametrize(
    ("before", "after"),
    [("\n", "\r\n"), ("# The shop's", "\ufeff# Größe ☃, the shop's"), ("4\n  batch", "4\n\n  batch")],
)
def test_a_file_keeps_its_line_ends_its_mark_and_its_letters(before: str, after: str, tmp_path: Path) -> None:
    file = tmp_path / "prod.yaml"
    text = PLATFORM.replace(before, after)
    file.write_bytes(text.encode())
    here = situation(34)
    (hop,) = plan(here, "1.35").hops
    number = next(index for index, each in enumerate(hop.steps, 1) if each.id == "control-plane")
    write(file, applied(file, here, 35, hop.steps, number, {}))
    assert file.read_bytes() == text.replace('"1.34"', '"1.35"').encode()
