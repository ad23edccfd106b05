"""What access entries make."""

from __future__ import annotations

from typing import Any

from eks_blueprints.access.spec import AccessArgs
from eks_blueprints.core.refs import ClusterRef, NetworkRef
from eks_blueprints.recording import PlannedResource, record

ROLE = "arn:aws:iam::111122223333:role/ops"


def made(partition: str = "aws", **entries: Any) -> tuple[list[PlannedResource], list[str]]:
    """The resources of some entries, and the names of what `ready` holds."""
    args = AccessArgs.model_validate({"entries": entries})
    ready: list[str] = []

    def program() -> None:
        from eks_blueprints.access.component import Access

        cluster = ClusterRef(
            prefix="shop",
            name="shop",
            version="1.35",
            region="eu-west-1",
            partition=partition,
            arn="arn:aws:eks:eu-west-1:111122223333:cluster/shop",
            endpoint="https://shop",
            certificate_authority="",
            oidc_issuer="https://oidc",
            security_group_id="sg-1",
            network=NetworkRef(vpc_id="vpc-1", subnets=()),
            tags={"team": "core"},
        )
        access = Access("shop-access", args, cluster=cluster)
        ready.extend(resource.pulumi_resource_name for resource in access.ready)

    return list(record(program).plan().resources[2:]), ready


def test_an_entry_says_who_and_what() -> None:
    resources, _ = made(
        ops={"principal_arn": ROLE, "kubernetes_groups": ["devs"], "user_name": "ops", "tags": {"a": "b"}}
    )
    assert resources[0].name == "shop-access-ops"
    assert resources[0].inputs == {
        "clusterName": "shop",
        "principalArn": ROLE,
        "type": "STANDARD",
        "kubernetesGroups": ["devs"],
        "userName": "ops",
        "tags": {"a": "b", "team": "core"},
    }


def test_a_policy_is_tied_to_its_entry_and_waits_for_it() -> None:
    resources, _ = made(ops={"principal_arn": ROLE, "policies": [{"policy": "edit", "namespaces": ["dev-*"]}]})
    tied = resources[1]
    assert tied.name == "shop-access-ops-AmazonEKSEditPolicy"
    assert tied.inputs == {
        "clusterName": "shop",
        "principalArn": ROLE,
        "policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy",
        "accessScope": {"type": "namespace", "namespaces": ["dev-*"]},
    }
    assert tied.dependencies == (resources[0].urn,)


def test_a_policy_without_namespaces_is_for_the_whole_cluster() -> None:
    resources, _ = made(ops={"principal_arn": ROLE, "policies": [{"policy": "cluster_admin"}]})
    assert resources[1].inputs["accessScope"] == {"type": "cluster"}


def test_ready_holds_entries_and_policies() -> None:
    _, ready = made(ops={"principal_arn": ROLE, "policies": [{"policy": "view"}]})
    assert ready == ["shop-access-ops", "shop-access-ops-AmazonEKSViewPolicy"]


def test_policies_are_those_of_the_partition() -> None:
    resources, _ = made("aws-cn", ops={"principal_arn": ROLE, "policies": [{"policy": "view"}]})
    assert resources[1].inputs["policyArn"].startswith("arn:aws-cn:eks::aws:")


def test_another_entry_changes_no_other_resource() -> None:
    ops = {"principal_arn": ROLE, "policies": [{"policy": "view"}]}
    before, _ = made(ops=ops)
    after, _ = made(ann={"principal_arn": "arn:aws:iam::111122223333:user/ann"}, ops=ops)
    assert {resource.urn for resource in before} <= {resource.urn for resource in after}
