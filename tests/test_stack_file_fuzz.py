"""Stack files nobody would write by hand: each ends in a plan or in a located error, never in a traceback.

`FUZZ=20 pytest tests/test_stack_file_fuzz.py` tries twenty times as many, each run others.
"""

from __future__ import annotations

import copy
import io
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from eks_blueprints.core.errors import InputError
from eks_blueprints.recording import ProgramError
from eks_blueprints.stackfile import open_stack
from eks_blueprints.testing import record_stack
from tests import PROJECT, ROOT, SCHEMA

MORE = int(os.environ.get("FUZZ", "1"))
ELEMENTS = [name for name in SCHEMA["$defs"] if name.startswith(("compute.", "addons."))]
HEX = "0123456789abcdef0"

# What a field of that name, or one that ends so, may well hold; most of it right somewhere and wrong elsewhere.
POOLS: dict[str, list[Any]] = {
    "region": [
        "eu-west-1",
        "us-east-1",
        "us-gov-west-1",
        "cn-north-1",
        "eu-wst-1",
        "ap-southeast-7",
        "mx-central-1",
        "moon-1",
    ],
    "version": ["1.35", "1.34", "1.33", "1.29", "1.99", "v1.20.4-eksbuild.2", 1.35, "latest"],
    "release_version": ["1.35.0-20260101", "1.33.4-20250904", "x"],
    "cidr": [
        "10.0.0.0/16",
        "192.168.0.0/16",
        "10.0.0.0/24",
        "10.0.0.0/28",
        "10.0.0.1/16",
        "::/0",
        "10.0.0.0/8",
        "100.64.0.0/16",
    ],
    "cidrs": ["10.1.0.0/16", "0.0.0.0/0", "203.0.113.0/24", "10.0.0.0/33"],
    "networks": ["10.200.0.0/16", "10.0.0.0/16", "172.16.0.0/12"],
    "zones": ["eu-west-1a", "eu-west-1b", "eu-west-1c", "eu-west-1a", "eu-west-1b", "use1-az3", "eu-west-1z"],
    "zone": ["eu-west-1a", "eu-west-1b", "eu-west-1a", "us-west-2-lax-1a"],
    "arn": [
        "arn:aws:iam::111122223333:role/a",
        "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "arn:aws:sts::111122223333:assumed-role/a/b",
        "arn:aws-cn:iam::111122223333:role/a",
        "arn",
    ],
    "arns": ["arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab", "*"],
    "boundary": ["arn:aws:iam::111122223333:policy/bound", "bound"],
    "policies": ["arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore", "x"],
    "policy": ["view", "edit", "admin", "cluster_admin", "AmazonEKSViewPolicy", "veiw"],
    "vpc_id": [f"vpc-{HEX}", "vpc-1"],
    "subnet_ids": [f"subnet-{HEX}", f"subnet-{HEX[:-1]}1", "sg-1"],
    "group_ids": [f"sg-{HEX}", "sg-1", f"subnet-{HEX}"],
    "id": [f"subnet-{HEX}", f"cr-{HEX}"],
    "instance_types": ["m7g.large", "m7i.large", "t4g.small", "g6.xlarge", "m5.large", "m99.huge", "trn1.2xlarge"],
    "endpoints": [
        "ecr.api",
        "sts",
        "s3",
        "com.amazonaws.eu-west-1.logs",
        "com.amazonaws.vpce.eu-west-1.vpce-svc-" + HEX,
    ],
    "namespaces": ["default", "dev-*", "*", "Kube", "x" * 64],
    "subnets": ["private", "public"],
    "kind": ["managed_nodes", "coredns", "managed_node", "os.path", "pathlib.Path"],
}
NAMES = [
    "system",
    "general",
    "a-b",
    "a_b",
    "A",
    "vpc_cni",
    "coredns",
    "managed_nodes",
    "x" * 41,
    "1a",
    "ä",
    "",
    "group",
    "role",
    "a.b",
]
ODD: list[Any] = [
    *(None, True, False, 0, -1, 1.5, 10**30, float("inf"), float("nan")),
    *("", " ", "no", "é", "\u202e", "a\nb", "\x00", "x" * 2000, "${x}", "2026-11-21"),
    *([], {}, [None], {"": None}, [[]] * 3, ["a"] * 500, {str(i): {} for i in range(60)}),
    *({"config": "missing"}, {"secret": ""}, {"stack": "a/b/c", "output": "d"}, {"config": 1}, {"stack": "x"}),
]
PIECES = [
    *("", "\t", ":", "- ", "{", "]", "'", '"', "#", "\n", "---\n", "<<: ", "? ", "|\n", "null", "1.30"),
    *("&a ", "*a", "!!python/object:os.system x", "!!binary aGk=", "%YAML 1.1\n", "\ufeff", "\x07", "\u2028"),
]


