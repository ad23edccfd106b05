"""What AWS will refuse, and what it takes."""

from __future__ import annotations

from typing import Any

import pytest

from eks_blueprints.core import versions
from eks_blueprints.recording.plan import PlannedResource
from tests.plans import NODE_GROUP, plan, resource, with_options
from tests.review.effects.told import cluster, found, pool
from tests.review.report.reports import report, stack

SUBNET = "aws:ec2/subnet:Subnet"
VPC = "aws:ec2/vpc:Vpc"
IGNORED = {"ignore_changes": ["scalingConfig.desiredSize"]}


def refused(old: list[PlannedResource], new: list[PlannedResource]) -> list[str]:
    """Levels and effects."""
    return [f"{item.level}: {item.cause}: {item.effect}" for item in found(old, new, "refused")]


def group(*, options: dict[str, Any] | None = None, **inputs: Any) -> PlannedResource:
    return resource(NODE_GROUP, "shop-nodes", {"clusterName": "shop", **inputs}, options=options or {})


def sizes(least: int, desired: int, most: int) -> dict[str, Any]:
    return {"scalingConfig": {"minSize": least, "desiredSize": desired, "maxSize": most}}


class TestVersions:
    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("1.33", "1.34", None),
            (
                "1.33",
                "1.35",
                "danger: `version` 1.33 → 1.35: a cluster goes up one minor version at a time; deploy 1.34",
            ),
            ("1.33", "1.36", "deploy 1.34, then 1.35, then 1.36"),
            ("1.35", "1.34", "warning: `version` 1.35 → 1.34: EKS takes it within 7 days"),
            ("1.35", "1.33", "danger: `version` 1.35 → 1.33: a cluster is rolled back by one minor version at most"),
            ("1.35", "1.35", None),
        ],
    )
    def test_of_a_cluster(self, old: str, new: str, said: str | None) -> None:
        lines = refused([cluster(old)], [cluster(new, enabledClusterLogTypes=["api"])])
        assert len(lines) == (0 if said is None else 1)
        assert said is None or said in lines[0]

    def test_nodes_go_back_first(self) -> None:
        nodes = group(version="1.35")
        (line,) = refused([cluster("1.35"), nodes], [cluster("1.34"), nodes])
        assert line.startswith("danger")
        assert "nodes go back first" in line
        (line,) = refused([cluster("1.35"), group(version="1.34")], [cluster("1.34"), group(version="1.34")])
        assert line.startswith("warning")

    def test_nodes_together_with_their_cluster_would_come_second(self) -> None:
        lines = refused([cluster("1.35"), group(version="1.35")], [cluster("1.34"), group(version="1.34")])
        assert any(line.startswith("danger") and "in a deployment of their own" in line for line in lines)

    def test_a_group_on_its_way_back_may_be_refused(self) -> None:
        (line,) = refused([cluster(), group(version="1.35")], [cluster(), group(version="1.34")])
        assert line.startswith("warning: `version` 1.35 → 1.34")

    @pytest.mark.parametrize(("release", "count"), [("1.34.2-20251001", 1), ("1.34.2-20251201", 0)])
    def test_an_earlier_image_may_be_refused(self, release: str, count: int) -> None:
        old, new = (group(releaseVersion=each) for each in ("1.34.2-20251107", release))
        assert [line[:7] for line in refused([cluster(), old], [cluster(), new])] == ["warning"] * count

    @pytest.mark.parametrize("inputs", [{"version": "1.36"}, {"releaseVersion": "1.36.1-20261101"}])
    def test_nodes_are_not_newer_than_the_control_plane(self, inputs: dict[str, Any]) -> None:
        (line,) = refused([cluster()], [cluster(), group(**inputs)])
        assert "nodes cannot be newer than the control plane, which is 1.35" in line
        assert refused([cluster()], [cluster("1.36"), group(**inputs)]) == []

    def test_nodes_that_are_too_old_hold_their_cluster(self) -> None:
        nodes = group(version="1.32")
        (line,) = refused([cluster("1.35"), nodes], [cluster("1.36"), nodes])
        assert "upgrade `shop-nodes` first" in line
        assert refused([cluster("1.34"), nodes], [cluster("1.35"), nodes]) == []

    def test_a_replaced_cluster_may_have_any_version(self) -> None:
        old, new = cluster("1.33"), cluster("1.36", roleArn="arn:other")
        assert refused([old], [new]) == []


