"""Stack files by the thousand, from a seed: good ones with a few things changed, and platforms put together at random.

Most of what is put in is right somewhere and wrong elsewhere, so that many files pass and many are refused by rules
that look at two places at once.
"""

from __future__ import annotations

import copy
import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from eks_blueprints.core.document import read
from eks_blueprints.core.errors import InputError
from tests import ROOT, SCHEMA

HEX = "0123456789abcdef0"
KEY = "key/1234abcd-12ab-34cd-56ef-1234567890ab"

# What a field of that name, or one that ends so, may well hold.
POOLS: dict[str, list[Any]] = {
    "region": ["eu-west-1", "us-east-1", "us-gov-west-1", "cn-north-1", "ap-southeast-7", "mx-central-1", "eu-wst-1"],
    "version": ["1.35", "1.34", "1.33", "1.32", "1.31", "1.99", "v1.20.4-eksbuild.2", 1.35, "9.9.9", "latest"],
    "release_version": ["1.35.0-20260101", "1.33.4-20250904", "x"],
    "ami_type": ["AL2_x86_64", "AL2_ARM_64", "AL2023_x86_64_STANDARD", "BOTTLEROCKET_x86_64", "CUSTOM", "nope"],
    "cidr": ["10.0.0.0/16", "192.168.0.0/16", "10.0.0.0/24", "10.0.0.0/28", "10.0.0.1/16", "::/0", "100.64.0.0/16"],
    "cidrs": ["10.1.0.0/16", "0.0.0.0/0", "203.0.113.0/24", "2001:db8::/32", "10.0.0.0/33"],
    "networks": ["10.200.0.0/16", "10.0.0.0/16", "172.16.0.0/12"],
    "zones": ["eu-west-1a", "eu-west-1b", "eu-west-1c", "euw1-az1", "us-east-1a", "use1-az3", "eu-west-1z"],
    "zone": ["eu-west-1a", "eu-west-1b", "us-west-2-lax-1a", "cn-north-1a", "euw1-az2"],
    "role_arn": ["arn:aws:iam::111122223333:role/a", "arn:aws-cn:iam::111122223333:role/b", {"config": "role"}],
    "arn": ["arn:aws:iam::111122223333:role/a", f"arn:aws:kms:eu-west-1:111122223333:{KEY}", "arn", {"secret": "x"}],
    "arns": [f"arn:aws:kms:eu-west-1:111122223333:{KEY}", "arn:aws:iam::aws:policy/ReadOnlyAccess", "*"],
    "boundary": ["arn:aws:iam::111122223333:policy/bound", "bound", {"stack": "a/b/c", "output": "bound"}],
    "policies": ["arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore", "x"],
    "policy": ["view", "edit", "admin", "cluster_admin", "AmazonEKSViewPolicy", "veiw"],
    "vpc_id": [f"vpc-{HEX}", "vpc-1"],
    "subnet_ids": [f"subnet-{HEX}", f"subnet-{HEX[:-1]}1", f"subnet-{HEX[:-1]}2", "sg-1"],
    "group_ids": [f"sg-{HEX}", "sg-1"],
    "id": [f"subnet-{HEX}", f"cr-{HEX}", f"ami-{HEX}"],
    "instance_types": ["m7g.large", "m7i.large", "t4g.small", "g6.xlarge", "m5.large", "m99.huge", "trn1.2xlarge"],
    "endpoints": ["ecr.api", "sts", "s3", "com.amazonaws.eu-west-1.logs", f"com.amazonaws.vpce.x.vpce-svc-{HEX}"],
    "namespaces": ["default", "dev-*", "Kube", "x" * 64],
    "namespace": ["default", "kube-system", "a" * 63, "a" * 64, "Kube", "a_b", "a.b", "-a", ""],
    "principal_arn": ["arn:aws:iam::111122223333:role/a", "arn:aws:iam::111122223333:user/u"],
    "subnets": ["private", "public"],
    "identity": ["irsa", "pod_identity", "node_role"],
    "kind": ["managed_nodes", "fargate", "coredns", "managed_node", "os.path", "pathlib.Path", "..x.Y"],
    "labels": ["a", "A b", "x" * 64, "a/b", "é"],
    "values": [1, "x", True, None, [], {"a": {"b": 1}}],
    "tags": ["a", "é", "x" * 257, "", "a:b/c"],
    "images": ["repo/image:1", "x"],
    "name": ["a", "a-b", "x" * 64, "a" * 101, "A_b", "é", "a b", "/x/y", "", "aws:x", "eks-x", "1"],
    "url": ["https://example.com", "oci://example.com/x", "x"],
    "repository": ["https://example.com/charts", "oci://example.com/x", "x"],
    "email": ["a@b.c", "x"],
    "key": ["dedicated", "a/b", "é", "x" * 64],
}
REFERENCES: list[Any] = [
    *({"config": key} for key in ("role", "cidr", "number", "list", "shop:role", "missing", "other:key", "ä")),
    *({"secret": key} for key in ("token", "role", "missing")),
    *({"stack": "acme/net/prod", "output": "ids", "index": 1}, {"stack": "acme/net/prod", "output": "ids[0]"}),
    *({"stack": "acme/net/prod", "output": "ids", "count": 3}, {"stack": "net", "output": "id"}),
]
SETTINGS: list[str] = [
    "",
    "config: {}\n",
    "config: {shop:role: 'arn:aws:iam::111122223333:role/a', shop:cidr: 10.9.0.0/16, shop:list: [a, b]}\n",
    "config: {role: x, token: {secure: AAABAM}, cidr: 10.0.0.0/33}\n",
    "config: {aws:region: eu-west-1}\n",
    "config: {aws:region: us-east-1, aws:allowedAccountIds: ['111122223333']}\n",
    "config: {aws:profile: shop, aws:defaultTags: {tags: {a: b}}, aws:assumeRole: {roleArn: x}}\n",
    "environment: [shop/prod]\nconfig: {shop:cidr: nope}\n",
    "environment: [shop/prod]\n",
    "config: [a]\n",
    "config: {shop:role: x\n",
]
"""Settings of a stack that may fit its file or not."""
BLUEPRINTS: list[Any] = [
    *("eks_blueprints.Blueprint", "os.path", "pathlib.Path", "nowhere.Nothing", "..x.Y", "json.", "", 1, None, "a b.c"),
    *("tests.blueprints_gone_wrong.Raises", "tests.blueprints_gone_wrong.Prepares", "tests.project.nothing.X"),
]
NAMES = ["system", "general", "a-b", "a_b", "A", "Ab_C", "coredns", "a" * 40, "x" * 41, "1a", "ä", "", "group", "a.b",
         "eks-x", "role", "aws-x", "a--", "a_"]  # fmt: skip
