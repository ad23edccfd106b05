"""A plan's monthly cost."""

from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.core.errors import InputError
from eks_blueprints.provisioning.spot_shares import spot_share
from eks_blueprints.recording.plan import Plan, PlannedResource
from eks_blueprints.review.cost import Line, difference, estimate, read_prices
from eks_blueprints.review.cost.estimate import money
from eks_blueprints.review.cost.prices import list_prices
from tests.plans import ADDON, CLUSTER, NAT, NODE_GROUP, TEMPLATE, plan, resource

AWS = "pulumi:providers:aws"
POOL = "kubernetes:karpenter.sh/v1:NodePool"


def lines(*resources: PlannedResource) -> dict[str, Line]:
    return {each.what: each for each in estimate(plan(*resources)).lines}


def one(type_: str, inputs: dict[str, Any]) -> Line:
    (found,) = estimate(plan(resource(type_, "x", inputs))).lines
    return found


def test_a_control_plane_has_a_price() -> None:
    assert one(CLUSTER, {"version": "1.35"}).low == pytest.approx(73)


def test_extended_support_costs_more_unless_the_cluster_is_upgraded() -> None:
    old = "1.32"
    assert "extended support of Kubernetes 1.32" in lines(resource(CLUSTER, "c", {"version": old}))
    upgraded = resource(CLUSTER, "c", {"version": old, "upgradePolicy": {"supportType": "STANDARD"}})
    assert list(lines(upgraded)) == ["EKS control plane"]


def test_a_scaling_tier_has_a_price_or_is_said_to_have_none() -> None:
    found = estimate(plan(resource(CLUSTER, "c", {"controlPlaneScalingConfig": {"tier": "tier-xl"}})))
    assert found.lines[1].low == pytest.approx(1.65 * 730)
    unpriced = estimate(plan(resource(CLUSTER, "c", {"controlPlaneScalingConfig": {"tier": "tier-8xl"}})))
    assert unpriced.unknown == ("control plane tier-8xl, which has no price in the table: c",)


def test_nodes_are_counted_at_their_desired_size() -> None:
    group = {"instanceTypes": ["m7i.large"], "scalingConfig": {"minSize": 1, "maxSize": 9, "desiredSize": 3}}
    found = lines(resource(NODE_GROUP, "n", group))
    assert found["3 × m7i.large"].low == pytest.approx(3 * 0.1008 * 730)
    assert found["3 × 20 GB disk"].low == pytest.approx(3 * 20 * 0.08)


def test_nodes_with_windows_cost_their_license_too() -> None:
    group = {"instanceTypes": ["m5.large"], "amiType": "WINDOWS_CORE_2022_x86_64", "scalingConfig": {"minSize": 2}}
    found = lines(resource(NODE_GROUP, "n", group))["2 × m5.large"]
    assert (found.low, found.high) == pytest.approx((2 * 0.188 * 730, 2 * 0.188 * 730))  # 0.096 and 2 × 0.046


def test_spot_is_a_range_over_all_its_types() -> None:
    group = {"instanceTypes": ["m7i.large", "m7i.xlarge"], "capacityType": "SPOT", "scalingConfig": {"minSize": 1}}
    found = lines(resource(NODE_GROUP, "n", group))["1 × m7i.large or 1 more, spot"]
    low, high = list_prices().spot("m7i.large", "us-east-1")
    assert (found.low, found.high) == pytest.approx((0.1008 * low * 730, 0.2016 * high * 730))


def test_spot_costs_what_aws_said_of_the_family_in_the_region() -> None:
    assert list_prices().spot("m5.large", "us-east-1") == spot_share("m5.large", "us-east-1")
    assert list_prices().spot("m5.large", "us-east-1") != list_prices().spot("m5.large", "sa-east-1")
    assert list_prices().spot("m5.large", "cn-north-1") == (0.3, 0.7)


def test_ones_own_range_holds_for_every_type(tmp_path: Path) -> None:
    (tmp_path / "prices.toml").write_text("[spot]\nlow = 0.5\n", encoding="utf-8")
    assert read_prices(tmp_path / "prices.toml").spot("m5.large", "us-east-1") == (0.5, 0.7)


def test_the_fee_of_auto_mode_is_a_share_of_the_on_demand_price_for_spot_too() -> None:
    requirements = [
        {"key": "node.kubernetes.io/instance-type", "operator": "In", "values": ["m5.large"]},
        {"key": "karpenter.sh/capacity-type", "operator": "In", "values": ["spot"]},
    ]
    _, high = list_prices().spot("m5.large", "us-east-1")
    template = {"requirements": requirements, "nodeClassRef": {"group": "eks.amazonaws.com"}}
    spec = {"template": {"spec": template}, "limits": {"cpu": 2}}
    (found,) = lines(resource(POOL, "n", {"spec": spec})).values()
    assert found.high == pytest.approx(0.096 * (high + 0.12) * 730)


