"""What many resources have in common is one line; what dies is one sentence; counts agree."""

from __future__ import annotations

import json
from typing import Any

import click
import pytest

from eks_blueprints.core.document import parse
from eks_blueprints.review.diff import diff_plans
from eks_blueprints.review.effects import Attention, Harm
from eks_blueprints.review.effects.words import HARMS
from eks_blueprints.review.report import html, json_form, markdown, text
from eks_blueprints.review.report.folded import fold
from eks_blueprints.review.report.model import Report, StackReport
from eks_blueprints.review.report.rows import GROUPS
from eks_blueprints.review.report.security import security
from eks_blueprints.review.report.written import edits
from tests.plans import CLUSTER, NODE_GROUP, ROLE, TEMPLATE, changed, plan, platform, resource
from tests.review.report.reports import report, stack

FORMS = ("text", "markdown", "html")


def rendered(given: Report, form: str) -> str:
    if form == "text":
        return click.unstyle("\n".join(text.render(given)))
    return markdown.render(given) if form == "markdown" else html.render(given)


def tagged(count: int) -> Report:
    old = [resource(ROLE, f"r{number}", {"tags": {"Team": "a"}}) for number in range(count)]
    return report(stack(plan(*old), plan(*(changed(each, tags={"Team": "b"}) for each in old))))


class TestEqualChanges:
    @pytest.mark.parametrize("form", FORMS)
    def test_one_tag_on_many_resources_is_one_line(self, form: str) -> None:
        lines = [line for line in rendered(tagged(49), form).splitlines() if "Team" in line]
        assert len(lines) == 1
        assert "tags.Team: a → b, on 49 resources" in lines[0]

    def test_two_are_told_side_by_side(self) -> None:
        assert "on 2 resources" not in rendered(tagged(2), "text")

    def test_json_keeps_all(self) -> None:
        data = json_form.to_data(tagged(49))
        assert len(data["stacks"][0]["resources"]) == 49

    def test_tags_are_the_same_wherever_a_type_keeps_them(self) -> None:
        group = resource("aws:autoscaling/group:Group", "g", {"tags": [{"key": "Team", "value": "a"}]})
        template = resource(TEMPLATE, "t", {"tagSpecifications": [{"resourceType": "x", "tags": {"Team": "a"}}]})
        role = resource(ROLE, "r", {"tags": {"Team": "a"}})
        new = json.loads(json.dumps([each.to_data() for each in (group, template, role)]).replace('"a"', '"b"'))
        after = [type(group).from_data(each) for each in new]
        folded = fold(diff_plans(plan(group, template, role), plan(*after)).resources)
        assert [(each.change.path, len(each.resources)) for each in folded.shared] == [("tags.Team", 3)]

    def test_a_large_diff_fits_into_a_comment(self) -> None:
        old = [resource(ROLE, f"role-of-a-rather-long-name-{n}", {"tags": {"n": "a" * 80}}) for n in range(200)]
        new = [changed(each, tags={"n": "b" * 80}) for each in old]
        assert len(markdown.render(report(stack(plan(*old), plan(*new))))) < 5_000


class TestClusters:
    def replaced(self) -> Report:
        it = platform()
        new = {**it, "cluster": changed(it["cluster"], name="other"), "addon": it["cni"]}
        new["cni"], new["nodes"] = (changed(it[each], clusterName="other") for each in ("cni", "nodes"))
        del new["addon"]
        return report(stack(plan(*it.values()), plan(*new.values())))

    def test_a_replaced_cluster_is_one_sentence(self) -> None:
        (only,) = [item for item in self.replaced().stacks[0].attention if item.harm == "dies"]
        assert "empty, with a new endpoint; everything on it must be deployed again" in only.effect
        assert set(only.led) == {"shop-nodes", "shop-cni", "shop-k8s", "shop-space"}

    def test_verdict_and_signs_agree(self) -> None:
        found = self.replaced()
        assert found.verdict.startswith("the cluster shop is replaced, taking 4 along: empty, with a new endpoint")
        assert found.counts["replace"] == 5

    def test_other_replacements_say_what_they_take_along(self) -> None:
        vpc = resource("aws:ec2/vpc:Vpc", "v", {"cidrBlock": "10.0.0.0/16"})
        nets = [
            resource("aws:ec2/subnet:Subnet", f"s{n}", {"vpcId": "${v.id}"}, after={"vpcId": [vpc]}) for n in range(3)
        ]
        found = report(stack(plan(vpc, *nets), plan(changed(vpc, cidrBlock="10.1.0.0/16"), *nets)))
        assert found.verdict == "1 replacement taking 3 along"
        assert found.counts["replace"] == 4


