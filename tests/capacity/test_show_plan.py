"""`capacity plan` as text and as a page."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import click

from eks_blueprints.capacity.html import render as page
from eks_blueprints.capacity.model import Refusal, Waiting
from eks_blueprints.capacity.text import render
from eks_blueprints.capacity.words import maker
from tests.capacity.outcomes import WEB, demand, empty, many, small, spot, waiting

SMALL = """\
shop  eu-west-1  what scales has its fewest pods
5 nodes, 4 of them new, for 11 pods; every pod has a node
$400 a month; free 51% of cpu, 55% of memory; 3 of 5 nodes filled first by cpu
nodes by zone: a 2, b 2, c 1

nodes
   3 × m7g.large  Karpenter default  on-demand  eu-west-1a/b/c                    $200/month
       cpu  79% ▇▇▇▇▇▇▇▇▁▁   memory  33% ▇▇▇▁▁▁▁▁▁▁   pods 11 of 87
   1 × m7g.xlarge  Karpenter default  on-demand  eu-west-1a                       $133/month
       cpu  24% ▇▇▁▁▁▁▁▁▁▁   memory  50% ▇▇▇▇▇▁▁▁▁▁   pods 3 of 58
   1 × m7g.large  managed node group system  on-demand  eu-west-1b                 $67/month
       cpu  13% ▇▁▁▁▁▁▁▁▁▁   memory  71% ▇▇▇▇▇▇▇▁▁▁   pods 2 of 29

packing  by what fills each node first
   2 × m7g.large  [AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==···········] cpu 80%
   1 × m7g.large  [BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB==··············] cpu 75%
   1 × m7g.xlarge [BBBBBBBBCCCCCCCCCCCCCCCCCCCC·····························] memory 50%
   1 × m7g.large  [CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC················] memory 71%
       A web  B api  C cache  = DaemonSets (aws-node)  · free
"""

WAITING = """\
shop  eu-west-1  what scales has its fewest pods
0 nodes, for no pods; 8 pods wait

waiting
  6 pods of shop/Deployment/web
    limits           managed node group workers: max_size 3 is reached
    TaintToleration  managed node group gpu: node(s) had untolerated taint(s)
    → set max_size of workers to 7
  2 pods of ml/Job/train
    NodeResourcesFit  managed node group workers, managed node group batch: Insufficient
                      nvidia.com/gpu
    TaintToleration   managed node group gpu: node(s) had untolerated taint(s)