def test_disks_are_those_of_the_launch_template() -> None:
    disk = {"blockDeviceMappings": [{"ebs": {"volumeSize": 100, "volumeType": "gp3", "iops": 4000}}]}
    template = resource(TEMPLATE, "t", {"instanceType": "m7i.large", **disk})
    group = resource(NODE_GROUP, "n", {"scalingConfig": {"minSize": 2}, "launchTemplate": {"id": "${t.id}"}})
    found = lines(template, group)
    assert found["2 × 100 GB disk"].low == pytest.approx(2 * (100 * 0.08 + 1000 * 0.005))
    assert "2 × m7i.large" in found


def test_a_type_without_a_price_is_said() -> None:
    group = {"instanceTypes": ["zz9.plural"], "scalingConfig": {"minSize": 1}}
    assert "zz9.plural" in estimate(plan(resource(NODE_GROUP, "n", group))).unknown[0]


def test_a_region_has_its_factor() -> None:
    provider = resource(AWS, "p", {"region": "eu-west-1"})
    nat = resource(NAT, "n", provider=provider.urn)
    found = estimate(plan(provider, nat))
    assert found.lines[0].low == pytest.approx(0.045 * 730 * 1.115)
    assert any("eu-west-1 at 1.115" in each for each in found.assumptions)


def test_a_region_without_a_factor_says_so() -> None:
    provider = resource(AWS, "p", {"region": "mx-central-1"})
    found = estimate(plan(provider, resource(NAT, "n", provider=provider.urn)))
    assert any("no prices for mx-central-1" in each for each in found.assumptions)


@pytest.mark.parametrize(
    ("type_", "inputs", "month"),
    [
        (NAT, {}, 32.85),
        ("aws:ec2/eip:Eip", {}, 3.65),
        ("aws:ec2/vpcEndpoint:VpcEndpoint", {"vpcEndpointType": "Interface", "subnetIds": ["a", "b"]}, 14.6),
        ("aws:ebs/volume:Volume", {"type": "gp3", "size": 40, "iops": 4000, "throughput": 130}, 8.4),
        ("aws:lb/loadBalancer:LoadBalancer", {"loadBalancerType": "network"}, 16.425),
        ("aws:kms/key:Key", {}, 1),
        ("aws:secretsmanager/secret:Secret", {}, 0.4),
        ("kubernetes:core/v1:Service", {"spec": {"type": "LoadBalancer"}}, 16.425),
        ("kubernetes:core/v1:PersistentVolumeClaim", {"spec": {"resources": {"requests": {"storage": "10Gi"}}}}, 0.8),
    ],
)
def test_list_prices(type_: str, inputs: dict[str, Any], month: float) -> None:
    assert one(type_, inputs).low == pytest.approx(month)


@pytest.mark.parametrize(
    ("type_", "inputs"),
    [
        ("aws:ec2/vpcEndpoint:VpcEndpoint", {"vpcEndpointType": "Gateway"}),
        ("kubernetes:core/v1:Service", {"spec": {"type": "ClusterIP"}}),
        (ADDON, {}),
        ("kubernetes:core/v1:PersistentVolumeClaim", {"spec": {"$unknown": True}}),
    ],
)
def test_what_costs_nothing_by_itself(type_: str, inputs: dict[str, Any]) -> None:
    assert estimate(plan(resource(type_, "x", inputs))).lines == ()


def test_what_is_only_read_costs_nothing_here() -> None:
    assert estimate(plan(resource(NAT, "n", options={"read_id": "nat-1"}))).lines == ()


def test_the_difference_is_told_line_by_line() -> None:
    group = {"instanceTypes": ["m7i.large"], "scalingConfig": {"minSize": 1}}
    before = estimate(plan(resource(NODE_GROUP, "n", group), resource(NAT, "a")))
    after = estimate(plan(resource(NODE_GROUP, "n", {**group, "instanceTypes": ["m7i.xlarge"]})))
    found = difference(before, after)
    assert [(each.name, each.what) for each in found.lines] == [
        ("n", "1 × m7i.large → 1 × m7i.xlarge"),
        ("a", "NAT gateway"),
    ]
    assert found.low == pytest.approx(0.1008 * 730 - 32.85)


def test_money_is_rounded_and_signed() -> None:
    assert money(1234.4, 1234.4) == "$1,234"
    assert money(-20.2, 30, signed=True) == "-$20 to +$30"
    assert money(0, 0, signed=True) == "$0"


