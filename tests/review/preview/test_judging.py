"""Policies on many stack files: the same reports from one process and from several."""

from dataclasses import replace
from pathlib import Path

import pytest

from eks_blueprints.core.errors import InputError
from eks_blueprints.review.preview import judging
from eks_blueprints.review.preview.targets import stack_targets

STACK = """\
region: eu-west-1
cluster: {version: "1.35", endpoint_public_access: true, public_access_cidrs: [203.0.113.0/24]}
compute: {system: {kind: managed_nodes, min_size: SIZE}}
"""


def _files(folder: Path) -> list[Path]:
    names = ("one", "three", "two")
    for size, name in enumerate(names, 1):
        (folder / f"{name}.yaml").write_text(STACK.replace("SIZE", str(size)))
    return [folder / f"{name}.yaml" for name in names]


def test_several_processes_say_the_same_in_the_same_order(tmp_path: Path) -> None:
    files = _files(tmp_path)
    alone, together = (list(judging.reports(stack_targets(files), "baseline", jobs)) for jobs in (1, 2))
    assert [each.stack for each in together] == ["one", "three", "two"]
    assert [replace(each, seconds=0.0) for each in together] == [replace(each, seconds=0.0) for each in alone]
    assert together[0].rules


def test_an_invalid_file_is_reported_from_another_process(tmp_path: Path) -> None:
    files = _files(tmp_path)
    files[1].write_text(STACK.replace("SIZE", "none"))
    found = judging.reports(stack_targets(files), None, 2)
    assert next(found).stack == "one"
    with pytest.raises(InputError) as error:
        next(found)
    assert error.value.problems[0].file == str(files[1])
