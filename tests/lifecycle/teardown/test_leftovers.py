"""Leftovers as the account itself lists them, and their removal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from eks_blueprints.lifecycle.teardown import leftovers
from eks_blueprints.lifecycle.teardown.actions.removal import remove
from eks_blueprints.lifecycle.teardown.cluster import PlannedCluster, clusters
from eks_blueprints.lifecycle.teardown.search import KEEP, Leftover, of_arn
from eks_blueprints.live.errors import LiveError

from .account import account, owned, tags, volume
from .test_steps import BASE, NODES, of_plan


@pytest.fixture
def session() -> Iterator[Any]:
    with account() as found:
        yield found


def planned(**fields: Any) -> PlannedCluster:
    [found] = clusters(of_plan(**fields))
    return found


def found(session: Any, cluster: PlannedCluster) -> set[str]:
    return {each.kind for search in leftovers.tagged(cluster) for each in search.found(session)}


def test_each_kind_that_controllers_leave_is_found_and_removed(session: Any) -> None:
    ec2, elb = session.client("ec2"), session.client("elbv2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"eu-west-1{'ab'[n]}")["Subnet"][
            "SubnetId"
        ]
        for n in (0, 1)
    ]
    mark = tags(**{"elbv2.k8s.aws/cluster": "shop"})
    group = ec2.create_security_group(
        GroupName="k8s-shop", Description="x", VpcId=vpc,
        TagSpecifications=[{"ResourceType": "security-group", "Tags": mark}],
    )["GroupId"]  # fmt: skip
    elb.create_load_balancer(Name="k8s-web", Subnets=subnets, Tags=mark)
    elb.create_target_group(Name="k8s-web", Protocol="HTTP", Port=80, VpcId=vpc, Tags=mark)
    kept, lost = volume(session, *owned(), {"Key": KEEP, "Value": "shop"}), volume(session, *owned())
    others = volume(session, *owned("other"))
    cluster = planned(addons=BASE | {"aws_load_balancer_controller": {}}, compute={"nodes": NODES})

    there = [each for search in leftovers.tagged(cluster) for each in search.found(session)]
    kinds = {each.kind for each in there}
    assert kinds == {
        "elasticloadbalancing:loadbalancer",
        "elasticloadbalancing:targetgroup",
        "ec2:security-group",
        "ec2:volume",
    }
    assert Leftover("ec2:volume", lost) in there
    assert not {kept, others} & {each.id for each in there}

    said: list[str] = []
    assert remove(session, there, said.append) == []
    assert f"removed ec2:volume {lost}" in said
    assert found(session, cluster) == set()
    assert {each["VolumeId"] for each in ec2.describe_volumes()["Volumes"]} == {kept, others}
    assert group not in {each["GroupId"] for each in ec2.describe_security_groups()["SecurityGroups"]}


def test_what_is_gone_meanwhile_and_what_nobody_can_remove(session: Any) -> None:
    lost = volume(session)
    session.client("ec2").delete_volume(VolumeId=lost)
    said: list[str] = []
    table = of_arn("arn:aws:dynamodb:eu-west-1:123456789012:table/orders")
    left = remove(session, [Leftover("ec2:volume", lost), table], said.append)
    assert said == [f"already gone: ec2:volume {lost}"]
    assert left == [f"{table.id}: no known way to remove it; delete it by hand"]


def test_what_aws_refuses_to_remove_stays_with_its_reason(session: Any) -> None:
    ec2, used = session.client("ec2"), volume(session)
    image = ec2.describe_images()["Images"][0]["ImageId"]
    place = {"AvailabilityZone": "eu-west-1a"}
    made = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, Placement=place)
    ec2.attach_volume(VolumeId=used, InstanceId=made["Instances"][0]["InstanceId"], Device="/dev/sdf")
    assert remove(session, [Leftover("ec2:volume", used)], print) == [
        f"ec2:volume {used}: AWS refuses (VolumeInUse); delete it by hand, or run the command again"
    ]


def test_karpenters_instance_profiles_are_found_by_their_path(session: Any) -> None:
    iam = session.client("iam")
    for name in ("shop", "other"):
        iam.create_instance_profile(InstanceProfileName=f"{name}_1", Path=f"/karpenter/eu-west-1/{name}/default/")
    iam.create_role(RoleName="nodes", AssumeRolePolicyDocument="{}")
    iam.add_role_to_instance_profile(InstanceProfileName="shop_1", RoleName="nodes")
    cluster = planned(addons=BASE, compute={"nodes": NODES, "pools": {"kind": "karpenter"}})
    there = [each for search in leftovers.tagged(cluster) for each in search.found(session)]
    assert there == [Leftover("iam:instance-profile", "shop_1")]
    assert remove(session, there, print) == []
    [other] = iam.list_instance_profiles()["InstanceProfiles"]
    assert other["InstanceProfileName"] == "other_1"


def test_log_groups_are_found_by_their_names(session: Any) -> None:
    logs = session.client("logs")
    for name in ("/aws/eks/shop/cluster", "/aws/eks/shop2/cluster"):
        logs.create_log_group(logGroupName=name)
    [search] = leftovers.log_groups(planned())
    there = search.found(session)
    assert there == [Leftover("logs:log-group", "/aws/eks/shop/cluster")]
    assert remove(session, there, print) == []
    assert [each["logGroupName"] for each in logs.describe_log_groups()["logGroups"]] == ["/aws/eks/shop2/cluster"]


def test_a_drivers_own_tag_lists_free_volumes_of_any_cluster(session: Any) -> None:
    mark = tags(**{"ebs.csi.aws.com/cluster": "true"})
    free = volume(session, *mark)
    volume(session)
    ec2 = session.client("ec2")
    saved = ec2.create_snapshot(
        VolumeId=free, TagSpecifications=[{"ResourceType": "snapshot", "Tags": mark}]
    )["SnapshotId"]  # fmt: skip
    cluster = planned(addons=BASE | {"aws_ebs_csi_driver": {}}, compute={"nodes": NODES})
    there = [each for search in leftovers.nameless(cluster) for each in search.found(session)]
    assert there == [Leftover("ec2:volume", free), Leftover("ec2:snapshot", saved)]


def test_a_value_that_names_the_cluster_among_others(session: Any) -> None:
    for owner in ("123456789012/shop/vpc-1", "123456789012/shop2/vpc-1"):
        volume(session, {"Key": "application-networking.k8s.aws/ManagedBy", "Value": owner})
    cluster = planned(addons=BASE | {"aws_gateway_api_controller": {}}, compute={"nodes": NODES})
    assert len([each for search in leftovers.tagged(cluster) for each in search.found(session)]) == 1


def test_who_may_not_look_is_told_in_one_line(session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from botocore.exceptions import ClientError

    def refuse(*_: Any, **__: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "not you"}}, "GetResources")

    monkeypatch.setattr("botocore.client.BaseClient._make_api_call", refuse)
    [first, *_] = leftovers.tagged(planned())
    with pytest.raises(LiveError, match="cannot look for leftovers; AWS says AccessDeniedException: not you; give the"):
        first.found(session)
