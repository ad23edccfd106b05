"""Groups of elements: mappings in stack files, lists in Python, kinds by name or by dotted path."""

from typing import ClassVar

import pytest
from pydantic import ValidationError

from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.coredns import Coredns
from eks_blueprints.addons.vpc_cni import VpcCni
from eks_blueprints.core.component import Component
from eks_blueprints.core.elements import Group, element_class, kinds
from eks_blueprints.core.errors import problems_of
from eks_blueprints.core.refs import ClusterRef
from eks_blueprints.core.spec import Spec


class Holder(Spec):
    """Holds a group."""

    addons: Group[AddOn] = ()


class Mine(AddOn):
    """An add-on of a team."""

    service_account: ClassVar[str] = ""
    size: int = 1

    @property
    def home(self) -> str:
        return "mine"

    def install(self, cluster: ClusterRef) -> Component:
        return self.component(cluster)


def messages(addons: object) -> list[str]:
    with pytest.raises(ValidationError) as error:
        Holder.model_validate({"addons": addons})
    return [str(problem) for problem in problems_of(error.value)]


def test_the_key_is_the_name_and_the_kind() -> None:
    [addon] = Holder.model_validate({"addons": {"coredns": None}}).addons
    assert isinstance(addon, Coredns)
    assert addon.name == "coredns"


def test_kind_frees_the_name() -> None:
    [addon] = Holder.model_validate({"addons": {"dns": {"kind": "coredns"}}}).addons
    assert isinstance(addon, Coredns)
    assert addon.name == "dns"


def test_a_dotted_kind_is_imported() -> None:
    [addon] = Holder.model_validate({"addons": {"mine": {"kind": f"{__name__}.Mine", "size": 3}}}).addons
    assert isinstance(addon, Mine)
    assert addon.size == 3


def test_a_list_in_python() -> None:
    assert [a.name for a in Holder(addons=[VpcCni(), Coredns(name="dns")]).addons] == ["vpc_cni", "dns"]


@pytest.mark.parametrize(
    ("addons", "says"),
    [
        ({"corednss": {}}, "did you mean coredns?"),
        ({"dns": {"kind": "corednss"}}, "addons.dns.kind: no such kind of addons"),
        ({"dns": {"kind": 3}}, "addons.dns.kind: needs text"),
        ({"dns": {"kind": "no.such.Thing"}}, "cannot be imported"),
        ({"dns": {"kind": "pathlib.Path"}}, "is not a kind of addons"),
        (
            {"a": {"kind": "eks_blueprints.addons.AddOn"}},
            'addons.a.kind: is not complete; got "eks_blueprints.addons.AddOn" without home and install; define it',
        ),
        ({"coredns": {"name": "x"}}, "the key coredns is the name"),
        ({"coredns": []}, "addons.coredns: needs a mapping"),
        ({"coredns": {"repliccas": 2}}, "addons.coredns.repliccas: no such field"),
        ({"a b": {"kind": "coredns"}}, "is not a valid name"),
        ({"a-b": {"kind": "coredns"}, "a_b": {"kind": "coredns"}}, "clashes with a-b"),
        ([{"coredns": {}}], "addons[0]: needs a spec of addons"),
        ("coredns", "addons: needs a mapping of name to fields"),
    ],
)
def test_what_is_refused(addons: object, says: str) -> None:
    assert any(says in message for message in messages(addons)), messages(addons)


def test_problems_of_several_elements_are_told_at_once() -> None:
    assert len(messages({"corednss": {}, "coredns": {"x": 1}, "vpc_cni": []})) == 3


@pytest.mark.parametrize("kind", kinds(AddOn))
def test_every_module_of_a_group_holds_the_class_of_its_name(kind: str) -> None:
    assert element_class(AddOn, kind).kind() == kind
