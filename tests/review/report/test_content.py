"""What a report says: attention, security, versions, policies, gates."""

from __future__ import annotations

import json
from typing import Any

import pytest

from eks_blueprints.core.errors import InputError
from eks_blueprints.recording.plan import PlannedResource
from eks_blueprints.review.diff import diff_plans
from eks_blueprints.review.effects import effects
from eks_blueprints.review.report.gates import Gates
from eks_blueprints.review.report.releases import releases, support_note
from eks_blueprints.review.report.security import security
from tests.plans import ADDON, CLUSTER, NAT, NODE_GROUP, ROLE, changed, plan, platform, resource, with_options
from tests.review.report.reports import replaced_nodes, report, stack


def told(old: list[PlannedResource], new: list[PlannedResource]) -> list[str]:
    return [
        f"{item.level} {item.title} {item.name}: {item.effect}" for item in effects(diff_plans(plan(*old), plan(*new)))
    ]


def delta(old: list[PlannedResource], new: list[PlannedResource]) -> list[str]:
    found = security(diff_plans(plan(*old), plan(*new)))
    return [f"{item.level} {'+' if item.added else '-'} {item.subject}: {item.text}" for item in found]


class TestAttention:
    def test_a_replaced_group_drains_its_nodes(self) -> None:
        found = replaced_nodes().stacks[0].attention[0]
        assert (found.level, found.title, found.place) == ("danger", "replace", "stacks/prod.yaml:12")
        assert found.effect == "2 nodes are drained; the new one is created first"

    def test_what_follows_is_told_with_its_cause(self) -> None:
        it = platform()
        old = plan(*it.values())
        new = plan(*{**it, "cluster": changed(it["cluster"], roleArn="arn:other")}.values())
        found = [item for item in effects(diff_plans(old, new)) if item.title == "replace"]
        assert [item.name for item in found] == ["shop-cluster"]
        assert set(found[0].led) == {"shop-nodes", "shop-cni", "shop-k8s", "shop-space"}

    def test_a_rolling_update_is_a_warning(self) -> None:
        nodes = platform()["nodes"]
        (found,) = told([nodes], [changed(nodes, releaseVersion="1.35.1-20261101")])
        assert found.startswith("warning rolls nodes shop-nodes: 2 nodes are drained")

    def test_deletions_say_what_is_lost(self) -> None:
        assert told([resource("aws:cloudwatch/logGroup:LogGroup", "l")], []) == ["danger delete l: its logs are lost"]
        assert told([resource(ADDON, "a")], []) == ["danger delete a: the add-on is taken out of the cluster"]

    def test_a_deletion_that_nobody_notices_is_not_told(self) -> None:
        assert told([resource(ROLE, "r")], []) == []

    def test_what_is_retained_is_let_go(self) -> None:
        (found,) = told([resource(NAT, "n", options={"retain_on_delete": True})], [])
        assert found.startswith("warning let go n")

    def test_losing_protection_is_told(self) -> None:
        guarded = resource(CLUSTER, "c", {"deletionProtection": True}, options={"protect": True})
        bare = with_options(changed(guarded, deletionProtection=False), protect=False)
        assert [each.split(":")[0] for each in told([guarded], [bare])] == ["warning unprotected c"] * 2

    def test_a_protected_deletion_says_that_the_engine_refuses(self) -> None:
        (found,) = told([resource(NODE_GROUP, "n", options={"protect": True})], [])
        assert "the engine refuses" in found

    def test_an_upgrade_says_how_long_there_is_a_way_back(self) -> None:
        cluster = platform()["cluster"]
        assert any("for 7 days only" in each for each in told([cluster], [changed(cluster, version="1.36")]))

    def test_an_unknown_type_may_be_replaced(self) -> None:
        assert told([resource("x:y:Z", "z", {"a": 1})], [resource("x:y:Z", "z", {"a": 2})])[0].startswith("note maybe")


def policy(*actions: str, on: Any = "*", **more: Any) -> str:
    return json.dumps({"Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": on, **more}]})