not known  the pods of chart x are not known
note  Cluster Autoscaler is not installed, so that groups keep their size
"""


def text(outcome, **given) -> str:  # type: ignore[no-untyped-def]
    return click.unstyle("\n".join(render(outcome, **given))) + "\n"


def test_a_small_cluster() -> None:
    assert text(small(), width=92) == SMALL


def test_pods_that_wait_are_told_with_every_reason_and_what_would_take_them() -> None:
    assert text(waiting(), width=92) == WAITING


def test_pods_that_a_predicate_refuses_for_other_reasons_are_told_apart() -> None:
    def of(name: str, reason: str) -> Waiting:
        refusal = Refusal(where="1 node", kind="node", predicate="VolumeBinding", reason=reason)
        return Waiting(name=name, count=1, refusals=(refusal,))

    said = text(replace(empty(), waiting=(of("shop/Pod/a", "no claim a"), of("shop/Pod/b", "no claim b"))))
    assert "no claim a" in said
    assert "no claim b" in said


def test_a_node_that_does_not_say_its_type_has_a_word_for_it() -> None:
    found = replace(small(), nodes=(replace(small().nodes[0], machine=""),))
    assert "\n   1 × unknown type  Karpenter default" in text(found)
    assert "1 × unknown type</b>" in page([(found, None)], title="shop")


def test_the_most_that_there_can_be_is_one_line() -> None:
    said = text(small(), most=waiting())
    assert "\nat most: 0 nodes, for no pods; 8 pods wait; $0 a month\n" in said


def test_ranges_missing_prices_evictions_and_what_is_not_known() -> None:
    said = text(spot())
    assert "$165 to $268 a month, and 1 node without a price; spot 5 of 7 nodes (84% of cores)" in said
    assert "3 × m7g.large  Karpenter default  spot  any of eu-west-1a/b/c" in said
    assert "1 × z9.large  Karpenter odd  spot" in said
    assert "no price  odd-0\n" in said
    assert f"evicted  2 pods of {WEB.name} for shop/Deployment/api\n" in said
    assert f"not known  {WEB.name}: the request for memory is an Output" in said


def test_two_hundred_nodes_are_readable() -> None:
    lines = text(many(), width=96).splitlines()
    assert len(lines) < 70
    assert max(map(len, lines)) <= 96
    drawn = sum(int(each) for line in lines for each in re.findall(r"(\d+) × \[", line))
    rest = re.search(r"and (\d+) nodes more", "\n".join(lines))
    assert rest is not None
    assert drawn + int(rest[1]) == 200
    assert any("+ 10 other workloads" in line for line in lines)


def test_every_line_fits_a_narrow_terminal() -> None:
    for outcome in (small(), waiting(), spot(), many(40), empty()):
        assert max(map(len, text(outcome, width=80).splitlines())) <= 80


def test_names_of_many_workloads_that_wait_alike_fit_a_narrow_terminal() -> None:
    whole = waiting()
    longer = [replace(e, name=f"{e.name}-{n}-{'x' * 40}") for e in whole.waiting[:1] for n in range(4)]
    lines = text(replace(whole, waiting=tuple(longer)), width=80).splitlines()
    assert max(map(len, lines)) <= 80
    assert sum("x" * 40 in line for line in lines) == 4


def test_what_makes_nodes_is_called_as_aws_calls_it() -> None:
    assert maker("self_managed_node_group", "a") == "self-managed node group a"
    assert maker("managed_node_group", "a") == "managed node group a"


def test_names_begin_on_a_page_as_they_are_written() -> None:
    two = [replace(small(), platform=replace(small().platform, name=name)) for name in ("blue", "green")]
    said = page([(each, None) for each in two], title="prod")
    assert "<h1>blue: 5 nodes" in said
    unsure = page([(spot(), None)], title="prod")
    assert "shop/Deployment/web: the request for memory is an Output" in unsure
    assert "Shop/Deployment" not in unsure


def test_names_are_not_broken_at_their_hyphens() -> None:
    lines = text(small(), width=42).splitlines()
    assert not [line for line in lines if line.endswith("-")]
    assert any("eu-west-1a/b" in line for line in lines)


def test_an_empty_cluster_is_told_in_a_line() -> None:
    assert text(empty()) == "bare  eu-west-1\n0 nodes, for no pods\n"


def test_names_of_others_move_no_cursor() -> None:
    odd = demand("a\x1b[2Jb", 1, 100, 100)
    outcome = replace(waiting(), waiting=(replace(waiting().waiting[0], name=odd.name),))
    assert "\x1b" not in text(outcome)
    assert "a\\x1b[2Jb" in text(outcome)


class _Tags(HTMLParser):
    """Tags that are open, and what stands in titles."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.titles: list[str] = []
        self.kinds: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.kinds.append(f"{tag}.{given.get('class') or ''}")
        self.titles += [given["title"] or ""] if "title" in given else []
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def parsed(text: str) -> _Tags:
    tags = _Tags()
    tags.feed(text)
    assert tags.open == []
    return tags


def test_a_page_has_a_box_for_each_node_and_needs_no_script() -> None:
    for outcome, nodes, size in ((small(), 5, "large"), (many(40), 40, "middle"), (many(), 200, "small")):
        found = parsed(page([(outcome, None)], title="prod"))
        assert sum(each.split(" ")[0] == "div.node" for each in found.kinds) == nodes
        assert f"div.nodes {size}" in found.kinds
        assert "script." not in found.kinds


def test_a_box_has_a_third_bar_for_what_else_fills_it_first() -> None:
    kinds = parsed(page([(small(), None)], title="prod")).kinds
    assert (kinds.count("div.lane binds"), kinds.count("div.lane")) == (5, 5)
    node = small().nodes[0]
    few = replace(small(), nodes=(replace(node, allocatable={**node.allocatable, "pods": 4}),))
    kinds = parsed(page([(few, None)], title="prod")).kinds
    assert (kinds.count("div.lane binds"), kinds.count("div.lane")) == (1, 2)


def test_a_box_says_on_hover_what_is_on_it() -> None:
    titles = parsed(page([(small(), None)], title="prod")).titles
    (box,) = [each for each in titles if each.startswith("default-3\n")]
    assert box == (
        "default-3\nm7g.xlarge, on-demand, eu-west-1a\n$133 a month\n"
        "cpu 24%, memory 50%, pods 3 of 58\n1 × api\n1 × cache\n1 × DaemonSets"
    )


def test_a_page_tells_of_waiting_pods_and_escapes_names() -> None:
    name = "shop/Deployment/<b>web"
    outcome = replace(waiting(), waiting=(replace(waiting().waiting[0], name=name), *waiting().waiting[1:]))
    said = page([(outcome, small())], title="prod")
    parsed(said)
    assert "<b>web" not in said
    assert "shop/Deployment/&lt;b&gt;web" in said
    assert "→ set max_size of workers to 7" in said
    assert "At most: 5 nodes, 4 of them new, for 11 pods; every pod has a node; $400 a month." in said
    assert "Not known: the pods of chart x are not known" in said


def test_thousands_of_nodes_share_boxes() -> None:
    found = parsed(page([(many(2000), None)], title="prod"))
    assert sum(each.split(" ")[0] == "div.node" for each in found.kinds) < 400
