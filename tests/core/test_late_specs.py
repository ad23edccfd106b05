"""Specs that are loaded and built when a value of theirs is read."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from eks_blueprints.cluster.spec import ClusterArgs
from eks_blueprints.core.errors import problems_of
from eks_blueprints.core.late_specs import late, loaded
from eks_blueprints.core.spec import Many, Spec
from tests import ROOT

if TYPE_CHECKING:
    from eks_blueprints.cluster.control_plane import KubeApiServerConfig
    from eks_blueprints.cluster.identity_provider import IdentityProviderArgs
else:
    KubeApiServerConfig = late("eks_blueprints.cluster.control_plane", "KubeApiServerConfig")
    IdentityProviderArgs = late("eks_blueprints.cluster.identity_provider", "IdentityProviderArgs")


class Leaf(Spec):
    """The innermost."""

    size: int = 1


class Inner(Spec):
    """In between."""

    leaf: Leaf | None = None


class Outer(Spec):
    """The whole."""

    one: Inner | None = None
    many: Many[Inner] = ()
    named: dict[str, Inner] = {}
    late: KubeApiServerConfig | None = None


def faults(value: dict[str, Any]) -> list[str]:
    with pytest.raises(ValidationError) as error:
        Outer.model_validate(value)
    return [str(problem) for problem in problems_of(error.value)]


def test_a_class_is_built_when_a_value_of_it_is_read() -> None:
    class Part(Spec):
        pass

    class Whole(Spec):
        part: Part | None = None
        number: int = 0

    Whole(number=1)
    assert (Whole.__pydantic_complete__, Part.__pydantic_complete__) == (True, False)
    assert Whole(part=Part()).part == Part()
    assert Part.__pydantic_complete__


def test_a_late_class_is_imported_when_a_value_of_it_is_read() -> None:
    code = (
        "import sys; from eks_blueprints.cluster.spec import ClusterArgs\n"
        "there = lambda: 'eks_blueprints.cluster.control_plane' in sys.modules\n"
        "ClusterArgs(version='1.35'); before = there()\n"
        "ClusterArgs.model_validate({'version': '1.35', 'kube_api_server_config': {'event_ttl': '30m'}})\n"
        "print(before, there())"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.split() == ["False", "True"]


def test_every_fault_is_at_its_place_and_all_are_there() -> None:
    wrong = {"leaf": {"size": "many"}}
    found = faults({"one": wrong, "many": [{}, wrong], "named": {"a.b": {"leef": {}}}, "late": {"event_ttl": "5m"}})
    assert found == [
        'one.leaf.size: needs a whole number; got "many"; write digits without quotes',
        'many[1].leaf.size: needs a whole number; got "many"; write digits without quotes',
        'named["a.b"].leef: no such field; got "leef"; did you mean leaf?',
        'late.event_ttl: is out of range; got "5m"; use 10m to 60m',
    ]


def test_what_is_no_mapping_is_refused_in_the_same_words() -> None:
    words = 'needs a mapping; got "x"; write key: value lines below it'
    assert faults({"one": "x", "late": "x"}) == [f"one: {words}", f"late: {words}"]


def test_values_of_subclasses_stay_what_they_are() -> None:
    class Mine(Inner):
        more: int = 0

    mine = Mine(more=3, leaf=Leaf(size=2))
    outer = Outer(one=mine, many=[mine])
    assert outer.one is mine
    assert outer.many == (mine,)
    assert outer.model_dump(exclude_defaults=True)["one"] == {"leaf": {"size": 2}, "more": 3}


def test_values_are_copied_compared_hashed_and_pickled() -> None:
    config = KubeApiServerConfig(event_ttl="30m")
    outer = Outer(one=Inner(leaf=Leaf(size=2)), late=config)
    assert outer == Outer.model_validate({"one": {"leaf": {"size": 2}}, "late": {"event_ttl": "30m"}})
    assert pickle.loads(pickle.dumps(outer)) == copy.deepcopy(outer) == outer.model_copy() == outer  # noqa: S301
    assert hash(config) == hash(KubeApiServerConfig(event_ttl="30m"))
    assert Outer.model_validate(outer.model_dump()) == outer
    assert Outer.model_validate_json(outer.model_dump_json()) == outer


def test_a_class_that_stands_for_a_late_one_makes_and_knows_its_values() -> None:
    provider = IdentityProviderArgs(issuer_url="https://id.acme.dev", client_id="kubernetes")
    assert isinstance(provider, IdentityProviderArgs)
    assert not isinstance(Leaf(), IdentityProviderArgs)
    assert type(provider) is loaded(IdentityProviderArgs)
    assert loaded(Leaf) is Leaf


def test_the_schema_has_all_of_them_each_once() -> None:
    schema = Outer.model_json_schema()
    assert sorted(schema["$defs"]) == ["Inner", "KubeApiServerConfig", "Leaf", "ServiceNodePortRange"]
    assert schema["properties"]["many"]["items"] == {"$ref": "#/$defs/Inner"}
    assert schema["$defs"]["Inner"]["properties"]["leaf"]["anyOf"][0] == {"$ref": "#/$defs/Leaf"}
    assert schema["$defs"]["Leaf"]["additionalProperties"] is False
    whole = ClusterArgs.model_json_schema()
    assert whole["$defs"]["KubeApiServerConfig"] == schema["$defs"]["KubeApiServerConfig"]


def test_classes_of_one_name_stay_apart() -> None:
    def made(kind: type) -> type[Spec]:
        class Part(Spec):
            value: kind  # type: ignore[valid-type]

        return Part

    number, text = made(int), made(str)

    class Both(Spec):
        number: number  # type: ignore[valid-type]
        text: text  # type: ignore[valid-type]

    both = Both.model_validate({"number": {"value": 1}, "text": {"value": "one"}})
    assert (type(both.number), type(both.text)) == (number, text)


def test_a_class_may_name_itself() -> None:
    assert Tree.model_validate({"branches": [{"branches": [{}]}]}) == Tree(branches=[Tree(branches=[Tree()])])
    assert Tree.model_json_schema()["$defs"]["Tree"]["properties"]["branches"]["items"] == {"$ref": "#/$defs/Tree"}


class Tree(Spec):
    """One that is made of itself."""

    branches: Many[Tree] = ()