class TestSizes:
    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ((1, 2, 3), (4, 4, 8), "`scalingConfig.minSize` 4 is above the desired size 2"),
            ((1, 4, 6), (1, 2, 3), "`scalingConfig.maxSize` 3 is below the desired size 4"),
            ((1, 2, 3), (2, 4, 8), None),
            ((1, 2, 3), (1, 9, 3), None),
        ],
    )
    def test_beside_an_ignored_desired_size(self, old: Any, new: Any, said: str | None) -> None:
        before, after = (group(options=IGNORED, **sizes(*each)) for each in (old, new))
        lines = refused([before], [after])
        assert len(lines) == (0 if said is None else 1)
        assert said is None or (said in lines[0] and "then `pulumi refresh`" in lines[0])

    def test_a_desired_size_that_is_not_ignored_goes_along(self) -> None:
        assert refused([group(**sizes(1, 2, 3))], [group(**sizes(4, 4, 8))]) == []

    def test_a_replaced_group_takes_the_new_size(self) -> None:
        old, new = (
            group(options=IGNORED, instanceTypes=[t], **sizes(*s)) for t, s in (("a", (1, 2, 3)), ("b", (4, 4, 8)))
        )
        assert found([old], [new], "refused") == []
        assert found([old], [new], "idle") == []

    def test_auto_scaling_moves_the_size_by_itself(self) -> None:
        kind, options = "aws:autoscaling/group:Group", {"ignore_changes": ["desiredCapacity"]}
        old, new = (
            resource(kind, "own", {"minSize": n, "desiredCapacity": n, "maxSize": 9}, options=options) for n in (1, 4)
        )
        assert refused([old], [new]) == []


class TestClusters:
    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("CONFIG_MAP", "API_AND_CONFIG_MAP", None),
            ("API_AND_CONFIG_MAP", "API", None),
            ("CONFIG_MAP", "API", "deploy API_AND_CONFIG_MAP first"),
            ("API", "API_AND_CONFIG_MAP", "the mode only goes"),
            ("API_AND_CONFIG_MAP", "CONFIG_MAP", "the mode only goes"),
        ],
    )
    def test_access_goes_one_way(self, old: str, new: str, said: str | None) -> None:
        before, after = (cluster(accessConfig={"authenticationMode": mode}) for mode in (old, new))
        lines = refused([before], [after])
        assert len(lines) == (0 if said is None else 1)
        assert said is None or said in lines[0]

    def test_standard_support_is_for_versions_that_have_it(self) -> None:
        by_support = {versions.support(version): version for version in versions.supported()}
        old = by_support["extended"]
        standard = {"supportType": "STANDARD"}
        (line,) = refused([cluster(old)], [cluster(old, upgradePolicy=standard)])
        assert "is in extended support already" in line
        new = by_support["standard"]
        assert refused([cluster(new)], [cluster(new, upgradePolicy=standard)]) == []
        assert refused([cluster(old, upgradePolicy=standard)], [cluster(old)]) == []

    def test_auto_modes_parts_go_together(self) -> None:
        def auto(compute: bool, storage: bool, balancing: bool) -> PlannedResource:
            return cluster(
                computeConfig={"enabled": compute},
                storageConfig={"blockStorage": {"enabled": storage}},
                kubernetesNetworkConfig={"elasticLoadBalancing": {"enabled": balancing}},
            )

        off, on = auto(False, False, False), auto(True, True, True)
        assert refused([off], [on]) == refused([on], [off]) == []
        (line,) = refused([off], [auto(True, False, True)])
        assert "`storageConfig.blockStorage` is not" in line

    def test_one_endpoint_at_least(self) -> None:
        public = {"endpointPublicAccess": True, "endpointPrivateAccess": False}
        none = {"endpointPublicAccess": False, "endpointPrivateAccess": False}
        (line,) = refused([cluster(vpcConfig=public)], [cluster(vpcConfig=none)])
        assert "an API server needs one of the two" in line
        assert refused([cluster(vpcConfig=public)], [cluster(vpcConfig={**none, "endpointPrivateAccess": True})]) == []


