"""Tables of requests as CSV: what is read, and what is said of mistakes."""

from __future__ import annotations

from pathlib import Path

import pytest

from eks_blueprints.capacity.read.table import read_table
from eks_blueprints.core.errors import InputError
from tests.capacity.read.stacks import GIB, MIB
from tests.work import calls

HEAD = "name,count,cpu,memory"


def table(folder: Path, text: str | bytes) -> Path:
    file = folder / "pods.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def refused(folder: Path, text: str | bytes) -> list[str]:
    file = table(folder, text)
    with pytest.raises(InputError) as error:
        read_table(file)
    return [str(each).removeprefix(str(file)).removeprefix(":") for each in error.value.problems]


def test_a_row_is_a_demand(tmp_path: Path) -> None:
    head = f"{HEAD},namespace,nvidia.com/gpu,node_selector,tolerations,priority,arch,zone"
    row = "train,3,1500m,2Gi,ml,1,team=shop;tier=a"
    (found,) = read_table(table(tmp_path, f"{head}\n{row},gpu=yes:NoSchedule;own,1000,arm64,eu-west-1a\n"))
    assert (found.name, found.least, found.most, found.scaled_by) == ("train", 3, 3, "")
    shape = found.shape
    assert shape.requests == {"cpu": 1500, "memory": 2 * GIB, "nvidia.com/gpu": 1}
    assert (shape.namespace, shape.priority) == ("ml", 1000)
    assert shape.may_be_on(
        "n",
        {
            "team": "shop",
            "tier": "a",
            "kubernetes.io/arch": "arm64",
            "topology.kubernetes.io/zone": "eu-west-1a",
        },
    )
    assert not shape.may_be_on("n", {"team": "shop", "tier": "a", "kubernetes.io/arch": "arm64"})
    assert [tuple(each) for each in shape.tolerations] == [
        ("gpu", "Equal", "yes", "NoSchedule"),
        ("own", "Exists", "", ""),
    ]
    assert (found.position.line, found.position.file) == (2, str(tmp_path / "pods.csv"))


def test_marks_of_order_empty_lines_and_other_ends_of_lines_change_nothing(tmp_path: Path) -> None:
    text = f"\ufeff{HEAD.upper()} , gpu ,,\r\n\r\n , , , \r\nwörk ,2, 1 ,1Gi,1\r\n,,,,,\r\napi,1,0,0\r\n"
    found = read_table(table(tmp_path, text))
    assert [(each.name, each.least) for each in found] == [("wörk", 2), ("api", 1)]
    assert found[0].shape.requests == {"cpu": 1000, "memory": GIB, "nvidia.com/gpu": 1}
    assert found[1].shape.requests == {}
    assert found[0].position.line == 4


def test_a_text_over_several_lines_keeps_the_lines_of_the_others(tmp_path: Path) -> None:
    assert refused(tmp_path, f'{HEAD}\n"a\nb",1,1,1\nc,x,1,1\n')[0].startswith("4:2: count: needs a whole number")


def test_rows_of_one_name_are_told_apart_and_those_alike_share_a_shape(tmp_path: Path) -> None:
    first, second, third = read_table(table(tmp_path, f"{HEAD}\nweb,1,1,1Gi\nweb,2,1000m,1024Mi\napi,1,2,1Gi\n"))
    assert (first.name, second.name) == ("web", "web (2)")
    assert first.shape is second.shape
    assert third.shape is not first.shape


def test_what_requests_nothing_counts_as_the_scheduler_says(tmp_path: Path) -> None:
    (found,) = read_table(table(tmp_path, f"{HEAD}\nweb,1,0,0\n"))
    assert found.shape.counted == {"cpu": 100, "memory": 200 * MIB}


def test_ten_thousand_rows_take_no_longer_each_than_ten(tmp_path: Path) -> None:
    def work(rows: int) -> int:
        lines = (f"w{n},{n},{n % 7}00m,{n % 5}Gi,eu-west-1{'abc'[n % 3]}" for n in range(rows))
        file = table(tmp_path, "\n".join([f"{HEAD},zone", *lines]))
        return calls(lambda: read_table(file))

    few, many = work(300), work(1300)
    assert (many - few) / 1000 < 50


MISTAKES = {
    "nothing": ("", ["is empty; got nothing; begin it with name,count,cpu,memory"]),
    "no rows": (f"{HEAD}\n", ["has no rows; got a header alone"]),
    "no header": ("web,3,1,1Gi\n", ["1:1: web: is no column", "1: name: is a column that is required"]),
    "semicolons": ("name;count;cpu;memory\nweb;1;1;1\n", ['1:1: needs commas between columns; got ";"']),
    "misspelt column": (f"{HEAD},nodeselector\nweb,1,1,1,\n", ["did you mean node_selector?"]),
    "no resource": (f"{HEAD},disk\nweb,1,1,1,\n", ['1:5: disk: is no column; got "disk"']),
    "a column twice": (f"{HEAD},gpu,nvidia.com/gpu\nweb,1,1,1,1,1\n", ['column twice; got "nvidia.com/gpu" again']),
    "a column without a name": ("name,count,,cpu,memory\nweb,1,,1,1\n", ["1:3: is a column without a name"]),
    "count": (
        f"{HEAD}\nweb,1.5,1,1\nweb,-1,1,1\nweb,99999999999,1,1\n",
        ["2:2: count: needs a whole number", "3:2: count", "4:2: count: is too large"],
    ),
    "amounts": (
        f"{HEAD}\nweb,1,1 core,-1Gi\n",
        ['2:3: cpu: is not a valid quantity; got "1 core"', "2:4: memory: is negative"],
    ),
    "missing": (
        f"{HEAD}\n,1,1,1\nweb,,,1\n",
        ["2:1: name: is required", "3:2: count: is required", "3:3: cpu: is required"],
    ),
    "too many": (f"{HEAD}\nweb,1,1,1,1\n", ["2:5: has more values than there are columns; got 5; write 4"]),
    "quotes": (f'{HEAD}\n"web,1,1,1\n', ["2:1: is not CSV"]),
    "arch": (f"{HEAD},arch\nweb,1,1,1,x86_64\n", ["2:5: arch: is no architecture", "did you mean amd64?"]),
    "selector": (f"{HEAD},node_selector\nweb,1,1,1,team\n", ['needs key=value; got "team"']),
    "effect": (f"{HEAD},tolerations\nweb,1,1,1,a:Never\n", ["needs an effect of NoSchedule"]),
    "priority": (f"{HEAD},priority\nweb,1,1,1,high\n", ['2:5: priority: needs a whole number; got "high"']),
    "zone": (f"{HEAD},zone\nweb,1,1,1,a b\n", ["2:5: zone: is not a valid label value"]),
    "encoding": (f"{HEAD}\nw\u00f6rk,1,1,1\n".encode("latin-1"), ["is not UTF-8 text; got byte 0xf6"]),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_each_mistake_is_said_with_its_place(name: str, tmp_path: Path) -> None:
    text, wanted = MISTAKES[name]
    found = "\n".join(refused(tmp_path, text))
    for each in wanted:
        assert each in found


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_table(tmp_path / "none.csv")
