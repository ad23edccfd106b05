"""Karpenter's disruption: what its own controller did first, and that looking changes nothing."""

from __future__ import annotations

import json
from dataclasses import replace

from eks_blueprints.provisioning.karpenter.disruption.trial import Trial, Trials

from . import disrupted


def test_karpenter_itself_did_the_same_first() -> None:
    said = json.loads(disrupted.DISRUPTED.read_text())
    assert len(said) == disrupted.CASES
    others = list(disrupted.apart(said))
    assert not others, "\n".join(others)
    assert {each.get("reason") for each in said.values()} == {None, "Empty", "Drifted", "Underutilized"}
    assert sum(bool(each.get("launched")) for each in said.values()) >= 10


def test_what_karpenter_did_is_told_apart_from_what_it_did_not() -> None:
    said = json.loads(disrupted.DISRUPTED.read_text())
    number = next(number for number, each in said.items() if len(each.get("nodes", ())) > 1)
    fewer = {**said[number], "nodes": said[number]["nodes"][1:]}
    assert list(disrupted.apart({number: fewer}))


def _told(found: Trial) -> object:
    return [sorted(each.name for each in new.machines) for new in found.replacements], found.moves, found.stuck


def test_a_trial_leaves_nothing_behind_for_the_next() -> None:
    for number in range(6):
        state = disrupted.state(disrupted.case(number))
        before = {name: list(place.pods) for name, place in state.cluster.places.items()}
        names = [*state.nodes]
        trials = Trials(state)
        for together in ([name] for name in (*names, *names)):
            assert _told(trials.without(together)) == _told(Trials(state).without(together))
        assert _told(trials.without(names)) == _told(Trials(state).without(names))
        assert {name: list(place.pods) for name, place in state.cluster.places.items()} == before


def test_trials_that_follow_a_cluster_say_the_same_as_new_ones() -> None:
    for number in range(6):
        state = disrupted.state(disrupted.case(number))
        trials = Trials(state)
        trials.without([*state.nodes])
        for gone in state.nodes:  # one node leaves, then another one while the first is back
            nodes = {name: replace(each, leaving=name == gone) for name, each in state.nodes.items()}
            later = replace(state, nodes=nodes)
            trials.follow(later)
            for name in (each for each in state.nodes if each != gone):
                assert _told(trials.without([name])) == _told(Trials(later).without([name]))


def test_a_trial_ends_as_soon_as_it_has_failed() -> None:
    several = 0
    for number in range(20):
        state = disrupted.state(disrupted.case(number))
        names, trials = [*state.nodes], Trials(state)
        every, few = trials.without(names), trials.without(names, most=1)
        several += (more := len(every.replacements) > 1)
        assert (len(few.replacements) == 2) if more else (_told(few) == _told(every))
    assert several