def pool(name: str) -> list[Any]:
    for key in (name, name.rpartition("_")[2]):
        if key in POOLS:
            return POOLS[key]
    return ["a", "shop", "team-a", "1", "key/with/slash", "ä", "x" * 70]


def value(schema: Any, name: str, depth: int = 0) -> st.SearchStrategy[Any]:
    """Something of the right shape for a schema; whether it also makes sense is another matter."""
    if ref := schema.get("$ref"):
        return value(SCHEMA["$defs"][ref.rpartition("/")[2]], name, depth)
    if "allOf" in schema:
        return value(schema["allOf"][0], name, depth)
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            parts = [part for part in schema[choice] if not part.get("$ref", "").endswith("/Reference")]
            if not parts:
                return st.sampled_from([{"config": "missing"}, {"secret": "unset"}])
            return st.sampled_from(parts).flatmap(lambda part: value(part, name, depth))
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kind = schema.get("type")
    if kind == "object":
        return mapping(schema, name, depth)
    if kind == "array":
        return st.lists(value(schema.get("items", {}), name, depth + 1), max_size=4)
    if kind == "integer":
        low, high = schema.get("minimum", -1), schema.get("maximum", 400)
        return st.integers(low, high) | st.sampled_from([0, 1, 2, 3, 30, 60, 90, 600])
    if kind == "boolean":
        return st.booleans()
    if kind == "null":
        return st.none()
    return st.sampled_from(pool(name))


def mapping(schema: Any, name: str, depth: int) -> st.SearchStrategy[Any]:
    fields = schema.get("properties", {})
    if not fields:
        inner = schema.get("additionalProperties")
        if not isinstance(inner, dict):
            return st.sampled_from([{}, {"a": 1}])
        return st.dictionaries(st.sampled_from(NAMES), value(inner, name, depth + 1), max_size=3)
    needed = schema.get("required", [])
    few = st.lists(st.sampled_from(sorted(fields)), max_size=4 if depth else 7, unique=True)
    return few.flatmap(
        lambda chosen: st.fixed_dictionaries(
            {f: value(fields[f], f, depth + 1) for f in dict.fromkeys([*needed, *chosen])}
        )
    )


GOOD: list[dict[str, Any]] = [
    YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    for path in sorted([*PROJECT.glob("stacks/*.yaml"), *ROOT.glob("examples/*/*.yaml")])
    if not path.name.startswith("Pulumi")
]


@st.composite
def changed(draw: st.DrawFn, most: int = 3) -> dict[str, Any]:
    """A good stack file with some places changed, misspelt, doubled or taken away."""
    data = copy.deepcopy(draw(st.sampled_from(GOOD)))
    for _ in range(draw(st.integers(1, most))):
        places = list(spots(data))
        if not places:
            break
        parent, key = draw(st.sampled_from(places))
        what = draw(st.sampled_from(["odd", "pool", "gone", "misspelt", "moved", "field", "field", "field", "element"]))
        if what == "field":
            into, schema = draw(st.sampled_from(list(parts(data))))
            name = draw(st.sampled_from(sorted(schema["properties"])))
            into[name] = draw(value(schema["properties"][name], name))
        elif what == "element":
            kind = draw(st.sampled_from(ELEMENTS))
            group, _, name = kind.partition(".")
            entries = data.setdefault(group, {})
            if isinstance(entries, dict):
                entries[name] = draw(value(SCHEMA["$defs"][kind], name, 1))
        elif what == "odd":
            parent[key] = copy.deepcopy(draw(st.sampled_from(ODD)))
        elif what == "pool":
            parent[key] = draw(st.sampled_from(pool(str(key))))
        elif what == "gone":
            del parent[key]
        elif isinstance(parent, dict):
            name = draw(st.sampled_from(NAMES)) if what == "moved" else f"{key}"[:-2] + f"{key}"[-1:]
            parent[name] = parent.pop(key)
    return data


