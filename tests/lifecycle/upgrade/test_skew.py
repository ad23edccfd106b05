"""The skew policy, from 1.29 to the newest, with nodes of any version: every path that passes is one that EKS takes."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from eks_blueprints.core import versions
from eks_blueprints.core.facts.addon_compatibility import kubelet_fits
from eks_blueprints.lifecycle.upgrade.planner import plan

from .situations_of import group, situation

NEWEST = versions.minor(versions.latest())


def allowed(kubelet: int, control_plane: int) -> bool:
    """The policy in its own words: never newer; n-3, and n-2 for kubelets before 1.25."""
    behind = control_plane - kubelet
    return 0 <= behind <= (3 if kubelet >= 25 else 2)


def test_the_table_says_what_the_policy_says() -> None:
    for control_plane in range(23, 45):
        for kubelet in range(15, 48):
            assert kubelet_fits(kubelet, control_plane) == allowed(kubelet, control_plane), (kubelet, control_plane)


@settings(max_examples=300)
@given(data=st.data())
def test_a_path_is_stopped_exactly_where_a_node_would_be_refused(data: st.DataObject) -> None:
    start = data.draw(st.integers(29, NEWEST - 1), label="control plane")
    target = data.draw(st.integers(start + 1, NEWEST), label="target")
    minors = data.draw(st.lists(st.integers(start - 6, start + 2), min_size=1, max_size=4), label="kubelets")
    found = plan(situation(start, nodes=tuple(group(f"g{i}", minor) for i, minor in enumerate(minors))), f"1.{target}")
    assert [hop.minor for hop in found.hops] == list(range(start + 1, target + 1))
    first, *later = found.hops
    refused = {each.what.split(" ")[0] for each in first.findings if each.code == "node-skew"}
    assert refused == {f"g{i}" for i, minor in enumerate(minors) if not allowed(minor, start + 1)}
    # Each later minor begins with nodes of the one before, as its steps say.
    assert not any(each.code == "node-skew" for hop in later for each in hop.findings)
    behind = {each.what.split(" ")[0] for each in first.findings if each.code in ("node-skew", "node-behind")}
    assert behind >= {f"g{i}" for i, minor in enumerate(minors) if minor < start}
    for hop in found.hops:
        ids = [step.id for step in hop.steps]
        assert ids.index("nodes-first") < ids.index("control-plane") < ids.index("nodes-g0")


@settings(max_examples=50)
@given(start=st.integers(29, NEWEST - 1), kubelets=st.lists(st.none(), min_size=1, max_size=3))
def test_an_unknown_kubelet_is_never_fine(start: int, kubelets: list[None]) -> None:
    nodes = tuple(group(f"g{i}", each, kind="self-managed") for i, each in enumerate(kubelets))
    found = plan(situation(start, nodes=nodes))
    (unknown,) = [each for each in found.every() if each.code == "node-version"]
    assert all(f"g{i}" in unknown.what for i in range(len(kubelets)))
    assert unknown in found.stops(strict=True)
