"""What leaves `up` failing for good is said, and what this package makes does not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from eks_blueprints.recording import record_directory
from eks_blueprints.recording.plan import PlannedResource
from eks_blueprints.review.diff import diff_plans
from eks_blueprints.review.diff.identity import identity, keys
from eks_blueprints.review.diff.replacement import deletes_first, immutable
from eks_blueprints.review.effects import effects
from tests import PROJECT, ROOT
from tests.plans import CLUSTER, NAMESPACE, PROVIDER, changed, plan, resource, with_options

ENTRY = "aws:eks/accessEntry:AccessEntry"
WHO = {"clusterName": "shop", "principalArn": "arn:aws:iam::1:role/ops", "type": "STANDARD"}


def stuck(old: list[PlannedResource], new: list[PlannedResource]) -> list[tuple[str, str]]:
    found = effects(diff_plans(plan(*old), plan(*new)))
    return [(item.title, item.name) for item in found if item.harm == "stuck" or item.title == "not created again"]


class TestTwoOfOneName:
    def test_a_renamed_entry_meets_the_old_one(self) -> None:
        old, new = resource(ENTRY, "old", WHO), resource(ENTRY, "new", WHO)
        assert stuck([old], [new]) == [("two of one name", "new")]
        (found,) = [each for each in effects(diff_plans(plan(old), plan(new))) if each.harm == "stuck"]
        assert "give it an alias to `old`" in found.effect
        assert found.level == "danger"

    def test_one_with_an_alias_does_not(self) -> None:
        old, new = resource(ENTRY, "old", WHO), resource(ENTRY, "new", WHO, options={"aliases": [{"name": "old"}]})
        assert stuck([old], [new]) == []

    def test_another_principal_is_another_entry(self) -> None:
        old, new = resource(ENTRY, "old", WHO), resource(ENTRY, "new", {**WHO, "principalArn": "arn:aws:iam::1:role/b"})
        assert stuck([old], [new]) == []

    def test_a_replacement_meets_its_predecessor(self) -> None:
        old = resource(ENTRY, "e", WHO)
        new = changed(old, type="EC2_LINUX")
        assert stuck([old], [new]) == [("two of one name", "e")]
        assert stuck([old], [with_options(new, delete_before_replace=True)]) == []

    @pytest.mark.parametrize("anew", [True, False])
    def test_what_stands_inside_something_new_meets_nothing(self, anew: bool) -> None:
        table = resource("aws:ec2/routeTable:RouteTable", "table", {"vpcId": "vpc-1"})
        inputs = {"routeTableId": "${table.id}", "destinationCidrBlock": "0.0.0.0/0"}
        route = resource("aws:ec2/route:Route", "route", inputs, after={"routeTableId": [table]})
        moved = changed(table, vpcId="vpc-2" if anew else "vpc-1")
        again = route if anew else with_options(route, replacement_trigger="b")
        found = stuck([table, with_options(route, replacement_trigger="a") if not anew else route], [moved, again])
        assert found == ([] if anew else [("two of one name", "route")])

    @pytest.mark.parametrize("kind", ["aws:cloudwatch/logGroup:LogGroup", "aws:sqs/queue:Queue", "aws:iam/role:Role"])
    def test_fixed_names(self, kind: str) -> None:
        assert stuck([resource(kind, "a", {"name": "x"})], [resource(kind, "b", {"name": "x"})]) == [
            ("two of one name", "b")
        ]
        assert stuck([resource(kind, "a", {"name": "x"})], [resource(kind, "b", {"name": "y"})]) == []
        assert stuck([resource(kind, "a")], [resource(kind, "b")]) == [], "generated names never meet"

    def test_objects_of_one_cluster(self) -> None:
        one, two = (resource(PROVIDER, name) for name in ("one", "two"))
        inputs = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}}
        old = resource(NAMESPACE, "old", inputs, provider=one.urn)
        new = resource(NAMESPACE, "new", inputs, provider=one.urn)
        assert stuck([one, two, old], [one, two, new]) == [("two of one name", "new")]
        assert stuck([one, two, old], [one, two, resource(NAMESPACE, "new", inputs, provider=two.urn)]) == []


def cluster_with(identifier: object, **options: object) -> tuple[PlannedResource, PlannedResource, PlannedResource]:
    cluster = resource(CLUSTER, "c", {"name": "c", "roleArn": "arn:1"}, options={"delete_before_replace": True})
    known = {"kubeconfig": {"$secret": True}, "clusterIdentifier": identifier}
    takes = ("kubeconfig",) if identifier == "c" else ("kubeconfig", "clusterIdentifier")
    provider = resource(PROVIDER, "k", known, after={key: [cluster] for key in takes})
    inside = resource(NAMESPACE, "n", {"metadata": {"name": "n"}}, provider=provider.urn, options=options)
    return cluster, provider, inside


class TestAReplacedCluster:
    def test_objects_of_a_provider_that_goes_along_hold_it(self) -> None:
        cluster, *rest = cluster_with("${c.endpoint}")
        other = changed(cluster, roleArn="arn:2")
        assert stuck([cluster, *rest], [other, *rest]) == [("cannot be finished", "c")]
        told = effects(diff_plans(plan(cluster, *rest), plan(other, *rest)))
        (found,) = [each for each in told if each.led == ("n",)]
        assert "the client connection is closing" in found.effect

    def test_those_that_go_with_it_do_not(self) -> None:
        for options in ({"deleted_with": resource(CLUSTER, "c").urn}, {"retain_on_delete": True}):
            cluster, *rest = cluster_with("${c.endpoint}", **options)
            assert stuck([cluster, *rest], [changed(cluster, roleArn="arn:2"), *rest]) == []

    def test_nor_where_the_provider_stays_and_they_are_replaced_with_the_cluster(self) -> None:
        cluster, *rest = cluster_with("c", replace_with=[resource(CLUSTER, "c").urn])
        other = [changed(cluster, roleArn="arn:2"), *rest]
        assert stuck([cluster, *rest], other) == []
        assert {each.name: each.kind for each in diff_plans(plan(cluster, *rest), plan(*other)).resources} == {
            "c": "replace",
            "k": "update",
            "n": "replace",
        }

    def test_where_the_provider_stays_and_nothing_tells_them_they_are_lost(self) -> None:
        cluster, *rest = cluster_with("c")
        assert stuck([cluster, *rest], [changed(cluster, roleArn="arn:2"), *rest]) == [("not created again", "c")]

    def test_what_is_new_is_made_in_the_new_one(self) -> None:
        cluster, provider, inside = cluster_with("c")
        new = [changed(cluster, roleArn="arn:2"), provider, inside]
        assert stuck([cluster, provider], new) == []


STACKS = [
    (PROJECT, "dev"), (PROJECT, "prod"),
    *((ROOT / "examples" / name, "prod") for name in (
        "auto_mode", "cluster_autoscaler", "existing_vpc", "ipv6", "mixed_compute", "private_cluster", "team_repo",
    )),
]  # fmt: skip


def managed() -> Iterator[PlannedResource]:
    for folder, stack in STACKS:
        yield from (each for each in record_directory(folder, stack).plan().resources if each.custom)


NOT_ALONE = {
    "aws:ec2/route:Route": "its other destinations are another route",
}
"""Inputs that cannot be changed beside the identity, and yet lead to no second one of it."""


def test_nothing_of_this_package_is_made_beside_the_one_that_it_replaces() -> None:
    """A replacement that keeps the identity has to go first, or `up` meets a conflict for good."""
    met = []
    for each in managed():
        if identity(each) is None or each.type in NOT_ALONE:
            continue
        others = {key.partition(".")[0] for key in immutable(each.type) or ()}
        others -= {key.partition(".")[0] for key in keys(each.type)} | {"region", "namePrefix"}
        if others and not deletes_first(each.type, each.options, each.inputs):
            met.append(f"{each.type} {each.name}: {sorted(others)}")
    assert met == []


def test_every_object_in_a_cluster_of_this_package_is_told_of_its_replacement() -> None:
    told = ("deleted_with", "replace_with", "replacement_trigger")
    left = [
        each.name
        for each in managed()
        if each.type.startswith("kubernetes:") and not any(option in each.options for option in told)
    ]
    assert left == []
