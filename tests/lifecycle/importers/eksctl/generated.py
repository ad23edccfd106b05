# ruff: noqa: E501 - each configuration is read at a glance
"""ClusterConfigs drawn from the table of fields: any field may be there, with values of its kind, sensible and not."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from eks_blueprints.lifecycle.importers.eksctl import schema

_TEXTS = [
    "a", "demo", "ng-1", "1.34", "1.22", "latest", "auto", "true", "", "x y", "ünï", "a" * 70, "10.0.0.0/16", "192.168.0.0/16",
    "arn:aws:iam::111122223333:role/demo", "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess", "arn:::::", "vpc-0123456789abcdef0",
    "subnet-0123456789abcdef0", "sg-0123456789abcdef0", "sg-1", "eu-west-1a", "m5.large", "m7g.large", "g5.xlarge", "p9.huge",
    "NoSchedule", "a:NoExecute", "vpc-cni", "coredns", "aws-ebs-csi-driver", "adot", "gp3", "io1", "SSM", "ACK", "ARGOCD", "KRO",
    "Bottlerocket", "WindowsServer2022FullContainer", "API", "CONFIG_MAP", "STANDARD", "cluster", "namespace", "4GiB", "2",
    '{"a": {"b": 1}}', "a: [1, 2]", "- a", "{", "tier-xl", "10s", "*", "system:masters", "ssh-ed25519 AAAA", "~/none.pub", "\n",
    "kind: NodeConfig\nspec: {kubelet: {config: {maxPods: 20}}}", "mixed", "github", "# no comment", "ami-0123456789abcdef0",
]  # fmt: skip
_DOCUMENTS: list[dict[str, Any]] = [
    {},
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": ["s3:Get*"], "Resource": "arn:aws:s3:::demo/*"}],
    },
    {
        "Statement": {
            "Effect": "Deny",
            "NotAction": "s3:*",
            "NotResource": ["*"],
            "Condition": {"Bool": {"a:b": "true"}},
        }
    },
    {"Statement": ["x", 1, None], "Id": "x"},
    {"maxPods": 20, "kubeReserved": {"cpu": "100m"}},
]


def _text(field: str) -> st.SearchStrategy[Any]:
    choices = schema.table()["choices"].get(field)
    return st.sampled_from(choices) if choices else st.sampled_from(_TEXTS)


def _value(holds: str, field: str, depth: int) -> st.SearchStrategy[Any]:
    if schema.is_type(holds):
        return _of_type(holds, depth + 1)
    if "|" in holds:
        return st.one_of([_value(each, field, depth) for each in holds.split("|")])
    if holds.startswith("["):
        return st.lists(_value(holds[1:-1], field, depth), max_size=2)
    if holds.startswith("{"):
        return st.dictionaries(st.sampled_from(_TEXTS).filter(bool), _value(holds[1:-1], field, depth), max_size=2)
    return {
        "text": _text(field),
        "bool": st.booleans(),
        "int": st.sampled_from([0, 1, 2, 3, 7, 60, 80, 110, 3000, -1, 10**9]),
        "number": st.sampled_from([0, 0.017, 1]),
        "any": st.sampled_from(_DOCUMENTS),
    }[holds]


def _of_type(name: str, depth: int = 0) -> st.SearchStrategy[dict[str, Any]]:
    fields = schema.fields(name)
    needed = {key: _needed(name, key, depth) for key in schema.table()["required"].get(name, ()) if key in fields}
    others = {key: _value(holds, f"{name}.{key}", depth) for key, holds in fields.items() if key not in needed}

    @st.composite
    def draw(draw: Any) -> dict[str, Any]:
        most = 8 if depth < 2 else 4
        keys = draw(st.lists(st.sampled_from(sorted(others)), unique=True, max_size=most)) if others else []
        found = {key: draw(strategy) for key, strategy in needed.items()}
        return found | {key: draw(st.one_of(others[key], st.none()) if depth > 2 else others[key]) for key in keys}

    return draw()


def _needed(name: str, key: str, depth: int) -> st.SearchStrategy[Any]:
    fixed = {"ClusterMeta.name": "demo", "ClusterMeta.region": "eu-west-1", "IdentityProvider.type": "oidc"}
    if (field := f"{name}.{key}") in fixed:
        return st.just(fixed[field])
    value = _value(schema.fields(name)[key], field, depth)
    return value.filter(lambda each: each not in ("", None)) if schema.fields(name)[key] == "text" else value


def cluster_configs() -> st.SearchStrategy[str]:
    """Their texts, as JSON, which is YAML."""
    return _of_type(schema.ROOT).map(lambda data: json.dumps(data, ensure_ascii=False))
