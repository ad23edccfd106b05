"""Stacks of pipelines, recorded, for tests of what CodePipeline is told."""

from __future__ import annotations

from typing import Any

import pulumi

from eks_blueprints.blueprint.pipelines import Pipelines
from eks_blueprints.blueprint.pipelines_spec import PipelinesArgs
from eks_blueprints.testing.recorded import Recorded, record

ACCOUNT = "111122223333"
RELEASE = f"arn:aws:iam::{ACCOUNT}:role/release"
OLD_CONNECTION = f"arn:aws:codestar-connections:eu-west-1:{ACCOUNT}:connection/aaaaaaaa-1111-2222-3333-bbbbbbbbbbbb"
SOURCE: dict[str, Any] = {"provider": "github", "repository": "acme/web", "connection": "github"}
RUN: dict[str, Any] = {"commands": ["make"]}
BASE: dict[str, Any] = {
    "region": "eu-west-1",
    "account": {"id": ACCOUNT},
    "connections": {"github": {"provider_type": "GitHub"}},
    "environments": {
        "staging": {"cluster": "shop-staging", "namespaces": ["shop"]},
        "production": {"cluster": "shop", "namespaces": ["shop"], "production": True, "approvers": [RELEASE]},
    },
}


def args(pipelines: dict[str, Any], **fields: Any) -> PipelinesArgs:
    """A stack of pipelines of any stages, by their names; each has a source before what is named."""
    said = {name: custom(each) for name, each in pipelines.items()}
    return PipelinesArgs.model_validate({**BASE, **fields, "pipelines": said})


def custom(said: dict[str, Any]) -> dict[str, Any]:
    """A pipeline of stages: `stages` alone, or with further fields."""
    fields = said if "stages" in said else {"stages": said}
    return {"kind": "custom_pipeline", **fields, "stages": {"source": SOURCE, **fields["stages"]}}


def recorded(pipelines: dict[str, Any], **fields: Any) -> Recorded:
    """What a stack of the name `ci` asks for."""
    found = args(pipelines, **fields)

    def program() -> None:
        for name, value in Pipelines("ci", found).outputs().items():
            pulumi.export(name, value)

    return record(program).is_valid()


WHOLE: dict[str, Any] = {
    "repositories": {"web": {"pull": [f"arn:aws:iam::{ACCOUNT}:role/nodes"]}},
    "public_repositories": {"tool": {"description": "A tool"}},
    "notifications": {"emails": ["team@example.com"], "events": ["failed", "succeeded", "approval"]},
    "connections": {
        "github": {"provider_type": "GitHub"},
        "old": {"arn": OLD_CONNECTION},
    },
    "environments": {
        **BASE["environments"],
        "far": {
            "cluster": "shop",
            "region": "eu-central-1",
            "namespaces": ["shop"],
            "private_access": {
                "vpc_id": "vpc-0a1b2c3d",
                "subnet_ids": ["subnet-0a1b2c3d", "subnet-1a2b3c4d"],
                "security_group_ids": ["sg-0a1b2c3d"],
            },
        },
        "other": {
            "cluster": "shop",
            "account_id": "444455556666",
            "deploy_role_arn": "arn:aws:iam::444455556666:role/deploy",
        },
    },
}
"""Fields of a stack that uses all that there is."""

PIPELINES: dict[str, Any] = {
    "web": {
        "variables": {"LEVEL": {"default_value": "info", "description": "How much is logged"}},
        "execution_mode": "SUPERSEDED",
        "tags": {"app": "web"},
        "stages": {
            "source": {
                **SOURCE,
                "history": True,
                "paths": ["src/**"],
                "ignore_paths": ["docs/**"],
                "on": ["push", "pull_request", "schedule"],
                "schedule": "30 2 1 * mon",
            },
            "shard": {"kind": "shard", "after": ["source"], "shards": 4, "compares": False},
            "joined": {
                "kind": "test",
                "after": [],
                "inputs": ["shard-reports"],
                "commands": ["eks-blueprints report merge artifacts/shard-reports/check-*.json"],
            },
            "lint": {"kind": "test", "after": ["source"], **RUN, "matrix": {"PYTHON": ["3.12", "3.13"]}},
            "build": {
                "after": ["source"],
                "commands": ["make", "make pack"],
                "artifacts": {"site": ["dist/**"], "notes": ["NOTES.md"]},
                "cache": [".cache/pip"],
                "runner": {"docker": True, "architecture": "arm64", "size": "large"},
                "reports": {"unit": {"paths": ["reports/*.xml"]}, "lines": {"kind": "cobertura", "paths": ["c.xml"]}},
            },
            "try_it": {
                "kind": "test",
                "environment": "staging",
                "inputs": ["site"],
                **RUN,
                "variables": {"MODE": "quick"},
                "secrets": {"TOKEN": f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:npm-AbCdEf:token"},
                "secret_keys": [f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"],
                "runner": {"image": f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/tools/ci:3"},
            },
            "approve": {"environment": "production", "message": "Ship it?", "link": "https://example.com/board"},
            "there": {"kind": "build", "environment": "far", "inputs": ["site", "notes"], **RUN},
            "elsewhere": {"kind": "build", "environment": "other", **RUN},
        },
    },
    "nightly": {
        "stages": {
            "source": {"provider": "codecommit", "repository": "web", "tags": ["v*"], "history": True},
            "image": {"kind": "source", "provider": "ecr", "repository": "shop/base", "tags": ["stable", "rc-*"]},
            "bundle": {"kind": "source", "provider": "s3", "repository": "acme-releases", "key": "web/bundle.zip"},
            "build": {"inputs": ["source", "image", "bundle"], **RUN},
        },
    },
    "legacy": {"stages": {"source": {**SOURCE, "connection": "old", "tags": ["v*"]}, "build": RUN}},
}
"""Pipelines that use all that there is."""


def whole() -> Recorded:
    """The stack of all of it."""
    return recorded(PIPELINES, **WHOLE)