@pytest.mark.parametrize("form", FORMS)
def test_every_form_ranks_by_harm(form: str) -> None:
    def item(harm: Harm) -> Attention:
        return Attention(harm, "warning", f"title-{harm}", "x", ROLE, "cause", "effect")

    given = report(StackReport(tagged(1).stacks[0].diff, tuple(item(each) for each in reversed(HARMS))))
    said = rendered(given, form)
    places = [said.index(f"title-{each}" if form != "html" else f"Title-{each}") for each in HARMS]
    assert places == sorted(places)
    assert [each for each in GROUPS if each != "opens"] == list(HARMS)


class TestWrittenCauses:
    def told(self, old: str, new: str, *plans: Any) -> Attention:
        found = edits(parse(old, "stacks/prod.yaml"), parse(new, "stacks/prod.yaml"))
        return stack(*plans, edits=found).attention[0]

    def test_a_roll_names_the_field_upstream_of_the_launch_template(self) -> None:
        text_ = "compute:\n  general:\n    kind: managed_nodes\n    disk:\n      volume_size: 80\nother: 1\n"
        disk = {"blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": {"volumeSize": 80}}]}
        template = resource(TEMPLATE, "t", disk, line=2)
        version = {"launchTemplate": {"id": "${t.id}", "version": {"$unknown": True, "from": ["t"]}}}
        nodes = resource(NODE_GROUP, "n", version, after={"launchTemplate": [template]}, line=2)
        bigger = {"blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": {"volumeSize": 100}}]}
        plans = plan(template, nodes), plan(changed(template, **bigger), nodes)
        item = self.told(text_, text_.replace("80", "100").replace("other: 1", "other: 2"), *plans)
        assert item.cause == "`compute.general.disk.volume_size` 80 → 100"
        assert item.place == "stacks/prod.yaml:5"

    def test_money_names_the_field_and_its_line(self) -> None:
        sizes = {"instanceTypes": ["m7i.large"], "scalingConfig": {"minSize": 2, "maxSize": 50}}
        nodes = resource(NODE_GROUP, "n", sizes, line=2)
        bigger = changed(nodes, scalingConfig={"minSize": 40, "maxSize": 50})
        text_ = "compute:\n  n:\n    min_size: 2\nother: 1\n"
        new = text_.replace("2\no", "40\no").replace("other: 1", "other: 7")
        item = self.told(text_, new, plan(nodes), plan(bigger))
        assert (item.harm, item.cause, item.place) == ("money", "`compute.n.min_size` 2 → 40", "stacks/prod.yaml:3")

    def test_without_the_file_the_resource_upstream_is_named(self) -> None:
        template = resource(TEMPLATE, "t", {"imageId": "ami-1"})
        version = {"launchTemplate": {"id": "${t.id}", "version": {"$unknown": True, "from": ["t"]}}}
        nodes = resource(NODE_GROUP, "n", version, after={"launchTemplate": [template]})
        item = stack(plan(template, nodes), plan(changed(template, imageId="ami-2"), nodes)).attention[0]
        assert item.cause == "`imageId` ami-1 → ami-2 of `t`"

    def test_a_deletion_names_what_was_removed(self) -> None:
        nodes = resource(NODE_GROUP, "prod-b-group", line=3)
        item = self.told("compute:\n  a: {}\n  b: {}\n", "compute:\n  a: {}\n", plan(nodes), plan())
        assert (item.cause, item.place) == ("`compute.b` is removed", "stacks/prod.yaml:3")

    def test_a_field_elsewhere_with_the_same_number_is_not_blamed(self) -> None:
        cluster = resource(CLUSTER, "c", {"name": "shop", "roleArn": "arn:one"}, line=1)
        old, new = "cluster: {}\na: {x: 3}\nb: 5\n", "cluster: {}\na: {x: 4}\nb: 6\n"
        item = self.told(old, new, plan(cluster), plan(changed(cluster, roleArn="arn:two")))
        assert item.cause == "`roleArn` arn:one → arn:two"


READ = "secretsmanager:GetSecretValue"
ONE = "arn:aws:secretsmanager:a:1:secret:x-1"
ROLES = "arn:aws:iam::*:role/*"


