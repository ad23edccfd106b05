"""What a change does to nodes and pods: compared, told, gated, and as data."""

import json
from dataclasses import replace

import click
import jsonschema
import pytest

from eks_blueprints.capacity.changes import Change
from eks_blueprints.capacity.changes_json import of_changes
from eks_blueprints.capacity.compare import compare
from eks_blueprints.capacity.figures import Figures
from eks_blueprints.capacity.gates import Limits
from eks_blueprints.capacity.json_form import to_data
from eks_blueprints.capacity.lines import lines
from eks_blueprints.capacity.model import Doubt, Outcome, Refusal, Waiting
from eks_blueprints.capacity.schema import schema
from eks_blueprints.capacity.text import render
from eks_blueprints.core.errors import InputError
from eks_blueprints.review.shards.codec import Reader, Written
from tests import ROOT
from tests.capacity.outcomes import API, WEB, XLARGE, empty, many, small, spot, waiting


def changed(before: Outcome, after: Outcome) -> Change:
    (found,) = compare([(before, None)], [(after, None)])
    return found


def told(change: Change) -> str:
    return "\n".join(f"{'  ' * line.depth}{line.text}" for line in lines(change)) + "\n"


def grown() -> Outcome:
    """The small cluster: web asks for a core, api for one pod more that nothing takes, a node is on spot."""
    base = small()
    web = replace(WEB, least=6, shape=replace(WEB.shape, requests={**WEB.shape.requests, "cpu": 1000}))
    platform = replace(base.platform, demands=(web, replace(API, least=4, most=4), *base.platform.demands[2:]))
    first, second, third, *rest = base.nodes
    both = (*first.pods[:3], *second.pods[:3])
    large = replace(first, machine="m7g.xlarge", allocatable=XLARGE, price=0.1826, pods=both, zone="eu-west-1b")
    cheap = replace(third, capacity_type="spot", price=0.03, most=0.06)
    why = Refusal(where="default", kind="karpenter", predicate="limits", reason="cpu 8 of 8 is used")
    wait = Waiting(name=API.name, count=1, refusals=(why,), remedy="raise limits.cpu of default to 10")
    return Outcome(platform=platform, nodes=(large, cheap, *rest), waiting=(wait,))


GROWN = """\
nodes 5 → 4 for 11 pods, -$45 to -$23 a month (11% less), $355 to $377 in all; waiting pods 0 → 1
Karpenter default: m7g.large 3 → 0; m7g.large spot 0 → 1; m7g.xlarge 1 → 2
1 pod of shop/Deployment/api newly waits
  limits, Karpenter default: cpu 8 of 8 is used
  → raise limits.cpu of default to 10
shop/Deployment/web: 6 to 20 pods of 500m cpu, 512Mi memory → 1 cpu, 512Mi memory
shop/Deployment/api: pods 3 → 4 of 700m cpu, 2Gi memory
shop/Deployment/web moves from m7g.large to m7g.xlarge
spot: nodes 0 → 1, share of cores 0% → 16%
nodes by zone: eu-west-1a 2, eu-west-1b 2, eu-west-1c 1 → eu-west-1a 1, eu-west-1b 2, eu-west-1c 1
"""


def test_a_change_is_told_from_nodes_to_zones() -> None:
    assert told(changed(small(), grown())) == GROWN


def test_no_change_is_said_only_where_nothing_changed() -> None:
    same = changed(small(), small())
    assert not same.changed
    assert told(same) == "no change; 5 nodes for 11 pods, $400 a month\n"
    base = small()
    for other in (
        replace(base, nodes=(*base.nodes[:3], replace(base.nodes[3], zone="eu-west-1c"), base.nodes[4])),
        replace(base, nodes=(replace(base.nodes[0], price=0.09), *base.nodes[1:])),
        replace(base, platform=replace(base.platform, unknown=("the pods of chart x are not known",))),
        replace(base, platform=replace(base.platform, demands=base.platform.demands[:2])),
        replace(base, nodes=(replace(base.nodes[0], maker="other"), *base.nodes[1:])),
        replace(base, waiting=waiting().waiting),
    ):
        found = changed(base, other)
        assert found.changed
        assert "no change" not in told(found)


