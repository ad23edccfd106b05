"""Which pods run on Fargate, on which size, for how much, and which it refuses."""

from __future__ import annotations

import pytest

from eks_blueprints.core.facts.csi_drivers import EBS
from eks_blueprints.provisioning.fargate import PROFILE_LABEL, profile_of, size_of, too_large
from eks_blueprints.provisioning.fargate_limits import limits_of, limits_of_spec
from eks_blueprints.provisioning.makers import Profile
from eks_blueprints.review.cost.prices import list_prices
from eks_blueprints.scheduling.pod import Claim, Shape, shape_of

MIB, GIB = 2**20, 2**30


@pytest.mark.parametrize(
    ("cpu", "memory", "expected"),
    [
        (0, 0, "0.25 vCPU, 0.5 GB"),
        (250, 256 * MIB, "0.25 vCPU, 0.5 GB"),
        (250, 256 * MIB + 1, "0.25 vCPU, 1 GB"),
        (251, 0, "0.5 vCPU, 1 GB"),
        (100, 2 * GIB, "0.5 vCPU, 3 GB"),
        (1000, 8 * GIB, "2 vCPU, 9 GB"),  # the user guide's own example
        (4000, 28 * GIB, "4 vCPU, 29 GB"),
        (4000, 30 * GIB, "8 vCPU, 32 GB"),
        (8000, 21 * GIB, "8 vCPU, 24 GB"),
        (9000, 1 * GIB, "16 vCPU, 32 GB"),
        (16000, 120 * GIB - 256 * MIB, "16 vCPU, 120 GB"),
    ],
)
def test_sizes_are_in_steps(cpu: int, memory: int, expected: str) -> None:
    assert str(size_of({"cpu": cpu, "memory": memory})) == expected


def test_a_pod_can_be_too_large() -> None:
    said = "requests more than Fargate's largest machine has: 16 vCPU and 120 GB, 256 MB of which it keeps"
    for requests in ({"cpu": 16001}, {"memory": 120 * GIB}):
        assert (size_of(requests), too_large(requests)) == (None, said)
    disk = {"ephemeral-storage": 175 * GIB + 1}
    assert too_large(disk) == "requests more than the 175 GiB of ephemeral storage that Fargate gives"
    assert too_large({"cpu": 16000}) == ""


def test_the_start_counts_where_it_needs_more() -> None:
    containers = [{"name": "a", "resources": {"requests": {"cpu": "300m", "memory": "1Gi"}}}] * 2
    before = [{"name": "b", "resources": {"requests": {"cpu": "2", "memory": "512Mi"}}}]
    shape = shape_of({"containers": containers, "initContainers": before})
    assert str(size_of(shape.requests)) == "2 vCPU, 4 GB"


def test_prices_are_of_the_size_and_of_storage_above_20_gb() -> None:
    table = list_prices()
    prices = [table.of("fargate", key) for key in ("vcpu_hour", "gb_hour", "storage_gb_hour")]
    assert prices == [0.04048, 0.004445, 0.000111]
    small, large = size_of({}), size_of({"ephemeral-storage": 100 * GIB})
    assert small is not None
    assert small.hourly(0.04048, 0.004445, 0.000111) == pytest.approx(0.25 * 0.04048 + 0.5 * 0.004445)
    assert large is not None  # AWS: of two containers with 50 GiB each, 95 GiB are billed
    assert large.hourly(0, 0, 1.0) == pytest.approx(95)
    assert str(large) == "0.25 vCPU, 0.5 GB, 115 GB of storage"


def _pod(namespace: str = "shop", **labels: str) -> Shape:
    return Shape(namespace=namespace, labels=labels)


def _profiles() -> list[Profile]:
    return [
        Profile(name="z-batch", selectors=(("shop", {"tier": "b*"}), ("dev-?", {}))),
        Profile(name="apps", selectors=(("sho*", {"tier": "batch", "team": "a"}),)),
    ]


def test_profiles_take_pods_by_namespace_and_labels() -> None:
    profiles = _profiles()
    names = [
        taken and taken.profile.name
        for taken in (
            profile_of(_pod(tier="batch"), profiles),
            profile_of(_pod(tier="web"), profiles),
            profile_of(_pod("dev-1"), profiles),
            profile_of(_pod("dev-12"), profiles),
            profile_of(_pod("shops", tier="batch", team="a"), profiles),
        )
    ]
    assert names == ["z-batch", None, "z-batch", None, "apps"]


def test_of_several_profiles_the_label_decides_and_else_the_others_are_told() -> None:
    both = {"tier": "batch", "team": "a"}
    taken = profile_of(_pod(**both), _profiles())
    assert taken is not None
    assert (taken.profile.name, [each.name for each in taken.others]) == ("apps", ["z-batch"])
    named = profile_of(_pod(**both, **{PROFILE_LABEL: "z-batch"}), _profiles())
    assert named is not None
    assert (named.profile.name, named.others) == ("z-batch", ())
    elsewhere = profile_of(_pod(tier="batch", **{PROFILE_LABEL: "apps"}), _profiles())
    assert elsewhere is not None
    assert elsewhere.profile.name == "z-batch"  # it does not match the one that it names


def test_fargate_runs_a_plain_pod() -> None:
    assert list(limits_of(_pod())) == []


def test_what_fargate_refuses() -> None:
    spec = {
        "hostNetwork": True,
        "nodeSelector": {"kubernetes.io/arch": "arm64", "node.kubernetes.io/instance-type": "m5.large"},
        "volumes": [{"name": "logs", "hostPath": {"path": "/var/log"}}],
        "initContainers": [{"name": "setup", "securityContext": {"privileged": True}}],
        "containers": [
            {
                "name": "main",
                "resources": {"limits": {"nvidia.com/gpu": "1"}, "requests": {"cpu": "20"}},
                "ports": [{"containerPort": 80, "hostPort": 8080}],
            }
        ],
    }
    claim = Claim("shop/data", driver=EBS[0])
    said = [*limits_of(shape_of(spec, claims=[claim])), *limits_of_spec(spec)]
    assert {(each.predicate, each.reason) for each in said} == {
        (
            "size",
            "requests more than Fargate's largest machine has: 16 vCPU and 120 GB, 256 MB of which it keeps",
        ),
        ("devices", "needs nvidia.com/gpu, and Fargate has none"),
        ("hostPort", "uses port 8080 of the host, which Fargate refuses"),
        ("volumes", "shop/data is an EBS volume, which Fargate cannot mount"),
        ("nodes", "asks for arm64, which Fargate does not support"),
        ("nodes", "asks for a node with node.kubernetes.io/instance-type, and Fargate's have none"),
        ("host", "hostNetwork is true, and Fargate lets no pod into the host"),
        ("volumes", "volume logs is a path of the host, which Fargate refuses"),
        ("privileged", "container setup is privileged, which Fargate refuses"),
    }
