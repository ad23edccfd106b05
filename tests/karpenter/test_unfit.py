"""Pools that no instance type could serve, and what would do instead."""

from typing import Any

import pytest

from eks_blueprints.karpenter.checks import check
from eks_blueprints.karpenter.instances import may_be_newer
from eks_blueprints.karpenter.node_pool import Pool

from .words import auto_pool, ec2_class, pool

ON_KARPENTER = "karpenter.k8s.aws/instance-"


def told(of: Pool, **class_fields: Any) -> list[str]:
    classes = [ec2_class(**class_fields)] if class_fields or of.flavor.kind == "EC2NodeClass" else []
    found = check([of], classes, built_in=() if classes else ["default"])
    return [f"{each.severity} {each}".replace("node_pools.general.", "") for each in found if each.path[2] != "limits"]


def asks(key: str, operator: str, *values: str, **more: Any) -> dict[str, Any]:
    return {"key": f"{ON_KARPENTER}{key}", "operator": operator, "values": list(values), **more}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"instance_families": ["m7g", "m7i"]},
        {"instance_families": ["m7g"], "architectures": ["arm64"]},
        {"instance_categories": ["g"], "requirements": [asks("gpu-name", "In", "l4", "a10g")]},
        {"requirements": [asks("cpu", "Gt", "3"), asks("cpu", "Lt", "65"), asks("memory", "Gte", "16384")]},
        {"requirements": [asks("hypervisor", "In", "nitro"), asks("local-nvme", "Gt", "100")]},
        {"requirements": [asks("network-bandwidth", "Gte", "50000"), asks("ebs-bandwidth", "Gt", "10000")]},
        {"requirements": [asks("accelerator-manufacturer", "In", "aws")]},
        {"requirements": [asks("gpu-count", "DoesNotExist"), asks("encryption-in-transit-supported", "In", "true")]},
        {"requirements": [asks("family", "NotIn", "m5", "m5a"), asks("size", "NotIn", "nano", "micro")]},
        {"instance_types": ["m9g.metal-24xl"], "requirements": [asks("cpu", "Gt", "64")]},
        {"capacity_types": ["spot"], "instance_families": ["p5"]},
        {"labels": {"team": "a"}, "instance_families": ["t3"], "instance_sizes": ["2xlarge", "48xlarge"]},
    ],
)
def test_pools_that_can_be_served(fields: dict[str, Any]) -> None:
    assert told(pool(**fields)) == []


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"instance_families": ["zz9"]}, "error instance_families: is not an instance family that EC2 had on "),
        (
            {"instance_families": ["m7g"], "architectures": ["amd64"]},
            (
                "error instance_families: leaves no instance type beside architectures amd64; got m7g; use m7a, m7i, "
                "m7i-flex or m6a"
            ),
        ),
        (
            {"instance_families": ["t3"], "instance_sizes": ["48xlarge"]},
            (
                "error instance_sizes: leaves no instance type beside instance_families t3; got 48xlarge; use nano, "
                "micro, small, medium, large, xlarge or 2xlarge, or instance_families "
            ),
        ),
        ({"instance_types": ["m7g.48xlarge"]}, "error instance_types: is not an instance type that EC2 had on "),
        (
            {"requirements": [asks("gpu-name", "In", "a10")]},
            "error requirements[0]: is not an instance gpu name that EC2 had on ",
        ),
        (
            {"instance_families": ["m5"], "requirements": [asks("cpu", "Gt", "96")]},
            (
                "error requirements[0]: leaves no instance type beside instance_families m5; got "
                "karpenter.k8s.aws/instance-cpu Gt 96; use 2 to 96, or instance_families "
            ),
        ),
        (
            {"instance_families": ["m5"], "requirements": [asks("local-nvme", "Exists")]},
            (
                "error requirements[0]: leaves no instance type beside instance_families m5; got "
                "karpenter.k8s.aws/instance-local-nvme Exists; use instance_families m5d, "
            ),
        ),
        (
            {"instance_families": ["m5d"], "requirements": [asks("local-nvme", "DoesNotExist")]},
            "error requirements[0]: leaves no instance type beside instance_families m5d; ",
        ),
        (
            {"instance_families": ["m5"], "requirements": [asks("hypervisor", "NotIn", "nitro", "")]},
            "error requirements[0]: leaves no instance type beside instance_families m5; ",
        ),
        (
            {"instance_families": ["m5"], "min_instance_generation": 6},
            "error min_instance_generation: leaves no instance type beside instance_families m5; got 6; use 5, or ",
        ),
        (
            {"instance_families": ["hpc7a"], "capacity_types": ["spot"]},
            "error instance_families: leaves no instance type beside capacity_types spot; got hpc7a; ",
        ),
        (
            {"instance_categories": ["mac"]},
            "error instance_categories: leaves no instance type beside what Karpenter launches",
        ),
        (
            {
                "instance_categories": ["g"],
                "architectures": ["arm64"],
                "requirements": [asks("gpu-name", "In", "a10g")],
            },
            "error requirements[0]: leaves no instance type beside architectures arm64; ",
        ),
        (
            {"instance_families": ["m7g"], "labels": {"kubernetes.io/arch": "amd64"}},
            'error labels["kubernetes.io/arch"]: leaves no instance type beside instance_families m7g; ',
        ),
        (
            {"instance_families": ["a1"]},
            "error instance_families: leaves no instance type beside class default, whose Amazon Linux 2023 does not",
        ),
    ],
)
def test_pools_that_nothing_can_serve(fields: dict[str, Any], text: str) -> None:
    [found] = told(pool(**fields))
    assert found.startswith(text), found