def test_what_only_the_most_pods_show_is_a_change_too() -> None:
    (found,) = compare([(small(), small())], [(small(), replace(small(), waiting=waiting().waiting[:1]))])
    assert found.changed
    assert "at most, 6 pods of shop/Deployment/web newly wait\n" in told(found)
    assert "at most: 5 nodes for 11 pods, $400 a month as before; waiting pods 0 → 6\n" in told(found)
    assert [each.name for each in found.newly_waiting_at_most] == [WEB.name]


def test_clusters_that_come_and_go() -> None:
    (new,) = compare([], [(small(), None)])
    assert told(new).startswith("new: 5 nodes for 11 pods, $400 a month\n")
    (gone,) = compare([(small(), None)], [])
    assert told(gone).startswith("the cluster goes, with its nodes and pods\n")
    renamed = replace(small(), platform=replace(small().platform, name="store"))
    assert not changed(small(), renamed).changed


def test_pods_that_wait_no_longer_are_told() -> None:
    found = changed(replace(small(), waiting=waiting().waiting[:1]), small())
    assert "6 pods of shop/Deployment/web no longer wait\n" in told(found)
    assert found.newly_waiting == ()


def test_one_pod_is_a_pod() -> None:
    one = replace(WEB, name="shop/Deployment/one", least=1, most=1)
    base = small()
    more = replace(base, platform=replace(base.platform, demands=(*base.platform.demands, one)))
    said = [each.text for each in lines(changed(base, more))]
    assert "shop/Deployment/one is new: 1 pod of 500m cpu, 512Mi memory" in said
    assert "shop/Deployment/one goes: 1 pod of 500m cpu, 512Mi memory" in [e.text for e in lines(changed(more, base))]


def closed(text: str, change: Change) -> list[str]:
    return list(Limits.parse(text, of_change=True).closed_by(change))


def test_a_gate_of_capacity_closes_on_pods_that_newly_wait() -> None:
    assert closed("capacity", changed(small(), grown())) == [f"capacity: shop: 1 more pod of {API.name} waiting"]
    assert closed("capacity", changed(grown(), grown())) == []


def test_a_gate_of_capacity_closes_on_what_is_newly_not_known() -> None:
    base = small()
    unsure = replace(base, platform=replace(base.platform, unknown=("the pods of chart x are not known",)))
    assert closed("capacity", changed(base, unsure)) == ["capacity: shop: not known: the pods of chart x are not known"]
    assert closed("capacity", changed(unsure, unsure)) == []
    (new,) = compare([], [(unsure, None)])
    assert closed("capacity", new) == ["capacity: shop: not known: the pods of chart x are not known"]


def test_gates_of_cost_take_dollars_and_shares() -> None:
    dearer = replace(small(), nodes=(replace(small().nodes[0], price=0.0913, most=0.2739), *small().nodes[1:]))
    change = changed(small(), dearer)  # up to 133 dollars more, a third of 400
    assert closed("cost>133", change) == [
        "cost: shop: nodes $0 to +$133 a month (33% more), $400 to $533 in all, over $133 more"
    ]
    assert closed("cost>134", change) == []
    assert closed("cost>33%", change) == [
        "cost: shop: nodes $0 to +$133 a month (33% more), $400 to $533 in all, over 33% more"
    ]
    assert closed("cost > 34 %, cost>134", change) == []


def test_gates_of_cost_close_on_nodes_without_a_price() -> None:
    found = closed("cost>1000", changed(small(), spot()))
    assert found[-1] == "cost: shop: not known: no price of z9.large"
    assert closed("cost>1000", changed(spot(), spot())) == []
    bare = replace(empty(), platform=replace(empty().platform, name="shop"))
    assert closed("cost>20%", changed(bare, small())) == [
        "cost: shop: nodes +$400 a month, $400 in all, and nothing before to take a share of"
    ]


def test_gates_of_cost_close_on_what_is_not_counted() -> None:
    base = small()
    unsure = replace(base, platform=replace(base.platform, unknown=("the pods of chart x are not known",)))
    said = "cost: shop: not known: the pods of chart x are not known"
    assert closed("cost>20%", changed(base, unsure)) == [said]
    assert closed("cost>1000", changed(base, unsure)) == [said]
    assert closed("cost>20%", changed(unsure, unsure)) == []
    # The gate of capacity has said it already.
    assert closed("capacity,cost>20%", changed(base, unsure)) == [said.replace("cost", "capacity")]
    (of_plan,) = Limits.parse("cost>1000", of_change=False).closed([Figures(unsure)])
    assert of_plan == said