def test_prices_can_be_overridden(tmp_path: Path) -> None:
    file = tmp_path / "prices.toml"
    file.write_text('[vpc]\nnat_gateway_hour = 1\n[instances]\n"m7i.large" = 0.01\n')
    prices = read_prices(file)
    assert prices.of("vpc", "nat_gateway_hour") == 1
    assert prices.instance("m7i.large", "eu-west-1") == 0.01
    assert prices.of("vpc", "public_ipv4_hour") == list_prices().of("vpc", "public_ipv4_hour")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[vpc]\nnat = 1", "no such price"),
        ('[vpc]\nnat_gateway_hour = "1"', "is not a valid price"),
        ("[vpc]\nnat_gateway_hour = -1", "is not a valid price"),
        ("vpc = 1", "needs a table"),
        ("[instances]\nx = true", "is not a valid price"),
        ("instances = 1", "needs a table"),
        ("x = [", "cannot be read as TOML"),
    ],
)
def test_a_wrong_price_file_is_refused(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "prices.toml"
    file.write_text(text)
    with pytest.raises(InputError, match=message):
        read_prices(file)


def test_what_may_cost_any_amount_closes_a_gate_on_cost() -> None:
    from eks_blueprints.review.diff.changes import PlanDiff
    from eks_blueprints.review.report.gates import Gates
    from eks_blueprints.review.report.model import Report, StackReport

    def closed(*resources: PlannedResource) -> list[str]:
        new = Plan("shop", "prod", resources)
        change = difference(estimate(Plan("shop", "prod", ())), estimate(new))
        stack = StackReport(PlanDiff("shop", "prod", None, new, (), 0), cost_change=change)
        return list(Gates.parse("cost>100").closed(Report("shop", "main", (stack,))))

    def made(type_: str) -> PlannedResource:
        return PlannedResource(f"urn:pulumi:prod::shop::{type_}::x", type_, "x", None, True, {})

    assert closed(made("aws:rds/instance:Instance")) == [
        "cost: prod: not known by how much: what has no price in the tables: x"
    ]
    assert not closed(made("aws:sqs/queue:Queue"))


def test_a_launch_template_of_somebody_else_leaves_nodes_without_a_price() -> None:
    group = {"launchTemplate": {"id": "lt-0123456789abcdef0", "version": "3"}, "scalingConfig": {"minSize": 2}}
    found = estimate(plan(resource(NODE_GROUP, "n", group)))
    assert found.lines == ()
    assert found.unknown == ("nodes whose type and disks are in a launch template that is not in this stack: n",)
    typed = estimate(plan(resource(NODE_GROUP, "n", group | {"instanceTypes": ["m7i.large"]})))
    assert [each.what for each in typed.lines] == ["2 × m7i.large"]
    assert typed.unknown == ("disks of nodes whose launch template is not in this stack: n",)
    own = {"launchTemplate": {"name": "golden", "version": "3"}, "minSize": 2}
    assert "is not in this stack" in estimate(plan(resource("aws:autoscaling/group:Group", "o", own))).unknown[0]


ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"


def test_alarms_cost_by_their_metrics_and_dashboards_by_the_month() -> None:
    metric = {"metric": {"metricName": "a", "namespace": "b", "period": 60, "stat": "Sum"}}
    found = lines(
        resource(ALARM, "one", {"metricName": "a", "namespace": "b", "period": 60}),
        resource(ALARM, "two", {"metricQueries": [{"id": "e", "expression": "a / b"}, metric, metric]}),
        resource("aws:cloudwatch/compositeAlarm:CompositeAlarm", "three", {"alarmRule": "ALARM(one)"}),
        resource("aws:cloudwatch/dashboard:Dashboard", "four", {"dashboardName": "a", "dashboardBody": "{}"}),
    )
    costs = {what: line.low for what, line in found.items()}
    assert costs == {
        "alarm": pytest.approx(0.1),
        "alarm on 2 metrics": pytest.approx(0.2),
        "composite alarm": pytest.approx(0.5),
        "dashboard": pytest.approx(3),
    }
    assert {line.group for line in found.values()} == {"alarms and dashboards"}


def test_an_alarm_that_looks_more_often_costs_more() -> None:
    assert one(ALARM, {"metricName": "a", "namespace": "b", "period": 10}).low == pytest.approx(0.3)


def test_an_alarm_on_a_query_has_no_price_that_is_known() -> None:
    query = {"id": "q", "expression": 'SELECT MAX(a) FROM SCHEMA("b", c) GROUP BY c', "period": 60}
    found = estimate(plan(resource(ALARM, "x", {"metricQueries": [query]})))
    assert found.lines == ()
    assert found.unknown == ("alarms on a query, by the metrics that it finds: x",)