def test_windows_runs_on_one_architecture() -> None:
    [found] = told(pool(instance_families=["m7g"]), ami_selector_terms=[{"alias": "windows2022@latest"}])
    assert found.startswith("error instance_families: leaves no instance type beside class default, which runs Windows")


@pytest.mark.parametrize(
    "fields",
    [
        {"instance_sizes": ["small"]},
        {"instance_families": ["t3"], "instance_sizes": ["micro", "nano"]},
        {"instance_families": ["mac2"]},
        {"instance_types": ["c7g.medium"]},
        {"requirements": [{"key": "eks.amazonaws.com/instance-cpu", "operator": "Lt", "values": ["2"]}]},
    ],
)
def test_what_auto_mode_does_not_run(fields: dict[str, Any]) -> None:
    [found] = told(auto_pool(**fields))
    assert "leaves no instance type beside what EKS Auto Mode runs (two vCPUs or more" in found
    assert found.startswith("error ")


def test_auto_mode_has_labels_of_its_own() -> None:
    gpu = {"key": "eks.amazonaws.com/instance-gpu-name", "operator": "In", "values": ["l40s"]}
    assert told(auto_pool(requirements=[gpu])) == []
    [found] = told(auto_pool(requirements=[gpu], architectures=["arm64"]))
    assert found.startswith("error requirements[0]: leaves no instance type beside architectures arm64")


@pytest.mark.parametrize("family", ["m10g", "c9i", "p7", "u8i-3tb", "trn3"])
def test_what_looks_newer_than_the_table_is_not_refused(family: str) -> None:
    [found] = told(pool(instance_families=[family], architectures=["amd64"]))
    assert found.startswith("warning instance_families: is newer than the table of ")
    assert "nothing about it was checked" in found
    [found] = told(pool(instance_types=[f"{family}.xlarge"]))
    assert found.startswith("warning instance_types: is newer than the table of ")


@pytest.mark.parametrize("word", ["zz9", "m7x", "m77g", "m7g", "m7g.48xlarge", "foo", "", "m", "8g", "m9g.large"])
def test_what_does_not_look_newer(word: str) -> None:
    assert not may_be_newer(word)