def rights(statement: dict[str, Any]) -> list[str]:
    document = json.dumps({"Statement": statement})
    new = resource("aws:iam/policy:Policy", "p", {"policy": document})
    return [f"{item.level} {item.text}" for item in security(diff_plans(plan(), plan(new)))]


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ({"Action": "iam:PassRole", "Resource": "*"}, "danger `iam:PassRole` on everything"),
        ({"Action": ["IAM:passrole"], "Resource": "arn:x"}, "warning `IAM:passrole` on arn:x"),
        ({"Action": "iam:Create*", "Resource": "*"}, "danger `iam:Create*` on everything"),
        ({"Action": "iam:*", "Resource": ["*"]}, "danger `iam:*` on everything"),
        ({"Action": "sts:AssumeRole", "Resource": ROLES}, f"danger `sts:AssumeRole` on {ROLES}"),
        ({"Action": "ec2:RunInstances", "Resource": "*"}, "warning `ec2:RunInstances` on everything"),
        ({"Action": "s3:*", "Resource": "arn:aws:s3:::b/*"}, "warning `s3:*` on arn:aws:s3:::b/*"),
        ({"Action": READ, "Resource": "*"}, f"warning `{READ}` on everything"),
        ({"Action": READ, "Resource": ONE}, f"note `{READ}` on {ONE}"),
        ({"Action": "kms:Decrypt", "Resource": "*"}, "warning `kms:Decrypt` on everything"),
        ({"Action": "*:*", "Resource": "*"}, "danger `*:*` on everything"),
        ({"NotAction": "s3:*", "Resource": "*"}, "danger everything but `s3:*` on everything"),
        ({"Action": "iam:PassRole", "NotResource": "arn:a"}, "danger `iam:PassRole` on everything but arn:a"),
        ({"Action": "iam:p?ssRole", "Resource": "arn:*"}, "danger `iam:p?ssRole` on arn:*"),
        ({"Action": "iam:PassRole", "Resource": "arn:aws:iam::*"}, "danger `iam:PassRole` on arn:aws:iam::*"),
        ({"Action": "s3:GetObject", "Resource": "arn:aws:s3:::*/*"}, "warning `s3:GetObject` on arn:aws:s3:::*/*"),
        ({"Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}, "note `s3:GetObject` on arn:aws:s3:::b/*"),
        ({"Action": "eks:AssociateAccessPolicy", "Resource": "*"}, "danger `eks:AssociateAccessPolicy` on everything"),
        ({"Action": "sso:AttachManagedPolicy*", "Resource": "*"}, "danger `sso:AttachManagedPolicy*` on everything"),
        ({"Action": "rolesanywhere:Create*", "Resource": "*"}, "danger `rolesanywhere:Create*` on everything"),
        ({"Action": "iam:DeleteUserPolicy", "Resource": "*"}, "danger `iam:DeleteUserPolicy` on everything"),
        ({"Action": "ec2:CreateFleet", "Resource": "arn:x"}, "warning `ec2:CreateFleet` on arn:x"),
        ({"Action": "ecs:ExecuteCommand", "Resource": "arn:x"}, "warning `ecs:ExecuteCommand` on arn:x"),
        ({"Action": "eks:CreateCapability", "Resource": "arn:x"}, "warning `eks:CreateCapability` on arn:x"),
        ({"Action": "ebs:Get*", "Resource": "*"}, "warning `ebs:Get*` on everything"),
        ({"Action": "cloudtrail:StopLogging", "Resource": "*"}, "warning `cloudtrail:StopLogging` on everything"),
        ({"Action": "ecr:PutImage", "Resource": "arn:x"}, "note `ecr:PutImage` on arn:x"),
        ({"Action": "iam:GetRole", "Resource": "*"}, "note `iam:GetRole` on everything"),
        ({"Action": "eks:Describe*", "Resource": "*"}, "note `eks:Describe*` on everything"),
        ({"Action": "ec2:Describe*", "Resource": "*"}, "note `ec2:Describe*` on everything"),
    ],
)  # fmt: skip
def test_rights_of_high_power_are_loud(statement: dict[str, Any], told: str) -> None:
    assert rights({"Effect": "Allow", **statement}) == [told]


@pytest.mark.parametrize("form", FORMS)
def test_rights_of_high_power_are_named_among_many(form: str) -> None:
    actions = [f"ec2:Describe{number}" for number in range(40)]
    statement = {"Effect": "Allow", "Action": [*actions, "iam:PassRole"], "Resource": "*"}
    new = resource("aws:iam/policy:Policy", "p", {"policy": json.dumps({"Statement": statement})})
    said = rendered(report(stack(plan(resource(ROLE, "r")), plan(resource(ROLE, "r"), new))), form)
    assert "iam:PassRole" in said
    assert said.index("iam:PassRole") < said.index("Describe0")
    assert "Describe39" not in said


@pytest.mark.parametrize("form", FORMS)
def test_the_account_that_stands_in_is_not_shown_as_real(form: str) -> None:
    old = resource(ROLE, "r", {"path": "/", "description": "arn:aws:iam::123456789012:role/a"})
    said = rendered(report(stack(plan(old), plan(changed(old, description="arn:aws:iam::123456789012:role/b")))), form)
    assert "123456789012" not in said
    assert "${aws.account}:role/b" in said
