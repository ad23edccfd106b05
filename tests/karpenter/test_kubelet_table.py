"""What Karpenter passes on to the kubelet is what the table of the kubelet's own fields describes."""

import tomllib
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic.alias_generators import to_camel

from eks_blueprints.karpenter.kubelet_settings import IRREGULAR, KubeletSettings
from tests import ROOT

TABLE = tomllib.loads((ROOT / "eks_blueprints/core/node_settings/kubelet.toml").read_text())
FIELDS: dict[str, str] = TABLE["types"]["KubeletConfiguration"]
NEWER = {"defaultPodSysctls"}
"""Fields of the kubelet against which Karpenter checks that are newer than the table."""


def in_kubernetes(field: str) -> str:
    return IRREGULAR.get(field, to_camel(field))


def words(annotation: Any) -> set[str]:
    if get_origin(annotation) is Literal:
        return set(get_args(annotation))
    return set().union(*(words(part) for part in get_args(annotation)))


def test_every_field_stands_in_the_table_under_its_name() -> None:
    assert {in_kubernetes(field) for field in KubeletSettings.model_fields} - NEWER <= FIELDS.keys()


CHOSEN = [name for name, info in KubeletSettings.model_fields.items() if words(info.annotation)]


@pytest.mark.parametrize("field", CHOSEN)
def test_a_field_takes_the_words_of_the_table(field: str) -> None:
    form = FIELDS[in_kubernetes(field)]
    listed = set().union(*(found for name, found in TABLE["enums"].items() if name in form))
    if listed:
        assert words(KubeletSettings.model_fields[field].annotation) == listed - {""}


def test_fields_of_words_are_compared() -> None:
    assert len(CHOSEN) > 5