WORDS = ["a", "shop", "team-a", "1", "key/with/slash", "ä", "x" * 70, "A_B", "10m", "5Gi", "-a", "a" * 260]
ODD: list[Any] = [
    *(None, True, False, 0, -1, 1.5, 10**30, float("inf"), float("nan"), 2**31, 2**53 + 1),
    *("", " ", "no", "é", "\u202e", "a\nb", "\x00", "x" * 2000, "${x}", "2026-11-21", "a\u2028b", "\x1b[31m", "\ud800"),
    *([], {}, [None], {"": None}, [[]] * 3, ["a"] * 500, {str(i): {} for i in range(60)}, [[{"a": 1}]], {"a": [{}]}),
    *({"config": "missing"}, {"secret": "unset"}, {"secret": ""}, {"stack": "a/b/c", "output": "d"}, {"config": 1}),
]
STACKS = ["prod", "dev", "p", "eu-west-1", "x" * 50, "x" * 61, "y" * 90, "z" * 101, "a.b", "ä", "a b", "1", "eks-a",
          "A_b", "-a", "team_a"]  # fmt: skip
"""Names of files, which name the stack and by default the cluster."""


def good() -> list[dict[str, Any]]:
    """The stack files of this repository that can be read."""
    found = []
    for path in sorted(
        [*ROOT.glob("stacks/*.yaml"), *ROOT.glob("examples/*/*.yaml"), *ROOT.glob("examples/*/*/*.yaml")]
    ):
        if not path.name.startswith(("Pulumi", "policies")):
            try:
                data = dict(read(path).data)
            except InputError:
                continue
            if data.get("blueprint") is None and "region" in data:
                found.append(data)
    return found