class TestSecurity:
    def test_actions_that_come_and_go(self) -> None:
        inputs = {"role": "${shop-role.id}", "policy": policy("s3:GetObject", on="arn:a")}
        old = resource("aws:iam/rolePolicy:RolePolicy", "p", inputs)
        new = changed(old, policy=policy("s3:PutObject", on=["arn:a"]))
        assert delta([old], [new]) == [
            "note + shop-role: `s3:PutObject` on arn:a",
            "note - shop-role: `s3:GetObject` on arn:a",
        ]

    @pytest.mark.parametrize(("action", "level"), [("*", "danger"), ("ec2:*", "warning"), ("ec2:Describe*", "note")])
    def test_wide_actions_are_louder(self, action: str, level: str) -> None:
        new = resource("aws:iam/policy:Policy", "p", {"policy": policy(action)})
        assert delta([], [new])[0].startswith(f"{level} + p: `{action}` on everything")

    def test_a_denial_is_no_right(self) -> None:
        denied = json.dumps({"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}})
        assert delta([], [resource("aws:iam/policy:Policy", "p", {"policy": denied})]) == []

    def test_whom_a_role_trusts(self) -> None:
        trust = json.dumps({"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]})
        assert delta([], [resource(ROLE, "r", {"assumeRolePolicy": trust})]) == [
            "danger + r: may be assumed by AWS `*`"
        ]

    def test_the_way_to_the_api(self) -> None:
        closed = resource(CLUSTER, "c", {"vpcConfig": {"endpointPublicAccess": False}})
        office = changed(closed, vpcConfig={"endpointPublicAccess": True, "publicAccessCidrs": ["203.0.113.0/24"]})
        opened = changed(closed, vpcConfig={"endpointPublicAccess": True})
        assert delta([closed], [office]) == ["warning + c: Kubernetes API reachable from `203.0.113.0/24`"]
        assert delta([office], [opened])[0] == "danger + c: Kubernetes API reachable from `0.0.0.0/0`"

    def test_access_entries_and_their_policies(self) -> None:
        who = {"principalArn": "arn:aws:iam::1:role/ops"}
        entry = resource("aws:eks/accessEntry:AccessEntry", "e", {**who, "kubernetesGroups": ["system:masters"]})
        arn = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
        right = resource("aws:eks/accessPolicyAssociation:AccessPolicyAssociation", "a", {**who, "policyArn": arn})
        assert delta([], [entry, right]) == [
            "warning + e: `arn:aws:iam::1:role/ops` in Kubernetes group `system:masters`",
            "warning + ops: `AmazonEKSClusterAdminPolicy` in the whole cluster",
            "note + e: access entry for `arn:aws:iam::1:role/ops`",
        ]

    def test_security_group_rules(self) -> None:
        inputs = {
            "securityGroupId": "${sg.id}",
            "ipProtocol": "tcp",
            "fromPort": 22,
            "toPort": 22,
            "cidrIpv4": "0.0.0.0/0",
        }
        rule = resource("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "r", inputs)
        assert delta([], [rule]) == ["danger + sg: tcp 22 from `0.0.0.0/0`"]
        inline = {"ingress": [{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["10.0.0.0/8"]}]}
        group = resource("aws:ec2/securityGroup:SecurityGroup", "g", inline)
        assert delta([group], []) == ["note - g: all traffic from `10.0.0.0/8`"]

    def test_bindings_in_kubernetes(self) -> None:
        inputs = {"roleRef": {"name": "cluster-admin"}, "subjects": [{"kind": "Group", "name": "devs"}]}
        found = resource("kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding", "b", inputs)
        assert delta([], [found]) == ["warning + b: Group `devs` has role `cluster-admin`"]

    def test_what_cannot_be_read_is_no_mistake(self) -> None:
        odd = [{"policy": "{"}, {"policy": "[]"}, {"policy": {"$unknown": True}}, {"policy": 7}, {}]
        for inputs in odd:
            assert delta([], [resource("aws:iam/policy:Policy", "p", inputs)]) == []


class TestVersions:
    def test_the_cluster_always_says_until_when_it_is_supported(self) -> None:
        it = plan(resource(CLUSTER, "c", {"version": "1.35"}))
        (found,) = releases(diff_plans(it, it))
        assert (found.old, found.new) == ("1.35", "1.35")
        assert found.note == "standard support for 126 more days (until 2027-03-27), then $365 a month more"

    def test_addons_charts_and_images(self) -> None:
        addon = resource(ADDON, "a", {"addonName": "vpc-cni", "addonVersion": "v1.20.0-eksbuild.1"})
        chart = resource("kubernetes:helm.sh/v3:Release", "k", {"chart": "karpenter", "version": "1.8.1"})
        new = [changed(addon, addonVersion=...), changed(chart, version="1.9.0")]
        found = [(v.subject, v.old, v.new) for v in releases(diff_plans(plan(addon, chart), plan(*new)))]
        assert found == [
            ("add-on vpc-cni", "v1.20.0-eksbuild.1", "chosen by EKS"),
            ("chart karpenter", "1.8.1", "1.9.0"),
        ]

    def test_extended_support_and_its_end_are_loud(self) -> None:
        assert support_note("1.32")[1] == "warning"
        assert support_note("1.21")[1] == "danger"
        assert support_note("9.99")[1] == "note"


class TestGates:
    @pytest.mark.parametrize(
        ("text", "closed"),
        [
            ("", False),
            ("delete", False),
            ("replace", True),
            ("security", True),
            ("attention", True),
            ("cost>1", True),
            ("cost>100000", False),
            (" update , cost > $5000", True),
        ],
    )
    def test_what_is_not_let_through(self, text: str, closed: bool) -> None:
        assert bool(list(Gates.parse(text).closed(replaced_nodes()))) is closed

    @pytest.mark.parametrize("text", ["replaced", "cost", "cost>x", "cost<5", "polcy"])
    def test_an_unknown_gate_is_refused(self, text: str) -> None:
        with pytest.raises(InputError):
            Gates.parse(text)


class TestPolicies:
    def test_only_what_the_change_brings_is_new(self) -> None:
        it = platform()
        vpc = {**it["cluster"].inputs["vpcConfig"], "endpointPublicAccess": True}
        opened = {**it, "cluster": changed(it["cluster"], vpcConfig=vpc)}
        found = stack(plan(*it.values()), plan(*opened.values()), policies=True).policies
        assert found is not None
        assert found.standing > 0
        assert {each.resource for each in found.new} == {"shop-cluster"}
        back = stack(plan(*opened.values()), plan(*it.values()), policies=True).policies
        assert back is not None
        assert {each.policy for each in back.fixed} == {each.policy for each in found.new}


class TestVerdict:
    def test_no_changes(self) -> None:
        it = plan(*platform().values())
        found = report(stack(it, it))
        assert (found.verdict, found.level, found.unchanged) == ("no changes", "clean", ["prod"])

    def test_harmless_changes(self) -> None:
        it = platform()
        new = {**it, "role": changed(it["role"], tags={"a": "b"})}
        found = report(stack(plan(*it.values()), plan(*new.values())))
        assert (found.verdict, found.level) == ("changes, none of which needs a second look", "note")

    def test_the_worst_is_told(self) -> None:
        verdict = "1 replacement; 1 security change to look at; +$147 a month (66% more)"
        assert replaced_nodes().verdict == verdict
        assert replaced_nodes().level == "danger"

    def test_what_cannot_be_rendered_comes_first(self) -> None:
        assert report(errors={"dev": "x"}).verdict.startswith("1 stack cannot be rendered")


@pytest.mark.parametrize(
    ("policy", "level"),
    [
        ("AdministratorAccess", "danger"),
        ("PowerUserAccess", "danger"),
        ("IAMFullAccess", "danger"),
        ("AmazonS3FullAccess", "warning"),
        ("AmazonS3ReadOnlyAccess", "note"),
    ],
)
@pytest.mark.parametrize(
    ("type_", "key"),
    [
        ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "role"),
        ("aws:iam/userPolicyAttachment:UserPolicyAttachment", "user"),
        ("aws:iam/groupPolicyAttachment:GroupPolicyAttachment", "group"),
        ("aws:iam/policyAttachment:PolicyAttachment", "roles"),
    ],
)
def test_a_policy_of_power_is_told_whoever_gets_it(policy: str, level: str, type_: str, key: str) -> None:
    holder = ["ci"] if key == "roles" else "ci"
    given = resource(type_, "it", {key: holder, "policyArn": f"arn:aws-us-gov:iam::aws:policy/{policy}"})
    assert delta([], [given]) == [f"{level} + ci: managed policy `{policy}`"]
