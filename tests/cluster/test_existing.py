"""Clusters that were there before, and ours for pulumi-eks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from eks_blueprints.cluster.spec import ClusterArgs
from eks_blueprints.core.refs import ClusterRef
from eks_blueprints.recording import ProgramError, record

from .programs import REGION, network, one


def test_an_existing_cluster_is_found_by_its_name() -> None:
    def program() -> None:
        import pulumi

        ref = ClusterRef.existing("old", region=REGION, prefix="p")
        for name in ("endpoint", "certificate_authority", "oidc_issuer", "security_group_id"):
            pulumi.export(name, getattr(ref, name))
        pulumi.export("vpc_id", ref.network.vpc_id)

    recording = record(program)
    assert {name: text.partition(").")[2].rstrip("}") for name, text in recording.outputs.items()} == {
        "certificate_authority": "certificateAuthorities[0].data",
        "endpoint": "endpoint",
        "oidc_issuer": "identities[0].oidcs[0].issuer",
        "security_group_id": "vpcConfig.clusterSecurityGroupId",
        "vpc_id": "vpcConfig.vpcId",
    }
    assert one(recording, "kubernetes").name == "p-kubernetes"


@pytest.mark.parametrize(
    ("region", "partition"), [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_the_partition_of_an_existing_cluster_is_that_of_its_region(region: str, partition: str) -> None:
    found: list[str] = []
    record(lambda: found.append(ClusterRef.existing("old", region=region).partition))
    assert found == [partition]


def test_an_existing_cluster_in_no_region_is_refused() -> None:
    with pytest.raises(
        ProgramError, match=r"region: is not an AWS region; got \"eu-wst\"; write one such as eu-west-1"
    ):
        record(lambda: ClusterRef.existing("old", region="eu-wst"))


def test_a_cluster_of_pulumi_eks_is_seen_as_ours() -> None:
    pulumi_eks = pytest.importorskip("pulumi_eks")

    def program() -> None:
        import pulumi

        made = pulumi_eks.Cluster("theirs", authentication_mode="API", create_oidc_provider=True)
        ref = ClusterRef.of(made, region=REGION, oidc_provider=True)
        assert (ref.prefix, ref.ready) == ("theirs", (made,))
        pulumi.export("oidc_provider_arn", ref.oidc_provider_arn)

    recording = record(program)
    assert recording.outputs == {"oidc_provider_arn": "${theirs.oidcProviderArn}"}
    assert one(recording, "kubernetes").name == "theirs-kubernetes"


def node_group(**fields: Any) -> dict[str, Any]:
    pulumi_eks = pytest.importorskip("pulumi_eks")

    def program() -> None:
        from eks_blueprints.cluster.component import Cluster
        from eks_blueprints.cluster.core_data import core_data

        cluster = Cluster(
            "shop", ClusterArgs.model_validate({"version": "1.35"} | fields), network=network(), region=REGION
        )
        pulumi_eks.ManagedNodeGroup("theirs", cluster=core_data(cluster), node_role_arn="arn:aws:iam::1:role/n")

    return dict(one(record(program), "ManagedNodeGroup").inputs["cluster"])


def test_our_cluster_is_core_data_for_pulumi_eks() -> None:
    core = node_group()
    assert core["cluster"]["$resource"].endswith("::shop-cluster")
    assert core["clusterIamRole"]["$resource"].endswith("::shop-cluster-role")
    assert core["privateSubnetIds"] == ["subnet-private-a", "subnet-private-b"]
    assert len(core["subnetIds"]) == 4


def test_core_data_reads_a_role_that_was_given() -> None:
    core = node_group(role_arn="arn:aws:iam::111122223333:role/own")
    assert core["clusterIamRole"]["$resource"].endswith("::shop-cluster-role")
    assert json.dumps(core)


def test_core_data_without_pulumi_eks_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pulumi_eks", None)

    def program() -> None:
        from eks_blueprints.cluster.component import Cluster
        from eks_blueprints.cluster.core_data import core_data

        core_data(Cluster("shop", ClusterArgs(version="1.35"), network=network(), region=REGION))

    with pytest.raises(ProgramError, match="core_data needs pulumi-eks"):
        record(program)