def parts(data: dict[str, Any]) -> Iterator[tuple[dict[str, Any], Any]]:
    """The mappings of a stack file whose fields are known, with their schemas."""
    definitions = SCHEMA["$defs"]
    yield data, SCHEMA
    kinds = {"network": "NetworkArgs", "cluster": "ClusterArgs"}
    if isinstance(data.get("network"), dict) and {"vpc_id", "vpc_tags"} & data["network"].keys():
        kinds["network"] = "ExistingNetworkArgs"
    for key, kind in kinds.items():
        if isinstance(data.get(key), dict):
            yield data[key], definitions[kind]
    for group in ("compute", "addons"):
        entries = data.get(group)
        for name, fields in entries.items() if isinstance(entries, dict) else ():
            if isinstance(fields, dict) and (kind := f"{group}.{fields.get('kind', name)}") in definitions:
                yield fields, definitions[kind]


def spots(data: Any) -> Any:
    entries = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, item in list(entries)[:40]:
        yield data, key
        yield from spots(item)


def text_of(data: Any) -> str:
    out = io.StringIO()
    YAML(typ="safe", pure=True).dump(data, out)
    return out.getvalue()


@st.composite
def broken(draw: st.DrawFn) -> str:
    """The text of a good stack file with characters put in, taken out or doubled: often no YAML any more."""
    text = text_of(draw(st.sampled_from(GOOD)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        end = min(len(text), at + draw(st.integers(0, 12)))
        put = draw(st.sampled_from([*PIECES, text[at:end]]))
        text = text[:at] + put + text[end:]
    return text


FILES = st.one_of(changed().map(text_of), mapping(SCHEMA, "", 0).map(text_of), broken())
QUICK = {"deadline": None, "derandomize": MORE == 1, "database": None, "suppress_health_check": list(HealthCheck)}


def told(error: InputError, file: Path) -> None:
    """Every problem has its place, its words on one line, and what is needed to act on it."""
    assert error.problems
    for problem in error.problems:
        text = str(problem)
        assert problem.file == str(file), text
        assert problem.line is None or (problem.line >= 1 and (problem.column or 0) >= 1), text
        assert problem.line is not None or "YAML" in text, f"without a line: {text}"
        assert "\n" not in text, repr(text)
        assert not re.search(r"Traceback|<class|object at 0x|pydantic|ruamel|Input should|\bNone\b", text), text
        assert len(text) < 700, text
        assert "; " in problem.message, f"says not what to do: {text}"


def run(text: str, file: Path) -> str | None:
    """The plan that a stack file ends in, or None where it was refused as it should be."""
    try:
        file.write_text(text, encoding="utf-8")
    except UnicodeEncodeError:
        return None
    try:
        opened = open_stack(file)
        for warning in opened.warnings():
            assert warning.line is not None
            assert "\n" not in str(warning)
    except InputError as error:
        told(error, file)
        return None
    try:
        recorded = record_stack(file, "fuzz", project="shop")
    except ProgramError as error:
        cause: BaseException | None = error
        while cause is not None and not isinstance(cause, InputError):
            cause = cause.__cause__
        if cause is None:
            raise
        told(cause, file)
        return None
    assert len(recorded.urns) == len(recorded.plan.resources), text
    recorded.is_valid()
    return recorded.plan.to_json()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


@settings(max_examples=100 * MORE, **QUICK)
@given(text=FILES)
def test_it_ends_in_a_plan_or_in_a_located_error(folder: Path, text: str) -> None:
    run(text, folder / "fuzz.yaml")


@settings(max_examples=12 * MORE, **QUICK)
@given(data=changed(most=1))
def test_two_runs_give_the_same_bytes(folder: Path, data: dict[str, Any]) -> None:
    text = text_of(data)
    assert run(text, folder / "twice.yaml") == run(text, folder / "twice.yaml")