class StackFiles:
    """Writes one stack file after another; the same seed gives the same ones."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - for tests
        self.schema = SCHEMA
        self.definitions: dict[str, Any] = self.schema["$defs"]
        self.kinds = sorted(name for name in self.definitions if name.startswith(("compute.", "addons.")))
        self.compute = [kind for kind in self.kinds if kind.startswith("compute.")]
        self.addons = [kind for kind in self.kinds if kind.startswith("addons.")]
        self.good = good()

    def __iter__(self) -> Iterator[tuple[str, str]]:
        while True:
            yield self.one()

    def one(self) -> tuple[str, str]:
        """The name of a stack and the text of its file."""
        pick = self.random.random()
        data = self.platform() if pick < 0.75 else copy.deepcopy(self.random.choice(self.good))
        for _ in range(self.random.choice([0, 0, 1, 1, 2]) if pick < 0.75 else self.random.choice([1, 1, 2])):
            self._change(data)
        name = self.random.choice(STACKS) if self.random.random() < 0.2 else "prod"
        text = _text(data, escaped=self.random.random() < 0.5)
        return name, self._broken(text) if self.random.random() < 0.03 else text

    def parted(self, text: str) -> tuple[str, str] | None:
        """A file and one that extends it, which together say what a file says; None for what is not a mapping."""
        try:
            data = json.loads(text)
        except ValueError:
            return None
        if not isinstance(data, dict) or "extends" in data:
            return None
        lower, upper = self._parted(data)
        return json.dumps(lower), json.dumps({"extends": "base.yaml", **upper})

    def _parted(self, data: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        lower: dict[str, Any] = {}
        upper: dict[str, Any] = {}
        for key, value in data.items():
            pick = self.random.random()
            if isinstance(value, dict) and value and pick < 0.6:
                lower[key], upper[key] = self._parted(value)
            elif pick < 0.8:
                (lower if pick < 0.7 else upper)[key] = value
            else:
                lower[key] = self.random.choice(ODD[:7]) if value is not None else None
                if value is not None:
                    upper[key] = value
        return lower, upper

    def settings(self) -> str | None:
        """Settings of a stack; None for a stack file that no program is there for."""
        return self.random.choice(SETTINGS) if self.random.random() < 0.3 else None

    # -- a platform put together at random --------------------------------------------------------------------------

    def platform(self) -> dict[str, Any]:
        """A small platform of kinds that may or may not go together."""
        random = self.random
        region = random.choice(["eu-west-1"] * 5 + ["us-east-1", "cn-north-1", "us-gov-west-1", "mx-central-1"])
        data: dict[str, Any] = {"region": region, "network": self._network(region), "cluster": self._cluster()}
        compute: dict[str, Any] = {}
        for _ in range(random.choice([0, 1, 1, 1, 2, 3])):
            kind = random.choice(
                [*self.compute, "compute.managed_nodes", "compute.fargate", "compute.self_managed_nodes"]
            )
            compute[random.choice([*NAMES[:3], kind.partition(".")[2]])] = self._element(kind)
        data["compute"] = compute
        core = ["vpc_cni", "kube_proxy", "eks_pod_identity_agent", "coredns"]
        if random.random() < 0.6:
            addons: dict[str, Any] = {
                name: None if random.random() < 0.02 else {} for name in core if random.random() < 0.5
            }
            for _ in range(random.choice([0, 0, 1, 1, 2])):
                kind = random.choice(self.addons)
                addons[kind.partition(".")[2]] = self._element(kind) if random.random() < 0.7 else {}
            addons.update({name: fields for name, fields in addons.items() if isinstance(fields, dict)})
            data["addons"] = addons
        for field, share in {"access": 0.1, "account": 0.1, "pod_identity_associations": 0.2}.items():
            if random.random() < share:
                data[field] = self._value(self.schema["properties"][field], field, 1)
        if random.random() < 0.04:
            data["blueprint"] = random.choice(BLUEPRINTS)
        if random.random() < 0.06:
            self._tag(data)
        if random.random() < 0.1:
            data["core_addons"] = random.sample(core, random.randint(0, 4))
        if random.random() < 0.15:
            data["addon_defaults"] = {"identity": random.choice(["irsa", "pod_identity", "node_role"])}
        return data

    def _tag(self, data: dict[str, Any]) -> None:
        """Tags near the most that a resource takes, on the platform and a part of it."""
        random = self.random
        parts = [data, data["network"], data["cluster"], *data["compute"].values(), *data.get("addons", {}).values()]
        for part, start in ((data, 0), (random.choice(parts), 100)):
            if isinstance(part, dict):
                part["tags"] = {
                    f"t{start + number}": "x" for number in range(random.choice([1, 23, 24, 25, 26, 48, 50]))
                }

    def _network(self, region: str) -> Any:
        random = self.random
        shape = random.random()
        ids = [f"subnet-{HEX[:-1]}{number}" for number in range(6)]
        if shape < 0.3:
            return {}
        if shape < 0.4:
            return {"vpc_id": f"vpc-{HEX}", "subnet_ids": {"private": ids[:2], "public": ids[2:4]}}
        if shape < 0.48:
            role = random.choice(["public", "private", "control_plane"])
            return {"vpc_id": f"vpc-{HEX}", "subnet_ids": {role: ids[: random.randint(1, 3)]}}
        if shape < 0.56:
            zones = [f"{region}{letter}" for letter in "abc"]
            roles = ["public", "private", "pod", "control_plane"]
            subnets = {
                f"s{i}": {"role": random.choice(roles), "id": ids[i], "zone": random.choice(zones)} for i in range(5)
            }
            return {"vpc_id": f"vpc-{HEX}", "subnets": subnets}
        if shape < 0.64:
            zones = [f"{region}a", f"{region}b"]
            roles = ["public", "private", "pod", "control_plane"]
            subnets = {
                f"s{i}": {"role": random.choice(roles), "zone": random.choice(zones), "cidr": f"192.168.{i}.0/24"}
                for i in range(6)
            }
            return {"subnets": subnets, "nat_gateways": random.choice(["none", "single", "per_zone"])}
        network: dict[str, Any] = {}
        for field, values in {
            "topology": ["private", "public_and_private"],
            "pod_cidr": ["100.64.0.0/16", "100.64.0.0/25"],
            "ip_family": ["ipv6", "ipv4"],
            "zone_count": [2, 3, 4],
            "nat_gateways": ["none", "single", "per_zone"],
            "zones": [[f"{region}a", f"{region}b"], [f"{region}a"]],
            "cidr": ["10.0.0.0/16", "10.0.0.0/24", "10.100.0.0/16"],
        }.items():
            if random.random() < 0.25:
                network[field] = random.choice(values)
        return network

    def _cluster(self) -> dict[str, Any]:
        random = self.random
        cluster: dict[str, Any] = {"version": random.choice(["1.35", "1.35", "1.34", "1.33", "1.32", "1.31"])}
        for field, values in {
            "ip_family": ["ipv4", "ipv6"],
            "auto_mode": [{}, {"node_pools": []}],
            "oidc_provider": [False],
            "endpoint_public_access": [True],
            "endpoint_private_access": [False],
            "remote_node_networks": [["10.200.0.0/16"]],
            "service_ipv4_cidr": ["10.100.0.0/16", "172.20.0.0/16"],
            "endpoint_access": [
                *({}, {"vpn": {"cidr": "172.31.0.0/16"}}, {"a": {"prefix_list_id": "pl-0123456789abcdef0"}}),
                *({"b": {"security_group_id": f"sg-{HEX}"}}, {"c": {"cidr": {"config": "cidr"}}}, {"Ä": None}),
            ],
            "name": ["prod", "eks-a", "x" * 80, "x" * 100],
        }.items():
            if random.random() < 0.12:
                cluster[field] = random.choice(values)
        if cluster.get("endpoint_public_access") and random.random() < 0.8:
            cluster["public_access_cidrs"] = ["203.0.113.0/24"]
        return cluster

    def _element(self, kind: str) -> Any:
        fields = self._value(self.definitions[kind], kind.partition(".")[2], 1)
        if isinstance(fields, dict):
            fields["kind"] = kind.partition(".")[2]
        return fields

    # -- values by the schema ----------------------------------------------------------------------------------------

    def _value(self, schema: Any, name: str, depth: int) -> Any:
        random = self.random
        if ref := schema.get("$ref"):
            return self._value(self.definitions[ref.rpartition("/")[2]], name, depth)
        if "allOf" in schema:
            return self._value(schema["allOf"][0], name, depth)
        for choice in ("anyOf", "oneOf"):
            if choice in schema:
                parts = [part for part in schema[choice] if not part.get("$ref", "").endswith("/Reference")]
                return self._value(random.choice(parts), name, depth)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return random.choice(schema["enum"])
        kind = schema.get("type")
        if kind == "object":
            return self._mapping(schema, name, depth)
        if kind == "array":
            return [
                self._value(schema.get("items", {}), name, depth + 1) for _ in range(random.choice([0, 1, 1, 2, 3]))
            ]
        if kind in ("integer", "number"):
            low, high = schema.get("minimum", -1), schema.get("maximum", 400)
            return random.choice([low, high, low - 1, high + 1, random.randint(int(low), int(high)), 1, 2, 3, 60, 600])
        if kind == "boolean":
            return random.random() < 0.5
        return None if kind == "null" else random.choice(self._pool(name))

    def _mapping(self, schema: Any, name: str, depth: int) -> dict[str, Any]:
        random = self.random
        fields = schema.get("properties", {})
        if not fields:
            inner = schema.get("additionalProperties")
            if not isinstance(inner, dict):
                return random.choice([{}, {"a": 1}, {"a": {"b": [1]}}])
            keys = random.sample(NAMES, random.choice([0, 1, 1, 2]))
            return {key: self._value(inner, name, depth + 1) for key in keys}
        chosen = random.sample(
            sorted(fields), min(len(fields), random.choice([0, 1, 1, 2] if depth < 2 else [0, 0, 1]))
        )
        wanted = dict.fromkeys([*schema.get("required", []), *chosen])
        return {field: self._value(fields[field], field, depth + 1) for field in wanted}

    def _pool(self, name: str) -> list[Any]:
        for key in (name, name.rpartition("_")[2]):
            if key in POOLS:
                return POOLS[key]
        return WORDS

    # -- changes -----------------------------------------------------------------------------------------------------

    def _change(self, data: dict[str, Any]) -> None:
        random = self.random
        kinds = ["odd", "pool", "gone", "misspelt", "moved", "named", "emptied", "element"]
        what = random.choice([*kinds, *["field"] * 4])
        if what == "field":
            into, schema = random.choice(list(self._parts(data)))
            name = random.choice(sorted(schema["properties"]))
            into[name] = self._value(schema["properties"][name], name, 1)
            return
        if what == "element":
            kind = random.choice(self.kinds)
            group, _, name = kind.partition(".")
            entries = data.setdefault(group, {})
            if isinstance(entries, dict):
                entries[name] = self._element(kind)
            return
        places = list(_spots(data))
        if not places:
            return
        parent, key = random.choice(places)
        if what == "odd":
            parent[key] = copy.deepcopy(random.choice(ODD))
        elif what == "pool":
            parent[key] = copy.deepcopy(random.choice(self._pool(str(key))))
        elif what == "named":
            parent[key] = copy.deepcopy(random.choice(REFERENCES))
        elif what == "emptied":
            parent[key] = type(parent[key])() if isinstance(parent[key], dict | list | str) else random.choice([{}, []])
        elif what == "gone":
            del parent[key]
        elif isinstance(parent, dict):
            parent[random.choice(NAMES) if what == "moved" else f"{key}"[:-2] + f"{key}"[-1:]] = parent.pop(key)

    def _parts(self, data: dict[str, Any]) -> Iterator[tuple[dict[str, Any], Any]]:
        """The mappings of a stack file whose fields are known, with their schemas."""
        yield data, self.schema
        kinds = {"network": "NetworkArgs", "cluster": "ClusterArgs", "addon_defaults": "AddOnDefaults"}
        if isinstance(data.get("network"), dict) and {"vpc_id", "vpc_tags"} & data["network"].keys():
            kinds["network"] = "ExistingNetworkArgs"
        for key, kind in kinds.items():
            if isinstance(data.get(key), dict) and kind in self.definitions:
                yield data[key], self.definitions[kind]
        for group in ("compute", "addons"):
            entries = data.get(group)
            for name, fields in entries.items() if isinstance(entries, dict) else ():
                if isinstance(fields, dict) and (kind := f"{group}.{fields.get('kind', name)}") in self.definitions:
                    yield fields, self.definitions[kind]

    def _broken(self, text: str) -> str:
        random = self.random
        pieces = ["\t", ":", "- ", "{", "]", "'", "#", "\n", "---\n", "<<: ", "? ", "|\n", "&a ", "*a", "!!bool x",
                  "!!binary aGk=", "%YAML 1.1\n", "\ufeff", "\x07", "\u2028", "!!python/name:os.system x"]  # fmt: skip
        for _ in range(random.randint(1, 3)):
            at = random.randint(0, len(text))
            end = min(len(text), at + random.randint(0, 12))
            text = text[:at] + random.choice([*pieces, text[at:end]]) + text[end:]
        return text


def written(folder: Path, name: str, text: str) -> Path | None:
    """The file of a stack; None for what no file can hold."""
    path = folder / f"{name}.yaml"
    try:
        path.write_text(text, encoding="utf-8")
    except UnicodeEncodeError:
        return None
    return path


def _spots(data: Any) -> Iterator[tuple[Any, Any]]:
    entries = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, item in list(entries)[:40]:
        yield data, key
        yield from _spots(item)


def _text(data: Any, *, escaped: bool) -> str:
    # JSON is YAML, but for the numbers that JSON has no words for.
    text = json.dumps(_worded(data), ensure_ascii=escaped, indent=0)
    return re.sub(r'"@(\.\w+)@"', r"\1", text)


def _worded(data: Any) -> Any:
    if isinstance(data, dict):
        return {str(key): _worded(item) for key, item in data.items()}
    if isinstance(data, list):
        return [_worded(item) for item in data]
    return f"@.{'nan' if math.isnan(data) else 'inf'}@" if isinstance(data, float) and not math.isfinite(data) else data