def test_a_slip_beside_what_fits_is_doubtful_only() -> None:
    [found] = told(pool(instance_families=["m7i", "zz9"]))
    assert found.startswith("warning instance_families: is not an instance family")
    [found] = told(pool(instance_types=["m7g.large", "m7i.large"], architectures=["amd64"]))
    assert found.startswith("warning instance_types: is never chosen: architectures amd64 leaves it out; got m7g.large")


def test_more_choice_than_there_is() -> None:
    wide = asks("generation", "Exists", min_values=3)
    [found] = told(pool(instance_families=["m7g", "m7i"], requirements=[wide]))
    assert found.startswith("warning requirements[0].min_values: is more than the instance types that are left have")
    assert told(pool(instance_categories=["m"], requirements=[wide])) == []


@pytest.mark.parametrize(("cpu", "warned"), [("16", True), ("32", False), ("0", False)])
def test_a_limit_below_the_smallest_type(cpu: str, warned: bool) -> None:
    found = check([pool(instance_sizes=["8xlarge"], limits={"cpu": cpu})], [ec2_class()])
    assert [each.path for each in found] == ([("node_pools", "general", "limits", "cpu")] if warned else [])


def test_values_that_karpenter_passes_over_are_warnings() -> None:
    found = told(pool(requirements=[{"key": "kubernetes.io/arch", "operator": "In", "values": ["amd64", "x86_64"]}]))
    assert found == [
        'warning requirements[0].values: is not a value of "kubernetes.io/arch"; got "x86_64"; use amd64 or arm64'
    ]
    left_out = {"key": "karpenter.sh/capacity-type", "operator": "NotIn", "values": ["ondemand"]}
    assert [text.split(";")[1] for text in told(pool(requirements=[left_out]))] == [' got "ondemand"']
    twice = "has a value twice, which counts once; got"
    assert told(pool(instance_types=["m5.large", "m5.large"])) == [
        f'warning instance_types: {twice} "m5.large" again; remove one'
    ]
    assert told(pool(requirements=[asks("family", "NotIn", "m5", "m5")]))[0].startswith(
        f"warning requirements[0].values: {twice}"
    )


def test_labels_that_look_like_auto_mode_s() -> None:
    near = {"key": "eks.amazonaws.com/instance-cpus", "operator": "In", "values": ["4"]}
    assert told(auto_pool(requirements=[near])) == [
        (
            "warning requirements[0].key: is not a label by which Auto Mode chooses instance types; got "
            "eks.amazonaws.com/instance-cpus; did you mean eks.amazonaws.com/instance-cpu?"
        )
    ]
    own = {"key": "eks.amazonaws.com/nodegroup", "operator": "DoesNotExist"}
    assert told(auto_pool(requirements=[own])) == []


@pytest.mark.parametrize(
    ("fields", "gpus", "fits"),
    [
        ({"instance_families": ["p5"], "instance_sizes": ["48xlarge"]}, "4", False),
        ({"instance_families": ["p5"], "instance_sizes": ["48xlarge"]}, "8", True),
        ({"instance_families": ["g6"]}, "1", True),
        ({"instance_families": ["p5"], "instance_sizes": ["48xlarge"]}, "0", True),
        ({"instance_families": ["p4d", "m5"]}, "4", True),
    ],
)
def test_limits_of_devices(fields: dict[str, Any], gpus: str, fits: bool) -> None:
    found = check([pool(limits={"nvidia.com/gpu": gpus}, **fields)], [ec2_class()])
    texts = [str(each) for each in found if each.path[-1] == "nvidia.com/gpu"]
    assert bool(texts) is not fits


@pytest.mark.parametrize(
    ("alias", "build", "fits"),
    [
        ("windows2022@latest", "10.0.20348", True),
        ("windows2022@latest", "10.0.17763", False),
        ("al2023@v20250920", "10.0.20348", False),
    ],
)
def test_builds_of_windows(alias: str, build: str, fits: bool) -> None:
    asked = {"key": "node.kubernetes.io/windows-build", "operator": "In", "values": [build]}
    found = told(pool(requirements=[asked]), ami_selector_terms=[{"alias": alias}])
    assert any("requires another build of Windows than class" in text for text in found) is not fits