def test_gates_of_a_plan() -> None:
    def of(text: str, *outcomes: Outcome) -> list[str]:
        return list(Limits.parse(text, of_change=False).closed([Figures(each) for each in outcomes]))

    assert of("capacity,cost>500", small()) == []
    assert of("cost>399.89", small()) == ["cost: $400 a month, over $400"]
    assert of("cost>500", small(), small()) == ["cost: $800 a month, over $500"]
    assert of("capacity", waiting()) == [
        f"capacity: shop: 8 pods wait: {WEB.name}, ml/Job/train",
        "capacity: shop: not known: the pods of chart x are not known",
    ]
    asked, unpriced = of("cost>5000", spot())
    assert "the request for memory is an Output" in asked
    assert unpriced == "cost: shop: not known: 1 node without a price: odd-0; give their types a price with --prices"


@pytest.mark.parametrize(
    ("text", "of_change", "said"),
    [
        ("capcity", True, "capcity"),
        ("cost", True, "needs a limit; got cost; write cost>100 or cost>20%"),
        ("cost", False, "needs a limit; got cost; write cost>500"),
        ("cost>20%", False, "a share needs something to compare with; got cost>20%"),
        ("cost>lots", True, "a limit is a number of dollars or a percentage; got cost>lots"),
        ("cost>$20%", True, "a limit is a number of dollars or a percentage; got cost>$20%"),
        ("cost>5,cost>6", True, "says cost twice; got cost>6"),
    ],
)
def test_gates_are_read_strictly(text: str, of_change: bool, said: str) -> None:
    with pytest.raises(InputError, match="--fail-on") as error:
        Limits.parse(text, of_change=of_change)
    assert said in str(error.value)
    assert len(error.value.problems) == 1


def test_data_fits_its_schema() -> None:
    sides = [(small(), many(20)), (waiting(), None), (spot(), None), (empty(), None)]
    plan = to_data(sides, stack="prod")
    jsonschema.validate(json.loads(json.dumps(plan)), schema())
    changes = [changed(small(), grown()), *compare([], [(spot(), small())]), *compare([(small(), None)], [])]
    jsonschema.validate(json.loads(json.dumps(of_changes({"prod": changes}, base="main"))), schema())


def test_data_says_what_the_text_says() -> None:
    (cluster,) = to_data([(spot(), None)], stack="prod")["clusters"]
    assert cluster["totals"]["month"] == {"low": 165.34, "high": 267.55}
    assert cluster["unpriced"] == ["odd-0"]
    assert cluster["totals"]["zones"] == {"known": {"eu-west-1b": 1}, "undecided": 6}
    assert cluster["nodes"][0]["hour"] == {"low": 0.03, "high": 0.065}
    assert cluster["nodes"][0]["pods"][0] == {"workload": WEB.name, "count": 3, "daemonSet": False}


def test_the_checked_in_schema_is_current() -> None:
    file = ROOT / "docs" / "reference" / "capacity.schema.json"
    assert json.loads(file.read_text()) == schema(), "run python -m eks_blueprints.capacity.schema"


def test_shards_write_changes_down_and_read_them_as_they_were() -> None:
    for change in (changed(small(), grown()), *compare([], [(spot(), small())])):
        written = Written()
        data = json.loads(json.dumps(written.data(change)))
        assert Reader([]).read(Change, data, "parts") == change


def test_no_gate_closes_by_a_doubt_about_instance_types() -> None:
    doubt = Doubt("pools never take instance types without a price in the table: r9g.large")
    base = small()
    doubtful = replace(base, platform=replace(base.platform, unknown=(doubt,)))
    assert list(Limits.parse("capacity", of_change=False).closed([Figures(doubtful)])) == []
    assert closed("capacity", changed(base, doubtful)) == []
    assert not changed(base, doubtful).changed
    (cluster,) = to_data([(doubtful, None)], stack="prod")["clusters"]
    assert (cluster["notKnown"], cluster["doubts"]) == ([], [doubt])
    said = click.unstyle("\n".join(render(doubtful)))
    assert "note  pools never take instance types without a price in the table: r9g.large" in said
