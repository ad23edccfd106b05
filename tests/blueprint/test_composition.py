"""Whole platforms: what they are made of, in which order, and what a change of one element leaves alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eks_blueprints import Blueprint, BlueprintArgs
from eks_blueprints.recording import ProgramError, record_directory
from eks_blueprints.testing import record
from eks_blueprints.testing.recorded import Recorded
from tests import PROJECT, ROOT

GOLDEN = ROOT / "tests" / "golden"

SMALL: dict[str, Any] = {
    "region": "eu-west-1",
    "network": {
        "vpc_id": "vpc-0123456789abcdef0",
        "subnet_ids": {"private": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]},
    },
    "cluster": {"version": "1.35"},
    "core_addons": [],
}
COMPUTE: dict[str, dict[str, Any]] = {
    "system": {"kind": "managed_nodes", "instance_types": ["m7g.large"]},
    "general": {"kind": "managed_nodes", "capacity_type": "SPOT"},
    "batch": {"kind": "managed_nodes", "min_size": 0, "max_size": 9},
}
ADDONS = ("vpc_cni", "kube_proxy", "eks_pod_identity_agent", "coredns", "aws_ebs_csi_driver", "metrics_server")
ACCESS: dict[str, dict[str, Any]] = {
    name: {"principal_arn": f"arn:aws:iam::111122223333:role/{name}", "policies": [{"policy": policy}]}
    for name, policy in {"operators": "cluster_admin", "developers": "view"}.items()
}


def platform(name: str = "shop", opts: pulumi.ResourceOptions | None = None, **fields: Any) -> Recorded:
    args = BlueprintArgs.model_validate(SMALL | fields)
    return record(lambda: Blueprint(name, args, opts))


def made(compute: Iterable[str], addons: Iterable[str], access: Iterable[str] = ()) -> Recorded:
    return platform(
        compute={name: COMPUTE[name] for name in compute},
        addons={name: {} for name in addons},
        access={name: ACCESS[name] for name in access},
    )


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_our_stacks_are_what_was_reviewed(stack: str, golden: Callable[..., None]) -> None:
    golden(Recorded(record_directory(PROJECT, stack)).is_valid(), stack, GOLDEN)


def test_it_is_the_same_in_every_run() -> None:
    texts = {record_directory(PROJECT, "prod").plan().to_json() for _ in range(2)}
    assert len(texts) == 1


def test_everything_is_part_of_the_blueprint() -> None:
    shop = made(COMPUTE, ADDONS, ACCESS)
    root = shop.one("Blueprint").urn
    assert all(under(shop, resource.urn, root) for resource in shop.all() if resource.planned.parent is not None)


def under(recorded: Recorded, urn: str | None, root: str) -> bool:
    by_urn = recorded.plan.by_urn()
    while urn is not None and urn != root:
        urn = by_urn[urn].parent
    return urn == root


def test_network_plugin_and_agent_come_before_nodes_and_the_rest_after() -> None:
    shop = made(COMPUTE, ADDONS)
    for group in shop.all("eks.NodeGroup"):
        for addon in ("vpc-cni", "eks-pod-identity-agent", "kube-proxy"):
            group.waits_for(f"shop-{addon}-addon")
        for addon in ("coredns", "aws-ebs-csi-driver", "metrics-server"):
            shop.one(f"shop-{addon}-addon").waits_for(group)


def test_what_talks_to_the_cluster_waits_for_access() -> None:
    shop = made(["system"], ADDONS, ACCESS)
    for resource in (*shop.all("eks.Addon"), *shop.all("eks.NodeGroup")):
        resource.waits_for("shop-access-operators").waits_for("shop-access-operators-AmazonEKSClusterAdminPolicy")


def test_every_resource_of_aws_uses_the_providers_region_and_tags() -> None:
    shop = platform(tags={"team": "shop"}, compute=COMPUTE)
    provider = shop.one("shop-aws")
    provider.has({"region": "eu-west-1"})
    for resource in shop.all():
        if resource.planned.type.startswith("aws:"):
            assert resource.planned.provider == provider.urn, resource
            if "tags" in resource.inputs:
                resource.has({"tags.team": "shop"})


def test_a_provider_in_opts_is_used_instead() -> None:
    args = BlueprintArgs.model_validate(SMALL | {"compute": COMPUTE})

    def program() -> None:
        mine = aws.Provider("mine", region="eu-west-1")
        Blueprint("shop", args, pulumi.ResourceOptions(providers=[mine]))

    shop = record(program)
    mine = shop.one("mine")
    shop.none("shop-aws")
    assert {r.planned.provider for r in shop.all() if r.planned.type.startswith("aws:")} == {mine.urn}


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_one_element_more_or_less_changes_no_other(data: st.DataObject) -> None:
    """The URN and the inputs of everything else stay, whichever element comes or goes and wherever it is listed."""
    group = data.draw(st.sampled_from(["compute", "addons", "access"]))
    everything: dict[str, list[str]] = {
        "compute": data.draw(st.permutations(list(COMPUTE))),
        "addons": data.draw(st.permutations(ADDONS)),
        "access": data.draw(st.permutations(list(ACCESS))),
    }
    needed = "eks_pod_identity_agent"  # others get their permissions through it
    gone = data.draw(st.sampled_from([name for name in everything[group] if name != needed]))
    fewer = everything | {group: [name for name in everything[group] if name != gone]}
    before, after = made(**fewer), made(**everything)
    after.adds_only(before, gone.replace("_", "-"))
    old, new = before.plan.by_urn(), after.plan.by_urn()
    for urn, resource in old.items():
        assert new[urn].inputs == resource.inputs, urn
        assert new[urn].provider == resource.provider, urn
        assert new[urn].parent == resource.parent, urn


@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.permutations(list(COMPUTE)), st.permutations(ADDONS), st.permutations(list(ACCESS)))
def test_the_order_in_a_stack_file_changes_nothing(compute: list[str], addons: list[str], access: list[str]) -> None:
    as_listed = made(COMPUTE, ADDONS, ACCESS).plan.to_json(positions=False)
    assert made(compute, addons, access).plan.to_json(positions=False) == as_listed


def test_two_platforms_in_one_program_share_no_name() -> None:
    args = BlueprintArgs.model_validate(SMALL | {"compute": COMPUTE})
    one = record(lambda: Blueprint("blue", args))
    both = record(lambda: (Blueprint("blue", args), Blueprint("green", args)))
    both.adds_only(one, "green")
    assert len(both.urns) - 1 == 2 * (len(one.urns) - 1)


def test_a_cluster_keeps_its_own_name() -> None:
    shop = platform(cluster={"version": "1.35", "name": "eu-shop"})
    shop.one("shop-cluster").has(name="eu-shop")


def test_a_mistake_in_python_has_its_path_and_no_line() -> None:
    with pytest.raises(ValueError, match="compute") as told:
        BlueprintArgs.model_validate(SMALL | {"compute": {"nodes": {"kind": "managed_nodes", "max_sise": 1}}})
    assert "max_sise" in str(told.value)


def test_args_of_another_blueprint_are_refused() -> None:
    class More(BlueprintArgs):
        """More."""

    class Other(Blueprint):
        """Takes more."""

        Args = More

    args = BlueprintArgs.model_validate(SMALL)
    with pytest.raises(ProgramError, match="Other takes More; got BlueprintArgs"):
        record(lambda: Other("shop", args))