class TestNetworks:
    def subnet(self, name: str, zone: str, block: str = "10.0.0.0/24", vpc: str = "net") -> PlannedResource:
        return resource(SUBNET, name, {"vpcId": f"${{{vpc}.id}}", "availabilityZone": zone, "cidrBlock": block})

    def on(self, *names: str) -> PlannedResource:
        return cluster(vpcConfig={"subnetIds": [f"${{{name}.id}}" for name in names]})

    def test_another_vpc(self) -> None:
        old, new = self.subnet("a", "eu-west-1a"), self.subnet("b", "eu-west-1a", "10.1.0.0/24", vpc="other")
        (line,) = refused([old, self.on("a")], [old, new, self.on("b")])
        assert "a cluster cannot change its VPC: another network requires another cluster" in line

    def test_a_vpc_that_is_made_anew_is_another_one(self) -> None:
        nets = [resource(VPC, "net", {"cidrBlock": block}) for block in ("10.0.0.0/16", "10.1.0.0/16")]
        kept = [
            resource(
                SUBNET,
                "a",
                {"vpcId": "${net.id}", "availabilityZone": "eu-west-1a", "cidrBlock": block},
                after={"vpcId": [net]},
            )
            for net, block in zip(nets, ("10.0.0.0/24", "10.1.0.0/24"), strict=True)
        ]
        inputs = {"name": "shop", "version": "1.35", "vpcConfig": {"subnetIds": ["${a.id}"]}}
        it = resource("aws:eks/cluster:Cluster", "shop-cluster", inputs, after={"vpcConfig": [kept[0]]})
        (line,) = refused([nets[0], kept[0], it], [nets[1], kept[1], it])
        assert "a cluster cannot change its VPC: another network requires another cluster" in line

    @pytest.mark.parametrize(
        ("before", "after", "count"),
        [("ab", "abc", 1), ("abc", "ab", 1), ("ab", "ac", 1), ("ab", "abd", 0), ("ab", "da", 1)],
    )
    def test_the_zones_stay(self, before: str, after: str, count: int) -> None:
        zones = {"a": "eu-west-1a", "b": "eu-west-1b", "c": "eu-west-1c", "d": "eu-west-1a"}
        nets = [self.subnet(name, zone, f"10.0.{i}.0/24") for i, (name, zone) in enumerate(zones.items())]
        lines = refused([*nets, self.on(*before)], [*nets, self.on(*after)])
        assert len(lines) == count
        assert all("the control plane stays in the zones that it was created with" in line for line in lines)

    def test_subnets_that_no_plan_holds_are_not_known(self) -> None:
        old, new = (cluster(vpcConfig={"subnetIds": ids}) for ids in (["subnet-1"], ["subnet-1", "subnet-2"]))
        assert refused([old], [new]) == []
        (item,) = found([old], [new])
        assert (item.level, item.title) == ("warning", "maybe refused")

    @pytest.mark.parametrize(
        ("old", "new", "count"),
        [
            (("a", "10.0.0.0/24"), ("b", "10.0.0.0/25"), 1),
            (("a", "10.0.0.0/24"), ("a", "10.0.0.0/23"), 1),
            (("a", "10.0.0.0/24"), ("a", "10.0.1.0/24"), 0),
            (("a", "10.0.0.0/24"), ("b", "10.0.1.0/24"), 0),
        ],
    )
    def test_blocks_that_still_stand(self, old: tuple[str, str], new: tuple[str, str], count: int) -> None:
        before, after = (self.subnet(name, "eu-west-1a", block) for name, block in (old, new))
        lines = refused([before], [after])
        assert len(lines) == count
        assert all("the old subnet is deleted only after the new one is created" in line for line in lines)

    def test_a_subnet_that_is_deleted_first_makes_room(self) -> None:
        before, after = (self.subnet("a", "eu-west-1a", block) for block in ("10.0.0.0/24", "10.0.0.0/23"))
        assert refused([before], [with_options(after, delete_before_replace=True)]) == []

    def test_another_vpc_has_room(self) -> None:
        nets = [resource(VPC, "net", {"cidrBlock": "10.0.0.0/16"}), resource(VPC, "new", {"cidrBlock": "10.0.0.0/16"})]
        old, new = self.subnet("a", "eu-west-1a"), self.subnet("b", "eu-west-1a", vpc="new")
        assert refused([nets[0], old], [nets[0], nets[1], old, new]) == []


class TestDeletions:
    @pytest.mark.parametrize("new", [[], [cluster(roleArn="arn:other")]], ids=["deleted", "replaced"])
    def test_what_is_protected_at_aws_does_not_go(self, new: list[PlannedResource]) -> None:
        (line,) = refused([cluster(deletionProtection=True)], new)
        assert "`deletionProtection` is on: deploy it as false first" in line
        assert refused([cluster(deletionProtection=False)], new) == []

    def test_what_is_let_go_is_not_deleted(self) -> None:
        kept = with_options(cluster(deletionProtection=True), retain_on_delete=True)
        assert refused([kept], []) == []


class TestPools:
    def test_what_the_api_server_holds(self) -> None:
        (line,) = refused([pool(auto=False)], [pool(auto=True)])[:1]
        assert line.startswith("danger: `nodeClassRef.group`")
        (line,) = refused([pool()], [pool(replicas=3)])
        assert "cannot become static or dynamic later" in line
        assert refused([pool(replicas=3)], [pool(replicas=4)]) == []


def test_a_stack_with_a_refused_change_is_invalid() -> None:
    found = report(stack(plan(cluster("1.33")), plan(cluster("1.35"))))
    assert found.stacks[0].invalid
    assert found.level == "danger"
    assert found.verdict.startswith("1 change that will be refused")
    fine = report(stack(plan(cluster("1.35")), plan(cluster("1.34"))))
    assert not fine.stacks[0].invalid
