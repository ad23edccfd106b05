"""The CRDs of the Gateway API: before the controller that looks for them, and kept."""

from __future__ import annotations

from eks_blueprints.addons import AwsLoadBalancerController, ExternalDns, GatewayApi, Keda
from eks_blueprints.blueprint.order import awaited
from tests.builders import cluster_ref


def test_the_controller_of_load_balancers_finds_them_when_it_starts() -> None:
    found = awaited([AwsLoadBalancerController(name="balancers"), Keda(name="keda"), GatewayApi(name="crds")])
    assert found == {"balancers": ["crds"], "keda": ["balancers", "crds"], "crds": []}


def test_they_are_kept_unless_it_says_otherwise() -> None:
    releases = [each.release(cluster_ref()) for each in (GatewayApi(name="a"), GatewayApi(name="b", preserve=False))]
    assert [each.keep for each in releases] == [True, False]
    assert releases[0].values["crds"] == {"gatewayAPI": {"enabled": True, "channel": "standard"}}


def test_any_chart_can_be_kept() -> None:
    made = [
        ExternalDns(name="dns", zone_arns=("arn:aws:route53:::hostedzone/Z1",), preserve=each) for each in (None, True)
    ]
    assert [each.release(cluster_ref()).keep for each in made] == [False, True]
